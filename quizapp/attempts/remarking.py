"""Chấm lại: what a corrected key does to papers handed in before. The dry run and the deed are one and the same walk."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.attempts.models import Attempt, Mark, Response
from quizapp.courses import queries as courses
from quizapp.courses.models import Correction
from quizapp.database import db
from quizapp.domain import attempts
from quizapp.domain.attempts import AttemptState, Paper, Score
from quizapp.domain.completion import FactKind
from quizapp.domain.remarking import Questions, remark
from quizapp.learning.actions import NewFact
from quizapp.learning.backdating import record_as_of

AT_ONCE = 500
AT_HAND = 2_000  # attempts that a request looks through while somebody waits; more are the work process's
WRITTEN_AT_HAND = 200  # and of which it raises the marks: on SQLite everybody's answer waits meanwhile
HELPING = 25  # attempts of one transaction of the work process, for the same reason
OVERLAP = timedelta(minutes=5)  # an attempt's end is written a moment before others can read it


@dataclass(frozen=True)
class Raised:
    """An attempt whose mark is better by a correction."""

    attempt_id: int
    person_id: int
    ended_at: datetime
    score: Score
    passes: bool
    passed_before: bool  # in this attempt or in another one
    answered_all: bool
    unit: str


@dataclass
class Outcome:
    """Kết quả chấm lại: attempts looked at, marks raised; people who pass by it, and who pass though the corrected key
    alone would not have it."""

    looked: int = 0
    raised: int = 0
    passing: int = 0
    kept: int = 0


@dataclass(frozen=True)
class Change:
    """What is corrected: questions with another key, and stopped ones, whose point everyone has."""

    unit_id: int
    corrected: Questions
    granted: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        return self.granted | frozenset(self.corrected)


def size(unit_id: int) -> int:
    """How many attempts have ended on the unit: what a re-marking looks through."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_ended(unit_id, None).subquery())) or 0


def dry_run(change: Change) -> Outcome:
    """What carrying it out would do now."""
    outcome = Outcome()
    for _ in _walk(change, outcome):
        pass
    return outcome


def change_of(correction: Correction) -> Change:
    """What a stored correction says."""
    taught = courses.taught(correction.unit_revision_id)
    corrected = {key: taught.questions[key] for key in correction.questions if key in taught.questions}
    return Change(correction.unit_id, corrected, frozenset(correction.granted))


# --- walking ---------------------------------------------------------------------------------------------------


def _walk(change: Change, outcome: Outcome) -> Iterator[Raised]:
    """Every ended attempt that met a corrected question, by what its mark becomes."""
    after, passing = 0, set[int]()
    while change.keys and (rows := _some(change.unit_id, None, after, AT_ONCE)):
        yield from _judged(change, rows, outcome, passing)
        after = rows[-1].id


def _judged(change: Change, rows: Sequence[Any], outcome: Outcome, passing: set[int]) -> Iterator[Raised]:
    """Some attempts. A person passes once: ``passing`` are those who do by the attempts before."""
    passed = _who_passed(change.unit_id, {row.person_id for row in rows}) | passing
    met = {row.id: paper for row in rows if change.keys & set((paper := Paper.read(row.paper)).keys)}
    answers = _answers(met)
    for row in (row for row in rows if row.id in met):
        outcome.looked += 1
        one = _judge(change, row, met[row.id].keys, answers.get(row.id, {}), passed, outcome)
        if one is not None:
            outcome.raised += 1
            if one.passes and not one.passed_before:
                outcome.passing += 1
                passed.add(row.person_id)
                passing.add(row.person_id)
            yield one


def _judge(
    change: Change, row: Any, keys: Sequence[str], answers: Mapping[str, Any], passed: set[int], outcome: Outcome
) -> Raised | None:
    taught = courses.taught(row.unit_revision_id)
    again = remark(keys, answers, taught.questions, change.corrected, change.granted)
    percent = taught.unit.quiz.pass_percent
    if row.passed and not attempts.passed(again.strict, percent):
        outcome.kept += 1
    if again.score.earned <= row.earned:
        return None
    passes = attempts.passed(again.score, percent)
    before = row.person_id in passed
    answered_all = all(key in answers for key in keys)
    return Raised(row.id, row.person_id, row.ended_at, again.score, passes, before, answered_all, taught.unit.key)


def _ended(unit_id: int, since: datetime | None) -> Any:
    ended = sa.select(Attempt.id).where(Attempt.unit_id == unit_id, Attempt.state != AttemptState.OPEN.value)
    return ended if since is None else ended.where(Attempt.ended_at > since - OVERLAP)


def _some(unit_id: int, since: datetime | None, after: int, limit: int) -> Sequence[Any]:
    """The next ended attempts with the mark that counts, in the order of their ids."""
    best = sa.select(
        Mark.attempt_id,
        sa.func.max(Mark.earned).label("earned"),
        sa.func.max(sa.case((Mark.passed, 1), else_=0)).label("passed"),
    ).group_by(Mark.attempt_id)
    some = _ended(unit_id, since).where(Attempt.id > after).order_by(Attempt.id).limit(limit).subquery()
    marks = best.where(Mark.attempt_id.in_(sa.select(some.c.id))).subquery()
    told = (Attempt.id, Attempt.person_id, Attempt.unit_revision_id, Attempt.paper, Attempt.ended_at)
    found = sa.select(*told, marks.c.earned, marks.c.passed).join(marks, marks.c.attempt_id == Attempt.id)
    return db.session.execute(found.order_by(Attempt.id)).all()


def _answers(attempt_ids: Any) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    ids = list(attempt_ids)
    if ids:
        rows = sa.select(Response.attempt_id, Response.question, Response.chosen).where(Response.attempt_id.in_(ids))
        for attempt_id, question, chosen in db.session.execute(rows):
            found.setdefault(attempt_id, {})[question] = chosen
    return found


def _who_passed(unit_id: int, people: Collection[int]) -> set[int]:
    passed = sa.select(Attempt.person_id).join(Mark, Mark.attempt_id == Attempt.id)
    mine = Attempt.person_id.in_(people), Attempt.unit_id == unit_id
    return set(db.session.scalars(passed.where(*mine, Mark.passed).distinct()))


# --- writing ---------------------------------------------------------------------------------------------------


def _raise(one: Raised, correction: Correction, now: datetime) -> None:
    """A second mark, and the result as of the day on which the paper was handed in."""
    last = sa.select(sa.func.max(Mark.number)).filter_by(attempt_id=one.attempt_id)
    number = (db.session.scalar(last) or 0) + 1
    revision_id, earned, possible = correction.unit_revision_id, one.score.earned, one.score.possible
    row = {"attempt_id": one.attempt_id, "number": number, "unit_revision_id": revision_id, "passed": one.passes}
    told = {"earned": earned, "possible": possible, "at": now, "by_id": correction.made_by}
    db.session.execute(sa.insert(Mark).values(row | told | {"why": f"Chấm lại: {correction.why}"}))
    source = f"attempt:{one.attempt_id}:{number}"
    taken = (FactKind.QUIZ_TAKEN, one.unit, source, revision_id, earned, possible, one.passes, one.answered_all)
    fact = NewFact(*taken)
    record_as_of(one.person_id, courses.course_id_of(correction.unit_id), [fact], one.ended_at, now)


# --- corrections -----------------------------------------------------------------------------------------------


def correct(change: Change, revision_id: int, why: str, by: int | None, now: datetime) -> Correction:
    """Ghi một lần chấm lại: carried out at once where few attempts are concerned, else by the work process in a moment."""
    keys, granted = sorted(change.corrected), sorted(change.granted)
    row = Correction(unit_id=change.unit_id, unit_revision_id=revision_id, questions=keys, granted=granted, why=why)
    row.made_at, row.made_by, row.looked, row.raised, row.passing = now, by, 0, 0, 0
    db.session.add(row)
    db.session.flush()
    if size(change.unit_id) <= min(AT_HAND, WRITTEN_AT_HAND):
        while _go_on(row, change, now):
            pass
    return row


def go_on(correction_id: int, now: datetime) -> bool:
    """Look at the next attempts of those that have ended since the last round; whether there may be more."""
    mine = sa.select(Correction).filter_by(id=correction_id, closed_at=None).with_for_update(skip_locked=True)
    row = db.session.scalar(mine.execution_options(populate_existing=True))
    return row is not None and _go_on(row, change_of(row), now)


def _go_on(row: Correction, change: Change, now: datetime) -> bool:
    """A helping: better marks and what follows from them. Twice is once, since only better marks are added."""
    if row.round_at is None:
        row.round_at, row.walked, row.last_round = now, 0, not _under_way(row)
        row.looked = row.looked if row.checked_at else 0
    rows = _some(change.unit_id, row.checked_at, row.walked, HELPING) if change.keys else []
    outcome = Outcome()
    for one in list(_judged(change, rows, outcome, set())):
        _raise(one, row, now)
    row.looked += outcome.looked if row.checked_at is None else 0
    row.raised, row.passing = row.raised + outcome.raised, row.passing + outcome.passing
    if rows:
        row.walked = rows[-1].id
    else:
        _end_round(row, now)
    db.session.flush()
    return bool(rows)


def _end_round(row: Correction, now: datetime) -> None:
    """Attempts under way on older revisions keep it open: another round looks at them."""
    row.checked_at, row.round_at = row.round_at, None
    if not row.questions or row.last_round:  # stopped questions are granted by whoever hands in from now on
        row.closed_at = now


def _under_way(row: Correction) -> bool:
    """Whether an attempt that began before the correction can still be handed in."""
    older = Attempt.unit_id == row.unit_id, Attempt.unit_revision_id < row.unit_revision_id
    still = sa.select(Attempt.id).where(*older, Attempt.state == AttemptState.OPEN.value).limit(1)
    return db.session.scalar(still) is not None


def due() -> Sequence[int]:
    """Corrections that are to be looked at, oldest first."""
    return db.session.scalars(sa.select(Correction.id).filter_by(closed_at=None).order_by(Correction.id)).all()
