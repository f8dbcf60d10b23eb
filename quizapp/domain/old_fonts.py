"""Phông cũ: what texts typed for fonts of TCVN3 (.VnTime …) or VNI mean.

Those fonts keep Vietnamese letters where Latin-1 has others, so that their texts arrive as “C©u hái” or “Caâu hoûi”.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from quizapp.domain.vietnamese import nfc

NAMES = {"tcvn3": "TCVN3", "vni": "VNI"}

_TCVN3 = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ¡¢§£¤¥¦",
        "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_TCVN3_TABLE = str.maketrans(_TCVN3)


def _vni() -> dict[str, str]:
    """Base and mark -> letter. Source: the tables of VNI-Windows fonts, as in Unikey's charset data."""
    tones = dict(zip("ùøûõï", "áàảãạ", strict=True))
    found = {"ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ"}
    rows = {"a": "áàảãạ", "e": "éèẻẽẹ", "o": "óòỏõọ", "u": "úùủũụ", "y": "ýỳỷỹ", "ô": "ớờởỡợ", "ö": "ứừửữự"}
    for base, letters in rows.items():
        found |= {base + mark: letter for mark, letter in zip(tones, letters, strict=False)}
    found |= {"a" + mark: letter for mark, letter in zip("êéèúüë", "ăắằẳẵặ", strict=True)}
    for base, letters in {"a": "âấầẩẫậ", "e": "êếềểễệ", "o": "ôốồổỗộ"}.items():
        found |= {base + mark: letter for mark, letter in zip("âáàåãä", letters, strict=True)}
    for code, letter in list(found.items()):  # capitals; people type their marks in either case
        found |= {code.upper(): letter.upper(), code[0].upper() + code[1:]: letter.upper()}
    return found


_VNI = _vni()
_VNI_CODE = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
# TCVN3 knows capitals with marks only by a font of capitals (.VnTimeH).
_WORDS = frozenset(
    "và của là có các những được không người trong một cho với đã để khi này đó từ về theo cán bộ công chức đảng viên câu "
    "hỏi đáp án đúng sai nào việc phải cơ quan đơn vị nhà nước quy định pháp luật trách nhiệm hành vi tham nhũng lãng phí "
    "phương chọn trả lời thế nếu thì bị đến trên sau trước lợi ích quyền hạn nhiệm vụ tổ bài giải thích như vào tiêu cực".split()
) - {"cho", "theo", "quan", "trong", "sai", "khi"}  # without marks they say nothing of the encoding
# What only Unicode has of Vietnamese, and what stands in no Vietnamese text.
_OURS = frozenset("ăđơưĂĐƠƯ") | {chr(code) for code in range(0x1EA0, 0x1EFA)}
_OTHERS = frozenset("äåæçëîïðñöøûüþÿßÄÅÆÇËÎÏÐÑÖØÛÜÞ§¶®¸µ·¹©¬°º»¼½¾¤¥¦¨ª«¡¢£±\xad¿×÷")
_LETTERS = _OURS | frozenset("âêôÂÊÔ")


def convert(text: str, font: str) -> str:
    """What the glyphs of a font mean: “C©u hái” in tcvn3, “Caâu hoûi” in vni."""
    if font == "tcvn3":
        return nfc(text.translate(_TCVN3_TABLE))
    return nfc(_VNI_CODE.sub(lambda code: _VNI[code[0]], text))


def back(text: str, font: str) -> str:
    """The glyphs that an old font would need for the text; what `convert` undoes."""
    codes = _codes(font)
    return "".join(codes.get(letter, letter) for letter in nfc(text))


@lru_cache
def _codes(font: str) -> Mapping[str, str]:
    codes: dict[str, str] = {}
    for code, letter in (_TCVN3 if font == "tcvn3" else _VNI).items():
        codes.setdefault(letter, code)
    return codes


def score(text: str) -> float:
    """The share of words that are common Vietnamese ones with marks."""
    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    hits = sum(1 for word in words if word in _WORDS and not word.isascii())
    return hits / len(words) if words else 0.0


def suspected(text: str) -> str | None:
    """The font whose glyphs these may be, where the text makes more sense when converted; None for none."""
    sample = nfc(text[:20_000])
    if sample.isascii():
        return None
    scores = {name: score(convert(sample, name)) for name in NAMES}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.05 and scores[best] > 2 * score(sample) else None


def in_glyphs(text: str) -> bool:
    """Whether this was typed for such fonts, whichever it was: it holds many glyphs and few letters of Unicode."""
    ours = sum(c in _LETTERS for c in text)
    others = sum(c in _OTHERS for c in text)
    return others >= 8 and others * 4 > ours


def mended(text: str, font: str) -> str:
    """The text with the glyphs of a font turned into letters, and what is in Unicode already left as it is.

    A line with letters that only Unicode has is converted word by word, any other as a whole.
    """
    return "\n".join(_line(line, font) for line in text.split("\n"))


def _line(line: str, font: str) -> str:
    if _OURS.isdisjoint(line):
        return convert(line, font)
    return re.sub(r"\S+", lambda word: _word(word[0], font), line)


def _word(word: str, font: str) -> str:
    return convert(word, font) if _OURS.isdisjoint(word) and not _OTHERS.isdisjoint(word) else word
