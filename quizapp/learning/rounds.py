"""Lượt nhắc cả một cây: whom a leader reminds where there are too many for a request, and how many they are.

The people of a campaign are gone through in the order of their ids, so many at a time; killed or not, it goes on from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.models import Person
from quizapp.clock import day_of
from quizapp.database import db, insert, table
from quizapp.domain.reminders import REST
from quizapp.learning import reminders
from quizapp.learning.models import (
    ENROLLED,
    WHOLE,
    Campaign,
    CampaignBody,
    Count,
    Enrolment,
    ReminderFigure,
    ReminderRound,
    ReminderTurn,
)
from quizapp.learning.reminders import LETTERS, Sending, joined, not_done, rested
from quizapp.organisation.models import Body

MANY = 2000  # enrolled in a body and below: up to here the page looks through them itself
STALE = timedelta(hours=1)
FOLLOWED = timedelta(days=120)  # after its due date a campaign is counted no more


# --- reminding -------------------------------------------------------------------------------------------------


def due() -> Sequence[int]:
    """Rounds that are not over, the oldest first."""
    return db.session.scalars(sa.select(ReminderRound.id).filter_by(ended_at=None).order_by(ReminderRound.id)).all()


def next_people(round_id: int, today: date) -> tuple[list[int], int | None]:
    """Whom the round reminds next, and the last person looked at; None behind the last of the campaign."""
    row = db.session.get_one(ReminderRound, round_id)
    upto = _upto(row.campaign_id, row.after)
    if upto is None:
        return [], None
    place = db.session.scalars(sa.select(Body.path).where(Body.id == row.body_id)).one()
    wanted = Enrolment.campaign_id == row.campaign_id, Body.path.startswith(place, autoescape=True)
    asked = (
        joined(Enrolment.person_id)
        .where(*wanted, Enrolment.person_id > row.after, Enrolment.person_id <= upto, not_done(), rested(today))
        .where(Person.email.is_not(None) if row.way in LETTERS else sa.true())
        .order_by(Enrolment.person_id)
        .limit(reminders.HELPING)
    )
    people = list(db.session.scalars(asked))
    return people, people[-1] if len(people) == reminders.HELPING else upto


def _upto(campaign_id: int, after: int) -> int | None:
    """The last of the next people of a campaign."""
    some = sa.select(Enrolment.person_id).where(Enrolment.campaign_id == campaign_id, Enrolment.person_id > after)
    last = some.order_by(Enrolment.person_id).limit(reminders.LOOK).subquery()
    upto: int | None = db.session.scalar(sa.select(sa.func.max(last.c.person_id)))
    return upto


def go_on(round_id: int, people: Sequence[int], last: int | None, sending: Sending) -> None:
    """Remind them, and note how far the round is: one transaction, so nobody is passed over and nobody counted twice."""
    mine = sa.select(ReminderRound).filter_by(id=round_id, ended_at=None).with_for_update(skip_locked=True)
    row = db.session.scalar(mine.execution_options(populate_existing=True))
    if row is None:
        return
    if people:
        theirs = sa.and_(Enrolment.campaign_id == row.campaign_id, Enrolment.person_id.in_(people))
        row.people += reminders.remind(reminders.open_enrolments(theirs, len(people)), sending, row.way)
    row.after = row.after if last is None else last
    row.ended_at = sending.at if last is None else None
    db.session.flush()


def sending_of(round_id: int, at: datetime, address: str) -> Sending:
    """Who sends, in whose words."""
    row = db.session.get_one(ReminderRound, round_id)
    who = db.session.scalars(sa.select(Person.name).where(Person.id == row.by_id)).one()
    return Sending(at, day_of(at), address, row.by_id, who, row.said)


# --- counting --------------------------------------------------------------------------------------------------


@dataclass
class _Cell:
    resting: int = 0
    addressed: int = 0
    due_on: date | None = None

    def add(self, resting: int, addressed: int, due_on: date | None) -> None:
        self.resting += resting
        self.addressed += addressed
        self.due_on = min((day for day in (self.due_on, due_on) if day is not None), default=None)


class Counting:
    """How far the work process is with one campaign; a new process begins anew."""

    def __init__(self, campaign_id: int, today: date):
        self.campaign_id, self.today, self.after = campaign_id, today, 0
        self._own: dict[int, _Cell] = {}

    def step(self) -> bool:
        """Look at some more people; False behind the last."""
        upto = _upto(self.campaign_id, self.after)
        if upto is None:
            return False
        for body_id, *told in db.session.execute(self._some(upto)):
            self._own.setdefault(body_id, _Cell()).add(*told)
        self.after = upto
        return True

    def _some(self, upto: int) -> Any:
        lately = ReminderTurn.day > self.today - timedelta(days=REST)
        free = sa.and_(sa.or_(ReminderTurn.day.is_(None), ~lately), Person.email.is_not(None))
        counted = sa.func.count(sa.case((lately, 1))), sa.func.count(sa.case((free, 1)))
        return (
            joined(Enrolment.body_id, *counted, sa.func.min(Enrolment.due_on))
            .outerjoin(ReminderTurn, ReminderTurn.person_id == Enrolment.person_id)
            .where(Enrolment.campaign_id == self.campaign_id, not_done())
            .where(Enrolment.person_id > self.after, Enrolment.person_id <= upto)
            .group_by(Enrolment.body_id)
        )

    def rows(self, at: datetime) -> list[dict[str, Any]]:
        """The figures of every body with all below it."""
        paths: Mapping[int, str] = dict(db.session.execute(sa.select(Body.id, Body.path)).all())
        of = sa.select(CampaignBody.body_id).where(CampaignBody.campaign_id == self.campaign_id)
        found = {body_id: _Cell() for body_id in db.session.scalars(of)}  # so that it is known to have been counted
        for body_id, cell in self._own.items():
            for above in map(int, paths[body_id].strip("/").split("/")):
                found.setdefault(above, _Cell()).add(cell.resting, cell.addressed, cell.due_on)
        own = {"campaign_id": self.campaign_id, "at": at}
        return [own | {"body_id": body_id} | vars(cell) for body_id, cell in sorted(found.items())]


def to_count(now: datetime) -> int | None:
    """A campaign too large for its page to look through that was not counted lately, or not since a round has ended."""
    enrolled = (
        sa.select(CampaignBody.campaign_id, sa.func.sum(Count.n))
        .join(Count, sa.and_(Count.campaign_id == CampaignBody.campaign_id, Count.body_id == CampaignBody.body_id))
        .where(CampaignBody.target, Count.unit == WHOLE, Count.state == ENROLLED)
        .group_by(CampaignBody.campaign_id)
        .having(sa.func.sum(Count.n) > MANY)
        .subquery()
    )
    counted = sa.select(sa.func.max(ReminderFigure.at)).where(ReminderFigure.campaign_id == Campaign.id)
    last = counted.correlate(Campaign).scalar_subquery()
    since = ReminderRound.campaign_id == Campaign.id, ReminderRound.ended_at > last
    reminded = sa.select(ReminderRound.id).where(*since).correlate(Campaign).exists()
    return db.session.scalar(
        sa.select(Campaign.id)
        .join(enrolled, enrolled.c.campaign_id == Campaign.id)
        .where(Campaign.due_on >= day_of(now - FOLLOWED))
        .where(sa.or_(last.is_(None), last < now - STALE, reminded))
        .order_by(Campaign.id)
        .limit(1)
    )


def keep(rows: Sequence[Mapping[str, Any]], size: int = 500) -> Iterator[None]:
    """Write the figures, some rows in each transaction, which the caller ends at each step; then drop those of before."""
    it = table(ReminderFigure)
    for start in range(0, len(rows), size):
        statement = insert(it).values(rows[start : start + size])
        fresh = {name: statement.excluded[name] for name in ("resting", "addressed", "due_on", "at")}
        db.session.execute(statement.on_conflict_do_update(index_elements=["campaign_id", "body_id"], set_=fresh))
        yield
    if rows:
        old = it.c.campaign_id == rows[0]["campaign_id"], it.c.at < rows[0]["at"]
        db.session.execute(sa.delete(it).where(*old))
        yield
