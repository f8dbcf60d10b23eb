"""Dữ kiện đã yên: taking facts in, in the order of their numbers, once nothing can come in between any more.

A fact counts half an hour after it was written: answers under way have arrived by then, and every transaction that began
before has ended, so none is missed.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import db
from quizapp.learning.models import FactRow

SETTLED = timedelta(minutes=30)


class Settled:
    """How far the facts have been taken in. One row.

    Facts up to ``goal`` had all arrived when ``goal_at`` was half an hour ago; ``done`` says how far they are counted;
    ``at`` is the moment that the sums show. ``next`` and ``next_at`` wait for their half hour.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    done: Mapped[int] = mapped_column(default=0)
    goal: Mapped[int] = mapped_column(default=0)
    goal_at: Mapped[datetime | None]
    next: Mapped[int | None]
    next_at: Mapped[datetime | None]
    at: Mapped[datetime | None]

    def look_ahead(self, now: datetime, settled: timedelta) -> None:
        """Move the goal, once the next one has waited long enough; ``settled`` is zero where nobody else can be writing."""
        if self.done < self.goal:
            return
        newest = db.session.scalar(sa.select(sa.func.max(FactRow.id))) or 0
        if self.next is None or not settled:
            self.next, self.next_at = newest, now
        if self.next_at is not None and now - self.next_at >= settled:
            self.goal, self.goal_at = self.next, self.next_at
            self.next, self.next_at = newest, now
