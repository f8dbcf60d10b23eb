"""Lượt làm bài: states, drawing a paper, the sequence of its questions, deadlines, marks and which one counts."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from quizapp.domain.content import AnyQuestion, Case, Unit, can_fill, item_size
from quizapp.domain.grading import POSSIBLE, Orders, Response, arrange

GRACE = timedelta(seconds=60)  # a slow network is not the learner's fault
LATE_WINDOW = timedelta(minutes=30)  # how long an answer chosen in time may be on its way
AGAIN = "~lai"  # no question's key holds "~"


class AttemptState(StrEnum):
    """Trạng thái của lượt làm bài: open, then ended in one of three ways for good."""

    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    ABANDONED = "abandoned"

    def to(self, other: "AttemptState") -> "AttemptState":
        """The other state; ValueError where it cannot follow this one."""
        if self is not AttemptState.OPEN or other is AttemptState.OPEN:
            raise ValueError(f"an attempt cannot go from {self} to {other}")
        return other


def opens_again_at(last_ended_at: datetime | None, retry_hours: int | None) -> datetime | None:
    """From when the next attempt may begin; None: at once."""
    if last_ended_at is None or retry_hours is None:
        return None
    return last_ended_at + timedelta(hours=retry_hours)


# --- the paper -------------------------------------------------------------------------------------------------


class Entry(BaseModel):
    """A question of a paper, with the order in which this paper shows its choices."""

    model_config = ConfigDict(frozen=True)
    key: str
    orders: Orders


class Paper(BaseModel):
    """Đề: the questions of one attempt in their order, as stored in the attempt."""

    model_config = ConfigDict(frozen=True)
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, unit: Unit, keys: Iterable[str], rng: random.Random) -> Self:
        """A paper of just these questions, in this order."""
        questions = {part.key: part for item in unit.questions for part in _parts(item)}
        return cls(entries=tuple(Entry(key=key, orders=arrange(questions[key], rng)) for key in keys))

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """The paper of a stored attempt."""
        return cls.model_validate(body)

    def stored(self) -> dict[str, Any]:
        """The paper as plain JSON."""
        return self.model_dump(mode="json")

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(entry.key for entry in self.entries)

    def orders(self, key: str) -> Orders:
        """The shown orders of one question; KeyError where the paper does not ask it."""
        for entry in self.entries:
            if entry.key == key:
                return entry.orders
        raise KeyError(key)


def asked(unit: Unit) -> dict[str, AnyQuestion]:
    """Every question by its key; those of a case with the case's situation and objective filled in."""
    questions: dict[str, AnyQuestion] = {}
    for item in unit.questions:
        if isinstance(item, Case):
            shared = {"situation": item.situation, "objective": item.objective}
            questions |= {part.key: part.model_copy(update=shared) for part in item.questions}
        else:
            questions[item.key] = item
    return questions


def _parts(item: AnyQuestion | Case) -> Sequence[AnyQuestion]:
    return item.questions if isinstance(item, Case) else (item,)


def draw(
    unit: Unit,
    seen: Mapping[str, int],
    rng: random.Random,
    stopped: Collection[str] = (),
    taught: Collection[str] | None = None,
) -> Paper:
    """Rút câu: a paper with what the quiz asks of each objective, the least seen questions first.

    ``seen``: question key -> how often this person has met it; a case counts as its most seen part. ``stopped``
    questions are never drawn, nor the cases that hold one; where too few are left the paper is shorter than
    ``unit.quiz.size``. A case stays together and in order. ``taught``: the provisions that the person's path has taught,
    where it matters: a question on another one is drawn only where there are too few.
    """
    left = [item for item in unit.questions if not _is_stopped(item, stopped)]
    drawn = []
    for objective, count in unit.quiz.draw.items():
        stock = [item for item in left if item.objective == objective]
        rng.shuffle(stock)
        drawn += _least_seen(stock, count, _after_taught(stock, seen, taught))
    rng.shuffle(drawn)
    return Paper.of(unit, [part.key for item in drawn for part in _parts(item)], rng)


def _after_taught(
    stock: Iterable[AnyQuestion | Case], seen: Mapping[str, int], taught: Collection[str] | None
) -> Mapping[str, int]:
    """As if what was not taught had been seen most often of all."""
    if taught is None:
        return seen
    last = max(seen.values(), default=0) + 1
    strange = [part for item in stock for part in _parts(item) if part.provision not in taught]
    return {**seen, **{part.key: seen.get(part.key, 0) + last for part in strange}}


def _is_stopped(item: AnyQuestion | Case, stopped: Collection[str]) -> bool:
    return item.key in stopped or any(part.key in stopped for part in _parts(item))


def _least_seen(stock: Iterable[AnyQuestion | Case], count: int, seen: Mapping[str, int]) -> list[AnyQuestion | Case]:
    """Items with exactly ``count`` questions together, or as many as can be: each the least seen that still allows it.

    Equals keep the order of ``stock``.
    """
    queue = sorted(stock, key=lambda item: max(seen.get(part.key, 0) for part in _parts(item)))
    sizes = [item_size(item) for item in queue]
    if not any(size > 1 for size in sizes):
        return queue[:count]
    left = next(goal for goal in range(count, -1, -1) if can_fill(sizes, goal))
    drawn = []
    for n, item in enumerate(queue):
        if sizes[n] <= left and can_fill(sizes[n + 1 :], left - sizes[n]):
            drawn.append(item)
            left -= sizes[n]
    return drawn


# --- the sequence ----------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """One page of an attempt: a question, or a wrong one that comes again, unmarked."""

    number: int
    key: str
    again: bool = False

    @property
    def slot(self) -> str:
        """The key under which its response is stored."""
        return self.key + AGAIN if self.again else self.key


def steps(
    paper: Paper,
    responses: Mapping[str, Response],
    graded: Mapping[str, int],
    feedback: Literal["at_once", "after"],
) -> list[Step]:
    """The pages of an attempt as far as they are known.

    With feedback at once, the questions answered wrong come again at the end, once all have been answered.
    ``graded``: question key -> hundredths, for every answered question.
    """
    keys = list(paper.keys)
    known = feedback == "at_once" and all(key in responses for key in keys)
    wrong = [key for key in keys if graded[key] < POSSIBLE] if known else []
    marked = [Step(n, key) for n, key in enumerate(keys, 1)]
    return marked + [Step(n, key, again=True) for n, key in enumerate(wrong, len(keys) + 1)]


# --- time ------------------------------------------------------------------------------------------------------


def deadline(
    started_at: datetime,
    minutes: int | None,
    factor_percent: int = 100,
    closes_at: datetime | None = None,
    maintenance: timedelta = timedelta(0),
) -> datetime | None:
    """Hạn nộp: the end of the person's minutes or of the window, whichever is first; None without either.

    ``factor_percent``: 150 for a person given half as much time again; ``maintenance`` lengthens the window.
    """
    ends = []
    if minutes is not None:
        ends.append(started_at + timedelta(minutes=minutes) * factor_percent / 100)
    if closes_at is not None:
        ends.append(closes_at + maintenance)
    return min(ends, default=None)


def is_late(now: datetime, deadline: datetime | None) -> bool:
    """Whether an answer that arrives now is too late to be accepted without a word."""
    return deadline is not None and now > deadline + GRACE


def may_merge(chosen_at: datetime, arrived_at: datetime, deadline: datetime | None) -> bool:
    """Whether an answer still counts: chosen before the bell, and not on its way for too long."""
    return deadline is None or (chosen_at <= deadline and arrived_at <= deadline + LATE_WINDOW)


# --- marks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """Điểm: both in hundredths of a point."""

    earned: int
    possible: int


def total(marks: Iterable[int], count: int) -> Score:
    """The score of a paper of ``count`` questions; what was left out has no mark."""
    return Score(sum(marks), count * POSSIBLE)


def passed(score: Score, pass_percent: int) -> bool:
    """Đạt: a paper without questions is never passed."""
    return score.possible > 0 and score.earned * 100 >= pass_percent * score.possible


class Counting(StrEnum):
    """Cách tính điểm: which of several attempts' marks is shown."""

    HIGHEST = "highest"
    LAST = "last"
    FIRST = "first"
    MEAN = "mean"


def counting_mark(scores: Sequence[Score], counting: Counting) -> Score | None:
    """The score that counts, of scores in the order of their attempts; None where there is none.

    Papers may differ in length, so shares are compared; a mean is told in points of the longest paper.
    """
    if not scores:
        return None
    match counting:
        case Counting.HIGHEST:
            return max(scores, key=_share)
        case Counting.LAST:
            return scores[-1]
        case Counting.FIRST:
            return scores[0]
        case Counting.MEAN:
            possible = max(score.possible for score in scores)
            mean = sum(map(_share, scores), Fraction(0)) / len(scores)
            return Score(int(mean * possible + Fraction(1, 2)), possible)  # rounded half up


def by_objective(unit: Unit, marks: Mapping[str, int]) -> dict[str, Score]:
    """Objective -> what the questions of a paper earned of it; ``marks``: question key -> hundredths."""
    questions = asked(unit)
    found = {objective.key: [m for key, m in marks.items() if questions[key].objective == objective.key]
             for objective in unit.objectives}  # fmt: skip
    return {key: total(earned, len(earned)) for key, earned in found.items() if earned}


def _share(score: Score) -> Fraction:
    return Fraction(score.earned, score.possible) if score.possible else Fraction(0)
