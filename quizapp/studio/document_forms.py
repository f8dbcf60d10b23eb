"""Văn bản: what a trainer may type of a document and of one of its điều, khoản, điểm."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, Field, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from quizapp.clock import today
from quizapp.courses.drafting import cleaned
from quizapp.library.drafting import Node
from quizapp.library.queries import VALIDITY
from quizapp.web.forms import Form, choices

_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
_SHORT = {"rows": "2"}


def _sensible(form: Form, field: DateField) -> None:
    if field.data is not None and not date(1930, 1, 1) <= field.data <= today():
        raise ValidationError("Nhập ngày dạng 30/11/2026, không muộn hơn hôm nay.")


def _visible(value: Any) -> Any:
    return cleaned(value) if isinstance(value, str) else value


class TextForm(Form):
    """Without what nobody sees, before anything is judged: a field of nothing else is empty."""

    class Meta(Form.Meta):
        def bind_field(self, form: Form, unbound_field: Any, options: Any) -> Any:
            filters = tuple(unbound_field.kwargs.get("filters", ()))
            unbound_field.kwargs["filters"] = filters if _visible in filters else (_visible, *filters)
            return super().bind_field(form, unbound_field, options)


class HeadForm(TextForm):
    """What every document says of itself, and whether it is in force."""

    kind = StringField(
        "Loại văn bản",
        [DataRequired("Ghi loại văn bản."), Length(max=60)],
        name="loai",
        description="Ví dụ: Luật, Nghị định, Quy định, Chỉ thị.",
    )
    number = StringField(
        "Số, ký hiệu", [DataRequired("Ghi số, ký hiệu."), Length(max=80)], name="so", description="Ví dụ: 144-QĐ/TW."
    )
    title = StringField("Tên văn bản", [DataRequired("Ghi tên văn bản."), Length(max=400)], name="ten")
    issuer = StringField("Cơ quan ban hành", [DataRequired("Ghi cơ quan ban hành."), Length(max=200)], name="co-quan")
    issued_on = DateField(
        "Ngày ban hành", [Optional(), _sensible], name="ngay", format=_DAYS, description="Để trống nếu chưa rõ."
    )
    task = SelectField("Nhiệm vụ dẫn tới", name="nhiem-vu")
    about = TextAreaField(
        "Văn bản nói về điều gì",
        [DataRequired("Ghi văn bản nói về điều gì."), Length(max=2000)],
        name="noi-ve",
        description="Vài câu bằng lời của mình, cho người học đọc trước.",
    )
    state = RadioField(
        "Tình trạng",
        choices=choices(*((key, words[0].upper() + words[1:]) for key, words in VALIDITY.items())),
        validators=[InputRequired("Chọn tình trạng hiệu lực.")],
        name="hieu-luc",
    )
    as_of = DateField("Xem xét đến ngày", [InputRequired("Nhập ngày."), _sensible], name="den-ngay", format=_DAYS)
    note = TextAreaField(
        "Vì sao kết luận như vậy",
        [DataRequired("Ghi vì sao kết luận như vậy."), Length(max=2000)],
        name="ghi-chu",
        render_kw=_SHORT,
        description="Nếu đã bị sửa hoặc thay thế: bằng văn bản nào, từ ngày nào.",
    )
    source = StringField(
        "Căn cứ để biết hiệu lực",
        [DataRequired("Ghi đã xem ở đâu."), Length(max=500)],
        name="can-cu",
        description="Nơi đã xem: bản ký, công báo hoặc địa chỉ trang.",
    )

    def value(self) -> dict[str, Any]:
        """The document's data but for code and provisions, as a file would have it."""
        one = {"number": self.number, "kind": self.kind, "issuer": self.issuer, "title": self.title}
        validity = {"state": self.state.data, "as_of": self.as_of.data.isoformat()}
        validity |= {"note": _text(self.note), "source": _line(self.source)}
        return {
            **{name: _line(field) for name, field in one.items()},
            "issued_on": self.issued_on.data.isoformat() if self.issued_on.data else None,
            "task": self.task.data or None,
            "about": _text(self.about),
            "validity": validity,
        }


def head_form(head: Mapping[str, Any] | None, tasks: Mapping[str, str]) -> HeadForm:
    """The form, filled with what the document says."""
    form = HeadForm(head_said(head) if head else {"as_of": today()})
    form.task.choices = choices(("", "Không nhiệm vụ nào"), *tasks.items())
    return form


def head_said(head: Mapping[str, Any]) -> dict[str, Any]:
    """What the document says, by the names of the form's fields."""
    validity = head["validity"]
    told = {name: head[name] for name in ("number", "kind", "issuer", "title", "about")}
    told |= {"issued_on": _date(head["issued_on"]), "task": head.get("task") or ""}
    return (
        told
        | {"state": validity["state"], "as_of": _date(validity["as_of"])}
        | {name: validity[name] for name in ("note", "source")}
    )


class ProvisionForm(TextForm):
    """Điều, khoản, điểm."""

    label = StringField(
        "Điều, khoản, điểm nào",
        [DataRequired("Ghi điều, khoản, điểm nào."), Length(max=120)],
        name="muc",
        description="Ví dụ: Điều 3; Khoản 2; Phần mở đầu.",
    )
    title = StringField("Tiêu đề", [Length(max=300)], name="tieu-de", description="Tên của điều, nếu có.")
    summary = TextAreaField(
        "Tóm tắt",
        [DataRequired("Tóm tắt điều này nói gì."), Length(max=3000)],
        name="tom-tat",
        description="Bằng lời của mình, không chép nguyên văn. Người học thấy đoạn này cạnh mỗi trích dẫn.",
    )
    verified = BooleanField("Đã đối chiếu với nguồn dưới đây", name="doi-chieu")
    sources = TextAreaField(
        "Nguồn",
        [Length(max=3000)],
        name="nguon",
        render_kw={"rows": "3"},
        description="Mỗi nguồn một dòng: bản ký, công báo hoặc địa chỉ trang. Mục chưa đối chiếu thì chưa được dạy, "
        "chưa được hỏi.",
    )
    note = TextAreaField("Ghi chú", [Length(max=1000)], name="ghi-chu", render_kw=_SHORT)

    def validate_sources(self, field: Field) -> None:
        """What is called verified says against what."""
        if self.verified.data and not lines(field.data):
            raise ValidationError("Ghi đã đối chiếu thì phải nêu ít nhất một nguồn.")

    def value(self) -> dict[str, Any]:
        """The provision's data but for anchor and children, as a file would have it."""
        return {
            "label": _line(self.label),
            "title": _line(self.title) or None,
            "summary": _text(self.summary),
            "verified": bool(self.verified.data),
            "sources": lines(self.sources.data),
            "note": _text(self.note) or None,
        }


class PlaceForm(Form):
    """Where a provision is to stand."""

    how = RadioField(
        "Đặt vào đâu",
        choices=choices(("sau", "Ngay sau mục được chọn, cùng cấp"), ("trong", "Bên trong mục được chọn, ở cuối")),
        validators=[InputRequired("Chọn: ngay sau, hay bên trong.")],
        name="cach",
    )
    to = SelectField("Mục nào", name="moc")


def place_form(nodes: Sequence[Node], below: Collection[str]) -> PlaceForm:
    """The form with every provision but what is to be moved, as deep as it stands."""
    form = PlaceForm()
    others = [node for node in nodes if node.anchor not in below]
    form.to.choices = choices(*((node.anchor, "– " * node.depth + _called(node.data)) for node in others))
    return form


def _called(data: Mapping[str, Any]) -> str:
    whole = f"{data['label']}. {data['title']}" if data.get("title") else str(data["label"])
    return whole if len(whole) <= 80 else whole[:79] + "…"


def provision_said(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the provision says, by the names of the form's fields."""
    told = {name: data.get(name) or "" for name in ("label", "title", "summary", "note")}
    return told | {"verified": data["verified"] is True, "sources": "\n".join(data.get("sources") or ())}


def differing(form: Form, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something else than what is kept by now, by name."""
    told = {field.short_name: (field, theirs.get(name)) for name, field in form._fields.items()}
    return {field.name: kept for field, kept in told.values() if _plain(field.data) != _plain(kept)}


def lines(text: str | None) -> list[str]:
    """The lines that say something, one space between two words."""
    told = (" ".join(line.split()) for line in str(cleaned(text or "")).split("\n"))
    return [line for line in told if line]


def _plain(value: Any) -> Any:
    return "\n".join(lines(value)) if isinstance(value, str) else value or ""


def _line(field: Field) -> str:
    return " ".join(lines(field.data))


def _text(field: Field) -> str:
    return "\n".join(lines(field.data))


def _date(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
