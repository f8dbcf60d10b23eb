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

from quizapp import backup, content_command, crowd, demo, migrating, preparing, question_check, serving
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Grant, Person
from quizapp.administration import import_command
from quizapp.administration.import_tasks import HANDLERS as IMPORT_HANDLERS
from quizapp.administration.import_tasks import sweep_imports
from quizapp.administration.settings import forget_old
from quizapp.administration.tasks import carry_out_plans
from quizapp.analysis import fill as analysis
from quizapp.analysis import marks_command
from quizapp.analysis.tasks import fill_analysis
from quizapp.attempts.tasks import close_attempts, remark
from quizapp.clock import now
from quizapp.config import BadSetting, Settings, data_folder, read_settings
from quizapp.courses import contents, question_command, question_program
from quizapp.courses.exchange.writing import write_folder
from quizapp.database import db, stay_in_one_moment
from quizapp.domain.marks_sheet import BadMarks
from quizapp.jobs.actions import Handler
from quizapp.jobs.tasks import do_jobs, sweep_jobs
from quizapp.learning import recounting
from quizapp.learning.tasks import (
    count_reminders,
    fold_counts,
    follow_people,
    go_on_reminding,
    send_mail,
    send_reminders,
)
from quizapp.opening import opened
from quizapp.reports import answers_again
from quizapp.reports.official.tasks import HANDLERS as FILE_HANDLERS
from quizapp.reports.tasks import fill_answers
from quizapp.reports.weekly_mail import send_weekly
from quizapp.studio.offers import HANDLERS as QUESTION_HANDLERS
from quizapp.studio.reviewing import HANDLERS as REVIEW_HANDLERS
from quizapp.studio.tasks import suspend_broken
from quizapp.web.access import Role

# Kind of a job -> what does it.
HANDLERS: dict[str, Handler] = {**IMPORT_HANDLERS, **QUESTION_HANDLERS, **REVIEW_HANDLERS, **FILE_HANDLERS}
SCHEDULE: list[serving.Job] = [
    (2.0, fold_counts),
    (5.0, close_attempts),
    (15.0, remark),
    (1.0, partial(do_jobs, HANDLERS)),
    (2.0, send_reminders),
    (2.0, go_on_reminding),
    (5.0, send_mail),
    (10.0, count_reminders),
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
    unnamed = not os.environ.get("QUIZAPP_PUBLIC_URL")
    if unnamed:
        os.environ["QUIZAPP_PUBLIC_URL"] = here  # the server's process reads it, too
    settings = read_settings()
    with serving.alone(settings.data, number):
        with opened(settings):
            told = list(preparing.prepare(settings, sample, serving.is_loopback(address)))
        if unnamed and serving.is_every(address):
            told += [
                f"Chưa đặt QUIZAPP_PUBLIC_URL nên liên kết trong thư và mã QR tạm dùng {here}. Đặt QUIZAPP_PUBLIC_URL là "
                "địa chỉ mà người học mở, ví dụ https://hoc.example.gov.vn, rồi chạy lại."
            ]
        lines = [f"Liêm Chính đang chạy tại {here}", f"Dữ liệu: {_place(settings)}", *told, "Dừng: bấm Ctrl-C."]
        serving.serve(address, number, lambda: print("\n".join(lines), flush=True))
    click.echo("Đã dừng. Dữ liệu được giữ nguyên cho lần chạy sau.")


def _place(settings: Settings) -> str:
    if settings.sqlite:
        return str(settings.data)
    kept = sa.make_url(settings.database_url).render_as_string(hide_password=True)
    return f"{kept}; tệp kèm theo: {settings.data}"


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
        content_command.import_all(content_command.read_all(migrating.folder("content")))
        with click.progressbar(length=len(crowd.STEPS), label="Nạp dữ liệu mẫu", item_show_func=str) as bar:
            told = lambda step: bar.update(0 if step == crowd.STEPS[0] else 1, step)  # noqa: E731
            password = crowd.load(settings.data, given, now(), people, seed, told)
            bar.update(1, "xong")
        lines = list(demo.table(password))
    click.echo("\n".join([f"Đã nạp {people:,} người. Tài khoản:".replace(",", "."), *lines]))


# --- content ---------------------------------------------------------------------------------------------------


@main.command("import-content")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[THƯ_MỤC]")
@click.option("--check", "only_check", is_flag=True, help="Chỉ đọc và soát, không nhập.")
def import_content(folder: Path | None, only_check: bool) -> None:
    """Nhập nội dung: tất cả, hoặc không gì cả khi có lỗi."""
    folder = folder or migrating.folder("content")
    if only_check:
        return content_command.check(folder)
    settings = read_settings()
    with opened(settings):
        everything = content_command.read_all(folder)  # broken files are told before the database is touched
        migrating.migrate(settings)
        done = content_command.import_all(everything)
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
    wrong = 0
    with opened(settings):
        migrating.check_current(settings)
        # As a GET: through the engine that cannot write, in one moment of the database, and nobody has to wait.
        with current_app.test_request_context("/"):
            stay_in_one_moment()
            for one in _counted_again():
                click.echo(str(one))
                wrong += 1
            db.session.rollback()
    if wrong:
        click.echo(f"Lệch {wrong} chỗ.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("Số đếm và trạng thái khớp với dữ kiện.")


def _counted_again() -> Iterator[object]:
    """Whatever differs, as it is found: nothing is kept that grows with the number of people."""
    yield from recounting.everything(now(), partial(_progress, "Ghi danh"))
    yield from answers_again.differences(partial(_progress, "Lượt làm"))
    yield from analysis.differences(partial(_progress, "Câu hỏi"))


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
        content_command.check_for_tools(folder, coverage)
    elif coverage:
        content_command.show_coverage(folder)
    else:
        content_command.check(folder)


# --- admin-link, backup, restore -------------------------------------------------------------------------------


@main.command("admin-link")
@click.option("--login", default=preparing.ADMIN, show_default=True, help="Tên đăng nhập của người quản trị.")
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
        lines = list(preparing.link(settings, person))
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
