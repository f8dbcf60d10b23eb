"""Văn bản: taking in documents."""

import hashlib
import json
from datetime import datetime

import sqlalchemy as sa

from quizapp.database import db
from quizapp.domain.content import FORMAT, Document
from quizapp.domain.vietnamese import fold
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
    _index(row.id, value)
    queries.forget_cached()
    return True


def _index(document_id: int, value: Document) -> None:
    """One row a provision, for search: the document's own number and title are found in each."""
    db.session.execute(sa.delete(models.Provision).filter_by(document_id=document_id))
    for position, provision in enumerate(value.walk()):
        parts = (value.name, value.title, provision.label, provision.title or "", provision.summary)
        text = " ".join(part for part in parts if part)
        db.session.add(
            models.Provision(
                document_id=document_id,
                anchor=provision.anchor,
                position=position,
                label=provision.label,
                title=provision.title,
                text=text,
                folded=fold(text),
                verified=provision.verified,
            )
        )
