"""Excel: sheets as offices make them by hand, written row by row, so that memory does not grow with the rows.

Numbers are numbers; what a person has typed is always text: XlsxWriter would make a formula of "=1+1" and a link of
"http://…", so only its writers of one kind are used.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from tempfile import TemporaryDirectory
from typing import Any

from quizapp.reports.paper.grid import Cell, Column, Grid, Kind, local_day

LONGEST = 32_767  # letters in a cell; Excel calls a longer one damage
# Numbers in the Vietnamese way (75,1%) also where the office program is set to another language; 42A is vi-VN.
VIETNAMESE = "[$-42A]"
FORMATS = {Kind.ORDER: "0", Kind.NUMBER: f"{VIETNAMESE}#,##0", Kind.SHARE: f"{VIETNAMESE}0.0%"}
FORMATS |= {Kind.POINTS: f"{VIETNAMESE}0.0", Kind.DAY: "dd/mm/yyyy"}
A4 = 9
NARROW = 92  # letters: a table narrower than this is widened, so that its title fits above it
ACROSS = 94  # letters that a lying A4 holds at full size
HEADS = 0.75  # of a column's width, what bold letters and words that do not break leave
HEIGHT, MOST_LINES = 16.5, 24  # points of a line of twelve; a row is at most 409 points high
_FONT = {"font_name": "Times New Roman", "font_size": 12}
_BOX = {"border": 1, "border_color": "#8C8073", "valign": "vcenter"}


@dataclass(frozen=True)
class Page:
    """A sheet: its tab, the lines above the table, the table."""

    tab: str
    lines: Sequence[str]
    grid: Grid


def workbook(pages: Iterable[Page], title: str, subject: str, company: str = "") -> bytes:
    """The file. ``pages`` are written in their order, each row once."""
    import xlsxwriter

    out = io.BytesIO()
    with TemporaryDirectory() as folder:  # of rows on their way; gone with the file
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        }
        with xlsxwriter.Workbook(out, options) as book:
            book.set_properties({"title": title, "subject": subject, "company": company})
            looks = _Looks(book)
            for page in pages:
                _write(book.add_worksheet(page.tab), page, looks)
    return out.getvalue()


class _Looks:
    """The formats of a book, each made once."""

    def __init__(self, book: Any):
        self.title = book.add_format(_FONT | {"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
        self.line = book.add_format(_FONT | {"italic": True, "align": "center"})
        self.note = book.add_format(_FONT | {"italic": True})
        head = {"bold": True, "text_wrap": True, "align": "center", "bg_color": "#F4EEE4"}
        self.head = book.add_format(_FONT | _BOX | head)
        self.cell, self.total = {}, {}
        for kind in Kind:
            shape = _FONT | _BOX | ({"num_format": FORMATS[kind]} if kind in FORMATS else {"text_wrap": True})
            shape |= {"align": kind.place, "indent": 0 if kind.place == "center" else 1}
            self.cell[kind] = book.add_format(shape)
            self.total[kind] = book.add_format(shape | {"bold": True, "bg_color": "#F4EEE4"})


def _write(sheet: Any, page: Page, looks: _Looks) -> None:
    grid, last = page.grid, len(page.grid.columns) - 1
    over = grid.second - 1 if grid.second else last  # the title stays on the first page across
    widths = _widths(grid)
    for n, width in enumerate(widths):
        sheet.set_column(n, n, width)
    sheet.set_row(0, 24)
    _merged(sheet, 0, over, grid.title.upper(), looks.title)
    for n, line in enumerate(page.lines, 1):
        _merged(sheet, n, over, line, looks.line)
    top = len(page.lines) + 2
    heads = [column.head.removesuffix(" %") for column in grid.columns]
    sheet.set_row(top, max(36, HEIGHT * _lines(heads, [(n, width * HEADS) for n, width in enumerate(widths)])))
    for n, head in enumerate(heads):
        sheet.write_string(top, n, head, looks.head)
    sheet.freeze_panes(top + 1, 2 if last > 2 else 0)
    row = top
    kinds = [column.kind for column in grid.columns]
    put = _writer(sheet)
    wrapping = [(n, width) for n, width in enumerate(widths) if kinds[n] is Kind.TEXT]
    for row, cells in enumerate(grid.rows, top + 1):
        sheet.set_row(row, HEIGHT * _lines(cells, wrapping) + 3)
        put(row, cells, kinds, looks.cell)
    if grid.total is not None:
        row += 1
        sheet.set_row(row, HEIGHT * _lines(grid.total, wrapping) + 3)
        put(row, grid.total, kinds, looks.total)
    if row > top and grid.total is None:
        sheet.autofilter(top, 0, row, last)
    if grid.note:
        sheet.write_string(row + 2, 0, grid.note, looks.note)
    _paper(sheet, top, row + (2 if grid.note else 0), widths, grid.second)


def _widths(grid: Grid) -> list[float]:
    whole = sum(column.width for column in grid.columns)
    return [column.width * max(1, NARROW / whole) for column in grid.columns]


def _lines(cells: Sequence[Cell], wrapping: Sequence[tuple[int, float]]) -> int:
    """How many lines the longest text of a row takes: rows are told their height, since not every program finds it."""
    texts = ((str(cells[n]), width) for n, width in wrapping if cells[n])
    return max((_lines_of(text, max(4, width * 1.1 - 1.2)) for text, width in texts), default=1)


def _lines_of(text: str, width: float) -> int:
    return min(MOST_LINES, sum(max(1, -int(-len(line) // width)) for line in text.split("\n")))


def _merged(sheet: Any, row: int, last: int, text: str, look: Any) -> None:
    """One line over all columns. In constant memory a merged range has to be written as a string first."""
    if last:
        sheet.merge_range(row, 0, row, last, "", look)
    sheet.write_string(row, 0, text[:LONGEST], look)


def _writer(sheet: Any) -> Any:
    text, real, blank, day = sheet.write_string, sheet.write_number, sheet.write_blank, sheet.write_datetime

    def put(row: int, cells: Sequence[Cell], kinds: Sequence[Kind], looks: dict[Kind, Any]) -> None:
        for n, cell in enumerate(cells):
            look = looks[kinds[n]]
            if isinstance(cell, str):
                text(row, n, cell[:LONGEST], look) if cell else blank(row, n, None, look)
            elif cell is None:
                blank(row, n, None, look)
            elif isinstance(cell, date):
                day(row, n, local_day(cell), look)
            else:
                real(row, n, float(cell) if not isinstance(cell, int) else cell, look)

    return put


def _paper(sheet: Any, top: int, row: int, widths: Sequence[float], second: int) -> None:
    """A4 lying, as wide as the page, the head on each page, "Trang x/y" below.

    From column ``second`` on it goes on a second page across, with the first two columns again.
    """
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.6, right=0.6, top=0.6, bottom=0.8)
    if second:
        widest = max(sum(widths[:second]), sum(widths[:2]) + sum(widths[second:]))
        sheet.set_print_scale(max(10, min(100, int(100 * ACROSS / widest))))
        sheet.set_v_pagebreaks([second])
        sheet.repeat_columns(0, 1)
    else:
        sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.repeat_rows(top)
    sheet.print_area(0, 0, max(row, top), len(widths) - 1)
    sheet.set_footer("&L&A&RTrang &P/&N")
    sheet.hide_gridlines(1)


def notes(lines: Sequence[tuple[str, str]]) -> Grid:
    """Ghi chú số liệu: what each number means, when it was closed, who took it."""
    columns = (Column("Mục", width=34), Column("Nội dung", width=110))
    return Grid("ghi-chu", "GHI CHÚ SỐ LIỆU", columns, lines)
