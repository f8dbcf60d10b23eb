"""Every `quizapp ...` command, and the schedule of the work process.

A sentence for the person and exit code 2 where a setting is bad; 1 where something was found to be wrong.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app

from quizapp import backup, crowd, demo, migrating, question_check, serving
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import CodeKind, Grant, Person
from quizapp.administration import import_command
from quizapp.administration.import_tasks import HANDLERS as IMPORT_HANDLERS
from quizapp.administration.import_tasks import sweep_imports
from quizapp.administration.settings import forget_old
from quizapp.administration.tasks import carry_out_plans
from quizapp.analysis import fill as analysis
from quizapp.analysis import marks_command
from quizapp.analysis.tasks import fill_analysis
from quizapp.attempts.tasks import close_attempts, remark
from quizapp.clock import now, today
from quizapp.config import BadSetting, Settings, data_folder, read_settings
from quizapp.courses import actions as courses
from quizapp.courses import contents, question_command, question_program
from quizapp.courses.exchange import FileProblems, folders
from quizapp.courses.exchange.folders import Read
from quizapp.courses.exchange.writing import write_folder
from quizapp.database import db
from quizapp.domain.marks_sheet import BadMarks
from quizapp.domain.vietnamese import fold
from quizapp.jobs.actions import Handler
from quizapp.jobs.tasks import do_jobs, sweep_jobs
from quizapp.learning import counts
from quizapp.learning.tasks import fold_counts, follow_people, send_mail, send_reminders
from quizapp.opening import opened
from quizapp.organisation.models import Body, BodyKind, BodyPeriod
from quizapp.reports import answers
from quizapp.reports.official.tasks import HANDLERS as FILE_HANDLERS
from quizapp.reports.tasks import fill_answers
from quizapp.reports.weekly_mail import send_weekly
from quizapp.studio.offers import HANDLERS as QUESTION_HANDLERS
from quizapp.studio.reviewing import HANDLERS as REVIEW_HANDLERS
from quizapp.studio.tasks import suspend_broken
from quizapp.web.access import Role

ADMIN = "quantri"
# Kind of a job -> what does it.
HANDLERS: dict[str, Handler] = {**IMPORT_HANDLERS, **QUESTION_HANDLERS, **REVIEW_HANDLERS, **FILE_HANDLERS}
SCHEDULE: list[serving.Job] = [
    (2.0, fold_counts),
    (5.0, close_attempts),
    (15.0, remark),
    (1.0, partial(do_jobs, HANDLERS)),
    (2.0, send_reminders),
    (5.0, send_mail),
    (60.0, carry_out_plans),
    (60.0, fill_answers),
    (60.0, fill_analysis),
    (60.0, suspend_broken),
    (60.0, send_weekly),
    (300.0, follow_people),
    (3600.0, sweep_jobs),
    (3600.0, sweep_imports),
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
    with serving.alone(settings.data, number):
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
    done = [courses.take_in(one.contents, now()) for one in everything]
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


# --- demo ------------------------------------------------------------------------------------------------------


@main.command("demo")
@click.option("--people", default=1000, show_default=True, type=click.IntRange(20, 2_000_000), help="Số người.")
@click.option("--seed", default=demo.SEED, show_default=True, help="Cùng số này thì cùng dữ liệu.")
def make_demo(people: int, seed: int) -> None:
    """Nạp một tỉnh không có thật với bao nhiêu người tùy ý, vào cơ sở dữ liệu trống."""
    settings = read_settings()
    given = os.environ.get("QUIZAPP_DEMO_PASSWORD") or None
    with opened(settings):
        migrating.migrate(settings)
        if not demo.is_empty():
            raise BadSetting("Cơ sở dữ liệu đã có đơn vị. Đặt QUIZAPP_DATA là một thư mục trống để nạp dữ liệu mẫu.")
        db.session.rollback()
        _import_all(migrating.folder("content"))
        with click.progressbar(length=len(crowd.STEPS), label="Nạp dữ liệu mẫu", item_show_func=str) as bar:
            told = lambda step: bar.update(0 if step == crowd.STEPS[0] else 1, step)  # noqa: E731
            password = crowd.load(settings.data, given, now(), people, seed, told)
            bar.update(1, "xong")
        lines = list(demo.table(password))
    click.echo("\n".join([f"Đã nạp {people:,} người. Tài khoản:".replace(",", "."), *lines]))


# --- content ---------------------------------------------------------------------------------------------------


def _read_all(folder: Path) -> list[Read]:
    """The courses of a folder, or the one that it is; every problem of every file printed, and exit code 1."""
    if not folder.is_dir():
        raise BadSetting(f"Không có thư mục {folder}.")
    try:
        return folders.read(folder)
    except FileProblems as error:
        click.echo("\n".join(map(str, error.problems)))
        click.echo(f"{len(error.problems)} lỗi. Chưa nhập gì.", err=True)
        raise click.exceptions.Exit(1) from None


def _check_content(folder: Path) -> None:
    """What reads badly, and what the linter would have a trainer look at again."""
    everything = _read_all(folder)
    found = list(folders.findings(everything))
    for one in found:
        click.echo("{file}:{line}: {field}: lưu ý ({rule}): {text}".format(**one))
    units, questions = folders.units(everything), folders.questions(everything)
    counts = f"{len(everything)} khóa học, {len(units)} bài, {len(questions)} câu hỏi"
    click.echo(f"Đọc được {counts}; {len(found)} lưu ý.")


def _show_coverage(folder: Path) -> None:
    click.echo("\n".join(folders.coverage_table(_read_all(folder))))


def _check_content_for_tools(folder: Path, coverage: bool) -> None:
    """The same as JSON. Problems that keep the files from being read stand among the findings, with exit code 1."""
    if not folder.is_dir():
        raise BadSetting(f"Không có thư mục {folder}.")
    try:
        everything, problems = folders.read(folder), []
    except FileProblems as error:
        everything, problems = [], list(map(folders.as_finding, error.problems))
    told = {
        "units": folders.units(everything),
        "questions": folders.questions(everything),
        "findings": problems + list(folders.findings(everything)),
    }
    if coverage:
        told |= {"coverage": folders.coverage(everything), "tasks": folders.tasks(everything)}
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    if problems:
        raise click.exceptions.Exit(1)


@main.command("import-content")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[THƯ_MỤC]")
@click.option("--check", "only_check", is_flag=True, help="Chỉ đọc và soát, không nhập.")
def import_content(folder: Path | None, only_check: bool) -> None:
    """Nhập nội dung: tất cả, hoặc không gì cả khi có lỗi."""
    folder = folder or migrating.folder("content")
    if only_check:
        return _check_content(folder)
    settings = read_settings()
    with opened(settings):
        _read_all(folder)  # broken files are told before the database is touched
        migrating.migrate(settings)
        done = _import_all(folder)
    documents, units = [n for one in done for n in one.documents], [n for one in done for n in one.units]
    click.echo(f"Mới hoặc đã đổi: {len(documents)} văn bản, {len(units)} bài{_listed(units)}.")
    if waiting := [n for one in done for n in one.waiting]:
        click.echo(f"Chờ báo cáo viên xem, đã để thành bản nháp: {len(waiting)}{_listed(waiting)}.")
    return None


@main.command("export-content")
@click.argument("folder", type=click.Path(path_type=Path), metavar="THƯ_MỤC")
def export_content(folder: Path) -> None:
    """Xuất nội dung đang dùng thành tệp, như `import-content` đọc vào: thư mục phải trống."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadSetting(f"{folder} đã có nội dung. Chọn một thư mục trống để không ghi đè lên tệp nào.")
    settings = read_settings()
    with opened(settings):
        migrating.migrate(settings)
        files = contents.files()
    write_folder(folder, files)
    click.echo(f"Đã ghi {len(files)} tệp vào {folder}.")


def _listed(names: list[str]) -> str:
    return f" ({', '.join(names)})" if names else ""


@main.command("import-people")
@click.argument("file", type=click.Path(path_type=Path), metavar="TỆP")
@click.option("--check", "only_check", is_flag=True, help="Chỉ đọc và soát, không nhập.")
@click.option("--under", metavar="MÃ", help="Chỉ nhập vào đơn vị có mã này và cấp dưới.")
@click.option("--good-rows", is_flag=True, help="Nhập các dòng đúng, bỏ các dòng cần xem và dòng lỗi.")
@click.option("--problems", type=click.Path(path_type=Path), metavar="TỆP", help="Ghi các dòng có vấn đề ra tệp .xlsx.")
def import_people(file: Path, only_check: bool, under: str | None, good_rows: bool, problems: Path | None) -> None:
    """Nhập người và đơn vị từ bảng tính: tất cả, hoặc không gì cả."""
    settings = read_settings()
    with opened(settings):
        migrating.check_current(settings)
        wanted = import_command.Wanted(file, only_check, under, good_rows, problems)
        if not import_command.run(wanted, click.echo, _progress):
            raise click.exceptions.Exit(1)


@main.command("import-questions")
@question_program.options
def import_questions(file: Path, name: str | None, only_check: bool, for_tools: bool, unit: str | None,
                     encoding: str | None, problems: Path | None) -> None:  # fmt: skip
    """Nhập câu hỏi của Excel, Word, GIFT, Aiken, Moodle XML, QTI vào bản nháp của một bài."""
    if for_tools:
        return question_program.tell_tools(file, name, encoding)
    if only_check:
        return question_check.check(file, name, encoding, problems)
    if unit is None:
        raise BadSetting("Chọn bài bằng --unit, hoặc chỉ soát tệp bằng --check.")
    items = question_program.read(file, question_program.format_of(name, file), encoding)
    settings = read_settings()
    with opened(settings):
        migrating.check_current(settings)
        question_command.tell(items, question_check.kept(settings), problems, click.echo)
        question_command.take(items, unit, click.echo)
    return None


@main.command("export-questions")
@click.argument("unit", metavar="BÀI")
@click.option(
    "--format", "name", type=question_program.CHOICE, help="Định dạng; bỏ trống khi phần đuôi của tên tệp nói rõ."
)
@click.argument("file", type=click.Path(path_type=Path), metavar="TỆP")
def export_questions(unit: str, name: str | None, file: Path) -> None:
    """Xuất câu hỏi đang dùng của một bài ra tệp."""
    settings = read_settings()
    with opened(settings):
        migrating.check_current(settings)
        form = question_program.format_of(name, file)
        with current_app.test_request_context("/"):
            written = question_command.exported(unit, form, click.echo)
            db.session.rollback()
    file.write_bytes(written)


def _progress(words: str, done: int, whole: int) -> None:
    """A bar on stderr, drawn over itself; on a file or pipe nothing but the last one."""
    if not (sys.stderr.isatty() or done >= whole):
        return
    width = 30 * done // max(whole, 1)
    click.echo(
        f"\r{words:<18} [{'#' * width}{'.' * (30 - width)}] {100 * done // max(whole, 1):3} %", err=True, nl=False
    )
    if done >= whole:
        click.echo(err=True)


# --- marks of a paper test ---------------------------------------------------------------------------------------


@main.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="ĐIỂM.CSV")
def statistics(file: Path) -> None:
    """Phân tích câu hỏi của một bài thi giấy từ bảng điểm; in JSON."""
    try:
        told = marks_command.figures(file)
    except BadMarks as bad:
        click.echo("\n".join(map(str, bad.problems)), err=True)
        click.echo(f"{len(bad.problems)} lỗi. Chưa tính gì.", err=True)
        raise click.exceptions.Exit(1) from None
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


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
            wrong = [str(one) for one in counts.differences(now())]
            wrong += counts.states_differ() + answers.differences() + analysis.differences()
            db.session.rollback()
    if wrong:
        click.echo("\n".join(wrong))
        click.echo(f"Lệch {len(wrong)} chỗ.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("Số đếm và trạng thái khớp với dữ kiện.")


@check.command("content")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[THƯ_MỤC]")
@click.option("--json", "as_json", is_flag=True, help="In bài, câu hỏi và lưu ý dạng JSON.")
@click.option("--coverage", is_flag=True, help="In độ phủ: mỗi điều khoản được dạy ở đâu, có mấy câu hỏi.")
def check_content(folder: Path | None, as_json: bool, coverage: bool) -> None:
    """Soát tệp nội dung: lỗi, và những chỗ báo cáo viên nên xem lại.

    \b
    --json in một đối tượng gồm các danh sách:
      units      file, line, key, course, number, title, task, questions, drawn
      questions  file, line, key, unit, kind, level, objective, provision, situation
      findings   file, line, field, rule, severity (error, warning), text
    thêm --coverage thì có:
      coverage   document, name, anchor, label, verified, sections (unit, section),
                 questions (unit: key), asked, asked_below, enough
      tasks      course, task, name, questions

    Có tệp không đọc được thì units và questions trống, findings nêu từng lỗi (rule là format), mã thoát 1.
    Đọc được hết thì mã thoát 0, kể cả khi có lưu ý.
    """
    folder = folder or migrating.folder("content")
    if as_json:
        _check_content_for_tools(folder, coverage)
    elif coverage:
        _show_coverage(folder)
    else:
        _check_content(folder)


# --- admin-link, backup, restore -------------------------------------------------------------------------------


@main.command("admin-link")
@click.option("--login", default=ADMIN, show_default=True, help="Tên đăng nhập của người quản trị.")
def admin_link(login: str) -> None:
    """Cấp liên kết vào một lần cho quản trị, ví dụ khi quên mật khẩu."""
    settings = read_settings()
    if not os.environ.get("QUIZAPP_PUBLIC_URL") and (ports := serving.ports_served(settings.data)):
        settings = replace(settings, public_url=serving.url("127.0.0.1", ports[0]))
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
