"""Văn bản: documents for reading and search."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from quizapp.database import db
from quizapp.domain import official
from quizapp.domain.content import Document, Provision, Validity
from quizapp.domain.search import Marks, Query
from quizapp.library import models

VALIDITY = {
    "in_force": "còn hiệu lực",
    "amended": "đã được sửa đổi",
    "replaced": "đã được thay thế",
    "unknown": "tình trạng hiệu lực chưa rõ",
}
PAGE = 20
EXCERPT = 45  # words
_CURSOR = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})")


MOST_KEPT = 512
_kept: dict[int, Document] = {}  # by revision, which never changes


def _values(revisions: Sequence[int]) -> list[Document]:
    """The documents of these revisions; what this process has not seen yet is read in one statement."""
    found = {one: kept for one in revisions if (kept := _kept.get(one))}
    if missing := [one for one in revisions if one not in found]:
        it = models.DocumentRevision
        for revision_id, body in db.session.execute(sa.select(it.id, it.body).where(it.id.in_(missing))):
            found[revision_id] = Document.model_validate(body["document"], extra="ignore")
        if len(_kept) + len(found) > MOST_KEPT:
            _kept.clear()
        _kept.update(found)
    return [found[one] for one in revisions]


def documents() -> Sequence[Document]:
    """Every document, in the library's order. Values are cached by revision; only the list is read."""
    rows = db.session.scalars(
        sa.select(models.Document.revision_id).where(models.Document.revision_id.is_not(None)).order_by("position")
    )
    return _values([revision_id for revision_id in rows if revision_id is not None])


def document(code: str) -> Document | None:
    """The document of that code, or None."""
    revision_id = db.session.scalar(sa.select(models.Document.revision_id).filter_by(code=code))
    return None if revision_id is None else _values([revision_id])[0]


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
    _kept.clear()
    official_parts.cache_clear()


def official_text(code: str) -> str | None:
    """Toàn văn chính thức: the newest text of a document that somebody has compared with the signed copy; else None."""
    it, newest = models.OfficialText, models.OfficialText.number.desc()
    confirmed = it.state == models.TextState.CONFIRMED.value, it.text.is_not(None)
    mine = sa.select(it.text).join(models.Document, models.Document.id == it.document_id)
    return db.session.scalar(mine.where(models.Document.code == code, *confirmed).order_by(newest).limit(1))


def confirmed_texts(document_id: int | None = None) -> dict[int, int]:
    """Document -> the version of its official text that everyone sees; of one document, or of all that have one."""
    it = models.OfficialText
    confirmed = it.state == models.TextState.CONFIRMED.value, it.text.is_not(None)
    of = (it.document_id == document_id,) if document_id is not None else ()
    rows = db.session.execute(sa.select(it.document_id, it.id).where(*confirmed, *of).order_by(it.number)).all()
    return {row.document_id: row.id for row in rows}


def task_of(code: str) -> str | None:
    """Which task of the course refers to the document, in words."""
    return db.session.scalar(sa.select(models.Document.task).filter_by(code=code))


def by_task() -> list[tuple[str | None, list[Document]]]:
    """Every document in the library's order, those of one task together; None: of no task."""
    it = models.Document
    rows = db.session.execute(
        sa.select(it.revision_id, it.task).where(it.revision_id.is_not(None)).order_by(it.position)
    ).all()
    values = _values([row.revision_id for row in rows])
    found: dict[tuple[str | None, bool], list[Document]] = {}
    for n, row in enumerate(rows):  # the course's own comes first; one that a trainer has added stands with its task
        found.setdefault((row.task, row.task is None and n == 0), []).append(values[n])
    return [(task, documents) for (task, _), documents in found.items()]


def kept_text(text_id: int) -> str:
    """The text of an official version; "" where it has only a file."""
    return db.session.scalar(sa.select(models.OfficialText.text).where(models.OfficialText.id == text_id)) or ""


@lru_cache(maxsize=32)
def official_parts(text_id: int) -> tuple[official.Part, ...]:
    """The text of a kept version, cut; from a cache of this process, since it never changes."""
    return official.parts(kept_text(text_id))


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


# --- search ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """A passage that was found, with what to mark in it."""

    passage: models.Passage
    marks: Marks
    rank: int

    @property
    def heading(self) -> list[tuple[str, bool]]:
        return list(self.marks.pieces(self.passage.heading))

    @property
    def excerpt(self) -> list[tuple[str, bool]]:
        return list(self.marks.pieces(self.marks.excerpt(self.passage.text, EXCERPT)))

    @property
    def cursor(self) -> str:
        """Where the next page begins."""
        return f"{self.rank}.{self.passage.kind}.{self.passage.place}.{self.passage.position}"


@dataclass(frozen=True)
class Results:
    """A page of what was found, of how many; ``after`` begins the next one, if there is more."""

    hits: Sequence[Hit]
    total: int
    after: str | None


def find(typed: str, after: str = "") -> Results:
    """Passages that hold every word, those with the very marks first; two statements.

    A table scan: 5 to 15 ms over the 340 passages of the course, 20 to 90 over six thousand, on either database.
    """
    query = Query.read(typed)
    if not query.bare:
        return Results([], 0, None)
    there = [models.Passage.bare.like(f"% {word} %") for word in query.bare]
    total = db.session.scalar(sa.select(sa.func.count()).select_from(models.Passage).where(*there)) or 0
    rank = _rank(query)
    order = (rank, models.Passage.kind, models.Passage.place, models.Passage.position)
    listed = sa.select(models.Passage, rank.label("rank")).where(*there).order_by(*order).limit(PAGE + 1)
    if cursor := _CURSOR.fullmatch(after):
        listed = listed.where(sa.tuple_(*order) > sa.tuple_(*(sa.literal(int(part)) for part in cursor.groups())))
    rows = db.session.execute(listed).all() if total else []
    hits = [Hit(row[0], query.marks(f"{row[0].heading} {row[0].text}"), row.rank) for row in rows[:PAGE]]
    return Results(hits, total, hits[-1].cursor if len(rows) > PAGE else None)


def _rank(query: Query) -> sa.ColumnElement[int]:
    """0 to 7: as typed and side by side, as typed, without marks side by side, the rest; of each, all in the heading first.

    Who types no marks at all means words side by side, whatever their marks, before the same letters here and there.
    """
    exact, bare = models.Passage.exact, models.Passage.bare
    beside, beside_bare = f"% {' '.join(query.exact)} %", f"% {' '.join(query.bare)} %"
    as_typed = sa.and_(*(exact.like(f"% {word} %") for word in query.exact))
    first, second = (as_typed, bare.like(beside_bare))[:: 1 if query.marked else -1]
    how = sa.case((exact.like(beside), 0), (first, 2), (second, 4), else_=6)
    in_heading = sa.and_(*(bare.like(f"% {word} %|%") for word in query.bare))
    return how + sa.case((in_heading, 0), else_=1)


def indexed(sources: str) -> dict[str, tuple[int, int]]:
    """The revision and place that each source of a kind ("document/") is found by."""
    it = models.Passage
    rows = (
        sa.select(it.source, it.revision_id, it.place).where(it.source.startswith(sources, autoescape=True)).distinct()
    )
    return {row.source: (row.revision_id, row.place) for row in db.session.execute(rows)}
