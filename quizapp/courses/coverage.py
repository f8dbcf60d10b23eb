"""Độ phủ: which provisions are taught, where, and how often each is asked about; what is not verified is neither."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from quizapp.domain.content import Course, Document, Provision, Unit, item_size

Key = TypeVar("Key")  # whatever tells one unit from another: its key, its id
ENOUGH = 2  # questions


@dataclass
class Row(Generic[Key]):
    """A provision: the sections that teach it as (unit, number from 1), the keys of its questions by unit.

    ``below`` counts the questions of the provisions under it.
    """

    provision: Provision
    sections: list[tuple[Key, int]] = field(default_factory=list)
    questions: dict[Key, list[str]] = field(default_factory=dict)
    below: int = 0

    @property
    def asked(self) -> int:
        """How many questions rest on the provision itself."""
        return sum(map(len, self.questions.values()))

    @property
    def enough(self) -> bool:
        """Whether two questions rest on it or on what stands under it; nothing has to where it is not verified."""
        return not self.provision.verified or self.asked + self.below >= ENOUGH


@dataclass
class Covered(Generic[Key]):
    """A document with its provisions in reading order."""

    document: Document
    rows: list[Row[Key]]


def coverage(documents: Iterable[Document], units: Mapping[Key, Unit]) -> list[Covered[Key]]:
    """Every provision of every document with what rests on it; what cites no provision that there is, is left out."""
    found = [Covered(document, [Row[Key](provision) for provision in document.walk()]) for document in documents]
    rows = {f"{one.document.code}#{row.provision.anchor}": row for one in found for row in one.rows}
    for key, unit in units.items():
        for n, section in enumerate(unit.sections, 1):
            if section.cite in rows:
                rows[section.cite].sections.append((key, n))
        for question in unit.each_question():
            if question.provision in rows:
                rows[question.provision].questions.setdefault(key, []).append(question.key)
    for one in found:
        for row in one.rows:
            under = list(row.provision.walk())[1:]
            row.below = sum(rows[f"{one.document.code}#{provision.anchor}"].asked for provision in under)
    return found


def lost(documents: Iterable[Document], units: Mapping[Key, Unit]) -> Iterator[tuple[Key, str]]:
    """Citations of provisions that are no more, with the unit that makes them."""
    there = {f"{document.code}#{provision.anchor}" for document in documents for provision in document.walk()}
    for key, unit in units.items():
        for citation in sorted({citation for _, citation in unit.citations()} - there):
            yield key, citation


def tasks_of(unit: Unit) -> set[str]:
    """The tasks that a unit is of: its own; of one over all tasks, as the final, those that its objectives name."""
    return {unit.task} if unit.task else {objective.key for objective in unit.objectives}


def by_task(course: Course, units: Iterable[Unit]) -> dict[str, int]:
    """How many questions each task has; a unit over all tasks, as the final, names the task as the objective."""
    asked = {task.key: 0 for task in course.tasks}
    for unit in units:
        for item in unit.questions:
            if (task := unit.task or item.objective) in asked:
                asked[str(task)] += item_size(item)
    return asked
