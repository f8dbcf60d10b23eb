"""Phần đọc: lesson.md -> the plain data of a unit's front matter and sections, with the line of each.

The line ``::: trich`` becomes the section's ``cite``; ``::: loi-giai`` and ``::: tu-hoi`` stay in its text, for the
web's Markdown to render.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quizapp.courses.exchange import Place, Source, read_yaml
from quizapp.courses.wording import words
from quizapp.domain.content import Path as DataPath
from quizapp.domain.pictures import PICTURE

MAX_WORDS = 250  # a section, about two minutes of reading
PLAIN = "muc"
ENDING = ("tinh-huong", "tu-lam", "viec-can-lam")  # the last three sections of every lesson, in this order
CONTAINERS = ("loi-giai", "tu-hoi")

_FOREIGN = (
    (re.compile(r"^\s*#"), "trong một mục không dùng tiêu đề con: tách thành mục riêng hoặc dùng **chữ đậm**"),
    (re.compile(r"</?[a-zA-Z!]"), "không dùng HTML trong bài đọc"),
    (
        re.compile(r"\]\(|https?://"),
        "không đặt liên kết trong bài đọc: dẫn điều, khoản bằng ::: trich; hình viết ![chữ thay ảnh](anh:ten-tep.png)",
    ),
)

Line = tuple[int, str]


@dataclass
class _Block:
    """A heading and the lines below it, as written."""

    line: int
    heading: str
    lines: list[Line] = field(default_factory=list)


def read_lesson(text: str, file: str) -> Source:
    """The data of the front matter with ``sections``; problems of layout are noted, those of values are not."""
    lines = text.split("\n")
    source, start = _front(lines, file)
    if start is None:
        return source
    for stranger in {"sections", "quiz", "questions"} & source.data.keys():
        source.say((stranger,), "trường này không khai ở đầu bài đọc")
        del source.data[stranger]
    _take_sections(lines, start, source)
    return source


def read_sections(text: str, file: str, final: bool = False) -> Source:
    """The data of a lesson without front matter, as the editor has it: ``sections`` alone."""
    source = Source(file, data={"final": final})
    _take_sections(text.replace("\r\n", "\n").split("\n"), 0, source)
    del source.data["final"]
    return source


def _take_sections(lines: list[str], start: int, source: Source) -> None:
    blocks = list(_blocks(lines, start, source))
    source.places["sections",] = Place(source.file, blocks[0].line if blocks else start + 1)
    source.data["sections"] = [_section(block, ("sections", n), source) for n, block in enumerate(blocks)]
    if source.data.get("final") is not True:  # the final has nothing to read
        _check_order([section.get("kind", "") for section in source.data["sections"]], source)


def _front(lines: list[str], file: str) -> tuple[Source, int | None]:
    """The front matter, and how many lines it takes; None where its end is not known."""
    if lines[0].rstrip() != "---":
        return Source(file).stop(1, "dòng đầu phải là “---”, mở phần khai báo của bài"), None
    ends = (n for n, line in enumerate(lines) if n and line.rstrip() == "---")
    if (end := next(ends, None)) is None:
        return Source(file).stop(1, "phần khai báo của bài không có dòng “---” để đóng"), None
    return read_yaml("\n".join(lines[1:end]), file, first_line=2), end + 1


def _blocks(lines: list[str], start: int, source: Source) -> Iterator[_Block]:
    block = None
    for number, line in enumerate(lines[start:], start + 1):
        if re.match(r"##(\s|$)", line):
            if block:
                yield block
            block = _Block(number, line)
        elif block:
            block.lines.append((number, line))
        elif line.strip():
            source.say(("sections",), "có chữ đứng trước mục đầu tiên: mỗi mục mở bằng “## Tên mục {#ma-muc}”", number)
    if block:
        yield block


def _section(block: _Block, path: DataPath, source: Source) -> dict[str, Any]:
    for heading_path in (path, (*path, "key"), (*path, "title"), (*path, "kind")):
        source.places[heading_path] = Place(source.file, block.line)
    section: dict[str, Any] = _heading(block, path, source)
    section |= _cite(block, path, source)
    body = [(number, line) for number, line in block.lines if _fence(line)[0] != "trich"]
    written = [number for number, line in body if line.strip()]
    source.places[*path, "text"] = Place(source.file, written[0] if written else block.line)
    section["text"] = "\n".join(line for _, line in body).strip()
    _check_containers(body, (*path, "text"), source)
    _check_markdown(body, (*path, "text"), source)
    return section


def _heading(block: _Block, path: DataPath, source: Source) -> dict[str, str]:
    """`## Title {#key .kind}`; a kind that there is not is the domain's to name."""
    title, mark, labels = block.heading.removeprefix("##").rpartition("{#")
    key, *classes = labels.strip().removesuffix("}").split() or [""]
    if mark and labels.rstrip().endswith("}") and all(name.startswith(".") for name in classes):
        kind = " ".join(name.removeprefix(".") for name in classes)
        return {"title": title.strip(), "key": key, "kind": kind or PLAIN}
    source.say((*path, "key"), "tiêu đề mục phải có dạng “## Tên mục {#ma-muc}” hoặc “{#ma-muc .tinh-huong}”")
    return {"title": block.heading, "key": "", "kind": PLAIN}


def _fence(line: str) -> tuple[str | None, str]:
    """The name of the container that the line opens and what follows it: "" closes one, None is any other line."""
    if not line.startswith(":::"):
        return None, ""
    name, _, rest = line.removeprefix(":::").strip().partition(" ")
    return name, rest.strip()


def _cite(block: _Block, path: DataPath, source: Source) -> dict[str, str]:
    """The one citation, which stands first in the section."""
    path = (*path, "cite")
    cited = [(number, line) for number, line in block.lines if _fence(line)[0] == "trich"]
    if not cited:
        source.say(path, "mục chưa dẫn nguồn: thêm dòng “::: trich mã-văn-bản#điều” ngay dưới tiêu đề")
        return {}
    source.places[path] = Place(source.file, cited[0][0])
    for number, _ in cited[1:]:
        source.say(path, "mỗi mục chỉ dẫn một điều, khoản: bỏ dòng “::: trich” này hoặc tách mục", number)
    if next(number for number, line in block.lines if line.strip()) != cited[0][0]:
        source.say(path, "dòng “::: trich” phải đứng ngay dưới tiêu đề")
    return {"cite": _fence(cited[0][1])[1]}


def _check_containers(lines: list[Line], path: DataPath, source: Source) -> None:
    """Each container is known, opened once and closed before the next; ``strange`` ones may close as well."""
    opened: Line | None = None
    strange = 0
    for number, line in lines:
        name, _ = _fence(line)
        if name == "" and opened:
            opened = None
        elif name == "" and strange:
            strange -= 1
        elif name == "":
            source.say(path, "dòng “:::” này không đóng khối nào", number)
        elif line.rstrip() in [f"::: {known}" for known in CONTAINERS]:
            if opened:
                source.say(path, f"khối “{opened[1]}” chưa đóng bằng dòng “:::”", opened[0])
            opened = (number, line.rstrip())
        elif line.lstrip().startswith(":::"):
            strange += 1
            source.say(path, f"không có khối “{line.strip()}”: chỉ có trich, {', '.join(CONTAINERS)}", number)
    if opened:
        source.say(path, f"khối “{opened[1]}” chưa đóng bằng dòng “:::”", opened[0])


def _check_markdown(lines: list[Line], path: DataPath, source: Source) -> None:
    for number, line in lines:
        bare = PICTURE.sub("", line)
        for pattern, message in _FOREIGN:
            if pattern.search(bare):
                source.say(path, message, number)
    total = sum(words(PICTURE.sub("", line)) for _, line in lines if not line.startswith(":::"))
    if total > MAX_WORDS:
        source.say(path, f"mục có {total} chữ, nhiều nhất {MAX_WORDS}: rút gọn hoặc tách mục")


def _check_order(kinds: list[str], source: Source) -> None:
    """Two to four plain sections, then the three that end every lesson."""
    plain = kinds.count(PLAIN)
    if not 2 <= plain <= 4:
        source.say(("sections",), f"bài đọc cần từ 2 đến 4 mục thường, đang có {plain}")
    complete = True
    for kind in ENDING:
        found = [n for n, other in enumerate(kinds) if other == kind]
        complete = complete and len(found) == 1
        if not found:
            source.say(("sections",), f"bài đọc thiếu mục .{kind}")
        for n in found[1:]:
            source.say(("sections", n, "kind"), f"bài đọc chỉ có một mục .{kind}")
    expected = [PLAIN] * plain + list(ENDING)
    if complete and len(kinds) == len(expected) and kinds != expected:
        first = next(n for n, kind in enumerate(kinds) if kind != expected[n])
        source.say(("sections", first, "kind"), f"thứ tự các mục: mục thường, rồi {', '.join(f'.{k}' for k in ENDING)}")
