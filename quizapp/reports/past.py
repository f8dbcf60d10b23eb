"""Số liệu của một ngày đã qua: in the tree of that day, from the kept counts, without names. Two statements, one for the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts import access
from quizapp.accounts.queries import SignedIn
from quizapp.courses import queries as courses
from quizapp.database import db
from quizapp.domain.completion import CourseState, UnitState
from quizapp.learning import queries as learning
from quizapp.learning.models import WHOLE
from quizapp.learning.queries import Tally
from quizapp.organisation.models import Body, BodyPeriod
from quizapp.reports.tables import Chosen, Place


@dataclass(frozen=True)
class Then:
    """Đơn vị của ngày ấy: the body, those above it inside the scope, those right below it."""

    body: Place
    above: list[Place]
    below: list[Place]


@dataclass(frozen=True)
class Line:
    """People of a group by state at the end of that day."""

    people: int
    done: int
    learning: int

    @property
    def not_begun(self) -> int:
        return self.people - self.done - self.learning


@dataclass(frozen=True)
class Figures:
    """Of the body with all below it, of each body right below, of who stood in the body itself, and of each unit."""

    whole: Line
    below: list[tuple[Place, Line]]
    rest: Line
    units: list[tuple[str, dict[str, int]]]


def then(who: SignedIn, code: str, on: date) -> Then | None:
    """The body of that code as it stood on a day, inside the scope of ``who`` on that day; None outside."""
    period, the = aliased(BodyPeriod), aliased(Body)
    place = aliased(BodyPeriod)
    here = sa.select(place).join(the, the.id == place.body_id).where(the.code == code, of_day(place, on)).cte()
    path, body_id = sa.select(here.c.path).scalar_subquery(), sa.select(here.c.body_id).scalar_subquery()
    rows = db.session.execute(
        sa.select(Body.id, Body.code, period.name, period.path, Body.to_on)
        .join(period, sa.and_(period.body_id == Body.id, of_day(period, on)))
        .where(access.figures(who, on))
        .where(sa.or_(path.startswith(period.path), period.parent_id == body_id))
        .order_by(period.path)
        .limit(1000)
    ).all()
    places = [Place(row.id, row.code, row.name, row.path, row.to_on is not None and row.to_on <= on) for row in rows]
    body = next((one for one in places if one.code == code), None)
    if body is None:
        return None
    above = sorted((one for one in places if body.path.startswith(one.path) and one is not body), key=_depth)
    below = [one for one in places if one.path.startswith(body.path) and _depth(one) == _depth(body) + 1]
    return Then(body, above, below)


def of_day(period: Any, on: Any) -> Any:
    """Condition: the period of its body on a day."""
    other = aliased(BodyPeriod)
    last = sa.select(sa.func.max(other.from_on)).where(other.body_id == period.body_id, other.from_on <= on)
    return period.from_on == last.correlate(period).scalar_subquery()


def _depth(place: Place) -> int:
    return place.path.count("/")


def figures(around: Then, campaign: Chosen, on: date) -> Figures:
    """The figures at the end of a day; the lowest share of those done stands first."""
    paths = {place.id: place.path for place in (around.body, *around.below)}
    tallies = learning.tallies(campaign.id, paths, on)
    whole = _line(tallies[around.body.id])
    lines = [(place, _line(tallies[place.id])) for place in around.below]
    shown = [(place, line) for place, line in lines if line.people or not place.ended]
    return Figures(
        whole, sorted(shown, key=_worst_first), _rest(whole, lines), _units(campaign, tallies[around.body.id])
    )


def _line(tally: Tally) -> Line:
    done = tally.n(WHOLE, CourseState.COMPLETED.value) + tally.n(WHOLE, CourseState.WAIVED.value)
    return Line(tally.people, done, tally.n(WHOLE, CourseState.LEARNING.value))


def _worst_first(row: tuple[Place, Line]) -> tuple[Any, ...]:
    place, line = row
    return not line.people, line.done / line.people if line.people else 0, -line.not_begun, place.name


def _rest(whole: Line, lines: Sequence[tuple[Place, Line]]) -> Line:
    return Line(
        *(getattr(whole, name) - sum(getattr(one, name) for _, one in lines) for name in ("people", "done", "learning"))
    )


def _units(campaign: Chosen, tally: Tally) -> list[tuple[str, dict[str, int]]]:
    found = []
    for key, revision_id in campaign.units.items():
        unit = courses.taught(revision_id).unit
        found.append((unit.listed, {state.value: tally.n(key, state.value) for state in UnitState}))
    return found
