"""Đợt học: where an enrolment counts, day by day; moving it on any day, leaving, coming back. Counts follow.

A move is -1/+1 on its day. On a day that has passed, the days since are rebuilt from the facts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby, pairwise

import sqlalchemy as sa

from quizapp.clock import day_of
from quizapp.database import db
from quizapp.domain import renewal
from quizapp.domain.completion import Fact, UnitState, standing
from quizapp.domain.organisation import Steps, carried, joined, on_day, replaced
from quizapp.learning import actions, queries
from quizapp.learning.models import ENROLLED, WHOLE, Campaign, Enrolment, EnrolmentMove, FactRow, UnitStateRow

AT_ONCE = 500
Changes = dict[tuple[str, str], dict[date, int]]  # unit, state -> day -> change


def move(ids: Sequence[int], old_id: int | None, new_id: int | None, on: date, now: datetime) -> int:
    """Chuyển nơi tính: these enrolments count in the new body from a day on, wherever they counted in the old one.

    ``old_id`` None: wherever they counted. ``new_id`` None: nowhere (rời đợt học). How many have changed.
    """
    to = () if new_id is None else (new_id,)

    def moved(steps: Steps) -> Steps:
        if old_id is not None:
            return replaced(steps, old_id, to, on)
        return joined([*(step for step in steps if step[0] < on), (max(on, steps[0][0]), to)])

    return _change(ids, moved, on, now)


def leave(enrolment: Enrolment, now: datetime) -> None:
    """Rời đợt học: counted no more, from today on; what was earned stays with the person."""
    move([enrolment.id], None, None, day_of(now), now)


def come_back(ids: Sequence[int], body_id: int, now: datetime) -> None:
    """Vào lại: who had left counts again, from today on, with all that was learnt meanwhile."""
    for enrolment, course_id in db.session.execute(
        sa.select(Enrolment, Campaign.course_id)
        .join(Campaign, Campaign.id == Enrolment.campaign_id)
        .where(Enrolment.id.in_(ids), Enrolment.left_on.is_not(None))
    ).all():
        _change([enrolment.id], lambda steps: joined([*steps, (day_of(now), (body_id,))]), day_of(now), now)
        facts = queries.facts_of(enrolment.person_id, course_id)
        for one in actions.standings_of(enrolment.person_id, course_id):
            if one.enrolment.id == enrolment.id:
                actions.refresh(one, facts, now)


def of_person(person_id: int, body_id: int, on: date, now: datetime, left_id: int | None = None) -> int:
    """Chuyển đơn vị: the person's enrolments count in the new body from that day on; ``left_id``: those of that body."""
    mine = sa.select(Enrolment.id).where(Enrolment.person_id == person_id, Enrolment.left_on.is_(None))
    return move(db.session.scalars(mine).all(), left_id, body_id, on, now)


def of_many(going: Mapping[tuple[int, int], int], on: date, now: datetime) -> None:
    """Chuyển đơn vị of many people: (person, body left) -> new body; a few statements for each pair of bodies."""
    pairs: dict[tuple[int, int], list[int]] = {}
    for (person_id, left_id), body_id in going.items():
        pairs.setdefault((left_id, body_id), []).append(person_id)
    for (left_id, body_id), people in pairs.items():
        mine = Enrolment.left_on.is_(None), Enrolment.body_id == left_id
        for start in range(0, len(people), AT_ONCE):
            some = sa.select(Enrolment.id).where(Enrolment.person_id.in_(people[start : start + AT_ONCE]), *mine)
            move(db.session.scalars(some).all(), left_id, body_id, on, now)


def _change(ids: Sequence[int], change: Callable[[Steps], Steps], on: date, now: datetime) -> int:
    done = 0
    for start in range(0, len(ids), AT_ONCE):
        some = sa.select(Enrolment).where(Enrolment.id.in_(ids[start : start + AT_ONCE])).order_by(Enrolment.id)
        locked = some.with_for_update().execution_options(populate_existing=True)
        rows = db.session.scalars(locked).all()
        before = steps_of(rows)
        after = {row.id: change(before[row.id]) for row in rows}
        moved = [row for row in rows if after[row.id] != before[row.id]]
        done += len(moved)
        if moved:
            _count(moved, before, after, on, now)
            _keep(moved, after)
    return done


def _count(
    rows: Sequence[Enrolment], before: Mapping[int, Steps], after: Mapping[int, Steps], on: date, now: datetime
) -> None:
    """Append what the counts of the bodies left and entered change, day by day."""
    sums: Counter[tuple[int, int, str, str, date]] = Counter()
    stored = on >= day_of(now)
    for row, changes in _as_stored(rows, on) if stored else histories(rows, day_of(now)):
        for (unit, state), days in changes.items():
            for sign, steps in ((1, after[row.id]), (-1, before[row.id])):
                for (body_id, day), n in carried(days, steps).items():
                    sums[row.campaign_id, body_id, unit, state, day] += sign * n
    names = ("campaign_id", "body_id", "unit", "state", "day")
    actions.append_changes([dict(zip(names, key, strict=True)) | {"change": n} for key, n in sums.items() if n])


def _keep(rows: Sequence[Enrolment], after: Mapping[int, Steps]) -> None:
    db.session.execute(sa.delete(EnrolmentMove).where(EnrolmentMove.enrolment_id.in_([row.id for row in rows])))
    moves = []
    for row in rows:
        steps = after[row.id]
        if not steps[0][1]:  # gone on the very first day
            steps = ((steps[0][0], (row.body_id,)), *steps)
        for (_, left), (day, bodies) in pairwise(steps):
            ends = {"left_id": next(iter(left), None), "body_id": next(iter(bodies), None)}
            moves.append({"enrolment_id": row.id, "on": day} | ends)
        day, bodies = steps[-1]
        row.left_on = None if bodies else day
        row.body_id = bodies[0] if bodies else next(value[0] for _, value in reversed(steps) if value)
    db.session.flush()
    if moves:
        db.session.execute(sa.insert(EnrolmentMove), moves)


# --- what was, day by day --------------------------------------------------------------------------------------


def steps_of(rows: Iterable[Enrolment]) -> dict[int, Steps]:
    """In which body each enrolment counted, from which day on; (): in none. One statement."""
    listed = list(rows)
    moves = db.session.scalars(
        sa.select(EnrolmentMove)
        .where(EnrolmentMove.enrolment_id.in_([row.id for row in listed]))
        .order_by(EnrolmentMove.enrolment_id, EnrolmentMove.on)
        .execution_options(populate_existing=True)
    )
    of = {enrolment_id: list(some) for enrolment_id, some in groupby(moves, key=lambda one: one.enrolment_id)}
    found = {}
    for row in listed:
        own = of.get(row.id, [])
        first = own[0].left_id if own else row.body_id
        steps = [(row.began_on, _tuple(first)), *((one.on, _tuple(one.body_id)) for one in own)]
        found[row.id] = joined(steps)
    return found


def _tuple(body_id: int | None) -> tuple[int, ...]:
    return () if body_id is None else (body_id,)


def _as_stored(rows: Sequence[Enrolment], on: date) -> Iterator[tuple[Enrolment, Changes]]:
    """The states of today, as if all had begun on that day: enough where nothing came after it."""
    of: dict[int, Changes] = {row.id: {(WHOLE, ENROLLED): {on: 1}} for row in rows}
    states = db.session.execute(
        sa.select(UnitStateRow.enrolment_id, UnitStateRow.unit, UnitStateRow.state).where(
            UnitStateRow.enrolment_id.in_(of), UnitStateRow.state != UnitState.NOT_STARTED.value
        )
    )
    for enrolment_id, unit, state in states:
        of[enrolment_id][unit, state] = {on: 1}
    return ((row, of[row.id]) for row in rows)


def histories(rows: Sequence[Enrolment], until: date) -> Iterator[tuple[Enrolment, Changes]]:
    """The states that the facts gave each enrolment, by the days on which they came and went; three statements."""
    campaigns = {
        one.id: one
        for one in db.session.scalars(sa.select(Campaign).where(Campaign.id.in_({row.campaign_id for row in rows})))
    }
    courses = {one.course_id for one in campaigns.values()}
    mine = FactRow.person_id.in_([row.person_id for row in rows]), FactRow.course_id.in_(courses)
    facts: dict[tuple[int, int], list[Fact]] = {}
    for row in db.session.scalars(sa.select(FactRow).where(*mine).order_by(FactRow.id)):
        facts.setdefault((row.person_id, row.course_id), []).append(queries.as_fact(row))
    for enrolment in rows:
        campaign = campaigns[enrolment.campaign_id]
        known = facts.get((enrolment.person_id, campaign.course_id), [])
        yield enrolment, _history(enrolment, campaign, known, until)


def _history(enrolment: Enrolment, campaign: Campaign, facts: Sequence[Fact], until: date) -> Changes:
    began, found = enrolment.began_on, dict[tuple[str, str], dict[date, int]]()
    found[WHOLE, ENROLLED] = {began: 1}
    seen = renewal.seen(facts, campaign.id, began, campaign.credit_days, campaign.again)
    days = sorted({began, *(max(day_of(fact.at), began) for fact in seen)})
    before: dict[str, str] = {}
    for day in days:
        if day > until:
            break
        then = standing(fact for fact in seen if day_of(fact.at) <= day)  # taken back later: it stood until then
        now = actions.derive(enrolment.course_revision_id, campaign.path, then)
        for unit in now:
            if now[unit] != before.get(unit, UnitState.NOT_STARTED):
                _add(found, unit, before.get(unit), day, -1)
                _add(found, unit, now[unit], day, 1)
        before = now
    return found


def _add(found: Changes, unit: str, state: str | None, day: date, change: int) -> None:
    if state is not None and state != UnitState.NOT_STARTED:
        days = found.setdefault((unit, state), {})
        days[day] = days.get(day, 0) + change


def cells_on(day: date) -> Counter[tuple[int, int, str, str]]:
    """(campaign, body, unit, state) -> how many stood there at the end of a day, from the facts alone; own body only."""
    found: Counter[tuple[int, int, str, str]] = Counter()
    ids = db.session.scalars(sa.select(Enrolment.id).order_by(Enrolment.id)).all()
    for start in range(0, len(ids), AT_ONCE):
        some = sa.select(Enrolment).where(Enrolment.id.in_(ids[start : start + AT_ONCE]))
        rows = db.session.scalars(some).all()
        steps = steps_of(rows)
        for row, changes in histories([row for row in rows if row.began_on <= day], day):
            for body_id in on_day(steps[row.id], day):
                for (unit, state), days in changes.items():
                    if n := sum(change for on, change in days.items() if on <= day):
                        found[row.campaign_id, body_id, unit, state] += n
    return found
