"""The forecast: plan, pace, status and words, by tables and by any counts."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain import forecast
from quizapp.domain.forecast import Plan, Progress, Status, by_due, is_at_risk, outlook, percentages, verdict

PLAN = Plan(date(2026, 11, 1), date(2026, 11, 20), 95)  # twenty days


def on(day):
    return date(2026, 11, day)


@pytest.mark.parametrize(
    ("people", "done", "day", "recent", "then"),
    [
        (100, 48, 10, [2] * 7, 68),  # two a day for ten days
        (100, 48, 10, [90, 0, 0, 0, 0, 0, 0, 0], 48),  # only the last seven days are the pace
        (100, 48, 10, [0, 0, 0, 7, 0, 0, 0], 58),
        (100, 48, 10, [50] * 7, 100),  # capped at everybody
        (100, 48, 10, [-3] * 7, 48),  # who moved away takes nothing back
        (100, 48, 20, [5] * 7, 48),  # the last day
        (100, 48, 25, [5] * 7, 48),  # past it
        (20, 8, 7, [1] * 7, 20),
        (19, 8, 7, [1] * 7, None),  # too few people
        (100, 8, 6, [1] * 7, None),  # too few days
        (100, 8, 10, [1] * 6, None),
    ],
)
def test_the_forecast_is_what_is_done_and_the_pace_of_seven_days_to_the_due_date(people, done, day, recent, then):
    assert by_due(Progress(people, done, 0, 0), PLAN, on(day), recent) == then


@pytest.mark.parametrize(
    ("people", "done", "day", "pace", "status"),
    [
        (100, 95, 10, 0, Status.REACHED),
        (100, 95, 25, 0, Status.REACHED),
        (100, 94, 21, 9, Status.OVERDUE),
        (100, 45, 10, 5, Status.ON_TIME),  # exactly 95
        (100, 44, 10, 5, Status.CLOSE),
        (100, 37, 10, 5, Status.CLOSE),  # exactly 8 points below
        (100, 36, 10, 5, Status.LATE),
        (19, 0, 10, 5, Status.UNKNOWN),
        (100, 0, 3, 5, Status.UNKNOWN),
        (0, 0, 10, 0, Status.NOBODY),
    ],
)
def test_the_status_compares_the_forecast_with_the_target(people, done, day, pace, status):
    seen = outlook(Progress(people, done, 0, 0), PLAN, on(day), [pace] * 14)
    assert seen.status is status


@pytest.mark.parametrize(
    ("progress", "day", "pace", "sentence"),
    [
        (Progress(100, 95, 0, 0), 10, 0, "Đã đạt chỉ tiêu 95%."),
        (Progress(100, 90, 4, 0), 21, 0, "Đã qua hạn 20/11/2026, còn thiếu 1 đồng chí so với chỉ tiêu 95%."),
        (
            Progress(100, 39, 0, 0),
            10,
            4,
            "Chậm 8,5 điểm phần trăm so với kế hoạch. Giữ nhịp 7 ngày qua, đến hạn 20/11 đạt khoảng 79%, "
            "thiếu 16 đồng chí so với chỉ tiêu 95%.",
        ),
        (
            Progress(100, 50, 0, 0),
            10,
            6,
            "Vượt 2,5 điểm phần trăm so với kế hoạch. Giữ nhịp 7 ngày qua, đến hạn 20/11 đạt khoảng 100%, "
            "kịp chỉ tiêu 95%.",
        ),
        (
            Progress(12, 1, 0, 0),
            10,
            1,
            "Chậm 39,2 điểm phần trăm so với kế hoạch, còn thiếu 11 đồng chí so với chỉ tiêu 95%. "
            "Chưa đủ số liệu để dự báo.",
        ),
        (
            Progress(100, 90, 0, 0),
            20,
            1,
            "Chậm 5 điểm phần trăm so với kế hoạch. Hạn cuối là hôm nay, còn thiếu 5 đồng chí so với chỉ tiêu 95%.",
        ),
        (Progress(0, 0, 0, 0), 10, 0, "Chưa có ai được ghi danh."),
    ],
)
def test_the_verdict_says_where_the_group_stands_and_where_its_pace_leads(progress, day, pace, sentence):
    assert verdict(progress, PLAN, on(day), [pace] * 14).sentence == sentence


def test_a_large_number_is_written_the_vietnamese_way():
    assert "thiếu 11.400 đồng chí" in verdict(Progress(12000, 0, 0, 0), PLAN, on(10), [0] * 14).sentence


def test_a_small_group_far_behind_the_plan_is_to_be_urged_though_nothing_can_be_forecast():
    assert outlook(Progress(10, 0, 0, 0), PLAN, on(10)).urgent
    assert not outlook(Progress(10, 5, 0, 0), PLAN, on(10)).urgent


counts = st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
progresses = counts.map(lambda four: Progress(sum(four), *four[:3]))
days = st.integers(-5, 60).map(lambda n: PLAN.from_on + timedelta(days=n))
paces = st.lists(st.integers(-50, 300), min_size=14, max_size=14)


@given(progress=progresses, day=days, recent=paces)
def test_a_forecast_lies_between_what_is_done_and_everybody(progress, day, recent):
    then = by_due(progress, PLAN, day, recent)
    assert then is None or progress.done <= then <= progress.people


@given(progress=progresses, day=days, recent=paces)
def test_whoever_becomes_done_makes_no_outlook_worse(progress, day, recent):
    if progress.not_begun:
        one_more = Progress(progress.people, progress.completed + 1, progress.waived, progress.learning)
        before, after = (outlook(one, PLAN, day, recent) for one in (progress, one_more))
        assert list(Status).index(after.status) >= list(Status).index(before.status)
        assert after.missing <= before.missing


@given(progress=progresses, day=days, recent=paces)
def test_every_verdict_is_a_sentence_with_its_word(progress, day, recent):
    said = verdict(progress, PLAN, day, recent)
    assert said.word
    assert said.sentence.endswith(".")


@given(parts=st.lists(st.integers(0, 10**6), max_size=8), steps=st.sampled_from([100, 1000]))
def test_percentages_add_up_and_are_off_by_less_than_one_step(parts, steps):
    shares = percentages(parts, steps)
    assert sum(shares) == (steps if sum(parts) else 0)
    for part, share in zip(parts, shares, strict=True):
        assert not sum(parts) or abs(Fraction(part * steps, sum(parts)) - share) < 1


@pytest.mark.parametrize(("share", "percent"), [("0", 0), ("1", 100), ("999/1000", 99), ("1/1000", 1), ("88/100", 88)])
def test_a_share_is_never_rounded_to_all_or_to_nothing(share, percent):
    assert forecast.whole_percent(Fraction(share)) == percent


@pytest.mark.parametrize(
    ("begun", "done", "last", "day", "risk"),
    [
        (False, False, None, 13, False),  # 7 of 20 days left: a third
        (False, False, None, 14, True),
        (False, True, None, 14, False),
        (True, False, 10, 16, False),
        (True, False, 10, 17, True),
        (True, True, 1, 19, False),
    ],
)
def test_who_has_not_begun_late_or_has_been_quiet_for_a_week_is_at_risk(begun, done, last, day, risk):
    assert is_at_risk(begun, done, on(last) if last else None, PLAN.from_on, PLAN.due_on, on(day)) is risk


def test_the_worst_stand_first():
    rows = {
        "qua": outlook(Progress(100, 10, 0, 0), PLAN, on(21), [1] * 14),
        "tre": outlook(Progress(100, 10, 0, 0), PLAN, on(10), [1] * 14),
        "tre hon": outlook(Progress(100, 9, 0, 0), PLAN, on(10), [1] * 14),
        "sat": outlook(Progress(100, 40, 0, 0), PLAN, on(10), [5] * 14),
        "nho": outlook(Progress(5, 0, 0, 0), PLAN, on(10)),
        "dat": outlook(Progress(100, 99, 0, 0), PLAN, on(10), [5] * 14),
    }
    whole = Progress(100, 10, 0, 0)
    ordered = sorted(rows, key=lambda name: forecast.worst_first(whole, rows[name]))
    assert ordered == ["qua", "tre hon", "tre", "sat", "nho", "dat"]
