"""The database: base of all tables, column types, the session, SQLite's and PostgreSQL's ways.

A GET reads through an engine that cannot write, each statement seeing what is committed by then. Everything else runs in
one transaction that a returned page commits and a status of 400 and above rolls back. On SQLite that transaction begins
IMMEDIATE, behind a fair lock of this process.
"""

import collections
import contextlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.orm import Session as PlainSession

from quizapp.config import Settings
from quizapp.prepared import Answer, Given, Prepared, Values

KEPT_SECONDS = 60  # how long a connection waits for the next request; the pool keeps it for longer
GAP_SECONDS = 0.11  # between two helpings: SQLite's busy handler looks again after 100 ms at most
BEGIN = "BEGIN IMMEDIATE"
TOGETHER = 40  # rows that one INSERT takes; SQLite's driver lets go of Python's lock three times for each run
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
    alphabet = "23456789abcdefghijkmnpqrstuvwxyz"  # 32, without 0 1 l o: a byte says each as often as any other
    return "".join(alphabet[byte % 32] for byte in secrets.token_bytes(16))


_looking: ContextVar[bool] = ContextVar("looking", default=False)


class RoutedSession(Session):
    """Stands on the connection of the request; outside of one, on the engine that writes, or reads while `looking`."""

    def get_bind(self, *args: Any, **kwargs: Any) -> sa.Engine | sa.Connection:
        if has_request_context():
            return _connection_of_request()
        return self._db.engines["read" if _looking.get() else None]


# In an address: a POST that only looks for something, so it waits for no writer. Whoever adds it cannot write.
LOOKS = "chi-xem"


def reading() -> bool:
    """Whether the session may only read now."""
    return has_request_context() and _only_reads(g._get_current_object())


def _only_reads(held: Any) -> bool:
    told: bool | None = held.get("reading")
    if told is not None:
        return told
    proxy: Any = request  # which looks the request up anew each time
    asked = proxy._get_current_object()
    return asked.method in ("GET", "HEAD", "OPTIONS") or LOOKS in asked.args


db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession, "expire_on_commit": False})


def execute(statement: Any, values: Any = None) -> Answer:
    """Run a statement about tables in the transaction of the request.

    It goes past the ORM's session, which takes longer to be made, to begin and to end than most statements to run.
    One that stands `on_driver` goes past SQLAlchemy's connection, too.
    """
    on = _connection_of_request() if has_request_context() else db.session.connection()
    if type(statement) is not _Made:
        return on.execute(statement, values)
    prepared, told = statement.ready(on.dialect, values)
    return prepared.run(on, told)


def execute_alone(statement: Any, values: Values) -> Answer:
    """Run a statement that stands `on_driver` and may be a transaction by itself; what the request has begun it joins.

    On PostgreSQL that spares two ways to the server and back, for BEGIN and COMMIT, and it is kept when this returns. SQLite
    has no such way: there it is kept with the request.
    """
    kept: Kept | None = current_app.extensions["alone"]
    if kept is None or not has_request_context() or g.get("connection") is not None:
        return execute(statement, values)
    on = kept.take()
    try:
        answer: Answer = statement.ready(on.dialect, values)[0].run(on, values)
        return answer
    finally:
        kept.give_back(on, commit=False)  # nothing is open


def _connection_of_request() -> sa.Connection:
    """The one connection that a request reads or writes through, the session included, taken where first needed."""
    held: Any = g._get_current_object()  # the proxy looks it up anew each time
    connection: sa.Connection | None = held.get("connection")
    if connection is None:
        held.kept = current_app.extensions["readers" if _only_reads(held) else "writers"]
        connection = held.connection = held.kept.take()
    return connection


def _end(commit: bool) -> None:
    """End the transaction and give its connection back."""
    if db.session.registry.has():
        (db.session.commit if commit else db.session.rollback)()
    held: Any = g._get_current_object()
    connection = held.pop("connection", None)
    if connection is not None:
        held.kept.give_back(connection, commit)


class Kept:
    """Connections ready for the next request: to take one from the pool and give it back costs more than a statement.

    The transaction is begun and ended on the driver; SQLAlchemy joins it where it is asked for something.
    """

    def __init__(self, engine: sa.Engine, begin: Callable[[Any], object], **options: Any) -> None:
        self._engine, self._begin, self._options = engine, begin, options
        self._idle: list[tuple[sa.Connection, float]] = []  # the last given back is the first taken
        event.listen(engine, "engine_disposed", self._drop)

    def __len__(self) -> int:
        return len(self._idle)

    def take(self) -> sa.Connection:
        """A connection for one request, in a transaction."""
        connection = self._ready() or self._engine.connect().execution_options(**self._options)
        try:
            self._begin(connection.connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _ready(self) -> sa.Connection | None:
        while self._idle:
            with contextlib.suppress(IndexError):  # another thread was first
                connection, until = self._idle.pop()
                if time.monotonic() < until:
                    return connection
                connection.close()
        return None

    def give_back(self, connection: sa.Connection, commit: bool) -> None:
        """End its transaction; keep it for the next request."""
        if connection.invalidated:
            connection.close()
            self._engine.dispose()  # whatever broke it may have broken the others, here and wherever this engine's are kept
            return
        try:
            ends: Any = connection if connection.in_transaction() else connection.connection
            (ends.commit if commit else ends.rollback)()
        except BaseException:
            connection.close()
            raise
        _over(connection.info)
        self._idle.append((connection, time.monotonic() + KEPT_SECONDS))

    def _drop(self, engine: sa.Engine) -> None:
        idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.invalidate()  # closed for good: the pool that it came from is gone


def _over(info: dict[Any, Any]) -> None:
    """What was to be done once a connection's transaction has ended."""
    for done in info.pop("over", ()):
        done()


def watch(touching: tuple[str, ...], clear: Callable[[], object]) -> None:
    """Call ``clear`` after every transaction with a statement that begins so."""

    def note(connection: sa.Connection, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(touching):
            connection.info.setdefault("over", set()).add(clear)

    event.listen(db.engines[None], "after_cursor_execute", note)


def init_app(app: Flask, settings: Settings) -> None:
    """Two engines a process: one that writes and one that cannot."""
    options: dict[str, Any]
    if settings.sqlite:
        options = {"connect_args": {"timeout": 30, "check_same_thread": False}, "pool_size": 40, "max_overflow": 20}
        reads: dict[str, Any] = {}
    else:
        timeouts = "-c statement_timeout=30000 -c lock_timeout=15000"
        options = {"pool_pre_ping": False, "pool_recycle": 1800, "pool_size": 10, "max_overflow": 30}
        options["connect_args"] = {"options": timeouts}
        reads = {"connect_args": {"options": timeouts + " -c default_transaction_read_only=on"}}
    # READ COMMITTED, as PostgreSQL has it, needs no BEGIN and no ROLLBACK, for each of which SQLite's driver lets go of
    # Python's lock and waits for it again.
    read = options | {"isolation_level": "AUTOCOMMIT"} | reads
    url = settings.database_url
    app.config["SQLALCHEMY_BINDS"] = {None: {"url": url} | options, "read": {"url": url} | read}
    db.init_app(app)
    with app.app_context():
        write, read_only = db.engines[None], db.engines["read"]
        begin = _sqlite_ways(write, read_only) if settings.sqlite else _by_itself
        event.listen(write, "checkin", lambda connection, record: _over(record.info))
        app.extensions["dialect"] = write.dialect.name
        app.extensions["writers"], app.extensions["readers"] = Kept(write, begin), Kept(read_only, _by_itself)
        app.extensions["alone"] = None if settings.sqlite else Kept(write, _by_itself, isolation_level="AUTOCOMMIT")
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


@contextmanager
def looking() -> Iterator[None]:
    """Outside a request: look for what is to be done without keeping a writer waiting. Rolls back what was open."""
    db.session.rollback()
    before = _looking.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        _looking.reset(before)


def stay_in_one_moment(of: sa.Connection | None = None) -> None:
    """What a connection reads from here on agrees, however long that takes: one of the reading engine, or the request's own.

    Asked for before anything is read.
    """
    connection = _connection_of_request() if of is None else of
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    else:
        connection.execution_options(isolation_level="REPEATABLE READ")
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))


def give_way() -> None:
    """Between two helpings of the work process: on SQLite a writer of another process asks ten times a second at least."""
    if dialect() == "sqlite":
        time.sleep(GAP_SECONDS)


def dialect() -> str:
    """Which database this is: "sqlite" or "postgresql"."""
    return str(current_app.extensions["dialect"])


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


class _Made:
    """A statement that runs on the driver, compiled at its first run."""

    def __init__(self, built: Any) -> None:
        self.built = built
        self.prepared: dict[int, Prepared] = {}  # by how many rows go together; 0: as it was built

    def ready(self, dialect: sa.Dialect, values: Given) -> tuple[Prepared, Given]:
        """What runs, and with which values: few rows of an INSERT go together."""
        rows = values if isinstance(values, list) else [values]
        if rows is not values or len(rows) > TOGETHER or not self.built.is_insert:
            if 0 not in self.prepared:
                self.prepared[0] = Prepared(self.built, dialect, rows[0])
            return self.prepared[0], values
        told = {f"row{n}_{name}": value for n, row in enumerate(rows) for name, value in row.items()}
        if len(rows) not in self.prepared:
            each: Any = [{name: sa.bindparam(f"row{n}_{name}") for name in row} for n, row in enumerate(rows)]
            self.prepared[len(rows)] = Prepared(self.built.values(each), dialect, told)
        return self.prepared[len(rows)], told


def on_driver(build: Callable[..., Any]) -> Callable[..., Any]:
    """As `made_once`, for a statement that always gets values of the same names: for `execute` alone."""
    return made_once(wraps(build)(lambda *of: _Made(build(*of))))


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


def _by_itself(driver: Any) -> None:
    """Reading needs no transaction, and PostgreSQL's driver begins one with its first statement."""


def _sqlite_ways(write: sa.Engine, read: sa.Engine) -> Callable[[Any], object]:
    """Pragmas on connect, BEGIN IMMEDIATE behind the fair lock for writers. Source: SQLAlchemy, pysqlite dialect.

    Gives how a writer begins; SQLAlchemy begins so, too, where it is the first to be asked.
    """
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

    def begin_writing(pooled: Any) -> None:
        driver: Any = pooled.dbapi_connection  # nothing of SQLAlchemy's has to be told of it
        if driver.in_transaction:
            return
        if not lock.acquire(LOCK_SECONDS):
            raise sa.exc.TimeoutError("the queue of writers is too long")
        try:
            driver.execute(BEGIN)
        except BaseException as error:
            lock.release()
            if isinstance(error, sqlite3.OperationalError):
                raise sa.exc.OperationalError(BEGIN, None, error) from error
            raise
        pooled.info.setdefault("over", set()).add(lock.release)

    event.listen(write, "connect", connect)
    event.listen(read, "connect", connect_reader)
    event.listen(write, "begin", lambda connection: begin_writing(connection.connection))
    return begin_writing
