"""Soạn: what a trainer may type."""

from typing import Any

from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectMultipleField, TextAreaField, widgets
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from quizapp.clock import today
from quizapp.web.forms import Form, choices


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


class SendForm(Form):
    note = TextAreaField(
        "Nói với người duyệt",
        [Length(max=1000)],
        name="loi-nhan",
        description="Sửa gì, vì sao. Có thể để trống.",
    )


class NoteForm(Form):
    part = HiddenField(validators=[Length(max=80)], name="phan")
    place = HiddenField(validators=[Length(max=200)], name="cho")
    text = TextAreaField(
        "Ghi chú", [DataRequired("Ghi điều cần người soạn xem lại."), Length(max=1000)], name="ghi-chu"
    )


class ReasonForm(Form):
    why = TextAreaField(
        "Lý do",
        [DataRequired("Ghi lý do."), Length(max=1000)],
        name="ly-do",
        description="Được ghi vào nhật ký, cùng tên đồng chí và giờ làm.",
    )


class GiveBackForm(Form):
    why = TextAreaField(
        "Vì sao trả lại?",
        [DataRequired("Ghi điều người soạn cần sửa."), Length(max=1000)],
        name="vi-sao",
        description="Người soạn đọc được, cùng các ghi chú.",
    )


class PublishForm(Form):
    seen = HiddenField(validators=[DataRequired()], name="ban")
    shown = HiddenField(validators=[DataRequired()], name="anh-huong")
    notes = HiddenField(name="ghi-chu-con")
    overlook = BooleanField("Tôi đã đọc các ghi chú chưa xong này và vẫn phát hành", name="bo-qua-ghi-chu")
    change = RadioField(
        "Bản này đổi gì?",
        choices=choices(
            ("chu", "Chỉ sửa chữ, không đổi điều được dạy: không ai phải làm gì thêm"),
            ("noi-dung", "Đổi nội dung được dạy"),
        ),
        name="doi",
        validators=[InputRequired("Chọn: chỉ sửa chữ, hay đổi nội dung được dạy.")],
    )
    again = BooleanField("Đề nghị những người đã đạt học lại bài này", name="hoc-lai")
    again_until = DateField("Hạn học lại", [Optional()], name="han-hoc-lai", format=["%Y-%m-%d", "%d/%m/%Y"])
    paths = SelectMultipleField(
        "Lộ trình có bài này",
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        name="lo-trinh",
    )
    why = TextAreaField(
        "Vì sao phát hành bản này?",
        [DataRequired("Ghi lý do phát hành."), Length(max=500)],
        name="ly-do",
        description="Ghi trong danh sách các phiên bản, cùng tên người soạn, người duyệt và giờ.",
    )

    def of_new_unit(self) -> None:
        """Nobody has learnt it yet: there is nothing that it changes."""
        self.change.validators, self.change.data = [Optional()], "noi-dung"
        self.again.data = False

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        fine, problem = bool(super().validate(*args, **kwargs)), None
        if not self.again.data:
            self.again_until.errors = []  # whatever stands there: nobody is asked
            return not self.errors
        if self.change.data == "chu":
            problem = "Chỉ sửa chữ thì không ai phải học lại. Chọn “Đổi nội dung được dạy”, hoặc bỏ đề nghị học lại."
        elif self.again_until.data is None or self.again_until.data <= today():
            problem = "Chọn hạn học lại, muộn hơn hôm nay."
        if problem:
            self.again_until.errors = [problem]
        return fine and problem is None
