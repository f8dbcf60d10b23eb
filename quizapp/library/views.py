"""Văn bản: the list with its search, and each document as a tree of provisions."""

import re
from typing import Any

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup, escape

from quizapp.domain.vietnamese import fold
from quizapp.library import queries
from quizapp.web.access import Role, allow

bp = Blueprint("library", __name__, template_folder="templates")


@bp.get("/van-ban")
@allow(Role.LEARNER)
def index() -> Any:
    """Văn bản: danh mục, tìm."""
    words = " ".join(request.args.get("tim", "").split())[:100]
    found = queries.find(words)
    return render_template("library/index.html", documents=queries.documents(), words=words, found=found)


@bp.get("/van-ban/<code>")
@allow(Role.LEARNER)
def document(code: str) -> Any:
    """Một văn bản; #anchor opens it at a provision."""
    found = queries.document(code)
    if found is None:
        abort(404)
    return render_template("library/document.html", document=found, validity=queries.validity_words(found.validity))


@bp.app_template_filter()
def marked(text: str, words: str) -> Markup:
    """The text with the searched words marked in their original letters."""
    wanted = [part for part in fold(words).split() if part]
    pieces = re.split(r"(\s+)", text)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if any(part in fold(piece) for part in wanted) else escape(piece)
        for piece in pieces
    )
