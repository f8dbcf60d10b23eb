"""Bộ nội dung as the database has it: the newest revisions of every course, for writing them as files."""

import sqlalchemy as sa

from quizapp.courses import queries
from quizapp.courses.exchange import writing
from quizapp.courses.models import Course, CourseRevision
from quizapp.database import db
from quizapp.domain import content
from quizapp.library import queries as library


def files() -> dict[str, str]:
    """Every course's files by path, <course>/...: its own documents and those of the library that no course names."""
    documents = {document.code: document for document in library.documents()}
    found: dict[str, str] = {}
    for course_id, value in _courses():
        rows = {row.key: row.revision_id for row in queries.unit_rows(course_id)}
        units = {key: queries.taught(rows[key]).unit for key in value.units}
        for name, text in writing.files_of(value, documents, units).items():
            found[f"{value.key}/{name}"] = text
    return found


def _courses() -> list[tuple[int, content.Course]]:
    newest = sa.select(Course.id, CourseRevision.id).join(CourseRevision, CourseRevision.id == Course.revision_id)
    return [(row[0], queries.course_value(row[1])) for row in db.session.execute(newest.order_by(Course.id))]
