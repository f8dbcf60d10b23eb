"""Một câu hỏi trên trang phân tích: its figures as far as they may be shown, and what they say."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from quizapp.courses.queries import Taught
from quizapp.domain import item_quality
from quizapp.domain.content import AnyQuestion, Single
from quizapp.domain.item_analysis import intended_weight, random_guess
from quizapp.domain.item_cells import choices
from quizapp.domain.item_quality import HIDDEN_BELOW, SHOWN_FROM, Finding, Seen, Verdict


@dataclass(frozen=True)
class ChoiceLine:
    """Một phương án: its words, whether it is right, who chose it: of all, of the weak, the middle and the strong third."""

    key: str
    text: str
    right: bool
    share: float
    weak: float
    middle: float
    strong: float
    dead: bool


@dataclass(frozen=True)
class Line:
    """Một câu hỏi with its figures. ``row`` None: nobody has answered it; ``reports``: (all, those that wait)."""

    taught: Taught
    question: AnyQuestion
    row: Any
    reports: tuple[int, int] = (0, 0)
    stopped: bool = False
    newest: bool = True

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def attempts(self) -> int:
        return self.row.attempts if self.row is not None else 0

    @property
    def hidden(self) -> bool:
        """So few that not even their number is told."""
        return 0 < self.attempts < HIDDEN_BELOW

    @property
    def shown(self) -> bool:
        """Whether its figures are: of fewer, they say more of the people than of the question."""
        return self.attempts >= SHOWN_FROM

    @property
    def sureness(self) -> str:
        return item_quality.sureness(self.attempts)

    @cached_property
    def seen(self) -> Seen:
        row = self.row
        if not self.shown:
            return Seen(self.attempts, None, None, None, {}, self.reports[0])
        wrong: dict[str, Fraction] = {}
        if isinstance(self.question, Single):  # where just one is chosen
            share = {one[0]: _exact(one[1]) for one in row.choices}
            wrong = {one.key: share.get(one.key) or Fraction(0) for one in self.question.options if not one.right}
        figures = _exact(row.facility), row.discrimination, _exact(row.seconds)
        return Seen(self.attempts, *figures, wrong, self.reports[0])

    @cached_property
    def findings(self) -> list[Finding]:
        letters = {option.key: f"“{_short(option.text)}”" for option in getattr(self.question, "options", ())}
        seen = self.seen
        named = {letters.get(key, key): share for key, share in seen.wrong.items()}
        return item_quality.findings(Seen(seen.attempts, seen.facility, seen.index, seen.seconds, named, seen.reports))

    @cached_property
    def verdict(self) -> Verdict:
        return item_quality.verdict(self.seen)

    @property
    def bound(self) -> float | None:
        """Cận trên 95% of the discrimination, in percent."""
        r = self.seen.index
        return None if r is None else item_quality.upper_bound(r, self.attempts)

    @property
    def guess(self) -> Fraction | None:
        return random_guess(self.question)

    @property
    def intended(self) -> float | None:
        return intended_weight(1, len(self.taught.questions))

    @property
    def choices(self) -> list[ChoiceLine]:
        """The options as they stand in the question; of lines and gaps with many, those that somebody chose."""
        if not self.shown:
            return []
        chosen = {one[0]: one[1:] for one in self.row.choices}
        dead = item_quality.dead_options(self.seen.facility, self.seen.wrong)
        known = choices(self.question)
        found = []
        for key, (text, right) in known.items():
            if len(known) <= 8 or right or key in chosen:
                share, weak, middle, strong = chosen.get(key, (0.0, 0.0, 0.0, 0.0))
                found.append(ChoiceLine(key, text, right, share, weak, middle, strong, key in dead))
        return found


def _exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value).limit_denominator(10**9)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
