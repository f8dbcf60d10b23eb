"""Ngân hàng câu hỏi in ra Word: every question with its key, why each option is right or wrong, and its provision.

What is written is read back by `word`.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any

from quizapp.courses.exchange.sheet_columns import LEVELS, gap_text, gap_whys
from quizapp.courses.exchange.texts import BOLD, to_plain
from quizapp.domain.interchange import KINDS, Offered, OfferedOption

LETTERS = "ABCDEFGH"


def unwritable(item: Offered) -> str | None:
    """Why the file cannot hold a question; None where it can."""
    most = max([len(item.options), len(item.pairs), len(item.gaps)], default=0)
    return "câu có hơn 8 phương án" if most > 8 else next(filter(None, map(unwritable, item.parts)), None)


def write(items: Iterable[Offered], title: str = "Ngân hàng câu hỏi", named: Callable[[str], str] = str) -> bytes:
    """A .docx to print and to read back; ``named`` gives a provision as people call it."""
    paper = _Paper(title, named)
    for item in items:
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
        self.made.add_heading(title, 1)
        self.body = self.made.element.body
        self.last = self.body[-1]

    def line(self, label: str, text: str, bold: bool = False) -> None:
        """A paragraph: a label, then Markdown as letters with its bold words bold."""
        from docx.oxml.ns import qn
        from docx.oxml.parser import OxmlElement

        paragraph = OxmlElement("w:p")
        self.last.addprevious(paragraph)
        pieces = [(label, bold), *((to_plain(piece), n % 2 == 1) for n, piece in enumerate(BOLD.split(text)))]
        for piece, strong in pieces:
            lines = piece.split("\n") if piece != label else [piece]
            for n, one in enumerate(lines):
                run: Any = OxmlElement("w:r")
                if strong:
                    run.append(OxmlElement("w:rPr"))
                    run[0].append(OxmlElement("w:b"))
                if n:
                    run.append(OxmlElement("w:br"))
                told = OxmlElement("w:t")
                told.text = one
                told.set(qn("xml:space"), "preserve")
                run.append(told)
                paragraph.append(run)

    def question(self, item: Offered) -> None:
        if item.category and item.category != self.category:
            self.category = item.category
            self.line("Chủ đề: ", item.category, bold=True)
        self.count += 1
        brackets = [item.id or "", KINDS[item.kind], LEVELS.get(item.level or "", "")]
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

    def _reasons(self, options: Iterable[OfferedOption]) -> None:
        for letter, option in zip(LETTERS, options, strict=False):
            if option.feedback:
                self.line(f"Vì sao {letter}: ", option.feedback)

    def done(self) -> bytes:
        out = io.BytesIO()
        self.made.save(out)
        return out.getvalue()
