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
from quizapp.domain.interchange import OfferedPicture, Unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BLACK = {"auto", "000000", "windowtext", "0d0d0d", "1f1f1f", "222222", "262626", "333333"}
_OFF = {"0", "false", "none", "off"}
_SIGNS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
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
    pictures: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


Rows = list[list[list[Line]]]  # of a table: rows of cells of lines


class Document:
    """A .docx as it was saved; ``encoding``: convert texts in old fonts."""

    def __init__(self, data: bytes, encoding: str | None = None):
        self.archive = _opened(data)
        self.encoding = encoding
        self.old_fonts: set[str] = set()
        self.pictures: dict[str, OfferedPicture] = {}
        self.part = self._main()
        self.targets = self._relations()
        self.styles, self.default_font = self._styles()
        self.numbering = _Numbering(self._xml("numbering.xml"))
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
        label = ""
        if properties is not None:
            named = properties.find(f"{W}pStyle")
            style = named.get(f"{W}val", "") if named is not None else ""
            mark = properties.find(f"{W}rPr")
            heading = (
                properties.find(f"{W}outlineLvl") is not None or re.match(r"(?i)heading|title|u?\d$", style) is not None
            )
            label = self.numbering.label(self._numbered(properties, style))
        looks, _ = self._look(mark, style)
        lines = [Line(label, looks, [], heading)]
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
                self._add(lines[-1], "-" if tag == f"{W}noBreakHyphen" else "", marks, font)
            elif tag in (f"{W}br", f"{W}cr"):
                lines.append(Line("", frozenset(), []))
            elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
                self._picture(one, lines[-1])
            elif tag.endswith("}AlternateContent") and len(one):
                self._run_part(one[0], style, lines)

    def _run_part(self, parent: Any, style: str, lines: list[Line]) -> None:
        if any(True for _ in parent.iter(f"{W}txbxContent")):
            lines[-1].lost.append("hộp chữ (text box)")
        else:
            self._picture(parent, lines[-1])

    def _add(self, line: Line, text: str, marks: frozenset[str], font: str) -> None:
        if line.runs and line.runs[-1].marks == marks and line.runs[-1].font == font:
            line.runs[-1].text += text
        elif text:
            line.runs.append(Run(text, marks, font))

    def _picture(self, parent: Any, line: Line) -> None:
        ids = [one.get(f"{_R}embed") for one in parent.iter(f"{_A}blip")]
        ids += [one.get(f"{_R}id") for one in parent.iter() if one.tag.endswith("}imagedata")]
        for target in (self.targets.get(one or "", "") for one in ids):
            name = posixpath.basename(target)
            data = self.archive.read(target) if target in self.archive.namelist() else b""
            if data.startswith(_SIGNS):
                self.pictures[name] = OfferedPicture(name=name, data=data)
                line.pictures.append(name)
            else:
                line.lost.append(f"hình {name} (không phải PNG, JPEG, GIF hay WebP)")
        if not ids:
            line.lost.append("hình vẽ hoặc đối tượng của Word")

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
        guess = fonts[0].rstrip("H") if fonts else suspected("\n".join(line.text for line in lines)[:20_000])
        if self.encoding is None and guess:
            told = f"Tệp dùng phông chữ {NAMES[guess]}, không phải Unicode."
            fix = "Chuyển tệp sang Unicode (Unikey: Ctrl+Shift+F6), hoặc chọn chuyển mã khi đọc."
            raise Unreadable(f"{told} {fix}", guess)
        for line in lines:
            for run in line.runs:
                if self.encoding and (run.font.rstrip("H") == self.encoding or not fonts):
                    run.text = convert(run.text, self.encoding)
                    run.text = run.text.upper() if run.font.endswith("H") else run.text
                run.text = clean(run.text)


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
                font = one.get(f"{W}ascii") or one.get(f"{W}hAnsi") or ""
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


# --- automatic numbers -----------------------------------------------------------------------------------------


class _Numbering:
    """numbering.xml, and how far each list has counted."""

    def __init__(self, root: Any):
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # list -> level -> (format, text, start)
        self.lists: dict[str, str] = {}  # number -> list that it counts with
        self.counts: dict[str, list[int | None]] = {}
        if root is None:
            return
        kinds = {one.get(f"{W}abstractNumId", ""): _levels(one) for one in root.findall(f"{W}abstractNum")}
        for number in root.findall(f"{W}num"):
            key, kind = number.get(f"{W}numId", ""), number.find(f"{W}abstractNumId")
            base = kind.get(f"{W}val", "") if kind is not None else ""
            self.levels[key] = dict(kinds.get(base, {}))
            overrides = number.findall(f"{W}lvlOverride")
            self.lists[key] = f"own {key}" if overrides else base
            for one in overrides:
                level, start = int(one.get(f"{W}ilvl", "0")), one.find(f"{W}startOverride")
                self.levels[key].update(_levels(one))
                told = self.levels[key].get(level, ("decimal", f"%{level + 1}.", 1))
                if start is not None:
                    self.levels[key][level] = (told[0], told[1], int(start.get(f"{W}val", "1")))

    def label(self, place: tuple[str, int] | None) -> str:
        """What Word puts before the next paragraph of that list and level; "•" for a bullet, "" for nothing."""
        if place is None or place[0] not in self.levels or place[1] not in self.levels[place[0]]:
            return ""
        number, level = place
        counts = self.counts.setdefault(self.lists[number], [None] * 9)
        for n in range(level + 1):
            start = self.levels[number].get(n, ("", "", 1))[2]
            last = counts[n]
            counts[n] = (start if last is None else last + 1) if n == level else (start if last is None else last)
        counts[level + 1 :] = [None] * (8 - level)
        kind, text, _ = self.levels[number][level]
        if kind in ("bullet", "none"):
            return "•" if kind == "bullet" else ""
        told = lambda found: _formatted(counts[int(found[1]) - 1] or 1, self.levels[number], int(found[1]) - 1)  # noqa: E731
        return re.sub(r"%([1-9])", told, text)


def _levels(parent: Any) -> dict[int, tuple[str, str, int]]:
    found = {}
    for one in parent.findall(f"{W}lvl"):
        told = {name: one.find(f"{W}{name}") for name in ("numFmt", "lvlText", "start")}
        value = {name: node.get(f"{W}val", "") if node is not None else "" for name, node in told.items()}
        start = int(value["start"]) if value["start"].isdigit() else 1
        found[int(one.get(f"{W}ilvl", "0"))] = (value["numFmt"] or "decimal", value["lvlText"], start)
    return found


def _formatted(count: int, levels: dict[int, tuple[str, str, int]], level: int) -> str:
    match levels.get(level, ("decimal", "", 1))[0]:
        case "upperLetter":
            return chr(65 + (count - 1) % 26)
        case "lowerLetter":
            return chr(97 + (count - 1) % 26)
        case "upperRoman":
            return _roman(count)
        case "lowerRoman":
            return _roman(count).lower()
    return str(count)


def _roman(count: int) -> str:
    told = ""
    for value, letters in zip((100, 90, 50, 40, 10, 9, 5, 4, 1), "C XC L XL X IX V IV I".split(), strict=True):
        told += letters * (count // value)
        count %= value
    return told
