"""Theo dõi: ghi học trực tiếp: for who studies at a meeting or on paper, without a phone."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from quizapp.accounts.views import network
from quizapp.clock import now, today
from quizapp.learning.models import Campaign
from quizapp.organisation.models import Body
from quizapp.reports import actions, queries, study
from quizapp.reports.study import FORMS, Studied
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.forms import Form, choices
from quizapp.web.refused import Refused

bp = Blueprint("study", __name__, template_folder="templates")


def _reason() -> Any:
    hint = "Lý do được ghi vào nhật ký."
    rules = [InputRequired("Ghi lý do."), Length(min=5, max=300)]
    return TextAreaField("Lý do", rules, name="ly-do", description=hint)


class StudyForm(Form):
    form = RadioField(
        "Hình thức",
        [InputRequired("Chọn một hình thức.")],
        choices=choices(*((key, name.capitalize()) for key, name in FORMS.items())),
        name="hinh-thuc",
    )
    unit = SelectField("Bài", [InputRequired("Chọn bài.")], name="bai")
    on = DateField("Ngày học", [InputRequired("Nhập ngày học.")], name="ngay", format=["%Y-%m-%d", "%d/%m/%Y"])
    evidence = StringField(
        "Minh chứng",
        [InputRequired("Ghi số biên bản, danh sách ký tên hoặc bài làm."), Length(min=5, max=200)],
        name="minh-chung",
        description="Số và ngày của biên bản, danh sách ký tên, tập bài làm; nơi lưu bản giấy.",
    )
    people = SelectMultipleField(
        "Người đã học",
        [InputRequired("Chọn ít nhất một đồng chí.")],
        name="nguoi",
        coerce=int,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    reason = _reason()


class TakeBackForm(Form):
    reason = _reason()


def _open(code: str) -> tuple[Body, list[Campaign], Campaign | None]:
    of = study.body(current_user, code) or abort(404)
    listed, dot = study.campaigns(of), request.args.get("dot")
    if dot is None:
        return of, listed, queries.opening(of.code, listed, today())
    return of, listed, next((one for one in listed if one.code == dot), None) or abort(404)


@bp.get("/hoc-truc-tiep")
@allow(Role.SECRETARY)
def first() -> Any:
    """Ghi học trực tiếp: on to the body whose secretary one is."""
    return redirect(url_for(".record", code=study.first(current_user) or abort(404)), 303)


@bp.route("/theo-doi/<code>/hoc-truc-tiep", methods=["GET", "POST"])
@allow(Role.SECRETARY)
def record(code: str) -> Any:
    """Ghi học trực tiếp: bài nào, ngày nào, ai, minh chứng gì."""
    of, listed, campaign = _open(code)
    if campaign is None:
        return render_template("reports/study_none.html", body=of)
    units, people = study.units(campaign), study.people(of, campaign)
    form, problem = StudyForm(data={"on": today()}), None
    form.unit.choices = list(units.items())
    form.people.choices = [SelectChoice(person_id, name) for person_id, name in people]
    if form.sent():
        told = Studied(form.form.data, form.unit.data, form.on.data, form.evidence.data, form.reason.data)
        try:
            n = study.record(of, campaign, form.people.data, told, current_user, network(), now())
            flash(f"Đã ghi {n} đồng chí học trực tiếp {units[told.unit]}.")
            return redirect(url_for(".record", code=code, dot=campaign.code), 303)
        except Refused as no:
            problem = no.sentence
    page = {"body": of, "choice": listed, "campaign": campaign, "units": units, "forms": FORMS, "problem": problem}
    page |= {"printable": study.printable(campaign)}
    entries = study.entries(of, campaign)
    if people and request.method == "GET":
        seen = [person_id for person_id, _ in people]
        actions.note_look(current_user.id, (code, of.name), campaign.code, seen, network(), now())
    shown = render_template("reports/study.html", form=form, people=people, entries=entries, **page)
    return shown, 409 if problem else 200


@bp.route("/theo-doi/<code>/hoc-truc-tiep/<source>/rut", methods=["GET", "POST"])
@allow(Role.SECRETARY)
def take_back(code: str, source: str) -> Any:
    """Rút lại một lần ghi, by a counter-entry."""
    of, _, campaign = _open(code)
    one = study.entry(of, campaign, source) if campaign else None
    if one is None or campaign is None:
        abort(404)
    form = TakeBackForm()
    if form.sent():
        n = study.take_back(of, campaign, one, form.reason.data, current_user, network(), now())
        flash(f"Đã rút lại ghi nhận của {n} đồng chí. Lần ghi trước vẫn còn trong nhật ký.")
        return redirect(url_for(".record", code=code, dot=campaign.code), 303)
    page = {"entry": one, "campaign": campaign, "units": study.units(campaign)}
    return render_template("reports/study_back.html", body=of, form=form, **page)
