"""Cây đơn vị: the whole dated tree as a value for the rules, and storing what an act has made of it."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from quizapp.database import db, dialect
from quizapp.domain import organisation as rules
from quizapp.domain.organisation import Impossible, Steps, Succession, Tree
from quizapp.domain.vietnamese import fold
from quizapp.organisation.models import Body, BodyPeriod, BodySuccession
from quizapp.web.refused import Refused

_LOCK = 1248_005  # advisory lock of PostgreSQL


def hold(shared: bool = False) -> None:
    """Until this transaction ends nobody changes the tree; and nobody counts by it either, unless ``shared``.

    SQLite has one writer at a time anyhow.
    """
    if dialect() == "postgresql":
        lock = sa.func.pg_advisory_xact_lock_shared if shared else sa.func.pg_advisory_xact_lock
        db.session.execute(sa.select(lock(_LOCK)))


def read() -> Tree:
    """Every body with its decisions: periods that only repeat a name and parent follow from those above, and are left out."""
    periods: dict[int, list[rules.Period]] = {}
    rows = db.session.execute(
        sa.select(BodyPeriod.body_id, BodyPeriod.from_on, BodyPeriod.name, BodyPeriod.parent_id).order_by(
            BodyPeriod.body_id, BodyPeriod.from_on
        )
    )
    for body_id, from_on, name, parent_id in rows:
        kept = periods.setdefault(body_id, [])
        if not kept or (kept[-1].name, kept[-1].parent) != (name, parent_id):
            kept.append(rules.Period(from_on, name, parent_id))
    bodies = {
        row.id: rules.Body(row.id, row.from_on, row.to_on, tuple(periods[row.id]))
        for row in db.session.execute(sa.select(Body.id, Body.from_on, Body.to_on))
    }
    succeeded = db.session.execute(sa.select(BodySuccession.old_id, BodySuccession.new_id, BodySuccession.on))
    return Tree(bodies, frozenset(Succession(*row) for row in succeeded))


@dataclass(frozen=True)
class Carried:
    """A body that stands elsewhere now: those above it, by day, before and after."""

    body_id: int
    before: Steps
    after: Steps


def store(before: Tree, after: Tree) -> list[Carried]:
    """Write what differs: bodies, periods, successions. What is counted above whom has changed as the result says."""
    try:
        old, new = rules.paths(before), rules.paths(after)
    except Impossible as no:
        raise Refused(no.sentence) from None
    changed = [
        one for one in after.bodies.values() if one != before.bodies.get(one.id) or new[one.id] != old.get(one.id)
    ]
    for one in changed:
        _keep(one, new[one.id])
    for came in after.successions - before.successions:
        db.session.add(BodySuccession(old_id=came.old, new_id=came.new, on=came.on))
    db.session.flush()
    moved = [one for one in changed if _parents(one) != _parents(before.bodies[one.id])]
    return [Carried(one.id, _above(old[one.id]), _above(new[one.id])) for one in moved]


def _parents(body: rules.Body) -> Steps:
    return rules.joined((period.from_on, (period.parent or 0,)) for period in body.periods)


def _above(steps: Steps) -> Steps:
    return rules.joined((day, chain[:-1]) for day, chain in steps)


def _keep(one: rules.Body, steps: Steps) -> None:
    """The body of today, and its periods: one for each decision and for each day on which those above it changed."""
    last = one.last
    row = db.session.get_one(Body, one.id)
    row.name, row.folded, row.parent_id, row.to_on = last.name, fold(last.name), last.parent, one.to_on
    row.path = written(steps[-1][1])
    there = {row.from_on: row for row in db.session.scalars(sa.select(BodyPeriod).filter_by(body_id=one.id))}
    wanted = {day: (one.on(day), written(rules.on_day(steps, day))) for day in _days(one, steps)}
    for day in there.keys() - wanted.keys():
        db.session.delete(there[day])
    db.session.flush()
    for day, (period, path) in wanted.items():
        kept = there.get(day) or BodyPeriod(body_id=one.id, from_on=day)
        kept.name, kept.parent_id, kept.path = period.name, period.parent, path
        db.session.add(kept)


def _days(one: rules.Body, steps: Steps) -> set[date]:
    return {period.from_on for period in one.periods} | {day for day, _ in steps}


def written(chain: tuple[int, ...]) -> str:
    """A path as it is kept: ids from the top down, "1/2/17/"."""
    return "".join(f"{body_id}/" for body_id in chain)


def chain_of(path: str) -> tuple[int, ...]:
    """The ids of a kept path, from the top down."""
    return tuple(int(part) for part in path.strip("/").split("/"))
