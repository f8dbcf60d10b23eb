"""Trích nguyên văn: the quotations of a lesson, each checked letter by letter against the official text of what it cites.

A quotation is a block of lines that begin with ">", in a section that cites the document. Without an official text in the
library nothing can be checked, so nothing may be quoted: such a section says it in other words.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quizapp.domain import quoting
from quizapp.domain.quoting import Differs, Matches, Piece
from quizapp.library import queries as library
from quizapp.studio.outline import Part

_OPENING, _CLOSING = '“"„', '”"‟'

Texts = Callable[[str], str | None]  # a document's code -> its official text, or None


@dataclass(frozen=True)
class Quotation:
    """Đoạn trích: where it stands, and what the official text says of it; None where there is none to ask."""

    line: int
    section: int
    code: str
    text: str
    found: Matches | Differs | None

    @property
    def exact(self) -> bool:
        return isinstance(self.found, Matches)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self.found.pieces if isinstance(self.found, Differs) else ()


def of(sections: Sequence[Part], official: Texts = library.official_text) -> list[Quotation]:
    """Every quotation of a lesson; a statement for each document that is quoted."""
    texts: dict[str, str | None] = {}
    found = []
    for number, part in enumerate(sections, 1):
        code = (part.cite or "").partition("#")[0]
        for line, text in _blocks(part):
            if code not in texts:
                texts[code] = official(code) if code else None
            found.append(Quotation(line, number, code, text, checked(text, texts[code])))
    return found


def _blocks(part: Part) -> Iterator[tuple[int, str]]:
    """(line, text) of each run of lines that begin with ">"."""
    run: list[str] = []
    for n, line in enumerate((*part.lines, "")):
        if line.startswith(">"):
            run.append(line.removeprefix(">").strip())
        elif run:
            yield part.line + n - len(run), "\n".join(run)
            run = []


def checked(quote: str, official: str | None) -> Matches | Differs | None:
    """A quotation against an official text; the marks around it are ours."""
    return read(quote, official)[1] if official else None


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
    """What is wrong with a quotation, in words; None where it is exact."""
    match quotation.found:
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
