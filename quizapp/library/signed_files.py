"""Tệp bản chính thức: seeing that a file is the PDF or DOCX it says it is, and reading its text, within bounds."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quizapp.domain import official, old_fonts
from quizapp.web.refused import Refused

MOST_BYTES = 25 * 1024 * 1024
TYPES = ".pdf,.docx"
SECONDS = 30
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PROGRAM = Path(__file__).with_name("file_program.py")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

SENTENCES = {
    "broken": "Tệp bị hỏng nên không mở được. Đồng chí tải lại từ nơi phát hành, hoặc lưu lại rồi gửi.",
    "password": "Tệp có mật khẩu hoặc được mã hóa. Bỏ mật khẩu, lưu lại rồi gửi.",
    "active": "Tệp có mã lệnh hoặc tệp khác gắn bên trong, có thể gây hại nên không được nhận. Đồng chí gửi bản sạch.",
    "macros": "Tệp Word có macro nên không được nhận. Mở bằng Word, lưu lại dạng .docx không có macro rồi gửi.",
    "large": "Tệp bung ra quá lớn nên không được đọc. Đồng chí gửi bản gọn hơn.",
    "pages": "Tệp PDF không có trang nào, hoặc quá 800 trang.",
    "slow": "Đọc tệp mất quá nhiều thời gian nên đã dừng. Đồng chí gửi bản khác, hoặc in lại thành PDF rồi gửi.",
}
SCANNED = (
    "Tệp PDF là bản quét ảnh, không có lớp chữ để lấy. Tệp vẫn được giữ để tải về; toàn văn thì dán từ bản có chữ, "
    "rồi đọc lại theo bản ký."
)
CONVERTED = (
    "Chữ trong tệp gõ bằng phông cũ {0}, vừa được chuyển sang Unicode. Đồng chí đọc lại kỹ theo bản ký, nhất là chữ in hoa: "
    "phông chữ hoa (như .VnTimeH) chuyển ra thành chữ thường."
)
OLD_FONTS = (
    "Chữ gõ bằng phông cũ, chưa phải Unicode. Bấm “Chuyển từ TCVN3” hoặc “Chuyển từ VNI” dưới cùng, rồi đọc lại kỹ "
    "theo bản ký."
)
BROKEN_LETTERS = "Phông chữ của tệp không cho biết các chữ là gì nên không lấy được. Dán toàn văn từ một bản khác."
NO_MARKS = "Chữ lấy từ tệp hầu như không có dấu. Đồng chí kiểm tra kỹ, hoặc dán từ bản có dấu."
NUMBERED = "Tệp Word đánh số tự động ở {0} đoạn; các số ấy không nằm trong chữ lấy ra. Đồng chí gõ lại số điều, khoản còn thiếu."


@dataclass(frozen=True)
class Read:
    """A file that is what it says: its type, its text ("" where none can be taken) and what is to be told about that."""

    media_type: str
    text: str
    told: tuple[str, ...] = ()


def read(data: bytes, name: str) -> Read:
    """The file as it is; Refused for what is neither a PDF nor a DOCX, or may do harm. Takes up to half a minute."""
    kind = _kind(data, name)
    found = _run(kind, data)
    if "refused" in found:
        raise Refused(SENTENCES[found["refused"]])
    pieces = found["pages"] if kind == "pdf" else found["paragraphs"]
    font = old_fonts.suspected("\n".join(pieces))
    if font:  # before lines are joined: only then is seen where an article begins
        pieces = [old_fonts.mended(piece, font) for piece in pieces]
    if old_fonts.in_glyphs("\n".join(pieces)):  # of a font that nobody can tell yet: not a glyph may go
        return Read(PDF if kind == "pdf" else DOCX, "\n".join(pieces), (OLD_FONTS,))
    text = official.joined(pieces) if kind == "pdf" else official.tidy("\n".join(pieces))
    told = list(_problems(kind, text))
    kept = "" if told and told[0] != NO_MARKS else text
    if kept and font:
        told.append(CONVERTED.format(old_fonts.NAMES[font]))
    if kept and found.get("numbered"):
        told.append(NUMBERED.format(found["numbered"]))
    return Read(PDF if kind == "pdf" else DOCX, kept, tuple(told))


def _kind(data: bytes, name: str) -> str:
    if not data:
        raise Refused("Tệp trống. Đồng chí chọn lại tệp.")
    if len(data) > MOST_BYTES:
        raise Refused(f"Tệp lớn hơn {MOST_BYTES // 1024 // 1024} MB. Đồng chí gửi bản gọn hơn.")
    ending = name.lower().rpartition(".")[2]
    if data.startswith(_OLE):
        raise Refused("Tệp Word đời cũ (.doc) hoặc tệp có mật khẩu. Mở bằng Word, lưu lại dạng .docx rồi gửi.")
    if b"%PDF-" in data[:1024] and ending == "pdf":
        return "pdf"
    if data.startswith(_ZIP) and ending == "docx":
        return "docx"
    if ending in ("docm", "dotm"):
        raise Refused(SENTENCES["macros"])
    if ending in ("pdf", "docx"):
        raise Refused(f"“{name}” không phải tệp {ending.upper()} thật: nội dung khác với tên tệp.")
    raise Refused(f"“{name}” không nhận được. Nhận tệp PDF hoặc Word (.docx).")


def _run(kind: str, data: bytes) -> dict[str, Any]:
    command = [sys.executable, "-I", str(_PROGRAM), kind]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603 - our own
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):  # out of time, or ended by one of its limits
        return {"refused": "slow"}
    return found if isinstance(found, dict) else {"refused": "broken"}


def _problems(kind: str, text: str) -> Iterator[str]:
    if official.broken_letters(text):
        yield BROKEN_LETTERS
    elif len(text) < official.LEAST_LETTERS:
        yield SCANNED if kind == "pdf" else "Tệp Word hầu như không có chữ."
    elif official.without_marks(text):
        yield NO_MARKS
