"""The only reading of the clock, and Việt Nam's days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This instant, aware, UTC, to the microsecond."""
    return datetime.now(UTC)


def day_of(instant: datetime) -> date:
    """The day in Việt Nam on which an instant falls."""
    return instant.astimezone(VIETNAM).date()


def today() -> date:
    """Today in Việt Nam."""
    return day_of(now())


def end_of(day: date) -> datetime:
    """24:00 Việt Nam time of a day: a due date holds until then."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM).astimezone(UTC)
