"""Tiến độ: how far a group is, and the sentence that says so. Pure: counts and days in, words out."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from quizapp.web.formats import day, number

CLOSE = Fraction(8)  # points behind that still count as sát tiến độ


@dataclass(frozen=True)
class Progress:
    """People of a group by state. Whoever is waived counts as done."""

    people: int
    completed: int
    waived: int
    learning: int

    @property
    def done(self) -> int:
        return self.completed + self.waived

    @property
    def not_begun(self) -> int:
        return self.people - self.done - self.learning

    @property
    def share(self) -> Fraction:
        """Of the people, how many are done: 0 to 1; 0 where there is nobody."""
        return Fraction(self.done, self.people) if self.people else Fraction(0)

    def missing(self, target_percent: int) -> int:
        """How many more have to be done to reach the target."""
        wanted = -(-self.people * target_percent // 100)
        return max(0, wanted - self.done)


@dataclass(frozen=True)
class Plan:
    """What a campaign wants: ``target_percent`` of the people done by the end of ``due_on``."""

    from_on: date
    due_on: date
    target_percent: int

    def expected(self, today: date) -> Fraction:
        """Points that an even pace would have reached by the end of a day."""
        days = (self.due_on - self.from_on).days + 1
        gone = min(max((today - self.from_on).days + 1, 0), days)
        return Fraction(self.target_percent * gone, days)


@dataclass(frozen=True)
class Verdict:
    """``word`` for the tag, ``mark`` for its colour, ``sentence`` for whoever reads on."""

    word: str
    mark: str
    sentence: str


def verdict(progress: Progress, plan: Plan, today: date, close: Fraction = CLOSE) -> Verdict:
    """Kịp hạn, sát hạn, trễ hạn, quá hạn, or đạt chỉ tiêu: against the target and an even pace to the due date."""
    missing = progress.missing(plan.target_percent)
    target = f"chỉ tiêu {plan.target_percent}%"
    if not missing:
        return Verdict("Đạt chỉ tiêu", "ok", f"Đã đạt {target}.")
    lacks = f"còn thiếu {number(missing)} đồng chí so với {target}"
    if today > plan.due_on:
        return Verdict("Quá hạn", "bad", f"Đã qua hạn {day(plan.due_on)}, {lacks}.")
    behind = plan.expected(today) - progress.share * 100
    if behind <= 0:
        return Verdict("Kịp hạn", "ok", f"Theo kịp tiến độ đều đến hạn {day(plan.due_on)}, {lacks}.")
    tenths = max(round(behind * 10), 1)
    points = f"{tenths // 10},{tenths % 10}".removesuffix(",0")
    sentence = f"Chậm {points} điểm phần trăm so với tiến độ đều đến hạn {day(plan.due_on)}, {lacks}."
    return Verdict("Sát hạn", "warn", sentence) if behind <= close else Verdict("Trễ hạn", "warn", sentence)
