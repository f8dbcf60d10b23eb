"""Counts what a leader's page costs with more and more people: statements, rows fetched, the server's CPU.

    python tests/bench/scale.py [--people 1000 50000 1000000] [--only sqlite|postgresql] [--times 30]

Each number of people gets a database of its own, made by `quizapp.crowd`; PostgreSQL is measured where
QUIZAPP_TEST_POSTGRESQL names a server on which one may make databases. ``--database URL`` measures one that is there.
The same pages are opened in each: of the root, of a body below it, of a body at the end. Prints a Markdown table.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

import psycopg
import sqlalchemy as sa

from quizapp import create_app, crowd
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Person
from quizapp.clock import now
from quizapp.config import Settings
from quizapp.courses import actions as courses
from quizapp.courses import queries as course_queries
from quizapp.courses.exchange.files import read_folder
from quizapp.database import db
from quizapp.learning import rounds, tasks
from quizapp.migrating import migrate
from quizapp.organisation.models import Body

POSTGRESQL = os.environ.get("QUIZAPP_TEST_POSTGRESQL", "")
CONTENT = HERE.parent.parent / "content" / "cv-1248"
PAGES = ["", "?mo={below}", "/don-vi", "/noi-dung", "/chep", "/bai/bai-6", "/nguoi", "/nhac"]


class Counting:
    """A cursor that counts the rows taken from it."""

    def __init__(self, cursor: Any, told: list[int]):
        self._cursor, self._told = cursor, told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def fetchall(self) -> Any:
        rows = self._cursor.fetchall()
        self._told[1] += len(rows)
        return rows

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        self._told[1] += row is not None
        return row

    def fetchmany(self, size: int | None = None) -> Any:
        rows = self._cursor.fetchmany(size) if size else self._cursor.fetchmany()
        self._told[1] += len(rows)
        return rows


@contextmanager
def counted(app: Any) -> Iterator[list[int]]:
    """[statements, rows fetched] of both engines."""
    told = [0, 0]

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        told[0] += 1
        context.cursor = Counting(cursor, told)

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        sa.event.listen(engine, "after_cursor_execute", note)
    try:
        yield told
    finally:
        for engine in engines:
            sa.event.remove(engine, "after_cursor_execute", note)


@dataclass
class Line:
    """What a page costs."""

    page: str
    statements: int
    rows: int
    cpu: float  # milliseconds, median


@contextmanager
def database(kind: str, people: int, folder: Path) -> Iterator[str]:
    """An empty database's address, dropped afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'scale.db'}"
        return
    name = f"scale_{people}_{os.getpid()}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield POSTGRESQL.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"
    finally:
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def prepare(app: Any, settings: Settings, people: int) -> None:
    """Migrate, import, and build the crowd."""
    began = time.monotonic()
    with app.app_context():
        migrate(settings)
        db.session.rollback()
        courses.take_in(read_folder(CONTENT), now())
        db.session.commit()
        crowd.Crowd(people, 1248, "unusable", now()).build()
        db.session.commit()
        count(people)
    print(f"  {people} people made in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def count(people: int) -> None:
    """As the work process does in its first minutes: whom a leader may remind."""
    began = time.monotonic()
    while rounds.to_count(now()) is not None:
        tasks.count_reminders()
    db.session.rollback()
    print(f"  who may be reminded of {people} counted in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def visitor(app: Any) -> Any:
    """The administrator, signed in."""
    with app.app_context():
        person_id = db.session.scalars(sa.select(Person.id).filter_by(login="quantri")).one()
        token = accounts.open_session(person_id, True, "bench", "127.0.0.0/24", now())
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["seen"] = token, True, int(now().timestamp())
    return client


def places(app: Any) -> list[tuple[str, str]]:
    """(code, a body below it): the root, the first body below it, and one at the end of the tree."""
    with app.app_context():
        above = sa.select(Body.parent_id).where(Body.parent_id.is_not(None))
        leaf = db.session.scalars(sa.select(Body.code).where(Body.id.not_in(above)).order_by(Body.id).limit(1)).one()
        db.session.rollback()
    return [("mau", "mau-1"), ("mau-1", "mau-13"), (leaf, "")]


def measure(app: Any, times: int) -> Iterator[Line]:
    client = visitor(app)
    for code, below in places(app):
        for page in PAGES:
            address = f"/theo-doi/{code}{page.format(below=below)}"
            assert client.get(address).status_code == 200, address
            with counted(app) as told:
                client.get(address)
            spent = []
            for _ in range(times):
                start = time.process_time()
                client.get(address)
                spent.append((time.process_time() - start) * 1000)
            yield Line(address, told[0], told[1], statistics.median(spent))


def run(kind: str, people: int, times: int, url: str | None) -> list[Line]:
    with tempfile.TemporaryDirectory() as name, _address(kind, people, Path(name), url) as address:
        settings = Settings(Path(name), address, "s" * 40)
        app = create_app(settings)
        if url is None:
            prepare(app, settings, people)
        else:
            with app.app_context():
                count(people)
        lines = list(measure(app, times))
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
        course_queries.forget_cached()
    return lines


@contextmanager
def _address(kind: str, people: int, folder: Path, url: str | None) -> Iterator[str]:
    if url is not None:
        yield url.replace("postgresql://", "postgresql+psycopg://")
        return
    with database(kind, people, folder) as address:
        yield address


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[1000, 50_000])
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--database", help="measure this one, made before")
    asked = parser.parse_args()
    kinds = [asked.only] if asked.only else ["sqlite", *(["postgresql"] if POSTGRESQL else [])]
    print("| database | people | page | statements | rows | CPU, ms (median) |\n|---|---:|---|---:|---:|---:|")
    for kind in kinds:
        for people in asked.people:
            for line in run(kind, people, asked.times, asked.database):
                told = f"{line.statements} | {line.rows} | {line.cpu:.1f}"
                print(f"| {kind} | {people} | {line.page} | {told} |", flush=True)


if __name__ == "__main__":
    main()
