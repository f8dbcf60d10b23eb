"""Câu hỏi cho công cụ khác: `quizapp import-questions … --json` needs no database, and does not wait for the house to load."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from quizapp.config import BadSetting
from quizapp.courses import offering
from quizapp.courses.exchange.encoding import NAMES
from quizapp.courses.exchange.formats import FORMATS, Format
from quizapp.domain.interchange import MOST_BYTES, Offered, Remark, Unreadable, as_json

CHOICE = click.Choice(list(FORMATS))
_OPTIONS = (
    click.argument("file", type=click.Path(path_type=Path), metavar="TỆP"),
    click.option("--format", "name", type=CHOICE, help="Định dạng của tệp; bỏ trống khi phần đuôi của tên tệp nói rõ."),
    click.option("--check", "only_check", is_flag=True, help="Chỉ đọc và soát, không nhập."),
    click.option("--json", "for_tools", is_flag=True, help="In các câu đọc được dạng JSON, không nhập."),
    click.option("--unit", metavar="MÃ", help="Nhập các câu đúng vào bản nháp của bài này, ví dụ bai-6."),
    click.option("--encoding", type=click.Choice(list(NAMES)), help="Chuyển mã khi đọc tệp không phải Unicode."),
    click.option(
        "--problems", type=click.Path(path_type=Path), metavar="TỆP", help="Ghi các câu có vấn đề ra tệp .xlsx."
    ),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What `import-questions` may be told."""
    for one in reversed(_OPTIONS):
        command = one(command)
    return command


@click.command("import-questions")
@options
def import_questions(file: Path, name: str | None, encoding: str | None, **rest: object) -> None:
    """Đọc câu hỏi của Excel, Word, GIFT, Aiken, Moodle XML, QTI; in JSON."""
    try:
        tell_tools(file, name, encoding)
    except BadSetting as problem:
        click.echo(str(problem), err=True)
        raise click.exceptions.Exit(2) from None


def tell_tools(file: Path, name: str | None, encoding: str | None) -> None:
    """The questions as JSON; where the file cannot be read, a list with one that says why, and exit code 2."""
    form = format_of(name, file)
    try:
        items = read(file, form, encoding)
    except BadSetting as no:
        click.echo(as_text([unread(file, str(no))]))
        raise click.exceptions.Exit(2) from None
    click.echo(as_text(items))


def format_of(name: str | None, file: Path) -> Format:
    """The format of that name, or the one that the file's name says."""
    if name is not None:
        return FORMATS[name]
    ends = [one for one in FORMATS.values() if file.suffix.lower() in one.ends]
    if len(ends) != 1:
        raise BadSetting(f"Chọn định dạng bằng --format: {', '.join(FORMATS)}.")
    return ends[0]


def read(file: Path, form: Format, encoding: str | None) -> list[Offered]:
    """The questions of a file, judged; BadSetting with a sentence where it cannot be read."""
    try:
        if file.stat().st_size > MOST_BYTES:  # said without reading it
            raise BadSetting(f"Tệp lớn hơn {MOST_BYTES // 1024 // 1024} MB. Chia tệp thành các phần nhỏ hơn.")
        data = file.read_bytes()
    except OSError as error:
        why = "không có tệp ấy" if isinstance(error, FileNotFoundError) else error.strerror
        raise BadSetting(f"Không đọc được tệp {file} ({why}).") from None
    try:
        return offering.judged(form.read(data, file.name, encoding))
    except Unreadable as no:
        more = f" Thêm --encoding {no.encoding} để chuyển mã khi đọc." if no.encoding else ""
        raise BadSetting(f"{no.sentence}{more} Chưa nhập gì.") from None


def as_text(items: Sequence[Offered]) -> str:
    """The questions for other tools."""
    return json.dumps([as_json(item) for item in items], ensure_ascii=False, indent=1)


def unread(file: Path, sentence: str) -> Offered:
    """What stands for a file that could not be read, where the answer is a list of questions."""
    remark = Remark(message=sentence, code="unreadable", fatal=True)
    return Offered(kind="description", title=file.name, problems=(remark,))
