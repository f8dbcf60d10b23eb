"""Grading: what the browser may see, what a form says, marks and feedback."""

import json
import random
from collections import Counter
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from quizapp.domain.content import AnyQuestion, Question
from quizapp.domain.grading import (
    BadResponse,
    Incomplete,
    arrange,
    chosen_fields,
    explain,
    grade,
    read_number,
    read_response,
    show,
    valid_response,
)

unhurried = settings(deadline=None)


def question(kind, key="cau-1", **fields) -> AnyQuestion:
    told = {} if kind in ("single", "multiple", "true_false") else {"explanation": "lộ ra: giải thích"}
    asked = {"key": key, "level": "nho", "provision": "1248-cv-tu#ba-la", "prompt": "Đề bài"}
    return TypeAdapter(Question).validate_python({**asked, **told, "kind": kind, **fields})


def options(keys, right):
    return [
        {"key": key, "text": f"Chữ {n}", "right": key in right, "why": f"lộ ra: vì {n}"} for n, key in enumerate(keys)
    ]


def pairs(keys, rights):
    return [
        {"key": key, "left": f"Trái {n}", "right": right, "why": f"lộ ra: vì {n}"}
        for n, (key, right) in enumerate(zip(keys, rights, strict=True))
    ]


SINGLE = question("single", options=options("abcd", "b"))
MULTIPLE = question("multiple", options=options("abcde", "abc"))
TRUE_FALSE = question("true_false", answer=False, why="lộ ra: vì thế")
MATCHING = question("matching", pairs=pairs(["p1", "p2", "p3"], ["Đỏ", "Xanh", "đỏ"]), extra=["Vàng"])
ORDERING = question("ordering", items=[{"key": f"i{n}", "text": f"Bước {n}"} for n in (1, 2, 3)])
SHORT = question("short", accepted=["liêm chính", "sự liêm chính"])
NUMBER = question("number", value=2.5, tolerance=0.1, unit="ngày")
GAPS = question(
    "gaps",
    text="{sau} rồi {truoc}.",
    gaps=[{"key": "truoc", "options": options("abc", "a")}, {"key": "sau", "options": options("xy", "y")}],
)
KINDS = [SINGLE, MULTIPLE, TRUE_FALSE, MATCHING, ORDERING, SHORT, NUMBER, GAPS]
RIGHT = {
    "single": "b",
    "multiple": ["a", "b", "c"],
    "true_false": "false",
    "matching": {"p1": "p1", "p2": "p2", "p3": "p1"},
    "ordering": ["i1", "i2", "i3"],
    "short": "liêm chính",
    "number": "2,5",
    "gaps": {"truoc": "a", "sau": "y"},
}
ids = [kind.kind for kind in KINDS]
every_kind = pytest.mark.parametrize("asked", KINDS, ids=ids)
seeds = st.integers(0, 2**32).map(random.Random)


@st.composite
def choosing(draw):
    """Any question that is answered by choosing, with keys that stand out from its texts."""
    keys = [f"khoa-{n}" for n in draw(st.permutations(range(draw(st.integers(3, 6)))))]
    kind = draw(st.sampled_from(["single", "multiple", "matching", "ordering", "gaps"]))
    match kind:
        case "single":
            return question(kind, options=options(keys, [draw(st.sampled_from(keys))]), ordered=draw(st.booleans()))
        case "multiple":
            right = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=len(keys) - 1, unique=True))
            return question(kind, options=options(keys, right))
        case "matching":
            rights = draw(st.lists(st.sampled_from("ABCD"), min_size=len(keys), max_size=len(keys)))
            return question(kind, pairs=pairs(keys, rights), extra=draw(st.sampled_from([[], ["E"], ["E", "F"]])))
        case "ordering":
            return question(kind, items=[{"key": key, "text": f"Bước {n}"} for n, key in enumerate(keys)])
        case _:
            text = " và ".join("{" + key + "}" for key in draw(st.permutations(keys)))
            gaps = [{"key": key, "options": options(["khoa-a", "khoa-b"], ["khoa-a"])} for key in keys]
            return question(kind, text=text, gaps=gaps)


def responses(asked: AnyQuestion):
    """Any canonical response to the question."""
    match asked.kind:
        case "single":
            return st.sampled_from([option.key for option in asked.options])
        case "multiple":
            keys = [option.key for option in asked.options]
            return st.lists(st.sampled_from(keys), min_size=1, unique=True).map(sorted)
        case "true_false":
            return st.sampled_from(["true", "false"])
        case "matching":
            rights = arrange(asked, random.Random(0))[""]
            return st.fixed_dictionaries({pair.key: st.sampled_from(rights) for pair in asked.pairs})
        case "ordering":
            return st.permutations([item.key for item in asked.items])
        case "gaps":
            return st.fixed_dictionaries({g.key: st.sampled_from([o.key for o in g.options]) for g in asked.gaps})
        case "number":
            return st.sampled_from(["5", "2,5", "1.000", "-3", "1 000"])
        case _:
            return st.text(min_size=1, max_size=60).filter(lambda text: valid_response(asked, text))


any_question = st.one_of(st.sampled_from(KINDS), choosing())
answered = any_question.flatmap(lambda asked: st.tuples(st.just(asked), responses(asked)))


# --- what the browser sees -------------------------------------------------------------------------------------


@unhurried
@given(choosing(), seeds)
def test_a_page_carries_no_key_and_no_why(asked, rng):
    page = json.dumps(asdict(show(asked, arrange(asked, rng))), ensure_ascii=False)
    assert "khoa-" not in page
    assert "lộ ra" not in page


@every_kind
def test_a_page_is_plain_data_and_tells_no_answer(asked):
    page = json.dumps(asdict(show(asked, arrange(asked, random.Random(1)))), ensure_ascii=False)
    assert "lộ ra" not in page
    assert "liêm chính" not in page
    assert "2.5" not in page


@unhurried
@given(st.integers(3, 6), st.data())
def test_a_page_is_the_same_whichever_option_is_right_and_whatever_the_keys(count, data):
    seed, (one, other) = data.draw(st.integers()), data.draw(st.tuples(*[st.integers(0, count - 1)] * 2))
    shown = []
    for right, name in ((one, "a"), (other, "b")):
        keys = [f"{name}{n}" for n in range(count)]
        asked = question("single", options=options(keys, [keys[right]]))
        shown.append(show(asked, arrange(asked, random.Random(seed))))
    assert shown[0] == shown[1]


def test_the_right_option_stands_in_every_place_equally_often():
    places = Counter(arrange(SINGLE, random.Random(seed))[""].index("b") for seed in range(4000))
    assert set(places) == {0, 1, 2, 3}
    assert all(850 < count < 1150 for count in places.values())


def test_options_with_an_order_of_their_own_keep_it():
    asked = question("single", options=options("abcd", "b"), ordered=True)
    assert {tuple(arrange(asked, random.Random(seed))[""]) for seed in range(20)} == {("a", "b", "c", "d")}


def test_an_ordering_is_shown_in_any_order_but_the_right_one():
    orders = {tuple(arrange(ORDERING, random.Random(seed))[""]) for seed in range(200)}
    assert len(orders) == 5
    assert ("i1", "i2", "i3") not in orders


def test_pairs_with_the_same_right_text_share_one_choice():
    orders = arrange(MATCHING, random.Random(2))
    assert sorted(orders[""]) == ["p1", "p2", "x1"]
    assert sorted(choice.text for choice in show(MATCHING, orders).choices) == ["Vàng", "Xanh", "Đỏ"]


def test_gaps_are_numbered_as_they_stand_in_the_text():
    shown = show(GAPS, arrange(GAPS, random.Random(1)))
    assert [part if isinstance(part, str) else part.field for part in shown.segments] == ["o-1", " rồi ", "o-2", "."]
    assert [len(part.choices) for part in shown.segments if not isinstance(part, str)] == [2, 3]


def test_true_and_false_are_never_shuffled():
    choices = show(TRUE_FALSE, {}).choices
    assert [asdict(choice) for choice in choices] == [
        {"value": "true", "letter": "A", "text": "Đúng"},
        {"value": "false", "letter": "B", "text": "Sai"},
    ]


# --- the form --------------------------------------------------------------------------------------------------


@unhurried
@given(answered, seeds)
def test_a_form_filled_in_from_a_response_says_that_response(case, rng):
    asked, response = case
    orders = arrange(asked, rng)
    fields = chosen_fields(asked, orders, response)
    assert read_response(asked, orders, fields) == response
    assert not any("khoa-" in value for values in fields.values() for value in values)


@every_kind
def test_an_unanswered_question_fills_in_nothing(asked):
    assert chosen_fields(asked, arrange(asked, random.Random(1)), None) == {}


field_names = st.sampled_from(
    ["chon", "tra-loi", "csrf"] + [f"{n}-{i}" for n in ("ghep", "vi-tri", "o") for i in "1234"]
)
values = st.one_of(st.sampled_from(["", "0", "1", "2", "3", "01", "１", "true", "false", "a", "5", "\0"]), st.text())
forms = st.dictionaries(field_names, st.lists(values, max_size=3), max_size=4)


@settings(unhurried, max_examples=400)
@given(any_question, forms, seeds)
def test_any_form_gives_a_valid_response_or_one_of_two_refusals(asked, form, rng):
    try:
        response = read_response(asked, arrange(asked, rng), form)
    except (BadResponse, Incomplete):
        return
    assert valid_response(asked, response)
    assert json.loads(json.dumps(response)) == response


@pytest.mark.parametrize(
    ("asked", "form"),
    [
        (SINGLE, {"chon": ["5"]}),
        (SINGLE, {"chon": ["0"]}),
        (SINGLE, {"chon": ["b"]}),
        (SINGLE, {"chon": ["1", "2"]}),
        (SINGLE, {"chon": ["1", "1"]}),
        (SINGLE, {"chon": ["1"], "ghep-1": ["1"]}),
        (TRUE_FALSE, {"chon": ["1"]}),
        (MULTIPLE, {"chon": ["1", "6"]}),
        (MULTIPLE, {"chon": ["1", "1"]}),
        (MATCHING, {"ghep-1": ["1"], "ghep-2": ["1"], "ghep-3": ["4"]}),
        (MATCHING, {"ghep-1": ["1"], "ghep-2": ["1"], "ghep-3": ["1"], "ghep-4": ["1"]}),
        (ORDERING, {"vi-tri-1": ["1"], "vi-tri-2": ["2"], "vi-tri-3": ["4"]}),
        (GAPS, {"o-1": ["3"], "o-2": ["1"]}),
        (SHORT, {"tra-loi": ["a\0b"]}),
        (SHORT, {"tra-loi": ["a" * 201]}),
        (SHORT, {"tra-loi": ["a", "b"]}),
        (NUMBER, {"tra-loi": ["5" * 201]}),
    ],
)
def test_what_our_page_cannot_send_is_refused(asked, form):
    with pytest.raises(BadResponse):
        read_response(asked, arrange(asked, random.Random(1)), form)


@pytest.mark.parametrize(
    ("asked", "form", "field", "message"),
    [
        (SINGLE, {}, "chon", "Chọn một phương án rồi bấm “Trả lời”."),
        (SINGLE, {"chon": [""]}, "chon", "Chọn một phương án rồi bấm “Trả lời”."),
        (TRUE_FALSE, {}, "chon", "Chọn một phương án rồi bấm “Trả lời”."),
        (MULTIPLE, {"chon": []}, "chon", "Chọn một phương án rồi bấm “Trả lời”."),
        (MATCHING, {"ghep-1": ["1"]}, "ghep-2", "Ghép đủ 3 dòng rồi bấm “Trả lời”."),
        (GAPS, {"o-1": ["1"], "o-2": [""]}, "o-2", "Chọn cho đủ 2 chỗ trống rồi bấm “Trả lời”."),
        (ORDERING, {"vi-tri-1": ["2"]}, "vi-tri-2", "Chọn vị trí cho đủ 3 dòng rồi bấm “Trả lời”."),
        (
            ORDERING,
            {"vi-tri-1": ["2"], "vi-tri-2": ["2"], "vi-tri-3": ["1"]},
            "vi-tri-2",
            "Vị trí 2 đang chọn cho hai dòng. Chọn cho mỗi dòng một vị trí khác nhau.",
        ),
        (SHORT, {"tra-loi": ["  "]}, "tra-loi", "Gõ câu trả lời rồi bấm “Trả lời”."),
        (NUMBER, {}, "tra-loi", "Nhập một số, ví dụ 5 hoặc 2,5."),
        (NUMBER, {"tra-loi": ["năm"]}, "tra-loi", "Nhập một số, ví dụ 5 hoặc 2,5."),
    ],
)
def test_an_unfinished_answer_is_told_what_to_do_and_where(asked, form, field, message):
    with pytest.raises(Incomplete) as caught:
        read_response(asked, arrange(asked, random.Random(1)), form)
    assert (caught.value.message, caught.value.field) == (message, field)


def test_typed_text_is_trimmed_and_takes_its_one_form():
    assert read_response(SHORT, {}, {"tra-loi": ["  lie\u0302m chi\u0301nh\n"]}) == "liêm chính"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5", "5"),
        (" 2,5 ", "2.5"),
        ("1.000", "1000"),
        ("12.000.000,75", "12000000.75"),
        ("1 000", "1000"),
        ("1\u00a0000", "1000"),
        ("2.5", "2.5"),
        ("0.125", "0.125"),
        ("-3", "-3"),
        ("− 3", "-3"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_the_vietnamese_way(typed, number):
    assert str(read_number(typed)).removesuffix(".0") == number


@pytest.mark.parametrize(
    "typed", ["", "nan", "inf", "1e9", "1e999999999", "٥", "５", "1,2,3", "1,000.5", "1000.000", "5 5", "0x1", "9" * 16]
)
def test_what_is_no_plain_number_is_not_read(typed):
    assert read_number(typed) is None


# --- marks -----------------------------------------------------------------------------------------------------


@every_kind
def test_the_right_answer_earns_everything_and_no_answer_nothing(asked):
    assert valid_response(asked, RIGHT[asked.kind])
    assert grade(asked, RIGHT[asked.kind]) == 100
    assert grade(asked, None) == 0


@pytest.mark.parametrize(
    ("asked", "response", "earned"),
    [
        (SINGLE, "a", 0),
        (TRUE_FALSE, "true", 0),
        (MULTIPLE, ["a"], 33),
        (MULTIPLE, ["a", "b"], 67),
        (MULTIPLE, ["a", "b", "d"], 33),
        (MULTIPLE, ["a", "d"], 0),
        (MULTIPLE, ["d", "e"], 0),
        (MULTIPLE, ["a", "b", "c", "d", "e"], 33),
        (MATCHING, {"p1": "p1", "p2": "x1", "p3": "p2"}, 33),
        (MATCHING, {"p1": "p1", "p2": "x1", "p3": "p1"}, 67),
        (ORDERING, ["i1", "i3", "i2"], 33),
        (ORDERING, ["i3", "i1", "i2"], 0),
        (GAPS, {"truoc": "a", "sau": "x"}, 50),
        (SHORT, "  SỰ  liêm chính", 100),
        (SHORT, "liem chinh", 0),
        (NUMBER, "2,6", 100),
        (NUMBER, "2.40", 100),
        (NUMBER, "2,61", 0),
        (NUMBER, "không", 0),
    ],
)
def test_credit_is_given_as_decided(asked, response, earned):
    assert grade(asked, response) == earned


def test_half_a_hundredth_is_rounded_up():
    items = [{"key": f"i{n}", "text": f"Bước {n}"} for n in range(8)]
    keys = [f"i{n}" for n in (0, 2, 3, 4, 5, 6, 7, 1)]
    assert grade(question("ordering", items=items), keys) == 13


def test_marks_may_be_left_out_where_the_question_says_so():
    asked = question("short", accepted=["liêm chính"], without_marks=True)
    assert grade(asked, "Liem chinh") == 100


def test_tone_marks_may_stand_the_old_way():
    assert grade(question("short", accepted=["hòa giải"]), "hoà giải") == 100


@unhurried
@given(answered)
def test_a_mark_is_between_nothing_and_everything(case):
    assert 0 <= grade(*case) <= 100


wild = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.sampled_from(["a", "p1", "i1", "true"])),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.sampled_from(["p1", "truoc", "x"]), inner)),
)


@unhurried
@given(any_question, wild)
def test_any_stored_data_is_a_response_or_not_and_a_response_can_be_graded(asked, data):
    if valid_response(asked, data):
        assert 0 <= grade(asked, data) <= 100


@unhurried
@given(answered)
def test_every_canonical_response_is_valid(case):
    assert valid_response(*case)


@pytest.mark.parametrize(
    ("asked", "data"),
    [
        (SINGLE, ["a"]),
        (SINGLE, "z"),
        (MULTIPLE, []),
        (MULTIPLE, ["b", "a"]),
        (MULTIPLE, ["a", "a"]),
        (MULTIPLE, [{}]),
        (TRUE_FALSE, True),
        (MATCHING, {"p1": "p1", "p2": "p2"}),
        (MATCHING, {"p1": "p3", "p2": "p2", "p3": "p1"}),
        (MATCHING, {"p1": [], "p2": "p2", "p3": "p1"}),
        (ORDERING, ["i1", "i2"]),
        (ORDERING, ["i1", "i2", "i2"]),
        (SHORT, ""),
        (SHORT, " a"),
        (NUMBER, "nan"),
        (NUMBER, 5),
        (GAPS, {"truoc": "y", "sau": "a"}),
    ],
)
def test_a_response_of_another_shape_is_not_valid(asked, data):
    assert not valid_response(asked, data)


# --- feedback --------------------------------------------------------------------------------------------------


@every_kind
def test_feedback_says_right_wrong_or_partly(asked):
    orders = arrange(asked, random.Random(1))
    right, left_out = explain(asked, orders, RIGHT[asked.kind]), explain(asked, orders, None)
    assert (right.verdict, left_out.verdict) == ("dung", "chua_dung")
    assert all(getattr(line, "ok", True) for line in right.lines)
    assert not any(getattr(line, "ok", False) for line in left_out.lines)
    assert right.right == left_out.right
    assert right.explanation == asked.explanation


def test_feedback_lists_the_choices_as_they_were_shown():
    orders = {"": ["d", "b", "a", "c"]}
    told = explain(MULTIPLE.model_copy(update={"options": MULTIPLE.options[:4]}), orders, ["b", "d"])
    assert [(line.letter, line.text, line.chosen, line.right) for line in told.lines] == [
        ("A", "Chữ 3", True, False),
        ("B", "Chữ 1", True, True),
        ("C", "Chữ 0", False, True),
        ("D", "Chữ 2", False, True),
    ]
    assert (told.verdict, told.lines[0].why, told.why) == ("chua_dung", "lộ ra: vì 3", None)


@pytest.mark.parametrize(
    ("response", "why"),
    [("b", "lộ ra: vì 1"), ("a", "lộ ra: vì 0\n\nlộ ra: vì 1"), (None, "lộ ra: vì 1")],
)
def test_a_wrong_choice_is_explained_before_the_right_one(response, why):
    assert explain(SINGLE, {"": list("abcd")}, response).why == why


def test_a_statement_is_explained_by_its_why():
    told = explain(TRUE_FALSE, {}, "true")
    assert (told.verdict, told.why) == ("chua_dung", "lộ ra: vì thế")
    assert [(line.text, line.chosen, line.right) for line in told.lines] == [
        ("Đúng", True, False),
        ("Sai", False, True),
    ]


def test_feedback_puts_what_was_matched_beside_what_is_right():
    told = explain(MATCHING, {"": ["x1", "p1", "p2"]}, {"p1": "p1", "p2": "x1", "p3": "p1"})
    assert told.verdict == "mot_phan"
    assert [(line.left, line.chosen, line.right, line.ok) for line in told.lines] == [
        ("Trái 0", "Đỏ", "Đỏ", True),
        ("Trái 1", "Vàng", "Xanh", False),
        ("Trái 2", "Đỏ", "Đỏ", True),
    ]


def test_feedback_puts_the_chosen_order_beside_the_right_one():
    told = explain(ORDERING, {"": ["i3", "i2", "i1"]}, ["i1", "i3", "i2"])
    assert [(line.position, line.chosen, line.right, line.ok) for line in told.lines] == [
        (1, "Bước 1", "Bước 1", True),
        (2, "Bước 3", "Bước 2", False),
        (3, "Bước 2", "Bước 3", False),
    ]


def test_feedback_explains_both_choices_of_a_gap():
    first, second = explain(GAPS, {"truoc": list("abc"), "sau": list("xy")}, {"truoc": "b", "sau": "y"}).lines
    assert (first.n, first.chosen, first.right, first.ok) == (1, "Chữ 1", "Chữ 1", True)
    assert (second.n, second.chosen, second.right, second.ok) == (2, "Chữ 1", "Chữ 0", False)
    assert (second.chosen_why, second.right_why) == ("lộ ra: vì 1", "lộ ra: vì 0")


@pytest.mark.parametrize(
    ("asked", "typed", "right"),
    [
        (SHORT, "trung thực", "liêm chính"),
        (NUMBER, "3", "2,5 ± 0,1 ngày"),
        (question("number", value=1000), "3", "1.000"),
        (question("number", value=0, unit="%"), "3", "0 %"),
    ],
)
def test_feedback_to_typing_shows_what_was_typed_and_what_is_right(asked, typed, right):
    told = explain(asked, {}, typed)
    assert (told.typed, told.right) == (typed, right)
