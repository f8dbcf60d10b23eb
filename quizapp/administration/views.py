"""Quản trị: bodies, people, roles, campaigns, codes, the log. Whatever lies outside the administrator's scope is a 404."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import abort, render_template, request, url_for

from quizapp.accounts.access import administered
from quizapp.accounts.actions import clean_phone
from quizapp.accounts.models import Person, RequestKind
from quizapp.administration import (
    actions,
    body_pages,
    campaign_pages,
    erasing,
    forms,
    log_pages,
    mail_pages,
    queries,
    setting_pages,
)
from quizapp.administration.actions import ACTS, By
from quizapp.administration.log_pages import REQUESTS
from quizapp.administration.pages import (
    acting,
    body_of,
    body_of_id,
    bp,
    choose_among,
    done,
    listing,
    one_act,
    or_404,
    person_of,
)
from quizapp.attempts import queries as attempts
from quizapp.clock import day_of, now, today
from quizapp.learning import again
from quizapp.learning import queries as learning
from quizapp.web.access import ROLE_NAMES, Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused

PAGES = (
    body_pages,
    campaign_pages,
    log_pages,
    mail_pages,
    setting_pages,
)  # the rest of the room's pages, on the same blueprint

# --- overview, requests --------------------------------------------------------------------------------------------


@bp.get("")
@allow(Role.ADMIN)
def index() -> Any:
    """Quản trị: where everything is, and who waits for an answer."""
    requests = queries.open_requests(current_user, today())
    until = {asked.id: erasing.answer_until(asked.asked_at) for asked, _ in requests}
    last_days = {key: day_of(end - timedelta(seconds=1)) for key, end in until.items()}  # nobody says "before 0:00"
    page: dict[str, Any] = {"requests": requests, "kinds": REQUESTS, "until": until, "last_days": last_days}
    page |= {"asked": len(again.waiting(administered(current_user), today()))}
    return render_template("administration/index.html", **page, now=now())


@bp.route("/de-nghi/<int:request_id>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def answer(request_id: int) -> Any:
    """Trả lời một đề nghị."""
    asked, person = or_404(queries.request_of(current_user, request_id, today()))
    form, problem = forms.AnswerForm(), None
    if form.sent():
        try:
            actions.answer_request(acting(form.text.data), asked, person, form.text.data)
            return done(f"Đã trả lời đồng chí {person.name}.", url_for(".index"))
        except Refused as no:
            problem = no.sentence
    page = {"form": form, "asked": asked, "person": person, "kinds": REQUESTS, "problem": problem}
    return render_template("administration/answer.html", **page), 409 if problem else 200


@bp.post("/de-nghi/<int:request_id>/ma")
@allow(Role.ADMIN)
def answer_with_code(request_id: int) -> Any:
    """Trả lời người quên mật khẩu bằng một mã dùng một lần."""
    asked, person = or_404(queries.request_of(current_user, request_id, today()))
    if asked.kind != RequestKind.PASSWORD:
        abort(404)
    code = actions.answer_with_code(acting("Theo đề nghị của người dùng."), asked, person)
    return _show_code(person, code)


def _show_code(person: Person, code: str) -> Any:
    return render_template("administration/code.html", person=person, code=code), {"Cache-Control": "no-store"}


# --- people --------------------------------------------------------------------------------------------------------


@bp.get("/nguoi-dung")
@allow(Role.ADMIN)
def people() -> Any:
    """Danh sách người dùng, in the order of names."""
    typed, after = request.args.get("tim", "").strip()[:100], request.args.get("sau")
    code = request.args.get("don-vi")
    one = body_of(code) if code else None
    listed, more = queries.people(current_user, today(), typed, one, after)
    page = {"people": listed, "more": more, "typed": typed, "body": one, "after": after}
    words = f"Quản trị, người dùng{', ' + one.name if one else ''}"
    return listing("administration/people.html", words, [who.id for who in listed], **page)


@bp.route("/them-nguoi", methods=["GET", "POST"])
@allow(Role.ADMIN)
def add_person() -> Any:
    """Thêm người: ends on the page that shows the one-time code, once."""
    code = request.args.get("don-vi")
    one = body_of(code) if code else None
    form = forms.PersonForm(data={"body": one.id if one else None})
    choose_among(form.body, one)

    def do() -> Any:
        place, phone = body_of_id(form.body.data), clean_phone(form.phone.data)
        by = acting(form.reason.data)
        return _show_code(*actions.add_person(by, form.name.data, form.login.data, phone, place, form.title.data))

    back = url_for(".body", code=code) if code else url_for(".people")
    return one_act(
        form, "Thêm người", "Thêm và cấp mã", back, do, "Mã dùng một lần hiện ra ngay sau khi thêm, chỉ một lần."
    )


@bp.get("/nguoi-dung/<code>")
@allow(Role.ADMIN)
def person(code: str) -> Any:
    """Một người: posts, roles, the way in, what was done about him or her."""
    who = person_of(code)
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
    who = person_of(code)
    form = forms.ReasonForm()
    back = url_for(".person", code=code)

    def do() -> Any:
        told_back = run(acting(form.reason.data), who)
        return done(told_back, back) if isinstance(told_back, str) else told_back

    return one_act(form, f"{title}: {who.name}", button, back, do, lede)


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
    who = person_of(code)
    form = forms.PostForm(data={"from_on": today()})
    choose_among(form.body)
    back = url_for(".person", code=code)

    def do() -> Any:
        place = body_of_id(form.body.data)
        actions.add_post(acting(form.reason.data), who, place, form.from_on.data, form.title.data)
        return done(f"Đã thêm vị trí ở {place.name}.", back)

    lede = "Việc học vẫn tính ở đơn vị đang tính. Nếu đồng chí ấy rời đơn vị cũ, hãy dùng “Chuyển đơn vị”."
    return one_act(form, f"Thêm vị trí công tác: {who.name}", "Thêm vị trí", back, do, lede)


@bp.route("/nguoi-dung/<code>/chuyen/<body_code>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def move_post(code: str, body_code: str) -> Any:
    """Chuyển đơn vị."""
    who, left = person_of(code), body_of(body_code)
    form = forms.PostForm(data={"from_on": today()})
    choose_among(form.body)
    back = url_for(".person", code=code)

    def do() -> Any:
        place = body_of_id(form.body.data)
        actions.move_post(acting(form.reason.data), who, left, place, form.from_on.data, form.title.data)
        return done(f"Đã chuyển từ {left.name} sang {place.name}.", back)

    lede = f"Vị trí ở {left.name} kết thúc, việc học đang tính ở đó được tính ở đơn vị mới kể từ ngày ấy."
    return one_act(form, f"Chuyển đơn vị: {who.name}", "Chuyển", back, do, lede)


@bp.route("/nguoi-dung/<code>/thoi/<body_code>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def end_post(code: str, body_code: str) -> Any:
    """Thôi một vị trí công tác."""
    who, left = person_of(code), body_of(body_code)
    form = forms.EndPostForm(data={"on": today()})
    back = url_for(".person", code=code)

    def do() -> Any:
        actions.end_post(acting(form.reason.data), who, left, form.on.data)
        return done(f"Đã ghi thôi vị trí ở {left.name}.", back)

    return one_act(form, f"Thôi vị trí ở {left.name}: {who.name}", "Thôi vị trí", back, do)


@bp.route("/nguoi-dung/<code>/giao-vai-tro", methods=["GET", "POST"])
@allow(Role.ADMIN)
def grant_role(code: str) -> Any:
    """Giao vai trò."""
    who = person_of(code)
    form = forms.RoleForm()
    choose_among(form.body)
    back = url_for(".person", code=code)

    def do() -> Any:
        place, role = body_of_id(form.body.data), Role(form.role.data)
        actions.grant_role(acting(form.reason.data), who, role, place, form.until.data)
        return done(f"Đã giao vai trò {ROLE_NAMES[role]} tại {place.name}.", back)

    return one_act(form, f"Giao vai trò: {who.name}", "Giao vai trò", back, do)


@bp.route("/nguoi-dung/<code>/thoi-vai-tro/<role>/<body_code>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def revoke_role(code: str, role: str, body_code: str) -> Any:
    """Thôi giao vai trò."""
    place = body_of(body_code)
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
    who = person_of(code)
    form = forms.WaiveForm()
    form.unit.choices = [(one.value, one.words) for one in queries.waivable(who.id)]
    back = url_for(".person", code=code)

    def do() -> Any:
        actions.waive(acting(form.reason.data), who, form.unit.data)
        return done(f"Đã ghi miễn học cho đồng chí {who.name}.", back)

    lede = "Miễn học được ghi vào dữ kiện của người học kèm lý do, và không rút lại được."
    return one_act(form, f"Miễn học: {who.name}", "Ghi miễn học", back, do, lede)


@bp.route("/nguoi-dung/<code>/them-gio", methods=["GET", "POST"])
@allow(Role.ADMIN)
def give_time(code: str) -> Any:
    """Thêm giờ làm bài, vì sức khỏe hoặc thị lực."""
    who = person_of(code)
    form = forms.ExtraTimeForm(data={"extra": queries.extra_time(who.id)})
    back = url_for(".person", code=code)

    def do() -> Any:
        actions.give_time(acting(form.reason.data), who, form.extra.data)
        return done(f"Đã ghi thời gian làm bài của đồng chí {who.name}.", back)

    lede = "Tính cho mọi bài có giờ, kể cả lượt đang làm. Giảm đi thì chỉ tính từ lượt sau."
    return one_act(form, f"Thêm giờ làm bài: {who.name}", "Lưu", back, do, lede)
