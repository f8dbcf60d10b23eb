"""Điều, khoản, điểm của văn bản: thêm, sửa, chuyển, bỏ."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from quizapp.clock import now
from quizapp.library import drafting, drafts
from quizapp.library.drafting import DEEPEST
from quizapp.library.drafts import Clash
from quizapp.studio import documents
from quizapp.studio.document_forms import ProvisionForm, place_form, provision_said
from quizapp.studio.document_pages import CLASH, SAVED_ALONE, clashes, draft, not_saved, saved_alone, to_tree
from quizapp.studio.documents import Written
from quizapp.studio.views import bp
from quizapp.studio.work import only_read
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused


@bp.route("/soan/van-ban/<code>/muc/<anchor>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def provision(code: str, anchor: str) -> Any:
    """Sửa một điều, khoản, điểm; its anchor stays. The script saves by the same address."""
    one = draft(code)
    there = drafting.part(one.body, anchor)
    form, alone = ProvisionForm(provision_said(there) if there else None), request.headers.get(SAVED_ALONE)
    if there is None:
        return not_saved(form, drafts.NOT_THERE) if alone else _without_place(one, form)
    if form.sent():
        return _save(code, anchor, form, bool(alone))
    return not_saved(form) if alone else _provision(one, form, anchor)


def _save(code: str, anchor: str, form: ProvisionForm, alone: bool) -> Any:
    try:
        digest = drafts.save(code, anchor, form.value(), request.form.get("tu", ""), current_user.id, now())
    except Clash:
        if alone:
            return not_saved(form, CLASH)
        one, differ = clashes(code, form, anchor)
        return _provision(one, form, anchor, 409, differ=differ)
    if alone:
        return saved_alone(digest)
    flash(f"Đã lưu {form.label.data}.")
    return to_tree(code, anchor)


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


@bp.route("/soan/van-ban/<code>/them", methods=["GET", "POST"])
@allow(Role.TRAINER)
def add_provision(code: str) -> Any:
    """Thêm một mục: ``trong`` under a provision, ``sau`` right after one, else at the end."""
    one = draft(code)
    under, after = request.args.get("trong", ""), request.args.get("sau", "")
    depth = next((node.depth for node in one.nodes if node.anchor == (under or after)), None)
    form = ProvisionForm()
    if (under or after) and (depth is None or (under and depth + 1 >= DEEPEST)):
        return _without_place(one, form)
    if form.sent():
        anchor = drafts.add(code, form.value(), under, after, current_user.id, now())
        flash(f"Đã thêm {form.label.data}.")
        if request.form.get("tiep"):
            return redirect(url_for(".add_provision", code=code, sau=anchor), 303)
        return to_tree(code, anchor)
    where = f"Bên trong {one.called(under)}" if under else f"Ngay sau {one.called(after)}" if after else "Ở cuối"
    return _provision(one, form, None, where=where)


@bp.post("/soan/van-ban/<code>/muc/<anchor>/chuyen")
@allow(Role.TRAINER)
def move_provision(code: str, anchor: str) -> Any:
    """Chuyển lên, chuyển xuống."""
    draft(code)
    drafts.move(code, anchor, request.form.get("viec") == "len", current_user.id, now())
    return to_tree(code, anchor)


@bp.route("/soan/van-ban/<code>/muc/<anchor>/cho-khac", methods=["GET", "POST"])
@allow(Role.TRAINER)
def place_provision(code: str, anchor: str) -> Any:
    """Chuyển một mục đến chỗ khác, with all below it; whoever cites it goes on citing it."""
    one, problem = draft(code), None
    if anchor not in drafting.anchors(one.body):
        raise Refused(drafts.NOT_THERE, url_for(".document", code=code))
    form = place_form(one.nodes, drafting.below(one.body, anchor))
    if form.sent():
        under, after = (form.to.data, "") if form.how.data == "trong" else ("", form.to.data)
        try:
            drafts.place(code, anchor, under, after, current_user.id, now())
            flash(f"Đã chuyển {one.called(anchor)}.")
            return to_tree(code, anchor)
        except Refused as no:
            problem = no.sentence
    page = {"one": one, "anchor": anchor, "form": form, "problem": problem}
    return render_template("studio/document_place.html", **page), 409 if problem else 200


@bp.route("/soan/van-ban/<code>/muc/<anchor>/bo", methods=["GET", "POST"])
@allow(Role.TRAINER)
def remove_provision(code: str, anchor: str) -> Any:
    """Bỏ một mục and what stands below it, where no unit rests on it."""
    one = draft(code)
    below = drafting.below(one.body, anchor)
    if not below:
        raise Refused(drafts.NOT_THERE, url_for(".document", code=code))
    if request.method == "POST":
        documents.remove(one, anchor, request.form.get("tu", ""), current_user.id, now())
        flash(f"Đã bỏ {one.called(anchor)}.")
        return to_tree(code)
    page = {"one": one, "anchor": anchor, "below": len(below) - 1, "digest": documents.subtree(one.body, anchor)}
    return render_template("studio/document_remove.html", **page)
