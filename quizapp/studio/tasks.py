"""Soạn: what the work process does in the background."""

from quizapp.analysis.queries import to_stop
from quizapp.clock import now
from quizapp.database import db, give_way, looking
from quizapp.studio import actions


def suspend_broken() -> None:
    """Stop the questions that their figures condemn, each in a transaction of its own."""
    with looking():
        suspects = to_stop()
    for suspect in suspects:
        actions.suspend(suspect, now())
        db.session.commit()
        give_way()
