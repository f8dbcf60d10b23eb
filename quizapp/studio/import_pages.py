"""Nhập, xuất câu hỏi: the file, what was read of it, mending on the spot, confirming; and a unit's questions as a file."""

import re
from typing import Any
from urllib.parse import quote

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from quizapp.clock import now
from quizapp.courses import offering, question_command
from quizapp.courses.exchange import sheet
from quizapp.courses.exchange.encoding import NAMES
from quizapp.courses.exchange.formats import FORMATS, Format
from quizapp.courses.exchange.sheet_columns import HEADINGS, LETTERS, LEVELS, fields_of
from quizapp.domain.interchange import KINDS, MOST_BYTES, Offered, Remark
from quizapp.jobs import queries as jobs
from quizapp.jobs.models import Job
from quizapp.jobs.views import waiting
from quizapp.studio import asking, offers
from quizapp.studio.offers import Upload
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow
from quizapp.web.refused import Refused
from quizapp.web.uploads import takes_file

PAGE = 50
SHOWN = {"tat-ca": "Tất cả", "can-sua": "Cần sửa", "gan-giong": "Gần giống câu đã có", "nhap": "Sẽ nhập"}
_ENDS = sorted({end for one in FORMATS.values() for end in one.ends})


@bp.route("/soan/nhap", methods=["GET", "POST"])
@allow(Role.TRAINER)
@takes_file(MOST_BYTES)
def import_questions() -> Any:
    """Nhập câu hỏi, bước 1: the file and the unit."""
    problem, units = None, offers.unit_choices()
    if request.method == "POST":
        sent = request.files.get("tep")
        name = (sent.filename or "") if sent else ""
        try:
            data = sent.read() if sent else b""
            form = _format(name, data)
            unit_id = request.form.get("bai", 0, int)
            if unit_id not in {unit.id for unit in units}:
                raise Refused("Đồng chí chưa chọn bài.")
            job = offers.begin(current_user.id, name, form.name, unit_id, data, now())
            return redirect(url_for(".one_import", code=job.code), 303)
        except Refused as no:
            problem = no.sentence
    page: dict[str, Any] = {"problem": problem, "units": units, "formats": FORMATS, "ends": ",".join(_ENDS)}
    page |= {"most": MOST_BYTES // 1024 // 1024, "recent": jobs.recent(current_user.id, offers.READ)}
    return render_template("studio/import_file.html", **page), 409 if problem else 200


def _format(name: str, data: bytes) -> Format:
    """The format that was chosen, or the one that the file's name and beginning say."""
    if not name:
        raise Refused("Đồng chí chưa chọn tệp.")
    if not data:
        raise Refused("Tệp trống. Đồng chí chọn lại tệp.")
    chosen = request.form.get("dinh-dang", "")
    if chosen in FORMATS:
        return FORMATS[chosen]
    end = "." + name.lower().rpartition(".")[2]
    found = [one.name for one in FORMATS.values() if end in one.ends]
    if end == ".xml":
        found = ["moodle" if b"<quiz" in data[:4000] else "qti"]
    elif end == ".txt":
        found = ["aiken" if re.search(rb"(?im)^\s*ANSWER\s*:", data) else "gift"]
    if not found:
        told = ", ".join(_ENDS)
        raise Refused(f"Không nhận được tệp “{name[:80]}”. Nhận tệp {told}; tệp .doc cũ thì lưu lại dạng .docx.")
    return FORMATS[found[0]]


@bp.get("/soan/nhap/mau.xlsx")
@allow(Role.TRAINER)
def import_template() -> Any:
    """Tệp mẫu: a question of each kind."""
    return _file(sheet.template(), FORMATS["xlsx"].media_type, "mau-cau-hoi.xlsx")


def _file(data: bytes, media_type: str, name: str) -> Response:
    named = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(data, mimetype=media_type, headers={"Content-Disposition": named})


# --- one upload ------------------------------------------------------------------------------------------------


def _job(code: str) -> Job:
    job = jobs.own(current_user.id, code)
    return job if job is not None and job.kind == offers.READ else abort(404)


def _upload(code: str) -> Upload:
    return offers.upload_of(current_user.id, _job(code)) or abort(404)


@bp.get("/soan/nhap/<code>")
@allow(Role.TRAINER)
def one_import(code: str) -> Any:
    """Một lần nhập: how far reading is, why a file cannot be read, or every question of it as it will be."""
    job = _job(code)
    if jobs.is_open(job):
        return waiting(job, render_template("studio/import_wait.html", job=job, still="dung" in request.args))
    upload = offers.upload_of(current_user.id, job)
    if upload is None:
        told = job.problem or job.result.get("problem") or "Tệp đã được xóa sau 7 ngày. Đồng chí gửi lại tệp."
        return render_template("studio/import_failed.html", job=job, problem=told, encodings=NAMES)
    return _preview(upload)


def _preview(upload: Upload, problem: str | None = None) -> Any:
    shown = request.args.get("xem", "tat-ca")
    if shown not in SHOWN:
        abort(404)
    places = {"tat-ca": range(len(upload.kept.items)), "can-sua": upload.bad, "nhap": upload.good}
    places["gan-giong"] = sorted(upload.kept.twins)
    start = max(request.args.get("tu", 0, int), 0)
    page: dict[str, Any] = {"upload": upload, "shown": shown, "tabs": SHOWN, "problem": problem, "kinds": KINDS}
    page |= {"counts": {name: len(found) for name, found in places.items()}, "start": start, "size": PAGE}
    page |= {
        "listed": [(n, upload.kept.items[n], _lacks(upload, n)) for n in list(places[shown])[start : start + PAGE]]
    }
    page |= {"unit": offers.unit_choice(upload.unit_id), "levels": LEVELS}
    into = asking.opened(upload.unit_id)
    page |= {"provisions": asking.used_provisions(into) if into else []}
    return render_template("studio/import_check.html", **page), 409 if problem else 200


def _lacks(upload: Upload, n: int) -> list[Remark]:
    """What the draft will have to say that the file does not."""
    item = upload.kept.items[n]
    return [] if item.fatal else offering.to_question(item)[1]


@bp.post("/soan/nhap/<code>/doc-lai")
@allow(Role.TRAINER)
def import_again(code: str) -> Any:
    """Đọc lại, in another encoding."""
    encoding = request.form.get("bang-ma", "")
    if encoding not in NAMES:
        raise Refused("Chọn bảng mã để chuyển.", url_for(".one_import", code=code))
    return redirect(url_for(".one_import", code=offers.again(_job(code), encoding, now()).code), 303)


@bp.post("/soan/nhap/<code>/chon")
@allow(Role.TRAINER)
def import_choose(code: str) -> Any:
    """Bước 2: of the questions on this page, which are to go in."""
    upload = _upload(code)
    shown, wanted = ({int(value) for value in request.form.getlist(name) if value.isdigit()} for name in ("co", "lay"))
    offers.choose(upload, shown, wanted)
    shown_as, start = request.form.get("xem", "tat-ca"), request.form.get("tu", 0, int)
    return redirect(url_for(".one_import", code=code, xem=shown_as, tu=start), 303)


@bp.route("/soan/nhap/<code>/cau/<int:place>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def import_mend(code: str, place: int) -> Any:
    """Sửa một câu tại chỗ, field by field as in the sheet."""
    upload = _upload(code)
    if place >= len(upload.kept.items) or upload.kept.items[place].kind == "case":
        abort(404)
    item = upload.kept.items[place]
    given = fields_of(item)
    if request.method == "POST":
        given |= {name: request.form.get(name, "")[:20_000] for name in HEADINGS if name in request.form}
        item = offers.mend(upload, place, given, now())
        if not item.fatal:
            flash(f"Đã sửa câu {place + 1}.")
            return redirect(url_for(".one_import", code=code, _anchor=f"cau-{place}", tu=place // PAGE * PAGE), 303)
    page = {"upload": upload, "place": place, "item": item, "given": given, "headings": HEADINGS, "kinds": KINDS}
    return render_template("studio/import_mend.html", levels=LEVELS, letters=LETTERS, **page)


@bp.post("/soan/nhap/<code>/ghi")
@allow(Role.TRAINER)
def import_take(code: str) -> Any:
    """Bước 3: the good ones go into the draft."""
    upload = _upload(code)
    told = {name: request.form.get(field, "") for name, field in (("objective", "muc-tieu"), ("level", "muc"))}
    provision = request.form.get("dieu-khoan", "").strip()
    defaults = offering.Defaults(told["objective"] or None, provision or None, told["level"] or None)
    keys = offers.take(upload, defaults, current_user.id, now())
    flash(f"Đã đưa {len(keys)} câu vào bản nháp: {keys[0]} đến {keys[-1]}.")
    return redirect(url_for(".one_import", code=code), 303)


@bp.get("/soan/nhap/<code>/cau-can-sua.xlsx")
@allow(Role.TRAINER)
def import_problems(code: str) -> Any:
    """Tệp các câu cần sửa: what is wrong written beside each; it can be mended and sent again."""
    upload = _upload(code)
    listed = [_beside(upload, n) for n, item in enumerate(upload.kept.items) if item.problems or n in upload.kept.twins]
    return _file(question_command.mended_file(listed), FORMATS["xlsx"].media_type, f"cau-can-sua-{code[:6]}.xlsx")


def _beside(upload: Upload, n: int) -> Offered:
    twin = upload.kept.twins.get(n)
    told = [] if twin is None else [offering.twin_remark(offering.Twin(twin.text, twin.where, twin.key))]
    return upload.kept.items[n].with_problems(told)


# --- out -------------------------------------------------------------------------------------------------------


@bp.get("/soan/xuat")
@allow(Role.TRAINER, Role.REVIEWER)
def export_questions() -> Any:
    """Xuất câu hỏi của một bài; ``bai`` and ``dang`` chosen: the file, or first what that format cannot hold."""
    units, form = offers.unit_choices(), FORMATS.get(request.args.get("dang", ""))
    unit = next((one for one in units if one.id == request.args.get("bai", 0, int)), None)
    left: list[str] = []
    if unit is not None and form is not None:
        data, left = offers.exported(unit.id, form.name)
        if not left or "tai" in request.args:
            return _file(data, form.media_type, f"cau-hoi-bai-{unit.number}{form.ends[0]}")
    return render_template("studio/export.html", units=units, formats=FORMATS, unit=unit, form=form, left=left)
