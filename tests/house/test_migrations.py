"""The migrations make what the models say, and can be taken back, on both databases."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from quizapp import backup  # noqa: F401 - it knows every table
from quizapp.database import Base, db
from quizapp.migrating import alembic_config, known_revisions


def run(move, target):
    config = alembic_config()
    with db.engines[None].begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = Base.metadata
        move(config, target)


def differences():
    with db.engines[None].connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return compare_metadata(context, Base.metadata)


def test_models_and_migrations_agree_there_and_back(app):
    with app.app_context():
        assert differences() == []
        for revision in known_revisions()[1:]:
            run(command.downgrade, revision)
        run(command.upgrade, "head")
        assert differences() == []
