"""What the database promises to every page: a reader cannot write, and nobody keeps a connection."""

import pytest
import sqlalchemy as sa

from quizapp.attempts import actions as attempts
from quizapp.attempts.actions import _seen_once_more
from quizapp.attempts.models import ReviewItem
from quizapp.clock import now
from quizapp.courses import queries as courses
from quizapp.courses.models import Course, Unit
from quizapp.database import TOGETHER, db, dialect, execute, execute_alone, stay_in_one_moment


def test_a_get_cannot_write(app):
    with app.test_request_context("/"), pytest.raises((sa.exc.OperationalError, sa.exc.InternalError)):
        db.session.execute(sa.insert(Course).values(key="khong-duoc"))


def test_a_get_cannot_write_on_the_driver_either_and_its_connection_serves_the_next(app, office):
    with app.app_context():
        with app.test_request_context("/"):
            unit = courses.taught(courses.newest("cv-1248", "bai-8").revision_id)
            with pytest.raises((sa.exc.OperationalError, sa.exc.InternalError)):
                attempts.start(office["hocvien"], unit, now())
        with app.test_request_context("/", method="POST"):
            attempts.start(office["hocvien"], unit, now())
        with app.test_request_context("/"):
            assert courses.newest("cv-1248", "bai-8").revision_id == unit.revision_id


def idle(app):
    kept = {name: app.extensions[name] for name in ("readers", "writers", "alone")}
    return {name: len(connections) for name, connections in kept.items() if connections is not None}


def test_a_request_ends_its_transaction_and_leaves_its_connection_to_the_next(app, site):
    site.close()  # nobody has asked for anything yet
    with app.app_context():  # outlives the request, as a command's does
        for _ in range(2):
            with app.test_request_context("/"):
                db.session.execute(sa.select(Course.id)).all()
                assert idle(app)["readers"] == 0
            assert idle(app)["readers"] == 1
        assert [engine.pool.checkedout() for engine in db.engines.values()] == [0, 1]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_broken_connection_is_not_used_again(app, method):
    with app.app_context():
        for _ in range(2):  # the second finds the place of a writer free
            with app.test_request_context("/", method=method):
                db.session.connection().invalidate()
        with app.test_request_context("/", method=method):
            assert db.session.scalars(sa.select(Course.id)).all()
        for engine in db.engines.values():
            engine.dispose()
        assert not any(idle(app).values())


def test_a_broken_connection_takes_along_what_its_engine_keeps_for_others(app, office):
    with app.app_context():
        unit = db.session.scalars(sa.select(Unit.id)).first()
        db.session.rollback()
        for _ in range(2):
            with app.test_request_context("/", method="POST"):
                execute_alone(_seen_once_more(), begin_review(office, unit))
                db.session.connection()
        assert idle(app).get("alone", 1) == idle(app)["writers"] == 1
        with app.test_request_context("/", method="POST"):
            db.session.connection().invalidate()
        assert idle(app).get("alone", 0) == idle(app)["writers"] == 0


def rename_course(to: str) -> None:
    """As another process would, between two statements of a reader."""
    with db.engines[None].begin() as other:
        other.execute(sa.update(Course).values(key=to))


def test_each_statement_of_a_page_sees_what_is_committed_by_then(app):
    """On the driver and through the session, on both databases."""
    with app.app_context(), app.test_request_context("/"):
        assert courses.newest("cv-1248", "bai-8") is not None
        rename_course("khac")
        assert courses.newest("cv-1248", "bai-8") is None
        assert db.session.scalars(sa.select(Course.key)).all() == ["khac"]


def test_who_stays_in_one_moment_sees_nothing_that_is_committed_later(app):
    with app.app_context():
        with app.test_request_context("/"):
            stay_in_one_moment()
            before = courses.newest("cv-1248", "bai-8")
            rename_course("khac")
            assert courses.newest("cv-1248", "bai-8") == before
            assert db.session.scalars(sa.select(Course.key)).all() == ["cv-1248"]
        with app.test_request_context("/"):
            assert courses.newest("cv-1248", "bai-8") is None


def begin_review(office, unit, key="cau-1"):
    return {"person_id": office["hocvien"], "unit_id": unit, "question": key, "seen": 1, "missed": 0}


def reviewed():
    """What another connection sees."""
    with db.engines["read"].connect() as other:
        return other.execute(sa.select(ReviewItem.question, ReviewItem.seen)).all()


def test_what_stands_alone_is_kept_on_postgresql_at_once_and_on_sqlite_with_the_request(app, office):
    with app.app_context():
        unit = db.session.scalars(sa.select(Unit.id)).first()
        db.session.rollback()
        with app.test_request_context("/", method="POST"):
            assert execute_alone(_seen_once_more(), begin_review(office, unit)).rowcount == 1
            assert reviewed() == ([("cau-1", 1)] if dialect() == "postgresql" else [])
            app.process_response(app.make_response("xong"))
        assert reviewed() == [("cau-1", 1)]
        with app.test_request_context("/", method="POST"):
            execute(_seen_once_more(), begin_review(office, unit))  # a transaction, which nobody ends well
        assert reviewed() == [("cau-1", 1)]


def test_what_could_stand_alone_joins_what_has_begun(app, office):
    with app.app_context():
        unit = db.session.scalars(sa.select(Unit.id)).first()
        db.session.rollback()
        with app.test_request_context("/", method="POST"):
            execute(_seen_once_more(), begin_review(office, unit))
            execute_alone(_seen_once_more(), begin_review(office, unit))
        assert reviewed() == []


def test_a_refused_statement_that_stood_alone_leaves_the_place_of_a_writer_free(app, office):
    with app.app_context():
        unit = db.session.scalars(sa.select(Unit.id)).first()
        db.session.rollback()
        for _ in range(2):
            with app.test_request_context("/", method="POST"), pytest.raises(sa.exc.IntegrityError):
                execute_alone(_seen_once_more(), begin_review(office, unit) | {"person_id": 0})
        with app.test_request_context("/", method="POST"):
            execute_alone(_seen_once_more(), begin_review(office, unit))
            app.process_response(app.make_response("xong"))
        assert reviewed() == [("cau-1", 1)]
        assert idle(app).get("alone", 1) == 1
        for engine in db.engines.values():
            engine.dispose()
        assert not any(idle(app).values())


@pytest.mark.parametrize("count", [1, 2, TOGETHER, TOGETHER + 1])
def test_rows_go_in_together_few_or_many_one_statement_each_time(app, office, statements, count):
    """Twice, for what is there already is counted up; in the order of the rows' own names, whatever comes first."""
    rows = [{"question": f"cau-{n}", "seen": 1, "missed": 0} for n in range(count)]
    with app.app_context(), app.test_request_context("/", method="POST"):
        unit = db.session.scalars(sa.select(Unit.id)).first()
        for times in (1, 2):
            with statements() as counted:
                execute(_seen_once_more(), [row | {"person_id": office["hocvien"], "unit_id": unit} for row in rows])
            assert len(counted) == 1
            kept = db.session.execute(sa.select(ReviewItem.question, ReviewItem.seen, ReviewItem.missed)).all()
            assert sorted(kept) == sorted((f"cau-{n}", times, 0) for n in range(count))
