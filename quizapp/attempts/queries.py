"""Lượt làm bài: reading one's own attempts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from quizapp.attempts.models import Attempt, ExtraTime, LateAnswer, Mark, Response, ReviewItem
from quizapp.courses import queries as courses
from quizapp.courses.models import StoppedQuestion, Unit
from quizapp.courses.queries import Taught
from quizapp.database import db, dialect, execute, on_driver, table
from quizapp.domain import attempts, grading
from quizapp.domain.attempts import AttemptState, Paper, Step


@dataclass(frozen=True)
class Fixed:
    """What never changes of an attempt: whose, of what, with which paper."""

    id: int
    code: str
    person_id: int
    unit_id: int
    number: int
    paper: Paper
    revision_id: int
    started_at: datetime
    locked: dict[str, int] = field(default_factory=dict, compare=False)  # marks of first answers that lock, once known

    @property
    def taught(self) -> Taught:
        return courses.taught(self.revision_id)


@lru_cache(maxsize=8192)
def _fixed(attempt_id: int) -> Fixed:
    row = execute(_fixed_part(), {"attempt": attempt_id}).one_or_none()
    if row is None:
        raise LookupError
    return Fixed(row[0], row[1], row[2], row[3], row[4], Paper.read(row[5]), row[6], row[7])


@on_driver
def _fixed_part() -> Any:
    it = table(Attempt).c
    told = it.id, it.code, it.person_id, it.unit_id, it.number, it.paper, it.unit_revision_id, it.started_at
    return sa.select(*told).where(it.id == sa.bindparam("attempt"))


def forget_cached() -> None:
    """Between databases (tests)."""
    _fixed.cache_clear()


def own_fixed(person_id: int, attempt_id: int) -> Fixed | None:
    """The person's own attempt as it will always be; None for another's."""
    try:
        found = _fixed(attempt_id)
    except LookupError:
        return None
    if found.person_id != person_id:
        found = _fixed.__wrapped__(attempt_id)  # two accounts of one person were merged since it was read, perhaps
    return found if found.person_id == person_id else None


class Saved(NamedTuple):
    """A stored response; ``late``: it was on its way when the time was up.

    Of a page's answers one shows its moment, so that is read when it is asked for.
    """

    chosen: Any
    told_at: str  # an instant as a database writes it into JSON
    late: bool = False

    @property
    def at(self) -> datetime:
        return _moment(self.told_at)


@dataclass(frozen=True)
class Sitting:
    """Lượt làm bài as it stands: the fixed part, its state, what has been answered."""

    fixed: Fixed
    state: AttemptState
    deadline: datetime | None
    ended_at: datetime | None
    flagged: frozenset[str]
    saved: Mapping[str, Saved]

    @property
    def open(self) -> bool:
        return self.state is AttemptState.OPEN

    def over(self, now: datetime) -> bool:
        """Hết giờ: still open, but nothing is accepted any more."""
        return self.open and attempts.is_late(now, self.deadline)

    @cached_property
    def feedback(self) -> str:
        return self.fixed.taught.unit.quiz.feedback

    @cached_property
    def marks(self) -> dict[str, int]:
        """Question key -> hundredths, of every answered question."""
        questions, known = self.fixed.taught.questions, self.fixed.locked if self.feedback == "at_once" else {}
        for key in self.fixed.paper.keys:
            if key in self.saved and key not in known:
                known[key] = grading.grade(questions[key], self.saved[key].chosen)
        return known

    @cached_property
    def steps(self) -> list[Step]:
        answers = {key: saved.chosen for key, saved in self.saved.items()}
        return attempts.steps(self.fixed.paper, answers, self.marks, self.fixed.taught.unit.quiz.feedback)

    @cached_property
    def unanswered(self) -> list[int]:
        """Numbers of the questions without an answer."""
        return [n for n, key in enumerate(self.fixed.paper.keys, 1) if key not in self.saved]


def own_sitting(person_id: int, attempt_id: int) -> Sitting | None:
    """The person's own attempt as it stands, in one statement; None for another's."""
    fixed = own_fixed(person_id, attempt_id)
    if fixed is None:
        return None
    state, deadline, ended_at, flagged, told = execute(_sitting(), {"attempt_id": attempt_id}).first()
    answers = json.loads(told) if told else ()
    saved = {question: Saved(chosen, at, bool(late)) for question, chosen, at, late in answers}
    return Sitting(fixed, AttemptState(state), deadline, ended_at, frozenset(flagged), saved)


def _moment(text: str) -> datetime:
    """SQLite keeps UTC without saying so."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@on_driver
def _sitting() -> Any:
    """The answers come as one value: with every row that is fetched SQLite's driver lets go of Python's lock."""
    attempt, response = table(Attempt).c, table(Response).c
    every: Any
    if dialect() == "postgresql":
        one = sa.func.json_build_array(response.question, response.chosen, response.saved_at, response.late)
        every = sa.cast(sa.func.json_agg(one), sa.Text())
    else:
        at, chosen = sa.type_coerce(response.saved_at, sa.Text()), sa.func.json(response.chosen)
        every = sa.func.json_group_array(sa.func.json_array(response.question, chosen, at, response.late))
    attempt_id: Any = sa.bindparam("attempt_id")
    answers = sa.select(sa.type_coerce(every, sa.Text())).where(response.attempt_id == attempt_id).scalar_subquery()
    stands = attempt.state, attempt.deadline, attempt.ended_at, attempt.flagged
    return sa.select(*stands, answers.label("answers")).where(attempt.id == attempt_id)


@dataclass(frozen=True)
class Before:
    """What a new attempt has to know of the earlier ones, and of the bank."""

    last_number: int
    last_ended_at: datetime | None
    open_id: int | None
    seen: Mapping[str, int]  # question key -> how often the person has met it
    stopped: frozenset[str]


def before(person_id: int, unit_id: int) -> Before:
    """Earlier attempts, questions met and questions stopped, in one statement."""
    rows = execute(_before(), {"person": person_id, "unit": unit_id}).all()
    first = next(row for row in rows if row.what == "attempt")
    return Before(
        first.n or 0,
        first.ended_at,
        first.open_id,
        {row.question: row.n for row in rows if row.what == "seen"},
        frozenset(row.question for row in rows if row.what == "stopped"),
    )


@on_driver
def _before() -> Any:
    person: Any = sa.bindparam("person")
    unit: Any = sa.bindparam("unit")
    attempt, item, stop = table(Attempt).c, table(ReviewItem).c, table(StoppedQuestion).c
    open_id = sa.case((attempt.state == AttemptState.OPEN.value, attempt.id))
    earlier = sa.select(
        sa.literal("attempt").label("what"), sa.literal("").label("question"), sa.func.max(attempt.number).label("n"),
        sa.func.max(open_id).label("open_id"), sa.func.max(attempt.ended_at).label("ended_at"),
    ).where(attempt.person_id == person, attempt.unit_id == unit)  # fmt: skip
    nothing, never = sa.cast(sa.null(), attempt.id.type), sa.cast(sa.null(), attempt.ended_at.type)
    met = sa.select(sa.literal("seen"), item.question, item.seen, nothing, never).where(
        item.person_id == person, item.unit_id == unit
    )
    stopped = sa.select(sa.literal("stopped"), stop.question, nothing, nothing, never).where(stop.unit_id == unit)
    return earlier.union_all(met, stopped)


def answers_and_stopped(attempt_id: int, unit_id: int) -> tuple[dict[str, Any], frozenset[str]]:
    """An attempt's answers by question, and the unit's stopped questions; one statement."""
    rows = execute(_answers_and_stopped(), {"attempt": attempt_id, "unit": unit_id}).all()
    return (
        {row.question: row.chosen for row in rows if not row.stopped},
        frozenset(row.question for row in rows if row.stopped),
    )


@on_driver
def _answers_and_stopped() -> Any:
    response, stop = table(Response).c, table(StoppedQuestion).c
    answers = sa.select(response.question, response.chosen, sa.literal(0).label("stopped")).where(
        response.attempt_id == sa.bindparam("attempt")
    )
    stopped = sa.select(stop.question, sa.cast(sa.null(), sa.JSON()), sa.literal(1)).where(
        stop.unit_id == sa.bindparam("unit")
    )
    return answers.union_all(stopped)


@dataclass(frozen=True)
class Taken:
    """A finished attempt with the mark that counts."""

    attempt_id: int
    code: str
    unit_id: int
    unit: str
    course_id: int
    revision_id: int  # of the unit as it is now, for its name
    number: int
    ended_at: datetime
    earned: int
    possible: int
    passed: bool


def taken(person_id: int, unit_id: int | None = None) -> Sequence[Taken]:
    """The person's finished attempts, newest first, with their highest marks; at most two hundred."""
    best = (
        sa.select(
            Mark.attempt_id,
            sa.func.max(Mark.earned).label("earned"),
            sa.func.max(Mark.possible).label("possible"),
            sa.func.max(sa.case((Mark.passed, 1), else_=0)).label("passed"),
        )
        .group_by(Mark.attempt_id)
        .subquery()
    )
    rows = (
        sa.select(
            Attempt.id,
            Attempt.code,
            Attempt.unit_id,
            Unit.key,
            Unit.course_id,
            Unit.revision_id,
            Attempt.number,
            Attempt.ended_at,
            best.c.earned,
            best.c.possible,
            best.c.passed,
        )
        .join(best, best.c.attempt_id == Attempt.id)
        .join(Unit, Unit.id == Attempt.unit_id)
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.ended_at.desc())
        .limit(200)
    )
    if unit_id is not None:
        rows = rows.where(Attempt.unit_id == unit_id)
    return [Taken(*[*row[:10], bool(row[10])]) for row in db.session.execute(rows)]


def last_mark_number(attempt_id: int) -> int:
    """The number of an attempt's newest mark; 0 without any."""
    return db.session.scalar(sa.select(sa.func.max(Mark.number)).filter_by(attempt_id=attempt_id)) or 0


def mark_of(attempt_id: int) -> Any:
    """The row of the mark that counts: the highest; a re-marking never lowers a result. None where there is none."""
    return execute(_best_mark(), {"attempt": attempt_id}).first()


@on_driver
def _best_mark() -> Any:
    mark = table(Mark)
    marks = sa.select(mark).where(mark.c.attempt_id == sa.bindparam("attempt"))
    return marks.order_by(mark.c.passed.desc(), mark.c.earned.desc()).limit(1)


def extra_time(person_id: int) -> ExtraTime | None:
    """The person's extra time; None: the usual."""
    return db.session.get(ExtraTime, person_id)


def deadline_of(attempt_id: int) -> datetime | None:
    """Hạn nộp of an attempt, which extra time may have moved."""
    ends: datetime | None = db.session.scalar(sa.select(Attempt.deadline).filter_by(id=attempt_id))
    return ends


def time_up(now: datetime, limit: int = 100) -> Sequence[tuple[int, int]]:
    """Open attempts whose time is up, the oldest first: (person id, attempt id)."""
    rows = db.session.execute(
        sa.select(Attempt.person_id, Attempt.id)
        .where(Attempt.state == AttemptState.OPEN.value, Attempt.deadline < now - attempts.GRACE)
        .order_by(Attempt.deadline)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def late_answers(attempt_id: int) -> Sequence[LateAnswer]:
    """What came too late to count, in the order of coming."""
    return db.session.scalars(sa.select(LateAnswer).filter_by(attempt_id=attempt_id).order_by(LateAnswer.id)).all()


def late_answers_of(person_id: int) -> Sequence[tuple[LateAnswer, Attempt]]:
    """What came too late in any of a person's attempts, newest first, with the attempt; at most a hundred."""
    rows = db.session.execute(
        sa.select(LateAnswer, Attempt)
        .join(Attempt, Attempt.id == LateAnswer.attempt_id)
        .where(Attempt.person_id == person_id)
        .order_by(LateAnswer.id.desc())
        .limit(100)
    )
    return [(row[0], row[1]) for row in rows]


def open_attempts(person_id: int) -> dict[int, int]:
    """Unit id -> id of the open attempt."""
    return dict(execute(_open_attempts(), {"person": person_id}).all())


@on_driver
def _open_attempts() -> Any:
    it = table(Attempt).c
    return sa.select(it.unit_id, it.id).where(
        it.person_id == sa.bindparam("person"), it.state == AttemptState.OPEN.value
    )


def everything_of(person_id: int) -> Sequence[tuple[Attempt, Response | None]]:
    """Every attempt with every response of a person, for the export of one's data."""
    rows = db.session.execute(
        sa.select(Attempt, Response)
        .outerjoin(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.id, Response.question)
    )
    return [(row[0], row[1]) for row in rows]
