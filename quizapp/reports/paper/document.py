"""Văn bản: an official document as a value, before it is set as a page, as Word or as PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizapp.reports.paper.grid import Grid


class Layout(StrEnum):
    """Thể thức."""

    PARTY = "party"  # văn bản của Đảng
    STATE = "state"  # văn bản hành chính


LAYOUTS = {
    Layout.PARTY: "Văn bản của Đảng (Hướng dẫn 36-HD/VPTW)",
    Layout.STATE: "Văn bản hành chính (Nghị định 30/2020/NĐ-CP)",
}


@dataclass(frozen=True)
class Form:
    """The measures of a layout: millimetres and points. Source: ux.md 4.3; what stands there with † is marked "†" here."""

    top: int
    bottom: int
    left: int
    right: int
    nation: float  # ĐẢNG CỘNG SẢN VIỆT NAM, or quốc hiệu
    motto: float  # tiêu ngữ; 0 where there is none
    agency: float
    number: float
    place: float
    kind: float
    about: float
    body: float
    recipients_head: float
    recipients: float
    indent: float  # of a first line, millimetres


FORMS = {
    Layout.PARTY: Form(20, 20, 30, 15, 15, 0, 14, 14, 14, 16, 14, 14, 14, 12, 10),  # margins †, recipients †
    Layout.STATE: Form(20, 20, 30, 15, 13, 14, 13, 13, 14, 14, 14, 14, 12, 11, 10),  # agency †, number †, kind †
}


@dataclass(frozen=True)
class Run:
    """A piece of a line. ``blank``: to be filled in by a person; shown on yellow until it is."""

    text: str
    bold: bool = False
    italic: bool = False
    blank: bool = False


class Style(StrEnum):
    BODY = "body"
    HEADING = "heading"
    HINT = "hint"  # a whole paragraph for the signer to write


@dataclass(frozen=True)
class Paragraph:
    runs: Sequence[Run]
    style: Style = Style.BODY

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Table:
    """A table in the text; ``caption`` above it."""

    grid: Grid
    caption: str


Block = Paragraph | Table


@dataclass(frozen=True)
class Annex:
    """Phụ lục: begins on a page of its own."""

    number: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Head:
    """What stands on top: the agency on the left, the nation on the right, the title below both."""

    above: Sequence[str]  # cơ quan cấp trên, a name may take two lines; may be empty
    agency: Sequence[str]
    number: Sequence[Run]
    place: Sequence[Run]
    kind: str
    about: Sequence[str]


@dataclass(frozen=True)
class Official:
    """Văn bản chính thức. ``footer`` and ``address`` (as QR) stand on drafts alone."""

    layout: Layout
    title: str  # of the file
    head: Head
    blocks: Sequence[Block]
    recipients: Sequence[str]
    signer: Sequence[Run]
    annexes: Sequence[Annex] = ()
    footer: str = ""
    address: str = ""

    @property
    def form(self) -> Form:
        return FORMS[self.layout]

    @property
    def attached(self) -> list[Run]:
        """What stands under the title of an annex: "(Kèm theo Báo cáo số 05-BC/BNCTU, ngày … tháng … năm …)"."""
        number = [Run(run.text.replace("Số", "số"), run.bold, True, run.blank) for run in self.head.number]
        start = Run(f"(Kèm theo {self.head.kind.capitalize()} ", italic=True)
        open_day = Run("ngày … tháng … năm …", italic=True, blank=True)
        return [start, *number, Run(", ", italic=True), open_day, Run(")", italic=True)]
