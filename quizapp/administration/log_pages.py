"""Quản trị: nhật ký: what people with power did, on a page and as a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, render_template, request

from quizapp.accounts.models import Person, RequestKind
from quizapp.administration import actions, queries
from quizapp.administration.actions import ACTS
from quizapp.administration.pages import acting, bp, person_of
from quizapp.clock import now, today
from quizapp.web import spreadsheets as sheets
from quizapp.web.access import ROLE_NAMES, Role, allow
from quizapp.web.asked import current_user
from quizapp.web.formats import moment, number, row_number

MOST = 10_000  # lines of a file
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REQUESTS = {
    RequestKind.WRONG_BODY.value: "Báo sai đơn vị",
    RequestKind.CORRECTION.value: "Đề nghị sửa dữ liệu",
    RequestKind.ERASURE.value: "Đề nghị xóa dữ liệu",
    RequestKind.PASSWORD.value: "Quên mật khẩu",
}
DETAILS = {
    "body": "đơn vị",
    "above": "cấp trên",
    "into": "vào",
    "change": "thay đổi",
    "list": "danh sách",
    "code": "mã",
    "before": "trước đó",
    "login": "tên đăng nhập",
    "name": "họ tên",
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
    "sha256": "SHA-256",
    "merged": "tài khoản được gộp",
    "of": "cho",
    "document": "văn bản",
    "version": "bản số",
    "source": "nguồn",
    "alone": "tự xác nhận",
    "subject": "thư",
    "decided": "quyết định",
    "changed": "thay đổi",
    "number": "số chốt",
    "open_notes": "ghi chú chưa xong",
    "lines": "số dòng",
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


def _asked() -> tuple[str, str, Person | None]:
    """By whom, which kind of act, about whom."""
    actor, act, code = request.args.get("nguoi", "").strip()[:100], request.args.get("viec", ""), request.args.get("ve")
    return actor, act, person_of(code) if code else None


@bp.get("/nhat-ky")
@allow(Role.ADMIN)
def log() -> Any:
    """Nhật ký: what people with power did, newest first."""
    actor, act, about = _asked()
    before = request.args.get("truoc", type=row_number)
    lines, more = queries.log(current_user, today(), actor, act, about.id if about else None, before)
    kinds = sorted({*ACTS, *queries.acts()}, key=lambda kind: ACTS.get(kind, kind))
    page = {"lines": lines, "more": more, "actor": actor, "act": act, "about": about, "kinds": kinds, "before": before}
    return render_template("administration/log.html", acts=ACTS, **page)


@bp.get("/nhat-ky.xlsx")
@allow(Role.ADMIN)
def log_file() -> Any:
    """Xuất nhật ký: the same lines as a sheet, the newest ones where there are very many; noted in the log itself."""
    actor, act, about = _asked()
    lines, more = queries.log(current_user, today(), actor, act, about.id if about else None, most=MOST)
    rows: list[tuple[str, ...]] = [
        (moment(one.at), one.actor or "Lệnh trên máy chủ", one.net or "", ACTS.get(one.act, one.act), one.about or "",
         told(one.detail), one.reason or "")
        for one in lines
    ]  # fmt: skip
    if more:
        rows.append((f"Chỉ có {number(MOST)} việc mới nhất. Lọc để xuất những việc cũ hơn.",))
    headings = ("Lúc", "Người làm", "Mạng", "Việc", "Về ai", "Chi tiết", "Lý do")
    made = sheets.write("Nhật ký", headings, rows, (20, 26, 18, 26, 26, 60, 40))
    name = f"NhatKy_{now():%Y-%m-%d}.xlsx"
    actions.note_log_file(acting("Xuất nhật ký."), name, len(lines))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(made, mimetype=XLSX, headers=headers)
