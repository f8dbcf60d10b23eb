"""Câu lệnh làm sẵn: a statement that SQLAlchemy compiles once and that then runs straight on the driver.

For each run SQLAlchemy finds the compiled form, makes a context and describes the rows: ten times as long as the database
takes to answer. What it knows of a statement never changes, so it is asked once.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Protocol

import sqlalchemy as sa

Values = Mapping[str, Any]
Given = Values | list[Values]  # one row, or several for one statement that gives nothing back


class Answer(Protocol):
    """What a statement gives, SQLAlchemy's or ours."""

    @property
    def rowcount(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def all(self) -> Sequence[Any]: ...
    def first(self) -> Any: ...
    def one_or_none(self) -> Any: ...
    def scalar(self) -> Any: ...
    def scalars(self) -> Iterable[Any]: ...


class Rows(list[Any]):
    """An answer, read to its end."""

    def __init__(self, rows: Iterable[Any] = (), touched: int | None = None):
        super().__init__(rows)
        self.rowcount = len(self) if touched is None else touched

    def all(self) -> Sequence[Any]:
        return self

    def first(self) -> Any:
        return self[0] if self else None

    def one_or_none(self) -> Any:
        if len(self) > 1:
            raise sa.exc.MultipleResultsFound(f"{len(self)} rows where one was expected")
        return self.first()

    def scalar(self) -> Any:
        return self[0][0] if self else None

    def scalars(self) -> Iterable[Any]:
        return [row[0] for row in self]


class Prepared:
    """A statement for one kind of database; its values have the same names each time."""

    def __init__(self, statement: Any, dialect: sa.Dialect, values: Values):
        # Written for many rows, an INSERT asks for no key back that nobody wants.
        compiled = statement.compile(dialect=dialect, column_keys=list(values), for_executemany=True)
        assert not getattr(compiled, "insert_prefetch", None), "what Python gives by default is not asked for here"
        state = compiled.construct_expanded_state(values)
        assert not state.parameter_expansion, "a list of values is written anew each time"
        self._sql: str = state.statement
        self._usual = {name: value for name, value in state.parameters.items() if name not in values}
        self._order: Sequence[str] | None = state.positiontup
        kinds = {name: compiled.binds[name].type.dialect_impl(dialect) for name in state.parameters}
        found = {name: kind.bind_processor(dialect) for name, kind in kinds.items()}
        self._changes = [(name, change) for name, change in found.items() if change is not None]
        self._types = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
        self._dialect: Any = dialect
        self._read: Callable[[Any], Any] | None = None

    def run(self, on: sa.Connection, values: Given) -> Rows:
        """Run it in the connection's transaction. Whoever listens to the engine's statements hears of it, too."""
        cursor = on.connection.cursor()
        many = isinstance(values, list)
        told = [self._bound(row) for row in values] if isinstance(values, list) else self._bound(values)
        listeners, context = on.engine.dispatch, SimpleNamespace(cursor=cursor)
        try:
            for listener in listeners.before_cursor_execute:
                listener(on, cursor, self._sql, told, context, many)
            (cursor.executemany if many else cursor.execute)(self._sql, told)
            for listener in listeners.after_cursor_execute:
                listener(on, cursor, self._sql, told, context, many)
            if not self._types:
                return Rows(touched=cursor.rowcount)
            rows = context.cursor.fetchall()
        except self._dialect.dbapi.Error as error:
            raise self._as_sqlalchemy(on, error) from error
        if self._read is None:
            self._read = _reader(cursor.description, self._types, self._dialect)
        return Rows(map(self._read, rows))

    def _bound(self, values: Values) -> Any:
        given = {**self._usual, **values}
        for name, change in self._changes:
            given[name] = change(given[name])
        return [given[name] for name in self._order] if self._order is not None else given

    def _as_sqlalchemy(self, on: sa.Connection, error: Any) -> Exception:
        """The error that SQLAlchemy would have raised; it is asked whether the connection is lost."""
        gone = self._dialect.is_disconnect(error, on.connection.dbapi_connection, None)
        if gone:
            on.invalidate(error)
        base = self._dialect.dbapi.Error
        raised: Exception = sa.exc.DBAPIError.instance(self._sql, None, error, base, True, gone, self._dialect)
        return raised


def _reader(description: Sequence[Any], types: Sequence[Any], dialect: Any) -> Callable[[Any], Any]:
    """How a row of the driver becomes one of ours, which knows its columns by name."""
    row = namedtuple("row", [column[0] for column in description], rename=True)  # type: ignore[misc]
    made: Callable[[Iterable[Any]], Any] = row._make
    found = [kind.result_processor(dialect, column[1]) for kind, column in zip(types, description, strict=True)]
    changes = [(n, change) for n, change in enumerate(found) if change is not None]

    def read(values: Sequence[Any]) -> Any:
        changed = list(values)
        for n, change in changes:
            if changed[n] is not None:
                changed[n] = change(changed[n])
        return made(changed)

    return read if changes else made
