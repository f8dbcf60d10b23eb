"""Lượt làm bài: attempts, responses, marks, what a person has seen of the bank, extra time, what came too late."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, one_of, public_code
from quizapp.domain.attempts import AttemptState


class Attempt(Base):
    """Lượt làm bài: one learner's one go at one revision of a unit's quiz."""

    __tablename__ = "attempt"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "unit_id", "number"),
        sa.Index(
            "uq_attempt_open",
            "person_id",
            "unit_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(
            "ix_attempt_deadline",
            "deadline",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_attempt_ended", "unit_id", "ended_at"),
        one_of("state", AttemptState),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=public_code)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=AttemptState.OPEN.value)
    paper: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    flagged: Mapped[list[Any]] = mapped_column(sa.JSON(), default=list, server_default="[]")  # keys: xem lại sau


class Response(Base):
    """Câu trả lời: the natural key is (attempt, question); the device's `seq` decides between two."""

    __tablename__ = "response"

    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    chosen: Mapped[Any] = mapped_column(sa.JSON())
    seq: Mapped[int]
    saved_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # gửi muộn do mạng


class Mark(Base):
    """Điểm: append-only; the highest counts."""

    __tablename__ = "mark"
    __table_args__ = (sa.CheckConstraint("earned BETWEEN 0 AND possible", "within"),)

    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"))
    earned: Mapped[int]  # hundredths of a point, like `possible`
    possible: Mapped[int]
    passed: Mapped[bool]
    at: Mapped[datetime]
    why: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class LateAnswer(Base):
    """Câu gửi muộn: what came too late to count; kept, and shown to a person."""

    __tablename__ = "late_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id"), index=True)
    question: Mapped[str]
    chosen: Mapped[Any] = mapped_column(sa.JSON())
    chosen_at: Mapped[datetime | None]  # by the device; None: it did not say
    arrived_at: Mapped[datetime]


class ExtraTime(Base):
    """Thêm giờ: a person's extra time in every timed quiz; without a row, none."""

    __tablename__ = "extra_time"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    percent: Mapped[int | None]  # 25 or 50 more; None: without limit


class ReviewItem(Base):
    """Câu đã gặp: how often a person has seen and missed a question; papers draw the least seen first."""

    __tablename__ = "review_item"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    seen: Mapped[int]
    missed: Mapped[int]
    due_on: Mapped[date | None]
