"""What answers tell of a group, and what a small group does not show."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers import candidates

from quizapp.domain import attempts, grading, statistics
from quizapp.domain.statistics import Bands, Spread, Taken, band, hidden, median, options, results, wrong_options


@pytest.mark.parametrize(
    ("people", "whole", "hide"),
    [
        ([10, 8], 18, [False, False]),
        ([10, 4], 14, [True, True]),  # 14 − 10 would tell of the four
        ([10, 4, 0], 14, [True, True, False]),
        ([10, 4, 1], 15, [False, True, True]),  # together five
        ([10, 20, 3], 33, [True, False, True]),  # the smaller of the others keeps them company
        ([10, 8], 20, [False, True]),  # two stand in the body itself
        ([10, 8], 23, [False, False]),
        ([4], 4, [True]),
        ([], 3, []),
    ],
)
def test_a_group_under_five_is_hidden_and_so_is_the_cell_that_would_reveal_it(people, whole, hide):
    assert hidden(people, whole) == hide


@given(people=st.lists(st.integers(0, 30), max_size=8), rest=st.integers(0, 30))
def test_what_is_hidden_together_is_nobody_or_at_least_five(people, rest):
    whole = sum(people) + rest
    hide = hidden(people, whole)
    together = whole - sum(n for n, gone in zip(people, hide, strict=True) if not gone)
    assert together == 0 or together >= 5 or all(gone or not n for n, gone in zip(people, hide, strict=True))
    assert all(gone for n, gone in zip(people, hide, strict=True) if 0 < n < 5)


@given(values=st.lists(st.integers(0, 40), min_size=1))
def test_the_median_of_a_histogram_is_that_of_its_values(values):
    ordered, n = sorted(values), len(values)
    expected = Fraction(ordered[(n - 1) // 2] + ordered[n // 2], 2)
    assert median({value: values.count(value) for value in values}) == expected


def test_there_is_no_median_of_nothing():
    assert median({}) is None


@pytest.mark.parametrize(
    ("earned", "name"), [(1000, "full"), (999, "high"), (800, "high"), (799, "middle"), (500, "middle"), (499, "low")]
)
def test_bands_begin_at_a_hundred_eighty_and_fifty(earned, name):
    assert band(earned, 1000) == name


def test_bands_have_their_sum_and_their_words():
    bands = Bands(1, 2, 3, 4)
    assert bands.whole == 10
    assert [n for _, n in bands.named()] == [1, 2, 3, 4]


@pytest.mark.parametrize(("share", "step"), [("70/100", 0), ("69/100", 1), ("59/100", 2), ("49/100", 3)])
def test_only_weak_cells_are_coloured(share, step):
    assert statistics.heat(Fraction(share)) == step
    assert statistics.heat(None) == 0


def test_many_fast_attempts_are_to_be_looked_at():
    assert Spread(None, Fraction(41, 100)).to_look_at
    assert not Spread(None, Fraction(40, 100)).to_look_at
    assert not Spread(None, None).to_look_at


def every_question(contents):
    return [question for unit in contents.units.values() for question in attempts.asked(unit).values()]


def test_every_wrong_option_is_one_that_earns_less_and_has_its_words(contents):
    kinds = set()
    for question in every_question(contents):
        wrong = wrong_options(question)
        for response in candidates(question):
            taken = Taken(
                {question.key: question}, [question.key], {question.key: response}, timedelta(minutes=1), True
            )
            told = [option for _, option in options(taken)]
            assert told[0] == "*"
            assert ("+" in told) == (grading.grade(question, response) == 100)
            assert len(told) == len(set(told))
            if "+" in told:
                assert not set(told) & wrong.keys(), question.key
        if wrong:
            kinds.add(question.kind)
            assert all(wrong.values())
    assert {"single", "multiple", "true_false", "matching", "gaps"} >= kinds >= {"single", "multiple", "true_false"}


@pytest.mark.parametrize(
    ("earned", "possible", "mark"),
    [(1000, 1000, 1000), (2450, 3000, 817), (0, 1000, 0), (1, 3, 333), (2, 3, 667), (0, 0, 0)],
)
def test_a_mark_out_of_ten_is_rounded_half_up_to_hundredths(earned, possible, mark):
    assert statistics.out_of_ten(earned, possible) == mark


def test_the_mark_of_a_first_attempt_alone_adds_to_the_sum(contents):
    question = next(q for q in every_question(contents) if q.kind == "single")
    taken = Taken({question.key: question}, [question.key], {}, timedelta(minutes=3), False, 850, 1000)
    assert results(taken, first=True)["mark"] == 850
    assert "mark" not in results(taken, first=False)


def test_an_attempt_adds_its_first_results_once(contents):
    question = next(q for q in every_question(contents) if q.kind == "single")
    right = next(r for r in candidates(question) if grading.grade(question, r) == 100)
    taken = Taken({question.key: question}, [question.key], {question.key: right}, timedelta(minutes=3), True)
    assert results(taken, first=True) == {
        "attempts": 1, "minutes:3": 1, "people": 1, "passed": 1, "answers": 1, "right": 1, "band:full": 1,
    }  # fmt: skip
    assert results(taken, first=False) == {"attempts": 1, "minutes:3": 1}
    blank = Taken({question.key: question}, [question.key], {}, timedelta(days=3), False)
    assert results(blank, first=True) == {"attempts": 1, "minutes:120": 1, "people": 1, "band:low": 1}
    quick = Taken({question.key: question}, [question.key], {question.key: right}, timedelta(seconds=19), True)
    assert results(quick, first=False)["fast"] == 1
