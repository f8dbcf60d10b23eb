"""Phân tích: a question with its figures, what they say of it, and those of its quiz. Nobody's name, no body."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.analysis.lines import Line
from quizapp.analysis.models import ItemAnalysis, ItemFill, QuizAnalysis
from quizapp.courses import queries as courses
from quizapp.courses.models import QuestionReport, StoppedQuestion, Unit, UnitRevision
from quizapp.courses.queries import Taught
from quizapp.database import db, table
from quizapp.domain import item_quality
from quizapp.domain.item_quality import HIDDEN_BELOW, Verdict
from quizapp.domain.vietnamese import fold

REVISIONS_AT_MOST = 50


# --- what is asked for -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """Bộ lọc: of which unit and revision (0: all, the newest), in which state, words to find, in which order."""

    unit: int = 0
    revision: int = 0
    state: str = ""
    words: str = ""
    order: str = ""


STATES = {
    Verdict.MEND.value: "Cần sửa",
    Verdict.LOOK.value: "Cần xem",
    Verdict.FINE.value: "Ổn",
    Verdict.TOO_FEW.value: "Chưa đủ số liệu",
    "dang-dung": "Đang dừng",
}
ORDERS = {
    "": "cần sửa trước",
    "bai": "thứ tự trong bài",
    "do-kho": "khó nhất trước",
    "phan-biet": "phân biệt kém nhất trước",
    "luot": "nhiều lượt nhất trước",
    "thoi-gian": "lâu nhất trước",
    "bao": "nhiều người báo nhất trước",
}
_GRAVITY = [Verdict.MEND, Verdict.LOOK, Verdict.FINE, Verdict.TOO_FEW]


@dataclass
class Table:
    """Bảng phân tích: all that is asked for, how many there are of each state, the quiz where one unit is chosen."""

    at: datetime | None
    lines: Sequence[Line]
    counts: Mapping[str, int]
    units: Sequence[Taught]
    chosen: Taught | None = None
    revisions: Sequence[tuple[int, datetime]] = field(default_factory=list)
    quiz: Any = None

    @property
    def groups(self) -> Sequence[tuple[str | None, Sequence[Taught]]]:
        """The units under their courses."""
        return courses.by_course(self.units, lambda one: one.unit_id)


def find(wanted: Wanted) -> Table | None:
    """The questions asked for; None for an unknown unit or revision. At most eight statements, however many questions."""
    newest = [courses.taught(revision_id) for revision_id in _newest()]
    chosen, revisions = None, list[tuple[int, datetime]]()
    if wanted.unit:
        chosen = next((one for one in newest if one.unit_id == wanted.unit), None)
        if chosen is None:
            return None
        known = {number: (revision_id, at) for number, revision_id, at in _revisions(wanted.unit)}
        revisions = [(number, at) for number, (_, at) in known.items()]
        if wanted.revision:
            if wanted.revision not in known:
                return None
            chosen = courses.taught(known[wanted.revision][0])
    lines = _lines([chosen] if chosen else newest, {one.unit_id: one for one in newest})
    if wanted.words:
        lines = [line for line in lines if fold(wanted.words) in fold(f"{line.key} {line.question.prompt}")]
    counts = {state: sum(_is(line, state) for line in lines) for state in STATES}
    lines = [line for line in lines if not wanted.state or _is(line, wanted.state)]
    quiz = _quiz(chosen.revision_id) if chosen else None
    return Table(_at(), _ordered(lines, wanted.order), counts, newest, chosen, revisions, quiz)


def _is(line: Line, state: str) -> bool:
    return line.stopped if state == "dang-dung" else not line.stopped and line.verdict.value == state


def _ordered(lines: list[Line], order: str) -> list[Line]:
    """In the wanted order; equals, and those without a figure, as they stand in the course."""
    match order:
        case "do-kho":
            return sorted(lines, key=lambda one: (one.seen.facility is None, one.seen.facility or 0))
        case "phan-biet":
            return sorted(lines, key=lambda one: (one.seen.index is None, one.seen.index or 0))
        case "thoi-gian":
            return sorted(lines, key=lambda one: -(one.seen.seconds or 0))
        case "luot":
            return sorted(lines, key=lambda one: -one.attempts if one.attempts >= HIDDEN_BELOW else 0)
        case "bao":
            return sorted(lines, key=lambda one: -one.reports[0])
        case "bai":
            return lines
        case _:
            return sorted(lines, key=lambda one: (_GRAVITY.index(one.verdict), -len(one.findings), one.seen.index or 0))


def line_of(revision_id: int, key: str) -> Line | None:
    """One question of a revision, or None."""
    unit_id = db.session.scalar(sa.select(UnitRevision.unit_id).filter_by(id=revision_id))
    if unit_id is None:
        return None
    taught = courses.taught(revision_id)
    newest = courses.taught(db.session.scalars(sa.select(Unit.revision_id).filter_by(id=unit_id)).one() or revision_id)
    return next((line for line in _lines([taught], {unit_id: newest}) if line.key == key), None)


def to_mend() -> int:
    """How many questions of the newest revisions are to be mended and not stopped yet."""
    newest = [courses.taught(revision_id) for revision_id in _newest()]
    return sum(_is(line, Verdict.MEND.value) for line in _lines(newest, {one.unit_id: one for one in newest}))


@dataclass(frozen=True)
class Suspect:
    """A question that its figures of one revision condemn; ``taught`` is the newest revision, which asks it unchanged."""

    taught: Taught
    question: str
    revision_id: int
    attempts: int
    index: float

    @property
    def bound(self) -> float:
        return item_quality.upper_bound(self.index, self.attempts)


def to_stop() -> list[Suspect]:
    """Questions that the system has to stop now: not stopped yet, nor used again after it did so once."""
    it = ItemAnalysis
    rows = db.session.execute(
        sa.select(it.unit_revision_id, it.question, it.attempts, it.discrimination, Unit.revision_id)
        .join(UnitRevision, UnitRevision.id == it.unit_revision_id)
        .join(Unit, Unit.id == UnitRevision.unit_id)
        .outerjoin(
            StoppedQuestion, sa.and_(StoppedQuestion.unit_id == Unit.id, StoppedQuestion.question == it.question)
        )
        .where(it.attempts >= item_quality.SUSPENDED_FROM, it.discrimination < 0, it.suspended_at.is_(None))
        .where(StoppedQuestion.unit_id.is_(None))
        .order_by(it.unit_revision_id, it.question)
    )
    found = []
    for of, key, attempts, index, newest in rows:
        taught = courses.taught(newest)
        same = taught.questions.get(key) == courses.taught(of).questions[key]
        if same and index is not None and item_quality.must_stop(index, attempts):
            found.append(Suspect(taught, key, of, attempts, index))
    return found


def filled_at() -> datetime | None:
    return _at()


# --- rows ------------------------------------------------------------------------------------------------------


def _newest() -> Sequence[int]:
    rows = db.session.scalars(sa.select(Unit.revision_id).where(Unit.revision_id.is_not(None)).order_by(Unit.id))
    units = {one: courses.taught(one).unit for one in rows if one is not None}
    return sorted(units, key=lambda one: (units[one].final, units[one].number))


def _revisions(unit_id: int) -> Iterable[Any]:
    it = UnitRevision
    told = sa.select(it.number, it.id, it.made_at).filter_by(unit_id=unit_id)
    return db.session.execute(told.order_by(it.number.desc()).limit(REVISIONS_AT_MOST)).all()


def _at() -> datetime | None:
    at: datetime | None = db.session.scalar(sa.select(ItemFill.at))
    return at


def _quiz(revision_id: int) -> Any:
    return db.session.execute(sa.select(table(QuizAnalysis)).filter_by(unit_revision_id=revision_id)).one_or_none()


def _lines(shown: Collection[Taught], newest: Mapping[int, Taught]) -> list[Line]:
    """The questions of those revisions, in their order."""
    ids = [one.revision_id for one in shown]
    rows = sa.select(table(ItemAnalysis)).where(table(ItemAnalysis).c.unit_revision_id.in_(ids))
    known = {(row.unit_revision_id, row.question): row for row in db.session.execute(rows)}
    reports = _reports(ids)
    stops = sa.select(StoppedQuestion.unit_id, StoppedQuestion.question)
    stopped = {(row[0], row[1]) for row in db.session.execute(stops)}
    found = []
    for taught in shown:
        for key, question in taught.questions.items():
            at, now = (taught.revision_id, key), key in newest[taught.unit_id].questions
            told = known.get(at), reports.get(at, (0, 0)), (taught.unit_id, key) in stopped
            found.append(Line(taught, question, *told, now))
    return found


def _reports(ids: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
    """(revision, question) -> how many people reported it, how many of them wait for an answer."""
    it = QuestionReport
    waiting = sa.func.sum(sa.case((it.answered_at.is_(None), 1), else_=0))
    rows = sa.select(it.unit_revision_id, it.question, sa.func.count(), waiting)
    rows = rows.where(it.unit_revision_id.in_(ids)).group_by(it.unit_revision_id, it.question)
    return {(row[0], row[1]): (row[2], row[3]) for row in db.session.execute(rows)}
