"""Các tệp nội dung với nhau: what only all of them can tell, on plain data, since one may be broken and still be named."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from quizapp.courses.exchange import Place, Source
from quizapp.domain.content import Path as DataPath
from quizapp.domain.pictures import NAME, pictures

COURSE = "course.yaml"


def check(
    course: Source,
    library: Mapping[str, Source],
    units: Mapping[str, Source],
    tasks_beside: Callable[[], Collection[str]] = tuple,
) -> None:
    """Names, keys and citations agree; each problem is noted in the file that has it. Units by their folder.

    ``tasks_beside()``: those of other courses that share the library, which a document may be of; asked for where one is.
    """
    _check_names(library, units)
    _check_course(course, library, units)
    _check_tasks(course, library, units, tasks_beside)
    _check_twins(list(units.values()))
    _check_citations(library, units)


def _check_names(library: Mapping[str, Source], units: Mapping[str, Source]) -> None:
    for name, source in library.items():
        if (code := _word(source.data, "code")) and code != name:
            source.say(("code",), f"mã “{code}” khác tên tệp {name}.yaml")
    for folder, source in units.items():
        number, name = source.data.get("number"), folder.removeprefix("units/")
        last = source.data.get("final") is True  # its folder may stand behind units that came later, its number stays
        if isinstance(number, int) and number != int(name[:2]) and not (last and number < int(name[:2])):
            source.say(("number",), f"số bài {number} khác số ở tên thư mục {name}")


def _check_course(course: Source, library: Mapping[str, Source], units: Mapping[str, Source]) -> None:
    """The course names the units that there are, and a document that there is."""
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


def tasks_of(course: Source) -> set[str]:
    """The keys of a course's tasks, as far as they can be read."""
    return {key for _, task in _rows(course.data, "tasks") if (key := _word(task, "key"))}


def _check_tasks(
    course: Source, library: Mapping[str, Source], units: Mapping[str, Source], beside: Callable[[], Collection[str]]
) -> None:
    """A unit is of a task of its course; a document may be of another course's."""
    tasks = tasks_of(course)
    if course.broken or not tasks:
        return
    documents = _of_strange_tasks(library.values(), tasks)
    others = beside() if documents else ()
    wrong = [(source, task) for source, task in documents if task not in others]
    for source, task in wrong + _of_strange_tasks(units.values(), tasks):
        source.say(("task",), f"nhiệm vụ “{task}” không có trong tasks của {COURSE}")


def _of_strange_tasks(sources: Iterable[Source], known: Collection[str]) -> list[tuple[Source, str]]:
    named = [(source, _word(source.data, "task")) for source in sources]
    return [(source, task) for source, task in named if task and task not in known]


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


def check_pictures(files: Mapping[str, Path], units: Mapping[str, Source]) -> None:
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
