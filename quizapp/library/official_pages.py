"""Bản chính thức: trainers and administrators add a document's signed file and text, and compare what others added."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from quizapp.accounts.views import network
from quizapp.clock import now, today
from quizapp.domain import old_fonts
from quizapp.domain.official import MOST_LETTERS, levels
from quizapp.library import drafts, signed_files
from quizapp.library import official_actions as actions
from quizapp.library import official_queries as queries
from quizapp.library import queries as library
from quizapp.library.drafts import Named
from quizapp.library.forms import ConfirmForm, KeepForm, WithdrawForm
from quizapp.library.models import TextState
from quizapp.library.official_actions import By
from quizapp.library.official_queries import Version
from quizapp.library.views import as_file
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.forms import Form
from quizapp.web.refused import Refused
from quizapp.web.uploads import takes_file, takes_text

bp = Blueprint("signed", __name__, template_folder="templates", url_prefix="/van-ban/<code>/ban-chinh-thuc")


def _document(code: str) -> Named:
    """In use, or only begun: the official text may be there before anything is published."""
    return drafts.named(code) or abort(404)


def _version(code: str, text_id: int) -> Version:
    return queries.version(code, text_id, current_user.id) or abort(404)


def _by(reason: str) -> By:
    return By(current_user, reason, network(), now())


@bp.route("", methods=["GET", "POST"])
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
@takes_file(signed_files.MOST_BYTES)
def index(code: str) -> Any:
    """Bản chính thức: các bản đã thêm; thêm một bản, bước 1: the file, or none."""
    document = _document(code)
    problem = None
    if request.method == "POST":
        try:
            return redirect(url_for(".correct", code=code, text_id=_begin(code)), 303)
        except Refused as no:
            problem = no.sentence
    page = {"document": document, "versions": queries.versions(code, current_user.id), "problem": problem}
    page |= {"most": signed_files.MOST_BYTES // 1024 // 1024, "types": signed_files.TYPES}
    return render_template("library/official.html", **page), 409 if problem else 200


def _begin(code: str) -> int:
    sent = request.files.get("tep")
    name = (sent.filename or "") if sent else ""
    if not name and "dan" not in request.form:
        raise Refused("Đồng chí chưa chọn tệp. Nếu không có tệp, bấm “Chỉ dán chữ”.")
    with_file = sent is not None and "dan" not in request.form
    data, name = (sent.read(), name) if sent is not None and with_file else (b"", "")
    document_id = queries.document_id(code) or abort(404)
    return actions.begin(document_id, current_user.id, data, name, now()).id


@bp.route("/<int:text_id>/doc-lai", methods=["GET", "POST"])
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
@takes_text(4 * MOST_LETTERS)
def correct(code: str, text_id: int) -> Any:
    """Thêm bản chính thức, bước 2: read and correct the text, say where it came from."""
    document, version = _document(code), _version(code, text_id)
    if version.state is not TextState.DRAFT:
        return redirect(url_for(".one", code=code, text_id=text_id), 303)
    form, problem = KeepForm(data={"text": library.kept_text(text_id)}), None
    converted = _converted(form)
    if not converted and form.sent():
        try:
            actions.keep(version.row, form.text.data, form.source.data, _by(form.reason.data))
            flash(f"Đã giữ bản số {version.row.number}. Bản này chờ người khác đối chiếu; người học chưa thấy.")
            return redirect(url_for(".index", code=code), 303)
        except Refused as no:
            problem = no.sentence
    page = {"document": document, "version": version, "form": form, "problem": problem, "converted": converted}
    page["fonts"] = old_fonts.NAMES if old_fonts.in_glyphs(form.text.data or "") else {}
    return render_template("library/official_correct.html", **page), 409 if problem else 200


def _converted(form: KeepForm) -> str | None:
    """Chuyển mã: what was typed, turned into Unicode for reading again; the name of the font, None where nobody asks."""
    font = request.form.get("chuyen")
    if font not in old_fonts.NAMES:
        return None
    form.text.data = old_fonts.mended(form.text.data or "", font)
    return old_fonts.NAMES[font]


@bp.post("/<int:text_id>/bo")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def drop(code: str, text_id: int) -> Any:
    """Bỏ bản đang nhập."""
    actions.drop(_version(code, text_id).row)
    flash("Đã bỏ bản đang nhập.")
    return redirect(url_for(".index", code=code), 303)


@bp.get("/<int:text_id>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def one(code: str, text_id: int) -> Any:
    """Một bản: what it has, who did what; its text to be compared with the file."""
    return _one(code, text_id, ConfirmForm(), WithdrawForm())


@bp.post("/<int:text_id>/doi-chieu")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def confirm(code: str, text_id: int) -> Any:
    """Xác nhận đã đối chiếu với bản ký."""
    form = ConfirmForm()
    version = _version(code, text_id)
    if not form.sent():
        return _one(code, text_id, form, WithdrawForm())
    actions.confirm(text_id, _by(form.reason.data), today())
    when = "từ bây giờ" if _document(code).published else "khi văn bản được phát hành"
    flash(f"Đã xác nhận bản số {version.row.number}. Người học thấy bản này {when}.")
    return redirect(url_for(".one", code=code, text_id=text_id), 303)


@bp.post("/<int:text_id>/go")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def withdraw(code: str, text_id: int) -> Any:
    """Gỡ bản sai."""
    form = WithdrawForm()
    version = _version(code, text_id)
    if not form.sent():
        return _one(code, text_id, ConfirmForm(), form)
    actions.withdraw(text_id, _by(form.reason.data))
    flash(f"Đã gỡ bản số {version.row.number}. Người học không thấy bản này nữa.")
    return redirect(url_for(".one", code=code, text_id=text_id), 303)


@bp.get("/<int:text_id>/tep")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def file(code: str, text_id: int) -> Any:
    """Tệp của một bản."""
    return as_file(_version(code, text_id))


def _one(code: str, text_id: int, confirming: Form, withdrawing: Form) -> Any:
    document, version = _document(code), _version(code, text_id)
    if version.state is TextState.DRAFT:
        return redirect(url_for(".correct", code=code, text_id=text_id), 303)
    may = version.state is TextState.WAITING and actions.may_confirm(current_user, version.row, today())
    page = {"document": document, "version": version, "confirming": confirming, "withdrawing": withdrawing}
    page |= {"may_confirm": may, "alone": version.row.added_by == current_user.id, "not_one_self": actions.NOT_ONE_SELF}
    found = library.official_parts(text_id) if version.letters else ()
    page |= {"parts": found, "levels": levels(found)}
    return render_template("library/official_one.html", **page)
