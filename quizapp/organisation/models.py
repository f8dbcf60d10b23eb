"""Đơn vị: bodies, their periods and successions."""

from datetime import date
from enum import StrEnum

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
