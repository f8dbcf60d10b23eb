"""One application a database, a fresh copy of its data for each test; visitors; counted statements."""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from factories import build_office
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from pages import Visitor
from shipped import shipped
from stores import POSTGRESQL, Postgresql, Sqlite

from quizapp import create_app
from quizapp import site as site_settings
from quizapp.accounts import actions as accounts
from quizapp.accounts import queries as account_queries
from quizapp.accounts.models import Person
from quizapp.attempts import queries as attempt_queries
from quizapp.clock import end_of, now, today
from quizapp.config import Settings
from quizapp.courses import actions as courses
from quizapp.courses import queries as course_queries
from quizapp.courses.exchange.files import Contents
from quizapp.database import db
from quizapp.library import queries as library_queries
from quizapp.migrating import migrate

REQUIRED = os.environ.get("QUIZAPP_TEST_REQUIRED", "")  # what may not be skipped: "postgresql browser" in .ci/run
WHY_NOT = "no PostgreSQL: set QUIZAPP_TEST_POSTGRESQL to the address of a server one may make databases on"
UNITS = ("bai-0", "bai-6", "bai-8")
FINAL = "bai-11"
LAST_MOMENTS = 20  # seconds: longer than all but a few tests take

# The same examples on every run, and none that is too slow for a busy machine: a test fails for what has been changed. New
# examples are looked for on purpose, by `pytest --hypothesis-profile=search`.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")

# Containers often tell Python to keep nothing that it compiles; then each of some fifty processes would compile all of us.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Thousands of tests stand on what was imported and collected; looking through it for garbage took a fifth of the time.
gc.set_threshold(50_000, 20, 100)


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    if "postgresql" in REQUIRED and not POSTGRESQL:
        pytest.exit(WHY_NOT, returncode=3)


@pytest.fixture(autouse=True)
def _one_day() -> None:
    """Nearly every test asks for today more than once: none begins in a day's last moments."""
    left = (end_of(today()) - now()).total_seconds()
    if left < LAST_MOMENTS:
        time.sleep(left)


@pytest.fixture(scope="session")
def contents() -> Contents:
    """Three units of the real content and the final, with the whole library: every kind of question, quickly made.

    The path "day-du" has the three units; "ca-khoa" ends with the final.
    """
    whole = shipped()
    path = whole.course.paths[0].model_copy(update={"units": UNITS})
    ends = path.model_copy(update={"key": "ca-khoa", "title": "Cả khóa", "units": (*UNITS, FINAL)})
    course = whole.course.model_copy(update={"units": (*UNITS, FINAL), "paths": (path, ends)})
    return replace(whole, course=course, units={key: whole.units[key] for key in course.units})


class Site:
    """An application on one kind of database."""

    def __init__(self, kind: Any, folder: Path, worker: str, contents: Contents, compiled: Path):
        self.day = today()  # the office's dates are counted from it
        self.store = kind(folder, worker)
        self.settings = Settings(folder, self.store.url.replace("postgresql://", "postgresql+psycopg://"), "s" * 40)
        self.app = create_app(self.settings)
        self.app.testing = True
        self.app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
        with self.app.app_context():
            migrate(self.settings)
            courses.take_in(contents, now())
            self.office = build_office()
            db.session.commit()
        self.close()
        self.store.keep()

    def renew(self) -> None:
        """Undo what a test did, or else copy all data anew."""
        if not self.store.undo():
            self.close()
            self.store.renew()

    def rest(self) -> None:
        """After a test: one connection of each kind may wait for the next."""
        kept = [self.app.extensions[name] for name in ("writers", "readers")]
        with self.app.app_context():
            db.session.remove()
            pools = [engine.pool for engine in db.engines.values()]
        if self.store.stays and all(p.checkedout() == len(k) <= 1 for p, k in zip(pools, kept, strict=True)):
            self.forget()
        else:
            self.close()

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
        self.forget()

    def forget(self) -> None:
        """What this process remembers of the data."""
        for module in (course_queries, attempt_queries, library_queries):
            module.forget_cached()
        account_queries.recent.clear()
        site_settings.cache.clear()


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory, worker_id: str, contents: Contents) -> Iterator[dict[str, Site]]:
    made: dict[str, Site] = {}
    base = tmp_path_factory.getbasetemp()
    compiled = (base if worker_id == "master" else base.parent) / "templates"  # of all workers of this run
    compiled.mkdir(exist_ok=True)

    class Sites(dict[str, Site]):
        def __missing__(self, name: str) -> Site:
            kind = {"sqlite": Sqlite, "postgresql": Postgresql}[name]
            made[name] = self[name] = Site(kind, tmp_path_factory.mktemp(name), worker_id, contents, compiled)
            return made[name]

    yield Sites()
    for site in made.values():
        site.close()
        site.store.end()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, sites: dict[str, Site]) -> Iterator[Site]:
    """An application with fresh data, on each of the two databases."""
    if request.param == "postgresql" and not POSTGRESQL:
        pytest.skip(WHY_NOT)
    if sites[request.param].day != today():
        old = sites.pop(request.param)
        old.close()
        old.store.end()
    found = sites[request.param]
    found.renew()
    yield found
    found.rest()


@pytest.fixture
def app(site: Site) -> Flask:
    return site.app


@pytest.fixture
def office(site: Site) -> dict[str, int]:
    """Ids of the small office: bodies by code, people by login, "campaign"."""
    return site.office


@pytest.fixture
def visit(app: Flask) -> Callable[..., Visitor]:
    """``visit("hocvien")``: somebody signed in; ``visit()``: somebody who is not."""

    def open_door(login: str | None = None) -> Visitor:
        visitor = Visitor(app)
        if login is not None:
            with app.app_context():
                person_id = db.session.scalars(sa.select(Person.id).filter_by(login=login)).one()
                token = accounts.open_session(person_id, True, "test", "127.0.0.0/24", now())
                db.session.commit()
            with visitor.client.session_transaction() as session:
                session["_user_id"] = token
                session["_fresh"] = True
                session["seen"] = int(now().timestamp())
        return visitor

    return open_door


@pytest.fixture
def statements(app: Flask) -> Callable[..., Any]:
    """``with statements() as told:`` lists every statement but BEGIN and COMMIT that both engines execute."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        told: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if statement.strip().upper() not in ("BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
                told.append(statement)

        with app.app_context():
            engines = list(db.engines.values())
        for engine in engines:
            sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield told
        finally:
            for engine in engines:
                sa.event.remove(engine, "before_cursor_execute", note)

    return count
