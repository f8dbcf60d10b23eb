"""Ngân hàng câu hỏi: bảng lọc của mọi câu, câu đang dùng và câu còn nháp."""

from typing import Any

from flask import render_template, request

from quizapp.courses.queries import by_course
from quizapp.library import queries as library
from quizapp.studio import bank
from quizapp.studio.bank_figures import DIFFICULTY, POWER
from quizapp.studio.question_fields import KINDS, LEVELS
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow

ARGS = {"bai": "unit", "can-cu": "provision", "loai": "kind", "muc": "level", "do-kho": "difficulty"}
ARGS |= {"phan-biet": "discrimination", "trang-thai": "state", "tim": "typed"}


@bp.get("/soan/cau-hoi")
@allow(Role.TRAINER, Role.REVIEWER)
def question_bank() -> Any:
    """Ngân hàng câu hỏi."""
    asked = {name: " ".join(request.args.get(name, "").split())[:140] for name in ARGS}
    wanted = bank.Wanted(**{ARGS[name]: value for name, value in asked.items()})
    shelves = bank.shelves()
    listed = bank.listed(shelves, wanted, request.args.get("sau", ""))
    page = {
        "asked": asked,
        "filtered": any(asked.values()),
        "later": bool(request.args.get("sau")),
        "listed": listed,
        "following": {name: value for name, value in asked.items() if value} | {"sau": listed.after},
        "groups": by_course(sorted(shelves, key=lambda one: one.latest.final), lambda one: one.unit_id),
        "cited": _cited(shelves),
        "kinds": KINDS,
        "levels": LEVELS,
        "states": bank.STATES,
        "difficulties": DIFFICULTY,
        "powers": POWER,
    }
    return render_template("studio/bank.html", **page)


def _cited(shelves: list[bank.Shelf]) -> dict[str, dict[str, str]]:
    """What questions rest on: document code -> its references and their names, for the filter and the table."""
    used = {str(piece.data.get("provision")) for shelf in shelves for piece in shelf.latest.pieces.values()}
    found: dict[str, dict[str, str]] = {}
    for document in library.documents():
        for provision in document.walk():
            if (reference := f"{document.code}#{provision.anchor}") in used:
                found.setdefault(document.name, {document.code: f"{document.name}: cả văn bản"})
                found[document.name][reference] = f"{document.name}, {provision.label}"
    return found
