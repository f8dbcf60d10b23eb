"""Dự báo: how far a group is, whether it will make its date at the pace of the last week, and who is at risk.

Counts and days in, words out. A forecast is given only where there is enough to go on; else it is None, and the words
say "chưa đủ số liệu". Source of the rules: ux.md, 4.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

PACE_DAYS = 7  # the pace is the mean of so many days
LEAST_PEOPLE, LEAST_DAYS = 20, 7  # fewer people or days of data: no forecast
CLOSE = Fraction(8)  # points below the target that still count as sát hạn, where nothing else is set
QUIET_DAYS = 7  # who has learnt nothing for so long is at risk


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

    def wanted(self, target_percent: int) -> int:
        """How many whole people the target asks for."""
        return -(-self.people * target_percent // 100)

    def missing(self, target_percent: int) -> int:
        """How many more have to be done to reach the target."""
        return max(0, self.wanted(target_percent) - self.done)


@dataclass(frozen=True)
class Plan:
    """What a campaign wants: ``target_percent`` of the people done by the end of ``due_on``."""

    from_on: date
    due_on: date
    target_percent: int

    def days_left(self, day: date) -> int:
        """Days after ``day`` up to the due date; below 0 past it."""
        return (self.due_on - day).days

    def expected(self, day: date) -> Fraction:
        """Points that an even pace would have reached by the end of a day."""
        days = (self.due_on - self.from_on).days + 1
        gone = min(max((day - self.from_on).days + 1, 0), days)
        return Fraction(self.target_percent * gone, days)


class Status(StrEnum):
    """Tình trạng so với hạn, the worst first."""

    OVERDUE = "qua-han"
    LATE = "tre"
    CLOSE = "sat"
    UNKNOWN = "chua-du"
    ON_TIME = "kip"
    REACHED = "dat"
    NOBODY = "khong-co"


WORDS = {
    Status.OVERDUE: "Quá hạn",
    Status.LATE: "Trễ hạn",
    Status.CLOSE: "Sát hạn",
    Status.UNKNOWN: "Chưa đủ số liệu",
    Status.ON_TIME: "Kịp hạn",
    Status.REACHED: "Đạt chỉ tiêu",
    Status.NOBODY: "Chưa ghi danh",
}
MARKS = {
    Status.OVERDUE: "bad",
    Status.LATE: "warn",
    Status.CLOSE: "near",
    Status.UNKNOWN: "plain",
    Status.ON_TIME: "ok",
    Status.REACHED: "ok",
    Status.NOBODY: "plain",
}


@dataclass(frozen=True)
class Outlook:
    """Where a group stands on a day: its status, people done by the due date at this pace, points behind an even pace.

    ``by_due`` is None where there is not enough to go on; ``behind`` is below 0 where the group is ahead.
    """

    status: Status
    by_due: int | None
    share_by_due: Fraction | None
    behind: Fraction
    missing: int
    missing_by_due: int | None
    close: Fraction = CLOSE

    @property
    def word(self) -> str:
        return WORDS[self.status]

    @property
    def mark(self) -> str:
        """The colour's name: "bad", "warn", "near", "ok" or "plain"."""
        return MARKS[self.status]

    @property
    def urgent(self) -> bool:
        """To be urged today: overdue, late, or, where nothing can be forecast, far behind an even pace."""
        return self.status in (Status.OVERDUE, Status.LATE) or (
            self.status is Status.UNKNOWN and self.behind > self.close
        )


def by_due(progress: Progress, plan: Plan, day: date, recent: Sequence[int]) -> int | None:
    """People done at the end of the due date if the pace holds; None where there is not enough to go on.

    ``recent``: how many became done on each of the last days, ``day`` last; its last seven are the pace.
    """
    days = (day - plan.from_on).days + 1
    if progress.people < LEAST_PEOPLE or days < LEAST_DAYS or len(recent) < PACE_DAYS:
        return None
    pace = Fraction(max(0, sum(recent[-PACE_DAYS:])), PACE_DAYS)
    return min(progress.people, progress.done + int(pace * max(0, plan.days_left(day))))


def outlook(progress: Progress, plan: Plan, day: date, recent: Sequence[int] = (), close: Fraction = CLOSE) -> Outlook:
    """The status of a group on a day; ``close``: points below the target that still count as sát hạn."""
    then = by_due(progress, plan, day, recent)
    share = None if then is None or not progress.people else Fraction(then, progress.people)
    missing = progress.missing(plan.target_percent)
    lacks = None if then is None else max(0, progress.wanted(plan.target_percent) - then)
    behind = plan.expected(day) - progress.share * 100
    status = _status(progress, plan, day, share, close)
    return Outlook(status, then, share, behind, missing, lacks, close)


def _status(progress: Progress, plan: Plan, day: date, share: Fraction | None, close: Fraction) -> Status:
    if not progress.people:
        return Status.NOBODY
    if not progress.missing(plan.target_percent):
        return Status.REACHED
    if day > plan.due_on:
        return Status.OVERDUE
    if share is None:
        return Status.UNKNOWN
    points = share * 100
    if points >= plan.target_percent:
        return Status.ON_TIME
    return Status.CLOSE if points >= plan.target_percent - close else Status.LATE


_RANKS = {status: rank for rank, status in enumerate(Status)}


def worst_first(progress: Progress, seen: Outlook) -> tuple[int, Fraction, int]:
    """Sort key: overdue and late before near, unknown, in time; in each the lowest forecast, then the most people."""
    share = progress.share if seen.share_by_due is None else seen.share_by_due
    return _RANKS[seen.status], share, -seen.missing


# --- words -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """``word`` for the tag, ``mark`` for its colour, ``sentence`` for whoever reads on."""

    word: str
    mark: str
    sentence: str


def verdict(progress: Progress, plan: Plan, day: date, recent: Sequence[int] = (), close: Fraction = CLOSE) -> Verdict:
    """Câu kết luận: against the plan, then where this pace leads, then how many are missing."""
    seen = outlook(progress, plan, day, recent, close)
    return Verdict(seen.word, seen.mark, _sentence(seen, plan, day))


def _sentence(seen: Outlook, plan: Plan, day: date) -> str:
    target = f"chỉ tiêu {plan.target_percent}%"
    lacks = f"còn thiếu {_number(seen.missing)} đồng chí so với {target}"
    match seen.status:
        case Status.NOBODY:
            return "Chưa có ai được ghi danh."
        case Status.REACHED:
            return f"Đã đạt {target}."
        case Status.OVERDUE:
            return f"Đã qua hạn {plan.due_on:%d/%m/%Y}, {lacks}."
    start = f"{_against_plan(seen.behind)} so với kế hoạch"
    if seen.share_by_due is None:
        return f"{start}, {lacks}. Chưa đủ số liệu để dự báo."
    ahead = f"Giữ nhịp {PACE_DAYS} ngày qua, đến hạn {plan.due_on:%d/%m} đạt khoảng {whole_percent(seen.share_by_due)}%"
    if not plan.days_left(day):
        return f"{start}. Hạn cuối là hôm nay, {lacks}."
    if not seen.missing_by_due:
        return f"{start}. {ahead}, kịp {target}."
    return f"{start}. {ahead}, thiếu {_number(seen.missing_by_due)} đồng chí so với {target}."


def _against_plan(behind: Fraction) -> str:
    tenths = round(abs(behind) * 10)
    if not tenths:
        return "Đúng tiến độ"
    points = f"{tenths // 10},{tenths % 10}".removesuffix(",0")
    return f"{'Chậm' if behind > 0 else 'Vượt'} {points} điểm phần trăm"


def whole_percent(share: Fraction) -> int:
    """A share as a whole percentage, never rounded up to a hundred, nor down to nothing."""
    percent = round(share * 100)
    if percent == 100 and share < 1:
        return 99
    return 1 if percent == 0 and share > 0 else percent


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def percentages(parts: Sequence[int], steps: int = 100) -> list[int]:
    """Shares of the whole in steps (100: percent, 1000: tenths of one) that add up exactly: largest remainder.

    All 0 where there is nothing to share.
    """
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    floors = [part * steps // whole for part in parts]
    order = sorted(range(len(parts)), key=lambda n: (-(parts[n] * steps % whole), n))
    for n in order[: steps - sum(floors)]:
        floors[n] += 1
    return floors


# --- people ----------------------------------------------------------------------------------------------------


def is_at_risk(begun: bool, done: bool, last_on: date | None, from_on: date, due_on: date, day: date) -> bool:
    """Cần chú ý: not begun with less than a third of the time left, or nothing learnt for seven days.

    ``last_on``: the last day on which the person learnt, None for never. Who is done is not at risk.
    """
    if done:
        return False
    if not begun:
        return (due_on - day).days * 3 < (due_on - from_on).days + 1
    return last_on is not None and (day - last_on).days >= QUIET_DAYS
