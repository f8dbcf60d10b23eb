"""Texts typed for fonts of TCVN3 and VNI: told, turned into Unicode, and what is in Unicode already left as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain import old_fonts
from quizapp.domain.vietnamese import nfc

MOTTO = "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập - tự do - hạnh phúc."
DUTY = "Cán bộ, đảng viên phải tận tụy với công việc, không nhận quà tặng trái quy định."
TEXT = f"{MOTTO}\n{DUTY}"


@pytest.mark.parametrize("font", old_fonts.NAMES)
def test_a_text_in_glyphs_is_told_with_its_font_and_comes_back(font):
    glyphs = old_fonts.back(TEXT, font)
    assert old_fonts.in_glyphs(glyphs)
    assert old_fonts.suspected(glyphs) == font
    assert old_fonts.mended(glyphs, font).lower() == TEXT.lower()
    assert not old_fonts.in_glyphs(TEXT)
    assert old_fonts.suspected(TEXT) is None


@pytest.mark.parametrize("text", ["§ 5 · 20°C", "", "plain ASCII", "Qu'est-ce que c'est, l'été à Noël?"])
def test_a_text_that_needs_no_font_is_left_alone(text):
    assert not old_fonts.in_glyphs(text)
    assert old_fonts.suspected(text) is None


@pytest.mark.parametrize("font", old_fonts.NAMES)
def test_lines_and_words_that_are_in_unicode_already_stay(font):
    half = f"{DUTY}\n{old_fonts.back(MOTTO.lower(), font)}"
    assert old_fonts.mended(half, font) == f"{DUTY}\n{MOTTO.lower()}"
    mixed = f"Nghị định đã nêu: {old_fonts.back('phải tận tụy', font)}"
    assert old_fonts.mended(mixed, font).startswith("Nghị định đã nêu: ph")
    assert "tận" in old_fonts.mended(mixed, font)


@pytest.mark.parametrize("font", old_fonts.NAMES)
@given(text=st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọ \n.,0123456789", max_size=60))
def test_a_text_in_unicode_with_its_own_letters_is_never_changed(font, text):
    told = nfc("\n".join(f"đ {line}" for line in text.split("\n")))
    assert old_fonts.mended(told, font) == told
