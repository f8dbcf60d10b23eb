"""Soạn, duyệt: so sánh, gửi duyệt, ghi chú, phát hành, các phiên bản, quay lại, ngừng dùng."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from quizapp.clock import now, today
from quizapp.courses import drafts, publishing
from quizapp.learning import again
from quizapp.studio import documents, reviewing, undoing
from quizapp.studio.forms import GiveBackForm, NoteForm, PublishForm, ReasonForm, SendForm
from quizapp.studio.reviewing import Compared, Decision
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused

AGAIN_WITHIN = timedelta(days=14)  # offered for studying a unit again; the reviewer may say another day


@bp.get("/soan/bai/<int:unit_id>/so-sanh")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def compare(unit_id: int) -> Any:
    """So sánh bản nháp với bản đang dùng, và ảnh hưởng."""
    return _compare(_compared(unit_id), SendForm())


def _compare(one: Compared, form: SendForm, problem: str | None = None) -> Any:
    page = {"one": one, "impact": reviewing.impact(one), "form": form, "problem": problem}
    page |= {"notes": reviewing.note_lines(one.unit_id)}
    return render_template("studio/compare.html", **page), 409 if problem else 200


@bp.post("/soan/bai/<int:unit_id>/gui-duyet")
@allow(Role.TRAINER, Role.REVIEWER)
def send(unit_id: int) -> Any:
    """Gửi duyệt."""
    one, form = _compared(unit_id), SendForm()
    if not form.sent():
        return _compare(one, form)
    try:
        reviewing.send(unit_id, form.note.data or "", current_user.id, now())
    except Refused as no:
        return _compare(one, form, no.sentence)
    kept = "Bản đang dùng giữ nguyên" if one.newest else "Chưa ai học thấy bài"
    flash(f"Đã gửi duyệt. {kept} cho đến khi bản này được phát hành.")
    return redirect(url_for(".desk"), 303)


@bp.post("/soan/bai/<int:unit_id>/lay-ve")
@allow(Role.TRAINER, Role.REVIEWER)
def take_back(unit_id: int) -> Any:
    """Lấy bản nháp về để sửa tiếp."""
    reviewing.give_back(unit_id, None, current_user.id, now())
    flash("Đã lấy bản nháp về. Sửa xong, đồng chí gửi duyệt lại.")
    return redirect(url_for(".compare", unit_id=unit_id), 303)


@bp.post("/soan/bai/<int:unit_id>/anh-huong")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def work_out(unit_id: int) -> Any:
    """Tính ảnh hưởng, where there are too many attempts for a page."""
    back = url_for(".review" if request.args.get("tu") == "duyet" else ".compare", unit_id=unit_id)
    job = reviewing.work_out(_compared(unit_id), current_user.id, back, now())
    return redirect(url_for("jobs.show", code=job.code), 303)


@bp.get("/duyet")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def waiting() -> Any:
    """Các bản nháp chờ duyệt."""
    return render_template(
        "studio/waiting.html", waiting=reviewing.in_review(current_user), documents=documents.in_review()
    )


@bp.get("/duyet/bai/<int:unit_id>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def review(unit_id: int) -> Any:
    """Duyệt một bài: điều thay đổi, ghi chú, ảnh hưởng, phát hành hoặc trả lại."""
    return _review(_compared(unit_id))


def _review(one: Compared, forms: dict[str, Any] | None = None, problem: str | None = None) -> Any:
    impact, notes = reviewing.impact(one), reviewing.note_lines(one.unit_id)
    left = reviewing.open_notes(notes)
    page = {"note": NoteForm(), "publish": PublishForm(data={"again_until": today() + AGAIN_WITHIN})} | (forms or {})
    _shown_now(page["publish"], one, impact, reviewing.notes_digest(left))
    page |= {"back": GiveBackForm()} | (forms or {})
    page |= {"one": one, "impact": impact, "notes": notes, "left": left, "problem": problem}
    page |= {"no": reviewing.may_approve(current_user, one.draft, now())}
    return render_template("studio/review.html", **page), 409 if problem else 200


def _shown_now(form: PublishForm, one: Compared, impact: reviewing.Impact, notes: str) -> None:
    """What the page shows now goes along with it, whatever an earlier one showed; other notes are to be read anew."""
    _fit(form, one.unit_id)
    form.seen.data, form.shown.data = one.seen, reviewing.impact_digest(impact)
    if form.notes.data != notes:
        form.overlook.data = False
    form.notes.data = notes


def _fit(form: PublishForm, unit_id: int) -> dict[str, str]:
    """A unit that was never published enters paths, and changes nothing; those that it may enter."""
    paths = dict(reviewing.path_choices(unit_id)) if reviewing.is_new(unit_id) else {}
    form.paths.choices = list(paths.items())
    if paths:
        form.of_new_unit()
    return paths


@bp.post("/duyet/bai/<int:unit_id>/ghi-chu")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def note(unit_id: int) -> Any:
    """Ghi chú tại một chỗ của bản nháp."""
    one, form = _compared(unit_id), NoteForm()
    if not form.sent():
        return _review(one, {"note": form})
    publishing.note(unit_id, form.part.data or "head", form.place.data or "", form.text.data, current_user.id, now())
    flash("Đã ghi chú. Người soạn đọc được ở trang soạn bài.")
    return redirect(url_for(".review", unit_id=unit_id, _anchor="ghi-chu"), 303)


@bp.post("/soan/bai/<int:unit_id>/ghi-chu/<int:note_id>/xong")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def note_done(unit_id: int, note_id: int) -> Any:
    """Đã sửa theo ghi chú."""
    publishing.done_with(unit_id, note_id, current_user.id, now())
    flash("Đã đánh dấu ghi chú là xong.")
    back = ".review" if request.args.get("tu") == "duyet" else ".compare"
    return redirect(url_for(back, unit_id=unit_id, _anchor="ghi-chu"), 303)


@bp.post("/duyet/bai/<int:unit_id>/tra-lai")
@allow(Role.REVIEWER, Role.ADMIN)
def give_back(unit_id: int) -> Any:
    """Trả lại kèm lý do."""
    one, form = _compared(unit_id), GiveBackForm()
    if not form.sent():
        return _review(one, {"back": form})
    publishing.note(unit_id, "head", "Cả bài", form.why.data, current_user.id, now())
    reviewing.give_back(unit_id, form.why.data, current_user.id, now())
    flash("Đã trả lại người soạn, kèm lý do.")
    return redirect(url_for(".waiting"), 303)


@bp.post("/duyet/bai/<int:unit_id>/phat-hanh")
@allow(Role.REVIEWER, Role.ADMIN)
def publish(unit_id: int) -> Any:
    """Phát hành: just what the page has shown, or nothing."""
    one, form = _compared(unit_id), PublishForm()
    entered = _fit(form, unit_id)
    if not form.sent():
        return _review(one, {"publish": form})
    substance = form.change.data == "noi-dung"
    until = form.again_until.data if substance and form.again.data else None
    told = (form.seen.data, form.why.data, substance, until, form.paths.data or ())
    try:
        over = form.notes.data if form.overlook.data else ""
        made = reviewing.publish(current_user, one, Decision(*told, form.shown.data, over or ""), now())
    except Refused as no:
        return _review(one, None, no.sentence)
    revision, correction = made.revision, made.correction
    words = f"Đã phát hành bản {revision.number} của bài “{one.title}”."
    if correction is not None and correction.checked_at is None:
        words += " Các lượt đã làm đang được chấm lại."
    elif correction is not None:
        words += f" Đã chấm lại {correction.looked} lượt: {correction.passing} người thành đạt."
    if titles := [entered[key] for key in form.paths.data or () if key in entered]:
        words += f" Bài có trong lộ trình “{'”, “'.join(titles)}” của các đợt học mở từ nay; đợt đang chạy giữ nguyên."
    if made.again:
        words += f" Đã đề nghị quản trị mở đợt học lại cho {made.again} người đã đạt."
    flash(words)
    return redirect(url_for(".unit", unit_id=unit_id), 303)


@bp.post("/duyet/bai/<int:unit_id>/phien-ban/<int:number>/hoan-tac")
@allow(Role.REVIEWER, Role.ADMIN)
def undo(unit_id: int, number: int) -> Any:
    """Hoàn tác phát hành, within ten minutes."""
    made = undoing.undo(unit_id, number, current_user.id, now())
    flash(
        f"Đã hoàn tác. Bài trở lại như bản {number - 1} (nay là bản {made.number}); bản {number} thành bản nháp để sửa."
    )
    return redirect(url_for(".unit", unit_id=unit_id), 303)


# --- revisions -------------------------------------------------------------------------------------------------


@bp.get("/soan/bai/<int:unit_id>/phien-ban/<int:number>")
@allow(Role.TRAINER, Role.REVIEWER, Role.ADMIN)
def revision(unit_id: int, number: int) -> Any:
    """Một phiên bản: who, when, why, and what it changed."""
    one = reviewing.revision_change(unit_id, number) or abort(404)
    page = {"one": one, "unit_id": unit_id, "unit": reviewing.standing(unit_id)}
    page |= {"again": again.answered([one.id]).get(one.id)}
    return render_template("studio/revision.html", **page, has_draft=drafts.draft_of(unit_id) is not None)


@bp.post("/soan/bai/<int:unit_id>/phien-ban/<int:number>/quay-lai")
@allow(Role.TRAINER, Role.REVIEWER)
def go_back(unit_id: int, number: int) -> Any:
    """Quay lại một bản cũ: as a draft, which is reviewed like any other."""
    reviewing.revision_change(unit_id, number) or abort(404)
    publishing.go_back(unit_id, number, current_user.id, now())
    flash(f"Đã mở bản nháp theo bản {number}. Xem lại, rồi gửi duyệt như mọi bản nháp.")
    return redirect(url_for(".compare", unit_id=unit_id), 303)


@bp.route("/duyet/bai/<int:unit_id>/ngung", methods=["GET", "POST"])
@allow(Role.REVIEWER, Role.ADMIN)
def retire(unit_id: int) -> Any:
    """Ngừng dùng bài, with a reason."""
    lede = (
        "Đợt học mở sau này không còn bài này. Người đang học đợt đã mở vẫn học tiếp như trước; kết quả đã có giữ nguyên. "
        "Bài có thể được dùng lại."
    )

    def do(why: str) -> None:
        reviewing.retire(unit_id, why, current_user.id, now())

    return _with_reason(
        unit_id, "Ngừng dùng bài", lede, do, "Đã ngừng dùng bài. Các đợt học mở sau này không có bài này."
    )


@bp.route("/duyet/bai/<int:unit_id>/dung-lai", methods=["GET", "POST"])
@allow(Role.REVIEWER, Role.ADMIN)
def use_again(unit_id: int) -> Any:
    """Dùng lại bài đã ngừng, in the paths that had it."""
    titles = reviewing.paths_before(unit_id) if reviewing.standing(unit_id) else []
    if titles:
        among = f"lộ trình “{'”, “'.join(titles)}”"
        lede = (
            f"Bài trở lại {among}, đứng trước bài kiểm tra tổng hợp, từ đợt học mở sau này. Lộ trình khác giữ nguyên."
        )
        done = f"Bài được dùng lại trong {among}, từ các đợt học mở sau này."
    else:
        more = "Xếp bài vào lộ trình ở trang sắp xếp khóa học."
        lede = f"Trước khi ngừng, bài không nằm trong lộ trình nào đang có: bài trở lại khóa học, chưa vào lộ trình nào. {more}"
        done = f"Bài được dùng lại, chưa vào lộ trình nào. {more}"

    def do(why: str) -> None:
        reviewing.use_again(unit_id, why, current_user.id, now())

    return _with_reason(unit_id, "Dùng lại bài", lede, do, done)


def _with_reason(unit_id: int, title: str, lede: str, do: Callable[[str], None], done: str) -> Any:
    unit, form, problem = reviewing.standing(unit_id) or abort(404), ReasonForm(), None
    if form.sent():
        try:
            do(form.why.data)
            flash(done)
            return redirect(url_for(".unit", unit_id=unit_id), 303)
        except Refused as no:
            problem = no.sentence
    page = {"unit": unit, "unit_id": unit_id, "form": form, "title": title, "lede": lede, "problem": problem}
    return render_template("studio/reason.html", **page), 409 if problem else 200


def _compared(unit_id: int) -> Compared:
    return reviewing.compared(unit_id) or abort(404)
