"""Trang chủ, kết quả của tôi, dữ liệu về tôi, trợ giúp."""

import json
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session, url_for

from quizapp.accounts import actions as accounts
from quizapp.accounts import forms, queries
from quizapp.accounts.models import RequestKind
from quizapp.attempts import queries as attempts
from quizapp.clock import day_of, now, today
from quizapp.config import Settings
from quizapp.courses import queries as courses
from quizapp.desk import export, menu
from quizapp.domain.content import Document
from quizapp.learning import queries as learning
from quizapp.learning import views as lessons
from quizapp.learning.queries import Own
from quizapp.learning.views import Outline
from quizapp.library import queries as library
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user

bp = Blueprint("desk", __name__, template_folder="templates")
DONE = ("passed", "waived")


@bp.get("/")
@allow(Role.LEARNER)
def home() -> Any:
    """Trang chủ: the learner's, if one is enrolled, else the first room that one may open."""
    enrolments = lessons.own_first()
    if not enrolments:
        return _another_room()
    own = enrolments[0]
    units = lessons.outlines(own)
    current = None if own.completed_at else _current(units)  # the pre-test left out is nothing to go on with
    graded = [one for one in units if one.taught.unit.graded and not one.taught.unit.final]
    page = {
        "own": own,
        "others": enrolments[1:],
        "dot": request.args.get("dot"),
        "units": units,
        "spine": [_task(task, listed) for task, listed in lessons.by_task(own, units)],
        "current": current,
        "resume": _resume(own, current) if current else None,
        "graded": graded,
        "passed": [one for one in graded if one.standing.state in DONE],
        "days": (own.due_on - today()).days,
        "early": (own.due_on - day_of(own.completed_at)).days if own.completed_at else 0,
        "minutes_left": lessons.minutes_left([one for one in units if one.taught.unit.graded]),
        "pledge": learning.pledge_of(current_user.id, own.course_id) if own.completed_at else None,
        "confirmation": learning.confirmation_of(own.enrolment_id) if own.completed_at else None,
    }
    return render_template("desk/home.html", **page, documents=_documents(own))


def _documents(own: Own) -> list[Document]:
    """Three of the course's documents: its own first, then those of its tasks."""
    course = courses.course_value(own.course_revision_id)
    tasks = {task.key for task in course.tasks}
    mine = [one for one in library.known_documents() if one.code == course.document or one.task in tasks]
    return sorted(mine, key=lambda one: one.code != course.document)[:3]


class Task(NamedTuple):
    """A task's row: how many units it has, the one to go to, whether all are done, and the minutes of what is left."""

    name: str
    title: str
    units: int
    shown: Outline | None
    done: bool
    minutes: int


def _task(task: Any, units: list[Outline]) -> Task:
    left = [one for one in units if one.standing.state not in DONE]
    shown = next(iter(left or units), None)
    return Task(task.name, task.title, len(units), shown, not left, sum(one.minutes for one in left))


def _another_room() -> Any:
    for room in menu.rooms(current_user):
        return redirect(room.address, 303)
    return render_template("learning/none.html")


def _current(units: list[Outline]) -> Outline | None:
    """The unit to go on with: one begun, then one to do again, then the first not begun.

    Never one that is shut, nor the pre-test once something has been passed without it.
    """
    under_way = any(one.standing.state == "passed" for one in units)
    may_be = [one for one in units if not one.needs and (one.taught.unit.graded or not under_way)]
    for state in ("learning", "failed", "not_started"):
        for one in may_be:
            if one.standing.state == state:
                return one
    return None


def _resume(own: Own, current: Outline) -> dict[str, Any]:
    """Where exactly: an open attempt, the first section not read, or the questions."""
    unit = current.taught.unit
    attempt_id = attempts.open_attempts(current_user.id).get(current.standing.unit_id)
    read = learning.sections_read(current_user.id, own.course_id, unit.key)
    if own.again:
        read = frozenset()  # what was read says something else now
    count = len(unit.sections)
    left = [n for n, section in enumerate(unit.sections, 1) if section.key not in read]
    unread = 0 if attempt_id is not None or not count else len(left) / count
    place: dict[str, Any] = {"read": count - len(left), "count": count, "n": None, "attempt": attempt_id is not None}
    place["left"] = timedelta(minutes=learning.minutes_of(unit, unread))
    if unit.final and attempt_id is None:
        return place | {"address": url_for("attempts.before_final", course=own.course_key, unit=unit.key)}
    if attempt_id is not None:
        return place | {"address": url_for("attempts.resume", attempt_id=attempt_id)}
    address: dict[str, Any] = {"course": own.course_key, "unit": unit.key}
    if not left:
        return place | {"address": url_for("learning.unit", **address, _anchor="cuoi-bai")}
    if len(left) == count:
        return place | {"address": url_for("learning.unit", **address)}
    section = unit.sections[left[0] - 1]
    return place | {
        "address": url_for("learning.section", **address, n=left[0]),
        "n": left[0],
        "title": section.title,
    }


@bp.get("/ket-qua")
@allow(Role.LEARNER)
def results() -> Any:
    """Kết quả của tôi: bài, lần làm, giấy xác nhận."""
    enrolments, taken = lessons.own_first(), attempts.taken(current_user.id)
    units = lessons.outlines(enrolments[0]) if enrolments else []
    page: dict[str, Any] = {
        "taken": taken,
        "others": enrolments[1:],
        "dot": request.args.get("dot"),
        "named": {one.unit_id: courses.taught(one.revision_id).unit for one in taken},
        "titles": _titles({one.course_id for one in taken}),
        "confirmations": learning.confirmations_of(current_user.id),
    }
    page["finished"] = any(one.taught.unit.final and one.standing.state in ("passed", "failed") for one in units)
    page["pledge"] = learning.pledge_of(current_user.id, enrolments[0].course_id) if page["finished"] else None
    return render_template("desk/results.html", own=enrolments[0] if enrolments else None, units=units, **page)


def _titles(course_ids: Collection[int]) -> dict[int, str]:
    """The titles of courses, by id; of one alone there is nothing to tell apart."""
    return {} if len(course_ids) < 2 else courses.titles()


@bp.route("/toi", methods=["GET", "POST"])
@allow(Role.LEARNER)
def me() -> Any:
    """Dữ liệu về tôi: hồ sơ, cỡ chữ, giao diện, lịch sử đăng nhập, what was asked for."""
    person = queries.person(current_user.id)
    data = {"text_size": str(person.text_size), "theme": person.theme, "letter_keys": person.letter_keys}
    form = forms.LookForm(data=data)
    if form.sent():
        accounts.choose_look(current_user.id, int(form.text_size.data), form.theme.data, bool(form.letter_keys.data))
        session.pop("co-chu", None)
        flash("Đã lưu.")
        return redirect(url_for(".me"), 303)
    settings: Settings = current_app.extensions["settings"]
    page = {
        "person": person,
        "public_url": settings.public_url,
        "places": queries.places(current_user.id, today()),
        "sessions": queries.sessions(current_user.id),
        "requests": queries.requests_of(current_user.id),
        "reports": courses.reports_by(current_user.id),
        "looks": queries.looks_at(current_user.id),
    }
    return render_template("desk/me.html", form=form, **page)


@bp.post("/toi/de-nghi-sua")
@allow(Role.LEARNER)
def correct() -> Any:
    """Đề nghị sửa dữ liệu về tôi."""
    form = forms.CorrectionForm()
    if not form.sent():
        flash("Chưa gửi: đồng chí ghi điều chưa đúng rồi gửi lại.")
        return redirect(url_for(".me", _anchor="de-nghi"), 303)
    accounts.ask(current_user.id, RequestKind.CORRECTION, form.text.data, now())
    flash("Đã gửi đề nghị. Người quản trị trả lời trong hai ngày làm việc.")
    return redirect(url_for(".me", _anchor="de-nghi"), 303)


@bp.route("/toi/thu", methods=["GET", "POST"])
@allow(Role.LEARNER)
def mail() -> Any:
    """Địa chỉ thư của tôi."""
    form = forms.EmailForm(data={"email": queries.person(current_user.id).email or ""})
    if not form.sent():
        return render_template("desk/mail.html", form=form)
    accounts.set_email(current_user.id, form.email.data)
    flash("Đã lưu địa chỉ thư." if form.email.data else "Đã bỏ địa chỉ thư. Từ nay không gửi thư nào cho đồng chí.")
    return redirect(url_for(".me", _anchor="thu-va-lich"), 303)


@bp.post("/toi/lich")
@allow(Role.LEARNER)
def open_calendar() -> Any:
    """Lập, hoặc đổi, địa chỉ lịch riêng."""
    accounts.open_calendar(current_user.id)
    flash("Đã lập địa chỉ lịch riêng. Địa chỉ cũ, nếu có, không dùng được nữa.")
    return redirect(url_for(".me", _anchor="thu-va-lich"), 303)


@bp.post("/toi/lich/thoi")
@allow(Role.LEARNER)
def close_calendar() -> Any:
    """Thôi dùng địa chỉ lịch riêng."""
    accounts.close_calendar(current_user.id)
    flash("Địa chỉ lịch không dùng được nữa.")
    return redirect(url_for(".me", _anchor="thu-va-lich"), 303)


@bp.route("/toi/de-nghi-xoa", methods=["GET", "POST"])
@allow(Role.LEARNER)
def ask_to_erase() -> Any:
    """Đề nghị xóa dữ liệu về tôi."""
    form = forms.ErasureForm()
    if not form.sent():
        return render_template("desk/erase.html", form=form)
    accounts.ask(current_user.id, RequestKind.ERASURE, form.text.data, now())
    flash("Đã gửi đề nghị xóa. Người quản trị trả lời trong hai ngày làm việc.")
    return redirect(url_for(".me", _anchor="de-nghi"), 303)


@bp.get("/toi/du-lieu.json")
@allow(Role.LEARNER)
def my_data() -> Any:
    """Tải dữ liệu về tôi: all that is kept, as one JSON file."""
    kept = export.everything(current_user.id)
    text = json.dumps(kept, ensure_ascii=False, indent=1, default=_iso)
    name = f"du-lieu-{current_user.code}-{day_of(now())}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="application/json", headers=headers)


def _iso(value: Any) -> str:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    raise TypeError(type(value))


@bp.post("/toi/phien/<int:session_id>/ket-thuc")
@allow(Role.LEARNER)
def end_session(session_id: int) -> Any:
    """Kết thúc một phiên đăng nhập trên máy khác."""
    accounts.end_session(session_id, current_user.id, now())
    flash("Đã đăng xuất phiên đó.")
    return redirect(url_for(".me", _anchor="phien"), 303)


@bp.get("/tro-giup")
@allow(Role.PUBLIC)
def help() -> Any:
    """Trợ giúp: how it works, and who helps."""
    places = queries.places(current_user.id, today()) if current_user.is_authenticated else []
    return render_template("desk/help.html", places=places)


@bp.get("/healthz")
@allow(Role.PUBLIC)
def alive() -> Any:
    """Whether this process answers."""
    return Response("ok\n", mimetype="text/plain")
