"""Every `quizapp ...` command, and the schedule of the work process.

A sentence for the person and exit code 2 where a setting is bad; 1 where something was found to be wrong.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask

from quizapp import database, demo, migrating, serving
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import CodeKind, Grant, Person
from quizapp.clock import now, today
from quizapp.config import BadSetting, Settings, read_settings
from quizapp.courses import actions as courses
from quizapp.courses.exchange.files import COURSE, Contents, FileProblems, read_folder
from quizapp.database import db
from quizapp.domain.vietnamese import fold
from quizapp.learning.tasks import fold_counts
from quizapp.organisation.models import Body, BodyKind, BodyPeriod
from quizapp.web.access import Role

ADMIN = "quantri"
SCHEDULE: list[serving.Job] = [(2.0, fold_counts)]


class Commands(click.Group):
    """A bad setting is one sentence on stderr and exit code 2, whatever the command."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadSetting as problem:
            click.echo(str(problem), err=True)
            ctx.exit(2)


@click.group(cls=Commands, help="Liêm Chính: học tập và kiểm tra nhận thức về liêm chính công vụ.")
def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")


@contextmanager
def opened(settings: Settings) -> Iterator[None]:
    """The database alone, without the pages: what a command needs of the application."""
    app = Flask("quizapp", static_folder=None)
    database.init_app(app, settings)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


# --- run, work -------------------------------------------------------------------------------------------------


@main.command()
@click.option("--demo", "sample", is_flag=True, help="Nạp một tỉnh không có thật, 400 người, để dùng thử.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ nghe.")
@click.option("--port", default="8000", show_default=True, help="Cổng nghe.")
def run(sample: bool, host: str, port: str) -> None:
    """Chạy trang: nâng cấp dữ liệu, nhập nội dung, phục vụ đến khi bấm Ctrl-C."""
    address, number = serving.address_of(host), serving.port_of(port)
    here = serving.url(address, number)
    if sample and not serving.is_loopback(address):
        raise BadSetting(f"Dữ liệu mẫu chỉ chạy trên chính máy này: bỏ --host {host}, hoặc bỏ --demo.")
    serving.check_free(address, number)
    os.environ.setdefault("QUIZAPP_PUBLIC_URL", here)  # the server's process reads it, too
    settings = read_settings()
    with opened(settings):
        told = list(_prepare(settings, sample, serving.is_loopback(address)))
    click.echo("\n".join([f"Liêm Chính đang chạy tại {here}", f"Dữ liệu: {_place(settings)}", *told]))
    click.echo("Dừng: bấm Ctrl-C.")
    sys.stdout.flush()
    serving.serve(address, number)
    click.echo("Đã dừng. Dữ liệu được giữ nguyên cho lần chạy sau.")


def _place(settings: Settings) -> str:
    if settings.sqlite:
        return str(settings.data)
    kept = sa.make_url(settings.database_url).render_as_string(hide_password=True)
    return f"{kept}; tệp kèm theo: {settings.data}"


def _prepare(settings: Settings, sample: bool, loopback: bool) -> Iterator[str]:
    """Migrate, import, and see that somebody can sign in; the lines to be told about it."""
    migrating.migrate(settings)
    if demo.is_demo() and not loopback:
        raise BadSetting("Thư mục dữ liệu này giữ dữ liệu mẫu, chỉ chạy trên chính máy này: bỏ --host.")
    if sample and not (demo.is_demo() or demo.is_empty()):
        raise BadSetting(
            "Cơ sở dữ liệu đã có đơn vị và người dùng thật, nên không nạp dữ liệu mẫu. Bỏ --demo, hoặc đặt QUIZAPP_DATA "
            "là một thư mục trống."
        )
    db.session.rollback()
    _import_all(migrating.folder("content"))
    if sample:
        yield from _sample(settings)
    elif demo.is_empty():
        yield from _first_administrator(settings)


def _import_all(folder: Path) -> None:
    """Every course in the folder, where it changed."""
    for course in sorted(path.parent for path in folder.glob(f"*/{COURSE}")):
        try:
            contents = read_folder(course)
        except FileProblems as error:
            lines = "\n".join(f"{course.name}/{problem}" for problem in error.problems)
            raise BadSetting(f"Nội dung {course} có lỗi, chưa nhập gì:\n{lines}") from None
        _take_in(contents)


def _take_in(contents: Contents) -> courses.Imported:
    if db.engines[None].dialect.name == "postgresql":  # two nodes that start together import once
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(migrating.LOCK)))
    done = courses.take_in(contents, now())
    db.session.commit()
    return done


def _sample(settings: Settings) -> Iterator[str]:
    given = os.environ.get("QUIZAPP_DEMO_PASSWORD") or None
    if not demo.is_demo():
        click.echo("Đang nạp dữ liệu mẫu, khoảng 20 giây…")
        demo.load(settings.data, given, now())
    yield f"Dữ liệu mẫu, không có thật: tỉnh {demo.PROVINCE}. Tài khoản:"
    yield from demo.table(demo.known_password(settings.data, given))


def _first_administrator(settings: Settings) -> Iterator[str]:
    """An empty database gets its root body and one administrator, who comes in by a one-time link."""
    name = "Đơn vị gốc"
    body = Body(code="goc", name=name, folded=fold(name), kind=BodyKind.PARTY.value, from_on=today(), path="")
    db.session.add(body)
    db.session.flush()
    body.path = f"{body.id}/"
    db.session.add(BodyPeriod(body_id=body.id, from_on=today(), name=name, parent_id=None, path=body.path))
    person = accounts.add_person(ADMIN, "Người quản trị")
    db.session.add(Grant(person_id=person.id, role=Role.ADMIN.value, body_id=body.id, from_on=today()))
    yield from _link(settings, person)


def _link(settings: Settings, person: Person) -> Iterator[str]:
    code = accounts.give_code(person.id, CodeKind.LINK, None, now())
    accounts.note_act(None, "cap-lien-ket", now(), person.id)
    db.session.commit()
    yield f"Liên kết vào một lần cho quản trị “{person.login}”, có hạn {accounts.CODE_LIFE.days} ngày:"
    yield f"  {settings.public_url}/ma?ma={code}"


@main.command()
@click.option("--child", is_flag=True, hidden=True)
def work(child: bool) -> None:
    """Làm các việc nền (`run` tự khởi động việc này)."""
    with opened(read_settings()):
        serving.work(SCHEDULE, with_parent=child)


if __name__ == "__main__":
    main()
