"""Bảng danh sách as offices send it: where its header is, which column is what, which rows hold a person or a body."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from quizapp.domain.sheet_values import Cell, text
from quizapp.domain.vietnamese import fold

HEADER_WITHIN = 40  # rows from the top: above the header stand the names of the offices and of the list


class Kind(StrEnum):
    """Bảng của gì: people, or bodies."""

    PEOPLE = "people"
    BODIES = "bodies"


FIELDS: dict[str, str] = {
    "name": "Họ và tên",
    "family": "Họ và tên đệm",
    "given": "Tên",
    "phone": "Số điện thoại",
    "body": "Đơn vị",
    "body_code": "Mã đơn vị",
    "parent": "Cấp trên của đơn vị",
    "title": "Chức vụ",
    "login": "Tên đăng nhập",
    "from_on": "Từ ngày",
}
OF_PEOPLE = tuple(FIELDS)
OF_BODIES = ("body", "body_code", "parent", "from_on")
# Folded headings, without what stands in brackets; the first field that fits a column takes it.
_HEADINGS: dict[str, str] = {
    "name": r"(ho|ho va|ho, chu dem va) ?ten( (khai sinh|can bo|cong chuc|vien chuc|dang vien|nguoi hoc|nhan vien|hoi vien|doan vien|cbccvc|ccvc))*"  # noqa: E501
    r"|ten (can bo|nguoi hoc|dang vien|nguoi dung)|full ?name|danh sach (can bo|dang vien)",
    "family": r"ho|ho (va )?(chu |ten )?(dem|lot)|ho dem",
    "given": r"ten",
    "phone": r"(so )?(dien thoai|d ?t|dt ?dd|sdt|di dong|mobile|phone|tel|zalo)( (di dong|lien he|ca nhan|zalo|dd))?|lien he|so lien lac|so zalo",  # noqa: E501
    "login": r"ten dang nhap|tai khoan|user ?name|login|ten tai khoan",
    "parent": r"(ten |ma )?(don vi )?cap tren( truc tiep| cua don vi)?|truc thuoc|dang (bo|uy)( cap tren| co so)?|don vi chu quan|thuoc (don vi|dang bo|dang uy)|don vi truc thuoc",  # noqa: E501
    "body_code": r"ma (don vi|chi bo|dv|co quan|to chuc)( hien nay)?|ma",
    "body": r"(ten )?(don vi|chi bo|co quan|phong( ban)?|phong, ban|to chuc( dang)?|noi|don vi/chi bo|dv)( (cong tac|sinh hoat|lam viec|hien nay|dang))*|chi bo sinh hoat",  # noqa: E501
    "title": r"chuc (vu|danh)( (dang|chinh quyen|hien nay|cong tac))*|vi tri( viec lam| cong tac)?|chuc vu, chuc danh",
    "from_on": r"(tu|hieu luc tu) ngay|ngay (bat dau|vao co quan|ve don vi|nhan cong tac|hieu luc|chuyen den|vao don vi|thanh lap|den)( cong tac)?|thoi gian (bat dau|ve don vi)|co tu ngay",  # noqa: E501
}
_PATTERNS = {field: re.compile(pattern) for field, pattern in _HEADINGS.items()}
_AT_THE_END = re.compile(
    r"(tong( cong| so)?|cong|nguoi lap( bieu)?|thu truong|lap bieu|tm|t/m|noi nhan|xac nhan"
    r"|(danh sach )?(nay )?an dinh|ghi chu|luu y)\b.*"
)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a file: its rows from the very first, and which cells (row, column; from 0) are formulas."""

    name: str
    rows: Sequence[Sequence[Cell]]
    formulas: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Heading:
    """Dòng tiêu đề: its first row (from 0), how many rows it takes, what each column is called, which field it is."""

    row: int
    depth: int
    labels: tuple[str, ...]
    columns: Mapping[str, int]

    @property
    def kind(self) -> Kind | None:
        """What the sheet lists; None where no name is found."""
        if "name" in self.columns or {"family", "given"} <= self.columns.keys():
            return Kind.PEOPLE
        return Kind.BODIES if {"body", "parent"} <= self.columns.keys() else None


def field_of(label: str) -> str | None:
    """The field that a column of that heading holds; None where it is none of ours."""
    bare = fold(re.sub(r"\(.*?\)|\*", " ", label)).strip(" .:;-_")
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(bare)), None)


def find_heading(sheet: Sheet) -> Heading | None:
    """The heading: the row, or pair of rows, in which most columns are known; None where no sensible one is there."""
    best: tuple[int, Heading] | None = None
    for n in range(min(HEADER_WITHIN, len(sheet.rows))):
        for depth in (1, 2):
            found = read_heading(sheet, n, depth)
            if found is None or not found.kind:
                continue
            score = 2 * len(found.columns) + (depth == 2)
            if best is None or score > best[0]:
                best = score, found
    return best[1] if best else None


def read_heading(sheet: Sheet, row: int, depth: int = 1) -> Heading | None:
    """The heading that stands in given rows; None below the last row, or where the second row is no heading."""
    if row + depth > len(sheet.rows):
        return None
    upper = [text(cell) for cell in sheet.rows[row]]
    lower = [text(cell) for cell in sheet.rows[row + 1]] if depth == 2 else []
    if depth == 2 and (not any(upper) or not _continues(lower)):
        return None
    labels = []
    for n in range(max(len(upper), len(lower))):
        parts = [_at(upper, n) or ("" if depth == 1 else _group(upper, n)), _at(lower, n)]
        labels.append(" ".join(dict.fromkeys(part for part in parts if part)))
    columns: dict[str, int] = {}
    for n, label in enumerate(labels):
        known = field_of(_at(lower, n)) or field_of(label) or field_of(_at(upper, n))
        if known and known not in columns:
            columns[known] = n
    return Heading(row, depth, tuple(labels), columns)


def _continues(lower: Sequence[str]) -> bool:
    """Whether a row goes on with the heading above it; a row of people or of column numbers does not."""
    if any(any(c.isdigit() for c in cell) or len(cell) > 60 for cell in lower):
        return False
    return any(field_of(cell) for cell in lower)


def _at(cells: Sequence[str], n: int) -> str:
    return cells[n] if n < len(cells) else ""


def _group(cells: Sequence[str], n: int) -> str:
    """What a heading over several columns says: the nearest to the left."""
    return next((cell for cell in reversed(cells[:n]) if cell), "")


@dataclass(frozen=True)
class Row:
    """A row that holds a person or a body: its number in the sheet (from 1) and its cells by field."""

    number: int
    cells: Mapping[str, Cell]
    section: str = ""  # what the nearest row above said that stands alone: "I. CHI BỘ VĂN PHÒNG"
    formulas: frozenset[str] = field(default_factory=frozenset)  # fields that are formulas

    def text(self, field: str) -> str:
        return text(self.cells.get(field))


def rows_of(sheet: Sheet, heading: Heading, columns: Mapping[str, int]) -> Iterator[Row]:
    """The rows below the heading: without blank ones, sums and signatures; rows that stand alone name the body below."""
    section = ""
    names = [name for name in ("name", "given", "body") if name in columns]
    for n in range(heading.row + heading.depth, len(sheet.rows)):
        cells = sheet.rows[n]
        said = [told for told in dict.fromkeys(text(cell) for cell in cells) if told]
        if not said or _numbers_of_columns(said):
            continue
        if _AT_THE_END.fullmatch(fold(said[0])) or (len(said) > 1 and _AT_THE_END.fullmatch(fold(said[1]))):
            continue
        alone = _alone(said)
        if alone:
            section = alone
            continue
        found = {name: _cell(cells, column) for name, column in columns.items()}
        if any(text(found[name]) for name in names) or text(found.get("phone")):
            formulas = frozenset(name for name, column in columns.items() if (n, column) in sheet.formulas)
            yield Row(n + 1, found, section, formulas)


def _cell(cells: Sequence[Cell], column: int) -> Cell:
    return cells[column] if column < len(cells) else None


def _numbers_of_columns(said: Sequence[str]) -> bool:
    """(1), (2), (3) below a heading, or 1 2 3, A B 1 2."""
    return len(said) > 2 and all(re.fullmatch(r"\(?(\d{1,2}|[A-D])\)?", told) for told in said)


_NUMBER = r"[IVXLC]+|[A-ZĐ]|\d+(\.\d+)*"
_NUMBERED = re.compile(rf"^({_NUMBER})\s*[.)\-/:]\s*")
_BODY_WORDS = re.compile(
    r"\b(chi bo|dang (bo|uy)|phong|ban|so|uy ban|truong|tram|don vi|van phong|khoa|to|cong an|hoi|doan|co quan|khoi|cb|vp"
    r"|trung tam|benh vien|quan su|xa|phuong|dac khu|ubnd|mttq|thcs|thpt)\b"
)


def _alone(said: Sequence[str]) -> str:
    """The body that a row names which holds nothing else but perhaps its number; "" for any other row."""
    if len(said) == 2 and re.fullmatch(_NUMBER, said[0]):
        told = said[1]
    elif len(said) == 1:
        told = _NUMBERED.sub("", said[0])
    else:
        return ""
    return told if _BODY_WORDS.search(fold(told)) else ""
