"""Bộ nội dung over what people did in the browser: a course from files beside the one that there is."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from quizapp.courses.models import Course, CourseRevision, Origin, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import content
from quizapp.library import actions as library


def digest(value: content.Course) -> str:
    return library.digest({"format": content.FORMAT, "course": value.model_dump(mode="json")})


def with_what_people_did(value: content.Course, named: Collection[str]) -> tuple[content.Course, bool]:
    """A course from files; over one that was arranged in the browser only what is new in it: units, paths, tasks. And
    whether the files would have something else otherwise. ``named``: the tasks that the files' units and documents name.
    """
    row = db.session.scalar(sa.select(Course).filter_by(key=value.key))
    if row is None or row.arranged_at is None:
        return with_what_trainers_did(value), False
    body = db.session.get_one(CourseRevision, row.revision_id).body
    last = content.Course.model_validate(body["course"], extra="ignore")
    if row.files_sha256 == digest(value):
        return last, False
    known = set(db.session.scalars(sa.select(Unit.key).filter_by(course_id=row.id)))
    new = [key for key in value.units if key not in known]
    final = last.final or (value.final if value.final in new else None)
    units = _with(last.units, new, final)
    wanted = {path.key: path.units for path in value.paths}
    paths = [
        path.model_copy(update={"units": _with(path.units, [k for k in new if k in wanted.get(path.key, ())], final)})
        for path in last.paths
    ]
    ever = _ever(row.id, "paths"), _ever(row.id, "tasks")  # what was taken out in the browser does not come back
    paths += [path for path in value.paths if path.key not in ever[0] and set(path.units) <= set(units)]
    back = set(named) - {task.key for task in last.tasks}  # but for a task that a unit or a document would be without
    tasks = (*last.tasks, *(task for task in value.tasks if task.key not in ever[1] or task.key in back))
    ungraded = tuple(key for key in units if key in last.ungraded or (key in new and key in value.ungraded))
    update = {"units": units, "paths": tuple(paths), "tasks": tasks, "ungraded": ungraded, "final": final}
    merged = last.model_copy(update=update)
    return merged, _told(merged) != _told(value)


def _ever(course_id: int, what: str) -> set[str]:
    """The keys of all paths or tasks that a course has ever had."""
    bodies = db.session.scalars(sa.select(CourseRevision.body).filter_by(course_id=course_id))
    return {one["key"] for body in bodies for one in body["course"][what]}


def _told(value: content.Course) -> dict[str, Any]:
    return value.model_dump(mode="json", exclude={"ungraded", "final"})


def _with(units: tuple[str, ...], new: Iterable[str], final: str | None) -> tuple[str, ...]:
    """New units before the final."""
    together = (*units, *new)
    return (*(key for key in together if key != final), *(key for key in together if key == final))


def with_what_trainers_did(value: content.Course) -> content.Course:
    """A course from files, with the units and paths that trainers have added, without the units they have retired."""
    row = db.session.scalar(sa.select(Course).filter_by(key=value.key))
    if row is None or row.revision_id is None:
        return value
    body = db.session.get_one(CourseRevision, row.revision_id).body
    last = content.Course.model_validate(body["course"], extra="ignore")
    units = db.session.execute(
        sa.select(Unit.key, Unit.retired_at, UnitRevision.origin)
        .join(UnitRevision, UnitRevision.id == Unit.revision_id)
        .where(Unit.course_id == row.id)
    ).all()
    retired = {unit.key for unit in units if unit.retired_at}
    added = {unit.key for unit in units if unit.origin == Origin.TRAINER} - retired - set(value.units)
    final = value.final if value.final not in retired else None
    final = final or (last.final if last.final in added else None)
    paths = {path.key: path for path in last.paths}
    told = [
        path.model_copy(update={"units": _kept(path.units, paths.get(path.key), added, retired, final)})
        for path in value.paths
    ]
    known = {path.key for path in value.paths}
    left = set(value.units) | added
    told += [path for path in last.paths if path.key not in known and left.issuperset(path.units)]
    ungraded = (*value.ungraded, *(key for key in last.ungraded if key in added))
    update: dict[str, Any] = {"units": _kept(value.units, last, added, retired, final), "paths": tuple(told)}
    update["final"] = final
    update["ungraded"] = tuple(key for key in ungraded if key not in retired)
    return value.model_copy(update=update)


def _kept(
    units: tuple[str, ...],
    last: content.Course | content.LearningPath | None,
    added: Collection[str],
    retired: Collection[str],
    final: str | None,
) -> tuple[str, ...]:
    together = (*(key for key in units if key not in retired), *(last.units if last else ()))
    own = (key for key in together if key in units or key in added)
    return _with(tuple(dict.fromkeys(own)), (), final)
