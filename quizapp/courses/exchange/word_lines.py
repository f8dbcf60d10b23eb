"""Tệp Word -> lines of runs, as one sees them on the page: with automatic numbers, breaks and marks; tables as rows.

Reads the parts of a .docx itself: looking a style up for each paragraph costs python-docx most of its time.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quizapp.courses.exchange.bounds import OLE, ZIP, check_size, open_zip, parse_xml
from quizapp.courses.exchange.encoding import NAMES, convert, suspected
from quizapp.courses.exchange.texts import SUB, SUP, clean
from quizapp.courses.exchange.word_numbering import Numbering, W
from quizapp.courses.exchange.word_pictures import Pictures
from quizapp.domain.interchange import Unreadable

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BLACK = {"auto", "000000", "windowtext", "0d0d0d", "1f1f1f", "222222", "262626", "333333"}
_OFF = {"0", "false", "none", "off"}
MARKS = ("highlight", "color", "underline", "bold", "italic")


@dataclass(slots=True)
class Run:
    """A piece of text that looks the same throughout."""

    text: str
    marks: frozenset[str] = frozenset()
    font: str = ""  # the old encoding that its font needs, "" for Unicode


@dataclass(slots=True)
class Line:
    """What stands in one line: an automatic number in ``label``, then runs. ``cell``: of a table."""

    label: str
    label_marks: frozenset[str]
    runs: list[Run]
    heading: bool = False
    lost: list[str] = field(default_factory=list)
    text: str = ""  # of all runs, once they are whole
    lettered: bool = False  # its number is a letter

    def said(self) -> str:
        """What its runs say now."""
        return "".join([run.text for run in self.runs])


Rows = list[list[list[Line]]]  # of a table: rows of cells of lines


class Document:
    """A .docx as it was saved; ``encoding``: convert texts in old fonts."""

    def __init__(self, data: bytes, encoding: str | None = None):
        self.archive = _opened(data)
        self.encoding = encoding
        self.old_fonts: set[str] = set()
        self.part = self._main()
        self.pictures = Pictures(self.archive, self._relations())
        self.styles, self.default_font = self._styles()
        self.numbering = Numbering(self._xml("numbering.xml"))
        self.looks: dict[Any, tuple[frozenset[str], str]] = {}
        blocks = list(self._blocks(self.root))
        self._refuse_old(blocks)
        self.blocks = blocks

    # --- parts

    def _main(self) -> str:
        names = self.archive.namelist()
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Unreadable("Tệp có macro nên không được đọc. Lưu lại dạng .docx (không macro) rồi gửi.")
        part = next((name for name in names if re.fullmatch(r"word/document\d*\.xml", name)), None)
        if part is None:
            raise Unreadable("Tệp này không phải tệp Word. Nhận tệp .docx.")
        root = parse_xml(self.archive.read(part), "tệp Word")
        self.root = root.find(f"{W}body")
        if self.root is None:
            raise Unreadable("Tệp Word này không có nội dung.")
        return part

    def _xml(self, name: str) -> Any:
        path = posixpath.join(posixpath.dirname(self.part), name)
        return parse_xml(self.archive.read(path), "tệp Word") if path in self.archive.namelist() else None

    def _relations(self) -> dict[str, str]:
        root = self._xml(f"_rels/{posixpath.basename(self.part)}.rels")
        folder = posixpath.dirname(self.part)
        return {
            one.get("Id", ""): posixpath.normpath(posixpath.join(folder, one.get("Target", "")))
            for one in (root if root is not None else ())
            if one.get("TargetMode") != "External"
        }

    def _styles(self) -> tuple[dict[str, Any], str]:
        root = self._xml("styles.xml")
        if root is None:
            return {}, ""
        fonts = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
        default = (fonts.get(f"{W}ascii") or "") if fonts is not None else ""
        return {one.get(f"{W}styleId", ""): one for one in root.iter(f"{W}style")}, default

    # --- the body

    def _blocks(self, parent: Any) -> Iterator[list[Line] | Rows]:
        """Paragraphs as lists of lines, tables as rows, in order."""
        for one in parent:
            if one.tag == f"{W}p":
                yield self._paragraph(one)
            elif one.tag == f"{W}tbl":
                rows = [list(map(self._cell, row.findall(f"{W}tc"))) for row in one.iter(f"{W}tr")]
                yield [row for row in rows if row]
            elif one.tag == f"{W}sdt":
                for content in one.findall(f"{W}sdtContent"):
                    yield from self._blocks(content)

    def _cell(self, cell: Any) -> list[Line]:
        return [line for one in cell.iter(f"{W}p") for line in self._paragraph(one)]

    def _paragraph(self, paragraph: Any) -> list[Line]:
        properties = paragraph.find(f"{W}pPr")
        style, mark, heading = "", None, False
        label, lettered = "", False
        if properties is not None:
            named = properties.find(f"{W}pStyle")
            style = named.get(f"{W}val", "") if named is not None else ""
            mark = properties.find(f"{W}rPr")
            heading = (
                properties.find(f"{W}outlineLvl") is not None or re.match(r"(?i)heading|title|u?\d$", style) is not None
            )
            numbered = self._numbered(properties, style)
            label, lettered = self.numbering.label(numbered), self.numbering.lettered(numbered)
        looks, _ = self._look(mark, style)
        lines = [Line(label, looks, [], heading, lettered=lettered)]
        self._pieces(paragraph, style, lines)
        return lines

    def _numbered(self, properties: Any, style: str) -> tuple[str, int] | None:
        """(list, level) of a paragraph, its own or its style's."""
        found = properties.find(f"{W}numPr")
        seen: set[str] = set()
        while found is None and style in self.styles and style not in seen:
            seen.add(style)
            found = self.styles[style].find(f"{W}pPr/{W}numPr")
            based = self.styles[style].find(f"{W}basedOn")
            style = based.get(f"{W}val", "") if based is not None else ""
        if found is None:
            return None
        number, level = found.find(f"{W}numId"), found.find(f"{W}ilvl")
        if number is None:
            return None
        return number.get(f"{W}val", ""), int(level.get(f"{W}val", "0")) if level is not None else 0

    def _pieces(self, parent: Any, style: str, lines: list[Line]) -> None:
        """The runs below, wherever links and corrections have put them; a break begins another line."""
        for one in parent:
            if one.tag == f"{W}r":
                self._run(one, style, lines)
            elif one.tag.startswith(_MATH):
                lines[-1].runs.append(Run("".join(text.text or "" for text in one.iter(f"{_MATH}t"))))
                lines[-1].lost.append("dạng của công thức toán")
            elif one.tag not in (f"{W}del", f"{W}moveFrom", f"{W}pPr", _FALLBACK):
                self._pieces(one, style, lines)

    def _run(self, run: Any, style: str, lines: list[Line]) -> None:
        properties = run.find(f"{W}rPr")
        marks, font = self._look(properties, style)
        for one in run:
            tag = one.tag
            if tag == f"{W}t":
                self._add(lines[-1], _raised(one.text or "", properties), marks, font)
            elif tag == f"{W}tab":
                self._add(lines[-1], "\t", marks, font)
            elif tag in (f"{W}noBreakHyphen", f"{W}softHyphen"):
                soft = "\xad" if font.startswith("tcvn3") else ""  # there it is the letter ư
                self._add(lines[-1], "-" if tag == f"{W}noBreakHyphen" else soft, marks, font)
            elif tag in (f"{W}br", f"{W}cr"):
                lines.append(Line("", frozenset(), []))
            elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
                self._picture(one, lines[-1], marks)
            elif tag.endswith("}AlternateContent") and len(one):
                self._picture(one[0], lines[-1], marks)

    def _picture(self, parent: Any, line: Line, marks: frozenset[str]) -> None:
        if any(True for _ in parent.iter(f"{W}txbxContent")):
            line.lost.append("hộp chữ (text box)")
            return
        letters, lost = self.pictures.letters_of(parent)
        line.lost += lost
        self._add(line, letters, marks, "")

    def _add(self, line: Line, text: str, marks: frozenset[str], font: str) -> None:
        if line.runs and line.runs[-1].marks == marks and line.runs[-1].font == font:
            line.runs[-1].text += text
        elif text:
            line.runs.append(Run(text, marks, font))

    # --- looks

    def _look(self, properties: Any, style: str) -> tuple[frozenset[str], str]:
        """What marks a run, and the old encoding of its font; of its own, its character style's, its paragraph's."""
        named = properties.find(f"{W}rStyle") if properties is not None else None
        base = self._of_style(style)
        if named is not None:
            own = self._of_style(named.get(f"{W}val", ""))
            base = base[0] | own[0], own[1] or base[1]
        if properties is None:
            return base[0], _old(base[1] or self.default_font)
        marks, font = _marks(properties, base[0])
        return marks, _old(font or base[1] or self.default_font)

    def _of_style(self, style: str) -> tuple[frozenset[str], str]:
        if style not in self.looks:
            self.looks[style] = frozenset(), ""  # a style based on itself ends here
            found = self.styles.get(style)
            if found is not None:
                based = found.find(f"{W}basedOn")
                marks, font = self._of_style(based.get(f"{W}val", "")) if based is not None else (frozenset(), "")
                properties = found.find(f"{W}rPr")
                if properties is not None:
                    marks, own = _marks(properties, marks)
                    font = own or font
                self.looks[style] = marks, font
        return self.looks[style]

    # --- old fonts

    def _refuse_old(self, blocks: list[list[Line] | Rows]) -> None:
        """Unreadable where texts need an old font and nobody has asked to convert; else they are converted here."""
        lines = list(_each_line(blocks))
        fonts = [run.font for line in lines for run in line.runs if run.font and not run.text.isascii()]
        guess = fonts[0].rstrip("H") if fonts else suspected("\n".join(line.said() for line in lines)[:20_000])
        if self.encoding is None and guess:
            told = f"Tệp dùng phông chữ {NAMES[guess]}, không phải Unicode."
            fix = "Chuyển tệp sang Unicode (Unikey: Ctrl+Shift+F6), hoặc chọn chuyển mã khi đọc."
            raise Unreadable(f"{told} {fix}", guess)
        for line in lines:
            for run in line.runs:
                if self.encoding and (run.font or not fonts):  # each run as its own font needs it
                    run.text = convert(run.text, run.font.rstrip("H") or self.encoding)
                    run.text = run.text.upper() if run.font.endswith("H") else run.text
                run.text = clean(run.text)
            _narrow(line.runs)
            line.text = line.said()


_WIDEST = 8  # of what separates two options; what looks for them would go through thousands of tabs again and again
_WIDE = re.compile(rf"(\s{{{_WIDEST}}})\s+")


def _narrow(runs: list[Run]) -> None:
    """No more white space in a row than says something, however many runs it is cut into."""
    before = 0
    for run in runs:
        run.text = _WIDE.sub(r"\1", run.text)
        if run.text.strip():
            before = len(run.text) - len(run.text.rstrip())
        else:
            run.text = run.text[: max(0, _WIDEST - before)]
            before += len(run.text)


def _each_line(blocks: list[list[Line] | Rows]) -> Iterator[Line]:
    for block in blocks:
        for one in block:
            if isinstance(one, Line):
                yield one
            else:
                yield from (line for cell in one for line in cell)


def _opened(data: bytes) -> zipfile.ZipFile:
    check_size(data)
    if data.startswith(OLE):
        raise Unreadable("Tệp .doc (Word 97-2003) hoặc tệp có mật khẩu. Mở bằng Word, lưu lại dạng .docx rồi gửi.")
    if not data.startswith(ZIP):
        raise Unreadable("Tệp này không phải tệp Word. Nhận tệp .docx.")
    return open_zip(data)


def _marks(properties: Any, inherited: frozenset[str]) -> tuple[frozenset[str], str]:
    marks, font = set(inherited), ""
    for one in properties:
        value = one.get(f"{W}val", "")
        match one.tag.removeprefix(W):
            case "b":
                _set(marks, "bold", value not in _OFF)
            case "i":
                _set(marks, "italic", value not in _OFF)
            case "u":
                _set(marks, "underline", value not in _OFF)
            case "highlight":
                _set(marks, "highlight", value not in _OFF and value != "white")
            case "shd":
                fill = one.get(f"{W}fill", "auto").lower()
                _set(marks, "highlight", fill not in ("auto", "ffffff", ""))
            case "color":
                _set(marks, "color", value.lower() not in _BLACK)
            case "rFonts":
                font = one.get(f"{W}hAnsi") or one.get(f"{W}ascii") or ""
    return frozenset(marks), font


def _set(marks: set[str], name: str, on: bool) -> None:
    (marks.add if on else marks.discard)(name)


def _old(font: str) -> str:
    """The encoding of an old font, with an H for one of capitals."""
    name = font.lower()
    if name.startswith(".vn"):
        return "tcvn3H" if name.endswith("h") else "tcvn3"
    return "vni" if name.startswith("vni-") or name.startswith("vni ") else ""


def _raised(text: str, properties: Any) -> str:
    found = properties.find(f"{W}vertAlign") if properties is not None else None
    letters = {"superscript": SUP, "subscript": SUB}.get(found.get(f"{W}val", "") if found is not None else "", {})
    return "".join(letters[one] for one in text) if letters and all(one in letters for one in text) else text
