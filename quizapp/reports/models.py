"""Theo dõi: sums over answers, filled by the work process from what has been handed in."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base
from quizapp.learning.settled import Settled

ANSWERED, RIGHT = "*", "+"  # in place of an option: first answers to a question, and the right ones among them


class ItemCount(Base):
    """Số câu trả lời: how often an option was chosen in people's first attempts.

    ``own``: in the body itself; ``n``: in the body and all below it.
    """

    __tablename__ = "item_count"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True)
    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    option: Mapped[str] = mapped_column(primary_key=True)
    own: Mapped[int]
    n: Mapped[int]


class ResultCount(Base):
    """Số lượt theo kết quả: people, first-try marks, bands and minutes of the attempts at a unit; ``own`` and ``n`` alike."""

    __tablename__ = "result_count"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)  # of domain.statistics
    own: Mapped[int]
    n: Mapped[int]


class CountedAttempt(Base):
    """Lượt đã tính: an attempt counts once in a campaign, in the body where its person stood then."""

    __tablename__ = "counted_attempt"
    __table_args__ = (sa.Index("ix_counted_attempt_body", "campaign_id", "body_id"),)  # counted again body by body

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"))
    first: Mapped[bool]


class AnswerFill(Settled, Base):
    """Lần tổng hợp: how far the facts have been counted. One row."""

    __tablename__ = "answer_fill"

    tree: Mapped[str | None]  # body -> the one above, as JSON: which tree the sums over bodies hold for
