"""Vietnamese text: one form of every letter, folding for search, the order of names."""

import re
import unicodedata
from functools import lru_cache

_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng
# Old-style tone marks stand on the last vowel of oa, oe, uy ("hoà"); ours on the first ("hóa" -> "hòa").
# "qu" is a consonant: "quý", "quỹ" keep their mark.
_LATE_TONE = re.compile(r"(?<![qQ])([oO])([aAeE])([\u0300\u0301\u0303\u0309\u0323])(?![a-zA-Z\u0302\u0306\u031b])")
_LATE_TONE_UY = re.compile(r"(?<![qQ])([uU])([yY])([\u0300\u0301\u0303\u0309\u0323])(?![a-zA-Z\u0302\u0306\u031b])")
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: position for position, letter in enumerate(_LETTERS)}


class _Bare(dict[int, int | None]):
    """For `str.translate`: every character but those that combine; each is asked about once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = found = None if unicodedata.combining(chr(code)) else code
        return found


_bare = _Bare()


def nfc(text: str) -> str:
    """The one stored form of a text: composed letters (NFC)."""
    return unicodedata.normalize("NFC", text)


def is_nfc(text: str) -> bool:
    """Whether the text is already in its stored form."""
    return unicodedata.is_normalized("NFC", text)


def one_tone_style(text: str) -> str:
    """The text with tone marks on the first vowel: hoà -> hòa, thuỷ -> thủy."""
    loose = unicodedata.normalize("NFD", text)
    loose = _LATE_TONE.sub(r"\1\3\2", loose)
    loose = _LATE_TONE_UY.sub(r"\1\3\2", loose)
    return unicodedata.normalize("NFC", loose)


def fold(text: str) -> str:
    """For search and comparison: lower case, no diacritics, đ as d, one space between words."""
    if text.isascii():
        return " ".join(text.lower().split())
    loose = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join(loose.translate(_bare).split())


def slug(text: str) -> str:
    """For codes and file names: folded, everything that is no letter or digit a hyphen; "" where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


@lru_cache(maxsize=4096)  # mostly asked about the texts of a few questions
def plain(text: str) -> str:
    """For comparing typed answers: case and spaces folded, one tone style, diacritics kept."""
    return " ".join(one_tone_style(text.casefold()).split())


def _word_key(word: str) -> str:
    letters, tones = "", ""
    for char in nfc(word.lower()):
        loose = unicodedata.normalize("NFD", char)
        if bare := nfc("".join(c for c in loose if c not in _TONES)):  # a tone may stand alone, on no letter
            letters += f"{_RANK.get(bare, min(100 + ord(bare[0]), 253)) + 1:02x}"
            tones += str(next((_TONES[c] for c in loose if c in _TONES), 0))
    return letters + "00" + tones


def sort_key(full_name: str) -> str:
    """Order of a full name: given name, then middle names, then family name; in each, letters before tones.

    A string that any database orders bytewise: two hexadecimal digits a letter, one digit a tone, so that all Hà
    stand before the first Hạ. Source: quy tắc ABC, http://vietunicode.sourceforge.net/charset/quytacABC_en.html.
    """
    words = full_name.split()
    ordered = words[-1:] + words[1:-1] + words[:1] if len(words) > 1 else words
    return "".join(_word_key(word) for word in ordered)


def initials(full_name: str) -> str:
    """Two letters for the avatar: the last middle name's and the given name's."""
    words = full_name.split()
    return "".join(word[0] for word in words[-2:]).upper()


def short_name(full_name: str) -> str:
    """The way a person is addressed: last middle name and given name."""
    words = full_name.split()
    return " ".join(words[-2:]) if len(words) > 2 else full_name
