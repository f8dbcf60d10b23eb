"""Phân tích: sums over first tries at each question, and the figures made of them by the work process."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base
from quizapp.learning.settled import Settled


class ItemCell(Base):
    """Ô số liệu: how often something (``what``, of domain.item_cells) came with such a rest of the paper."""

    __tablename__ = "item_cell"

    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    rest: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    others: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]


class AnalysedAttempt(Base):
    """Lượt đã tính: an attempt adds to the cells once."""

    __tablename__ = "analysed_attempt"

    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id"), primary_key=True, autoincrement=False)


class ItemAnalysis(Base):
    """Số liệu một câu hỏi: facility and thirds 0 to 1, index, efficiency and weight in percent, sd in points.

    ``choices``: [option, share, of the weak, of the middle, of the strong third]. ``suspended_at``: when the system has
    stopped the question by these figures; it does so once.
    """

    __tablename__ = "item_analysis"

    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int]
    blank: Mapped[int]
    facility: Mapped[float | None]
    sd: Mapped[float | None]
    discrimination: Mapped[float | None]
    efficiency: Mapped[float | None]
    weight: Mapped[float | None]
    weak: Mapped[float | None]
    middle: Mapped[float | None]
    strong: Mapped[float | None]
    seconds: Mapped[float | None]
    choices: Mapped[list[Any]] = mapped_column(sa.JSON())
    suspended_at: Mapped[datetime | None]


class QuizAnalysis(Base):
    """Số liệu một đề: of all first tries at a revision, in points; the figures only where all answered the same questions."""

    __tablename__ = "quiz_analysis"

    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"), primary_key=True)
    attempts: Mapped[int]
    papers: Mapped[int]
    questions: Mapped[int]
    median: Mapped[float | None]
    mean: Mapped[float | None]
    sd: Mapped[float | None]
    skewness: Mapped[float | None]
    kurtosis: Mapped[float | None]
    cic: Mapped[float | None]
    error_ratio: Mapped[float | None]
    standard_error: Mapped[float | None]


class ItemFill(Settled, Base):
    """Lần tổng hợp: how far the facts have been taken in; ``changed``: revisions whose figures are to be made anew."""

    __tablename__ = "item_fill"

    changed: Mapped[list[Any]] = mapped_column(sa.JSON(), default=list)
