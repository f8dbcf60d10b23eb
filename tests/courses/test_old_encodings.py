"""Bảng mã cũ: every letter of TCVN3 and VNI, small and capital, against tables written out here, not derived."""

import pytest

from quizapp.courses.exchange import encoding

# TCVN 5712:1993 (TCVN3, fonts .Vn*): byte -> letter. It has seven capitals; all others come from a font of capitals.
TCVN3 = """
A8 ă A9 â AA ê AB ô AC ơ AD ư AE đ A1 Ă A2 Â A3 Ê A4 Ô A5 Ơ A6 Ư A7 Đ
B5 à B6 ả B7 ã B8 á B9 ạ BB ằ BC ẳ BD ẵ BE ắ C6 ặ C7 ầ C8 ẩ C9 ẫ CA ấ CB ậ
CC è CE ẻ CF ẽ D0 é D1 ẹ D2 ề D3 ể D4 ễ D5 ế D6 ệ D7 ì D8 ỉ DC ĩ DD í DE ị
DF ò E1 ỏ E2 õ E3 ó E4 ọ E5 ồ E6 ổ E7 ỗ E8 ố E9 ộ EA ờ EB ở EC ỡ ED ớ EE ợ
EF ù F1 ủ F2 ũ F3 ú F4 ụ F5 ừ F6 ử F7 ữ F8 ứ F9 ự FA ỳ FB ỷ FC ỹ FD ý FE ỵ
"""
# VNI-Windows (fonts VNI-*): what is typed for each small letter; capitals are the capitals of both.
VNI = """
aù á aø à aû ả aõ ã aï ạ aê ă aé ắ aè ằ aú ẳ aü ẵ aë ặ aâ â aá ấ aà ầ aå ẩ aã ẫ aä ậ ñ đ
eù é eø è eû ẻ eõ ẽ eï ẹ eâ ê eá ế eà ề eå ể eã ễ eä ệ í í ì ì æ ỉ ó ĩ ò ị
où ó oø ò oû ỏ oõ õ oï ọ oâ ô oá ố oà ồ oå ổ oã ỗ oä ộ ô ơ ôù ớ ôø ờ ôû ở ôõ ỡ ôï ợ
uù ú uø ù uû ủ uõ ũ uï ụ ö ư öù ứ öø ừ öû ử öõ ữ öï ự yù ý yø ỳ yû ỷ yõ ỹ î ỵ
"""
LETTERS = set("áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵ")


def pairs(table):
    words = table.split()
    return list(zip(words[::2], words[1::2], strict=True))


def test_the_tables_here_are_whole():
    small = {letter for _, letter in pairs(TCVN3) if letter.islower()}
    assert small == {letter for _, letter in pairs(VNI)} == LETTERS
    assert {letter for _, letter in pairs(TCVN3)} - small == set("ĂÂÊÔƠƯĐ")


@pytest.mark.parametrize(("code", "letter"), pairs(TCVN3))
def test_every_letter_of_tcvn3(code, letter):
    assert encoding.convert(bytes.fromhex(code).decode("latin-1"), "tcvn3") == letter


@pytest.mark.parametrize(("code", "letter"), pairs(VNI))
def test_every_letter_of_vni_in_both_cases(code, letter):
    assert encoding.convert(code, "vni") == letter
    assert encoding.convert(code.upper(), "vni") == letter.upper()
    assert encoding.convert(f"x{code}ng {code}", "vni") == f"x{letter}ng {letter}"


@pytest.mark.parametrize(
    ("name", "glyphs", "text"),
    [
        ("tcvn3", "§¶ng viªn kh«ng ®\xad\xeec tham nhòng", "Đảng viên không được tham nhũng"),
        ("vni", "Ñaûng vieân khoâng ñöôïc tham nhuõng, QUY ÑÒNH", "Đảng viên không được tham nhũng, QUY ĐỊNH"),
    ],
)
def test_sentences_of_both(name, glyphs, text):
    assert encoding.convert(glyphs, name) == text
    assert encoding.suspected(glyphs * 3) == name
