"""Người dùng: people, posts, grants, sessions, codes, requests, the log of acts."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, one_of, public_code
from quizapp.web.access import Role


class Person(Base):
    """Người dùng. Identity lives here alone and can be blanked; facts keep the id."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=public_code)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    folded: Mapped[str] = mapped_column(index=True)
    phone: Mapped[str | None] = mapped_column(index=True)
    email: Mapped[str | None]  # where reminders go; as its owner or an administrator wrote it
    calendar_code: Mapped[str | None] = mapped_column(unique=True, index=True)  # private address of one's own deadlines
    password_hash: Mapped[str | None]
    welcomed_at: Mapped[datetime | None]  # first visit done: body confirmed, password chosen, notice read
    text_size: Mapped[int] = mapped_column(sa.SmallInteger, default=100)  # percent: 100, 115, 130
    theme: Mapped[str] = mapped_column(default="he-thong")
    letter_keys: Mapped[bool] = mapped_column(default=True)  # keys A-D; WCAG 2.1.4 wants a way to turn them off
    ended_on: Mapped[date | None]
    merged_into_id: Mapped[int | None]  # the account that goes on, once two of one person were merged


class Post(Base):
    """Vị trí công tác: a person in a body, from a day, perhaps until another."""

    __tablename__ = "post"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True, index=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    to_on: Mapped[date | None]
    title: Mapped[str | None]


class Grant(Base):
    """Vai trò: a person may act as a role in a body and all below it, from a day, perhaps until another."""

    __tablename__ = "grant"
    __table_args__ = (one_of("role", Role),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True, index=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    to_on: Mapped[date | None]


class UserSession(Base):
    """Phiên đăng nhập: revocable; the token itself is only in the browser."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str]
    net: Mapped[str]


class SignInFailure(Base):
    """Đăng nhập sai: how often, by account and network, in an hour."""

    __tablename__ = "sign_in_failure"

    login: Mapped[str] = mapped_column(primary_key=True)
    net: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    times: Mapped[int]
    last_at: Mapped[datetime]


class CodeKind(StrEnum):
    PASSWORD = "password"  # noqa: S105 - what the code is for
    LINK = "link"


class OneTimeCode(Base):
    """Mã dùng một lần: 80 random bits kept as SHA-256, shown once."""

    __tablename__ = "one_time_code"
    __table_args__ = (one_of("kind", CodeKind),)

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RequestKind(StrEnum):
    WRONG_BODY = "wrong_body"
    CORRECTION = "correction"
    ERASURE = "erasure"
    PASSWORD = "password"  # noqa: S105 - forgotten, asks for a code


class PersonRequest(Base):
    """Đề nghị: wrong body, a correction, a forgotten password; waits for an administrator."""

    __tablename__ = "person_request"
    __table_args__ = (one_of("kind", RequestKind), sa.Index("ix_person_request_open", "answered_at", "asked_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answer: Mapped[str | None]


class NoticeReading(Base):
    """Đã đọc thông báo: who has read which version of the privacy notice, and when."""

    __tablename__ = "notice_reading"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    at: Mapped[datetime]


class Audit(Base):
    """Nhật ký: what people with power did, to whom, why; append-only."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)  # None: a command
    act: Mapped[str]
    about_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    detail: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    net: Mapped[str | None]


class NameSeen(Base):
    """Ai đã xem tên tôi: whose name stood in a list that somebody looked at; the look is a line of the log."""

    __tablename__ = "name_seen"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    audit_id: Mapped[int] = mapped_column(sa.ForeignKey("audit.id"), primary_key=True, index=True)
