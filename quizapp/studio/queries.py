"""Soạn: what a trainer's pages show: units with what the linter says, reports, stopped questions, revisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.models import Person
from quizapp.courses import coverage as covering
from quizapp.courses import drafting, linter
from quizapp.courses import queries as courses
from quizapp.courses.models import (
    Course,
    Draft,
    ReportKind,
    ReviewNote,
    StoppedQuestion,
    Unit,
    UnitRevision,
)
from quizapp.courses.queries import Taught
from quizapp.database import db
from quizapp.domain.content import Case, Document, Path, Titled
from quizapp.domain.content import Course as CourseValue
from quizapp.domain.content import Unit as UnitValue
from quizapp.library import queries as library
from quizapp.library.models import DraftState
from quizapp.studio import quality

KINDS = {
    ReportKind.WRONG_TEXT: "sai văn bản",
    ReportKind.TWO_RIGHT: "hai đáp án đúng",
    ReportKind.UNCLEAR: "khó hiểu",
    ReportKind.OTHER: "điểm khác",
}
STOPPED_AT_MOST = 200
READ_AT_MOST = 12  # drafts whose lacks the desk counts, about 10 ms each


# --- what the linter says --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """Điều nên sửa: where it stands, in words and as an anchor of the unit's page, and what to do."""

    place: str
    anchor: str
    severity: str
    message: str


@lru_cache(maxsize=512)
def notes(sha256: str, revision_id: int) -> tuple[Note, ...]:
    """What the linter says of a revision. The digest makes the key true of the text, whatever database it came from."""
    taught = courses.taught(revision_id)
    found = linter.findings(taught.unit, taught.media)
    return tuple(Note(*_place(taught.unit, one.where), one.severity, one.message) for one in found)


def _place(unit: UnitValue, where: Path) -> tuple[str, str]:
    match where:
        case ("questions", int(n), "questions", int(m), *_):
            item = unit.questions[n]
            assert isinstance(item, Case)
            return f"Câu {item.questions[m].key}", f"cau-{item.questions[m].key}"
        case ("questions", int(n), *_):
            item = unit.questions[n]
            if isinstance(item, Case):
                return f"Tình huống {item.key}", f"tinh-huong-{item.key}"
            return f"Câu {item.key}", f"cau-{item.key}"
        case ("sections", int(n), *_):
            return f"Mục {n + 1}", f"muc-{unit.sections[n].key}"
        case ("questions" | "quiz", *_):
            return "Phần kiểm tra", "cau-hoi"
    return "Đầu bài", "dau-bai"


# --- the desk --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitLine:
    """A unit as the desk lists it, with its newest revision."""

    unit_id: int
    taught: Taught
    sha256: str
    made_at: datetime
    origin: str

    @property
    def notes(self) -> tuple[Note, ...]:
        return notes(self.sha256, self.taught.revision_id)


class UnitState(StrEnum):
    """Trạng thái của bài trên bàn soạn; one in use may have a draft beside it."""

    NEW = "new"
    IN_USE = "in_use"
    RETIRED = "retired"


@dataclass(frozen=True)
class DraftLine(Titled):
    """A draft as the desk lists it. ``lacks``: how many places it still lacks, None beyond the first few drafts."""

    unit_id: int
    course_id: int
    number: Any
    title: str
    final: bool
    task: str | None
    waits: bool
    note: str
    changed_at: datetime
    by: str | None
    published: bool
    lacks: int | None
    notes: int  # of the reviewer, not done yet


@dataclass(frozen=True)
class DeskUnit(Titled):
    """A unit on the desk: its newest revision, its draft, or both."""

    unit_id: int
    number: Any
    title: str
    task: str | None
    state: UnitState
    line: UnitLine | None
    draft: DraftLine | None

    @property
    def final(self) -> bool:
        return self.line.taught.unit.final if self.line else bool(self.draft and self.draft.final)


@dataclass
class Shelf:
    """A course: its units under each of its tasks; a task without units stands there all the same."""

    key: str
    title: str
    tasks: list[tuple[str, str, list[DeskUnit]]] = field(default_factory=list)


_UNITS = sa.select(
    Course.id.label("course_id"),
    Course.revision_id.label("course_revision_id"),
    Unit.id,
    UnitRevision.id.label("revision_id"),
    UnitRevision.sha256,
    UnitRevision.made_at,
    UnitRevision.origin,
).order_by(Course.id, Unit.id)
_NEWEST = _UNITS.join(Unit, Unit.course_id == Course.id).join(UnitRevision, UnitRevision.id == Unit.revision_id)


def shelves(begun: Sequence[DraftLine]) -> list[Shelf]:
    """Every course with its units by task, with their drafts; one statement."""
    rows = db.session.execute(_SHELVED).all()
    drafted = {draft.unit_id: draft for draft in begun}
    found = []
    for course_id, revision_id in {row.course_id: row.course_revision_id for row in rows}.items():
        course = courses.course_value(revision_id)
        lines = [_line(row) for row in rows if row.course_id == course_id and row.revision_id is not None]
        units = [_desk_unit(line, course, drafted.get(line.unit_id)) for line in lines]
        units += [_new_unit(draft) for draft in begun if draft.course_id == course_id and not draft.published]
        found.append(_shelf(course, units))
    return found


_SHELVED = (
    _UNITS.outerjoin(Unit, Unit.course_id == Course.id)
    .outerjoin(UnitRevision, UnitRevision.id == Unit.revision_id)
    .where(Course.revision_id.is_not(None))
)


def _line(row: Any) -> UnitLine:
    return UnitLine(row.id, courses.taught(row.revision_id), row.sha256, row.made_at, row.origin)


def _desk_unit(line: UnitLine, course: CourseValue, draft: DraftLine | None) -> DeskUnit:
    unit = line.taught.unit
    state = UnitState.IN_USE if unit.key in course.units else UnitState.RETIRED
    return DeskUnit(line.unit_id, unit.number, unit.title, unit.task, state, line, draft)


def _new_unit(draft: DraftLine) -> DeskUnit:
    return DeskUnit(draft.unit_id, draft.number, draft.title, draft.task, UnitState.NEW, None, draft)


def _shelf(course: CourseValue, units: list[DeskUnit]) -> Shelf:
    units.sort(key=lambda unit: (unit.final, unit.number if isinstance(unit.number, int) else 10**6))
    under = {task.key: [unit for unit in units if unit.task == task.key] for task in course.tasks}
    rest = [unit for unit in units if unit.task not in under]
    shelf = Shelf(course.key, course.title, [("Cả khóa học", "", rest)] if rest else [])
    shelf.tasks += [(task.name, task.title, under[task.key]) for task in course.tasks]
    return shelf


@dataclass(frozen=True)
class Waiting:
    """A learner's report that waits for an answer. Who sent it is not told."""

    id: int
    unit_id: int
    unit: UnitValue
    question: str
    prompt: str
    kind: str
    text: str
    at: datetime
    stopped: bool


def waiting(stopped: Sequence["Stopped"]) -> list[Waiting]:
    """Open reports, oldest first, with the question as it was asked then."""
    still = {(one.unit_id, one.question) for one in stopped}
    found = []
    for report, unit_id, _ in courses.open_reports():
        taught = courses.taught(report.unit_revision_id)
        prompt = taught.questions[report.question].prompt
        told = (KINDS[ReportKind(report.kind)], report.text, report.at, (unit_id, report.question) in still)
        found.append(Waiting(report.id, unit_id, taught.unit, report.question, prompt, *told))
    return found


@dataclass(frozen=True)
class Stopped:
    """A stopped question: since when, by whom, why. ``prompt`` is None where the newest revision has it no more.

    ``by`` None: the system stopped it by its figures.
    """

    unit_id: int
    unit: UnitValue
    question: str
    prompt: str | None
    at: datetime
    by: str | None
    why: str
    revision_id: int


def stopped(unit_id: int | None = None) -> list[Stopped]:
    """Stopped questions, the latest first; of one unit, or of all (at most two hundred)."""
    rows = (
        sa.select(StoppedQuestion, Unit.revision_id, Person.name)
        .join(Unit, Unit.id == StoppedQuestion.unit_id)
        .outerjoin(Person, Person.id == StoppedQuestion.stopped_by)
        .order_by(StoppedQuestion.stopped_at.desc(), StoppedQuestion.question)
        .limit(STOPPED_AT_MOST)
    )
    if unit_id is not None:
        rows = rows.where(StoppedQuestion.unit_id == unit_id)
    found = []
    for row, revision_id, name in db.session.execute(rows):
        taught = courses.taught(revision_id)
        asked = taught.questions.get(row.question)
        told = (asked.prompt if asked else None, row.stopped_at, name, row.why, taught.revision_id)
        found.append(Stopped(row.unit_id, taught.unit, row.question, *told))
    return found


def drafts() -> list[DraftLine]:
    """Bản nháp, the latest first; two statements."""
    asked = sa.select(sa.func.count(ReviewNote.id)).where(
        ReviewNote.unit_id == Draft.unit_id, ReviewNote.unit_revision_id.is_(None), ReviewNote.done_at.is_(None)
    )
    rows = (
        sa.select(Draft, Unit.course_id, Unit.revision_id, Person.name, asked.scalar_subquery().label("notes"))
        .join(Unit, Unit.id == Draft.unit_id)
        .outerjoin(Person, Person.id == Draft.changed_by)
        .order_by(Draft.changed_at.desc(), Draft.unit_id)
    )
    found = db.session.execute(rows).all()
    documents = {one.code: one for one in library.documents()} if found else {}
    return [_draft_line(row, documents if n < READ_AT_MOST else None) for n, row in enumerate(found)]


def _draft_line(row: Any, documents: Mapping[str, Document] | None) -> DraftLine:
    draft, body = row[0], drafting.body_of(row[0].body)
    head, waits = body["head"], draft.state == DraftState.REVIEW
    lacks = None if documents is None else len(quality.lacks(body, drafting.read(body, documents), documents))
    told = (
        row.course_id,
        head.get("number"),
        head.get("title") or "(chưa có tên)",
        head.get("final") is True,
        head.get("task"),
    )
    when = (draft.note, draft.changed_at, row.name, row.revision_id is not None)
    return DraftLine(draft.unit_id, *told, waits, *when, lacks, row.notes)


# --- a unit ----------------------------------------------------------------------------------------------------


def unit_line(unit_id: int) -> UnitLine | None:
    """The unit of that id with its newest revision, or None."""
    row = db.session.execute(_NEWEST.where(Unit.id == unit_id)).one_or_none()
    return None if row is None else _line(row)


@dataclass(frozen=True)
class RevisionLine:
    """A revision as the history lists it; ``by`` is None for one that came from the content files."""

    number: int
    made_at: datetime
    origin: str
    by: str | None
    why: str
    approved_by: str | None
    id: int


def history(unit_id: int) -> list[RevisionLine]:
    """A unit's revisions, newest first; at most fifty."""
    approver = sa.orm.aliased(Person)
    rows = (
        sa.select(UnitRevision.number, UnitRevision.made_at, UnitRevision.origin, Person.name, UnitRevision.why)
        .add_columns(approver.name, UnitRevision.id)
        .outerjoin(Person, Person.id == UnitRevision.made_by)
        .outerjoin(approver, approver.id == UnitRevision.approved_by)
        .where(UnitRevision.unit_id == unit_id)
        .order_by(UnitRevision.number.desc())
        .limit(50)
    )
    return [RevisionLine(*row) for row in db.session.execute(rows)]


@dataclass
class Covered:
    """What rests on a provision: the numbers of sections and the keys of questions."""

    provision: Any
    sections: list[int] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


def coverage(taught: Taught) -> list[Covered]:
    """Each provision that the unit rests on, in the order of citing, with the sections and questions that do."""
    found: dict[str, Covered] = {}

    def of(reference: str) -> Covered:
        return found.setdefault(reference, Covered(taught.provisions[reference]))

    for n, section in enumerate(taught.unit.sections, 1):
        of(section.cite).sections.append(n)
    for question in taught.unit.each_question():
        of(question.provision).questions.append(question.key)
    return list(found.values())


# --- the whole course ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whole:
    """Độ phủ: every document's provisions with what rests on them, by unit id; the questions of each task."""

    documents: Sequence[covering.Covered[int]]
    units: Mapping[int, tuple[str, UnitValue]]
    tasks: Sequence[tuple[str, str, int]]
    lost: Sequence[tuple[int, str]]

    @property
    def verified(self) -> list[covering.Row[int]]:
        return [row for one in self.documents for row in one.rows if row.provision.verified]


def whole() -> Whole:
    """The newest revisions against the library as it is today; two statements."""
    documents = library.documents()
    taught, courses_of = {}, {}
    for row in db.session.execute(_NEWEST):
        taught[row.id] = courses.taught(row.revision_id).unit
        courses_of[row.id] = courses.course_value(row.course_revision_id)
    tasks = []
    for course in {course.key: course for course in courses_of.values()}.values():
        asked = covering.by_task(course, [unit for key, unit in taught.items() if courses_of[key].key == course.key])
        tasks += [(task.name, task.title, asked[task.key]) for task in course.tasks]
    units = {key: (courses_of[key].key, unit) for key, unit in taught.items()}
    ordered = dict(sorted(taught.items(), key=lambda pair: (pair[1].final, pair[1].number)))
    lost = list(covering.lost(documents, taught))
    return Whole(covering.coverage(documents, ordered), units, tasks, lost)
