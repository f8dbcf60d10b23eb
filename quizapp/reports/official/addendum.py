"""Phụ lục đính chính: what has changed between the figures of a report and the same figures counted again."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from quizapp.clock import day_of
from quizapp.reports.official.figures import Counts, Figures
from quizapp.reports.official.letter import BLANK, Letter, signer_lines
from quizapp.reports.official.report import NOBODY, closing, footer, head
from quizapp.reports.paper.document import Block, Official, Paragraph, Run, Table
from quizapp.reports.paper.grid import TT, Cell, Column, Grid, Kind

WHOLE = "Tổng cộng"
STATES = {"people": "Tổng số", "done": "Hoàn thành", "learning": "Đang học", "not_begun": "Chưa bắt đầu"}


def compose(
    before: Figures,
    after: Figures,
    letter: Letter,
    why: str,
    numbers: tuple[str, str],
    times: tuple[datetime, datetime],
    address: str,
    draft: bool = True,
) -> Official:
    """The addendum. ``numbers`` and ``times``: of the corrected snapshot and of the new one."""
    changes = changed(before, after)
    blocks: list[Block] = [_corrected(before, letter, why, numbers[0], times[0])]
    if changes:
        blocks.append(Table(_grid(changes), "Số liệu được đính chính"))
        blocks.append(Paragraph([Run(f"Các số liệu khác không thay đổi. Số liệu đính chính chốt số {numbers[1]}.")]))
    else:
        blocks.append(Paragraph([Run(f"Đếm lại, không có số liệu nào theo đơn vị thay đổi (số chốt {numbers[1]}).")]))
    about = [f"Kèm theo báo cáo có số liệu chốt số {numbers[0]}"]
    return Official(
        layout=letter.layout,
        title=f"Phụ lục đính chính số liệu chốt số {numbers[0]}",
        head=head(letter, "PHỤ LỤC ĐÍNH CHÍNH", about, day_of(times[1])),
        blocks=blocks,
        recipients=letter.recipients,
        signer=signer_lines(letter),
        footer=footer(numbers[1], times[1]) if draft else "",
        address=address if draft else "",
    )


def _corrected(before: Figures, letter: Letter, why: str, number: str, at: datetime) -> Paragraph:
    """Which report, by the number of its figures; its own number and day are the office's to write."""
    return Paragraph(
        [
            Run(f"{letter.name} đính chính số liệu trong báo cáo số "),
            Run(BLANK, blank=True),
            Run(", "),
            Run("ngày … tháng … năm …", blank=True),
            Run(f" (số liệu chốt số {number}, đến {closing(before, at)}), lý do: {why.rstrip('.')}."),
        ]
    )


def changed(before: Figures, after: Figures) -> list[tuple[str, str, int, int]]:
    """(body, figure, before, after) of every count that differs; a body that is new or gone counts as 0 there."""
    by_code = all(one.code for one in (*before.below, *after.below))
    old, new = _by_body(before, by_code), _by_body(after, by_code)
    called = {key: name for of in (new, old) for key, (name, _) in of.items()}
    twins = Counter(called.values())
    found = []
    for key in dict.fromkeys([*old, *new]):
        name = f"{called[key]} (mã {key})" if twins[called[key]] > 1 else called[key]
        was, now = (of.get(key, (name, NOBODY))[1].progress for of in (old, new))
        pairs = ((word, getattr(was, key), getattr(now, key)) for key, word in STATES.items())
        found += [(name, word, a, b) for word, a, b in pairs if a != b]
    return found


def _by_body(figures: Figures, by_code: bool) -> Mapping[str, tuple[str, Counts]]:
    """Body -> its name and counts. Two may have one name, as after a merger; figures frozen at first tell only names."""
    made = {one.code if by_code else one.name: (one.name, one.counts) for one in figures.below}
    if figures.here.people and figures.below:
        made["/"] = (f"Ngay tại {figures.body.name}", figures.here)
    return made | {"*": (WHOLE, figures.counts)}


def _grid(changes: list[tuple[str, str, int, int]]) -> Grid:
    columns = (
        *(Column(*TT), Column("Đơn vị", Kind.TEXT, 34), Column("Số liệu", Kind.TEXT, 16)),
        *(Column("Đã báo cáo", Kind.NUMBER, 12), Column("Đính chính", Kind.NUMBER, 12)),
    )
    rows: list[tuple[Cell, ...]] = [(n, *change) for n, change in enumerate(changes, 1)]
    return Grid("dinh-chinh", "", columns, rows)
