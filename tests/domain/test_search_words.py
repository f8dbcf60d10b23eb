"""Search: the words of a text, and marking in its own letters what was looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.search import MOST_WORDS, Query, bare_words, line, words
from quizapp.domain.vietnamese import nfc

texts = st.text("aáàăâdđeêoòơuư HQĐ0127/.-–“%_ \n\u0301\u0300", max_size=60).map(nfc)


@pytest.mark.parametrize(
    ("text", "exact", "bare"),
    [
        ("Đảng viên", ["đảng", "viên"], ["dang", "vien"]),
        ("hoà, HÒA", ["hòa", "hòa"], ["hoa", "hoa"]),
        ("10/CT-TTg", ["10", "ct", "ttg"], ["10", "ct", "ttg"]),
        ("QĐ144", ["qđ", "144"], ["qd", "144"]),
        ("100% _ | \\ '", ["100"], ["100"]),
        ("", [], []),
    ],
)
def test_words_are_letters_or_digits_in_one_tone_style(text, exact, bare):
    assert (words(text), bare_words(text)) == (exact, bare)


def test_a_stored_line_keeps_the_heading_apart():
    assert line(["quy", "dinh"], ["mot"]) == " quy dinh | mot "


def marked(typed, text):
    return "".join(f"[{piece}]" if hit else piece for piece, hit in Query.read(typed).marks(text).pieces(text))


@pytest.mark.parametrize(
    ("typed", "text", "shown"),
    [
        ("dang vien", "Cán bộ, Đảng viên và dâng hoa", "Cán bộ, [Đảng viên] và [dâng] hoa"),
        ("đảng", "Đảng đang dâng hoa", "[Đảng] đang dâng hoa"),  # as typed, where it stands there
        ("đảng", "đang dâng hoa", "[đang] [dâng] hoa".replace("] [", " ")),
        ("hòa giải", "Hoà giải ở cơ sở", "[Hoà giải] ở cơ sở"),
        ("10/ct-ttg", "Chỉ thị 10/CT-TTg, điều 10.", "Chỉ thị [10/CT-TTg], điều [10]."),
        ("qd 144", "Quy định 144-QĐ/TW", "Quy định [144-QĐ]/TW"),
        ("an", "Tỉnh An Giang, cán bộ", "Tỉnh [An] Giang, cán bộ"),  # whole words
        ("%", "100%", "100%"),
    ],
)
def test_the_words_are_marked_in_the_original_letters(typed, text, shown):
    assert marked(typed, text) == shown


@given(texts, texts)
def test_marking_changes_no_letter_and_marks_only_what_was_typed(typed, text):
    query = Query.read(typed)
    pieces = list(query.marks(text).pieces(text))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    for piece, hit in pieces:
        assert not hit or set(bare_words(piece)) <= set(query.bare)


@given(texts, texts, st.integers(1, 8))
def test_an_excerpt_is_a_part_of_the_text_with_a_marked_word_if_there_is_one(typed, text, length):
    marks = Query.read(typed).marks(text)
    shown = marks.excerpt(text, length)
    assert shown.removeprefix("… ").removesuffix(" …") in text
    assert len(shown.split()) <= length + 2 or shown == text
    if any(hit for _, hit in marks.pieces(text)):
        assert any(hit for _, hit in marks.pieces(shown))


def test_an_excerpt_says_where_something_is_left_out():
    text = " ".join(f"từ{n}" for n in range(100))
    assert Query.read("không").marks(text).excerpt(text, 3) == "từ0 từ1 từ2 …"
    text = text.replace("từ50", "liêm")
    assert Query.read("liem").marks(text).excerpt(text, 8).startswith("… ")
    assert Query.read("liem").marks(text).excerpt(text, 8).endswith(" …")
    assert "liêm" in Query.read("liem").marks(text).excerpt(text, 8)
    assert Query.read("liem").marks("chữ liêm").excerpt("chữ liêm", 8) == "chữ liêm"


def test_a_query_has_its_limit():
    assert len(Query.read("a " * 100).bare) == MOST_WORDS
