"""Lượt làm bài: what the work process does in the background."""

from quizapp.attempts import actions, queries, remarking
from quizapp.clock import now
from quizapp.database import db


def close_attempts() -> None:
    """Hand in what is there of every attempt whose time is up, each in a transaction of its own."""
    for person_id, attempt_id in queries.time_up(now()):
        fixed = queries.own_fixed(person_id, attempt_id)
        assert fixed is not None
        actions.close(fixed, now())
        db.session.commit()
    db.session.rollback()  # nothing is due: do not hold the place of a writer


def remark() -> None:
    """Go on with every correction: attempts that were under way, or too many to be looked at in a request."""
    for correction_id in remarking.due():
        remarking.go_on(correction_id, now())
        db.session.commit()
    db.session.rollback()
