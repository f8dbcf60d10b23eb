"""Lịch hạn học: read back as a calendar reads it; private, and revocable."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from quizapp.accounts.models import Person
from quizapp.database import db
from quizapp.learning import calendar
from quizapp.learning.models import Campaign
from quizapp.learning.queries import Own

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def own(campaign="Đợt học", state="learning", due=date(2026, 11, 30)):
    return Own(7, 1, campaign, "p", 1, "cv-1248", 1, 1, "Chi bộ 1", None, due, False, state, None, False)


def read(text):
    """Components as (name, [(property, parameters, value)], [components])."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    for raw in text.split("\r\n"):
        assert len(raw.encode()) <= 75, raw
    stack = [("", [], [])]
    for content in text.replace("\r\n ", "").split("\r\n")[:-1]:
        head, value = re.fullmatch(r"([A-Z-]+(?:;[A-Z-]+=[^:;]+)*):(.*)", content, re.S).groups()
        name, *parameters = head.split(";")
        if name == "BEGIN":
            stack.append((value, [], []))
        elif name == "END":
            done = stack.pop()
            assert done[0] == value
            stack[-1][2].append(done)
        else:
            stack[-1][1].append((name, dict(p.split("=") for p in parameters), value))
    ((_, _, (whole,)),) = stack
    return whole


def unescaped(value):
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def events(whole):
    return [{name: (parameters, value) for name, parameters, value in one[1]} for one in whole[2] if one[0] == "VEVENT"]


def at(property):
    parameters, value = property
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(parameters["TZID"]))


def test_a_deadline_is_an_event_that_ends_with_its_day_in_viet_nam():
    whole = read(calendar.feed([own(), own(state="completed")], "Liêm Chính", "https://hoc.example.gov.vn/", NOW))
    (event,) = events(whole)
    assert at(event["DTEND"]).astimezone(UTC) == datetime(2026, 11, 30, 16, 59, tzinfo=UTC)
    assert at(event["DTSTART"]) < at(event["DTEND"])
    assert event["UID"][1] == "ghi-danh-7@hoc.example.gov.vn"
    assert unescaped(event["DESCRIPTION"][1]) == (
        "Hạn tính đến hết ngày 30/11/2026.\nHọc tiếp: https://hoc.example.gov.vn/"
    )
    (zone,) = [one for one in whole[2] if one[0] == "VTIMEZONE"]
    assert {n: v for n, _, v in zone[1]}["TZID"] == event["DTSTART"][0]["TZID"]
    alarms = [{n: (p, v) for n, p, v in one[1]} for one in whole[2][1][2]]
    assert [at(alarm["TRIGGER"]).date().isoformat() for alarm in alarms] == ["2026-11-23", "2026-11-27", "2026-11-30"]
    assert all(at(alarm["TRIGGER"]) > NOW for alarm in alarms)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n;,\\ắự"), max_size=200))
def test_any_title_comes_back_as_it_was(title):
    (event,) = events(read(calendar.feed([own(title)], "Liêm; Chính", "https://x/", NOW)))
    assert unescaped(event["SUMMARY"][1]) == f"Hạn hoàn thành: {title}"


@pytest.fixture
def code(app, office):
    def read_code():
        with app.app_context():
            return db.session.get_one(Person, office["hocvien"]).calendar_code

    return read_code


def test_the_address_is_private_and_ends_when_its_owner_says_so(app, visit, office, code):
    me, stranger = visit("hocvien"), visit()
    me.post("/toi/lich")
    first = code()
    assert len(first) >= 26  # 160 bits
    assert f"/lich/{first}.ics" in me.follow().html
    answer = stranger.get(f"/lich/{first}.ics").response
    assert answer.mimetype == "text/calendar"
    with app.app_context():
        due = db.session.get_one(Campaign, office["campaign"]).due_on
    (event,) = events(read(answer.get_data(as_text=True)))
    assert event["DTSTART"][1].startswith(f"{due:%Y%m%d}")
    me.post("/toi/lich")
    stranger.get(f"/lich/{first}.ics", 404)
    second = code()
    stranger.get(f"/lich/{second}.ics")
    me.post("/toi/lich/thoi")
    stranger.get(f"/lich/{second}.ics", 404)
    assert code() is None
    stranger.get("/lich/None.ics", 404)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Person.calendar_code.is_not(None))) == 0
