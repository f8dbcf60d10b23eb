"""Trích nguyên văn: whether a quotation stands in the official text letter by letter, and if not, which letters differ.

Compared as composed letters with one space for any white space; marks of omission ("…", "[…]", "(...)") may stand for
anything left out. On a mismatch the nearest place is found by short runs of letters that both share, and only a window
of the text is compared there, so that a law of 200 kB takes no longer than a page.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from quizapp.domain.vietnamese import nfc

ELLIPSIS = "[…]"
MOST_LETTERS = 8_000  # of a quotation
_OMITTED = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*")
_UNSEEN = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
_TOKEN = re.compile(r"\w+|\s|[^\w\s]")
_RUN = 8  # letters that quotation and text have to share somewhere
_RUNS = 240  # looked for, spread over the quotation
_OFTEN = (24, 400)  # a run that stands at more places says little; stock phrases are tried again with the second
_NEAR = 0.5  # of the letters alike: below, nothing in the text is called near


def plain(text: str) -> str:
    """The text as it is compared: NFC, one space for any white space, nothing that nobody sees."""
    return " ".join(_UNSEEN.sub("", nfc(text)).split())


@dataclass(frozen=True)
class Piece:
    """A stretch of the quotation beside the text's: the same, or not. ``left_out``: a mark of omission."""

    quoted: str
    original: str
    left_out: bool = False

    @property
    def same(self) -> bool:
        return self.left_out or self.quoted == self.original


@dataclass(frozen=True)
class Matches:
    """Khớp nguyên văn. ``spans``: where each part stands in `plain` of the text, more than one if something is left out."""

    spans: tuple[tuple[int, int], ...]

    @property
    def shortened(self) -> bool:
        """Whether something is left out between the parts."""
        return len(self.spans) > 1


@dataclass(frozen=True)
class Differs:
    """Chỗ lệch: the quotation cut into what is the same and what is not.

    ``found``: whether anything near stands in the text at all; ``order``: the parts do, but not in this order.
    """

    pieces: tuple[Piece, ...]
    found: bool = True
    order: bool = False

    @property
    def letters(self) -> int:
        """How many letters differ: of what was changed, the longer side."""
        return sum(max(len(one.quoted), len(one.original)) for one in self.pieces if not one.same)


def check(quote: str, text: str) -> Matches | Differs:
    """Compare a quotation with the official text. ValueError for one that says nothing, or far too much."""
    quoted, whole = plain(quote), plain(text)
    if not any(c.isalnum() for c in quoted) or len(quoted) > MOST_LETTERS:
        raise ValueError("an empty or endless quotation")
    return matched(quoted, whole) or _compare(quoted, _parts(quoted), whole)


def matched(quoted: str, whole: str) -> Matches | None:
    """Where a quotation stands in a text, both `plain`; None where it does not."""
    if (at := whole.find(quoted)) >= 0:  # the text itself may hold "…"
        return Matches(((at, at + len(quoted)),))
    spans = _in_order(_parts(quoted), whole)
    return None if spans is None else Matches(spans)


def _parts(quoted: str) -> list[str]:
    """What stands between the marks of omission."""
    return [part for part in _OMITTED.split(quoted) if part]


def _in_order(parts: Sequence[str], whole: str) -> tuple[tuple[int, int], ...] | None:
    """Where the parts stand one after the other, each as early as can be; None where they do not."""
    spans, begin = [], 0
    for part in parts:
        if (at := whole.find(part, begin)) < 0:
            return None
        begin = at + len(part)
        spans.append((at, begin))
    return tuple(spans)


# --- what differs ----------------------------------------------------------------------------------------------


def _compare(quoted: str, parts: Sequence[str], whole: str) -> Differs:
    pieces: list[Piece] = []
    begin, found, order = 0, True, False
    marks = iter([mark[0] for mark in _OMITTED.finditer(quoted)])
    if quoted and not quoted.startswith(parts[0]):
        pieces.append(Piece(next(marks), "", left_out=True))
    for n, part in enumerate(parts):
        if n:
            pieces.append(Piece(next(marks), "", left_out=True))
        if (at := whole.find(part, begin)) >= 0:
            pieces.append(Piece(part, part))
            begin = at + len(part)
        elif part in whole:
            pieces.append(Piece(part, part))
            order = True
        elif (near := _nearest(part, whole, begin)) is not None:
            begin, compared = near
            pieces += compared
        else:
            pieces.append(Piece(part, ""))
            found = False
    pieces += [Piece(mark, "", left_out=True) for mark in marks]
    return Differs(tuple(pieces), found, order)


def _nearest(part: str, whole: str, begin: int) -> tuple[int, list[Piece]] | None:
    """The place in the text that is most like the part, behind ``begin`` if it can be: where it ends, what differs."""
    for often in _OFTEN:
        hits = list(_shared(part, whole, often))
        window = _best(part, whole, [hit for hit in hits if hit[1] >= begin]) or _best(part, whole, hits)
        if window is None:
            continue
        pieces = list(_joined(_differences(part, whole[slice(*window)])))
        if sum(len(one.quoted) for one in pieces if one.same) >= _NEAR * len(part):
            return window[1], pieces
    return None


def _shared(part: str, whole: str, often: int) -> Iterator[tuple[int, int, float]]:
    """Runs of letters that both hold: where in the part, where in the text, and how much that says."""
    size = min(_RUN, max(3, len(part) // 3))
    last = max(len(part) - size, 0)
    step = max(1, last // _RUNS)
    for offset in sorted({*range(0, last + 1, step), last}):
        run, at = part[offset : offset + size], -1
        places: list[int] = []
        while len(places) <= often and (at := whole.find(run, at + 1)) >= 0:
            places.append(at)
        if len(places) <= often:
            yield from ((offset, place, 1 / len(places)) for place in places)


def _best(part: str, whole: str, hits: list[tuple[int, int, float]]) -> tuple[int, int] | None:
    """The window where most hits agree: those of one place lie about equally far ahead of where they are in the part."""
    if not hits:
        return None
    held: defaultdict[int, float] = defaultdict(float)
    near: defaultdict[int, float] = defaultdict(float)
    for offset, place, weight in hits:
        held[place - offset] += weight
        near[(place - offset) // 64] += weight
    shift = max(held, key=lambda one: (held[one] + sum(near[one // 64 + n] for n in (-1, 0, 1)), -one))
    ends = {0: 0, len(part): len(part)}
    for edge in ends:
        # Words more or less in between move the edge by their letters; nearer to the best shift is likelier.
        agreeing = [(abs(offset - edge), abs(place - offset - shift), place - offset) for offset, place, _ in hits]
        ends[edge] = min((one for one in agreeing if one[1] <= 8 + len(part) // 4), default=(0, 0, shift))[2]
    begin, end = max(ends[0], 0), min(ends[len(part)] + len(part), len(whole))
    while 0 < begin < len(whole) and whole[begin - 1].isalnum() and whole[begin].isalnum():
        begin -= 1
    while 0 < end < len(whole) and whole[end - 1].isalnum() and whole[end].isalnum():
        end += 1
    return begin, max(begin, end)


def _differences(part: str, window: str) -> Iterator[Piece]:
    """The part beside the window: word by word, and letter by letter in the words that differ."""
    ours, theirs = _TOKEN.findall(part), _TOKEN.findall(window)
    steps = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    for n, (kind, a, b, c, d) in enumerate(steps):
        if kind in ("replace", "insert") and n == 0:  # what comes before is of the window, not of the quotation
            c = max(c, d - (b - a))
        elif kind in ("replace", "insert") and n == len(steps) - 1:
            d = min(d, c + (b - a))
        quoted, original = "".join(ours[a:b]), "".join(theirs[c:d])
        yield from _letters(quoted, original) if kind == "replace" else [Piece(quoted, original)]


def _letters(quoted: str, original: str) -> list[Piece]:
    steps = SequenceMatcher(None, quoted, original, autojunk=False).get_opcodes()
    same = sum(b - a for kind, a, b, _, _ in steps if kind == "equal")
    if same * 2 < max(len(quoted), len(original)):  # other words: letters in common by chance tell nothing
        return [Piece(quoted, original)]
    return [Piece(quoted[a:b], original[c:d]) for _, a, b, c, d in steps]


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one."""
    held: Piece | None = None
    for one in pieces:
        if not one.quoted and not one.original:
            continue
        if held is not None and held.same == one.same:
            held = Piece(held.quoted + one.quoted, held.original + one.original)
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held
