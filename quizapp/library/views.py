"""Văn bản: the list with its search, and each document as a tree of provisions."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request, url_for

from quizapp.domain.content import Document
from quizapp.domain.official import contents, levels
from quizapp.files.queries import content
from quizapp.library import official_queries, queries
from quizapp.library.official_queries import KEEPERS, Version
from quizapp.library.signed_files import PDF
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user

bp = Blueprint("library", __name__, template_folder="templates")


@bp.get("/van-ban")
@allow(Role.LEARNER)
def index() -> Any:
    """Văn bản: danh mục; tìm trong văn bản và bài học."""
    typed = " ".join(request.args.get("tim", "").split())[:100]
    if not typed:
        return render_template("library/index.html", typed="", groups=queries.by_task(), validity=_validity)
    after = request.args.get("sau", "")
    found = queries.find(typed, after)
    return render_template("library/index.html", typed=typed, found=found, later=bool(after))


def _validity(document: Document) -> str:
    return queries.validity_words(document.validity)


@bp.get("/van-ban/<code>")
@allow(Role.LEARNER)
def document(code: str) -> Any:
    """Một văn bản; #anchor opens it at a provision."""
    found = queries.document(code)
    if found is None:
        abort(404)
    keeps = not current_user.roles.isdisjoint(KEEPERS)
    return render_template("library/document.html", task=queries.task_of(code), keeps=keeps, **told(found))


def told(document: Document, published: bool = True) -> dict[str, Any]:
    """What the page of a document shows; its official text, which learners may not open yet, by the keepers' address."""
    shown = official_queries.shown(official_queries.versions(document.code))
    cut = queries.official_parts(shown.text.row.id) if shown.text else ()
    page: dict[str, Any] = {"document": document, "shown": shown, "worded": {one.anchor for one in cut}}
    page |= {"validity": queries.validity_words(document.validity), "whole_at": "", "file_at": ""}
    if shown.text:
        kept = url_for("signed.one", code=document.code, text_id=shown.text.row.id)
        page["whole_at"] = url_for("library.full_text", code=document.code) if published else kept
    if shown.file:
        kept = url_for("signed.file", code=document.code, text_id=shown.file.row.id)
        page["file_at"] = url_for("library.signed_file", code=document.code) if published else kept
    return page


@bp.get("/van-ban/<code>/toan-van")
@allow(Role.LEARNER)
def full_text(code: str) -> Any:
    """Toàn văn: the official text as it was compared with the signed copy, with its contents."""
    found = queries.document(code) or abort(404)
    shown = official_queries.shown(official_queries.versions(code))
    version = shown.text or abort(404)
    cut = queries.official_parts(version.row.id)
    page = {
        "version": version,
        "file": shown.file,
        "parts": cut,
        "contents": list(contents(cut)),
        "levels": levels(cut),
    }
    return render_template("library/full_text.html", document=found, **page)


@bp.get("/van-ban/<code>/ban-ky")
@allow(Role.LEARNER)
def signed_file(code: str) -> Any:
    """Tệp bản ký, as confirmed."""
    return as_file(official_queries.shown(official_queries.versions(code)).file or abort(404))


def as_file(version: Version) -> Response:
    """The file of a version: a PDF opens in the browser, anything else is saved."""
    row = version.row
    if row.file_sha256 is None or row.media_type is None or row.file_name is None:
        abort(404)
    how = "inline" if row.media_type == PDF else "attachment"
    headers = {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(row.file_name)}"}
    if request.if_none_match.contains(row.file_sha256):
        return Response(status=304)
    response = Response(content(row.file_sha256), mimetype=row.media_type, headers=headers)
    response.set_etag(row.file_sha256)
    return response
