"""Tệp nội dung: a folder of YAML and Markdown -> course, documents and units, or every problem with its line.

course.yaml, library/<code>.yaml, units/NN-slug/{lesson.md,questions.yaml}, media/*. Values are judged by
`domain.content`; what only the files together can tell is checked here, on plain data, so that one mistake
does not hide the next.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from quizapp.courses.exchange import INVISIBLE, FileProblem, FileProblems, Place, Source, read_yaml
from quizapp.courses.exchange.lesson import read_lesson
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
from quizapp.domain.pictures import NAME, pictures
from quizapp.files import pictures as taking
from quizapp.web.refused import Refused

__all__ = ["Contents", "FileProblem", "FileProblems", "Place", "read_folder"]

MAX_BYTES = 2_000_000
COURSE = "course.yaml"
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
    _check_names(library, units)
    _check_course(course, library, units)
    _check_twins(list(units.values()))
    _check_citations(library, units)
    tree.look_at_pictures()
    _check_pictures(tree.files, units)
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


# --- what only the files together can tell ---------------------------------------------------------------------


def _check_names(library: Mapping[str, Source], units: Mapping[str, Source]) -> None:
    for name, source in library.items():
        if (code := _word(source.data, "code")) and code != name:
            source.say(("code",), f"mã “{code}” khác tên tệp {name}.yaml")
    for folder, source in units.items():
        number, name = source.data.get("number"), folder.removeprefix("units/")
        if isinstance(number, int) and number != int(name[:2]):
            source.say(("number",), f"số bài {number} khác số ở tên thư mục {name}")


def _check_course(course: Source, library: Mapping[str, Source], units: Mapping[str, Source]) -> None:
    """The course names the units that there are, a document that there is, and the tasks of all."""
    if course.broken:
        return
    named, found = course.value(("units",)), {_word(source.data, "key") for source in units.values()}
    for n, key in enumerate(named if isinstance(named, list) else []):
        if isinstance(key, str) and not found & {key, None}:  # a unit without a key may be the one
            course.say(("units", n), f"không có bài “{key}” trong thư mục units")
    for source in units.values():
        if (key := _word(source.data, "key")) and isinstance(named, list) and key not in named:
            source.say(("key",), f"bài “{key}” không có trong units của {COURSE}")
    if (code := _word(course.data, "document")) and code not in library:
        course.say(("document",), f"không có văn bản “{code}” trong thư mục library")
    tasks = {_word(task, "key") for _, task in _rows(course.data, "tasks")}
    for source in (*library.values(), *units.values()):
        if tasks and (task := _word(source.data, "task")) and task not in tasks:
            source.say(("task",), f"nhiệm vụ “{task}” không có trong tasks của {COURSE}")


def _check_twins(units: list[Source]) -> None:
    """No two units with one key or number, no two questions with one key, in the whole course."""
    first: dict[tuple[str, Any], tuple[Place, DataPath]] = {}
    for source in units:
        fields: list[tuple[str, DataPath]] = [("khóa bài", ("key",)), ("số bài", ("number",))]
        fields += [("câu", (*path, "key")) for path, _ in _questions(source.data)]
        for noun, path in fields:
            here, value = (source.place(path), path), source.value(path)
            if not isinstance(value, str | int) or (there := first.setdefault((noun, value), here)) == here:
                continue
            file, line = there[0]
            source.say(path, f"{noun} “{value}” bị trùng" + ("" if file == here[0].file else f" với {file}:{line}"))


def _check_citations(library: Mapping[str, Source], units: Mapping[str, Source]) -> None:
    """Every citation leads to a verified provision. In a document that cannot be read, any provision may be."""
    verified = {code: dict(reversed([*_provisions(source.data, "provisions")])) for code, source in library.items()}
    for source in units.values():
        for path, (code, mark, anchor) in _citations(source.data):
            if mark and code not in library:
                source.say(path, f"không có văn bản “{code}” trong thư mục library")
            elif not mark or library[code].broken:
                continue
            elif anchor not in verified[code]:
                source.say(path, f"văn bản “{code}” không có điều, khoản “{anchor}”")
            elif verified[code][anchor] is False:
                source.say(path, f"“{code}#{anchor}” chưa đối chiếu (verified: false): chưa được dạy, chưa được hỏi")


def _check_pictures(files: Mapping[str, Path], units: Mapping[str, Source]) -> None:
    """Every picture that a text names is a file of media/; the line is the picture's own where the text is a lesson's."""
    for source in units.values():
        for path, text in _texts(source.data, ()):
            for n, line in enumerate(text.split("\n")):
                for name in (one.name for one in pictures(line)):
                    if NAME.fullmatch(name) and f"media/{name}" not in files:
                        at = source.place(path).line + n if path[0] == "sections" and path[-1] == "text" else None
                        source.say(path, f"không có hình “{name}” trong thư mục media", at)


def _texts(data: Any, path: DataPath) -> Iterator[tuple[DataPath, str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from _texts(value, (*path, n))


def _citations(data: Any) -> Iterator[tuple[DataPath, tuple[str, str, str]]]:
    for n, section in _rows(data, "sections"):
        yield ("sections", n, "cite"), (_word(section, "cite") or "").partition("#")
    for path, question in _questions(data):
        yield (*path, "provision"), (_word(question, "provision") or "").partition("#")


def _questions(data: Any) -> Iterator[tuple[DataPath, dict[str, Any]]]:
    for n, item in _rows(data, "questions"):
        yield ("questions", n), item
        for m, part in _rows(item, "questions"):
            yield ("questions", n, "questions", m), part


def _provisions(data: Any, field: str) -> Iterator[tuple[str, Any]]:
    for _, provision in _rows(data, field):
        yield _word(provision, "anchor") or "", provision.get("verified")
        yield from _provisions(provision, "children")


def _rows(data: Any, field: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The groups in a list field with their positions; nothing where there is no such list."""
    rows = data.get(field) if isinstance(data, dict) else None
    for n, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            yield n, row


def _word(data: dict[str, Any], field: str) -> str | None:
    value = data.get(field)
    return value if isinstance(value, str) else None
