"""Đợt học: what the work process does in the background."""

from quizapp.database import db
from quizapp.learning import counts


def fold_counts() -> None:
    """Fold the changes into the counts, one transaction for each helping."""
    while counts.fold():
        db.session.commit()
    db.session.rollback()  # nothing to fold: do not hold the place of a writer
