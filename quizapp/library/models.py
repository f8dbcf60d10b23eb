"""Văn bản: documents, their revisions, their provisions for search and links."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base


class Document(Base):
    """Văn bản. The newest revision's body is what is shown."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
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


class Provision(Base):
    """Điều khoản: one row an anchor, derived from the newest revision, for search and links."""

    __tablename__ = "provision"

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"), primary_key=True)
    anchor: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    label: Mapped[str]
    title: Mapped[str | None]
    text: Mapped[str]
    folded: Mapped[str]
    verified: Mapped[bool]
