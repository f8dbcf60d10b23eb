"""Ủy quyền: the leader's own page: who may see what he or she sees, and until when."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from quizapp.accounts import actions, delegation
from quizapp.accounts.forms import DelegateForm
from quizapp.accounts.views import network
from quizapp.clock import now, today
from quizapp.organisation.models import Body
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused

bp = Blueprint("delegates", __name__, template_folder="templates", url_prefix="/uy-quyen")


@bp.get("")
@allow(Role.LEADER)
def index() -> Any:
    """Ủy quyền: các đơn vị đồng chí lãnh đạo, ai đang được ủy quyền."""
    page = {"bodies": delegation.led(current_user), "delegates": delegation.delegates(current_user, today())}
    return render_template("accounts/delegates.html", **page)


def _led(body_id: int) -> Body:
    found = next((body for body in delegation.led(current_user) if body.id == body_id), None)
    return found or abort(404)


@bp.route("/<int:body_id>", methods=["GET", "POST"])
@allow(Role.LEADER)
def give(body_id: int) -> Any:
    """Ủy quyền cho một người cùng đơn vị, đến hết một ngày."""
    body = _led(body_id)
    people = delegation.colleagues(body, current_user.id, today())
    form = DelegateForm(data={"until": today() + timedelta(days=30)})
    form.person.choices = [("", "Chọn một người"), *people]
    problem = None
    if form.sent():
        try:
            until, net = form.until.data, network()
            name = delegation.delegate(current_user, body, form.person.data, until, net, now(), today())
            flash(f"Đã ủy quyền cho đồng chí {name} đến hết ngày {until:%d/%m/%Y}.")
            return redirect(url_for(".index"), 303)
        except Refused as no:
            problem = no.sentence
    page = {"form": form, "body_name": body.name, "problem": problem, "people": people}
    if problem is None:
        shown = [person_id for person_id, _ in people]
        actions.note_look(current_user.id, f"Chọn người ủy quyền, {page['body_name']}", shown, network(), now())
    return render_template("accounts/delegate.html", **page), 409 if problem else 200


@bp.post("/<int:body_id>/thoi/<int:person_id>")
@allow(Role.LEADER)
def end(body_id: int, person_id: int) -> Any:
    """Thôi ủy quyền."""
    delegation.end(current_user, _led(body_id), person_id, network(), now(), today())
    flash("Đã thôi ủy quyền.")
    return redirect(url_for(".index"), 303)
