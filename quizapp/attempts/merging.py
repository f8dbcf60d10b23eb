"""Gộp hai tài khoản của một người: attempts with their answers and marks, questions met, extra time."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.attempts.models import Attempt, ExtraTime, Response, ReviewItem
from quizapp.database import db, table
from quizapp.domain.attempts import AttemptState


def merge(kept_id: int, twin_id: int, now: datetime) -> None:
    """Everything that the twin has done belongs to the other account from here on."""
    both = sa.select(Attempt).where(Attempt.person_id.in_((kept_id, twin_id))).order_by(Attempt.started_at, Attempt.id)
    attempts = db.session.scalars(both.with_for_update().execution_options(populate_existing=True)).all()
    by_unit: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        by_unit.setdefault(attempt.unit_id, []).append(attempt)
    for of_unit in by_unit.values():
        _one_open(of_unit, now)
        if any(attempt.person_id == twin_id for attempt in of_unit):
            _renumber(of_unit, kept_id)
    _merge_items(kept_id, twin_id)
    _merge_extra_time(kept_id, twin_id)


def _one_open(attempts: list[Attempt], now: datetime) -> None:
    """One attempt may be open at a unit: the one with the most answers, else the later one; the other is given up."""
    still = [attempt for attempt in attempts if attempt.state == AttemptState.OPEN.value]
    if len(still) < 2:
        return
    answers = sa.select(Response.attempt_id, sa.func.count()).where(Response.attempt_id.in_([one.id for one in still]))
    told: dict[int, int] = {row[0]: row[1] for row in db.session.execute(answers.group_by(Response.attempt_id))}
    goes_on = max(still, key=lambda one: (told.get(one.id, 0), one.started_at, one.id))
    for attempt in still:
        if attempt is not goes_on:
            attempt.state = AttemptState.OPEN.to(AttemptState.ABANDONED).value
            attempt.ended_at = min(attempt.started_at, now)  # nothing was handed in: no waiting time runs from it
    db.session.flush()


def _renumber(attempts: list[Attempt], kept_id: int) -> None:
    """Numbers in the order of beginning; first out of each other's way, since each is there once."""
    it = table(Attempt)
    mine = sa.update(it).where(it.c.id == sa.bindparam("of"))
    away: list[dict[str, Any]] = [{"of": attempt.id, "nth": -attempt.id} for attempt in attempts]
    db.session.execute(mine.values(number=sa.bindparam("nth")), away)
    ordered = [{"of": attempt.id, "nth": n} for n, attempt in enumerate(attempts, 1)]
    db.session.execute(mine.values(number=sa.bindparam("nth"), person_id=kept_id), ordered)
    for attempt in attempts:
        db.session.expire(attempt)


def _merge_items(kept_id: int, twin_id: int) -> None:
    """Câu đã gặp: seen and missed are added up."""
    own = {
        (row.unit_id, row.question): row
        for row in db.session.scalars(sa.select(ReviewItem).filter_by(person_id=kept_id))
    }
    for item in db.session.scalars(sa.select(ReviewItem).filter_by(person_id=twin_id)).all():
        same = own.get((item.unit_id, item.question))
        if same is None:
            values = {"unit_id": item.unit_id, "question": item.question, "seen": item.seen, "missed": item.missed}
            db.session.add(ReviewItem(person_id=kept_id, due_on=item.due_on, **values))
        else:
            same.seen, same.missed = same.seen + item.seen, same.missed + item.missed
            same.due_on = min((day for day in (same.due_on, item.due_on) if day is not None), default=None)
        db.session.delete(item)
    db.session.flush()


def _merge_extra_time(kept_id: int, twin_id: int) -> None:
    """Thêm giờ: the more generous of the two; ``percent`` None is without limit."""
    both = sa.select(ExtraTime).where(ExtraTime.person_id.in_((kept_id, twin_id)))
    rows = {row.person_id: row for row in db.session.scalars(both)}
    twin, kept = rows.get(twin_id), rows.get(kept_id)
    if twin is None:
        return
    if kept is None:
        db.session.add(ExtraTime(person_id=kept_id, percent=twin.percent))
    elif kept.percent is not None:
        kept.percent = None if twin.percent is None else max(kept.percent, twin.percent)
    db.session.delete(twin)
    db.session.flush()
