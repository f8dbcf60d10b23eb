"""Quản trị: thư: what an administrator sees of the outbox, within the scope; deciding about what is stuck."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from quizapp import mail
from quizapp.accounts.models import Person
from quizapp.accounts.queries import SignedIn
from quizapp.administration.actions import By
from quizapp.administration.queries import PAGE, Condition, people_within, rules_a_root
from quizapp.database import db
from quizapp.mail import MailState, Outbox
from quizapp.web.refused import Refused

STATES = {
    MailState.QUEUED.value: "Chờ gửi",
    MailState.CLAIMED.value: "Đang gửi",
    MailState.SENT.value: "Đã gửi",
    MailState.UNKNOWN.value: "Không rõ đã đi hay chưa",
    MailState.FAILED.value: "Không gửi được",
}
KINDS = {
    "reminder": "Nhắc học",
    "head": "Báo người đứng đầu",
    "weekly": "Thư hằng tuần",
    "webhook": "Webhook",
    "test": "Thư thử",
}
STUCK = (MailState.UNKNOWN.value, MailState.FAILED.value)
STUCK_AT_MOST = 200
Row = tuple[Outbox, Person | None]


def _within(who: SignedIn, today: date) -> Condition:
    """Condition on `Outbox` with its `Person`: to people of the scope; to no person, for the highest level alone."""
    mine = people_within(who, today)
    return sa.or_(mine, Outbox.person_id.is_(None)) if rules_a_root(who) else mine


def _rows(who: SignedIn, today: date) -> sa.Select[Outbox, Person]:
    joined = sa.select(Outbox, Person).outerjoin(Person, Person.id == Outbox.person_id)
    return joined.where(_within(who, today))


def stuck(who: SignedIn, today: date) -> Sequence[Row]:
    """What waits for a decision, oldest first; at most two hundred."""
    rows = _rows(who, today).where(Outbox.state.in_(STUCK)).order_by(Outbox.id).limit(STUCK_AT_MOST)
    return [(row[0], row[1]) for row in db.session.execute(rows)]


def listed(who: SignedIn, today: date, before: int | None) -> tuple[Sequence[Row], bool]:
    """The newest messages, before the one of that id; whether more follow."""
    rows = _rows(who, today).order_by(Outbox.id.desc()).limit(PAGE + 1)
    found = db.session.execute(rows.where(Outbox.id < before) if before else rows).all()
    return [(row[0], row[1]) for row in found[:PAGE]], len(found) > PAGE


def counts(who: SignedIn, today: date) -> dict[str, int]:
    """How many messages are in each state."""
    counted = (
        sa.select(Outbox.state, sa.func.count())
        .outerjoin(Person, Person.id == Outbox.person_id)
        .where(_within(who, today))
        .group_by(Outbox.state)
    )
    return dict(db.session.execute(counted).all())


def one(who: SignedIn, message_id: int, today: date) -> Row | None:
    """A message that waits for a decision."""
    asked = _rows(who, today).where(Outbox.id == message_id, Outbox.state.in_(STUCK))
    row = db.session.execute(asked).one_or_none()
    return None if row is None else (row[0], row[1])


def settle(by: By, row: Outbox, person: Person | None, again: bool) -> None:
    """Gửi lại, hoặc thôi."""
    if not mail.settle(row.id, again, by.now):
        raise Refused("Thư này vừa có người khác quyết định.")
    by.note("settle_mail", person, subject=row.subject, decided="gửi lại" if again else "không gửi lại")
