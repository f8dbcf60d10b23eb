"""Completion: what facts make of a unit and of a course, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.completion import (
    All,
    Answered,
    AtLeast,
    CourseState,
    Fact,
    FactKind,
    Passed,
    UnitState,
    course_rule,
    course_state,
    judge,
    left_before_final,
    result,
    standing,
    unit_rule,
    unit_state,
)

UNITS = ("bai-0", "bai-1", "bai-2", "tong-hop")
GRADED = UNITS[1:]


def day(n):
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=n)


def read(unit, on=0):
    return Fact(FactKind.SECTION_READ, f"{unit}/mo-dau", day(on))


def started(unit, on=0):
    return Fact(FactKind.STARTED, unit, day(on))


def taken(unit, on=0, earned=600, passed=False, **more):
    return Fact(FactKind.QUIZ_TAKEN, unit, day(on), earned=earned, possible=1000, passed=passed, **more)


def won(unit, on=0):
    return taken(unit, on, earned=850, passed=True)


def on_paper(unit, on=0):
    return Fact(FactKind.PAPER_STUDY, unit, day(on))


def waived(subject, on=0):
    return Fact(FactKind.WAIVED, subject, day(on))


some_unit, some_day = st.sampled_from(UNITS), st.integers(0, 20)
fact = st.one_of(
    st.builds(read, some_unit, some_day),
    st.builds(started, some_unit, some_day),
    st.builds(
        taken, some_unit, some_day, st.integers(0, 1000), st.booleans(), answered_all=st.sampled_from([None, False])
    ),
    st.builds(won, some_unit, some_day),
    st.builds(on_paper, some_unit, some_day),
    st.builds(waived, st.sampled_from([*UNITS, "*"]), some_day),
)
histories = st.lists(fact, max_size=12)
DONE = {UnitState.PASSED, UnitState.WAIVED}
RULE = course_rule([(key, f"Bài {key}", key in GRADED) for key in UNITS])


# --- units -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "state", "since"),
    [
        ([], "not_started", None),
        ([read("bai-2", 1)], "not_started", None),
        ([started("bai-11", 1)], "not_started", None),
        ([read("bai-1", 3), started("bai-1", 2)], "learning", 2),
        ([read("bai-1", 1), taken("bai-1", 2)], "failed", 2),
        ([taken("bai-1", 2), read("bai-1", 3), taken("bai-1", 4)], "failed", 2),
        ([taken("bai-1", 2), won("bai-1", 4), won("bai-1", 5), taken("bai-1", 6)], "passed", 4),
        ([on_paper("bai-1", 7)], "passed", 7),
        ([waived("bai-1", 5), taken("bai-1", 6)], "waived", 5),
        ([waived("*", 5), read("bai-1", 1)], "waived", 5),
        ([waived("bai-1", 1), won("bai-1", 2)], "passed", 2),
        ([waived("bai-2", 1)], "not_started", None),
    ],
)
def test_a_graded_unit_is_where_its_facts_put_it(facts, state, since):
    assert unit_state("bai-1", True, facts) == (state, None if since is None else day(since))


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ([], "not_started"),
        ([read("bai-0")], "learning"),
        ([taken("bai-0")], "passed"),
        ([taken("bai-0", passed=None, answered_all=True)], "passed"),
        ([taken("bai-0", answered_all=False)], "learning"),
        ([waived("*")], "waived"),
    ],
)
def test_the_first_unit_is_done_when_its_questions_are_answered_right_or_wrong(facts, state):
    assert unit_state("bai-0", False, facts)[0] == state


@given(histories, st.lists(fact), st.sampled_from(UNITS), st.booleans())
def test_a_unit_once_passed_stays_passed_and_its_day_never_moves_later(facts, later, unit, graded):
    before, since = unit_state(unit, graded, facts)
    after, then = unit_state(unit, graded, facts + later)
    if before is UnitState.PASSED:
        assert after is UnitState.PASSED
        assert then <= since
    if before in DONE:
        assert after in DONE


@given(histories.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_the_order_in_which_facts_arrive_does_not_matter(two):
    one, other = two
    assert judge(RULE, one) == judge(RULE, other)
    assert course_state(GRADED, one) == course_state(GRADED, other)
    for unit in UNITS:
        assert unit_state(unit, unit in GRADED, one) == unit_state(unit, unit in GRADED, other)


@given(histories, st.sampled_from(UNITS), st.booleans())
def test_the_state_of_a_unit_and_its_rule_agree(facts, unit, graded):
    verdict = judge(unit_rule(unit, "Bài", graded), facts)
    state, since = unit_state(unit, graded, facts)
    assert verdict.met is (state in DONE)
    assert (verdict.met_at is not None) is verdict.met
    assert not verdict.met or verdict.met_at <= since


# --- rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "met", "detail"),
    [
        ([], False, "Chưa học"),
        ([read("bai-1")], False, "Đang học, chưa làm phần kiểm tra"),
        ([taken("bai-1", earned=550), taken("bai-1", earned=600)], False, "Được 6/10, cần 8/10"),
        ([taken("bai-1", earned=None)], False, "Chưa đạt"),
        ([taken("bai-1"), won("bai-1")], True, "Đạt 8,5/10"),
        ([on_paper("bai-1"), taken("bai-1")], True, "Ghi nhận học tập trực tiếp"),
        ([waived("bai-1"), taken("bai-1")], True, "Được miễn"),
        ([waived("*")], True, "Được miễn"),
        ([waived("bai-1"), won("bai-1")], True, "Đạt 8,5/10"),
    ],
)
def test_a_verdict_on_a_unit_says_why(facts, met, detail):
    verdict = judge(Passed("bai-1", "Bài 1. Mở đầu", 80), facts)
    assert (verdict.met, verdict.label, verdict.detail) == (met, "Bài 1. Mở đầu", detail)


@pytest.mark.parametrize(
    ("earned", "percent", "detail"),
    [
        (600, None, "Được 6/10, chưa đạt"),
        (0, 75, "Được 0/10, cần 7,5/10"),
        (667, 67, "Được 6,67/10, cần 6,7/10"),
    ],
)
def test_a_verdict_says_what_was_needed_where_it_is_known(earned, percent, detail):
    assert judge(Passed("bai-1", "Bài 1", percent), [taken("bai-1", earned=earned)]).detail == detail


def test_what_was_needed_is_the_least_that_passes():
    short = Fact(FactKind.QUIZ_TAKEN, "bai-1", day(0), earned=49, possible=150, passed=False)
    assert judge(Passed("bai-1", "Bài 1", 33), [short]).detail == "Được 0,49/1,5, cần 0,5/1,5"


@pytest.mark.parametrize(
    ("facts", "met", "detail"),
    [
        ([], False, "Chưa học"),
        ([taken("bai-0", answered_all=False)], False, "Chưa trả lời hết các câu hỏi"),
        ([taken("bai-0")], True, "Đã trả lời các câu hỏi"),
    ],
)
def test_a_verdict_on_questions_to_be_answered_says_why(facts, met, detail):
    verdict = judge(Answered("bai-0", "Bài 0"), facts)
    assert (verdict.met, verdict.detail) == (met, detail)


def test_all_are_met_with_the_last_of_them():
    rules = (Passed("bai-1", "Bài 1"), Passed("bai-2", "Bài 2"))
    verdict = judge(All(rules, "Khóa học"), [won("bai-1", 9), won("bai-2", 4), won("bai-2", 12)])
    assert (verdict.met, verdict.met_at, verdict.label, verdict.detail) == (True, day(9), "Khóa học", "Xong 2/2")
    assert [part.label for part in verdict.parts] == ["Bài 1", "Bài 2"]


def test_some_are_met_with_the_nth_of_them():
    rules = tuple(Passed(key, key) for key in GRADED)
    facts = [won("bai-1", 9), won("bai-2", 4)]
    assert judge(AtLeast(1, rules), facts).met_at == day(4)
    assert judge(AtLeast(2, rules), facts).met_at == day(9)
    assert judge(AtLeast(3, rules), facts).met is False
    assert judge(AtLeast(2, rules), facts[:1]).detail == "Xong 1/3, cần 2"


def test_no_rules_are_never_met_and_no_rule_asks_for_nothing():
    assert judge(All(()), [waived("*")]).met is False
    with pytest.raises(ValueError, match="nothing"):
        AtLeast(0, ())


def test_a_course_asks_for_its_graded_units_and_the_final():
    units = [("bai-0", "Bài 0", False), ("bai-1", "Bài 1", True), ("tong-hop", "Kiểm tra tổng hợp", True)]
    assert course_rule(units[:2]).rules == (Passed("bai-1", "Bài 1"),)
    rule = course_rule(units, {"tong-hop": 80})
    assert rule.rules == (Passed("bai-1", "Bài 1"), Passed("tong-hop", "Kiểm tra tổng hợp", 80))


@pytest.mark.parametrize(
    ("states", "left"),
    [
        ({}, ("bai-1", "bai-2")),
        ({"bai-1": "passed", "bai-2": "failed"}, ("bai-2",)),
        ({"bai-1": "passed", "bai-2": "waived"}, ()),
        ({"bai-1": "learning", "bai-2": "passed", "bai-9": "failed"}, ("bai-1",)),
    ],
)
def test_the_final_opens_when_the_other_units_are_passed_or_waived(states, left):
    assert left_before_final(("bai-1", "bai-2"), states) == left


# --- courses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "state", "done"),
    [
        ([], "not_started", None),
        ([waived("bai-1")], "not_started", None),
        ([read("bai-0")], "learning", None),
        ([taken("bai-1")], "learning", None),
        ([won("bai-1"), won("bai-2")], "learning", None),
        ([won("bai-1", 3), won("bai-2", 8), won("tong-hop", 5), won("bai-2", 9)], "completed", 8),
        ([won("bai-1", 3), waived("bai-2", 8), on_paper("tong-hop", 5)], "completed", 8),
        ([waived(unit, 3) for unit in GRADED], "waived", 3),
        ([waived("*", 6), won("bai-1", 2)], "waived", 6),
        ([waived("*", 20), won("bai-1", 3), waived("bai-2", 8), won("tong-hop", 5)], "completed", 8),
    ],
)
def test_a_course_is_where_its_facts_put_it(facts, state, done):
    assert course_state(GRADED, facts) == (state, None if done is None else day(done))


def test_a_course_without_units_is_never_complete():
    assert course_state((), [won("bai-1")]) == (CourseState.LEARNING, None)
    assert course_state((), [waived("*", 2)]) == (CourseState.WAIVED, day(2))


@given(histories, st.lists(fact))
def test_a_course_once_complete_stays_complete_and_its_day_never_moves_later(facts, later):
    before, done = course_state(GRADED, facts)
    after, then = course_state(GRADED, facts + later)
    if before is CourseState.COMPLETED:
        assert after is CourseState.COMPLETED
    if done is not None:
        assert after in (CourseState.COMPLETED, CourseState.WAIVED)
        assert then <= done


@given(histories)
def test_the_state_of_a_course_and_its_rule_agree(facts):
    verdict, (state, done) = judge(RULE, facts), course_state(GRADED, facts)
    assert verdict.met is (state in (CourseState.COMPLETED, CourseState.WAIVED))
    assert verdict.met_at == done


def test_a_study_taken_back_counts_for_nothing_and_nothing_else_goes():
    def study(source, **more):
        return Fact(FactKind.PAPER_STUDY, "bai-1", datetime(2026, 11, 20, tzinfo=UTC), source=source, **more)

    first, second = study("hop:a"), study("giay:b")
    counter = study("hop:a/rut", passed=False)
    quiz = Fact(FactKind.QUIZ_TAKEN, "bai-1", datetime(2026, 11, 20, tzinfo=UTC), source="hop:a")
    other = replace(first, subject="bai-2")
    assert standing([first, quiz]) == [first, quiz]
    assert standing([counter, first, quiz, second, other]) == [quiz, second, other]
    assert standing([counter]) == []
    own, twins = replace(first, source="hop:a (tài khoản 7)"), replace(counter, source="hop:a/rut (tài khoản 7)")
    assert standing([first, own]) == [first, own]
    for came_back in (counter, twins):  # two accounts of one person, of which both were on the list
        assert standing([first, own, came_back]) == []


# --- the result on the confirmation ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "facts", "expected"),
    [
        (["tong-hop"], [taken("tong-hop"), won("tong-hop"), won("bai-1")], (850, 1000)),
        (["tong-hop"], [won("tong-hop"), taken("tong-hop", earned=900, passed=True)], (900, 1000)),
        (["bai-1", "bai-2"], [won("bai-1"), won("bai-2")], (1700, 2000)),
        (["bai-1"], [Fact(FactKind.CREDITED, "bai-1", day(1), earned=800, possible=1000, passed=True)], (800, 1000)),
        (["bai-1", "bai-2"], [won("bai-1"), on_paper("bai-2")], None),
        (["tong-hop"], [won("bai-1"), waived("tong-hop")], None),
        (["tong-hop"], [taken("tong-hop"), on_paper("tong-hop")], None),
        ([], [won("bai-1")], None),
    ],
)
def test_the_result_is_the_best_marks_that_passed_or_none_where_one_has_no_mark(units, facts, expected):
    assert result(units, facts) == expected
