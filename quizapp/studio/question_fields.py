"""Câu hỏi as a form: what stands in the fields -> the question's plain data, as in questions.yaml.

The data need not be whole: what is left empty is left out. A field's name says where it stands: ``pa-2-chu`` is the text
of the third option, ``phan-0-o-1-pa-2-chu`` that of the second gap's third option in a case's first question. Rows are
numbered from 0 on the page; each carries its own key, which never changes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quizapp.domain.content import Path
from quizapp.domain.grading import read_number
from quizapp.domain.vietnamese import nfc

KINDS = {
    "single": "chọn một",
    "multiple": "chọn nhiều",
    "true_false": "đúng, sai",
    "matching": "ghép đôi",
    "ordering": "xếp thứ tự",
    "short": "trả lời ngắn",
    "number": "trả lời bằng số",
    "gaps": "điền chỗ trống",
    "case": "tình huống nhiều câu",
}
LEVELS = {"nho": "nhớ", "hieu": "hiểu", "van_dung": "vận dụng"}

Data = dict[str, Any]
Form = Mapping[str, Sequence[str]]  # each field with all that was posted for it

# Rows of the form, by the list of the data that they are: the field's letter, and field -> name of each column.
ROWS: dict[str, tuple[str, dict[str, str]]] = {
    "options": ("pa", {"text": "chu", "why": "vi-sao"}),
    "pairs": ("cap", {"left": "trai", "right": "phai", "why": "vi-sao"}),
    "items": ("dong", {"text": "chu"}),
}
FIELDS = {
    "kind": "loai",
    "objective": "muc-tieu",
    "level": "muc",
    "provision": "can-cu",
    "situation": "tinh-huong",
    "prompt": "de-bai",
    "explanation": "giai-thich",
    "answer": "dap-an",
    "why": "vi-sao",
    "accepted": "nhan",
    "without_marks": "khong-dau",
    "value": "gia-tri",
    "tolerance": "sai-so",
    "unit": "don-vi",
    "text": "van-ban",
    "extra": "nhieu",
    "ordered": "giu-thu-tu",
}
COMMON = ("level", "provision", "prompt", "explanation")


def fields_of(values: Any) -> dict[str, list[str]]:
    """What a page sent, as the functions here read it."""
    return {name: list(values.getlist(name)) for name in values}


# --- reading ---------------------------------------------------------------------------------------------------


def read(form: Form, key: str) -> Data:
    """The question that the fields say."""
    kind = _one(form, "loai")
    if kind != "case":
        return _question(form, key, "") | _told(form, "", ("objective", "situation"))
    whole = {"key": key, "kind": "case"} | _told(form, "", ("objective", "situation"))
    places = _places(form, "phan")
    parts = [_question(form, _one(form, f"phan-{n}-khoa"), f"phan-{n}-") for n in places]
    return whole | ({"questions": parts} if parts else {})


def _question(form: Form, key: str, at: str) -> Data:
    kind = _one(form, at + "loai")
    data = {"key": key} | ({"kind": kind} if kind else {}) | _told(form, at, COMMON)
    match kind:
        case "single" | "multiple":
            return data | _options(form, at) | _on(form, at, "ordered")
        case "true_false":
            answer = {"true": True, "false": False}.get(_one(form, at + "dap-an"))
            return data | ({} if answer is None else {"answer": answer}) | _told(form, at, ("why",))
        case "matching":
            return data | _rows(form, at, "pairs") | _lines(form, at, "extra")
        case "ordering":
            return data | _rows(form, at, "items")
        case "short":
            return data | _lines(form, at, "accepted") | _on(form, at, "without_marks")
        case "number":
            return data | _numbers(form, at) | _told(form, at, ("unit",))
        case "gaps":
            return data | _told(form, at, ("text",)) | _gaps(form, at)
    return data


def _one(form: Form, name: str) -> str:
    """A field as it is stored: NFC, one form of a line's end, nothing around it."""
    return nfc((form.get(name) or [""])[0].replace("\r\n", "\n").replace("\x00", "")).strip()


def _told(form: Form, at: str, fields: Sequence[str]) -> Data:
    return {field: told for field in fields if (told := _one(form, at + FIELDS[field]))}


def _on(form: Form, at: str, field: str) -> Data:
    return {field: True} if _one(form, at + FIELDS[field]) else {}


def _lines(form: Form, at: str, field: str) -> Data:
    """A line each."""
    lines = [line for one in _one(form, at + FIELDS[field]).split("\n") if (line := " ".join(one.split()))]
    return {field: lines} if lines else {}


def _numbers(form: Form, at: str) -> Data:
    """Numbers as numbers; what is none stays as it was typed, and is told."""
    found: Data = {}
    for field in ("value", "tolerance"):
        if typed := _one(form, at + FIELDS[field]):
            number = read_number(typed)
            found[field] = typed if number is None else float(number)
    if found.get("tolerance") == 0:
        del found["tolerance"]
    return found


def _places(form: Form, letter: str) -> list[int]:
    """The numbers of the rows that the page holds, in its order."""
    pattern = re.compile(rf"{re.escape(letter)}-(\d+)-khoa")
    return [int(found[1]) for name in form if (found := pattern.fullmatch(name))]


def _rows(form: Form, at: str, field: str) -> Data:
    letter, columns = ROWS[field]
    rows = []
    for n in _places(form, at + letter):
        row = {"key": _one(form, f"{at}{letter}-{n}-khoa")}
        rows.append(row | {c: told for c, name in columns.items() if (told := _one(form, f"{at}{letter}-{n}-{name}"))})
    return {field: rows} if rows else {}


def _options(form: Form, at: str) -> Data:
    """Options with their reasons; those whose key was chosen are right."""
    found, right = _rows(form, at, "options"), form.get(at + "dung", ())
    for option in found.get("options", ()):
        if option["key"] in right:
            option["right"] = True
    return found


def _gaps(form: Form, at: str) -> Data:
    gaps = [{"key": _one(form, f"{at}o-{n}-khoa")} | _options(form, f"{at}o-{n}-") for n in _places(form, at + "o")]
    return {"gaps": gaps} if gaps else {}


# --- showing ---------------------------------------------------------------------------------------------------


def written(value: Any) -> str:
    """A number as one types it: 2,5; anything else as it stands."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.10f}".rstrip("0").rstrip(".").replace(".", ",")
    return "" if value is None else str(value)


def rows_of(data: Mapping[str, Any], field: str) -> list[Data]:
    """A list of the data, as far as it is one."""
    rows = data.get(field)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list | tuple) else []


def field_at(path: Path) -> str:
    """The name of the field in which that part of a question's data stands; "" for the question as a whole."""
    match path:
        case ("questions", int(n), *rest):
            return f"phan-{n}-{field_at(tuple(rest))}"
        case ("gaps", int(n), "options", *rest):
            return f"o-{n}-{field_at(('options', *rest))}"
        case ("gaps", int(n), *_):
            return f"o-{n}-"
        case (str(field), int(n), str(column), *_) if field in ROWS:
            letter, columns = ROWS[field]
            return f"{letter}-{n}-{columns.get(column, 'khoa')}"
        case (str(field), int(n), *_) if field in ROWS:
            return f"{ROWS[field][0]}-{n}-khoa"
        case (str(field), *_) if field in ROWS:
            return ROWS[field][0]
        case (str(field), *_):
            return FIELDS.get(field, {"gaps": "o", "questions": "phan"}.get(field, ""))
    return ""


def foreign(data: Mapping[str, Any]) -> Iterator[str]:
    """Fields that no question of ours has: saving leaves them out."""
    known = {"key", "options", "pairs", "items", "gaps", "questions", *FIELDS}
    yield from (field for field in data if field not in known)
    for part in rows_of(data, "questions"):
        yield from foreign(part)
