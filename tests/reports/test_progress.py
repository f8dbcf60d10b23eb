"""The verdict over a group: against the target, and against an even pace to the due date."""

from datetime import date

import pytest

from quizapp.reports.progress import Plan, Progress, verdict

PLAN = Plan(date(2026, 11, 1), date(2026, 11, 20), 95)  # twenty days


@pytest.mark.parametrize(
    ("done", "today", "word", "says"),
    [
        (95, 10, "Đạt chỉ tiêu", "Đã đạt chỉ tiêu 95%."),
        (48, 10, "Kịp hạn", "còn thiếu 47 đồng chí so với chỉ tiêu 95%"),
        (47, 10, "Sát hạn", "Chậm 0,5 điểm phần trăm so với tiến độ đều đến hạn 20/11/2026"),
        (39, 10, "Trễ hạn", "Chậm 8,5 điểm phần trăm"),
        (94, 20, "Sát hạn", "Chậm 1 điểm phần trăm"),
        (94, 21, "Quá hạn", "Đã qua hạn 20/11/2026, còn thiếu 1 đồng chí so với chỉ tiêu 95%."),
    ],
)
def test_the_verdict_says_how_far_behind_and_how_many_are_missing(done, today, word, says):
    said = verdict(Progress(100, done, 0, 0), PLAN, date(2026, 11, today))
    assert said.word == word
    assert says in said.sentence


def test_before_the_first_day_nothing_is_expected_and_nobody_is_behind():
    assert verdict(Progress(10, 0, 0, 0), PLAN, date(2026, 10, 31)).word == "Kịp hạn"


def test_the_missing_are_whole_people_and_the_waived_are_done():
    assert Progress(3, 1, 1, 0).missing(95) == 1
    assert Progress(0, 0, 0, 0).missing(95) == 0
    assert Progress(5, 1, 1, 2).not_begun == 1
