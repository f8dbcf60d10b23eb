"""Ô trong bảng tính: names, phone numbers and days as offices type them, each brought to its one form."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from quizapp.domain.vietnamese import fold, nfc

Cell = Any  # str, float, int, bool, date, datetime, time, timedelta or None: what a reader of sheets gives

_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")
_LETTERS = frozenset("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
_ADDRESSED = re.compile(r"^(đồng chí|đ/c|đ\.c|đc)[.:]?\s+", re.IGNORECASE)
_POINT_ZERO = re.compile(r"(?<=\d{9})\.0{1,2}$")  # what a number becomes that was made text by a spreadsheet
_BETWEEN_NUMBERS = re.compile(r"[/;,\n]|\s+-\s+|\s+hoặc\s+")
# Mobile numbers of eleven digits got new prefixes in September 2018. Source: Bộ TT&TT, Quyết định 798/QĐ-BTTTT.
_OLD_PREFIXES = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_FIRST, _LAST = date(1930, 1, 1), date(2100, 12, 31)
_EXCEL_ZERO = date(1899, 12, 30)
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
ERRORS = frozenset({"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!"})


def text(cell: Cell) -> str:
    """What a cell says: composed letters, one space between words; 912345678.0 is "912345678"."""
    match cell:
        case None:
            return ""
        case bool():
            return "có" if cell else "không"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return f"{cell:%d/%m/%Y}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case time() | timedelta() | int():
            return str(cell)
        case _:
            return " ".join(nfc(_UNSEEN.sub("", str(cell))).split())


# --- names -----------------------------------------------------------------------------------------------------


def proper_name(typed: str) -> str:
    """A person's name with capitals where they belong: NGUYỄN VĂN TÍ, nguyễn văn tí and Nguyễn văn Tí are one."""
    plain = _ADDRESSED.sub("", " ".join(typed.replace("’", "'").split()))
    one_case = plain == plain.upper() or plain == plain.lower()
    return " ".join(_proper_word(word, one_case) for word in plain.split())


def _proper_word(word: str, one_case: bool) -> str:
    parts = re.split(r"(['-])", word)  # H'Hen, Y-Bhiăm
    if one_case:
        return "".join(part[:1].upper() + part[1:].lower() for part in parts)
    return "".join(part[:1].upper() + part[1:] for part in parts)


def name_problem(name: str) -> str | None:
    """Why this is not the name of a person, as the end of a sentence; None where it may be one."""
    if name.startswith(("=", "+", "@")):
        return f"bắt đầu bằng dấu “{name[0]}” như một công thức"
    if any(char.isdigit() for char in name):
        return "có chữ số"
    strange = next((char for char in name if not _may_stand_in_a_name(char)), None)
    if strange is not None:
        return f"có ký tự lạ “{strange}”, có thể gõ bằng phông chữ cũ (TCVN3, VNI). Chuyển tệp sang Unicode"
    if len(name) > 100:
        return "dài quá 100 ký tự"
    if len(name.split()) < 2:
        return "chỉ có một từ"
    return None


def _may_stand_in_a_name(char: str) -> bool:
    if char in " '-.":
        return True
    bare = "".join(c for c in unicodedata.normalize("NFD", char.lower()) if c not in _TONE_MARKS)
    return nfc(bare) in _LETTERS


_TONE_MARKS = frozenset("\u0300\u0309\u0303\u0301\u0323")


def login_from(name: str) -> str:
    """A sign-in name out of a person's name: Nguyễn Thị Hồng Thắm -> thamnth."""
    words = ["".join(c for c in word if c.isascii() and c.isalnum()) for word in fold(name).split()]
    words = [word for word in words if word]
    made = words[-1] + "".join(word[0] for word in words[:-1]) if words else ""
    return made if len(made) >= 3 else (made + "canbo")[:8]


# --- phone numbers ---------------------------------------------------------------------------------------------


def ten_digits(typed: str) -> str | None:
    """A phone number as ten digits; None where it is none. +84 and a lost zero are mended."""
    digits = "".join(c for c in typed if c.isdigit())
    if digits.startswith("84") and len(digits) == 11:
        digits = "0" + digits[2:]
    if len(digits) == 9 and digits[0] in "35789":
        digits = "0" + digits
    return digits if len(digits) == 10 and digits[0] == "0" and digits.isascii() else None


@dataclass(frozen=True)
class Phone:
    """A phone number; ``number`` None where there is none, ``wrong`` where what stands there is no number."""

    number: str | None
    wrong: bool = False


def phone(cell: Cell) -> Phone:
    """The phone number of a cell: typed as text or as a number, with dots, without its zero, the first of several."""
    typed = text(cell)
    if typed.replace(".", "").replace("-", "").replace("0", "").strip() == "" or fold(typed) in ("khong", "khong co"):
        return Phone(None)
    first = next((part for part in _BETWEEN_NUMBERS.split(typed) if ten_digits(_renumbered(part))), typed)
    number = ten_digits(_renumbered(first))
    return Phone(number, number is None)


def _renumbered(typed: str) -> str:
    typed = _POINT_ZERO.sub("", typed.strip())
    digits = "".join(c for c in typed if c.isdigit())
    if digits.startswith("84") and len(digits) == 12:
        digits = "0" + digits[2:]
    if len(digits) == 10 and digits.startswith(("12", "16", "18", "19")):
        digits = "0" + digits
    if len(digits) == 11 and digits[:4] in _OLD_PREFIXES:
        return _OLD_PREFIXES[digits[:4]] + digits[4:]
    return typed


# --- days ------------------------------------------------------------------------------------------------------


def day(cell: Cell) -> date | None:
    """The day of a cell: a date, Excel's number of days, or text as 30/11/2026; None where it is no sensible day."""
    match cell:
        case datetime():
            found: date | None = cell.date()
        case date():
            found = cell
        case bool() | None:
            return None
        case int() | float():
            found = _EXCEL_ZERO + timedelta(days=int(cell)) if 0 < cell < 100_000 else None
        case _:
            found = _typed_day(text(cell))
    return found if found is not None and _FIRST <= found <= _LAST else None


def _typed_day(typed: str) -> date | None:
    if typed.isascii() and typed.isdigit() and len(typed) == 5:
        return _EXCEL_ZERO + timedelta(days=int(typed))
    try:
        if found := _ISO_DAY.fullmatch(typed):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY.fullmatch(typed):
            year = int(found[3])
            return date(year if year > 99 else 2000 + year, int(found[2]), int(found[1]))
    except ValueError:
        return None
    return None
