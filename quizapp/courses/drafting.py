"""Bản nháp as a value: what a trainer types, which need not be whole yet, and what it lacks to become a unit.

A draft's body is plain JSON: ``format``, ``head`` (the front matter's fields), ``lesson`` (the text below it, as in
lesson.md), ``quiz``, ``questions`` (plain data as in questions.yaml, in order) and ``media`` (name -> what
`domain.pictures.Kept` says). Its parts have names, so that two people may work on two of them: "head", "lesson", "quiz",
"order" and "cau/<key>".
"""

import copy
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.courses.exchange import INVISIBLE, Source
from quizapp.courses.exchange.lesson import read_sections
from quizapp.courses.exchange.writing import head_of, question_of, quiz_of, sections_text
from quizapp.domain.content import ContentProblems, Document, Path, Task, Unit, read_stored_unit, read_unit
from quizapp.domain.vietnamese import nfc

FORMAT = 1
LESSON = "lesson"
QUESTION = "cau/"
PARTS = ("head", LESSON, "quiz", "order")

Body = dict[str, Any]


@dataclass(frozen=True)
class Lack:
    """What keeps a draft from being published: the part, the path through the unit's data, the line in the lesson."""

    part: str
    path: Path
    message: str
    line: int | None = None


@dataclass(frozen=True)
class Reading:
    """A draft as read: the unit, or None with what it lacks. ``data`` is the unit's plain data, whole or not."""

    unit: Unit | None
    lacks: tuple[Lack, ...]
    data: Mapping[str, Any]


# --- making ----------------------------------------------------------------------------------------------------


def of_unit(unit: Unit, media: Mapping[str, Any] | None = None) -> Body:
    """The draft that is read as this unit."""
    questions = [question_of(item) for item in unit.questions]
    told = {"head": head_of(unit), LESSON: sections_text(unit), "quiz": quiz_of(unit), "questions": questions}
    return {"format": FORMAT} | told | {"media": dict(media or {})}


def blank(key: str, number: int, task: str | None, title: str) -> Body:
    """The draft of a new unit: the template's headings, nothing said yet."""
    head = {"key": key, "number": number, "task": task, "title": title, "minutes": 7, "graded": True}
    head |= {"why": "", "objectives": []}
    quiz = {"feedback": "at_once", "pass_percent": 80, "draw": {}}
    return {"format": FORMAT, "head": head, LESSON: _TEMPLATE, "quiz": quiz, "questions": [], "media": {}}


def blank_final(key: str, number: int, tasks: Iterable[Task], title: str) -> Body:
    """The draft of a course's final: its objectives are the tasks, its paper is drawn over them."""
    head = {"key": key, "number": number, "task": None, "title": title, "minutes": 60, "graded": True, "final": True}
    head |= {"why": "", "objectives": [{"key": task.key, "text": task.words} for task in tasks]}
    quiz = {"feedback": "after", "pass_percent": 80, "minutes": 60, "draw": {}}
    return {"format": FORMAT, "head": head, LESSON: "", "quiz": quiz, "questions": [], "media": {}}


_TEMPLATE = """## Tên mục thứ nhất {#muc-1}

## Tên mục thứ hai {#muc-2}

## Tình huống: … {#tinh-huong .tinh-huong}

## Đồng chí tự làm: … {#tu-lam .tu-lam}

## Việc cần làm ngay ở đơn vị tôi {#viec-can-lam .viec-can-lam}
"""


def body_of(stored: Mapping[str, Any]) -> Body:
    """A draft's body from what the database holds: a draft, or a revision's body that an import left as one. A copy."""
    if "head" in stored:
        return copy.deepcopy(dict(stored))
    return of_unit(read_stored_unit(stored), stored.get("media"))


# --- parts -----------------------------------------------------------------------------------------------------


def part(body: Body, name: str) -> Any:
    """A part's value; KeyError where there is no such part."""
    if name == "order":
        return [question.get("key") for question in body["questions"]]
    if name in PARTS:
        return body[name]
    return body["questions"][_position(body, name)]


def with_part(body: Body, name: str, value: Any) -> Body:
    """The draft with another value for a part; None drops a question, a new key adds one. Keys may not change."""
    changed = copy.deepcopy(body)
    value = cleaned(value)
    if name == "order":
        changed["questions"] = _ordered(changed["questions"], value)
    elif name in PARTS:
        changed[name] = value
    elif value is None:
        del changed["questions"][_position(body, name)]
    elif value.get("key") != name.removeprefix(QUESTION):
        raise ValueError(f"{name} would get another key")
    elif name in parts_of(body):
        changed["questions"][_position(body, name)] = value
    else:
        changed["questions"].append(value)
    return changed


def parts_of(body: Body) -> list[str]:
    """The names of all parts."""
    return [*PARTS, *(f"{QUESTION}{question.get('key')}" for question in body["questions"])]


def digest(value: Any) -> str:
    """Twelve letters that change with the value: what a page sends along to say from which text it started."""
    told = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(told).hexdigest()[:12]


def cleaned(value: Any) -> Any:
    """Every text NFC, with \\n for a line's end and without what nobody sees; a tab is a space."""
    if isinstance(value, str):
        return INVISIBLE.sub("", nfc(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    if isinstance(value, Mapping):
        return {key: cleaned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(one) for one in value]
    return value


def _position(body: Body, name: str) -> int:
    key = name.removeprefix(QUESTION)
    for n, question in enumerate(body["questions"]):
        if question.get("key") == key:
            return n
    raise KeyError(name)


def _ordered(questions: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[Any]:
    """In that order; a question that it does not name (somebody has just added it) stays, at the end."""
    places = {key: n for n, key in enumerate(keys)}
    return sorted(questions, key=lambda question: places.get(question.get("key", ""), len(places)))


# --- keys ------------------------------------------------------------------------------------------------------


def keys_in(questions: Iterable[Mapping[str, Any]]) -> set[str]:
    """The keys of questions, those of a case's parts too."""
    found: set[str] = set()
    for question in questions:
        found |= {str(question.get("key"))} | keys_in(question.get("questions") or ())
    return found


def fresh_keys(prefix: str, used: Iterable[str], count: int) -> list[str]:
    """Keys that no question has or had: b6-31, b6-32 …; retired keys are among ``used``."""
    pattern = re.compile(rf"{re.escape(prefix)}-(\d+)")
    last = max((int(found[1]) for key in used if (found := pattern.fullmatch(key))), default=0)
    return [f"{prefix}-{n:02d}" for n in range(last + 1, last + 1 + count)]


# --- reading ---------------------------------------------------------------------------------------------------


def read(body: Body, documents: Mapping[str, Document]) -> Reading:
    """The unit that the draft is, or what it lacks; ``documents`` by code, those that it may cite."""
    final = body["head"].get("final") is True
    source = read_sections(body[LESSON], LESSON, final)
    data = body["head"] | {"sections": source.data["sections"], "quiz": body["quiz"], "questions": body["questions"]}
    lacks = [_of_layout(source, problem.field, problem.message, problem.line) for problem in source.problems]
    lacks += [_of_citation(data, path, why) for path, why in _citations(data, documents)]
    unit = None
    try:
        unit = read_unit(data)
    except ContentProblems as error:
        told = {lack.path for lack in lacks}
        lacks += [
            _lack(data, source, problem.path, problem.message) for problem in error.problems if problem.path not in told
        ]
    return Reading(None if lacks else unit, tuple(lacks), data)


def _of_layout(source: Source, field: str, message: str, line: int) -> Lack:
    return Lack(LESSON, ("sections", *_numbers(field)), message, line)


def _numbers(field: str) -> tuple[int | str, ...]:
    """sections[2].text -> (2, "text")."""
    return tuple(int(n) if n else word for n, word in re.findall(r"\[(\d+)\]|\.(\w+)", field))


def _lack(data: Mapping[str, Any], source: Source, path: Path, message: str) -> Lack:
    name = _part_of(data, path) if path else _named(message, data)
    return Lack(name, path, message, source.place(path).line if name == LESSON else None)


def _of_citation(data: Mapping[str, Any], path: Path, message: str) -> Lack:
    return Lack(_part_of(data, path), path, message)


def _part_of(data: Mapping[str, Any], path: Path) -> str:
    match path:
        case ("sections", *_):
            return LESSON
        case ("quiz", *_):
            return "quiz"
        case ("questions", int(n), *_) if n < len(data["questions"]):
            return f"{QUESTION}{data['questions'][n].get('key')}"
    return "head"


# A rule over the whole unit names what breaks it, in its first words.
_NAMES = (
    (re.compile(r"draw:|không rút được|bài kiểm tra tổng hợp phải"), "quiz"),
    (re.compile(r"mục “|bài phải có ít nhất một mục"), LESSON),
)


def _named(message: str, data: Mapping[str, Any]) -> str:
    if asked := re.match(r"câu “?([a-z0-9-]+)", message):
        whole = [q.get("key") for q in data["questions"] if asked[1] in keys_in([q])]
        return f"{QUESTION}{whole[0]}" if whole else "order"
    return next((part for pattern, part in _NAMES if pattern.match(message)), "head")


def _citations(data: Mapping[str, Any], documents: Mapping[str, Document]) -> list[tuple[Path, str]]:
    """The citations that lead nowhere, or to what has not been verified, with why."""
    cited: list[tuple[Path, Any]] = [(("sections", n, "cite"), s.get("cite")) for n, s in enumerate(data["sections"])]
    for n, item in enumerate(data["questions"]):
        cited.append((("questions", n, "provision"), item.get("provision")))
        for m, asked in enumerate(item.get("questions") or ()):
            cited.append((("questions", n, "questions", m, "provision"), asked.get("provision")))
    return [(path, why) for path, one in cited if one and (why := citation_problem(one, documents))]


def citation_problem(cited: str, documents: Mapping[str, Document]) -> str | None:
    """Why nothing may rest on that citation; None where it may."""
    code, mark, anchor = str(cited).partition("#")
    if not mark:
        return f"“{cited}” không đúng dạng: chọn lại điều, khoản trong thư viện văn bản"
    if code not in documents:
        return f"thư viện chưa có văn bản “{code}”: thêm văn bản, hoặc dẫn văn bản khác"
    found = next((one for one in documents[code].walk() if one.anchor == anchor), None)
    if found is None:
        return f"văn bản “{code}” không có điều, khoản “{anchor}”"
    return (
        None
        if found.verified
        else f"{found.label} của {documents[code].name} chưa đối chiếu: chưa được dạy, chưa được hỏi"
    )
