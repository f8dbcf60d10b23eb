"""Soạn: bản in: a unit and a paper for who studies without a phone; the key on a sheet of its own, for the trainer."""

import random

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from quizapp.courses import queries as courses
from quizapp.courses.queries import Taught
from quizapp.domain import attempts, grading
from quizapp.domain.attempts import Paper
from quizapp.studio import queries
from quizapp.web import markdown
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user

bp = Blueprint("printing", __name__, template_folder="templates")
CODES = 1000  # different papers of a unit


def _taught(unit_id: int) -> Taught:
    line = queries.unit_line(unit_id) or abort(404)
    if line.taught.unit.final:
        abort(404)  # the final is taken alone, timed by the server
    return line.taught


def _paper(taught: Taught) -> tuple[int, Paper]:
    """The paper of ?de=, the same each time it is printed from this revision; without it another one."""
    code = request.args.get("de", type=int)
    if code is None or not 0 < code < CODES:
        code = random.randrange(1, CODES)
    rng = random.Random(f"{taught.revision_id}:{code}")
    return code, attempts.draw(taught.unit, {}, rng, courses.stopped_keys(taught.unit_id))


def _whole(text: str) -> Markup:
    """A section with its solutions open: paper cannot be clicked."""
    return Markup(str(markdown.html(text)).replace("<details", "<details open"))  # noqa: S704 - cleaned already


@bp.get("/soan/bai/<int:unit_id>/in")
@allow(Role.TRAINER, Role.REVIEWER, Role.SECRETARY)
def paper(unit_id: int) -> str:
    """Bản in: bài đọc và đề, không có đáp án."""
    taught = _taught(unit_id)
    code, drawn = _paper(taught)
    shown = [grading.show(taught.questions[entry.key], entry.orders) for entry in drawn.entries]
    texts = [_whole(section.text) for section in taught.unit.sections]
    page = {"texts": texts, "taught": taught, "unit": taught.unit, "code": code, "questions": shown}
    keys = bool({Role.TRAINER, Role.REVIEWER} & set(current_user.roles))
    return render_template("studio/print.html", unit_id=unit_id, keys=keys, **page)


@bp.get("/soan/bai/<int:unit_id>/in/dap-an")
@allow(Role.TRAINER, Role.REVIEWER)
def key(unit_id: int) -> str:
    """Đáp án của một đề in, trên tờ riêng."""
    taught = _taught(unit_id)
    code, drawn = _paper(taught)
    told = []
    for entry in drawn.entries:
        question = taught.questions[entry.key]
        told.append((grading.show(question, entry.orders), grading.explain(question, entry.orders, None)))
    return render_template(
        "studio/print_key.html", unit=taught.unit, unit_id=unit_id, code=code, told=told, taught=taught
    )
