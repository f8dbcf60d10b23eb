"""Biểu đồ: a question's facility over the weak, the middle and the strong third. Pure geometry."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, RIGHT, TOP, BOTTOM = 44.0, 300.0, 16.0, 132.0
WIDTH, HEIGHT = 330, 166


@dataclass(frozen=True)
class Trace:
    """Points from left to right as (x, y, share), their line, and the height of the guessing line (None: no telling)."""

    points: tuple[tuple[float, float, float], ...]
    line: str
    guess: float | None


def trace(levels: Sequence[float], guess: float | None) -> Trace:
    """Shares 0 to 1 in a frame of WIDTH by HEIGHT."""
    step = (RIGHT - LEFT - 40) / max(len(levels) - 1, 1)
    points = tuple((LEFT + 20 + n * step, height(one), one) for n, one in enumerate(levels))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    return Trace(points, line, None if guess is None else height(guess))


def height(share: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * min(max(share, 0.0), 1.0), 1)
