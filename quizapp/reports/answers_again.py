"""Đếm lại số liệu về câu trả lời: every attempt that has been counted, some bodies at a time; what differs, in words."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from quizapp.attempts.models import Attempt
from quizapp.database import Base, db, table
from quizapp.domain.completion import FactKind
from quizapp.learning.models import Campaign, FactRow
from quizapp.organisation.models import Body
from quizapp.reports.answers import add, handed_in, summed_over
from quizapp.reports.models import CountedAttempt, ItemCount, ResultCount

AT_ONCE = 2000  # attempts, or bodies, of one helping

Told = Callable[[int, int], None]  # attempts gone through, of how many


def differences(told: Told = lambda done, whole: None) -> Iterator[str]:
    """Count every attempt again that has been counted; each cell that differs, in words.

    Some bodies at a time, so that what is held in memory does not grow with the people.
    """
    whole, done = db.session.scalar(sa.select(sa.func.count()).select_from(CountedAttempt)) or 0, 0
    for campaign_id in db.session.scalars(sa.select(Campaign.id).order_by(Campaign.id)).all():
        for bodies, attempts in _some_bodies(campaign_id):
            yield from _own_differ(campaign_id, bodies)
            if attempts:
                done += attempts
                told(done, whole)
    for model in (ItemCount, ResultCount):
        yield from _sums_differ(model)


def _some_bodies(campaign_id: int) -> Iterator[tuple[list[int], int]]:
    """Every body, as many together as have some thousands of counted attempts; how many those have."""
    it = CountedAttempt
    counted = sa.select(it.body_id, sa.func.count()).where(it.campaign_id == campaign_id).group_by(it.body_id)
    attempts = dict(db.session.execute(counted).all())
    bodies, n = list[int](), 0
    for body_id in db.session.scalars(sa.select(Body.id).order_by(Body.id)).all():
        bodies.append(body_id)
        n += attempts.get(body_id, 0)
        if n >= AT_ONCE or len(bodies) >= AT_ONCE:
            yield bodies, n
            bodies, n = [], 0
    yield bodies, n


def _own_differ(campaign_id: int, bodies: Sequence[int]) -> Iterator[str]:
    it, items, results = CountedAttempt, Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    counted = sa.select(it.campaign_id, it.attempt_id, it.body_id, it.first)
    rows = db.session.execute(counted.where(it.campaign_id == campaign_id, it.body_id.in_(bodies))).all()
    for start in range(0, len(rows), 500):
        helping = rows[start : start + 500]
        attempts = {one.attempt_id: one for one in handed_in(_passed(helping))}
        for row in helping:
            add(items, results, attempts[row.attempt_id], row.campaign_id, row.body_id, row.first)
    for model, fresh in ((ItemCount, items), (ResultCount, results)):
        cells = table(model)
        own = sa.select(cells).where(cells.c.campaign_id == campaign_id, cells.c.body_id.in_(bodies), cells.c.own != 0)
        kept = Counter({_key(row): row.own for row in db.session.execute(own)})
        for cell in sorted(fresh.keys() | kept.keys()):
            if fresh[cell] != kept[cell]:
                yield _said(model, "own", cell, kept[cell], fresh[cell])


def _sums_differ(model: Any) -> Iterator[str]:
    """The database sums the bodies' own cells again and gives what differs alone."""
    cells, summed, nothing = table(model), summed_over(model).subquery(), sa.literal(0)
    keys = [column.name for column in cells.primary_key]
    kept = sa.select(*(cells.c[key] for key in keys), cells.c.n.label("kept"), nothing.label("fresh"))
    both = kept.union_all(sa.select(*(summed.c[key] for key in keys), nothing, summed.c.n)).subquery()
    of = [both.c[key] for key in keys]
    kept_n, fresh_n = sa.func.sum(both.c.kept), sa.func.sum(both.c.fresh)
    for *cell, was, n in db.session.execute(
        sa.select(*of, kept_n, fresh_n).group_by(*of).having(kept_n != fresh_n).order_by(*of)
    ):
        yield _said(model, "n", cell, was, n)


def _passed(rows: Iterable[Any]) -> dict[int, bool]:
    sources = {f"attempt:{row.attempt_id}": row.attempt_id for row in rows}
    people = sa.select(Attempt.person_id).where(Attempt.id.in_(sources.values()))
    facts = sa.select(FactRow.source, FactRow.passed).where(
        FactRow.person_id.in_(people), FactRow.kind == FactKind.QUIZ_TAKEN.value, FactRow.source.in_(sources)
    )
    return {sources[row.source]: bool(row.passed) for row in db.session.execute(facts)}


def _key(row: Any) -> tuple[Any, ...]:
    return tuple(value for name, value in row._mapping.items() if name not in ("own", "n"))


def _said(model: type[Base], name: str, cell: Iterable[Any], kept: int, fresh: int) -> str:
    where = ", ".join(map(str, cell))
    return f"{model.__tablename__} ({where}), {name}: đang ghi {kept}, đếm lại được {fresh}"
