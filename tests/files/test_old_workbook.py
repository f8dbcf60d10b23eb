"""Tệp .xls: its formulas are found wherever the file keeps its sheets, and a broken one harms nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from old_workbooks import compound, old_workbook
from spreadsheets import Formula

from quizapp.web import old_workbook as reading
from quizapp.web import spreadsheets

SHEETS = ("Một", [["x", "y"], [1, Formula("=1", "kq")]]), ("Trống", []), ("Hai", [[Formula("=2", "a"), "z"]])
SMALL = old_workbook(*SHEETS, padding=0)


@pytest.mark.parametrize("padding", [0, 5_000, 9_000_000])  # in small sectors, in large ones, with more than 109 tables
def test_formulas_are_found_in_every_sheet_where_they_stand(padding):
    data = old_workbook(*SHEETS, padding=padding)
    first, second = spreadsheets.read(data, "a.xls")
    assert (first.name, first.rows[1][1], first.formulas) == ("Một", "kq", frozenset({(1, 1)}))
    assert (second.name, second.rows[0], second.formulas) == ("Hai", ["a", "z"], frozenset({(0, 0)}))


@given(st.data())
def test_a_broken_file_has_no_formulas_and_breaks_nothing(data):
    broken = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(8, len(broken) - 1))] = data.draw(st.sampled_from([0, 1, 2, 0xFE, 0xFF]))
    told = reading.formulas(bytes(broken[: data.draw(st.integers(8, len(broken)))]))
    assert all(isinstance(cells, frozenset) for cells in told)


def test_another_old_file_has_none():
    assert reading.formulas(compound("WordDocument", b"x" * 9000)) == []
