"""Số liệu của câu hỏi, as the bank filters by it: difficulty and discrimination in design/ux.md 5.3's steps."""

from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.analysis.models import ItemAnalysis
from quizapp.courses.models import Unit
from quizapp.database import db

LEAST = 30  # first tries; below, a figure says nothing
DIFFICULTY = {
    "rat-de": "rất dễ (trên 97%)",
    "de": "dễ (90 đến 97%)",
    "vua": "vừa (60 đến 90%)",
    "kho": "khó (40 đến 60%)",
    "rat-kho": "rất khó (dưới 40%)",
    "chua": "chưa đủ số liệu",
}
POWER = {
    "tot": "tốt (từ 0,30)",
    "xem": "cần xem (0,20 đến 0,30)",
    "yeu": "yếu (dưới 0,20)",
    "am": "âm: kiểm tra đáp án",
    "chua": "chưa đủ số liệu",
}


@dataclass(frozen=True)
class Figures:
    """First tries of the newest revision's question; the share of marks earned, 0 to 1; ``discrimination`` -1 to 1."""

    tries: int = 0
    share: float | None = None
    discrimination: float | None = None

    @property
    def facility(self) -> float | None:
        """Độ khó: the share of marks earned, once there are enough tries."""
        return self.share if self.tries >= LEAST else None

    @property
    def difficulty(self) -> str:
        """A key of `DIFFICULTY`."""
        share = self.facility
        if share is None:
            return "chua"
        return next((name for least, name in _STEPS if share > least), "rat-kho")

    @property
    def power(self) -> str:
        """A key of `POWER`."""
        if self.discrimination is None or self.tries < LEAST:
            return "chua"
        return next((name for least, name in _POWERS if self.discrimination >= least), "am")


_STEPS = ((0.97, "rat-de"), (0.90, "de"), (0.60, "vua"), (0.40, "kho"))
_POWERS = ((0.30, "tot"), (0.20, "xem"), (0.0, "yeu"))


def figures() -> dict[tuple[int, str], Figures]:
    """What the analysis has found of each question, by unit and key; one statement."""
    it = ItemAnalysis
    told = sa.select(Unit.id, it.question, it.attempts, it.facility, it.discrimination)
    rows = db.session.execute(told.join(Unit, Unit.revision_id == it.unit_revision_id))
    return {(row.id, row.question): Figures(row.attempts, row.facility, _share(row.discrimination)) for row in rows}


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100
