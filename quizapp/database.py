"""The database: base of all tables, column types, the session, SQLite's and PostgreSQL's ways.

A GET reads through an engine that cannot write. Everything else runs in one transaction that a returned page commits and
a status of 400 and above rolls back. On SQLite that transaction begins IMMEDIATE, behind a fair lock of this process.
"""

import collections
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, Response, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.orm import Session as PlainSession

from quizapp.config import Settings

LOCK_SECONDS = 30  # longer than any queue of writers seen; past it the person hears to try again


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant, kept in UTC on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive instant")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER counts up by itself on SQLite


class Base(DeclarativeBase):
    """Every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            int: BigId,
            str: sa.Text(),
            datetime: UtcDateTime(),
            date: sa.Date(),
            dict[str, Any]: sa.JSON(),
            list[Any]: sa.JSON(),
        },
    )


def one_of(column: str, values: type) -> sa.CheckConstraint:
    """A CHECK that a text column holds one of an enum's values: native enums cannot be changed inside a transaction."""
    listed = ", ".join(f"'{member.value}'" for member in values)  # type: ignore[attr-defined]
    return sa.CheckConstraint(f"{column} IN ({listed})", column)


def public_code() -> str:
    """A random code that may stand in an address: 16 letters and digits, 80 bits."""
    alphabet = "23456789abcdefghijkmnpqrstuvwxyz"  # 32, without 0 1 l o
    return "".join(secrets.choice(alphabet) for _ in range(16))


class RoutedSession(Session):
    """Stands on the connection of the request; outside of one, on the engine that writes."""

    def get_bind(self, *args: Any, **kwargs: Any) -> sa.Engine | sa.Connection:
        return _connection_of_request() if has_request_context() else self._db.engines[None]


# In an address: a POST that only looks for something, so it waits for no writer. Whoever adds it cannot write.
LOOKS = "chi-xem"


def reading() -> bool:
    """Whether the session may only read now."""
    if not has_request_context():
        return False
    return bool(g.get("reading", request.method in ("GET", "HEAD", "OPTIONS") or LOOKS in request.args))


db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession, "expire_on_commit": False})


def execute(statement: Any, values: Any = None) -> sa.CursorResult[*tuple[Any, ...]]:
    """Run a statement about tables in the transaction of the request.

    It goes past the ORM's session, which takes longer to be made, to begin and to end than most statements to run.
    """
    on = _connection_of_request() if has_request_context() else db.session.connection()
    return on.execute(statement, values)


def _connection_of_request() -> sa.Connection:
    """The one connection that a request reads or writes through, the session included, taken where first needed."""
    if "connection" not in g:
        g.connection = db.engines["read" if reading() else None].connect()
    return cast(sa.Connection, g.connection)


def _end(commit: bool) -> None:
    """End the transaction and give its connection back."""
    if db.session.registry.has():
        (db.session.commit if commit else db.session.rollback)()
    if "connection" in g:
        with g.pop("connection") as connection:
            if commit:
                connection.commit()


def init_app(app: Flask, settings: Settings) -> None:
    """Two engines a process: one that writes and one that cannot."""
    options: dict[str, Any]
    if settings.sqlite:
        options = {"connect_args": {"timeout": 30, "check_same_thread": False}, "pool_size": 40, "max_overflow": 20}
        read = dict(options)
    else:
        timeouts = "-c statement_timeout=30000 -c lock_timeout=15000"
        options = {"pool_pre_ping": False, "pool_recycle": 1800, "pool_size": 10, "max_overflow": 30}
        options["connect_args"] = {"options": timeouts}
        # READ COMMITTED: each statement sees what is committed by then, so a BEGIN and a ROLLBACK add nothing to reading.
        read = options | {"isolation_level": "AUTOCOMMIT"}
        read["connect_args"] = {"options": timeouts + " -c default_transaction_read_only=on"}
    url = settings.database_url
    app.config["SQLALCHEMY_BINDS"] = {None: {"url": url} | options, "read": {"url": url} | read}
    db.init_app(app)
    with app.app_context():
        if settings.sqlite:
            _sqlite_ways(db.engines[None], db.engines["read"])
    app.after_request(_finish)
    app.teardown_request(lambda _: _end(commit=False))  # what a GET only read, and what nobody returned


def _finish(response: Response) -> Response:
    """A returned page commits, a refused one leaves nothing behind; what was only read just ends with the request."""
    if not reading():
        _end(commit=response.status_code < 400)
    return response


def end_transaction() -> None:
    """Roll back and only read from here on: called before a POST renders a page."""
    _end(commit=False)
    g.reading = True


def commit_now() -> None:
    """Commit and only read from here on: for the one POST whose page shows what is kept nowhere, a one-time code."""
    _end(commit=True)
    g.reading = True


@contextmanager
def read_first() -> Iterator[None]:
    """Inside a POST: read without holding the place of a writer, e.g. before hashing a password."""
    _end(commit=False)
    g.reading = True
    try:
        yield
    finally:
        _end(commit=False)
        g.reading = False


@contextmanager
def apart() -> Iterator[PlainSession]:
    """One short transaction of its own, for what must outlive a rollback (a failed sign-in, a look at names)."""
    _end(commit=False)  # on SQLite a second writer of the same thread would wait for itself
    with PlainSession(db.engines[None], expire_on_commit=False) as session, session.begin():
        yield session


def dialect() -> str:
    """Which database this is: "sqlite" or "postgresql"."""
    return db.engines[None].dialect.name


def made_once(build: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps each statement that a function builds, for each kind of database.

    SQLAlchemy takes longer to build and to recognise most statements than the database to run them.
    """
    kept: dict[tuple[Any, ...], Any] = {}

    @wraps(build)
    def statement(*of: Any) -> Any:
        key = (dialect(), *of)
        if key not in kept:
            kept[key] = build(*of)
        return kept[key]

    return statement


def table(model: type[Base]) -> sa.Table:
    """A model's table: a statement about it alone takes the shorter way past the ORM."""
    return cast(sa.Table, model.__table__)


def insert(table: Any) -> Any:
    """An INSERT of this database's own kind: both know ON CONFLICT."""
    from sqlalchemy.dialects import postgresql, sqlite

    return (postgresql if dialect() == "postgresql" else sqlite).insert(table)


# --- SQLite ----------------------------------------------------------------------------------------------------


class FairLock:
    """A lock that serves in the order of coming; `threading.Lock` lets some writers wait for seconds."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._held_by: int | None = None
        self._waiting: collections.deque[tuple[int, threading.Lock]] = collections.deque()

    def acquire(self, seconds: float) -> bool:
        me = threading.get_ident()
        with self._mutex:
            if self._held_by is None:
                self._held_by = me
                return True
            if self._held_by == me:
                raise RuntimeError("this thread has a writing transaction open already")
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append((me, turn))
        if turn.acquire(timeout=seconds):
            return True
        with self._mutex:
            if (me, turn) in self._waiting:
                self._waiting.remove((me, turn))
                return False
        return True  # handed over in the very moment of giving up

    def release(self) -> None:
        with self._mutex:
            if self._waiting:
                self._held_by, turn = self._waiting.popleft()
                turn.release()
            else:
                self._held_by = None


def _sqlite_ways(write: sa.Engine, read: sa.Engine) -> None:
    """Pragmas on connect, BEGIN IMMEDIATE behind the fair lock for writers. Source: SQLAlchemy, pysqlite dialect."""
    lock = FairLock()

    def connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        # FULL: the page says "Đã lưu", so an acknowledged answer must survive a power cut.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def connect_reader(connection: Any, record: Any) -> None:
        connect(connection, record)
        connection.execute("PRAGMA query_only=ON")

    def begin_writing(connection: sa.Connection) -> None:
        if not lock.acquire(LOCK_SECONDS):
            raise sa.exc.TimeoutError("the queue of writers is too long")
        info = connection.connection.info
        info["writes"] = True
        try:
            begin(connection, "BEGIN IMMEDIATE")
        except BaseException:
            info.pop("writes")
            lock.release()
            raise

    def begin(connection: sa.Connection, statement: str) -> None:
        driver: Any = connection.connection.dbapi_connection  # nothing of SQLAlchemy's has to be told of it
        try:
            driver.execute(statement)
        except sqlite3.OperationalError as error:
            raise sa.exc.OperationalError(statement, None, error) from error

    def give_back(connection: Any, record: Any) -> None:
        if record.info.pop("writes", False):
            lock.release()

    event.listen(write, "connect", connect)
    event.listen(read, "connect", connect_reader)
    event.listen(write, "begin", begin_writing)
    event.listen(read, "begin", lambda connection: begin(connection, "BEGIN"))
    event.listen(write, "checkin", give_back)
