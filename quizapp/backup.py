"""Sao lưu: the whole installation in one .zip that either kind of database takes back.

manifest.json (format, version, revision, tables with columns and row counts, SHA-256 of each part),
tables/<name>.jsonl (a row a line, in the order of the manifest's columns), media/*, secret. Tables stand in the order in
which foreign keys allow them. The file says all about itself, so that a backup of an older revision can be restored.
"""

import base64
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, ValidationError

from quizapp import mail as _mail  # noqa: F401 - every table has to be known
from quizapp import migrating
from quizapp import site as _site  # noqa: F401
from quizapp.accounts import models as _accounts  # noqa: F401
from quizapp.administration import models as _administration  # noqa: F401
from quizapp.attempts import models as _attempts  # noqa: F401
from quizapp.config import BadSetting, Settings
from quizapp.courses import models as _courses  # noqa: F401
from quizapp.database import Base, UtcDateTime, db, stay_in_one_moment
from quizapp.files import models as _files  # noqa: F401
from quizapp.jobs import models as _jobs  # noqa: F401
from quizapp.learning import models as _learning  # noqa: F401
from quizapp.library import models as _library  # noqa: F401
from quizapp.organisation import models as _organisation  # noqa: F401

FORMAT = 1
MANIFEST = "manifest.json"
SECRET = "secret"  # noqa: S105 - the name of a part
AT_ONCE = 500  # rows a statement


class Column(BaseModel):
    """A column: ``kind`` says how its values stand in JSON; ``parent`` marks a key into its own table."""

    model_config = ConfigDict(frozen=True)
    name: str
    kind: str  # instant, day, json, bytes, value
    nullable: bool
    parent: bool = False


class TablePart(BaseModel):
    """A table: its columns, how many rows, the columns of its key."""

    model_config = ConfigDict(frozen=True)
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    counter: str | None  # the column that counts up by itself
    rows: int

    @property
    def part(self) -> str:
        return f"tables/{self.name}.jsonl"


class Manifest(BaseModel):
    """What the file holds."""

    model_config = ConfigDict(frozen=True)
    format: int
    version: str
    revision: str
    made_at: datetime
    tables: tuple[TablePart, ...]
    parts: dict[str, str]  # name -> SHA-256


# --- making ----------------------------------------------------------------------------------------------------


def make(settings: Settings, file: Path, now: datetime) -> Manifest:
    """Sao lưu vào tệp: everything as of one moment, while the site goes on. BadSetting where it cannot be written."""
    if file.exists():
        raise BadSetting(f"Tệp {file} đã có. Đặt tên khác để không ghi đè bản sao lưu cũ.")
    part = file.with_name(file.name + ".part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _write(archive, settings, now)
        os.replace(part, file)
    except OSError as error:
        raise BadSetting(f"Không ghi được tệp {file} ({error.strerror or error}).") from None
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(archive: zipfile.ZipFile, settings: Settings, now: datetime) -> Manifest:
    parts: dict[str, str] = {}
    tables = []
    with _one_moment() as connection:
        current = migrating.revision()
        assert current is not None
        _check_tables(connection)
        for table in Base.metadata.sorted_tables:
            told = _describe(table, connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
            parts[told.part] = _add(archive, told.part, _lines(connection, table))
            tables.append(told)
    for path in _media(settings):
        parts[f"media/{path.relative_to(settings.data / 'media').as_posix()}"] = ""
    for name in [name for name in parts if name.startswith("media/")]:
        parts[name] = _add(archive, name, _chunks((settings.data / name).open("rb")))
    parts[SECRET] = _add(archive, SECRET, [settings.secret.encode()])
    manifest = Manifest(
        format=FORMAT,
        version=version("quizapp"),
        revision=current,
        made_at=now,
        tables=tuple(tables),
        parts=parts,
    )
    archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


@contextmanager
def _one_moment() -> Iterator[sa.Connection]:
    """A connection that cannot write and sees one moment of the database."""
    with db.engines["read"].connect() as connection:
        stay_in_one_moment(connection)
        yield connection


def _check_tables(connection: sa.Connection) -> None:
    """A table that the models do not name would be left out without a word."""
    there = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    assert there == set(Base.metadata.tables), there ^ set(Base.metadata.tables)


def _describe(table: sa.Table, rows: int) -> TablePart:
    columns = tuple(
        Column(
            name=column.name,
            kind=_kind(column.type),
            nullable=bool(column.nullable),
            parent=any(key.column.table is table for key in column.foreign_keys),
        )
        for column in table.columns
    )
    counter = table.autoincrement_column
    key = tuple(column.name for column in table.primary_key.columns)
    name = counter.name if counter is not None else None
    return TablePart(name=table.name, columns=columns, key=key, counter=name, rows=rows)


def _kind(of_type: sa.types.TypeEngine[Any]) -> str:
    match of_type:
        case UtcDateTime():
            return "instant"
        case sa.Date():
            return "day"
        case sa.JSON():
            return "json"
        case sa.LargeBinary():
            return "bytes"
        case _:
            return "value"


def _lines(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=1000))
    for row in rows:
        plain = [_PLAIN[type(value)](value) if type(value) in _PLAIN else value for value in row]
        yield json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


_PLAIN: dict[type, Any] = {
    datetime: datetime.isoformat,
    date: date.isoformat,
    bytes: lambda value: base64.b64encode(value).decode(),
}


def _media(settings: Settings) -> list[Path]:
    folder = settings.data / "media"
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(1 << 16):
            yield chunk


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> str:
    """Write a part; its SHA-256."""
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as target:
        for chunk in chunks:
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


# --- verifying -------------------------------------------------------------------------------------------------


def verify(file: Path) -> Manifest:
    """The file's manifest, after every part has been read against it. BadSetting where anything is amiss."""
    with _archive(file) as archive:
        manifest = _manifest(archive, file)
        listed = {*manifest.parts, MANIFEST}
        names = archive.namelist()
        tables = {table.part for table in manifest.tables}
        if set(names) != listed or len(names) != len(listed) or not {*tables, SECRET} <= listed:
            raise BadSetting(f"Tệp sao lưu {file} thiếu hoặc thừa phần so với danh mục. Chưa phục hồi gì.")
        for name, wanted in manifest.parts.items():
            digest = hashlib.sha256()
            for chunk in _chunks(archive.open(name)):
                digest.update(chunk)
            if digest.hexdigest() != wanted or not _safe(name):
                raise BadSetting(f"Tệp sao lưu {file} bị hỏng ở phần {name}. Chưa phục hồi gì.")
        for table in manifest.tables:
            if sum(1 for _ in _rows(archive, table)) != table.rows:
                raise BadSetting(f"Tệp sao lưu {file} không đủ dòng ở bảng {table.name}. Chưa phục hồi gì.")
    return manifest


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except OSError as error:
        raise BadSetting(f"Không đọc được tệp {file} ({error.strerror or error}).") from None
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise BadSetting(f"Tệp {file} bị hỏng hoặc không phải bản sao lưu ({error}). Chưa phục hồi gì.") from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise BadSetting(f"Tệp {file} bị hỏng ({error}). Chưa phục hồi gì.") from None
        raise


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        plain = json.loads(archive.read(MANIFEST))
        kind = plain["format"]
        if kind != FORMAT:
            raise BadSetting(f"Bản sao lưu {file} có dạng {kind}, phiên bản này đọc dạng {FORMAT}.")
        manifest = Manifest.model_validate(plain)
    except (KeyError, TypeError, ValidationError, UnicodeDecodeError, json.JSONDecodeError):
        raise BadSetting(f"Tệp {file} không phải bản sao lưu của quizapp.") from None
    if manifest.revision not in migrating.known_revisions():
        raise BadSetting(
            f"Bản sao lưu thuộc một phiên bản mới hơn ({manifest.version}, {manifest.revision}). "
            "Cài phiên bản đó của quizapp rồi phục hồi."
        )
    return manifest


def _safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _rows(archive: zipfile.ZipFile, table: TablePart) -> Iterator[list[Any]]:
    """The rows of a table, their values as the database wants them."""
    readers = [_READERS.get(column.kind) for column in table.columns]
    with archive.open(table.part) as lines:
        for line in lines:
            row = json.loads(line)
            if len(row) != len(readers):
                raise ValueError(f"{table.name}: {len(row)} values")
            yield [
                value if reader is None or value is None else reader(value)
                for reader, value in zip(readers, row, strict=True)
            ]


_READERS: dict[str, Any] = {
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "bytes": base64.b64decode,
}


# --- restoring -------------------------------------------------------------------------------------------------


def restore(settings: Settings, file: Path, manifest: Manifest) -> None:
    """Phục hồi a verified file into an empty database, in one transaction. BadSetting where it is not empty."""
    _refuse_full(settings, manifest)
    if migrating.revision() is None:
        migrating.migrate(settings, manifest.revision)
    coming = settings.data / "media.part"
    shutil.rmtree(coming, ignore_errors=True)
    with _archive(file) as archive:
        for name in manifest.parts:
            if name.startswith("media/"):
                _extract(archive, name, coming / name.removeprefix("media/"))
        with db.engines[None].begin() as connection:
            if settings.sqlite:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            else:
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            for table in manifest.tables:
                _fill(connection, table, _rows(archive, table))
            if coming.exists():
                shutil.rmtree(settings.data / "media", ignore_errors=True)  # holds no file, as seen above
                coming.rename(settings.data / "media")
    migrating.migrate(settings)


def _refuse_full(settings: Settings, manifest: Manifest) -> None:
    current = migrating.revision()
    if current not in (None, manifest.revision):
        raise BadSetting(
            "Cơ sở dữ liệu đích đã ở phiên bản khác với bản sao lưu. Phục hồi vào một cơ sở dữ liệu mới, trống hẳn."
        )
    with db.engines[None].connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            table = sa.table(name)
            if name != "alembic_version" and connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1)):
                raise BadSetting(
                    f"Cơ sở dữ liệu đã có dữ liệu (bảng {name}), nên không phục hồi đè lên. "
                    "Đặt QUIZAPP_DATA hoặc QUIZAPP_DATABASE_URL là một nơi trống."
                )
    if _media(settings):
        raise BadSetting(f"Thư mục {settings.data / 'media'} đã có tệp, nên không phục hồi đè lên.")


def _extract(archive: zipfile.ZipFile, name: str, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, to.open("wb") as target:
        shutil.copyfileobj(source, target)


def _fill(connection: sa.Connection, told: TablePart, rows: Iterable[list[Any]]) -> None:
    names = [column.name for column in told.columns]
    table = sa.table(told.name, *(sa.column(column.name, _type(column)) for column in told.columns))
    parent = next((column.name for column in told.columns if column.parent), None)
    named = (dict(zip(names, row, strict=True)) for row in rows)
    ordered = _parents_first(list(named), told.key[0], parent) if parent else named
    filled = 0
    for chunk in _at_once(ordered):
        connection.execute(sa.insert(table), chunk)
        filled += len(chunk)
    if filled != told.rows:
        raise BadSetting(f"Bảng {told.name} không phục hồi được đủ dòng. Chưa phục hồi gì.")
    if told.counter and connection.dialect.name == "postgresql":
        _reset_counter(connection, told.name, told.counter)


def _type(column: Column) -> sa.types.TypeEngine[Any]:
    match column.kind:
        case "instant":
            return UtcDateTime()
        case "day":
            return sa.Date()
        case "json":
            return sa.JSON(none_as_null=column.nullable)
        case "bytes":
            return sa.LargeBinary()
        case _:
            return sa.types.NullType()


def _parents_first(rows: Sequence[dict[str, Any]], key: str, parent: str) -> Iterator[dict[str, Any]]:
    """Rows of a tree so that nobody comes before the one above: PostgreSQL checks each statement."""
    below: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        below.setdefault(row[parent], []).append(row)
    waiting = below.pop(None, [])
    while waiting:
        row = waiting.pop()
        yield row
        waiting += below.pop(row[key], [])


def _at_once(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _reset_counter(connection: sa.Connection, table: str, column: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(table)
    highest = sa.select(sa.func.max(sa.column(column))).select_from(sa.table(table)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(quoted, column)
    connection.execute(
        sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None))).where(
            sequence.is_not(None)
        )
    )


def restore_secret(settings: Settings, file: Path, had_one: bool) -> str | None:
    """The backup's secret into a data folder that had none; a sentence where another one is kept."""
    with _archive(file) as archive:
        secret = archive.read(SECRET).decode()
    if secret == settings.secret:
        return None
    if had_one:
        return "Giữ nguyên khóa bí mật đang có ở đây (khác bản sao lưu): mọi người cần đăng nhập lại."
    kept = settings.data / "secret"
    part = kept.with_name("secret.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as target:
        target.write(secret)
    os.replace(part, kept)
    return None
