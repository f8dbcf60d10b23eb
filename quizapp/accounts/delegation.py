"""Ủy quyền: a leader lets somebody of the same body see what he or she sees, until a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from quizapp.accounts import actions
from quizapp.accounts.models import Grant, Person, Post
from quizapp.accounts.queries import SignedIn
from quizapp.database import db, insert
from quizapp.organisation.models import Body
from quizapp.web.access import Role
from quizapp.web.refused import Refused

LONGEST = timedelta(days=366)


def _current(row: type[Post] | type[Grant], today: date) -> sa.ColumnElement[bool]:
    return sa.and_(row.from_on <= today, sa.or_(row.to_on.is_(None), row.to_on > today))


def led(who: SignedIn) -> Sequence[Body]:
    """The bodies that ``who`` leads in person: a delegate passes nothing on."""
    ids = [scope.body_id for scope in who.scopes if scope.role == Role.LEADER]
    return db.session.scalars(sa.select(Body).where(Body.id.in_(ids)).order_by(Body.path)).all()


def colleagues(body: Body, but: int, today: date) -> list[tuple[int, str]]:
    """Who works beside the leader (``but``), in the order of names; at most five hundred.

    That is who holds a post in the very body, or in one below in which the leader holds one, too: the head of a commune
    and those who help are often of the branch of its office.
    """
    own = sa.select(Post.body_id).join(Body, Body.id == Post.body_id)
    own = own.where(Post.person_id == but, _current(Post, today), Body.path.startswith(body.path, autoescape=True))
    rows = db.session.execute(
        sa.select(Person.id, Person.name)
        .join(Post, Post.person_id == Person.id)
        .where(sa.or_(Post.body_id == body.id, Post.body_id.in_(own)), _current(Post, today))
        .where(Person.ended_on.is_(None), Person.id != but)
        .group_by(Person.id)
        .order_by(Person.sort_key, Person.id)
        .limit(500)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Delegate:
    """Người được ủy quyền of a body, until a day."""

    person_id: int
    name: str
    body_id: int
    body: str
    from_on: date
    last_on: date


def delegates(who: SignedIn, today: date) -> list[Delegate]:
    """Who is a delegate today in the bodies that ``who`` leads."""
    rows = db.session.execute(
        sa.select(Person.id, Person.name, Body.id, Body.name, Grant.from_on, Grant.to_on)
        .join(Grant, Grant.person_id == Person.id)
        .join(Body, Body.id == Grant.body_id)
        .where(Grant.role == Role.DELEGATE.value, _current(Grant, today), Body.id.in_([body.id for body in led(who)]))
        .order_by(Body.path, Person.sort_key)
    )
    return [Delegate(*row[:5], last_on=row[5] - timedelta(days=1)) for row in rows if row[5] is not None]


def delegate(who: SignedIn, body: Body, person_id: int, until: date, net: str, now: datetime, today: date) -> str:
    """Ủy quyền đến hết một ngày; the name of the person. Refused: a body not led, a stranger, a day past or too far."""
    if body.id not in [one.id for one in led(who)]:
        raise Refused("Chỉ lãnh đạo của chính đơn vị mới ủy quyền được.")
    name = dict(colleagues(body, who.id, today)).get(person_id)
    if name is None:
        raise Refused("Người này không cùng đơn vị với đồng chí.")
    refuse_days(until, today)
    row = {"person_id": person_id, "role": Role.DELEGATE.value, "body_id": body.id, "from_on": today}
    to_on = {"to_on": until + timedelta(days=1)}
    end(who, body, person_id, net, now, today, told=False)  # one at a time: a new day replaces the old one
    keys = ["person_id", "role", "body_id", "from_on"]
    db.session.execute(insert(Grant).values(row | to_on).on_conflict_do_update(index_elements=keys, set_=to_on))
    detail = {"body": body.name, "body_id": body.id, "role": Role.DELEGATE.value, "until": until.isoformat()}
    actions.note_act(who.id, "grant_role", now, person_id, detail, "Lãnh đạo ủy quyền.", net)
    return name


def refuse_days(until: date | None, today: date) -> None:
    """Refused: a delegation without a last day, or with one that has passed or lies more than a year ahead."""
    if until is None:
        raise Refused("Ủy quyền phải có ngày cuối.")
    if until < today:
        raise Refused("Ngày cuối của ủy quyền đã qua.")
    if until > today + LONGEST:
        raise Refused("Ủy quyền dài nhất một năm.")


def end(who: SignedIn, body: Body, person_id: int, net: str, now: datetime, today: date, told: bool = True) -> None:
    """Thôi ủy quyền, from this moment."""
    held = sa.update(Grant).where(Grant.person_id == person_id, Grant.body_id == body.id)
    held = held.where(Grant.role == Role.DELEGATE.value, _current(Grant, today))
    if db.session.execute(held.values(to_on=today).returning(Grant.body_id)).all() and told:
        detail = {"body": body.name, "body_id": body.id, "role": Role.DELEGATE.value}
        actions.note_act(who.id, "revoke_role", now, person_id, detail, "Lãnh đạo thôi ủy quyền.", net)
