"""Người dùng: what is read of people and their rights."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts.models import (
    Audit,
    Grant,
    NameSeen,
    NoticeReading,
    OneTimeCode,
    Person,
    PersonRequest,
    Post,
    SignInFailure,
    UserSession,
)
from quizapp.clock import day_of
from quizapp.database import db, execute, on_driver, table, watch
from quizapp.domain.vietnamese import initials, short_name
from quizapp.organisation.models import Body, BodySuccession
from quizapp.web.access import Role

IDLE = timedelta(minutes=30)  # pages with power ask again after this long without use


def digest(secret: str) -> str:
    """What is kept of a token or code that only the browser or the person knows."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Scope:
    """A role in a body and all below it."""

    role: str
    body_id: int
    path: str


@dataclass(frozen=True)
class SignedIn:
    """Whoever is signed in: what pages and rules need, read in one statement."""

    id: int
    code: str
    login: str
    name: str
    session_id: int
    token: str
    text_size: int
    theme: str
    letter_keys: bool
    welcomed: bool
    has_password: bool
    scopes: tuple[Scope, ...] = ()
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @cached_property
    def roles(self) -> frozenset[str]:
        held = {scope.role for scope in self.scopes}
        return frozenset(held | {Role.LEADER.value} if Role.DELEGATE in held else held)  # opens what a leader opens

    def get_id(self) -> str:
        """flask-login's id: the session's token, so that a session can be revoked."""
        return self.token

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def short_name(self) -> str:
        return short_name(self.name)


@on_driver
def _session_and_person() -> Any:
    session, who, grant, body = table(UserSession), table(Person), table(Grant), table(Body)
    today: Any = sa.bindparam("today")
    holds = sa.and_(
        grant.c.person_id == who.c.id, grant.c.from_on <= today, sa.or_(grant.c.to_on.is_(None), grant.c.to_on > today)
    )
    return (
        sa.select(
            session.c.id.label("session_id"),
            who.c.id,
            who.c.code,
            who.c.login,
            who.c.name,
            who.c.text_size,
            who.c.theme,
            who.c.letter_keys,
            who.c.welcomed_at.is_not(None).label("welcomed"),
            who.c.password_hash.is_not(None).label("has_password"),
            grant.c.role,
            grant.c.body_id,
            body.c.path,
        )
        .join(who, who.c.id == session.c.person_id)
        .outerjoin(grant, holds)
        .outerjoin(body, sa.and_(body.c.id == grant.c.body_id, sa.or_(body.c.to_on.is_(None), body.c.to_on > today)))
        .where(
            session.c.token_hash == sa.bindparam("token_hash"),
            session.c.ended_at.is_(None),
            session.c.expires_at > sa.bindparam("now", type_=session.c.expires_at.type),
            who.c.ended_on.is_(None),
        )
    )


class _Recent:
    """Who asked within the last seconds: an answer and the page that follows it need the person read once.

    Ending a session, a changed role or password empties it at the commit, so in this process nothing stale is served;
    another node hears of it within `SECONDS`.
    """

    SECONDS = 5.0
    MOST = 10_000
    _TOUCHING = (
        "UPDATE user_session",
        "UPDATE person ",
        "UPDATE body ",
        'INSERT INTO "grant"',
        'UPDATE "grant"',
        'DELETE FROM "grant"',
    )

    def __init__(self) -> None:
        self._kept: dict[str, tuple[SignedIn, float]] = {}

    def get(self, key: str) -> SignedIn | None:
        found = self._kept.get(key)
        return found[0] if found and found[1] > time.monotonic() else None

    def put(self, key: str, who: SignedIn) -> None:
        if len(self._kept) >= self.MOST:
            self._kept.clear()
        self._kept[key] = (who, time.monotonic() + self.SECONDS)

    def clear(self) -> None:
        self._kept.clear()

    def watch(self) -> None:
        """Be emptied after every transaction that touches what it keeps."""
        watch(self._TOUCHING, self.clear)


recent = _Recent()


def signed_in(token: str, now: datetime) -> SignedIn | None:
    """The person of a session that is neither ended nor expired."""
    key = digest(token)
    kept = recent.get(key)
    if kept is None:
        kept = _read_signed_in(key, token, now)
        if kept is not None:
            recent.put(key, kept)
    return kept


_READ = "id code login name session_id text_size theme letter_keys welcomed has_password".split()


def _read_signed_in(key: str, token: str, now: datetime) -> SignedIn | None:
    rows = execute(_session_and_person(), {"token_hash": key, "now": now, "today": day_of(now)}).all()
    if not rows:
        return None
    first = rows[0]
    scopes = tuple(Scope(row.role, row.body_id, row.path) for row in rows if row.path is not None)
    return SignedIn(**{name: getattr(first, name) for name in _READ}, token=token, scopes=scopes)


def acting(person_id: int, today: date) -> SignedIn:
    """A person as whoever does his or her job in the background sees him or her: with the roles of today, no session."""
    who = db.session.get_one(Person, person_id)
    held = sa.select(Grant.role, Grant.body_id, Body.path).join(Body, Body.id == Grant.body_id)
    current = Grant.from_on <= today, sa.or_(Grant.to_on.is_(None), Grant.to_on > today)
    rows = db.session.execute(held.where(Grant.person_id == person_id, *current)).all() if who.ended_on is None else []
    told = {name: getattr(who, name) for name in "id code login name text_size theme letter_keys".split()}
    scopes = tuple(Scope(*row) for row in rows)
    return SignedIn(**told, session_id=0, token="", welcomed=True, has_password=True, scopes=scopes)


@dataclass(frozen=True)
class Candidate:
    """An account that somebody tries to enter, and how often that failed lately."""

    person_id: int | None
    password_hash: str | None
    failures: int
    last_failure: datetime | None
    goes_on: str | None = None  # where the name is also that of an account merged into another: the other's name,
    merged_hash: str | None = None  # and the password that the merged one had


def candidate(login: str, phone: str | None, net: str, since: datetime) -> Candidate:
    """The account of a sign-in name or phone number. A number that two people share opens to neither."""
    failed = (
        sa.select(sa.func.sum(SignInFailure.times).label("times"), sa.func.max(SignInFailure.last_at).label("last_at"))
        .where(SignInFailure.login == login, SignInFailure.net == net, SignInFailure.hour >= since)
        .subquery()
    )
    who = sa.or_(Person.login == login, Person.phone == phone) if phone else Person.login == login
    known = sa.or_(Person.ended_on.is_(None), Person.merged_into_id.is_not(None))
    next_one = aliased(Person)
    told = Person.id, Person.login, Person.password_hash, Person.merged_into_id, next_one.login.label("goes_on")
    rows = db.session.execute(
        sa.select(failed.c.times, failed.c.last_at, *told)
        .select_from(failed)
        .outerjoin(Person, sa.and_(who, known))
        .outerjoin(next_one, next_one.id == Person.merged_into_id)
    ).all()
    times, last = int(rows[0].times or 0), rows[0].last_at
    merged = next((row for row in rows if row.goes_on is not None), None)
    there = [row for row in rows if row.id is not None and row.goes_on is None]
    exact = [row for row in there if row.login == login] or (there if len(there) == 1 else [])
    person_id = exact[0].id if exact else (merged.merged_into_id if merged else None)
    other = (merged.goes_on, merged.password_hash) if merged else (None, None)
    return Candidate(person_id, exact[0].password_hash if exact else None, times, last, *other)


def open_code(code: str, now: datetime) -> OneTimeCode | None:
    """A one-time code that can still be used."""
    return db.session.scalar(
        sa.select(OneTimeCode).where(
            OneTimeCode.code_hash == digest(code), OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now
        )
    )


def person(person_id: int) -> Person:
    """The person; 404 where there is none."""
    return db.session.get_one(Person, person_id)


def has_read(person_id: int, number: int) -> bool:
    """Whether the person has read that version of the privacy notice; the first one at the first visit."""
    return number == 1 or db.session.get(NoticeReading, (person_id, number)) is not None


def owner_of_calendar(code: str) -> int | None:
    """Whose deadlines a private address shows; nobody's once it is revoked or the account has ended."""
    return db.session.scalar(sa.select(Person.id).where(Person.calendar_code == code, Person.ended_on.is_(None)))


@dataclass(frozen=True)
class Place:
    """Where somebody works: the body, the one above it, and who helps there."""

    body_id: int
    name: str
    above: str | None
    helper: str | None
    phone: str | None
    title: str | None


def places(person_id: int, today: date) -> Sequence[Place]:
    """The bodies in which a person holds a post today, with the nearest helper upwards."""
    above = aliased(Body)
    up = aliased(Body)
    rows = db.session.execute(
        sa.select(Body.id, Body.name, above.name, Post.title, up.helper, up.helper_phone)
        .join(Post, Post.body_id == Body.id)
        .outerjoin(above, above.id == Body.parent_id)
        .join(up, Body.path.startswith(up.path))  # the body itself and every one above it
        .where(Post.person_id == person_id, Post.from_on <= today, sa.or_(Post.to_on.is_(None), Post.to_on > today))
        .order_by(Post.from_on.desc(), Body.id, sa.func.length(up.path).desc())
    ).all()
    found: dict[int, Place] = {}
    for body_id, name, above_name, title, helper, phone in rows:
        known = found.get(body_id)
        if known is None or (known.helper is None and helper is not None):
            found[body_id] = Place(body_id, name, above_name, helper, phone, title)
    return list(found.values())


def sessions(person_id: int) -> Sequence[UserSession]:
    """The person's sign-ins, newest first, at most fifty."""
    mine = sa.select(UserSession).where(UserSession.person_id == person_id)
    return db.session.scalars(mine.order_by(UserSession.started_at.desc()).limit(50)).all()


LOOKS = 500  # the last looks at somebody's name that are told of


@dataclass
class Look:
    """On a day, somebody has seen lists in which a person's name stands: list -> how often."""

    on: date
    who: str
    lists: dict[str, int]

    @property
    def times(self) -> int:
        return sum(self.lists.values())


def looks_at(person_id: int) -> list[Look]:
    """Ai đã xem tên tôi: who, on which day, which lists how often; newest first, of the last `LOOKS`."""
    rows = db.session.execute(
        sa.select(Audit.at, Person.id, Person.name, Audit.detail, Body.name)
        .join(NameSeen, NameSeen.audit_id == Audit.id)
        .join(Person, Person.id == Audit.actor_id)
        .outerjoin(Body, Body.code == Audit.detail["body"].as_string())
        .where(NameSeen.person_id == person_id)
        .order_by(Audit.id.desc())
        .limit(LOOKS)
    )
    found: dict[tuple[date, int], Look] = {}
    for at, who_id, who, detail, body in rows:
        lists = found.setdefault((day_of(at), who_id), Look(day_of(at), who, {})).lists
        words = detail.get("list") or f"Theo dõi, {body or 'đơn vị'}"
        lists[words] = lists.get(words, 0) + 1
    return list(found.values())


def requests_of(person_id: int) -> Sequence[PersonRequest]:
    """What the person has asked for, newest first."""
    mine = sa.select(PersonRequest).where(PersonRequest.person_id == person_id)
    return db.session.scalars(mine.order_by(PersonRequest.asked_at.desc()).limit(50)).all()


# --- roles that are no more ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lost:
    """Vai trò đã mất: held in a body that has ended; ``heir``: which one came after it."""

    role: str
    body: str
    on: date
    heir: str | None


def role_lost(person_id: int, today: date) -> Lost | None:
    """The last role of a person that went with its body, if there is one."""
    new = aliased(Body)
    heir = (
        sa.select(new.name)
        .join(BodySuccession, BodySuccession.new_id == new.id)
        .where(BodySuccession.old_id == Body.id)
        .order_by(BodySuccession.on.desc(), new.id)
        .limit(1)
        .correlate(Body)
        .scalar_subquery()
    )
    gone = Grant.person_id == person_id, Grant.to_on >= Body.to_on, Body.to_on <= today
    row = db.session.execute(
        sa.select(Grant.role, Body.name, Body.to_on, heir)
        .join(Body, Body.id == Grant.body_id)
        .where(*gone)
        .order_by(Body.to_on.desc(), Body.id)
        .limit(1)
    ).first()
    return None if row is None or row[2] is None else Lost(row[0], row[1], row[2], row[3])
