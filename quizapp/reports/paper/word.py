"""Word: documents and tables as .docx that an office can go on writing in."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from quizapp.reports.paper import qr
from quizapp.reports.paper.document import Annex, Block, Layout, Official, Run, Style, Table
from quizapp.reports.paper.grid import Grid, said
from quizapp.reports.paper.ooxml import TWIPS, W, cell, look, paragraph, table

FACE = "Times New Roman"
A4 = (210, 297)


def official(document: Official, at: datetime) -> bytes:
    """Báo cáo: head, text, recipients and signer, annexes; page numbers from the second page on."""
    form = document.form
    book = _book(document.title, at, form.body)
    section = _page(book.sections[0], (form.top, form.bottom, form.left, form.right))
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0], form.body)
    if document.footer:
        for footer in (section.first_page_footer, section.footer):
            _draft_footer(footer, document)
    _head(book, document)
    for n, block in enumerate(document.blocks, 1):
        _block(book, block, document, last=n == len(document.blocks))
    _foot(book, document)
    for annex in document.annexes:
        _annex(book, annex, document)
    return _bytes(book)


def tables(title: str, lines: Sequence[str], grids: Sequence[Grid], at: datetime, landscape: bool = True) -> bytes:
    """Tables one below the other, each with its title; a list that its readers will go on working with."""
    book = _book(title, at, 13)
    section = _page(book.sections[0], (20, 20, 20, 15) if landscape else (20, 20, 30, 15), landscape)
    _page_number(section.footer.paragraphs[0], 12, total=True)
    for n, grid in enumerate(grids):
        _line(book, [Run(grid.title, bold=True)], 14, "center", before=12 if n else 0)
        for line in lines if not n else ():
            _append(book, paragraph([Run(line, italic=True)], 12, after=6 if line is lines[-1] else 0))
        width = (A4[landscape] - 35) if landscape else A4[0] - 45
        _grid(book, grid, width, 12)
        if grid.note:
            _line(book, [Run(grid.note, italic=True)], 11, "both", before=3)
    return _bytes(book)


# --- the parts of an official document -------------------------------------------------------------------------


def _head(book: Any, document: Official) -> None:
    head, form, party = document.head, document.form, document.layout is Layout.PARTY
    left = [paragraph([Run(line)], form.agency) for line in head.above]
    left += [paragraph([Run(line, bold=True)], form.agency) for line in head.agency]
    left.append(paragraph([Run("*")], form.agency) if party else _rule("───────", 8))
    left.append(paragraph(head.number, form.number))
    if party:
        right = [paragraph([Run("ĐẢNG CỘNG SẢN VIỆT NAM", bold=True)], form.nation, underlined=True)]
    else:
        right = [
            paragraph([Run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True)], form.nation),
            paragraph([Run("Độc lập - Tự do - Hạnh phúc", bold=True)], form.motto, underlined=True),
        ]
    right.append(paragraph(head.place, form.place, before=6))
    whole = A4[0] - form.left - form.right
    narrow = round(whole * (0.45 if party else 0.4))  # the words of the State on the right are longer
    _two_columns(book, "".join(left), "".join(right), (narrow, whole - narrow))
    _line(book, [Run(head.kind, bold=True)], form.kind, "center", before=14)
    for line in head.about:
        _line(book, [Run(line, bold=True)], form.about, "center")
    _append(book, paragraph([Run("-----")], form.about, after=8) if party else _rule("───────", 8, after=8))


def _block(book: Any, block: Block, document: Official, last: bool = False) -> None:
    """``last``: it goes along with who signs, so that no page holds a signature alone."""
    form = document.form
    if isinstance(block, Table):
        if block.caption:
            _line(book, [Run(block.caption, bold=True, italic=True)], form.body - 1, "center", before=4, keep=True)
        _grid(book, block.grid, A4[0] - form.left - form.right, 12)
        if block.grid.note:
            _line(book, [Run(block.grid.note, italic=True)], 11, "both", before=2)
        return
    heading = block.style is Style.HEADING
    before = 6 if heading else 0
    _append(
        book, paragraph(block.runs, form.body, "both", indent=form.indent, before=before, after=4, keep=heading or last)
    )


def _foot(book: Any, document: Official) -> None:
    """Nơi nhận on the left, the office of whoever signs on the right; room for the name and the seal."""
    form, party = document.form, document.layout is Layout.PARTY
    word = Run("Nơi nhận:", bold=not party, italic=not party)
    left = paragraph([word], form.recipients_head, "left", underlined_word=party)
    for n, line in enumerate(document.recipients):
        left += paragraph([Run(f"- {line}{'.' if n == len(document.recipients) - 1 else ';' if not party else ','}")],
                   form.recipients, "left")  # fmt: skip
    right = "".join(paragraph([line], form.body) for line in document.signer)
    right += paragraph([Run("")], form.body) * 4 + paragraph([Run("(họ và tên)", italic=True, blank=True)], form.body)
    whole = A4[0] - form.left - form.right
    _append(book, paragraph([Run("")], 8, keep=True))
    _two_columns(book, left, right, (whole // 2, whole - whole // 2), keep=True)


def _annex(book: Any, annex: Annex, document: Official) -> None:
    form = document.form
    _append(book, paragraph([Run(annex.number, bold=True)], form.body, break_before=True))
    _append(book, paragraph([Run(annex.title, bold=True)], form.body))
    _append(book, paragraph(document.attached, form.body, after=6))
    for block in annex.blocks:
        _block(book, block, document)


def _draft_footer(footer: Any, document: Official) -> None:
    """What is a draft says so on each page, with the way to the frozen figures."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    line, form = footer.paragraphs[0], document.form
    _into(line, [Run(document.footer, italic=True)], 9, "left")
    line.paragraph_format.tab_stops.add_tab_stop(Mm(A4[0] - form.left - form.right), WD_TAB_ALIGNMENT.RIGHT)
    line.paragraph_format.line_spacing = 1.0  # all of it has to fit into the margin
    line.add_run("\t").add_picture(io.BytesIO(qr.png(document.address)), width=Mm(13))


# --- pieces ----------------------------------------------------------------------------------------------------


def _book(title: str, at: datetime, size: float) -> Any:
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt

    book = docx.Document()
    for child in list(book.element.body)[:-1]:
        book.element.body.remove(child)
    normal = book.styles["Normal"]
    normal.font.name, normal.font.size = FACE, Pt(size)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), FACE)
    language = book.styles.element.find(".//" + qn("w:lang"))
    if language is not None:
        language.set(qn("w:val"), "vi-VN")
    told = book.core_properties
    told.title, told.author, told.comments, told.language = title, "", "", "vi-VN"
    told.created = told.modified = at.astimezone(UTC).replace(tzinfo=None)
    return book


def _page(section: Any, margins: tuple[int, int, int, int], landscape: bool = False) -> Any:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(side) for side in (reversed(A4) if landscape else A4))
    names = ("top_margin", "bottom_margin", "left_margin", "right_margin")
    for name, millimetres in zip(names, margins, strict=True):
        setattr(section, name, Mm(millimetres))
    section.header_distance, section.footer_distance = Mm(10), Mm(5)
    return section


def _page_number(line: Any, size: float, total: bool = False) -> None:
    """The number of the page, in the middle; "Trang x/y" where ``total``."""
    from docx.oxml import parse_xml

    def field(code: str) -> str:
        return f'<w:fldSimple {W} w:instr=" {code} "><w:r>{look(Run(""), size)}<w:t>1</w:t></w:r></w:fldSimple>'

    _into(line, [Run("Trang ")] if total else [], size, "center")
    line._p.append(parse_xml(field("PAGE")))
    if total:
        line._p.append(parse_xml(f"<w:r {W}>{look(Run(''), size)}<w:t>/</w:t></w:r>"))
        line._p.append(parse_xml(field("NUMPAGES")))


def _into(line: Any, runs: Sequence[Run], size: float, place: str) -> None:
    from docx.oxml import parse_xml

    made = parse_xml(paragraph(runs, size, place).replace("<w:p>", f"<w:p {W}>", 1))
    for child in list(line._p):
        line._p.remove(child)
    for child in list(made):
        line._p.append(child)


def _line(book: Any, runs: Sequence[Run], size: float, place: str, before: float = 0, keep: bool = False) -> None:
    _append(book, paragraph(runs, size, place, before=before, keep=keep))


def _append(book: Any, xml: str) -> None:
    from docx.oxml import parse_xml

    tag = xml[1 : xml.index(">")]
    made = parse_xml(xml.replace(f"<{tag}>", f"<{tag} {W}>", 1))
    book.element.body.insert(len(book.element.body) - 1, made)  # the last one is the section


def _rule(line: str, size: float, after: float = 0) -> str:
    """A short line, a third of the words above."""
    return paragraph([Run(line)], size, after=after)


def _two_columns(book: Any, left: str, right: str, widths: tuple[int, int], keep: bool = False) -> None:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{round(width * TWIPS)}" w:type="dxa"/></w:tcPr>{content}</w:tc>'
        for width, content in zip(widths, (left, right), strict=True)
    )
    row = f"<w:tr>{'<w:trPr><w:cantSplit/></w:trPr>' if keep else ''}{cells}</w:tr>"
    _append(book, table(widths, row, bordered=False))


def _grid(book: Any, grid: Grid, width: float, size: float) -> None:
    """A bordered table; its head is repeated on each page and no row is broken."""
    whole = sum(column.width for column in grid.columns)
    widths = [width * column.width / whole for column in grid.columns]
    cells = [
        cell([Run(column.head, bold=True)], w, size, "center") for column, w in zip(grid.columns, widths, strict=True)
    ]
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"]
    rows += _rows(grid, grid.rows, widths, size, False)
    rows += _rows(grid, [grid.total] if grid.total is not None else [], widths, size, True)
    _append(book, table(widths, "".join(rows), bordered=True))


def _rows(grid: Grid, rows: Iterable[Sequence[Any]], widths: Sequence[float], size: float, bold: bool) -> list[str]:
    kinds = [column.kind for column in grid.columns]
    places = [kind.place for kind in kinds]
    made = []
    for row in rows:
        cells = (
            cell([Run(said(value, kind), bold=bold)], width, size, place)
            for value, kind, width, place in zip(row, kinds, widths, places, strict=True)
        )
        made.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>")
    return made


def _bytes(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
