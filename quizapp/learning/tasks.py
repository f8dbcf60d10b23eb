"""Đợt học: what the work process does in the background."""

import time
from dataclasses import dataclass
from datetime import date

from flask import current_app

from quizapp import mail
from quizapp.clock import VIETNAM, day_of, now, today
from quizapp.config import Settings
from quizapp.database import db, give_way, looking
from quizapp.domain.reminders import is_quiet
from quizapp.learning import counts, heads, membership, reminders, rounds
from quizapp.learning.models import Campaign

SECONDS = 1.0  # of one turn: folding the counts and closing papers must not wait for long
FOLLOWED_AT_ONCE = 100  # people of one transaction: on SQLite everybody's answer waits meanwhile


def fold_counts() -> None:
    """Fold the changes into the counts, one transaction for each helping."""
    while counts.fold():
        db.session.commit()
        give_way()
    db.session.rollback()  # nothing to fold: do not hold the place of a writer


def follow_people() -> None:
    """Take newcomers into the running campaigns, and let go who has left, some people in each transaction."""
    with looking():
        found = {one.id: membership.to_follow(one, today()) for one in membership.running(today())}
    for campaign_id, following in found.items():
        for part in following.parts(FOLLOWED_AT_ONCE):
            membership.follow(db.session.get_one(Campaign, campaign_id), part, now())
            db.session.commit()
            give_way()


@dataclass
class Round:
    """How far the reminders of a day are; after a restart a day is gone through again, which changes nothing."""

    day: date | None = None
    after: int = 0  # the last person looked at
    done: bool = False


_round = Round()


def send_reminders() -> None:
    """Nhắc học theo lịch, outside the quiet hours, each day once: some people in each transaction, a second a turn."""
    at = now()
    day = day_of(at)
    if is_quiet(at.astimezone(VIETNAM)) or (_round.day == day and _round.done):
        return
    settings: Settings = current_app.extensions["settings"]
    sending = reminders.Sending(at, day, f"{settings.public_url}/")
    if _round.day != day:
        heads.remind_heads(sending)
        if settings.webhook:
            heads.call(sending)
        db.session.commit()
        _round.day, _round.after, _round.done = day, 0, False
    until = time.monotonic() + SECONDS
    while not _round.done and time.monotonic() < until:
        with looking():
            people, last = reminders.next_people(_round.after, day)
        if people:
            reminders.remind_people(people, sending)
            db.session.commit()
            give_way()
        _round.after, _round.done = last or 0, last is None


def go_on_reminding() -> None:
    """Nhắc cả một cây, as a leader has asked: some people in each transaction, a second a turn for each."""
    settings: Settings = current_app.extensions["settings"]
    with looking():
        waiting = rounds.due()
    for round_id in waiting:
        until, more = time.monotonic() + SECONDS, True
        while more and time.monotonic() < until:
            with looking():
                people, last = rounds.next_people(round_id, today())
                sending = rounds.sending_of(round_id, now(), f"{settings.public_url}/")
            rounds.go_on(round_id, people, last, sending)
            db.session.commit()
            give_way()
            more = last is not None


_counting: list[rounds.Counting] = []  # at most one


def count_reminders() -> None:
    """Đếm số người nhắc được of the campaigns that are too large for a page: a second a turn, then all of it at once."""
    until = time.monotonic() + SECONDS
    with looking():
        if not _counting and (campaign_id := rounds.to_count(now())) is not None:
            _counting.append(rounds.Counting(campaign_id, today()))
        more = bool(_counting)
        while more and time.monotonic() < until:
            more = _counting[0].step()
        rows = _counting[0].rows(now()) if _counting and not more else []
    if _counting and not more:
        _counting.clear()
    for _ in rounds.keep(rows):
        db.session.commit()
        give_way()


def send_mail() -> None:
    """Gửi thư đang chờ; first take back what needs not be said any more."""
    settings: Settings = current_app.extensions["settings"]
    if reminders.withdraw():
        db.session.commit()
    db.session.rollback()
    mail.deliver(mail.senders(settings), is_quiet(now().astimezone(VIETNAM)))
