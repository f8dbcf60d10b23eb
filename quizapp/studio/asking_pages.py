"""Soạn câu hỏi: câu hỏi của bài, một câu, câu mới, soát khi đang gõ, xem thử, nơi dùng."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for

from quizapp.clock import now
from quizapp.courses import drafting
from quizapp.courses import queries as courses
from quizapp.courses.drafts import Clash, prefix_of
from quizapp.domain import grading
from quizapp.studio import asking, bank, trying
from quizapp.studio import question_changes as changes
from quizapp.studio.asking import Opened
from quizapp.studio.question_fields import KINDS, LEVELS, Data, fields_of, foreign, read, rows_of, written
from quizapp.studio.question_words import Remarks
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.formats import clock_time

NEW = "moi"
SAVED_ALONE = "X-Luu"  # the script saves without leaving the page


# --- the unit's questions --------------------------------------------------------------------------------------


@bp.get("/soan/bai/<int:unit_id>/cau")
@allow(Role.TRAINER, Role.REVIEWER)
def questions(unit_id: int) -> Any:
    """Câu hỏi của bài: theo mục tiêu, câu nào đủ, còn thiếu, mới, đã sửa, bỏ."""
    unit = _unit(unit_id)
    lines = asking.lines(unit)
    page = {"draw": unit.body["quiz"].get("draw") or {}, "stopped": courses.stopped_keys(unit_id)}
    return render_template("studio/question_list.html", unit=unit, lines=lines, **page, **_words())


@bp.post("/soan/bai/<int:unit_id>/cau")
@allow(Role.TRAINER, Role.REVIEWER)
def change_questions(unit_id: int) -> Any:
    """Lên, xuống, chép thêm, bỏ khỏi bài, lấy lại, chuyển sang mục tiêu khác."""
    unit, by, moment = _unit(unit_id), current_user.id, now()
    word, _, key = request.form.get("lam", "").partition(":")
    keys = [one for one in request.form.getlist("cau") if unit.question(one)]
    anchor = f"dong-{key}" if key else None
    if word in ("len", "xuong"):
        asking.shift(unit_id, key, -1 if word == "len" else 1, by, moment)
    elif word == "lay-lai":
        asking.take_back(unit_id, key, by, moment)
        flash(f"Đã lấy lại câu {key}.")
    elif not keys:
        flash("Chưa chọn câu nào. Đánh dấu các câu ở đầu dòng rồi bấm lại.")
    elif word == "bo":
        asking.retire(unit_id, keys, by, moment)
        flash(f"Đã bỏ khỏi bản nháp: {', '.join(keys)}. Mã câu không dùng lại; lấy lại được ở cuối trang này.")
    elif word == "chep":
        made = asking.copy_of(unit_id, keys, by, moment)
        flash(f"Đã chép thêm: {', '.join(made)}.")
    elif word == "chuyen" and request.form.get("muc-tieu") in dict(unit.objectives):
        asking.move_to(unit_id, keys, request.form["muc-tieu"], by, moment)
        flash(f"Đã chuyển {len(keys)} câu sang mục tiêu “{dict(unit.objectives)[request.form['muc-tieu']]}”.")
    else:
        abort(400)
    return redirect(url_for(".questions", unit_id=unit_id, _anchor=anchor), 303)


# --- one question ----------------------------------------------------------------------------------------------


@bp.get("/soan/bai/<int:unit_id>/cau/moi")
@allow(Role.TRAINER, Role.REVIEWER)
def new_question(unit_id: int) -> Any:
    """Câu mới: ?loai= says of which kind; nothing is kept before it is saved."""
    unit, kind = _unit(unit_id), request.args.get("loai", "single")
    data = changes.blank(kind if kind in KINDS else "single", NEW)
    if request.args.get("muc-tieu") in dict(unit.objectives):
        data["objective"] = request.args["muc-tieu"]
    return _editor(unit, data, Remarks())


@bp.post("/soan/bai/<int:unit_id>/cau/moi")
@allow(Role.TRAINER, Role.REVIEWER)
def add_question(unit_id: int) -> Any:
    """Lưu câu mới, which gets its key; what its first button asked for is done to it at once."""
    _unit(unit_id)
    data = _read(NEW)
    wanted = request.form.get("lam", "luu")
    if ":" in wanted and not wanted.startswith(("tim:", "doi")):
        data = _altered(data, wanted, {}, ())
    elif wanted == "luu":
        data = changes.tidied(data)
    key = asking.add(unit_id, data, current_user.id, now())
    flash(f"Đã thêm câu {key} vào bản nháp.")
    return _after(unit_id, key, wanted)


@bp.get("/soan/bai/<int:unit_id>/cau/<key>")
@allow(Role.TRAINER, Role.REVIEWER)
def question(unit_id: int, key: str) -> Any:
    """Một câu hỏi: soạn theo loại của nó, với điều còn thiếu và nên sửa cạnh từng ô."""
    unit = _unit(unit_id)
    data = unit.question(key)
    if data is None:
        return _not_in_draft(unit, key)
    return _editor(unit, data, asking.remarks(unit, data))


def _not_in_draft(unit: Opened, key: str) -> Any:
    """A part of a case is edited with its case; a question that the draft has dropped is told so."""
    for one in unit.questions:
        if key in drafting.keys_in([one]):
            return redirect(url_for(".question", unit_id=unit.unit_id, key=one["key"], _anchor=f"cau-{key}"), 303)
    if key not in unit.base:
        abort(404)
    flash(f"Bản nháp đã bỏ câu {key}. Lấy lại được ở cuối trang này.")
    return redirect(url_for(".questions", unit_id=unit.unit_id), 303)


@bp.post("/soan/bai/<int:unit_id>/cau/<key>")
@allow(Role.TRAINER, Role.REVIEWER)
def save_question(unit_id: int, key: str) -> Any:
    """Lưu câu hỏi, cả khi còn thiếu; a button that changes its rows saves what has been typed, too."""
    unit = _unit(unit_id)
    if not (unit.question(key) or key in unit.base or key.startswith(f"{prefix_of(unit.body)}-")):
        abort(404)
    typed = _read(key)
    data, wanted = typed, request.form.get("lam", "luu")
    if wanted.startswith(("them:", "bo:", "len:", "xuong:")):
        used = asking.used_rows(unit_id, key)
        data = _altered(typed, wanted, used, [*used, *drafting.keys_in(unit.questions)])
    told, drops = "", list[str]()
    if wanted.startswith(("doi:", "doi-han:")):
        other, drops = _other_kind(unit_id, typed, _place(wanted), _kind_asked(wanted))
        if wanted.startswith("doi-han:") or not drops:
            told, data = KINDS[_kind_asked(wanted)], other
    if wanted == "luu" and not request.headers.get(SAVED_ALONE):
        data = changes.tidied(data)
    try:
        digest = asking.save(unit_id, data, request.form.get("tu", ""), current_user.id, now())
    except Clash as clash:
        return _clash(unit, typed, clash)
    if request.headers.get(SAVED_ALONE):
        return jsonify(tu=digest, luc=clock_time(now()))
    if told:
        flash(f"Đã đổi sang {told}. " + (f"Đã bỏ: {'; '.join(drops)}." if drops else "Không phải bỏ phần nào."))
        wanted = "luu"
    elif wanted == "luu":
        flash(f"Đã lưu câu {key} lúc {clock_time(now())}.")
    return _after(unit_id, key, wanted)


def _after(unit_id: int, key: str, wanted: str) -> Any:
    """The page again, at the row that a button was about; with what was searched, or what another kind would drop."""
    word, _, place = wanted.partition(":")
    asked: dict[str, str] = {}
    anchor = "cau-hoi"
    if word == "tim":
        asked, anchor = {"tim": request.form.get(f"{place}tim", "")[:100]}, f"o-{place}can-cu"
    elif word == "doi":
        asked, anchor = {"doi": request.form.get(f"{place}loai-moi", ""), "o": place}, f"o-{place}loai-moi"
    elif word in ("them", "bo", "len", "xuong"):
        anchor = f"o-{changes.list_of(place)}"
    there: dict[str, Any] = {"unit_id": unit_id, "key": key} | asked
    return redirect(url_for(".question", **there, _anchor=anchor), 303)


def _place(wanted: str) -> str:
    """Of which question a button speaks: "" for the whole, "phan-0-" for the first of a case."""
    return wanted.partition(":")[2]


def _kind_asked(wanted: str) -> str:
    kind = request.form.get(f"{_place(wanted)}loai-moi", "")
    return kind if kind in KINDS else abort(400)


def _other_kind(unit_id: int, data: Data, at: str, kind: str) -> tuple[Data, list[str]]:
    """The question, or one of a case's, as another kind, and what that drops."""
    used = asking.used_rows(unit_id, data["key"])
    if not at:
        return changes.convert(data, kind, {key for keys in used.values() for key in keys})
    parts = rows_of(data, "questions")
    n = next((n for n, _ in enumerate(parts) if at == f"phan-{n}-"), None)
    if n is None or kind == "case":
        abort(400)
    made, drops = changes.convert(parts[n], kind, used.get(str(parts[n]["key"]), ()))
    return data | {"questions": [*parts[:n], made, *parts[n + 1 :]]}, drops


def _altered(data: Data, wanted: str, used: Any, used_questions: Any) -> Data:
    try:
        return changes.alter(data, wanted, used, used_questions)
    except changes.NoSuchPlace:
        abort(400)


def _clash(unit: Opened, mine: Data, clash: Clash) -> Any:
    """Hai người cùng sửa: both are shown, and the writer chooses; 409, so that nothing is written."""
    if request.headers.get(SAVED_ALONE):
        return jsonify(loi="Có người khác vừa lưu câu này. Bấm “Lưu” để xem cả hai bản và chọn."), 409
    who = unit.changed_by if unit.draft and unit.draft.changed_by != current_user.id else None
    page = {"mine": mine, "theirs": clash.theirs, "who": who, "when": clash.draft.changed_at}
    page["named"] = _names(unit, mine) | _names(unit, clash.theirs or {})
    page |= {"tu": drafting.digest(clash.theirs) if clash.theirs is not None else ""}
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf", "tu", "lam")]
    html = render_template("studio/question_clash.html", unit=unit, fields=fields, key=mine["key"], **page, **_words())
    return html, 409


# --- while one types -------------------------------------------------------------------------------------------


@bp.post("/soan/bai/<int:unit_id>/cau/<key>/soat")
@allow(Role.TRAINER, Role.REVIEWER)
def check_question(unit_id: int, key: str) -> Any:
    """Soát khi đang gõ: remarks by field, the preview and what is much alike, for the script; nothing is written."""
    asking.only_reading()
    unit = _unit(unit_id)
    data = _read(key)
    told = asking.remarks(unit, data)
    if key == NEW:  # what has not been saved yet is not scolded for what is still empty
        told = Remarks(told.advice)
    side = render_template("studio/question_side.html", **_side(unit, data, told))
    remarks = render_template("studio/question_remarks.html", told=told)
    return jsonify(ben=side, dieu=remarks)


def _side(unit: Opened, data: Data, told: Remarks) -> dict[str, Any]:
    near = bank.near(unit.unit_id, data, bank.shelves())
    return {"unit": unit, "data": data, "told": told, "trials": trying.trials(data), "near": near, "new": NEW}


@bp.get("/soan/bai/<int:unit_id>/cau/<key>/xem-thu")
@allow(Role.TRAINER, Role.REVIEWER)
def try_question(unit_id: int, key: str) -> Any:
    """Xem thử như người học, trên máy tính hoặc điện thoại; thử trả lời thì thấy phản hồi. Nothing is kept."""
    unit = _unit(unit_id)
    data = unit.question(key) or abort(404)
    trials = trying.trials(data)
    n = request.args.get("cau", 1, int)
    page = {"unit": unit, "data": data, "trials": trials, "n": n, "phone": request.args.get("may") == "dien-thoai"}
    if not 1 <= n <= len(trials):
        return render_template("studio/question_try.html", **page, trial=None, feedback=None, chosen={}, problem=None)
    trial, chosen = trials[n - 1], fields_of(request.args)
    feedback, problem = None, None
    if "tra" in request.args and not asking.remarks(unit, data).lacks:
        try:
            response = grading.read_response(trial.question, trial.orders, chosen)
            feedback = grading.explain(trial.question, trial.orders, response)
        except grading.Incomplete as incomplete:
            problem = incomplete.message
        except grading.BadResponse:
            problem = "Câu hỏi vừa đổi. Chọn lại rồi bấm “Trả lời”."
    elif "tra" in request.args:
        problem = "Câu này còn thiếu nên chưa chấm được. Điền đủ rồi thử lại."
    page |= {"provision": trying.provision_of(unit, trial.question.provision)}
    return render_template(
        "studio/question_try.html", **page, trial=trial, feedback=feedback, chosen=chosen, problem=problem
    )


@bp.get("/soan/bai/<int:unit_id>/cau/<key>/noi-dung")
@allow(Role.TRAINER, Role.REVIEWER)
def question_use(unit_id: int, key: str) -> Any:
    """Nơi dùng: phiên bản nào có câu này, đã rút vào bao nhiêu đề, câu nào gần giống."""
    unit = _unit(unit_id)
    data = unit.question(key) or unit.base.get(key) or abort(404)
    parts = [str(one["key"]) for one in rows_of(data, "questions")] or [key]
    page = {"uses": bank.uses(unit_id, parts[0]), "near": bank.near(unit_id, data, bank.shelves(), most=20)}
    stopped = courses.stopped_keys(unit_id) & {key, *parts}
    return render_template("studio/question_use.html", unit=unit, data=data, key=key, stopped=stopped, **page)


# --- pieces ----------------------------------------------------------------------------------------------------


def _unit(unit_id: int) -> Opened:
    return asking.opened(unit_id) or abort(404)


def _read(key: str) -> Data:
    return read(fields_of(request.form), key)


def _words() -> dict[str, Any]:
    return {"kinds": KINDS, "levels": LEVELS, "rows_of": rows_of, "written": written}


def _editor(unit: Opened, data: Data, told: Remarks) -> str:
    key, searched = str(data["key"]), request.args.get("tim", "")
    kind, at, drops = request.args.get("doi", ""), request.args.get("o", ""), []
    if kind in KINDS:
        drops = _other_kind(unit.unit_id, data, at, kind)[1]
    page: dict[str, Any] = {
        "key": key,
        "tu": unit.digest(key),
        "provisions": asking.used_provisions(unit),
        "searched": searched,
        "found": asking.find_provisions(unit, searched) if searched else [],
        "cited": _names(unit, data),
        "foreign": list(foreign(data)),
        "other_kind": (at, kind) if drops else None,
        "drops": drops,
        "most": changes.most,
        "stopped": key in courses.stopped_keys(unit.unit_id),
    }
    return render_template("studio/question_edit.html", **page, **_side(unit, data, told), **_words())


def _names(unit: Opened, data: Mapping[str, Any]) -> dict[str, Any]:
    """The provisions that the question rests on, by reference; None for one that leads nowhere."""
    references = [one.get("provision") for one in (data, *rows_of(data, "questions"))]
    return {str(reference): asking.cited(unit, reference) for reference in references if reference}
