"""Phân tích: what the work process does in the background."""

from quizapp.analysis import fill
from quizapp.clock import now
from quizapp.database import db, give_way

HELPINGS = 40  # in one turn: folding the counts must not wait for long


def fill_analysis() -> None:
    """Take what has been handed in into the figures of questions, one transaction for each helping."""
    for _ in range(HELPINGS):
        more = fill.step(now())
        db.session.commit()
        if not more:
            return
        give_way()
