"""Báo cáo: frozen figures, official reports, what a body's letterhead says."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, one_of, public_code
from quizapp.reports.paper.document import Layout


class Snapshot(Base):
    """Số liệu đã chốt: figures of a body and all below it, frozen; never a person's name. ``number``: "SL-2026-17"."""

    __tablename__ = "snapshot"
    __table_args__ = (sa.Index("ix_snapshot_same", "campaign_id", "body_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True, default=public_code)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"))
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"))
    until: Mapped[date]
    at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    sha256: Mapped[str]
    figures: Mapped[dict[str, Any]]


class OfficialReport(Base):
    """Báo cáo: a snapshot in an official layout, with the letterhead as it was; an addendum corrects another report."""

    __tablename__ = "official_report"
    __table_args__ = (one_of("layout", Layout),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=public_code)
    snapshot_id: Mapped[int] = mapped_column(sa.ForeignKey("snapshot.id"), index=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), index=True)
    layout: Mapped[str]
    letterhead: Mapped[dict[str, Any]]
    about: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("official_report.id"), index=True)
    why: Mapped[str | None]


class Letterhead(Base):
    """Thể thức của đơn vị: what was last typed for its reports, offered again the next time."""

    __tablename__ = "letterhead"

    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True)
    layout: Mapped[str]
    letterhead: Mapped[dict[str, Any]]
