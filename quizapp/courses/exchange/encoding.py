"""Bảng mã: reading the text of a file as UTF-8 or UTF-16; what is not is named, and can be converted when asked for."""

import re

from quizapp.courses.exchange.bounds import check_size
from quizapp.domain import old_fonts
from quizapp.domain.interchange import Unreadable
from quizapp.domain.old_fonts import score
from quizapp.domain.vietnamese import nfc

NAMES = {**old_fonts.NAMES, "windows-1258": "Windows-1258", "windows-1252": "Windows-1252"}


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
        scores = {name: score(convert(text, name)) for name in ("windows-1258", "tcvn3", "vni")}
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
    if encoding in old_fonts.NAMES:
        return old_fonts.convert(text, encoding)
    return _from_page(text, "cp" + encoding.removeprefix("windows-"))


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
    if _SIGNS.search(sample) and (mended := _mended(sample)) is not None and score(mended) > score(sample):
        return "windows-1252"
    return old_fonts.suspected(sample)
