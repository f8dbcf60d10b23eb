"""Quản trị: cấu hình: what an administrator may set."""

import re
from datetime import date, datetime
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from quizapp.administration.forms import _reason as reason_field  # the one field of every act
from quizapp.site import ADDRESSES
from quizapp.web.forms import Form, choices


def _days(text: str) -> list[date]:
    """The days of a list, typed one a line or with commas; ValueError where one is none."""
    typed = [part for part in re.split(r"[\s,;]+", text) if part]
    return sorted({datetime.strptime(part, "%d/%m/%Y").date() for part in typed})  # noqa: DTZ007 - a day, no moment


def _holidays(form: Form, field: TextAreaField) -> None:
    try:
        _days(field.data or "")
    except ValueError:
        raise ValidationError("Ghi mỗi dòng một ngày, dạng 17/02/2026.") from None


def _number(label: str, name: str, least: int, most: int, description: str = "") -> Any:
    rules = [InputRequired("Nhập một số."), NumberRange(least, most)]
    return IntegerField(label, rules, name=name, description=description, render_kw={"inputmode": "numeric"})


class SettingForm(Form):
    site_name = StringField("Tên hệ thống", [InputRequired("Nhập tên hệ thống."), Length(max=60)], name="ten")
    address = RadioField(
        "Xưng hô trên trang",
        [InputRequired("Chọn cách xưng hô.")],
        choices=choices(("đồng chí", "Đồng chí"), ("anh/chị", "Anh/chị")),
        name="xung-ho",
    )
    target_percent = _number("Chỉ tiêu hoàn thành (%)", "chi-tieu", 1, 100, "Điền sẵn khi mở đợt học mới.")
    close_points = _number(
        "Sát hạn: chậm không quá (điểm phần trăm)", "sat-han", 1, 50, "Chậm hơn mức này thì ghi là trễ hạn."
    )
    sign_in_days = _number("Giữ lịch sử đăng nhập (ngày)", "giu-dang-nhap", 30, 3650)
    look_days = _number("Giữ nhật ký xem danh sách tên (ngày)", "giu-xem", 180, 3650)
    mail_days = _number("Giữ thư đã gửi và các lần nhắc (ngày)", "giu-thu", 30, 3650)
    import_days = _number("Giữ từng dòng của danh sách đã nhập (ngày)", "giu-nhap", 30, 3650, "Biên nhận thì giữ mãi.")
    holidays = TextAreaField(
        "Ngày nghỉ khác",
        [Length(max=2000), _holidays],
        name="ngay-nghi",
        description="Tết, Giỗ Tổ, ngày nghỉ bù: mỗi dòng một ngày, dạng 17/02/2026. 1/1, 30/4, 1/5, 2/9 đã có sẵn.",
    )
    reason = reason_field()

    def validate_address(self, field: RadioField) -> None:
        if field.data not in ADDRESSES:
            raise ValidationError("Chọn cách xưng hô.")

    def chosen(self) -> dict[str, Any]:
        """Key -> value, as it is kept."""
        values = {name: value for name, value in self.data.items() if name != "reason"}
        return values | {"holidays": [day.isoformat() for day in _days(self.holidays.data or "")]}


class MarkForm(Form):
    what = RadioField(
        "Việc",
        [InputRequired("Chọn một việc.")],
        choices=choices(("doi", "Dùng ảnh này"), ("bo", "Bỏ, dùng dấu hiệu có sẵn")),
        name="viec",
        default="doi",
    )
    reason = reason_field()


class EraseForm(Form):
    typed = StringField(
        "Gõ lại tên đăng nhập của người này",
        [InputRequired("Gõ tên đăng nhập để chắc chắn đúng người.")],
        name="ten",
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )
    reason = reason_field()
    login = ""  # of whom it is about

    def validate_typed(self, field: StringField) -> None:
        if field.data != self.login:
            raise ValidationError("Tên đăng nhập chưa đúng với người này.")


class NoticeForm(Form):
    number = HiddenField(name="ban")
    text = TextAreaField(
        "Nội dung",
        [InputRequired("Ghi nội dung thông báo."), Length(min=50, max=10_000)],
        name="noi-dung",
        description="Nêu mọi loại dữ liệu được giữ, ai thấy, giữ bao lâu. Các đoạn cách nhau một dòng trống.",
        render_kw={"rows": "16"},
    )
    reason = reason_field()

    def validate_number(self, field: HiddenField) -> None:
        if not re.fullmatch(r"\d{1,4}", str(field.data or "")):
            raise ValidationError("Mở lại trang này rồi phát hành.")
