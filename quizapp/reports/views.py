"""Theo dõi: how far a body and those right below it are, inside the leader's scope."""

from fractions import Fraction
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from quizapp import site
from quizapp.accounts.views import network
from quizapp.clock import day_of, now
from quizapp.reports import actions, queries
from quizapp.reports.progress import verdict
from quizapp.web.access import Role, allow

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

    Where names are shown, that look is noted, in a short transaction apart: the request itself only reads.
    """
    at, dot = now(), request.args.get("dot")
    today = day_of(at)
    choice, campaign = queries.campaigns(code, dot)
    around = queries.around(current_user, code, campaign.id if campaign else None, today)
    if around is None or (dot and campaign is None):
        abort(404)
    page = {"around": around, "choice": choice, "campaign": campaign, "dot": dot, "at": at, "today": today}
    if campaign is None:
        return render_template("reports/none.html", **page)
    figures = queries.figures(around, campaign, today)
    if around.people:
        actions.note_look(current_user.id, code, campaign.code, len(around.people), network(), at)
    said = verdict(figures.progress, campaign.plan, today, Fraction(site.current().close_points))
    return render_template("reports/overview.html", **page, figures=figures, verdict=said)
