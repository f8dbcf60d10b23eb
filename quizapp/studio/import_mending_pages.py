"""Sửa câu hỏi đang nhập: field by field, of a situation each of its questions; and the pictures that came with the file."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from quizapp.clock import now
from quizapp.courses.exchange import shown
from quizapp.courses.exchange.sheet_columns import HEADINGS, LETTERS, LEVELS, fields_of
from quizapp.courses.exchange.texts import to_typed
from quizapp.domain.interchange import KINDS, Offered
from quizapp.files.pictures import MEDIA_TYPES
from quizapp.studio import offers
from quizapp.studio.import_pages import PAGE, upload_of
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow

CHOSEN = ("single", "multiple", "matching", "ordering", "gaps")  # kinds whose options are most of what they say
LONGEST = 20_000  # letters of a field


@bp.get("/soan/nhap/<code>/hinh/<name>")
@allow(Role.TRAINER)
def import_picture(code: str, name: str) -> Any:
    """Một hình của tệp, as it will be kept."""
    picture = upload_of(code).file.picture(name) or abort(404)
    return Response(
        picture.data, mimetype=MEDIA_TYPES[picture.extension], headers={"Cache-Control": "private, no-store"}
    )


@bp.route("/soan/nhap/<code>/cau/<int:place>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def import_mend(code: str, place: int) -> Any:
    """Sửa một câu tại chỗ, field by field as in the sheet; of a situation each of its questions."""
    upload = upload_of(code)
    if place >= len(upload.kept.items) or place in upload.gone_in:
        abort(404)
    item = upload.kept.items[place]
    rows = _rows(item)
    if request.method == "POST":
        item = offers.mend(upload, place, [_posted(at, fields) for at, fields in rows.items()], now())
        if not item.fatal:
            flash(f"Đã sửa câu {place + 1}.")
            return redirect(url_for(".one_import", code=code, _anchor=f"cau-{place}", tu=place // PAGE * PAGE), 303)
        rows = _rows(item)
    page = {"upload": upload, "place": place, "item": item, "rows": rows, "headings": HEADINGS, "kinds": KINDS}
    page |= {"levels": LEVELS, "letters": LETTERS, "chosen": CHOSEN, "pictures": shown.shown_in(item)}
    return render_template("studio/import_mend.html", **page)


def _rows(item: Offered) -> dict[str, dict[str, str]]:
    """What stands before the names of the fields -> the fields: of a question; or of a situation and its questions."""
    if item.kind != "case":
        return {"": fields_of(item)}
    rows = {"": {"situation": to_typed(item.situation or item.text)}}
    return rows | {f"c{n}-": fields_of(part) for n, part in enumerate(item.parts, 1)}


def _posted(at: str, fields: dict[str, str]) -> dict[str, str]:
    """The fields as sent; what the page did not show stays."""
    sent = {name: request.form[at + name][:LONGEST] for name in HEADINGS if at + name in request.form}
    return fields | sent | {"kept": "" if f"{at}bo" in request.form else "1"}
