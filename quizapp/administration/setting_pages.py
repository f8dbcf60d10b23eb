"""Quản trị: cấu hình: what holds for the whole site; whoever administers its highest body sets it."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for

from quizapp import mail, site
from quizapp.accounts import queries as accounts
from quizapp.administration import erasing, queries, setting_forms, settings
from quizapp.administration.pages import acting, bp, done, one_act, person_of
from quizapp.domain import images
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused


def _whole() -> None:
    if not queries.rules_a_root(current_user):
        abort(403)


@bp.get("/cau-hinh")
@allow(Role.ADMIN)
def config() -> Any:
    """Cấu hình: what is set, and where each thing is changed."""
    page = {
        "whole": queries.rules_a_root(current_user),
        "versions": settings.versions(),
        "email": accounts.person(current_user.id).email,
        "outgoing": mail.outgoing(current_app.extensions["settings"]),
    }
    return render_template("administration/config.html", **page)


@bp.route("/cau-hinh/chung", methods=["GET", "POST"])
@allow(Role.ADMIN)
def set_common() -> Any:
    """Tên, xưng hô, ngưỡng, thời hạn lưu, ngày nghỉ."""
    _whole()
    now = site.current()
    days = "\n".join(f"{day:%d/%m/%Y}" for day in now.holidays)
    form = setting_forms.SettingForm(data=vars(now) | {"holidays": days})
    back = url_for(".config")

    def do() -> Any:
        settings.keep(acting(form.reason.data), form.chosen())
        return done("Đã lưu cấu hình.", back)

    return one_act(form, "Cấu hình chung", "Lưu", back, do)


@bp.route("/cau-hinh/dau-hieu", methods=["GET", "POST"])
@allow(Role.ADMIN)
def set_mark() -> Any:
    """Dấu hiệu của cơ quan: a small PNG or JPEG in place of ours."""
    _whole()
    form, problem = setting_forms.MarkForm(), None
    if form.sent():
        given = request.files.get("tep")
        try:
            data = given.read(images.MOST_BYTES + 1) if given else b""
            settings.keep_mark(acting(form.reason.data), data if form.what.data == "doi" else None)
            return done("Đã đổi dấu hiệu." if form.what.data == "doi" else "Đã bỏ dấu hiệu.", url_for(".config"))
        except Refused as no:
            problem = no.sentence
    return render_template("administration/mark.html", form=form, problem=problem), 409 if problem else 200


@bp.route("/cau-hinh/thong-bao", methods=["GET", "POST"])
@allow(Role.ADMIN)
def set_notice() -> Any:
    """Thông báo về dữ liệu cá nhân: bản mới; who signs in next reads it first."""
    _whole()
    number = site.current().notice
    form = setting_forms.NoticeForm(data={"text": site.current().notice_text, "number": number})
    back = url_for(".config")

    def do() -> Any:
        settings.publish_notice(acting(form.reason.data), int(form.number.data), form.text.data)
        return done(f"Đã phát hành bản {int(form.number.data) + 1}.", back)

    lede = f"Đang dùng bản {number}. Bản mới hiện ra một lần cho mỗi người khi đăng nhập lần tới; bản cũ vẫn được giữ."
    return one_act(form, "Thông báo về dữ liệu cá nhân", "Phát hành bản mới", back, do, lede)


@bp.get("/cau-hinh/thong-bao/<int:number>")
@allow(Role.ADMIN)
def notice_version(number: int) -> Any:
    """Một bản của thông báo, and who has read it."""
    _whole()
    version = settings.version(number)
    if version is None:
        abort(404)
    after = request.args.get("sau")
    readers, more = settings.readers(number, after)
    return render_template("administration/notice.html", version=version, readers=readers, more=more, after=after)


@bp.route("/nguoi-dung/<code>/xoa", methods=["GET", "POST"])
@allow(Role.ADMIN)
def erase(code: str) -> Any:
    """Xóa thông tin nhận dạng của một người, theo đề nghị của người ấy."""
    who = person_of(code)
    form = setting_forms.EraseForm()
    form.login = who.login

    def do() -> Any:
        erasing.erase(acting(form.reason.data), who)
        return done(
            "Đã xóa thông tin nhận dạng. Số liệu và kết quả đã tính vẫn được giữ, không còn tên.", url_for(".people")
        )

    lede = (
        "Họ tên, tên đăng nhập, điện thoại, địa chỉ thư, chức vụ và lời đã viết bị xóa; tài khoản kết thúc. Kết quả đã "
        "hoàn thành vẫn được đếm, không còn tên. Không lấy lại được."
    )
    back = url_for(".person", code=code)
    return one_act(form, f"Xóa thông tin nhận dạng: {who.name}", "Xóa vĩnh viễn", back, do, lede)


@bp.post("/cau-hinh/thu-thu")
@allow(Role.ADMIN)
def test_mail() -> Any:
    """Gửi thư thử đến địa chỉ của chính mình."""
    _whole()
    address = settings.test_mail(acting("Thử máy chủ thư."))
    flash(f"Đã xếp gửi thư thử đến {address}. Xem kết quả ở đây sau nửa phút.")
    return redirect(url_for(".mail"), 303)
