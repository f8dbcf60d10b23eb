"""Câu hỏi từ phần mềm khác: one shape for the questions of every format, between its reader and our own kinds.

Texts are our Markdown, except what learners type (the options of ``short`` and ``number``), which is plain. Readers
give a list of `Offered`; what a question carries that we cannot take stands in its ``problems``, never nowhere.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_BYTES = 20 * 1024 * 1024
MOST_QUESTIONS = 5000
MOST_LETTERS = 20_000  # of the text of one question

OfferedKind = Literal[
    "single",
    "multiple",
    "true_false",
    "matching",
    "ordering",
    "short",
    "number",
    "gaps",
    "case",
    "essay",
    "description",
]
KINDS: dict[str, str] = {
    "single": "Chọn một",
    "multiple": "Chọn nhiều",
    "true_false": "Đúng/Sai",
    "matching": "Ghép đôi",
    "ordering": "Xếp thứ tự",
    "short": "Trả lời ngắn",
    "number": "Trả lời bằng số",
    "gaps": "Điền chỗ trống",
    "case": "Tình huống",
    "essay": "Tự luận",
    "description": "Đoạn dẫn",
}
RIGHT, WRONG = "Đúng", "Sai"  # the texts of a true_false


class Unreadable(Exception):
    """The file as a whole is not what it is said to be. ``encoding``: what to read it with instead, where that may help."""

    def __init__(self, sentence: str, encoding: str | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        self.encoding = encoding


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Remark(Frozen):
    """Một vấn đề của câu: what, where, the likely fix. ``fatal``: the question cannot be taken in as it is."""

    message: str
    line: int | None = None  # line or row of the file, from 1
    fix: str | None = None
    fatal: bool = False
    code: str

    def sentence(self, place: str = "") -> str:
        """All of it in one line; ``place`` stands first where the remark knows no line."""
        where = f"Dòng {self.line}" if self.line else place[:1].upper() + place[1:] if " " in place else place
        told = f"{where}: {self.message}" if where else self.message
        return f"{told} {self.fix}" if self.fix else told


class OfferedOption(Frozen):
    """Phương án: ``weight`` is the share of the mark in percent, 0 or less where it is wrong."""

    text: str
    weight: float = Field(default=0, ge=-100, le=100, allow_inf_nan=False)
    feedback: str | None = None
    key: str | None = None
    tolerance: float | None = None  # of an accepted number, where it is not the question's


class OfferedPair(Frozen):
    """A left side and what belongs to it; ``left`` is empty where the right side is a distractor."""

    left: str
    right: str
    feedback: str | None = None


class OfferedPicture(Frozen):
    """Hình: the name that the text refers to as ``![…](name)``."""

    name: str
    data: bytes


class Offered(Frozen):
    """Câu hỏi as read. A number's options are its accepted values; a gap's options stand in ``gaps``, its place in the
    text is ``{1}``, ``{2}`` …; the options of an ordering stand in their right order."""

    kind: OfferedKind
    title: str = ""
    text: str = ""
    options: tuple[OfferedOption, ...] = ()
    pairs: tuple[OfferedPair, ...] = ()
    gaps: tuple[tuple[OfferedOption, ...], ...] = ()
    parts: tuple["Offered", ...] = ()
    tolerance: float | None = None
    unit: str | None = None
    ordered: bool = False  # the options keep their order in every paper
    without_marks: bool = False  # a short answer counts without the marks of its letters
    tags: tuple[str, ...] = ()
    category: str | None = None  # slashes between levels
    id: str | None = None
    feedback: str | None = None
    problems: tuple[Remark, ...] = ()
    place: str = ""  # "dòng 12", "câu 3", "item-4.xml"
    situation: str | None = None
    provision: str | None = None
    objective: str | None = None
    level: str | None = None
    unit_key: str | None = None
    pictures: tuple[OfferedPicture, ...] = ()

    @property
    def fatal(self) -> bool:
        """Whether it cannot be taken in as it is."""
        return any(problem.fatal for problem in self.problems)

    def with_problems(self, more: Sequence[Remark]) -> "Offered":
        """The same question with more remarks."""
        return self.model_copy(update={"problems": (*self.problems, *more)}) if more else self


# --- what only our own files have a place for, told by tags ----------------------------------------------------

_TELLING = {"provision": "điều khoản: ", "objective": "mục tiêu: ", "level": "mức: ", "unit": "đơn vị tính: "}
_SAYING = {"ordered": "phương án: giữ thứ tự", "without_marks": "câu trả lời: không cần dấu"}


def tags_of(item: Offered, but: Collection[str] = ()) -> tuple[str, ...]:
    """The tags to write: its own, and what the format has no place for; ``but``: that it has a place for."""
    told = {start: getattr(item, name) for name, start in _TELLING.items() if name not in but}
    more = [f"{start}{value}" for start, value in told.items() if value]
    more += [said for name, said in _SAYING.items() if getattr(item, name) and name not in but]
    ours = (*_TELLING.values(), *_SAYING.values())
    return (*(tag for tag in item.tags if not tag.startswith(ours)), *more)


def told_by_tags(item: Offered) -> Offered:
    """The question with what its tags tell, where `tags_of` wrote them."""
    told: dict[str, Any] = {
        name: tag.removeprefix(start)
        for tag in item.tags
        for name, start in _TELLING.items()
        if tag.startswith(start) and getattr(item, name) is None
    }
    told |= {name: True for name, said in _SAYING.items() if said in item.tags}
    return item.model_copy(update=told) if told else item


def alone(item: Offered) -> Iterator[Offered]:
    """Single questions, for formats that know no situation: it stands before the text; a case gives its parts."""
    if item.kind == "case":
        for n, part in enumerate(item.parts, 1):
            told = {"situation": item.situation or item.text, "category": item.category, "objective": item.objective}
            told |= {"id": part.id or (f"{item.id}-{n}" if item.id else None)}
            yield from alone(part.model_copy(update=told))
    elif item.situation:
        yield item.model_copy(update={"text": f"{item.situation}\n\n{item.text}", "situation": None})
    else:
        yield item


# --- all texts of a question -----------------------------------------------------------------------------------


def each_text(item: Offered) -> Iterator[str]:
    """Every Markdown text of a question, also of its parts."""
    found: list[str] = []

    def take(text: str) -> str:
        found.append(text)
        return text

    retold(item, take)
    yield from found


def retold(item: Offered, told: Callable[[str], str]) -> Offered:
    """The question with each of its Markdown texts told anew; what learners type stays."""

    def perhaps(text: str | None) -> str | None:
        return told(text) if text else text

    def options(given: Sequence[OfferedOption]) -> tuple[OfferedOption, ...]:
        typed = item.kind in ("short", "number")
        return tuple(
            one.model_copy(update={"text": one.text if typed else told(one.text), "feedback": perhaps(one.feedback)})
            for one in given
        )

    update: dict[str, Any] = {name: perhaps(getattr(item, name)) for name in ("situation", "text", "feedback")}
    update |= {"options": options(item.options), "gaps": tuple(map(options, item.gaps))}
    update["pairs"] = tuple(
        OfferedPair(left=told(one.left), right=told(one.right), feedback=perhaps(one.feedback)) for one in item.pairs
    )
    return item.model_copy(update=update | {"parts": tuple(retold(part, told) for part in item.parts)})


class Lost(Frozen):
    """What a format cannot hold of a question; ``gone``: that many questions are not in the file at all."""

    name: str
    why: str
    gone: int = 0

    def sentence(self) -> str:
        return f"Câu {self.name}: {self.why}."


def size(item: Offered) -> int:
    """How many questions of a paper it is: a situation counts its parts."""
    return len(item.parts) if item.kind == "case" else 1


def as_json(item: Offered) -> dict[str, Any]:
    """A question for other tools, as `quizapp import-questions --json` prints it: its texts as one reads them.

    Bold, lists and tables are marked as in Markdown, but no sign is escaped: other tools know no escapes of ours.
    What only some questions have stands behind what all have: a number's margin, a situation and its questions.
    """
    item = retold(item, legible)
    told = _json(item)
    if item.situation:
        told["situation"] = item.situation
    if item.kind == "number":
        told |= {"tolerance": item.tolerance, "unit": item.unit}
    if item.kind == "case":
        told["questions"] = [as_json(part) for part in item.parts]
    return told


_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINE_END = re.compile(r" +\n")


def legible(markdown: str) -> str:
    """Our Markdown without its escapes, a line break as one."""
    text = _ESCAPED.sub(r"\1", markdown) if "\\" in markdown else markdown
    return _LINE_END.sub("\n", text) if " \n" in text else text


def _json(item: Offered) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "title": item.title,
        "text": item.text,
        "options": list(_options(item)),
        "pairs": [{"left": pair.left, "right": pair.right} for pair in item.pairs],
        "tags": list(item.tags),
        "category": item.category,
        "id": item.id,
        "feedback": item.feedback,
        "problems": [problem.sentence(item.place) for problem in item.problems],
    }


def _options(item: Offered) -> Iterator[dict[str, Any]]:
    """The options; those of gaps flat, each with the number of its gap."""
    for option in item.options:
        yield _option(option)
    for n, options in enumerate(item.gaps, 1):
        for option in options:
            yield _option(option) | {"gap": n}


def _option(option: OfferedOption) -> dict[str, Any]:
    return {"text": option.text, "weight": option.weight, "feedback": option.feedback}
