"""Tệp: keeping bytes, and forgetting those that nothing refers to any more."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.database import db, insert, table
from quizapp.files.models import StoredFile

KEEP = timedelta(days=7)  # at least; for good while any row refers to the file


def keep(data: bytes, now: datetime) -> str:
    """Keep a file; its SHA-256. The same bytes are kept once."""
    digest = hashlib.sha256(data).hexdigest()
    row = {"sha256": digest, "size": len(data), "kept_at": now, "data": data}
    again = {"kept_at": now}
    statement = insert(table(StoredFile)).values(row).on_conflict_do_update(index_elements=["sha256"], set_=again)
    db.session.execute(statement)
    return digest


def sweep(now: datetime) -> None:
    """Forget files that nothing refers to any more."""
    used = sa.union_all(*(sa.select(column).where(column.is_not(None)) for column in sorted(_referring(), key=str)))
    free = sa.delete(StoredFile).where(StoredFile.kept_at < now - KEEP, StoredFile.sha256.not_in(used))
    db.session.execute(free)


def _referring() -> set[sa.Column[Any]]:
    """Every column, of any room, that refers to a kept file."""
    tables = StoredFile.metadata.tables.values()
    return {key.parent for one in tables for key in one.foreign_keys if key.column.table is table(StoredFile)}
