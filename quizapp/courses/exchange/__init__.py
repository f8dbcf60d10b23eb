"""Nhập, xuất nội dung: one file a format. Here: what is wrong and where, and YAML that knows its lines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from quizapp.domain.content import Path as DataPath

MAX_DEPTH = 20
# Tabs, control characters, zero-width and direction marks: nobody sees them, every comparison does.
INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060\ud800-\udfff\ufeff\ufffe\uffff]"
)


class Place(NamedTuple):
    file: str
    line: int


@dataclass(frozen=True, order=True)
class FileProblem:
    """What is wrong with a file: ``field`` leads through its data, "" for the file as a whole."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.field, self.message) if part)


class FileProblems(Exception):
    """Every problem of every file, at once, by file and line."""

    def __init__(self, problems: Iterable[FileProblem]):
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Source:
    """A file as read: its plain data, the place of every field, and what is wrong so far.

    ``broken`` names the files that could not be read to the end: a field missing there is no news.
    """

    file: str
    line: int = 1
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[DataPath, Place] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def place(self, path: DataPath) -> Place:
        """Where the field stands; for a missing one, where its nearest group begins."""
        starts = (self.places[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.places)
        return next(starts, Place(self.file, self.line))

    def problem(self, path: DataPath, message: str, line: int | None = None) -> FileProblem:
        """A problem of a field, on the field's own line unless another is given."""
        place = self.place(path)
        return FileProblem(place.file, line or place.line, spell(path), message)

    def say(self, path: DataPath, message: str, line: int | None = None) -> None:
        self.problems.append(self.problem(path, message, line))

    def value(self, path: DataPath) -> Any:
        """What stands at the path; None where nothing does."""
        value: Any = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def stop(self, line: int, message: str) -> "Source":
        """Note that the file cannot be read to the end."""
        self.broken.add(self.file)
        self.problems.append(FileProblem(self.file, line, "", message))
        return self


def spell(path: DataPath) -> str:
    """The path as people write it: questions[3].options[0].why."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path if part != "[key]")
    return "".join(parts).removeprefix(".")


def read_yaml(text: str, file: str, first_line: int = 1) -> Source:
    """The groups, lists and plain values of a YAML 1.2 text; ``first_line`` is where it begins in the file."""
    source = Source(file, first_line)
    if directive := re.search(r"^%", text, re.MULTILINE):
        return source.stop(
            first_line + text.count("\n", 0, directive.start()), "không dùng chỉ thị YAML (dòng bắt đầu bằng %)"
        )
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = MAX_DEPTH
    yaml.composer.warn_double_anchors = False  # every anchor is refused below
    try:
        root = yaml.compose(text)
    except YAMLError as error:
        line, message = _syntax(error)
        return source.stop(first_line + line, message)
    except (ValueError, OverflowError):  # an escape such as "\UFFFFFFFF" is not caught by ruamel
        return source.stop(first_line, "YAML sai cú pháp: có mã ký tự không hợp lệ")
    if root is None or root.id != "mapping":
        return source.stop(first_line, "phải gồm các trường dạng “tên: giá trị”")
    source.data = _Builder(source, yaml.constructor).group(root, ())
    return source


_TAG = "tag:yaml.org,2002:"
_SCALARS = {_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp")}


class _Builder:
    """Makes plain data of composed nodes. No anchors: a few lines of them can stand for gigabytes."""

    def __init__(self, source: Source, constructor: Any):
        self.source = source
        self.constructor = constructor

    def value(self, node: Any, path: DataPath) -> Any:
        if node.anchor:
            self.source.say(path, f"không dùng neo và tham chiếu YAML (&{node.anchor}): chép lại nội dung")
        elif node.id == "mapping" and node.tag == _TAG + "map":
            return self.group(node, path)
        elif node.id == "sequence" and node.tag == _TAG + "seq":
            return list(self.rows(node, path))
        elif node.id == "scalar" and node.tag in _SCALARS:
            return self.scalar(node, path)
        elif node.tag in (_TAG + "value", _TAG + "merge"):
            self.source.say(path, f"“{node.value}” phải đặt trong ngoặc kép")
        else:
            self.source.say(path, f"không dùng nhãn kiểu YAML ({node.tag})")
        return None

    def group(self, node: Any, path: DataPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.value:
            line = self.line(key)
            if key.id != "scalar" or key.tag != _TAG + "str" or key.anchor or INVISIBLE.search(key.value):
                self.source.say(path, "tên trường phải là chữ, không dùng “<<”, số, danh sách hay ký tự ẩn", line)
            elif key.value in data:
                self.source.say((*path, key.value), "trường này bị khai hai lần trong một nhóm", line)
            else:
                self.source.places[*path, key.value] = Place(self.source.file, line)
                data[key.value] = self.value(value, (*path, key.value))
        return data

    def rows(self, node: Any, path: DataPath) -> Iterator[Any]:
        for n, item in enumerate(node.value):
            self.source.places[*path, n] = Place(self.source.file, self.line(item))
            yield self.value(item, (*path, n))

    def scalar(self, node: Any, path: DataPath) -> Any:
        try:
            value = self.constructor.construct_object(node)
        except (YAMLError, ValueError, OverflowError):
            self.source.say(
                path, f"“{node.value[:40]}” không phải ngày hay số có thật: nếu là chữ thì đặt trong ngoặc kép"
            )
            return None
        if isinstance(value, str) and (found := INVISIBLE.search(value)):
            self.source.say(path, f"có ký tự ẩn U+{ord(found[0]):04X}: xóa đi")
            return None
        if isinstance(value, datetime) or (isinstance(value, float) and not isfinite(value)):
            self.source.say(path, f"“{node.value}” không dùng được: ghi ngày dạng 2024-05-09, số hữu hạn")
            return None
        return value

    def line(self, node: Any) -> int:
        return int(node.start_mark.line) + self.source.line


_SYNTAX = (
    ("mapping values are not allowed", "có dấu “: ” trong chữ (đặt cả giá trị trong ngoặc kép) hoặc sai thụt dòng"),
    ("could not find expected ':'", "dòng trước thiếu dấu “: ” sau tên trường hoặc sai thụt dòng"),
    ("that cannot start any token", "giá trị bắt đầu bằng ký tự đặc biệt: đặt cả giá trị trong ngoặc kép"),
    ("expected <block end>", "sai thụt dòng, hoặc thừa chữ sau dấu ngoặc kép đóng"),
    ("unexpected end of stream", "ngoặc kép hoặc ngoặc đơn mở mà không đóng"),
    ("expected ',' or", "ngoặc { } hoặc [ ] không đóng, hoặc thiếu dấu phẩy"),
    ("found another document", "mỗi tệp chỉ một tài liệu YAML: bỏ dòng “---” ở giữa"),
    ("found undefined alias", "không dùng tham chiếu YAML (*): nếu là chữ thì đặt trong ngoặc kép"),
    ("maximum depth", f"lồng nhau quá {MAX_DEPTH} tầng"),
)


def _syntax(error: YAMLError) -> tuple[int, str]:
    """How many lines into the text the mistake stands, and what it is in the writer's words."""
    problem = str(getattr(error, "problem", None) or "có ký tự không đọc được")
    mark = getattr(error, "problem_mark", None)
    if "end of stream" in problem or "stream end" in problem:  # then the mistake is where it was opened
        mark = getattr(error, "context_mark", None) or mark
    words = next((words for english, words in _SYNTAX if english in problem), problem)
    return (mark.line if mark else 0), f"YAML sai cú pháp: {words}"
