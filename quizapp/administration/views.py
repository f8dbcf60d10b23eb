"""Quản trị: bodies, people, roles, campaigns, codes, the log. Whatever lies outside the administrator's scope is a 404."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from quizapp.accounts.access import administered
from quizapp.accounts.actions import clean_phone
from quizapp.accounts.models import Person, RequestKind
from quizapp.accounts.views import network
from quizapp.administration import actions, forms, queries
from quizapp.administration.actions import ACTS, By
from quizapp.attempts import queries as attempts
from quizapp.clock import now, today
from quizapp.learning import queries as learning
from quizapp.learning.models import Campaign
from quizapp.organisation import queries as bodies
from quizapp.organisation.models import BODY_KINDS, Body, BodyKind
from quizapp.web.access import ROLE_NAMES, Role, allow
from quizapp.web.forms import Form
from quizapp.web.refused import Refused

bp = Blueprint("admin", __name__, template_folder="templates", url_prefix="/quan-tri")
Found = TypeVar("Found")

REQUESTS = {
    RequestKind.WRONG_BODY.value: "Báo sai đơn vị",
    RequestKind.CORRECTION.value: "Đề nghị sửa dữ liệu",
    RequestKind.PASSWORD.value: "Quên mật khẩu",
}
DETAILS = {
    "body": "đơn vị",
    "above": "cấp trên",
    "code": "mã",
    "before": "trước đó",
    "login": "tên đăng nhập",
    "title": "chức vụ",
    "role": "vai trò",
    "from_on": "từ ngày",
    "until": "đến hết ngày",
    "due_on": "hạn",
    "helper": "người hỗ trợ",
    "phone": "điện thoại",
    "waived": "miễn",
    "unit": "bài",
    "question": "câu hỏi",
    "kind": "loại",
    "campaign": "đợt học",
    "people": "số người",
    "file": "tệp",
    "number": "số chốt",
}
_DAYS = frozenset({"from_on", "until", "due_on"})


@bp.app_template_filter("told")
def told(detail: Mapping[str, Any]) -> str:
    """The details of a line of the log, in words."""
    parts = []
    for key, value in detail.items():
        if key not in DETAILS or value is None:
            continue
        if key in _DAYS:
            value = f"{date.fromisoformat(value):%d/%m/%Y}"
        elif key == "role":
            value = ROLE_NAMES.get(value, value)
        elif key == "kind":
            value = REQUESTS.get(value, value).lower()
        parts.append(f"{DETAILS[key]}: {value}")
    return "; ".join(parts)


# --- what every page does --------------------------------------------------------------------------------------


def _scope() -> bodies.Scope:
    return administered(current_user)


def _or_404(found: Found | None) -> Found:
    if found is None:
        abort(404)
    return found


def _body(code: str) -> Body:
    return _or_404(bodies.body(_scope(), code))


def _body_of_id(body_id: int) -> Body:
    return _or_404(bodies.body_of_id(_scope(), body_id))


def _person(code: str) -> Person:
    return _or_404(queries.person(current_user, code, today()))


def _campaign(code: str) -> Campaign:
    return _or_404(queries.campaign(current_user, code))


def _by(reason: str) -> By:
    return By(current_user, reason, network(), now())


def _act(form: Form, title: str, button: str, back: str, do: Callable[[], Any], lede: str = "") -> Any:
    """One act of power on a page of its own: shown, refused with all that was typed, or done."""
    problem = None
    if form.sent():
        try:
            return do()
        except Refused as no:
            problem = no.sentence
    shown = {"form": form, "title": title, "button": button, "back": back, "lede": lede, "problem": problem}
    return render_template("administration/act.html", **shown), 409 if problem else 200


def _done(message: str, address: str) -> Any:
    flash(message)
    return redirect(address, 303)


# --- overview, requests ----------------------------------------------------------------------------------------


@bp.get("")
@allow(Role.ADMIN)
def index() -> Any:
    """Quản trị: where everything is, and who waits for an answer."""
    requests = queries.open_requests(current_user, today())
    return render_template("administration/index.html", requests=requests, kinds=REQUESTS)


@bp.route("/de-nghi/<int:request_id>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def answer(request_id: int) -> Any:
    """Trả lời một đề nghị."""
    asked, person = _or_404(queries.request_of(current_user, request_id, today()))
    form, problem = forms.AnswerForm(), None
    if form.sent():
        try:
            actions.answer_request(_by(form.text.data), asked, person, form.text.data)
            return _done(f"Đã trả lời đồng chí {person.name}.", url_for(".index"))
        except Refused as no:
            problem = no.sentence
    page = {"form": form, "asked": asked, "person": person, "kinds": REQUESTS, "problem": problem}
    return render_template("administration/answer.html", **page), 409 if problem else 200


@bp.post("/de-nghi/<int:request_id>/ma")
@allow(Role.ADMIN)
def answer_with_code(request_id: int) -> Any:
    """Trả lời người quên mật khẩu bằng một mã dùng một lần."""
    asked, person = _or_404(queries.request_of(current_user, request_id, today()))
    if asked.kind != RequestKind.PASSWORD:
        abort(404)
    code = actions.answer_with_code(_by("Theo đề nghị của người dùng."), asked, person)
    return _show_code(person, code)


def _show_code(person: Person, code: str) -> Any:
    return render_template("administration/code.html", person=person, code=code), {"Cache-Control": "no-store"}


# --- bodies ----------------------------------------------------------------------------------------------------


@bp.get("/don-vi")
@allow(Role.ADMIN)
def tree() -> Any:
    """Cây đơn vị."""
    typed = request.args.get("tim", "").strip()[:100]
    if typed:
        return render_template("administration/tree.html", typed=typed, found=bodies.found(_scope(), typed))
    tops, more = bodies.tree(_scope(), today())
    return render_template("administration/tree.html", typed="", tops=tops, more=more, limit=bodies.TREE_LIMIT)


@bp.get("/don-vi/<code>")
@allow(Role.ADMIN)
def body(code: str) -> Any:
    """Một đơn vị: its place, its names, who helps, what may be done."""
    one = _body(code)
    page = {
        "above": bodies.above(_scope(), one),
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
    parent = _body(under) if under else None
    form = forms.BodyForm(data={"from_on": today(), "parent": parent.id if parent else None})
    form.parent.choices = _pickable(parent)

    def do() -> Any:
        above = _body_of_id(form.parent.data)
        kind = BodyKind(form.kind.data)
        made = actions.add_body(_by(form.reason.data), form.code.data, form.name.data, kind, above, form.from_on.data)
        return _done(f"Đã thêm {made.name}.", url_for(".body", code=made.code))

    back = url_for(".body", code=parent.code) if parent else url_for(".tree")
    return _act(form, "Thêm đơn vị", "Thêm đơn vị", back, do)


def _pickable(also: Body | None = None, several: bool = False) -> list[Any]:
    listed = bodies.pickable(_scope(), today())
    if also is not None and all(one.id != also.id for one in listed):
        listed += bodies.labels([(also.id, also.code, also.name, also.path)])
    return forms.body_choices(listed, several)


@bp.route("/don-vi/<code>/doi-ten", methods=["GET", "POST"])
@allow(Role.ADMIN)
def rename_body(code: str) -> Any:
    """Đổi tên đơn vị."""
    one = _body(code)
    form = forms.RenameForm(data={"name": one.name, "from_on": today()})
    back = url_for(".body", code=code)

    def do() -> Any:
        actions.rename_body(_by(form.reason.data), one, form.name.data, form.from_on.data)
        return _done(f"Đơn vị mang tên {form.name.data} từ ngày {form.from_on.data:%d/%m/%Y}.", back)

    lede = "Tên trước đây vẫn được giữ: số liệu và giấy xác nhận của những ngày trước không đổi."
    return _act(form, f"Đổi tên {one.name}", "Đổi tên", back, do, lede)


@bp.route("/don-vi/<code>/ket-thuc", methods=["GET", "POST"])
@allow(Role.ADMIN)
def close_body(code: str) -> Any:
    """Kết thúc đơn vị."""
    one = _body(code)
    form = forms.CloseForm(data={"to_on": today()})
    back = url_for(".body", code=code)

    def do() -> Any:
        actions.close_body(_by(form.reason.data), one, form.to_on.data)
        return _done(f"{one.name} đã kết thúc từ ngày {form.to_on.data:%d/%m/%Y}.", back)

    lede = "Chỉ kết thúc được khi không còn người và không còn đơn vị trực thuộc. Dữ liệu cũ vẫn được giữ."
    return _act(form, f"Kết thúc {one.name}", "Kết thúc đơn vị", back, do, lede)


@bp.route("/don-vi/<code>/ho-tro", methods=["GET", "POST"])
@allow(Role.ADMIN)
def name_helper(code: str) -> Any:
    """Người hỗ trợ của đơn vị."""
    one = _body(code)
    form = forms.HelperForm(data={"helper": one.helper or "", "phone": one.helper_phone or ""})
    back = url_for(".body", code=code)

    def do() -> Any:
        actions.name_helper(_by(form.reason.data), one, form.helper.data, clean_phone(form.phone.data))
        return _done("Đã lưu người hỗ trợ.", back)

    lede = "Tên và số điện thoại này hiện ở trang Trợ giúp của mọi người trong đơn vị và cấp dưới."
    return _act(form, f"Người hỗ trợ của {one.name}", "Lưu", back, do, lede)


# --- people ----------------------------------------------------------------------------------------------------


@bp.get("/nguoi-dung")
@allow(Role.ADMIN)
def people() -> Any:
    """Danh sách người dùng, in the order of names."""
    typed, after = request.args.get("tim", "").strip()[:100], request.args.get("sau")
    code = request.args.get("don-vi")
    one = _body(code) if code else None
    listed, more = queries.people(current_user, today(), typed, one, after)
    page = {"people": listed, "more": more, "typed": typed, "body": one, "after": after}
    return render_template("administration/people.html", **page)


@bp.route("/them-nguoi", methods=["GET", "POST"])
@allow(Role.ADMIN)
def add_person() -> Any:
    """Thêm người: ends on the page that shows the one-time code, once."""
    code = request.args.get("don-vi")
    one = _body(code) if code else None
    form = forms.PersonForm(data={"body": one.id if one else None})
    form.body.choices = _pickable(one)

    def do() -> Any:
        place, phone = _body_of_id(form.body.data), clean_phone(form.phone.data)
        by = _by(form.reason.data)
        return _show_code(*actions.add_person(by, form.name.data, form.login.data, phone, place, form.title.data))

    back = url_for(".body", code=code) if code else url_for(".people")
    return _act(
        form, "Thêm người", "Thêm và cấp mã", back, do, "Mã dùng một lần hiện ra ngay sau khi thêm, chỉ một lần."
    )


@bp.get("/nguoi-dung/<code>")
@allow(Role.ADMIN)
def person(code: str) -> Any:
    """Một người: posts, roles, the way in, what was done about him or her."""
    who = _person(code)
    lines, more = queries.log(current_user, today(), about_id=who.id)
    page = {
        "posts": queries.posts(current_user, who.id),
        "grants": queries.grants(current_user, who.id, today()),
        "entry": queries.entry(who.id, now()),
        "enrolments": learning.own_enrolments(who.id),
        "extra": queries.extra_time(who.id),
        "late": attempts.late_answers_of(who.id),
        "lines": lines,
        "more": more,
        "today": today(),
    }
    return render_template("administration/person.html", person=who, acts=ACTS, role_names=ROLE_NAMES, **page)


def _plain_act(code: str, title: str, button: str, lede: str, run: Callable[[By, Person], Any]) -> Any:
    """An act about a person that asks for nothing but a reason; ``run`` gives the response, or the words for "done"."""
    who = _person(code)
    form = forms.ReasonForm()
    back = url_for(".person", code=code)

    def do() -> Any:
        told_back = run(_by(form.reason.data), who)
        return _done(told_back, back) if isinstance(told_back, str) else told_back

    return _act(form, f"{title}: {who.name}", button, back, do, lede)


@bp.route("/nguoi-dung/<code>/ma", methods=["GET", "POST"])
@allow(Role.ADMIN)
def give_code(code: str) -> Any:
    """Cấp mã dùng một lần."""
    lede = (
        "Mã cũ chưa dùng sẽ hết hiệu lực. Khi dùng mã mới, đồng chí ấy chọn lại mật khẩu và các phiên đang mở kết thúc."
    )
    return _plain_act(
        code, "Cấp mã dùng một lần", "Cấp mã", lede, lambda by, who: _show_code(who, actions.give_code(by, who))
    )


@bp.route("/nguoi-dung/<code>/dang-xuat", methods=["GET", "POST"])
@allow(Role.ADMIN)
def sign_out(code: str) -> Any:
    """Đăng xuất khỏi mọi máy."""

    def run(by: By, who: Person) -> str:
        actions.sign_out(by, who)
        return "Đã đăng xuất khỏi mọi máy."

    lede = "Dùng khi mất điện thoại hoặc nghi có người khác vào tài khoản. Nên cấp mã mới ngay sau đó."
    return _plain_act(code, "Đăng xuất khỏi mọi máy", "Đăng xuất", lede, run)


@bp.route("/nguoi-dung/<code>/ket-thuc", methods=["GET", "POST"])
@allow(Role.ADMIN)
def end_account(code: str) -> Any:
    """Kết thúc tài khoản."""

    def run(by: By, who: Person) -> str:
        actions.end_account(by, who)
        return f"Đã kết thúc tài khoản của đồng chí {who.name}."

    lede = (
        "Người này không đăng nhập được nữa, thôi mọi vai trò và không còn tính trong các đợt học. "
        "Kết quả đã có vẫn được giữ. Không mở lại được tài khoản ở trang này."
    )
    return _plain_act(code, "Kết thúc tài khoản", "Kết thúc tài khoản", lede, run)


@bp.route("/nguoi-dung/<code>/them-vi-tri", methods=["GET", "POST"])
@allow(Role.ADMIN)
def add_post(code: str) -> Any:
    """Thêm vị trí công tác."""
    who = _person(code)
    form = forms.PostForm(data={"from_on": today()})
    form.body.choices = _pickable()
    back = url_for(".person", code=code)

    def do() -> Any:
        place = _body_of_id(form.body.data)
        actions.add_post(_by(form.reason.data), who, place, form.from_on.data, form.title.data)
        return _done(f"Đã thêm vị trí ở {place.name}.", back)

    lede = "Việc học vẫn tính ở đơn vị đang tính. Nếu đồng chí ấy rời đơn vị cũ, hãy dùng “Chuyển đơn vị”."
    return _act(form, f"Thêm vị trí công tác: {who.name}", "Thêm vị trí", back, do, lede)


@bp.route("/nguoi-dung/<code>/chuyen/<body_code>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def move_post(code: str, body_code: str) -> Any:
    """Chuyển đơn vị."""
    who, left = _person(code), _body(body_code)
    form = forms.PostForm(data={"from_on": today()})
    form.body.choices = _pickable()
    back = url_for(".person", code=code)

    def do() -> Any:
        place = _body_of_id(form.body.data)
        actions.move_post(_by(form.reason.data), who, left, place, form.from_on.data, form.title.data)
        return _done(f"Đã chuyển từ {left.name} sang {place.name}.", back)

    lede = f"Vị trí ở {left.name} kết thúc, việc học đang tính ở đó được tính ở đơn vị mới kể từ hôm nay."
    return _act(form, f"Chuyển đơn vị: {who.name}", "Chuyển", back, do, lede)


@bp.route("/nguoi-dung/<code>/thoi/<body_code>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def end_post(code: str, body_code: str) -> Any:
    """Thôi một vị trí công tác."""
    who, left = _person(code), _body(body_code)
    form = forms.EndPostForm(data={"on": today()})
    back = url_for(".person", code=code)

    def do() -> Any:
        actions.end_post(_by(form.reason.data), who, left, form.on.data)
        return _done(f"Đã ghi thôi vị trí ở {left.name}.", back)

    return _act(form, f"Thôi vị trí ở {left.name}: {who.name}", "Thôi vị trí", back, do)


@bp.route("/nguoi-dung/<code>/giao-vai-tro", methods=["GET", "POST"])
@allow(Role.ADMIN)
def grant_role(code: str) -> Any:
    """Giao vai trò."""
    who = _person(code)
    form = forms.RoleForm()
    form.body.choices = _pickable()
    back = url_for(".person", code=code)

    def do() -> Any:
        place, role = _body_of_id(form.body.data), Role(form.role.data)
        actions.grant_role(_by(form.reason.data), who, role, place, form.until.data)
        return _done(f"Đã giao vai trò {ROLE_NAMES[role]} tại {place.name}.", back)

    return _act(form, f"Giao vai trò: {who.name}", "Giao vai trò", back, do)


@bp.route("/nguoi-dung/<code>/thoi-vai-tro/<role>/<body_code>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def revoke_role(code: str, role: str, body_code: str) -> Any:
    """Thôi giao vai trò."""
    place = _body(body_code)
    if role not in actions.GRANTABLE:
        abort(404)

    def run(by: By, who: Person) -> str:
        actions.revoke_role(by, who, Role(role), place)
        return f"Đã thôi giao vai trò {ROLE_NAMES[Role(role)]} tại {place.name}."

    lede = f"Vai trò {ROLE_NAMES[Role(role)]} tại {place.name} hết hiệu lực ngay."
    return _plain_act(code, "Thôi giao vai trò", "Thôi giao", lede, run)


@bp.route("/nguoi-dung/<code>/mien", methods=["GET", "POST"])
@allow(Role.ADMIN)
def waive(code: str) -> Any:
    """Miễn học một bài hoặc cả khóa."""
    who = _person(code)
    form = forms.WaiveForm()
    form.unit.choices = [(one.value, one.words) for one in queries.waivable(who.id)]
    back = url_for(".person", code=code)

    def do() -> Any:
        actions.waive(_by(form.reason.data), who, form.unit.data)
        return _done(f"Đã ghi miễn học cho đồng chí {who.name}.", back)

    lede = "Miễn học được ghi vào dữ kiện của người học kèm lý do, và không rút lại được."
    return _act(form, f"Miễn học: {who.name}", "Ghi miễn học", back, do, lede)


@bp.route("/nguoi-dung/<code>/them-gio", methods=["GET", "POST"])
@allow(Role.ADMIN)
def give_time(code: str) -> Any:
    """Thêm giờ làm bài, vì sức khỏe hoặc thị lực."""
    who = _person(code)
    form = forms.ExtraTimeForm(data={"extra": queries.extra_time(who.id)})
    back = url_for(".person", code=code)

    def do() -> Any:
        actions.give_time(_by(form.reason.data), who, form.extra.data)
        return _done(f"Đã ghi thời gian làm bài của đồng chí {who.name}.", back)

    lede = "Tính cho mọi bài có giờ, kể cả lượt đang làm. Giảm đi thì chỉ tính từ lượt sau."
    return _act(form, f"Thêm giờ làm bài: {who.name}", "Lưu", back, do, lede)


# --- campaigns -------------------------------------------------------------------------------------------------


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
    form = forms.CampaignForm(data={"from_on": today(), "due_on": today() + timedelta(days=30), "target": 95})
    form.path.choices = [(value, choice.words) for value, choice in paths.items()]
    form.bodies.choices = _pickable(several=True)

    def do() -> Any:
        chosen = [_body_of_id(body_id) for body_id in form.bodies.data[:100]]
        days = form.from_on.data, form.due_on.data
        by = _by(form.reason.data)
        made, added = actions.open_campaign(by, form.title.data, paths[form.path.data], chosen, *days, form.target.data)
        return _done(f"Đã mở đợt học và ghi danh {added} người.", url_for(".campaign", code=made.code))

    return _act(form, "Mở đợt học", "Mở đợt học và ghi danh", url_for(".campaigns"), do)


@bp.get("/dot-hoc/<code>")
@allow(Role.ADMIN)
def campaign(code: str) -> Any:
    """Một đợt học: counts, bodies, who is in."""
    one = _campaign(code)
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
    one = _campaign(code)
    form = forms.ReasonForm()
    back = url_for(".campaign", code=code)

    def do() -> Any:
        added = actions.enrol(_by(form.reason.data), one)
        return _done(f"Đã ghi danh {added} người mới." if added else "Không có người mới để ghi danh.", back)

    lede = "Ghi danh mọi người có vị trí công tác trong các đơn vị của đợt học mà chưa có tên."
    return _act(form, "Ghi danh người mới", "Ghi danh người mới", back, do, lede)


@bp.route("/dot-hoc/<code>/gia-han", methods=["GET", "POST"])
@allow(Role.ADMIN)
def extend(code: str) -> Any:
    """Gia hạn cho một đơn vị và cấp dưới."""
    one = _campaign(code)
    scope = queries.within_campaign(current_user, one)
    form = forms.ExtendForm()
    form.body.choices = forms.body_choices(bodies.pickable(scope, today()))
    back = url_for(".campaign", code=code)

    def do() -> Any:
        place = _or_404(bodies.body_of_id(scope, form.body.data))
        touched = actions.extend(_by(form.reason.data), one, place, form.until.data)
        return _done(f"Đã gia hạn cho {place.name} đến {form.until.data:%d/%m/%Y}, {touched} người.", back)

    return _act(form, "Gia hạn", "Gia hạn", back, do, f"Đợt học “{one.title}”, hạn chung {one.due_on:%d/%m/%Y}.")


# --- the log ---------------------------------------------------------------------------------------------------


@bp.get("/nhat-ky")
@allow(Role.ADMIN)
def log() -> Any:
    """Nhật ký: what people with power did, newest first."""
    actor, act = request.args.get("nguoi", "").strip()[:100], request.args.get("viec", "")
    code = request.args.get("ve")
    about = _person(code) if code else None
    before = request.args.get("truoc", type=int)
    lines, more = queries.log(current_user, today(), actor, act, about.id if about else None, before)
    kinds = sorted({*ACTS, *queries.acts()}, key=lambda kind: ACTS.get(kind, kind))
    page = {"lines": lines, "more": more, "actor": actor, "act": act, "about": about, "kinds": kinds, "before": before}
    return render_template("administration/log.html", acts=ACTS, **page)
