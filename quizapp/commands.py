"""Every `quizapp ...` command, and the schedule of the work process.

A sentence for the person and exit code 2 where a setting is bad; 1 where something was found to be wrong.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app

from quizapp import backup, database, demo, migrating, serving
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import CodeKind, Grant, Person
from quizapp.administration.settings import forget_old
from quizapp.attempts.tasks import close_attempts
from quizapp.clock import now, today
from quizapp.config import BadSetting, Settings, data_folder, read_settings
from quizapp.courses import actions as courses
from quizapp.courses import linter
from quizapp.courses.exchange import spell
from quizapp.courses.exchange.files import COURSE, Contents, FileProblems, read_folder
from quizapp.database import db
from quizapp.domain.vietnamese import fold
from quizapp.learning import counts
from quizapp.learning.tasks import fold_counts, send_mail, send_reminders
from quizapp.organisation.models import Body, BodyKind, BodyPeriod
from quizapp.reports.weekly import send_weekly
from quizapp.web.access import Role

ADMIN = "quantri"
SCHEDULE: list[serving.Job] = [
    (2.0, fold_counts),
    (5.0, close_attempts),
    (2.0, send_reminders),
    (5.0, send_mail),
    (60.0, send_weekly),
    (6 * 3600.0, forget_old),
]


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
    app.extensions["settings"] = settings
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
    lines = [f"Liêm Chính đang chạy tại {here}", f"Dữ liệu: {_place(settings)}", *told, "Dừng: bấm Ctrl-C."]
    serving.serve(address, number, lambda: print("\n".join(lines), flush=True))
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


def _import_all(folder: Path) -> list[courses.Imported]:
    """Every course in the folder, where it changed; all or nothing."""
    everything = _read_all(folder)
    if db.engines[None].dialect.name == "postgresql":  # two nodes that start together import once
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(migrating.LOCK)))
    done = [courses.take_in(contents, now()) for _, contents in everything]
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
@click.option("--child-of", "parent", type=int, hidden=True)
def work(parent: int | None) -> None:
    """Làm các việc nền (`run` tự khởi động việc này)."""
    settings = read_settings()
    with opened(settings):
        migrating.check_current(settings)
        serving.work(SCHEDULE, parent)


# --- content ---------------------------------------------------------------------------------------------------


def _read_all(folder: Path) -> list[tuple[Path, Contents]]:
    """The courses of a folder, or the one that it is; every problem of every file printed, and exit code 1."""
    if not folder.is_dir():
        raise BadSetting(f"Không có thư mục {folder}.")
    found = sorted(path.parent for path in folder.glob(f"*/{COURSE}"))
    if not found or (folder / COURSE).exists():
        found = [folder]
    read, problems = [], []
    for course in found:
        try:
            read.append((course, read_folder(course)))
        except FileProblems as error:
            problems += [replace(problem, file=_shown(course, problem.file)) for problem in error.problems]
    if problems:
        click.echo("\n".join(map(str, problems)))
        click.echo(f"{len(problems)} lỗi. Chưa nhập gì.", err=True)
        raise click.exceptions.Exit(1)
    return read


def _shown(course: Path, file: str) -> str:
    path = (course / file).absolute()
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _findings(everything: Iterable[tuple[Path, Contents]]) -> Iterator[dict[str, Any]]:
    """What the linter would have a trainer look at again."""
    for course, contents in everything:
        for unit in contents.units.values():
            for found in linter.findings(unit):
                place = contents.place(unit.key, found.where)
                where = {"file": _shown(course, place.file), "line": place.line, "field": spell(found.where)}
                yield where | {"rule": found.rule, "severity": found.severity, "message": found.message}


def _check_content(folder: Path, as_json: bool) -> None:
    everything = _read_all(folder)
    found = list(_findings(everything))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo("{file}:{line}: {field}: lưu ý ({rule}): {message}".format(**one))
    units = sum(len(contents.units) for _, contents in everything)
    click.echo(f"Đọc được {len(everything)} khóa học, {units} bài; {len(found)} lưu ý.")


@main.command("import-content")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[THƯ_MỤC]")
@click.option("--check", "only_check", is_flag=True, help="Chỉ đọc và soát, không nhập.")
def import_content(folder: Path | None, only_check: bool) -> None:
    """Nhập nội dung: tất cả, hoặc không gì cả khi có lỗi."""
    folder = folder or migrating.folder("content")
    if only_check:
        return _check_content(folder, as_json=False)
    settings = read_settings()
    with opened(settings):
        _read_all(folder)  # broken files are told before the database is touched
        migrating.migrate(settings)
        done = _import_all(folder)
    documents, units = [n for one in done for n in one.documents], [n for one in done for n in one.units]
    click.echo(f"Mới hoặc đã đổi: {len(documents)} văn bản, {len(units)} bài{_listed(units)}.")
    if waiting := [n for one in done for n in one.waiting]:
        click.echo(f"Chờ báo cáo viên xem, đã để thành bản nháp: {len(waiting)} bài{_listed(waiting)}.")
    return None


def _listed(names: list[str]) -> str:
    return f" ({', '.join(names)})" if names else ""


# --- check -----------------------------------------------------------------------------------------------------


@main.group(invoke_without_command=True)
@click.pass_context
def check(ctx: click.Context) -> None:
    """Đếm lại từ dữ kiện và báo mọi chỗ lệch."""
    if ctx.invoked_subcommand is not None:
        return
    settings = read_settings()
    with opened(settings):
        migrating.check_current(settings)
        # As a GET: through the engine that cannot write, in one moment of the database, and nobody has to wait.
        with current_app.test_request_context("/"):
            if not settings.sqlite:
                db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            wrong = [str(one) for one in counts.differences(now())] + counts.states_differ()
            db.session.rollback()
    if wrong:
        click.echo("\n".join(wrong))
        click.echo(f"Lệch {len(wrong)} chỗ.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("Số đếm và trạng thái khớp với dữ kiện.")


@check.command("content")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[THƯ_MỤC]")
@click.option("--json", "as_json", is_flag=True, help="In lưu ý dạng JSON.")
def check_content(folder: Path | None, as_json: bool) -> None:
    """Soát tệp nội dung: lỗi, và những chỗ báo cáo viên nên xem lại."""
    _check_content(folder or migrating.folder("content"), as_json)


# --- admin-link, backup, restore -------------------------------------------------------------------------------


@main.command("admin-link")
@click.option("--login", default=ADMIN, show_default=True, help="Tên đăng nhập của người quản trị.")
def admin_link(login: str) -> None:
    """Cấp liên kết vào một lần cho quản trị, ví dụ khi quên mật khẩu."""
    settings = read_settings()
    with opened(settings):
        migrating.check_current(settings)
        grants = sa.select(Person).join(Grant, Grant.person_id == Person.id).where(Grant.role == Role.ADMIN.value)
        admins = {person.login: person for person in db.session.scalars(grants.order_by(Person.login))}
        person = admins.get(accounts.clean_login(login))
        if person is None:
            known = ", ".join(admins) or "chưa có ai"
            raise BadSetting(f"Không có quản trị nào tên “{login}”. Quản trị hiện có: {known}. Chọn bằng --login.")
        lines = list(_link(settings, person))
    click.echo("\n".join(lines))


@main.command("backup")
@click.argument("file", type=click.Path(path_type=Path), metavar="TỆP")
def make_backup(file: Path) -> None:
    """Sao lưu cơ sở dữ liệu, tệp đính kèm và khóa bí mật vào một tệp .zip, trong lúc trang vẫn chạy."""
    settings = read_settings()
    with opened(settings):
        migrating.check_current(settings)
        manifest = backup.make(settings, file, now())
    rows = sum(table.rows for table in manifest.tables)
    click.echo(f"Đã sao lưu {len(manifest.tables)} bảng, {rows} dòng vào {file}. Giữ kín tệp này: có dữ liệu cá nhân.")


@main.command("restore")
@click.argument("file", type=click.Path(path_type=Path), metavar="TỆP")
@click.option("--check", "only_check", is_flag=True, help="Chỉ kiểm tra tệp, không phục hồi.")
def restore_backup(file: Path, only_check: bool) -> None:
    """Phục hồi bản sao lưu vào một nơi trống."""
    manifest = backup.verify(file)
    rows = sum(table.rows for table in manifest.tables)
    if only_check:
        click.echo(
            f"Tệp lành: {len(manifest.tables)} bảng, {rows} dòng, sao lưu lúc {manifest.made_at:%Y-%m-%d %H:%M} UTC."
        )
        return
    had_secret = bool(os.environ.get("QUIZAPP_SECRET")) or (data_folder() / "secret").exists()
    settings = read_settings()
    with opened(settings):
        backup.restore(settings, file, manifest)
        said = backup.restore_secret(settings, file, had_secret)
    click.echo(f"Đã phục hồi {len(manifest.tables)} bảng, {rows} dòng vào {_place(settings)}.")
    if said:
        click.echo(said)


if __name__ == "__main__":
    main()
