"""OOXML: paragraphs and tables of Word as text.

python-docx looks up each cell anew, which takes minutes for a list of thousands; it parses these texts instead.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from quizapp.reports.paper.document import Run

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LINE = 240  # single, in 240ths
TWIPS = 56.6929  # in a millimetre
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def paragraph(
    runs: Sequence[Run],
    size: float,
    place: str = "center",
    *,
    indent: float = 0,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
    break_before: bool = False,
    underlined: bool = False,
    underlined_word: bool = False,
) -> str:
    """A paragraph. ``underlined``: a line below, as long as the words; it is a border of the run, so Word keeps it apart."""
    shape = ("<w:keepNext/>" if keep else "") + ("<w:pageBreakBefore/>" if break_before else "")
    shape += (
        f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}" w:line="{LINE}" w:lineRule="auto"/>'
    )
    shape += f'<w:ind w:firstLine="{round(indent * TWIPS)}"/>' if indent else ""
    shape += f'<w:jc w:val="{place}"/>'
    line = underlined or underlined_word
    inside = "".join(f"<w:r>{look(run, size, line)}{_text(run.text)}</w:r>" for run in runs)
    return f"<w:p><w:pPr>{shape}</w:pPr>{inside}</w:p>"


def look(run: Run, size: float, underlined: bool = False) -> str:
    shape = ("<w:b/>" if run.bold else "") + ("<w:i/>" if run.italic else "")
    shape += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'
    shape += '<w:highlight w:val="yellow"/>' if run.blank else ""
    shape += '<w:u w:val="single"/>' if underlined else ""
    return f"<w:rPr>{shape}</w:rPr>"


def _text(text: str) -> str:
    lines = _printable(text).split("\n")
    return "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")


def cell(runs: Sequence[Run], width: float, size: float, place: str) -> str:
    shape = f'<w:tcW w:w="{round(width * TWIPS)}" w:type="dxa"/><w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{shape}</w:tcPr>{paragraph(runs, size, place, before=1, after=1)}</w:tc>"


def table(widths: Sequence[float], rows: str, bordered: bool) -> str:
    whole = round(sum(widths) * TWIPS)
    columns = "".join(f'<w:gridCol w:w="{round(width * TWIPS)}"/>' for width in widths)
    shape = f'<w:tblW w:w="{whole}" w:type="dxa"/><w:jc w:val="center"/>'
    shape += f"<w:tblBorders>{_BORDERS}</w:tblBorders>" if bordered else ""
    shape += '<w:tblLayout w:type="fixed"/>'
    padding = "60" if bordered else "0"
    shape += (
        f'<w:tblCellMar><w:left w:w="{padding}" w:type="dxa"/><w:right w:w="{padding}" w:type="dxa"/></w:tblCellMar>'
    )
    return f"<w:tbl><w:tblPr>{shape}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
