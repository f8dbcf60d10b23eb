"""Văn bản: what may be typed of an official text."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from quizapp.domain.official import MOST_LETTERS
from quizapp.web.forms import Form


class KeepForm(Form):
    text = TextAreaField(
        "Toàn văn",
        [Length(max=MOST_LETTERS, message="Toàn văn dài quá 400.000 chữ cái.")],
        name="toan-van",
        description="Đọc lại theo bản ký: dấu, số, ngày, tên người. Mỗi điều, khoản, điểm bắt đầu một dòng mới. "
        "Để trống nếu chỉ giữ tệp.",
        render_kw={"rows": "22", "spellcheck": "false"},
    )
    source = StringField(
        "Nguồn của bản này",
        [DataRequired("Ghi bản này lấy từ đâu."), Length(max=300)],
        name="nguon",
        description="Ví dụ: bản ký số nhận qua trục văn bản ngày 10/10/2024; Cơ sở dữ liệu quốc gia về văn bản pháp luật.",
    )
    reason = TextAreaField(
        "Lý do thêm", [DataRequired("Ghi lý do."), Length(max=500)], name="ly-do", render_kw={"rows": "2"}
    )


class ConfirmForm(Form):
    reason = TextAreaField(
        "Đã đối chiếu thế nào",
        [DataRequired("Ghi đã đối chiếu với bản nào, bằng cách nào."), Length(max=500)],
        name="doi-chieu",
        description="Ví dụ: đọc từng điều theo bản ký số, 5 trang, chữ ký và số hiệu khớp. Được ghi vào nhật ký.",
        render_kw={"rows": "2"},
    )


class WithdrawForm(Form):
    reason = TextAreaField(
        "Vì sao gỡ bản này",
        [DataRequired("Ghi lý do gỡ."), Length(max=500)],
        name="ly-do-go",
        description="Được ghi vào nhật ký và vào danh sách các bản.",
        render_kw={"rows": "2"},
    )
