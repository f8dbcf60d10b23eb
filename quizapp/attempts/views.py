"""Câu hỏi, xem lại, nộp bài, kết quả; kiểm tra tổng hợp; báo câu hỏi."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, flash, get_template_attribute, redirect, render_template, request, url_for
from markupsafe import Markup
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from quizapp.accounts import queries as accounts
from quizapp.attempts import actions, queries
from quizapp.attempts.queries import Fixed, Sitting
from quizapp.clock import now, today
from quizapp.courses import actions as course_actions
from quizapp.courses import queries as courses
from quizapp.courses.models import ReportKind
from quizapp.domain import attempts as rules
from quizapp.domain import grading
from quizapp.domain.attempts import AttemptState, Step
from quizapp.learning import queries as learning
from quizapp.learning.queries import Own, own_enrolments, standings
from quizapp.learning.views import Cited, Outline, cited, outlines
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.formats import clock_time
from quizapp.web.forms import Form, choices
from quizapp.web.refused import Refused

bp = Blueprint("attempts", __name__, template_folder="templates")


class ReportForm(Form):
    kind = RadioField(
        "Câu hỏi này chưa chính xác ở điểm nào?",
        [InputRequired("Chọn một điểm.")],
        choices=choices(
            (ReportKind.WRONG_TEXT.value, "Sai văn bản"),
            (ReportKind.TWO_RIGHT.value, "Hai đáp án đúng"),
            (ReportKind.UNCLEAR.value, "Khó hiểu"),
            (ReportKind.OTHER.value, "Khác"),
        ),
        name="loai",
    )
    text = TextAreaField("Đồng chí nói rõ thêm (không bắt buộc)", [Length(max=1000)], name="noi-dung")


@bp.post("/hoc/<course>/<unit>/lam")
@allow(Role.LEARNER)
def start(course: str, unit: str) -> Any:
    """Bắt đầu làm, hoặc làm tiếp lượt đang mở."""
    row = courses.newest(course, unit)
    if row is None:
        abort(404)
    attempt_id = actions.start(current_user.id, courses.taught(row.revision_id), now())
    return redirect(url_for(".resume", attempt_id=attempt_id), 303)


@bp.get("/lam/<int:attempt_id>")
@allow(Role.LEARNER)
def resume(attempt_id: int) -> Any:
    """Làm tiếp: the first question without an answer, else the look-over."""
    sitting = _own(attempt_id)
    if not sitting.open:
        return redirect(url_for(".result", attempt_id=attempt_id), 303)
    if sitting.over(now()):
        return _time_up(sitting)
    left = [step.number for step in sitting.steps if step.slot not in sitting.saved]
    if left:
        return redirect(url_for(".question", attempt_id=attempt_id, n=left[0]), 303)
    return redirect(url_for(".look_over", attempt_id=attempt_id), 303)


@bp.get("/lam/<int:attempt_id>/<int:n>")
@allow(Role.LEARNER)
def question(attempt_id: int, n: int) -> Any:
    """Một câu hỏi; answered with feedback at once, it shows the feedback."""
    sitting = _own(attempt_id)
    if not sitting.open:
        return redirect(url_for(".result", attempt_id=attempt_id), 303)
    if sitting.over(now()):
        return _time_up(sitting)
    return _question_page(sitting, _step(sitting, n))


def _time_up(sitting: Sitting) -> str:
    """Hết giờ: a GET ends nothing; the button does, or the work process within seconds."""
    return render_template("attempts/time_up.html", sitting=sitting, unit=sitting.fixed.taught.unit)


@bp.post("/lam/<int:attempt_id>/<int:n>")
@allow(Role.LEARNER)
def answer(attempt_id: int, n: int) -> Any:
    """Trả lời. A script asks for 204; a form goes on to the feedback, or to the next question.

    Where answers may change until the end, a question may be left out, or marked to be looked at again.
    """
    fixed = queries.own_fixed(current_user.id, attempt_id)
    if fixed is None:
        abort(404)
    slot, key = _slot(fixed, n, 400)
    asked, orders = fixed.taught.questions[key], fixed.paper.orders(key)
    fields, moment = request.form.to_dict(flat=False), now()
    at_once = fixed.taught.unit.quiz.feedback == "at_once"
    marked = None if at_once else request.form.get("danh-dau")
    try:
        chosen = grading.read_response(asked, orders, fields)
    except grading.BadResponse:
        abort(400)
    except grading.Incomplete as incomplete:
        sitting = _own(attempt_id)
        if at_once or not (marked or _left_out(fields)) or sitting.over(moment):
            return _question_page(sitting, _step(sitting, n), incomplete, fields)
        return _go_on(fixed, n, key, marked)
    seq = request.form.get("seq", 0, int)
    if not actions.save(fixed, slot, chosen, seq or int(moment.timestamp() * 1000), moment):
        sitting = _own(attempt_id)
        if sitting.state is AttemptState.EXPIRED or sitting.over(moment):
            return _take_late(fixed, slot, chosen, seq, moment)
        _refuse_if_ended(sitting)  # else an earlier answer stands, and the page that follows shows it
    if request.headers.get("X-Luu"):
        return "", 204
    if at_once:
        return redirect(url_for(".question", attempt_id=attempt_id, n=n), 303)
    return _go_on(fixed, n, key, marked)


def _left_out(fields: dict[str, list[str]]) -> bool:
    """Whether a form holds no part of an answer."""
    return not any(value for name, values in fields.items() for value in values if name not in _NO_ANSWER)


_NO_ANSWER = ("csrf", "seq", "danh-dau")


def _go_on(fixed: Fixed, n: int, key: str, marked: str | None) -> Any:
    """The page after a question of a paper whose answers may change: the same one again, where it was only marked."""
    if marked is not None:
        actions.flag(fixed.id, key, marked == "1")
        return redirect(url_for(".question", attempt_id=fixed.id, n=n), 303)
    if n >= len(fixed.paper.keys):
        return redirect(url_for(".look_over", attempt_id=fixed.id), 303)
    return redirect(url_for(".question", attempt_id=fixed.id, n=n + 1), 303)


def _take_late(fixed: Fixed, slot: str, chosen: Any, seq: int, moment: datetime) -> Any:
    """Too late: the attempt is closed, the answer counted where it was chosen in time, and the result shown.

    ``seq``: milliseconds of the server's clock, as the script told them; 0 without script.
    """
    chosen_at = datetime.fromtimestamp(seq / 1000, UTC) if 0 < seq < _LAST_SEQ else None
    counted = actions.take_late(fixed, slot, chosen, chosen_at, moment)
    if request.headers.get("X-Luu"):
        return "", 204, {"X-Het-Gio": "1"}
    if counted:
        flash("Bài gửi sau hạn vì mất mạng, nhưng câu cuối được chọn trước giờ kết thúc nên vẫn hợp lệ.")
    else:
        flash("Câu trả lời vừa gửi đến sau khi hết giờ nên không tính. Câu ấy vẫn được giữ lại để người quản trị xem.")
    return redirect(url_for(".result", attempt_id=fixed.id), 303)


_LAST_SEQ = 10**13  # the year 2286: what is larger is no moment


def _refuse_if_ended(sitting: Sitting) -> None:
    if not sitting.open and sitting.ended_at is not None:
        attempt_id = sitting.fixed.id
        raise Refused(
            f"Lượt làm này đã nộp lúc {clock_time(sitting.ended_at)}, nên câu trả lời vừa gửi không được tính. "
            "Các câu đã lưu trước đó vẫn còn.",
            url_for(".result", attempt_id=attempt_id),
        )


@bp.get("/lam/<int:attempt_id>/xem-lai")
@allow(Role.LEARNER)
def look_over(attempt_id: int) -> Any:
    """Xem lại trước khi nộp."""
    sitting = _own(attempt_id)
    if not sitting.open:
        return redirect(url_for(".result", attempt_id=attempt_id), 303)
    if sitting.over(now()):
        return _time_up(sitting)
    return render_template("attempts/look_over.html", sitting=sitting, unit=sitting.fixed.taught.unit, now=now())


@bp.post("/lam/<int:attempt_id>/nop")
@allow(Role.LEARNER)
def hand_in(attempt_id: int) -> Any:
    """Nộp bài; a second time, also from a second tab, it shows the one result.

    ``het-gio``: the page's clock hands in; it may not know of time that the person has been given since.
    """
    fixed = queries.own_fixed(current_user.id, attempt_id)
    if fixed is None:
        abort(404)
    moment = now()
    timed = fixed.taught.unit.quiz.minutes is not None
    if "het-gio" in request.form:
        there = ".result" if actions.ring(fixed, moment) else ".resume"
        return redirect(url_for(there, attempt_id=attempt_id), 303)
    if not (timed and actions.close(fixed, moment)):
        actions.hand_in(fixed, moment)
    return redirect(url_for(".result", attempt_id=attempt_id), 303)


@bp.get("/lam/<int:attempt_id>/ket-qua")
@allow(Role.LEARNER)
def result(attempt_id: int) -> Any:
    """Kết quả: đạt hay chưa, each wrong answer explained with its provision, what comes next."""
    sitting = _own(attempt_id)
    if sitting.over(now()):
        return _time_up(sitting)
    if sitting.open:
        return redirect(url_for(".resume", attempt_id=attempt_id), 303)
    mark = queries.mark_of(attempt_id)
    taught = sitting.fixed.taught
    stopped = courses.stopped_keys(sitting.fixed.unit_id)  # their points are given: whose key is in doubt is not told
    wrong = [
        (n, key) for n, key in enumerate(sitting.fixed.paper.keys, 1) if sitting.marks.get(key) != grading.POSSIBLE
    ]
    given = [n for n, key in wrong if key in stopped]
    missed = [explained(sitting, n, key) for n, key in wrong if key not in stopped]
    course, unit = courses.address_of(sitting.fixed.unit_id)
    page = {"mark": mark, "missed": missed, "given": given, "unit": taught.unit, "course": course, "key": unit}
    if taught.unit.final:
        return render_template("attempts/final_result.html", sitting=sitting, **page, **_of_final(sitting, stopped))
    return render_template("attempts/result.html", sitting=sitting, after=_what_next(course, unit), **page)


@dataclass(frozen=True)
class Explained:
    """A question of a paper with its feedback and its provision."""

    number: int
    question: Any
    feedback: grading.Feedback
    provision: Cited


def explained(sitting: Sitting, number: int, key: str) -> Explained:
    """A question with why it is as it is: only for an attempt's owner, once it may be seen."""
    taught = sitting.fixed.taught
    asked = taught.questions[key]
    saved = sitting.saved.get(key)
    feedback = grading.explain(asked, sitting.fixed.paper.orders(key), saved.chosen if saved else None)
    return Explained(number, asked, feedback, cited(taught, asked.provision))


def _of_final(sitting: Sitting, stopped: frozenset[str]) -> dict[str, Any]:
    """What the result of the final says besides: each task's share, what to read again, from when one may try again."""
    fixed, unit = sitting.fixed, sitting.fixed.taught.unit
    marks = {key: 100 if key in stopped else sitting.marks.get(key, 0) for key in fixed.paper.keys}
    own = next(
        (own for own in own_enrolments(current_user.id) if own.course_id == courses.course_id_of(fixed.unit_id)), None
    )
    shares = rules.by_objective(unit, marks)
    worst = min(shares, key=lambda key: shares[key].earned / shares[key].possible)
    units = [one.taught.unit for one in outlines(own)] if own else []
    provisional = sitting.state is AttemptState.EXPIRED and sitting.deadline is not None
    until = sitting.deadline + rules.LATE_WINDOW if provisional and sitting.deadline else None
    return {
        "own": own,
        "shares": [(objective.text, shares[objective.key]) for objective in unit.objectives if objective.key in shares],
        "weak": [one for one in units if one.task == worst],
        "opens_at": rules.opens_again_at(sitting.ended_at, unit.quiz.retry_hours),
        "provisional_until": until if until and now() < until else None,
        "late": sum(saved.late for saved in sitting.saved.values()),
        "kept": len(queries.late_answers(fixed.id)) if provisional else 0,
        "pledge": learning.pledge_of(current_user.id, courses.course_id_of(fixed.unit_id)),
        "now": now(),
    }


def _what_next(course: str, unit: str) -> tuple[str, str] | None:
    """The next unit that is not done: its title and address. Of the same course first, then of another that one is in."""
    for own in sorted(own_enrolments(current_user.id), key=lambda own: own.course_key != course):
        path = courses.course_value(own.course_revision_id).path(own.path).units
        standing = standings(own.course_id, own.enrolment_id)
        here = unit if own.course_key == course else None
        later = list(path[path.index(here) + 1 :]) + list(path) if here in path else list(path)
        for key in later:
            if key != here and key in standing and standing[key].state not in ("passed", "waived"):
                title = courses.taught(standing[key].revision_id).unit.title
                return title, url_for("learning.unit", course=own.course_key, unit=key)
    return None


# --- the final -------------------------------------------------------------------------------------------------


@bp.get("/hoc/<course>/<unit>/truoc-khi-lam")
@allow(Role.LEARNER)
def before_final(course: str, unit: str) -> Any:
    """Kiểm tra tổng hợp, trước khi làm: the rules, what is still to be passed, from when one may try again."""
    row = courses.newest(course, unit)
    if row is None or not (taught := courses.taught(row.revision_id)).unit.final:
        abort(404)
    course_id = courses.course_id_of(row.unit_id)
    own, units = _nearest(course_id, unit)
    final = units.get(unit)
    before = queries.before(current_user.id, row.unit_id)
    opens_at = rules.opens_again_at(before.last_ended_at, taught.unit.quiz.retry_hours)
    page = {
        "own": own,
        "state": final.standing.state if final else None,
        "left": [units[key].taught.unit for key in final.needs] if final else [],
        "open_id": before.open_id,
        "opens_at": opens_at if opens_at and now() < opens_at else None,
        "extra": queries.extra_time(current_user.id),
        "places": accounts.places(current_user.id, today()),
    }
    return render_template("attempts/before_final.html", course=course, unit=taught.unit, **page)


def _nearest(course_id: int, final: str) -> tuple[Own | None, dict[str, Outline]]:
    """Of one's enrolments in a course the one that lacks least before its final, with the units of its path by key."""
    listed = [
        (own, {one.taught.unit.key: one for one in outlines(own)})
        for own in own_enrolments(current_user.id)
        if own.course_id == course_id
    ]
    left = [(final not in units, len(units[final].needs) if final in units else 0) for _, units in listed]
    return listed[left.index(min(left))] if listed else (None, {})


# --- one question ----------------------------------------------------------------------------------------------


def _own(attempt_id: int) -> Sitting:
    sitting = queries.own_sitting(current_user.id, attempt_id)
    if sitting is None:
        abort(404)
    return sitting


def _step(sitting: Sitting, n: int, unknown: int = 404) -> Step:
    steps = sitting.steps
    if not 1 <= n <= len(steps):
        abort(unknown)
    return steps[n - 1]


def _slot(fixed: Fixed, n: int, unknown: int = 404) -> tuple[str, str]:
    """The response's key and the question's key of page ``n``; for a question that comes again the answers are read."""
    keys = fixed.paper.keys
    if 1 <= n <= len(keys):
        return keys[n - 1], keys[n - 1]
    step = _step(_own(fixed.id), n, unknown)
    return step.slot, step.key


def _question_page(
    sitting: Sitting,
    step: Step,
    incomplete: grading.Incomplete | None = None,
    typed: dict[str, list[str]] | None = None,
) -> str:
    fixed, taught = sitting.fixed, sitting.fixed.taught
    asked, orders = taught.questions[step.key], fixed.paper.orders(step.key)
    saved = sitting.saved.get(step.slot)
    steps = sitting.steps
    page: dict[str, Any] = {
        "sitting": sitting,
        "step": step,
        "bars": [_bar(sitting, one, step) for one in steps],
        "total": len(fixed.paper.keys),
        "unit": taught.unit,
        "saved": saved,
        "following": step.number + 1 if step.number < len(steps) else None,
        "flagged": step.key in sitting.flagged,
        "now": now(),
    }
    if saved is not None and sitting.feedback == "at_once" and incomplete is None:
        feedback = grading.explain(asked, orders, saved.chosen)
        page |= {"asked": asked, "provision": cited(taught, asked.provision)}
        return render_template("attempts/feedback.html", **page, feedback=feedback)
    chosen = typed if typed is not None else grading.chosen_fields(asked, orders, saved.chosen if saved else None)
    page |= {"shown": grading.show(asked, orders), "places": _places(sitting, step)}
    return render_template("attempts/question.html", **page, chosen=chosen, incomplete=incomplete)


def _bar(sitting: Sitting, step: Step, shown: Step) -> str:
    """How the bar shows a page of the attempt: whether it was right only where the page has said so already."""
    if step.key in sitting.flagged:
        return "no"
    if step.slot not in sitting.saved:
        return "n" if step == shown else ""
    if step.again or sitting.feedback == "after":
        return "a"
    return "ok" if sitting.marks[step.key] == grading.POSSIBLE else "no"


def _places(sitting: Sitting, shown: Step) -> list[Markup]:
    """The pages of the attempt as the map of questions shows them, which stands beside each of them."""
    saved, flagged = sitting.saved, sitting.flagged
    return [
        _place(step.number, step.again, step.slot in saved, step.key in flagged, step == shown)
        for step in sitting.steps
    ]


@lru_cache(1024)
def _place(number: int, again: bool, answered: bool, flagged: bool, here: bool) -> Markup:
    label = f"Câu {number}" if not again else "Câu làm lại"
    label += ", đã trả lời" if answered else ", chưa trả lời"
    look = "n" if here else "f" if flagged else "a" if answered else ""
    label += ", xem lại sau" if flagged else ""
    made: Markup = get_template_attribute("attempts/map.html", "place")(number, look, label, here)
    return made


# --- reporting a question --------------------------------------------------------------------------------------


@bp.route("/lam/<int:attempt_id>/<int:n>/bao-cau", methods=["GET", "POST"])
@allow(Role.LEARNER)
def report(attempt_id: int, n: int) -> Any:
    """Báo câu hỏi chưa chính xác."""
    fixed = queries.own_fixed(current_user.id, attempt_id)
    if fixed is None or n < 1:
        abort(404)
    _, key = _slot(fixed, n)
    form = ReportForm()
    if not form.sent():
        asked = fixed.taught.questions[key]
        return render_template("attempts/report.html", form=form, asked=asked, attempt_id=attempt_id, n=n)
    kind = ReportKind(form.kind.data)
    course_actions.report(fixed.revision_id, key, current_user.id, kind, form.text.data or "", now())
    flash("Cảm ơn đồng chí. Báo cáo viên sẽ trả lời trong 3 ngày làm việc.")
    return redirect(url_for(".question", attempt_id=attempt_id, n=n), 303)
