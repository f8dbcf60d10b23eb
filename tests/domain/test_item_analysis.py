"""Moodle's quiz statistics: against its own unit tests, against plain sums over every attempt, and what always holds."""

from collections import Counter
from fractions import Fraction
from math import isclose, sqrt
from statistics import StatisticsError, mean, median, stdev, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.content import Gaps, Matching, Multiple, Ordering, Single, TrueFalse
from quizapp.domain.item_analysis import (
    analyse,
    covariance_of,
    effective_weights,
    intended_weight,
    item,
    quiz,
    random_guess,
    told,
)

# The marks of Moodle's test quiz 00 (mod/quiz/report/statistics/tests/fixtures/results00.csv), slots 1 to 7, and what a
# spreadsheet made of them (qstats00.csv and check_quiz_stats_for_quiz_00 in stats_from_steps_walkthrough_test.php).
MARKS_00 = """
1 1 1 1 1 0 1|1 1 1 1 .5 1 0|1 1 1 1 .5 0 1|0 0 1 1 1 0 0|1 0 1 0 0 1 .5|1 1 1 1 .5 0 .5|0 1 1 1 .5 1 .5
1 1 1 0 .5 1 .5|1 0 1 1 1 1 1|0 1 1 0 .5 1 .5|.8 0 1 1 .5 1 .5|1 1 1 0 .5 1 1|1 0 1 1 .5 1 .5|1 0 1 1 1 0 .5
0 0 1 1 0 1 1|1 0 1 0 .5 1 1|.8 0 1 1 .5 0 1|1 0 1 1 0 1 .5|1 0 1 1 .5 0 .5|0 1 1 0 .5 1 0|1 1 .3333333 1 .5 0 .5
1 1 1 0 .5 0 .5|1 1 1 1 0 1 .5|0 0 1 0 .5 1 1|0 0 1 1 1 1 1
"""
ITEMS_00 = [  # facility, sd, effective weight, covariance, discrimination index, discriminative efficiency
    (0.704, 0.4513682901, 21.2922742344, -0.022555556, -7.0650767526, -9.4550536967),
    (0.48, 0.5099019514, 18.8979800309, -0.1172777785, -28.8982125772, -36.7834118938),
    (0.973333332, 0.13333334, 4.443012573, -0.0098888894, -9.1230674268, -21.6545012165),
    (0.68, 0.4760952286, 18.9347251357, -0.0833888893, -22.6306444113, -31.4411395613),
    (0.52, 0.3055050463, 11.1450138688, -0.0436944444, -17.6997047674, -21.1794802584),
    (0.64, 0.4898979486, 9.8081339177, -0.2015555547, -45.3785178421, -56.9365974439),
    (0.62, 0.331662479, 15.4788602394, -0.0142499998, -5.6543166602, -6.5043742058),
]
QUIZ_00 = {
    "attempts": 25, "median": 4.5, "mean": 4.617333332, "sd": 0.8117265554, "skewness": -0.092502502,
    "kurtosis": -0.7073968557, "cic": -87.2230935542, "error_ratio": 136.8294900795, "standard_error": 1.1106813066,
}  # fmt: skip

# Moodle's random quiz (mdl_question_states.csv, statistics_test.php): slots 8 to 20, of which slot 8 gives eight points.
MARKS_RANDOM = """
5.5 .3 .9 1 .3 1 0 0 1 1 0 0 1|1 .9 .9 .3 .3 1 0 0 1 0 1 0 1|2.5 1 .9 .3 1 0 0 1 1 1 1 1 1|4 .3 .9 1 .3 0 0 0 0 1 0 0 1
3 .9 .3 .9 1 0 1 0 0 1 1 1 0|4.5 .9 1 1 .9 0 1 1 1 0 0 0 0|3 .3 .3 .3 .3 1 0 1 1 1 1 1 1|6 .9 .9 1 .3 0 1 1 1 1 0 0 1
.5 .9 1 .9 .3 0 1 1 0 1 1 0 1|5.5 .9 1 .9 .3 1 1 0 0 1 0 0 0|2.5 .9 1 1 .9 0 1 0 0 1 0 0 1|4 .9 .3 .9 1 0 1 1 1 1 1 0 1
4 .9 .3 .3 1 1 1 1 0 0 1 1 0|3 1 1 .3 1 0 1 0 1 1 1 1 0|1 1 .9 .3 .3 1 0 1 0 0 0 0 0|1 .3 .3 .3 .9 0 0 0 1 0 0 0 1
1.5 1 .3 .9 1 1 1 0 1 1 0 0 0|4 .9 1 .9 1 0 1 1 1 0 1 0 0|2 .9 .9 .3 .9 0 1 0 0 0 0 0 0|1 1 .3 .3 .3 0 1 1 0 1 0 0 0
6 .9 1 1 .9 0 0 0 1 0 0 1 1|7 .9 .3 .3 .3 1 0 1 1 1 1 0 0
"""
FACILITY = (41.19318182, 81.36363636, 71.36363636, 65.45454545, 65.90909091, 36.36363636, 59.09090909, 50, 59.09090909,
            63.63636364, 45.45454545, 27.27272727, 50)  # fmt: skip
SD = (1912.733589, 251.2738111, 322.6312277, 333.4199022, 337.5811591, 492.3659639, 503.2362797, 511.7663157, 503.2362797,
      492.3659639, 509.6471914, 455.8423058, 511.7663157)  # fmt: skip
WEIGHT = (26.58464457, 3.368456046, 3.253955259, 7.584083694, 3.79658376, 3.183278505, 4.532356904, 7.78856243,
          10.08351572, 8.381139345, 8.727645713, 7.946277111, 4.769500946)  # fmt: skip
INDEX = (25.88327077, 1.170256965, -4.207816809, 28.16930644, -2.513606859, -12.99017581, -8.900638238, 8.670004606,
         29.63337745, 15.18945843, 16.21079629, 15.52451404, -8.396734802)  # fmt: skip
EFFICIENCY = (27.23492723, 1.382386552, -4.691171307, 31.12404354, -2.877487579, -17.5074184, -10.27568922, 10.86956522,
              34.58997279, 17.4790556, 20.14359793, 22.06477733, -10)  # fmt: skip


def read(text):
    return [[Fraction(cell) for cell in row.split()] for line in text.split("\n") for row in line.split("|") if row]


def near(one, other, tolerance=1e-8):
    return one == other or (
        one is not None and other is not None and isclose(one, other, rel_tol=tolerance, abs_tol=1e-9)
    )


def test_it_finds_what_moodles_own_spreadsheet_found():
    found = told(range(1, 8), read(MARKS_00), [Fraction(1)] * 7)
    names = "facility sd effective_weight covariance discrimination_index discriminative_efficiency".split()
    for line, expected in zip(found["slots"], ITEMS_00, strict=True):
        assert line["attempts"] == 25
        for name, value in zip(names, expected, strict=True):
            assert near(line[name], value), (line["slot"], name)
    for name, value in QUIZ_00.items():
        assert near(found["quiz"][name], value), name


def test_it_finds_what_moodles_random_quiz_expects_with_unequal_marks_and_weights():
    found = told(range(8, 21), read(MARKS_RANDOM), [Fraction(8), *[Fraction(1)] * 12])["slots"]
    assert [one["attempts"] for one in found] == [22] * 13
    for name, times, expected in (
        ("facility", 100, FACILITY),
        ("sd", 1000, SD),
        ("effective_weight", 1, WEIGHT),
        ("discrimination_index", 1, INDEX),
        ("discriminative_efficiency", 1, EFFICIENCY),
    ):
        for line, value in zip(found, expected, strict=True):
            assert near(line[name] * times, value, 1e-7), (name, line["slot"])


def test_by_hand():
    """Three attempts at two questions of one and two points: (1, 2), (0, 1), (1, 0)."""
    (one, other), weights, whole = analyse(rows([[1, 2], [0, 1], [1, 0]]), [Fraction(1), Fraction(2)])
    assert (one.facility, one.variance, one.covariance) == (Fraction(2, 3), Fraction(1, 3), 0)
    assert (other.facility, other.variance) == (Fraction(1, 2), 1)
    assert (one.index, one.efficiency, other.index) == (0, 0, 0)
    assert near(weights[0], 100 / (1 + sqrt(3)))  # cov(x, whole) = 1/3 and 1
    assert (whole.mean, whole.median, whole.kurtosis) == (Fraction(5, 3), 1, None)
    assert near(whole.sd, sqrt(4 / 3))
    assert near(whole.skewness, sqrt(3))  # of 3, 1, 1
    assert whole.cic == 0  # the variances add up: nothing in common
    assert (whole.error_ratio, near(whole.standard_error, whole.sd)) == (100, True)


def rows(numbers):
    return [[Fraction(number) for number in row] for row in numbers]


# --- against plain sums ----------------------------------------------------------------------------------------

sheets = st.integers(1, 5).flatmap(
    lambda slots: st.lists(st.lists(st.integers(0, 4), min_size=slots, max_size=slots), min_size=0, max_size=12)
)


def or_none(figure, *values):
    try:
        return figure(*values)
    except (StatisticsError, ZeroDivisionError):
        return None


def covariance(one, other):
    """Exactly, which Python's own is not."""
    together = [a + b for a, b in zip(one, other, strict=True)]
    return (variance(together) - variance(one) - variance(other)) / 2


@given(sheet=sheets.filter(bool), part=st.sampled_from([1, 2, 10, 3]))
def test_items_agree_with_pythons_own_statistics(sheet, part):
    marks = [[Fraction(number, part) for number in row] for row in sheet]
    items, weights, _ = analyse(marks, [Fraction(4, part)] * len(sheet[0]))
    with_whole = []
    for n, one in enumerate(items):
        own, rest = [row[n] for row in marks], [sum(row) - row[n] for row in marks]
        assert one.attempts == len(marks)
        assert one.facility == mean(own) * part / 4
        assert near(one.sd, or_none(stdev, own))
        assert one.variance == or_none(variance, own)
        assert near(one.covariance, or_none(covariance, own, rest))
        spread = or_none(lambda own, rest: variance(own) * variance(rest), own, rest)
        assert near(one.index, 100 * float(one.covariance) / sqrt(spread) if spread else None)
        best = or_none(covariance, sorted(own), sorted(rest))
        assert near(one.efficiency, 100 * float(one.covariance / best) if best else None)
        whole = or_none(covariance, own, [sum(row) for row in marks])
        with_whole.append(whole)
    assert all(near(one, other) for one, other in zip(weights, effective_weights(with_whole), strict=True))


@given(sheet=sheets)
def test_the_quiz_agrees_with_pythons_own_statistics(sheet):
    marks, slots = rows(sheet), len(sheet[0]) if sheet else 2
    items, _, whole = analyse(marks, [Fraction(4)] * slots)
    totals = [sum(row) for row in marks]
    assert whole.attempts == len(totals)
    assert (whole.median, whole.mean) == (or_none(median, totals), or_none(mean, totals))
    assert near(whole.sd, or_none(stdev, totals))
    spread = or_none(variance, totals)
    told_of = len(totals) > 2 and spread > 0
    assert (whole.skewness is not None) == told_of
    assert (whole.kurtosis is not None) == (told_of and len(totals) > 3)
    assert (whole.cic is not None) == (told_of and slots > 1)
    if whole.cic is not None:
        alpha = slots / (slots - 1) * (1 - float(sum(one.variance for one in items) / spread))
        assert near(whole.cic, 100 * alpha)
        assert near(whole.error_ratio, 100 * sqrt(max(0, 1 - alpha)), 1e-6)
        assert near(whole.standard_error, whole.error_ratio * whole.sd / 100)


# --- what always holds -----------------------------------------------------------------------------------------


@given(sheet=sheets.filter(bool))
def test_figures_stay_within_their_bounds(sheet):
    items, weights, whole = analyse(rows(sheet), [Fraction(4)] * len(sheet[0]))
    for one in items:
        assert 0 <= one.facility <= 1
        assert one.index is None or abs(one.index) <= 100.000001
        assert one.efficiency is None or one.efficiency <= 100
    known = [weight for weight in weights if weight is not None]
    assert not known or isclose(sum(known), 100)
    assert whole.cic is None or whole.cic <= 100


@given(sheet=sheets.filter(bool), order=st.randoms(use_true_random=False))
def test_the_order_of_attempts_says_nothing(sheet, order):
    shuffled = order.sample(sheet, len(sheet))
    highest = [Fraction(4)] * len(sheet[0])
    assert analyse(rows(sheet), highest) == analyse(rows(shuffled), highest)


@given(pairs=st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 9)), st.integers(1, 5), min_size=1))
def test_how_often_a_pair_was_seen_is_as_good_as_seeing_it_so_often(pairs):
    one_by_one = Counter(pair for pair, n in pairs.items() for _ in range(n))
    assert item(pairs, 3) == item(one_by_one, 3)
    best = covariance_of(pairs)
    assert best is None or item(pairs, 3).efficiency is None or item(pairs, 3).covariance == best


def test_a_question_that_everybody_answers_alike_tells_nothing_though_its_mark_has_no_exact_binary():
    tenth = Fraction("0.1")
    one, other = analyse([[tenth, Fraction(n, 10)] for n in range(5)], [Fraction(1)] * 2)[0]
    assert (one.variance, one.covariance, one.index, one.efficiency) == (0, 0, None, None)
    assert other.index is None  # its rest has no spread


def test_a_question_with_a_negative_covariance_has_no_weight_and_the_others_share_the_hundred():
    weights = effective_weights([Fraction(4), Fraction(-1), Fraction(1)])
    assert weights[1] is None
    assert near(weights[0], 200 / 3)
    assert effective_weights([Fraction(0), None]) == [None, None]


@pytest.mark.parametrize("sheet", [[], [[1, 2]]])
def test_of_nobody_and_of_one_there_is_no_spread(sheet):
    found = told([1, 2], rows(sheet), [Fraction(1), Fraction(2)])
    assert [one["attempts"] for one in found["slots"]] == [len(sheet)] * 2
    for one in found["slots"]:
        assert one["facility"] == (1 if sheet else None)
        undefined = "sd effective_weight covariance discrimination_index discriminative_efficiency".split()
        assert [one[name] for name in undefined] == [None] * 5
    assert found["quiz"]["mean"] == (3 if sheet else None)
    assert [found["quiz"][name] for name in ("sd", "skewness", "kurtosis", "cic")] == [None] * 4


def test_a_question_without_marks_has_no_facility():
    assert item({(0, 1): 3, (0, 2): 2}, 0).facility is None


def test_of_two_attempts_reliability_is_not_told_as_in_moodle():
    whole = quiz({1: 1, 2: 1}, [Fraction(1, 2), Fraction(0)])
    assert whole.sd is not None
    assert (whole.skewness, whole.cic, whole.standard_error) == (None, None, None)


# --- what one question alone says ------------------------------------------------------------------------------


def test_intended_weights_are_shares_of_all_marks():
    assert (intended_weight(Fraction(5, 2), Fraction(10)), intended_weight(1, 0)) == (25, None)


def test_guessing_at_random_earns_what_the_choices_leave_to_chance(contents):
    for question in [question for unit in contents.units.values() for question in unit.each_question()]:
        guess = random_guess(question)
        match question:
            case Single():
                assert guess == Fraction(1, len(question.options))
            case TrueFalse():
                assert guess == Fraction(1, 2)
            case Multiple() | Ordering():
                assert guess is None
            case Matching() | Gaps():
                assert 0 < guess <= Fraction(1, 2)
            case _:
                assert guess == 0
