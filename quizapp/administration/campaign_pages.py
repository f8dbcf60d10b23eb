"""Quản trị: đợt học: opening one, who is in, extensions."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for

from quizapp import site
from quizapp.administration import campaign_actions, forms, queries
from quizapp.administration.pages import (
    acting,
    body_of_id,
    bp,
    campaign_of,
    choose_among,
    done,
    listing,
    one_act,
    or_404,
    scope,
)
from quizapp.clock import today
from quizapp.domain import renewal
from quizapp.learning import again, membership, overlapping
from quizapp.learning.actions import Cycle
from quizapp.learning.models import Campaign
from quizapp.organisation import queries as bodies
from quizapp.organisation.models import BODY_KINDS, BodyKind
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user


@bp.get("/dot-hoc")
@allow(Role.ADMIN)
def campaigns() -> Any:
    """Các đợt học."""
    page = {"campaigns": queries.campaigns(current_user), "asked": again.waiting(scope(), today())}
    return render_template("administration/campaigns.html", **page)


@bp.route("/mo-dot-hoc", methods=["GET", "POST"])
@allow(Role.ADMIN)
def open_campaign() -> Any:
    """Mở đợt học; ``?tiep=``: the next cycle of a campaign."""
    paths = {choice.value: choice for choice in queries.path_choices()}
    code = request.args.get("tiep")
    before = campaign_of(code) if code else None
    form = forms.CampaignForm(data=_beginning(before))
    form.path.choices = [(value, choice.words) for value, choice in paths.items()]
    choose_among(form.bodies)

    title = f"Mở chu kỳ tiếp theo của “{before.title}”" if before else "Mở đợt học"

    def do() -> Any:
        ids = form.bodies.ids or [one.id for one in bodies.highest(scope(), today())]
        chosen = [body_of_id(body_id) for body_id in ids]
        days = form.from_on.data, form.due_on.data
        numbers = form.valid_months.data or None, form.window_days.data, form.credit_days.data, form.newcomer_days.data
        cycle = Cycle(tuple(form.kinds.data or ()), *numbers, before.id if before else None)
        by, path = acting(form.reason.data), paths[form.path.data]
        planned = campaign_actions.planned(form.title.data, path, *days, cycle)
        if "dong-y" not in request.form and (beside := queries.overlaps(current_user, planned, chosen, today())):
            return _overlapping(title, planned, beside)
        made, added = campaign_actions.open_campaign(by, form.title.data, path, chosen, *days, form.target.data, cycle)
        return done(f"Đã mở đợt học và ghi danh {added} người.", url_for(".campaign", code=made.code))

    lede = (
        "Ai có vị trí công tác ở các đơn vị này sẽ tự vào đợt học, ai không còn vị trí nào ở đó được ghi là đã rời. "
        "Chỉ chọn khối, không chọn đơn vị: mọi đơn vị thuộc khối ấy trong phạm vi của đồng chí."
    )
    return one_act(form, title, "Mở đợt học và ghi danh", url_for(".campaigns"), do, lede)


def _overlapping(title: str, planned: Campaign, beside: Sequence[overlapping.Overlap]) -> str:
    """Chồng đợt: who is in another campaign of the course meanwhile, before this one is opened."""
    sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf"]
    page = {"title": title, "planned": planned, "beside": beside, "sent": sent, "back": url_for(".campaigns")}
    first = overlapping.shown_first(planned, beside, today())
    return render_template("administration/overlap.html", **page, first=first)


@bp.route("/hoc-lai/<int:revision_id>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def open_again(revision_id: int) -> Any:
    """Mở đợt học lại, as a reviewer has asked for: everything is filled in."""
    asked = _asked(revision_id)
    form = forms.AgainForm(data={"title": asked.title, "due_on": asked.due_on, "reason": asked.why})

    def do() -> Any:
        tops = [body_of_id(one.id) for one in bodies.highest(scope(), today())]
        told = form.title.data, tops, form.due_on.data, site.current().target_percent
        made, added = campaign_actions.open_again(acting(form.reason.data), revision_id, *told)
        return done(f"Đã mở đợt học lại và ghi danh {added} người.", url_for(".campaign", code=made.code))

    lede = (
        f"{asked.by} phát hành bản mới đổi nội dung được dạy và đề nghị {asked.people} người đã đạt bản trước học lại. "
        "Đợt chỉ có bài này, chỉ có những người ấy; kết quả và số liệu của các đợt khác không đổi."
    )
    return one_act(form, "Mở đợt học lại", f"Mở đợt cho {asked.people} người", url_for(".campaigns"), do, lede)


@bp.route("/hoc-lai/<int:revision_id>/khong-mo", methods=["GET", "POST"])
@allow(Role.ADMIN)
def decline_again(revision_id: int) -> Any:
    """Không mở đợt học lại, with a reason that whoever asked reads."""
    asked, form, back = _asked(revision_id), forms.ReasonForm(), url_for(".campaigns")

    def do() -> Any:
        campaign_actions.decline_again(acting(form.reason.data), revision_id)
        return done("Đã trả lời: không mở đợt học lại.", back)

    lede = f"{asked.title}: {asked.people} người đã đạt bản trước không phải học lại. Người duyệt đọc được lý do."
    return one_act(form, "Không mở đợt học lại", "Không mở", back, do, lede)


def _asked(revision_id: int) -> again.Asked:
    return or_404(next((one for one in again.waiting(scope(), today()) if one.id == revision_id), None))


def _beginning(before: Campaign | None) -> dict[str, Any]:
    """What the form holds at first; of the next cycle, what the one before said."""
    days: dict[str, Any] = {"from_on": today(), "due_on": today() + timedelta(days=30)}
    days["target"] = site.current().target_percent
    if before is None:
        return days
    names = ("kinds", "valid_months", "window_days", "credit_days", "newcomer_days")
    kept = {name: getattr(before, name) for name in names} | {"target": before.target_percent}
    wanted = [target.body_id for target in queries.targets(before)]
    return days | kept | {"bodies": wanted, "path": f"{before.course_id}/{before.path}"}


@bp.get("/dot-hoc/<code>")
@allow(Role.ADMIN)
def campaign(code: str) -> Any:
    """Một đợt học: counts, bodies, who is in, who has left, when one has to study anew."""
    one = campaign_of(code)
    inside = queries.within_campaign(current_user, one)
    after = request.args.get("sau")
    listed, more = queries.enrolments(inside, one.id, after)
    gone = membership.left(inside, one.id)
    tops = queries.top_bodies(current_user, one)
    waiting = len(membership.newcomers(inside, one, today(), membership.AT_ONCE + 1))
    page = {
        "rows": queries.counted(one, tops, today()),
        "own_dates": queries.own_dates(inside, one),
        "waiting": waiting,
        "at_once": membership.AT_ONCE,
        "listed": listed,
        "more": more,
        "after": after,
        "gone": gone,
        "words": queries.path_words(one),
        "kinds": [BODY_KINDS[BodyKind(kind)] for kind in one.kinds],
        "renewal": membership.renewal_of(one),
        "what_if": _what_if(one, request.args.get("xong")),
    }
    words = f"Quản trị, đợt học “{one.title}”"
    seen = [*(who.id for who in listed), *(who.id for who in gone)]
    return listing("administration/campaign.html", words, seen, campaign=one, **page)


def _what_if(one: Campaign, typed: str | None) -> dict[str, Any]:
    """Nếu hoàn thành ngày D thì hạn tới là …: the day as typed, and what follows where it is one."""
    rule = membership.renewal_of(one)
    try:
        on = date.fromisoformat(typed) if typed else today()
        if not 2000 <= on.year <= 2100:
            raise ValueError(typed)
    except ValueError:
        return {"on": today(), "cycle": None, "problem": "Nhập ngày dạng 30/11/2026."}
    return {"on": on, "cycle": renewal.cycle(on, rule) if rule else None, "problem": None}


@bp.route("/dot-hoc/<code>/ghi-danh", methods=["GET", "POST"])
@allow(Role.ADMIN)
def enrol(code: str) -> Any:
    """Ghi danh người mới."""
    one = campaign_of(code)
    form = forms.ReasonForm()
    back = url_for(".campaign", code=code)

    def do() -> Any:
        added = campaign_actions.enrol(acting(form.reason.data), one)
        return done(f"Đã ghi danh {added} người mới." if added else "Không có người mới để ghi danh.", back)

    lede = "Ghi danh mọi người có vị trí công tác trong các đơn vị của đợt học mà chưa có tên."
    return one_act(form, "Ghi danh người mới", "Ghi danh người mới", back, do, lede)


@bp.route("/dot-hoc/<code>/gia-han", methods=["GET", "POST"])
@allow(Role.ADMIN)
def extend(code: str) -> Any:
    """Gia hạn cho một đơn vị và cấp dưới."""
    one = campaign_of(code)
    inside = queries.within_campaign(current_user, one)
    form = forms.ExtendForm()
    form.body.among(inside, today())
    back = url_for(".campaign", code=code)

    def do() -> Any:
        place = or_404(bodies.body_of_id(inside, form.body.data))
        touched = campaign_actions.extend(acting(form.reason.data), one, place, form.until.data)
        return done(f"Đã gia hạn cho {place.name} đến {form.until.data:%d/%m/%Y}, {touched} người.", back)

    return one_act(form, "Gia hạn", "Gia hạn", back, do, f"Đợt học “{one.title}”, hạn chung {one.due_on:%d/%m/%Y}.")
