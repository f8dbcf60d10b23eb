"""Đợt học: enrolments, states, facts, counts, confirmations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.courses.models import Course, Unit
from quizapp.database import db, execute, on_driver, table
from quizapp.domain import completion, content, renewal
from quizapp.domain.completion import CourseState, Fact, FactKind, UnitState
from quizapp.learning.models import (
    ENROLLED,
    WHOLE,
    Campaign,
    Confirmation,
    Count,
    CountChange,
    Enrolment,
    FactRow,
    Pledge,
    UnitStateRow,
)
from quizapp.organisation.models import Body, BodyPeriod


@dataclass(frozen=True)
class Own:
    """One's own enrolment, with the campaign, the body and the state of the whole."""

    enrolment_id: int
    campaign_id: int
    campaign: str
    path: str
    course_id: int
    course_key: str
    course_revision_id: int
    body_id: int
    body: str
    above: str | None
    due_on: date
    extended: bool
    state: str
    completed_at: datetime | None
    late: bool

    @property
    def again(self) -> str | None:
        """The unit that is studied again; None in a campaign that teaches a path."""
        return content.unit_again(self.path)


def own_enrolments(person_id: int) -> list[Own]:
    """The campaigns that a person is in: not finished ones first, the nearest due date first."""
    rows = execute(_own_enrolments(), {"person": person_id}).all()
    not_started = CourseState.NOT_STARTED.value
    found = [Own(*[*row[:12], row[12] or not_started, row[13], bool(row[14])]) for row in rows]
    done = (CourseState.COMPLETED.value, CourseState.WAIVED.value)
    return sorted(found, key=lambda own: own.state in done)


@on_driver
def _own_enrolments() -> Any:
    enrolment, campaign, course, body = table(Enrolment), table(Campaign), table(Course), table(Body)
    above, whole = body.alias("above"), table(UnitStateRow)
    return (
        sa.select(
            enrolment.c.id,
            enrolment.c.campaign_id,
            campaign.c.title,
            campaign.c.path,
            campaign.c.course_id,
            course.c.key,
            enrolment.c.course_revision_id,
            body.c.id,
            body.c.name,
            above.c.name,
            enrolment.c.due_on,
            enrolment.c.extended,
            whole.c.state,
            whole.c.completed_at,
            whole.c.late,
        )
        .join(campaign, campaign.c.id == enrolment.c.campaign_id)
        .join(course, course.c.id == campaign.c.course_id)
        .join(body, body.c.id == enrolment.c.body_id)
        .outerjoin(above, above.c.id == body.c.parent_id)
        .outerjoin(whole, sa.and_(whole.c.enrolment_id == enrolment.c.id, whole.c.unit == WHOLE))
        .where(enrolment.c.person_id == sa.bindparam("person"), enrolment.c.left_on.is_(None))
        .order_by(enrolment.c.due_on, enrolment.c.id)
        .limit(20)
    )


@dataclass(frozen=True)
class UnitStanding:
    """A unit of the course with its newest revision, and how far the enrolment is with it."""

    unit_id: int
    key: str
    revision_id: int
    state: str
    since: datetime | None
    late: bool


def minutes_of(unit: content.Unit, unread: float = 1) -> int:
    """Reading and questions: half a minute a question, or the whole time of those that are timed; a final is not read.

    ``unread``: the share of its sections that is still to be read.
    """
    reading = 0 if unit.final else round(unit.minutes * unread)
    return reading + (unit.quiz.minutes or -(-unit.quiz.size // 2))


def standings(course_id: int, enrolment_id: int | None) -> dict[str, UnitStanding]:
    """Every unit of a course by key, with the enrolment's state on it (chưa học where there is none)."""
    rows = execute(_standings(), {"course": course_id, "enrolment": enrolment_id})
    return {
        row[1]: UnitStanding(row[0], row[1], row[2] or 0, row[3] or UnitState.NOT_STARTED.value, row[4], bool(row[5]))
        for row in rows
    }


@on_driver
def _standings() -> Any:
    unit, state = table(Unit), table(UnitStateRow)
    mine = sa.and_(state.c.unit == unit.c.key, state.c.enrolment_id == sa.bindparam("enrolment"))
    return (
        sa.select(unit.c.id, unit.c.key, unit.c.revision_id, state.c.state, state.c.since, state.c.late)
        .outerjoin(state, mine)
        .where(unit.c.course_id == sa.bindparam("course"), unit.c.revision_id.is_not(None))
    )


def facts_of(person_id: int, course_id: int) -> list[Fact]:
    """All facts of a person on a course that stand, in the order in which they came."""
    rows = execute(_facts_of(), {"person": person_id, "course": course_id})
    return completion.standing(as_fact(row) for row in rows)


@on_driver
def _facts_of() -> Any:
    it = table(FactRow)
    mine = it.c.person_id == sa.bindparam("person"), it.c.course_id == sa.bindparam("course")
    return sa.select(it).where(*mine).order_by(it.c.id)


def facts_seen(person_id: int, own: Own) -> list[Fact]:
    """The facts that one's own enrolment sees: in a new cycle, since it began and credited to it."""
    campaign = db.session.get_one(Campaign, own.campaign_id)
    began_on = db.session.scalars(sa.select(Enrolment.began_on).where(Enrolment.id == own.enrolment_id)).one()
    return renewal.seen(facts_of(person_id, own.course_id), campaign.id, began_on, campaign.credit_days, campaign.again)


def as_fact(row: Any) -> Fact:
    """The domain's value of a stored fact."""
    return Fact(
        FactKind(row.kind),
        row.subject,
        row.at,
        row.earned,
        row.possible,
        row.passed,
        row.answered_all,
        row.source,
        row.unit_revision_id,
    )


@dataclass
class Tally:
    """Counts of one body (with all below it) in a campaign: unit key or "*" -> state -> people."""

    body_id: int
    states: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, unit: str, state: str, n: int) -> None:
        of_unit = self.states.setdefault(unit, {})
        of_unit[state] = of_unit.get(state, 0) + n

    @property
    def people(self) -> int:
        return self.states.get(WHOLE, {}).get(ENROLLED, 0)

    def n(self, unit: str, state: str) -> int:
        """People in a state; "not_started" is whoever is in no other."""
        of_unit = self.states.get(unit, {})
        if state == UnitState.NOT_STARTED:
            return self.people - sum(n for other, n in of_unit.items() if other != ENROLLED)
        return of_unit.get(state, 0)


def tallies(campaign_id: int, bodies: Mapping[int, str], until: date) -> dict[int, Tally]:
    """Counts as of the end of a day for bodies given as id -> path: the folded ones and the unfolded tail.

    Two statements whatever the number of people; the tail is what came since the last folding. What stood below a body
    is read from the tree of that day, whatever the given paths say.
    """
    found = {body_id: Tally(body_id) for body_id in bodies}
    folded = (
        sa.select(Count.body_id, Count.unit, Count.state, sa.func.sum(Count.n))
        .where(Count.campaign_id == campaign_id, Count.body_id.in_(bodies), Count.day <= until)
        .group_by(Count.body_id, Count.unit, Count.state)
    )
    for body_id, unit, state, n in db.session.execute(folded):
        found[body_id].add(unit, state, int(n))
    began = sa.select(sa.func.max(BodyPeriod.from_on)).where(BodyPeriod.from_on <= until)
    that_day = began.where(BodyPeriod.body_id == CountChange.body_id).correlate(CountChange).scalar_subquery()
    place = aliased(BodyPeriod)
    tail = (
        sa.select(sa.func.coalesce(place.path, Body.path), CountChange.unit, CountChange.state)
        .add_columns(sa.func.sum(CountChange.change))
        .join(Body, Body.id == CountChange.body_id)
        .outerjoin(place, sa.and_(place.body_id == CountChange.body_id, place.from_on == that_day))
        .where(CountChange.campaign_id == campaign_id, CountChange.day <= until)
        .group_by(sa.func.coalesce(place.path, Body.path), CountChange.unit, CountChange.state)
    )
    for path, unit, state, n in db.session.execute(tail):
        for body_id in map(int, path.strip("/").split("/")):
            if body_id in found:
                found[body_id].add(unit, state, int(n))
    return found


def paths_opened(course_id: int) -> set[str]:
    """The keys of a course's paths that campaigns have been opened on."""
    return set(db.session.scalars(sa.select(Campaign.path).filter_by(course_id=course_id).distinct()))


def campaigns() -> Sequence[Campaign]:
    """Every campaign, the newest first; at most fifty."""
    return db.session.scalars(sa.select(Campaign).order_by(Campaign.id.desc()).limit(50)).all()


def pledge_of(person_id: int, course_id: int) -> Pledge | None:
    """What the person said he or she would do, after the final."""
    return db.session.get(Pledge, (person_id, course_id))


def confirmation_of(enrolment_id: int) -> Confirmation | None:
    """The confirmation of an enrolment, if it is completed."""
    return db.session.get(Confirmation, enrolment_id)


def confirmation(code: str) -> Confirmation | None:
    """The confirmation of a public code."""
    return db.session.scalar(sa.select(Confirmation).filter_by(code=code))


def confirmations_of(person_id: int) -> Sequence[Confirmation]:
    """A person's confirmations, newest first."""
    mine = sa.select(Confirmation).join(Enrolment, Enrolment.id == Confirmation.enrolment_id)
    return db.session.scalars(mine.where(Enrolment.person_id == person_id).order_by(Confirmation.at.desc())).all()


def own_confirmation(person_id: int, code: str) -> Confirmation | None:
    """One's own confirmation of that code."""
    mine = sa.select(Confirmation).join(Enrolment, Enrolment.id == Confirmation.enrolment_id)
    return db.session.scalar(mine.where(Enrolment.person_id == person_id, Confirmation.code == code))


def sections_read(person_id: int, course_id: int, unit: str) -> frozenset[str]:
    """Keys of the unit's sections that the person has read."""
    subjects = execute(_sections_read(), {"person": person_id, "course": course_id}).scalars()
    return frozenset(section for of, section in (subject.split("/", 1) for subject in subjects) if of == unit)


@on_driver
def _sections_read() -> Any:
    it = table(FactRow).c
    mine = it.person_id == sa.bindparam("person"), it.course_id == sa.bindparam("course")
    return sa.select(it.subject).where(*mine, it.kind == FactKind.SECTION_READ.value)
