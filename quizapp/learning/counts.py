"""Số đếm: folding the changes into counts, and counting again from the facts to see that both agree."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from quizapp.clock import now as clock_now
from quizapp.database import db, insert
from quizapp.domain.organisation import Steps, carried, joined, on_day
from quizapp.learning import moves, recounting
from quizapp.learning.models import Campaign, Count, CountChange
from quizapp.learning.recounting import Cell, Difference
from quizapp.organisation import trees
from quizapp.organisation.models import Body, BodyPeriod

FOLD_AT_ONCE = 5000

Sums = Counter[tuple[int, int, str, str, date]]  # campaign, body, unit, state, day


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


def differences(now: datetime, day: date | None = None) -> list[Difference]:
    """Count everything again from the facts; every cell that differs.

    ``day``: as of the end of a past day, in the tree of that day, from the facts up to it.
    """
    if day is None:
        return [one for one in recounting.everything(now) if isinstance(one, Difference)]
    found: list[Difference] = []
    fresh, paths = _recounted_on(day), dict(db.session.execute(sa.select(Body.id, Body.path)).all())
    for campaign_id in db.session.scalars(sa.select(Campaign.id).order_by(Campaign.id)).all():
        found += recounting.differing(campaign_id, recounting.kept(campaign_id, paths, day), fresh[campaign_id])
    return found


def states_differ(now: datetime | None = None) -> list[str]:
    """Stored states that the facts do not bear out, in words."""
    return [one for one in recounting.everything(now or clock_now()) if isinstance(one, str)]


def _recounted_on(day: date) -> defaultdict[int, Counter[Cell]]:
    """By campaign."""
    found: defaultdict[int, Counter[Cell]] = defaultdict(Counter)
    cells = moves.cells_on(day)
    chains = _chains({body_id for _, body_id, _, _ in cells})
    for (campaign_id, body_id, unit, state), n in cells.items():
        for above in on_day(chains[body_id], day):
            found[campaign_id][above, unit, state] += n
    return found
