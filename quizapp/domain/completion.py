"""Hoàn thành: facts in, decisions out; every decision says why.

Facts are append-only and come in any order. A decision rests on the earliest facts that allow it, so a later fact
never takes back what a person has earned.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

EVERYTHING = "*"  # the subject of a waiver of the whole course


class FactKind(StrEnum):
    """Loại dữ kiện."""

    SECTION_READ = "section_read"
    STARTED = "started"
    QUIZ_TAKEN = "quiz_taken"
    PAPER_STUDY = "paper_study"
    WAIVED = "waived"
    CREDITED = "credited"


@dataclass(frozen=True)
class Fact:
    """Dữ kiện: something that happened to one person.

    ``subject`` is a unit's key; "unit/section" for a section read; a waiver's may be "*". ``earned``, ``possible``
    (hundredths), ``passed`` and ``answered_all`` belong to a quiz taken, None elsewhere or where not recorded.
    """

    kind: FactKind
    subject: str
    at: datetime
    earned: int | None = None
    possible: int | None = None
    passed: bool | None = None
    answered_all: bool | None = None
    source: str = ""
    revision: int | None = None  # of the unit that was taken or read; None where not recorded

    @property
    def unit(self) -> str:
        return self.subject.split("/")[0]


TWIN = " (tài khoản "  # behind the source of a fact that came with a merged account, where its own had the same one
TAKEN_BACK = "/rut"  # behind the source of a study that its counter-entry takes back


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """The facts without meeting or paper study that was taken back: both it and its counter-entry count for nothing."""
    listed = list(facts)
    paper = [fact for fact in listed if fact.kind is FactKind.PAPER_STUDY]
    gone = {(f.subject, _study(f)) for f in paper if f.source.removesuffix(_twin(f)).endswith(TAKEN_BACK)}
    return [f for f in listed if f.kind is not FactKind.PAPER_STUDY or (f.subject, _study(f)) not in gone]


def _twin(fact: Fact) -> str:
    """What a merger of two accounts has put behind the source of a fact that both had; "" elsewhere."""
    return fact.source[fact.source.index(TWIN) :] if TWIN in fact.source else ""


def _study(fact: Fact) -> str:
    return fact.source.removesuffix(_twin(fact)).removesuffix(TAKEN_BACK)


# --- the state of a unit ---------------------------------------------------------------------------------------


class UnitState(StrEnum):
    """Trạng thái bài: chưa học, đang học, chưa đạt, đạt, được miễn."""

    NOT_STARTED = "not_started"
    LEARNING = "learning"
    FAILED = "failed"
    PASSED = "passed"
    WAIVED = "waived"


def unit_state(unit_key: str, graded: bool, facts: Collection[Fact]) -> tuple[UnitState, datetime | None]:
    """The state and the earliest fact that made it so; (chưa học, None) without facts.

    Passing once is never taken back. A unit that is not graded is passed when its questions have been answered.
    """
    begun = [fact for fact in facts if fact.unit == unit_key and fact.kind is not FactKind.WAIVED]
    taken = [fact for fact in begun if fact.kind is FactKind.QUIZ_TAKEN and graded]
    for state, reasons in (
        (UnitState.PASSED, [fact for fact in begun if _passes(fact, graded)]),
        (UnitState.WAIVED, [fact for fact in facts if _waives(fact, unit_key)]),
        (UnitState.FAILED, taken),
        (UnitState.LEARNING, begun),
    ):
        if reasons:
            return state, _earliest(reasons)
    return UnitState.NOT_STARTED, None


def _passes(fact: Fact, graded: bool) -> bool:
    if fact.kind in (FactKind.PAPER_STUDY, FactKind.CREDITED):
        return True
    done = bool(fact.passed) if graded else fact.answered_all is not False
    return fact.kind is FactKind.QUIZ_TAKEN and done


def _waives(fact: Fact, unit_key: str) -> bool:
    return fact.kind is FactKind.WAIVED and fact.subject in (unit_key, EVERYTHING)


def _meeting(unit_key: str, graded: bool, facts: Iterable[Fact]) -> list[Fact]:
    """The facts each of which alone makes the unit done: passed, studied on paper or waived."""
    return [f for f in facts if _waives(f, unit_key) or (f.unit == unit_key and _passes(f, graded))]


def _earliest(facts: Iterable[Fact]) -> datetime | None:
    return min((fact.at for fact in facts), default=None)


# --- rules -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passed:
    """Đạt bài: ``pass_percent``, where known, lets the verdict say how much was needed."""

    unit: str
    label: str
    pass_percent: int | None = None


@dataclass(frozen=True)
class Answered:
    """Trả lời các câu hỏi của bài, đúng hay sai."""

    unit: str
    label: str


@dataclass(frozen=True)
class All:
    """Every one of the rules; no rules are never met."""

    rules: tuple["Rule", ...]
    label: str = "Tất cả các mục"


@dataclass(frozen=True)
class AtLeast:
    """At least ``n`` of the rules, ``n`` from 1."""

    n: int
    rules: tuple["Rule", ...]
    label: str = "Một số mục"

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError("a rule that asks for nothing is always met")


Rule = Passed | Answered | All | AtLeast


@dataclass(frozen=True)
class Verdict:
    """Whether a rule is met, since when, and why (not); ``parts`` are those of the rules below it."""

    met: bool
    label: str
    met_at: datetime | None
    detail: str
    parts: tuple["Verdict", ...] = ()


def unit_rule(key: str, title: str, graded: bool, pass_percent: int | None = None) -> Rule:
    """What completes one unit."""
    return Passed(key, title, pass_percent) if graded else Answered(key, title)


def course_rule(units: Sequence[tuple[str, str, bool]], pass_percents: Mapping[str, int] | None = None) -> Rule:
    """What completes a course: the graded units of the path, its final among them. ``units``: (key, title, graded)."""
    needed = {key: title for key, title, graded in units if graded}
    percents = pass_percents or {}
    rules = [unit_rule(key, title, True, percents.get(key)) for key, title in needed.items()]
    return All(tuple(rules), "Hoàn thành khóa học")


def judge(rule: Rule, facts: Collection[Fact]) -> Verdict:
    """Whether the facts meet the rule, and why (not)."""
    match rule:
        case Passed() | Answered():
            return _judge_unit(rule, facts)
        case All(rules=rules):
            return _judge_several(len(rules), rule, facts)
        case AtLeast(n=n):
            return _judge_several(n, rule, facts)


def _judge_several(n: int, rule: All | AtLeast, facts: Collection[Fact]) -> Verdict:
    parts = tuple(judge(part, facts) for part in rule.rules)
    times = sorted(part.met_at for part in parts if part.met_at is not None)
    met_at = times[n - 1] if 0 < n <= len(times) else None
    needed = f", cần {n}" if n != len(parts) else ""
    return Verdict(met_at is not None, rule.label, met_at, f"Xong {len(times)}/{len(parts)}{needed}", parts)


def _judge_unit(rule: Passed | Answered, facts: Collection[Fact]) -> Verdict:
    met_at = _earliest(_meeting(rule.unit, isinstance(rule, Passed), facts))
    return Verdict(met_at is not None, rule.label, met_at, _detail(rule, facts))


def _detail(rule: Passed | Answered, facts: Collection[Fact]) -> str:
    """Why (not), with the best of what the person has done."""
    graded = isinstance(rule, Passed)
    state, _ = unit_state(rule.unit, graded, facts)
    taken = [fact for fact in facts if fact.kind is FactKind.QUIZ_TAKEN and fact.unit == rule.unit]
    match state:
        case UnitState.PASSED if any(_passes(fact, graded) for fact in taken):
            return _won([fact for fact in taken if fact.passed]) if graded else "Đã trả lời các câu hỏi"
        case UnitState.PASSED:
            return "Ghi nhận học tập trực tiếp"
        case UnitState.WAIVED:
            return "Được miễn"
        case UnitState.FAILED:
            return _lost(taken, rule.pass_percent if isinstance(rule, Passed) else None)
        case UnitState.LEARNING if taken:
            return "Chưa trả lời hết các câu hỏi"
        case UnitState.LEARNING:
            return "Đang học, chưa làm phần kiểm tra"
        case _:
            return "Chưa học"


def _won(taken: Iterable[Fact]) -> str:
    best = _best(taken)
    return f"Đạt {_points(best[0])}/{_points(best[1])}" if best else "Đạt"


def _lost(taken: Iterable[Fact], pass_percent: int | None) -> str:
    if not (best := _best(taken)):
        return "Chưa đạt"
    earned, possible = best
    told = f"Được {_points(earned)}/{_points(possible)}"
    if pass_percent is None:
        return f"{told}, chưa đạt"
    needed = -(-pass_percent * possible // 100)  # rounded up: the least that passes
    return f"{told}, cần {_points(needed)}/{_points(possible)}"


def _best(taken: Iterable[Fact]) -> tuple[int, int] | None:
    """The best earned and possible; None where no mark was recorded."""
    marks = [(fact.earned, fact.possible) for fact in taken if fact.earned is not None and fact.possible]
    return max(marks, key=lambda mark: (Fraction(*mark), mark[1]), default=None)


def result(units: Collection[str], facts: Collection[Fact]) -> tuple[int, int] | None:
    """Kết quả: the best marks with which the units were passed, added up (earned, possible, in hundredths).

    None where one of them was passed without a mark: waived, or studied on paper.
    """
    passed = [fact for fact in facts if fact.passed and fact.kind in (FactKind.QUIZ_TAKEN, FactKind.CREDITED)]
    marks = [_best(fact for fact in passed if fact.unit == unit) for unit in units]
    known = [mark for mark in marks if mark is not None]
    if not known or len(known) < len(marks):
        return None
    return sum(earned for earned, _ in known), sum(possible for _, possible in known)


def _points(hundredths: int) -> str:
    """850 -> 8,5."""
    whole, part = divmod(hundredths, 100)
    return f"{whole},{part:02d}".rstrip("0").rstrip(",")


def left_before_final(needed: Sequence[str], states: Mapping[str, str]) -> tuple[str, ...]:
    """The units that still keep a path's final shut; ``states``: unit key -> value of its `UnitState`."""
    done = (UnitState.PASSED.value, UnitState.WAIVED.value)
    return tuple(unit for unit in needed if states.get(unit) not in done)


# --- the state of a course -------------------------------------------------------------------------------------


class CourseState(StrEnum):
    """Trạng thái của người học: chưa bắt đầu, đang học (chưa đạt counts here), hoàn thành, được miễn."""

    NOT_STARTED = "not_started"
    LEARNING = "learning"
    COMPLETED = "completed"
    WAIVED = "waived"


def course_state(graded_units: Collection[str], facts: Collection[Fact]) -> tuple[CourseState, datetime | None]:
    """The state, and when the course was done: hoàn thành or được miễn, None otherwise.

    ``graded_units``: those of the path and the final. ``facts``: of this course alone; a unit outside the list, read
    or taken, also begins it. Done at the latest of the units' earliest meeting facts. A waiver of everything is
    được miễn until each unit has been passed, or waived by name, and one of them passed.
    """
    waivers = [fact for fact in facts if _waives(fact, EVERYTHING)]
    of_unit: dict[str, list[Fact]] = {key: [] for key in graded_units}  # every answer asks: each fact is looked at once
    for fact in facts:
        of_unit.get(fact.unit, []).append(fact)
    states = {unit_state(key, True, own)[0] for key, own in of_unit.items()}
    times = [at for key, own in of_unit.items() if (at := _earliest(_meeting(key, True, [*own, *waivers]))) is not None]
    if states and states <= {UnitState.PASSED, UnitState.WAIVED}:
        done = CourseState.COMPLETED if UnitState.PASSED in states else CourseState.WAIVED
        return done, max(times)
    if waivers:
        return CourseState.WAIVED, max(times, default=_earliest(waivers))
    begun = any(fact.kind is not FactKind.WAIVED for fact in facts)
    return (CourseState.LEARNING if begun else CourseState.NOT_STARTED), None
