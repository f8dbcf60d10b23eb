"""Khóa học: thêm khóa mới; tên, văn bản gốc, nhiệm vụ, thứ tự bài, lộ trình; bỏ khóa chưa có bài."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from quizapp.accounts.actions import note_act
from quizapp.clock import now
from quizapp.courses import arranging, beginning, drafts, queries
from quizapp.domain.content import Course, Unit
from quizapp.learning.queries import paths_opened
from quizapp.library import queries as library
from quizapp.studio.course_forms import course_form, grid, new_course_form
from quizapp.studio.forms import ReasonForm
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused


def _course(key: str) -> tuple[int, Course]:
    course_id = queries.course_id(key) or abort(404)
    return course_id, drafts.course_of(course_id)


def _units(course_id: int) -> dict[str, Unit]:
    """Every unit by key."""
    return {row.key: queries.taught(row.revision_id).unit for row in queries.unit_rows(course_id)}


def _may(one: Course) -> bool:
    """Whether the reader may arrange the course: whoever publishes; while it has no unit, whoever writes too."""
    return not current_user.roles.isdisjoint({Role.REVIEWER, Role.ADMIN} | (set() if one.units else {Role.TRAINER}))


@bp.get("/soan/khoa-hoc/<key>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def course(key: str) -> Any:
    """Khóa học: lộ trình nào có bài nào, theo thứ tự; các bản."""
    course_id, one = _course(key)
    page = {"course": one, "units": _units(course_id), "grid": grid(one), "history": arranging.history(course_id)}
    page |= {"may": _may(one), "document": library.document(one.document)}
    page["may_give_up"] = Role.TRAINER in current_user.roles and beginning.may_give_up(course_id)
    return render_template("studio/course.html", **page)


@bp.route("/soan/khoa-hoc-moi", methods=["GET", "POST"])
@allow(Role.TRAINER)
def new_course() -> Any:
    """Thêm khóa học: its name, its document, its tasks; the units come afterwards."""
    documents = library.documents()
    form, problem = new_course_form(documents), None
    if form.sent():
        try:
            told = form.title.data, form.document.data, form.pairs()
            key = beginning.begin(*told, current_user.id, now())
            note_act(current_user.id, "begin_course", now(), detail={"course": key, "title": form.title.data})
            flash("Đã mở khóa học mới. Thêm bài đầu tiên; khóa học mở đợt được khi bài ấy được duyệt và phát hành.")
            return redirect(url_for(".course", key=key), 303)
        except Refused as no:
            problem = no.sentence
    page = {"form": form, "problem": problem, "documents": documents}
    return render_template("studio/new_course.html", **page), 409 if problem else 200


@bp.route("/duyet/khoa-hoc/<key>", methods=["GET", "POST"])
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def arrange_course(key: str) -> Any:
    """Sửa khóa học, with a reason: like taking a unit out, an act of whoever publishes."""
    (course_id, one), problem = _course(key), None
    if not _may(one):
        abort(403)
    form = course_form(one, _units(course_id), library.documents(), arranging.digest(one))
    if request.method == "POST" and form.seen.data != arranging.digest(one):
        problem = arranging.STALE  # the rows are not those that were filled in
    elif form.sent():
        try:
            said = form.seen.data, form.plan(), form.why.data
            done = arranging.keep(course_id, *said, current_user.id, now(), paths_opened)
            if done:
                note_act(current_user.id, "arrange_course", now(), detail={"course": key}, reason=form.why.data)
            flash("Đã lưu. Đợt học mở từ nay theo bản này." if done else "Không có gì thay đổi.")
            return redirect(url_for(".course", key=key), 303)
        except Refused as no:
            problem = no.sentence
    page = {"course": one, "form": form, "problem": problem, "held": arranging.held(course_id, paths_opened(course_id))}
    return render_template("studio/course_edit.html", **page), 409 if problem else 200


@bp.route("/soan/khoa-hoc/<key>/bo", methods=["GET", "POST"])
@allow(Role.TRAINER)
def give_up_course(key: str) -> Any:
    """Bỏ khóa học chưa từng có bài, with a reason."""
    (course_id, one), form = _course(key), ReasonForm()
    if form.sent():
        beginning.give_up(course_id)
        note_act(
            current_user.id, "give_up_course", now(), detail={"course": key, "title": one.title}, reason=form.why.data
        )
        flash(f"Đã bỏ khóa học “{one.title}”.")
        return redirect(url_for(".desk"), 303)
    if not beginning.may_give_up(course_id):
        abort(404)
    return render_template("studio/course_give_up.html", course=one, form=form)
