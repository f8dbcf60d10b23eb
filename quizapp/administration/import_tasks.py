"""Quản trị: what the work process does for an import of people: reading the file, checking it, writing it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from quizapp.accounts import queries as accounts
from quizapp.administration import import_check, imports, sheets
from quizapp.administration.imports import Importer
from quizapp.administration.models import ImportState, PeopleImport
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.files import queries as files
from quizapp.jobs.actions import Done, Running
from quizapp.web.refused import Refused


def _import_of(running: Running) -> PeopleImport:
    return db.session.get_one(PeopleImport, running.input["import"])


@contextmanager
def _only_reading() -> Iterator[None]:
    """As a GET: through the engine that cannot write, so that on SQLite nobody waits for the minute this may take."""
    db.session.rollback()
    with current_app.test_request_context("/"):
        yield
        db.session.rollback()


def read_file(running: Running) -> Done:
    """Đọc tệp: where its headings are."""
    assert running.input_sha256 is not None
    with _only_reading():
        name = _import_of(running).file_name
        read = sheets.read(files.content(running.input_sha256), name)
        found = import_check.headings(read, running.input.get("sheet"), running.input.get("row"))
    imported = imports.lock(running.input["import"])
    imported.found, imported.state = found, ImportState.COLUMNS.value
    return Done()


def check_file(running: Running) -> Done:
    """Kiểm tra: every line against what is there."""
    checked = _check(running)
    imported = imports.lock(running.input["import"])
    imports.store(imported, checked)
    return Done()


def _check(running: Running) -> import_check.Checked:
    assert running.input_sha256 is not None
    with _only_reading():
        imported = _import_of(running)
        who = accounts.acting(running.owner_id, today())
        read = sheets.read(files.content(running.input_sha256), imported.file_name)
        found, choices = imported.found, imports.choices_of(imported)
        return import_check.check(who, read, found, choices, today(), running.tell)


def write_file(running: Running) -> Done:
    """Nhập: the file is checked once more; where it would do something else by now, somebody looks at it again first."""
    checked = _check(running)
    who = accounts.acting(running.owner_id, today())
    imported = imports.lock(running.input["import"])
    if imported.state != ImportState.CHECKED.value:
        raise Refused("Tệp này đã được nhập xong.")
    if imports.digest(checked) != imported.counts["digest"]:
        imports.store(imported, checked)
        return Done({"words": imports.CHANGED})
    by = Importer(who, running.owner_id, running.input["reason"], running.input["net"], now())
    imports.write(imported, checked, by)
    return Done()


def sweep_imports() -> None:
    """Forget imports that nobody has finished."""
    imports.sweep(now())
    db.session.commit()


HANDLERS = {imports.READ: read_file, imports.CHECK: check_file, imports.WRITE: write_file}
