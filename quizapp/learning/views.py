"""Bài học: the list of units, a unit's first page, its sections; why not complete; confirmations."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from quizapp import site
from quizapp.accounts import queries as accounts
from quizapp.clock import now
from quizapp.config import Settings
from quizapp.courses import queries as courses
from quizapp.courses.queries import Taught
from quizapp.domain import completion
from quizapp.domain.completion import FactKind
from quizapp.learning import actions, calendar, confirmations, queries
from quizapp.learning.queries import Own, UnitStanding
from quizapp.library.queries import validity_of
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.forms import Form

bp = Blueprint("learning", __name__, template_folder="templates")


@dataclass(frozen=True)
class Outline:
    """A unit as lists show it; ``needs``: the keys of the units that keep it shut, of the final alone."""

    standing: UnitStanding
    taught: Taught
    needs: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """Reading and questions: half a minute a question; the whole time of a timed one."""
        return queries.minutes_of(self.taught.unit)


def outlines(own: Own) -> list[Outline]:
    """The units of an enrolment's path, in order, with their states; one statement."""
    standing = queries.standings(own.course_id, own.enrolment_id)
    course = courses.course_value(own.course_revision_id)
    states = {key: one.state for key, one in standing.items()}
    left = completion.left_before_final(course.before_final(own.path), states)
    return [
        Outline(standing[key], courses.taught(standing[key].revision_id), left if key == course.final else ())
        for key in course.path(own.path).units
        if key in standing
    ]


def own_first() -> list[Own]:
    """The reader's enrolments; first the one that the address asks for, else the one to go on with."""
    found, asked = queries.own_enrolments(current_user.id), request.args.get("dot", "")
    return sorted(found, key=lambda own: str(own.enrolment_id) != asked) if asked else found


def by_task(own: Own, units: list[Outline]) -> list[tuple[Any, list[Outline]]]:
    """The spine: every task with its units; one without units stands there all the same, unless a unit is studied again."""
    tasks = courses.course_value(own.course_revision_id).tasks
    spine = [(task, [one for one in units if one.taught.unit.task == task.key]) for task in tasks]
    return [(task, listed) for task, listed in spine if listed] if own.again else spine


@bp.get("/hoc")
@allow(Role.LEARNER)
def units() -> Any:
    """Bài học: các bài của đợt học."""
    enrolments = own_first()
    if not enrolments:
        return render_template("learning/none.html")
    own = enrolments[0]
    found = outlines(own)
    spine = by_task(own, found)
    return render_template(
        "learning/units.html", own=own, units=found, spine=spine, course_key=own.course_key, others=enrolments[1:]
    )


@bp.get("/hoc/<course>/<unit>")
@allow(Role.LEARNER)
def unit(course: str, unit: str) -> Any:
    """Trang đầu của một bài: vì sao, mục tiêu, các mục."""
    taught = _taught(course, unit)
    if taught.unit.final:
        return redirect(url_for("attempts.before_final", course=course, unit=unit), 303)
    read = _read(taught, course)
    return render_template("learning/unit.html", course=course, taught=taught, unit=taught.unit, read=read)


@bp.get("/hoc/<course>/<unit>/<int:n>")
@allow(Role.LEARNER)
def section(course: str, unit: str, n: int) -> Any:
    """Một mục của bài, with its citation."""
    taught = _taught(course, unit)
    if not 1 <= n <= len(taught.unit.sections):
        abort(404)
    shown = taught.shown.sections[n - 1]
    provision = cited(taught, shown.cite)
    page = {"section": shown, "n": n, "count": len(taught.unit.sections), "provision": provision}
    return render_template("learning/section.html", course=course, unit=taught.unit, read=_read(taught, course), **page)


@bp.post("/hoc/<course>/<unit>/<int:n>")
@allow(Role.LEARNER)
def read_section(course: str, unit: str, n: int) -> Any:
    """Tiếp: the section is read; on to the next, or to the questions."""
    taught = _taught(course, unit)
    if not 1 <= n <= len(taught.unit.sections):
        abort(404)
    subject = f"{unit}/{taught.unit.sections[n - 1].key}"
    fact = actions.NewFact(FactKind.SECTION_READ, subject, "web", taught.revision_id)
    course_row = courses.course_id_of(taught.unit_id)
    actions.record(current_user.id, course_row, [fact], now())
    if n < len(taught.unit.sections):
        return redirect(url_for(".section", course=course, unit=unit, n=n + 1), 303)
    return redirect(url_for(".unit", course=course, unit=unit, _anchor="cuoi-bai"), 303)


def _taught(course: str, unit: str) -> Taught:
    row = courses.newest(course, unit)
    if row is None:
        abort(404)
    return courses.taught(row.revision_id)


def _read(taught: Taught, course: str) -> frozenset[str]:
    """Keys of the sections that the learner has read."""
    return queries.sections_read(current_user.id, courses.course_id_of(taught.unit_id), taught.unit.key)


class Cited(NamedTuple):
    """A provision as taught, with today's validity of its document beside it."""

    code: str
    anchor: str
    document: str
    label: str
    summary: str
    validity: str


def cited(taught: Taught, reference: str) -> Cited:
    """What stands under a section, or under the answer to a question."""
    told = taught.provisions[reference]
    said = told["document"], told["label"], told["summary"]
    return Cited(told["code"], told["anchor"], *said, validity_of(told["code"]))


# --- what one will do ------------------------------------------------------------------------------------------


class PledgeForm(Form):
    text = TextAreaField(
        "Việc tôi sẽ làm",
        [
            InputRequired("Viết một việc cụ thể đồng chí sẽ làm, rồi bấm Lưu."),
            Length(min=5, max=300, message="Viết một việc cụ thể đồng chí sẽ làm, gọn trong 300 chữ cái."),
        ],
        name="viec",
        description="Một câu: việc gì, ở đâu, xong khi nào. Chỉ đồng chí đọc được.",
    )


@bp.route("/hoc/<course>/viec-toi-se-lam", methods=["GET", "POST"])
@allow(Role.LEARNER)
def pledge(course: str) -> Any:
    """Việc tôi sẽ làm: one sentence that the learner keeps, and may change."""
    course_id = courses.course_id(course)
    if course_id is None:
        abort(404)
    kept = queries.pledge_of(current_user.id, course_id)
    form = PledgeForm(data={"text": kept.text if kept else ""})
    if form.sent():
        actions.keep_pledge(current_user.id, course_id, form.text.data, now())
        flash("Đã lưu. Câu này hiện ở trang Kết quả để đồng chí xem lại.")
        return redirect(url_for("desk.results"), 303)
    return render_template("learning/pledge.html", form=form, course=course)


# --- why, and what one gets ------------------------------------------------------------------------------------


@bp.get("/vi-sao")
@allow(Role.LEARNER)
def why() -> Any:
    """Vì sao chưa hoàn thành? Rule by rule, with ✓ and ✗ and dates."""
    enrolments = own_first()
    if not enrolments:
        return render_template("learning/none.html")
    own = enrolments[0]
    found = outlines(own)
    named = [
        (unit.key, unit.title if unit.final else f"Bài {unit.listed}", unit.graded)
        for unit in (one.taught.unit for one in found)
    ]
    percents = {one.taught.unit.key: one.taught.unit.quiz.pass_percent for one in found}
    verdict = completion.judge(completion.course_rule(named, percents), queries.facts_seen(current_user.id, own))
    keys = [key for key, _, graded in named if graded]
    return render_template("learning/why.html", own=own, verdict=verdict, keys=keys)


@bp.get("/giay-xac-nhan/<code>.pdf")
@allow(Role.LEARNER)
def confirmation_pdf(code: str) -> Any:
    """Giấy xác nhận hoàn thành (PDF), for its owner."""
    found = queries.own_confirmation(current_user.id, code)
    if found is None:
        abort(404)
    document = confirmations.pdf(found.says, found.code, found.at, _public(url_for(".check", code=found.code)))
    name = f"giay-xac-nhan-{found.code}.pdf"
    return Response(
        document, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _public(path: str) -> str:
    """The address that people outside type, whatever name this request came by."""
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url + path


@bp.get("/xac-nhan/<code>")
@allow(Role.PUBLIC)
def check(code: str) -> Any:
    """Kiểm tra giấy xác nhận: shows the recorded fields themselves, to whoever has the code."""
    found = queries.confirmation("".join(code.lower().split("-")))
    return render_template("learning/check.html", found=found, code=code), 200 if found else 404


@bp.get("/xac-nhan")
@allow(Role.PUBLIC)
def check_form() -> Any:
    """Kiểm tra giấy xác nhận bằng mã."""
    code = "".join(c for c in request.args.get("ma", "").lower() if c.isalnum())
    if code:
        return redirect(url_for(".check", code=code), 303)
    return render_template("learning/check.html", found=None, code=None)


@bp.get("/lich/<code>.ics")
@allow(Role.PUBLIC)
def deadlines(code: str) -> Any:
    """Lịch hạn học của một người: a calendar asks without signing in, by the private address."""
    person_id = accounts.owner_of_calendar(code)
    if person_id is None:
        abort(404)
    settings: Settings = current_app.extensions["settings"]
    own = queries.own_enrolments(person_id)
    text = calendar.feed(own, site.current().site_name, f"{settings.public_url}/", now())
    headers = {"Content-Disposition": 'inline; filename="han-hoc.ics"', "X-Robots-Tag": "noindex"}
    return Response(text, content_type="text/calendar; charset=utf-8", headers=headers)


def minutes_left(units: list[Outline]) -> timedelta:
    """How long what is not done takes."""
    return timedelta(minutes=sum(one.minutes for one in units if one.standing.state not in ("passed", "waived")))
