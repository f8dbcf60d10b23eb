"""Khóa học: begun in the browser, and arranged there: name, document, tasks, the order of its units, paths."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.accounts.models import Person
from quizapp.courses import coverage, drafts, publishing, queries
from quizapp.courses.models import Course, CourseRevision, Draft, Unit
from quizapp.database import db
from quizapp.domain import content
from quizapp.domain.vietnamese import slug
from quizapp.library import actions as library
from quizapp.library import drafts as document_drafts
from quizapp.library import queries as documents
from quizapp.web.refused import Refused

STALE = "Khóa học vừa được người khác sửa, nên chưa lưu. Mở lại trang để thấy bản mới rồi sửa tiếp."


@dataclass(frozen=True)
class Plan:
    """What somebody wants of a course: the code of its own document, (key, name, title) of each task, the units without
    the final, in order, and (key, title, units) of each path, in its order. What is new has no key; what is left out is
    taken out.
    """

    title: str
    document: str
    tasks: Sequence[tuple[str, str, str]]
    units: Sequence[str]
    paths: Sequence[tuple[str, str, Sequence[str]]]


def digest(course: content.Course) -> str:
    """Twelve letters that change with the course: from which one a page started."""
    return library.digest(course.model_dump(mode="json"))[:12]


def arranged(course: content.Course, plan: Plan, taken: Collection[str] = ()) -> content.Course:
    """The course as it is wanted; the final stays last. Refused for a path in which nothing counts.

    ``taken``: keys that no new task may have, those of other courses: documents name their task by key alone.
    """
    order = (*plan.units, *(key for key in course.units if key == course.final))
    ungraded = tuple(unit for unit in order if unit in course.ungraded)
    update = {"title": plan.title, "document": plan.document, "units": order, "ungraded": ungraded}
    tasks = with_keys(plan.tasks, {*taken, *(task.key for task in course.tasks)})
    return course.model_copy(update=update | {"tasks": tasks, "paths": _paths(course, plan)})


def with_keys(tasks: Sequence[tuple[str, str, str]], taken: set[str]) -> tuple[content.Task, ...]:
    """Tasks from (key, name, title); one without a key gets one that is not ``taken``."""
    if not tasks:
        raise Refused("Khóa học cần ít nhất một nhiệm vụ.")
    found = []
    for key, name, title in tasks:
        key = key or fresh(slug(name)[:40].strip("-") or "nhiem-vu", taken)
        taken.add(key)
        found.append(content.Task(key=key, name=name, title=title))
    return tuple(found)


def _paths(course: content.Course, plan: Plan) -> tuple[content.LearningPath, ...]:
    if course.units and not plan.paths:
        raise Refused("Khóa học cần ít nhất một lộ trình.")
    taken, found = {path.key for path in course.paths}, []
    for key, title, wanted in plan.paths:
        units = (*(unit for unit in wanted if unit != course.final), *(unit for unit in wanted if unit == course.final))
        if not any(unit != course.final and unit not in course.ungraded for unit in units):
            raise Refused(f"Lộ trình “{title}” chưa có bài nào tính điểm. Chọn ít nhất một bài.")
        key = key or fresh(f"lo-trinh-{slug(title)[:40].strip('-') or 'moi'}", taken)
        taken.add(key)
        found.append(content.LearningPath(key=key, title=title, units=units))
    return tuple(found)


def fresh(wanted: str, taken: Collection[str]) -> str:
    """The key, or that key with the first number that is free."""
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)


@dataclass(frozen=True)
class Held:
    """What cannot be taken out of a course: its paths and tasks by key, each with the reason in words."""

    paths: Mapping[str, str]
    tasks: Mapping[str, str]


def held(course_id: int, campaigns: Collection[str]) -> Held:
    """What leans on a course's paths and tasks now; ``campaigns``: the keys of the paths that campaigns have been opened on."""
    first = reversed([*_leaning(course_id)])  # of several reasons the first is told: a unit before a document
    return Held(dict.fromkeys(campaigns, "đã có đợt học theo lộ trình này"), dict(first))


def _leaning(course_id: int) -> Iterator[tuple[str, str]]:
    """(a task, why it stays) for every unit and document that names it, in use or not, published or being written."""
    units = [queries.taught(row.revision_id).unit for row in queries.unit_rows(course_id)]
    for unit in sorted(units, key=lambda unit: (unit.final, unit.number)):
        yield from ((task, f"có bài “{unit.title}”") for task in coverage.tasks_of(unit))
    begun = sa.select(Draft.body).join(Unit, Unit.id == Draft.unit_id).where(Unit.course_id == course_id)
    for body in db.session.scalars(begun):
        yield body["head"].get("task") or "", "có bài đang soạn"
    for document in documents.documents():
        yield document.task or "", f"có văn bản {document.name}"
    for draft in document_drafts.all_drafts().values():
        yield draft.body["document"].get("task") or "", "có văn bản đang soạn"


def _check_gone(before: content.Course, after: content.Course, kept: Held) -> None:
    left = {path.key for path in after.paths}, {task.key for task in after.tasks}
    for path in before.paths:
        if path.key not in left[0] and (why := kept.paths.get(path.key)):
            raise Refused(f"Không bỏ được lộ trình “{path.title}”: {why}.")
    for task in before.tasks:
        if task.key not in left[1] and (why := kept.tasks.get(task.key)):
            raise Refused(f"Không bỏ được nhiệm vụ “{task.name}”: {why}.")


def keep(
    course_id: int, seen: str, plan: Plan, why: str, by: int, now: datetime, campaigns: Callable[[int], Collection[str]]
) -> bool:
    """Lưu khóa học as a new revision, where it is another than the page has shown; whether there is one.

    Whoever is enrolled goes on with the course as it was. ``campaigns`` gives the paths of a course that campaigns have
    been opened on; it is asked when nobody can open one any more.
    """
    row = db.session.scalars(sa.select(Course).filter_by(id=course_id).with_for_update()).one()
    newest = drafts.course_of(course_id)
    if digest(newest) != seen:
        raise Refused(STALE)
    if plan.document != newest.document and plan.document not in {one.code for one in documents.documents()}:
        raise Refused("Văn bản của khóa học không còn trong thư viện. Chọn văn bản khác.")
    wanted = arranged(newest, plan, task_keys())
    _check_gone(newest, wanted, held(course_id, campaigns(course_id)))
    if wanted == newest:
        return False
    publishing.keep_course(row, wanted, now, by, why)
    row.arranged_at = now
    library.name_tasks(wanted.task_words())
    library.place_by_tasks(wanted.document, [task.key for task in wanted.tasks], newest.document)
    return True


def task_keys() -> set[str]:
    """The keys of all tasks of all courses."""
    return {task.key for value in queries.course_values() for task in value.tasks}


@dataclass(frozen=True)
class Made:
    """A revision of a course as the page lists it; ``by`` None: the content files, or a unit that came or went."""

    number: int
    made_at: datetime
    by: str | None
    why: str | None


def history(course_id: int) -> list[Made]:
    """A course's revisions, newest first; at most twenty."""
    it = CourseRevision
    rows = sa.select(it.number, it.made_at, Person.name, it.why).outerjoin(Person, Person.id == it.made_by)
    mine = rows.where(it.course_id == course_id).order_by(it.number.desc()).limit(20)
    return [Made(*row) for row in db.session.execute(mine)]
