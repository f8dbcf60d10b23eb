"""Văn bản trong thư viện: danh sách, thêm, soạn thông tin và cây điều khoản, gửi duyệt, duyệt, phát hành."""

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for

from quizapp.accounts.actions import note_act
from quizapp.clock import now
from quizapp.courses import queries
from quizapp.library import drafting, drafts, official_queries
from quizapp.library.drafting import DEEPEST, HEAD
from quizapp.library.drafts import Clash
from quizapp.library.views import told
from quizapp.studio import documents, reviewing
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
from quizapp.web.asked import current_user
from quizapp.web.formats import clock_time
from quizapp.web.forms import Form
from quizapp.web.refused import Refused

SAVED_ALONE = "X-Luu"  # the script saves without leaving the page
CLASH = "Có người khác vừa lưu phần này. Bấm “Lưu” để xem cả hai bản và chọn."


def _written(code: str) -> Written:
    return documents.written(code) or abort(404)


def draft(code: str) -> Written:
    """The document that somebody writes; Refused where its draft has gone by now."""
    found = _written(code)
    if found.draft is None:
        raise Refused(drafts.GONE, url_for(".document", code=code))
    return found


def to_tree(code: str, anchor: str | None = None) -> Any:
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
    form, twin = head_form(None, queries.task_words()), None
    if form.sent():
        twin = documents.twin(form.kind.data, form.number.data)
        if twin is None:
            code = drafts.begin_document(form.value(), current_user.id, now())
            note_act(current_user.id, "begin_document", now(), detail={"document": code, "number": form.number.data})
            flash("Đã mở văn bản mới. Thêm từng điều, khoản mà bài học sẽ dẫn.")
            return to_tree(code)
    return render_template("studio/document_head.html", one=None, form=form, twin=twin, differ={}), 409 if twin else 200


@bp.get("/soan/van-ban/<code>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def document(code: str) -> Any:
    """Soạn văn bản: thông tin, cây điều khoản, còn thiếu gì."""
    one = _written(code)
    page = {"one": one, "writes": writes() and one.draft is not None, "may_begin": writes() and one.draft is None}
    page |= {"deepest": DEEPEST, "history": documents.history(code)}
    page["texts"] = official_queries.shown(official_queries.versions(code))
    return render_template("studio/document.html", **page)


@bp.get("/soan/van-ban/<code>/xem-thu")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def look_at_document(code: str) -> Any:
    """Xem thử văn bản: the page that everyone will have, by the learner's own template."""
    one = draft(code)
    value = drafting.read(one.body)
    if value is None:
        raise Refused(
            "Văn bản còn thiếu nên chưa xem thử được. " + documents.told_lacks(one), url_for(".document", code=code)
        )
    page = told(value, one.used is not None) | {"task": queries.task_words().get(value.task or ""), "keeps": False}
    return render_template("studio/document_look.html", one=one, **page)


@bp.post("/soan/van-ban/<code>/soan")
@allow(Role.TRAINER)
def begin_document(code: str) -> Any:
    """Soạn bản mới of a document."""
    drafts.begin(code, current_user.id, now()) or abort(404)
    return to_tree(code)


# --- writing ---------------------------------------------------------------------------------------------------


@bp.route("/soan/van-ban/<code>/thong-tin", methods=["GET", "POST"])
@allow(Role.TRAINER)
def document_head(code: str) -> Any:
    """Thông tin và hiệu lực của văn bản; the script saves by the same address."""
    one = draft(code)
    form, twin = head_form(one.head, queries.task_words()), None
    if form.sent():
        twin = documents.twin(form.kind.data, form.number.data, code)
        if twin is None:
            return _save_head(code, form)
    if request.headers.get(SAVED_ALONE):
        return not_saved(form, "Thư viện đã có văn bản của loại và số này." if twin else "")
    return render_template("studio/document_head.html", one=one, form=form, twin=twin, differ={}), 409 if twin else 200


def _save_head(code: str, form: HeadForm) -> Any:
    alone = request.headers.get(SAVED_ALONE)
    try:
        digest = drafts.save(code, HEAD, form.value(), request.form.get("tu", ""), current_user.id, now())
    except Clash:
        if alone:
            return not_saved(form, CLASH)
        one, differ = clashes(code, form)
        return render_template("studio/document_head.html", one=one, form=form, twin=None, differ=differ), 409
    if alone:
        return saved_alone(digest)
    flash("Đã lưu thông tin văn bản.")
    return to_tree(code)


def saved_alone(digest: str) -> Any:
    """What the script is told that has saved without leaving the page."""
    return jsonify(tu=digest, luc=clock_time(now()))


def not_saved(form: Form, why: str = "") -> Any:
    """Why what the script has sent is not kept; whoever typed it has it still."""
    first = form.problems()[0][1] if form.problems() else "xem lại các ô"
    return jsonify(loi=why or f"Chưa tự lưu được: {first}"), 422


def clashes(code: str, mine: HeadForm | ProvisionForm, anchor: str = HEAD) -> tuple[Written, dict[str, Any]]:
    """What the other wrote, to stand beside each field that differs; sending again keeps one's own."""
    only_read()
    one = draft(code)
    theirs = drafting.part(one.body, anchor) or {}
    return one, differing(mine, head_said(theirs) if anchor == HEAD else provision_said(theirs))


@bp.route("/soan/van-ban/<code>/bo", methods=["GET", "POST"])
@allow(Role.TRAINER)
def give_up_document(code: str) -> Any:
    """Bỏ bản nháp của văn bản, with a reason; what is in use stays."""
    one, form = draft(code), ReasonForm()
    keeps_text = one.used is None and drafts.keeps_text(one.draft.document_id) if one.draft else False
    if form.sent():
        note_act(current_user.id, "give_up_document", now(), detail={"document": code}, reason=form.why.data)
        drafts.give_up(code)
        kept = "Bản đang dùng giữ nguyên." if one.used else "Văn bản chưa từng được phát hành, nên không còn nữa."
        flash(f"Đã bỏ bản nháp {one.name}. {kept}")
        return redirect(url_for(".document_list"), 303)
    return render_template("studio/document_give_up.html", one=one, form=form, keeps_text=keeps_text)


# --- review ----------------------------------------------------------------------------------------------------


@bp.route("/soan/van-ban/<code>/gui-duyet", methods=["GET", "POST"])
@allow(Role.TRAINER)
def send_document(code: str) -> Any:
    """So sánh với bản đang dùng, gửi duyệt."""
    one, form, problem = draft(code), SendForm(), None
    if form.sent():
        try:
            documents.send(one, form.note.data or "", current_user.id, now())
            kept = "Bản đang dùng giữ nguyên" if one.used else "Chưa bài nào dẫn được văn bản này"
            flash(f"Đã gửi duyệt. {kept} cho đến khi bản này được phát hành.")
            return to_tree(code)
        except Refused as no:
            problem = no.sentence
    return render_template("studio/document_send.html", one=one, form=form, problem=problem), 409 if problem else 200


@bp.get("/duyet/van-ban/<code>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def review_document(code: str) -> Any:
    """Duyệt một văn bản: điều thay đổi, phát hành hoặc trả lại."""
    return _review(draft(code), {})


def _review(one: Written, forms: dict[str, Form], problem: str | None = None) -> Any:
    no = reviewing.may_approve(current_user, one.draft, now()) if one.draft else drafts.GONE
    page: dict[str, Any] = {"publish": ReasonForm(), "back": GiveBackForm()} | forms
    page |= {"one": one, "problem": problem, "no": no}
    return render_template("studio/document_review.html", **page), 409 if problem else 200


@bp.post("/duyet/van-ban/<code>/phat-hanh")
@allow(Role.REVIEWER, Role.ADMIN)
def publish_document(code: str) -> Any:
    """Phát hành: just what the page has shown, or nothing."""
    one, form = draft(code), ReasonForm()
    if not form.sent():
        return _review(one, {"publish": form})
    try:
        documents.publish(current_user, one, request.form.get("ban", ""), form.why.data, now())
    except Refused as no:
        return _review(draft(code), {"publish": form}, no.sentence)
    flash(f"Đã phát hành {one.name}. Các bài đang dùng giữ nguyên lời đã dẫn; bài soạn từ nay dẫn theo bản mới.")
    return to_tree(code)


@bp.post("/duyet/van-ban/<code>/tra-lai")
@allow(Role.REVIEWER, Role.ADMIN)
def give_back_document(code: str) -> Any:
    """Trả lại kèm lý do."""
    one, form = draft(code), GiveBackForm()
    if not form.sent():
        return _review(one, {"back": form})
    drafts.give_back(code, form.why.data)
    note_act(current_user.id, "give_back_document", now(), detail={"document": code}, reason=form.why.data)
    flash("Đã trả lại người soạn, kèm lý do.")
    return redirect(url_for(".waiting"), 303)
