"""Tệp .xls: which cells of an old workbook are formulas, since the reader of sheets gives their values alone.

Source: [MS-XLS], a stream of records: number, length, content.
"""

import io
import struct
from collections.abc import Iterator

_BOF, _EOF, _SHEET, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0006


def formulas(data: bytes) -> list[frozenset[tuple[int, int]]]:
    """For each sheet, in the order of the workbook, its cells (row, column) that are formulas.

    Nothing where the file is not what it seems: whoever reads its values says what is wrong with it.
    """
    import olefile  # only whoever reads an old workbook needs it

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            name = next(name for name in ("Workbook", "Book") if file.exists(name))
            return _formulas(file.openstream(name).read())
    except (OSError, ValueError, ArithmeticError, LookupError, StopIteration, struct.error):  # of a broken file
        return []


def _formulas(book: bytes) -> list[frozenset[tuple[int, int]]]:
    """The parts follow one another: what holds for the workbook, with the place of each sheet, then the sheets."""
    starts: list[int] = []
    found: dict[int, set[tuple[int, int]]] = {}
    depth = begun = 0
    for number, at in _records(book):
        if number == _BOF:
            begun = at - 4 if depth == 0 else begun  # a chart within a sheet is a part within a part
            depth += 1
        elif number == _EOF:
            depth -= 1
        elif number == _SHEET:
            starts.append(struct.unpack_from("<I", book, at)[0])
        elif number == _FORMULA:
            found.setdefault(begun, set()).add(struct.unpack_from("<HH", book, at))
    return [frozenset(found.get(start, ())) for start in starts]


def _records(book: bytes) -> Iterator[tuple[int, int]]:
    """Number of each record, and where its content begins."""
    at = 0
    while at + 4 <= len(book):
        number, length = struct.unpack_from("<HH", book, at)
        yield number, at + 4
        at += 4 + length
