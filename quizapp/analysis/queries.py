"""Phân tích: a question with its figures, what they say of it, and those of its quiz. Nobody's name, no body."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from quizapp.analysis.models import ItemAnalysis, ItemFill, QuizAnalysis
from quizapp.courses import queries as courses
from quizapp.courses.models import QuestionReport, StoppedQuestion, Unit, UnitRevision
from quizapp.courses.queries import Taught
from quizapp.database import db, table
from quizapp.domain import item_quality
from quizapp.domain.content import AnyQuestion, Single
from quizapp.domain.item_analysis import intended_weight, random_guess
from quizapp.domain.item_cells import choices
from quizapp.domain.item_quality import HIDDEN_BELOW, SHOWN_FROM, Finding, Seen, Verdict
from quizapp.domain.vietnamese import fold

REVISIONS_AT_MOST = 50


@dataclass(frozen=True)
class ChoiceLine:
    """Một phương án: its words, whether it is right, who chose it: of all, of the weak, the middle and the strong third."""

    key: str
    text: str
    right: bool
    share: float
    weak: float
    middle: float
    strong: float
    dead: bool


@dataclass(frozen=True)
class Line:
    """Một câu hỏi with its figures. ``row`` None: nobody has answered it; ``reports``: (all, those that wait)."""

    taught: Taught
    question: AnyQuestion
    row: Any
    reports: tuple[int, int] = (0, 0)
    stopped: bool = False
    newest: bool = True

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def attempts(self) -> int:
        return self.row.attempts if self.row is not None else 0

    @property
    def hidden(self) -> bool:
        """So few that not even their number is told."""
        return 0 < self.attempts < HIDDEN_BELOW

    @property
    def shown(self) -> bool:
        """Whether its figures are: of fewer, they say more of the people than of the question."""
        return self.attempts >= SHOWN_FROM

    @property
    def sureness(self) -> str:
        return item_quality.sureness(self.attempts)

    @cached_property
    def seen(self) -> Seen:
        row = self.row
        if not self.shown:
            return Seen(self.attempts, None, None, None, {}, self.reports[0])
        wrong: dict[str, Fraction] = {}
        if isinstance(self.question, Single):  # where just one is chosen
            share = {one[0]: _exact(one[1]) for one in row.choices}
            wrong = {one.key: share.get(one.key) or Fraction(0) for one in self.question.options if not one.right}
        figures = _exact(row.facility), row.discrimination, _exact(row.seconds)
        return Seen(self.attempts, *figures, wrong, self.reports[0])

    @cached_property
    def findings(self) -> list[Finding]:
        letters = {option.key: f"“{_short(option.text)}”" for option in getattr(self.question, "options", ())}
        seen = self.seen
        named = {letters.get(key, key): share for key, share in seen.wrong.items()}
        return item_quality.findings(Seen(seen.attempts, seen.facility, seen.index, seen.seconds, named, seen.reports))

    @cached_property
    def verdict(self) -> Verdict:
        return item_quality.verdict(self.seen)

    @property
    def bound(self) -> float | None:
        """Cận trên 95% of the discrimination, in percent."""
        r = self.seen.index
        return None if r is None else item_quality.upper_bound(r, self.attempts)

    @property
    def guess(self) -> Fraction | None:
        return random_guess(self.question)

    @property
    def intended(self) -> float | None:
        return intended_weight(1, len(self.taught.questions))

    @property
    def choices(self) -> list[ChoiceLine]:
        """The options as they stand in the question; of lines and gaps with many, those that somebody chose."""
        if not self.shown:
            return []
        chosen = {one[0]: one[1:] for one in self.row.choices}
        dead = item_quality.dead_options(self.seen.facility, self.seen.wrong)
        known = choices(self.question)
        found = []
        for key, (text, right) in known.items():
            if len(known) <= 8 or right or key in chosen:
                share, weak, middle, strong = chosen.get(key, (0.0, 0.0, 0.0, 0.0))
                found.append(ChoiceLine(key, text, right, share, weak, middle, strong, key in dead))
        return found


def _exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value).limit_denominator(10**9)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


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
    return sorted((one for one in rows if one is not None), key=lambda one: courses.taught(one).unit.number)


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
