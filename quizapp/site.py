"""Cấu hình: what an administrator sets for the whole site, and the text of the privacy notice with its versions.

Read from a cache of this process, emptied by the transaction that changes it; another process hears within a minute.
"""

import base64
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from jinja2 import pass_context
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.config import Settings
from quizapp.database import Base, db, insert, table, watch
from quizapp.domain.notice import FIRST

DONG_CHI, ANH_CHI = "đồng chí", "anh/chị"
ADDRESSES = (DONG_CHI, ANH_CHI)
SECONDS = 60.0
_COUNTED = re.compile(f"(?<=[0-9]) {DONG_CHI}")  # "11.206 đồng chí": people, not whom we speak to


class Setting(Base):
    """Một mục cấu hình; missing: as it comes with the program."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]  # {"is": …}
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class Notice(Base):
    """Thông báo về dữ liệu cá nhân: a version of its text; never changed, only followed by the next."""

    __tablename__ = "notice"

    number: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    text: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


@dataclass(frozen=True)
class Site:
    """All that is set. Days are those for which a kind of record is kept."""

    site_name: str = "Liêm Chính"
    address: str = DONG_CHI
    mark: str = ""  # sha256 of the agency's own mark; "" for ours
    mark_type: str = ""
    target_percent: int = 95
    close_points: int = 8  # points behind that still count as sát hạn
    sign_in_days: int = 365
    look_days: int = 730
    mail_days: int = 180
    import_days: int = 365
    holidays: tuple[date, ...] = ()  # further than those that fall on the same day each year
    notice: int = 1
    notice_text: str = FIRST


class _Cache:
    def __init__(self) -> None:
        self.site: Site | None = None
        self.until = 0.0

    def clear(self) -> None:
        self.until = 0.0

    def watch(self) -> None:
        """Be emptied after every transaction that changes a setting."""
        watch(("INSERT INTO setting", "DELETE FROM setting", "INSERT INTO notice "), self.clear)


cache = _Cache()


def current() -> Site:
    """What is set now. Where the database cannot be asked, what was known last: the page of an error needs it, too."""
    if cache.site is not None and time.monotonic() < cache.until:
        return cache.site
    try:
        cache.site = _read()
    except sa.exc.SQLAlchemyError:
        return cache.site or _usual()
    cache.until = time.monotonic() + SECONDS
    return cache.site


def _usual() -> Site:
    settings: Settings = current_app.extensions["settings"]
    return Site(site_name=settings.site_name)


def _read() -> Site:
    """Settings and the newest notice, in one statement."""
    newest = sa.select(sa.func.max(Notice.number)).scalar_subquery()
    notice = sa.select(sa.literal("notice"), sa.cast(sa.null(), sa.JSON), Notice.number, Notice.text)
    rows = db.session.execute(
        sa.select(Setting.key, Setting.value, sa.null(), sa.null())
        .where(Setting.key.not_like("mark.%"))
        .union_all(notice.where(Notice.number == newest))
    ).all()
    known: dict[str, Any] = {row[0]: row[1]["is"] for row in rows if row[1] is not None}
    if "holidays" in known:
        known["holidays"] = tuple(date.fromisoformat(one) for one in known["holidays"])
    for _, value, number, text in rows:
        if value is None:
            known |= {"notice": number, "notice_text": text}
    names = {field.name for field in fields(Site)}
    return Site(**vars(_usual()) | {key: value for key, value in known.items() if key in names})


def keep(values: Mapping[str, Any], by_id: int, at: datetime) -> None:
    """Lưu những mục này."""
    rows = [{"key": key, "value": {"is": value}, "at": at, "by_id": by_id} for key, value in values.items()]
    statement = insert(table(Setting)).values(rows)
    fresh = {name: statement.excluded[name] for name in ("value", "at", "by_id")}
    db.session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=fresh))


def keep_mark(digest: str, kind: str, data: bytes, by_id: int, at: datetime) -> None:
    """Lưu dấu hiệu của cơ quan, by its hash; the one before it goes."""
    db.session.execute(sa.delete(Setting).where(Setting.key.like("mark.%")))
    kept = {f"mark.{digest}": base64.b64encode(data).decode()} if digest else {}
    keep({"mark": digest, "mark_type": kind, **kept}, by_id, at)


def mark(digest: str) -> bytes | None:
    """The bytes of the mark of that hash."""
    value = db.session.scalar(sa.select(Setting.value).where(Setting.key == f"mark.{digest}"))
    return None if value is None else base64.b64decode(value["is"])


def publish_notice(number: int, text: str, by_id: int, at: datetime) -> bool:
    """Bản mới của thông báo; False where another one came first."""
    row = {"number": number, "text": text, "at": at, "by_id": by_id}
    new = insert(table(Notice)).values(row).on_conflict_do_nothing()
    return bool(db.session.execute(new.returning(table(Notice).c.number)).all())


@pass_context  # else Jinja asks once, when it compiles the template
def asked(context: Any, text: str) -> str:
    """Filter of templates: the text in the form of address that is set."""
    return addressed(text)


@pass_context
def counted(context: Any, text: str) -> str:
    """ "đồng chí" after a number: people are counted as "người" where they are addressed otherwise."""
    return text if current().address == DONG_CHI else "người"


def addressed(text: str) -> str:
    """The text in the form of address that is set."""
    if current().address == DONG_CHI:
        return text
    text = _COUNTED.sub(" người", text)
    return text.replace(DONG_CHI, ANH_CHI).replace(DONG_CHI.capitalize(), ANH_CHI.capitalize())
