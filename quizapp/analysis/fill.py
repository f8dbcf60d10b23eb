"""Tổng hợp: first tries into cells, cells into figures, a helping at a time; counted again to see that both agree.

Only the first try of a person at a unit counts, whatever campaign it was in: later ones build on what was explained.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.analysis.models import AnalysedAttempt, ItemAnalysis, ItemCell, ItemFill, QuizAnalysis
from quizapp.attempts.models import Attempt, Response
from quizapp.courses import queries as courses
from quizapp.database import db, insert, made_once, table
from quizapp.domain import item_cells
from quizapp.domain.attempts import Paper
from quizapp.domain.completion import FactKind
from quizapp.domain.item_analysis import effective_weights
from quizapp.domain.item_cells import QUIZ, Figures, Whole
from quizapp.domain.item_quality import SHOWN_FROM
from quizapp.domain.statistics import Taken
from quizapp.learning.models import FactRow
from quizapp.learning.settled import SETTLED

AT_ONCE = 50  # attempts in one transaction: on SQLite somebody's answer may be waiting for it to end
_SOURCE = re.compile(r"attempt:(\d+)")

Cells = Counter[tuple[int, str, str, int, int]]  # revision, question, what, rest, others -> n
Told = Callable[[int, int], None]  # attempts gone through, of how many


def step(now: datetime, settled: timedelta = SETTLED, at_once: int = AT_ONCE) -> bool:
    """One helping, in the transaction of the caller; False when there is nothing more to do now."""
    state = _state()
    state.look_ahead(now, settled)
    facts = _facts(state.done, state.goal, at_once)
    if facts:
        touched = _take_in([int(found[1]) for fact in facts if (found := _SOURCE.fullmatch(fact.source))])
        state.done, state.changed = facts[-1].id, sorted({*state.changed, *touched})
    elif state.changed:
        remake(state.changed[0])
        state.changed = state.changed[1:]
    else:
        state.done, state.at = state.goal, state.goal_at
        db.session.flush()
        return False
    db.session.flush()
    return True


def _state() -> ItemFill:
    """The one row, held until the transaction ends: two workers follow one another."""
    db.session.execute(insert(ItemFill).values(id=1, done=0, goal=0, changed=[]).on_conflict_do_nothing())
    found = sa.select(ItemFill).filter_by(id=1).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(found).one()


def _facts(done: int, goal: int, at_once: int) -> Any:
    taken = FactRow.kind == FactKind.QUIZ_TAKEN.value, FactRow.id > done, FactRow.id <= goal
    return db.session.execute(
        sa.select(FactRow.id, FactRow.source).where(*taken).order_by(FactRow.id).limit(at_once)
    ).all()


# --- into cells ------------------------------------------------------------------------------------------------


def _take_in(attempts: Collection[int]) -> set[int]:
    """The cells of those attempts that are somebody's first and not counted yet; the revisions that they touch."""
    done = sa.select(AnalysedAttempt.attempt_id).where(AnalysedAttempt.attempt_id == Attempt.id).exists()
    fresh = sa.select(Attempt.id).where(Attempt.id.in_(attempts), Attempt.number == 1, ~done)
    ids = db.session.scalars(fresh).all()
    cells = _cells(ids)
    if ids:
        db.session.execute(sa.insert(table(AnalysedAttempt)), [{"attempt_id": one} for one in ids])
        names = ("unit_revision_id", "question", "what", "rest", "others", "n")
        rows = [dict(zip(names, (*cell, n), strict=True)) for cell, n in sorted(cells.items())]
        db.session.execute(_add(), rows)
    return {cell[0] for cell in cells}


@made_once
def _add() -> Any:
    statement, columns = insert(table(ItemCell)), table(ItemCell).c
    added = {"n": columns.n + statement.excluded.n}
    return statement.on_conflict_do_update(index_elements=list(table(ItemCell).primary_key), set_=added)


def _cells(ids: Collection[int]) -> Cells:
    found: Cells = Counter()
    for revision_id, taken, seconds in _handed_in(ids):
        for question, cell in item_cells.of_attempt(taken, seconds):
            found[revision_id, question, *cell] += 1
    return found


def _handed_in(ids: Collection[int]) -> Iterator[tuple[int, Taken, Mapping[str, int]]]:
    """(revision, what was answered, seconds of each answer) of attempts."""
    chosen, saved = defaultdict[int, dict[str, Any]](dict), defaultdict[int, dict[str, datetime]](dict)
    answers = sa.select(Response.attempt_id, Response.question, Response.chosen, Response.saved_at)
    for attempt_id, question, answer, at in db.session.execute(answers.where(Response.attempt_id.in_(ids))):
        chosen[attempt_id][question], saved[attempt_id][question] = answer, at
    told = Attempt.id, Attempt.unit_revision_id, Attempt.paper, Attempt.started_at, Attempt.ended_at
    for row in db.session.execute(sa.select(*told).where(Attempt.id.in_(ids))):
        keys = Paper.read(row.paper).keys
        took = (row.ended_at or row.started_at) - row.started_at
        taken = Taken(courses.taught(row.unit_revision_id).questions, keys, chosen[row.id], took, False)
        times = {key: at for key, at in saved[row.id].items() if key in keys}
        yield row.unit_revision_id, taken, item_cells.seconds_each(row.started_at, times)


# --- into figures ----------------------------------------------------------------------------------------------


def remake(revision_id: int) -> None:
    """Make a revision's figures from its cells."""
    it = table(ItemCell).c
    by_question = defaultdict[str, dict[item_cells.Cell, int]](dict)
    told = sa.select(it.question, it.what, it.rest, it.others, it.n).where(it.unit_revision_id == revision_id)
    for question, what, rest, others, n in db.session.execute(told):
        by_question[question][what, rest, others] = n
    papers = by_question.pop(QUIZ, {})
    found = {question: item_cells.figures(cells) for question, cells in by_question.items()}
    enough = [one.with_whole if one.item.attempts >= SHOWN_FROM else None for one in found.values()]
    weights = effective_weights(enough)
    for (question, one), weight in zip(found.items(), weights, strict=True):
        _keep(ItemAnalysis, {"unit_revision_id": revision_id, "question": question}, _row(one, weight))
    whole = item_cells.whole(papers, [one.item for one in found.values()])
    _keep(QuizAnalysis, {"unit_revision_id": revision_id}, _quiz_row(whole))


def _keep(model: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    statement = insert(table(model)).values(key | values)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def _row(one: Figures, weight: float | None) -> dict[str, Any]:
    item, parts = one.item, one.thirds or (None, None, None)
    of_points = {"sd": None if item.sd is None else item.sd / item_cells.HIGHEST}
    choices = [[c.key, float(c.share), *map(float, c.thirds)] for c in one.choices]
    return of_points | {
        "attempts": item.attempts,
        "blank": one.blank,
        "facility": _real(item.facility),
        "discrimination": item.index,
        "efficiency": item.efficiency,
        "weight": weight,
        **dict(zip(("weak", "middle", "strong"), map(_real, parts), strict=True)),
        "seconds": _real(one.seconds),
        "choices": choices,
    }


def _quiz_row(whole: Whole) -> dict[str, Any]:
    """In points: marks are kept in hundredths of one."""
    told: dict[str, Any] = {"attempts": whole.attempts, "papers": whole.papers, "questions": whole.questions}
    for name in ("median", "mean", "sd", "standard_error"):
        value = _real(getattr(whole.quiz, name, None))
        told[name] = None if value is None else value / item_cells.HIGHEST
    for name in ("skewness", "kurtosis", "cic", "error_ratio"):
        told[name] = getattr(whole.quiz, name, None)
    return told


def _real(value: Any) -> float | None:
    return None if value is None else float(value)


# --- checking --------------------------------------------------------------------------------------------------


def differences(told: Told = lambda done, whole: None) -> Iterator[str]:
    """Count every attempt again that has been counted; each cell that differs, in words.

    There are as many cells as questions and results, however many people have answered.
    """
    fresh: Cells = Counter()
    whole, done = db.session.scalar(sa.select(sa.func.count()).select_from(AnalysedAttempt)) or 0, 0
    for ids in _counted():
        fresh.update(_cells(ids))
        done += len(ids)
        told(done, whole)
    it = table(ItemCell)
    kept: Cells = Counter({(*row[:5],): row[5] for row in db.session.execute(sa.select(it))})
    said = "item_cell ({}): đang ghi {}, đếm lại được {}"
    for cell in sorted(fresh.keys() | kept.keys()):
        if fresh[cell] != kept[cell]:
            yield said.format(", ".join(map(str, cell)), kept[cell], fresh[cell])


def _counted(at_once: int = 500) -> Iterator[Collection[int]]:
    last = 0
    listed = sa.select(AnalysedAttempt.attempt_id).order_by(AnalysedAttempt.attempt_id).limit(at_once)
    while ids := db.session.scalars(listed.where(AnalysedAttempt.attempt_id > last)).all():
        yield ids
        last = ids[-1]
