"""Ngân hàng câu hỏi in ra Word: every question with its key, why each option is right or wrong, and its provision.

What is written is read back by `word`.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from quizapp.courses.exchange.lost import mark_losses
from quizapp.courses.exchange.sheet_columns import LEVELS, gap_text, gap_whys
from quizapp.courses.exchange.texts import BOLD, PICTURE, to_plain
from quizapp.courses.exchange.word_pictures import as_word_shows
from quizapp.domain.interchange import KINDS, Offered, OfferedOption, OfferedPair

LETTERS = "ABCDEFGH"
WIDEST = 15  # centimetres of a picture
SAID = {"ordered": "giữ thứ tự", "without_marks": "không cần dấu"}  # in brackets behind the number of a question


def unwritable(item: Offered) -> str | None:
    """Why the file cannot hold a question; None where it can."""
    most = max([len(item.options), len(item.pairs), len(item.gaps)], default=0)
    return "câu có hơn 8 phương án" if most > 8 else next(filter(None, map(unwritable, item.parts)), None)


def losses(item: Offered) -> list[str]:
    """What of a question that it can hold is left out."""
    return mark_losses("Word", item)


def write(items: Iterable[Offered], title: str = "Ngân hàng câu hỏi", named: Callable[[str], str] = str) -> bytes:
    """A .docx to print and to read back; ``named`` gives a provision as people call it."""
    paper = _Paper(title, named)
    for item in items:
        paper.pictures = {one.name: one.data for part in (item, *item.parts) for one in part.pictures}
        if item.kind == "case":
            told = f" ({item.id})" if item.id else ""
            paper.line(
                f"Tình huống chung cho {len(item.parts)} câu sau{told}: ", item.situation or item.text, bold=True
            )
            for n, part in enumerate(item.parts):
                paper.question(part if n else part.model_copy(update={"objective": item.objective}))
        else:
            paper.question(item)
    return paper.done()


class _Paper:
    """A document on its way."""

    def __init__(self, title: str, named: Callable[[str], str]):
        from docx import Document  # only whoever writes Word needs it
        from docx.shared import Pt

        self.made, self.named, self.count = Document(), named, 0
        self.normal = self.made.styles["Normal"]
        self.normal.font.name, self.normal.font.size = "Times New Roman", Pt(13)
        self.category: str | None = None
        self.pictures: dict[str, bytes] = {}  # of the question that is being written
        self.made.add_heading(title, 1)
        self.body = self.made.element.body
        self.last = self.body[-1]

    def line(self, label: str, text: str, bold: bool = False) -> None:
        """A paragraph: a label, then Markdown as letters with its bold words bold."""
        from docx.oxml.parser import OxmlElement

        paragraph = OxmlElement("w:p")
        self.last.addprevious(paragraph)
        for run in self._runs(label, text, bold):
            paragraph.append(run)

    def _runs(self, label: str, text: str, bold: bool) -> Iterator[Any]:
        yield from self._words(label, bold)
        pieces = PICTURE.split(text)
        for alt, name, piece in zip(["", *pieces[1::3]], ["", *pieces[2::3]], pieces[::3], strict=True):
            if name:
                yield self._picture(unquote(name), to_plain(alt))
            for n, words in enumerate(BOLD.split(piece)):
                yield from self._words(to_plain(words) if words.strip() else words, n % 2 == 1)

    def _words(self, text: str, bold: bool) -> Iterator[Any]:
        """A piece of text as runs, a line each."""
        from docx.oxml.ns import qn
        from docx.oxml.parser import OxmlElement

        for n, line in enumerate(text.split("\n")) if text else ():
            run: Any = OxmlElement("w:r")
            if bold:
                run.append(OxmlElement("w:rPr"))
                run[0].append(OxmlElement("w:b"))
            if n:
                run.append(OxmlElement("w:br"))
            told = OxmlElement("w:t")
            told.text = line
            told.set(qn("xml:space"), "preserve")
            run.append(told)
            yield run

    def _picture(self, name: str, alt: str) -> Any:
        """A picture in the line, its words with it; the words alone where its bytes are not there."""
        from docx.oxml.parser import OxmlElement
        from docx.shared import Cm

        if name not in self.pictures:
            return next(self._words(f"[Hình: {alt}]", False))
        inline = self.made.part.new_pic_inline(io.BytesIO(as_word_shows(self.pictures[name])))
        shown = min(1.0, Cm(WIDEST) / inline.extent.cx)
        drawn: Any = inline.graphic.graphicData.pic.spPr
        for extent in (inline.extent, drawn.xfrm.ext):
            extent.cx, extent.cy = int(extent.cx * shown), int(extent.cy * shown)
        inline.docPr.set("descr", alt)
        inline.docPr.set("name", name)
        run: Any = OxmlElement("w:r")
        run.append(OxmlElement("w:drawing"))
        run[0].append(inline)
        return run

    def question(self, item: Offered) -> None:
        if item.category and item.category != self.category:
            self.category = item.category
            self.line("Chủ đề: ", item.category, bold=True)
        self.count += 1
        brackets = [item.id or "", KINDS[item.kind], LEVELS.get(item.level or "", "")]
        brackets += [said for name, said in SAID.items() if getattr(item, name)]
        start = f"Câu {self.count} ({', '.join(filter(None, brackets))}). "
        if item.situation:
            self.line(f"{start}Tình huống: ", item.situation, bold=True)
            self.line("Hỏi: ", item.text)
        else:
            self.line(start, item.text, bold=True)
        self._answers(item)
        told = {"Giải thích": item.feedback, "Mục tiêu": item.objective, "Đơn vị tính": item.unit}
        if item.provision:
            told["Điều khoản"] = self.named(item.provision)
        told["Thẻ"] = "; ".join(item.tags)
        for name, text in told.items():
            if text:
                self.line(f"{name}: ", text)

    def _answers(self, item: Offered) -> None:
        match item.kind:
            case "single" | "multiple":
                least = 99.9 if item.kind == "single" else 0
                right = [LETTERS[n] for n, option in enumerate(item.options) if option.weight > least]
                self._options(item.options)
                self.line("Đáp án: ", ", ".join(right), bold=True)
                self._reasons(item.options)
            case "true_false":
                self.line("Đáp án: ", next((one.text for one in item.options if one.weight > 0), ""), bold=True)
                self._reasons(item.options)
            case "ordering" | "short":
                self._options(item.options)
            case "matching":
                for letter, pair in zip(LETTERS, item.pairs, strict=False):
                    self.line(f"{letter}. ", f"{pair.left} → {pair.right}")
                self._reasons(item.pairs)
            case "gaps":
                for letter, gap in zip(LETTERS, item.gaps, strict=False):
                    self.line(f"{letter}. ", gap_text(gap))
                for letter, gap in zip(LETTERS, item.gaps, strict=False):
                    if whys := gap_whys(gap):
                        self.line(f"Vì sao {letter}: ", whys)
            case "number" if item.options:
                margin = item.options[0].tolerance if item.options[0].tolerance is not None else item.tolerance
                self.line("Đáp án: ", item.options[0].text.replace(".", ","), bold=True)
                if margin:
                    self.line("Sai số: ", f"{margin:g}".replace(".", ","))

    def _options(self, options: Iterable[OfferedOption]) -> None:
        for letter, option in zip(LETTERS, options, strict=False):
            self.line(f"{letter}. ", option.text)

    def _reasons(self, options: Iterable[OfferedOption | OfferedPair]) -> None:
        for letter, option in zip(LETTERS, options, strict=False):
            if option.feedback:
                self.line(f"Vì sao {letter}: ", option.feedback)

    def done(self) -> bytes:
        out = io.BytesIO()
        self.made.save(out)
        return out.getvalue()
