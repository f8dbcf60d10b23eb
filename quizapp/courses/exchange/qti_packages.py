"""Gói QTI: the zip with imsmanifest.xml; addresses in it are followed inside the zip alone, never on a disk."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quizapp.courses.exchange.bounds import open_zip
from quizapp.courses.exchange.qti_source import beside, parsed
from quizapp.courses.exchange.texts import clean
from quizapp.courses.exchange.xml_source import Node
from quizapp.domain.interchange import Unreadable

MANIFEST = "imsmanifest.xml"
_ITEMS = re.compile(r"imsqti_item_xmlv(2|3)p")
_OLD = re.compile(r"imsqti_xmlv1p|imsqti_xmlv1p2|question-bank", re.IGNORECASE)


@dataclass
class Resource:
    """An item of the package: where it lies, what the manifest and its test say about it."""

    path: str
    tags: list[str] = field(default_factory=list)
    category: str | None = None

    @property
    def about(self) -> dict[str, Any]:
        return {"tags": self.tags, "category": self.category}


class Package:
    """The files of a zip by their path."""

    def __init__(self, data: bytes) -> None:
        self.archive = open_zip(data)
        self.parts: dict[str, zipfile.ZipInfo] = {}
        for part in self.archive.infolist():
            path = beside("", part.filename)
            if path and not path.startswith("..") and not part.is_dir():
                self.parts.setdefault(path, part)
        found = sorted(
            (path for path in self.parts if posixpath.basename(path) == MANIFEST), key=lambda path: path.count("/")
        )
        self.root = posixpath.dirname(found[0]) if found else ""
        self.manifest = self._manifest(found[0]) if found else None

    def _manifest(self, path: str) -> Node:
        root = parsed(self.file(path) or b"")
        if root is None or root.name != "manifest":
            raise Unreadable(f"Gói QTI có {MANIFEST} không đọc được. Xuất lại gói từ phần mềm đã tạo ra nó.")
        return root

    def file(self, path: str) -> bytes | None:
        """The bytes of a file of the package; None where it has none of that path."""
        part = self.parts.get(path) if path and not path.startswith("..") else None
        return None if part is None else self.archive.read(part)

    def items(self) -> list[Resource]:
        """The items in the order of the manifest; without a manifest every item in the zip."""
        if self.manifest is None:
            return [Resource(path) for path in sorted(self.parts) if path.lower().endswith(".xml")]
        resources = self.manifest.find("resource")
        found = [
            Resource(self._place(one.get("href")), _keywords(one), _category(one))
            for one in resources
            if _ITEMS.match(one.get("type")) and one.get("href")
        ]
        if not found and any(_OLD.search(one.get("type")) for one in resources):
            raise Unreadable("Gói này là QTI 1.2, chỉ đọc được QTI 2.1, 2.2 và 3.0. Chọn bản QTI mới hơn khi xuất.")
        if not found:
            xml = [one for one in resources if one.get("href").lower().endswith(".xml")]
            found = [Resource(self._place(one.get("href")), _keywords(one), _category(one)) for one in xml]
        self._sort_into_sections(found, resources)
        return found

    def _place(self, href: str) -> str:
        return beside(posixpath.join(self.root, MANIFEST), href)

    def _sort_into_sections(self, found: list[Resource], resources: list[Node]) -> None:
        """The sections of a test name the categories of those items that have none."""
        sections: dict[str, str] = {}
        for one in resources:
            path = self._place(one.get("href"))
            if "test_xmlv" in one.get("type") and (root := parsed(self.file(path) or b"")) is not None:
                sections |= dict(_sections(root, path, ()))
        for resource in found:
            resource.category = resource.category or sections.get(resource.path)

    @property
    def tests(self) -> list[str]:
        """The tests that lie in the package."""
        resources = self.manifest.find("resource") if self.manifest else []
        return [one.get("href") for one in resources if "qti_test_xmlv" in one.get("type")]


def _sections(node: Node, path: str, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for child in node.elements:
        if child.name == "assessmentItemRef" and above:
            yield beside(path, child.get("href")), "/".join(above)
        else:
            title = clean(child.get("title")).replace("/", "//").strip() if child.name == "assessmentSection" else ""
            yield from _sections(child, path, (*above, title) if title else above)


def _strings(node: Node) -> str:
    """The first of the languages in which a field is given."""
    return next((" ".join(one.text.split()) for one in node.find("string", "langstring") if one.text.strip()), "")


def _keywords(resource: Node) -> list[str]:
    return [word for one in resource.find("keyword") if (word := clean(_strings(one)))]


def _category(resource: Node) -> str | None:
    paths = resource.find("taxonPath", "taxonpath")
    levels = [clean(_strings(taxon)) for taxon in paths[0].find("taxon")] if paths else []
    return "/".join(level for level in levels if level) or None
