"""Tệp bảng tính: reading .xlsx, .xls, .ods and .csv within bounds, and writing .xlsx. Refused says what is wrong with a file."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import Any

from quizapp.domain.people_sheet import Sheet
from quizapp.domain.sheet_values import Cell
from quizapp.domain.vietnamese import nfc
from quizapp.web import old_workbook
from quizapp.web.refused import Refused

MOST_BYTES = 15 * 1024 * 1024
MOST_UNZIPPED = 250 * 1024 * 1024  # 50,000 rows of twelve columns are 40 MB
MOST_PARTS = 2000
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 100_000, 200, 4_000_000
TYPES = ".xlsx,.xls,.ods,.csv"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:[^>]*[^/>])?>(<f[ >/])?')  # a cell without content ends in "/>"
_SHEET = re.compile(r"<sheet\b[^>]*>")
_CHUNK = 1 << 20


def refuse_wrong(data: bytes, name: str) -> None:
    """Refused where the file cannot be a sheet at all: too large, of another kind, or a zip that unpacks into too much."""
    if not data:
        raise Refused("Tệp trống. Đồng chí chọn lại tệp.")
    if len(data) > MOST_BYTES:
        raise Refused(f"Tệp lớn hơn {MOST_BYTES // 1024 // 1024} MB. Chia tệp thành các phần nhỏ hơn.")
    if data.startswith(_ZIP):
        return _refuse_bomb(data)
    if data.startswith(_OLE):
        return None
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    binary = data.startswith((b"%PDF", b"{\\rtf", b"MZ")) or (b"\0" in data[:4096] and not utf16)
    if binary or not name.lower().endswith((".csv", ".txt", ".tsv")):
        raise Refused(f"“{name}” không phải bảng tính. Nhận tệp .xlsx, .xls, .ods hoặc .csv.")
    return None


def _refuse_bomb(data: bytes) -> None:
    """Counts what really comes out, whatever the directory of the zip says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNZIPPED:
                raise Refused("Tệp nén này bung ra quá lớn nên không được đọc. Lưu lại tệp bằng Excel rồi gửi lại.")
            names = {part.filename for part in parts}
            if not names & {"xl/workbook.xml", "content.xml", "xl/workbook.bin"}:
                raise Refused("Tệp này là tệp nén, không phải bảng tính. Nhận tệp .xlsx, .xls, .ods hoặc .csv.")
            if "xl/workbook.xml" not in names:
                left = MOST_UNZIPPED
                for part in parts:
                    for chunk in _chunks(archive, part.filename):
                        left -= len(chunk)
                        if left < 0:
                            raise Refused("Tệp nén này bung ra quá lớn nên không được đọc.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused("Tệp bị hỏng hoặc có mật khẩu. Mở bằng Excel, bỏ mật khẩu, lưu lại rồi gửi.") from error


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


# --- reading ---------------------------------------------------------------------------------------------------


def read(data: bytes, name: str) -> list[Sheet]:
    """Every sheet of a file that holds something. Refused where it cannot be read."""
    refuse_wrong(data, name)
    if not data.startswith((_ZIP, _OLE)):
        return [Sheet("Tệp CSV", _read_csv(data))]
    formulas = _formulas(data) if data.startswith(_ZIP) else None
    return [one for one in _read_workbook(data, formulas) if one.rows]


def _read_workbook(data: bytes, formulas: dict[str, frozenset[tuple[int, int]]] | None) -> Iterator[Sheet]:
    """``formulas``: of `_formulas`; None for an old workbook."""
    import python_calamine as calamine  # only whoever reads a sheet needs it

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        if formulas is None:
            formulas = dict(zip(book.sheet_names, old_workbook.formulas(data), strict=False))
        for told in book.sheets_metadata:
            if (
                told.typ is not calamine.SheetTypeEnum.WorkSheet
                or told.visible is not calamine.SheetVisibleEnum.Visible
            ):
                continue
            sheet = book.get_sheet_by_name(told.name)
            _refuse_large(sheet.total_height, sheet.total_width, told.name)
            rows = sheet.to_python(skip_empty_area=False)
            _fill_merged(rows, sheet.merged_cell_ranges or [])
            yield Sheet(told.name, rows, formulas.get(told.name, frozenset()))
    except calamine.PasswordError:
        raise Refused("Tệp có mật khẩu. Mở bằng Excel, bỏ mật khẩu, lưu lại rồi gửi.") from None
    except calamine.CalamineError as error:
        raise Refused("Tệp bị hỏng nên không đọc được. Mở bằng Excel, lưu lại rồi gửi.") from error


def _refuse_large(rows: int, columns: int, name: str) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        most = f"{MOST_ROWS:,}".replace(",", ".")
        raise Refused(
            f"Trang tính “{name}” rộng {columns} cột, dài {rows} dòng; mỗi lần nhập nhiều nhất {most} dòng, "
            f"{MOST_COLUMNS} cột. Xóa các dòng, cột trống ở cuối, hoặc chia tệp."
        )


def _fill_merged(rows: list[list[Any]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Every cell of a merged area says what the area says."""
    cells = MOST_CELLS  # areas over areas would be written for ever
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        bottom, right = min(bottom + 1, len(rows)), min(right + 1, len(rows[top]))
        cells -= (bottom - top) * (right - left)
        if cells < 0:
            raise Refused("Tệp gộp quá nhiều ô nên không được đọc. Bỏ gộp ô rồi gửi lại.")
        for row in rows[top:bottom]:
            for column in range(left, min(right, len(row))):
                row[column] = rows[top][left]


def _read_csv(data: bytes) -> list[list[Cell]]:
    text = _decoded(data)
    head = text[:5000]
    mark = max(";,\t", key=head.count)
    rows: list[list[Cell]] = []
    for row in csv.reader(io.StringIO(text), delimiter=mark):
        rows.append(list(row))
        _refuse_large(len(rows), len(row), "CSV")
    return rows


def _decoded(data: bytes) -> str:
    """CSV as Excel writes it: UTF-8 with or without a mark, UTF-16, or the Vietnamese code page of Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return nfc(data.decode("utf-16", errors="replace"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return nfc(data.decode("cp1258", errors="replace"))


def _formulas(data: bytes) -> dict[str, frozenset[tuple[int, int]]]:
    """Sheet name -> its cells that are formulas, and Refused where a cell lies too far out: a reader makes room up to it."""
    found: dict[str, frozenset[tuple[int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "content.xml" in archive.namelist():
            return _ods_formulas(archive.read("content.xml"))
        for name, part in _parts(archive):
            left, rest, cells = MOST_UNZIPPED, b"", set()
            for chunk in _chunks(archive, part):
                left -= len(chunk)
                if left < 0:
                    raise Refused("Tệp nén này bung ra quá lớn nên không được đọc.")
                end = (rest + chunk).rfind(b"<c ") if len(chunk) == _CHUNK else len(rest) + len(chunk)
                whole, rest = (rest + chunk)[:end], (rest + chunk)[end:]
                cells |= _formulas_in(whole, name)
            found[name] = frozenset(cells)
    return found


_PIECE = re.compile(
    rb'<table:table table:name="(?P<name>[^"]*)"|<table:table-row\b(?P<row>[^>]*)>|(?P<end></table:table-row>)'
    rb"|<table:(?:covered-)?table-cell\b(?P<cell>[^>]*)>"
)


def _ods_formulas(content: bytes) -> dict[str, frozenset[tuple[int, int]]]:
    """The same of an OpenDocument sheet, where cells that are alike are counted and not repeated."""
    found: dict[str, set[tuple[int, int]]] = {}
    name, row, column, rows = "", 0, 0, 1
    for piece in _PIECE.finditer(content):
        if piece["name"] is not None:
            name, row = unescape(piece["name"].decode(errors="replace")), 0
        elif piece["row"] is not None:
            column, rows = 0, _repeated(piece["row"], b"rows")
            row += rows if piece["row"].endswith(b"/") else 0
        elif piece["end"]:
            row += rows
        else:
            cells = _repeated(piece["cell"], b"columns")
            if b"table:formula=" in piece["cell"]:
                found.setdefault(name, set()).update((row, column + n) for n in range(min(cells, MOST_COLUMNS)))
            column += cells
    return {sheet: frozenset(cells) for sheet, cells in found.items()}


def _repeated(attributes: bytes, noun: bytes) -> int:
    told = re.search(rb"number-" + noun + rb'-repeated="(\d{1,7})"', attributes)
    return int(told[1]) if told else 1


def _formulas_in(part: bytes, name: str) -> set[tuple[int, int]]:
    cells = set()
    for letters, digits, formula in _CELL.findall(part):
        row, column = int(digits) - 1, _column(letters)
        if row >= MOST_ROWS or column >= MOST_COLUMNS:
            _refuse_large(row + 1, column + 1, name)
        if formula:
            cells.add((row, column))
    return cells


def _column(letters: bytes) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + letter - 64
    return n - 1


def _parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(sheet name, its part of the archive)."""
    if "xl/workbook.xml" not in archive.namelist():
        return []
    rels = archive.read("xl/_rels/workbook.xml.rels")[:_CHUNK].decode(errors="replace")
    targets = {_attribute(one, "Id"): _attribute(one, "Target") for one in re.findall(r"<Relationship\b[^>]*>", rels)}
    book = archive.read("xl/workbook.xml")[:_CHUNK].decode(errors="replace")
    found = []
    for one in _SHEET.findall(book):
        target = targets.get(_attribute(one, "r:id"), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in archive.namelist():
            found.append((unescape(_attribute(one, "name")), part))
    return found


def _attribute(tag: str, name: str) -> str:
    told = re.search(rf'\b{name}="([^"]*)"', tag)
    return told[1] if told else ""


# --- writing ---------------------------------------------------------------------------------------------------


def write(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], widths: Sequence[int]) -> bytes:
    """A sheet with a frozen header. Text stays text: nothing that somebody typed becomes a formula, a number or a link."""
    import xlsxwriter

    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#F4EEE4"})
        cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        sheet.write_row(0, 0, headings, head)
        for n, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(n, column, value)
                elif value:
                    sheet.write_string(n, column, str(value), cell)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
