"""Tệp: reading what is kept."""

import sqlalchemy as sa

from quizapp.database import db
from quizapp.domain.pictures import Kept
from quizapp.files.models import Picture, StoredFile


def content(sha256: str) -> bytes:
    """The bytes of a kept file."""
    return db.session.scalars(sa.select(StoredFile.data).where(StoredFile.sha256 == sha256)).one()


def is_kept(sha256: str) -> bool:
    """Whether a file is still there; it is forgotten some days after the last row that refers to it."""
    return db.session.scalar(sa.select(StoredFile.sha256).where(StoredFile.sha256 == sha256)) is not None


def made_of(sha256: str) -> Kept | None:
    """The kept picture that was made of these bytes before, or is these bytes."""
    same = sa.or_(Picture.source_sha256 == sha256, Picture.sha256 == sha256)
    row = db.session.scalar(sa.select(Picture).where(same).order_by(Picture.kept_at, Picture.sha256).limit(1))
    return None if row is None else Kept(f"{row.sha256}.{row.extension}", row.width, row.height)


def picture(sha256: str, extension: str) -> bytes | None:
    """The bytes of a picture; None for any other file."""
    mine = sa.select(StoredFile.data).join(Picture, Picture.sha256 == StoredFile.sha256)
    return db.session.scalar(mine.where(Picture.sha256 == sha256, Picture.extension == extension))
