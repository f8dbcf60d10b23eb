"""Văn bản trong thư viện: danh sách, thêm, soạn thông tin và cây điều khoản, gửi duyệt, duyệt, phát hành."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from quizapp.accounts.actions import note_act
from quizapp.clock import now
from quizapp.library import drafting, drafts
from quizapp.library.drafting import DEEPEST, HEAD
from quizapp.library.drafts import Clash
from quizapp.studio import documents, reviewing
from quizapp.studio.document_changes import tasks
from quizapp.studio.document_forms import (
    HeadForm,
    ProvisionForm,
    differing,
    head_form,
    head_said,
    provision_said,
)
from quizapp.studio.documents import Written
from quizapp.studio.forms import GiveBackForm, ReasonForm, SendForm
from quizapp.studio.views import bp, writes
from quizapp.studio.work import only_read
from quizapp.web.access import Role, allow
from quizapp.web.forms import Form
from quizapp.web.refused import Refused


def _written(code: str) -> Written:
    return documents.written(code) or abort(404)


def _draft(code: str) -> Written:
    """The document that somebody writes; Refused where its draft has gone by now."""
    found = _written(code)
    if found.draft is None:
        raise Refused(drafts.GONE, url_for(".document", code=code))
    return found


def _to(code: str, anchor: str | None = None) -> Any:
    """Back to the tree, at a provision."""
    return redirect(url_for(".document", code=code, _anchor=f"m-{anchor}" if anchor else None), 303)


@bp.get("/soan/van-ban")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def document_list() -> Any:
    """Văn bản trong thư viện: đã đối chiếu bao nhiêu, hiệu lực, bài nào dùng."""
    page = {"writes": writes(), "may_open_desk": writes() or Role.REVIEWER in current_user.roles}
    return render_template("studio/documents.html", documents=documents.every(), **page)


@bp.route("/soan/van-ban/moi", methods=["GET", "POST"])
@allow(Role.TRAINER)
def new_document() -> Any:
    """Thêm văn bản."""
    form, twin = head_form(None, tasks()), None
    if form.sent():
        twin = documents.twin(form.kind.data, form.number.data)
        if twin is None:
            code = drafts.begin_document(form.value(), current_user.id, now())
            note_act(current_user.id, "begin_document", now(), detail={"document": code, "number": form.number.data})
            flash("Đã mở văn bản mới. Thêm từng điều, khoản mà bài học sẽ dẫn.")
            return _to(code)
    return render_template("studio/document_head.html", one=None, form=form, twin=twin, differ={}), 409 if twin else 200


@bp.get("/soan/van-ban/<code>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def document(code: str) -> Any:
    """Soạn văn bản: thông tin, cây điều khoản, còn thiếu gì."""
    one = _written(code)
    page = {"one": one, "writes": writes() and one.draft is not None, "may_begin": writes() and one.draft is None}
    page |= {"subtree": documents.subtree, "deepest": DEEPEST, "history": documents.history(code)}
    return render_template("studio/document.html", **page)


@bp.post("/soan/van-ban/<code>/soan")
@allow(Role.TRAINER)
def begin_document(code: str) -> Any:
    """Soạn bản mới of a document."""
    drafts.begin(code, current_user.id, now()) or abort(404)
    return _to(code)


# --- writing ---------------------------------------------------------------------------------------------------


@bp.route("/soan/van-ban/<code>/thong-tin", methods=["GET", "POST"])
@allow(Role.TRAINER)
def document_head(code: str) -> Any:
    """Thông tin và hiệu lực của văn bản."""
    one = _draft(code)
    form, twin = head_form(one.head, tasks()), None
    if form.sent():
        twin = documents.twin(form.kind.data, form.number.data, code)
        if twin is None:
            try:
                drafts.save(code, HEAD, form.value(), request.form.get("tu", ""), current_user.id, now())
            except Clash:
                return _clash(code, form)
            flash("Đã lưu thông tin văn bản.")
            return _to(code)
    return render_template("studio/document_head.html", one=one, form=form, twin=twin, differ={}), 409 if twin else 200


@bp.route("/soan/van-ban/<code>/muc/<anchor>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def provision(code: str, anchor: str) -> Any:
    """Sửa một điều, khoản, điểm; its anchor stays."""
    one = _draft(code)
    there = drafting.part(one.body, anchor)
    form = ProvisionForm(provision_said(there) if there else None)
    if there is None:
        return _without_place(one, form)
    if form.sent():
        try:
            drafts.save(code, anchor, form.value(), request.form.get("tu", ""), current_user.id, now())
        except Clash:
            return _clash(code, form, anchor)
        flash(f"Đã lưu {form.label.data}.")
        return _to(code, anchor)
    return _provision(one, form, anchor)


def _provision(one: Written, form: ProvisionForm, anchor: str | None, status: int = 200, **more: Any) -> Any:
    page: dict[str, Any] = {"where": "", "problem": None, "address": "", "differ": {}} | more
    return render_template("studio/document_provision.html", one=one, form=form, anchor=anchor, **page), status


def _without_place(one: Written, form: ProvisionForm) -> Any:
    """Where somebody has just taken the place out: what was typed is kept, and may be added at the end."""
    if request.method == "GET":
        raise Refused(drafts.NOT_THERE, url_for(".document", code=one.code))
    only_read()
    problem = (
        "Người khác vừa bỏ mục này khỏi văn bản. Chữ của đồng chí còn nguyên: bấm Lưu để thêm thành mục mới ở cuối."
    )
    return _provision(
        one, form, None, 409, problem=problem, where="Ở cuối", address=url_for(".add_provision", code=one.code)
    )


def _clash(code: str, mine: HeadForm | ProvisionForm, anchor: str = HEAD) -> Any:
    """What the other wrote stands beside each field that differs; sending again keeps one's own."""
    only_read()
    one = _draft(code)
    theirs = drafting.part(one.body, anchor) or {}
    differ = differing(mine, head_said(theirs) if anchor == HEAD else provision_said(theirs))
    if isinstance(mine, ProvisionForm):
        return _provision(one, mine, anchor, 409, differ=differ)
    return render_template("studio/document_head.html", one=one, form=mine, twin=None, differ=differ), 409


@bp.route("/soan/van-ban/<code>/them", methods=["GET", "POST"])
@allow(Role.TRAINER)
def add_provision(code: str) -> Any:
    """Thêm một mục: ``trong`` under a provision, ``sau`` right after one, else at the end."""
    one = _draft(code)
    under, after = request.args.get("trong", ""), request.args.get("sau", "")
    depth = next((node.depth for node in one.nodes if node.anchor == (under or after)), None)
    form = ProvisionForm()
    if (under or after) and (depth is None or (under and depth + 1 >= DEEPEST)):
        return _without_place(one, form)
    if form.sent():
        anchor = drafts.add(code, form.value(), under, after, current_user.id, now())
        flash(f"Đã thêm {form.label.data}.")
        return _to(code, anchor)
    where = f"Bên trong {one.called(under)}" if under else f"Ngay sau {one.called(after)}" if after else "Ở cuối"
    return _provision(one, form, None, where=where)


@bp.post("/soan/van-ban/<code>/muc/<anchor>/chuyen")
@allow(Role.TRAINER)
def move_provision(code: str, anchor: str) -> Any:
    """Chuyển lên, chuyển xuống."""
    _draft(code)
    drafts.move(code, anchor, request.form.get("viec") == "len", current_user.id, now())
    return _to(code, anchor)


@bp.route("/soan/van-ban/<code>/muc/<anchor>/bo", methods=["GET", "POST"])
@allow(Role.TRAINER)
def remove_provision(code: str, anchor: str) -> Any:
    """Bỏ một mục and what stands below it, where no unit rests on it."""
    one = _draft(code)
    below = drafting.below(one.body, anchor)
    if not below:
        raise Refused(drafts.NOT_THERE, url_for(".document", code=code))
    if request.method == "POST":
        documents.remove(one, anchor, request.form.get("tu", ""), current_user.id, now())
        flash(f"Đã bỏ {one.called(anchor)}.")
        return _to(code)
    page = {"one": one, "anchor": anchor, "below": len(below) - 1, "digest": documents.subtree(one.body, anchor)}
    return render_template("studio/document_remove.html", **page)


@bp.route("/soan/van-ban/<code>/bo", methods=["GET", "POST"])
@allow(Role.TRAINER)
def give_up_document(code: str) -> Any:
    """Bỏ bản nháp của văn bản, with a reason; what is in use stays."""
    one, form = _draft(code), ReasonForm()
    if form.sent():
        note_act(current_user.id, "give_up_document", now(), detail={"document": code}, reason=form.why.data)
        drafts.give_up(code)
        kept = "Bản đang dùng giữ nguyên." if one.used else "Văn bản chưa từng được phát hành, nên không còn nữa."
        flash(f"Đã bỏ bản nháp {one.name}. {kept}")
        return redirect(url_for(".document_list"), 303)
    return render_template("studio/document_give_up.html", one=one, form=form)


# --- review ----------------------------------------------------------------------------------------------------


@bp.route("/soan/van-ban/<code>/gui-duyet", methods=["GET", "POST"])
@allow(Role.TRAINER)
def send_document(code: str) -> Any:
    """So sánh với bản đang dùng, gửi duyệt."""
    one, form, problem = _draft(code), SendForm(), None
    if form.sent():
        try:
            documents.send(one, form.note.data or "", current_user.id, now())
            flash("Đã gửi duyệt. Bản đang dùng giữ nguyên cho đến khi bản này được phát hành.")
            return _to(code)
        except Refused as no:
            problem = no.sentence
    return render_template("studio/document_send.html", one=one, form=form, problem=problem), 409 if problem else 200


@bp.get("/duyet/van-ban/<code>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def review_document(code: str) -> Any:
    """Duyệt một văn bản: điều thay đổi, phát hành hoặc trả lại."""
    return _review(_draft(code), {})


def _review(one: Written, forms: dict[str, Form], problem: str | None = None) -> Any:
    no = reviewing.may_approve(current_user, one.draft, now()) if one.draft else drafts.GONE
    page: dict[str, Any] = {"publish": ReasonForm(), "back": GiveBackForm()} | forms
    page |= {"one": one, "problem": problem, "no": no}
    return render_template("studio/document_review.html", **page), 409 if problem else 200


@bp.post("/duyet/van-ban/<code>/phat-hanh")
@allow(Role.REVIEWER, Role.ADMIN)
def publish_document(code: str) -> Any:
    """Phát hành: just what the page has shown, or nothing."""
    one, form = _draft(code), ReasonForm()
    if not form.sent():
        return _review(one, {"publish": form})
    try:
        documents.publish(current_user, one, request.form.get("ban", ""), form.why.data, now())
    except Refused as no:
        return _review(_draft(code), {"publish": form}, no.sentence)
    flash(f"Đã phát hành {one.name}. Các bài đang dùng giữ nguyên lời đã dẫn; bài soạn từ nay dẫn theo bản mới.")
    return _to(code)


@bp.post("/duyet/van-ban/<code>/tra-lai")
@allow(Role.REVIEWER, Role.ADMIN)
def give_back_document(code: str) -> Any:
    """Trả lại kèm lý do."""
    one, form = _draft(code), GiveBackForm()
    if not form.sent():
        return _review(one, {"back": form})
    drafts.give_back(code, form.why.data)
    note_act(current_user.id, "give_back_document", now(), detail={"document": code}, reason=form.why.data)
    flash("Đã trả lại người soạn, kèm lý do.")
    return redirect(url_for(".waiting"), 303)
