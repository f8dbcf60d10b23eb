"""Việc nền: what the work process does in the background."""

from collections.abc import Mapping

from quizapp.clock import now
from quizapp.database import db
from quizapp.jobs import actions
from quizapp.jobs.actions import Handler


def do_jobs(handlers: Mapping[str, Handler]) -> None:
    """Do every job that waits, the oldest first; ``handlers``: kind -> what does it."""
    while (running := actions.claim(now())) is not None:
        actions.do(running, handlers)


def sweep_jobs() -> None:
    """Forget old jobs and files."""
    actions.sweep(now())
    db.session.commit()
