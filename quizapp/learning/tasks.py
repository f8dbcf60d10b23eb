"""Đợt học: what the work process does in the background."""

from quizapp.clock import now, today
from quizapp.database import db
from quizapp.learning import counts, membership


def fold_counts() -> None:
    """Fold the changes into the counts, one transaction for each helping."""
    while counts.fold():
        db.session.commit()
    db.session.rollback()  # nothing to fold: do not hold the place of a writer


def follow_people() -> None:
    """Take newcomers into the running campaigns, and let go who has left; one transaction for each campaign."""
    for campaign in membership.running(today()):
        membership.follow(campaign, now())
        db.session.commit()
    db.session.rollback()
