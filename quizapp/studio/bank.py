"""Ngân hàng câu hỏi: every question of every unit, in use or being written; filters, near-duplicates, where one is used.

The questions of a revision, and of a draft as it stood at a moment, are read once by each process: what a page reads
afterwards is the list of units, what is stopped and what is reported.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.attempts.models import Attempt
from quizapp.courses import drafting, likeness
from quizapp.courses.likeness import Index, Piece
from quizapp.courses.models import Draft, QuestionReport, StoppedQuestion, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import content
from quizapp.domain.attempts import AttemptState
from quizapp.domain.search import Query, bare_words, line, words
from quizapp.domain.vietnamese import nfc
from quizapp.studio.bank_figures import Figures, figures

PAGE = 50
CASE = "case"  # of no row: a situation's questions stand one by one, each of its own kind
IN_USE, DRAFTED, STOPPED, REPORTED = "dang-dung", "nhap", "dung", "bi-bao"
STATES = {IN_USE: "đang dùng", DRAFTED: "nháp", STOPPED: "đang dừng", REPORTED: "có người báo"}


@dataclass(frozen=True)
class Source(content.Titled):
    """The questions of one revision or one draft, ready to be looked through."""

    number: int
    title: str
    final: bool
    pieces: Mapping[str, Piece]
    index: Index
    texts: Mapping[str, str]


_sources: dict[tuple[str, int, str], Source] = {}
_KEPT = 512


def _source(questions: Iterable[Mapping[str, Any]], number: int, title: str, final: bool) -> Source:
    found = {piece.key: piece for item in questions for piece in likeness.pieces(item)}
    texts = {key: _line(piece) for key, piece in found.items()}
    return Source(number, title, final, found, Index(found.values()), texts)


def _line(piece: Piece) -> str:
    """All words of a question, with and without their marks, as search compares them."""
    text = " ".join([piece.key, piece.situation, *_words_in(piece.data)])
    return line(words(text), bare_words(text))


def _words_in(value: Any, field: str = "") -> Iterable[str]:
    if isinstance(value, str):
        yield value if field not in ("key", "kind", "level", "objective", "provision") else ""
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _words_in(one, name)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _words_in(one, field)


@dataclass(frozen=True)
class Shelf:
    """A unit with what it asks: in its newest revision, in its draft."""

    unit_id: int
    used: Source | None
    drafted: Source | None

    @property
    def latest(self) -> Source:
        found = self.drafted or self.used
        assert found is not None
        return found


def shelves() -> list[Shelf]:
    """Every unit, by number; three statements, of which two are for what this process has not read yet."""
    rows = db.session.execute(
        sa.select(Unit.id, UnitRevision.id.label("revision_id"), UnitRevision.sha256, Draft.changed_at)
        .outerjoin(UnitRevision, UnitRevision.id == Unit.revision_id)
        .outerjoin(Draft, Draft.unit_id == Unit.id)
        .order_by(Unit.id)
    ).all()
    used = {row.id: ("ban", row.revision_id, row.sha256) for row in rows if row.revision_id is not None}
    drafted = {row.id: ("nhap", row.id, row.changed_at.isoformat()) for row in rows if row.changed_at is not None}
    _read_missing([*used.values()], UnitRevision, UnitRevision.id)
    _read_missing([*drafted.values()], Draft, Draft.unit_id)
    found = [Shelf(row.id, _get(used.get(row.id)), _get(drafted.get(row.id))) for row in rows]
    return sorted((one for one in found if one.used or one.drafted), key=lambda one: (one.latest.number, one.unit_id))


def _get(name: tuple[str, int, str] | None) -> Source | None:
    return None if name is None else _sources.get(name)


def _read_missing(names: Sequence[tuple[str, int, str]], model: Any, key: Any) -> None:
    missing = {name[1]: name for name in names if name not in _sources}
    if not missing:
        return
    while len(_sources) + len(missing) > _KEPT:
        _sources.pop(next(iter(_sources)))
    for row_id, body in db.session.execute(sa.select(key, model.body).where(key.in_(missing))):
        told = drafting.body_of(body)  # of a revision, too: what goes without saying is left out of both
        head = told["head"]
        number, title = int(head.get("number") or 0), str(head.get("title") or "")
        _sources[missing[row_id]] = _source(told["questions"], number, title, head.get("final") is True)


# --- near-duplicates -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Near:
    """A question much like another one: whose it is, and how many of their words they share, in percent."""

    unit_id: int
    short: str  # of its unit
    piece: Piece
    percent: int


def near(unit_id: int, question: Mapping[str, Any], among: Sequence[Shelf], most: int = 5) -> list[Near]:
    """The questions of any unit that are nearest to this one, or to one of its parts."""
    found: dict[tuple[int, str], Near] = {}
    for piece in likeness.pieces(question):
        for shelf in among:
            for other, share in shelf.latest.index.near(piece):
                if (shelf.unit_id, other.whole) != (unit_id, piece.whole):
                    one = Near(shelf.unit_id, shelf.latest.short, other, round(100 * share))
                    found.setdefault((shelf.unit_id, other.key), one)
    return sorted(found.values(), key=lambda one: -one.percent)[:most]


# --- the list --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A question of the bank, as its draft has it, else as it is in use."""

    unit_id: int
    number: int
    short: str
    piece: Piece
    states: frozenset[str]
    figures: Figures
    text: str

    @property
    def kind(self) -> str:
        return str(self.piece.data.get("kind", ""))

    @property
    def of_case(self) -> bool:
        """Whether it is asked about a situation that others share."""
        return self.piece.key != self.piece.whole

    @property
    def level(self) -> str:
        return str(self.piece.data.get("level", ""))

    @property
    def provision(self) -> str:
        return str(self.piece.data.get("provision", ""))

    @property
    def prompt(self) -> str:
        return str(self.piece.data.get("prompt", ""))

    @property
    def cursor(self) -> str:
        return f"{self.number}.{self.unit_id}.{self.piece.key}"

    @property
    def place(self) -> tuple[int, int, str]:
        return self.number, self.unit_id, self.piece.key


@dataclass(frozen=True)
class Wanted:
    """Bộ lọc: what is empty is not asked."""

    unit: str = ""
    provision: str = ""
    kind: str = ""
    level: str = ""
    difficulty: str = ""
    discrimination: str = ""
    state: str = ""
    typed: str = ""

    def holds(self, row: Row) -> bool:
        """Whether the question is asked for."""
        told = (
            (self.unit, str(row.unit_id)),
            (self.kind, CASE if self.kind == CASE and row.of_case else row.kind),
            (self.level, row.level),
            (self.difficulty, row.figures.difficulty),
            (self.discrimination, row.figures.power),
        )
        if any(wanted and wanted != there for wanted, there in told):
            return False
        if self.provision and not _under(self.provision, row.provision):
            return False
        if self.state and self.state not in row.states:
            return False
        query = Query.read(self.typed)
        return all(f" {word} " in row.text for word in query.exact) or all(
            f" {word} " in row.text for word in query.bare
        )


def _under(wanted: str, reference: str) -> bool:
    """Of a document, or of a provision and what stands under it."""
    return reference == wanted or (reference.startswith((f"{wanted}#", f"{wanted}.")) and bool(wanted))


@dataclass(frozen=True)
class Listed:
    """A page of the bank: of how many that were found, of how many there are."""

    rows: Sequence[Row]
    found: int
    total: int
    after: str | None


def rows(among: Sequence[Shelf]) -> list[Row]:
    """Every question, in the order of units and keys; three statements, however many there are."""
    stopped = {(one.unit_id, one.question) for one in db.session.execute(sa.select(*_of(StoppedQuestion)))}
    reported = _reported()
    known = figures()
    found = []
    for shelf in among:
        for key, piece in shelf.latest.pieces.items():
            name = (shelf.unit_id, key)
            before = shelf.used.pieces.get(key) if shelf.used else None
            changed = shelf.drafted is not None and (before is None or before.data != piece.data)
            told = {IN_USE: before is not None and name not in stopped, DRAFTED: changed}
            told |= {STOPPED: name in stopped, REPORTED: name in reported}
            states = frozenset(state for state, holds in told.items() if holds)
            text = shelf.latest.texts[key]
            found.append(
                Row(*name[:1], shelf.latest.number, shelf.latest.short, piece, states, known.get(name, Figures()), text)
            )
    return sorted(found, key=lambda row: row.place)


def _of(model: Any) -> tuple[Any, Any]:
    return model.unit_id, model.question


def _reported() -> set[tuple[int, str]]:
    waiting = sa.select(UnitRevision.unit_id, QuestionReport.question).distinct()
    waiting = waiting.join(UnitRevision, UnitRevision.id == QuestionReport.unit_revision_id)
    return {(row[0], row[1]) for row in db.session.execute(waiting.where(QuestionReport.answered_at.is_(None)))}


def listed(among: Sequence[Shelf], wanted: Wanted, after: str = "") -> Listed:
    """A page of the questions that are asked for."""
    every = rows(among)
    found = [row for row in every if wanted.holds(row)]
    later = [row for row in found if row.place > place] if (place := _place(after)) else found
    return Listed(later[:PAGE], len(found), len(every), later[PAGE - 1].cursor if len(later) > PAGE else None)


def _place(cursor: str) -> tuple[int, int, str] | None:
    number, _, rest = nfc(cursor).partition(".")
    unit, _, key = rest.partition(".")
    return (int(number), int(unit), key) if number.isdecimal() and unit.isdecimal() and len(unit) < 16 else None


# --- where a question is used ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """A revision that has the question: the papers that it gave, those still being answered."""

    number: int
    made_at: datetime
    papers: int
    open: int


def uses(unit_id: int, key: str) -> list[Use]:
    """The revisions with that question, the newest first; one statement. Reads the papers of the whole unit."""
    quoted = f'%"{key}"%'
    in_paper = sa.and_(Attempt.unit_revision_id == UnitRevision.id, sa.cast(Attempt.paper, sa.Text).like(quoted))
    is_open = sa.case((Attempt.state == AttemptState.OPEN.value, 1), else_=0)
    told = (UnitRevision.number, UnitRevision.made_at, sa.func.count(Attempt.id), sa.func.sum(is_open))
    found = (
        sa.select(*told)
        .outerjoin(Attempt, sa.and_(in_paper, Attempt.unit_id == unit_id))
        .where(UnitRevision.unit_id == unit_id, sa.cast(UnitRevision.body, sa.Text).like(quoted))
        .group_by(UnitRevision.number, UnitRevision.made_at)
        .order_by(UnitRevision.number.desc())
    )
    return [Use(row[0], row[1], row[2], row[3] or 0) for row in db.session.execute(found)]
