"""Khóa học: tên, nhiệm vụ, thứ tự bài, lộ trình."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from quizapp.accounts.actions import note_act
from quizapp.clock import now
from quizapp.courses import arranging, drafts, queries
from quizapp.domain.content import Course
from quizapp.learning.queries import paths_opened
from quizapp.studio.course_forms import course_form, grid
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow
from quizapp.web.refused import Refused


def _course(key: str) -> tuple[int, Course]:
    course_id = queries.course_id(key) or abort(404)
    return course_id, drafts.course_of(course_id)


def _named(course_id: int) -> dict[str, str]:
    """Every unit by key, as lists call it."""
    return {row.key: queries.taught(row.revision_id).unit.listed for row in queries.unit_rows(course_id)}


@bp.get("/soan/khoa-hoc/<key>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def course(key: str) -> Any:
    """Khóa học: lộ trình nào có bài nào, theo thứ tự; các bản."""
    course_id, one = _course(key)
    page = {"course": one, "named": _named(course_id), "grid": grid(one), "history": arranging.history(course_id)}
    page["may"] = not current_user.roles.isdisjoint({Role.REVIEWER, Role.ADMIN})
    return render_template("studio/course.html", **page)


@bp.route("/duyet/khoa-hoc/<key>", methods=["GET", "POST"])
@allow(Role.REVIEWER, Role.ADMIN)
def arrange_course(key: str) -> Any:
    """Sửa khóa học, with a reason: like taking a unit out, an act of whoever publishes."""
    (course_id, one), problem = _course(key), None
    form = course_form(one, _named(course_id), arranging.digest(one))
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
