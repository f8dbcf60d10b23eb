"""Template filters: points, percent, day, time, duration."""

from datetime import date, datetime, timedelta

from flask import Flask

from quizapp.clock import VIETNAM
from quizapp.domain import devices
from quizapp.domain.vietnamese import initials, short_name
from quizapp.web import markdown


def points(hundredths: int) -> str:
    """850 -> "8,5"."""
    whole, rest = divmod(hundredths, 100)
    return f"{number(whole)},{rest:02d}".rstrip("0") if rest else number(whole)


def number(value: int) -> str:
    """11206 -> "11.206"."""
    return f"{value:,}".replace(",", ".")


def percent(part: int, whole: int) -> str:
    """One decimal, as in "75,1%", rounded half up as spreadsheets do; "–" where there is nothing to divide by."""
    return f"{tenths(1000 * part, whole)}%" if whole else "–"


def tenths(part: int, whole: int) -> str:
    """A ratio of tenths with its decimal comma: 751 of 1 -> "75,1". Half is rounded up: a file of it says the same."""
    value = (2 * part + whole) // (2 * whole)
    return f"{value // 10},{value % 10}"


def file_size(value: int) -> str:
    """1300000 -> "1,2 MB"; below a tenth of one in kB."""
    whole, kilo = value / 1024 / 1024, max(1, round(value / 1024))
    return f"{whole:.1f} MB".replace(".", ",") if whole >= 0.1 else f"{kilo} kB"


def day(value: date | datetime) -> str:
    """22/11/2026, in Việt Nam."""
    on = value.astimezone(VIETNAM) if isinstance(value, datetime) else value
    return f"{on:%d/%m/%Y}"


def short_day(value: date | datetime) -> str:
    """30/11, in Việt Nam."""
    on = value.astimezone(VIETNAM) if isinstance(value, datetime) else value
    return f"{on:%d/%m}"


def clock_time(value: datetime) -> str:
    """14:32, in Việt Nam."""
    return f"{value.astimezone(VIETNAM):%H:%M}"


def moment(value: datetime) -> str:
    """14:32 ngày 22/11/2026."""
    return f"{clock_time(value)} ngày {day(value)}"


def duration(value: timedelta) -> str:
    """ "2 giờ 5 phút", "3 phút"; less than a minute counts as one."""
    minutes = max(1, round(value.total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} giờ" if hours else "", f"{rest} phút" if rest or not hours else "") if part
    )


def grouped(code: str) -> str:
    """The code as it is read aloud: capitals, in groups of four."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4)).upper()


def row_number(text: str) -> int:
    """From an address, for ``request.args.get(type=...)``: what no database can hold counts as not given."""
    if not 0 < (value := int(text)) < 2**63:
        raise ValueError(text)
    return value


def init_app(app: Flask) -> None:
    """Register the filters."""
    filters = (points, number, file_size, day, short_day, clock_time, moment, duration, grouped, initials, short_name)
    app.jinja_env.filters.update({"html": markdown.html, "inline": markdown.inline})
    app.jinja_env.filters.update({f.__name__: f for f in filters})
    app.jinja_env.filters["device"] = devices.in_words
    app.jinja_env.globals["percent"] = percent
