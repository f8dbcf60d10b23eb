"""Các định dạng câu hỏi: name -> what it is called, its files, and the module that reads and writes it."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from quizapp.domain.interchange import Offered


@dataclass(frozen=True)
class Format:
    """Một định dạng. ``ends``: of the files that it is read from, the first is what it is written as."""

    name: str
    title: str
    module: str
    ends: tuple[str, ...]
    media_type: str

    def _module(self) -> ModuleType:
        return importlib.import_module(f"quizapp.courses.exchange.{self.module}")  # only what is used is loaded

    def read(self, data: bytes, file_name: str = "", encoding: str | None = None) -> list[Offered]:
        """The questions of a file; `Unreadable` where it is not that format."""
        found: list[Offered] = self._module().read(data, file_name, encoding)
        return found

    def write(self, items: Sequence[Offered]) -> bytes:
        """The questions as a file."""
        written: bytes = self._module().write(items)
        return written

    def left_out(self, item: Offered) -> str | None:
        """Why the format cannot hold a question, or what of it is lost; None where it holds all."""
        module = self._module()
        for name in ("unwritable", "loss"):
            if (told := getattr(module, name, None)) and (why := told(item)):
                return str(why)
        return None


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    one.name: one
    for one in (
        Format("xlsx", "Excel", "sheet", (".xlsx", ".xls", ".ods", ".csv"), f"{_OFFICE}.spreadsheetml.sheet"),
        Format("docx", "Word", "word", (".docx",), f"{_OFFICE}.wordprocessingml.document"),
        Format("gift", "GIFT", "gift", (".gift", ".txt"), "text/plain"),
        Format("aiken", "Aiken", "aiken", (".txt",), "text/plain"),
        Format("moodle", "Moodle XML", "moodle_xml", (".xml",), "application/xml"),
        Format("qti", "QTI 2.1, 2.2, 3.0", "qti", (".zip", ".xml"), "application/zip"),
    )
}
