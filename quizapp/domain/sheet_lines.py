"""Dòng của tệp after checking: what it says, what is wrong with it, what may be done, what it would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from quizapp.domain.vietnamese import fold


class Verdict(StrEnum):
    """Kết luận của một dòng: nhập được, cần xem, lỗi, bỏ; or somebody whom the file does not name."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"
    SKIPPED = "skipped"
    ABSENT = "absent"


class Deed(StrEnum):
    """Việc mà một dòng làm."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    POST = "post"  # one more post of somebody who is there
    SAME = "same"
    NONE = "none"


SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person may decide about a problem."""

    value: str
    words: str


LEAVE_OUT = Choice(SKIP, "Bỏ dòng này")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line; ``bad``: cannot be as it is, else somebody has to look. ``of_body``: about its body."""

    sentence: str
    bad: bool
    choices: tuple[Choice, ...] = (LEAVE_OUT,)
    of_body: bool = False

    def stored(self) -> dict[str, Any]:
        pairs = [[choice.value, choice.words] for choice in self.choices]
        return {"sentence": self.sentence, "bad": self.bad, "choices": pairs, "of_body": self.of_body}


@dataclass(slots=True)
class Line:
    """A line of people or bodies. ``given``: as it stands in the file; ``changes``: field -> new value."""

    number: int
    given: dict[str, str]
    name: str = ""
    code: str = ""  # of a body
    parent: str = ""  # code of the body above
    phone: str | None = None
    mended: str = ""  # the phone number as the file has it, where other digits were taken from it
    login: str | None = None
    title: str = ""
    from_on: date | None = None
    place: str | None = None  # code of the body
    person_id: int | None = None
    follows: int | None = None  # number of the line that brings the same new person
    left: str | None = None  # code of the body that a move leaves
    deed: Deed = Deed.NONE
    changes: dict[str, str] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    verdict: Verdict = Verdict.OK

    def object_to(self, chosen: Sequence[str], problem: Problem) -> str | None:
        """Note a problem, unless somebody has decided about it: the value decided, None where it stands."""
        for choice in problem.choices:
            if choice.value in chosen and choice.value != SKIP:
                return choice.value
        self.problems.append(problem)
        return None

    def conclude(self) -> None:
        """The verdict that follows from the problems."""
        if self.verdict is not Verdict.SKIPPED and self.problems:
            self.verdict = Verdict.BAD if any(problem.bad for problem in self.problems) else Verdict.LOOK
        if self.verdict is not Verdict.OK:
            self.deed = Deed.NONE


@dataclass(frozen=True)
class Choices:
    """What somebody has decided: by number of the line, and by what stands in the file for a body."""

    rows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)

    def of(self, number: int) -> Sequence[str]:
        """About a line of people."""
        return self.rows.get(str(number), ())

    def of_body(self, number: int) -> Sequence[str]:
        """About a line of bodies: those stand in a sheet of their own, numbered from 1 as well."""
        return self.rows.get(f"b{number}", ())


def body_key(text: str, parent: str) -> str:
    """Under which what a file says for a body is decided about: once for all lines that say the same."""
    return f"{fold(text)}|{fold(parent)}"
