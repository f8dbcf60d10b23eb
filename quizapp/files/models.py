"""Tệp: files kept by their hash."""

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
