"""Lượt làm bài: what the work process does in the background."""

import time

from quizapp.attempts import actions, queries, remarking
from quizapp.clock import now
from quizapp.database import db, give_way, looking

SECONDS = 5.0  # of one turn of re-marking: papers have to be closed at the bell meanwhile


def close_attempts() -> None:
    """Hand in what is there of every attempt whose time is up, each in a transaction of its own."""
    for person_id, attempt_id in queries.time_up(now()):
        fixed = queries.own_fixed(person_id, attempt_id)
        assert fixed is not None
        actions.close(fixed, now())
        db.session.commit()
    db.session.rollback()  # nothing is due: do not hold the place of a writer


def remark() -> None:
    """Go on with every correction, some attempts in each transaction: those under way then, or too many for a request."""
    with looking():
        waiting = remarking.due()
    until = time.monotonic() + SECONDS
    for correction_id in waiting:
        while remarking.go_on(correction_id, now()) and time.monotonic() < until:
            db.session.commit()
            give_way()
        db.session.commit()
