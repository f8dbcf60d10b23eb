"""Báo cáo: what a leader may type into a report and its correction."""

from datetime import date
from typing import Any

from wtforms import DateField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from quizapp.clock import today
from quizapp.reports.official.letter import Letter, joined, lines
from quizapp.reports.paper.document import LAYOUTS, Layout
from quizapp.web.forms import Form, choices

_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
_SYMBOL = Regexp(r"[\w./-]*\Z", message="Ký hiệu chỉ có chữ, chữ số và các dấu / - . như BC/BNCTU.")


def _rows(label: str, name: str, needed: str = "", description: str = "", rows: int = 2, most: int = 6) -> Any:
    """A few short lines."""

    def short(form: Form, field: TextAreaField) -> None:
        typed = lines(field.data)
        if len(typed) > most or any(len(line) > 120 for line in typed):
            raise ValidationError(f"Nhiều nhất {most} dòng, mỗi dòng 120 ký tự.")

    first = DataRequired(needed) if needed else Optional()
    return TextAreaField(label, [first, short], name=name, description=description, render_kw={"rows": rows})


class ReportForm(Form):
    until = DateField(
        "Số liệu đến hết ngày",
        [InputRequired("Nhập ngày.")],
        name="den-ngay",
        format=_DAYS,
        description="Là hôm nay thì chốt đúng lúc lập báo cáo. Với ngày đã qua, số liệu về câu trả lời (câu sai, đạt lần đầu, "
        "điểm trung bình) vẫn là của lần tổng hợp gần nhất; báo cáo ghi rõ thời điểm ấy.",
    )
    about = StringField(
        "Trích yếu", [DataRequired("Nhập trích yếu."), Length(max=250)], name="trich-yeu",
        description="Dòng dưới chữ BÁO CÁO, ví dụ: kết quả học tập, kiểm tra nhận thức về Công văn số 1248-CV/TU.",
    )  # fmt: skip
    basis = StringField(
        "Báo cáo theo văn bản nào (nếu có)", [Length(max=200)], name="can-cu",
        description="Ví dụ: Kế hoạch số 12-KH/BNCTU. Bỏ trống thì chừa chỗ để ghi sau.",
    )  # fmt: skip
    layout = RadioField(
        "Thể thức",
        [InputRequired("Chọn thể thức.")],
        choices=choices(*((layout.value, words) for layout, words in LAYOUTS.items())),
        name="the-thuc",
    )
    above = _rows("Cơ quan cấp trên (nếu có)", "cap-tren", description="Dòng trên cùng bên trái, viết hoa.")
    agency = _rows("Cơ quan ban hành", "co-quan", "Nhập tên cơ quan ban hành.", "Viết hoa; tên dài thì ngắt hai dòng.")
    name = StringField(
        "Tên cơ quan trong câu văn",
        [DataRequired("Nhập tên cơ quan."), Length(max=150)],
        name="ten-goi",
        description="Ví dụ: Ban Nội chính Tỉnh ủy.",
    )
    symbol = StringField(
        "Ký hiệu (nếu có)", [Length(max=40), _SYMBOL], name="ky-hieu",
        description="Phần sau số: BC/BNCTU (văn bản của Đảng), BC-UBND (văn bản hành chính). Số do văn thư cấp.",
    )  # fmt: skip
    place = StringField("Địa danh", [DataRequired("Nhập địa danh."), Length(max=80)], name="dia-danh")
    signed_on = DateField("Ngày ký (nếu đã biết)", [Optional()], name="ngay-ky", format=_DAYS)
    recipients = _rows("Nơi nhận", "noi-nhan", description="Mỗi nơi một dòng.", rows=3, most=15)
    signer = _rows(
        "Quyền hạn, chức vụ người ký (nếu đã biết)",
        "nguoi-ky",
        description="Ví dụ: K/T TRƯỞNG BAN, dòng dưới: PHÓ TRƯỞNG BAN. Họ tên để người ký tự ghi.",
    )

    def validate_signed_on(self, field: DateField) -> None:
        if field.data is not None and not date(2000, 1, 1) <= field.data <= date(2100, 12, 31):
            raise ValidationError("Nhập ngày dạng 30/11/2026.")

    def within(self, first: date) -> bool:
        """Whether the day lies in the campaign up to today; says so beside the field where it does not."""
        if first <= self.until.data <= today():
            return True
        self.until.errors = [f"Chọn ngày từ {first:%d/%m/%Y} đến hôm nay."]
        return False

    def letter(self) -> Letter:
        return Letter(
            layout=Layout(self.layout.data),
            above=lines(self.above.data),
            agency=lines(self.agency.data),
            name=self.name.data,
            symbol=self.symbol.data,
            place=self.place.data,
            basis=self.basis.data,
            recipients=lines(self.recipients.data),
            signer=lines(self.signer.data),
            signed_on=self.signed_on.data,
        )


def typed(letter: Letter) -> dict[str, Any]:
    """The fields of a letterhead as the form shows them."""
    told = letter.model_dump(include={"name", "symbol", "place", "basis", "signed_on"}) | {
        "layout": letter.layout.value
    }
    return told | {name: joined(getattr(letter, name)) for name in ("above", "agency", "recipients", "signer")}


class CorrectForm(Form):
    why = TextAreaField(
        "Lý do đính chính",
        [DataRequired("Ghi lý do."), Length(min=5, max=500)],
        name="ly-do",
        description="Ghi vào phụ lục và nhật ký, ví dụ: đã ghi nhận 12 kết quả học tập trung gửi muộn.",
    )
