"""Soạn: a file of questions on its way in."""

import io

import pytest

from quizapp.commands import HANDLERS
from quizapp.courses.models import Unit
from quizapp.database import db
from quizapp.jobs.tasks import do_jobs


@pytest.fixture
def work(app):
    """Let the work process do what waits."""

    def run():
        with app.app_context():
            do_jobs(HANDLERS)
            db.session.remove()

    return run


@pytest.fixture
def unit(app):
    """Id of bài 8."""
    with app.app_context():
        return db.session.scalars(db.select(Unit.id).filter_by(key="bai-8")).one()


@pytest.fixture
def hand_in(visit, work, unit):
    """Hand a file in and let it be read: (who, the address of the upload)."""

    def run(data, name="cau-hoi.gift", **more):
        who = visit("baocaovien")
        who.get("/soan/nhap")
        sent = {"tep": (io.BytesIO(data if isinstance(data, bytes) else data.encode()), name), "bai": str(unit), **more}
        address = who.post("/soan/nhap", sent, content_type="multipart/form-data").location
        work()
        return who, address

    return run
