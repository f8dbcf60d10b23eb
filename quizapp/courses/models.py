"""Khóa học: courses, units and their immutable revisions; stopped and reported questions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, one_of


class Origin(StrEnum):
    """Who wrote a revision: the content files, or a trainer in the browser."""

    FILE = "file"
    TRAINER = "trainer"


class Course(Base):
    """Khóa học."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    revision_id: Mapped[int | None]  # the newest; no foreign key, since the two tables would point at each other


class CourseRevision(Base):
    """Phiên bản của khóa học: units, paths, tasks, and each unit's title and number as they were; immutable."""

    __tablename__ = "course_revision"
    __table_args__ = (sa.UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    made_at: Mapped[datetime]


class Unit(Base):
    """Bài."""

    __tablename__ = "unit"
    __table_args__ = (sa.UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    key: Mapped[str]
    revision_id: Mapped[int | None]  # the newest; no foreign key, since the two tables would point at each other


class UnitRevision(Base):
    """Phiên bản của bài: lesson, quiz, bank and the provisions as taught; immutable."""

    __tablename__ = "unit_revision"
    __table_args__ = (sa.UniqueConstraint("unit_id", "number"), one_of("origin", Origin))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    origin: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    why: Mapped[str]


class Draft(Base):
    """Bản nháp: what is to become a unit's next revision."""

    __tablename__ = "draft"

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
    body: Mapped[dict[str, Any]]
    note: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class StoppedQuestion(Base):
    """Câu hỏi đang dừng: not drawn any more, and its point goes to everyone."""

    __tablename__ = "stopped_question"

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    stopped_at: Mapped[datetime]
    stopped_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # None: the system, by its figures
    why: Mapped[str]


class ReportKind(StrEnum):
    WRONG_TEXT = "sai-van-ban"
    TWO_RIGHT = "hai-dap-an"
    UNCLEAR = "kho-hieu"
    OTHER = "khac"


class QuestionReport(Base):
    """Báo câu hỏi chưa chính xác; the trainer answers within three working days."""

    __tablename__ = "question_report"
    __table_args__ = (
        one_of("kind", ReportKind),
        sa.UniqueConstraint("unit_revision_id", "question", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"))
    question: Mapped[str]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answer: Mapped[str | None]
