"""Soạn: what the work process does in the background."""

from quizapp.analysis.queries import to_stop
from quizapp.clock import now
from quizapp.database import db
from quizapp.studio import actions


def suspend_broken() -> None:
    """Stop the questions that their figures condemn, each in a transaction of its own."""
    for suspect in to_stop():
        actions.suspend(suspect, now())
        db.session.commit()
