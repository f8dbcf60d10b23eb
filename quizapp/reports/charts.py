"""Biểu đồ: where the lines of the charts run. Pure geometry; the words and the table stand in the templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from quizapp.reports.tables import Curve, UnitHead

LABEL = 17  # between two labels at the end of the curve


@dataclass(frozen=True)
class Drawing:
    """A chart of ``width`` by ``height``: three lines, the area under the first, marks, labels. "" is no line."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    actual: str
    area: str
    planned: str
    forecast: str
    at: tuple[float, float] | None
    end: tuple[float, float] | None
    labels: tuple[float, float]
    days: tuple[tuple[float, str, date], ...]  # x, text-anchor, day

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def draw(curve: Curve, target: int, width: int, height: int, margin: int) -> Drawing:
    """The curve in a frame with so much room for labels at the right; days to the right, 0 to 100 % upward."""
    left, right, top, bottom = 4.0, float(width - margin), 14.0, float(height - 26)
    first, last = curve.points[0].day, curve.points[-1].day
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        return left + (right - left) * (day - first).days / days

    def y(share: Fraction) -> float:
        return bottom - (bottom - top) * float(min(share, Fraction(1)))

    people = max(curve.people, 1)
    known = [point for point in curve.points if point.done is not None]
    actual = [(x(point.day), y(Fraction(point.done or 0, people))) for point in known]
    planned = [(x(point.day), y(point.planned / 100)) for point in curve.points]
    at, end = actual[-1] if actual else None, None
    if curve.by_due is not None and at and last > known[-1].day:
        end = right, y(Fraction(curve.by_due, people))
    ticks = [(left, "start", first)] if len(curve.points) == 1 else [(left, "start", first), (right, "end", last)]
    if at and left + 60 < at[0] < right - 60:
        ticks.insert(1, (at[0], "middle", known[-1].day))
    area = [(actual[0][0], bottom), *actual, (actual[-1][0], bottom)] if len(actual) > 1 else []
    lines = _line(actual), _line(area), _line(planned), _line([at, end] if at and end else [])
    goal = y(Fraction(target, 100))
    return Drawing(width, height, left, right, top, bottom, *lines, at, end, _apart(goal, end), tuple(ticks))


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points) if len(points) > 1 else ""


def _apart(goal: float, end: tuple[float, float] | None) -> tuple[float, float]:
    """Heights of the two labels, so that neither covers the other."""
    forecast = end[1] if end else goal
    gap = forecast - goal
    if end is None or abs(gap) >= LABEL:
        return goal, forecast
    middle = (goal + forecast) / 2
    return (middle - LABEL / 2, middle + LABEL / 2) if gap >= 0 else (middle + LABEL / 2, middle - LABEL / 2)


def bars(days: Sequence[int], height: int = 24) -> list[tuple[int, float, float]]:
    """(x, y, height) of the fourteen small bars; a day without anybody is a line."""
    highest = max(*days, 1)
    tall = [max(1.5, (height - 2) * max(0, n) / highest) for n in days]
    return [(6 * n, round(height - one, 1), round(one, 1)) for n, one in enumerate(tall)]


def groups(units: Sequence[UnitHead]) -> list[tuple[str | None, int]]:
    """The tasks over the columns of the heat table: (task, how many units)."""
    return [(task, len(list(of))) for task, of in groupby(units, lambda unit: unit.task)]
