"""Đăng nhập, lần đầu, quên mật khẩu, mã dùng một lần, mật khẩu."""

import ipaddress
import re
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request, session, url_for
from flask_login import LoginManager, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from quizapp import site
from quizapp.accounts import actions, forms, passwords, queries
from quizapp.accounts.models import RequestKind
from quizapp.clock import now, today
from quizapp.web import access
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user, the_request, the_session
from quizapp.web.refused import Refused

bp = Blueprint("accounts", __name__, template_folder="templates")
CARRIED_BYTES = 8192

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng. Đồng chí kiểm tra lại, hoặc bấm “Quên mật khẩu”."
MERGED = (
    "Tài khoản này đã được gộp vào tài khoản “{login}” của đồng chí; kết quả học tập đã chuyển sang đó. "
    "Đồng chí đăng nhập bằng “{login}”, hoặc xin người quản trị cấp mã."
)
NO_LOGIN_NEEDED = {
    "accounts.first_visit",
    "accounts.choose_password",
    "accounts.wrong_body",
    "accounts.sign_out",
    "accounts.notice",
}


class Sessions(LoginManager):  # type: ignore[misc]
    """flask-login, which would compare a session's addresses: a phone on a boat changes its own."""

    def _session_protection_failed(self) -> bool:
        return False

    def _update_remember_cookie(self, response: Any) -> Any:
        return response  # there is none: what cannot be revoked is not given


def init_app(app: Flask) -> None:
    """Sign-in for the whole site."""
    manager = Sessions()
    manager.init_app(app, add_context_processor=False)  # templates are told by rooms.py

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> queries.SignedIn | None:
        return queries.signed_in(token, now())

    access.init_app(app, sign_in_again, idle)
    app.extensions["role_lost"] = _role_lost
    app.before_request(_first_things_first)
    app.after_request(_note_use)


def _role_lost() -> str | None:
    """Why a role of whoever asks is no more: the body in which it was held has ended."""
    who = current_user._get_current_object()
    lost = queries.role_lost(who.id, today()) if who.is_authenticated else None
    if lost is None:
        return None
    heir = f", kế tục là {lost.heir}" if lost.heir else ""
    words = f"{lost.body} đã kết thúc từ ngày {lost.on:%d/%m/%Y}{heir}"
    return f"{words}, nên vai trò {access.ROLE_NAMES[access.Role(lost.role)]} của đồng chí ở đó không còn."


def _first_things_first() -> Any:
    """Who has no password yet, or was never here, does that first."""
    who, endpoint = current_user._get_current_object(), the_request().endpoint
    if endpoint is None or not who.is_authenticated:
        return None
    if who.welcomed and who.has_password:
        return _notice_first()
    view = current_app.view_functions[endpoint]
    if endpoint in NO_LOGIN_NEEDED or Role.PUBLIC in access.allowed(view):
        return None
    if not who.welcomed:
        return redirect(url_for("accounts.first_visit"), 303)
    return redirect(url_for("accounts.choose_password"), 303)


def _notice_first() -> Any:
    """A new version of the notice, found at sign-in, is read before anything else is opened."""
    if "thong-bao" not in session or request.method != "GET":
        return None
    view = current_app.view_functions[str(request.endpoint)]
    if request.endpoint == "accounts.notice" or Role.PUBLIC in access.allowed(view):
        return None
    return redirect(url_for("accounts.notice", tiep=request.full_path.rstrip("?")), 303)


def idle() -> bool:
    """Whether this browser was last used so long ago that pages with power ask again."""
    return bool(now().timestamp() - session.get("seen", 0) > queries.IDLE.total_seconds())


def _note_use(response: Any) -> Any:
    """Idle time lives in the cookie, which is sent again at most once a minute."""
    seen, held = int(now().timestamp()), the_session()
    if "_user_id" in held and seen - held.get("seen", 0) > 60 and response.status_code < 400:
        held["seen"] = seen
    return response


# --- signing in ------------------------------------------------------------------------------------------------


def network() -> str:
    """The network that a request comes from: /24, or /48 for IPv6."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "?"
    width = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{width}", strict=False))


def sign_in_again() -> Any:
    """For whoever is not signed in any more: a GET comes back afterwards, a POST carries what was typed along."""
    if request.method != "POST":
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in", tiep=wanted if wanted != "/" else None), 303)
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf", "mat-khau")]
    carry = _carrier().dumps({"to": request.full_path.rstrip("?"), "fields": fields})
    form = forms.SignInForm()
    form.process(data={"carry": carry if len(carry) <= CARRIED_BYTES else ""})  # not what was posted to another page
    return _sign_in_page(form, expired=True)


def _carrier() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="mang-theo")


def _sign_in_page(form: forms.SignInForm, problem: str | None = None, expired: bool = False) -> str:
    form.password.data = None
    return render_template("accounts/sign_in.html", form=form, problem=problem, expired=expired)


@bp.route("/dang-nhap", methods=["GET", "POST"])
@allow(Role.PUBLIC)
def sign_in() -> Any:
    """Đăng nhập."""
    form = forms.SignInForm(data={"next": request.args.get("tiep", "")})
    if not form.sent():
        if request.method == "GET" and current_user.is_authenticated and not idle():
            return redirect(url_for("desk.home"), 303)
        return _sign_in_page(form)
    try:
        person_id = actions.sign_in(form.login.data, form.password.data, network(), now())
    except actions.Locked as locked:
        return _sign_in_page(form, _locked_sentence(locked.seconds))
    except actions.Merged as merged:
        return _sign_in_page(form, MERGED.format(login=merged.login))
    except passwords.Busy:
        return _sign_in_page(form, "Nhiều người đang đăng nhập cùng lúc. Đồng chí chờ nửa phút rồi bấm lại."), 503
    if person_id is None:
        return _sign_in_page(form, WRONG)
    _start(person_id, bool(form.own_phone.data))
    if form.carry.data:
        return redirect(url_for(".carried", mang=form.carry.data), 303)
    return redirect(_own_address(form.next.data) or url_for("desk.home"), 303)


def _locked_sentence(seconds: int) -> str:
    if seconds > 60:
        return (
            "Đăng nhập sai nhiều lần nên tài khoản tạm khóa 15 phút. "
            "Cần gấp, đồng chí liên hệ người quản trị của đơn vị để được cấp mã dùng một lần."
        )
    return f"Đăng nhập sai nhiều lần. Đồng chí chờ {seconds} giây rồi thử lại."


def _start(person_id: int, own_phone: bool) -> None:
    """Begin a session with a new cookie, so that nothing of the old one is taken over."""
    device = request.user_agent.string
    token = actions.open_session(person_id, own_phone, device, network(), now())
    kept = {name: session[name] for name in ("csrf", "co-chu") if name in session}
    session.clear()
    session.update(kept)
    session.permanent = own_phone
    session["seen"] = int(now().timestamp())
    session["_user_id"] = token
    session["_fresh"] = True
    if not queries.has_read(person_id, site.current().notice):
        session["thong-bao"] = 1


def _own_address(wanted: str | None) -> str | None:
    """A path of this site, else None: never an address elsewhere."""
    if wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\n" not in wanted:
        return wanted
    return None


@bp.get("/dang-nhap/mang-theo")
@allow(Role.LEARNER)
def carried() -> Any:
    """Câu trả lời còn giữ: what was typed when the session had ended, to be sent now."""
    try:
        kept = _carrier().loads(request.args.get("mang", ""), max_age=24 * 3600)
    except BadSignature:
        return redirect(url_for("desk.home"), 303)
    return render_template("old_form.html", fields=kept["fields"], path=kept["to"], signed_in_again=True)


@bp.post("/dang-xuat")
@allow(Role.LEARNER)
def sign_out() -> Any:
    """Đăng xuất."""
    actions.end_session(current_user.session_id, current_user.id, now())
    logout_user()
    session.clear()
    return redirect(url_for(".sign_in"), 303)


@bp.post("/co-chu")
@allow(Role.PUBLIC)
def choose_size() -> Any:
    """Cỡ chữ, before signing in: kept in the cookie."""
    size = request.form.get("co-chu", 100, int)
    session["co-chu"] = size if size in (100, 115, 130) else 100
    return redirect(url_for(".sign_in"), 303)


# --- codes and passwords ---------------------------------------------------------------------------------------


@bp.route("/quen-mat-khau", methods=["GET", "POST"])
@allow(Role.PUBLIC)
def forgotten() -> Any:
    """Quên mật khẩu: the same answer for an account that does not exist."""
    form = forms.ForgottenForm()
    if not form.sent():
        return render_template("accounts/forgotten.html", form=form, asked=False)
    login = actions.clean_login(form.login.data)
    who = queries.candidate(login, actions.clean_phone(login), network(), now())
    if who.person_id is not None:
        actions.ask(who.person_id, RequestKind.PASSWORD, "Quên mật khẩu, đề nghị cấp mã dùng một lần.", now())
    return redirect(url_for(".forgotten_asked"), 303)


@bp.get("/quen-mat-khau/da-gui")
@allow(Role.PUBLIC)
def forgotten_asked() -> Any:
    """Đã gửi đề nghị cấp mã."""
    return render_template("accounts/forgotten.html", form=None, asked=True)


@bp.route("/ma", methods=["GET", "POST"])
@allow(Role.PUBLIC)
def code() -> Any:
    """Vào bằng mã dùng một lần; a link with a code only fills the field, so that a preview uses nothing up."""
    form = forms.CodeForm(data={"code": request.args.get("ma", "")})
    if not form.sent():
        return render_template("accounts/code.html", form=form, problem=None)
    net = network()
    try:
        actions.refuse_guessing(net, now())
    except actions.Locked as locked:
        return render_template("accounts/code.html", form=form, problem=_locked_sentence(locked.seconds))
    person_id = actions.use_code(form.code.data, now())
    if person_id is None:
        actions.note_guess(net, now())
        wrong = "Mã này không đúng, đã dùng hoặc đã hết hạn. Đồng chí xem lại phiếu, hoặc xin mã mới."
        return render_template("accounts/code.html", form=form, problem=wrong)
    _start(person_id, own_phone=False)
    return redirect(url_for("desk.home"), 303)


@bp.route("/mat-khau", methods=["GET", "POST"])
@allow(Role.LEARNER)
def choose_password() -> Any:
    """Chọn mật khẩu."""
    form = forms.ChooseForm()
    if not form.sent() or not _takes(form):
        return render_template("accounts/choose_password.html", form=form)
    keep = current_user.session_id
    who = current_user.id
    actions.set_password(who, _hashed(form))
    actions.end_other_sessions(who, keep, now())
    return redirect(url_for("desk.me") if current_user.welcomed else url_for(".first_visit", buoc=3), 303)


def _takes(form: forms.ChooseForm) -> bool:
    if form.password.data != form.again.data:
        form.again.errors = ["Hai lần nhập chưa giống nhau."]
        return False
    weak = passwords.weakness(form.password.data, current_user.login, current_user.name)
    if weak:
        form.password.errors = [weak]
    return not weak


def _hashed(form: forms.ChooseForm) -> str:
    try:
        return actions.hashed(form.password.data)
    except passwords.Busy:
        raise Refused("Nhiều người đang đổi mật khẩu cùng lúc. Đồng chí chờ nửa phút rồi thử lại.") from None


# --- first visit -----------------------------------------------------------------------------------------------


@bp.route("/lan-dau", methods=["GET", "POST"])
@allow(Role.LEARNER)
def first_visit() -> Any:
    """Lần đầu: ba bước, xác nhận đơn vị, chọn mật khẩu, đọc "Chúng tôi ghi lại gì"."""
    if current_user.welcomed:
        return redirect(url_for("desk.home"), 303)
    step = request.args.get("buoc", 1, int)
    if request.method == "POST":
        if not current_user.has_password:
            return redirect(url_for(".first_visit", buoc=2), 303)
        actions.welcome(current_user.id, now())
        actions.note_reading(current_user.id, site.current().notice, now())
        session.pop("thong-bao", None)
        return redirect(url_for("desk.home"), 303)
    if step == 3 and not current_user.has_password:
        step = 2
    places = queries.places(current_user.id, today())
    form = forms.ChooseForm()
    return render_template("accounts/first_visit.html", step=min(max(step, 1), 3), places=places, form=form)


@bp.route("/thong-bao", methods=["GET", "POST"])
@allow(Role.LEARNER)
def notice() -> Any:
    """Chúng tôi ghi lại gì: the newest version, to be read once, and again at any time."""
    wanted = _own_address(request.args.get("tiep"))
    if request.method == "POST":
        actions.note_reading(current_user.id, site.current().notice, now())
        session.pop("thong-bao", None)
        return redirect(wanted or url_for("desk.home"), 303)
    return render_template("accounts/notice.html", unread="thong-bao" in session, next=wanted)


@bp.get("/dau-hieu/<digest>")
@allow(Role.PUBLIC)
def mark(digest: str) -> Any:
    """Dấu hiệu của cơ quan, by its hash: what an address shows never changes."""
    data = site.mark(digest) if re.fullmatch("[0-9a-f]{64}", digest) else None
    if data is None:
        abort(404)
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, mimetype=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"})


@bp.route("/lan-dau/sai-don-vi", methods=["GET", "POST"])
@allow(Role.LEARNER)
def wrong_body() -> Any:
    """Báo sai đơn vị: goes to the administrators, and studying goes on."""
    form = forms.WrongBodyForm()
    if not form.sent():
        return render_template("accounts/wrong_body.html", form=form)
    actions.ask(current_user.id, RequestKind.WRONG_BODY, form.text.data, now())
    return redirect(url_for(".first_visit", buoc=2) if not current_user.welcomed else url_for("desk.me"), 303)
