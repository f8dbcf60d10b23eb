"""Tệp nội dung: a folder of YAML and Markdown -> course, documents and units, or every problem with its line.

course.yaml, library/<code>.yaml, units/NN-slug/{lesson.md,questions.yaml}, media/*. Values are judged by
`domain.content`; what only the files together can tell is checked in `together.py`, on plain data, so that one
mistake does not hide the next.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from quizapp.courses.exchange import INVISIBLE, FileProblem, FileProblems, Place, Source, read_yaml, together
from quizapp.courses.exchange.lesson import read_lesson
from quizapp.courses.exchange.together import COURSE
from quizapp.domain.content import (
    ContentProblems,
    Course,
    Document,
    Problem,
    Unit,
    read_course,
    read_document,
    read_unit,
)
from quizapp.domain.content import Path as DataPath
from quizapp.domain.pictures import NAME
from quizapp.files import pictures as taking
from quizapp.web.refused import Refused

__all__ = ["Contents", "FileProblem", "FileProblems", "Place", "read_folder"]

MAX_BYTES = 2_000_000
BANK = ("quiz", "questions")  # the fields of a unit that stand in questions.yaml

_MEDIA = re.compile(rf"media/{NAME.pattern}")
_LIBRARY = re.compile(r"library/[a-z0-9-]+\.yaml")
_UNIT = re.compile(r"(?P<folder>units/\d\d-[a-z0-9-]+)/(lesson\.md|questions\.yaml)")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Contents:
    """All that a folder holds; units in the course's order."""

    course: Course
    documents: dict[str, Document]
    units: dict[str, Unit]
    media: dict[str, Path]
    sources: Mapping[str, Source]
    others: Mapping[str, Source] = field(default_factory=dict)  # by a document's code, and COURSE

    def place(self, unit: str, path: DataPath) -> Place:
        """The file and line of a unit's field, for findings that are no problems."""
        return self.sources[unit].place(path)

    def place_of(self, part: str, key: str, path: DataPath) -> Place:
        """The file and line of a field of a ``unit``, a ``document`` or the ``course``."""
        return self.place(key, path) if part == "unit" else self.others[COURSE if part == "course" else key].place(path)


def read_folder(folder: Path) -> Contents:
    """The course in the folder, or `FileProblems` with every problem of every file."""
    tree = _Tree(folder)
    course = tree.yaml(COURSE)
    library = {PurePosixPath(file).stem: tree.yaml(file) for file in tree.files if _LIBRARY.fullmatch(file)}
    units = {unit: _unit_source(tree, unit) for unit in tree.units()}
    together.check(course, library, units, lambda: _tasks_beside(folder))
    tree.look_at_pictures()
    together.check_pictures(tree.files, units)
    read = _judge(read_course, course)
    documents = [_judge(read_document, source) for source in library.values()]
    lessons = [(_judge(read_unit, source), source) for source in units.values()]
    problems = tree.problems + [p for source in (course, *library.values(), *units.values()) for p in source.problems]
    if problems or read is None:
        raise FileProblems(problems)
    found = {unit.key: (unit, source) for unit, source in lessons if unit}
    return Contents(
        course=read,
        documents={document.code: document for document in documents if document},
        units={key: found[key][0] for key in read.units},
        media={file.removeprefix("media/"): path for file, path in tree.files.items() if file.startswith("media/")},
        sources={key: found[key][1] for key in read.units},
        others=library | {COURSE: course},
    )


def _tasks_beside(folder: Path) -> set[str]:
    """The tasks of the courses in the folders beside, which share the library; what cannot be read there has none."""
    here, found = folder.absolute(), set()
    for path in here.parent.glob(f"*/{COURSE}"):
        if path.parent != here and path.stat().st_size <= MAX_BYTES:
            text = path.read_text(encoding="utf-8", errors="replace")
            found |= together.tasks_of(read_yaml(text, path.name))
    return found


class _Tree:
    """The folder's files by relative path, and what is wrong with them as files."""

    def __init__(self, folder: Path):
        self.problems: list[FileProblem] = []
        self.files: dict[str, Path] = {}
        for path in sorted(_walk(folder)):
            file = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file():
                self.say(file, 1, "không dùng liên kết tệp: chép tệp thật vào thư mục")
            elif file.startswith("media/") and not _MEDIA.fullmatch(file):
                self.say(
                    file,
                    1,
                    "trong media chỉ có hình .png, .jpg, .webp, .gif (không nhận .svg), tên chữ thường không dấu",
                )
            elif file.startswith("media/"):
                self.files[file] = path
            elif not (file == COURSE or _LIBRARY.fullmatch(file) or _UNIT.fullmatch(file)):
                self.say(file, 1, "tệp này không thuộc định dạng nội dung: sửa tên hoặc bỏ ra ngoài")
            elif path.stat().st_size > MAX_BYTES:
                self.say(file, 1, f"tệp lớn quá {MAX_BYTES // 1_000_000} MB")
                self.files[file] = path
            else:
                self.files[file] = path

    def say(self, file: str, line: int, message: str) -> None:
        self.problems.append(FileProblem(file, line, "", message))

    def units(self) -> list[str]:
        return sorted({match["folder"] for file in self.files if (match := _UNIT.fullmatch(file))})

    def look_at_pictures(self) -> None:
        """Every file of media/ is a picture, and not too large a one."""
        for file, path in self.files.items():
            if file.startswith("media/"):
                try:
                    with path.open("rb") as opened:
                        taking.refuse_wrong(opened.read(taking.MOST_BYTES + 1))
                except Refused as no:
                    self.say(file, 1, no.sentence)

    def text(self, file: str) -> str | None:
        """The file's text without what nobody sees; None, with the problem noted, where there is none to read."""
        if (path := self.files.get(file)) is None:
            self.say(file, 1, "thiếu tệp này")
            return None
        if path.stat().st_size > MAX_BYTES:
            return None
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            self.say(file, error.object.count(b"\n", 0, error.start) + 1, "tệp không phải UTF-8: lưu lại dạng UTF-8")
            return None
        if "\r\n" in text:
            self.say(file, 1, "tệp xuống dòng kiểu Windows (CRLF): lưu lại kiểu LF")
        lines = text.replace("\r\n", "\n").split("\n")
        for number, line in enumerate(lines, 1):
            if found := INVISIBLE.search(line):
                self.say(file, number, f"có {_name(found[0])}: thay bằng dấu cách hoặc xóa đi")
        lines[0] = lines[0].removeprefix("\ufeff")
        return "\n".join(INVISIBLE.sub(" ", line) for line in lines)

    def read(self, file: str, reader: Callable[[str, str], Source]) -> Source:
        text = self.text(file)
        return Source(file, broken={file}) if text is None else reader(text, file)

    def yaml(self, file: str) -> Source:
        return self.read(file, read_yaml)


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below that is neither hidden nor a README.md, and links to folders, never followed."""
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(at, name).is_symlink()]
        for name in files + links:
            if not name.startswith(".") and name != "README.md":
                yield Path(at, name)


def _name(char: str) -> str:
    return {"\t": "ký tự tab", "\ufeff": "dấu BOM"}.get(char, f"ký tự ẩn U+{ord(char):04X}")


def _unit_source(tree: _Tree, folder: str) -> Source:
    """One unit's data: the lesson's with those of its questions.yaml."""
    source = tree.read(f"{folder}/lesson.md", read_lesson)
    bank = tree.yaml(f"{folder}/questions.yaml")
    for stranger in bank.data.keys() - BANK:
        bank.say((stranger,), "trường này không có trong định dạng")
    first = {(name,): Place(bank.file, 1) for name in BANK}
    source.data |= {name: bank.data[name] for name in BANK if name in bank.data}
    source.places |= first | {path: place for path, place in bank.places.items() if path[0] in BANK}
    source.problems += bank.problems
    source.broken |= bank.broken
    return source


# --- what the domain says, at its place ------------------------------------------------------------------------


def _judge(read: Callable[[Any], Value], source: Source) -> Value | None:
    """The value, or None with the domain's problems noted; a field that the reader refused is not blamed twice."""
    try:
        return read(source.data)
    except ContentProblems as error:
        told = {problem.field for problem in source.problems}
        for problem in error.problems:
            path = _named(source, problem)
            noted = source.problem(path, problem.message)
            refused = noted.field in told and not source.value(path)
            if not refused and noted.file not in source.broken:
                source.problems.append(noted)
    return None


# A rule over the whole value names what breaks it: how it begins, and the field below which that name stands.
_NAMES = (
    (re.compile(r"câu “?([a-z0-9-]+)"), "questions"),
    (re.compile(r"(?:draw:|không rút được).* mục tiêu “([^”]+)”"), "quiz"),
    (re.compile(r"mục tiêu “([^”]+)”"), "objectives"),
    (re.compile(r"mục “([^”]+)”"), "sections"),
    (re.compile(r"neo “([^”]+)”"), "provisions"),
    (re.compile(r"bài “([^”]+)”"), "units"),
    (re.compile(r"nhiệm vụ “([^”]+)”"), "tasks"),
    (re.compile(r"(?:bài trong )?lộ trình “([^”]+)”"), "paths"),
)


def _named(source: Source, problem: Problem) -> DataPath:
    """The path of the problem, or of the last field that its message names."""
    for pattern, root in _NAMES:
        if found := pattern.match(problem.message):
            under = (*problem.path, root)
            below = (path for path in source.places if path[: len(under)] == under)
            named = [path for path in below if found[1] in (path[-1], source.value(path))]
            return named[-1] if named else problem.path
    return problem.path
