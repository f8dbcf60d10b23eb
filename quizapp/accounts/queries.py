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
    Grant,
    NoticeReading,
    OneTimeCode,
    Person,
    PersonRequest,
    Post,
    SignInFailure,
    UserSession,
)
from quizapp.database import db
from quizapp.domain.vietnamese import initials, short_name
from quizapp.organisation.models import Body

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
        return frozenset(scope.role for scope in self.scopes)

    def get_id(self) -> str:
        """flask-login's id: the session's token, so that a session can be revoked."""
        return self.token

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def short_name(self) -> str:
        return short_name(self.name)


_SESSION_AND_PERSON = (
    sa.select(
        UserSession.id.label("session_id"),
        Person.id,
        Person.code,
        Person.login,
        Person.name,
        Person.text_size,
        Person.theme,
        Person.letter_keys,
        Person.welcomed_at.is_not(None).label("welcomed"),
        Person.password_hash.is_not(None).label("has_password"),
        Grant.role,
        Grant.body_id,
        Body.path,
    )
    .join(Person, Person.id == UserSession.person_id)
    .outerjoin(
        Grant,
        sa.and_(
            Grant.person_id == Person.id,
            Grant.from_on <= sa.bindparam("today"),
            sa.or_(Grant.to_on.is_(None), Grant.to_on > sa.bindparam("today")),
        ),
    )
    .outerjoin(Body, Body.id == Grant.body_id)
    .where(
        UserSession.token_hash == sa.bindparam("token_hash"),
        UserSession.ended_at.is_(None),
        UserSession.expires_at > sa.bindparam("now", type_=UserSession.expires_at.type),
        Person.ended_on.is_(None),
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

    def watch(self, engine: sa.Engine) -> None:
        """Be emptied after every transaction that touches what it keeps."""

        def note(connection: sa.Connection, cursor: Any, statement: str, *rest: Any) -> None:
            if statement.startswith(self._TOUCHING):
                connection.connection.info["touched"] = True

        def over(connection: Any, record: Any) -> None:
            if record.info.pop("touched", False):
                self.clear()

        sa.event.listen(engine, "after_cursor_execute", note)
        sa.event.listen(engine, "checkin", over)


recent = _Recent()


def signed_in(token: str, now: datetime, today: date) -> SignedIn | None:
    """The person of a session that is neither ended nor expired."""
    key = digest(token)
    kept = recent.get(key)
    if kept is None:
        kept = _read_signed_in(key, token, now, today)
        if kept is not None:
            recent.put(key, kept)
    return kept


def _read_signed_in(key: str, token: str, now: datetime, today: date) -> SignedIn | None:
    rows = db.session.execute(_SESSION_AND_PERSON, {"token_hash": key, "now": now, "today": today}).all()
    if not rows:
        return None
    first = rows[0]
    scopes = tuple(Scope(row.role, row.body_id, row.path) for row in rows if row.role is not None)
    names = "id code login name session_id text_size theme letter_keys welcomed has_password".split()
    return SignedIn(**{name: getattr(first, name) for name in names}, token=token, scopes=scopes)


@dataclass(frozen=True)
class Candidate:
    """An account that somebody tries to enter, and how often that failed lately."""

    person_id: int | None
    password_hash: str | None
    failures: int
    last_failure: datetime | None


def candidate(login: str, phone: str | None, net: str, since: datetime) -> Candidate:
    """The account of a sign-in name or phone number. A number that two people share opens to neither."""
    failed = (
        sa.select(sa.func.sum(SignInFailure.times).label("times"), sa.func.max(SignInFailure.last_at).label("last_at"))
        .where(SignInFailure.login == login, SignInFailure.net == net, SignInFailure.hour >= since)
        .subquery()
    )
    who = sa.or_(Person.login == login, Person.phone == phone) if phone else Person.login == login
    rows = db.session.execute(
        sa.select(failed.c.times, failed.c.last_at, Person.id, Person.login, Person.password_hash)
        .select_from(failed)
        .outerjoin(Person, sa.and_(who, Person.ended_on.is_(None)))
    ).all()
    exact = [row for row in rows if row.login == login] or ([rows[0]] if len(rows) == 1 else [])
    row = exact[0] if exact else None
    times, last = rows[0].times or 0, rows[0].last_at
    return Candidate(row.id if row else None, row.password_hash if row else None, int(times), last)


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


def readings_of(person_id: int) -> Sequence[NoticeReading]:
    """Which versions of the privacy notice the person has read, newest first."""
    mine = sa.select(NoticeReading).where(NoticeReading.person_id == person_id)
    return db.session.scalars(mine.order_by(NoticeReading.number.desc())).all()


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


def requests_of(person_id: int) -> Sequence[PersonRequest]:
    """What the person has asked for, newest first."""
    mine = sa.select(PersonRequest).where(PersonRequest.person_id == person_id)
    return db.session.scalars(mine.order_by(PersonRequest.asked_at.desc()).limit(50)).all()
