"""Khóa học mới: begun in the browser with its own document and its tasks; given up again while it has no units."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from quizapp.courses import arranging, publishing, queries
from quizapp.courses.models import Course, CourseRevision, Unit
from quizapp.database import db
from quizapp.domain import content
from quizapp.domain.vietnamese import plain, slug
from quizapp.library import actions as library
from quizapp.library import queries as documents
from quizapp.web.refused import Refused


def begin(title: str, document: str, tasks: Sequence[tuple[str, str]], by: int, now: datetime) -> str:
    """Thêm khóa học, with (name, title) of each task; its key. It has no units yet, so nobody can be asked to study it.

    Refused for a title that another course has, and for a document that the library does not have.
    """
    db.session.execute(sa.select(Course.id).with_for_update()).all()  # of two at once the second sees the first's
    if plain(title) in {plain(one.title) for one in queries.course_values()}:
        raise Refused(f"Đã có khóa học tên “{title}”. Ghi tên khác.")
    if document not in {one.code for one in documents.documents()}:
        raise Refused("Văn bản này không còn trong thư viện. Chọn văn bản khác.")
    key = arranging.fresh(slug(title)[:40].strip("-") or "khoa-hoc", {row.key for row in queries.courses()})
    keyed = arranging.with_keys([("", *task) for task in tasks], arranging.task_keys())
    row = Course(key=key, arranged_at=now)
    db.session.add(row)
    db.session.flush()
    value = content.Course(key=key, title=title, document=document, tasks=keyed, units=(), paths=())
    publishing.keep_course(row, value, now, by, "Khóa học mới")
    library.name_tasks(value.task_words())
    return key


def may_give_up(course_id: int) -> bool:
    """Whether the course has never had a unit, written or only begun."""
    return db.session.scalar(sa.select(Unit.id).filter_by(course_id=course_id).limit(1)) is None


def give_up(course_id: int) -> None:
    """Bỏ khóa học that never had a unit: it is gone."""
    db.session.scalars(sa.select(Course).filter_by(id=course_id).with_for_update()).one()
    if not may_give_up(course_id):
        raise Refused("Khóa học đã có bài, nên không bỏ được. Bài chưa phát hành thì bỏ bản nháp trước.")
    db.session.execute(sa.delete(CourseRevision).filter_by(course_id=course_id))
    db.session.execute(sa.delete(Course).filter_by(id=course_id))
