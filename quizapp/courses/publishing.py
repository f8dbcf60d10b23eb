"""Duyệt và phát hành: a draft is sent, comes back with notes or becomes a revision; a unit enters the course or leaves it.

Whoever wrote a draft does not approve it; where nobody else can, an administrator does, with a reason.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.courses import actions, drafting, drafts
from quizapp.courses.models import Course, CourseRevision, Draft, Origin, ReviewNote, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import content, pictures
from quizapp.library import actions as library
from quizapp.library import queries as library_queries
from quizapp.library.models import DraftState
from quizapp.web.refused import Refused


def send(unit_id: int, note: str, by: int, now: datetime) -> Draft:
    """Gửi duyệt. Refused while it lacks something, or says nothing new."""
    draft = _draft(unit_id)
    reading = drafts.reading(draft)
    if reading.unit is None:
        raise Refused(f"Bản nháp còn thiếu {len(reading.lacks)} điều. Mở phần “Chất lượng” để sửa, rồi gửi lại.")
    if (newest := newest_unit(unit_id)) and newest == reading.unit:
        raise Refused("Bản nháp không khác bản đang dùng: không có gì để duyệt.")
    draft.state, draft.note, draft.sent_at, draft.sent_by = DraftState.REVIEW.value, note, now, by
    db.session.flush()
    return draft


def give_back(unit_id: int, now: datetime) -> Draft:
    """Trả lại, or take back: the draft is written again."""
    draft = _draft(unit_id)
    draft.state = DraftState.WRITING.value
    db.session.flush()
    return draft


def note(unit_id: int, part: str, place: str, text: str, by: int, now: datetime) -> None:
    """Ghi chú của người duyệt at a place of the draft."""
    db.session.add(ReviewNote(unit_id=unit_id, part=part, place=place, text=text, made_at=now, made_by=by))


def done_with(unit_id: int, note_id: int, by: int, now: datetime) -> None:
    """Đã sửa theo ghi chú."""
    mine = sa.select(ReviewNote).filter_by(id=note_id, unit_id=unit_id, done_at=None)
    if found := db.session.scalar(mine.with_for_update()):
        found.done_at, found.done_by = now, by


def notes(unit_id: int) -> Sequence[ReviewNote]:
    """The notes on the draft as it is now, in the order of making; at most three hundred."""
    found = sa.select(ReviewNote).filter_by(unit_id=unit_id, unit_revision_id=None)
    return db.session.scalars(found.order_by(ReviewNote.id).limit(300)).all()


def newest_unit(unit_id: int) -> content.Unit | None:
    """What the newest revision says; None for a unit that was never published."""
    unit = db.session.get_one(Unit, unit_id)
    if unit.revision_id is None:
        return None
    return content.read_stored_unit(db.session.get_one(UnitRevision, unit.revision_id).body)


def publish(
    unit_id: int, seen: str, why: str, substance: bool, paths: Collection[str], by: int, now: datetime
) -> tuple[content.Unit | None, UnitRevision]:
    """Phát hành: the draft becomes the unit's next revision; what the unit was before, and the revision.

    ``seen`` is the digest of the draft that the reviewer has read. ``paths``: for a new unit, those that it enters.
    """
    draft = _draft(unit_id)
    body = drafts.body_of(draft)
    if drafting.digest(body) != seen:
        raise Refused("Bản nháp đã đổi từ khi đồng chí mở trang này. Xem lại bản mới rồi phát hành.")
    reading = drafts.reading(draft)
    if draft.state != DraftState.REVIEW or reading.unit is None:
        raise Refused("Bản nháp này chưa được gửi duyệt, hoặc vừa được lấy về để sửa.")
    before, unit = newest_unit(unit_id), db.session.get_one(Unit, unit_id)
    documents = {one.code: one for one in library_queries.documents()}
    stored = actions.unit_body(reading.unit, documents, pictures.media_of(body))
    actions.publish(unit, stored, Origin.TRAINER, draft.changed_by, why, now)
    revision = db.session.get_one(UnitRevision, unit.revision_id)
    revision.approved_by, revision.substance = by, substance
    _refuse_twin_number(unit, reading.unit)
    course = drafts.course_of(unit.course_id)
    if unit.key not in course.units and not any(path.key in paths for path in paths_to_enter(course)):
        raise Refused("Chọn ít nhất một lộ trình có bài này.")
    _enter_course(unit, reading.unit, paths, now, by, f"Bài “{reading.unit.title}”: {why}")
    mine = sa.update(ReviewNote).where(ReviewNote.unit_id == unit_id, ReviewNote.unit_revision_id.is_(None))
    db.session.execute(mine.values(unit_revision_id=revision.id))
    db.session.delete(draft)
    db.session.flush()
    return before, revision


def _refuse_twin_number(unit: Unit, value: content.Unit) -> None:
    """Two units of one number would be one to whoever reads a list, and no course that files can hold."""
    for other, head in drafts.published_heads(unit.course_id):
        if other != unit.id and head["number"] == value.number:
            raise Refused(f"Bài “{head['title']}” đang mang số {value.number}. Đổi số ở “Thông tin bài” rồi gửi lại.")


def go_back(unit_id: int, number: int, by: int, now: datetime) -> Draft:
    """Quay lại một bản: a draft that says what that revision said; it is reviewed like any other."""
    if drafts.draft_of(unit_id, lock=True) is not None:
        raise Refused("Bài đang có bản nháp. Phát hành hoặc bỏ bản nháp ấy trước khi quay lại bản cũ.")
    found = db.session.scalar(sa.select(UnitRevision).filter_by(unit_id=unit_id, number=number))
    if found is None:
        raise Refused("Không có phiên bản ấy.")
    draft = drafts.begin(unit_id, by, now)
    body = drafting.of_unit(content.read_stored_unit(found.body), found.body.get("media"))
    drafts.changed(draft, body, by, now)
    draft.note = f"Quay lại bản {number}"
    return draft


def undo(last: UnitRevision, by: int, now: datetime) -> tuple[UnitRevision, Draft]:
    """Hoàn tác: the unit says again what it said before ``last``, as its next revision; ``last`` becomes a draft again."""
    unit = db.session.get_one(Unit, last.unit_id)
    earlier = db.session.scalars(sa.select(UnitRevision).filter_by(unit_id=unit.id, number=last.number - 1)).one()
    actions.publish(unit, earlier.body, Origin(earlier.origin), earlier.made_by, f"Hoàn tác bản {last.number}", now)
    made = db.session.get_one(UnitRevision, unit.revision_id)
    made.approved_by = by
    _enter_course(unit, content.read_stored_unit(earlier.body), (), now, by, f"Hoàn tác bản {last.number} của bài")
    draft = drafts.begin(unit.id, last.made_by, now)
    drafts.changed(
        draft, drafting.of_unit(content.read_stored_unit(last.body), last.body.get("media")), last.made_by, now
    )
    draft.note = f"Bản {last.number}, đã hoàn tác"
    return made, draft


def _draft(unit_id: int) -> Draft:
    draft = drafts.draft_of(unit_id, lock=True)
    if draft is None:
        raise Refused("Bài không có bản nháp: bản nháp đã được phát hành hoặc đã bỏ.")
    return draft


# --- the course ------------------------------------------------------------------------------------------------


def _enter_course(unit: Unit, value: content.Unit, paths: Collection[str], now: datetime, by: int, why: str) -> None:
    """A new unit stands before the final, in the course and in the paths named; what counts is told anew."""
    course = db.session.scalars(sa.select(Course).filter_by(id=unit.course_id).with_for_update()).one()
    newest = drafts.course_of(course.id)
    if value.task and value.task not in {task.key for task in newest.tasks}:
        raise Refused(
            "Nhiệm vụ của bài không còn trong khóa học. Chọn nhiệm vụ khác ở “Thông tin bài” rồi gửi duyệt lại."
        )
    if unit.key in newest.units:
        paths = [path.key for path in newest.paths if unit.key in path.units]
    if value.final and newest.final not in (None, unit.key):
        raise Refused("Khóa học đã có bài kiểm tra tổng hợp. Ngừng dùng bài ấy trước khi phát hành bài này.")
    if not newest.paths:
        newest = _with_first_path(newest, value)
    others = [key for key in newest.ungraded if key != unit.key]
    changed = newest.model_copy(
        update={
            "units": _before_final(newest.units, unit.key, newest.final),
            "paths": tuple(
                path.model_copy(update={"units": _before_final(path.units, unit.key, newest.final)})
                if path.key in paths
                else path
                for path in newest.paths
            ),
            "ungraded": tuple(others if value.graded else [*others, unit.key]),
            "final": unit.key if value.final else newest.final,
        }
    )
    keep_course(course, changed, now, by, why)


FIRST_PATH = content.LearningPath.model_construct(key="toan-khoa", title="Toàn khóa", units=())


def paths_to_enter(course: content.Course) -> tuple[content.LearningPath, ...]:
    """The paths that a new unit may enter; of a course that has none yet the one that its first unit begins."""
    return course.paths or (FIRST_PATH,)


def _with_first_path(course: content.Course, value: content.Unit) -> content.Course:
    if value.final or not value.graded:
        raise Refused("Khóa học mới bắt đầu bằng một bài tính điểm. Phát hành bài ấy trước, rồi phát hành bài này.")
    return course.model_copy(update={"paths": (FIRST_PATH,)})


def _before_final(units: tuple[str, ...], key: str, final: str | None) -> tuple[str, ...]:
    if key in units:
        return units
    if final in units:
        place = units.index(final)
        return (*units[:place], key, *units[place:])
    return (*units, key)


def retire(unit_id: int, why: str, by: int, now: datetime) -> None:
    """Ngừng dùng bài: new campaigns have it no more; whoever is enrolled goes on with the course as it was."""
    unit = db.session.get_one(Unit, unit_id)
    course = db.session.scalars(sa.select(Course).filter_by(id=unit.course_id).with_for_update()).one()
    newest = drafts.course_of(course.id)
    if unit.key not in newest.units:
        raise Refused("Bài này đã ngừng dùng.")
    if newest.units == (unit.key,):
        raise Refused("Không ngừng được bài duy nhất của khóa học.")
    left = [path.model_copy(update={"units": _without(path.units, unit.key)}) for path in newest.paths]
    if any(not _without(path.units, newest.final) for path in left):
        raise Refused("Có lộ trình chỉ còn bài này. Thêm bài khác vào lộ trình ấy trước khi ngừng bài này.")
    update: dict[str, Any] = {"units": _without(newest.units, unit.key), "paths": tuple(left)}
    update["final"] = None if unit.key == newest.final else newest.final
    update["ungraded"] = _without(newest.ungraded, unit.key)
    title = value.title if (value := newest_unit(unit_id)) else unit.key
    keep_course(course, newest.model_copy(update=update), now, by, f"Ngừng dùng bài “{title}”: {why}")
    unit.retired_at = now
    library.unindex(f"unit/{unit.id}")


def paths_before(unit: Unit) -> list[content.LearningPath]:
    """The paths of today that had the unit when it was last in the course."""
    numbers = sa.select(CourseRevision.id).filter_by(course_id=unit.course_id).order_by(CourseRevision.number.desc())
    for revision_id in db.session.scalars(numbers).all():  # mostly the last but one; the bodies one by one
        body = db.session.get_one(CourseRevision, revision_id).body
        was = content.Course.model_validate(body["course"], extra="ignore")
        if unit.key in was.units:
            had = {path.key for path in was.paths if unit.key in path.units}
            return [path for path in drafts.course_of(unit.course_id).paths if path.key in had]
    return []


def use_again(unit_id: int, why: str, by: int, now: datetime) -> None:
    """Dùng lại bài đã ngừng, in the paths that had it; without one it waits in the course to be put into some."""
    unit = db.session.get_one(Unit, unit_id)
    value = newest_unit(unit_id)
    if value is None or unit.key in drafts.course_of(unit.course_id).units:
        raise Refused("Bài này đang dùng, hoặc chưa phát hành lần nào.")
    unit.retired_at = None
    had = [path.key for path in paths_before(unit)]
    _enter_course(unit, value, had, now, by, f"Dùng lại bài “{value.title}”: {why}")
    actions.index_unit(unit)


def _without(units: tuple[str, ...], key: str | None) -> tuple[str, ...]:
    return tuple(unit for unit in units if unit != key)


def keep_course(
    course: Course, value: content.Course, now: datetime, by: int | None = None, why: str | None = None
) -> None:
    """A new revision of a course, unless its body is the same as the last."""
    last = db.session.get(CourseRevision, course.revision_id) if course.revision_id else None
    checked = content.read_course(value.model_dump(mode="json"))
    body = {"format": content.FORMAT, "course": checked.model_dump(mode="json")}
    sha = library.digest(body)
    if last and sha == last.sha256:
        return
    number = last.number + 1 if last else 1
    made = CourseRevision(course_id=course.id, number=number, body=body, sha256=sha, made_at=now)
    made.made_by, made.why = by, why
    db.session.add(made)
    db.session.flush()
    course.revision_id = made.id
