"""Migrations: up from an older version with data in it, down again; the tables are those of the models."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from papers import fill, take

from quizapp import migrating
from quizapp.clock import now
from quizapp.commands import opened
from quizapp.courses import actions as courses
from quizapp.database import Base, db
from quizapp.library import queries as library
from quizapp.organisation.models import BodyPeriod
from quizapp.reports import answers_again
from quizapp.reports.models import ResultCount

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
OLD_BODY = """
INSERT INTO body (code, name, folded, kind, path, from_on)
VALUES ('goc', 'Đảng ủy Đường Sắt', 'dang uy duong sat', 'party', '1/', '2025-07-01')
"""
OLD_PERIOD = "INSERT INTO body_period (body_id, from_on, name, path) SELECT id, from_on, name, path FROM body"


def downgrade(target):
    config = migrating.alembic_config()
    with db.engines[None].begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = Base.metadata
        command.downgrade(config, target)


def found():
    total = library.find("nhũng nhiễu").total
    db.session.rollback()
    return total


def import_all(contents):
    done = courses.take_in(contents, now())
    db.session.commit()
    return done


@pytest.mark.parametrize("kind", KINDS)
def test_search_comes_and_goes_with_its_migration(databases, contents, kind):
    place = databases(kind)
    with opened(place.settings):
        migrating.migrate(place.settings)
        import_all(contents)
        before = found()
        downgrade("0001")
        with db.engines[None].begin() as connection:
            old = connection.execute(sa.text("SELECT anchor FROM provision WHERE folded LIKE '%nhung nhieu%'")).all()
            assert 0 < len(old) < before
            connection.execute(sa.text(OLD_BODY))
            connection.execute(sa.text(OLD_PERIOD))
        migrating.migrate(place.settings)
        assert db.session.scalars(sa.select(BodyPeriod.folded)).all() == ["dang uy duong sat"]
        assert found() == 0
        assert not import_all(contents).documents  # nothing is new, but what search finds is made again
        assert found() == before
        assert compare_metadata(MigrationContext.configure(db.session.connection()), Base.metadata) == []
        db.session.rollback()


def test_marks_of_older_attempts_come_with_their_migration(app, site, office):
    mark = sa.select(ResultCount.campaign_id, ResultCount.body_id, ResultCount.unit, ResultCount.own, ResultCount.n)
    mark = mark.filter_by(measure="mark").order_by(ResultCount.body_id, ResultCount.unit)
    with app.app_context():
        for login, unit in (("hocvien", "bai-6"), ("hocvien2", "bai-6"), ("hocvien3", "bai-8"), ("hocvien", "bai-6")):
            take(office[login], unit, lambda n, question: n % 3 != 0)
        fill()
        db.session.commit()
        before = db.session.execute(mark).all()
        assert {row.body_id for row in before} == {office[code] for code in ("tinh", "co-quan", "chi-bo-1", "chi-bo-2")}
        db.session.rollback()
        downgrade(ScriptDirectory.from_config(migrating.alembic_config()).get_revision("0016").down_revision)
        assert db.session.execute(mark).all() == []
        db.session.rollback()
        migrating.migrate(site.settings)
        assert db.session.execute(mark).all() == before
        assert [*answers_again.differences()] == []
        db.session.rollback()
