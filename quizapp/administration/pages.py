"""Quản trị: what every page of the room does: its blueprint, what lies in scope, one act on a page of its own."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request

from quizapp.accounts.access import administered
from quizapp.accounts.actions import note_look
from quizapp.accounts.models import Person
from quizapp.accounts.views import network
from quizapp.administration import queries
from quizapp.administration.actions import By
from quizapp.administration.body_fields import BodiesField, only_reading
from quizapp.clock import now, today
from quizapp.learning.models import Campaign
from quizapp.organisation import queries as bodies
from quizapp.organisation.models import Body
from quizapp.web.asked import current_user
from quizapp.web.forms import Form
from quizapp.web.refused import Refused

bp = Blueprint("admin", __name__, template_folder="templates", url_prefix="/quan-tri")
Found = TypeVar("Found")


def scope() -> bodies.Scope:
    """Condition on `Body`: what the visitor administers."""
    return administered(current_user)


def or_404(found: Found | None) -> Found:
    """What was found, or a 404."""
    if found is None:
        abort(404)
    return found


def body_of(code: str) -> Body:
    """The body of that code, within the scope."""
    return or_404(bodies.body(scope(), code))


def body_of_id(body_id: int) -> Body:
    """The body of that id, within the scope."""
    return or_404(bodies.body_of_id(scope(), body_id))


def person_of(code: str) -> Person:
    """The person of that code, within the scope."""
    return or_404(queries.person(current_user, code, today()))


def campaign_of(code: str) -> Campaign:
    """The campaign of that code, where it concerns the scope."""
    return or_404(queries.campaign(current_user, code))


def acting(reason: str) -> By:
    """Who acts, why, when, from where."""
    return By(current_user, reason, network(), now())


def one_act(form: Form, title: str, button: str, back: str, do: Callable[[], Any], lede: str = "") -> Any:
    """One act of power on a page of its own: shown, refused with all that was typed, or done.

    ``do`` may show first what would come of it; from there "Sửa lại" leads back to the form.
    """
    problem = None
    if form.asking:
        only_reading()
    if form.sent() and "sua" not in request.form:
        try:
            return do()
        except Refused as no:
            problem = no.sentence
    shown = {"form": form, "title": title, "button": button, "back": back, "lede": lede, "problem": problem}
    return render_template("administration/act.html", **shown), 409 if problem else 200


def listing(template: str, words: str, people: Sequence[int], /, **page: Any) -> Any:
    """A page with a list of names: rendered, and the look noted, since its people may ask who looked."""
    shown = render_template(template, **page)
    note_look(current_user.id, words, people, network(), now())
    return shown


def done(message: str, address: str) -> Any:
    """On to the page that shows what was done."""
    flash(message)
    return redirect(address, 303)


def choose_among(field: BodiesField, also: Body | None = None) -> None:
    """Choices of a field: the open bodies of the scope, and ``also`` one that may have ended."""
    field.among(scope(), today(), also.id if also else None)
