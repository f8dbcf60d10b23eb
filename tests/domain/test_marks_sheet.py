"""A sheet of marks of a paper test: what it may look like, and every problem with its line."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.marks_sheet import BadMarks, Marks, read_marks

GOOD = Marks((1, 2), (Fraction(1), Fraction(5, 2)), ((Fraction(1), Fraction(2)), (Fraction(0), Fraction(1, 2))))


@pytest.mark.parametrize(
    "text",
    [
        "attempt,1/1,2/2.5\na,1,2\nb,,0.5\n",
        "attempt,1/1,2/2.5\r\na,1,2\r\n\r\nb,,0.5",
        'Attempt, 1 / 1 ,"2/2.5"\n"a",1.0,2\n b ,0,0.50\n',
        "attempt;1/1;2/2,5\na;1;2\nb;;0,5\n",
        "\n\nattempt,1/1,2/2.5\na,1,2\n,,\nb,,0.5\n",
    ],
)
def test_a_sheet_is_read_as_people_write_it(text):
    assert read_marks(text) == GOOD


def test_a_slot_may_have_a_name_and_points_may_be_taken_away():
    found = read_marks("attempt,6.14/1,Câu 2/1\na,-0.25,1\n")
    assert (found.slots, found.rows[0][0]) == (("6.14", "Câu 2"), Fraction(-1, 4))


def test_a_sheet_without_attempts_is_one():
    assert read_marks("attempt,1/1\n").rows == ()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "tiêu đề phải là"),
        ("a,1,2\n", 1, "tiêu đề phải là"),
        ("attempt\nx\n", 1, "tiêu đề phải là"),
        ("attempt,1,2/1\na,1,1\n", 1, "cột 2 là “1”"),
        ("attempt,1/x\na,1\n", 1, "cột 2 là “1/x”"),
        ("attempt,1/-1\na,1\n", 1, "cột 2"),
        ("attempt,1/1,1/1\na,1,1\n", 1, "câu 1 có hai cột"),
        ("attempt,1/1\na,1\nb,x\n", 3, "câu 1: “x” không phải là điểm"),
        ("attempt,1/1\na,1\nb,nan\n", 3, "không phải là điểm"),
        ("attempt,1/1\na,1e3\n", 2, "không phải là điểm"),
        ("attempt,1/1\na,2\n", 2, "điểm 2 lớn hơn điểm cao nhất, 1"),
        ("attempt,1/1\na,-2\n", 2, "lớn hơn điểm cao nhất"),
        ("attempt,1/1,2/1\na,1\n", 2, "có 2 ô, tiêu đề có 3 cột"),
        ("attempt,1/1\na,1,1\n", 2, "có 3 ô, tiêu đề có 2 cột"),
        ("attempt,1/1\n,1\n", 2, "thiếu mã lượt"),
        ("attempt,1/1\na,1\n\na,1\n", 4, "lượt “a” trùng với dòng 2"),
        ('attempt,1/1\na,"1\n', 2, "dấu ngoặc kép"),
        ("attempt,1/1\na,\0\n", 2, "không phải CSV"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, line, said):
    with pytest.raises(BadMarks) as bad:
        read_marks(text)
    assert [problem.line for problem in bad.value.problems] == [line], bad.value
    assert said in str(bad.value)


def test_every_problem_is_told_at_once():
    with pytest.raises(BadMarks) as bad:
        read_marks("attempt,1/1,2/1\na,x,5\nb,1,1\na,1\n")
    assert [problem.line for problem in bad.value.problems] == [2, 2, 4, 4]


@given(text=st.text(max_size=60) | st.text(alphabet='attemp,1/2.;"\n\r', max_size=60))
def test_any_text_is_a_sheet_or_bad_marks(text):
    with suppress(BadMarks):
        found = read_marks(text)
        assert all(len(row) == len(found.slots) for row in found.rows)


@given(marks=st.lists(st.lists(st.decimals(0, 4, places=2), min_size=3, max_size=3), max_size=6))
def test_what_is_written_is_read(marks):
    lines = [f"l{n}," + ",".join(str(mark) for mark in row) for n, row in enumerate(marks)]
    found = read_marks("\n".join(["attempt,1/4,2/4,3/4", *lines]))
    assert [list(row) for row in found.rows] == [[Fraction(mark) for mark in row] for row in marks]
