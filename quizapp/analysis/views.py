"""Phân tích câu hỏi: bảng mọi câu, một câu, bản in và tệp tải về."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request

from quizapp.analysis import charts, files, queries, words
from quizapp.analysis.queries import ORDERS, STATES, Table, Wanted
from quizapp.clock import now
from quizapp.domain.item_quality import HIDDEN_BELOW, SHOWN_FROM, SURE_FROM
from quizapp.web.access import Role, allow
from quizapp.web.formats import day

bp = Blueprint("analysis", __name__, template_folder="templates")
PAGE = 50  # questions
KINDS = {
    "csv": ("text/csv; charset=utf-8", files.as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", files.as_excel),
}


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "words": words,
        "limits": {"hidden": HIDDEN_BELOW, "shown": SHOWN_FROM, "sure": SURE_FROM},
        "trace": charts.trace,
    }


@bp.get("/soan/phan-tich")
@allow(Role.TRAINER, Role.REVIEWER)
def index() -> Any:
    """Phân tích câu hỏi: câu nào hỏng, vì sao, làm gì; lọc và xếp."""
    wanted, table = _asked_for()
    last = max(1, -(-len(table.lines) // PAGE))
    page = min(max(1, _number("trang")), last)
    shown = table.lines[(page - 1) * PAGE : page * PAGE]
    return render_template("analysis/index.html", **_page(wanted, table), shown=shown, page=page, last=last)


@bp.get("/soan/phan-tich/in")
@allow(Role.TRAINER, Role.REVIEWER)
def printed() -> Any:
    """Bản in: mọi câu của bộ lọc trên một trang."""
    wanted, table = _asked_for()
    return render_template("analysis/printed.html", **_page(wanted, table), shown=table.lines, printed_at=now())


@bp.get("/soan/phan-tich/tep.<kind>")
@allow(Role.TRAINER, Role.REVIEWER)
def download(kind: str) -> Any:
    """Bảng phân tích dạng Excel hoặc CSV."""
    media_type, make = KINDS.get(kind) or abort(404)
    _, table = _asked_for()
    name = f"Phân tích câu hỏi {day(now()).replace('/', '-')}.{kind}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(make(table.lines), mimetype=media_type, headers=headers)


@bp.get("/soan/phan-tich/<int:revision_id>/<key>")
@allow(Role.TRAINER, Role.REVIEWER)
def question(revision_id: int, key: str) -> Any:
    """Một câu hỏi: từng số đo với ngưỡng, từng phương án theo nhóm yếu và mạnh, việc nên làm."""
    line = queries.line_of(revision_id, key) or abort(404)
    return render_template("analysis/question.html", line=line, at=queries.filled_at())


def _asked_for() -> tuple[Wanted, Table]:
    given = request.args
    state, order = given.get("tinh-trang", ""), given.get("xep", "")
    wanted = Wanted(
        _number("bai"),
        _number("ban"),
        state if state in STATES else "",
        given.get("tim", "").strip()[:100],
        order if order in ORDERS else "",
    )
    return wanted, queries.find(wanted) or abort(404)


def _number(name: str) -> int:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0


def _page(wanted: Wanted, table: Table) -> dict[str, Any]:
    query = {
        "bai": wanted.unit,
        "ban": wanted.revision,
        "tinh-trang": wanted.state,
        "tim": wanted.words,
        "xep": wanted.order,
    }
    kept = {name: value for name, value in query.items() if value}
    return {"wanted": wanted, "table": table, "query": kept, "states": STATES, "orders": ORDERS}
