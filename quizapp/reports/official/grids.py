"""Biểu ra giấy: the sheets of the pages, set out for Excel, Word and PDF: running numbers, widths, notes."""

from quizapp.reports.official.figures import Figures
from quizapp.reports.paper.grid import TT, Column, Grid, Kind
from quizapp.reports.sheets import Sheet

_KINDS = {
    "text": Kind.TEXT,
    "whole": Kind.NUMBER,
    "percent": Kind.SHARE,
    "points": Kind.POINTS,
    "day": Kind.DAY,
    "moment": Kind.DAY,
}
_WIDTHS = {Kind.NUMBER: 9, Kind.SHARE: 9, Kind.POINTS: 8, Kind.DAY: 12}
NUMBERED = {"don-vi", "noi-dung", "dieu-khoan", "cau-hoi", "bai-don-vi"}  # units and days have numbers of their own
_LEAST, _MOST = 6, 40  # letters of a column of text


def grid_of(key: str, sheet: Sheet, numbered: bool = True) -> Grid:
    """A sheet as it goes on paper; ``numbered``: with TT in front."""
    columns = [Column(_head(column.title, kind := _KINDS[column.kind]), kind, _width(sheet, n, kind))
               for n, column in enumerate(sheet.columns)]  # fmt: skip
    rows, total = sheet.rows, sheet.total
    if numbered:
        columns.insert(0, Column(*TT))
        rows = tuple((n, *row) for n, row in enumerate(rows, 1))
        total = None if total is None else ("", *total)
    return Grid(key, sheet.title, columns, rows, total, " ".join(sheet.notes))


def _head(title: str, kind: Kind) -> str:
    return f"{title} %" if kind is Kind.SHARE and not title.startswith(("Bài ", "Tổng hợp")) else title


def _width(sheet: Sheet, n: int, kind: Kind) -> int:
    if kind is not Kind.TEXT:
        return _WIDTHS[kind]
    rows = (*sheet.rows, *([sheet.total] if sheet.total else []))
    longest = max((len(str(row[n])) + 2 for row in rows if row[n]), default=0)
    return min(max(longest, _LEAST, len(sheet.columns[n].title)), _MOST)


def grids(figures: Figures) -> dict[str, Grid]:
    """Every table of a snapshot that has rows."""
    made = {key: figures.sheet(key) for key in figures.tables}
    return {key: grid_of(key, sheet, key in NUMBERED) for key, sheet in made.items() if sheet is not None}
