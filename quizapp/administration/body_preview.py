"""Quản trị: what a change of the tree would do to the figures, seen before it is done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from quizapp.database import db
from quizapp.learning import queries as learning
from quizapp.learning.models import WHOLE, Campaign, Count, CountChange
from quizapp.organisation.models import Body

CAMPAIGNS = 5  # the newest that have anybody in the bodies concerned


@dataclass(frozen=True)
class Shift:
    """A body's figures in a campaign at the end of a day: people and completions, before and after."""

    day: date
    body: str
    campaign: str
    people: tuple[int, int]
    completed: tuple[int, int]


Figures = dict[tuple[date, int, int], tuple[int, int]]  # day, campaign, body -> people, completed


def preview(do: Callable[[], Any], concerned: Iterable[Body], on: date, today: date) -> list[Shift]:
    """Do it, look at that day and at today, and undo it: every figure that would differ, the highest bodies first."""
    ids = {int(part) for body in concerned for part in body.path.strip("/").split("/")}
    days = sorted({on, today})
    known = set(db.session.scalars(sa.select(Body.id)).all())
    before, names, titles = _figures(days, ids)
    nested = db.session.begin_nested()
    try:
        do()
        db.session.flush()
        new = set(db.session.scalars(sa.select(Body.id)).all()) - known
        after, named, titled = _figures(days, ids | new)
    finally:
        nested.rollback()
        db.session.expire_all()
    names, titles = named | names, titled | titles  # the tree that is there now is the one that people know
    changed = [key for key in before.keys() | after.keys() if before.get(key, NOTHING) != after.get(key, NOTHING)]
    ordered = sorted(changed, key=lambda key: (key[0], titles[key[1]], *names[key[2]], key))
    return [_shift(key, names, titles, before.get(key, NOTHING), after.get(key, NOTHING)) for key in ordered]


NOTHING = (0, 0)
Names = dict[int, tuple[int, str]]  # body -> how deep it stands, its name


def _shift(
    key: tuple[date, int, int], names: Names, titles: dict[int, str], old: tuple[int, int], new: tuple[int, int]
) -> Shift:
    day, campaign, body = key
    return Shift(day, names[body][1], titles[campaign], (old[0], new[0]), (old[1], new[1]))


def _figures(days: Iterable[date], ids: set[int]) -> tuple[Figures, Names, dict[int, str]]:
    """The figures of the bodies in the newest campaigns, with the names of both."""
    bodies = {
        row.id: row for row in db.session.execute(sa.select(Body.id, Body.name, Body.path).where(Body.id.in_(ids)))
    }
    counted = sa.union(
        sa.select(Count.campaign_id).where(Count.body_id.in_(ids)),
        sa.select(CountChange.campaign_id).where(CountChange.body_id.in_(ids)),
    ).subquery()
    newest = sa.select(Campaign.id, Campaign.title).where(Campaign.id.in_(sa.select(counted)))
    titles = dict(db.session.execute(newest.order_by(Campaign.id.desc()).limit(CAMPAIGNS)).all())
    found: Figures = {}
    for campaign_id in titles:
        for day in days:
            tallies = learning.tallies(campaign_id, {body_id: row.path for body_id, row in bodies.items()}, day)
            for body_id in bodies:
                tally = tallies[body_id]
                found[day, campaign_id, body_id] = (tally.people, tally.n(WHOLE, "completed"))
    return found, {body_id: (row.path.count("/"), row.name) for body_id, row in bodies.items()}, titles
