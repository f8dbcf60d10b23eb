"""Người dùng: what a person may type."""

import re
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from quizapp.web.forms import Form, choices

AS_TYPED = {"data-keep": "1"}
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


def email_address(form: Form, field: StringField) -> None:
    """An address that every mail server takes: letters without marks, one @, a host with a dot."""
    if field.data and not _EMAIL.fullmatch(field.data):
        raise ValidationError(
            f"“{field.data}” chưa phải địa chỉ thư. Ví dụ: ten@angiang.gov.vn, không dấu, không cách."
        )


def email_field(**more: Any) -> Any:
    """Địa chỉ thư: empty for none."""
    plain = {"type": "email", "autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
    return StringField("Địa chỉ thư", [Length(max=200), email_address], name="thu", render_kw=plain, **more)


class EmailForm(Form):
    email = email_field(description="Để nhận thư nhắc học. Để trống thì không nhận thư nào.")


class SignInForm(Form):
    login = StringField(
        "Tên đăng nhập",
        [DataRequired("Nhập tên đăng nhập hoặc số điện thoại."), Length(max=100)],
        name="ten",
        description="Tên đăng nhập do đơn vị cấp, thường là số điện thoại của đồng chí.",
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        "Mật khẩu",
        [InputRequired("Nhập mật khẩu."), Length(max=200)],
        name="mat-khau",
        render_kw={"autocomplete": "current-password"} | AS_TYPED,
    )
    own_phone = BooleanField("Đây là điện thoại của tôi, giữ đăng nhập 30 ngày", name="may-toi")
    next = HiddenField(name="tiep")
    carry = HiddenField(name="mang-theo")


class CodeForm(Form):
    code = StringField(
        "Mã dùng một lần",
        [DataRequired("Nhập mã ghi trên phiếu."), Length(max=40)],
        name="ma",
        description="Mã 16 chữ và số do người quản trị của đơn vị cấp, ví dụ ABCD-2345-EFGH-6789.",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


def _id(value: Any) -> int | None:
    return int(value) if value else None


class DelegateForm(Form):
    person = SelectField("Người được ủy quyền", [InputRequired("Chọn một người.")], name="nguoi", coerce=_id)
    until = DateField(
        "Đến hết ngày",
        [InputRequired("Nhập ngày cuối.")],
        name="den-ngay",
        description="Ủy quyền hết hiệu lực sau ngày này, dài nhất một năm.",
        format=["%Y-%m-%d", "%d/%m/%Y"],
    )


class ForgottenForm(Form):
    login = StringField(
        "Tên đăng nhập hoặc số điện thoại",
        [DataRequired("Nhập tên đăng nhập hoặc số điện thoại."), Length(max=100)],
        name="ten",
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class ChooseForm(Form):
    password = PasswordField(
        "Mật khẩu mới",
        [InputRequired("Nhập mật khẩu mới.")],
        name="mat-khau",
        description="Ít nhất 8 ký tự. Một câu ngắn dễ nhớ là tốt nhất; gõ có dấu hay không dấu đều được.",
        render_kw={"autocomplete": "new-password"} | AS_TYPED,
    )
    again = PasswordField(
        "Nhập lại mật khẩu mới",
        [InputRequired("Nhập lại mật khẩu mới.")],
        name="nhap-lai",
        render_kw={"autocomplete": "new-password"} | AS_TYPED,
    )


class WrongBodyForm(Form):
    text = TextAreaField(
        "Đồng chí đang công tác ở đâu?",
        [DataRequired("Ghi tên đơn vị đúng của đồng chí."), Length(max=500)],
        name="noi-dung",
        description="Ghi tên chi bộ, cơ quan và cấp trên trực tiếp.",
    )


class LookForm(Form):
    text_size = RadioField("Cỡ chữ", choices=choices(("100", "Vừa"), ("115", "Lớn"), ("130", "Rất lớn")), name="co-chu")
    theme = RadioField(
        "Giao diện", choices=choices(("he-thong", "Theo máy"), ("sang", "Sáng"), ("toi", "Tối")), name="giao-dien"
    )
    letter_keys = BooleanField("Dùng phím A–D để chọn phương án", name="phim-tat")


class ErasureForm(Form):
    text = TextAreaField(
        "Đồng chí đề nghị xóa những gì?",
        [DataRequired("Ghi điều đồng chí đề nghị xóa."), Length(max=1000)],
        name="noi-dung",
    )


class CorrectionForm(Form):
    text = TextAreaField(
        "Điều gì chưa đúng?",
        [DataRequired("Ghi điều chưa đúng và nội dung đúng."), Length(max=1000)],
        name="noi-dung",
    )
