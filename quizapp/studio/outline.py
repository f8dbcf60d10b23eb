"""Các mục of a lesson as they stand in the text that a trainer types: where each begins, and the text with one moved,
named, added, taken out or citing something else. Every function gives a new text and leaves all other lines alone."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quizapp.courses.exchange.lesson import ENDING, PLAIN
from quizapp.courses.wording import words
from quizapp.domain.vietnamese import slug

KINDS = {
    PLAIN: "Nội dung",
    "tinh-huong": "Tình huống có lời giải",
    "tu-lam": "Đồng chí tự giải",
    "viec-can-lam": "Làm ngay ở đơn vị",
}
_LABELS = re.compile(r"\s*\{#([^\s}]*)((?:\s+\.[\w-]+)*)\s*\}\s*$")
_TITLE = re.compile(r"[\r\n{}]+")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")


@dataclass(frozen=True)
class Part:
    """Mục: its heading in the line of that number (from 1) and the lines below it."""

    line: int
    lines: Sequence[str]

    @property
    def title(self) -> str:
        return _LABELS.sub("", self.lines[0].removeprefix("##")).strip()

    @property
    def key(self) -> str:
        found = _LABELS.search(self.lines[0])
        return found[1] if found else ""

    @property
    def kind(self) -> str:
        found = _LABELS.search(self.lines[0])
        return (found[2].strip().removeprefix(".") if found else "") or PLAIN

    @property
    def cite(self) -> str | None:
        return next((line.split(" ", 2)[2].strip() for line in self.lines if line.startswith("::: trich ")), None)

    @property
    def words(self) -> int:
        return sum(words(line) for line in self.lines[1:] if not line.startswith(":::"))

    @property
    def told(self) -> str:
        """What it holds, in a few words."""
        match self.kind:
            case "tinh-huong":
                return "Ví dụ có lời giải"
            case "tu-lam":
                return "Đồng chí tự giải"
            case "viec-can-lam":
                return f"{self._items()} việc"
        return f"{self.words} chữ, {'1 trích dẫn' if self.cite else 'chưa có trích dẫn'}"

    def _items(self) -> int:
        """Items of lists, those of questions to oneself left out."""
        count, inside = 0, False
        for line in self.lines:
            if line.startswith(":::") and not line.startswith("::: trich"):
                inside = line.rstrip() != ":::"
            count += not inside and bool(_ITEM.match(line))
        return count


def parts(text: str) -> list[Part]:
    """The sections, in order; what stands before the first belongs to none."""
    return _split(text)[1]


def _split(text: str) -> tuple[list[str], list[Part]]:
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if re.match(r"##(\s|$)", line)]
    cuts = [*starts, len(lines)]
    return lines[: cuts[0]], [Part(start + 1, lines[start:end]) for start, end in pairwise(cuts)]


def _joined(before: Sequence[str], blocks: Sequence[Sequence[str]]) -> str:
    """One empty line between two sections, as the files have it."""
    texts = ["\n".join(block).strip("\n").rstrip() for block in (before, *blocks)]
    return "\n\n".join(text for text in texts if text) + "\n"


# --- without keys ----------------------------------------------------------------------------------------------

_KIND_WORDS = (("tinh-huong", "tình huống"), ("tu-lam", "đồng chí tự"), ("viec-can-lam", "việc cần làm"))


def plain_text(text: str) -> str:
    """The text as a writer sees it: headings without their keys. `with_keys` puts them back."""
    lines = text.split("\n")
    return "\n".join(_LABELS.sub("", line) if _heads(line) else line for line in lines)


def _heads(line: str) -> bool:
    return bool(re.match(r"##(\s|$)", line))


def with_keys(typed: str, before: str) -> str:
    """What a writer has typed, its headings with their keys: those that the same sections had before, else new ones.

    A section is the same if its heading is, or its text, or if it stands alone between the same neighbours. One that is
    new is of the kind that its title begins with.
    """
    lead, found = _split(typed)
    old = parts(before)
    was = _same(found, old)
    taken = {part.key for part in found if part.key} | {old[m].key for m in was.values()}
    kinds = {part.kind for part in found if part.key} | {old[m].kind for m in was.values()}
    lines = list(lead)
    for n, part in enumerate(found):
        heading = part.lines[0]
        if not part.key:
            kept = old[was[n]] if n in was else None
            if kept is not None and plain_text(kept.lines[0]) == heading:
                heading = kept.lines[0]
            else:
                heading = _labelled(heading, part, kept, taken, kinds)
        lines += [heading, *part.lines[1:]]
    return "\n".join(lines)


def _labelled(heading: str, part: Part, kept: Part | None, taken: set[str], kinds: set[str]) -> str:
    """A heading with the key of the section that it was, or with a new one."""
    kind = kept.kind if kept is not None else PLAIN
    spoken = next((kind for kind, words in _KIND_WORDS if words in part.title.lower()), PLAIN)
    if spoken not in kinds and kind == PLAIN:
        kind = spoken
        kinds.add(kind)
    key = kept.key if kept is not None and kept.key else _free(part.title, taken)
    taken.add(key)
    return f"{heading.rstrip()} {{#{key}{'' if kind == PLAIN else f' .{kind}'}}}"


def _same(found: Sequence[Part], old: Sequence[Part]) -> dict[int, int]:
    """Place of a section typed without a key -> place of the section that it was before."""
    given = {part.key for part in found if part.key}
    left = {m for m, part in enumerate(old) if part.key and part.key not in given}
    was: dict[int, int] = {}

    def pair(alike: Callable[[Part], object]) -> None:
        for n, part in enumerate(found):
            if n not in was and not part.key and alike(part):
                m = next((m for m in sorted(left) if alike(old[m]) == alike(part)), None)
                if m is not None:
                    was[n] = m
                    left.discard(m)

    pair(lambda part: plain_text(part.lines[0]).rstrip())
    pair(lambda part: "\n".join(part.lines[1:]).strip())
    edges = [(-1, -1), *sorted(was.items()), (len(found), len(old))]
    for (n, m), (n_next, m_next) in pairwise(edges):
        new = [one for one in range(n + 1, n_next) if not found[one].key]
        gone = [one for one in range(m + 1, m_next) if one in left]
        if len(new) == len(gone):
            was |= dict(zip(new, gone, strict=True))
    return was


def changed(text: str, act: str | None, number: int, title: str, kind: str) -> tuple[str, int] | None:
    """What a writer asks of the sections, and the number of the section to go on with; None for what cannot be done."""
    count = len(parts(text))
    if act == "them":
        longer = added(text, title, kind if kind in KINDS else PLAIN)
        before = {part.key for part in parts(text)}
        return longer, next(n for n, part in enumerate(parts(longer), 1) if part.key not in before)
    if not 1 <= number <= count:
        return None
    match act:
        case "len":
            return moved(text, number, -1), max(1, number - 1)
        case "xuong":
            return moved(text, number, 1), min(count, number + 1)
        case "ten":
            return renamed(text, number, title), number
        case "bo":
            return removed(text, number), max(1, number - 1)
    return None


def moved(text: str, number: int, by: int) -> str:
    """The section of that number (from 1) further up (-1) or down (1); at the ends nothing changes."""
    before, found = _split(text)
    blocks = [part.lines for part in found]
    place, other = number - 1, number - 1 + by
    if 0 <= place < len(blocks) and 0 <= other < len(blocks):
        blocks[place], blocks[other] = blocks[other], blocks[place]
    return _joined(before, blocks)


def renamed(text: str, number: int, title: str) -> str:
    """Another title; the key stays, since it tells who has read the section."""
    before, found = _split(text)
    part = found[number - 1]
    labels = _LABELS.search(part.lines[0])
    key = part.key or _fresh_key(title, found)
    told = labels[0].strip() if labels and part.key else f"{{#{key}}}"
    blocks = [one.lines for one in found]
    blocks[number - 1] = [f"## {_clean(title)} {told}", *part.lines[1:]]
    return _joined(before, blocks)


def removed(text: str, number: int) -> str:
    """Without the section of that number."""
    before, found = _split(text)
    return _joined(before, [part.lines for n, part in enumerate(found, 1) if n != number])


def added(text: str, title: str, kind: str = PLAIN) -> str:
    """A new section: a plain one behind the last plain one, one of those that end a lesson in its place."""
    before, found = _split(text)
    labels = f"#{_fresh_key(title, found)}" + ("" if kind == PLAIN else f" .{kind}")
    order = (PLAIN, *ENDING)
    rank = order.index(kind) if kind in order else 0
    place = sum(1 for part in found if part.kind in order and order.index(part.kind) <= rank)
    blocks = [part.lines for part in found]
    blocks.insert(place, [f"## {_clean(title)} {{{labels}}}"])
    return _joined(before, blocks)


def citing(text: str, number: int, reference: str, quotation: str = "") -> str:
    """The section rests on that provision; a quotation stands below as a block of its own."""
    before, found = _split(text)
    blocks = [list(part.lines) for part in found]
    heading, *rest = blocks[number - 1]
    below = [line for line in rest if not line.startswith("::: trich")]
    quoted = ["", *(f"> {line}".rstrip() for line in quotation.split("\n"))] if quotation else []
    text_below = "\n".join(below).strip("\n")
    blocks[number - 1] = [heading, "", f"::: trich {reference}", *quoted, "", *text_below.split("\n")]
    return _joined(before, blocks)


def ending(text: str, number: int, line: str) -> str:
    """With one more paragraph at the end of the section of that number; of the text, where there is none."""
    before, found = _split(text)
    blocks = [list(part.lines) for part in found] or [[]]
    place = min(number, len(blocks)) - 1
    blocks[place] = [*"\n".join(blocks[place]).rstrip().split("\n"), "", line]
    return _joined(before, blocks)


def _clean(title: str) -> str:
    return " ".join(_TITLE.sub(" ", title).split())


def _fresh_key(title: str, found: Sequence[Part]) -> str:
    """A key out of the title that no section has."""
    return _free(title, {part.key for part in found})


def _free(title: str, taken: Collection[str]) -> str:
    wanted = slug(title)[:40].strip("-") or "muc"
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)
