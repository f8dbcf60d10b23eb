"""Nhập người và đơn vị: file, columns, check, receipt. Four steps, each of which may be left and come back to."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from quizapp.administration import import_queries, imports, problem_file
from quizapp.administration.forms import ReasonForm
from quizapp.administration.models import ImportState, PeopleImport
from quizapp.administration.pages import acting, bp, or_404
from quizapp.clock import now
from quizapp.domain.people_sheet import FIELDS
from quizapp.domain.sheet_lines import SKIP, body_key
from quizapp.jobs.queries import is_open
from quizapp.jobs.views import waiting
from quizapp.web import spreadsheets as sheets
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused
from quizapp.web.uploads import takes_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPIRED = "Tệp đã được xóa sau 7 ngày. Đồng chí gửi lại tệp."


def _import(code: str) -> PeopleImport:
    return or_404(import_queries.one(current_user, code))


def _own(code: str) -> PeopleImport:
    """An import that one goes on with: one's own alone."""
    found = _import(code)
    return found if found.owner_id == current_user.id else abort(404)


def _to(imported: PeopleImport, **more: Any) -> Any:
    return redirect(url_for(".one_import", code=imported.code, **more), 303)


def _sheet(data: bytes, name: str) -> Response:
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.route("/nguoi-dung/nhap", methods=["GET", "POST"])
@allow(Role.ADMIN)
@takes_file(sheets.MOST_BYTES)
def import_people() -> Any:
    """Nhập người dùng, bước 1: the file."""
    problem = None
    if request.method == "POST":
        sent = request.files.get("tep")
        name = (sent.filename or "") if sent else ""
        try:
            data = sent.read() if sent else b""
            if not name:
                raise Refused("Đồng chí chưa chọn tệp.")
            sheets.refuse_wrong(data, name)
            return _to(imports.begin(current_user.id, name, data, now()))
        except Refused as no:
            problem = no.sentence
    page: dict[str, Any] = {"problem": problem, "types": sheets.TYPES, "recent": import_queries.recent(current_user)}
    page |= {"most": sheets.MOST_BYTES // 1024 // 1024}
    return render_template("administration/import_file.html", **page), 409 if problem else 200


@bp.get("/nguoi-dung/nhap/mau.xlsx")
@allow(Role.ADMIN)
def import_sample() -> Any:
    """Tệp mẫu."""
    return _sheet(problem_file.sample(), "mau-nhap-nguoi-dung.xlsx")


@bp.get("/nguoi-dung/nhap/<code>")
@allow(Role.ADMIN)
def one_import(code: str) -> Any:
    """Một lần nhập: the step at which it stands, while something is done for it how far that is, and its receipt."""
    imported = _import(code)
    job = import_queries.job(current_user, imported)
    if job is not None and is_open(job):
        page = {"imported": imported, "job": job, "still": "dung" in request.args, "step": _STEP[job.kind]}
        return waiting(job, render_template("administration/import_wait.html", **page))
    problem = job.problem if job is not None else None
    if imported.state == ImportState.FILE.value:
        return render_template("administration/import_failed.html", imported=imported, problem=problem or EXPIRED)
    columns = imported.state == ImportState.COLUMNS.value or "cot" in request.args
    if columns and imported.state != ImportState.DONE.value:
        return _columns_page(imported, problem)
    return _lines_page(imported, problem, job.result.get("words") if job is not None else None)


_STEP = {imports.READ: 1, imports.CHECK: 3, imports.WRITE: 4}


# --- step 2: columns -------------------------------------------------------------------------------------------


def _columns_page(imported: PeopleImport, problem: str | None) -> Any:
    page = {"imported": imported, "people": imported.found.get("people"), "bodies": imported.found.get("bodies")}
    page |= {"sheets": imported.found.get("sheets", []), "fields": FIELDS, "problem": problem}
    return render_template(
        "administration/import_columns.html", **page
    ), 409 if problem and request.method == "POST" else 200


@bp.post("/nguoi-dung/nhap/<code>/cot")
@allow(Role.ADMIN)
def import_columns(code: str) -> Any:
    """Bước 2: which column is what; or another sheet or heading is to be read."""
    imported = _own(code)
    if "doc-lai" in request.form:
        row = request.form.get("dong", 1, int) or 1
        where = {"sheet": request.form.get("trang", ""), "row": min(max(row, 1), 10_000)}
        imports.queue(imported, imports.READ, current_user.id, now(), **where)
        return _to(imported)
    people = imported.found.get("people")
    columns: dict[str, int] = {}
    for name in FIELDS if people else ():
        column = request.form.get(f"cot-{name}", -1, int)
        if people and 0 <= column < len(people["labels"]):
            columns[name] = column
    if people and not ("name" in columns or {"family", "given"} <= columns.keys()):
        return _columns_page(imported, "Chọn cột họ và tên, hoặc cả hai cột họ đệm và tên.")
    if len(set(columns.values())) < len(columns):
        return _columns_page(imported, "Mỗi cột của tệp chỉ ghép với một mục.")
    imports.match_columns(imported, columns, current_user.id, now())
    return _to(imported)


# --- step 3: check; step 4: the receipt ------------------------------------------------------------------------


def _lines_page(imported: PeopleImport, problem: str | None, words: str | None, form: ReasonForm | None = None) -> Any:
    done = imported.state == ImportState.DONE.value
    first = "van-de" if imported.counts.get("bad") or imported.counts.get("look") else "moi"
    kind = request.args.get("xem", "moi" if done else first)
    if kind not in import_queries.KINDS:
        abort(404)
    after = request.args.get("sau", 0, int)
    listed, more = import_queries.lines(current_user, imported, kind, after)
    page = {
        "imported": imported,
        "counts": imported.counts,
        "kind": kind,
        "kinds": import_queries.KINDS,
        "listed": listed,
    }
    page |= {"more": more, "after": after, "problem": problem, "words": words, "form": form or ReasonForm()}
    page["owner"] = import_queries.owner(imported)
    made = "administration/import_done.html" if done else "administration/import_check.html"
    return render_template(made, **page), 409 if form is not None and problem else 200


@bp.post("/nguoi-dung/nhap/<code>/chon")
@allow(Role.ADMIN)
def import_decide(code: str) -> Any:
    """Bước 3: what is to be done about the lines shown: a body chosen holds for every line that says the same."""
    imported = _own(code)
    chosen: dict[str, str] = {
        key.removeprefix("dong-"): value for key, value in request.form.items(multi=True) if value
    }
    named = {key.split("-")[0] for key in chosen}
    numbers = sorted({int(number) for number in named if number.isascii() and number.isdigit() and len(number) < 8})
    bodies: dict[str, str] = {}
    rows: dict[str, list[str]] = {}
    for line in import_queries.of_numbers(imported, numbers):
        for n, problem in enumerate(line.says.get("problems", [])):
            value = chosen.get(f"{line.number}-{int(line.of_body)}-{n}", "")
            if value not in [option for option, _ in problem["choices"]]:
                continue
            given = line.says["given"]
            if problem["of_body"] and value != SKIP:
                bodies[body_key(given.get("body", ""), given.get("parent", ""))] = value.removeprefix("place:")
            else:
                rows.setdefault(f"b{line.number}" if line.of_body else str(line.number), []).append(value)
    if not rows and not bodies:
        flash("Đồng chí chưa chọn gì.")
        return _to(imported, xem="van-de")
    before = imports.choices_of(imported).rows
    rows = {number: [*dict.fromkeys((*before.get(number, ()), *values))] for number, values in rows.items()}
    imports.decide(imported, rows, bodies, current_user.id, now())
    return _to(imported)


@bp.post("/nguoi-dung/nhap/<code>/ghi")
@allow(Role.ADMIN)
def import_write(code: str) -> Any:
    """Bước 4: write all good lines."""
    imported, form = _own(code), ReasonForm()
    if imported.state != ImportState.CHECKED.value:
        raise Refused("Tệp này đã được nhập xong, hoặc chưa kiểm tra.", url_for(".one_import", code=code))
    if not form.sent():
        return _lines_page(imported, None, None, form)
    by = acting(form.reason.data)
    imports.queue(imported, imports.WRITE, current_user.id, now(), reason=by.reason, net=by.net)
    return _to(imported)


@bp.get("/nguoi-dung/nhap/<code>/cot")
@bp.get("/nguoi-dung/nhap/<code>/chon")
@bp.get("/nguoi-dung/nhap/<code>/ghi")
@allow(Role.ADMIN)
def import_again(code: str) -> Any:
    """A step's own address opened without its form, reloaded or sent to somebody: on to the import as it stands."""
    return _to(_import(code), cot=1) if request.path.endswith("/cot") else _to(_import(code))


@bp.get("/nguoi-dung/nhap/<code>/dong-loi.xlsx")
@allow(Role.ADMIN)
def import_problems(code: str) -> Any:
    """Tệp lỗi: the lines with problems, what is wrong beside each."""
    lines = import_queries.problems(current_user, _import(code))
    made = problem_file.made((line.number, line.says["given"], line.says["problems"]) for line in lines)
    return _sheet(made, f"dong-co-van-de-{code[:6]}.xlsx")
