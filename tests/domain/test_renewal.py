"""Học lại theo chu kỳ: how long a completion holds, when the window opens, what is credited, what an enrolment sees."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.completion import CourseState, Fact, FactKind, UnitState, course_state, unit_state
from quizapp.domain.renewal import Renewal, credited, cycle, may_enter, months_later, open_since, seen, source_of

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 24, date(2028, 11, 30)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_the_same_day_so_many_months_later(day, months, later):
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("done", "again", "due"),
    [
        (DAY, date(2027, 10, 22), date(2028, 10, 22)),  # before the window: from the day itself
        (DAY, date(2027, 10, 23), date(2028, 11, 22)),  # inside: nothing is lost
        (DAY, date(2027, 11, 22), date(2028, 11, 22)),
        (DAY, date(2027, 11, 23), date(2028, 11, 23)),  # too late: from the day itself
    ],
)
def test_who_completes_again_inside_the_window_loses_no_day(done, again, due):
    rule = Renewal(12, 30)
    one = cycle(done, rule)
    assert (one.holds_until, one.opens_on) == (date(2027, 11, 22), date(2027, 10, 23))
    assert one.next_due(again, rule) == due


@pytest.mark.parametrize(
    ("done", "today", "may"),
    [(None, DAY, True), (DAY, DAY, False), (DAY, date(2027, 10, 22), False), (DAY, date(2027, 10, 23), True)],
)
def test_one_enters_the_next_cycle_when_the_window_opens(done, today, may):
    assert may_enter(done, Renewal(12, 30), today) is may


days = st.dates(date(2020, 1, 1), date(2060, 12, 31))
rules = st.builds(Renewal, st.integers(1, 120), st.integers(0, 366))


@given(done=days, rule=rules, after=st.integers(0, 4000))
def test_a_later_completion_never_holds_for_a_shorter_time(done, rule, after):
    one, later = cycle(done, rule), cycle(done + timedelta(days=after), rule)
    assert done <= one.opens_on <= one.holds_until
    assert one.holds_until <= later.holds_until
    again = one.next_due(done + timedelta(days=after), rule)
    assert again >= later.holds_until or not one.opens_on <= later.done_on <= one.holds_until
    assert again >= one.holds_until


@given(done=days, rule=rules, after=st.integers(0, 4000))
def test_the_window_has_opened_for_just_those_who_completed_until_a_day(done, rule, after):
    today = done + timedelta(days=after)
    assert may_enter(done, rule, today) is (done <= open_since(rule, today))


def fact(unit, ago, kind=FactKind.QUIZ_TAKEN, passed=True, source="", hour=5):
    at = datetime(2026, 11, 22, hour, tzinfo=UTC) - timedelta(days=ago)
    return Fact(kind, unit, at, 1000, 1000, passed, True, source)


@pytest.mark.parametrize(
    ("facts", "units"),
    [
        ([fact("a", 10)], {"a"}),
        ([fact("a", 30)], {"a"}),
        ([fact("a", 31)], set()),
        ([fact("a", 0)], set()),  # on the day itself it is seen anyway
        ([fact("a", 10, passed=False)], set()),
        ([fact("a", 10, FactKind.PAPER_STUDY)], {"a"}),
        ([fact("a", 10, FactKind.CREDITED, source="credit:1")], set()),  # a credit is never credited again
        ([fact("a", 10, FactKind.WAIVED)], set()),
        ([fact("a", 10), fact("b", 3), fact("c", 100)], {"a", "b"}),
        ([fact("a", 1, hour=18)], set()),  # 18:00 UTC is the day itself in Việt Nam
    ],
)
def test_what_was_passed_lately_is_credited_once(facts, units):
    assert set(credited(facts, DAY, 30)) == units


def test_the_newest_pass_is_the_one_that_is_credited():
    facts = [fact("a", 20), fact("a", 5), fact("a", 9)]
    assert credited(facts, DAY, 30)["a"] is facts[1]


def test_an_enrolment_sees_what_came_since_it_began_and_its_own_credits():
    mine = fact("a", 0, FactKind.CREDITED, source=source_of(7))
    others = fact("b", 0, FactKind.CREDITED, source=source_of(8))
    facts = [fact("c", 40), fact("d", 2), fact("e", 0), mine, others]
    assert [one.unit for one in seen(facts, 7, DAY, 30)] == ["e", "a"]
    assert [one.unit for one in seen(facts, 7, DAY, None)] == ["c", "d", "e", "a"]


def test_a_credited_unit_is_passed():
    facts = [fact("a", 0, FactKind.CREDITED, source="credit:1")]
    assert unit_state("a", True, facts)[0] is UnitState.PASSED
    assert course_state(["a"], facts)[0] is CourseState.COMPLETED
