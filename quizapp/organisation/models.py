"""Đơn vị: bodies, their periods and successions, and what is to change on a later day."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from quizapp.database import Base, one_of
from quizapp.domain.vietnamese import fold


class BodyKind(StrEnum):
    """Khối: what sort of body it is."""

    PARTY = "party"
    GOVERNMENT = "government"
    UNION = "union"
    SERVICE = "service"


BODY_KINDS = {
    BodyKind.PARTY: "Đảng",
    BodyKind.GOVERNMENT: "Chính quyền",
    BodyKind.UNION: "Đoàn thể",
    BodyKind.SERVICE: "Sự nghiệp",
}


class Body(Base):
    """Đơn vị, as it is today; its past stands in `BodyPeriod`."""

    __tablename__ = "body"
    __table_args__ = (
        one_of("kind", BodyKind),
        sa.Index("ix_body_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    folded: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("body.id"), index=True)
    path: Mapped[str]  # ids from the root down: "1/2/17/"
    from_on: Mapped[date]
    to_on: Mapped[date | None]  # the first day on which it no longer is
    helper: Mapped[str | None]  # who helps its people, inherited from above where empty
    helper_phone: Mapped[str | None]


class BodyPeriod(Base):
    """Giai đoạn: the name and place of a body from a day on."""

    __tablename__ = "body_period"

    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("body.id"))
    path: Mapped[str]

    @validates("name")
    def _fold(self, _column: str, name: str) -> str:
        self.folded = fold(name)  # whoever names a period need not think of search
        return name


class BodySuccession(Base):
    """Tiền thân: which body came out of which, on which day."""

    __tablename__ = "body_succession"

    old_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True)
    new_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True)
    on: Mapped[date] = mapped_column("on_day", primary_key=True)


class PlanKind(StrEnum):
    """Thay đổi: what may be laid down for a later day."""

    RENAME = "rename"
    MOVE = "move"
    MERGE = "merge"
    SPLIT = "split"


PLAN_NAMES = {
    PlanKind.RENAME: "Đổi tên",
    PlanKind.MOVE: "Chuyển cấp trên",
    PlanKind.MERGE: "Gộp",
    PlanKind.SPLIT: "Tách",
}


class BodyPlan(Base):
    """Thay đổi chờ đến ngày: a change of the tree that the work process carries out on its day."""

    __tablename__ = "body_plan"
    __table_args__ = (one_of("kind", PlanKind), sa.Index("ix_body_plan_waiting", "done_at", "on_day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), index=True)
    kind: Mapped[str]
    on: Mapped[date] = mapped_column("on_day")
    detail: Mapped[dict[str, Any]]  # the act's own arguments
    asked_by: Mapped[int]  # a person; people stand in a room further right
    asked_at: Mapped[datetime]
    reason: Mapped[str]
    done_at: Mapped[datetime | None]  # carried out, refused or taken back
    problem: Mapped[str | None]  # why it could not be carried out
    taken_back: Mapped[bool] = mapped_column(default=False)
