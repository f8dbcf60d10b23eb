"""Văn bản: documents for reading and search."""

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from quizapp.database import db
from quizapp.domain.content import Document, Provision, Validity
from quizapp.domain.vietnamese import fold
from quizapp.library import models

VALIDITY = {
    "in_force": "còn hiệu lực",
    "amended": "đã được sửa đổi",
    "replaced": "đã được thay thế",
    "unknown": "tình trạng hiệu lực chưa rõ",
}
FOUND_AT_MOST = 50


@lru_cache(maxsize=256)
def _value(revision_id: int) -> Document:
    body = db.session.scalar(sa.select(models.DocumentRevision.body).filter_by(id=revision_id))
    return Document.model_validate(body["document"], extra="ignore")  # type: ignore[index]


def documents() -> Sequence[Document]:
    """Every document, in the library's order. Values are cached by revision; only the list is read."""
    rows = db.session.scalars(
        sa.select(models.Document.revision_id).where(models.Document.revision_id.is_not(None)).order_by("position")
    )
    return [_value(revision_id) for revision_id in rows if revision_id is not None]


def document(code: str) -> Document | None:
    """The document of that code, or None."""
    revision_id = db.session.scalar(sa.select(models.Document.revision_id).filter_by(code=code))
    return None if revision_id is None else _value(revision_id)


class _Validities:
    """Today's validity of every document, read at most once a minute: it stands beside each citation."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.documents: Sequence[Document] = ()
        self.until = 0.0

    def read(self) -> dict[str, str]:
        if time.monotonic() > self.until:
            self.documents = documents()
            self.words = {d.code: validity_words(d.validity) for d in self.documents}
            self.until = time.monotonic() + 60
        return self.words

    def forget(self) -> None:
        self.until = 0.0


_validities = _Validities()


def validity_words(validity: Validity) -> str:
    """Tình trạng hiệu lực, in words."""
    return VALIDITY[validity.state]


def validity_of(code: str) -> str:
    """Today's validity of a document, in words; known within a minute of a change."""
    return _validities.read().get(code, VALIDITY["unknown"])


def known_documents() -> Sequence[Document]:
    """Every document, as read within the last minute: for lists beside other things."""
    _validities.read()
    return _validities.documents


def forget_cached() -> None:
    """After an import in this process."""
    _validities.forget()
    _value.cache_clear()


def find(words: str) -> list[tuple[Document, Provision]]:
    """Provisions and documents that hold every word, with or without diacritics; exact diacritics first."""
    folded = [part for part in fold(words).split() if part]
    if not folded:
        return []
    rows = sa.select(models.Provision, models.Document.revision_id, models.Document.position.label("place")).join(
        models.Document, models.Document.id == models.Provision.document_id
    )
    for part in folded:
        rows = rows.where(models.Provision.folded.contains(part, autoescape=True))
    rows = rows.order_by("place", models.Provision.position).limit(FOUND_AT_MOST)
    found = [(_value(row.revision_id), row.Provision) for row in db.session.execute(rows)]
    exact = " ".join(words.lower().split())
    ranked = sorted(found, key=lambda pair: exact not in pair[1].text.lower())
    return [(doc, provision) for doc, row in ranked for provision in doc.walk() if provision.anchor == row.anchor]


def as_taught(document: Document, provision: Provision) -> dict[str, Any]:
    """What a revision keeps of a provision that it rests on."""
    return {
        "code": document.code,
        "document": document.name,
        "anchor": provision.anchor,
        "label": provision.label,
        "title": provision.title,
        "summary": provision.summary,
    }
