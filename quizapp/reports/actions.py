"""Theo dõi: noting who looked at whose names."""

from collections.abc import Sequence
from datetime import datetime

from quizapp.accounts import actions as accounts


def note_look(
    who_id: int, body: tuple[str, str], campaign_code: str, people: Sequence[int], net: str | None, now: datetime
) -> None:
    """Nhật ký: somebody has seen the people of a body (code, name) in a campaign, and who stood in that list."""
    code, name = body
    accounts.note_look(who_id, f"Theo dõi, {name}", people, net, now, body=code, campaign=campaign_code)
