"""Học lại theo chu kỳ: how long a completion holds, when one may study anew, what passed lately is credited.

A new cycle is a new enrolment. It sees what happened since it began, and what was credited to it; nothing is taken back.
"""

import calendar
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from quizapp.domain.completion import Fact, FactKind


@dataclass(frozen=True)
class Renewal:
    """Chu kỳ: ``valid_months`` a completion holds; the window before its end; how far back a pass is credited.

    ``window_days`` counts back from the last day; ``credit_days`` None credits whatever was passed, as without cycles.
    """

    valid_months: int
    window_days: int = 0
    credit_days: int | None = None


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Cycle:
    """What follows from a completion: until when it holds, from when on one may study anew, the next due date."""

    done_on: date
    holds_until: date
    opens_on: date

    def next_due(self, done_again_on: date, renewal: Renewal) -> date:
        """Until when it holds once completed again: early inside the window nothing is lost, else from the day itself."""
        inside = self.opens_on <= done_again_on <= self.holds_until
        return months_later(self.holds_until if inside else done_again_on, renewal.valid_months)


def cycle(done_on: date, renewal: Renewal) -> Cycle:
    """Nếu hoàn thành ngày D thì hạn tới là …"""
    until = months_later(done_on, renewal.valid_months)
    return Cycle(done_on, until, max(done_on, until - timedelta(days=renewal.window_days)))


def may_enter(done_on: date | None, renewal: Renewal, today: date) -> bool:
    """Whether somebody enters the next cycle: never completed the one before, or the window has opened."""
    return done_on is None or cycle(done_on, renewal).opens_on <= today


def open_since(renewal: Renewal, today: date) -> date:
    """The last day of completion after which `may_enter` holds today; it never holds for a later day."""
    days = range(today.toordinal() - 31 * (renewal.valid_months + 1), today.toordinal() + 1)
    opened = bisect_right(days, today, key=lambda day: cycle(date.fromordinal(day), renewal).opens_on)
    return date.fromordinal(days[opened - 1])


# --- credit ----------------------------------------------------------------------------------------------------

_EARNED = (FactKind.QUIZ_TAKEN, FactKind.PAPER_STUDY)  # never a credit itself: else one pass would hold for ever


def source_of(campaign_id: int) -> str:
    """The source of facts credited to the enrolments of a campaign."""
    return f"credit:{campaign_id}"


def credited(facts: Iterable[Fact], began_on: date, credit_days: int) -> dict[str, Fact]:
    """Unit -> the newest pass that counts although it came before: at most so many days before the cycle began."""
    since, found = began_on - timedelta(days=credit_days), {}
    for fact in sorted(facts, key=lambda one: one.at):
        earned = fact.kind is FactKind.PAPER_STUDY or (fact.kind is FactKind.QUIZ_TAKEN and bool(fact.passed))
        if fact.kind in _EARNED and earned and since <= _day(fact.at) < began_on:
            found[fact.unit] = fact
    return found


@dataclass(frozen=True)
class Again:
    """Học lại: a campaign to study a unit again counts what was done with that revision or a later one, since it came."""

    revision: int
    at: datetime

    def counts(self, fact: Fact) -> bool:
        return fact.at >= self.at and (fact.revision is None or fact.revision >= self.revision)


def seen(
    facts: Iterable[Fact], campaign_id: int, began_on: date, credit_days: int | None, again: Again | None = None
) -> list[Fact]:
    """The facts that an enrolment sees: since it began and credited to it; all but others' credits without cycles."""
    mine = source_of(campaign_id)
    own = [fact for fact in facts if fact.kind is not FactKind.CREDITED or fact.source == mine]
    if again is not None:
        return [fact for fact in own if again.counts(fact)]
    if credit_days is None:
        return own
    return [fact for fact in own if _day(fact.at) >= began_on]


_VIETNAM = timezone(timedelta(hours=7))  # no summer time


def _day(at: datetime) -> date:
    return at.astimezone(_VIETNAM).date()
