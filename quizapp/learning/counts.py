"""Số đếm: folding the changes into counts, and counting again from the facts to see that both agree."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from quizapp.clock import day_of
from quizapp.database import db, insert
from quizapp.domain import renewal
from quizapp.domain.completion import UnitState
from quizapp.domain.organisation import Steps, carried, joined, on_day
from quizapp.learning import actions, moves, queries
from quizapp.learning.models import ENROLLED, WHOLE, Campaign, Count, CountChange, Enrolment, UnitStateRow
from quizapp.organisation import trees
from quizapp.organisation.models import Body, BodyPeriod

FOLD_AT_ONCE = 5000

Cell = tuple[int, int, str, str]  # campaign, body, unit, state
Sums = Counter[tuple[int, int, str, str, date]]  # and day


def fold() -> int:
    """Fold the oldest changes into the counts of their body and of all above it; how many there were.

    Deleting and adding stand in one transaction: a page sees each change once, folded or not.
    """
    trees.hold(shared=True)  # a change of the tree while we add would leave these where they were
    oldest = sa.select(CountChange.id).order_by(CountChange.id).limit(FOLD_AT_ONCE).with_for_update(skip_locked=True)
    ids = sa.select(oldest.subquery().c.id)
    gone = sa.delete(CountChange).where(CountChange.id.in_(ids))
    columns = (CountChange.campaign_id, CountChange.body_id, CountChange.unit, CountChange.state, CountChange.day)
    rows = db.session.execute(gone.returning(*columns, CountChange.change)).all()
    if not rows:
        return 0
    chains = _chains({row.body_id for row in rows})
    sums: Sums = Counter()
    for campaign_id, body_id, unit, state, day, change in rows:
        for (above, on), n in carried({day: change}, chains[body_id]).items():
            sums[campaign_id, above, unit, state, on] += n
    _add(sums)
    return len(rows)


def carry(moved: Sequence[trees.Carried]) -> None:
    """What is folded of bodies that stand elsewhere now leaves those above before and enters those above after.

    Whoever changes the tree calls this in the same transaction; what is not folded yet follows when it is.
    """
    for one in moved:
        own: dict[tuple[int, str, str], dict[date, int]] = {}
        rows = db.session.execute(
            sa.select(Count.campaign_id, Count.unit, Count.state, Count.day, Count.n).where(
                Count.body_id == one.body_id
            )
        )
        for campaign_id, unit, state, day, n in rows:
            own.setdefault((campaign_id, unit, state), {})[day] = n
        sums: Sums = Counter()
        for (campaign_id, unit, state), days in own.items():
            for sign, steps in ((1, one.after), (-1, one.before)):
                for (above, day), n in carried(days, steps).items():
                    sums[campaign_id, above, unit, state, day] += sign * n
        _add(sums)


def _chains(bodies: Collection[int]) -> dict[int, Steps]:
    """Where the bodies stood, by the days on which that changed."""
    found: dict[int, list[tuple[date, tuple[int, ...]]]] = {}
    rows = db.session.execute(
        sa.select(BodyPeriod.body_id, BodyPeriod.from_on, BodyPeriod.path)
        .where(BodyPeriod.body_id.in_(bodies))
        .order_by(BodyPeriod.body_id, BodyPeriod.from_on)
    )
    for body_id, from_on, path in rows:
        found.setdefault(body_id, []).append((from_on, trees.chain_of(path)))
    return {body_id: joined(steps) for body_id, steps in found.items()}


def _add(sums: Sums) -> None:
    names = ("campaign_id", "body_id", "unit", "state", "day")
    values = [dict(zip(names, key, strict=True)) | {"n": n} for key, n in sorted(sums.items(), key=str) if n]
    for start in range(0, len(values), 1000):
        statement = insert(Count).values(values[start : start + 1000])
        added = {"n": Count.__table__.c.n + statement.excluded.n}
        db.session.execute(statement.on_conflict_do_update(index_elements=list(names), set_=added))


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


def differences(now: datetime, day: date | None = None) -> list[Difference]:
    """Count everything again from the facts; every cell that differs. It recounts, it never re-judges what is stored.

    ``day``: as of the end of a past day, in the tree of that day, from the facts up to it.
    """
    kept, fresh = (_kept(day_of(now)), _recounted(now)) if day is None else (_kept(day), _recounted_on(day))
    return [
        Difference(*cell, counted=kept[cell], recounted=fresh[cell])
        for cell in sorted(kept.keys() | fresh.keys())
        if kept[cell] != fresh[cell]
    ]


def _kept(day: date) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    bodies: dict[int, str] = {row.id: row.path for row in db.session.execute(sa.select(Body.id, Body.path))}
    for campaign in db.session.scalars(sa.select(Campaign.id)).all():
        for body_id, tally in queries.tallies(campaign, bodies, day).items():
            for unit, states in tally.states.items():
                for state, n in states.items():
                    found[campaign, body_id, unit, state] += n
    return Counter({cell: n for cell, n in found.items() if n})


def _recounted_on(day: date) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    cells = moves.cells_on(day)
    chains = _chains({body_id for _, body_id, _, _ in cells})
    for (campaign_id, body_id, unit, state), n in cells.items():
        for above in on_day(chains[body_id], day):
            found[campaign_id, above, unit, state] += n
    return found


def _recounted(now: datetime) -> Counter[Cell]:
    """From the facts of every current enrolment, through the same decisions that recorded them."""
    found: Counter[Cell] = Counter()
    rows = db.session.execute(
        sa.select(Enrolment, Campaign, Body.path)
        .join(Campaign, Campaign.id == Enrolment.campaign_id)
        .join(Body, Body.id == Enrolment.body_id)
        .where(Enrolment.left_on.is_(None))
    ).all()
    for enrolment, campaign, place in rows:
        states = _derived(enrolment, campaign)
        cells = [(WHOLE, ENROLLED)] + [(u, s) for u, s in states.items() if s != UnitState.NOT_STARTED]
        for body_id in place.strip("/").split("/"):
            for unit, state in cells:
                found[enrolment.campaign_id, int(body_id), unit, state] += 1
    return found


def states_differ() -> list[str]:
    """Stored states that the facts do not bear out, in words."""
    wrong = []
    rows = db.session.execute(
        sa.select(Enrolment, Campaign)
        .join(Campaign, Campaign.id == Enrolment.campaign_id)
        .where(Enrolment.left_on.is_(None))
    ).all()
    for enrolment, campaign in rows:
        derived = _derived(enrolment, campaign)
        stored = dict(
            db.session.execute(
                sa.select(UnitStateRow.unit, UnitStateRow.state).where(UnitStateRow.enrolment_id == enrolment.id)
            ).all()
        )
        for unit, state in derived.items():
            if stored.get(unit, UnitState.NOT_STARTED) != state:
                wrong.append(f"ghi danh {enrolment.id}, {unit}: đang ghi {stored.get(unit)}, dữ kiện cho {state}")
    return wrong


def _derived(enrolment: Enrolment, campaign: Campaign) -> dict[str, str]:
    facts = queries.facts_of(enrolment.person_id, campaign.course_id)
    seen = renewal.seen(facts, campaign.id, enrolment.began_on, campaign.credit_days, campaign.again)
    return actions.derive(enrolment.course_revision_id, campaign.path, seen)
