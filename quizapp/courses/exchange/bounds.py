"""Giới hạn của tệp câu hỏi: size, what a zip comes to, XML without entities, how many questions, how long a text."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as FastTree

from quizapp.domain.interchange import MOST_BYTES, MOST_LETTERS, MOST_QUESTIONS, Offered, Remark, Unreadable

MOST_UNZIPPED = 200 * 1024 * 1024
MOST_RATIO = 100
SMALL = 20 * 1024 * 1024  # what unpacks to less harms nobody, whatever its ratio
MOST_PARTS = 20_000
MOST_TAGS = 2_000_000  # of one XML part: 2,000 questions come to a tenth, and each element takes a hundred bytes
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20
_PLAIN = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml(?![^>]*encoding)|\?xml[^>]*encoding=[\"']utf-8|[a-zA-Z])", re.IGNORECASE
)


def check_size(data: bytes) -> None:
    """Unreadable where there is nothing, or too much."""
    if not data.strip(b"\0 \r\n\t"):
        raise Unreadable("Tệp trống. Đồng chí chọn lại tệp.")
    if len(data) > MOST_BYTES:
        raise Unreadable(f"Tệp lớn hơn {MOST_BYTES // 1024 // 1024} MB. Đồng chí chia tệp thành các phần nhỏ hơn.")


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The archive, after counting what really comes out of it, whatever its directory says."""
    check_size(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
        most = max(SMALL, min(MOST_UNZIPPED, MOST_RATIO * len(data)))
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
            raise Unreadable("Tệp nén này bung ra quá lớn nên không được đọc.")
        left = most
        for part in parts:
            with archive.open(part) as file:
                while chunk := file.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise Unreadable("Tệp nén này bung ra quá lớn nên không được đọc.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Unreadable("Tệp bị hỏng hoặc có mật khẩu. Mở tệp, bỏ mật khẩu, lưu lại rồi gửi.") from error
    except zlib.error as error:
        raise Unreadable("Tệp bị hỏng. Mở tệp, lưu lại rồi gửi.") from error
    return archive


def parse_xml(data: bytes, noun: str = "XML") -> Any:
    """The root element; Unreadable for what is not XML, and for entities and document types, which are never resolved."""
    if data.count(b"<") > MOST_TAGS:
        raise Unreadable("Tệp này bung ra quá lớn nên không được đọc. Chia tệp thành các phần nhỏ hơn.")
    try:
        if _PLAIN.match(data) and b"<!DOCTYPE" not in data and b"\0" not in data:
            return FastTree.fromstring(data)  # noqa: S314 - without a document type there are no entities
    except FastTree.ParseError:
        pass  # told below
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        return ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        told = "Tệp khai kiểu tài liệu hoặc thực thể XML (DOCTYPE, ENTITY), có thể gây hại nên không được đọc."
        raise Unreadable(told) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (0, 0))[0]
        raise Unreadable(f"Tệp không phải {noun}{f': sai cú pháp ở dòng {line}' if line else ''}.") from error


def within(items: Iterable[Offered]) -> list[Offered]:
    """The questions, with those too long said to be so; Unreadable where there are too many."""
    found: list[Offered] = []
    for item in items:
        if len(found) == MOST_QUESTIONS:
            most = f"{MOST_QUESTIONS:,}".replace(",", ".")
            raise Unreadable(f"Tệp có hơn {most} câu. Đồng chí chia tệp thành các phần nhỏ hơn.")
        found.append(_cut(item) if len(item.text) > MOST_LETTERS else item)
    return found


def _cut(item: Offered) -> Offered:
    told = f"Câu dài {len(item.text)} ký tự, nhiều nhất {MOST_LETTERS}."
    fix = "Kiểm tra dòng trống giữa các câu, hoặc rút gọn câu."
    remark = Remark(message=told, fix=fix, fatal=True, code="too_long")
    return item.model_copy(update={"text": item.text[:MOST_LETTERS], "problems": (*item.problems, remark)})
