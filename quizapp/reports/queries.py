"""Theo dõi: whose figures, in which campaign, and the people of a body where one may see their names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts import access
from quizapp.accounts.queries import SignedIn
from quizapp.courses import queries as courses
from quizapp.courses.models import Course, Unit
from quizapp.database import db
from quizapp.domain.forecast import Plan
from quizapp.learning.models import ENROLLED, WHOLE, Campaign, CampaignBody, Count
from quizapp.organisation.models import Body
from quizapp.reports.tables import Chosen, Heading, Place

CAMPAIGNS_AT_MOST = 50


def first_body(who: SignedIn) -> str | None:
    """The code of the topmost body that ``who`` leads or administers."""
    own = sa.select(Body.code).where(access.figures(who)).order_by(sa.func.length(Body.path), Body.path)
    return db.session.scalar(own.limit(1))


# --- whose figures ---------------------------------------------------------------------------------------------


def heading(who: SignedIn, code: str, dot: str | None, day: date) -> Heading | None:
    """The body of that code inside the scope of ``who`` with its campaigns; None outside, or without the campaign asked for.

    Two statements. Without ``dot`` that campaign is chosen which is under way and due first.
    """
    choice, campaign = campaigns(code, dot, day)
    rows = db.session.execute(_around(who, code), {"campaign": campaign.id if campaign else None}).all()
    places = {row.id: Place(row.id, row.code, row.name, row.path, ended(row.to_on, day)) for row in rows}
    body = next((place for place in places.values() if place.code == code), None)
    if body is None or (dot and campaign is None):
        return None
    above = sorted((p for p in places.values() if body.path.startswith(p.path) and p is not body), key=_depth)
    others = [place for place in places.values() if not body.path.startswith(place.path)]
    others = [place for place in others if not place.path.startswith(body.path)]
    own_dates = {row.path: row.due_on for row in rows if row.due_on and body.path.startswith(row.path)}
    plan = own_plan(campaign.plan, own_dates) if campaign else None
    shown = tuple(place for place in above if any(row.id == place.id and row.figures for row in rows))
    names = any(row.id == body.id and row.names for row in rows)
    if not any(row.id == body.id and row.figures for row in rows):
        return None
    return Heading(body, shown, tuple(others), tuple(choice), campaign, plan, names)


def _depth(place: Place) -> int:
    return len(place.path)


def ended(to_on: date | None, day: date) -> bool:
    return to_on is not None and to_on <= day


def own_plan(plan: Plan, own_dates: Mapping[str, date]) -> Plan:
    """The plan with the due date of the nearest body above that has its own."""
    return replace(plan, due_on=own_dates[max(own_dates, key=len)]) if own_dates else plan


def _around(who: SignedIn, code: str) -> Any:
    """The body, all above it, and the other bodies of ``who``: climbed by parents, so that no subtree is searched."""
    up = sa.select(Body.id, Body.parent_id).where(Body.code == code).cte("up", recursive=True)
    higher = aliased(Body)
    up = up.union_all(sa.select(higher.id, higher.parent_id).join(up, higher.id == up.c.parent_id))
    own = {scope.body_id for scope in who.scopes}
    dated = sa.and_(
        CampaignBody.body_id == Body.id, CampaignBody.campaign_id == sa.bindparam("campaign", type_=sa.BigInteger)
    )
    told = Body.id, Body.code, Body.name, Body.path, Body.to_on, CampaignBody.due_on
    rights = access.names(who).label("names"), access.figures(who).label("figures")
    listed = sa.or_(Body.id.in_(sa.select(up.c.id)), sa.and_(Body.id.in_(own), access.figures(who)))
    return sa.select(*told, *rights).outerjoin(CampaignBody, dated).where(listed).order_by(Body.path).limit(200)


def campaigns(body_code: str, dot: str | None, day: date) -> tuple[list[tuple[str, str]], Chosen | None]:
    """Campaigns that touch the body or one below it, the newest first, as (code, title); and the chosen one.

    Without ``dot`` one is chosen that has anybody here (one for another kind of body has nobody), before those that study a
    unit again: of those under way on that day the one due first, else the newest. One statement: the units come along with
    the chosen campaign alone.
    """
    path = sa.select(Body.path).where(Body.code == body_code).scalar_subquery()
    place = aliased(Body)
    touching = sa.or_(path.startswith(place.path), place.path.startswith(path))
    ids = (
        sa.select(CampaignBody.campaign_id, sa.func.max(CampaignBody.due_on).label("longest"))
        .join(place, place.id == CampaignBody.body_id)
        .where(touching)
        .group_by(CampaignBody.campaign_id)
        .order_by(CampaignBody.campaign_id.desc())
        .limit(CAMPAIGNS_AT_MOST)
        .subquery()
    )
    some = sa.select(Campaign, ids.c.longest).join(ids, ids.c.campaign_id == Campaign.id).cte("some")
    asked = sa.select(some.c.id).where(some.c.code == dot if dot else sa.true())
    here = sa.select(Body.id).where(Body.code == body_code).scalar_subquery()
    counted = Count.campaign_id == some.c.id, Count.body_id == here, Count.unit == WHOLE, Count.state == ENROLLED
    empty = sa.case((sa.exists().where(*counted), 0), else_=1)
    under_way = sa.and_(some.c.from_on <= day, sa.or_(some.c.due_on >= day, some.c.longest >= day))
    first_due = sa.case((under_way, some.c.due_on), else_=date.max)
    order = empty, some.c.again_at.is_not(None), first_due, some.c.id.desc()
    wanted = asked.order_by(*order).limit(1).scalar_subquery()
    rows = db.session.execute(
        sa.select(some, Course.revision_id.label("course_revision_id"), Unit.key, Unit.revision_id)
        .join(Course, Course.id == some.c.course_id)
        .outerjoin(Unit, sa.and_(Unit.course_id == some.c.course_id, some.c.id == wanted))
        .order_by(some.c.id.desc())
    ).all()
    return list(dict.fromkeys((row.code, row.title) for row in rows)), _chosen([row for row in rows if row.key])


def opening(body_code: str, listed: Sequence[Campaign], day: date) -> Campaign | None:
    """Of the campaigns of a body the one that its pages open with, the same on all of them."""
    _, chosen = campaigns(body_code, None, day) if len(listed) > 1 else ([], None)
    return next((one for one in listed if chosen and one.id == chosen.id), listed[0] if listed else None)


def _chosen(rows: Sequence[Any]) -> Chosen | None:
    if not rows:
        return None
    one, newest = rows[0], {row.key: row.revision_id for row in rows if row.revision_id}
    course = courses.course_value(one.course_revision_id)
    units = {key: newest[key] for key in course.path(one.path).units if key in newest}
    plan = Plan(one.from_on, one.due_on, one.target_percent)
    what = (one.id, one.code, one.title, course.title, one.course_id, one.course_revision_id, one.path)
    return Chosen(*what, plan, units)


def below(heading: Heading, day: date) -> list[Place]:
    """The bodies right below, by name, where there is no campaign to count by; at most five hundred."""
    it = Body.id, Body.code, Body.name, Body.path, Body.to_on
    listed = sa.select(*it).where(Body.parent_id == heading.body.id).order_by(Body.folded).limit(500)
    places = [Place(row.id, row.code, row.name, row.path, ended(row.to_on, day)) for row in db.session.execute(listed)]
    return [place for place in places if not place.ended]


def unit_name(heading: Heading, key: str) -> str:
    """A unit of the campaign in words: "Bài 6: Ngăn chặn nhũng nhiễu"."""
    assert heading.campaign is not None
    unit = courses.taught(heading.campaign.units[key]).unit
    return unit.title if unit.final else f"Bài {unit.number}: {unit.title}"
