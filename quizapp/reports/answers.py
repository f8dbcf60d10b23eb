"""Số liệu về câu trả lời: filled from what has been handed in, a helping at a time; counted again to see that both agree.

An attempt counts half an hour after it was handed in: answers under way have arrived by then, and every transaction
that began before has ended, so facts can be taken in the order of their numbers and none is missed.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.attempts.models import Attempt, Mark, Response
from quizapp.clock import day_of
from quizapp.courses import queries as courses
from quizapp.database import Base, db, insert, made_once, table
from quizapp.domain import statistics
from quizapp.domain.attempts import Paper
from quizapp.domain.completion import FactKind
from quizapp.domain.statistics import Taken
from quizapp.learning.models import Campaign, Enrolment, FactRow
from quizapp.learning.settled import SETTLED
from quizapp.organisation.models import Body
from quizapp.reports.models import AnswerFill, CountedAttempt, ItemCount, ResultCount

AT_ONCE = 50  # attempts in one transaction: on SQLite somebody's answer may be waiting for it to end
_SOURCE = re.compile(r"attempt:(\d+)")  # "attempt:7:2" is the same attempt marked again

Cells = Counter[tuple[Any, ...]]


def step(now: datetime, settled: timedelta = SETTLED, at_once: int = AT_ONCE) -> bool:
    """One helping, in the transaction of the caller; False when there is nothing more to do now.

    ``settled`` is zero where nobody else can be writing: the sample data, tests.
    """
    state = _state()
    if _moved(state):
        rebuild()
        return True
    state.look_ahead(now, settled)
    facts = _facts(state.done, state.goal, at_once)
    if facts:
        _count(facts)
        state.done = facts[-1].id
        db.session.flush()
        return True
    state.done, state.at = state.goal, state.goal_at
    db.session.flush()
    return False


def _state() -> AnswerFill:
    """The one row, held until the transaction ends: two workers follow one another."""
    db.session.execute(insert(AnswerFill).values(id=1, done=0, goal=0).on_conflict_do_nothing())
    found = sa.select(AnswerFill).filter_by(id=1).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(found).one()


def _moved(state: AnswerFill) -> bool:
    """Whether a body stands under another one than when the sums were made; new bodies have nothing to sum yet."""
    rows = db.session.execute(sa.select(Body.id, Body.parent_id).order_by(Body.id))
    now = {str(row.id): row.parent_id for row in rows}
    before: dict[str, Any] = json.loads(state.tree or "{}")
    if now != before:
        state.tree = json.dumps(now)
    return any(now.get(body) != parent for body, parent in before.items())


def _facts(done: int, goal: int, at_once: int) -> Sequence[Any]:
    taken = FactRow.kind == FactKind.QUIZ_TAKEN.value, FactRow.id > done, FactRow.id <= goal
    told = FactRow.id, FactRow.source, FactRow.at, FactRow.passed, FactRow.person_id, FactRow.course_id
    return db.session.execute(sa.select(*told).where(*taken).order_by(FactRow.id).limit(at_once)).all()


# --- counting --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handed:
    """An attempt as it is counted."""

    attempt_id: int
    person_id: int
    unit: str
    revision_id: int
    taken: Taken


def _count(facts: Sequence[Any]) -> None:
    handed = {int(found[1]): fact for fact in facts if (found := _SOURCE.fullmatch(fact.source))}
    attempts = {one.attempt_id: one for one in handed_in({key: bool(fact.passed) for key, fact in handed.items()})}
    places = _places(handed.values())
    before = _counted_before(attempts.values())
    counted, items, results = [], Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for attempt_id, fact in handed.items():
        for campaign_id, body_id in places.get((fact.person_id, fact.course_id, fact.id), ()):
            one = attempts[attempt_id]
            known = before[campaign_id, one.person_id, one.unit]
            if attempt_id in known:
                continue
            counted.append(_row(campaign_id, attempt_id, body_id, not known))
            add(items, results, one, campaign_id, body_id, not known)
            known.add(attempt_id)
    if counted:
        db.session.execute(sa.insert(table(CountedAttempt)), counted)
        above = _above({row["body_id"] for row in counted})
        _keep(ItemCount, items, above)
        _keep(ResultCount, results, above)


def _row(campaign_id: int, attempt_id: int, body_id: int, first: bool) -> dict[str, Any]:
    return {"campaign_id": campaign_id, "attempt_id": attempt_id, "body_id": body_id, "first": first}


def add(items: Cells, results: Cells, one: Handed, campaign_id: int, body_id: int, first: bool) -> None:
    """What an attempt adds to the cells of the body itself."""
    for measure, n in statistics.results(one.taken, first).items():
        results[campaign_id, body_id, one.unit, measure] += n
    for question, option in statistics.options(one.taken) if first else ():
        items[campaign_id, body_id, one.revision_id, question, option] += 1


def handed_in(passed: Mapping[int, bool]) -> Iterator[Handed]:
    """Attempts with their answers; ``passed`` by attempt."""
    chosen: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    answers = sa.select(Response.attempt_id, Response.question, Response.chosen)
    for attempt_id, question, answer in db.session.execute(answers.where(Response.attempt_id.in_(passed))):
        chosen[attempt_id][question] = answer
    told = Attempt.id, Attempt.person_id, Attempt.unit_revision_id, Attempt.paper, Attempt.started_at, Attempt.ended_at
    marked = sa.and_(Mark.attempt_id == Attempt.id, Mark.number == 1)  # as given when handed in: it never changes
    asked = sa.select(*told, Mark.earned, Mark.possible).outerjoin(Mark, marked)
    for row in db.session.execute(asked.where(Attempt.id.in_(passed))):
        taught = courses.taught(row.unit_revision_id)
        keys = Paper.read(row.paper).keys
        took = (row.ended_at or row.started_at) - row.started_at
        mark = row.earned or 0, row.possible or 0
        taken = Taken(taught.questions, keys, chosen[row.id], took, passed[row.id], *mark)
        yield Handed(row.id, row.person_id, taught.unit.key, row.unit_revision_id, taken)


def _places(facts: Iterable[Any]) -> dict[tuple[int, int, int], list[tuple[int, int]]]:
    """(person, course, fact) -> the campaigns that the person was in that day, with the body."""
    listed = list(facts)
    enrolled: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in db.session.execute(
        sa.select(Enrolment.person_id, Campaign.course_id, Campaign.id, Enrolment.body_id, Enrolment.left_on)
        .join(Campaign, Campaign.id == Enrolment.campaign_id)
        .where(Enrolment.person_id.in_({fact.person_id for fact in listed}))
        .order_by(Campaign.id)
    ):
        enrolled[row.person_id, row.course_id].append(row)
    return {
        (fact.person_id, fact.course_id, fact.id): [
            (row.id, row.body_id)
            for row in enrolled[fact.person_id, fact.course_id]
            if row.left_on is None or day_of(fact.at) < row.left_on
        ]
        for fact in listed
    }


def _counted_before(attempts: Iterable[Handed]) -> defaultdict[tuple[int, int, str], set[int]]:
    """(campaign, person, unit) -> their attempts that have been counted."""
    people = {one.person_id for one in attempts}
    found: defaultdict[tuple[int, int, str], set[int]] = defaultdict(set)
    rows = db.session.execute(
        sa.select(CountedAttempt.campaign_id, Attempt.person_id, Attempt.unit_id, Attempt.id)
        .join(Attempt, Attempt.id == CountedAttempt.attempt_id)
        .where(Attempt.person_id.in_(people))
    )
    for campaign_id, person_id, unit_id, attempt_id in rows:
        found[campaign_id, person_id, courses.address_of(unit_id)[1]].add(attempt_id)
    return found


def _above(bodies: Iterable[int]) -> dict[int, list[int]]:
    """Body -> itself and those above."""
    paths = sa.select(Body.id, Body.path).where(Body.id.in_(set(bodies)))
    return {row.id: [int(part) for part in row.path.strip("/").split("/")] for row in db.session.execute(paths)}


def _keep(model: type[Base], cells: Cells, above: Mapping[int, Sequence[int]]) -> None:
    """Add the cells of each body to it and to all above it."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for (campaign_id, body_id, *rest), n in cells.items():
        for place in above[body_id]:
            own = sums.setdefault((campaign_id, place, *rest), [0, 0])
            own[0] += n if place == body_id else 0
            own[1] += n
    names = [column.name for column in table(model).primary_key]
    rows = [dict(zip(names, key, strict=True)) | {"own": own, "n": n} for key, (own, n) in sorted(sums.items())]
    if rows:
        db.session.execute(_add_cells(model), rows)


@made_once
def _add_cells(model: type[Base]) -> Any:
    statement, columns = insert(table(model)), table(model).c
    added = {name: columns[name] + statement.excluded[name] for name in ("own", "n")}
    return statement.on_conflict_do_update(index_elements=list(table(model).primary_key), set_=added)


# --- the tree has changed --------------------------------------------------------------------------------------


def climb() -> Any:
    """(id, above): every body with itself and all above it."""
    start = sa.select(Body.id, Body.id.label("above")).cte("climb", recursive=True)
    higher = aliased(Body)
    up = sa.select(start.c.id, higher.parent_id).join(higher, higher.id == start.c.above)
    return start.union_all(up.where(higher.parent_id.is_not(None)))


def summed_over(model: Any) -> Any:
    """The sums that ``n`` should be: of each body's own cells over all above it."""
    up, cells = climb(), table(model).c
    keys = [column for column in table(model).primary_key if column.name != "body_id"]
    names = [column.name for column in table(model).primary_key]
    columns = {column.name: column for column in keys} | {"body_id": up.c.above}
    listed = [columns[name].label(name) for name in names]
    total = sa.func.sum(cells.own).label("n")
    joined = table(model).join(up, up.c.id == cells.body_id)
    return sa.select(*listed, total).select_from(joined).where(cells.own != 0).group_by(*columns.values())


def rebuild() -> None:
    """Sum over the bodies again, after the tree has changed: what belongs to each body itself stays."""
    for model in (ItemCount, ResultCount):
        db.session.execute(sa.delete(table(model)).where(table(model).c.own == 0))
        summed = summed_over(model).subquery()
        names = [column.name for column in table(model).primary_key]
        told = sa.select(*(summed.c[name] for name in names), sa.literal(0), summed.c.n).where(sa.true())
        statement = insert(table(model)).from_select([*names, "own", "n"], told)
        fresh = {"n": statement.excluded.n}
        db.session.execute(statement.on_conflict_do_update(index_elements=names, set_=fresh))
