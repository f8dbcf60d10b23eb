"""Tệp: keeping bytes and pictures, and forgetting what nothing refers to any more."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.database import db, insert, table
from quizapp.domain.pictures import Kept
from quizapp.files import queries
from quizapp.files.models import Picture, StoredFile
from quizapp.files.pictures import Prepared, prepared

KEEP = timedelta(days=7)  # at least; for good while any row refers to the file


def keep(data: bytes, now: datetime) -> str:
    """Keep a file; its SHA-256. The same bytes are kept once."""
    digest = hashlib.sha256(data).hexdigest()
    row = {"sha256": digest, "size": len(data), "kept_at": now, "data": data}
    again = {"kept_at": now}
    statement = insert(table(StoredFile)).values(row).on_conflict_do_update(index_elements=["sha256"], set_=again)
    db.session.execute(statement)
    return digest


def keep_picture(data: bytes, now: datetime, by: int | None = None) -> Kept:
    """Keep a picture that somebody sent, made small; Refused for what is none. The same one is made and kept once.

    A page does the slow part first, outside of its transaction: ``with read_first(): one = prepared(data)``, then
    `keep_prepared`.
    """
    return queries.made_of(hashlib.sha256(data).hexdigest()) or keep_prepared(prepared(data), now, by)


def keep_prepared(one: Prepared, now: datetime, by: int | None = None) -> Kept:
    """Keep a picture as it was prepared."""
    sha256 = keep(one.data, now)
    row: dict[str, Any] = {"sha256": sha256, "source_sha256": one.source_sha256, "extension": one.extension}
    row |= {"width": one.width, "height": one.height, "kept_at": now, "kept_by": by}
    db.session.execute(insert(table(Picture)).values(row).on_conflict_do_nothing())
    return Kept(f"{sha256}.{one.extension}", one.width, one.height)


def sweep(now: datetime) -> None:
    """Forget files that nothing refers to any more."""
    used = sa.union_all(*(sa.select(column).where(column.is_not(None)) for column in sorted(_referring(), key=str)))
    free = sa.delete(StoredFile).where(StoredFile.kept_at < now - KEEP, StoredFile.sha256.not_in(used))
    db.session.execute(free)


def _referring() -> set[sa.Column[Any]]:
    """Every column, of any room, that refers to a kept file."""
    tables = StoredFile.metadata.tables.values()
    return {key.parent for one in tables for key in one.foreign_keys if key.column.table is table(StoredFile)}
