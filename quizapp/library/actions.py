"""Văn bản: taking in documents, and what search finds."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import db
from quizapp.domain import search
from quizapp.domain.content import FORMAT, Document
from quizapp.library import models, queries


def digest(body: object) -> str:
    """SHA-256 of a JSON body: the same content, the same digest."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def publish(value: Document, position: int, now: datetime) -> bool:
    """A new revision of a document, unless its body is the same as the last; whether there is one."""
    row = db.session.scalar(sa.select(models.Document).filter_by(code=value.code))
    if row is None:
        row = models.Document(code=value.code, position=position)
        db.session.add(row)
        db.session.flush()
    row.position = position
    body = {"format": FORMAT, "document": value.model_dump(mode="json")}
    last = db.session.get(models.DocumentRevision, row.revision_id) if row.revision_id else None
    if last is not None and last.sha256 == digest(body):
        return False
    number = last.number + 1 if last else 1
    made = models.DocumentRevision(document_id=row.id, number=number, body=body, sha256=digest(body), made_at=now)
    db.session.add(made)
    db.session.flush()
    row.revision_id = made.id
    index(f"document/{row.id}", made.id, position, _entries(value))
    queries.forget_cached()
    return True


# --- search ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """What search shows of a passage and where it leads; ``called`` are further words by which the heading is found."""

    kind: models.PassageKind
    endpoint: str
    args: dict[str, Any]
    heading: str
    text: str
    called: str = ""
    verified: bool = True


def index(source: str, revision_id: int, place: int, entries: Iterable[Entry]) -> None:
    """Ghi vào mục tìm: a source's passages in the place of those that it had."""
    unindex(source)
    for position, entry in enumerate(entries):
        heading, text = f"{entry.heading} {entry.called}", entry.text
        db.session.add(
            models.Passage(
                source=source,
                revision_id=revision_id,
                kind=int(entry.kind),
                place=place,
                position=position,
                endpoint=entry.endpoint,
                args=entry.args,
                heading=entry.heading,
                text=text,
                verified=entry.verified,
                exact=search.line(search.words(heading), search.words(text)),
                bare=search.line(search.bare_words(heading), search.bare_words(text)),
            )
        )
    db.session.flush()


def unindex(source: str) -> None:
    """Bỏ khỏi mục tìm."""
    db.session.execute(sa.delete(models.Passage).filter_by(source=source))


def index_documents() -> None:
    """Every document whose passages are not of its newest revision and place, e.g. after an upgrade that brought search."""
    known = queries.indexed("document/")
    rows = db.session.scalars(sa.select(models.Document).where(models.Document.revision_id.is_not(None)))
    for row in rows.all():
        if known.get(f"document/{row.id}") != (row.revision_id, row.position):
            body = db.session.get_one(models.DocumentRevision, row.revision_id).body
            value = Document.model_validate(body["document"], extra="ignore")
            index(f"document/{row.id}", row.revision_id or 0, row.position, _entries(value))


def _entries(value: Document) -> Iterator[Entry]:
    """The document itself, then its provisions; each is found by the document's name as well."""
    there, called = {"code": value.code}, f"{value.kind} số {value.number}"
    whole = f"{value.title}. {value.about}"
    yield Entry(models.PassageKind.DOCUMENT, "library.document", there, value.name, whole, called)
    for provision in value.walk():
        named = f"{provision.label}. {provision.title}" if provision.title else provision.label
        yield Entry(
            models.PassageKind.PROVISION,
            "library.document",
            there | {"_anchor": provision.anchor},
            f"{value.name}, {named}",
            provision.summary,
            called,
            provision.verified,
        )
