"""Quản trị: đơn vị: the tree, one body, what may be done with it."""

from typing import Any

from flask import render_template, request, url_for

from quizapp.accounts.actions import clean_phone
from quizapp.administration import actions, forms
from quizapp.administration.pages import acting, body_of, body_of_id, bp, done, one_act, pickable, scope
from quizapp.clock import today
from quizapp.organisation import queries as bodies
from quizapp.organisation.models import BODY_KINDS, BodyKind
from quizapp.web.access import Role, allow


@bp.get("/don-vi")
@allow(Role.ADMIN)
def tree() -> Any:
    """Cây đơn vị."""
    typed = request.args.get("tim", "").strip()[:100]
    if typed:
        return render_template("administration/tree.html", typed=typed, found=bodies.found(scope(), typed))
    tops, more = bodies.tree(scope(), today())
    return render_template("administration/tree.html", typed="", tops=tops, more=more, limit=bodies.TREE_LIMIT)


@bp.get("/don-vi/<code>")
@allow(Role.ADMIN)
def body(code: str) -> Any:
    """Một đơn vị: its place, its names, who helps, what may be done."""
    one = body_of(code)
    page = {
        "above": bodies.above(scope(), one),
        "children": bodies.children(one, today()),
        "periods": bodies.periods(one),
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
    form.parent.choices = pickable(parent)

    def do() -> Any:
        above = body_of_id(form.parent.data)
        kind = BodyKind(form.kind.data)
        made = actions.add_body(
            acting(form.reason.data), form.code.data, form.name.data, kind, above, form.from_on.data
        )
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
        actions.rename_body(acting(form.reason.data), one, form.name.data, form.from_on.data)
        return done(f"Đơn vị mang tên {form.name.data} từ ngày {form.from_on.data:%d/%m/%Y}.", back)

    lede = "Tên trước đây vẫn được giữ: số liệu và giấy xác nhận của những ngày trước không đổi."
    return one_act(form, f"Đổi tên {one.name}", "Đổi tên", back, do, lede)


@bp.route("/don-vi/<code>/ket-thuc", methods=["GET", "POST"])
@allow(Role.ADMIN)
def close_body(code: str) -> Any:
    """Kết thúc đơn vị."""
    one = body_of(code)
    form = forms.CloseForm(data={"to_on": today()})
    back = url_for(".body", code=code)

    def do() -> Any:
        actions.close_body(acting(form.reason.data), one, form.to_on.data)
        return done(f"{one.name} đã kết thúc từ ngày {form.to_on.data:%d/%m/%Y}.", back)

    lede = "Chỉ kết thúc được khi không còn người và không còn đơn vị trực thuộc. Dữ liệu cũ vẫn được giữ."
    return one_act(form, f"Kết thúc {one.name}", "Kết thúc đơn vị", back, do, lede)


@bp.route("/don-vi/<code>/ho-tro", methods=["GET", "POST"])
@allow(Role.ADMIN)
def name_helper(code: str) -> Any:
    """Người hỗ trợ của đơn vị."""
    one = body_of(code)
    form = forms.HelperForm(data={"helper": one.helper or "", "phone": one.helper_phone or ""})
    back = url_for(".body", code=code)

    def do() -> Any:
        actions.name_helper(acting(form.reason.data), one, form.helper.data, clean_phone(form.phone.data))
        return done("Đã lưu người hỗ trợ.", back)

    lede = "Tên và số điện thoại này hiện ở trang Trợ giúp của mọi người trong đơn vị và cấp dưới."
    return one_act(form, f"Người hỗ trợ của {one.name}", "Lưu", back, do, lede)
