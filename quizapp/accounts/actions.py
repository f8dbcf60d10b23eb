"""Người dùng: signing in and out, passwords, codes, requests; the log of acts."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.accounts import passwords, queries
from quizapp.accounts.models import (
    Audit,
    CodeKind,
    NameSeen,
    NoticeReading,
    OneTimeCode,
    Person,
    PersonRequest,
    RequestKind,
    SignInFailure,
    UserSession,
)
from quizapp.database import apart, db, insert, read_first
from quizapp.domain.sheet_values import ten_digits
from quizapp.domain.vietnamese import fold, nfc, sort_key
from quizapp.web.refused import Refused

LOCK_AFTER = 8
LOCK_FOR = timedelta(minutes=15)
SLOW_AFTER = 3  # from the third failure on, each further try has to wait: 2, 4, 8, 16 seconds
OWN_PHONE = timedelta(days=30)
SHARED = timedelta(hours=12)
CODE_LIFE = timedelta(days=14)
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # read aloud and typed: no 0 O 1 I L


class Locked(Exception):
    """Too many failures lately; ``seconds`` until the next try."""

    def __init__(self, seconds: int):
        self.seconds = seconds


class Merged(Exception):
    """The account was merged into another; ``login`` is the name to sign in with."""

    def __init__(self, login: str):
        self.login = login


def clean_login(typed: str) -> str:
    """A sign-in name as it is kept: NFC, lower case, no spaces."""
    return "".join(nfc(typed).lower().split())[:100]


def clean_phone(typed: str) -> str | None:
    """A phone number as ten digits; None where it is none. +84 and a lost zero are mended."""
    return ten_digits(typed)


def sign_in(typed: str, password: str, net: str, now: datetime) -> int | None:
    """The id of the person whose name and password these are, else None; Locked after too many failures, or Merged.

    Reads, ends that transaction, hashes, then writes: hashing while holding the writer's place failed 38 of 100 sign-ins.
    """
    login = clean_login(typed)
    with read_first():
        who = queries.candidate(login, clean_phone(typed), net, now - timedelta(hours=1))
    _refuse_if_locked(who, now)
    if passwords.verify(who.password_hash, password):
        if who.failures:
            db.session.execute(sa.delete(SignInFailure).where(SignInFailure.login == login, SignInFailure.net == net))
        return who.person_id
    if who.goes_on is not None and passwords.verify(who.merged_hash, password):
        raise Merged(who.goes_on)  # told only to whoever knew the password
    _note_failure(login, net, now)
    return None


def _refuse_if_locked(who: queries.Candidate, now: datetime) -> None:
    if who.failures < SLOW_AFTER or who.last_failure is None:
        return
    last = who.last_failure
    wait = LOCK_FOR if who.failures >= LOCK_AFTER else timedelta(seconds=2 ** (who.failures - SLOW_AFTER + 1))
    if now < last + wait:
        raise Locked(int((last + wait - now).total_seconds()) + 1)


def _note_failure(login: str, net: str, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = {"login": login, "net": net, "hour": hour, "times": 1, "last_at": now}
    with apart() as session:  # the page that follows is no success, and this must be kept all the same
        session.execute(
            insert(SignInFailure)
            .values(row)
            .on_conflict_do_update(
                index_elements=["login", "net", "hour"], set_={"times": SignInFailure.times + 1, "last_at": now}
            )
        )


def open_session(person_id: int, own_phone: bool, device: str, net: str, now: datetime) -> str:
    """Start a session; gives its token, of which only a digest is kept."""
    token = secrets.token_urlsafe(18)
    life = OWN_PHONE if own_phone else SHARED
    kept = {"token_hash": queries.digest(token), "person_id": person_id, "started_at": now, "expires_at": now + life}
    db.session.execute(sa.insert(UserSession).values(kept | {"device": device[:200], "net": net}))
    return token


def end_session(session_id: int, person_id: int, now: datetime) -> None:
    """Sign out of one session of one's own."""
    mine = sa.update(UserSession).where(UserSession.id == session_id, UserSession.person_id == person_id)
    db.session.execute(mine.where(UserSession.ended_at.is_(None)).values(ended_at=now))


def end_other_sessions(person_id: int, keep: int | None, now: datetime) -> None:
    """Sign out everywhere else."""
    others = sa.update(UserSession).where(UserSession.person_id == person_id, UserSession.ended_at.is_(None))
    if keep is not None:
        others = others.where(UserSession.id != keep)
    db.session.execute(others.values(ended_at=now))


def add_person(login: str, name: str, phone: str | None = None) -> Person:
    """A new person without a password. Refused where the sign-in name is taken."""
    login = clean_login(login)
    if db.session.scalar(sa.select(Person.id).where(Person.login == login)) is not None:
        raise Refused(f"Tên đăng nhập “{login}” đã có người dùng. Chọn tên khác.")
    name = " ".join(nfc(name).split())
    person = Person(login=login, name=name, sort_key=sort_key(name), folded=fold(name), phone=phone)
    db.session.add(person)
    db.session.flush()
    return person


def give_code(person_id: int, kind: CodeKind, by: int | None, now: datetime) -> str:
    """A one-time code, shown once; earlier unused ones of the person end. 80 random bits, in groups of four."""
    mine = sa.update(OneTimeCode).where(OneTimeCode.person_id == person_id, OneTimeCode.used_at.is_(None))
    db.session.execute(mine.values(used_at=now))
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(16))
    row = OneTimeCode(code_hash=queries.digest(code), person_id=person_id, kind=kind.value, made_at=now, made_by=by)
    row.expires_at = now + CODE_LIFE
    db.session.add(row)
    return "-".join(code[n : n + 4] for n in range(0, 16, 4))


def clean_code(typed: str) -> str:
    """A code as typed, with or without dashes and spaces."""
    return "".join(c for c in typed.upper() if c.isalnum())


def use_code(typed: str, now: datetime) -> int | None:
    """The id of the person whose code this is; the code is used up and a new password has to be chosen."""
    code = queries.open_code(clean_code(typed), now)
    if code is None:
        return None
    code.used_at = now
    person = queries.person(code.person_id)
    person.password_hash = None
    end_other_sessions(person.id, None, now)
    db.session.flush()
    return person.id


def set_password(person_id: int, password_hash: str) -> None:
    """Store a chosen password, hashed before this transaction began."""
    db.session.execute(sa.update(Person).where(Person.id == person_id).values(password_hash=password_hash))


def welcome(person_id: int, now: datetime) -> None:
    """First visit done."""
    mine = sa.update(Person).where(Person.id == person_id, Person.welcomed_at.is_(None))
    db.session.execute(mine.values(welcomed_at=now))


def note_reading(person_id: int, number: int, now: datetime) -> None:
    """Đã đọc thông báo về dữ liệu cá nhân."""
    row = {"person_id": person_id, "number": number, "at": now}
    db.session.execute(insert(NoticeReading).values(row).on_conflict_do_nothing())


def ask(person_id: int, kind: RequestKind, text: str, now: datetime) -> None:
    """Put a request into the administrators' queue; the same open request twice stays one."""
    same = sa.select(PersonRequest.id).where(
        PersonRequest.person_id == person_id,
        PersonRequest.kind == kind.value,
        PersonRequest.text == text,
        PersonRequest.answered_at.is_(None),
    )
    if db.session.scalar(same) is None:
        db.session.add(PersonRequest(person_id=person_id, kind=kind.value, text=text, asked_at=now))


def note_act(
    actor_id: int | None,
    act: str,
    now: datetime,
    about_id: int | None = None,
    detail: dict[str, Any] | None = None,
    reason: str | None = None,
    net: str | None = None,
) -> None:
    """Nhật ký: append what somebody with power did."""
    row = Audit(at=now, actor_id=actor_id, act=act, about_id=about_id, detail=detail or {}, reason=reason, net=net)
    db.session.add(row)


def note_look(who_id: int, words: str, people: Sequence[int], net: str | None, now: datetime, **detail: Any) -> None:
    """Nhật ký: somebody has seen a list of names, and whose. Written apart, since a GET writes nothing.

    ``words``: which list, as its people read it on "Dữ liệu về tôi". Whatever the session has read is expired after it.
    """
    if not people:
        return
    row = {"at": now, "actor_id": who_id, "act": "look_at_names", "net": net}
    row["detail"] = detail | {"list": words, "people": len(people)}
    with apart() as session:
        seen = session.scalars(sa.insert(Audit).values(row).returning(Audit.id)).one()
        others = [{"person_id": one, "audit_id": seen} for one in dict.fromkeys(people) if one != who_id]
        if others:
            session.execute(sa.insert(NameSeen), others)


def choose_look(person_id: int, text_size: int, theme: str, letter_keys: bool) -> None:
    """Cỡ chữ, giao diện, phím tắt."""
    mine = sa.update(Person).where(Person.id == person_id)
    db.session.execute(mine.values(text_size=text_size, theme=theme, letter_keys=letter_keys))


def set_email(person_id: int, email: str) -> None:
    """Ghi địa chỉ thư; an empty one takes it away."""
    db.session.execute(sa.update(Person).where(Person.id == person_id).values(email=email or None))


def open_calendar(person_id: int) -> None:
    """Lập địa chỉ lịch riêng; the one before it, if any, opens nothing any more."""
    db.session.execute(sa.update(Person).where(Person.id == person_id).values(calendar_code=secrets.token_urlsafe(20)))


def close_calendar(person_id: int) -> None:
    """Thôi dùng địa chỉ lịch riêng."""
    db.session.execute(sa.update(Person).where(Person.id == person_id).values(calendar_code=None))


GUESSES = "ma"  # stands in place of a sign-in name in the table of failures


def refuse_guessing(net: str, now: datetime) -> None:
    """Locked when a network has tried too many wrong codes lately."""
    with read_first():
        who = queries.candidate(GUESSES, None, net, now - timedelta(hours=1))
    _refuse_if_locked(who, now)


def note_guess(net: str, now: datetime) -> None:
    """Remember a wrong code."""
    _note_failure(GUESSES, net, now)


def hashed(password: str) -> str:
    """The hash of a chosen password, made while no transaction waits."""
    with read_first():
        pass
    return passwords.hash_password(password)
