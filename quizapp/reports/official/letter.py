"""Thể thức: who issues a report, and how its head and foot are worded. Source: ux.md 4.3 (36-HD/VPTW; Nghị định 30/2020)."""

from collections.abc import Sequence
from datetime import date

from quizapp.organisation.models import BodyKind
from quizapp.reports.official.figures import BodyThen, Kept
from quizapp.reports.paper.document import Layout, Run

BLANK = "\u00a0" * 8  # room for what a person writes in


class Letter(Kept):
    """What a body types once and finds again: each a line or several."""

    layout: Layout
    above: tuple[str, ...] = ()
    agency: tuple[str, ...]
    name: str  # as it stands in a sentence
    symbol: str  # BC/BNCTU, BC-UBND; empty: left to the office
    place: str
    basis: str = ""  # "Kế hoạch số 12-KH/BNCTU"; empty: left blank
    recipients: tuple[str, ...] = ()
    signer: tuple[str, ...] = ()  # quyền hạn, chức vụ; never a name
    signed_on: date | None = None


def layout_of(kind: str) -> Layout:
    """Which layout a body issues in: the Party's own bodies and the mass organisations in the Party's, others in the State's.

    Source: Hướng dẫn 36-HD/VPTW is for party bodies; mass organisations have their own close to it, so one may choose.
    """
    return Layout.PARTY if kind in (BodyKind.PARTY, BodyKind.UNION) else Layout.STATE


def offered(body: BodyThen) -> Letter:
    """What stands in the form of a body that has not made a report yet."""
    above = (body.above.upper(),) if body.above else ()
    layout = layout_of(body.kind)
    to = [f"{body.above} (để báo cáo)"] if body.above else []
    kept = "Lưu Văn phòng" if layout is Layout.PARTY else "Lưu: VT"
    return Letter(
        layout=layout,
        above=above,
        agency=(body.name.upper(),),
        name=body.name,
        symbol="",
        place="",
        recipients=(*to, kept),
    )


def number_line(letter: Letter) -> list[Run]:
    """Số, ký hiệu: "Số …-BC/BNCTU" or "Số: …/BC-UBND"; the number is the office's to give."""
    symbol = Run(letter.symbol) if letter.symbol else Run(BLANK, blank=True)
    if letter.layout is Layout.PARTY:
        return [Run("Số "), Run(BLANK, blank=True), Run("-"), symbol]
    return [Run("Số: "), Run(BLANK, blank=True), Run("/"), symbol]


def place_line(letter: Letter, today: date) -> list[Run]:
    """Địa danh, ngày tháng năm; the day stays open until it is signed."""
    place = Run(letter.place, italic=True) if letter.place else Run(BLANK, italic=True, blank=True)
    if letter.signed_on:
        return [place, Run(f", {in_words(letter.signed_on)}", italic=True)]
    month = f" tháng {_month(today)} năm {today.year}"
    return [place, Run(", ngày ", italic=True), Run("\u00a0" * 5, italic=True, blank=True), Run(month, italic=True)]


def in_words(day: date) -> str:
    """ "ngày 05 tháng 3 năm 2020": 0 before days under ten and the months one and two. Source: Nghị định 30/2020."""
    return f"ngày {day.day:02d} tháng {_month(day)} năm {day.year}"


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month < 3 else str(day.month)


def signer_lines(letter: Letter) -> list[Run]:
    """Who signs, in which right; left open where nothing was typed."""
    return [Run(line, bold=True) for line in letter.signer] or [Run("(quyền hạn, chức vụ)", italic=True, blank=True)]


def lines(typed: str | None) -> tuple[str, ...]:
    """What was typed, line by line, without empty ones."""
    return tuple(line.strip() for line in (typed or "").splitlines() if line.strip())


def joined(parts: Sequence[str]) -> str:
    """The other way: for a field."""
    return "\n".join(parts)
