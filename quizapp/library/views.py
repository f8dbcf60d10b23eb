"""Văn bản: the list with its search, and each document as a tree of provisions."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from quizapp.library import queries
from quizapp.web.access import Role, allow

bp = Blueprint("library", __name__, template_folder="templates")


@bp.get("/van-ban")
@allow(Role.LEARNER)
def index() -> Any:
    """Văn bản: danh mục; tìm trong văn bản và bài học."""
    typed = " ".join(request.args.get("tim", "").split())[:100]
    if not typed:
        return render_template("library/index.html", typed="", documents=queries.documents())
    after = request.args.get("sau", "")
    found = queries.find(typed, after)
    return render_template("library/index.html", typed=typed, found=found, later=bool(after))


@bp.get("/van-ban/<code>")
@allow(Role.LEARNER)
def document(code: str) -> Any:
    """Một văn bản; #anchor opens it at a provision."""
    found = queries.document(code)
    if found is None:
        abort(404)
    return render_template("library/document.html", document=found, validity=queries.validity_words(found.validity))
