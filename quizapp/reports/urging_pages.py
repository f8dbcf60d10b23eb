"""Theo dõi: soạn nhắc: whom, with which words, by letter or to be pasted into Zalo; the weekly report."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from wtforms import TextAreaField
from wtforms.validators import Length

from quizapp.accounts.views import network
from quizapp.clock import day_of, now
from quizapp.config import Settings
from quizapp.learning.models import Campaign
from quizapp.learning.reminders import Sending
from quizapp.organisation.models import Body
from quizapp.reports import actions, queries, urging
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.forms import Form
from quizapp.web.refused import Refused

bp = Blueprint("urging", __name__, template_folder="templates")


class ReminderForm(Form):
    said = TextAreaField(
        "Lời của đồng chí (nếu có)",
        [Length(max=300)],
        name="loi",
        description="Thêm vào cuối thư, tối đa 300 chữ cái. Không ghi điểm hay tên người khác.",
    )


def _body(code: str) -> tuple[Body, bool]:
    return urging.body(current_user, code) or abort(404)


def _campaign(of: Body) -> tuple[list[Campaign], Campaign | None]:
    """The campaigns to choose from, and the one chosen by ?dot= (that of the leader's page without); 404 for another."""
    listed, dot = urging.campaigns(of), request.args.get("dot")
    if dot is None:
        return listed, queries.opening(of.code, listed, day_of(now()))
    return listed, next((one for one in listed if one.code == dot), None) or abort(404)


def _sending(said: str = "") -> Sending:
    at = now()
    settings: Settings = current_app.extensions["settings"]
    return Sending(at, day_of(at), f"{settings.public_url}/", current_user.id, current_user.name, said)


@bp.get("/theo-doi/<code>/nhac")
@allow(Role.LEADER, Role.ADMIN)
def compose(code: str) -> Any:
    """Soạn nhắc: người nhận, lời nhắn, xem trước; chữ và mã QR để dán vào Zalo."""
    return _page(code, ReminderForm())


def _page(code: str, form: ReminderForm, problem: str | None = None) -> Any:
    of, names = _body(code)
    listed, campaign = _campaign(of)
    if campaign is None:
        return render_template("reports/urge_none.html", body=of)
    sending = _sending(form.said.data or "" if form.validate() else "")
    listed_names = urging.named(of, campaign) if names else []
    rows = listed_names[: urging.NAMED_AT_MOST]
    if rows:
        seen = [one.owed.person for one in rows]
        actions.note_look(current_user.id, (of.code, of.name), campaign.code, seen, network(), sending.at)
    known = urging.beside(of, campaign, sending.today, current_user.id)
    count = urging.waiting(of, campaign, sending.today, known)
    page = {
        "body": of,
        "names": names,
        "rows": rows,
        "more_names": len(listed_names) > len(rows),
        "choice": listed,
        "campaign": campaign,
        "count": count,
        "last": urging.last(known, sending.today),
        "preview": urging.preview(rows, campaign, sending),
        "zalo": urging.for_zalo(of, campaign, count, sending),
        "qr": urging.qr(sending.address),
        "morning": urging.morning(sending.at),
        "weekly": known.weekly is not None,
        "today": sending.today,
    }
    return render_template("reports/urge.html", form=form, problem=problem, **page), 409 if problem else 200


@bp.post("/theo-doi/<code>/nhac")
@allow(Role.LEADER, Role.ADMIN)
def send(code: str) -> Any:
    """Xem trước, gửi thư nhắc, hoặc ghi là đã nhắc qua Zalo."""
    of, _ = _body(code)
    _, campaign = _campaign(of)
    form, what = ReminderForm(), request.form.get("viec")
    if campaign is None or not form.validate() or what not in ("gui", "zalo"):
        return _page(code, form)
    sending = _sending(form.said.data or "")
    try:
        people = urging.send(of, campaign, sending, network(), "mail" if what == "gui" else "zalo")
    except Refused as no:
        return _page(code, form, no.sentence)
    when = " Thư được gửi từ 7 giờ sáng." if urging.morning(sending.at) and what == "gui" else ""
    if people is None:
        flash(f"Đang nhắc lần lượt từng người. Đồng chí có thể rời trang này.{when}")
    elif what == "gui":
        flash(f"Đã xếp gửi {people} thư nhắc.{when}")
    else:
        flash(f"Đã ghi: {people} đồng chí được nhắc qua Zalo.")
    return redirect(url_for(".compose", code=code, dot=campaign.code), 303)


@bp.post("/theo-doi/<code>/nguoi/<person>/nhac")
@allow(Role.LEADER, Role.ADMIN)
def one(code: str, person: str) -> Any:
    """Nhắc một người trong danh sách, for who may see the names of the very body."""
    of, names = _body(code)
    _, campaign = _campaign(of)
    if campaign is None or not names:
        abort(404)
    shown: dict[str, Any] = {name: request.form.get(name) or None for name in ("loc", "bai", "sau")}
    back = url_for("reports.people", code=code, dot=campaign.code, **shown)
    try:
        flash(urging.remind_one(of, campaign, person, _sending(), network()))
    except Refused as no:
        raise Refused(no.sentence, back) from None
    return redirect(back, 303)


@bp.post("/theo-doi/<code>/thu-tuan")
@allow(Role.LEADER, Role.ADMIN)
def weekly(code: str) -> Any:
    """Nhận, hoặc thôi nhận, thư hằng tuần."""
    of, _ = _body(code)
    wanted = request.form.get("nhan") == "1"
    urging.choose_weekly(current_user.id, of.id, wanted, now())
    flash("Sáng thứ Hai hằng tuần, đồng chí nhận số liệu của đơn vị này." if wanted else "Đã thôi nhận thư hằng tuần.")
    return redirect(url_for(".compose", code=code, _anchor="hang-tuan"), 303)
