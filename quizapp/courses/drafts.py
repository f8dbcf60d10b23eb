"""Bản nháp: beginning, saving part by part, taking questions in, giving up. Whoever wrote it is remembered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.courses import drafting
from quizapp.courses.models import Course, CourseRevision, Draft, Editing, ReviewNote, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import content, pictures
from quizapp.library import queries as library
from quizapp.library.models import DraftState
from quizapp.web.refused import Refused


class Clash(Exception):
    """Somebody else has changed that part since: ``theirs`` is what stands now, by whom and when the draft says."""

    def __init__(self, theirs: Any, draft: Draft):
        self.theirs, self.draft = theirs, draft
        super().__init__("the part has changed")


def draft_of(unit_id: int, lock: bool = False) -> Draft | None:
    """A unit's draft, or None."""
    found = sa.select(Draft).filter_by(unit_id=unit_id)
    return db.session.scalar(found.with_for_update().execution_options(populate_existing=True) if lock else found)


def body_of(draft: Draft) -> drafting.Body:
    """What the draft says."""
    return drafting.body_of(draft.body)


def reading(draft: Draft) -> drafting.Reading:
    """The draft against the library as it is today."""
    return drafting.read(body_of(draft), {one.code: one for one in library.documents()})


def has_draft(unit_id: int) -> bool:
    """Whether somebody has begun a unit's next revision."""
    return db.session.scalar(sa.select(Draft.unit_id).filter_by(unit_id=unit_id)) is not None


def has_revision(unit_id: int) -> bool:
    """Whether the unit has ever been published."""
    return db.session.scalar(sa.select(Unit.revision_id).filter_by(id=unit_id)) is not None


def begin(unit_id: int, by: int | None, now: datetime) -> Draft:
    """Soạn tiếp: the unit's draft; where there is none, one that says what the newest revision says."""
    if draft := draft_of(unit_id, lock=True):
        return draft
    unit = db.session.get_one(Unit, unit_id)
    revision = db.session.get_one(UnitRevision, unit.revision_id)
    body = drafting.of_unit(content.read_stored_unit(revision.body), revision.body.get("media"))
    return _add(unit_id, body, revision.id, by, now)


def begin_unit(course_id: int, title: str, task: str | None, by: int, now: datetime, final: bool = False) -> Unit:
    """Thêm bài: a unit that has no revision yet, with the template as its draft; or the course's ``final``."""
    course = db.session.scalars(sa.select(Course).filter_by(id=course_id).with_for_update()).one()
    if final and has_final(course_id):
        raise Refused("Khóa học đã có bài kiểm tra tổng hợp, hoặc có người đang soạn bài ấy.")
    number = _next_number(course)
    unit = Unit(course_id=course_id, key=f"bai-{number}")
    db.session.add(unit)
    db.session.flush()
    tasks = course_of(course_id).tasks
    blank = drafting.blank_final(unit.key, number, tasks, title) if final else None
    _add(unit.id, blank or drafting.blank(unit.key, number, task, title), None, by, now)
    return unit


def has_final(course_id: int) -> bool:
    """Whether the course has its final, in use or being written."""
    return course_of(course_id).final is not None or any(
        head.get("final") is True for _, head in begun_heads(course_id)
    )


def _next_number(course: Course) -> int:
    """Behind every unit that there is or that somebody has begun: keys and numbers are never used again. The final
    keeps the number that its revisions, marks and trainers know it by; learners see none, it stands last.
    """
    keys = db.session.scalars(sa.select(Unit.key).filter_by(course_id=course.id)).all()
    taken = [int(key.removeprefix("bai-")) for key in keys if key.removeprefix("bai-").isdigit()]
    heads = [*published_heads(course.id), *begun_heads(course.id)]
    return max([*taken, *(head["number"] for _, head in heads if isinstance(head.get("number"), int))], default=0) + 1


def published_heads(course_id: int) -> list[tuple[int, Mapping[str, Any]]]:
    """(unit, what it says of itself) of the newest revisions of a course's units, those out of use among them."""
    newest = sa.select(Unit.id, UnitRevision.body).join(UnitRevision, Unit.revision_id == UnitRevision.id)
    return [(row.id, row.body["unit"]) for row in db.session.execute(newest.where(Unit.course_id == course_id))]


def begun_heads(course_id: int) -> list[tuple[int, Mapping[str, Any]]]:
    """(unit, what it says of itself) of a course's drafts."""
    begun = sa.select(Unit.id, Draft.body).join(Draft, Draft.unit_id == Unit.id).where(Unit.course_id == course_id)
    return [(row.id, drafting.body_of(row.body)["head"]) for row in db.session.execute(begun)]


def _add(unit_id: int, body: drafting.Body, base_id: int | None, by: int | None, now: datetime) -> Draft:
    draft = Draft(unit_id=unit_id, body=body, base_id=base_id, note="", changed_at=now, changed_by=by)
    draft.state, draft.writers = DraftState.WRITING.value, [] if by is None else [by]
    db.session.add(draft)
    db.session.flush()
    return draft


def save(unit_id: int, name: str, value: Any, started_from: str, by: int, now: datetime) -> Draft:
    """Lưu một phần: ``started_from`` is the digest of what the writer had before, "" for a question that is new.

    `Clash` where the part says something else by now, and not what is being saved. Saving takes a draft back that
    waits for its reviewer. Twice is once.
    """
    draft = draft_of(unit_id, lock=True)
    if draft is None:
        raise Refused("Bản nháp này đã được phát hành hoặc đã bỏ. Mở lại bài để soạn tiếp; chữ vừa viết còn trên máy.")
    body, value = body_of(draft), drafting.cleaned(value)
    there = drafting.part(body, name) if name in drafting.parts_of(body) else None
    if there == value:
        return draft
    if drafting.digest(there) != started_from and not (there is None and started_from == ""):
        raise Clash(there, draft)
    changed(draft, drafting.with_part(body, name, value), by, now)
    return draft


def changed(draft: Draft, body: drafting.Body, by: int | None, now: datetime) -> None:
    """The draft says something else now."""
    draft.body, draft.changed_at, draft.changed_by = body, now, by
    draft.state, draft.note = DraftState.WRITING.value, ""
    draft.writers = sorted({*draft.writers, *([] if by is None else [by])})
    db.session.flush()


def add_questions(
    unit_id: int,
    questions: Sequence[Mapping[str, Any]],
    by: int | None,
    now: datetime,
    media: Mapping[str, pictures.Kept] | None = None,
) -> list[str]:
    """Thêm câu hỏi, which need not be whole, at the end of a draft; their keys. ``by`` None: a command.

    ``media``: the pictures that they name, kept already; where the draft has others of that name they get new ones.
    """
    draft = begin(unit_id, by, now)
    body = body_of(draft)
    names, body["media"] = _with_media(body.get("media") or {}, media or {})
    questions = pictures.renamed(list(questions), names)
    keys = drafting.fresh_keys(prefix_of(body), used_keys(unit_id, body), len(questions))
    added = [dict(question) | {"key": key} for key, question in zip(keys, questions, strict=True)]
    for question in added:
        for n, part in enumerate(question.get("questions") or (), 1):
            part["key"] = f"{question['key']}-{n}"
    changed(draft, body | {"questions": [*body["questions"], *map(drafting.cleaned, added)]}, by, now)
    return keys


def _with_media(there: Mapping[str, Any], more: Mapping[str, pictures.Kept]) -> tuple[dict[str, str], dict[str, Any]]:
    """(the names that had to change, the pictures of the draft with more of them)."""
    names, media = {}, dict(there)
    for name, kept in more.items():
        stem, _, ending = name.rpartition(".")
        tried = (f"{stem}{f'-{n}' if n > 1 else ''}.{ending}" for n in range(1, len(media) + 2))
        chosen = next(one for one in tried if media.get(one, kept._asdict()) == kept._asdict())
        media[chosen] = kept._asdict()
        if chosen != name:
            names[name] = chosen
    return names, media


def plain_of(unit_id: int) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Front matter and questions of a unit as plain data, of its draft or of its newest revision; None for neither."""
    if draft := draft_of(unit_id):
        body = body_of(draft)
    else:
        found = sa.select(UnitRevision.body).join(Unit, Unit.revision_id == UnitRevision.id).where(Unit.id == unit_id)
        stored = db.session.scalar(found)
        if stored is None:
            return None, []
        body = drafting.body_of(stored)
    return body["head"], body["questions"]


def prefix_of(body: drafting.Body) -> str:
    """How the keys of a unit's questions begin: b6. By its key, which stays; its number may become another unit's."""
    key = str(body["head"]["key"])
    numbered = key.removeprefix("bai-")
    return f"b{numbered}" if numbered.isdigit() else key


def used_keys(unit_id: int, body: drafting.Body) -> set[str]:
    """Every key that a question of the unit has or had."""
    found = drafting.keys_in(body["questions"])
    for earlier in db.session.scalars(sa.select(UnitRevision.body).filter_by(unit_id=unit_id)):
        found |= drafting.keys_in(earlier["unit"]["questions"])
    return found


def give_up(unit_id: int) -> None:
    """Bỏ bản nháp: the newest revision stays; a unit that never had one is gone with it."""
    db.session.execute(sa.delete(Editing).filter_by(unit_id=unit_id))
    db.session.execute(sa.delete(Draft).filter_by(unit_id=unit_id))
    if not has_revision(unit_id):
        db.session.execute(sa.delete(ReviewNote).filter_by(unit_id=unit_id))
        db.session.execute(sa.delete(Unit).filter_by(id=unit_id))


def course_of(course_id: int) -> content.Course:
    """The newest revision of a course."""
    course = db.session.get_one(Course, course_id)
    revision = db.session.get_one(CourseRevision, course.revision_id)
    return content.Course.model_validate(revision.body["course"], extra="ignore")
