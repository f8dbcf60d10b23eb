"""QTI 2.1, 2.2 and 3.0: a single item or a package, read; written is a package of 2.2 (`qti_writing`)."""

from collections.abc import Iterator

from quizapp.courses.exchange.bounds import within
from quizapp.courses.exchange.encoding import decode
from quizapp.courses.exchange.qti_items import read_item
from quizapp.courses.exchange.qti_packages import MANIFEST, Package, Resource
from quizapp.courses.exchange.qti_source import as_version_2, beside, check_letters, parsed
from quizapp.courses.exchange.qti_writing import losses, unwritable, write
from quizapp.courses.exchange.xml_source import Node, parse
from quizapp.domain.interchange import Offered, Remark, Unreadable

__all__ = ["losses", "read", "unwritable", "write"]

_KIND = "assessmentItem"
_SAMPLE = 20  # items that show in which encoding all are


def read(data: bytes, name: str = "", encoding: str | None = None) -> list[Offered]:
    """The questions of a package, or of a file that is an item; `Unreadable` where it is neither."""
    if data[:4] == b"PK\x03\x04":
        found = list(within(_packaged(Package(data))))
        if not found:
            raise Unreadable("Gói này không có câu hỏi QTI nào (assessmentItem). Kiểm tra lại gói đã xuất.")
        return found
    root = as_version_2(parse(decode(data, encoding), "QTI"))
    if root.name != _KIND:
        raise Unreadable(_what_else(root))
    return [read_item(root, name.replace("\\", "/").rsplit("/", 1)[-1] or "câu 1", lambda address: None, {})]


def _what_else(root: Node) -> str:
    if root.name == "questestinterop":
        return "Tệp này là QTI 1.2, chỉ đọc được QTI 2.1, 2.2 và 3.0. Chọn bản QTI mới hơn khi xuất."
    if root.name == "quiz":
        return "Tệp không phải QTI mà là Moodle XML. Chọn lại định dạng."
    if root.name in ("manifest", "assessmentTest"):
        return "Tệp này chỉ là mục lục của một gói QTI. Gửi cả gói (tệp .zip)."
    return f"Tệp không phải QTI (không có thẻ <{_KIND}>) mà là <{root.name}>. Chọn lại định dạng."


def _packaged(package: Package) -> Iterator[Offered]:
    told = [f"Bài kiểm tra {test}: thời gian, cách rút câu không mang theo, chỉ lấy câu hỏi." for test in package.tests]
    if package.manifest is None:
        told.append(f"Gói không có {MANIFEST}: đọc mọi câu tìm thấy trong gói.")
    notes = [Remark(message=one, code="lost_field") for one in told]
    resources = package.items()
    check_letters(data for one in resources[:_SAMPLE] if (data := package.file(one.path)))
    for resource in resources:
        item = _from(package, resource)
        if item is not None:
            yield item.with_problems(notes)
            notes = []


def _from(package: Package, resource: Resource) -> Offered | None:
    place = resource.path.rsplit("/", 1)[-1] or "imsmanifest.xml"
    data = package.file(resource.path)
    root = None if data is None else parsed(data)
    if root is not None and root.name == _KIND:
        return read_item(root, place, lambda address: package.file(beside(resource.path, address)), resource.about)
    if package.manifest is None:
        return None
    if root is not None:
        told = f"Tệp {place} không phải là một câu hỏi (thẻ <{root.name}>)."
    else:
        told = f"Tệp {place} {'không có trong gói' if data is None else 'không phải XML đọc được'}."
    remark = Remark(message=told, fix="Xuất lại gói từ phần mềm đã tạo ra nó.", fatal=True, code="unreadable_item")
    return Offered(kind="description", title=place, place=place, problems=(remark,))
