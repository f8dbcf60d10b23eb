"""Aiken, in and where it can hold a question, out."""

import contextlib

import pytest
from courses.offered import questions
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.courses.exchange import aiken
from quizapp.courses.exchange.texts import to_plain
from quizapp.domain.interchange import Unreadable

TWO = "Thủ đô là gì?\nA. Huế\nB. Hà Nội\nC) Đà Nẵng\nANSWER: B\n\nHai với hai?\na. bốn\nb. năm\nANSWER: a\n"


def test_questions_options_and_keys():
    first, second = aiken.read(TWO.encode("utf-8-sig"))
    assert first.text == "Thủ đô là gì?"
    assert [(option.text, option.weight) for option in first.options] == [("Huế", 0), ("Hà Nội", 100), ("Đà Nẵng", 0)]
    assert [option.weight for option in second.options] == [100, 0]
    assert (first.kind, first.problems, first.place, second.place) == ("single", (), "dòng 1", "dòng 7")


def test_windows_line_ends_utf_16_and_missing_empty_lines_are_forgiven():
    text = TWO.replace("\n\n", "\n").replace("\n", "\r\n")
    assert len(aiken.read(text.encode("utf-16"))) == 2


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("Câu một?\nA. x\nB. y\n\nCâu hai?\nA. x\nB. y\nANSWER: A", 1, "no_key"),
        ("Câu một?\nA. x\nB. y\nANSWER: D", 1, "no_key"),
        ("Câu một?\nA. x\nC. y\nANSWER: C", 3, "letters"),
        ("Câu một?\nANSWER: C\n\nCâu hai?\nA. x\nB. y\nANSWER: A", 2, "no_options"),
    ],
)
def test_problems_name_their_line(text, line, code):
    problem = aiken.read(text.encode())[0].problems[0]
    assert (problem.line, problem.code) == (line, code)


@pytest.mark.parametrize("answer", ["B", "b", "B.", "B) y", "B: y"])
def test_the_letter_of_the_answer_is_what_counts(answer):
    (item,) = aiken.read(f"Hỏi?\nA. x\nB. y\nANSWER: {answer}".encode())
    assert ([option.weight for option in item.options], item.problems) == ([0, 100], ())


def test_letters_that_touch_their_options_are_read_and_said():
    (item,) = aiken.read(b"Hai?\nA)mot\nB)hai\nANSWER: B")
    assert [(one.text, one.weight) for one in item.options] == [("mot", 0), ("hai", 100)]
    assert [(one.line, one.code, one.fatal) for one in item.problems] == [
        (2, "no_space", False),
        (3, "no_space", False),
    ]


def test_several_keys_make_a_question_with_several_right_options():
    (item,) = aiken.read(b"Hai?\nA. x\nB. y\nC. z\nANSWER: A, C")
    assert (item.kind, [option.weight for option in item.options]) == ("multiple", [50, 0, 50])


def test_a_question_of_thousands_of_options_is_cut_and_said_to_be():
    lines = "\n".join(f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[n % 26]}. x" for n in range(50_000))
    (item,) = aiken.read(f"Q\n{lines}\nANSWER: A".encode())
    assert len(item.options) <= 101
    assert "too_long" in [problem.code for problem in item.problems]


def test_what_holds_no_option_is_not_aiken():
    with pytest.raises(Unreadable):
        aiken.read(b"Just a text")


@settings(max_examples=200, deadline=None)
@given(questions())
def test_what_it_can_hold_is_read_back(item):
    if aiken.unwritable(item) is not None:
        return
    (back,) = aiken.read(aiken.write([item]))
    flat = lambda text: " ".join(to_plain(text).split())  # noqa: E731
    assert flat(back.text) == flat(item.text)
    assert [flat(one.text) for one in back.options] == [flat(one.text) for one in item.options]
    assert [one.weight == 100 for one in back.options] == [one.weight == 100 for one in item.options]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aA.B) \nANSWER:?", max_size=60))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(Unreadable):
        aiken.read(text.encode())
