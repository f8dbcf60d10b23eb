"""Danh sách người: the people of the very body, for who may see their names. Who calls notes the look."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.models import Person
from quizapp.clock import end_of
from quizapp.courses import queries as courses
from quizapp.database import db
from quizapp.domain.completion import CourseState, FactKind, UnitState
from quizapp.domain.forecast import QUIET_DAYS
from quizapp.learning.models import WHOLE, Enrolment, FactRow, ReminderTurn, UnitStateRow
from quizapp.reports.tables import Chosen, Heading, People, PersonRow

AT_ONCE = 50
LEARNING = CourseState.LEARNING.value
DONE = (CourseState.COMPLETED.value, CourseState.WAIVED.value)


def people(
    heading: Heading,
    day: date,
    which: str | None,
    after: str | None,
    unit: str | None = None,
    limit: int = AT_ONCE,
) -> People:
    """A page of the people enrolled in the very body; the heading has a campaign and ``names``. Two statements.

    ``which``: "chua" (not done), "dang" (learning), "moi" (not begun), "xong" (done), None for all; ``unit``: only who has
    not passed it; ``after``: the code of the last person of the page before.
    """
    campaign = heading.campaign
    assert campaign is not None
    assert heading.names
    listed = _listed(heading, campaign, day, unit)
    done, open_ = listed.c.done, sa.not_(listed.c.done)
    counted = sa.select(
        *(
            sa.func.coalesce(sa.func.sum(sa.case((one, 1), else_=0)), 0)
            for one in (open_, done, listed.c.risk == 0, listed.c.state == LEARNING)
        )
    )
    open_count, done_count, at_risk, learning = db.session.execute(counted).one()
    some = {"chua": open_, "xong": done, "dang": listed.c.state == LEARNING}
    wanted = (some | {"moi": sa.and_(open_, listed.c.state != LEARNING)}).get(which or "", sa.true())
    order = listed.c.risk, listed.c.sort_key, listed.c.id
    shown = sa.select(listed, *_details(listed, campaign)).where(wanted).order_by(*order).limit(limit + 1)
    if after is not None:
        last = sa.select(*order).where(listed.c.code == after).cte("last")
        shown = shown.where(sa.tuple_(*order) > sa.select(*last.c).scalar_subquery())
    rows = db.session.execute(shown).all()
    found = tuple(_person(row, campaign) for row in rows[:limit])
    more = found[-1].code if len(rows) > limit else None
    return People(found, int(open_count), int(done_count), int(at_risk), more, int(learning))


def _listed(heading: Heading, campaign: Chosen, day: date, unit: str | None) -> Any:
    """The enrolled of the body with their state; ``risk`` is 0 for who is at risk, else 1: they stand first."""
    whole = UnitStateRow
    state = sa.func.coalesce(whole.state, CourseState.NOT_STARTED.value)
    latest = (
        sa.select(sa.func.max(FactRow.at))
        .where(FactRow.person_id == Enrolment.person_id, FactRow.course_id == campaign.course_id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    third = sa.literal(_third(campaign, day), sa.Date())
    never = sa.and_(whole.state.is_(None), Enrolment.due_on < third)
    quiet = sa.and_(whole.state == CourseState.LEARNING.value, latest < end_of(day - timedelta(days=QUIET_DAYS)))
    return (
        sa.select(
            *(Enrolment.id, Enrolment.person_id, Enrolment.due_on, Enrolment.extended),
            *(Person.code, Person.name, Person.sort_key, state.label("state"), whole.completed_at, whole.late),
            *(latest.label("last_at"), sa.case((sa.or_(never, quiet), 0), else_=1).label("risk")),
            *(
                state.in_(DONE).label("done"),
                Person.email.is_not(None).label("addressed"),
                ReminderTurn.day.label("told_on"),
            ),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(whole, sa.and_(whole.enrolment_id == Enrolment.id, whole.unit == WHOLE))
        .outerjoin(ReminderTurn, ReminderTurn.person_id == Enrolment.person_id)
        .where(
            Enrolment.campaign_id == campaign.id,
            Enrolment.body_id == heading.body.id,
            Enrolment.left_on.is_(None),
            sa.true() if unit is None else ~_has_passed(unit),
        )
        .cte("listed")
    )


def _has_passed(unit: str) -> Any:
    it = sa.orm.aliased(UnitStateRow)
    passed = it.state.in_([UnitState.PASSED.value, UnitState.WAIVED.value])
    return sa.exists().where(it.enrolment_id == Enrolment.id, it.unit == unit, passed)


def _third(campaign: Chosen, day: date) -> date:
    """Who has not begun and whose due date lies before this has less than a third of the time left.

    As `domain.forecast.is_at_risk`, solved for the due date d: 3 (d − day) < d − from + 1.
    """
    ordinal = 3 * day.toordinal() - campaign.plan.from_on.toordinal() + 1
    return date.fromordinal(-(-ordinal // 2))


def _details(listed: Any, campaign: Chosen) -> list[Any]:
    """Of each shown person: how many units are done, and the best mark of the final."""
    course = courses.course_value(campaign.course_revision_id)
    graded = course.graded(campaign.path)
    done = sa.and_(
        UnitStateRow.enrolment_id == listed.c.id,
        UnitStateRow.unit.in_(graded),
        UnitStateRow.state.in_([UnitState.PASSED.value, UnitState.WAIVED.value]),
    )
    units = sa.select(sa.func.count()).where(done).correlate(listed).scalar_subquery()
    mine = (
        FactRow.person_id == listed.c.person_id,
        FactRow.course_id == campaign.course_id,
        FactRow.kind == FactKind.QUIZ_TAKEN.value,
        FactRow.subject == (course.final or ""),
    )
    best = sa.select(FactRow.earned).where(*mine).order_by(FactRow.earned.desc()).limit(1).correlate(listed)
    of = sa.select(FactRow.possible).where(*mine).order_by(FactRow.earned.desc()).limit(1).correlate(listed)
    return [units.label("units"), best.scalar_subquery().label("earned"), of.scalar_subquery().label("possible")]


def _person(row: Any, campaign: Chosen) -> PersonRow:
    graded = courses.course_value(campaign.course_revision_id).graded(campaign.path)
    what = row.person_id, row.code, row.name, row.state, row.units, len(graded), row.last_at, row.due_on, row.extended
    return PersonRow(
        *what, row.completed_at, bool(row.late), row.risk == 0, row.earned, row.possible, row.addressed, row.told_on
    )
