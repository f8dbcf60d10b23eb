"""Quản trị: what an administrator may type."""

from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from quizapp.accounts.actions import clean_login, clean_phone
from quizapp.accounts.forms import email_field
from quizapp.administration.actions import GRANTABLE
from quizapp.administration.body_fields import BodiesField, BodyField
from quizapp.organisation.models import BODY_KINDS
from quizapp.web.access import ROLE_NAMES
from quizapp.web.forms import Form, choices

_PLAIN = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
_PHONE = {"inputmode": "tel", "autocomplete": "off"}


def _sensible(form: Form, field: DateField) -> None:
    if field.data is not None and not date(1930, 1, 1) <= field.data <= date(2100, 12, 31):
        raise ValidationError("Nhập ngày dạng 30/11/2026.")


def _phone(form: Form, field: StringField) -> None:
    if field.data and clean_phone(field.data) is None:
        raise ValidationError(f"Số điện thoại “{field.data}” chưa đủ 10 chữ số.")


def _login(form: Form, field: StringField) -> None:
    if len(clean_login(field.data or "")) < 3:
        raise ValidationError("Tên đăng nhập cần ít nhất 3 ký tự.")


def _day(label: str, name: str, needed: bool = True, description: str = "") -> Any:
    """A day, chosen or typed as 30/11/2026."""
    first = InputRequired("Nhập ngày.") if needed else Optional()
    formats = ["%Y-%m-%d", "%d/%m/%Y"]
    return DateField(label, [first, _sensible], name=name, description=description, format=formats)


def _body(label: str, name: str, description: str = "") -> Any:
    return BodyField(label, [DataRequired("Chọn một đơn vị.")], name=name, description=description)


_EFFECT = "Ngày đã qua: số liệu từ ngày ấy được tính lại. Ngày chưa đến: hệ thống thực hiện vào đúng ngày ấy."


def _several(label: str, name: str) -> Any:
    """Any number of boxes to tick."""
    ticks = {"widget": widgets.ListWidget(prefix_label=False), "option_widget": widgets.CheckboxInput()}
    return SelectMultipleField(label, [Optional()], name=name, coerce=int, **ticks)


def _count(label: str, name: str, most: int, description: str) -> Any:
    """A whole number that may be left out."""
    keys = {"inputmode": "numeric"}
    rules = [Optional(), NumberRange(0, most)]
    return IntegerField(label, rules, name=name, description=description, render_kw=keys)


def _reason() -> Any:
    """Every act of power says why; a field of its own in each form, since the order of making is that of showing."""
    hint = "Lý do được ghi vào nhật ký, ví dụ số và ngày của quyết định."
    rules = [InputRequired("Ghi lý do."), Length(min=5, max=500)]
    return TextAreaField("Lý do", rules, name="ly-do", description=hint)


class ReasonForm(Form):
    reason = _reason()


class BodyForm(Form):
    parent = _body("Cấp trên trực tiếp", "cap-tren")
    name = StringField("Tên đơn vị", [InputRequired("Nhập tên đơn vị."), Length(max=200)], name="ten")
    code = StringField(
        "Mã đơn vị",
        [InputRequired("Nhập mã đơn vị."), Length(max=60)],
        name="ma",
        description="Chữ thường không dấu, chữ số và dấu gạch nối, ví dụ chi-bo-12. Mã không đổi về sau.",
        render_kw=_PLAIN,
    )
    kind = SelectField("Khối", choices=choices(*((kind.value, name) for kind, name in BODY_KINDS.items())), name="khoi")
    from_on = _day("Có từ ngày", "tu-ngay")
    reason = _reason()


class RenameForm(Form):
    name = StringField("Tên mới", [InputRequired("Nhập tên mới."), Length(max=200)], name="ten")
    from_on = _day("Mang tên này từ ngày", "tu-ngay", description=_EFFECT)
    reason = _reason()


class MoveBodyForm(Form):
    parent = _body("Cấp trên mới", "cap-tren", "Mọi đơn vị cấp dưới đi theo.")
    on = _day("Từ ngày", "tu-ngay", description=_EFFECT)
    reason = _reason()


class MergeForm(Form):
    others = BodiesField("Gộp cùng các đơn vị cùng cấp (nếu có)", levels=False, name="cung")
    into = BodyField("Gộp vào", name="vao", none="Đơn vị mới, có tên và mã dưới đây")
    name = StringField("Tên đơn vị mới", [Length(max=200)], name="ten")
    code = StringField("Mã đơn vị mới", [Length(max=60)], name="ma", render_kw=_PLAIN)
    on = _day("Từ ngày", "tu-ngay", description=_EFFECT)
    reason = _reason()

    def validate_into(self, field: BodyField) -> None:
        new = self.name.data or self.code.data
        if field.data and new:
            raise ValidationError("Chỉ chọn một: đơn vị có sẵn, hoặc đơn vị mới.")
        if not field.data and not (self.name.data and self.code.data):
            raise ValidationError("Chọn đơn vị gộp vào, hoặc điền cả tên và mã của đơn vị mới.")


class SplitForm(Form):
    name = StringField("Tên đơn vị mới", [InputRequired("Nhập tên đơn vị mới."), Length(max=200)], name="ten")
    code = StringField(
        "Mã đơn vị mới",
        [InputRequired("Nhập mã đơn vị mới."), Length(max=60)],
        name="ma",
        description="Chữ thường không dấu, chữ số và dấu gạch nối, ví dụ chi-bo-12. Mã không đổi về sau.",
        render_kw=_PLAIN,
    )
    people = _several("Người chuyển sang đơn vị mới", "nguoi")
    children = BodiesField("Đơn vị trực thuộc chuyển theo", levels=False, name="don-vi")
    on = _day("Từ ngày", "tu-ngay", description=_EFFECT)
    reason = _reason()


class CloseForm(Form):
    to_on = _day("Thôi hoạt động từ ngày", "tu-ngay", description="Ngày đầu tiên không còn đơn vị này.")
    reason = _reason()


class HelperForm(Form):
    helper = StringField(
        "Người hỗ trợ",
        [Length(max=100)],
        name="nguoi-ho-tro",
        description="Để trống thì dùng người hỗ trợ của cấp trên.",
    )
    phone = StringField("Điện thoại", [Length(max=20), _phone], name="dien-thoai", render_kw=_PHONE)
    reason = _reason()


class PersonForm(Form):
    name = StringField("Họ và tên", [InputRequired("Nhập họ và tên."), Length(max=100)], name="ho-ten")
    login = StringField(
        "Tên đăng nhập",
        [InputRequired("Nhập tên đăng nhập."), Length(max=100), _login],
        name="ten",
        description="Thường là số điện thoại.",
        render_kw=_PLAIN,
    )
    phone = StringField("Điện thoại (nếu có)", [Length(max=20), _phone], name="dien-thoai", render_kw=_PHONE)
    body = _body("Đơn vị", "don-vi")
    title = StringField("Chức vụ (nếu có)", [Length(max=100)], name="chuc-vu")
    reason = _reason()


class NameForm(Form):
    name = StringField("Họ và tên", [InputRequired("Nhập họ và tên."), Length(max=100)], name="ho-ten")
    reason = _reason()


class EmailForm(Form):
    email = email_field(description="Để gửi thư nhắc học. Để trống thì không gửi thư nào.")
    reason = _reason()


class SettleForm(Form):
    what = RadioField(
        "Quyết định",
        [InputRequired("Chọn một cách.")],
        choices=choices(("gui-lai", "Gửi lại"), ("thoi", "Không gửi lại")),
        name="viec",
    )
    reason = _reason()


class PostForm(Form):
    body = _body("Đơn vị", "don-vi")
    title = StringField("Chức vụ (nếu có)", [Length(max=100)], name="chuc-vu")
    from_on = _day("Từ ngày", "tu-ngay")
    reason = _reason()


class EndPostForm(Form):
    on = _day("Thôi vị trí từ ngày", "tu-ngay")
    reason = _reason()


class PutRightForm(Form):
    left = SelectField("Rời đơn vị", [InputRequired("Chọn đơn vị đang ghi sai.")], name="roi")
    body = _body("Chuyển sang", "don-vi")
    reason = _reason()


class PhoneForm(Form):
    phone = StringField("Số điện thoại", [Length(max=20), _phone], name="dien-thoai", render_kw=_PHONE)
    reason = _reason()


class SlipsForm(Form):
    again = BooleanField("Cấp lại cho cả người đã có mã chưa dùng (mã cũ hết hiệu lực)", name="cap-lai")
    reason = _reason()


class BodySlipsForm(Form):
    below = BooleanField("Cả các đơn vị cấp dưới", name="cap-duoi")
    again = BooleanField("Cấp lại cho cả người đã có mã chưa dùng (mã cũ hết hiệu lực)", name="cap-lai")
    reason = _reason()


class RoleForm(Form):
    role = SelectField(
        "Vai trò", choices=choices(*((r.value, ROLE_NAMES[r].capitalize()) for r in GRANTABLE)), name="vai-tro"
    )
    body = _body("Trong đơn vị", "don-vi", "Vai trò có hiệu lực trong đơn vị này và mọi cấp dưới.")
    until = _day("Đến hết ngày (nếu có)", "den-ngay", needed=False, description="Để trống nếu chưa định ngày kết thúc.")
    reason = _reason()


class WaiveForm(Form):
    unit = SelectField("Miễn", [InputRequired("Chọn bài được miễn.")], name="bai")
    reason = _reason()


class ExtraTimeForm(Form):
    extra = RadioField(
        "Thời gian làm bài có tính giờ",
        [InputRequired("Chọn một mức.")],
        choices=choices(
            ("0", "Như mọi người"), ("25", "Thêm 25%"), ("50", "Thêm 50%"), ("khong-gioi-han", "Không tính giờ")
        ),
        name="gio",
    )
    reason = _reason()


class AnswerForm(Form):
    text = TextAreaField(
        "Trả lời",
        [InputRequired("Ghi câu trả lời."), Length(min=2, max=1000)],
        name="tra-loi",
        description="Người đề nghị đọc câu trả lời này ở trang “Dữ liệu về tôi”.",
    )


class CampaignForm(Form):
    title = StringField("Tên đợt học", [InputRequired("Nhập tên đợt học."), Length(max=150)], name="ten")
    path = SelectField("Khóa học và lộ trình", [InputRequired("Chọn khóa học.")], name="lo-trinh")
    from_on = _day("Bắt đầu từ ngày", "tu-ngay")
    due_on = _day(
        "Hạn hoàn thành", "han", description="Hạn tính đến hết ngày này. Sau hạn, người học vẫn học và nộp được."
    )
    target = IntegerField(
        "Chỉ tiêu hoàn thành (%)",
        [InputRequired("Nhập chỉ tiêu."), NumberRange(1, 100)],
        name="chi-tieu",
        render_kw={"inputmode": "numeric"},
    )
    kinds = SelectMultipleField(
        "Chỉ dành cho khối (không chọn: mọi khối)",
        [Optional()],
        name="khoi",
        choices=choices(*((kind.value, name) for kind, name in BODY_KINDS.items())),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    valid_months = _count("Kết quả có giá trị trong (tháng)", "gia-tri", 120, "Để trống nếu không phải học lại.")
    window_days = _count("Được học lại trước khi hết giá trị (ngày)", "hoc-lai", 366, "Để trống là 0 ngày.")
    credit_days = _count(
        "Ghi nhận bài đã đạt trước khi vào đợt (ngày)",
        "ghi-nhan",
        1000,
        "Để trống: bài đã đạt lúc nào cũng được tính; ở chu kỳ tiếp theo thì chỉ tính bài đạt từ khi vào chu kỳ.",
    )
    newcomer_days = _count(
        "Người vào sau có ít nhất (ngày)",
        "vao-sau",
        366,
        "Ai vào đơn vị khi đợt đang chạy có ít nhất chừng này ngày kể từ ngày vào. Để trống: theo hạn chung.",
    )
    bodies = BodiesField("Dành cho các đơn vị (kèm mọi cấp dưới)", name="don-vi")
    reason = _reason()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        fine = bool(super().validate(*args, **kwargs))
        if not self.bodies.data and not self.kinds.data:
            self.bodies.errors = [*self.bodies.errors, "Chọn ít nhất một đơn vị, hoặc một khối."]
            return False
        return fine


class AgainForm(Form):
    title = StringField("Tên đợt học", [InputRequired("Nhập tên đợt học."), Length(max=150)], name="ten")
    due_on = _day("Hạn học lại", "han", description="Người duyệt đề nghị hạn này; đồng chí đổi được.")
    reason = _reason()


class ExtendForm(Form):
    body = _body("Gia hạn cho", "don-vi", "Hạn mới áp dụng cho đơn vị này và mọi cấp dưới.")
    until = _day("Hạn mới", "han")
    reason = _reason()
