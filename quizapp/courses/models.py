"""Khóa học: courses, units and their immutable revisions; stopped and reported questions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, one_of
from quizapp.library.models import Drafted, DraftState


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
    arranged_at: Mapped[datetime | None]  # in the browser; from then on files only bring new units and paths
    files_sha256: Mapped[str | None]  # of the course as the files had it last


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
    made_by: Mapped[int | None]  # who arranged it in the browser; without key: SQLite keeps the table
    why: Mapped[str | None]


class Unit(Base):
    """Bài."""

    __tablename__ = "unit"
    __table_args__ = (sa.UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    key: Mapped[str]
    revision_id: Mapped[int | None]  # the newest; no foreign key, since the two tables would point at each other
    retired_at: Mapped[datetime | None]  # ngừng dùng: new campaigns have it no more


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
    approved_by: Mapped[
        int | None
    ]  # who published what somebody else had written; without a key: SQLite keeps the table
    substance: Mapped[bool | None]  # whether it changes what is taught, not just its wording; None: nobody said


class Draft(Drafted, Base):
    """Bản nháp của bài. Its body is `drafting`'s."""

    __tablename__ = "draft"
    __table_args__ = (one_of("state", DraftState),)

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)


class Editing(Base):
    """Đang soạn: who has a draft open, and where; a line older than a minute says nothing."""

    __tablename__ = "editing"

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    part: Mapped[str]
    seen_at: Mapped[datetime]


class ReviewNote(Base):
    """Ghi chú của người duyệt, at a place of a draft; it goes along with the revision that the draft becomes."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    unit_revision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit_revision.id"))
    part: Mapped[str]
    place: Mapped[str]  # the paragraph or field, in the writer's words
    text: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class Correction(Base):
    """Chấm lại: a revision with another key for some questions, or questions whose point everyone has.

    Attempts that are under way stay on their revision, so they are looked at again once they have ended: until
    ``closed_at``. ``looked``, ``raised``, ``passing``: attempts looked at, marks raised, attempts that pass by it.

    Some attempts are looked at in one transaction: ``round_at`` is when the present round began, ``walked`` the last
    attempt it has come to, ``last_round`` that nobody was under way then.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"))
    questions: Mapped[list[Any]]
    granted: Mapped[list[Any]]
    why: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    checked_at: Mapped[datetime | None]  # attempts that had ended by then have been looked at
    closed_at: Mapped[datetime | None]
    round_at: Mapped[datetime | None]
    walked: Mapped[int] = mapped_column(default=0)
    last_round: Mapped[bool] = mapped_column(default=False)
    looked: Mapped[int] = mapped_column(default=0)
    raised: Mapped[int] = mapped_column(default=0)
    passing: Mapped[int] = mapped_column(default=0)


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
