"""Ai đang soạn: who has a draft open, in which part, and when that was last heard of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from quizapp.accounts.models import Person
from quizapp.courses.models import Editing
from quizapp.database import db, insert

HEARD = timedelta(minutes=1)  # what was heard of earlier says nothing
FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True)
class Other:
    """Somebody else at the same draft."""

    name: str
    part: str
    at: datetime


def note(unit_id: int, person_id: int, part: str, now: datetime) -> None:
    """Somebody has this part open."""
    values = {"unit_id": unit_id, "person_id": person_id, "part": part, "seen_at": now}
    row = insert(Editing).values(values)
    again = row.on_conflict_do_update(
        index_elements=["unit_id", "person_id"], set_={"part": row.excluded.part, "seen_at": row.excluded.seen_at}
    )
    db.session.execute(again)
    db.session.execute(sa.delete(Editing).where(Editing.unit_id == unit_id, Editing.seen_at < now - FORGOTTEN))


def leave(unit_id: int, person_id: int) -> None:
    """Somebody has closed the page."""
    db.session.execute(sa.delete(Editing).filter_by(unit_id=unit_id, person_id=person_id))


def others(unit_id: int, person_id: int, now: datetime) -> Sequence[Other]:
    """Who else has the draft open now, by name."""
    rows = (
        sa.select(Person.name, Editing.part, Editing.seen_at)
        .join(Person, Person.id == Editing.person_id)
        .where(Editing.unit_id == unit_id, Editing.person_id != person_id, Editing.seen_at >= now - HEARD)
        .order_by(Person.sort_key)
    )
    return [Other(*row) for row in db.session.execute(rows)]
