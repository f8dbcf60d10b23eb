"""What the database promises to every page: a reader cannot write, and nobody keeps a connection."""

import pytest
import sqlalchemy as sa

from quizapp.courses.models import Course
from quizapp.database import db


def test_a_get_cannot_write(app):
    with app.test_request_context("/"), pytest.raises((sa.exc.OperationalError, sa.exc.InternalError)):
        db.session.execute(sa.insert(Course).values(key="khong-duoc"))


def test_a_request_gives_its_connection_back_at_its_own_end(app):
    with app.app_context():  # outlives the request, as a command's does
        with app.test_request_context("/"):
            db.session.execute(sa.select(Course.id)).all()
        assert [engine.pool.checkedout() for engine in db.engines.values()] == [0, 0]
