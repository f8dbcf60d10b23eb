"""Theo dõi: whether a body makes its date, whom to urge, what is not understood; inside the leader's scope."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from quizapp.accounts.views import network
from quizapp.clock import day_of, now
from quizapp.domain import forecast, statistics
from quizapp.domain.forecast import Status
from quizapp.reports import actions, charts, figures, past, provisions, queries, words
from quizapp.reports import content as contents
from quizapp.reports import people as persons
from quizapp.reports.tables import STATES, Heading
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused

bp = Blueprint("reports", __name__, template_folder="templates")

SHOWN = 12  # bodies on the first page; the others are one step away
AT_ONCE = 50
FILTERS = {
    "tre": ("Trễ hạn", (Status.OVERDUE, Status.LATE)),
    "sat": ("Sát hạn", (Status.CLOSE,)),
    "kip": ("Kịp hạn", (Status.ON_TIME, Status.REACHED)),
    "chua-du": ("Chưa đủ số liệu", (Status.UNKNOWN, Status.NOBODY)),
}


@bp.record_once
def _tools(state: Any) -> None:
    """What the charts and tables of these pages are drawn with; a global, since macros see no more."""
    drawn = {"draw": charts.draw, "bars": charts.bars, "percentages": forecast.percentages, "heat": statistics.heat}
    said = {"whole": forecast.whole_percent, "share": words.in_percent, "whole_share": words.forecast_of}
    state.app.jinja_env.globals["reports"] = drawn | said | {"filters": FILTERS, "tasks": charts.groups}


@bp.get("/theo-doi")
@allow(Role.LEADER, Role.ADMIN)
def first() -> Any:
    """Theo dõi: on to the topmost body that one leads."""
    return redirect(url_for(".overview", code=queries.first_body(current_user) or abort(404)), 303)


def _open(code: str) -> tuple[Heading, dict[str, Any]]:
    """The heading of a page and what every template of it is told; 404 outside the scope."""
    at, dot = now(), request.args.get("dot")
    heading = queries.heading(current_user, code, dot, day_of(at))
    if heading is None:
        abort(404)
    return heading, {"heading": heading, "campaign": heading.campaign, "dot": dot, "at": at, "today": day_of(at)}


@bp.get("/theo-doi/<code>")
@allow(Role.LEADER, Role.ADMIN)
def overview(code: str) -> Any:
    """Tổng quan của một đơn vị: câu kết luận, biểu đồ, đơn vị cần đôn đốc trước, nội dung yếu, việc hôm nay."""
    today = day_of(now())
    on = _asked_day(code, request.args.get("ngay", ""), today)
    if on < today:
        return _past(code, on)
    heading, page = _open(code)
    if heading.campaign is None:
        return render_template("reports/none.html", **page, below=queries.below(heading, page["today"]))
    told = figures.overview(heading, page["today"], request.args.get("mo"))
    weak = contents.content(heading, questions=False)
    todo = words.todos(heading, told, weak)
    rows = _filtered(told.children.rows)
    shown = {"told": told, "weak": weak, "todo": todo, "rows": rows[:SHOWN], "more": len(rows) - SHOWN}
    shown["all_well"] = words.all_well(told.children.rows)
    return render_template("reports/overview.html", **page, **shown, loc=_filter(), opened=request.args.get("mo"))


def _asked_day(code: str, given: str, today: date) -> date:
    """The day whose figures are asked for; today where none is named."""
    dot = request.args.get("dot")
    back = url_for(".overview", code=code, dot=dot)
    try:
        day = date.fromisoformat(given) if given else today
    except ValueError:
        raise Refused(f"“{given[:40]}” không phải là một ngày. Chọn ngày ở trang theo dõi.", back) from None
    if day > today:
        raise Refused(f"Ngày {day:%d/%m/%Y} chưa đến. Số liệu có đến hôm nay.", back)
    return day


def _past(code: str, on: date) -> str:
    """Số liệu của một ngày đã qua, in the tree of that day, without names."""
    around, dot = past.then(current_user, code, on), request.args.get("dot")
    _, campaign = queries.campaigns(code, dot, on)
    if around is None:
        heading, _ = _open(code)  # 404 to whom it is none of their business
        raise Refused(
            f"Ngày {on:%d/%m/%Y} trong phạm vi của đồng chí chưa có {heading.body.name}. Chọn ngày khác.", request.path
        )
    if dot and campaign is None:
        abort(404)
    told = past.figures(around, campaign, on) if campaign else None
    return render_template("reports/past.html", around=around, campaign=campaign, figures=told, on=on, dot=dot)


def _filter() -> str | None:
    return request.args.get("loc") if request.args.get("loc") in FILTERS else None


def _filtered(rows: Any) -> list[Any]:
    statuses = FILTERS[_filter() or ""][1] if _filter() else tuple(Status)
    return [row for row in rows if row.seen.status in statuses]


@bp.get("/theo-doi/<code>/don-vi")
@allow(Role.LEADER, Role.ADMIN)
def bodies(code: str) -> Any:
    """Đơn vị cấp dưới: all of them, the worst forecast first, fifty a page."""
    heading, page = _open(code)
    if heading.campaign is None:
        return redirect(url_for(".overview", code=code), 303)
    told = figures.overview(heading, page["today"])
    rows = _filtered(told.children.rows)
    after = request.args.get("sau")
    start = next((n for n, row in enumerate(rows, 1) if row.place.code == after), 0)
    shown = {"told": told, "rows": rows[start : start + AT_ONCE], "total": len(rows), "start": start}
    shown["all_well"] = words.all_well(told.children.rows)
    return render_template("reports/bodies.html", **page, **shown, loc=_filter(), more=start + AT_ONCE < len(rows))


@bp.get("/theo-doi/<code>/bai/<key>")
@allow(Role.LEADER, Role.ADMIN)
def unit(code: str, key: str) -> Any:
    """Một bài theo đơn vị cấp dưới: đạt, chưa đạt, đang học, chưa học; the lowest share first."""
    heading, page = _open(code)
    if heading.campaign is None:
        return redirect(url_for(".overview", code=code), 303)
    if key not in heading.campaign.units:
        abort(404)
    rows = figures.unit_below(heading, key, page["today"])
    return render_template("reports/unit.html", **page, rows=rows, key=key, unit=queries.unit_name(heading, key))


@bp.get("/theo-doi/<code>/noi-dung")
@allow(Role.LEADER, Role.ADMIN)
def weak(code: str) -> Any:
    """Nội dung còn yếu: bài × đơn vị, mười câu sai nhiều nhất, mức kết quả, thời gian làm bài."""
    heading, page = _open(code)
    if heading.campaign is None:
        return redirect(url_for(".overview", code=code), 303)
    return render_template(
        "reports/content.html", **page, weak=contents.content(heading), provisions=provisions.table(heading)
    )


@bp.get("/theo-doi/<code>/nguoi")
@allow(Role.LEADER, Role.ADMIN)
def people(code: str) -> Any:
    """Danh sách người của chính đơn vị, for who may see their names.

    The look is noted, in a short transaction apart: the request itself only reads.
    """
    heading, page = _open(code)
    if heading.campaign is None:
        return redirect(url_for(".overview", code=code), 303)
    if not heading.names:
        return render_template("reports/no_names.html", **page), 403
    which = request.args.get("loc")
    key = request.args.get("bai")
    if key is not None and key not in heading.campaign.units:
        abort(404)
    told = persons.people(heading, page["today"], which, request.args.get("sau"), key)
    unit = queries.unit_name(heading, key) if key else None
    if told.rows:
        seen = [row.person_id for row in told.rows]
        actions.note_look(
            current_user.id, (code, heading.body.name), heading.campaign.code, seen, network(), page["at"]
        )
    return render_template("reports/people.html", **page, told=told, loc=which, states=STATES, key=key, unit=unit)


@bp.get("/theo-doi/<code>/chep")
@allow(Role.LEADER, Role.ADMIN)
def copy(code: str) -> Any:
    """Chép câu này: the verdict and the late bodies as text for Zalo."""
    heading, page = _open(code)
    if heading.campaign is None:
        return redirect(url_for(".overview", code=code), 303)
    told = figures.overview(heading, page["today"])
    return render_template("reports/copy.html", **page, text=words.message(heading, told, page["today"]))
