"""Theo dõi: who wants the weekly report of which body."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base


class WeeklyReport(Base):
    """Thư hằng tuần: a leader asked for the report of a body."""

    __tablename__ = "weekly_report"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True, index=True)
    since: Mapped[datetime]
