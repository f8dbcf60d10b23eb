"""Khóa học: revisions as values, from a cache of this process: a revision never changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa

from quizapp.courses.models import Course, CourseRevision, Draft, QuestionReport, StoppedQuestion, Unit, UnitRevision
from quizapp.database import db, execute, on_driver, table
from quizapp.domain import attempts, content, pictures

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Taught:
    """A revision of a unit as it is taught: the unit, its questions by key, the provisions as they stood."""

    revision_id: int
    unit_id: int
    number: int
    unit: content.Unit
    questions: Mapping[str, Any]
    provisions: Mapping[str, Mapping[str, Any]]
    media: Mapping[str, pictures.Kept]
    shown: content.Unit  # the unit with the address of each picture in the place of its name; `questions` are of it


@lru_cache(maxsize=256)
def taught(revision_id: int) -> Taught:
    """The unit revision of that id. KeyError-free: ids come from our own rows."""
    row = db.session.execute(
        sa.select(UnitRevision.unit_id, UnitRevision.number, UnitRevision.body).filter_by(id=revision_id)
    ).one()
    unit = content.read_stored_unit(row.body)
    media = pictures.media_of(row.body)
    shown = with_pictures(unit, media)
    told = (attempts.asked(shown), row.body["provisions"], media, shown)
    return Taught(revision_id, row.unit_id, row.number, unit, *told)


def with_pictures(unit: content.Unit, media: Mapping[str, pictures.Kept]) -> content.Unit:
    """The unit as it is shown: each picture by its address."""
    return content.Unit.model_validate(pictures.placed(unit.model_dump(mode="json"), media)) if media else unit


@lru_cache(maxsize=64)
def course_value(revision_id: int) -> content.Course:
    """The course revision of that id."""
    body = db.session.scalar(sa.select(CourseRevision.body).filter_by(id=revision_id))
    return content.Course.model_validate(body["course"], extra="ignore")  # type: ignore[index]


def forget_cached() -> None:
    """Between databases (tests); within one, revisions never change."""
    for cached in (taught, course_value, course_id_of, address_of):
        cached.cache_clear()


@dataclass(frozen=True)
class UnitRow:
    """A unit of a course, with its newest revision."""

    unit_id: int
    key: str
    revision_id: int


def newest(course_key: str, unit_key: str) -> UnitRow | None:
    """The unit of a course by keys, or None."""
    row = execute(_newest(), {"course": course_key, "unit": unit_key}).one_or_none()
    return None if row is None else UnitRow(row.id, row.key, row.revision_id)


@on_driver
def _newest() -> Any:
    course, unit = table(Course), table(Unit)
    named = course.c.key == sa.bindparam("course"), unit.c.key == sa.bindparam("unit")
    found = sa.select(unit.c.id, unit.c.key, unit.c.revision_id).join(course, course.c.id == unit.c.course_id)
    return found.where(*named, unit.c.revision_id.is_not(None))


def unit_rows(course_id: int) -> Sequence[UnitRow]:
    """Every unit of a course that has a revision."""
    rows = db.session.execute(
        sa.select(Unit.id, Unit.key, Unit.revision_id).where(Unit.course_id == course_id, Unit.revision_id.is_not(None))
    )
    return [UnitRow(row.id, row.key, row.revision_id) for row in rows]


def courses() -> Sequence[Course]:
    """Every course."""
    return db.session.scalars(sa.select(Course).order_by(Course.id)).all()


def course_values() -> Sequence[content.Course]:
    """The newest revision of every course."""
    return [course_value(row.revision_id) for row in courses() if row.revision_id is not None]


def titles() -> dict[int, str]:
    """The title of every course that has a revision, by its id."""
    return {row.id: course_value(row.revision_id).title for row in courses() if row.revision_id is not None}


def by_course(units: Iterable[Choice], unit_id: Callable[[Choice], int]) -> list[tuple[str | None, list[Choice]]]:
    """Units to choose from under the title of their course; under None where there is one course alone."""
    found: dict[int, list[Choice]] = {}
    for one in units:
        found.setdefault(course_id_of(unit_id(one)), []).append(one)
    names = titles() if len(found) > 1 else {}
    return [(names.get(course), found[course]) for course in sorted(found)]


def task_words() -> dict[str, str]:
    """The tasks of every course by key, in the words in which the library names them."""
    return {key: words for course in course_values() for key, words in course.task_words().items()}


def revisions(unit_id: int) -> Sequence[UnitRevision]:
    """A unit's revisions, newest first, without their bodies; at most fifty."""
    listed = sa.select(UnitRevision).filter_by(unit_id=unit_id).options(sa.orm.defer(UnitRevision.body))
    return db.session.scalars(listed.order_by(UnitRevision.number.desc()).limit(50)).all()


def stopped(unit_id: int) -> Sequence[StoppedQuestion]:
    """A unit's stopped questions."""
    return db.session.scalars(sa.select(StoppedQuestion).filter_by(unit_id=unit_id)).all()


def stopped_keys(unit_id: int) -> frozenset[str]:
    """The keys of a unit's stopped questions."""
    return frozenset(execute(_stopped_keys(), {"unit": unit_id}).scalars())


@on_driver
def _stopped_keys() -> Any:
    stopped = table(StoppedQuestion).c
    return sa.select(stopped.question).where(stopped.unit_id == sa.bindparam("unit"))


def open_reports() -> Sequence[tuple[QuestionReport, int, str]]:
    """Reports that wait for an answer, oldest first, with the unit's id and key; at most two hundred."""
    rows = db.session.execute(
        sa.select(QuestionReport, Unit.id, Unit.key)
        .join(UnitRevision, UnitRevision.id == QuestionReport.unit_revision_id)
        .join(Unit, Unit.id == UnitRevision.unit_id)
        .where(QuestionReport.answered_at.is_(None))
        .order_by(QuestionReport.at)
        .limit(200)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def reports_by(person_id: int) -> Sequence[QuestionReport]:
    """What a person has reported, newest first."""
    mine = sa.select(QuestionReport).filter_by(person_id=person_id)
    return db.session.scalars(mine.order_by(QuestionReport.at.desc()).limit(50)).all()


def drafts() -> Sequence[tuple[Draft, str]]:
    """Drafts with their unit's key."""
    rows = db.session.execute(sa.select(Draft, Unit.key).join(Unit, Unit.id == Draft.unit_id).order_by(Unit.key))
    return [(row[0], row[1]) for row in rows]


def course_id(key: str) -> int | None:
    """The course of that key."""
    return db.session.scalar(sa.select(Course.id).filter_by(key=key))


@lru_cache(maxsize=1024)
def course_id_of(unit_id: int) -> int:
    """The course of a unit, which never changes."""
    return db.session.scalars(sa.select(Unit.course_id).filter_by(id=unit_id)).one()


@lru_cache(maxsize=1024)
def address_of(unit_id: int) -> tuple[str, str]:
    """The keys of a unit's course and of the unit, which never change."""
    row = db.session.execute(
        sa.select(Course.key, Unit.key).join(Unit, Unit.course_id == Course.id).where(Unit.id == unit_id)
    ).one()
    return row[0], row[1]
