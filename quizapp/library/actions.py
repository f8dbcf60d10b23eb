"""Văn bản: taking in documents, and what search finds."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import db
from quizapp.domain import official, search
from quizapp.domain.content import FORMAT, Document
from quizapp.library import drafts, models, queries


def digest(body: object) -> str:
    """SHA-256 of a JSON body: the same content, the same digest."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Said:
    """Who wrote a revision in the browser, who published it, and why."""

    made_by: int | None
    approved_by: int
    why: str


def publish(value: Document, position: int, now: datetime, task: str | None = None, said: Said | None = None) -> bool:
    """A new revision of a document, unless its body is the same as the last; whether there is one.

    ``task``: which of the course's refers to it, in words. ``said`` None: it comes from the content files.
    """
    row = db.session.scalar(sa.select(models.Document).filter_by(code=value.code))
    if row is None:
        row = models.Document(code=value.code, position=position)
        db.session.add(row)
        db.session.flush()
    row.position, row.task = position, task
    body = {"format": FORMAT, "document": value.model_dump(mode="json")}
    last = db.session.get(models.DocumentRevision, row.revision_id) if row.revision_id else None
    if last is not None and last.sha256 == digest(body):
        return False
    number = last.number + 1 if last else 1
    made = models.DocumentRevision(document_id=row.id, number=number, body=body, sha256=digest(body), made_at=now)
    if said is not None:
        made.made_by, made.approved_by, made.why = said.made_by, said.approved_by, said.why
    db.session.add(made)
    db.session.flush()
    row.revision_id = made.id
    index(f"document/{row.id}", made.id, position, _entries(value))
    index_official(row)
    queries.forget_cached()
    return True


def take_in(value: Document, position: int, now: datetime, task: str | None = None) -> str | None:
    """Nhập từ tệp: "documents" where that is a new revision. Over what a trainer wrote it leaves a draft: "waiting".

    A body that an earlier revision had is no news: the trainer has read and changed it.
    """
    row = drafts.row_of(value.code)
    last = db.session.get(models.DocumentRevision, row.revision_id) if row and row.revision_id else None
    if row is None or last is None or last.approved_by is None:
        if not publish(value, position, now, task):
            return None
        return "documents"
    row.position, row.task = position, task
    sha = digest({"format": FORMAT, "document": value.model_dump(mode="json")})
    if sha in {one.sha256 for one in drafts.revisions(row.id)}:
        return None
    drafts.leave(row, value, now)
    return "waiting"


def place_behind(codes: Iterable[str], position: int) -> None:
    """Documents that the files do not name, which trainers have added, come behind those that they do."""
    others = sa.select(models.Document).where(models.Document.code.not_in(list(codes)))
    for n, row in enumerate(db.session.scalars(others.order_by(models.Document.position)), position):
        row.position = n


def name_tasks(words: Mapping[str, str]) -> None:
    """What the course calls its tasks now, beside the documents that they refer to."""
    for row in db.session.scalars(sa.select(models.Document).where(models.Document.revision_id.is_not(None))):
        if words_now := words.get(_newest(row).task or ""):
            row.task = words_now


def place_by_tasks(first: str, tasks: Sequence[str], former: str) -> None:
    """A course's documents in its order: its own, then those of its tasks; others keep their places among them.

    ``former``: what was the course's own before, which may be of no task.
    """
    rows = db.session.scalars(sa.select(models.Document).where(models.Document.revision_id.is_not(None))).all()
    named = {row.code: _newest(row).task for row in rows}
    mine = [row for row in rows if row.code in (first, former) or named[row.code] in tasks]
    mine.sort(key=lambda row: row.position)
    places = [row.position for row in mine]
    order = {task: n for n, task in enumerate(tasks)}
    mine.sort(key=lambda row: (row.code != first, order.get(named[row.code] or "", len(order))))
    for row, place in zip(mine, places, strict=True):
        row.position = place
    index_documents()


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
    shared = {"source": source, "revision_id": revision_id, "place": place}
    rows = [shared | {"position": position} | _row(entry) for position, entry in enumerate(entries)]
    if rows:
        db.session.execute(sa.insert(models.Passage), rows)


def _row(entry: Entry) -> dict[str, Any]:
    heading, text = f"{entry.heading} {entry.called}", entry.text
    return {
        "kind": int(entry.kind),
        "endpoint": entry.endpoint,
        "args": entry.args,
        "heading": entry.heading,
        "text": text,
        "verified": entry.verified,
        "exact": search.line(search.words(heading), search.words(text)),
        "bare": search.line(search.bare_words(heading), search.bare_words(text)),
    }


def unindex(source: str) -> None:
    """Bỏ khỏi mục tìm."""
    db.session.execute(sa.delete(models.Passage).filter_by(source=source))


def index_documents() -> None:
    """Every document, and official text, whose passages are not of its newest revision and place, e.g. after an upgrade
    that brought search.
    """
    known, texts = queries.indexed("document/") | queries.indexed("official/"), queries.confirmed_texts()
    rows = db.session.scalars(sa.select(models.Document).where(models.Document.revision_id.is_not(None)))
    for row in rows.all():
        if known.get(f"document/{row.id}") != (row.revision_id, row.position):
            index(f"document/{row.id}", row.revision_id or 0, row.position, _entries(_newest(row)))
        wanted = (texts[row.id], row.position) if row.id in texts else None
        if known.get(f"official/{row.id}") != wanted:
            index_official(row)


def index_official(row: models.Document) -> None:
    """Nguyên văn trong mục tìm: the newest official text that was compared with the signed copy, where there is one."""
    text_id, source = queries.confirmed_texts(row.id).get(row.id), f"official/{row.id}"
    if text_id is None or row.revision_id is None:
        unindex(source)
    else:
        index(source, text_id, row.position, _official_entries(_newest(row), text_id))


def _newest(row: models.Document) -> Document:
    body = db.session.get_one(models.DocumentRevision, row.revision_id).body
    return Document.model_validate(body["document"], extra="ignore")


def _below(piece: official.Piece) -> str:
    """What a piece says under its heading, which stands above it already; all of it where that is nothing."""
    first, _, rest = piece.text.partition("\n")
    return rest if rest and first.rstrip(" .") == piece.label else piece.text


def _official_entries(value: Document, text_id: int) -> Iterator[Entry]:
    """The official text piece by piece; each is found by the document's name as well."""
    for piece in official.pieces(official.parts(queries.kept_text(text_id))):
        yield Entry(
            models.PassageKind.OFFICIAL,
            "library.full_text",
            {"code": value.code, "_anchor": piece.anchor},
            f"{value.name}, {piece.label}" if piece.label else value.name,
            _below(piece),
            f"{value.kind} số {value.number}",
        )


def _entries(value: Document) -> Iterator[Entry]:
    """The document itself, then its provisions; each is found by the document's name as well."""
    there, called = {"code": value.code}, f"{value.kind} số {value.number}"
    whole = f"{value.title}. {value.issuer}. {value.about}"
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
