"""Tệp: files kept by their hash, and which of them are pictures."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base


class StoredFile(Base):
    """Tệp: bytes under their SHA-256, in the database, so that every node and every backup has them."""

    __tablename__ = "file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    kept_at: Mapped[datetime]
    data: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


class Picture(Base):
    """Hình của bài và câu hỏi: a kept file that was made of a picture somebody sent; never forgotten."""

    __tablename__ = "picture"

    sha256: Mapped[str] = mapped_column(sa.ForeignKey("file.sha256"), primary_key=True)
    source_sha256: Mapped[str] = mapped_column(index=True)  # of what was sent: the same is not made twice
    extension: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    kept_at: Mapped[datetime]
    kept_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # None: a command
