"""Số liệu của câu hỏi, as the bank filters by it: difficulty and discrimination in design/ux.md 5.3's steps."""

from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.courses.models import Unit
from quizapp.database import db
from quizapp.organisation.models import Body

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
# Room `reports` fills it and stands to the right; only these columns of its table are read here.
_counts = sa.table(
    "item_count",
    *map(sa.column, ("body_id", "unit_revision_id", "question", "option", "n")),
)
_ANSWERED, _RIGHT = "*", "+"


@dataclass(frozen=True)
class Figures:
    """First tries of the newest revision's question, the right ones among them; ``discrimination`` -1 to 1, or unknown."""

    tries: int = 0
    right: int = 0
    discrimination: float | None = None

    @property
    def facility(self) -> float | None:
        """Độ khó: the share of right answers, once there are enough."""
        return self.right / self.tries if self.tries >= LEAST else None

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
    """What is known of each question, by unit and key; one statement."""
    tops = sa.select(Body.id).where(Body.parent_id.is_(None))
    it = _counts.c
    sums = (
        sa.select(Unit.id, it.question, it.option, sa.func.sum(it.n).label("n"))
        .join(Unit, Unit.revision_id == it.unit_revision_id)
        .where(it.body_id.in_(tops), it.option.in_((_ANSWERED, _RIGHT)))
        .group_by(Unit.id, it.question, it.option)
    )
    found: dict[tuple[int, str], dict[str, int]] = {}
    for row in db.session.execute(sums):
        found.setdefault((row.id, row.question), {})[row.option] = int(row.n)
    return {name: Figures(told.get(_ANSWERED, 0), told.get(_RIGHT, 0)) for name, told in found.items()}
