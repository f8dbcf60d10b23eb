"""Soạn: what a trainer may type."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from quizapp.web.forms import Form


class StopForm(Form):
    why = TextAreaField(
        "Vì sao dừng câu này?",
        [DataRequired("Ghi lý do dừng câu này."), Length(max=500)],
        name="ly-do",
        description="Lý do được ghi vào nhật ký, cùng tên đồng chí và giờ dừng.",
    )


class AnswerForm(Form):
    answer = TextAreaField(
        "Trả lời người báo",
        [DataRequired("Ghi câu trả lời."), Length(max=1000)],
        name="tra-loi",
        description="Người báo đọc ở trang “Dữ liệu về tôi”. Trả lời trong ba ngày làm việc.",
    )


class ReasonForm(Form):
    why = TextAreaField(
        "Lý do",
        [DataRequired("Ghi lý do."), Length(max=1000)],
        name="ly-do",
        description="Được ghi vào nhật ký, cùng tên đồng chí và giờ làm.",
    )
