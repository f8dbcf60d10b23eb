"""Việc nền: done once, with progress, by whoever is alive; opened by its owner alone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from quizapp.clock import now
from quizapp.database import db
from quizapp.files import actions as files
from quizapp.files.models import StoredFile
from quizapp.jobs import actions
from quizapp.jobs.actions import BROKEN, Done
from quizapp.jobs.models import Job
from quizapp.jobs.tasks import do_jobs, sweep_jobs
from quizapp.organisation.models import Body
from quizapp.web.refused import Refused


@pytest.fixture
def asked(app, office):
    """``asked(kind)``: a job of "quantri"; its code."""

    def ask(kind="dem", **given):
        with app.app_context():
            job = actions.add(kind, "Đang đếm", office["quantri"], now(), given)
            db.session.commit()
            return job.code

    return ask


@pytest.fixture
def job(app):
    def read(code):
        with app.app_context():
            return db.session.scalars(sa.select(Job).filter_by(code=code)).one()

    return read


def work(app, **handlers):
    with app.app_context():
        do_jobs(handlers)


def test_a_job_is_done_once_and_its_file_opens_to_its_owner_alone(app, asked, job, visit):
    code = asked(n=3)
    visitor = visit("quantri")
    page = visitor.get(f"/viec/{code}")
    assert "Đang chờ đến lượt" in page.text
    assert page.response.headers["Refresh"] == "3"
    stopped = visitor.get(f"/viec/{code}?dung=1")
    assert "Refresh" not in stopped.response.headers
    seen = []

    def count(running):
        seen.append(running.input["n"])
        running.tell(1, 3)
        with app.app_context():
            assert "Đã xử lý 1 trên 3" in visitor.get(f"/viec/{code}").text
        return Done({"words": "Đã đếm xong."}, b"abc", "đếm.txt", "text/plain")

    work(app, dem=count)
    work(app, dem=count)
    assert seen == [3]
    page = visitor.get(f"/viec/{code}")
    assert "Đã đếm xong." in page.text
    assert "Refresh" not in page.response.headers
    assert visitor.client.get(f"/viec/{code}/tep").get_data() == b"abc"
    for login in ("lanhdao", "baocaovien"):
        visit(login).get(f"/viec/{code}", status=404)
        visit(login).get(f"/viec/{code}/tep", status=404)
    visit("hocvien").get(f"/viec/{code}", status=403)


def test_what_a_failed_job_wrote_is_not_there(app, asked, job, visit, office):
    def rename(running):
        db.session.get_one(Body, office["tinh"]).name = "Tên hỏng"
        db.session.flush()
        raise Refused("Không làm được việc này.") if running.input["refused"] else ZeroDivisionError

    for refused, words in ((True, "Không làm được việc này."), (False, BROKEN)):
        code = asked("doi", refused=refused)
        work(app, doi=rename)
        assert (job(code).state, job(code).problem) == ("failed", words)
        assert words in visit("quantri").get(f"/viec/{code}").text
    with app.app_context():
        assert db.session.get_one(Body, office["tinh"]).name != "Tên hỏng"


def test_a_job_whose_doer_died_is_begun_anew_but_not_for_ever(app, asked, job):
    code = asked()
    for nth in range(1, 4):
        with app.app_context():
            assert actions.claim(now()).nth == nth
            assert actions.claim(now()) is None
            db.session.execute(sa.update(Job).values(beat_at=now() - actions.SILENT - timedelta(seconds=1)))
            db.session.commit()
    work(app, dem=lambda running: Done())
    assert (job(code).state, job(code).problem) == ("failed", BROKEN)


def test_whoever_was_given_up_for_dead_writes_nothing(app, asked, job, office):
    code = asked()

    def slow(running):
        db.session.get_one(Body, office["tinh"]).name = "Tên muộn"
        db.session.execute(sa.update(Job).values(tries=Job.tries + 1))  # somebody else has begun it meanwhile
        return Done()

    work(app, dem=slow)
    with app.app_context():
        assert db.session.get_one(Body, office["tinh"]).name != "Tên muộn"
    assert job(code).state == "running"


def test_a_kind_that_nobody_knows_fails_in_words(app, asked, job):
    code = asked("khong-ai-biet")
    work(app)
    assert job(code).problem == BROKEN


def test_done_jobs_lead_on_where_they_say_so(app, asked, visit):
    code = asked()
    work(app, dem=lambda running: Done({"address": "/quan-tri"}))
    assert visit("quantri").get(f"/viec/{code}", status=303).location == "/quan-tri"


def test_old_jobs_and_files_are_forgotten_and_files_in_use_are_not(app, asked, job, office):
    with app.app_context():
        used, free = files.keep(b"dung", now()), files.keep(b"thua", now())
        actions.add("dem", "Đang đếm", office["quantri"], now(), {}, used)
        db.session.execute(sa.update(StoredFile).values(kept_at=now() - files.KEEP - timedelta(days=1)))
        db.session.commit()
    old = asked()
    work(app, dem=lambda running: Done())
    with app.app_context():
        db.session.execute(
            sa.update(Job).where(Job.code == old).values(ended_at=now() - actions.KEEP - timedelta(days=1))
        )
        db.session.commit()
        sweep_jobs()
        assert set(db.session.scalars(sa.select(StoredFile.sha256))) == {used}
        assert free != used
        assert old not in set(db.session.scalars(sa.select(Job.code)))
