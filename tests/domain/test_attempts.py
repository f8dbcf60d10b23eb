"""Attempts: states, drawing, sequence, time, and which mark counts."""

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.domain.attempts import (
    GRACE,
    LATE_WINDOW,
    AttemptState,
    Counting,
    Paper,
    Score,
    asked,
    counting_mark,
    deadline,
    draw,
    is_late,
    may_merge,
    opens_again_at,
    passed,
    steps,
    total,
)
from quizapp.domain.content import Case, can_fill, item_size, read_unit

unhurried = settings(deadline=None)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def asks(key, objective=None):
    options = [{"key": o, "text": f"Phương án {o}", "right": o == "a", "why": "Vì thế"} for o in "abc"]
    base = {"key": key, "kind": "single", "level": "nho", "provision": "d#x", "prompt": "Đề", "options": options}
    return {**base, "objective": objective} if objective else base


def case(key, objective, size):
    parts = [asks(f"{key}-{n}") for n in range(1, size + 1)]
    return {"kind": "case", "key": key, "objective": objective, "situation": f"Chuyện {key}", "questions": parts}


def unit(stock, draw):
    """A unit whose bank holds, by objective, items of these sizes; sizes above 1 are cases."""
    items = [
        case(f"{objective}-{n}", objective, size) if size > 1 else asks(f"{objective}-{n}", objective)
        for objective, sizes in stock.items()
        for n, size in enumerate(sizes)
    ]
    return read_unit(
        {
            "key": "bai-1",
            "number": 1,
            "task": None,
            "title": "Bài một",
            "minutes": 7,
            "graded": True,
            "why": "Vì sao học",
            "objectives": [{"key": objective, "text": "Nêu được"} for objective in stock],
            "sections": [{"key": "mo-dau", "title": "Mở đầu", "cite": "d#x", "text": "Chữ"}],
            "quiz": {"feedback": "at_once", "pass_percent": 80, "draw": draw},
            "questions": items,
        }
    )


@st.composite
def units(draw, largest=4):
    """Units with one to three objectives, and a blueprint that can be filled."""
    stock, blueprint = {}, {}
    for objective in ["mot", "hai", "ba"][: draw(st.integers(1, 3))]:
        sizes = draw(st.lists(st.integers(1, largest), min_size=1, max_size=6))
        stock[objective] = sizes
        blueprint[objective] = draw(st.sampled_from([n for n in range(1, sum(sizes) + 1) if can_fill(sizes, n)]))
    return unit(stock, blueprint)


seeds = st.integers(0, 2**32).map(random.Random)


# --- states ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", AttemptState)
@pytest.mark.parametrize("after", AttemptState)
def test_an_open_attempt_ends_once_and_for_good(before, after):
    if before == "open" and after != "open":
        assert before.to(after) is after
    else:
        with pytest.raises(ValueError, match="cannot go"):
            before.to(after)


@pytest.mark.parametrize(
    ("ended", "hours", "again"),
    [(None, 12, None), (NOON, None, None), (NOON, 12, NOON + timedelta(hours=12)), (None, None, None)],
)
def test_the_next_attempt_waits_only_where_the_quiz_says_so(ended, hours, again):
    assert opens_again_at(ended, hours) == again


# --- drawing ---------------------------------------------------------------------------------------------------


@unhurried
@given(units(), seeds, st.data())
def test_a_paper_gives_each_objective_exactly_its_questions(bank, rng, data):
    keys = list(asked(bank))
    seen = data.draw(st.dictionaries(st.sampled_from(keys), st.integers(0, 5)))
    paper = draw(bank, seen, rng)
    assert Counter(asked(bank)[key].objective for key in paper.keys) == bank.quiz.draw
    assert len(set(paper.keys)) == len(paper.keys) == bank.quiz.size


@unhurried
@given(units(), seeds)
def test_a_case_stays_together_and_in_order(bank, rng):
    keys = draw(bank, {}, rng).keys
    for item in bank.questions:
        if isinstance(item, Case) and item.questions[0].key in keys:
            parts = [part.key for part in item.questions]
            start = keys.index(parts[0])
            assert list(keys[start : start + len(parts)]) == parts


@unhurried
@given(units(largest=1), seeds, st.data())
def test_the_least_seen_questions_come_first(bank, rng, data):
    questions = asked(bank)
    seen = {key: data.draw(st.integers(0, 3)) for key in questions}
    drawn = set(draw(bank, seen, rng).keys)
    for objective in bank.quiz.draw:
        inside = [seen[key] for key, q in questions.items() if q.objective == objective and key in drawn]
        outside = [seen[key] for key, q in questions.items() if q.objective == objective and key not in drawn]
        assert max(inside) <= min(outside, default=99)


def test_a_case_counts_as_its_most_seen_part():
    bank = unit({"mot": [2, 2]}, {"mot": 2})
    papers = {draw(bank, {"mot-0-1": 0, "mot-0-2": 5, "mot-1-1": 1}, random.Random(n)).keys for n in range(20)}
    assert papers == {("mot-1-1", "mot-1-2")}


def test_a_seen_question_is_drawn_where_only_it_makes_the_number_exact():
    bank = unit({"mot": [2, 2, 1]}, {"mot": 3})
    assert all("mot-2" in draw(bank, {"mot-2": 9}, random.Random(n)).keys for n in range(20))


@unhurried
@given(units(), seeds, st.data())
def test_a_stopped_question_is_never_drawn_nor_its_case_and_the_paper_is_as_long_as_it_can_be(bank, rng, data):
    stopped = data.draw(st.sets(st.sampled_from(list(asked(bank)))))
    paper = draw(bank, {}, rng, stopped)
    assert not stopped & set(paper.keys)
    for objective, count in bank.quiz.draw.items():
        items = [item for item in bank.questions if item.objective == objective]
        left = [item for item in items if not stopped & keys_of(item)]
        drawn = sum(asked(bank)[key].objective == objective for key in paper.keys)
        assert drawn == max(n for n in range(count + 1) if can_fill(map(item_size, left), n))
        assert all(keys_of(item) <= set(paper.keys) or not keys_of(item) & set(paper.keys) for item in items)


def keys_of(item):
    return {part.key for part in item.questions} if isinstance(item, Case) else {item.key}


def test_a_case_may_be_stopped_as_a_whole():
    bank = unit({"mot": [2, 1, 1]}, {"mot": 2})
    assert {frozenset(draw(bank, {}, random.Random(n), ["mot-0"]).keys) for n in range(20)} == {
        frozenset({"mot-1", "mot-2"})
    }


def test_equals_and_the_order_of_the_paper_are_left_to_chance():
    bank = unit({"mot": [1, 1, 1], "hai": [1]}, {"mot": 1, "hai": 1})
    papers = Counter(draw(bank, {}, random.Random(seed)).keys for seed in range(1200))
    assert len(papers) == 6
    assert all(120 < count < 280 for count in papers.values())


def test_questions_of_a_case_carry_its_situation_and_objective():
    questions = asked(unit({"mot": [2, 1]}, {"mot": 1}))
    assert list(questions) == ["mot-0-1", "mot-0-2", "mot-1"]
    assert [q.situation for q in questions.values()] == ["Chuyện mot-0", "Chuyện mot-0", None]
    assert {q.objective for q in questions.values()} == {"mot"}


@unhurried
@given(units(), seeds)
def test_a_stored_paper_is_read_back_the_same(bank, rng):
    paper = draw(bank, {}, rng)
    assert Paper.read(json.loads(json.dumps(paper.stored()))) == paper
    assert all(sorted(paper.orders(key)[""]) == ["a", "b", "c"] for key in paper.keys)


def test_a_paper_of_given_questions_asks_just_these_in_this_order():
    paper = Paper.of(unit({"mot": [1, 1, 1]}, {"mot": 1}), ["mot-2", "mot-0"], random.Random(1))
    assert paper.keys == ("mot-2", "mot-0")
    with pytest.raises(KeyError):
        paper.orders("mot-1")


@given(
    st.randoms(use_true_random=False), st.sets(st.integers(0, 5)), st.dictionaries(st.integers(0, 5), st.integers(0, 9))
)
def test_what_the_path_has_not_taught_is_drawn_only_where_too_little_is_left(rng, strange, seen):
    whole = unit({"a": [1] * 6}, {"a": 3})
    bank = [
        question.model_copy(update={"provision": "khac#y"}) if n in strange else question
        for n, question in enumerate(whole.questions)
    ]
    whole = whole.model_copy(update={"questions": tuple(bank)})
    paper = draw(whole, {bank[n].key: times for n, times in seen.items()}, rng, (), {"d#x"})
    drawn = [n for n, question in enumerate(bank) if question.key in paper.keys]
    assert len(drawn) == 3
    assert len(strange & set(drawn)) == max(0, 3 - (6 - len(strange)))


# --- the sequence ----------------------------------------------------------------------------------------------

PAPER = Paper.model_validate({"entries": [{"key": key, "orders": {}} for key in ("c1", "c2", "c3")]})


def walk(graded, feedback="at_once", also=()):
    responses = dict.fromkeys([*graded, *also], "a")
    return [(step.number, step.slot) for step in steps(PAPER, responses, graded, feedback)]


MARKED = [(1, "c1"), (2, "c2"), (3, "c3")]


@pytest.mark.parametrize(
    ("graded", "again"),
    [
        ({}, []),
        ({"c1": 0, "c2": 0}, []),
        ({"c1": 100, "c2": 100, "c3": 100}, []),
        ({"c1": 0, "c2": 100, "c3": 67}, [(4, "c1~lai"), (5, "c3~lai")]),
    ],
)
def test_wrong_questions_come_again_once_all_have_been_answered(graded, again):
    assert walk(graded) == MARKED + again


def test_an_answer_to_a_repeated_question_changes_no_step():
    graded = {"c1": 0, "c2": 100, "c3": 100}
    assert walk(graded, also=["c1~lai"]) == walk(graded) == [*MARKED, (4, "c1~lai")]


def test_nothing_comes_again_where_feedback_waits_for_the_end():
    assert walk({"c1": 0, "c2": 0, "c3": 0}, "after") == MARKED


# --- time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "factor", "closes", "maintenance", "ends"),
    [
        (None, 100, None, 0, None),
        (30, 100, None, 0, 30),
        (30, 150, None, 0, 45),
        (30, 100, 20, 0, 20),
        (30, 100, 20, 5, 25),
        (30, 100, 20, 15, 30),
        (None, 100, 20, 5, 25),
        (None, 150, 20, 0, 20),
    ],
)
def test_the_deadline_is_the_end_of_the_minutes_or_of_the_window(minutes, factor, closes, maintenance, ends):
    closes_at = None if closes is None else NOON + closes * MINUTE
    expected = None if ends is None else NOON + ends * MINUTE
    assert deadline(NOON, minutes, factor, closes_at, maintenance * MINUTE) == expected


@pytest.mark.parametrize(
    ("late_by", "late"),
    [(-MINUTE, False), (GRACE, False), (GRACE + timedelta(microseconds=1), True)],
)
def test_a_slow_network_has_sixty_seconds(late_by, late):
    assert timedelta(seconds=60) == GRACE
    assert is_late(NOON + late_by, NOON) is late
    assert not is_late(NOON + late_by, None)


@pytest.mark.parametrize(
    ("chosen", "arrived", "may"),
    [
        (0 * MINUTE, 30 * MINUTE, True),
        (-MINUTE, LATE_WINDOW + timedelta(seconds=1), False),
        (timedelta(seconds=1), MINUTE, False),
    ],
)
def test_an_answer_chosen_before_the_bell_may_arrive_within_half_an_hour(chosen, arrived, may):
    assert may_merge(NOON + chosen, NOON + arrived, NOON) is may
    assert may_merge(NOON + chosen, NOON + arrived, None)


# --- marks -----------------------------------------------------------------------------------------------------


def test_a_question_left_out_counts_in_what_was_possible():
    assert total([100, 33], 4) == Score(133, 400)


@pytest.mark.parametrize(
    ("earned", "possible", "percent", "enough"),
    [
        (800, 1000, 80, True),
        (799, 1000, 80, False),
        (0, 1000, 0, True),
        (0, 0, 0, False),
        (2400, 3000, 80, True),
        (67, 100, 67, True),
    ],
)
def test_passing_is_exact_and_never_by_an_empty_paper(earned, possible, percent, enough):
    assert passed(Score(earned, possible), percent) is enough


@given(st.lists(st.integers(0, 100), min_size=1), st.integers(0, 100))
def test_one_more_mark_never_fails_a_paper_that_passed(marks, percent):
    scores = [total(marks[:n], len(marks)) for n in range(len(marks) + 1)]
    results = [passed(score, percent) for score in scores]
    assert all(later >= earlier for earlier, later in pairwise(results))


@pytest.mark.parametrize(
    ("counting", "earned"),
    [(Counting.HIGHEST, 900), (Counting.LAST, 650), (Counting.FIRST, 500), (Counting.MEAN, 683)],
)
def test_the_counting_method_chooses_the_mark(counting, earned):
    scores = [Score(500, 1000), Score(900, 1000), Score(650, 1000)]
    assert counting_mark(scores, counting) == Score(earned, 1000)


def test_papers_of_different_length_are_compared_by_their_shares():
    scores = [Score(500, 1000), Score(400, 500)]
    assert counting_mark(scores, Counting.HIGHEST) == Score(400, 500)
    assert counting_mark(scores, Counting.MEAN) == Score(650, 1000)


def test_half_a_hundredth_of_a_mean_is_rounded_up():
    assert counting_mark([Score(0, 100), Score(1, 100)], Counting.MEAN) == Score(1, 100)


@pytest.mark.parametrize("counting", Counting)
def test_without_attempts_no_mark_counts(counting):
    assert counting_mark([], counting) is None


@given(st.lists(st.integers(0, 1000), min_size=1), st.sampled_from(Counting))
def test_what_counts_lies_between_the_worst_and_the_best(earned, counting):
    counted = counting_mark([Score(e, 1000) for e in earned], counting)
    assert min(earned) <= counted.earned <= max(earned)
