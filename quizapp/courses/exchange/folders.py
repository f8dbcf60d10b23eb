"""Thư mục nội dung: the courses of a folder, and what `check content` says of them, as plain data with file and line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from quizapp.courses import coverage as covering
from quizapp.courses import inspection
from quizapp.courses.exchange import FileProblem, FileProblems, Place, spell
from quizapp.courses.exchange.files import Contents, read_folder
from quizapp.courses.exchange.together import COURSE
from quizapp.courses.questions import asked_in


@dataclass(frozen=True)
class Read:
    """A course's folder and what it holds."""

    folder: Path
    contents: Contents

    def where(self, part: str, key: str, path: tuple[str | int, ...]) -> dict[str, Any]:
        """The file, as named from here, and the line of a field."""
        place: Place = self.contents.place_of(part, key, path)
        return {"file": _shown(self.folder, place.file), "line": place.line}


def read(folder: Path) -> list[Read]:
    """The courses below a folder, or the one that it is; `FileProblems` with every problem of every course."""
    found = sorted(path.parent for path in folder.glob(f"*/{COURSE}"))
    if not found or (folder / COURSE).exists():
        found = [folder]
    courses: list[Read] = []
    problems: list[FileProblem] = []
    for course in found:
        try:
            courses.append(Read(course, read_folder(course)))
        except FileProblems as error:
            problems += [replace(problem, file=_shown(course, problem.file)) for problem in error.problems]
    if problems:
        raise FileProblems(problems)
    return courses


def _shown(course: Path, file: str) -> str:
    path = (course / file).absolute()
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def findings(courses: Sequence[Read]) -> Iterator[dict[str, Any]]:
    """What a trainer should look at again, course by course."""
    for one in courses:
        contents = one.contents
        for found in inspection.findings(contents.course, contents.documents, contents.units, contents.media):
            finding = found.finding
            told = {"field": spell(finding.where), "rule": finding.rule, "severity": finding.severity}
            yield one.where(found.part, found.key, finding.where) | told | {"text": finding.message}


def as_finding(problem: FileProblem) -> dict[str, Any]:
    """A problem that keeps a file from being read, in the shape of a finding."""
    where = {"file": problem.file, "line": problem.line, "field": problem.field}
    return where | {"rule": "format", "severity": "error", "text": problem.message}


def units(courses: Sequence[Read]) -> list[dict[str, Any]]:
    """Every unit: where it stands, what it is, how many questions it has and draws."""
    return [
        one.where("unit", unit.key, ("key",))
        | {"key": unit.key, "course": one.contents.course.key, "number": unit.number, "title": unit.title}
        | {"task": unit.task, "questions": sum(1 for _ in unit.each_question()), "drawn": unit.quiz.size}
        for one in courses
        for unit in one.contents.units.values()
    ]


def questions(courses: Sequence[Read]) -> list[dict[str, Any]]:
    """Every single question, those of cases one by one: where it stands and what it rests on."""
    return [
        _question(one, key, asked)
        for one in courses
        for key, unit in one.contents.units.items()
        for asked in asked_in(unit)
    ]


def _question(one: Read, unit: str, asked: Any) -> dict[str, Any]:
    item = one.contents.units[unit].questions[asked.where[1]]
    question = asked.question
    told = {"key": question.key, "unit": unit, "kind": question.kind, "level": question.level}
    told |= {"objective": item.objective, "provision": question.provision, "situation": bool(asked.situation)}
    return one.where("unit", unit, asked.where) | told


# --- coverage --------------------------------------------------------------------------------------------------


def coverage(courses: Sequence[Read]) -> list[dict[str, Any]]:
    """Every provision in order: which sections teach it and which questions rest on it."""
    return [
        {"document": covered.document.code, "name": covered.document.name}
        | {"anchor": row.provision.anchor, "label": row.provision.label, "verified": row.provision.verified}
        | {"sections": [{"unit": unit, "section": n} for unit, n in row.sections], "questions": row.questions}
        | {"asked": row.asked, "asked_below": row.below, "enough": row.enough}
        for one in courses
        for covered in covering.coverage(one.contents.documents.values(), one.contents.units)
        for row in covered.rows
    ]


def tasks(courses: Sequence[Read]) -> list[dict[str, Any]]:
    """Every task with how many questions it has."""
    return [
        {"course": one.contents.course.key, "task": task.key, "name": task.name, "questions": asked[task.key]}
        for one in courses
        for asked in [covering.by_task(one.contents.course, one.contents.units.values())]
        for task in one.contents.course.tasks
    ]


def coverage_table(courses: Sequence[Read]) -> Iterator[str]:
    """The coverage as lines of plain text; what is not verified is visibly left out."""
    rows = coverage(courses)
    width = max((len(row["anchor"]) for row in rows), default=0)
    for document in dict.fromkeys(row["name"] for row in rows):
        yield document
        for row in (row for row in rows if row["name"] == document):
            yield f"  {row['anchor']:<{width}}  {_told(row)}"
    yield "Nhiệm vụ"
    for task in tasks(courses):
        yield f"  {task['name']:<{width}}  {task['questions']} câu"
    verified = [row for row in rows if row["verified"]]
    asked = sum(row["enough"] for row in verified)
    yield f"Đã đối chiếu {len(verified)}/{len(rows)} điều khoản; {asked} điều khoản có từ hai câu hỏi, kể cả phần dưới."


def _told(row: dict[str, Any]) -> str:
    if not row["verified"]:
        return "– chưa đối chiếu: không dạy, không hỏi"
    taught = ", ".join(f"{one['unit']} mục {one['section']}" for one in row["sections"]) or "không có mục riêng"
    asked = ", ".join(f"{unit}: {len(keys)}" for unit, keys in row["questions"].items())
    below = f", phần dưới {row['asked_below']}" if row["asked_below"] else ""
    return f"{row['asked']} câu{f' ({asked})' if asked else ''}{below}; {taught}"
