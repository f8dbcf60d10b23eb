"""Nhập, xuất câu hỏi: the file, what was read of it, mending on the spot, confirming; and a unit's questions as a file."""

import re
from typing import Any
from urllib.parse import quote

from flask import Response, abort, flash, redirect, render_template, request, url_for

from quizapp.clock import now
from quizapp.courses import near_questions, offering, question_command
from quizapp.courses.exchange import sheet, shown
from quizapp.courses.exchange.encoding import NAMES
from quizapp.courses.exchange.formats import FORMATS, Format
from quizapp.courses.exchange.sheet_columns import LEVELS
from quizapp.courses.queries import by_course
from quizapp.domain.interchange import KINDS, MOST_BYTES, Offered, Remark
from quizapp.jobs import queries as jobs
from quizapp.jobs.models import Job
from quizapp.jobs.views import waiting
from quizapp.studio import asking, offers
from quizapp.studio.offers import UnitChoice, Upload
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused
from quizapp.web.uploads import takes_file

PAGE = 50
SHOWN = {
    "tat-ca": "Tất cả",
    "can-sua": "Cần sửa",
    "chu-hinh": "Thiếu chữ thay hình",
    "gan-giong": "Gần giống câu đã có",
    "nhap": "Sẽ nhập",
}
_ALT = re.compile(r"chu-(\d{1,5})-([a-z0-9][a-z0-9._-]*)")  # the words for a picture of a question
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
    page: dict[str, Any] = {"problem": problem, "groups": _groups(units), "formats": FORMATS, "ends": ",".join(_ENDS)}
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


def job_of(code: str) -> Job:
    job = jobs.own(current_user.id, code)
    return job if job is not None and job.kind == offers.READ else abort(404)


def upload_of(code: str) -> Upload:
    """What one has uploaded and not been told to forget."""
    return offers.upload_of(current_user.id, job_of(code)) or abort(404)


@bp.get("/soan/nhap/<code>")
@allow(Role.TRAINER)
def one_import(code: str) -> Any:
    """Một lần nhập: how far reading is, why a file cannot be read, or every question of it as it will be."""
    job = job_of(code)
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
    places |= {"gan-giong": sorted(upload.kept.twins), "chu-hinh": upload.mute}
    start = max(request.args.get("tu", 0, int), 0)
    tabs = {key: name for key, name in SHOWN.items() if key != "chu-hinh" or upload.file.told or key == shown}
    page: dict[str, Any] = {"upload": upload, "shown": shown, "tabs": tabs, "problem": problem, "kinds": KINDS}
    page |= {"counts": {name: len(found) for name, found in places.items()}, "start": start, "size": PAGE}
    here = list(places[shown])[start : start + PAGE]
    page |= {"listed": [_listed(upload, n) for n in here], "choosable": not upload.gone_in.issuperset(here)}
    page |= {"unit": offers.unit_choice(upload.unit_id), "levels": LEVELS}
    into = asking.opened(upload.unit_id)
    page |= {"provisions": asking.used_provisions(into) if into else []}
    return render_template("studio/import_check.html", **page), 409 if problem else 200


def _listed(upload: Upload, n: int) -> tuple[int, Offered, list[Remark], dict[str, str]]:
    """A question as the preview shows it: what the draft will have to say that the file does not, and its pictures."""
    item = upload.kept.items[n]
    return n, item, [] if item.fatal else offering.to_question(item)[1], shown.shown_in(item)


@bp.post("/soan/nhap/<code>/doc-lai")
@allow(Role.TRAINER)
def import_again(code: str) -> Any:
    """Đọc lại, in another encoding."""
    encoding = request.form.get("bang-ma", "")
    if encoding not in NAMES:
        raise Refused("Chọn bảng mã để chuyển.", url_for(".one_import", code=code))
    return redirect(url_for(".one_import", code=offers.again(job_of(code), encoding, now()).code), 303)


@bp.post("/soan/nhap/<code>/chon")
@allow(Role.TRAINER)
def import_choose(code: str) -> Any:
    """Bước 2: of the questions on this page, which are to go in; and what their pictures show."""
    upload = upload_of(code)
    alts: dict[int, dict[str, str]] = {}
    for field, words in request.form.items():
        if told := _ALT.fullmatch(field):
            alts.setdefault(int(told[1]), {})[told[2]] = words[:400]
    if changed := offers.describe(upload, alts, now()):
        flash(f"Đã lưu chữ thay hình của {changed} câu.")
    shown, wanted = ({int(value) for value in request.form.getlist(name) if value.isdigit()} for name in ("co", "lay"))
    offers.choose(upload, shown, wanted)
    shown_as, start = request.form.get("xem", "tat-ca"), request.form.get("tu", 0, int)
    return redirect(url_for(".one_import", code=code, xem=shown_as, tu=start), 303)


@bp.post("/soan/nhap/<code>/ghi")
@allow(Role.TRAINER)
def import_take(code: str) -> Any:
    """Bước 3: the good ones go into the draft."""
    upload = upload_of(code)
    told = {name: request.form.get(field, "") for name, field in (("objective", "muc-tieu"), ("level", "muc"))}
    provision = request.form.get("dieu-khoan", "").strip()
    defaults = offering.Defaults(told["objective"] or None, provision or None, told["level"] or None)
    keys = offers.take(upload, defaults, current_user.id, now())
    span = keys[0] if len(keys) == 1 else f"{keys[0]} đến {keys[-1]}"
    flash(f"Đã đưa {len(keys)} câu vào bản nháp: {span}.")
    return redirect(url_for(".one_import", code=code), 303)


@bp.get("/soan/nhap/<code>/cau-can-sua.xlsx")
@allow(Role.TRAINER)
def import_problems(code: str) -> Any:
    """Tệp các câu cần sửa: what is wrong written beside each; it can be mended and sent again."""
    upload = upload_of(code)
    listed = [_beside(upload, n) for n, item in enumerate(upload.kept.items) if item.problems or n in upload.kept.twins]
    return _file(question_command.mended_file(listed), FORMATS["xlsx"].media_type, f"cau-can-sua-{code[:6]}.xlsx")


def _beside(upload: Upload, n: int) -> Offered:
    twin = upload.kept.twins.get(n)
    told = [] if twin is None else [near_questions.twin_remark(near_questions.Twin(twin.text, twin.where, twin.key))]
    return upload.kept.items[n].with_problems(told)


def _groups(units: list[UnitChoice]) -> list[tuple[str | None, list[UnitChoice]]]:
    return by_course(units, lambda one: one.id)


# --- out -------------------------------------------------------------------------------------------------------


@bp.get("/soan/xuat")
@allow(Role.TRAINER, Role.REVIEWER)
def export_questions() -> Any:
    """Xuất câu hỏi của một bài; ``bai`` and ``dang`` chosen: the file, or first what that format cannot hold."""
    units, form = offers.unit_choices(), FORMATS.get(request.args.get("dang", ""))
    unit = next((one for one in units if one.id == request.args.get("bai", 0, int)), None)
    done = None
    if unit is not None and form is not None:
        done = offers.exported(unit.id, form.name)
        if not done.lost or "tai" in request.args:
            return _file(done.data, form.media_type, f"cau-hoi-bai-{unit.number}{form.ends[0]}")
    return render_template(
        "studio/export.html", groups=_groups(units), formats=FORMATS, unit=unit, form=form, done=done
    )
