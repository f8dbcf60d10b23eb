"""Tệp lỗi: the lines with problems as a sheet, what is wrong and what may be done written beside each; and the sample file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quizapp.administration.import_check import Checked
from quizapp.domain.people_sheet import FIELDS
from quizapp.web import spreadsheets as sheets

_FIELDS = ("name", "phone", "body", "body_code", "parent", "title", "login", "from_on")
_HEADINGS = ["Dòng", *(FIELDS[name] for name in _FIELDS), "Mức", "Vấn đề", "Cách xử lý"]
_WIDTHS = (7, 26, 15, 34, 14, 26, 20, 16, 12, 10, 60, 44)
SAMPLE = (
    ("1", "Nguyễn Văn Mẫu", "0912345678", "Chi bộ Văn phòng", "Đảng ủy phường Bến Sậy", "Bí thư", "01/07/2025"),
    ("2", "Trần Thị Mẫu", "0987654321", "Chi bộ Văn phòng", "Đảng ủy phường Bến Sậy", "Đảng viên", ""),
)


def of_lines(checked: Checked) -> bytes:
    """The lines of a checked file that have problems."""
    lines = (line for line in (*checked.bodies, *checked.people) if line.problems)
    return made((line.number, line.given, [one.stored() for one in line.problems]) for line in lines)


def made(lines: Iterable[tuple[int | None, Mapping[str, str], Sequence[Mapping[str, Any]]]]) -> bytes:
    """(number, what the file says, problems) -> a sheet; its columns are known again when it is handed in."""
    rows = []
    for number, given, problems in lines:
        bad = "Lỗi" if any(one["bad"] for one in problems) else "Cần xem"
        told = "\n".join(one["sentence"].split(": ", 1)[-1] for one in problems)
        ways = "\n".join(dict.fromkeys(words for one in problems for value, words in one["choices"] if value != "skip"))
        rows.append((number or "", *(given.get(name, "") for name in _FIELDS), bad, told, ways))
    return sheets.write("Dòng có vấn đề", _HEADINGS, rows, _WIDTHS)


def sample() -> bytes:
    """Tệp mẫu."""
    headings = ("STT", *(FIELDS[name] for name in ("name", "phone", "body", "parent", "title", "from_on")))
    return sheets.write("Người dùng", headings, SAMPLE, (6, 28, 16, 30, 32, 20, 14))
