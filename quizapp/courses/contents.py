"""Bộ nội dung as the database has it: the newest revisions of every course, for writing them as files."""

from collections.abc import Sequence

import sqlalchemy as sa

from quizapp.courses import queries
from quizapp.courses.exchange import writing
from quizapp.courses.models import Course, CourseRevision
from quizapp.database import db
from quizapp.domain import content, pictures
from quizapp.domain.pictures import Kept
from quizapp.files import queries as kept_files
from quizapp.library import queries as library


def files() -> dict[str, str | bytes]:
    """Every course's files by path, <course>/...: its own documents and those of the library that no course names."""
    documents = {document.code: document for document in library.documents()}
    found: dict[str, str | bytes] = {}
    for course_id, value in _courses():
        rows = {row.key: row.revision_id for row in queries.unit_rows(course_id)}
        units, media = _with_names([queries.taught(rows[key]) for key in value.units])
        for name, text in writing.files_of(value, documents, units).items():
            found[f"{value.key}/{name}"] = text
        for name, kept in media.items():
            found[f"{value.key}/media/{name}"] = kept_files.picture(*kept.file.split(".")) or b""
    return found


def _with_names(taught: Sequence[queries.Taught]) -> tuple[dict[str, content.Unit], dict[str, Kept]]:
    """The units by key and their pictures by name; where two units call two pictures the same, the later gets a new name."""
    units: dict[str, content.Unit] = {}
    media: dict[str, Kept] = {}
    for one in taught:
        new = {name: f"{one.unit.key}-{name}" for name, kept in one.media.items() if media.get(name, kept) != kept}
        media |= {new.get(name, name): kept for name, kept in one.media.items()}
        data = pictures.renamed(one.unit.model_dump(mode="json"), new)
        units[one.unit.key] = content.Unit.model_validate(data) if new else one.unit
    return units, media


def _courses() -> list[tuple[int, content.Course]]:
    newest = sa.select(Course.id, CourseRevision.id).join(CourseRevision, CourseRevision.id == Course.revision_id)
    return [(row[0], queries.course_value(row[1])) for row in db.session.execute(newest.order_by(Course.id))]
