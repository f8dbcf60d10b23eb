"""Các định dạng câu hỏi: name -> what it is called, its files, and the module that reads and writes it."""

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from quizapp.courses.exchange.pictures import bounded
from quizapp.domain.interchange import Lost, Offered, alone, size


@dataclass(frozen=True)
class Format:
    """Một định dạng. ``ends``: of the files that it is read from, the first is what it is written as.

    ``written``: what it is called as a file of ours. ``cases``: a situation with several questions is "whole" in it, or
    "told" by tags of single questions, or "split" into them.
    """

    name: str
    title: str
    module: str
    ends: tuple[str, ...]
    media_type: str
    written: str
    cases: str = "whole"

    def _module(self) -> ModuleType:
        return importlib.import_module(f"quizapp.courses.exchange.{self.module}")  # only what is used is loaded

    def read(self, data: bytes, file_name: str = "", encoding: str | None = None) -> list[Offered]:
        """The questions of a file; `Unreadable` where it is not that format."""
        with bounded():
            found: list[Offered] = self._module().read(data, file_name, encoding)
        return found

    def write(self, items: Sequence[Offered]) -> bytes:
        """The questions as a file."""
        written: bytes = self._module().write(items)
        return written

    def lost(self, item: Offered) -> Iterator[Lost]:
        """What it cannot hold of a question: all of it, or some."""
        parts = [item] if self.cases == "whole" else list(alone(item))
        if self.cases == "split" and item.kind == "case":
            told = f"tình huống được tách thành {len(parts)} câu, câu nào cũng kèm phần tình huống"
            yield Lost(name=item.id or item.title, why=told)
        module = self._module()
        for part in parts:
            name = part.id or part.title
            if why := module.unwritable(part):
                yield Lost(name=name, why=why, gone=size(part))
            elif losses := module.losses(part):
                yield Lost(name=name, why="; ".join(losses))


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    one.name: one
    for one in (
        Format("xlsx", "Excel", "sheet", (".xlsx", ".xls", ".ods", ".csv"), f"{_OFFICE}.spreadsheetml.sheet", "Excel"),
        Format("docx", "Word", "word", (".docx",), f"{_OFFICE}.wordprocessingml.document", "Word"),
        Format("gift", "GIFT", "gift", (".gift", ".txt"), "text/plain", "GIFT", "told"),
        Format("aiken", "Aiken", "aiken", (".txt",), "text/plain", "Aiken", "split"),
        Format("moodle", "Moodle XML", "moodle_xml", (".xml",), "application/xml", "Moodle XML"),
        Format("qti", "QTI 2.1, 2.2, 3.0", "qti", (".zip", ".xml"), "application/zip", "Gói QTI 2.2"),
    )
}
