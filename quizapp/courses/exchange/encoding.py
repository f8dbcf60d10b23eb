"""Bảng mã: reading the text of a file as UTF-8 or UTF-16; what is not is named, and can be converted when asked for.

TCVN3 (.VnTime …) and VNI keep Vietnamese letters where Latin-1 has others, so that their texts arrive as “C©u hái”.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from quizapp.courses.exchange.bounds import check_size
from quizapp.domain.interchange import Unreadable
from quizapp.domain.vietnamese import nfc

NAMES = {"tcvn3": "TCVN3", "vni": "VNI", "windows-1258": "Windows-1258", "windows-1252": "Windows-1252"}

_TCVN3 = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ¡¢§£¤¥¦",
        "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)


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


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a file, its line ends "\\n". ``encoding``: read it so instead, as somebody has chosen from `NAMES`."""
    check_size(data)
    if encoding is not None:
        text = convert(_latin(data), encoding)
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _strictly(data, "utf-16")
    else:
        text = _strictly(data, "utf-8-sig")
        if guess := suspected(text):
            raise _wrong(guess)
    if "\0" in text:
        raise Unreadable("Tệp không phải tệp chữ. Kiểm tra lại tệp và định dạng đã chọn.")
    return nfc(text).replace("\r\n", "\n").replace("\r", "\n")


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeError:
        if data.count(b"\0") > len(data) // 100 or codec == "utf-16":
            raise Unreadable("Tệp không phải tệp chữ. Kiểm tra lại tệp và định dạng đã chọn.") from None
        text = data.decode("latin-1")
        scores = {name: _score(convert(text, name)) for name in ("windows-1258", "tcvn3", "vni")}
        best = max(scores, key=lambda name: scores[name])
        raise _wrong(best if scores[best] > 0 else "windows-1252") from None


def _latin(data: bytes) -> str:
    """The glyphs of old fonts as Latin-1 letters: from bytes, or from a file that somebody has saved as UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _wrong(guess: str) -> Unreadable:
    told = f"Tệp không ở bảng mã Unicode (UTF-8) mà có thể ở bảng mã {NAMES[guess]}."
    return Unreadable(f"{told} Chuyển tệp sang Unicode (Unikey: Ctrl+Shift+F6), hoặc chọn chuyển mã khi đọc.", guess)


def convert(text: str, encoding: str) -> str:
    """What old glyphs mean: “C©u hái” in tcvn3, “Caâu hoûi” in vni; Windows code pages from their bytes as letters."""
    match encoding:
        case "tcvn3":
            return nfc(text.translate(_table(encoding)))
        case "vni":
            return nfc(_VNI_CODE.sub(lambda code: _VNI[code[0]], text))
        case "windows-1258" | "windows-1252":
            return _from_page(text, "cp" + encoding.removeprefix("windows-"))
    raise ValueError(encoding)


def back(text: str, encoding: str) -> str:
    """The glyphs that an old font would need for the text; what `convert` undoes."""
    codes = {letter: glyph for glyph, letter in _TCVN3.items()}
    if encoding == "vni":
        codes = {}
        for code, letter in _VNI.items():
            codes.setdefault(letter, code)
    return "".join(codes.get(letter, letter) for letter in nfc(text))


@lru_cache
def _table(encoding: str) -> Mapping[int, str]:
    return str.maketrans(_TCVN3) if encoding == "tcvn3" else {}


def _from_page(text: str, codec: str) -> str:
    """Bytes that were taken for Latin-1, read as a code page; or UTF-8 that was once taken for Windows-1252."""
    if codec == "cp1252" and (mended := _mended(text)) is not None:
        return mended
    if any(ord(letter) > 255 for letter in text):
        return nfc(text)
    return nfc(text.encode("latin-1").decode(codec, errors="replace"))


_SIGNS = re.compile("Ã[\x80-\xbf¡-¿]|á[º»]|Ä[\x80-\xbf‘’]|Æ[°¡]")  # how UTF-8 looks in Windows-1252


def _mended(text: str) -> str | None:
    if not _SIGNS.search(text):
        return None
    try:
        bytes_ = b"".join(_byte(letter) for letter in text)
        return nfc(bytes_.decode())
    except UnicodeError:
        return None


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def suspected(text: str) -> str | None:
    """The old encoding whose glyphs these may be, where the text makes more sense when converted; None for none."""
    sample = nfc(text[:20_000])
    if sample.isascii():
        return None
    now = _score(sample)
    if _SIGNS.search(sample) and (mended := _mended(sample)) is not None and _score(mended) > now:
        return "windows-1252"
    scores = {name: _score(convert(sample, name)) for name in ("tcvn3", "vni")}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.05 and scores[best] > 2 * now else None


def _score(text: str) -> float:
    """The share of words that are common Vietnamese ones with marks."""
    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    hits = sum(1 for word in words if word in _WORDS and not word.isascii())
    return hits / len(words) if words else 0.0
