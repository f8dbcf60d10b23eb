"""Số liệu đã chốt: what the leaders' pages showed at one moment, as a value that is kept for ever. Never a name of a person.

``freeze`` makes it from the values of the pages; ``read_figures`` reads what is stored, also of older formats.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from quizapp.domain.content import Unit
from quizapp.domain.forecast import Progress, Status
from quizapp.domain.statistics import LEAST_PEOPLE, Bands, heat
from quizapp.reports import sheets
from quizapp.reports.sheets import Cell, Column, Sheet
from quizapp.reports.tables import ChildRow, Content, Heading, HeatRow, Overview, ProvisionTable

FORMAT = 1
# the tables of a snapshot, as the tabs of a workbook
TITLES = {"don-vi": "Tổng hợp", "bai": "Theo bài", "theo-ngay": "Theo ngày", "noi-dung": "Nội dung"}
TITLES |= {"bai-yeu": "Bài yếu", "dieu-khoan": "Điều khoản", "cau-hoi": "Câu hỏi", "muc-diem": "Mức điểm"}
ONE_UNIT = "bai-don-vi"  # only where it was asked for
TITLES |= {ONE_UNIT: "Bài theo đơn vị"}

OF_ANSWERS = frozenset({"noi-dung", "bai-yeu", "dieu-khoan", "cau-hoi", "muc-diem"})  # as of ``answers_at``


class Kept(BaseModel):
    """Part of the stored value."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class BodyThen(Kept):
    """The body as it was called then."""

    code: str
    name: str
    kind: str
    above: str | None


class CampaignThen(Kept):
    """The campaign with the body's own due date."""

    code: str
    title: str
    course: str
    course_key: str
    from_on: date
    due_on: date
    target_percent: int


class FinalThen(Kept):
    """Kiểm tra tổng hợp."""

    questions: int
    minutes: int | None
    pass_percent: int


class Counts(Kept):
    """People by state."""

    people: int
    completed: int
    waived: int
    learning: int

    @property
    def progress(self) -> Progress:
        return Progress(self.people, self.completed, self.waived, self.learning)


class Below(Kept):
    """A body right below. ``by_due``: people done by the due date at this pace; None: not enough to go on."""

    name: str
    counts: Counts
    by_due: int | None
    status: str
    word: str
    urgent: bool
    due_on: date
    code: str = ""  # figures frozen at first do not have it
    first_tries: tuple[int, int] | None = None  # passed, of so many; None: too few people
    marks: tuple[int, int] | None = None  # sum in hundredths of ten, of so many first attempts


class Weak(Kept):
    """Bài còn yếu: first-try correct answers, in tenths of a percent."""

    number: int
    title: str
    permille: int


class Table(Kept):
    """One table, its cells as JSON can hold them: a share as "17/20", a day as "2026-11-22"."""

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str | int | None, ...], ...]
    total: tuple[str | int | None, ...] | None
    notes: tuple[str, ...]
    keys: tuple[str, ...] = ()  # what each row is about: keys of units

    def sheet(self) -> Sheet:
        columns = [Column(title, kind) for title, kind in self.columns]  # type: ignore[arg-type]
        rows = tuple(_read_row(row, columns) for row in self.rows)
        total = None if self.total is None else _read_row(self.total, columns)
        return Sheet(self.title, columns, rows, total, self.notes)


class Figures(Kept):
    """Số liệu của một đơn vị với mọi cấp dưới, to the end of ``until``, or to ``at`` where that is the same day."""

    format: Literal[1] = 1
    body: BodyThen
    campaign: CampaignThen
    until: date
    counts: Counts
    by_due: int | None  # people done by the due date at this pace; None: not enough to go on
    behind_permille: int  # tenths of a percent point behind an even pace; below 0: ahead
    sentence: str
    status: str
    below: tuple[Below, ...]
    here: Counts  # who stands in the body itself
    units: int  # graded ones, without the final
    final: FinalThen | None
    weak: tuple[Weak, ...]
    bands: tuple[tuple[str, int], ...]
    first_tries: tuple[int, int] | None  # passed, of so many people and units
    marks: tuple[int, int] | None = None  # sum in hundredths of ten, of so many first attempts
    marked: str = ""  # of which papers
    answers_at: datetime | None
    tables: dict[str, Table]

    @property
    def urgent(self) -> list[Below]:
        return [one for one in self.below if one.urgent]

    def sheet(self, key: str) -> Sheet | None:
        """The table of that key, if there is one with rows."""
        table = self.tables.get(key)
        return table.sheet() if table is not None and table.rows else None

    def with_unit(self, sheet: Sheet) -> "Figures":
        """With the table of one unit by body."""
        return self.model_copy(update={"tables": self.tables | {ONE_UNIT: _table(sheet)}})

    def stored(self) -> dict[str, Any]:
        """Plain JSON."""
        return self.model_dump(mode="json")

    def same_as(self, other: "Figures") -> bool:
        """Whether nothing differs but the moment that the answers were summed up."""
        return self._told() == other._told()

    def _told(self) -> "Figures":
        below = tuple(one.model_copy(update={"code": ""}) for one in self.below)
        return self.model_copy(update={"answers_at": None, "below": below})

    def sha256(self) -> str:
        """The same figures have the same sum, whoever froze them and when."""
        plain = json.dumps(self.stored(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()


def read_figures(stored: dict[str, Any]) -> Figures:
    """What ``Figures.stored`` has written. There is one format so far; a later one raises the older ones here."""
    return Figures.model_validate(stored)


# --- freezing --------------------------------------------------------------------------------------------------


def freeze(
    heading: Heading,
    overview: Overview,
    content: Content | None,
    provisions: ProvisionTable,
    body: BodyThen,
    course_key: str,
    taught: Sequence[Unit],
    until: date,
) -> Figures:
    """The figures of a body as its pages show them; ``taught``: the units of the campaign's path, in order."""
    return Figures(
        body=body,
        campaign=_campaign(heading, course_key),
        until=until,
        counts=_counts(overview.progress),
        by_due=overview.seen.by_due,
        behind_permille=round(overview.seen.behind * 10),
        sentence=overview.verdict.sentence,
        status=overview.seen.status.value,
        below=_rows_below(overview, content),
        here=_counts(overview.children.rest),
        units=sum(unit.graded and not unit.final for unit in taught),
        final=next((_final(unit) for unit in taught if unit.final), None),
        weak=_weak(content),
        bands=_bands(content.bands if content else None),
        first_tries=_first_tries(content) if content else None,
        marks=_marks(content.whole) if content else None,
        marked=content.marked if content else "",
        answers_at=content.at if content else None,
        tables=_tables(heading, overview, content, provisions),
    )


def _campaign(heading: Heading, course_key: str) -> CampaignThen:
    campaign, plan = heading.campaign, heading.plan
    assert campaign is not None, "there is nothing to freeze without a campaign"
    assert plan is not None
    return CampaignThen(
        code=campaign.code,
        title=campaign.title,
        course=campaign.course,
        course_key=course_key,
        from_on=plan.from_on,
        due_on=plan.due_on,
        target_percent=plan.target_percent,
    )


def _weak(content: Content | None) -> tuple[Weak, ...]:
    """The weakest units, those that the pages colour."""
    weak = [one for one in (content.weak if content else ()) if heat(one.share)]
    return tuple(Weak(number=one.unit.number, title=one.unit.title, permille=round(one.share * 1000)) for one in weak)


def _counts(progress: Progress) -> Counts:
    return Counts(
        people=progress.people, completed=progress.completed, waived=progress.waived, learning=progress.learning
    )


def _rows_below(overview: Overview, content: Content | None) -> tuple[Below, ...]:
    """The bodies below, with their first attempts where there are enough people."""
    answers = {row.place.id: row for row in (content.rows if content else ())}
    return tuple(_below(row, answers.get(row.place.id)) for row in overview.children.rows)


def _marks(row: HeatRow | None) -> tuple[int, int] | None:
    return (row.marks, row.marked) if row is not None and row.marked else None


def _below(row: ChildRow, answers: HeatRow | None) -> Below:
    return Below(
        name=row.place.name,
        counts=_counts(row.progress),
        by_due=row.seen.by_due,
        status=row.seen.status.value,
        word=row.seen.word,
        urgent=row.seen.urgent and row.seen.status is not Status.REACHED,
        due_on=row.plan.due_on,
        code=row.place.code,
        first_tries=(answers.passed, answers.taken) if answers and answers.taken else None,
        marks=_marks(answers),
    )


def _final(unit: Unit) -> FinalThen:
    quiz = unit.quiz
    return FinalThen(questions=sum(quiz.draw.values()), minutes=quiz.minutes, pass_percent=quiz.pass_percent)


def _bands(bands: Bands | None) -> tuple[tuple[str, int], ...]:
    """None where fewer than five first attempts stand behind them: nobody's mark may be guessed."""
    return tuple(bands.named()) if bands is not None and bands.whole >= LEAST_PEOPLE else ()


def _first_tries(content: Content) -> tuple[int, int] | None:
    """Đạt ngay lần đầu, over all units; each of them stands for at least five people."""
    people = sum(weak.people for weak in content.weak)
    return (sum(weak.passed for weak in content.weak), people) if people else None


def _tables(
    heading: Heading, overview: Overview, content: Content | None, provisions: ProvisionTable
) -> dict[str, Table]:
    made = {
        "don-vi": sheets.children_sheet(heading, overview),
        "theo-ngay": sheets.curve_sheet(overview.curve),
    }
    if content is not None and content.at is not None:
        made["noi-dung"] = sheets.heat_sheet(heading, content)
        made["bai-yeu"] = sheets.weak_units_sheet(content)
        made["dieu-khoan"] = sheets.provisions_sheet(heading, provisions)
        made["cau-hoi"] = sheets.questions_sheet(content)
        made["muc-diem"] = sheets.bands_sheet(content)
    units = _table(sheets.units_sheet(overview), tuple(unit.key for unit in overview.units))
    kept = {key: _table(sheet) for key, sheet in made.items()} | {"bai": units}
    return {key: kept[key] for key in TITLES if key in kept}


def _table(sheet: Sheet, keys: tuple[str, ...] = ()) -> Table:
    return Table(
        title=sheet.title,
        columns=tuple((column.title, column.kind) for column in sheet.columns),
        rows=tuple(tuple(map(_plain, row)) for row in sheet.rows),
        total=None if sheet.total is None else tuple(map(_plain, sheet.total)),
        notes=tuple(sheet.notes),
        keys=keys,
    )


def _plain(cell: Cell) -> str | int | None:
    if cell is None or isinstance(cell, str | int):
        return cell
    return str(cell) if isinstance(cell, Fraction) else cell.isoformat()


def _read_row(row: Sequence[str | int | None], columns: Sequence[Column]) -> tuple[Cell, ...]:
    return tuple(_read_cell(cell, column.kind) for cell, column in zip(row, columns, strict=True))


def _read_cell(cell: str | int | None, kind: str) -> Cell:
    if cell is None or kind in ("text", "whole"):
        return cell
    if kind in ("percent", "points"):
        return Fraction(cell)
    return datetime.fromisoformat(str(cell)) if kind == "moment" else date.fromisoformat(str(cell))
