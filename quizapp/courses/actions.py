"""Khóa học: taking in content, publishing, reporting and stopping questions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.courses import coverage, drafting, merging, queries
from quizapp.courses.exchange.files import Contents
from quizapp.courses.models import (
    Course,
    CourseRevision,
    Draft,
    Origin,
    QuestionReport,
    ReportKind,
    StoppedQuestion,
    Unit,
    UnitRevision,
)
from quizapp.database import db, insert
from quizapp.domain import content, pictures
from quizapp.domain.pictures import Kept
from quizapp.files import actions as files
from quizapp.library import actions as library
from quizapp.library import queries as library_queries
from quizapp.library.models import DraftState, PassageKind
from quizapp.web import markdown
from quizapp.web.refused import Refused


@dataclass
class Imported:
    """What an import did: names of what is new; ``waiting`` are units and documents that a trainer has changed since."""

    documents: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    course: bool = False


def take_in(contents: Contents, now: datetime) -> Imported:
    """Nhập bộ nội dung: everything or nothing, since the transaction is the caller's."""
    done = Imported()
    ungraded = tuple(unit.key for unit in contents.units.values() if not unit.graded)
    final = next((unit.key for unit in contents.units.values() if unit.final), None)
    value = contents.course.model_copy(update={"ungraded": ungraded, "final": final})
    merged, differs = merging.with_what_people_did(value, _named(contents))
    if differs:
        done.waiting.append(f"khóa học {value.title}")  # its names, its order, its paths stay as they were arranged
    tasks = queries.task_words() | merged.task_words()
    for position, document in enumerate(_in_order(contents.documents.values(), merged), 1):
        outcome = library.take_in(document, position, now, tasks.get(document.task or ""))
        if outcome:
            (done.documents if outcome == "documents" else done.waiting).append(document.name)
    library.place_behind(contents.documents, len(contents.documents) + 1)
    course = _course(merged, now, done)
    course.files_sha256 = merging.digest(value)
    for key in contents.course.units:
        body = unit_body(contents.units[key], contents.documents, _media(contents, key, now))
        outcome = _take_unit(course, key, body, now)
        if outcome:
            getattr(done, outcome).append(key)
    library.index_documents()
    _index_units(course, contents.course.units)
    return done


def _named(contents: Contents) -> set[str]:
    """The tasks that the units and documents are of."""
    found = {task for unit in contents.units.values() for task in coverage.tasks_of(unit)}
    return found | {document.task for document in contents.documents.values() if document.task}


def _in_order(documents: Iterable[content.Document], course: content.Course) -> list[content.Document]:
    """The directive first, then the documents of its tasks in their order, then those that none of them names."""
    tasks = [task.key for task in course.tasks]

    def place(document: content.Document) -> tuple[bool, int, str]:
        task = tasks.index(document.task) if document.task in tasks else len(tasks)
        return document.code != course.document, task, document.code

    return sorted(documents, key=place)


def _media(contents: Contents, key: str, now: datetime) -> dict[str, Kept]:
    """The pictures that a unit shows, kept, by name."""
    named = pictures.used(contents.units[key].model_dump(mode="json"))
    return {name: files.keep_picture(contents.media[name].read_bytes(), now) for name in sorted(named)}


def unit_body(unit: content.Unit, documents: Any, media: Mapping[str, Kept] | None = None) -> dict[str, Any]:
    """A revision's body: the unit, each provision that it rests on as taught, and its pictures, where it has any."""
    provisions: dict[str, Any] = {}
    for _, reference in unit.citations():
        code, anchor = reference.split("#")
        document = documents[code]
        found = next(provision for provision in document.walk() if provision.anchor == anchor)
        provisions[reference] = library_queries.as_taught(document, found)
    named = pictures.used(unit.model_dump(mode="json"))
    shown = {name: kept._asdict() for name, kept in (media or {}).items() if name in named}
    return unit.stored() | {"provisions": provisions} | ({"media": shown} if shown else {})


def _course(value: content.Course, now: datetime, done: Imported) -> Course:
    row = db.session.scalar(sa.select(Course).filter_by(key=value.key))
    if row is None:
        row = Course(key=value.key)
        db.session.add(row)
        db.session.flush()
    body = {"format": content.FORMAT, "course": value.model_dump(mode="json")}
    sha = library.digest(body)
    last = db.session.get(CourseRevision, row.revision_id) if row.revision_id else None
    if last is None or last.sha256 != sha:
        number = last.number + 1 if last else 1
        made = CourseRevision(course_id=row.id, number=number, body=body, sha256=sha, made_at=now)
        db.session.add(made)
        db.session.flush()
        row.revision_id = made.id
        done.course = True
    return row


def _take_unit(course: Course, key: str, body: dict[str, Any], now: datetime) -> str | None:
    """A file publishes only over revisions that came from files; over a trainer's it leaves a draft."""
    unit = db.session.scalar(sa.select(Unit).filter_by(course_id=course.id, key=key))
    if unit is None:
        unit = Unit(course_id=course.id, key=key)
        db.session.add(unit)
        db.session.flush()
    last = db.session.get(UnitRevision, unit.revision_id) if unit.revision_id else None
    if last is not None and last.origin != Origin.FILE:
        return _leave_draft(unit, last, body, now)
    made = publish(unit, body, Origin.FILE, None, "Nhập từ bộ nội dung", now)
    return "units" if made else None


def _leave_draft(unit: Unit, last: UnitRevision, body: dict[str, Any], now: datetime) -> str | None:
    if last.body["unit"] == body["unit"]:
        return None  # what a provision's summary says today is no news about the unit
    draft = db.session.get(Draft, unit.id)
    if draft is not None and draft.writers:  # somebody is writing: what was typed is not lost to a file
        return "waiting"
    draft = draft or Draft(unit_id=unit.id, state=DraftState.WRITING.value, writers=[])
    draft.body = drafting.of_unit(content.read_stored_unit(body), body.get("media"))
    draft.base_id, draft.note, draft.changed_at, draft.changed_by = last.id, "Có bản mới từ bộ nội dung", now, None
    db.session.add(draft)
    return "waiting"


def publish(unit: Unit, body: dict[str, Any], origin: Origin, by: int | None, why: str, now: datetime) -> bool:
    """Phát hành: a new revision, unless the body is the same as the last; whether there is one."""
    last = db.session.get(UnitRevision, unit.revision_id) if unit.revision_id else None
    sha = library.digest(body)
    if last is not None and last.sha256 == sha:
        return False
    made = UnitRevision(
        unit_id=unit.id,
        number=last.number + 1 if last else 1,
        body=body,
        sha256=sha,
        origin=origin.value,
        made_at=now,
        made_by=by,
        why=why,
    )
    db.session.add(made)
    db.session.flush()
    unit.revision_id = made.id
    _index(unit, made)
    return True


# --- search ----------------------------------------------------------------------------------------------------


def _index_units(course: Course, taught: Collection[str]) -> None:
    """The course's units as they are found now; one that it has no more is found no more."""
    known = library_queries.indexed("unit/")
    for unit in db.session.scalars(sa.select(Unit).filter_by(course_id=course.id)).all():
        source = f"unit/{unit.id}"
        if unit.key not in taught or unit.revision_id is None:
            library.unindex(source)
        elif known.get(source, (None,))[0] != unit.revision_id:
            _index(unit, db.session.get_one(UnitRevision, unit.revision_id))


def index_unit(unit: Unit) -> None:
    """A unit that is used again is found again."""
    _index(unit, db.session.get_one(UnitRevision, unit.revision_id))


def _index(unit: Unit, revision: UnitRevision) -> None:
    value = content.read_stored_unit(revision.body)
    course = db.session.get_one(Course, unit.course_id)
    entries = [
        library.Entry(
            PassageKind.SECTION,
            "learning.section",
            {"course": course.key, "unit": unit.key, "n": n},
            f"Bài {value.number}, mục {n}. {section.title}",
            markdown.bare(section.text),
            value.title,
        )
        for n, section in enumerate(value.sections, 1)
    ]
    library.index(f"unit/{unit.id}", revision.id, course.id * 1000 + value.number, entries)


def report(revision_id: int, question: str, person_id: int, kind: ReportKind, text: str, now: datetime) -> None:
    """Báo câu hỏi chưa chính xác: once a person, question and revision; a second report replaces an unanswered one."""
    row = {"unit_revision_id": revision_id, "question": question, "person_id": person_id}
    said = {"kind": kind.value, "text": text, "at": now}
    db.session.execute(
        insert(QuestionReport)
        .values(row | said)
        .on_conflict_do_update(
            index_elements=list(row), set_=said, where=QuestionReport.__table__.c.answered_at.is_(None)
        )
    )


def answer_report(report_id: int, answer: str, by: int, now: datetime) -> None:
    """Trả lời người báo câu hỏi."""
    found = db.session.get(QuestionReport, report_id)
    if found is None or found.answered_at is not None:
        raise Refused("Báo cáo này đã được trả lời.")
    found.answer, found.answered_by, found.answered_at = answer, by, now


def stop_question(unit_id: int, question: str, by: int | None, why: str, now: datetime) -> None:
    """Dừng một câu ngay: it is not drawn any more. Twice is once. ``by`` None: the system, by its figures."""
    row = {"unit_id": unit_id, "question": question, "stopped_at": now, "stopped_by": by, "why": why}
    db.session.execute(insert(StoppedQuestion).values(row).on_conflict_do_nothing())


def resume_question(unit_id: int, question: str) -> None:
    """Dùng lại câu đã dừng."""
    db.session.execute(sa.delete(StoppedQuestion).filter_by(unit_id=unit_id, question=question))
