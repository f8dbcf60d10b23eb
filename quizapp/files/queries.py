"""Tệp: reading what is kept."""

import sqlalchemy as sa

from quizapp.database import db
from quizapp.files.models import StoredFile


def content(sha256: str) -> bytes:
    """The bytes of a kept file."""
    return db.session.scalars(sa.select(StoredFile.data).where(StoredFile.sha256 == sha256)).one()


def is_kept(sha256: str) -> bool:
    """Whether a file is still there; it is forgotten some days after the last row that refers to it."""
    return db.session.scalar(sa.select(StoredFile.sha256).where(StoredFile.sha256 == sha256)) is not None
