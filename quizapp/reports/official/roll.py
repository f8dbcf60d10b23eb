"""Danh sách người: names for a file, only inside `names()`, in one statement whatever their number."""

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
from quizapp.reports.paper.grid import TT, Cell, Column, Grid, Kind
from quizapp.reports.tables import STATES

AT_ONCE = 5_000  # more people than this are not put into one file while somebody waits
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


def grid(whose: Whose, title: str, units: Mapping[str, int] | None = None) -> Grid:
    """The list, by body and in the order of Vietnamese names; with a column for each of ``units``: key -> number."""
    shown = units or {}
    columns = (*COLUMNS, *(Column(f"Bài {number}", Kind.TEXT, 9) for number in shown.values()))
    return Grid("danh-sach", title, columns, _rows(whose, list(shown)), second=len(COLUMNS) if shown else 0)


def _rows(whose: Whose, units: list[str]) -> Iterator[tuple[Cell, ...]]:
    """One row a person: the states of the units come as one text, so that the database sends a row a person."""
    whole = aliased(UnitStateRow)
    states = (
        sa.select(
            UnitStateRow.enrolment_id,
            sa.func.aggregate_strings(UnitStateRow.unit + "=" + UnitStateRow.state, " ").label("states"),
            sa.func.max(UnitStateRow.since).label("last_at"),
        )
        .join(Enrolment, Enrolment.id == UnitStateRow.enrolment_id)
        .where(Enrolment.campaign_id == whose.campaign_id, UnitStateRow.unit != WHOLE)
        .group_by(UnitStateRow.enrolment_id)
        .subquery()
    )
    people = (
        sa.select(Person.name, Body.name, whole.state, Enrolment.due_on, whole.completed_at, states.c.last_at)
        .add_columns(whole.late, Enrolment.extended, states.c.states)
        .select_from(Enrolment)
        .join(Body, Body.id == Enrolment.body_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(whole, sa.and_(whole.enrolment_id == Enrolment.id, whole.unit == WHOLE))
        .outerjoin(states, states.c.enrolment_id == Enrolment.id)
        .where(_mine(whose))
        .order_by(Body.path, Person.sort_key, Enrolment.id)
    )
    found = db.session.execute(people)
    for n, row in enumerate(found, 1):
        yield _row(n, row, units)


def _row(n: int, row: Any, units: list[str]) -> tuple[Cell, ...]:
    name, body, state, due_on, completed_at, last_at, late, extended, told = row
    states = dict(one.split("=", 1) for one in told.split(" ")) if told else {}
    done = sum(one in DONE for one in states.values())
    note = "Hoàn thành muộn" if late else "Đã gia hạn" if extended else ""
    word = STATES[state or CourseState.NOT_STARTED.value]
    line = (n, name, body, word, done, due_on, _day(completed_at), _day(last_at), note)
    return (*line, *[UNIT_STATES.get(states.get(unit, ""), "") for unit in units])


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else day_of(instant)
