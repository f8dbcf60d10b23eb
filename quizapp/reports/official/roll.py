"""Danh sách người: names for a file, only inside `names()`, read in helpings of some thousands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts import access
from quizapp.accounts.models import Person
from quizapp.accounts.queries import SignedIn
from quizapp.clock import day_of
from quizapp.database import db
from quizapp.domain.completion import CourseState, UnitState
from quizapp.learning.models import WHOLE, Enrolment, UnitStateRow
from quizapp.organisation.models import Body
from quizapp.reports.official.figures import Figures
from quizapp.reports.paper.grid import TT, Cell, Column, Grid, Kind
from quizapp.reports.tables import STATES

AT_ONCE = 5_000  # more people than this are not put into one file while somebody waits
BY_JOB = 100_000  # more are not put into one file at all
ON_PAPER = 1_000  # more are not printed
UNIT_STATES = {
    UnitState.PASSED.value: "Đạt",
    UnitState.FAILED.value: "Chưa đạt",
    UnitState.LEARNING.value: "Đang học",
    UnitState.WAIVED.value: "Được miễn",
}
DONE = {UnitState.PASSED.value, UnitState.WAIVED.value}
COLUMNS = (
    *(Column(*TT), Column("Họ và tên", Kind.TEXT, 26), Column("Đơn vị", Kind.TEXT, 30)),
    *(Column("Trạng thái", Kind.TEXT, 13), Column("Số bài xong", Kind.NUMBER, 8), Column("Hạn", Kind.DAY, 12)),
    *(
        Column("Ngày hoàn thành", Kind.DAY, 12),
        Column("Lần học gần nhất", Kind.DAY, 12),
        Column("Ghi chú", Kind.TEXT, 16),
    ),
)


@dataclass(frozen=True)
class Whose:
    """Whose names: those that ``who`` may see in the body of ``path`` and below, in a campaign."""

    who: SignedIn
    path: str
    campaign_id: int


def _mine(whose: Whose) -> Any:
    return sa.and_(
        Enrolment.campaign_id == whose.campaign_id,
        Enrolment.left_on.is_(None),
        Body.path.startswith(whose.path, autoescape=True),
        access.names(whose.who),
    )


def how_many(whose: Whose) -> int:
    """How many people the list would name."""
    counted = sa.select(sa.func.count()).select_from(Enrolment).join(Body, Body.id == Enrolment.body_id)
    return db.session.scalar(counted.where(_mine(whose))) or 0


def whom(whose: Whose, most: int) -> Sequence[int]:
    """The people that the list names, for the log; none where they are more than ``most``."""
    listed = sa.select(Enrolment.person_id).join(Body, Body.id == Enrolment.body_id).where(_mine(whose))
    found = db.session.scalars(listed.limit(most + 1)).all()
    return found if len(found) <= most else ()


def grid(whose: Whose, title: str, units: Mapping[str, str] | None = None) -> Grid:
    """The list, by body and in the order of Vietnamese names; with a column for each of ``units``: key -> its heading."""
    shown = units or {}
    columns = (*COLUMNS, *(Column(heading, Kind.TEXT, 9) for heading in shown.values()))
    return Grid("danh-sach", title, columns, _rows(whose, list(shown)), second=len(COLUMNS) if shown else 0)


def of_snapshot(whose: Whose, figures: Figures, wide: bool) -> Grid:
    """The list beside a snapshot; ``wide``: with a column for each unit."""
    table = figures.tables["bai"]
    headings = {key: _heading(str(row[0])) for key, row in zip(table.keys, table.rows, strict=True)}
    return grid(whose, f"Danh sách người học: {figures.body.name}", headings if wide else None)


def _heading(unit: str) -> str:
    """ "6. Ngăn chặn …" is Bài 6; the final has no number, and stands there by its name."""
    number = unit.split(".")[0]
    return f"Bài {number}" if number.isdigit() else unit


def _rows(whose: Whose, units: list[str]) -> Iterator[tuple[Cell, ...]]:
    """One row a person, read a helping at a time: whom, then their units. Each helping goes on behind the last person."""
    last: tuple[Any, ...] | None = None
    before = 0
    while True:
        found = db.session.execute(_helping(whose, last)).all()
        states = _states([row.id for row in found])
        for n, row in enumerate(found[:AT_ONCE], before + 1):
            yield _row(n, row, states.get(row.id), units)
        if len(found) <= AT_ONCE:
            return
        before += AT_ONCE
        last = found[AT_ONCE - 1].path, found[AT_ONCE - 1].sort_key, found[AT_ONCE - 1].id


def _helping(whose: Whose, last: tuple[Any, ...] | None) -> Any:
    """The next people, and one more where it does not end with them."""
    whole = aliased(UnitStateRow)
    place = Body.path, Person.sort_key, Enrolment.id
    return (
        sa.select(*place, Person.name, Body.name.label("body"), whole.state, whole.completed_at, whole.late)
        .add_columns(Enrolment.due_on, Enrolment.extended)
        .select_from(Enrolment)
        .join(Body, Body.id == Enrolment.body_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(whole, sa.and_(whole.enrolment_id == Enrolment.id, whole.unit == WHOLE))
        .where(_mine(whose), sa.true() if last is None else sa.tuple_(*place) > last)
        .order_by(*place)
        .limit(AT_ONCE + 1)
    )


def _states(enrolments: list[int]) -> dict[int, Any]:
    """Enrolment -> its units as one text, so that the database sends a row a person; and when one of them last changed."""
    told = sa.func.aggregate_strings(UnitStateRow.unit + "=" + UnitStateRow.state, " ").label("states")
    mine = UnitStateRow.enrolment_id.in_(enrolments), UnitStateRow.unit != WHOLE
    last = sa.func.max(UnitStateRow.since).label("last_at")
    rows = db.session.execute(
        sa.select(UnitStateRow.enrolment_id, told, last).where(*mine).group_by(UnitStateRow.enrolment_id)
    )
    return {row.enrolment_id: row for row in rows}


def _row(n: int, row: Any, learnt: Any, units: list[str]) -> tuple[Cell, ...]:
    states = dict(one.split("=", 1) for one in learnt.states.split(" ")) if learnt else {}
    done = sum(one in DONE for one in states.values())
    note = "Hoàn thành muộn" if row.late else "Đã gia hạn" if row.extended else ""
    word = STATES[row.state or CourseState.NOT_STARTED.value]
    last_on = _day(learnt.last_at) if learnt else None
    line = (n, row.name, row.body, word, done, row.due_on, _day(row.completed_at), last_on, note)
    return (*line, *[UNIT_STATES.get(states.get(unit, ""), "") for unit in units])


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else day_of(instant)
