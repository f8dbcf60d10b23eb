"""Số liệu: how far a body and those right below it are, as of the end of a day.

Everything comes from the kept counts: a page costs the number of bodies right below, never of people. The sums over
days and states are made by the database, one row a body, so the rows read are the same whoever has done what.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp import site
from quizapp.courses import queries as courses
from quizapp.database import db, made_once
from quizapp.domain.completion import CourseState, UnitState
from quizapp.domain.forecast import Plan, Progress, outlook, verdict, worst_first
from quizapp.learning.models import ENROLLED, WHOLE, CampaignBody, Count, CountChange
from quizapp.organisation.models import Body, BodyPeriod
from quizapp.reports.past import of_day
from quizapp.reports.queries import ended, own_plan
from quizapp.reports.tables import Children, ChildRow, Curve, Heading, Overview, Place, Point, UnitChild, UnitRow

BODIES_AT_MOST = 1000
DAYS = 14  # shown day by day
POINTS = 40  # of the curve; a longer campaign is drawn with gaps of some days
DONE = (CourseState.COMPLETED.value, CourseState.WAIVED.value)


@dataclass
class Sums:
    """The counts of one body with all below it: states of the course as a whole, days, points of the curve, units."""

    states: dict[str, int] = field(default_factory=dict)
    days: list[int] = field(default_factory=lambda: [0] * DAYS)
    points: list[int] = field(default_factory=lambda: [0] * POINTS)
    units: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def progress(self) -> Progress:
        states = (ENROLLED, CourseState.COMPLETED, CourseState.WAIVED, CourseState.LEARNING)
        return Progress(*(self.states.get(state, 0) for state in states))

    def add(self, change: Any, span: "Span") -> None:
        """A change that has not been folded yet."""
        states = self.states if change.unit == WHOLE else self.units.setdefault(change.unit, {})
        states[change.state] = states.get(change.state, 0) + int(change.n)
        if change.unit != WHOLE or change.state not in DONE:
            return
        if change.day >= span.days[0]:
            self.days[span.days.index(change.day)] += int(change.n)
        for n, point in enumerate(span.points):
            self.points[n] += int(change.n) if change.day <= point else 0


@dataclass(frozen=True)
class Span:
    """The days that are looked at: the last fourteen, and the points of the curve up to the day."""

    day: date
    days: tuple[date, ...]
    points: tuple[date, ...]

    @classmethod
    def of(cls, plan: Plan, day: date) -> "Span":
        """From the campaign's first day to the day, at most `POINTS` of them, always the last."""
        length = max(0, (day - plan.from_on).days)
        step = -(-(length + 1) // POINTS)
        back = [day - timedelta(days=n) for n in range(0, length + 1, step)]
        points = sorted(back)[-POINTS:]
        return cls(day, tuple(day - timedelta(days=n) for n in reversed(range(DAYS))), tuple(points))

    def binds(self) -> dict[str, date]:
        """The parameters of the statements below; a point that is not needed repeats the last."""
        told = {f"day{n}": day for n, day in enumerate(self.days)}
        last = [*self.points, *[self.day] * POINTS][:POINTS]
        return told | {f"point{n}": day for n, day in enumerate(last)} | {"until": self.day}


_STATES = (ENROLLED, *DONE, CourseState.LEARNING.value)


def _sum_where(*conditions: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), Count.n), else_=0)), 0)


def _state_sums() -> list[Any]:
    return [_sum_where(Count.state == state).label(f"s{n}") for n, state in enumerate(_STATES)]


def _day_sums() -> list[Any]:
    day = sa.Date()
    return [
        _sum_where(Count.day == sa.bindparam(f"day{n}", type_=day), Count.state.in_(DONE)).label(f"d{n}")
        for n in range(DAYS)
    ]


def _counts_of(body: Any) -> Any:
    """Joins the folded counts of the course as a whole, up to the day."""
    until = sa.bindparam("until", type_=sa.Date())
    mine = Count.campaign_id == sa.bindparam("campaign"), Count.body_id == body
    return sa.and_(*mine, Count.unit == WHOLE, Count.day <= until)


@made_once
def _below() -> Any:
    """The bodies right below one, and below those of them that are opened, one row each with its sums."""
    own = aliased(Body)
    opened = sa.select(own.id).where(own.parent_id == sa.bindparam("body"), own.code == sa.bindparam("opened"))
    under = sa.select(sa.func.count()).where(own.parent_id == Body.id, own.to_on.is_(None)).scalar_subquery()
    dated = CampaignBody.body_id == Body.id, CampaignBody.campaign_id == sa.bindparam("campaign")
    return (
        sa.select(
            *(Body.id, Body.code, Body.name, Body.path, Body.parent_id, Body.to_on, CampaignBody.due_on),
            *(under.label("below"), *_state_sums(), *_day_sums()),
        )
        .outerjoin(CampaignBody, sa.and_(*dated))
        .outerjoin(Count, _counts_of(Body.id))
        .where(sa.or_(Body.parent_id == sa.bindparam("body"), Body.parent_id.in_(opened)))
        .group_by(Body.id, CampaignBody.due_on)
        .order_by(Body.folded, Body.id)
        .limit(BODIES_AT_MOST + 1)
    )


@made_once
def _below_then() -> Any:
    """As `_below`, of the bodies that stood right below on the day, by the names of that day."""
    then, until = aliased(BodyPeriod), sa.bindparam("until", type_=sa.Date())
    place = then.name, then.path, then.parent_id, then.folded
    return (
        sa.select(Body.id, Body.code, *place, Body.to_on, CampaignBody.due_on, sa.literal(0).label("below"))
        .add_columns(*_state_sums(), *_day_sums())
        .select_from(Body)
        .join(then, sa.and_(then.body_id == Body.id, of_day(then, until)))
        .outerjoin(
            CampaignBody,
            sa.and_(CampaignBody.body_id == Body.id, CampaignBody.campaign_id == sa.bindparam("campaign")),
        )
        .outerjoin(Count, _counts_of(Body.id))
        .where(then.parent_id == sa.bindparam("body"))
        .group_by(Body.id, *place, CampaignBody.due_on)
        .order_by(then.folded, Body.id)
        .limit(BODIES_AT_MOST + 1)
    )


@made_once
def _whole() -> Any:
    """The body itself, one row: states, the last days, the points of the curve."""
    points = [
        _sum_where(Count.day <= sa.bindparam(f"point{n}", type_=sa.Date()), Count.state.in_(DONE)).label(f"p{n}")
        for n in range(POINTS)
    ]
    return sa.select(*_state_sums(), *_day_sums(), *points).where(_counts_of(sa.bindparam("body")))


@made_once
def _units() -> Any:
    """The units of the body, one row each."""
    until = sa.bindparam("until", type_=sa.Date())
    states = [_sum_where(Count.state == state.value).label(state.value) for state in UnitState]
    mine = Count.campaign_id == sa.bindparam("campaign"), Count.body_id == sa.bindparam("body")
    return sa.select(Count.unit, *states).where(*mine, Count.unit != WHOLE, Count.day <= until).group_by(Count.unit)


@made_once
def _tail() -> Any:
    """What came since the last folding: as much as happens in two seconds."""
    change = sa.func.sum(CountChange.change).label("n")
    return (
        sa.select(Body.path, CountChange.unit, CountChange.state, CountChange.day, change)
        .join(Body, Body.id == CountChange.body_id)
        .where(
            CountChange.campaign_id == sa.bindparam("campaign"),
            CountChange.day <= sa.bindparam("until", type_=sa.Date()),
            Body.path.startswith(sa.bindparam("path")),
        )
        .group_by(Body.path, CountChange.unit, CountChange.state, CountChange.day)
    )


@made_once
def _tail_then() -> Any:
    """As `_tail`, in the tree of the day."""
    then, until = aliased(BodyPeriod), sa.bindparam("until", type_=sa.Date())
    path = sa.func.coalesce(then.path, Body.path)
    return (
        sa.select(path.label("path"), CountChange.unit, CountChange.state, CountChange.day)
        .add_columns(sa.func.sum(CountChange.change).label("n"))
        .select_from(CountChange)
        .join(Body, Body.id == CountChange.body_id)
        .outerjoin(then, sa.and_(then.body_id == Body.id, of_day(then, until)))
        .where(
            CountChange.campaign_id == sa.bindparam("campaign"),
            CountChange.day <= until,
            path.startswith(sa.bindparam("path")),
        )
        .group_by(path, CountChange.unit, CountChange.state, CountChange.day)
    )


def overview(heading: Heading, day: date, opened: str | None = None, then: bool = False) -> Overview:
    """Tổng quan của đơn vị as of the end of a day; four statements. The heading has a campaign.

    ``then``: in the tree of that day, with the heading's body as it was then; else in the tree of today.
    """
    assert heading.campaign is not None
    assert heading.plan is not None
    span = Span.of(heading.plan, day)
    told: dict[str, Any] = {
        "campaign": heading.campaign.id,
        "body": heading.body.id,
        "opened": opened,
        "path": heading.body.path,
    }
    told |= span.binds()
    below = db.session.execute(_below_then() if then else _below(), told).all()
    whole = _sums(db.session.execute(_whole(), told).one())
    for row in db.session.execute(_units(), told):
        whole.units[row.unit] = {state.value: int(getattr(row, state.value)) for state in UnitState}
    sums = {row.path: _sums(row) for row in below}
    for change in db.session.execute(_tail_then() if then else _tail(), told):
        for path, one in [(heading.body.path, whole), *sums.items()]:
            if change.path.startswith(path):
                one.add(change, span)
    return _overview(heading, span, whole, _child_rows(heading.plan, below[:BODIES_AT_MOST], sums, span), len(below))


def _sums(row: Any) -> Sums:
    told = row._mapping
    states = {state: int(told[f"s{n}"]) for n, state in enumerate(_STATES)}
    points = [int(told[f"p{n}"]) for n in range(POINTS)] if "p0" in told else [0] * POINTS
    return Sums(states, [int(told[f"d{n}"]) for n in range(DAYS)], points)


def _close() -> Fraction:
    """Sát hạn, as it is set for the site."""
    return Fraction(site.current().close_points)


def _child_rows(plan: Plan, rows: Sequence[Any], sums: Mapping[str, Sums], span: Span) -> dict[int, list[ChildRow]]:
    """Parent's id -> its rows, worst forecast first. Who has ended stands there only while people are counted in it."""
    dates, close = {row.path: row.due_on for row in rows if row.due_on}, _close()
    found: dict[int, list[ChildRow]] = {}
    for row in rows:
        one = sums[row.path]
        gone = ended(row.to_on, span.day)
        if gone and not one.progress.people:
            continue
        own = own_plan(plan, {path: due for path, due in dates.items() if row.path.startswith(path)})
        place = Place(row.id, row.code, row.name, row.path, gone)
        seen = outlook(one.progress, own, span.day, one.days, close)
        found.setdefault(row.parent_id, []).append(ChildRow(place, one.progress, own, tuple(one.days), seen, row.below))
    for of in found.values():
        of.sort(key=lambda row: (worst_first(row.progress, row.seen), row.place.name))
    return found


def _overview(heading: Heading, span: Span, whole: Sums, rows: dict[int, list[ChildRow]], count: int) -> Overview:
    plan, progress = heading.plan, whole.progress
    assert plan is not None
    direct = rows.pop(heading.body.id, [])
    codes = {row.place.id: row.place.code for row in direct}
    opened = {codes[parent]: tuple(of) for parent, of in rows.items() if parent in codes}
    close = _close()
    seen = outlook(progress, plan, span.day, whole.days, close)
    points = [Point(day, whole.points[n], plan.expected(day)) for n, day in enumerate(span.points)]
    if plan.due_on > span.day:
        points.append(Point(plan.due_on, None, plan.expected(plan.due_on)))
    children = Children(tuple(direct), _rest(progress, [row.progress for row in direct]), count > BODIES_AT_MOST)
    curve = Curve(tuple(points), progress.people, seen.by_due)
    said = verdict(progress, plan, span.day, whole.days, close)
    units = tuple(_unit_rows(heading, whole))
    return Overview(progress, seen, said, curve, children, units, tuple(whole.days), opened)


def _rest(whole: Progress, below: Iterable[Progress]) -> Progress:
    """Who stands in the body itself: the whole without those below."""
    listed = list(below)
    names = ("people", "completed", "waived", "learning")
    return Progress(*(getattr(whole, name) - sum(getattr(one, name) for one in listed) for name in names))


def _unit_rows(heading: Heading, whole: Sums) -> Iterable[UnitRow]:
    assert heading.campaign is not None
    for key, revision_id in heading.campaign.units.items():
        unit = courses.taught(revision_id).unit
        states = {state.value: whole.units.get(key, {}).get(state.value, 0) for state in UnitState}
        states[UnitState.NOT_STARTED] = whole.progress.people - sum(states.values())
        yield UnitRow(key, unit.number, unit.listed, unit.graded, states)


# --- one unit over the bodies below ----------------------------------------------------------------------------


def unit_below(heading: Heading, key: str, day: date) -> list[UnitChild]:
    """How many of each body below are in each state on a unit, the lowest share first; then who stands in the body itself.

    Two statements. The sum of all rows is the unit's row of the overview.
    """
    assert heading.campaign is not None
    told = {"campaign": heading.campaign.id, "body": heading.body.id, "path": heading.body.path, "until": day}
    rows = db.session.execute(_unit_below(), told | {"unit": key}).all()
    found = {row.path: {state: int(getattr(row, state)) for state in _OF_UNIT} for row in rows}
    for change in db.session.execute(_tail(), told):
        whole = change.unit == WHOLE and change.state == ENROLLED
        if whole or change.unit == key:
            for path, states in found.items():
                if change.path.startswith(path):
                    states[change.state] += int(change.n)
    own = _unit_child(None, found.pop(heading.body.path))
    listed = [Place(row.id, row.code, row.name, row.path) for row in rows if row.id != heading.body.id]
    below = [_unit_child(place, found[place.path]) for place in listed]
    below = sorted((one for one in below if one.people), key=lambda one: one.done / one.people)
    rest = {state: own.states[state] - sum(one.states[state] for one in below) for state in own.states}
    here = UnitChild(None, own.people - sum(one.people for one in below), rest)
    return [*below, here] if here.people else below


_OF_UNIT = (ENROLLED, *(state.value for state in UnitState if state is not UnitState.NOT_STARTED))


def _unit_child(place: Place | None, states: Mapping[str, int]) -> UnitChild:
    people = states[ENROLLED]
    counted = {state: n for state, n in states.items() if state != ENROLLED}
    return UnitChild(place, people, counted | {UnitState.NOT_STARTED.value: people - sum(counted.values())})


@made_once
def _unit_below() -> Any:
    """The body and those right below, one row each with its sums on one unit."""
    unit: Any = sa.bindparam("unit")
    until = sa.bindparam("until", type_=sa.Date())
    mine = Count.campaign_id == sa.bindparam("campaign"), Count.body_id == Body.id, Count.day <= until
    of = sa.or_(Count.unit == unit, sa.and_(Count.unit == WHOLE, Count.state == ENROLLED))
    sums = [_sum_where(Count.state == state).label(state) for state in _OF_UNIT]
    return (
        sa.select(Body.id, Body.code, Body.name, Body.path, *sums)
        .outerjoin(Count, sa.and_(*mine, of))
        .where(sa.or_(Body.id == sa.bindparam("body"), Body.parent_id == sa.bindparam("body")))
        .group_by(Body.id)
        .order_by(Body.folded, Body.id)
        .limit(BODIES_AT_MOST + 1)
    )
