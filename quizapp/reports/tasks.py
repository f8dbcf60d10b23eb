"""Theo dõi: what the work process does in the background."""

from quizapp.clock import now
from quizapp.database import db, give_way
from quizapp.reports import answers

HELPINGS = 40  # in one turn: folding the counts must not wait for long


def fill_answers() -> None:
    """Take what has been handed in into the sums over answers, one transaction for each helping."""
    for _ in range(HELPINGS):
        more = answers.step(now())
        db.session.commit()
        if not more:
            return
        give_way()
