"""Trích nguyên văn: the quotations of a lesson, each checked letter by letter against the official text of what it cites.

A quotation is a block of lines that begin with ">", in a section that cites the document. Without an official text in the
library nothing can be checked, so nothing may be quoted: such a section says it in other words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from quizapp.domain import quoted_place, quoting
from quizapp.domain.content import Document, Provision
from quizapp.domain.official import parts as cut
from quizapp.domain.quoting import Differs, Matches, Piece
from quizapp.library import queries as library
from quizapp.studio.outline import Part

_OPENING, _CLOSING = '“"„', '”"‟'

Texts = Callable[[str], str | None]  # a document's code -> its official text, or None
_cut = lru_cache(maxsize=8)(cut)  # a law is cut once, not at every pause in typing


@dataclass(frozen=True)
class Quotation:
    """Đoạn trích: where it stands, and what the official text says of it; None where there is none to ask."""

    line: int
    section: int
    code: str
    text: str
    found: Matches | Differs | None
    misplaced: str | None = None  # "Điều 1, không phải Điều 3": it stands in another provision than the cited one

    @property
    def exact(self) -> bool:
        return isinstance(self.found, Matches) and self.misplaced is None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self.found.pieces if isinstance(self.found, Differs) else ()


def of(
    sections: Sequence[Part], documents: Mapping[str, Document], official: Texts = library.official_text
) -> list[Quotation]:
    """Every quotation of a lesson; a statement for each document that is quoted."""
    texts: dict[str, str | None] = {}
    found = []
    for number, part in enumerate(sections, 1):
        code, _, anchor = (part.cite or "").partition("#")
        for line, text in _blocks(part):
            if code not in texts:
                texts[code] = official(code) if code else None
            _, compared, misplaced = located(text, texts[code], documents.get(code), anchor)
            found.append(Quotation(line, number, code, text, compared, misplaced))
    return found


def located(
    quote: str, official: str | None, document: Document | None, anchor: str
) -> tuple[str, Matches | Differs | None, str | None]:
    """What is quoted, how it compares, and where it stands if that is not in the cited provision."""
    if not official:
        return quote, None, None
    passage, found = read(quote, official)
    if not isinstance(found, Matches) or document is None:
        return passage, found, None
    labels = _labels(document.provisions, anchor)
    wanted = quoted_place.cited(anchor, labels) if labels else None
    where = quoted_place.elsewhere(passage, _cut(official), wanted) if wanted else None
    return passage, found, f"{where}, không phải {wanted.name}" if wanted and where else None


def _labels(provisions: Sequence[Provision], anchor: str) -> list[str]:
    """The label of a provision after those of the provisions around it."""
    for one in provisions:
        if one.anchor == anchor:
            return [one.label]
        if below := _labels(one.children, anchor):
            return [one.label, *below]
    return []


def _blocks(part: Part) -> Iterator[tuple[int, str]]:
    """(line, text) of each run of lines that begin with ">"."""
    run: list[str] = []
    for n, line in enumerate((*part.lines, "")):
        if line.startswith(">"):
            run.append(line.removeprefix(">").strip())
        elif run:
            yield part.line + n - len(run), "\n".join(run)
            run = []


def read(quote: str, official: str) -> tuple[str, Matches | Differs]:
    """What is quoted, without the marks around it, and how it compares.

    A mark at an end may be ours, or the text's own: "… không “lợi ích nhóm”". What stands in the text letter by letter is meant.
    """
    likeliest, *others = _ways(quote.strip())
    found = _compared(likeliest, official)
    for way in others if isinstance(found, Differs) else ():
        if isinstance(matched := _compared(way, official), Matches):
            return way, matched
    return likeliest, found


def _ways(quote: str) -> list[str]:
    """The ways to take the marks at the ends, the likeliest first."""
    first, last = quote[:1] in _OPENING, quote[-1:] in _CLOSING
    if len(quote) < 2 or not (first or last):
        return [quote]
    if first and last:
        return list(dict.fromkeys([quote[1:-1].strip(), quote, quote[1:], quote[:-1]]))
    return [quote, quote[1:]] if first else [quote, quote[:-1]]


def _compared(quote: str, official: str) -> Matches | Differs:
    try:
        return quoting.check(quote, official)
    except ValueError:  # nothing is quoted, or a whole law is
        return Differs((Piece(quote, ""),), found=False)


def told(quotation: Quotation, name: str) -> str | None:
    """What is wrong with a quotation, in words; None where it is exact and of the cited provision."""
    match quotation.found:
        case Matches() if quotation.misplaced:
            return (
                f"đoạn này khớp nguyên văn, nhưng nằm ở {quotation.misplaced}. "
                "Chọn lại điều khoản được dẫn, hoặc trích đoạn khác"
            )
        case Matches():
            return None
        case None:
            return f"thư viện chưa có bản gốc của {name}: bỏ khối trích, viết lại thành lời diễn giải"
        case Differs(found=False):
            return f"không tìm thấy đoạn này trong bản gốc của {name}: trích lại, hoặc ghi là diễn giải"
        case Differs(order=True):
            return f"các phần của đoạn trích không theo thứ tự của bản gốc {name}"
        case Differs() as differs:
            return (
                f"đoạn trích khác bản gốc {differs.letters} chữ (bôi vàng): sửa lại cho khớp, "
                "hoặc bỏ dấu ngoặc kép và ghi là diễn giải"
            )
