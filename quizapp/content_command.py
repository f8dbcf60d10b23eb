"""Nội dung từ tệp: what `import-content`, `check content` and every start do with a folder of courses."""

import json
from pathlib import Path

import click
import sqlalchemy as sa

from quizapp import migrating
from quizapp.clock import now
from quizapp.config import BadSetting
from quizapp.courses import actions as courses
from quizapp.courses.exchange import FileProblems, folders
from quizapp.courses.exchange.folders import Read
from quizapp.database import db


def import_all(everything: list[Read]) -> list[courses.Imported]:
    """Every course that was read, where it changed; all or nothing."""
    if db.engines[None].dialect.name == "postgresql":  # two nodes that start together import once
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(migrating.LOCK)))
    done = [courses.take_in(one.contents, now()) for one in everything]
    db.session.commit()
    return done


def read_all(folder: Path) -> list[Read]:
    """The courses of a folder, or the one that it is; every problem of every file printed, and exit code 1."""
    if not folder.is_dir():
        raise BadSetting(f"Không có thư mục {folder}.")
    try:
        return folders.read(folder)
    except FileProblems as error:
        click.echo("\n".join(map(str, error.problems)))
        click.echo(f"{len(error.problems)} lỗi. Chưa nhập gì.", err=True)
        raise click.exceptions.Exit(1) from None


def check(folder: Path) -> None:
    """What reads badly, and what the linter would have a trainer look at again."""
    everything = read_all(folder)
    found = list(folders.findings(everything))
    for one in found:
        click.echo("{file}:{line}: {field}: lưu ý ({rule}): {text}".format(**one))
    units, questions = folders.units(everything), folders.questions(everything)
    counts = f"{len(everything)} khóa học, {len(units)} bài, {len(questions)} câu hỏi"
    click.echo(f"Đọc được {counts}; {len(found)} lưu ý.")


def show_coverage(folder: Path) -> None:
    click.echo("\n".join(folders.coverage_table(read_all(folder))))


def check_for_tools(folder: Path, coverage: bool) -> None:
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
