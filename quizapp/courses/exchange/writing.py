"""Xuất bộ nội dung: course, documents and units -> the files that `files.read_folder` reads, always the same bytes.

What is read back is equal to what was written, so exporting, importing and exporting again gives the same files.
"""

import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from quizapp.courses.exchange.lesson import PLAIN
from quizapp.domain.content import BankItem, Course, Document, Section, Unit
from quizapp.domain.vietnamese import slug

WIDTH = 1_000_000  # a text is one line, so that a difference shows one text
HEAD = ("key", "number", "task", "title", "minutes", "graded", "final", "why", "objectives")
_DERIVED = {"ungraded", "final"}  # of a course: its units say so
_DAYS = {"issued_on", "as_of"}
# Where a text could be read as something else than text, or looks as if it could: it stands in quotes.
_DOUBTFUL = re.compile(
    r"^[^\w“(–…]|^[\d.]|^(?:true|false|null|yes|no|on|off|y|n)$|: | #|:$|[\]\[{}\"\\,] ?$|\s$", re.IGNORECASE
)


def folder_of(unit: Unit, last: int = 0) -> str:
    """The unit's folder: units/06-ngan-chan-nhung-nhieu. The final's stands behind that of the ``last`` number."""
    number = max(unit.number, last + 1) if unit.final else unit.number
    return f"units/{number:02d}-{slug(unit.title)[:40].strip('-') or 'bai'}"


def files_of(course: Course, documents: Mapping[str, Document], units: Mapping[str, Unit]) -> dict[str, str]:
    """Every file of a course by its path, as text."""
    files = {"course.yaml": course_text(course)}
    files |= {f"library/{code}.yaml": document_text(one) for code, one in documents.items()}
    last = max((unit.number for unit in units.values() if not unit.final), default=0)
    for unit in units.values():
        files |= {f"{folder_of(unit, last)}/lesson.md": lesson_text(unit)}
        files |= {f"{folder_of(unit, last)}/questions.yaml": bank_text(unit)}
    return files


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the files below the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def course_text(course: Course) -> str:
    """course.yaml."""
    return _yaml(course.model_dump(mode="json", exclude=_DERIVED))


def document_text(document: Document) -> str:
    """library/<code>.yaml."""
    return _yaml(document.model_dump(mode="json", exclude_defaults=True))


def lesson_text(unit: Unit) -> str:
    """units/NN-slug/lesson.md."""
    return f"---\n{_yaml(head_of(unit))}---\n\n{sections_text(unit)}".rstrip("\n") + "\n"


def head_of(unit: Unit) -> dict[str, Any]:
    """The front matter's data."""
    data = unit.model_dump(mode="json")
    return {field: data[field] for field in HEAD if field != "final" or unit.final}


def sections_text(unit: Unit) -> str:
    """The lesson below its front matter."""
    return "\n".join(_section(section) for section in unit.sections)


def _section(section: Section) -> str:
    kind = "" if section.kind == PLAIN else f" .{section.kind}"
    return f"## {section.title} {{#{section.key}{kind}}}\n\n::: trich {section.cite}\n\n{section.text}\n"


def bank_text(unit: Unit) -> str:
    """units/NN-slug/questions.yaml."""
    return _yaml({"quiz": quiz_of(unit), "questions": [question_of(item) for item in unit.questions]})


def quiz_of(unit: Unit) -> dict[str, Any]:
    """The plain data of the quiz, without what goes without saying."""
    return unit.quiz.model_dump(mode="json", exclude_none=True)


def question_of(item: BankItem) -> dict[str, Any]:
    """The plain data of an item of the bank, without what goes without saying; key and kind first."""
    data = item.model_dump(mode="json", exclude_defaults=True)
    ordered = {"key": data.pop("key"), "kind": data.pop("kind")} | data
    if item.kind == "case":
        ordered["questions"] = [question_of(part) for part in item.questions]
    return ordered


def _yaml(data: Any) -> str:
    yaml = YAML(typ="rt", pure=True)
    yaml.width = WIDTH
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(_plain(data), out)
    return out.getvalue()


def _plain(data: Any, field: str = "") -> Any:
    if isinstance(data, dict):
        return {key: _plain(value, key) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    if isinstance(data, str):
        return _text(data, field)
    if isinstance(data, float) and data.is_integer():
        return int(data)
    return data


def _text(text: str, field: str) -> Any:
    """Days as days; lines as lines; what the plain style would read as something else, in quotes."""
    if field in _DAYS:
        return date.fromisoformat(text)
    if "\n" in text:
        return LiteralScalarString(text)
    return DoubleQuotedScalarString(text) if _DOUBTFUL.search(text) else text
