"""The pages for what goes wrong: each says what holds, that nothing is lost, and the way on."""

import logging
import secrets
from typing import Any

from flask import Flask, current_app, render_template, request
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from quizapp import database
from quizapp.web.access import ROLE_NAMES, Role, allowed
from quizapp.web.csrf import BadToken
from quizapp.web.refused import Refused

log = logging.getLogger("quizapp")

_PAGES = {
    400: (
        "Yêu cầu chưa đúng",
        "Trang vừa gửi có nội dung mà hệ thống không hiểu, nên chưa lưu gì. "
        "Đồng chí quay lại, tải lại trang rồi thử lần nữa.",
    ),
    403: (
        "Chưa được mở trang này",
        "Trang này dành cho người được giao quyền. Nếu đồng chí cần xem, đề nghị người quản trị của đơn vị cấp quyền.",
    ),
    404: (
        "Không tìm thấy trang này",
        "Có thể bài đã đổi tên, hoặc địa chỉ gõ chưa đúng. Về trang chủ hoặc tìm văn bản.",
    ),
    405: ("Không mở được theo cách này", "Trang này chỉ nhận nội dung gửi từ một biểu mẫu. Về trang chủ để đi tiếp."),
    409: (
        "Nội dung đã thay đổi",
        "Trang đồng chí đang mở đã cũ: nội dung vừa được thay đổi ở nơi khác. "
        "Không có gì bị mất. Mở lại trang để xem tình trạng hiện nay.",
    ),
    413: (
        "Nội dung gửi lên quá lớn",
        "Phần vừa gửi vượt quá mức cho phép nên chưa được lưu. Đồng chí gửi phần nhỏ hơn.",
    ),
    429: ("Gửi quá nhanh", "Đồng chí chờ một phút rồi thử lại. Câu trả lời đã lưu không bị mất."),
    500: ("Hệ thống gặp trục trặc", "Câu trả lời đã lưu không bị mất. Đồng chí thử lại sau ít phút."),
    503: (
        "Hệ thống đang bận",
        "Nhiều người đang dùng cùng lúc. Đồng chí chờ nửa phút rồi gửi lại; câu trả lời đã lưu không bị mất.",
    ),
}


def page(status: int, sentence: str | None = None, back: str | None = None, code: str | None = None) -> tuple[str, int]:
    """An error page. ``sentence`` replaces the usual one."""
    database.end_transaction()
    title, usual = _PAGES.get(status, _PAGES[500])
    shown = {"title": title, "sentence": sentence or usual, "back": back, "code": code, "status": status}
    return render_template("error.html", **shown), status


def _whose() -> str:
    """Whom the page is for; before that, why a role that somebody had is no more, which another room knows."""
    lost = current_app.extensions.get("role_lost", lambda: None)()
    roles = [ROLE_NAMES[role] for role in Role if role in allowed(current_app.view_functions[request.endpoint or ""])]
    for_whom = f"Trang này dành cho {', '.join(roles)}." if roles else "Trang này dành cho người được giao quyền."
    words = [lost, for_whom, "Nếu đồng chí cần xem, đề nghị người quản trị của đơn vị cấp quyền."]
    return " ".join(word for word in words if word)


def init_app(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        if status == 403:
            return page(403, _whose())
        return page(status if status in _PAGES else 400)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Any:
        return page(409, error.sentence, error.back)

    @app.errorhandler(StaleDataError)
    def stale(error: StaleDataError) -> Any:
        return page(409)

    @app.errorhandler(TimeoutError)
    def busy(error: TimeoutError) -> Any:
        return page(503)

    @app.errorhandler(OperationalError)
    def database_busy(error: OperationalError) -> Any:
        words = str(error.orig)
        if "locked" in words or "lock timeout" in words or "statement timeout" in words:
            return page(503)
        return broken(error)

    @app.errorhandler(BadToken)
    def old_form(error: BadToken) -> Any:
        """The form comes back filled in, to be sent again, if it was sent from one of our own pages."""
        database.end_transaction()
        ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        fields = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf", "mat-khau")]
        return render_template("old_form.html", fields=fields if ours else [], path=request.full_path.rstrip("?")), 400

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        if app.testing:
            raise error
        code = secrets.token_hex(4)
        log.error("error %s at %s %s", code, request.method, request.endpoint, exc_info=error)
        return page(500, code=code)
