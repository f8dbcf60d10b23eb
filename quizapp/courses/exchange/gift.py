"""GIFT: Moodle's text format, in and out. Source: docs.moodle.org "GIFT format" and Moodle's own reader, whose order of
decisions is kept: description, essay, number, choice, matching, true or false, short answer.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from quizapp.courses.exchange import texts
from quizapp.courses.exchange.bounds import within
from quizapp.courses.exchange.carried import BLANK, together
from quizapp.courses.exchange.encoding import decode
from quizapp.courses.exchange.entries import MOST_PARTS, Entry
from quizapp.courses.exchange.gift_out import digits, losses, unwritable, write
from quizapp.domain.interchange import (
    RIGHT,
    WRONG,
    Offered,
    OfferedOption,
    OfferedPair,
    Remark,
    Unreadable,
    told_by_tags,
)

__all__ = ["losses", "read", "unwritable", "write"]

_SPECIAL = ":#={}~"
_HIDDEN = {sign: chr(0xFDD0 + n) for n, sign in enumerate(_SPECIAL)} | {"n": "\ufddf", "\\": "\ufdde"}
_SHOWN = str.maketrans({hidden: {"n": "\n"}.get(sign, sign) for sign, hidden in _HIDDEN.items()})
_NONE = dict.fromkeys(range(0xFDD0, 0xFDE0))
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:[.,]\d*)?)%")
_MARK = r"\[{}:((?:\\\]|[^\]\x00-\x1f]){{1,300}})\]"  # bounded: a line of nothing but "[tag:" would take hours
_ID, _TAG = re.compile(_MARK.format("id")), re.compile(_MARK.format("tag"))
_CONTEXT = re.compile(r"^(?:\$\w+\$(?:/|$))?(?:top(?:/|$))?")  # Moodle's own beginnings of a category
_ORDERING = re.compile(r">\s*\d*(?:[ \t]+[A-Za-z_]+|[ \t]+\d+)*[ \t]*(?=\n|$)")
PLUGIN = "@@PLUGINFILE@@/"  # where Moodle keeps pictures, whose bytes a GIFT file does not carry
_TRUE, _FALSE = {"t", "true", "đúng", "đ"}, {"f", "false", "sai", "s"}


@dataclass
class _Block:
    """The lines of one question: comments apart, ``text`` with as many lines as the file has."""

    line: int
    text: str = ""
    comments: str = ""
    remarks: list[Remark] = field(default_factory=list)


def read(data: bytes, name: str = "", encoding: str | None = None) -> list[Offered]:
    """Every question of a file; Unreadable where it is no text or holds none."""
    found = list(together(within(_questions(decode(data, encoding).translate(_NONE)))))
    if not any(item.kind != "description" for item in found):
        raise Unreadable("Không thấy câu hỏi GIFT nào trong tệp: mỗi câu có phần đáp án trong ngoặc { }.")
    return found


def _questions(text: str) -> Iterator[Offered]:
    category = None
    for block in _parted(_joined(_blocks(text))):
        if found := re.match(r"\s*\$CATEGORY:[ \t]*(.*)", block.text):
            category = _CONTEXT.sub("", _shown(found[1]).strip()) or None
            block.line += block.text[: found.end()].count("\n")
            block.text = block.text[found.end() :]
        if block.text.strip():
            yield told_by_tags(_Reader(block, category).question())


def _blocks(text: str) -> Iterator[_Block]:
    """What stands between empty lines."""
    block: _Block | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            if block:
                yield block
            block = None
            continue
        block = block or _Block(number)
        if line.lstrip().startswith("//"):
            block.comments, line = f"{block.comments}\n{line}", ""
        block.text += _ESCAPE.sub(lambda found: _HIDDEN[found[1]], line.rstrip()) + "\n"
    if block:
        yield block


def _joined(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Questions that an empty line inside their braces has torn apart are put together again."""
    opened: _Block | None = None
    for block in blocks:
        if opened is None:
            opened = block
        elif _open(opened.text) and "}" in block.text.partition("{")[0]:
            told = "Trong ngoặc { } có dòng trống, Moodle coi là hết câu."
            opened.remarks.append(Remark(message=told, line=block.line - 1, fix="Xóa dòng trống.", code="blank_line"))
            opened.text += "\n" * (block.line - opened.line - opened.text.count("\n")) + block.text
            opened.comments += block.comments
        else:
            yield opened
            opened = block
    if opened:
        yield opened


def _open(text: str) -> bool:
    return text.count("{") > text.count("}")


def _parted(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Questions that nobody has put an empty line between."""
    for block in blocks:
        while found := re.search(r"\}[^\S\n]*\n+(?=[^\S\n]*(?:::|\$CATEGORY:))", block.text):
            head, rest = block.text[: found.end()], block.text[found.end() :]
            yield _Block(block.line, head, block.comments, block.remarks)
            line = block.line + head.count("\n")
            told = Remark(
                message="Thiếu dòng trống trước câu này.", line=line, fix="Thêm một dòng trống.", code="no_blank_line"
            )
            block = _Block(line, rest, "", [told])
        yield block


def _shown(text: str) -> str:
    return text.translate(_SHOWN)


class _Reader:
    """One block on its way to a question."""

    def __init__(self, block: _Block, category: str | None):
        self.block, self.category = block, category
        self.format = "moodle"
        lead = len(block.text) - len(block.text.lstrip())
        self.line = block.line + block.text[:lead].count("\n")
        self.text = block.text.strip()
        self.entry = Entry(line=self.line, place=f"dòng {self.line}", problems=list(block.remarks))

    def question(self) -> Offered:
        title = ""
        if found := re.match(r"::(.*?)::", self.text, re.DOTALL):
            title, self.text = _shown(found[1]).strip(), self.text[found.end() :]
        told: dict[str, Any] = {
            "title": " ".join(texts.clean(title).split()),
            "category": self.category,
        }
        told |= self._comments()
        asked, answer = self._halves()
        told["text"] = self._told(asked, asks=True)
        if answer is not None and "####" in answer:
            answer, _, general = answer.rpartition("####")
            told["feedback"] = self._told(general) or None
        told |= self._answers(None if answer is None else answer.strip())
        return self.entry.offered(told.pop("kind"), told)

    def _comments(self) -> dict[str, Any]:
        found = _ID.search(self.block.comments)
        tags = [texts.clean(tag.replace("\\]", "]")).strip() for tag in _TAG.findall(self.block.comments)]
        told: dict[str, Any] = {"tags": tuple(dict.fromkeys(tags))}
        return told | {"id": found[1].replace("\\]", "]").strip()} if found else told

    def _halves(self) -> tuple[str, str | None]:
        """What is asked, with a blank where the answer stood inside, and the answer; None for a description."""
        start, end = self.text.find("{"), self.text.find("}")
        if start < 0 and end < 0:
            return self.text, None
        if start < 0 or end < start:
            missing = "{" if start < 0 or end >= 0 else "}"
            fix = "Thêm ngoặc, hoặc viết \\{ \\} nếu ngoặc thuộc về câu chữ."
            self._say(f"Thiếu ngoặc “{missing}”.", "braces", fix, fatal=True)
            return self.text.replace("{", " ").replace("}", " "), ""
        after = self.text[end + 1 :]
        if "{" in after:
            self._say(
                "Câu có hơn một cặp ngoặc { }.", "braces", "Mỗi câu GIFT chỉ có một phần đáp án; tách câu.", fatal=True
            )
        blank = BLANK if after.strip() else ""
        return self.text[:start] + blank + after, self.text[start + 1 : end]

    def _say(self, told: str, code: str, fix: str | None = None, fatal: bool = False) -> None:
        self.entry.say(code, told, fix, fatal)

    def _told(self, text: str, asks: bool = False) -> str:
        """A text in our Markdown, of the format that it names or of the question's."""
        told, name = self._bare(text)
        if asks:
            self.format = name
        match name:
            case "html":
                return self.entry.html(told.replace(PLUGIN, ""))
            case "moodle":
                return self.entry.moodle(told.replace(PLUGIN, ""))
            case "markdown":
                return self.entry.markdown(told.replace(PLUGIN, ""))
            case _:
                return texts.from_plain(told)

    def _bare(self, text: str) -> tuple[str, str]:
        found = _FORMAT.match(text)
        return _shown(text[found.end() :] if found else text).strip(), found[1] if found else self.format

    # --- answers

    def _answers(self, answer: str | None) -> dict[str, Any]:
        if answer is None:
            return {"kind": "description"}
        answer = self._few(answer)
        bare = answer.split("#", 1)[0].strip().casefold()
        if answer == "":
            return {"kind": "essay"}
        if answer.startswith("#"):
            return self._number(answer[1:])
        if found := _ORDERING.match(answer):
            items = [self._item(line) for line in answer[found.end() :].split("\n") if line.strip()]
            return {"kind": "ordering", "options": tuple(OfferedOption(text=item, weight=100) for item in items)}
        if "~" in answer:
            return self._choice(answer)
        if "=" in answer and "->" in answer:
            return self._matching(answer)
        if bare in _TRUE | _FALSE:
            return self._true_false(answer, bare in _TRUE)
        return {"kind": "short", "options": tuple(self._typed(part) for part in _parts(answer, "="))}

    def _few(self, answer: str) -> str:
        """The answers up to a number that nobody writes."""
        signs = list(islice(re.finditer(r"[~=]|\n", answer), 4 * MOST_PARTS))
        if len(signs) < 4 * MOST_PARTS:
            return answer
        self._say("Câu có quá nhiều phương án.", "too_long", "Tách thành nhiều câu.", fatal=True)
        return answer[: signs[MOST_PARTS].start()]

    def _weighed(self, part: str, otherwise: float) -> tuple[str, float]:
        part = part.strip()
        if (found := _WEIGHT.match(part)) is None:
            return part, otherwise
        weight = float(found[1].replace(",", "."))
        if not -100 <= weight <= 100:
            self._say(f"Trọng số {found[0]} ngoài khoảng −100% đến 100%.", "weight", "Sửa trọng số.", fatal=True)
        return part[found.end() :], max(-100.0, min(100.0, weight))

    def _feedback(self, part: str) -> tuple[str, str | None]:
        text, mark, feedback = part.partition("#")
        return text, (self._told(feedback) or None) if mark else None

    def _choice(self, answer: str) -> dict[str, Any]:
        options = []
        for sign, part in _signed(answer):
            part, weight = self._weighed(part, 100.0 if sign == "=" else 0.0)
            text, feedback = self._feedback(part)
            options.append(OfferedOption(text=self._told(text), weight=weight, feedback=feedback))
        # “=%50%a =%50%b” is not Moodle's, but many write it and mean several right ones.
        whole = any(option.weight == 100 for option in options) or not any(option.weight > 0 for option in options)
        kind = "single" if whole and any(sign == "=" for sign, _ in _signed(answer)) else "multiple"
        return {"kind": kind, "options": tuple(options)}

    def _matching(self, answer: str) -> dict[str, Any]:
        pairs = []
        for part in _parts(answer, "="):
            left, arrow, right = part.partition("->")
            if not arrow:
                told = f"Cặp ghép “{_shown(part).strip()[:40]}” thiếu dấu “->”."
                self._say(told, "pair", "Viết =vế trái -> vế phải.", fatal=True)
            plain = self.format == "markdown"  # of the question: a right side is letters alone
            told_ = texts.from_plain(_shown(right).strip()) if plain else self._told(right)
            pairs.append(OfferedPair(left=self._told(left), right=told_))
        return {"kind": "matching", "pairs": tuple(pairs)}

    def _item(self, line: str) -> str:
        """An item to be ordered: HTML, whatever the question's format."""
        return self.entry.moodle(_shown(line).replace(PLUGIN, "").strip())

    def _true_false(self, answer: str, right: bool) -> dict[str, Any]:
        _, *rest = answer.split("#", 2)
        if_wrong, if_right = ((self._told(text) or None) for text in (*rest, "", "")[:2])
        true = OfferedOption(text=RIGHT, weight=100 if right else 0, feedback=if_right if right else if_wrong)
        false = OfferedOption(text=WRONG, weight=0 if right else 100, feedback=if_wrong if right else if_right)
        return {"kind": "true_false", "options": (true, false)}

    def _typed(self, part: str) -> OfferedOption:
        part, weight = self._weighed(part, 100.0)
        text, feedback = self._feedback(part)
        bare, name = self._bare(text)
        typed = texts.plain_html(bare) if name == "html" else " ".join(texts.clean(bare).split())
        return OfferedOption(text=typed.replace("\\*", "*"), weight=weight, feedback=feedback)

    def _number(self, answer: str) -> dict[str, Any]:
        answer, tilde, wrong = answer.partition("~")
        options = [option for part in _parts(answer, "=") if (option := self._value(part))]
        if not options:
            self._say("Không đọc được số nào trong đáp án.", "number", "Viết {#12:0.5} hoặc {#10..14}.", fatal=True)
        margins = [option.tolerance for option in options if option.tolerance is not None]
        told: dict[str, Any] = {"kind": "number", "tolerance": margins[0] if margins else None}
        if tilde and (feedback := self._feedback(wrong)[1]):
            options.append(OfferedOption(text="*", weight=0, feedback=feedback))
        return told | {"options": tuple(options)}

    def _value(self, part: str) -> OfferedOption | None:
        part, weight = self._weighed(part, 100.0)
        text, feedback = self._feedback(part)
        bare = _shown(text).strip()
        if bare == "*" and weight <= 0:  # anything else
            return OfferedOption(text="*", weight=weight, feedback=feedback)
        try:
            low, dots, high = bare.partition("..")
            value, _, margin = bare.partition(":")
            if dots:
                first, last = _exact(low), _exact(high)
                exact, tolerance = (first + last) / 2, abs(last - first) / 2
            else:
                exact, tolerance = _exact(value), abs(_exact(margin or "0"))
        except ValueError:
            self._say(f"“{bare[:40]}” không phải số.", "number", "Viết {#12:0.5} hoặc {#10..14}.", fatal=True)
            return None
        return OfferedOption(text=digits(float(exact)), weight=weight, feedback=feedback, tolerance=float(tolerance))


def _parts(answer: str, sign: str) -> list[str]:
    parts = [part.strip() for part in answer.split(sign)]
    return parts if parts[0] else parts[1:]


def _signed(answer: str) -> list[tuple[str, str]]:
    """(sign, what follows it); what stands before the first sign is an option, too."""
    found = re.findall(r"(^|[~=])([^~=]*)", answer)
    return [(sign, part) for sign, part in found if sign or part.strip()]


def _exact(text: str) -> Decimal:
    """A number with a point or a comma; ValueError where it is none."""
    text = text.strip().replace(",", ".") if text.count(",") == 1 and "." not in text else text.strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value) > Decimal("1e100"):
        raise ValueError(text)
    return value
