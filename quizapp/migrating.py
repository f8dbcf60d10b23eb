"""Bringing a database to this version: a copy first, one process at a time, a newer one left alone."""

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from quizapp.config import BadSetting, Settings
from quizapp.database import Base, db

LOCK = 1248_144  # advisory lock of PostgreSQL: two nodes that start together migrate once


def folder(name: str) -> Path:
    """``migrations`` or ``content``: inside the wheel, else beside the package in the source tree."""
    inside = Path(__file__).parent / f"_{name}"
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


def alembic_config() -> Config:
    """Alembic's settings, without a file of their own."""
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(settings: Settings, target: str = "head") -> bool:
    """Whether anything was to be done. BadSetting where the database is of a newer version or cannot be reached."""
    config = alembic_config()
    script = ScriptDirectory.from_config(config)
    current = revision()
    _refuse_newer(current, script)
    if current == script.get_current_head() and target == "head":
        return False
    if settings.sqlite and current is not None:
        _copy(settings)
    with db.engines[None].begin() as connection:
        if not settings.sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        config.attributes["connection"] = connection
        config.attributes["metadata"] = Base.metadata
        command.upgrade(config, target)
    return True


def revision() -> str | None:
    """The database's revision; None where it is empty. BadSetting where it cannot be reached."""
    try:
        with db.engines[None].connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except sa.exc.DatabaseError as error:  # refused, no such database, a file that is none
        reason = str(error.orig).strip().splitlines()[0]
        raise BadSetting(f"Không mở được cơ sở dữ liệu: {reason}. Xem lại QUIZAPP_DATABASE_URL.") from None


def known_revisions() -> list[str]:
    """Every revision that this version knows, the newest first."""
    script = ScriptDirectory.from_config(alembic_config())
    return [one.revision for one in script.walk_revisions()]


def check_current(settings: Settings) -> None:
    """BadSetting unless the database is there and of this very version: for commands that only look."""
    file = Path(db.engines[None].url.database or "")
    there = not settings.sqlite or file.exists()
    current = revision() if there else None
    script = ScriptDirectory.from_config(alembic_config())
    _refuse_newer(current, script)
    if current is None:
        raise BadSetting("Chưa có dữ liệu ở đây. Xem lại QUIZAPP_DATA, hoặc chạy “quizapp run” trước.")
    if current != script.get_current_head():
        raise BadSetting("Cơ sở dữ liệu thuộc phiên bản cũ. Chạy “quizapp run” một lần để nâng cấp rồi làm lại.")


def _refuse_newer(current: str | None, script: ScriptDirectory) -> None:
    if current is not None and current not in {one.revision for one in script.walk_revisions()}:
        raise BadSetting(
            f"Cơ sở dữ liệu thuộc một phiên bản mới hơn ({current}). Cài phiên bản mới của quizapp rồi chạy lại; "
            "dữ liệu chưa bị thay đổi."
        )


def _copy(settings: Settings) -> None:
    """A copy of the database as it was, beside it."""
    source = Path(db.engines[None].url.database or "")
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    copies = settings.data / "copies"
    copies.mkdir(exist_ok=True)
    part = copies / f"quizapp-{stamp}.db.part"
    with sqlite3.connect(source) as old, sqlite3.connect(part) as new:
        old.backup(new)
    new.close()
    old.close()
    shutil.move(part, part.with_suffix(""))
