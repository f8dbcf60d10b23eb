"""Hình trong bài: a file that a trainer sends, kept small, and its line at the end of a section."""

import re
from typing import Any

from flask import flash, render_template, request, url_for
from wtforms import FileField, StringField
from wtforms.validators import DataRequired, Length

from quizapp.clock import now
from quizapp.domain.pictures import MOST_ALT
from quizapp.files.pictures import MOST_BYTES, TYPES
from quizapp.studio.editing_pages import or_404, to_editor
from quizapp.studio.views import bp
from quizapp.studio.work import add_picture
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.forms import Form
from quizapp.web.refused import Refused
from quizapp.web.uploads import takes_file


class PictureForm(Form):
    file = FileField(
        "Tệp hình",
        name="tep",
        description="PNG, JPEG, WebP hoặc GIF, nhiều nhất 5 MB.",
        render_kw={"accept": TYPES},
    )
    alt = StringField(
        "Chữ thay hình",
        [DataRequired("Ghi điều hình cho thấy: người nghe máy đọc nghe chữ này thay hình."), Length(max=MOST_ALT)],
        name="chu",
        description="Một câu nói điều hình cho thấy.",
    )


@bp.route("/soan/bai/<int:unit_id>/anh", methods=["GET", "POST"])
@allow(Role.TRAINER)
@takes_file(MOST_BYTES)
def picture(unit_id: int) -> Any:
    """Thêm hình vào một mục; what is no picture is refused and nothing is kept."""
    work, form, problem = or_404(unit_id), PictureForm(), None
    asked = request.values.get("muc", "1")
    n = min(max(int(asked) if re.fullmatch(r"\d{1,4}", asked) else 1, 1), max(len(work.parts), 1))
    if form.sent():
        sent = request.files.get("tep")
        try:
            if sent is None or not sent.filename:
                raise Refused("Đồng chí chưa chọn tệp hình.")
            add_picture(work, n, sent.filename, sent.read(), form.alt.data, current_user.id, now())
            flash("Đã thêm hình ở cuối mục. Dời dòng hình đến chỗ cần đặt.")
            return to_editor(unit_id, n)
        except Refused as no:
            problem = no.sentence
    back = url_for(".edit", unit_id=unit_id, muc=n)
    page = {"work": work, "form": form, "problem": problem, "n": n, "back": back}
    return render_template("studio/picture.html", **page), 409 if problem else 200
