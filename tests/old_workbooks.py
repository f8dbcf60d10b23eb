"""Tệp .xls made in memory: a workbook of records ([MS-XLS]) in a compound file ([MS-CFB])."""

import struct
from collections.abc import Sequence

from spreadsheets import Formula

SECTOR, SMALL, CUTOFF = 512, 64, 4096
END, OF_TABLE, NONE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def old_workbook(*sheets: tuple[str, Sequence[Sequence[object]]], padding: int = CUTOFF) -> bytes:
    """An .xls: each sheet is (name, rows) of texts, numbers and formulas; its stream at least ``padding`` bytes long."""
    parts = [_sheet(rows) for _, rows in sheets]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    at = len(head) + sum(12 + 2 * len(name) for name, _ in sheets) + 4
    for (name, _), part in zip(sheets, parts, strict=True):
        head += _record(0x0085, struct.pack("<IHBB", at, 0, len(name), 1) + name.encode("utf-16-le"))
        at += len(part)
    book = head + _record(0x000A, b"") + b"".join(parts)
    return compound("Workbook", book.ljust(padding, b"\0"))


def _sheet(rows: Sequence[Sequence[object]]) -> bytes:
    told = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for n, row in enumerate(rows):
        for column, value in enumerate(row):
            where = struct.pack("<HHH", n, column, 0)
            if isinstance(value, Formula):
                told += _record(0x0006, where + b"\0\0\0\0\0\0\xff\xff" + struct.pack("<HIH", 0, 0, 3) + b"\x1e\1\0")
                told += _record(0x0207, _text(value.value))
            elif isinstance(value, int | float):
                told += _record(0x0203, where + struct.pack("<d", value))
            elif value:
                told += _record(0x0204, where + _text(str(value)))
    return told + _record(0x000A, b"")


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def compound(name: str, stream: bytes) -> bytes:
    """A compound file with one stream: in small sectors where it is short, its tables told in a chain where it is long."""
    small = len(stream) < CUTOFF
    kept = stream.ljust(-(-len(stream) // SECTOR) * SECTOR, b"\0")
    sectors = [kept[at : at + SECTOR] for at in range(0, len(kept), SECTOR)]
    follows = [*range(1, len(sectors)), END]
    small_table = NONE
    if small:
        count = -(-len(stream) // SMALL)
        small_table = len(sectors)
        sectors.append(struct.pack("<128I", *range(1, count), END, *[NONE] * (128 - count)))
        follows.append(END)
    folder = len(sectors)
    root = _entry("Root Entry", 5, 0 if small else END, len(kept) if small else 0, child=1)
    sectors.append((root + _entry(name, 2, 0, len(stream))).ljust(SECTOR, b"\0"))
    follows.append(END)
    return _with_tables(sectors, follows, folder, small_table)


def _with_tables(sectors: list[bytes], follows: list[int], folder: int, small_table: int) -> bytes:
    tables = more = 0
    while tables * 128 < len(follows) + tables + more:
        tables += 1
        more = -(-max(tables - 109, 0) // 127)
    first = len(sectors)
    follows += [OF_TABLE] * tables + [0xFFFFFFFC] * more
    follows += [NONE] * (tables * 128 - len(follows))
    sectors += [struct.pack("<128I", *follows[at : at + 128]) for at in range(0, len(follows), 128)]
    places = [*range(first, first + tables)]
    head, rest = places[:109] + [NONE] * (109 - len(places)), places[109:]
    for n in range(more):
        listed = rest[n * 127 : (n + 1) * 127]
        after = first + tables + n + 1 if n + 1 < more else END
        sectors.append(struct.pack("<128I", *listed, *[NONE] * (127 - len(listed)), after))
    chain = first + tables if more else END
    start = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    start += struct.pack("<IIIII", 0, tables, folder, 0, CUTOFF)
    start += struct.pack("<IIII", small_table if small_table != NONE else END, int(small_table != NONE), chain, more)
    return start + struct.pack("<109I", *head) + b"".join(sectors)


def _entry(name: str, kind: int, start: int, length: int, child: int = NONE) -> bytes:
    told = name.encode("utf-16-le")
    head = told.ljust(64, b"\0") + struct.pack("<HBBIII", len(told) + 2, kind, 1, NONE, NONE, child)
    return head + bytes(36) + struct.pack("<IQ", start, length)
