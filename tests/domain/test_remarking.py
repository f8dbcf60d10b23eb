"""Chấm lại: never lower, never out of nothing; questions that mark alike have one key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_content import KINDS, case, unit
from test_grading import GAPS, MATCHING, MULTIPLE, NUMBER, ORDERING, SHORT, SINGLE, TRUE_FALSE, options, question

from quizapp.domain.content import read_unit
from quizapp.domain.grading import grade
from quizapp.domain.remarking import answer_key, rekeyed, remark

OTHER = question("single", options=options("abcd", "c"))


@pytest.mark.parametrize("one", [SINGLE, MULTIPLE, TRUE_FALSE, MATCHING, ORDERING, SHORT, NUMBER, GAPS])
def test_other_words_leave_the_key_as_it_is(one):
    assert answer_key(one) == answer_key(one.model_copy(update={"prompt": "Lời khác", "explanation": "Vì khác"}))


CHANGES = {
    "single": (SINGLE, OTHER),
    "multiple": (MULTIPLE, question("multiple", options=options("abcde", "ab"))),
    "true_false": (TRUE_FALSE, question("true_false", answer=True, why="vì")),
    "ordering": (ORDERING, ORDERING.model_copy(update={"items": ORDERING.items[::-1]})),
    "short": (SHORT, question("short", accepted=["liêm chính"])),
    "short, marks": (SHORT, question("short", accepted=list(SHORT.accepted), without_marks=True)),
    "number": (NUMBER, question("number", value=3, tolerance=0.1)),
    "number, tolerance": (NUMBER, question("number", value=2.5, tolerance=1)),
    "gaps": (GAPS, GAPS.model_copy(update={"gaps": (GAPS.gaps[0].model_copy(update={"options": GAPS.gaps[0].options[::-1]}),
                                                     question("gaps", text="{sau} {truoc}", gaps=[
        {"key": "truoc", "options": options("abc", "b")}, {"key": "sau", "options": options("xy", "y")}]).gaps[1])})),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "gaps"])
def test_another_answer_is_another_key(name):
    before, after = CHANGES[name]
    assert answer_key(before) != answer_key(after)


def test_the_order_of_a_gaps_options_is_no_key():
    before, after = CHANGES["gaps"]
    assert answer_key(before) == answer_key(after)


def test_only_questions_of_both_revisions_are_rekeyed():
    before = read_unit(unit(*[{**kind, "key": f"c{n}", "objective": "muc-tieu"} for n, kind in enumerate(KINDS)]))
    data = unit(*[{**kind, "key": f"c{n}", "objective": "muc-tieu"} for n, kind in enumerate(KINDS)], case(*KINDS[:2]))
    data["questions"][0] = {**data["questions"][0], "options": options("abc", "b")}
    assert rekeyed(before, read_unit(data)) == {"c0"}
    assert rekeyed(read_unit(data), read_unit(data)) == frozenset()


answers = st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["a", "b", "c", "d", "lạ"]))


@given(answers, st.sets(st.sampled_from(["x", "y"])), st.sets(st.sampled_from(["x", "y"])))
def test_nobody_is_lowered_and_what_is_granted_is_whole(given_answers, corrected, granted):
    asked = {"x": SINGLE, "y": SINGLE}
    again = remark(list(asked), given_answers, asked, dict.fromkeys(corrected, OTHER), granted)
    before = sum(grade(SINGLE, given_answers.get(key)) for key in asked)
    assert again.score.earned >= before
    assert again.score.earned >= again.strict.earned
    assert again.score.earned >= 100 * len(granted)
    if not corrected and not granted:
        assert again.score.earned == again.strict.earned == before


def test_of_two_keys_the_better_counts():
    asked = {"x": SINGLE, "y": SINGLE}
    again = remark(["x", "y"], {"x": "b", "y": "c"}, asked, {"x": OTHER, "y": OTHER})
    assert again.score.earned == 200  # b was right, c is right
    assert again.strict.earned == 100


def test_an_answer_that_the_new_question_does_not_offer_keeps_its_mark():
    fewer = question("single", options=options("ac", "c"))
    assert remark(["x"], {"x": "b"}, {"x": SINGLE}, {"x": fewer}).score.earned == 100
    assert remark(["x"], {}, {"x": SINGLE}, {"x": fewer}).score.earned == 0
