"""Tệp .xls: which cells of an old workbook are formulas, since the reader of sheets gives their values alone.

Sources: [MS-CFB] (a file of sectors, each stream a chain of them), [MS-XLS] (a stream of records: number, length, content).
"""

import struct
from collections.abc import Iterator, Sequence

_FREE = 0xFFFFFFFA  # sector numbers from here on stand for none
_SMALL = 64  # bytes of a small sector, in which short streams lie
_BOF, _EOF, _SHEET, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0006


def formulas(data: bytes) -> list[frozenset[tuple[int, int]]]:
    """For each sheet, in the order of the workbook, its cells (row, column) that are formulas.

    Nothing where the file is not what it seems: whoever reads its values says what is wrong with it.
    """
    try:
        return _formulas(_stream(data, ("Workbook", "Book")))
    except (struct.error, IndexError, KeyError):
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


def _stream(data: bytes, names: Sequence[str]) -> bytes:
    """The first stream of the root with one of the names; KeyError where there is none."""
    size = 4096 if struct.unpack_from("<H", data, 30)[0] == 12 else 512
    most = len(data) // size  # sectors of a chain: one that runs in a circle ends, too
    table = _numbers(data, _tables(data, size), size)
    folder = _joined(data, _chain(table, struct.unpack_from("<I", data, 48)[0], most), size, size)
    entries = [folder[at : at + 128] for at in range(0, len(folder), 128)]
    known = {_name(entry): struct.unpack_from("<II", entry, 116) for entry in reversed(entries)}
    start, length = known[next((name for name in names if name in known), names[0])]
    cutoff, first_small = struct.unpack_from("<II", data, 56)
    if length >= cutoff:
        return _joined(data, _chain(table, start, most), size, size)[:length]
    small = _joined(data, _chain(table, known["Root Entry"][0], most), size, size)
    small_table = _numbers(data, _chain(table, first_small, most), size)
    return _joined(small, _chain(small_table, start, len(data) // _SMALL), _SMALL, 0)[:length]


def _tables(data: bytes, size: int) -> list[int]:
    """The sectors that hold the table of what follows what: 109 in the head of the file, more in a chain of their own."""
    found = list(struct.unpack_from("<109I", data, 76))
    after = struct.unpack_from("<I", data, 68)[0]
    while after < _FREE and len(found) < len(data) // size:
        *more, after = struct.unpack_from(f"<{size // 4}I", data, (after + 1) * size)
        found += more
    return [one for one in found if one < _FREE]


def _numbers(data: bytes, sectors: Sequence[int], size: int) -> Sequence[int]:
    whole = _joined(data, sectors, size, size)
    return struct.unpack(f"<{len(whole) // 4}I", whole)


def _chain(table: Sequence[int], first: int, most: int) -> list[int]:
    found: list[int] = []
    while first < _FREE and len(found) <= most:
        found.append(first)
        first = table[first]
    return found


def _joined(data: bytes, sectors: Sequence[int], size: int, head: int) -> bytes:
    return b"".join(data[head + one * size : head + (one + 1) * size] for one in sectors)


def _name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(length - 2, 0)].decode("utf-16-le", errors="replace")
