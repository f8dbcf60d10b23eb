"""Thông tin của bài: tên, nhiệm vụ, vì sao, mục tiêu, cách ra đề; a new unit, and giving a draft up."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from quizapp.accounts.actions import note_act
from quizapp.clock import now
from quizapp.courses import drafts
from quizapp.courses.drafts import Clash
from quizapp.studio import work as works
from quizapp.studio.editing_pages import or_404, to_editor
from quizapp.studio.forms import ReasonForm
from quizapp.studio.head_forms import HeadForm, NewUnitForm, head_form, head_of, quiz_of, said
from quizapp.studio.views import bp
from quizapp.studio.work import Work, only_read
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user


@bp.route("/soan/bai/<int:unit_id>/thong-tin", methods=["GET", "POST"])
@allow(Role.TRAINER)
def head(unit_id: int) -> Any:
    """Thông tin của bài; two parts of the draft, kept together."""
    found = or_404(unit_id)
    form = head_form(found.body, found.course)
    fine = form.sent()
    if fine and not found.final and (other := works.same_number(found, form.number.data)):
        form.number.errors = [f"Bài “{other}” đang mang số này. Ghi số khác, hoặc đổi số bài ấy trước."]
    elif fine:
        try:
            for part, value in (("head", head_of(form, found.body)), ("quiz", quiz_of(form, found.body))):
                drafts.save(unit_id, part, value, request.form.get(f"tu-{part}", ""), current_user.id, now())
        except Clash:
            return _clash(unit_id, form)
        flash("Đã lưu thông tin của bài.")
        return to_editor(unit_id)
    return _shown(found, form, {}, 200)


def _clash(unit_id: int, mine: HeadForm) -> Any:
    """What the other wrote stands beside each field that differs; sending again keeps one's own."""
    only_read()
    found = or_404(unit_id)
    theirs = said(found.body)
    differ = {
        field.name: theirs.get(field.name) for field in mine if (field.data or None) != (theirs.get(field.name) or None)
    }
    return _shown(found, mine, differ, 409)


def _shown(found: Work, form: HeadForm, differ: dict[str, Any], status: int) -> Any:
    return render_template("studio/edit_head.html", work=found, form=form, differ=differ), status


@bp.route("/soan/bai-moi", methods=["GET", "POST"])
@allow(Role.TRAINER)
def new_unit() -> Any:
    """Thêm bài: a unit of its own, with the template's headings, or a course's final; ``khoa``: to that course."""
    wanted = request.args.get("khoa")
    courses = [(n, course) for n, course in works.courses() if wanted in (None, course.key)]
    if not courses:
        abort(404)
    without_final = {course_id for course_id, _ in courses if not drafts.has_final(course_id)}
    form, twin = NewUnitForm(courses, without_final), None
    if form.sent():
        course_id, task, final = form.chosen()
        twin = works.twin_of(course_id, form.title.data)
    if form.sent() and (twin is None or form.same.data):
        unit = drafts.begin_unit(course_id, form.title.data, task, current_user.id, now(), final)
        note_act(current_user.id, "begin_unit", now(), detail={"unit": unit.key, "title": form.title.data})
        flash("Đã mở bài mới. Ghi vì sao và mục tiêu trước, rồi soạn từng mục.")
        return redirect(url_for(".head", unit_id=unit.id), 303)
    return render_template("studio/new_unit.html", form=form, courses=courses, twin=twin)


@bp.route("/soan/bai/<int:unit_id>/bo", methods=["GET", "POST"])
@allow(Role.TRAINER)
def give_up(unit_id: int) -> Any:
    """Bỏ bản nháp, with a reason; what is in use stays."""
    found = or_404(unit_id)
    form = ReasonForm()
    if form.sent():
        detail = {"unit": found.body["head"].get("key"), "title": found.title}
        note_act(current_user.id, "give_up_draft", now(), detail=detail, reason=form.why.data)
        drafts.give_up(unit_id)
        kept = "Bản đang dùng giữ nguyên." if found.published else "Bài chưa từng được phát hành, nên không còn nữa."
        flash(f"Đã bỏ bản nháp “{found.title}”. {kept}")
        return redirect(url_for(".desk"), 303)
    return render_template("studio/give_up.html", work=found, form=form)
