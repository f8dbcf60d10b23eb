"""Bảng tính câu hỏi, viết: a workbook that `sheet` reads, and the template to download."""

from collections.abc import Iterable

from quizapp.courses.exchange.lost import in_words, mark_losses, picture_losses
from quizapp.courses.exchange.sheet_columns import HEADINGS, row_of
from quizapp.domain.interchange import Offered
from quizapp.web import spreadsheets


def unwritable(item: Offered) -> str | None:
    """Why the sheet cannot hold a question; None where it can."""
    most = max([len(item.options), len(item.pairs), len(item.gaps)], default=0)
    return "câu có hơn 8 phương án" if most > 8 else next(filter(None, map(unwritable, item.parts)), None)


def losses(item: Offered) -> list[str]:
    """What of a question that it can hold is left out."""
    return [*picture_losses("Excel", item), *mark_losses("Excel", item)]


def write(items: Iterable[Offered], problems: bool = False) -> bytes:
    """The questions as a workbook that `read` takes; ``problems``: with what is wrong written beside each."""
    told = map(in_words, items)
    rows = [row for item in told if unwritable(item) is None or problems for row in row_of(item, problems)]
    headings = [*HEADINGS.values(), *(["Vấn đề", "Cách sửa"] if problems else [])]
    return spreadsheets.write("Câu hỏi", headings, rows, [_width(one) for one in headings])


def _width(heading: str) -> int:
    return (
        60 if heading in ("Câu hỏi", "Vấn đề") else 36 if heading[:9] in ("Phương án", "Tình huốn", "Cách sửa") else 16
    )


def template() -> bytes:
    """Tệp mẫu: a question of each kind, with what its columns hold."""
    from quizapp.courses.exchange.sheet_template import EXAMPLES

    return write(EXAMPLES)
