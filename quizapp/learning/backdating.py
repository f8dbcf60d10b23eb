"""Ghi lùi ngày: a fact of an earlier day, such as a result that a re-marking has raised; states and past counts follow.

Who passes by a correction passed on the day the paper was handed in: nobody is late by a mistake of ours.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from quizapp.clock import day_of
from quizapp.database import db
from quizapp.domain.organisation import carried
from quizapp.learning import actions, moves, queries
from quizapp.learning.actions import NewFact
from quizapp.learning.models import Campaign, Enrolment

Sums = Counter[tuple[int, int, str, str, date]]  # campaign, body, unit, state, day


def record_as_of(person_id: int, course_id: int, facts: Sequence[NewFact], at: datetime, now: datetime) -> None:
    """Append facts as of ``at`` and rebuild the counts of the days since, in the bodies that the person was in then."""
    standing = actions.standings_of(person_id, course_id)
    rows = _enrolments(person_id, course_id)
    before = _sums(rows, day_of(now))
    if not actions.append(person_id, course_id, facts, _body_on(rows, day_of(at)), at):
        return
    after = _sums(rows, day_of(now))
    after.subtract(before)
    names = ("campaign_id", "body_id", "unit", "state", "day")
    actions.append_changes([dict(zip(names, key, strict=True)) | {"change": n} for key, n in after.items() if n])
    known = queries.facts_of(person_id, course_id)
    for one in standing:
        actions.refresh(one, known, now, counting=False)


def _enrolments(person_id: int, course_id: int) -> Sequence[Enrolment]:
    """Also those that the person has left: the days before count."""
    mine = Enrolment.person_id == person_id, Campaign.course_id == course_id
    found = sa.select(Enrolment).join(Campaign, Campaign.id == Enrolment.campaign_id).where(*mine)
    return db.session.scalars(found.order_by(Enrolment.id)).all()


def _sums(rows: Sequence[Enrolment], until: date) -> Sums:
    sums: Sums = Counter()
    steps = moves.steps_of(rows)
    for row, changes in moves.histories(rows, until):
        for (unit, state), days in changes.items():
            for (body_id, day), n in carried(days, steps[row.id]).items():
                sums[row.campaign_id, body_id, unit, state, day] += n
    return sums


def _body_on(rows: Sequence[Enrolment], day: date) -> int | None:
    """Where the first enrolment counted on that day."""
    for row in rows:
        passed = [bodies for since, bodies in moves.steps_of([row])[row.id] if since <= day]
        if passed and passed[-1]:
            return passed[-1][0]
    return None
