"""Cột của bảng tính câu hỏi: which heading is which field, what kinds and levels are called, and a question as a row."""

import re
from collections.abc import Iterator, Sequence

from quizapp.courses.exchange.texts import from_typed, to_typed
from quizapp.domain.interchange import KINDS, Offered, OfferedKind, OfferedOption
from quizapp.domain.vietnamese import fold

LETTERS = "abcdefgh"
HEADINGS: dict[str, str] = {
    "id": "Mã câu",
    "case": "Mã tình huống",
    "kind": "Loại câu",
    "situation": "Tình huống",
    "text": "Câu hỏi",
    **{f"option_{letter}": f"Phương án {letter.upper()}" for letter in LETTERS},
    "key": "Đáp án",
    **{f"why_{letter}": f"Vì sao {letter.upper()}" for letter in LETTERS},
    "feedback": "Giải thích chung",
    "provision": "Điều khoản",
    "objective": "Mục tiêu",
    "level": "Mức",
    "ordered": "Giữ thứ tự",
    "without_marks": "Không cần dấu",
    "tolerance": "Sai số",
    "unit": "Đơn vị tính",
    "category": "Chủ đề",
    "tags": "Thẻ",
    "title": "Tên câu",
}
LEVELS = {"nho": "Nhớ", "hieu": "Hiểu", "van_dung": "Vận dụng"}
SKIPPED = {"huong dan", "huong dan su dung", "ghi chu", "readme"}
_IGNORED = {"", "stt", "tt", "so tt", "so thu tu", "no", "van de", "cach sua", "dong", "diem"}

_ALIASES = {
    "id": "ma|ma cau|ma cau hoi|id|so hieu|ky hieu",
    "case": "ma tinh huong|nhom tinh huong|nhom",
    "kind": "loai|loai cau|loai cau hoi|dang|dang cau|dang cau hoi|kieu|type|question type",
    "situation": "tinh huong|doan dan|ngu canh|du kien",
    "text": "cau hoi|noi dung|noi dung cau hoi|de bai|de|cau|than cau|cau dan|question|question text|cau hoi trac nghiem",
    "options": "phuong an|cac phuong an|phuong an tra loi|lua chon|cac lua chon|cac dap an|options|choices",
    "key": "dap an|dap an dung|tra loi|tra loi dung|ket qua|key|answer|correct|correct answer|phuong an dung|da|"
    "cau tra loi dung|da dung",
    "feedback": "giai thich|giai thich chung|loi giai|huong dan|vi sao|explanation|feedback|giai thich dap an|can cu giai thich",
    "provision": "dieu khoan|can cu|can cu phap ly|dan chieu|dieu|vien dan|tai lieu|van ban",
    "objective": "muc tieu|yeu cau can dat",
    "level": "muc|muc do|muc do nhan thuc|muc nhan thuc|do kho|cap do|level",
    "ordered": "giu thu tu|giu nguyen thu tu|khong xao|khong tron",
    "without_marks": "khong can dau|chap nhan khong dau|bo dau",
    "tolerance": "sai so|dung sai",
    "unit": "don vi|don vi tinh",
    "category": "chu de|chuong|danh muc|bai|phan|category|linh vuc",
    "tags": "the|tag|tags|nhan|tu khoa",
    "title": "ten|ten cau|tieu de|title",
}  # fmt: skip
_FIELDS = {alias: field for field, aliases in _ALIASES.items() for alias in aliases.split("|")}
_OPTION = re.compile(
    r"(?:(?:phuong an|pa|lua chon|dap an|tra loi|cau tra loi|option|choice|answer|y)(?: tra loi)? ?)?([a-h]|[1-8])"
)
_WHY = re.compile(r"(?:vi sao|giai thich|ly do|phan hoi|feedback|explanation)(?: phuong an| dap an)? ?([a-h]|[1-8])")

_KIND_NAMES = {
    "single": "chon mot|chon 1|mot dap an|1 dap an|mot lua chon|trac nghiem|trac nghiem mot dap an|single|single choice|"
    "trac nghiem khach quan|nhieu lua chon|multichoice|multiple choice",
    "multiple": "chon nhieu|nhieu dap an|chon nhieu dap an|nhieu phuong an dung|multiple|multiple response|"
    "trac nghiem nhieu dap an",
    "true_false": "dung sai|dung/sai|dung, sai|dung hay sai|true false|true/false|truefalse",
    "matching": "ghep doi|noi|noi cot|ghep cot|ghep|matching|match",
    "ordering": "xep thu tu|sap xep|thu tu|sap thu tu|ordering|order",
    "short": "tra loi ngan|dien dap an|dien tu|short|short answer|shortanswer",
    "number": "tra loi bang so|so|dien so|numerical|number|numeric",
    "gaps": "dien cho trong|dien khuyet|cho trong|gaps|cloze|fill in the blank",
    "essay": "tu luan|essay",
    "description": "doan dan|description|mo ta",
}
_KINDS = {name: kind for kind, names in _KIND_NAMES.items() for name in names.split("|")}
_LEVEL_NAMES = {
    "nho": "nho|nhan biet|biet|nb|1|de|remember",
    "hieu": "hieu|thong hieu|th|2|trung binh|tb|understand",
    "van_dung": "van dung|vd|van_dung|van dung thap|van dung cao|vdc|phan tich|danh gia|3|4|kho|apply",
}
_LEVEL_OF = {name: level for level, names in _LEVEL_NAMES.items() for name in names.split("|")}


def columns(cells: Sequence[str]) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Field -> column, the first of each; and what stands in headings that nobody knows."""
    known: dict[str, int] = {}
    strange: list[tuple[str, int]] = []
    for column, cell in enumerate(cells):
        name = " ".join(re.sub(r"\([^)]*\)|[^\w ]", " ", fold(cell)).split())
        field = _field(name)
        if field and field not in known:
            known[field] = column
        elif name not in _IGNORED:
            strange.append((" ".join(cell.split()), column))
    return known, strange


def _field(name: str) -> str | None:
    if name in _FIELDS:
        return _FIELDS[name]
    for pattern, start in ((_OPTION, "option_"), (_WHY, "why_")):
        if found := pattern.fullmatch(name):
            return start + (LETTERS[int(found[1]) - 1] if found[1].isdigit() else found[1])
    return None


def kind_of(said: str) -> OfferedKind | None:
    """The kind of that name, ours or another tool's."""
    return _KINDS.get(" ".join(fold(said).replace("_", " ").split()))  # type: ignore[return-value]


def level_of(said: str) -> str | None:
    """Mức nhận thức by name."""
    return _LEVEL_OF.get(" ".join(fold(said).split()))


# --- a question as a row ---------------------------------------------------------------------------------------


def fields_of(item: Offered) -> dict[str, str]:
    """The fields of a question that is no case, as `of_fields` takes them."""
    (row,) = _row(item, False, "")
    return dict(zip(HEADINGS, row, strict=True))


def row_of(item: Offered, problems: bool = False) -> Iterator[list[str]]:
    """The row of a question, or the rows of a case's."""
    if item.kind == "case":
        for part in item.parts:
            told = {"situation": item.situation or item.text, "objective": item.objective, "category": item.category}
            yield from _row(part.model_copy(update=told), problems, item.id or "th-1")
    else:
        yield from _row(item, problems, "")


def _row(item: Offered, problems: bool, case: str) -> Iterator[list[str]]:
    told = {name: getattr(item, name) or "" for name in ("id", "provision", "objective", "unit", "category", "title")}
    told |= {"kind": KINDS[item.kind], "case": case, "tags": "; ".join(item.tags)}
    told |= {name: to_typed(getattr(item, name) or "") for name in ("situation", "text", "feedback")}
    told |= {name: "x" for name in ("ordered", "without_marks") if getattr(item, name)}
    told["level"] = LEVELS.get(item.level or "", item.level or "")
    told |= _answers(item)
    row = [str(told.get(field, "")) for field in HEADINGS]
    if problems:
        row += [
            "\n".join(one.message for one in item.problems),
            "\n".join(one.fix or "" for one in item.problems).strip(),
        ]
    yield row


def _answers(item: Offered) -> dict[str, str]:
    match item.kind:
        case "single" | "multiple" | "ordering":
            told = {f"option_{x}": to_typed(one.text) for x, one in zip(LETTERS, item.options, strict=False)}
            told |= {f"why_{x}": to_typed(one.feedback or "") for x, one in zip(LETTERS, item.options, strict=False)}
            least = 99.9 if item.kind == "single" else 0.1
            keys = [x.upper() for x, one in zip(LETTERS, item.options, strict=False) if one.weight > least]
            return told | ({} if item.kind == "ordering" else {"key": ", ".join(keys)})
        case "true_false":
            right = next((one.text for one in item.options if one.weight > 0), "")
            whys = {f"why_{x}": to_typed(one.feedback or "") for x, one in zip("ab", item.options, strict=False)}
            return {"key": right} | whys
        case "matching":
            pairs = list(zip(LETTERS, item.pairs, strict=False))
            told = {f"option_{x}": f"{to_typed(one.left)} -> {to_typed(one.right)}" for x, one in pairs}
            return told | {f"why_{x}": to_typed(one.feedback or "") for x, one in pairs}
        case "short":
            return {f"option_{x}": one.text for x, one in zip(LETTERS, item.options, strict=False)}
        case "number":
            return _number(item)
        case "gaps":
            gaps = list(zip(LETTERS, item.gaps, strict=False))
            return {f"option_{x}": gap_text(one) for x, one in gaps} | {f"why_{x}": gap_whys(one) for x, one in gaps}
    return {}


def _number(item: Offered) -> dict[str, str]:
    first = next((one for one in item.options if one.weight == 100), None)
    if first is None:
        return {}
    margin = first.tolerance if first.tolerance is not None else item.tolerance
    return {"key": first.text.replace(".", ","), "tolerance": f"{margin:g}".replace(".", ",") if margin else ""}


def gap_text(options: Sequence[OfferedOption]) -> str:
    """The options of a gap in one cell; a star marks the right one where it is not the first."""
    first = bool(options) and options[0].weight == 100
    return " | ".join(f"{'*' if one.weight == 100 and not first else ''}{to_typed(one.text)}" for one in options)


def gap_whys(options: Sequence[OfferedOption]) -> str:
    """Why each of a gap's options is right or wrong, in their order."""
    return " | ".join(to_typed(one.feedback or "–") for one in options) if any(one.feedback for one in options) else ""


def gap_options(text: str, whys: str = "") -> tuple[OfferedOption, ...]:
    """The options of a gap again."""
    told = [one.strip() for one in re.split(r"[|\n]", text) if one.strip()]
    right = next((n for n, one in enumerate(told) if one.startswith("*")), 0)
    why = [one.strip() for one in whys.split("|")] if whys.strip() else []
    return tuple(
        OfferedOption(
            text=from_typed(one.removeprefix("*")),
            weight=100 if n == right else 0,
            feedback=from_typed(why[n]) if n < len(why) and why[n] not in ("", "–") else None,
        )
        for n, one in enumerate(told)
    )
