"""Soạn bài: the lesson of a draft: typing, keeping, seeing it as a learner does, its sections, two writers at once."""

import re
from typing import Any

from flask import abort, current_app, flash, jsonify, redirect, render_template, request, url_for

from quizapp.clock import now
from quizapp.courses import drafting, drafts
from quizapp.courses.drafting import LESSON
from quizapp.courses.drafts import Clash
from quizapp.studio import outline, presence, sides
from quizapp.studio.views import bp, writes
from quizapp.studio.work import Work, only_read, part_name, work
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.formats import clock_time
from quizapp.web.refused import Refused

MOST_LETTERS = 60_000  # of a lesson's text; the longest of the course has 12,000
VIEWS = ("soan", "xem-thu", "chat-luong")
_PART = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)?")


def or_404(unit_id: int) -> Work:
    """The unit's draft."""
    return work(unit_id) or abort(404)


def knows(endpoint: str) -> bool:
    """Whether the site has that page."""
    return endpoint in current_app.view_functions


def to_editor(unit_id: int, number: int | None = None, **more: Any) -> Any:
    """Back to the lesson, at a section."""
    return redirect(url_for("studio.edit", unit_id=unit_id, muc=number, **more), 303)


@bp.get("/soan/bai/<int:unit_id>")
@allow(Role.TRAINER, Role.REVIEWER)
def edit(unit_id: int) -> Any:
    """Soạn bài: mục lục, khung soạn, xem thử, chất lượng."""
    found = work(unit_id)
    if found is None or not writes():
        return redirect(url_for(".unit", unit_id=unit_id), 303)
    others = presence.others(unit_id, current_user.id, now())
    return render_template("studio/edit.html", **_page(found), others=others, part_name=part_name)


def _page(found: Work) -> dict[str, Any]:
    """What the editor's templates ask for; ``n``: the section that is shown as a learner sees it."""
    asked = request.values.get("muc", "")
    n = int(asked) if re.fullmatch(r"\d{1,4}", asked) else 1
    n = min(max(n, 1), max(len(found.parts), 1))
    view = request.args.get("xem")
    return {"work": found, "n": n, "view": view if view in VIEWS else VIEWS[0], "kinds": outline.KINDS, "knows": knows}


@bp.post("/soan/bai/<int:unit_id>/soan")
@allow(Role.TRAINER)
def begin(unit_id: int) -> Any:
    """Soạn tiếp: a draft that says what the newest revision says, where there is none yet."""
    if not drafts.has_draft(unit_id) and not drafts.has_revision(unit_id):
        abort(404)
    drafts.begin(unit_id, current_user.id, now())
    return to_editor(unit_id)


# --- keeping ---------------------------------------------------------------------------------------------------


@bp.post("/soan/bai/<int:unit_id>/luu")
@allow(Role.TRAINER)
def save_lesson(unit_id: int) -> Any:
    """Lưu bài đọc; what another has changed since is shown beside what was typed, and nothing of either is lost."""
    typed = outline.with_keys(drafting.cleaned(_typed()), or_404(unit_id).text)
    try:
        draft = drafts.save(unit_id, LESSON, typed, request.form.get("tu", ""), current_user.id, now())
    except Clash as clash:
        return _both(unit_id, typed, str(clash.theirs), 409)
    if _by_script():
        stored = drafting.part(drafts.body_of(draft), LESSON)
        return jsonify(tu=drafting.digest(stored), luc=clock_time(draft.changed_at))
    flash(f"Đã lưu lúc {clock_time(draft.changed_at)}.")
    return to_editor(unit_id, _number())


@bp.post("/soan/bai/<int:unit_id>/hai-ban")
@allow(Role.TRAINER)
def both(unit_id: int) -> Any:
    """Hai bản cạnh nhau: what this device still holds, and what is kept here. Writes nothing."""
    return _both(unit_id, _typed(), or_404(unit_id).text, 200)


def _both(unit_id: int, mine: str, theirs: str, status: int) -> Any:
    """``status`` 409: another was quicker; 200: the device has a text that never arrived."""
    only_read()
    found = or_404(unit_id)
    mine = outline.plain_text(drafting.cleaned(mine))
    page: dict[str, Any] = {"mine": mine, "rows": sides.rows(mine, outline.plain_text(theirs))}
    page |= {"device": status == 200, "digest": drafting.digest(theirs)}
    if _by_script():
        return jsonify(html=render_template("studio/edit_sides.html", **_page(found), **page)), status
    return render_template("studio/edit_clash.html", **_page(found), **page), status


def _typed() -> str:
    typed = request.form.get("noi-dung")
    if typed is None:
        abort(400)
    if len(typed) > MOST_LETTERS:
        raise Refused(f"Bài đọc dài {len(typed)} ký tự, nhiều nhất {MOST_LETTERS}. Tách thành hai bài.")
    return typed


def _by_script() -> bool:
    return request.headers.get("X-Luu") == "1"


def _number() -> int | None:
    asked = request.form.get("muc", "")
    return int(asked) if re.fullmatch(r"\d{1,4}", asked) else None


# --- looking ---------------------------------------------------------------------------------------------------


@bp.post("/soan/bai/<int:unit_id>/xem-thu")
@allow(Role.TRAINER)
def preview(unit_id: int) -> Any:
    """Xem thử what is being typed: mục lục, the section as a learner sees it, chất lượng. Writes nothing."""
    only_read()
    page = _page(or_404(unit_id).typed(_typed()))
    names = {"mucLuc": "outline", "xemThu": "preview", "chatLuong": "quality"}
    told = {name: render_template(f"studio/edit_{part}.html", **page) for name, part in names.items()}
    return jsonify(told | {"n": page["n"], "so": page["work"].quality.count})


@bp.post("/soan/bai/<int:unit_id>/dang-soan")
@allow(Role.TRAINER)
def present(unit_id: int) -> Any:
    """Đang soạn: every twenty seconds from an open page; who else is here, and whether the lesson has changed since."""
    found = or_404(unit_id)
    part = request.form.get("phan", LESSON)
    if request.form.get("di") == "1":
        presence.leave(unit_id, current_user.id)
        return jsonify({})
    presence.note(unit_id, current_user.id, part if _PART.fullmatch(part) and len(part) < 80 else LESSON, now())
    others = presence.others(unit_id, current_user.id, now())
    told = render_template("studio/edit_others.html", others=others, part_name=part_name)
    return jsonify(aiSoan=told, tu=found.digest(), nguoi=found.changed_by or "", luc=clock_time(found.changed_at))


# --- sections --------------------------------------------------------------------------------------------------


@bp.post("/soan/bai/<int:unit_id>/muc")
@allow(Role.TRAINER)
def sections(unit_id: int) -> Any:
    """Mục lục: move, name, add or take out a section; the same is done on the page where scripts run."""
    text, number = or_404(unit_id).text, _number() or 0
    act, title = request.form.get("viec"), request.form.get("ten", "").strip()[:200]
    if act in ("ten", "them") and not title:
        flash("Ghi tên mục rồi bấm lại.")
        return to_editor(unit_id, number or None)
    done = outline.changed(text, act, number, title, request.form.get("loai", ""))
    if done is None:
        raise Refused("Mục này không còn trong bài.", url_for(".edit", unit_id=unit_id))
    return _change(unit_id, *done)


def _change(unit_id: int, changed: str, number: int) -> Any:
    """Keep a change of the whole text, unless the page that asked for it had another text before it."""
    try:
        drafts.save(unit_id, LESSON, changed, request.form.get("tu", ""), current_user.id, now())
    except Clash:
        raise Refused(
            "Bài vừa được người khác lưu, nên mục lục chưa đổi. Mở lại trang soạn để thấy bản mới rồi làm lại.",
            url_for(".edit", unit_id=unit_id),
        ) from None
    return to_editor(unit_id, number)
