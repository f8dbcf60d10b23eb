"""Văn bản: documents, their revisions and drafts, their official texts, and the passages that search finds."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, one_of


class Document(Base):
    """Văn bản. The newest revision's body is what is shown."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    task: Mapped[str | None]  # of the course, that refers to it: "Năm là: nêu gương"
    revision_id: Mapped[int | None]  # the newest; no foreign key, since the two tables would point at each other


class DocumentRevision(Base):
    """Bản ghi của văn bản: immutable."""

    __tablename__ = "document_revision"
    __table_args__ = (sa.UniqueConstraint("document_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]  # who wrote it last; None: the content files. Without keys: SQLite keeps the table
    approved_by: Mapped[int | None]
    why: Mapped[str | None]


class DraftState(StrEnum):
    """Trạng thái của bản nháp: somebody writes it, or it waits for its reviewer."""

    WRITING = "writing"
    REVIEW = "review"


class Drafted:
    """Bản nháp: what is to become a next revision, of a document or of a unit (`courses.models`)."""

    body: Mapped[dict[str, Any]]
    base_id: Mapped[int | None]  # the revision that it began from
    state: Mapped[str] = mapped_column(default=DraftState.WRITING.value)
    writers: Mapped[list[Any]] = mapped_column(default=list)  # people who have changed it: none of them approves it
    note: Mapped[str]  # where it comes from, or what its writer says to the reviewer
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class DocumentDraft(Drafted, Base):
    """Bản nháp của văn bản. Its body is `drafting`'s."""

    __tablename__ = "document_draft"
    __table_args__ = (one_of("state", DraftState),)

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"), primary_key=True)


class TextState(StrEnum):
    """Tình trạng của bản chính thức."""

    DRAFT = "draft"  # being read and corrected by whoever adds it; not numbered yet
    WAITING = "waiting"  # to be compared with the signed copy by somebody else
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class OfficialText(Base):
    """Bản chính thức của văn bản: the signed file, the text, or both. Once kept, nothing but its state changes."""

    __tablename__ = "official_text"
    __table_args__ = (sa.UniqueConstraint("document_id", "number"), one_of("state", TextState))

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    number: Mapped[int | None]  # None: a draft
    state: Mapped[str] = mapped_column(default=TextState.DRAFT.value)
    file_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("file.sha256"), index=True)
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    text: Mapped[str | None] = mapped_column(deferred=True)
    told: Mapped[list[Any]]  # what was said of the file's letters when it was read
    source: Mapped[str]  # where it came from
    reason: Mapped[str]
    added_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    added_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_how: Mapped[str | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str | None]


class PassageKind(IntEnum):
    """Loại đoạn, in the order in which equal hits come."""

    DOCUMENT = 1
    PROVISION = 2
    SECTION = 3
    OFFICIAL = 4


class Passage(Base):
    """Đoạn tìm được: a document, a provision, a section of a lesson or a piece of an official text, derived from the newest
    revision of its source.

    ``endpoint`` and ``args`` lead to it: rooms on the right add their own passages. ``exact`` and ``bare`` are the words
    that search compares (`domain.search.line`).
    """

    __tablename__ = "passage"
    __table_args__ = (sa.CheckConstraint("kind BETWEEN 1 AND 4", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(index=True)  # "document/3", "unit/12", "official/3"
    revision_id: Mapped[int]
    kind: Mapped[int]
    place: Mapped[int]  # of the source among its like
    position: Mapped[int]  # in the source
    endpoint: Mapped[str]
    args: Mapped[dict[str, Any]]
    heading: Mapped[str]
    text: Mapped[str]
    verified: Mapped[bool]
    exact: Mapped[str]
    bare: Mapped[str]
