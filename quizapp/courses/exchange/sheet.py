"""Bảng tính câu hỏi: one flat sheet, a row a question, in .xlsx, .xls, .ods or .csv; and the template to download.

Headings are known by what they say, whatever their case, marks and order. Cells are plain text in which **…** is bold;
formulas are never executed, and a question with one in it is not taken in.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from quizapp.courses.exchange.bounds import OLE, ZIP, check_size, open_zip, within
from quizapp.courses.exchange.encoding import NAMES, convert, decode, suspected
from quizapp.courses.exchange.sheet_columns import (
    SKIPPED,
    columns,
)
from quizapp.courses.exchange.sheet_out import losses, template, unwritable, write
from quizapp.courses.exchange.sheet_row import Row
from quizapp.courses.exchange.texts import clean
from quizapp.domain.interchange import (
    RIGHT,
    WRONG,
    Offered,
    Remark,
    Unreadable,
)
from quizapp.domain.people_sheet import Sheet
from quizapp.domain.sheet_values import Cell
from quizapp.domain.vietnamese import fold
from quizapp.web import spreadsheets
from quizapp.web.refused import Refused

__all__ = ["losses", "of_fields", "of_rows", "read", "template", "unwritable", "write"]

LOOKED_AT = 30  # rows in which a heading may stand
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
    return Row(given, 0, ()).question(place)


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
        item = Row(given, n + 1, formulas).question(place).with_problems(remarks)
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
