"""Theo dõi: noting who looked at whose names."""

from datetime import datetime

from quizapp.accounts.models import Audit
from quizapp.database import apart


def note_look(who_id: int, body_code: str, campaign_code: str, people: int, net: str | None, now: datetime) -> None:
    """Nhật ký: somebody has seen a list of names. Written apart, in one short transaction, since a GET writes nothing."""
    detail = {"body": body_code, "campaign": campaign_code, "people": people}
    with apart() as session:
        session.add(Audit(at=now, actor_id=who_id, act="look_at_names", detail=detail, net=net))
