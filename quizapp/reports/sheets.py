"""Biểu để xuất: each part of the leaders' pages as rows of typed cells, for Excel, Word and PDF.

What a sheet holds is what the page shows: both are made from the values of `reports.tables`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from quizapp.clock import day_of
from quizapp.domain.forecast import Progress
from quizapp.reports.tables import (
    STATES,
    ChildRow,
    Content,
    Curve,
    Heading,
    Overview,
    PersonRow,
    ProvisionTable,
    UnitChild,
    WrongQuestion,
)

Kind = Literal["text", "whole", "percent", "points", "day", "moment"]
Cell = str | int | Fraction | date | datetime | None


@dataclass(frozen=True)
class Column:
    """``kind`` says what its cells are: str, int, Fraction (0 to 1; points: 0 to 10), date, datetime; None is empty."""

    title: str
    kind: Kind = "whole"


@dataclass(frozen=True)
class Sheet:
    """Biểu: a title, typed columns, rows; ``total`` is the last line; ``notes`` define the figures."""

    title: str
    columns: Sequence[Column]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    notes: tuple[str, ...] = ()


MEAN = "Điểm TB"
_COUNTS = list(map(Column, ("Tổng số", "Hoàn thành", "Đang học", "Chưa bắt đầu")))
UNIT_STATES = {"passed": "Đạt", "failed": "Chưa đạt", "learning": "Đang học", "not_started": "Chưa học"}
UNIT_STATES |= {"waived": "Được miễn"}
_FORECAST = "Dự báo: số đã hoàn thành cộng nhịp 7 ngày qua đến hạn; chỉ có khi từ 20 người và từ 7 ngày số liệu."
_FAST = "Rất nhanh: dưới 20 giây một câu; trên 40% số lượt thì ghi “cần xem”, để hỏi lại cách học."
_TOO_FEW = "Ô trống hoặc “–”: dưới 5 người, không hiện kết quả."


def children_sheet(heading: Heading, overview: Overview) -> Sheet:
    """Đơn vị cấp dưới, worst forecast first, with who stands in the body itself and the sum."""
    columns = [Column("Đơn vị", "text"), *_COUNTS, Column("Tỷ lệ hoàn thành", "percent")]
    columns += [Column("Dự báo đến hạn", "percent"), Column("Tình trạng", "text"), Column("Hạn", "day")]
    rows = [_child(row) for row in overview.children.rows]
    if overview.children.rest.people:
        rows.append((f"Ngay tại {heading.body.name}", *_counts(overview.children.rest), None, None, None))
    seen, plan = overview.seen, heading.plan
    last = (seen.share_by_due, seen.word, plan.due_on if plan else None)
    total = ("Cộng", *_counts(overview.progress), *last)
    return Sheet("Kết quả theo đơn vị", columns, tuple(rows), total, (_FORECAST,))


def _child(row: ChildRow) -> tuple[Cell, ...]:
    return row.place.name, *_counts(row.progress), row.seen.share_by_due, row.seen.word, row.plan.due_on


def _counts(progress: Progress) -> tuple[Cell, ...]:
    share = progress.share if progress.people else None
    return progress.people, progress.done, progress.learning, progress.not_begun, share


def units_sheet(overview: Overview) -> Sheet:
    """Từng bài: how many people are in each state."""
    columns = [Column("Bài", "text"), *map(Column, UNIT_STATES.values()), Column("Tỷ lệ đạt", "percent")]
    people = overview.progress.people
    rows = []
    for unit in overview.units:
        done = unit.states["passed"] + unit.states["waived"]
        states = (unit.states[state] for state in UNIT_STATES)
        rows.append((unit.title, *states, Fraction(done, people) if people else None))
    return Sheet("Kết quả theo bài", columns, tuple(rows))


def curve_sheet(curve: Curve) -> Sheet:
    """Hoàn thành theo ngày: actual and plan of each day."""
    columns = (
        Column("Ngày", "day"),
        Column("Đã hoàn thành"),
        Column("Tỷ lệ", "percent"),
        Column("Kế hoạch", "percent"),
    )
    rows = tuple((p.day, p.done, _share(p.done, curve.people), p.planned / 100) for p in curve.points)
    return Sheet("Hoàn thành theo ngày", columns, rows)


def _share(part: int | None, whole: int) -> Fraction | None:
    return None if part is None or not whole else Fraction(part, whole)


def heat_sheet(heading: Heading, content: Content) -> Sheet:
    """Tỷ lệ trả lời đúng ngay lần đầu: unit by body; of a body with none below, its own line alone, as on the page."""
    columns = [
        Column("Đơn vị", "text"),
        *(Column("Tổng hợp" if unit.final else f"Bài {unit.number}", "percent") for unit in content.units),
        Column(MEAN, "points"),
    ]
    rows = tuple((row.place.name, *row.shares, row.mean) for row in content.rows)
    whole = (*content.whole.shares, content.whole.mean) if content.whole else None
    made = _shares("Tỷ lệ trả lời đúng ngay lần đầu", heading, columns, rows, whole)
    return replace(made, notes=(*made.notes, mean_note(content.marked)))


def mean_note(marked: str) -> str:
    """What the mean mark is; ``marked``: of which papers."""
    return f"{MEAN}: điểm trung bình, thang điểm 10, của lần làm đầu tiên ở {marked}."


def weak_units_sheet(content: Content) -> Sheet:
    """Bài yếu nhất đứng đầu: of the body with all below it."""
    columns = [Column("Bài", "text"), Column("Số người đã làm"), Column("Đúng ngay lần đầu", "percent")]
    columns += [Column("Đạt ngay lần đầu", "percent"), Column(MEAN, "points"), Column("Lượt làm rất nhanh", "percent")]
    columns += [Column("Ghi chú", "text")]
    rows = tuple(
        (f"{one.unit.number}. {one.unit.title}", one.people, one.share, _share(one.passed, one.people), one.mean,
         one.spread.fast, "Cần xem" if one.spread.to_look_at else None)
        for one in content.weak
    )  # fmt: skip
    return Sheet("Bài yếu nhất đứng đầu", columns, rows, notes=(mean_note("bài ấy"), _FAST))


def provisions_sheet(heading: Heading, table: ProvisionTable) -> Sheet:
    """Điều khoản theo đơn vị: the provisions least understood, by body."""
    columns = [Column("Đơn vị", "text")]
    columns += [Column(f"{head.name}: {head.label}", "percent") for head in table.heads]
    rows = tuple((row.place.name, *row.shares) for row in table.rows)
    whole = tuple(head.share for head in table.heads) or None
    return _shares("Điều khoản trả lời đúng ít nhất ngay lần đầu", heading, columns, rows, whole)


def unit_sheet(name: str, heading: Heading, rows: Sequence[UnitChild]) -> Sheet:
    """Một bài theo đơn vị: how many people of each body below are in each state on it."""
    columns = [Column("Đơn vị", "text"), Column("Tổng số"), *map(Column, UNIT_STATES.values())]
    columns += [Column("Tỷ lệ đạt", "percent")]
    made = tuple(
        (
            one.place.name if one.place else f"Ngay tại {heading.body.name}",
            *(one.people, *(one.states[state] for state in UNIT_STATES), _share(one.done, one.people)),
        )
        for one in rows
    )
    return Sheet(f"{name} theo đơn vị", columns, made)


def _shares(
    title: str,
    heading: Heading,
    columns: Sequence[Column],
    rows: tuple[tuple[Cell, ...], ...],
    whole: Sequence[Fraction | None] | None,
) -> Sheet:
    if whole is None or rows:
        return Sheet(title, columns, rows, None if whole is None else ("Cộng", *whole), (_TOO_FEW,))
    return Sheet(title, columns, ((heading.body.name, *whole),), None, (_TOO_FEW,))


def questions_sheet(content: Content) -> Sheet:
    """Câu sai nhiều, the worst first."""
    columns = [Column("Bài", "text"), Column("Câu hỏi", "text"), Column("Lượt trả lời"), Column("Trả lời sai")]
    columns += [Column("Tỷ lệ sai", "percent"), Column("Phương án sai được chọn nhiều nhất", "text")]
    columns += [Column("Số lượt chọn"), Column("Điều khoản", "text")]
    rows = tuple(
        (str(q.unit.number), _asked(q), q.answered, q.wrong, q.share, q.option, q.chosen, q.provision)
        for q in content.questions
    )
    return Sheet("Mười câu sai nhiều nhất", columns, rows)


def _asked(question: WrongQuestion) -> str:
    """The situation above the question: many prompts say little without it."""
    return "\n".join(part for part in (question.situation, question.prompt) if part)


def bands_sheet(content: Content) -> Sheet:
    """Mức kết quả lần đầu: how many first attempts in each band."""
    columns = [Column("Mức điểm lần đầu", "text"), Column("Số lượt"), Column("Tỷ lệ", "percent")]
    bands = content.bands
    rows = tuple((name, n, _share(n, bands.whole)) for name, n in bands.named()) if bands else ()
    return Sheet("Mức kết quả lần đầu", columns, rows, notes=(_TOO_FEW,))


def people_sheet(rows: Sequence[PersonRow]) -> Sheet:
    """Danh sách người; only for who may see the names."""
    columns = [Column("Họ và tên", "text"), Column("Trạng thái", "text"), Column("Số bài xong"), Column("Số bài")]
    columns += [Column("Lần học gần nhất", "moment"), Column("Hạn", "day"), Column("Ngày hoàn thành", "day")]
    columns += [Column("Ghi chú", "text")]
    return Sheet("Danh sách người học", columns, tuple(map(_person, rows)))


def _person(row: PersonRow) -> tuple[Cell, ...]:
    note = "Hoàn thành muộn" if row.late else "Cần chú ý" if row.at_risk else "Đã gia hạn" if row.extended else None
    done_on = day_of(row.completed_at) if row.completed_at else None
    return row.name, STATES[row.state], row.units_done, row.units, row.last_at, row.due_on, done_on, note
