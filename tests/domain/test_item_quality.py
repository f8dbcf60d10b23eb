"""What the figures of a question say: its thirds, the thresholds in words, and the rule that stops it."""

from fractions import Fraction
from math import atanh, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.item_quality import (
    Z95,
    Seen,
    Verdict,
    dead_options,
    findings,
    must_stop,
    shares,
    sureness,
    thirds,
    upper_bound,
    verdict,
)

GOOD = Seen(400, Fraction(75, 100), 35.0, Fraction(40), {"b": Fraction(15, 100), "c": Fraction(10, 100)}, 0)


# --- stopping --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "attempts", "stops"),
    [
        (-13.4, 212, False),
        (-13.5, 212, True),  # atanh 0.135 = 0.1358 > 1.96 / √209 = 0.1356
        (-13.9, 200, True),
        (-13.8, 200, False),
        (-50.0, 199, False),  # too few tries, however bad
        (-50.0, 200, True),
        (-6.3, 1000, True),
        (-6.1, 1000, False),
        (-100.0, 200, True),
        (0.0, 10_000_000, False),
        (25.0, 5000, False),
        (None, 5000, False),
    ],
)
def test_a_question_is_stopped_from_200_tries_when_surely_below_zero(index, attempts, stops):
    assert must_stop(index, attempts) is stops


def test_the_bound_is_that_of_fishers_interval():
    """r = 0.30 of 50: z = 0.3095 ± 1.96 / √47, so 0.024 to 0.534 (any table of Fisher's z)."""
    assert isclose(upper_bound(30, 50), 53.4, abs_tol=0.05)
    assert isclose(upper_bound(-30, 50), -2.4, abs_tol=0.05)


@given(index=st.floats(-100, 100), attempts=st.integers(0, 100_000), more=st.integers(0, 1000))
def test_the_bound_lies_above_the_index_and_comes_nearer_with_every_try(index, attempts, more):
    bound = upper_bound(index, attempts)
    assert index - 1e-9 <= bound <= 100
    assert upper_bound(index, attempts + more) <= bound + 1e-9
    assert not (must_stop(index, attempts) and index >= 0)
    if attempts > 3 and index > -99.9 and bound < 99.9:
        assert isclose(atanh(bound / 100) - atanh(index / 100), Z95 / (attempts - 3) ** 0.5, rel_tol=1e-6)


@given(index=st.floats(-100, 100), attempts=st.integers(200, 100_000))
def test_what_stops_a_question_also_lists_it_as_to_be_mended(index, attempts):
    if must_stop(index, attempts):
        assert verdict(Seen(attempts, Fraction(3, 4), index, None, {}, 0)) is Verdict.MEND


# --- thirds ----------------------------------------------------------------------------------------------------


def test_thirds_are_of_the_rest_and_equals_are_shared():
    pairs = {(0, 10): 2, (100, 20): 2, (100, 30): 2}
    assert thirds(pairs) == (0, 100, 100)
    assert thirds({(100, 7): 1, (0, 7): 2}) == (Fraction(100, 3),) * 3  # all alike: no third is better
    assert thirds({(0, 1): 1, (100, 2): 3}) == (25, 100, 100)  # a third of four is one and a third
    assert thirds({}) is None


@given(pairs=st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.integers(1, 9), min_size=1))
def test_the_mean_of_the_thirds_is_the_mean_of_all(pairs):
    n = sum(pairs.values())
    assert sum(thirds(pairs)) / 3 == Fraction(sum(value * often for (value, _), often in pairs.items()), n)


@given(rests=st.dictionaries(st.integers(0, 9), st.integers(1, 9), min_size=1), data=st.data())
def test_shares_of_an_option_lie_between_nobody_and_everybody(rests, data):
    chose = {rest: data.draw(st.integers(0, n)) for rest, n in rests.items()}
    found = shares(rests, chose)
    assert all(0 <= share <= 1 for share in found)
    assert sum(found) / 3 == Fraction(sum(chose.values()), sum(rests.values()))


# --- in words --------------------------------------------------------------------------------------------------


def changed(**values):
    return Seen(**{name: values.get(name, getattr(GOOD, name)) for name in GOOD.__dataclass_fields__})


@pytest.mark.parametrize(
    ("values", "expected", "measure"),
    [
        ({}, Verdict.FINE, None),
        ({"facility": Fraction(60, 100)}, Verdict.FINE, None),
        ({"facility": Fraction(90, 100)}, Verdict.FINE, None),
        ({"facility": Fraction(59, 100)}, Verdict.LOOK, "do-kho"),
        ({"facility": Fraction(40, 100)}, Verdict.LOOK, "do-kho"),
        ({"facility": Fraction(39, 100)}, Verdict.MEND, "do-kho"),
        ({"facility": Fraction(97, 100)}, Verdict.LOOK, "do-kho"),
        ({"facility": Fraction(98, 100)}, Verdict.MEND, "do-kho"),
        ({"index": 30.0}, Verdict.FINE, None),
        ({"index": 29.9}, Verdict.LOOK, "phan-biet"),
        ({"index": 20.0}, Verdict.LOOK, "phan-biet"),
        ({"index": 19.9}, Verdict.MEND, "phan-biet"),
        ({"index": -1.0}, Verdict.MEND, "phan-biet"),
        ({"index": 19.9, "attempts": 200}, Verdict.MEND, "phan-biet"),
        ({"index": 19.9, "attempts": 199}, Verdict.LOOK, "phan-biet"),  # for reference: it may well be 0,30
        ({"index": -1.0, "attempts": 60}, Verdict.LOOK, "phan-biet"),
        ({"index": -10.0, "attempts": 60}, Verdict.MEND, "phan-biet"),  # surely below 0,20
        ({"index": -60.0, "attempts": 30}, Verdict.MEND, "phan-biet"),
        ({"index": None}, Verdict.FINE, None),
        ({"seconds": Fraction(9)}, Verdict.MEND, "thoi-gian"),
        ({"seconds": Fraction(10)}, Verdict.LOOK, "thoi-gian"),
        ({"seconds": Fraction(15)}, Verdict.FINE, None),
        ({"seconds": Fraction(90)}, Verdict.FINE, None),
        ({"seconds": Fraction(91)}, Verdict.LOOK, "thoi-gian"),
        ({"seconds": Fraction(121)}, Verdict.MEND, "thoi-gian"),
        ({"seconds": None}, Verdict.FINE, None),
        ({"wrong": {"b": Fraction(15, 100), "c": Fraction(1, 100)}}, Verdict.LOOK, "phuong-an"),
        ({"wrong": {"b": Fraction(1, 100), "c": Fraction(0)}}, Verdict.MEND, "phuong-an"),
        ({"reports": 1}, Verdict.FINE, None),  # 0.25 %
        ({"reports": 2}, Verdict.LOOK, "bao-cau"),  # 0.5 %
        ({"reports": 3}, Verdict.MEND, "bao-cau"),
        ({"reports": 1, "attempts": 49}, Verdict.MEND, "bao-cau"),  # over 2 %
        ({"attempts": 29, "facility": Fraction(1, 10)}, Verdict.TOO_FEW, None),
        ({"attempts": 29, "reports": 3}, Verdict.MEND, "bao-cau"),
        ({"attempts": 29, "reports": 2}, Verdict.TOO_FEW, None),
    ],
)
def test_the_thresholds(values, expected, measure):
    seen = changed(**values)
    assert verdict(seen) is expected
    assert [one.measure for one in findings(seen)] == ([measure] if measure else [])


def test_the_gravest_is_said_first():
    found = findings(changed(facility=Fraction(50, 100), index=-20.0, seconds=Fraction(100)))
    assert [one.measure for one in found] == ["phan-biet", "do-kho", "thoi-gian"]
    assert "Kiểm tra đáp án" in found[0].text


def test_of_an_easy_question_wrong_options_need_only_a_third_of_their_part():
    few = {"b": Fraction(2, 100), "c": Fraction(1, 100)}
    assert dead_options(Fraction(97, 100), few) == []  # (1 − 0.97) / 2 / 3 = 0.5 %
    assert dead_options(Fraction(70, 100), few) == ["b", "c"]
    assert dead_options(Fraction(70, 100), {"b": Fraction(0)}) == []  # one wrong option: the facility says it all


@pytest.mark.parametrize(
    ("attempts", "words"),
    [(0, "Chưa đủ số liệu"), (29, "Chưa đủ số liệu"), (30, "tham khảo"), (199, "tham khảo"), (200, "")],
)
def test_few_tries_are_said_to_be_few(attempts, words):
    assert sureness(attempts) == words
