"""Câu hỏi -> Moodle XML, in the shape that Moodle's own export has, so that any version since 2.0 reads it.

Moodle has no cases: the situation becomes a description, its questions follow it, all with one tag. A question's
situation stands before its text in a <div class="tinh-huong">. Gaps become a cloze question with lists.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence

from quizapp.courses.exchange import moodle_cloze
from quizapp.courses.exchange.blanks import without_marks
from quizapp.courses.exchange.carried import with_reasons
from quizapp.courses.exchange.lost import moodle_losses
from quizapp.courses.exchange.markup import rendered, rendered_inline, title_of
from quizapp.courses.exchange.texts import picture_names, to_plain
from quizapp.courses.exchange.xml_source import data, tag
from quizapp.domain.interchange import RIGHT, Offered, OfferedOption, OfferedPicture, tags_of

CASE = "tình huống"  # the tag of its questions, with the name of the case behind a colon
SITUATION = re.compile(r'\s*<div class="tinh-huong">\s*(.*?)\s*</div>', re.DOTALL)
_TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "true_false": "truefalse",
    "matching": "matching",
    "ordering": "ordering",
    "short": "shortanswer",
    "number": "numerical",
    "gaps": "cloze",
    "case": "description",
    "essay": "essay",
    "description": "description",
}


def unwritable(item: Offered) -> None:
    """Every question can be written."""


def losses(item: Offered) -> list[str]:
    """What of a question is left out."""
    return list(moodle_losses(item))


def write(items: Iterable[Offered]) -> bytes:
    """A Moodle XML file."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    category: str | None = None
    for n, item in enumerate(items, 1):
        if item.category != category:
            category = item.category
            lines.append(_category(category or ""))
        lines += _questions(item, n)
    return "\n".join([*lines, "</quiz>", ""]).encode()


def _category(path: str) -> str:
    where = tag("category", tag("text", data("$course$/top/" + path if path else "$course$/top")))
    return tag("question", where, tag("info", tag("text", ""), format="html"), tag("idnumber", ""), type="category")


def _questions(item: Offered, n: int) -> Iterator[str]:
    """The question; of a case its situation and each of its parts."""
    if item.kind != "case":
        yield _Question(item, item.pictures).xml()
        return
    label = f"{CASE}: {item.id or n}"
    whole = item.model_copy(
        update={"tags": (*item.tags, label), "text": item.text or item.situation or "", "situation": None}
    )
    yield _Question(whole, item.pictures).xml()
    for part in item.parts:
        yield _Question(part.model_copy(update={"tags": (*part.tags, label)}), item.pictures + part.pictures).xml()


class _Question:
    """One <question>: each text takes along the pictures that it shows."""

    def __init__(self, item: Offered, pictures: Sequence[OfferedPicture]) -> None:
        self.item = with_reasons(item)
        self.pictures = {picture.name: picture for picture in pictures}

    def xml(self) -> str:
        item = self.item
        kind = _TYPES[item.kind]
        parts = [
            tag("name", tag("text", data(title_of(item)))),
            self._text("questiontext", self._body()),
            self._rich("generalfeedback", item.feedback or ""),
            *([] if kind == "cloze" else [tag("defaultgrade", "0" if kind == "description" else "1.0000000")]),
            tag("penalty", "0" if kind == "description" else "0.3333333"),
            tag("hidden", "0"),
            tag("idnumber", data(item.id or "")),
            *self._own(kind),
            *self._tags(),
        ]
        return "\n".join([f'  <question type="{kind}">', *(f"    {part}" for part in parts), "  </question>"])

    def _tags(self) -> list[str]:
        tags = [tag("tag", tag("text", data(one))) for one in tags_of(self.item, but=("unit", "ordered"))]
        return [tag("tags", *tags)] if tags else []

    def _body(self) -> str:
        item = self.item
        if item.kind == "gaps":
            text = re.sub(r"\{([0-9]+)\}", r"⟦\1⟧", without_marks(item.text))
            html = re.sub(r"[{}]", lambda brace: f"&#{ord(brace[0])};", rendered(text, _address))
            for n, options in enumerate(item.gaps, 1):
                html = html.replace(f"⟦{n}⟧", moodle_cloze.choice(options, self._inline))
        else:
            html = rendered(item.text, _address)
        if item.situation:
            html = f'<div class="tinh-huong">{rendered(item.situation, _address)}</div>\n{html}'
        return html

    def _own(self, kind: str) -> list[str]:
        item = self.item
        match kind:
            case "multichoice":
                settings = {
                    "single": "false" if item.kind == "multiple" else "true",
                    "shuffleanswers": "false" if item.ordered else "true",
                    "answernumbering": "ABCD",
                    "showstandardinstruction": "0",
                }
                return [tag(name, value) for name, value in settings.items()] + [
                    self._shown(one) for one in item.options
                ]
            case "truefalse":
                return [
                    self._typed(one, "true" if one.text == RIGHT else "false", "moodle_auto_format")
                    for one in item.options
                ]
            case "matching":
                return [tag("shuffleanswers", "true"), *self._pairs()]
            case "ordering":
                return self._ordering()
            case "shortanswer":
                return [tag("usecase", "0"), *(self._typed(one, one.text.replace("*", "\\*")) for one in item.options)]
            case "numerical":
                return self._numerical()
            case "essay":
                return [tag("responseformat", "editor"), tag("responserequired", "1"), tag("responsefieldlines", "10")]
        return []

    def _ordering(self) -> list[str]:
        settings = {
            "layouttype": "VERTICAL",
            "selecttype": "ALL",
            "selectcount": "0",
            "gradingtype": "ABSOLUTE_POSITION",
            "showgrading": "SHOW",
            "numberingstyle": "none",
        }
        items = [one.model_copy(update={"weight": n}) for n, one in enumerate(self.item.options, 1)]
        return [tag(name, value) for name, value in settings.items()] + [self._shown(one) for one in items]

    def _numerical(self) -> list[str]:
        found = []
        for one in self.item.options:
            margin = self.item.tolerance if one.tolerance is None else one.tolerance
            found.append(self._typed(one, one.text, extra=tag("tolerance", f"{margin or 0:.15g}")))
        if self.item.unit:
            unit = tag("unit", tag("multiplier", "1"), tag("unit_name", data(self.item.unit)))
            # 0: with the unit or without it; 3 would count an answer with its unit as wrong
            found += [tag("units", unit), tag("unitgradingtype", "0"), tag("showunits", "0"), tag("unitsleft", "0")]
        return found

    def _pairs(self) -> list[str]:
        found = []
        for pair in self.item.pairs:
            right = tag("answer", tag("text", data(" ".join(to_plain(pair.right).split()))))
            found.append(self._text("subquestion", self._inline(pair.left), right))
        return found

    def _shown(self, option: OfferedOption) -> str:
        """An answer that is read: HTML."""
        feedback = self._rich("feedback", option.feedback or "")
        return self._text("answer", self._inline(option.text), feedback, fraction=_share(option.weight))

    def _typed(self, option: OfferedOption, text: str, form: str = "plain_text", extra: str = "") -> str:
        """An answer that is typed: its letters alone."""
        feedback = self._rich("feedback", option.feedback or "")
        return tag("answer", tag("text", data(text)), feedback, extra, fraction=_share(option.weight), format=form)

    def _rich(self, name: str, markdown: str) -> str:
        return self._text(name, self._inline(markdown))

    def _inline(self, markdown: str) -> str:
        return rendered_inline(markdown, _address)

    def _text(self, name: str, html: str, *more: str, **attributes: str) -> str:
        """An element with HTML text and the files that the text shows."""
        shown = [self.pictures[one] for one in dict.fromkeys(_names(html)) if one in self.pictures]
        files = [
            tag("file", base64.b64encode(one.data).decode(), name=one.name, path="/", encoding="base64")
            for one in shown
        ]
        return tag(name, tag("text", data(html)), *files, *more, **attributes, format="html")


def _address(name: str) -> str:
    return f"@@PLUGINFILE@@/{name}"


def _names(html: str) -> Iterator[str]:
    for src in re.findall(r'src="@@PLUGINFILE@@/([^"]+)"', html):
        yield from picture_names(f"![]({src})")


def _share(weight: float) -> str:
    return f"{weight:.5f}".rstrip("0").rstrip(".")
