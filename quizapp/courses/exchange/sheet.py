"""Bảng tính câu hỏi: one flat sheet, a row a question, in .xlsx, .xls, .ods or .csv; and the template to download.

Headings are known by what they say, whatever their case, marks and order. Cells are plain text in which **…** is bold;
formulas are never executed, and a question with one in it is not taken in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from quizapp.courses.exchange.bounds import OLE, ZIP, check_size, open_zip, within
from quizapp.courses.exchange.encoding import NAMES, convert, decode, suspected
from quizapp.courses.exchange.lost import in_words, mark_losses, picture_losses
from quizapp.courses.exchange.sheet_columns import (
    HEADINGS,
    LEVELS,
    SKIPPED,
    columns,
    gap_options,
    kind_of,
    level_of,
    row_of,
)
from quizapp.courses.exchange.texts import clean, from_typed
from quizapp.domain.interchange import (
    KINDS,
    RIGHT,
    WRONG,
    Offered,
    OfferedKind,
    OfferedOption,
    OfferedPair,
    Remark,
    Unreadable,
)
from quizapp.domain.people_sheet import Sheet
from quizapp.domain.sheet_values import Cell
from quizapp.domain.vietnamese import fold, plain
from quizapp.web import spreadsheets
from quizapp.web.refused import Refused

LOOKED_AT = 30  # rows in which a heading may stand
_YES, _NO = {"dung", "d", "true", "t", "x", "co", "yes"}, {"sai", "s", "false", "f", "khong", "no"}
_LETTERED = re.compile(r"\n\s*([A-Ha-h])\s*[.)/:]\s*(?=\S)")
_MACROS = "_VBA_PROJECT".encode("utf-16-le")


# --- reading ---------------------------------------------------------------------------------------------------


def read(data: bytes, name: str = "", encoding: str | None = None) -> list[Offered]:
    """Every question of a workbook; Unreadable where it is none, or has no heading that we know."""
    remarks = _look(data)
    if not data.startswith((ZIP, OLE)):
        data, name = _csv(data, encoding), "bang.csv"
    try:
        sheets = spreadsheets.read(data, name)
    except Refused as no:
        raise Unreadable(no.sentence) from None
    sheets = _in_unicode(sheets, encoding)
    found: list[Offered] = []
    for one in sheets:
        if (heading := _heading(one)) is not None:
            found += _questions(one, *heading, several=len(sheets) > 1)
        elif fold(one.name) not in SKIPPED:
            told = f"Trang tính “{one.name}” không có dòng tiêu đề nên không được đọc."
            remarks.append(Remark(message=told, fix="Chép dòng tiêu đề của tệp mẫu vào.", code="no_heading"))
    if not found:
        told = "Không thấy dòng tiêu đề có cột “Câu hỏi” cùng cột “Đáp án” hoặc “Phương án A”, hay dưới đó không có câu nào."
        raise Unreadable(f"{told} Đồng chí tải tệp mẫu và chép câu hỏi vào.")
    return within([found[0].with_problems(remarks), *found[1:]])


_VIETNAMESE = re.compile("[ĂăĐđĨĩŨũƠ-ưẠ-ỹ]")  # letters that no old font knows


def _in_unicode(sheets: list[Sheet], encoding: str | None) -> list[Sheet]:
    """Texts of old fonts converted where somebody has asked for it; Unreadable where nobody has."""
    cells = (str(cell) for one in sheets for row in one.rows for cell in row if _may_be_old(cell))
    guess = suspected("\n".join(islice(cells, 2000))) if encoding is None else None
    if guess:
        told = f"Tệp dùng phông chữ hoặc bảng mã {NAMES[guess]}, không phải Unicode."
        fix = "Chuyển tệp sang Unicode (Unikey: Ctrl+Shift+F6), hoặc chọn chuyển mã khi đọc."
        raise Unreadable(f"{told} {fix}", guess)
    if encoding is None:
        return sheets
    return [replace(one, rows=[[_converted(cell, encoding) for cell in row] for row in one.rows]) for one in sheets]


def _converted(cell: Cell, encoding: str) -> Cell:
    """A cell whose letters are those of an old font; one that is Unicode already stays."""
    return convert(str(cell), encoding) if _may_be_old(cell) else cell


def _may_be_old(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.isascii() and _VIETNAMESE.search(cell) is None


_OTHERS = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"%PDF", b"MZ", b"{\\rtf")  # how other files begin


def _csv(data: bytes, encoding: str | None) -> bytes:
    if data.startswith(_OTHERS):
        raise Unreadable("Tệp này không phải bảng tính. Nhận tệp .xlsx, .xls, .ods hoặc .csv.")
    try:
        return decode(data, encoding).encode("utf-8-sig")
    except Unreadable as no:
        if no.encoding or not data:
            raise
        raise Unreadable("Tệp này không phải bảng tính. Nhận tệp .xlsx, .xls, .ods hoặc .csv.") from None


def of_fields(given: Mapping[str, str], place: str) -> Offered:
    """The question of one row, told by the names of `HEADINGS`: how a question is mended on the spot."""
    return _Row(given, 0, ()).question(place)


def of_rows(rows: Sheet) -> list[Offered]:
    """The questions of a table elsewhere that has our headings; none where it has not."""
    heading = _heading(rows)
    return [] if heading is None else list(_questions(rows, *heading, several=True))


def _look(data: bytes) -> list[Remark]:
    """What else a workbook carries; Unreadable for macros and for what harms."""
    check_size(data)
    told = "Tệp có macro nên không được đọc. Lưu lại dạng .xlsx (không macro) rồi gửi."
    if data.startswith(OLE) and _MACROS in data:
        raise Unreadable(told)
    if not data.startswith(ZIP):
        return []
    names = open_zip(data).namelist()
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
        raise Unreadable(told)
    if any(re.match(r"(xl/media|Pictures)/.", name) for name in names):
        return [
            Remark(message="Hình trong bảng tính không được nhận.", fix="Thêm hình ở trang soạn.", code="lost_media")
        ]
    return []


def _heading(sheet: Sheet) -> tuple[int, dict[str, int], list[tuple[str, int]]] | None:
    """The row of the heading, field -> column, and the columns that nobody knows; None where there is none."""
    for n, row in enumerate(sheet.rows[:LOOKED_AT]):
        known, strange = columns([clean(_text(cell)) for cell in row])
        if "text" in known and known.keys() & {"key", "option_a", "options"}:
            return n, known, strange
    return None


def _questions(
    sheet: Sheet, heading: int, known: Mapping[str, int], strange: Sequence[tuple[str, int]], several: bool
) -> Iterator[Offered]:
    names = [told for told, column in strange if any(_cell(row, column).strip() for row in sheet.rows[heading + 1 :])]
    remarks = [
        Remark(message=f"Cột “{one}” không được nhận.", line=heading + 1, code="strange_column") for one in names
    ]
    group: list[Offered] = []
    for n, row in enumerate(sheet.rows[heading + 1 :], heading + 1):
        given = {field: _cell(row, column) for field, column in known.items()}
        if not any(value.strip() for value in given.values()):
            continue
        formulas = [column for column in range(len(row)) if (n, column) in sheet.formulas]
        place = f"dòng {n + 1}" + (f", trang tính “{sheet.name}”" if several else "")
        item = _Row(given, n + 1, formulas).question(place).with_problems(remarks)
        remarks = []
        if group and given.get("case", "").strip() != _case_of(group):
            yield _case(group)
            group = []
        if given.get("case", "").strip():
            group.append(item)
        else:
            yield item
    if group:
        yield _case(group)


def _case_of(group: Sequence[Offered]) -> str:
    return group[0].unit_key or ""


def _case(group: Sequence[Offered]) -> Offered:
    """Rows of one case, which stand together."""
    first = group[0]
    parts = tuple(one.model_copy(update={"situation": None, "unit_key": None}) for one in group)
    told = {"situation": first.situation, "objective": first.objective, "category": first.category}
    problems = tuple(problem for one in group for problem in one.problems)
    return Offered(kind="case", id=first.unit_key, parts=parts, place=first.place, problems=problems, **told)  # type: ignore[arg-type]


def _text(cell: Cell) -> str:
    """What a cell says, its lines kept; 4.0 is "4"."""
    match cell:
        case None:
            return ""
        case bool():
            return RIGHT if cell else WRONG
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def _cell(row: Sequence[Cell], column: int) -> str:
    return _text(row[column]) if column < len(row) else ""


class _Row:
    """A row on its way to a question."""

    def __init__(self, given: Mapping[str, str], line: int, formulas: Sequence[int]):
        self.given: Mapping[str, str] = given
        self.line = line
        self.remarks: list[Remark] = []
        if formulas:
            cells = ", ".join(f"{_letters(column)}{line}" for column in formulas)
            fix = "Chép rồi dán lại dạng giá trị (Paste Special > Values)."
            self._say(f"Ô {cells} là công thức.", "formula", fix, fatal=True)

    def _say(self, told: str, code: str, fix: str | None = None, fatal: bool = False) -> None:
        self.remarks.append(Remark(message=told, line=self.line or None, fix=fix, fatal=fatal, code=code))

    def _bare(self, field: str) -> str:
        return " ".join(clean(self.given.get(field, "")).split())

    def question(self, place: str) -> Offered:
        options = self._options()
        key = self._bare("key")
        kind = self._kind(options, key)
        told: dict[str, Any] = {"kind": kind, "place": place, "text": from_typed(self.given.get("text", ""))}
        told |= {"situation": from_typed(self.given.get("situation", "")) or None}
        told |= {name: self._bare(name) or None for name in ("id", "category", "provision", "objective", "unit")}
        told |= {"title": self._bare("title"), "unit_key": self._bare("case") or None, "level": self._level()}
        told["tags"] = tuple(tag for tag in re.split(r"\s*[;,]\s*", self._bare("tags")) if tag)
        told["feedback"] = from_typed(self.given.get("feedback", "")) or None
        told |= {name: fold(self._bare(name)) in _YES for name in ("ordered", "without_marks")}
        told |= self._answers(kind, options, key)
        return Offered(**told, problems=tuple(self.remarks))

    def _options(self) -> list[tuple[str, str]]:
        """(letter, text), from cells of their own or from the lines “A. …”, “B. …” of one cell."""
        options = [(letter, text) for letter in "abcdefgh" if (text := self.given.get(f"option_{letter}", "").strip())]
        for field in ("options", "text") if not options else ():
            pieces = _LETTERED.split("\n" + self.given.get(field, ""))
            letters = [letter.lower() for letter in pieces[1::2]]
            if len(letters) > 1 and letters == list("abcdefgh"[: len(letters)]):
                options = list(zip(letters, (text.strip() for text in pieces[2::2]), strict=True))
                self.given = {**self.given, field: pieces[0].strip()}
                break
        return options

    def _kind(self, options: Sequence[tuple[str, str]], key: str) -> OfferedKind:
        said = self._bare("kind")
        letters = _keys(key, [letter for letter, _ in options])
        if said and (kind := kind_of(said)):  # "nhiều lựa chọn" is what many call a question with one right option
            return "multiple" if kind == "single" and len(letters) > 1 else kind
        if options:
            guess: OfferedKind = "multiple" if len(letters) > 1 else "single"
        elif fold(key) in _YES | _NO:
            guess = "true_false"
        elif key:
            guess = "number" if re.fullmatch(r"-?\d+([.,]\d+)?", key) else "short"
        else:
            guess = "essay"
        if said:
            told = f"Loại câu “{said[:40]}” không có; được đọc là “{KINDS[guess]}”."
            self._say(told, "kind", f"Ghi một trong: {', '.join(KINDS.values())}.")
        return guess

    def _level(self) -> str | None:
        said = self._bare("level")
        level = level_of(said) if said else None
        if said and level is None:
            self._say(f"Mức “{said[:40]}” không có.", "level", f"Ghi một trong: {', '.join(LEVELS.values())}.")
        return level

    def _why(self, letter: str) -> str | None:
        return from_typed(self.given.get(f"why_{letter}", "")) or None

    def _answers(self, kind: str, options: Sequence[tuple[str, str]], key: str) -> dict[str, Any]:
        match kind:
            case "single" | "multiple":
                return {"options": self._choices(options, key)}
            case "true_false":
                return {"options": self._true_false(key)}
            case "matching":
                return {"pairs": tuple(self._pair(letter, text) for letter, text in options)}
            case "ordering":
                return {"options": tuple(OfferedOption(text=from_typed(text), weight=100) for _, text in options)}
            case "short":
                accepted = [text for _, text in options] or re.split(r"\s*;\s*", key)
                return {
                    "options": tuple(
                        OfferedOption(text=" ".join(clean(one).split()), weight=100) for one in accepted if one
                    )
                }
            case "number":
                return self._number(key)
            case "gaps":
                return {
                    "gaps": tuple(gap_options(text, self.given.get(f"why_{letter}", "")) for letter, text in options)
                }
        return {}

    def _choices(self, options: Sequence[tuple[str, str]], key: str) -> tuple[OfferedOption, ...]:
        letters = [letter for letter, _ in options]
        right = _keys(key, letters)
        if not right and key:  # the right option itself, instead of its letter
            right = [letter for letter, text in options if plain(text) == plain(key)]
        if not right:
            told = f"Đáp án “{key[:40]}” không chỉ phương án nào." if key else "Câu chưa có đáp án."
            self._say(told, "no_key", f"Ghi chữ của phương án đúng: {', '.join(letters).upper()}.", fatal=True)
        weight = round(100 / len(right), 5) if right else 0
        return tuple(
            OfferedOption(
                text=from_typed(text), weight=weight if letter in right else 0, feedback=self._why(letter), key=letter
            )
            for letter, text in options
        )

    def _true_false(self, key: str) -> tuple[OfferedOption, ...]:
        said = fold(key)
        if said not in _YES | _NO | {"a", "b"}:
            told = f"Đáp án “{key[:40]}” không phải Đúng hay Sai."
            self._say(told, "no_key", "Ghi “Đúng” hoặc “Sai” ở cột Đáp án.", fatal=True)
        right = said in _YES | {"a"}
        return (
            OfferedOption(text=RIGHT, weight=100 if right else 0, feedback=self._why("a")),
            OfferedOption(text=WRONG, weight=0 if right else 100, feedback=self._why("b")),
        )

    def _pair(self, letter: str, text: str) -> OfferedPair:
        left, arrow, right = re.sub(r"\s*(?:->|→|=>|\|)\s*", "→", text, count=1).partition("→")
        if not arrow:
            self._say(f"“{text[:40]}” thiếu dấu → giữa hai vế.", "pair", "Viết: vế trái -> vế phải.", fatal=True)
        return OfferedPair(left=from_typed(left), right=from_typed(right), feedback=self._why(letter))

    def _number(self, key: str) -> dict[str, Any]:
        value, _, margin = re.sub(r"\s", "", key.replace("±", ":")).partition(":")
        margin = self._bare("tolerance") or margin or "0"
        try:
            number, tolerance = (float(one.replace(",", ".").strip()) for one in (value, margin))
        except ValueError:
            self._say(
                f"Đáp án “{key[:40]}” không phải số.", "number", "Ghi số, ví dụ 12,5; sai số ở cột Sai số.", fatal=True
            )
            return {}
        text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
        return {"options": (OfferedOption(text=text, weight=100, tolerance=tolerance),), "tolerance": tolerance}


def _keys(key: str, letters: Sequence[str]) -> list[str]:
    """The letters that a key names: "B", "A, C", "AC", "2", "Phương án B"."""
    told = re.sub(r"(?:phuong an|dap an|cau|lua chon|y)\b", " ", fold(key))
    words = [word for word in re.split(r"[\s,;.&+/)(:-]+|\bva\b|\band\b", told) if word]
    if len(words) == 1 and len(words[0]) > 1 and set(words[0]) <= set(letters):
        words = list(words[0])
    named = [letters[int(word) - 1] if word.isdigit() and 0 < int(word) <= len(letters) else word for word in words]
    return list(dict.fromkeys(named)) if named and set(named) <= set(letters) else []


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column > 25 else "") + chr(65 + column % 26)


# --- writing ---------------------------------------------------------------------------------------------------


def unwritable(item: Offered) -> str | None:
    """Why the sheet cannot hold a question; None where it can."""
    most = max([len(item.options), len(item.pairs), len(item.gaps)], default=0)
    return "câu có hơn 8 phương án" if most > 8 else next(filter(None, map(unwritable, item.parts)), None)


def losses(item: Offered) -> list[str]:
    """What of a question that it can hold is left out."""
    return [*picture_losses("Excel", item), *mark_losses("Excel", item)]


def write(items: Iterable[Offered], problems: bool = False) -> bytes:
    """The questions as a workbook that `read` takes; ``problems``: with what is wrong written beside each."""
    told = map(in_words, items)
    rows = [row for item in told if unwritable(item) is None or problems for row in row_of(item, problems)]
    headings = [*HEADINGS.values(), *(["Vấn đề", "Cách sửa"] if problems else [])]
    return spreadsheets.write("Câu hỏi", headings, rows, [_width(one) for one in headings])


def _width(heading: str) -> int:
    return (
        60 if heading in ("Câu hỏi", "Vấn đề") else 36 if heading[:9] in ("Phương án", "Tình huốn", "Cách sửa") else 16
    )


def template() -> bytes:
    """Tệp mẫu: a question of each kind, with what its columns hold."""
    from quizapp.courses.exchange.sheet_template import EXAMPLES

    return write(EXAMPLES)
