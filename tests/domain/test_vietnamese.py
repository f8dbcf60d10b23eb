"""Vietnamese text: folding, comparing, ordering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.vietnamese import fold, initials, is_nfc, nfc, one_tone_style, plain, short_name, sort_key

words = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạồốệữựỳýỵABĐƯ \u0301\u0323", max_size=30)


@pytest.mark.parametrize(
    ("typed", "ours"),
    [
        ("hoà", "hòa"),
        ("HOÀ", "HÒA"),
        ("thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("uỷ ban", "ủy ban"),
        ("hoà.", "hòa."),
        ("quý", "quý"),
        ("Quỹ", "Quỹ"),
        ("quả", "quả"),
        ("toàn", "toàn"),
        ("ngoài", "ngoài"),
        ("ngoặc", "ngoặc"),
        ("chuyền", "chuyền"),
        ("hòa", "hòa"),
    ],
)
def test_tone_marks_stand_on_the_first_vowel_and_only_where_styles_differ(typed, ours):
    assert one_tone_style(typed) == ours


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Đường  Thuỷ", "duong thuy"), ("  Nguyễn\tVăn Ơn ", "nguyen van on"), ("Ủy ban", "uy ban"), ("", "")],
)
def test_search_folds_case_marks_and_spaces(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("typed", "accepted", "same"),
    [
        ("  Liêm   CHÍNH ", "liêm chính", True),
        ("hoà giải", "hòa giải", True),
        ("ho\u0300a giải", "hòa giải", True),
        ("liem chinh", "liêm chính", False),
        ("liêm chinh", "liêm chính", False),
    ],
)
def test_typed_answers_are_compared_without_case_and_style_but_with_their_marks(typed, accepted, same):
    assert (plain(typed) == plain(accepted)) is same


@given(st.text())
def test_one_form_is_nfc_and_stays_as_it_is(text):
    assert is_nfc(nfc(text))
    assert is_nfc(one_tone_style(text))


@given(words)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert plain(plain(text)) == plain(text)
    assert one_tone_style(one_tone_style(text)) == one_tone_style(text)


@given(words)
def test_what_is_plainly_the_same_folds_to_the_same(text):
    assert fold(plain(text)) == fold(text)


@pytest.mark.parametrize(
    "in_order",
    [
        ["Lê An", "Lê Ăn", "Lê Ân", "Lê Ba"],
        ["Lê Dung", "Lê Đan", "Lê Em"],
        ["Lê Nga", "Lê Ngà", "Lê Ngả", "Lê Ngã", "Lê Ngá", "Lê Ngạ", "Lê Ngân"],
        ["Hải Dương", "Hưng Yên"],
        ["An", "Nguyễn An", "Nguyễn Văn An"],
        ["Trần Văn An", "Lê Thị Bình"],
        ["Lê Thị An", "Trần Thị An", "Lê Văn An"],
    ],
)
def test_names_stand_by_given_name_then_middle_then_family_name(in_order):
    keys = [sort_key(name) for name in in_order]
    assert keys == sorted(set(keys))


def test_all_of_one_given_name_stand_together():
    names = ["Trần Anh Hạ", "Nguyễn Văn Hà", "Lê Bảo Hạ", "Lê Công Hà"]
    assert sorted(names, key=sort_key) == ["Lê Công Hà", "Nguyễn Văn Hà", "Trần Anh Hạ", "Lê Bảo Hạ"]


@given(st.text(), st.text())
def test_any_name_has_a_sort_key_of_hexadecimal_digits_and_separators(one, other):
    assert set(sort_key(f"{one} {other}")) <= set("0123456789abcdef")


@given(words)
def test_the_order_knows_neither_case_nor_how_letters_were_typed(name):
    assert sort_key(name.upper()) == sort_key(name.lower()) == sort_key(nfc(name))


@pytest.mark.parametrize(
    ("name", "letters", "short"),
    [
        ("Nguyễn Thị Hồng Thắm", "HT", "Hồng Thắm"),
        ("Lê Ánh", "LÁ", "Lê Ánh"),
        ("Đức", "Đ", "Đức"),
        ("", "", ""),
    ],
)
def test_a_person_is_shown_by_the_last_two_names(name, letters, short):
    assert (initials(name), short_name(name)) == (letters, short)
