"""Số đếm: folding the changes into counts, and counting again from the facts to see that both agree."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.database import db, insert
from quizapp.domain.completion import UnitState
from quizapp.learning import actions, queries
from quizapp.learning.models import ENROLLED, WHOLE, Campaign, Count, CountChange, Enrolment, UnitStateRow
from quizapp.organisation.models import Body

FOLD_AT_ONCE = 5000

Cell = tuple[int, int, str, str]  # campaign, body, unit, state


def fold() -> int:
    """Fold the oldest changes into the counts of their body and of all above it; how many there were.

    Deleting and adding stand in one transaction: a page sees each change once, folded or not.
    """
    oldest = sa.select(CountChange.id).order_by(CountChange.id).limit(FOLD_AT_ONCE).with_for_update(skip_locked=True)
    ids = sa.select(oldest.subquery().c.id)
    gone = sa.delete(CountChange).where(CountChange.id.in_(ids))
    columns = (CountChange.campaign_id, CountChange.body_id, CountChange.unit, CountChange.state, CountChange.day)
    rows = db.session.execute(gone.returning(*columns, CountChange.change)).all()
    if not rows:
        return 0
    paths = dict(db.session.execute(sa.select(Body.id, Body.path)).all())
    sums: Counter[tuple[int, int, str, str, object]] = Counter()
    for campaign_id, body_id, unit, state, day, change in rows:
        for above in paths[body_id].strip("/").split("/"):
            sums[campaign_id, int(above), unit, state, day] += change
    names = ("campaign_id", "body_id", "unit", "state", "day")
    values = [dict(zip(names, key, strict=True)) | {"n": n} for key, n in sorted(sums.items(), key=str) if n]
    for start in range(0, len(values), 1000):
        statement = insert(Count).values(values[start : start + 1000])
        added = {"n": Count.__table__.c.n + statement.excluded.n}
        db.session.execute(statement.on_conflict_do_update(index_elements=list(names), set_=added))
    return len(rows)


@dataclass(frozen=True)
class Difference:
    """Where the counts and the facts do not agree."""

    campaign: int
    body: int
    unit: str
    state: str
    counted: int
    recounted: int

    def __str__(self) -> str:
        where = f"đợt {self.campaign}, đơn vị {self.body}, {self.unit}, {self.state}"
        return f"{where}: đang ghi {self.counted}, đếm lại từ dữ kiện được {self.recounted}"


def differences(now: datetime) -> list[Difference]:
    """Count everything again from the facts; every cell that differs. It recounts, it never re-judges what is stored."""
    kept, fresh = _kept(), _recounted(now)
    return [
        Difference(*cell, counted=kept[cell], recounted=fresh[cell])
        for cell in sorted(kept.keys() | fresh.keys())
        if kept[cell] != fresh[cell]
    ]


def _kept() -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    bodies: dict[int, str] = {row.id: row.path for row in db.session.execute(sa.select(Body.id, Body.path))}
    for campaign in db.session.scalars(sa.select(Campaign.id)).all():
        last = sa.func.max
        day = db.session.scalar(sa.select(last(CountChange.day))), db.session.scalar(sa.select(last(Count.day)))
        until = max((d for d in day if d is not None), default=None)
        if until is None:
            continue
        for body_id, tally in queries.tallies(campaign, bodies, until).items():
            for unit, states in tally.states.items():
                for state, n in states.items():
                    found[campaign, body_id, unit, state] += n
    return Counter({cell: n for cell, n in found.items() if n})


def _recounted(now: datetime) -> Counter[Cell]:
    """From the facts of every current enrolment, through the same decisions that recorded them."""
    found: Counter[Cell] = Counter()
    rows = db.session.execute(
        sa.select(Enrolment, Campaign.course_id, Campaign.path, Body.path)
        .join(Campaign, Campaign.id == Enrolment.campaign_id)
        .join(Body, Body.id == Enrolment.body_id)
        .where(Enrolment.left_on.is_(None))
    ).all()
    for enrolment, course_id, path, place in rows:
        facts = queries.facts_of(enrolment.person_id, course_id)
        states = actions.derive(enrolment.course_revision_id, path, facts)
        cells = [(WHOLE, ENROLLED)] + [(u, s) for u, s in states.items() if s != UnitState.NOT_STARTED]
        for body_id in place.strip("/").split("/"):
            for unit, state in cells:
                found[enrolment.campaign_id, int(body_id), unit, state] += 1
    return found


def states_differ() -> list[str]:
    """Stored states that the facts do not bear out, in words."""
    wrong = []
    rows = db.session.execute(
        sa.select(Enrolment, Campaign.course_id, Campaign.path)
        .join(Campaign, Campaign.id == Enrolment.campaign_id)
        .where(Enrolment.left_on.is_(None))
    ).all()
    for enrolment, course_id, path in rows:
        derived = actions.derive(enrolment.course_revision_id, path, queries.facts_of(enrolment.person_id, course_id))
        stored = dict(
            db.session.execute(
                sa.select(UnitStateRow.unit, UnitStateRow.state).where(UnitStateRow.enrolment_id == enrolment.id)
            ).all()
        )
        for unit, state in derived.items():
            if stored.get(unit, UnitState.NOT_STARTED) != state:
                wrong.append(f"ghi danh {enrolment.id}, {unit}: đang ghi {stored.get(unit)}, dữ kiện cho {state}")
    return wrong
