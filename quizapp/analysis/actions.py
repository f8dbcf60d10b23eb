"""Phân tích: noting that the system has stopped a question by its figures."""

from datetime import datetime

from quizapp.analysis.models import ItemAnalysis
from quizapp.database import db


def note_suspended(revision_id: int, question: str, now: datetime) -> None:
    """It does so once for a question and revision: whoever uses the question again has looked at it."""
    db.session.get_one(ItemAnalysis, (revision_id, question)).suspended_at = now
