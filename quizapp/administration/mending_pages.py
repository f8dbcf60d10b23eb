"""Việc cần xử lý: wrong bodies, changed phone numbers, two accounts of one person; slips with one-time codes."""

from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for

from quizapp import site
from quizapp.accounts.access import administered
from quizapp.accounts.actions import clean_phone
from quizapp.accounts.models import PersonRequest, RequestKind
from quizapp.administration import forms, import_queries, merging, queries, slips
from quizapp.administration.log_pages import REQUESTS
from quizapp.administration.pages import acting, body_of, body_of_id, bp, choose_among, done, one_act, or_404, person_of
from quizapp.clock import now, today
from quizapp.organisation import queries as bodies
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused


@bp.get("/can-xu-ly")
@allow(Role.ADMIN)
def to_mend() -> Any:
    """Việc cần xử lý: what people report about themselves, and accounts that look like one person's."""
    asked = queries.open_requests(current_user, today())
    wrong = [(one, person) for one, person in asked if one.kind == RequestKind.WRONG_BODY.value]
    fixes = [(one, person) for one, person in asked if one.kind == RequestKind.CORRECTION.value]
    phones = [(one, person, phone) for one, person in fixes if (phone := merging.phone_in(one.text))]
    page = {"wrong": wrong, "phones": phones, "twins": merging.likely_twins(current_user, today())}
    return render_template("administration/to_mend.html", **page)


def _asked(request_id: int, kind: RequestKind) -> tuple[PersonRequest, Any]:
    asked, person = or_404(queries.request_of(current_user, request_id, today()))
    return (asked, person) if asked.kind == kind.value else abort(404)


@bp.route("/de-nghi/<int:request_id>/chuyen", methods=["GET", "POST"])
@allow(Role.ADMIN)
def put_right(request_id: int) -> Any:
    """Chuyển người báo sai đơn vị; the body that his or her words mean is offered."""
    asked, person = _asked(request_id, RequestKind.WRONG_BODY)
    meant = bodies.meant(administered(current_user), asked.text, today())
    near = next(iter(meant.exact or meant.near), None)
    likely = bodies.body(administered(current_user), near.code) if near else None
    posts = [post for post in queries.current_posts(current_user, person.id, today()) if post.mine]
    form = forms.PutRightForm(
        data={"body": likely.id if likely else None, "reason": f"Theo báo sai đơn vị: {asked.text}"[:500]}
    )
    form.left.choices = [(post.body_code, post.body) for post in posts]
    choose_among(form.body, likely)

    def do() -> Any:
        place = body_of_id(form.body.data)
        merging.put_right(acting(form.reason.data), asked, person, body_of(form.left.data), place)
        return done(f"Đã chuyển đồng chí {person.name} sang {place.name}.", url_for(".to_mend"))

    lede = f"Đồng chí {person.name} viết: “{asked.text}”"
    return one_act(form, f"{REQUESTS[asked.kind]}: {person.name}", "Chuyển và trả lời", url_for(".to_mend"), do, lede)


@bp.route("/de-nghi/<int:request_id>/dien-thoai", methods=["GET", "POST"])
@allow(Role.ADMIN)
def answer_with_phone(request_id: int) -> Any:
    """Ghi số điện thoại mới theo đề nghị."""
    asked, person = _asked(request_id, RequestKind.CORRECTION)
    return _change_phone(person, asked, url_for(".to_mend"), merging.phone_in(asked.text))


@bp.route("/nguoi-dung/<code>/dien-thoai", methods=["GET", "POST"])
@allow(Role.ADMIN)
def change_phone(code: str) -> Any:
    """Đổi số điện thoại."""
    person = person_of(code)
    return _change_phone(person, None, url_for(".person", code=code), person.phone)


@bp.route("/nguoi-dung/<code>/ho-ten", methods=["GET", "POST"])
@allow(Role.ADMIN)
def rename_person(code: str) -> Any:
    """Sửa họ tên."""
    person = person_of(code)
    form, back = forms.NameForm(data={"name": person.name}), url_for(".person", code=code)

    def do() -> Any:
        merging.rename(acting(form.reason.data), person, form.name.data)
        return done("Đã sửa họ tên.", back)

    lede = "Giấy xác nhận đã cấp và báo cáo đã lập giữ họ tên lúc ấy."
    return one_act(form, f"Sửa họ tên: {person.name}", "Lưu", back, do, lede)


def _change_phone(person: Any, asked: PersonRequest | None, back: str, phone: str | None) -> Any:
    form = forms.PhoneForm(data={"phone": phone or ""})

    def do() -> Any:
        merging.change_phone(acting(form.reason.data), person, clean_phone(form.phone.data), asked)
        return done(f"Đã ghi số điện thoại của đồng chí {person.name}.", back)

    lede = f"Số đang ghi: {person.phone or 'chưa có'}. Đăng nhập được bằng số mới hoặc tên đăng nhập {person.login}."
    if asked is not None:
        lede = f"Đồng chí {person.name} viết: “{asked.text}” {lede}"
    return one_act(form, f"Đổi số điện thoại: {person.name}", "Ghi số mới", back, do, lede)


@bp.route("/nguoi-dung/<code>/gop", methods=["GET", "POST"])
@allow(Role.ADMIN)
def merge(code: str) -> Any:
    """Gộp hai tài khoản: which other one, what each has, then the act."""
    kept = person_of(code)
    typed = (request.args.get("voi") or "").strip()[:100]
    twin = merging.by_login(current_user, typed, today()) if typed else None
    form, problem = forms.ReasonForm(), None
    if typed and (twin is None or twin.id == kept.id):
        problem, twin = f"Không tìm thấy một tài khoản khác có tên đăng nhập hoặc số “{typed}” trong phạm vi.", None
    if twin is not None and form.sent():
        try:
            merging.merge(acting(form.reason.data), kept, twin)
            said = f"Đã gộp tài khoản {twin.login} vào {kept.login}."
            return done(said, url_for(".person", code=code))
        except Refused as no:
            problem = no.sentence
    both = [merging.holds(current_user, one, today()) for one in (kept, twin) if one is not None]
    page = {"kept": kept, "twin": twin, "both": both, "form": form, "problem": problem, "typed": typed}
    return render_template("administration/merge.html", **page), 409 if problem and request.method == "POST" else 200


# --- slips -----------------------------------------------------------------------------------------------------


@bp.route("/nguoi-dung/nhap/<code>/phieu", methods=["GET", "POST"])
@allow(Role.ADMIN)
def import_slips(code: str) -> Any:
    """Phiếu mã cho những người mới của một lần nhập."""
    imported = or_404(import_queries.one(current_user, code))
    about = f"Phiếu mã: {imported.file_name}"
    return _slips(forms.SlipsForm(), slips.of_import(imported), about, url_for(".one_import", code=code), None)


@bp.route("/don-vi/<code>/phieu", methods=["GET", "POST"])
@allow(Role.ADMIN)
def body_slips(code: str) -> Any:
    """Phiếu mã cho những người chưa vào của một đơn vị, with or without those below."""
    body = body_of(code)
    form = forms.BodySlipsForm()
    these = slips.of_body(current_user, body, bool(form.below.data), now())
    return _slips(form, these, f"Phiếu mã: {body.name}", url_for(".body", code=code), body)


def _slips(form: Any, these: Any, about: str, back: str, body: Any) -> Any:
    def do() -> Any:
        public = current_app.extensions["settings"].public_url + url_for("accounts.code")
        address = public.removeprefix("https://").removeprefix("http://")
        name = site.current().site_name
        by, again = acting(form.reason.data), bool(form.again.data)
        made = slips.print_codes(by, these, again, about, address, name, body)
        headers = {"Content-Disposition": 'attachment; filename="phieu-ma.pdf"', "Cache-Control": "no-store"}
        return Response(made, mimetype="application/pdf", headers=headers)

    n = slips.count(slips.waiting(current_user, these, False, now()))
    lede = (
        f"{n} người chưa vào hệ thống và chưa có mã. Mỗi lần in nhiều nhất {slips.AT_ONCE} phiếu, tám phiếu một trang A4, "
        "có nét cắt. "
        "Mã chỉ nằm trong tệp PDF tải về, hệ thống không giữ lại: in ngay, đưa tận tay, rồi xóa tệp."
    )
    return one_act(form, about, "Cấp mã và tải phiếu", back, do, lede)
