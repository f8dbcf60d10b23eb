"""Đợt học: whom a campaign is for: who comes in by himself, who has left, who counts in another body now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from quizapp.accounts.models import Person, Post
from quizapp.clock import day_of, end_of
from quizapp.database import db
from quizapp.domain import renewal
from quizapp.domain.renewal import Renewal, open_since
from quizapp.learning import actions, moves
from quizapp.learning.models import WHOLE, Campaign, CampaignBody, Concerned, Enrolment, UnitStateRow
from quizapp.organisation.models import Body

AT_ONCE = 2000
Condition = sa.ColumnElement[bool]


def target(campaign: Campaign) -> Condition:
    """Condition on `Body`: one that the campaign is for: its bodies with all below, of its kinds."""
    rows = sa.select(Body.path).join(CampaignBody, CampaignBody.body_id == Body.id)
    paths = db.session.scalars(rows.where(CampaignBody.campaign_id == campaign.id, CampaignBody.target)).all()
    inside = sa.or_(sa.false(), *(Body.path.startswith(path, autoescape=True) for path in paths))
    return sa.and_(inside, of_kinds(campaign))


def of_kinds(campaign: Campaign) -> Condition:
    """Condition on `Body`: of the kinds that the campaign is limited to; of every kind where it is not."""
    return Body.kind.in_(campaign.kinds) if campaign.kinds else sa.true()


def held(today: date) -> Condition:
    """Condition on `Post` and its `Body`: held on that day."""
    current = sa.and_(Post.from_on <= today, sa.or_(Post.to_on.is_(None), Post.to_on > today))
    return sa.and_(current, sa.or_(Body.to_on.is_(None), Body.to_on > today))


def newcomers(scope: Condition, campaign: Campaign, today: date, limit: int) -> list[tuple[int, int]]:
    """(person, body) of whoever holds a post in the scope and was never in the campaign; one body a person.

    In a new cycle only those whose window has opened, or who never completed the one before; to study a unit again only
    those whom the change concerns.
    """
    known = sa.select(Enrolment.person_id).where(Enrolment.campaign_id == campaign.id)
    rows = db.session.execute(
        sa.select(Post.person_id, sa.func.min(Post.body_id))
        .join(Body, Body.id == Post.body_id)
        .join(Person, Person.id == Post.person_id)
        .where(scope, held(today), Person.ended_on.is_(None), Post.person_id.not_in(known))
        .where(concerned(campaign), due_again(campaign, today))
        .group_by(Post.person_id)
        .order_by(Post.person_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def due_again(campaign: Campaign, today: date) -> Condition:
    """Condition on `Post`: of somebody whose window has opened; everybody where there is no cycle before this one."""
    before = previous(campaign)
    if before is None or before[1] is None:
        return sa.true()
    held_still = (
        sa.select(Enrolment.person_id)
        .join(UnitStateRow, sa.and_(UnitStateRow.enrolment_id == Enrolment.id, UnitStateRow.unit == WHOLE))
        .where(Enrolment.campaign_id == before[0], UnitStateRow.completed_at >= end_of(open_since(before[1], today)))
    )
    return Post.person_id.not_in(held_still)


def concerned(campaign: Campaign) -> Condition:
    """Condition on `Post`: of somebody whom the change concerns that the campaign is about; everybody in any other one."""
    if campaign.again_revision_id is None:
        return sa.true()
    mine = sa.select(Concerned.person_id).where(Concerned.unit_revision_id == campaign.again_revision_id)
    return Post.person_id.in_(mine)


def renewal_of(campaign: Campaign) -> Renewal | None:
    """How long a completion in the campaign holds; None: for ever."""
    if campaign.valid_months is None:
        return None
    return Renewal(campaign.valid_months, campaign.window_days or 0, campaign.credit_days)


def previous(campaign: Campaign) -> tuple[int, Renewal | None] | None:
    """The campaign of the cycle before this one, and its renewal."""
    before = db.session.get(Campaign, campaign.renews_id) if campaign.renews_id else None
    return None if before is None else (before.id, renewal_of(before))


def completed_on(campaign_id: int, people: Sequence[int]) -> dict[int, date]:
    """On which day each of the people completed the campaign."""
    rows = db.session.execute(
        sa.select(Enrolment.person_id, UnitStateRow.completed_at)
        .join(UnitStateRow, sa.and_(UnitStateRow.enrolment_id == Enrolment.id, UnitStateRow.unit == WHOLE))
        .where(Enrolment.campaign_id == campaign_id, UnitStateRow.completed_at.is_not(None))
        .where(Enrolment.person_id.in_(people))
    )
    return {person_id: day_of(at) for person_id, at in rows if at is not None}


def enrol(campaign: Campaign, people: Sequence[tuple[int, int]], now: datetime) -> int:
    """Ghi danh; in a new cycle each one's due date is the day until which the last completion holds.

    Where that day is over, it is the campaign's: nobody is overdue on the day of coming in.
    """
    own = _due_dates(campaign, [person_id for person_id, _ in people])
    return actions.enrol(campaign, people, now, {one: until for one, until in own.items() if until >= day_of(now)})


def _due_dates(campaign: Campaign, people: Sequence[int]) -> Mapping[int, date]:
    before = previous(campaign)
    if before is None or before[1] is None:
        return {}
    rule = before[1]
    return {one: renewal.cycle(day, rule).holds_until for one, day in completed_on(before[0], people).items()}


# --- coming and going by itself --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Following:
    """Who is to come in, as (person, body), and whose enrolment is to follow its person."""

    newcomers: list[tuple[int, int]]
    astray: "list[Astray]"

    def parts(self, size: int) -> "Iterator[Following]":
        """The same, some people at a time."""
        for start in range(0, len(self.newcomers), size):
            yield Following(self.newcomers[start : start + size], [])
        for start in range(0, len(self.astray), size):
            yield Following([], self.astray[start : start + size])


def to_follow(campaign: Campaign, today: date) -> Following:
    """Look who has a post in a body of the campaign, and who has none there any more."""
    scope = target(campaign)
    return Following(newcomers(scope, campaign, today, AT_ONCE), _astray(scope, campaign, today))


def follow(campaign: Campaign, found: Following, now: datetime) -> None:
    """Whoever has come is in it, whoever has gone has left. Doing it twice changes nothing."""
    today = day_of(now)
    enrol(campaign, found.newcomers, now)
    for one in found.astray:
        if one.body_id is None:
            moves.move([one.enrolment_id], None, None, today, now)
        elif one.left:
            moves.come_back([one.enrolment_id], one.body_id, now)
        else:
            moves.move([one.enrolment_id], None, one.body_id, today, now)


@dataclass(frozen=True)
class Astray:
    """An enrolment that counts where its person holds no post; ``body_id``: where there is one, None outside."""

    enrolment_id: int
    left: bool
    body_id: int | None


def _astray(scope: Condition, campaign: Campaign, today: date) -> list[Astray]:
    here = sa.select(Post.person_id).join(Body, Body.id == Post.body_id).where(held(today), scope)
    in_body = here.where(Post.person_id == Enrolment.person_id, Post.body_id == Enrolment.body_id).exists()
    somewhere = (
        sa.select(sa.func.min(Post.body_id))
        .join(Body, Body.id == Post.body_id)
        .where(held(today), scope, Post.person_id == Enrolment.person_id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Enrolment.id, Enrolment.left_on, somewhere)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.campaign_id == campaign.id, Person.ended_on.is_(None))
        .where(
            sa.or_(
                sa.and_(Enrolment.left_on.is_(None), ~in_body),
                sa.and_(Enrolment.left_on.is_not(None), somewhere.is_not(None)),
            )
        )
        .order_by(Enrolment.id)
        .limit(AT_ONCE)
    )
    return [Astray(row[0], row[1] is not None, row[2]) for row in rows]


def running(today: date) -> Sequence[Campaign]:
    """Campaigns that take people in by themselves: begun, and not past their last due date."""
    later = sa.select(CampaignBody.campaign_id).where(CampaignBody.due_on >= today)
    open_ones = sa.or_(Campaign.due_on >= today, Campaign.id.in_(later))
    return db.session.scalars(
        sa.select(Campaign).where(Campaign.from_on <= today, open_ones).order_by(Campaign.id)
    ).all()


# --- who has left ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """Đã rời: somebody who is counted no more in a campaign."""

    id: int
    code: str
    name: str
    body: str
    left_on: date
    state: str


def left(scope: Condition, campaign_id: int) -> list[Left]:
    """Who has left, of the bodies of the scope, the last ones first; at most a hundred."""
    state = sa.func.coalesce(UnitStateRow.state, "not_started")
    rows = db.session.execute(
        sa.select(Person.id, Person.code, Person.name, Body.name, Enrolment.left_on, state)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Body, Body.id == Enrolment.body_id)
        .outerjoin(UnitStateRow, sa.and_(UnitStateRow.enrolment_id == Enrolment.id, UnitStateRow.unit == WHOLE))
        .where(Enrolment.campaign_id == campaign_id, Enrolment.left_on.is_not(None), scope)
        .order_by(Enrolment.left_on.desc(), Person.sort_key)
        .limit(100)
    )
    return [
        Left(person_id, code, name, body, left_on, last)
        for person_id, code, name, body, left_on, last in rows
        if left_on is not None
    ]
