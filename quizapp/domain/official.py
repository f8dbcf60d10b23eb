"""Toàn văn chính thức: an official text cleaned, its broken lines joined, and cut into phần, chương, điều, khoản, điểm.

The text is what the person has read and kept; nothing here changes a word of it. What is cut has stable anchors
("dieu-3", "dieu-3.khoan-2", "dieu-3.khoan-2.diem-a"), the same as those of the library where it names provisions by number.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from quizapp.domain.vietnamese import fold, nfc

MOST_LETTERS = 400_000  # a long code of laws
LEAST_LETTERS = 60

Kind = Literal["part", "chapter", "group", "article", "clause", "point", "text"]
_DEPTH: dict[Kind, int] = {"part": 1, "chapter": 2, "group": 3, "article": 4, "clause": 5, "point": 6, "text": 7}
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_NUMBER = r"(?:[IVXLC]+|\d+[a-zđ]?|thứ [^\W\d]+)"
_STARTS: tuple[tuple[Kind, re.Pattern[str], str], ...] = (
    ("part", re.compile(rf"(?i:phần) ({_NUMBER})\b[.:]?\s*(.*)", re.DOTALL), "phan"),
    ("chapter", re.compile(rf"(?i:chương) ({_NUMBER})\b[.:]?\s*(.*)", re.DOTALL), "chuong"),
    ("group", re.compile(r"(?i:mục) (\d+|[IVXLC]+)\b[.:]?\s*(.*)", re.DOTALL), "muc"),
    ("article", re.compile(r"(?:Điều|ĐIỀU) (\d+[a-zđ]?)\b(?=[.:\s]|$)[.:]?\s*(.*)", re.DOTALL), "dieu"),
    ("clause", re.compile(r"(\d{1,3}[a-zđ]?)[.)]\s+(\S.*)", re.DOTALL), "khoan"),
    ("point", re.compile(r"([a-zđ])[.)]\s+(\S.*)", re.DOTALL), "diem"),
)
_LOOKS = (
    ("motto", re.compile(r"(?i)độc lập ?[-–] ?tự do ?[-–] ?hạnh phúc\.?$|^-{3,}$|^\*$")),
    ("date", re.compile(r"[^\d,.]{2,40}, (?i:ngày)\b.{1,12}\b(?i:tháng)\b.{1,12}\b(?i:năm)[ \d….]{1,8}$")),
    ("to", re.compile(r"(?i)nơi nhận\b.{0,3}$")),
)
_LABELS = {"part": "Phần", "chapter": "Chương", "group": "Mục", "article": "Điều"}


def tidy(text: str) -> str:
    """The one kept form: NFC, one space between words, no more than one empty line, nothing that nobody sees."""
    seen = _UNSEEN.sub("", nfc(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")))
    lines = [" ".join(line.split()) for line in seen.split("\n")]
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return "\n".join(kept).strip()


# --- the letters of a file -------------------------------------------------------------------------------------

_OURS = frozenset("ăâđêôơưĂÂĐÊÔƠƯ") | {chr(code) for code in range(0x1EA0, 0x1EFA)}


def broken_letters(text: str) -> bool:
    """Whether the letters of a file lead to no characters: a PDF whose fonts do not say what they show."""
    lost = sum(c == "\ufffd" or 0xE000 <= ord(c) <= 0xF8FF for c in text) + 6 * text.count("(cid:")
    return lost > 8 and lost * 20 > len(text)


def without_marks(text: str) -> bool:
    """Whether hardly a letter has a mark, which no Vietnamese text of some length is like."""
    letters = sum(c.isalpha() for c in text)
    return letters > 200 and sum(c in _OURS for c in text) * 100 < letters


# --- lines of a page -------------------------------------------------------------------------------------------

_OPENS = re.compile(
    rf"(?:(?i:phần|chương) {_NUMBER}\b|(?i:mục) (?:\d+|[IVXLC]+)\b|(?:Điều|ĐIỀU) \d+|"
    r"\d{1,3}[a-zđ]?[.)] |[a-zđ][.)] |[-–+•*] ?\S|(?i:nơi nhận)|(?i:căn cứ) )"
)
_ENDS = re.compile(r"[.;:!?…”\"]$")
_PAGE_NUMBER = re.compile(r"[-–]? ?\d{1,4} ?[-–]?|(?i:trang) \d{1,4}(?:/\d{1,4})?")


def joined(pages: Sequence[str]) -> str:
    """The text of printed pages with its broken lines joined: a new paragraph begins where one is seen to begin."""
    paragraphs: list[str] = []
    goes_on = False
    for page in pages:
        for line in _lines(page):
            if goes_on and line and not _OPENS.match(line) and not line.isupper():
                paragraphs[-1] += f" {line}"
            elif line:
                paragraphs.append(line)
            if line:
                goes_on = not _ENDS.search(line) and not line.isupper()
    return tidy("\n".join(paragraphs))


def _lines(page: str) -> list[str]:
    """The lines of a page without its number, on top or at the foot."""
    lines = [line for line in tidy(page).split("\n") if line]
    if lines and _PAGE_NUMBER.fullmatch(lines[0]):
        lines = lines[1:]
    if lines and _PAGE_NUMBER.fullmatch(lines[-1]):
        lines = lines[:-1]
    return lines


# --- parts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """Phần, chương, mục, điều, khoản, điểm, or a paragraph. ``label`` and ``title``: of those that have a heading."""

    kind: Kind
    anchor: str
    label: str
    title: str
    text: str  # the whole paragraph as it stands

    @property
    def depth(self) -> int:
        return _DEPTH[self.kind]

    @property
    def look(self) -> str:
        """How the paragraph is set: as what it begins, or as a line of the head or the foot of an official document."""
        if self.kind != "text":
            return self.kind
        if self.text.isupper():
            return "caps"
        return next((look for look, pattern in _LOOKS if pattern.match(self.text)), "text")


def parts(text: str) -> tuple[Part, ...]:
    """The text, paragraph by paragraph, each with what it begins."""
    made: list[Part] = []
    used: set[str] = set()
    inside: dict[int, str] = {}
    lines = [line for line in tidy(text).split("\n") if line]
    skipped = -1
    for n, line in enumerate(lines):
        if n == skipped:
            continue
        kind, number, title = _start(line, bool(inside.get(4)))
        if (
            kind in ("part", "chapter", "group")
            and not title
            and n + 1 < len(lines)
            and _start(lines[n + 1], False)[0] == "text"
        ):
            title, skipped = lines[n + 1], n + 1  # CHƯƠNG I and its name stand on two lines
        anchor = _anchor(kind, number, inside, used)
        if anchor:
            inside = {depth: one for depth, one in inside.items() if depth < _DEPTH[kind]} | {_DEPTH[kind]: anchor}
        label = f"{_LABELS[kind]} {number}" if kind in _LABELS else ""
        made.append(Part(kind, anchor, label, title if label else "", line))
    return tuple(made)


def _start(line: str, in_article: bool) -> tuple[Kind, str, str]:
    for kind, pattern, _ in _STARTS:
        if found := pattern.fullmatch(line):
            headed = kind in _LABELS
            if headed and kind != "article" and len(line) > 200:  # a sentence that begins so, no heading
                continue
            if not headed and not in_article:
                continue
            return kind, found[1], found[2].strip() if headed else ""
    return "text", "", ""


def _anchor(kind: Kind, number: str, inside: dict[int, str], used: set[str]) -> str:
    if kind == "text":
        return ""
    word = next(word for one, _, word in _STARTS if one == kind)
    name = f"{word}-{fold(number).replace(' ', '-')}"
    if kind == "clause":
        name = f"{inside[4]}.{name}"
    elif kind == "point":
        name = f"{inside.get(5) or inside[4]}.{name}"
    elif kind == "group" and 2 in inside:
        name = f"{inside[2]}.{name}"
    if name in used:  # a text that quotes another one's articles has two of one number: the first keeps the name
        name = next(other for n in range(2, len(used) + 3) if (other := f"{name}-{n}") not in used)
    used.add(name)
    return name


def contents(found: Sequence[Part]) -> Iterator[Part]:
    """Mục lục: what has a heading, in order."""
    return (one for one in found if one.label)


def wording(found: Sequence[Part], anchor: str) -> str | None:
    """The official wording of a provision, all below it included; None where the text has no such part."""
    at = next((n for n, one in enumerate(found) if one.anchor == anchor), None)
    if at is None:
        return None
    depth = found[at].depth
    below = takewhile(lambda one: one.depth > depth, found[at + 1 :])
    return "\n".join([found[at].text, *(one.text for one in below)])


# --- pieces ----------------------------------------------------------------------------------------------------

PIECE = 1200  # letters, after which the next clause begins another
MOST_PIECES = 2000
_LONGEST = 4 * PIECE  # of one paragraph
_CALLED = {"clause": "khoản", "point": "điểm"}


@dataclass
class Piece:
    """Đoạn để tìm: an article, or some clauses or paragraphs of one. ``label``: "Điều 3. Tên điều, khoản 2", or ""."""

    anchor: str
    label: str
    text: str


def pieces(found: Sequence[Part]) -> Iterator[Piece]:
    """The whole text in order, cut where a part begins; at most about `MOST_PIECES`, however many parts there are."""
    least = 1 + sum(len(one.text) + 1 for one in found) // MOST_PIECES
    piece: Piece | None = None
    heading = clause = ""
    for n, one in enumerate(found, 1):
        if one.label:
            heading, clause = textwrap.shorten(f"{one.label}. {one.title}", 120, placeholder="…").rstrip(" ."), ""
        elif one.kind in _CALLED:
            number = one.text.split(maxsplit=1)[0].rstrip(".)")
            clause = f", khoản {number}" if one.kind == "clause" else f"{clause.split(', điểm')[0]}, điểm {number}"
        text = one.text if one.title in one.text else f"{one.text}\n{one.title}"
        for chunk in textwrap.wrap(text, _LONGEST, break_on_hyphens=False, replace_whitespace=False):
            begins = bool(one.label) or (piece is not None and len(piece.text) + len(chunk) > PIECE)
            if piece is None or (begins and len(piece.text) >= least):
                if piece is not None:
                    yield piece
                piece = Piece(one.anchor or paragraph_anchor(n), heading + clause, chunk)
            else:
                piece.text += f"\n{chunk}"
    if piece is not None:
        yield piece


def paragraph_anchor(n: int) -> str:
    """Where a paragraph that begins nothing stands on the page: the nth of the text."""
    return f"doan-{n}"


def levels(found: Sequence[Part]) -> dict[str, int]:
    """How deep each heading stands, by anchor: 2 below the page's own, one more for each heading around it."""
    around: list[int] = []
    told: dict[str, int] = {}
    for one in contents(found):
        around = [*(depth for depth in around if depth < one.depth), one.depth]
        told[one.anchor] = min(1 + len(around), 6)
    return told
