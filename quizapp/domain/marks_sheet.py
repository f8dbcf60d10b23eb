"""Bảng điểm bài thi giấy: a CSV text read into marks, or every problem with its line.

The header is `attempt,1/1,2/2.5,…` (slot/highest mark), then a row for each attempt; an empty cell was not answered and
earns 0. Semicolons with decimal commas, as a Vietnamese Excel writes them, are read as well.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

MOST_ROWS, MOST_SLOTS = 200_000, 500
_NUMBER = re.compile(r"[-+]?\d{1,9}([.,]\d{1,9})?", re.ASCII)


@dataclass(frozen=True)
class Marks:
    """Bảng điểm: the slots with their highest marks, and a row of marks for each attempt."""

    slots: tuple[int | str, ...]
    highest: tuple[Fraction, ...]
    rows: tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong, and in which line of the file, counted from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"Dòng {self.line}: {self.message}"


class BadMarks(ValueError):
    """Not such a sheet: ``problems`` says all that is wrong."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


def read_marks(text: str) -> Marks:
    """The marks that the text holds; `BadMarks` with every problem where it is not right throughout."""
    lines = _lines(text)
    number, header = next(lines, (1, []))
    slots, highest, problems = _header(number, header)
    if problems:
        raise BadMarks(problems)
    rows, seen = [], dict[str, int]()
    for number, cells in lines:
        found = list(_row(number, cells, header, highest, seen))
        problems += [one for one in found if isinstance(one, Problem)]
        rows.append(tuple(one for one in found if isinstance(one, Fraction)))
        if len(rows) > MOST_ROWS:
            raise BadMarks([Problem(number, f"quá {MOST_ROWS:,} lượt. Tách tệp thành nhiều phần.".replace(",", "."))])
    if problems:
        raise BadMarks(problems)
    return Marks(slots, highest, tuple(rows))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of every line that is not empty."""
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise BadMarks([Problem(line, "có ký tự không phải chữ. Tệp này không phải CSV.")])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter = ";" if ";" in next(filter(str.strip, lines), "") else ","
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    began = 1  # where the record starts: a quoted cell may hold line breaks
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield began, stripped
            began = reader.line_num + 1
    except csv.Error:
        said = "dấu ngoặc kép không khớp, hoặc ô quá dài. Lưu lại tệp dạng CSV."
        raise BadMarks([Problem(began, said)]) from None


def _header(number: int, cells: Sequence[str]) -> tuple[tuple[int | str, ...], tuple[Fraction, ...], list[Problem]]:
    if len(cells) < 2 or cells[0].lower() != "attempt":
        wanted = "tiêu đề phải là “attempt,1/1,2/2.5,…”: cột đầu “attempt”, rồi mỗi câu một cột “số câu/điểm cao nhất”."
        return (), (), [Problem(number, wanted)]
    if len(cells) > MOST_SLOTS + 1:
        return (), (), [Problem(number, f"quá {MOST_SLOTS} câu.")]
    slots, highest, problems = [], [], []
    for n, cell in enumerate(cells[1:], 2):
        slot, _, most = (part.strip() for part in cell.rpartition("/"))
        value = _read(most)
        if not slot or value is None or value < 0:
            said = f"cột {n} là “{_short(cell)}”, phải là “số câu/điểm cao nhất”, ví dụ “{n - 1}/1”."
            problems.append(Problem(number, said))
            continue
        name = int(slot) if slot.isascii() and slot.isdigit() and len(slot) < 10 else slot
        if name in slots:
            problems.append(Problem(number, f"câu {_short(slot)} có hai cột."))
        slots.append(name)
        highest.append(value)
    return tuple(slots), tuple(highest), problems


def _row(
    number: int, cells: Sequence[str], header: Sequence[str], highest: Sequence[Fraction], seen: dict[str, int]
) -> Iterator[Fraction | Problem]:
    """The marks of a line, and what is wrong with it."""
    attempt = cells[0]
    if not attempt:
        yield Problem(number, "thiếu mã lượt ở cột đầu.")
    elif attempt in seen:
        yield Problem(number, f"lượt “{_short(attempt)}” trùng với dòng {seen[attempt]}.")
    seen.setdefault(attempt, number)
    if len(cells) != len(header):
        yield Problem(number, f"có {len(cells)} ô, tiêu đề có {len(header)} cột. Câu không trả lời thì để ô trống.")
        return
    for cell, title, most in zip(cells[1:], header[1:], highest, strict=True):
        slot = title.rpartition("/")[0].strip()
        value = _read(cell) if cell else Fraction(0)
        if value is None:
            yield Problem(number, f"câu {_short(slot)}: “{_short(cell)}” không phải là điểm.")
        elif abs(value) > most:
            yield Problem(
                number, f"câu {_short(slot)}: điểm {_short(cell)} lớn hơn điểm cao nhất, {title.rpartition('/')[2]}."
            )
        else:
            yield value


def _read(text: str) -> Fraction | None:
    return Fraction(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
