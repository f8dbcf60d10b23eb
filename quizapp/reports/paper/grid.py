"""Biểu: one table as it goes to any kind of file; what a cell is decides how it is written, on paper and in a sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from quizapp.clock import VIETNAM
from quizapp.web.formats import number, tenths

Cell = str | int | float | Fraction | date | None
NONE = "–"  # what paper shows where there is nothing to divide by, or too few people


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    ORDER = "order"  # TT
    NUMBER = "number"
    SHARE = "share"  # 0 to 1, shown as percent
    POINTS = "points"  # of ten
    DAY = "day"

    @property
    def place(self) -> str:
        """Where it stands in its column: left, center, right."""
        return _PLACES.get(self, "right")


_PLACES = {Kind.TEXT: "left", Kind.ORDER: "center", Kind.DAY: "center"}
TT = ("TT", Kind.ORDER, 6)


@dataclass(frozen=True)
class Column:
    """``width`` in letters, as spreadsheets measure. ``unit``: on paper the head says "%", so the cells need not."""

    head: str
    kind: Kind = Kind.TEXT
    width: int = 12


@dataclass(frozen=True)
class Grid:
    """A titled table. ``rows`` may be a stream: whoever writes it reads it once, in order.

    ``second``: the column that begins a second page across, where a sheet is too wide for one; 0: none.
    """

    key: str  # in addresses and file names
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    note: str = ""
    second: int = 0


def said(cell: Cell, kind: Kind) -> str:
    """A cell in the words of paper: "11.206", "75,1" (its head says %), "8,4", "22/11/2026"."""
    if cell is None:
        return NONE
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return f"{local_day(cell):%d/%m/%Y}"
    if kind == Kind.SHARE:
        return tenths(1000 * Fraction(cell).numerator, Fraction(cell).denominator)
    if kind == Kind.POINTS:
        return tenths(10 * Fraction(cell).numerator, Fraction(cell).denominator)
    return number(int(cell))


def local_day(value: date) -> date:
    """The day in Việt Nam of a day or an instant."""
    return value.astimezone(VIETNAM).date() if isinstance(value, datetime) else value
