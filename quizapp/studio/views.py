"""Soạn: bàn soạn, độ phủ, một bài với các phiên bản và câu hỏi, dừng câu, trả lời người báo."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from quizapp.analysis.queries import to_mend
from quizapp.clock import now
from quizapp.courses import drafts
from quizapp.courses import queries as courses
from quizapp.courses.drafts import has_draft
from quizapp.learning import again
from quizapp.library.queries import validity_of
from quizapp.studio import actions, queries, reviewing, undoing
from quizapp.studio.forms import AnswerForm, StopForm
from quizapp.studio.queries import UnitLine
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user

bp = Blueprint("studio", __name__, template_folder="templates")


@bp.get("/soan")
@allow(Role.TRAINER, Role.REVIEWER)
def desk() -> Any:
    """Bàn soạn: việc cần xử lý, rồi các bài theo nhiệm vụ."""
    stopped, begun = queries.stopped(), queries.drafts()
    page = {"reports": queries.waiting(stopped), "stopped": stopped, "drafts": begun, "to_mend": to_mend()}
    return render_template("studio/desk.html", shelves=queries.shelves(begun), writes=writes(), **page)


def writes() -> bool:
    """Whether the reader may write; a reviewer reads, since who writes does not approve."""
    return Role.TRAINER in current_user.roles


@bp.get("/soan/phu")
@allow(Role.TRAINER, Role.REVIEWER)
def coverage() -> Any:
    """Độ phủ: mỗi điều khoản được dạy ở đâu, có mấy câu hỏi; ``loc=thieu``: those with fewer than two."""
    page = {"whole": queries.whole(), "few": request.args.get("loc") == "thieu", "validity_of": validity_of}
    return render_template("studio/coverage.html", **page)


@bp.get("/soan/bai/<int:unit_id>/ban-dang-dung")
@allow(Role.TRAINER, Role.REVIEWER)
def unit(unit_id: int) -> Any:
    """Bản đang dùng của một bài: điều nên sửa, căn cứ, các mục, mọi câu hỏi với đáp án, các phiên bản."""
    line = queries.unit_line(unit_id)
    if line is None and writes() and has_draft(unit_id):
        return redirect(url_for(".edit", unit_id=unit_id), 303)
    if line is None:
        abort(404)
    history = queries.history(unit_id)
    page = {
        "line": line,
        "writes": writes(),
        "drafted": has_draft(unit_id),
        "taught": line.taught,
        "unit": line.taught.shown,
        "course": courses.address_of(unit_id)[0],
        "history": history,
        "again": again.answered(one.id for one in history),
        "corrections": reviewing.corrections(unit_id),
        "standing": reviewing.standing(unit_id),
        "undoable": undoing.undoable(unit_id, current_user.id, now()),
        "draft": drafts.draft_of(unit_id),
        "stopped": {one.question: one for one in queries.stopped(unit_id)},
        "coverage": queries.coverage(line.taught),
        "validity_of": validity_of,
    }
    return render_template("studio/unit.html", **page)


@bp.route("/soan/bai/<int:unit_id>/cau/<question>/dung", methods=["GET", "POST"])
@allow(Role.TRAINER, Role.REVIEWER)
def stop(unit_id: int, question: str) -> Any:
    """Dừng câu này ngay, with a reason."""
    line = _line(unit_id)
    asked = line.taught.questions.get(question) or abort(404)
    form = StopForm()
    if form.sent():
        actions.stop(line.taught, question, form.why.data, current_user.id, now())
        flash(f"Đã dừng câu {question}. Đề mới không rút câu này; mọi người được trọn điểm câu này, kể cả bài đã nộp.")
        return redirect(url_for(".unit", unit_id=unit_id, _anchor=f"cau-{question}"), 303)
    return render_template("studio/stop.html", form=form, line=line, unit=line.taught.unit, asked=asked)


@bp.post("/soan/bai/<int:unit_id>/cau/<question>/dung-lai")
@allow(Role.TRAINER, Role.REVIEWER)
def resume(unit_id: int, question: str) -> Any:
    """Dùng lại câu đã dừng."""
    actions.resume(_line(unit_id).taught, question, current_user.id, now())
    flash(f"Câu {question} được dùng lại từ các đề mới.")
    return redirect(url_for(".unit", unit_id=unit_id, _anchor=f"cau-{question}"), 303)


@bp.route("/soan/bao-cau/<int:report_id>", methods=["GET", "POST"])
@allow(Role.TRAINER, Role.REVIEWER)
def answer(report_id: int) -> Any:
    """Trả lời người báo câu hỏi chưa chính xác."""
    form = AnswerForm()
    if form.sent():
        actions.answer(report_id, form.answer.data, current_user.id, now())
        flash("Đã trả lời. Người báo đọc được ở trang “Dữ liệu về tôi”.")
        return redirect(url_for(".desk", _anchor="bao-cau"), 303)
    report = next((one for one in queries.waiting(queries.stopped()) if one.id == report_id), None)
    return render_template("studio/answer.html", form=form, report=report or abort(404))


def _line(unit_id: int) -> UnitLine:
    return queries.unit_line(unit_id) or abort(404)
