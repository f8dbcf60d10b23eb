"""Theo dõi: the figures of a body and of those right below it, inside the leader's scope; names where one may see them.

A page takes seven statements whatever the number of people: the sign-in, the campaigns, the bodies with the people, the
folded and the unfolded counts, and the note of a look at names, with whose they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts import access
from quizapp.accounts.models import Person
from quizapp.accounts.queries import SignedIn
from quizapp.courses import queries as courses
from quizapp.courses.models import Course, Unit
from quizapp.database import db
from quizapp.domain.completion import CourseState, UnitState
from quizapp.learning import queries as learning
from quizapp.learning.models import WHOLE, Campaign, CampaignBody, Enrolment, UnitStateRow
from quizapp.learning.queries import Tally
from quizapp.organisation.models import Body, BodyPeriod
from quizapp.reports.progress import Plan, Progress

CAMPAIGNS_AT_MOST = 50
PEOPLE_AT_MOST = 500


def first_body(who: SignedIn) -> str | None:
    """The code of the topmost body that ``who`` leads or administers."""
    own = sa.select(Body.code).where(access.figures(who)).order_by(sa.func.length(Body.path), Body.path)
    return db.session.scalar(own.limit(1))


# --- campaigns -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """Đợt học whose figures are shown. ``units``: key -> revision, of its path, in order."""

    id: int
    code: str
    title: str
    plan: Plan
    units: dict[str, int]


def campaigns(body_code: str, dot: str | None) -> tuple[list[tuple[str, str]], Chosen | None]:
    """Campaigns that touch the body or one below it, the newest first, as (code, title); and the chosen one.

    Without ``dot`` the newest is chosen. One statement: the units come along with the chosen campaign alone.
    """
    path = sa.select(Body.path).where(Body.code == body_code).scalar_subquery()
    place = aliased(Body)
    touching = sa.or_(path.startswith(place.path), place.path.startswith(path))
    ids = (
        sa.select(CampaignBody.campaign_id)
        .join(place, place.id == CampaignBody.body_id)
        .where(touching)
        .order_by(CampaignBody.campaign_id.desc())
    )
    relevant = sa.select(Campaign).where(Campaign.id.in_(ids)).order_by(Campaign.id.desc()).limit(CAMPAIGNS_AT_MOST)
    some = relevant.cte("some")
    wanted = sa.select(sa.func.max(some.c.id)).where(some.c.code == dot if dot else sa.true()).scalar_subquery()
    rows = db.session.execute(
        sa.select(some, Course.revision_id.label("course_revision_id"), Unit.key, Unit.revision_id)
        .join(Course, Course.id == some.c.course_id)
        .outerjoin(Unit, sa.and_(Unit.course_id == some.c.course_id, some.c.id == wanted))
        .order_by(some.c.id.desc())
    ).all()
    return list(dict.fromkeys((row.code, row.title) for row in rows)), _chosen([row for row in rows if row.key])


def _chosen(rows: Sequence[Any]) -> Chosen | None:
    if not rows:
        return None
    one, newest = rows[0], {row.key: row.revision_id for row in rows if row.revision_id}
    path = courses.course_value(one.course_revision_id).path(one.path)
    plan = Plan(one.from_on, one.due_on, one.target_percent)
    return Chosen(one.id, one.code, one.title, plan, {key: newest[key] for key in path.units if key in newest})


# --- bodies and people -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Đơn vị as the page shows it."""

    id: int
    code: str
    name: str
    path: str
    ended: bool


@dataclass(frozen=True)
class Somebody:
    """A person of the very body, in the campaign."""

    id: int
    name: str
    state: str
    due_on: date
    extended: bool
    completed_at: datetime | None
    late: bool


@dataclass(frozen=True)
class Around:
    """A body, those above it up to the top of the scope, those right below it, and its people where names may be seen.

    ``people`` is None where they may not; at most five hundred, in the order of Vietnamese names. ``others``: bodies
    elsewhere that the viewer leads or administers, too.
    """

    body: Place
    above: list[Place]
    below: list[Place]
    others: list[Place]
    people: list[Somebody] | None


def around(
    who: SignedIn, body_code: str, campaign_id: int | None, today: date, on: date | None = None
) -> Around | None:
    """The body of that code inside the scope of ``who``, with what stands around it; None outside. One statement.

    ``on``: a past day: names and places are those of that day, and nobody is named.
    """
    if on is not None and on < today:
        return _around_then(who, body_code, on)
    path = sa.select(Body.path).where(Body.code == body_code).scalar_subquery()
    body_id = sa.select(Body.id).where(Body.code == body_code).scalar_subquery()
    own = {scope.body_id for scope in who.scopes}
    whole = aliased(UnitStateRow)
    here = sa.and_(
        Enrolment.body_id == Body.id,
        Body.id == body_id,
        Enrolment.campaign_id == sa.literal(campaign_id, sa.BigInteger),
        Enrolment.left_on.is_(None),
        access.names(who),
    )
    rows = db.session.execute(
        sa.select(
            *(Body.id, Body.code, Body.name, Body.path, Body.to_on, access.names(who).label("names")),
            *(
                Person.id.label("person_id"),
                Person.name.label("person"),
                whole.state,
                Enrolment.due_on,
                Enrolment.extended,
            ),
            *(whole.completed_at, whole.late),
        )
        .outerjoin(Enrolment, here)
        .outerjoin(Person, Person.id == Enrolment.person_id)
        .outerjoin(whole, sa.and_(whole.enrolment_id == Enrolment.id, whole.unit == WHOLE))
        .where(access.figures(who), sa.or_(path.startswith(Body.path), Body.parent_id == body_id, Body.id.in_(own)))
        .order_by(Person.sort_key.nulls_first(), Body.path)
        .limit(1000 + PEOPLE_AT_MOST)
    ).all()
    return _around(body_code, rows, today)


def _around_then(who: SignedIn, body_code: str, on: date) -> Around | None:
    own = {scope.body_id for scope in who.scopes}
    then, the, other = aliased(BodyPeriod), aliased(Body), aliased(BodyPeriod)

    def of_that_day(period: Any) -> Any:
        last = sa.select(sa.func.max(other.from_on)).where(other.body_id == period.body_id, other.from_on <= on)
        return period.from_on == last.correlate(period).scalar_subquery()

    place = aliased(BodyPeriod)
    here = sa.select(place).join(the, the.id == place.body_id).where(the.code == body_code, of_that_day(place)).cte()
    path, body_id = sa.select(here.c.path).scalar_subquery(), sa.select(here.c.body_id).scalar_subquery()
    rows = db.session.execute(
        sa.select(Body.id, Body.code, then.name, then.path, Body.to_on, sa.false().label("names"))
        .add_columns(sa.null().label("person"))
        .join(then, sa.and_(then.body_id == Body.id, of_that_day(then)))
        .where(access.figures(who, on))
        .where(sa.or_(path.startswith(then.path), then.parent_id == body_id, Body.id.in_(own)))
        .order_by(then.path)
        .limit(1000)
    ).all()
    return _around(body_code, rows, on)


def _around(body_code: str, rows: Sequence[Any], today: date) -> Around | None:
    places = {
        row.id: Place(row.id, row.code, row.name, row.path, row.to_on is not None and row.to_on <= today)
        for row in rows
    }
    body = next((place for place in places.values() if place.code == body_code), None)
    if body is None:
        return None
    above = [place for place in places.values() if body.path.startswith(place.path) and place is not body]
    level = body.path.count("/") + 1
    below = [place for place in places.values() if place.path.startswith(body.path) and place.path.count("/") == level]
    others = [
        place for place in places.values() if place not in (body, *above) and not place.path.startswith(body.path)
    ]
    people = [_somebody(row) for row in rows if row.person is not None][:PEOPLE_AT_MOST]
    may_see = any(row.names for row in rows if row.id == body.id)
    above.sort(key=lambda place: len(place.path))
    return Around(body, above, below, others, people if may_see else None)


def _somebody(row: Any) -> Somebody:
    state = row.state or CourseState.NOT_STARTED.value
    return Somebody(row.person_id, row.person, state, row.due_on, row.extended, row.completed_at, bool(row.late))


# --- figures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BodyLine:
    """A body with its figures."""

    place: Place
    progress: Progress


@dataclass(frozen=True)
class UnitLine:
    """A unit with how many people of the body are in each state on it."""

    number: int
    title: str
    graded: bool
    states: dict[str, int]


@dataclass(frozen=True)
class Figures:
    """Of a body with all below it; of each body right below, worst first; ``rest``: who stands in no body below."""

    progress: Progress
    below: list[BodyLine]
    rest: Progress
    units: list[UnitLine]


def figures(around: Around, campaign: Chosen, until: date) -> Figures:
    """The figures of a body in a campaign as of the end of a day, from the kept counts; two statements."""
    paths = {place.id: place.path for place in (around.body, *around.below)}
    tallies = learning.tallies(campaign.id, paths, until)
    own = tallies[around.body.id]
    lines = [BodyLine(place, progress_of(tallies[place.id])) for place in around.below]
    shown = [line for line in lines if line.progress.people or not line.place.ended]
    whole = progress_of(own)
    return Figures(whole, sorted(shown, key=_worst_first), _rest(whole, lines), _unit_lines(campaign, own))


def progress_of(tally: Tally) -> Progress:
    """The states of the course as a whole."""
    states = (CourseState.COMPLETED, CourseState.WAIVED, CourseState.LEARNING)
    return Progress(tally.people, *(tally.n(WHOLE, state.value) for state in states))


def _worst_first(line: BodyLine) -> tuple[Any, ...]:
    progress = line.progress
    return not progress.people, progress.share, -progress.not_begun, line.place.name


def _rest(whole: Progress, lines: Sequence[BodyLine]) -> Progress:
    """Who stands in the body itself: the whole without those below."""
    below = [line.progress for line in lines]
    names = ("people", "completed", "waived", "learning")
    return Progress(*(getattr(whole, name) - sum(getattr(one, name) for one in below) for name in names))


def _unit_lines(campaign: Chosen, tally: Tally) -> list[UnitLine]:
    lines = []
    for key, revision_id in campaign.units.items():
        unit = courses.taught(revision_id).unit
        states = {state.value: tally.n(key, state.value) for state in UnitState}
        lines.append(UnitLine(unit.number, unit.title, unit.graded, states))
    return lines
