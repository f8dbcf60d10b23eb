"""Soát cả khóa: what only the course as a whole can tell: provisions without evidence, documents called in force that are
not, questions that come twice, tasks that are hardly asked about.

The linter speaks of one unit; `findings` gives both, each with the unit, document or course in which it stands.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from quizapp.courses import coverage, linter
from quizapp.courses.linter import Finding
from quizapp.courses.questions import asked_in, twins
from quizapp.courses.wording import flowing, forbidden_words
from quizapp.domain.content import Course, Document, Path, Provision, Single, Unit

MOST_AT_ONE_PLACE = 0.5  # of a course's right answers; `linter` allows one unit a little more
ENOUGH = 50  # single-choice questions

Part = Literal["course", "document", "unit"]


@dataclass(frozen=True)
class Found:
    """A finding, and whose: a unit's or the course's key, a document's code."""

    part: Part
    key: str
    finding: Finding


def findings(
    course: Course, documents: Mapping[str, Document], units: Mapping[str, Unit], media: Collection[str] = ()
) -> Iterator[Found]:
    """Everything that a trainer should look at again: the library, then unit by unit, then the course."""
    for document in documents.values():
        for finding in _of_document(document):
            yield Found("document", document.code, finding)
    again = _twins(units)
    for unit in units.values():
        of_unit = [*linter.findings(unit, media), *again.get(unit.key, ()), *_validity(unit, documents)]
        for finding in of_unit:
            yield Found("unit", unit.key, finding)
    for finding in (*_positions(units), *_tasks(course, units)):
        yield Found("course", course.key, finding)


# --- the library -----------------------------------------------------------------------------------------------

# What an honest entry says where there is no source yet.
_HONEST = re.compile(r"(?i)\bchưa (?:được )?(?:đối chiếu|kiểm|xác nhận|đọc|rõ|có toàn văn|dạy)\b")


def _of_document(document: Document) -> Iterator[Finding]:
    for path, provision in _provisions(document.provisions, ("provisions",)):
        if not provision.verified and not _says_so(provision):
            told = f"“{provision.anchor}” chưa đối chiếu mà không có ghi chú (note) nói vì sao: ghi nguồn hoặc ghi chú"
            yield Finding((*path, "verified"), "no-evidence", told)
    for where, text in linter.texts(document.model_dump(mode="json")):
        if not {"sources", "source"} & set(where):
            yield from (Finding(where, rule, message) for rule, message in forbidden_words(text))


def _provisions(provisions: tuple[Provision, ...], path: Path) -> Iterator[tuple[Path, Provision]]:
    for n, provision in enumerate(provisions):
        yield (*path, n), provision
        yield from _provisions(provision.children, (*path, n, "children"))


def _says_so(provision: Provision) -> bool:
    return bool(provision.note or _HONEST.search(f"{provision.title or ''}. {provision.summary}"))


# --- documents and what is said of them ------------------------------------------------------------------------

_SENTENCE_END = re.compile(r"[.!?…]+(?=[\s”’\"')*]|$)|\n")
_IN_FORCE = re.compile(r"(?i)(?<![“\"])\b(?:còn|đang(?: có)?|(?:hiện|vẫn) có) hiệu lực\b")  # in quotes it is the words
_HEDGED = re.compile(r"(?i)\b(?:không|chưa|nếu|hỏi|kiểm tra|xem|hay|liệu|khi nào)\b|\bcó $")
_OR_NOT = re.compile(r"(?i)^[”\"]?,? *(?:hay|hoặc|không\b)")
_REPLACED = re.compile(r"(?i)\bthay thế\b|\b(?:được|bị|đã) thay\b|\bthay bằng\b|\bhết hiệu lực\b")


def _validity(unit: Unit, documents: Mapping[str, Document]) -> Iterator[Finding]:
    """No document is called in force whose entry does not say so, or taught after it was replaced without saying that."""
    doubtful = [(one, names(one)) for one in documents.values() if one.validity.state in ("replaced", "unknown")]
    for where, text in _claims(unit):
        for sentence in _SENTENCE_END.split(flowing(text) if where[0] == "sections" else text):
            found = _IN_FORCE.search(sentence)
            if not found or _HEDGED.search(sentence[: found.start()]) or _OR_NOT.search(sentence[found.end() :]):
                continue
            for document, name in doubtful:
                if name.search(sentence):
                    told = f"nói {document.name} “{found[0]}”, nhưng mục văn bản ghi {_STATES[document.validity.state]}"
                    yield Finding(where, "in-force", told)
    for path, citation in unit.citations():
        code = citation.split("#")[0]
        if code in documents and documents[code].validity.state == "replaced":
            said = " ".join(text for _, text in linter.texts(_value(unit, path[:-1]).model_dump()))
            if not _REPLACED.search(said):
                told = f"dẫn {documents[code].name} đã được thay thế mà không nói điều đó: thêm câu “đã được thay thế bằng …”"
                yield Finding(path, "replaced", told)


_STATES = {"replaced": "đã được thay thế", "unknown": "chưa rõ hiệu lực"}


def names(document: Document) -> re.Pattern[str]:
    """The ways in which a text names the document: 144-QĐ/TW, Quy định số 144, QĐ 144."""
    number = document.number
    ways = [re.escape(number)]
    if digits := re.match(r"\d+", number):
        short = re.search(r"[-/]([A-ZĐ]+)", number)
        kinds = "|".join(map(re.escape, [document.kind, *(short.groups() if short else ())]))
        ways.append(rf"\b(?:{kinds}) (?:số )?{digits[0]}(?!\d)")
    return re.compile("(?i)" + "|".join(ways))


def _claims(unit: Unit) -> Iterator[tuple[Path, str]]:
    """What the unit says is so: all texts but wrong options and false statements."""
    for where, text in linter.texts(unit.model_dump()):
        if where[0] != "questions" or not _is_wrong(unit, where):
            yield where, text


def _is_wrong(unit: Unit, where: Path) -> bool:
    holder = _value(unit, where[:-1])
    if where[-1] == "text":
        return getattr(holder, "right", None) is False
    return (where[-1] == "prompt" and getattr(holder, "answer", None) is False) or "extra" in where


def _value(unit: Unit, path: Path) -> Any:
    value: Any = unit
    for part in path:
        value = value[part] if isinstance(part, int) or isinstance(value, dict) else getattr(value, part)
    return value


# --- all questions ---------------------------------------------------------------------------------------------


def _twins(units: Mapping[str, Unit]) -> dict[str, list[Finding]]:
    """By unit: questions that come nearly the same in an earlier unit; the final's are kept apart from all others."""
    asked = [one for unit in units.values() for one in asked_in(unit)]
    found: dict[str, list[Finding]] = {}
    for one, twin in twins(asked, across=True):
        told = f"gần giống câu {twin.question.key} của bài {units[twin.unit].number}: bỏ một câu, hoặc hỏi sang ý khác"
        found.setdefault(one.unit, []).append(Finding((*one.where, "prompt"), "near-duplicate", told))
    return found


def _positions(units: Mapping[str, Unit]) -> Iterator[Finding]:
    singles = [one for unit in units.values() for one in unit.each_question() if isinstance(one, Single)]
    for place, count in Counter(map(linter.position_of_right, singles)).items() if len(singles) >= ENOUGH else ():
        if count > MOST_AT_ONE_PLACE * len(singles):
            told = f"đáp án ở vị trí {'ABCDEF'[place]} trong {count}/{len(singles)} câu chọn một của cả khóa"
            yield Finding(("units",), "position-share", told)


def _tasks(course: Course, units: Mapping[str, Unit]) -> Iterator[Finding]:
    asked = coverage.by_task(course, units.values())
    for n, task in enumerate(course.tasks):
        if asked[task.key] < coverage.ENOUGH:
            told = f"nhiệm vụ “{task.name}” có {asked[task.key]} câu hỏi, cần ít nhất {coverage.ENOUGH}"
            yield Finding(("tasks", n), "task-coverage", told)
