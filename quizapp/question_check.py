"""Soát tệp câu hỏi: `quizapp import-questions` without a unit, loading no more of the house than looking at a file needs."""

from pathlib import Path

import click
from flask import current_app

from quizapp import migrating
from quizapp.config import BadSetting, Settings, read_settings
from quizapp.courses import question_command, question_program
from quizapp.courses.near_questions import Kept
from quizapp.database import db
from quizapp.opening import opened


@click.command("import-questions")
@question_program.options
def import_questions(
    file: Path, name: str | None, encoding: str | None, problems: Path | None, only_check: bool, **rest: object
) -> None:
    """Nhập câu hỏi của Excel, Word, GIFT, Aiken, Moodle XML, QTI vào bản nháp của một bài."""
    try:
        if not only_check:
            raise BadSetting("Chọn bài bằng --unit, hoặc chỉ soát tệp bằng --check.")
        check(file, name, encoding, problems)
    except BadSetting as problem:
        click.echo(str(problem), err=True)
        raise click.exceptions.Exit(2) from None


def check(file: Path, name: str | None, encoding: str | None, problems: Path | None) -> None:
    """Read a file and say what is wrong with its questions; exit code 1 where something is."""
    items = question_program.read(file, question_program.format_of(name, file), encoding)
    settings = read_settings()
    with opened(settings):
        if not question_command.tell(items, kept(settings), problems, click.echo):
            raise click.exceptions.Exit(1)


def kept(settings: Settings) -> list[Kept]:
    """The bank to find twins in; a file may be checked where there is no database yet."""
    try:
        migrating.check_current(settings)
    except BadSetting:
        return []
    with current_app.test_request_context("/"):
        found = question_command.bank()
        db.session.rollback()
    return found
