"""Quotations: what stands in the text matches, what does not is shown letter by letter at the nearest place."""

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shipped import shipped

from quizapp.domain.quoting import MOST_LETTERS, Differs, Matches, check, plain


def _real_words():
    """All summaries of the library as one long text: real Vietnamese, with real repetitions."""
    provisions = (one for document in shipped().documents.values() for one in document.walk())
    return "\n\n".join(f"{one.label}. {one.summary}" for one in provisions)


TEXT = _real_words()
PLAIN = plain(TEXT)
WORDS = PLAIN.split()
RULE = """Điều 3. Cần, kiệm, liêm, chính
1. Cán bộ, đảng viên phải tận tụy với công việc; giữ kỷ luật, kỷ cương.
2. Không tham ô, lãng phí, không nhận quà tặng trái quy định.
3. Trung thực, thẳng thắn… và chịu trách nhiệm trước Nhân dân."""


def changed(found):
    return [(one.quoted, one.original) for one in found.pieces if not one.same]


@pytest.mark.parametrize(
    "quote",
    [
        "Không tham ô, lãng phí",
        "Cần,  kiệm,\n liêm,\tchính 1. Cán bộ",
        "giữ kỷ\xa0luật, kỷ cương.",
        unicodedata.normalize("NFD", "tận tụy với công việc"),
        "tận\u200b tụy",
        "ận tụ",
        "thẳng thắn… và chịu",
    ],
)
def test_what_stands_in_the_text_matches_whatever_the_spaces_and_the_form_of_letters(quote):
    found = check(quote, RULE)
    assert isinstance(found, Matches)
    assert not found.shortened
    (begin, end) = found.spans[0]
    assert plain(RULE)[begin:end] == plain(quote)


@pytest.mark.parametrize("mark", ["…", "[…]", "[...]", "(…)", "...", " [ … ] "])
def test_marks_of_omission_leave_out_anything_but_keep_the_order(mark):
    found = check(f"Cán bộ, đảng viên{mark}không nhận quà tặng", RULE)
    assert isinstance(found, Matches)
    assert found.shortened
    assert isinstance(check(f"{mark}không nhận quà tặng{mark}", RULE), Matches)
    back = check(f"không nhận quà tặng{mark}Cán bộ, đảng viên phải", RULE)
    assert isinstance(back, Differs)
    assert back.order
    assert back.letters == 0


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ("Không tham ô, lảng phí", [("ả", "ã")]),
        ("không nhận quà tặng trái qui định.", [("i", "y")]),
        ("Cán bộ và đảng viên phải tận tụy", [(" và", ",")]),
        ("phải rất tận tụy với công việc", [(" rất", "")]),
        ("phải tận tụy công việc; giữ kỷ luật", [("", " với")]),
        ("Trung thực, ... và chịu trách nhiệm trước nhân dân.", [("n", "N")]),
        ("Không nhận quà tặng trái quy định", [("K", "k")]),
    ],
)
def test_the_letters_that_differ_are_shown_at_the_nearest_place(quote, told):
    found = check(quote, RULE)
    assert isinstance(found, Differs)
    assert found.found
    assert changed(found) == told
    assert "".join(one.quoted for one in found.pieces) == plain(quote)


def test_what_is_nowhere_near_is_said_so():
    found = check("Người nộp thuế kê khai trước ngày hai mươi hằng tháng", RULE)
    assert isinstance(found, Differs)
    assert not found.found


@pytest.mark.parametrize("quote", ["", "  \n", "…", "“ ”", "a" * (MOST_LETTERS + 1)])
def test_a_quotation_that_says_nothing_or_never_ends_is_refused(quote):
    with pytest.raises(ValueError):
        check(quote, RULE)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(TEXT) - 2), st.integers(1, 400))
def test_any_part_of_the_text_matches(begin, length):
    quote = TEXT[begin : begin + length]
    assume(any(c.isalnum() for c in quote))
    assert isinstance(check(quote, TEXT), Matches)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WORDS) - 9), st.integers(9, 200), st.data())
def test_one_changed_letter_is_found_and_shown(begin, length, data):
    part = " ".join(WORDS[begin : begin + length])
    letters = [n for n, c in enumerate(part) if c.isalnum()]
    at = data.draw(st.sampled_from(letters))
    other = data.draw(st.sampled_from([c for c in "aâẫbdđêơưxyzAĐ7" if c != part[at]]))
    quote = part[:at] + other + part[at + 1 :]
    assume(quote not in PLAIN)
    assume(PLAIN.count(max(part[:at], part[at + 1 :], key=len)) == 1)  # of a stock phrase any place is as near
    found = check(quote, TEXT)
    assert isinstance(found, Differs)
    assert found.found
    assert "".join(one.quoted for one in found.pieces) == quote
    original = "".join(one.original for one in found.pieces)
    assert original in PLAIN or "…" in part
    assert found.letters <= 3
    assert any(other in one.quoted or part[at] in one.original for one in found.pieces if not one.same)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=300))
def test_nothing_breaks_it(quote, text):
    try:
        found = check(quote, text)
    except ValueError:
        return
    if isinstance(found, Differs):
        assert "".join(one.quoted for one in found.pieces) == plain(quote)
        assert found.letters > 0 or found.order
    else:
        assert all(begin < end for begin, end in found.spans)
