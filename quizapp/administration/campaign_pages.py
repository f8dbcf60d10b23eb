"""Quản trị: đợt học: opening one, who is in, extensions."""

from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user

from quizapp import site
from quizapp.administration import actions, forms, queries
from quizapp.administration.pages import acting, body_of_id, bp, campaign_of, done, one_act, or_404, pickable
from quizapp.clock import today
from quizapp.organisation import queries as bodies
from quizapp.web.access import Role, allow


@bp.get("/dot-hoc")
@allow(Role.ADMIN)
def campaigns() -> Any:
    """Các đợt học."""
    return render_template("administration/campaigns.html", campaigns=queries.campaigns(current_user))


@bp.route("/mo-dot-hoc", methods=["GET", "POST"])
@allow(Role.ADMIN)
def open_campaign() -> Any:
    """Mở đợt học."""
    paths = {choice.value: choice for choice in queries.path_choices()}
    form = forms.CampaignForm(
        data={"from_on": today(), "due_on": today() + timedelta(days=30), "target": site.current().target_percent}
    )
    form.path.choices = [(value, choice.words) for value, choice in paths.items()]
    form.bodies.choices = pickable(several=True)

    def do() -> Any:
        chosen = [body_of_id(body_id) for body_id in form.bodies.data[:100]]
        days = form.from_on.data, form.due_on.data
        by = acting(form.reason.data)
        made, added = actions.open_campaign(by, form.title.data, paths[form.path.data], chosen, *days, form.target.data)
        return done(f"Đã mở đợt học và ghi danh {added} người.", url_for(".campaign", code=made.code))

    return one_act(form, "Mở đợt học", "Mở đợt học và ghi danh", url_for(".campaigns"), do)


@bp.get("/dot-hoc/<code>")
@allow(Role.ADMIN)
def campaign(code: str) -> Any:
    """Một đợt học: counts, bodies, who is in."""
    one = campaign_of(code)
    scope = queries.within_campaign(current_user, one)
    after = request.args.get("sau")
    listed, more = queries.enrolments(scope, one.id, after)
    tops = queries.top_bodies(current_user, one)
    waiting = len(queries.newcomers(scope, one.id, today(), actions.ENROL_AT_ONCE + 1))
    page = {
        "rows": queries.counted(one, tops, today()),
        "own_dates": queries.own_dates(scope, one),
        "waiting": waiting,
        "at_once": actions.ENROL_AT_ONCE,
        "listed": listed,
        "more": more,
        "after": after,
        "words": queries.path_words(one),
    }
    return render_template("administration/campaign.html", campaign=one, **page)


@bp.route("/dot-hoc/<code>/ghi-danh", methods=["GET", "POST"])
@allow(Role.ADMIN)
def enrol(code: str) -> Any:
    """Ghi danh người mới."""
    one = campaign_of(code)
    form = forms.ReasonForm()
    back = url_for(".campaign", code=code)

    def do() -> Any:
        added = actions.enrol(acting(form.reason.data), one)
        return done(f"Đã ghi danh {added} người mới." if added else "Không có người mới để ghi danh.", back)

    lede = "Ghi danh mọi người có vị trí công tác trong các đơn vị của đợt học mà chưa có tên."
    return one_act(form, "Ghi danh người mới", "Ghi danh người mới", back, do, lede)


@bp.route("/dot-hoc/<code>/gia-han", methods=["GET", "POST"])
@allow(Role.ADMIN)
def extend(code: str) -> Any:
    """Gia hạn cho một đơn vị và cấp dưới."""
    one = campaign_of(code)
    scope = queries.within_campaign(current_user, one)
    form = forms.ExtendForm()
    form.body.choices = forms.body_choices(bodies.pickable(scope, today()))
    back = url_for(".campaign", code=code)

    def do() -> Any:
        place = or_404(bodies.body_of_id(scope, form.body.data))
        touched = actions.extend(acting(form.reason.data), one, place, form.until.data)
        return done(f"Đã gia hạn cho {place.name} đến {form.until.data:%d/%m/%Y}, {touched} người.", back)

    return one_act(form, "Gia hạn", "Gia hạn", back, do, f"Đợt học “{one.title}”, hạn chung {one.due_on:%d/%m/%Y}.")
