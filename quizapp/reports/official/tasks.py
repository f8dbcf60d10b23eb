"""Báo cáo: what the work process does for a file that takes long."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flask import current_app

from quizapp.accounts import queries as accounts
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.jobs.actions import Done, Handler, Running
from quizapp.reports.official import actions, files, roll
from quizapp.reports.official import queries as kept
from quizapp.reports.official.actions import Who
from quizapp.reports.official.names import file_name
from quizapp.reports.paper.grid import Cell
from quizapp.web.refused import Refused

TOLD_EVERY = 500  # people


def people_file(running: Running) -> Done:
    """Danh sách người: of whoever its owner may see by name when it is made, not when it was asked for."""
    db.session.rollback()
    with current_app.test_request_context("/"):  # as a GET: through the engine that cannot write
        who = accounts.acting(running.owner_id, today())
        closed = kept.snapshot(who, running.input["snapshot"])
        if closed is None:
            raise Refused("Đồng chí không còn quyền xem số liệu của đơn vị này.")
        whose = roll.Whose(who, closed.path, closed.campaign_id)
        seen = roll.whom(whose, roll.BY_JOB)
        if not seen:
            raise Refused("Không có danh sách để tải: tên từng người do lãnh đạo trực tiếp của mỗi đơn vị xem.")
        listed = roll.of_snapshot(whose, closed.figures, wide=True)
        taken = files.Taken(closed.number, closed.at, who.name, now())
        data = files.one_table(
            "xlsx", closed.figures, taken, replace(listed, rows=_told(running, listed.rows, len(seen)))
        )
        db.session.rollback()
    figures = closed.figures
    name = file_name(files.NAMES[files.PEOPLE], figures.campaign.course_key, figures.body.name, closed.at, "xlsx")
    place = figures.body.code, figures.body.name
    acting = Who(running.owner_id, running.input["net"], now())
    actions.note_file(acting, name, place, figures.campaign.code, closed.number, seen)
    words = f"Danh sách {len(seen)} người đã xong. Lần lập này đã ghi vào nhật ký."
    return Done({"words": words}, data, name, files.TYPES["xlsx"])


def _told(running: Running, rows: Iterator[Sequence[Cell]] | object, whole: int) -> Iterator[Sequence[Cell]]:
    """The rows, with the progress told on the way."""
    for n, row in enumerate(rows, 1):  # type: ignore[arg-type, var-annotated]
        if not n % TOLD_EVERY:
            running.tell(n, whole)
        yield row


HANDLERS: dict[str, Handler] = {actions.PEOPLE_FILE: people_file}
