"""Forms: trimmed, NFC-normalised input, messages in Vietnamese."""

from collections.abc import Mapping
from typing import Any

from flask import request
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import DummyTranslations

from quizapp.domain.vietnamese import nfc

_MESSAGES = {
    "This field is required.": "Đồng chí chưa điền mục này.",
    "Not a valid choice.": "Chọn một mục trong danh sách.",
    "Not a valid choice": "Chọn một mục trong danh sách.",
    "Not a valid integer value.": "Nhập một số nguyên.",
    "Not a valid date value.": "Nhập ngày dạng 30/11/2026.",
    "Invalid Choice: could not coerce.": "Chọn một mục trong danh sách.",
    "Invalid Choice: could not coerce": "Chọn một mục trong danh sách.",
    "Number must be between %(min)s and %(max)s.": "Nhập số từ %(min)s đến %(max)s.",
    "Field must be at least %(min)d character long.": "Cần ít nhất %(min)d ký tự.",
    "Field must be at least %(min)d characters long.": "Cần ít nhất %(min)d ký tự.",
    "Field cannot be longer than %(max)d character.": "Nhiều nhất %(max)d ký tự.",
    "Field cannot be longer than %(max)d characters.": "Nhiều nhất %(max)d ký tự.",
    "Field must be between %(min)d and %(max)d characters long.": "Cần từ %(min)d đến %(max)d ký tự.",
    "'%(value)s' are not valid choices for this field.": "Chọn trong danh sách.",
    "Invalid input.": "Nội dung chưa đúng dạng.",
}


class Vietnamese(DummyTranslations):  # type: ignore[misc]
    """WTForms has no Vietnamese messages."""

    def gettext(self, string: str) -> str:
        return _MESSAGES.get(string, string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return _MESSAGES.get(plural, plural)


def choices(*pairs: tuple[str, str]) -> list[SelectChoice]:
    """Choices of a select or radio field: (value, what the screen says)."""
    return [SelectChoice(value, label) for value, label in pairs]


def _clean(value: Any) -> Any:
    return nfc(value.strip()).replace("\x00", "") if isinstance(value, str) else value


class Form(PlainForm):  # type: ignore[misc]
    """Base of all forms. Use ``if form.sent():`` in a view; an invalid one is shown again with its messages."""

    class Meta:
        def get_translations(self, form: PlainForm) -> DummyTranslations:
            return Vietnamese()

        def bind_field(self, form: PlainForm, unbound_field: Any, options: Any) -> Any:
            keeps = unbound_field.kwargs.get("render_kw", {}).get("data-keep")  # passwords are taken as typed
            filters = list(unbound_field.kwargs.get("filters", ()))
            unbound_field.kwargs["filters"] = filters if keeps or _clean in filters else [*filters, _clean]
            unbound_field.kwargs.setdefault("id", "o-" + (unbound_field.kwargs.get("name") or options["name"]))
            return unbound_field.bind(form=form, **options)

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any):
        formdata = request.form if request.method == "POST" else None
        super().__init__(formdata=formdata, data=data, **kwargs)

    def sent(self) -> bool:
        """Whether the form came back and is right; not where a field was only asked for other choices."""
        return request.method == "POST" and not self.asking and bool(self.validate())

    @property
    def asking(self) -> bool:
        """Whether the form came back only so that a field offers other choices: nothing is to be done, nothing is wrong."""
        return any(getattr(field, "asking", False) for field in self)

    def problems(self) -> list[tuple[str, str]]:
        """(field id, message) for the summary on top of the page; of a field, the first: it mostly brings on the others."""
        return [(field.id, field.errors[0]) for field in self if field.errors]
