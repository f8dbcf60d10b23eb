"""Khóa học: its name, what its tasks are called, the order of its units and its paths, arranged in the browser."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.accounts.models import Person
from quizapp.courses import drafts, publishing
from quizapp.courses.models import Course, CourseRevision
from quizapp.database import db
from quizapp.domain import content
from quizapp.domain.vietnamese import slug
from quizapp.library import actions as library
from quizapp.web.refused import Refused


@dataclass(frozen=True)
class Plan:
    """What somebody wants of a course: the tasks' (name, title) as they stand, the units without the final, in order, and
    (key, title, units) of each path, a new one without key.
    """

    title: str
    tasks: Sequence[tuple[str, str]]
    units: Sequence[str]
    paths: Sequence[tuple[str, str, Collection[str]]]


def digest(course: content.Course) -> str:
    """Twelve letters that change with the course: from which one a page started."""
    return library.digest(course.model_dump(mode="json"))[:12]


def arranged(course: content.Course, plan: Plan) -> content.Course:
    """The course as it is wanted; the final stays last. Refused for a path in which nothing counts."""
    order = (*plan.units, *(key for key in course.units if key == course.final))
    paths: list[content.LearningPath] = []
    for key, title, wanted in plan.paths:
        units = tuple(unit for unit in order if unit in wanted)
        if not any(unit != course.final and unit not in course.ungraded for unit in units):
            raise Refused(f"Lộ trình “{title}” chưa có bài nào tính điểm. Chọn ít nhất một bài.")
        taken = {path.key for path in (*course.paths, *paths)}
        paths.append(content.LearningPath(key=key or _fresh(title, taken), title=title, units=units))
    told = zip(course.tasks, plan.tasks, strict=True)
    tasks = tuple(task.model_copy(update={"name": name, "title": title}) for task, (name, title) in told)
    ungraded = tuple(unit for unit in order if unit in course.ungraded)
    update = {"title": plan.title, "tasks": tasks, "units": order, "paths": tuple(paths), "ungraded": ungraded}
    return course.model_copy(update=update)


def _fresh(title: str, taken: Collection[str]) -> str:
    wanted = f"lo-trinh-{slug(title)[:40].strip('-') or 'moi'}"
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)


def keep(course_id: int, seen: str, plan: Plan, why: str, by: int, now: datetime) -> bool:
    """Lưu khóa học as a new revision, where it is another than the page has shown; whether there is one.

    Whoever is enrolled goes on with the course as it was.
    """
    row = db.session.scalars(sa.select(Course).filter_by(id=course_id).with_for_update()).one()
    newest = drafts.course_of(course_id)
    if digest(newest) != seen:
        raise Refused("Khóa học vừa được người khác sửa, nên chưa lưu. Mở lại trang để thấy bản mới rồi sửa tiếp.")
    wanted = arranged(newest, plan)
    if wanted == newest:
        return False
    publishing.keep_course(row, wanted, now, by, why)
    row.arranged_at = now
    library.name_tasks(wanted.task_words())
    return True


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
