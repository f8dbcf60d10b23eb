"""Quản trị: đơn vị: the tree, one body, and what may be done with it on a past day, today or a later one."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import flash, render_template, request, url_for

from quizapp import clock
from quizapp.accounts.actions import clean_phone, note_look
from quizapp.accounts.views import network
from quizapp.administration import body_actions, forms, queries
from quizapp.administration.body_actions import NewBody
from quizapp.administration.body_fields import only_reading
from quizapp.administration.body_preview import preview
from quizapp.administration.pages import acting, body_of, body_of_id, bp, choose_among, done, one_act, or_404, scope
from quizapp.clock import today
from quizapp.organisation import queries as bodies
from quizapp.organisation.models import BODY_KINDS, PLAN_NAMES, Body, BodyKind, PlanKind
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.forms import Form
from quizapp.web.refused import Refused


@bp.get("/don-vi")
@allow(Role.ADMIN)
def tree() -> Any:
    """Cây đơn vị: a table, each branch opened and closed by a plain link."""
    typed = request.args.get("tim", "").strip()[:100]
    if typed:
        return render_template("administration/tree.html", typed=typed, found=bodies.found(scope(), typed))
    asked = request.args.get("mo")
    opened = set(asked.split(",")[:200]) if asked is not None else bodies.tops(scope(), today())
    rows, more = bodies.tree(scope(), today(), opened)
    people = queries.working([(row.id, row.path) for row in rows], today())
    page = {"rows": rows, "people": people, "opened": opened, "more": more, "limit": bodies.TREE_LIMIT}
    return render_template("administration/tree.html", typed="", **page)


@bp.get("/don-vi/<code>")
@allow(Role.ADMIN)
def body(code: str) -> Any:
    """Một đơn vị: its place, its history, who helps, what may be done, what waits for its day."""
    one = body_of(code)
    page = {
        "above": bodies.above(scope(), one),
        "children": bodies.children(one, today()),
        "periods": bodies.periods(one),
        "came": bodies.came_from([one.id], scope()).get(one.id, []),
        "became": bodies.became([one.id], scope()).get(one.id, []),
        "plans": bodies.plans(one),
        "plan_names": {kind.value: name for kind, name in PLAN_NAMES.items()},
        "people": queries.working([(one.id, one.path)], today())[one.id],
        "kind": BODY_KINDS[BodyKind(one.kind)],
    }
    return render_template("administration/body.html", body=one, **page)


@bp.route("/them-don-vi", methods=["GET", "POST"])
@allow(Role.ADMIN)
def add_body() -> Any:
    """Thêm đơn vị."""
    under = request.args.get("tren", "")
    parent = body_of(under) if under else None
    form = forms.BodyForm(data={"from_on": today(), "parent": parent.id if parent else None})
    choose_among(form.parent, parent)

    def do() -> Any:
        above = body_of_id(form.parent.data)
        kind, by = BodyKind(form.kind.data), acting(form.reason.data)
        made = body_actions.add(by, form.code.data, form.name.data, kind, above, form.from_on.data)
        return done(f"Đã thêm {made.name}.", url_for(".body", code=made.code))

    back = url_for(".body", code=parent.code) if parent else url_for(".tree")
    return one_act(form, "Thêm đơn vị", "Thêm đơn vị", back, do)


@bp.route("/don-vi/<code>/doi-ten", methods=["GET", "POST"])
@allow(Role.ADMIN)
def rename_body(code: str) -> Any:
    """Đổi tên đơn vị."""
    one = body_of(code)
    form = forms.RenameForm(data={"name": one.name, "from_on": today()})
    back = url_for(".body", code=code)

    def do() -> Any:
        now = body_actions.rename(acting(form.reason.data), one, form.name.data, form.from_on.data)
        return done(_told(now, f"Đơn vị mang tên {form.name.data}", form.from_on.data), back)

    lede = "Tên trước đây vẫn được giữ: số liệu và giấy xác nhận của những ngày trước không đổi."
    return one_act(form, f"Đổi tên {one.name}", "Đổi tên", back, do, lede)


def _told(now: bool, what: str, on: date) -> str:
    return f"{what} từ ngày {on:%d/%m/%Y}." if now else f"Đã ghi: {what} từ ngày {on:%d/%m/%Y}, khi ngày ấy đến."


def _seen_first(
    form: Form,
    title: str,
    button: str,
    back: str,
    do: Callable[[], str],
    concerned: Callable[[], Sequence[Body]],
    lede: str,
) -> Any:
    """An act on the tree: what it changes of the figures is shown before it is done; a later day needs no such look."""
    problem = None
    if form.asking:
        only_reading()
    if form.sent() and "sua" not in request.form:
        try:
            if form.on.data > today() or "dong-y" in request.form:
                return done(do(), back)
            shifts = preview(do, concerned(), form.on.data, today())
            sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf"]
            page = {"title": title, "button": button, "back": back, "shifts": shifts, "sent": sent, "on": form.on.data}
            return render_template("administration/preview.html", **page, today=today())
        except Refused as no:
            problem = no.sentence
    shown = {"form": form, "title": title, "button": "Xem thay đổi", "back": back, "lede": lede, "problem": problem}
    return render_template("administration/act.html", **shown), 409 if problem else 200


@bp.route("/don-vi/<code>/chuyen", methods=["GET", "POST"])
@allow(Role.ADMIN)
def move_body(code: str) -> Any:
    """Chuyển đơn vị sang cấp trên khác."""
    one = body_of(code)
    form = forms.MoveBodyForm(data={"on": today()})
    choose_among(form.parent)

    def do() -> str:
        parent = body_of_id(form.parent.data)
        now = body_actions.move(acting(form.reason.data), one, parent, form.on.data)
        return _told(now, f"{one.name} trực thuộc {parent.name}", form.on.data)

    lede = (
        "Số liệu của đơn vị, kèm cấp dưới, rời cấp trên cũ và vào cấp trên mới từ ngày ấy; những ngày trước giữ nguyên."
    )
    back, title = url_for(".body", code=code), f"Chuyển {one.name}"
    return _seen_first(form, title, "Chuyển", back, do, lambda: [one, body_of_id(form.parent.data)], lede)


@bp.route("/don-vi/<code>/gop", methods=["GET", "POST"])
@allow(Role.ADMIN)
def merge_body(code: str) -> Any:
    """Gộp đơn vị, một mình hoặc cùng các đơn vị cùng cấp, vào một đơn vị có sẵn hoặc mới."""
    one = body_of(code)
    form = forms.MergeForm(data={"on": today()})
    form.others.among(bodies.beside(scope(), one), today())
    form.into.among(sa.and_(scope(), Body.id != one.id), today())

    def olds() -> list[Body]:
        return [one, *bodies.bodies_of_ids(scope(), form.others.ids)]

    def do() -> str:
        new = NewBody(form.code.data or "", form.name.data or "", BodyKind(one.kind))
        into = body_of_id(form.into.data) if form.into.data else new
        now = body_actions.merge(acting(form.reason.data), olds(), into, form.on.data)
        return _told(now, f"{', '.join(old.name for old in olds())} gộp vào {into.name}", form.on.data)

    def concerned() -> list[Body]:
        return [*olds(), *([body_of_id(form.into.data)] if form.into.data else [])]

    lede = (
        "Đơn vị cũ kết thúc vào ngày ấy. Người, việc học và đơn vị trực thuộc sang đơn vị gộp; vai trò ở đơn vị cũ hết "
        "hiệu lực; đợt học dành cho đơn vị cũ cũng dành cho đơn vị gộp. Kết quả đã có vẫn ghi đơn vị lúc đạt."
    )
    return _seen_first(form, f"Gộp {one.name}", "Gộp", url_for(".body", code=code), do, concerned, lede)


@bp.route("/don-vi/<code>/tach", methods=["GET", "POST"])
@allow(Role.ADMIN)
def split_body(code: str) -> Any:
    """Tách một đơn vị mới ra."""
    one = body_of(code)
    form = forms.SplitForm(data={"on": today()})
    people = queries.staff(one, today())
    form.people.choices = people
    if request.method == "GET":
        shown = [person_id for person_id, _ in people]
        note_look(current_user.id, f"Quản trị, tách {one.name}", shown, network(), clock.now())
    form.children.among(Body.parent_id == one.id, today())

    def do() -> str:
        new = NewBody(form.code.data, form.name.data, BodyKind(one.kind))
        along = list(bodies.bodies_of_ids(scope(), form.children.ids))
        now = body_actions.split(acting(form.reason.data), one, new, form.people.data or [], along, form.on.data)
        return _told(now, f"{new.name} tách khỏi {one.name}", form.on.data)

    lede = "Đơn vị mới đứng cạnh đơn vị cũ, cùng cấp trên. Muốn tách thành nhiều đơn vị thì làm nhiều lần."
    return _seen_first(form, f"Tách {one.name}", "Tách", url_for(".body", code=code), do, lambda: [one], lede)


@bp.route("/don-vi/<code>/bo/<int:plan_id>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def take_back_plan(code: str, plan_id: int) -> Any:
    """Bỏ một thay đổi chưa đến ngày."""
    one = body_of(code)
    plan = or_404(bodies.plan_of(one, plan_id))
    form, back = forms.ReasonForm(), url_for(".body", code=code)

    def do() -> Any:
        body_actions.take_back(acting(form.reason.data), plan, one)
        return done("Đã bỏ thay đổi.", back)

    title = f"Bỏ thay đổi: {PLAN_NAMES[PlanKind(plan.kind)].lower()} {one.name}"
    return one_act(form, title, "Bỏ thay đổi", back, do, f"Thay đổi này chờ đến ngày {plan.on:%d/%m/%Y}.")


@bp.route("/don-vi/<code>/ket-thuc", methods=["GET", "POST"])
@allow(Role.ADMIN)
def close_body(code: str) -> Any:
    """Kết thúc đơn vị."""
    one = body_of(code)
    form = forms.CloseForm(data={"to_on": today()})
    back = url_for(".body", code=code)

    def do() -> Any:
        body_actions.close(acting(form.reason.data), one, form.to_on.data)
        if form.to_on.data == one.from_on:
            return done(f"Đã bỏ {one.name}, đơn vị thêm nhầm trong ngày.", back)
        flash(f"{one.name} đã kết thúc từ ngày {form.to_on.data:%d/%m/%Y}.")
        return done("Vai trò giao ở đơn vị này đã hết hiệu lực.", back)

    lede = "Chỉ kết thúc được khi không còn người và không còn đơn vị trực thuộc. Dữ liệu cũ vẫn được giữ."
    if one.from_on == today():
        lede += f" Đơn vị này mới thêm hôm nay: chọn ngày {one.from_on:%d/%m/%Y} nếu đã thêm nhầm."
    return one_act(form, f"Kết thúc {one.name}", "Kết thúc đơn vị", back, do, lede)


@bp.route("/don-vi/<code>/ho-tro", methods=["GET", "POST"])
@allow(Role.ADMIN)
def name_helper(code: str) -> Any:
    """Người hỗ trợ của đơn vị."""
    one = body_of(code)
    form = forms.HelperForm(data={"helper": one.helper or "", "phone": one.helper_phone or ""})
    back = url_for(".body", code=code)

    def do() -> Any:
        body_actions.name_helper(acting(form.reason.data), one, form.helper.data, clean_phone(form.phone.data))
        return done("Đã lưu người hỗ trợ.", back)

    lede = "Tên và số điện thoại này hiện ở trang Trợ giúp của mọi người trong đơn vị và cấp dưới."
    return one_act(form, f"Người hỗ trợ của {one.name}", "Lưu", back, do, lede)
