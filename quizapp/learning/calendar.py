"""Lịch hạn học: one's own deadlines as iCalendar (RFC 5545), for the calendar of a phone."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from quizapp.clock import VIETNAM
from quizapp.domain.reminders import DONE
from quizapp.learning.queries import Own

WIDE = 75  # octets of a line, without its end
ALARMS = (7, 3, 0)  # days before
ALARM_AT = time(7, 30)
# Việt Nam has kept one offset since 1975; calendars that know no names of zones read it here.
ZONE = """BEGIN:VTIMEZONE
TZID:Asia/Ho_Chi_Minh
BEGIN:STANDARD
DTSTART:19750613T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0700
TZNAME:+07
END:STANDARD
END:VTIMEZONE""".splitlines()


def feed(enrolments: Iterable[Own], site_name: str, address: str, now: datetime) -> str:
    """The calendar: an event for each open campaign, on the evening on which its deadline ends."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Liem Chinh//quizapp//VI", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(f'{site_name}: hạn học')}", "X-WR-TIMEZONE:Asia/Ho_Chi_Minh"]
    lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT12H", *ZONE]
    for own in enrolments:
        if own.state not in DONE:
            lines += _event(own, address, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(own: Own, address: str, now: datetime) -> Iterator[str]:
    host = re.sub(r"^https?://|[:/].*$", "", address)
    yield "BEGIN:VEVENT"
    yield f"UID:ghi-danh-{own.enrolment_id}@{host}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID=Asia/Ho_Chi_Minh:{own.due_on:%Y%m%d}T230000"
    yield f"DTEND;TZID=Asia/Ho_Chi_Minh:{own.due_on:%Y%m%d}T235900"
    yield f"SUMMARY:{escaped(f'Hạn hoàn thành: {own.campaign}')}"
    until = f"Hạn tính đến hết ngày {own.due_on:%d/%m/%Y}.\nHọc tiếp: {address}"
    yield f"DESCRIPTION:{escaped(until)}"
    yield f"URL:{address}"
    yield "TRANSP:TRANSPARENT"
    for days in ALARMS:
        at = datetime.combine(own.due_on - timedelta(days=days), ALARM_AT, VIETNAM).astimezone(UTC)
        if at > now:
            yield "BEGIN:VALARM"
            yield "ACTION:DISPLAY"
            yield f"DESCRIPTION:{escaped(f'Còn {days} ngày đến hạn' if days else 'Hôm nay là hạn cuối')}"
            yield f"TRIGGER;VALUE=DATE-TIME:{at:%Y%m%dT%H%M%SZ}"
            yield "END:VALARM"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line breaks are written out."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, "\\" + mark)
    return re.sub(r"\r\n|\r|\n", r"\\n", text)


def folded(line: str) -> Iterator[str]:
    """A content line in parts of at most 75 octets, each further one led by a space; no letter is cut in two."""
    start, size, room = 0, 0, WIDE
    for n, letter in enumerate(line):
        octets = len(letter.encode())
        if size + octets > room:
            yield (" " if start else "") + line[start:n]
            start, size, room = n, 0, WIDE - 1
        size += octets
    yield (" " if start else "") + line[start:]
