"""Nhắc học: steps, rest, digests, escalation, quiet hours."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.clock import VIETNAM
from quizapp.domain.completion import CourseState
from quizapp.domain.reminders import (
    DONE,
    REST,
    Line,
    Overdue,
    Owed,
    due,
    is_quiet,
    last_step,
    may_remind,
    to_heads,
    when_loud,
)

DUE = date(2026, 11, 30)
BEGAN = date(2026, 10, 1)


def day(offset):
    return DUE + timedelta(days=offset)


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (-40, None), (-8, None), (-7, -7), (-6, -7), (-4, -7), (-3, -3), (-1, -3), (0, 0), (1, 0), (2, 0), (3, 3), (4, 3),
        (9, 3), (10, 10), (16, 10), (17, 17), (24, 24), (366, 360),
    ],
)  # fmt: skip
def test_the_latest_step_of_every_day(today, step):
    assert last_step(DUE, day(today)) == (None if step is None else day(step))


def owed(state="learning", last=None, **more):
    return Owed(1, 7, state, BEGAN, DUE, None if last is None else day(last), **more)


@pytest.mark.parametrize(
    ("one", "reminded", "today", "hears"),
    [
        (owed("not_started"), None, -8, False),
        (owed("not_started"), None, -7, True),
        (owed(last=-7), -7, -6, False),
        (owed(last=-7), -7, -3, True),
        (owed(last=-3), -3, 0, True),
        (owed(last=-2), -2, 0, False),  # a leader wrote two days before: the day itself has to wait
        (owed(last=-2), -2, 1, True),  # and is made up for
        (owed(last=0), 0, 2, False),
        (owed(last=0), 0, 3, True),
        (owed(last=3), 3, 9, False),
        (owed(last=3), 3, 10, True),
        (owed(last=None), -4, -3, False),  # about another campaign, but to the same person
        (owed("completed"), None, 0, False),
        (owed("waived"), None, 0, False),
        (owed(left=True), None, 0, False),
    ],
)
def test_who_hears_on_which_day(one, reminded, today, hears):
    known = {} if reminded is None else {7: day(reminded)}
    assert due([one], known, day(today)) == ({7: (Line(1, -today),)} if hears else {})


def test_a_newcomer_is_not_reminded_of_a_step_before_the_enrolment():
    new = Owed(1, 7, "not_started", day(-2), DUE)
    assert due([new], {}, day(-2)) == {}
    assert due([new], {}, day(-1)) == {}
    assert 7 in due([new], {}, day(0))


def test_one_digest_holds_every_campaign_whose_time_has_come_the_nearest_first():
    later = Owed(2, 7, "learning", BEGAN, day(6), day(0))
    far = Owed(3, 7, "not_started", BEGAN, day(60))
    done = Owed(4, 7, "completed", BEGAN, DUE)
    assert due([far, later, done, owed(last=-3)], {7: day(-3)}, DUE) == {7: (Line(1, 0), Line(2, 6))}


DAYS = st.integers(-30, 60)
ROWS = st.lists(
    st.builds(
        lambda n, person, state, began, to, last, left: Owed(
            n, person, state.value, day(began - 60), day(to), None if last is None else day(last), left
        ),
        st.integers(1, 10_000),
        st.integers(1, 4),
        st.sampled_from(CourseState),
        DAYS,
        DAYS,
        st.none() | DAYS,
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: one.enrolment,
)


@given(ROWS, st.dictionaries(st.integers(1, 4), DAYS.map(day)), DAYS)
def test_never_to_somebody_done_or_gone_and_never_within_the_rest(rows, reminded, today):
    by_id = {one.enrolment: one for one in rows}
    for person, lines in due(rows, reminded, day(today)).items():
        assert lines, "a digest says something"
        assert person not in reminded or (day(today) - reminded[person]).days >= REST
        assert len({line.enrolment for line in lines}) == len(lines)
        for line in lines:
            one = by_id[line.enrolment]
            assert one.person == person
            assert not one.left
            assert one.state not in DONE
            assert line.days <= 7


@given(ROWS, DAYS, st.integers(1, 90))
def test_run_day_after_day_nobody_hears_twice_within_three_days(rows, first, days):
    heard, about = {}, {one.enrolment: one.last_on for one in rows}
    for n in range(days):
        today = day(first + n)
        now = [Owed(o.enrolment, o.person, o.state, o.began_on, o.due_on, about[o.enrolment], o.left) for o in rows]
        for person, lines in due(now, {p: on[-1] for p, on in heard.items()}, today).items():
            heard.setdefault(person, []).append(today)
            about |= {line.enrolment: today for line in lines}
    for on in heard.values():
        assert all((later - earlier).days >= REST for earlier, later in pairwise(on))


def test_a_year_of_one_forgetful_person():
    heard, last = [], None
    for n in range(-30, 40):
        if due([owed(last=last)], {} if last is None else {7: day(last)}, day(n)):
            heard.append(n)
            last = n
    assert heard == [-7, -3, 0, 3, 10, 17, 24, 31, 38]


@pytest.mark.parametrize(("last", "today", "may"), [(None, 0, True), (0, 0, False), (0, 2, False), (0, 3, True)])
def test_the_rest_of_three_days(last, today, may):
    assert may_remind(None if last is None else day(last), day(today)) is may


# --- heads -----------------------------------------------------------------------------------------------------

LATE = [Overdue(5, "1/2/3/", DUE, 4), Overdue(5, "1/2/4/", DUE, 2), Overdue(6, "1/2/3/", day(20), 9)]


@pytest.mark.parametrize(
    ("today", "last", "told"),
    [
        (0, None, None),
        (2, None, None),
        (3, None, 6),
        (5, 3, None),
        (9, 3, None),
        (10, 3, 6),
        (12, 3, 6),
        (11, 10, None),
    ],
)
def test_a_head_hears_three_days_after_the_deadline_then_weekly(today, last, told):
    known = {} if last is None else {70: day(last)}
    wanted = {} if told is None else {70: {("1/2/", 5): told}}
    assert to_heads(LATE, {70: ["1/2/"]}, known, day(today)) == wanted


def test_each_head_hears_of_the_own_body_and_below_alone():
    heads = {70: ["1/"], 71: ["1/2/3/"], 72: ["1/9/"], 73: ["1/2/3/", "1/2/4/"]}
    assert to_heads(LATE, heads, {}, day(4)) == {
        70: {("1/", 5): 6},
        71: {("1/2/3/", 5): 4},
        73: {("1/2/3/", 5): 4, ("1/2/4/", 5): 2},
    }


# --- quiet hours -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "quiet", "loud"),
    [
        ("22 06:59", True, "22 07:00"), ("22 07:00", False, "22 07:00"), ("22 20:59", False, "22 20:59"),
        ("22 21:00", True, "23 07:00"), ("22 23:30", True, "23 07:00"), ("23 00:10", True, "23 07:00"),
    ],
)  # fmt: skip
def test_quiet_hours(at, quiet, loud):
    def local(text):
        return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)

    assert is_quiet(local(at)) is quiet
    assert when_loud(local(at)) == local(loud)
