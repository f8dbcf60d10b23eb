"""Theo dõi: how far a body and those right below it are, inside the leader's scope."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from quizapp.accounts.views import network
from quizapp.clock import day_of, now
from quizapp.reports import actions, queries
from quizapp.reports.progress import verdict
from quizapp.web.access import Role, allow
from quizapp.web.refused import Refused

bp = Blueprint("reports", __name__, template_folder="templates")


@bp.get("/theo-doi")
@allow(Role.LEADER, Role.ADMIN)
def first() -> Any:
    """Theo dõi: on to the topmost body that one leads."""
    return redirect(url_for(".overview", code=queries.first_body(current_user) or abort(404)), 303)


@bp.get("/theo-doi/<code>")
@allow(Role.LEADER, Role.ADMIN)
def overview(code: str) -> Any:
    """Tổng quan của một đơn vị: câu kết luận, cấp dưới chậm nhất đứng đầu, từng bài, danh sách người.

    ``?ngay=``: as of the end of a past day, in the tree of that day, without names. Where names are shown, that look is
    noted, in a short transaction apart: the request itself only reads.
    """
    at, dot = now(), request.args.get("dot")
    today = day_of(at)
    on = _asked_day(request.args.get("ngay"), today)
    choice, campaign = queries.campaigns(code, dot)
    around = queries.around(current_user, code, campaign.id if campaign else None, today, on)
    if around is None or (dot and campaign is None):
        abort(404)
    page = {"around": around, "choice": choice, "campaign": campaign, "dot": dot, "at": at, "today": on}
    page["on"] = on if on < today else None
    if campaign is None:
        return render_template("reports/none.html", **page)
    figures = queries.figures(around, campaign, on)
    if around.people:
        seen = [one.id for one in around.people]
        actions.note_look(current_user.id, (code, around.body.name), campaign.code, seen, network(), at)
    said = verdict(figures.progress, campaign.plan, on)
    return render_template("reports/overview.html", **page, figures=figures, verdict=said)


def _asked_day(given: str | None, today: date) -> date:
    """The day whose figures are asked for; today where none is named."""
    try:
        day = date.fromisoformat(given) if given else today
    except ValueError:
        abort(404)
    if day > today:
        raise Refused(f"Ngày {day:%d/%m/%Y} chưa đến. Số liệu có đến hôm nay.", request.path)
    return day
