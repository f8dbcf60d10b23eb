"""Chồng đợt: campaigns of the same course that are open meanwhile and have the same people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from quizapp.accounts.models import Person, Post
from quizapp.database import db
from quizapp.learning import membership
from quizapp.learning.models import Campaign, CampaignBody, Enrolment
from quizapp.organisation.models import Body


@dataclass(frozen=True)
class Overlap:
    """A campaign beside the planned one, and how many people are or would be in both."""

    title: str
    from_on: date
    due_on: date
    again: bool  # only to study a unit again
    people: int


def found(scope: sa.ColumnElement[bool], planned: Campaign, today: date) -> list[Overlap]:
    """Whose people the planned campaign would take in, too; what is due first comes first.

    ``scope``: condition on `Body`, where the planned one is for. It is not stored; one statement, however many people.
    """
    coming = (
        sa.select(Post.person_id)
        .join(Body, Body.id == Post.body_id)
        .join(Person, Person.id == Post.person_id)
        .where(scope, membership.held(today), Person.ended_on.is_(None), membership.due_again(planned, today))
    )
    begins = max(planned.from_on, today)
    if planned.due_on < begins:
        return []
    later = sa.select(CampaignBody.campaign_id).where(CampaignBody.due_on >= begins)
    meanwhile = Campaign.from_on <= planned.due_on, sa.or_(Campaign.due_on >= begins, Campaign.id.in_(later))
    told = Campaign.title, Campaign.from_on, Campaign.due_on, Campaign.again_at.is_not(None)
    rows = db.session.execute(
        sa.select(*told, sa.func.count())
        .join(Enrolment, Enrolment.campaign_id == Campaign.id)
        .where(Campaign.course_id == planned.course_id, *meanwhile)
        .where(Enrolment.left_on.is_(None), Enrolment.person_id.in_(coming))
        .group_by(Campaign.id)
        .order_by(Campaign.due_on, Campaign.id.desc())
    )
    return [Overlap(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]


def shown_first(planned: Campaign, beside: Sequence[Overlap], today: date) -> tuple[str, date] | None:
    """Title and due date of the one of them that leaders' pages open with; None while none is under way."""
    all_of_them = [(planned.due_on, planned.from_on, planned.title)]
    all_of_them += [(one.due_on, one.from_on, one.title) for one in beside if not one.again]
    under_way = [(title, due_on) for due_on, from_on, title in all_of_them if from_on <= today]
    return min(under_way, key=lambda one: one[1], default=None)
