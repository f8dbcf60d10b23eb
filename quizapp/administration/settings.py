"""Quản trị: cấu hình: keeping what is set, publishing a notice, a test mail; what has been kept too long goes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp import mail, site
from quizapp.accounts.models import Audit, NameSeen, NoticeReading, OneTimeCode, Person, SignInFailure, UserSession
from quizapp.administration.actions import By
from quizapp.administration.models import PeopleImport, PeopleImportLine
from quizapp.administration.queries import PAGE
from quizapp.clock import day_of, now
from quizapp.database import db
from quizapp.domain import images
from quizapp.domain.notice import FIRST
from quizapp.domain.vietnamese import nfc
from quizapp.learning.models import Reminder
from quizapp.mail import Letter, MailState, Outbox
from quizapp.site import Notice
from quizapp.web.refused import Refused

AT_ONCE = 1000  # rows of one transaction
WORDS = {
    "site_name": "tên hệ thống",
    "address": "xưng hô",
    "target_percent": "chỉ tiêu",
    "close_points": "sát hạn",
    "sign_in_days": "giữ lịch sử đăng nhập",
    "look_days": "giữ nhật ký xem tên",
    "mail_days": "giữ thư",
    "import_days": "giữ danh sách đã nhập",
    "holidays": "ngày nghỉ",
}


def keep(by: By, values: Mapping[str, Any]) -> None:
    """Lưu cấu hình: what has changed is kept and told in the log."""
    before = site.current()
    changed = {key: value for key, value in values.items() if value != _plain(getattr(before, key))}
    if not changed:
        raise Refused("Chưa có mục nào thay đổi.")
    site.keep(changed, by.who.id, by.now)
    told = [f"{WORDS[key]}: {value}" for key, value in changed.items() if key != "holidays"]
    by.note("set_config", changed="; ".join(told + [WORDS["holidays"]] * ("holidays" in changed)))


def _plain(value: Any) -> Any:
    return [day.isoformat() for day in value] if isinstance(value, tuple) else value


def keep_mark(by: By, data: bytes | None) -> None:
    """Đổi dấu hiệu của cơ quan; None takes it away."""
    if data is None:
        site.keep_mark("", "", b"", by.who.id, by.now)
        by.note("set_mark", changed="dùng dấu hiệu có sẵn")
        return
    if not data:
        raise Refused("Chọn một tệp ảnh trước.")
    try:
        image = images.read(data)
    except images.BadImage as bad:
        raise Refused(str(bad)) from None
    site.keep_mark(hashlib.sha256(image.data).hexdigest(), image.kind, image.data, by.who.id, by.now)
    by.note("set_mark", changed=f"ảnh {image.width}×{image.height}")


def publish_notice(by: By, seen: int, text: str) -> None:
    """Phát hành bản mới của thông báo; Refused where another version came since the page was opened."""
    text = nfc(text).replace("\r\n", "\n").strip()
    if text == site.current().notice_text:
        raise Refused("Nội dung giống bản đang dùng.")
    if seen != _newest() or not site.publish_notice(seen + 1, text, by.who.id, by.now):
        raise Refused("Vừa có người khác phát hành bản mới. Mở lại trang để xem bản ấy.")
    by.note("publish_notice", changed=f"bản {seen + 1}")


def _newest() -> int:
    return db.session.scalar(sa.select(sa.func.max(Notice.number))) or 1


@dataclass(frozen=True)
class Version:
    """Một bản của thông báo; the first comes with the program. ``readers``: of the first, everyone who was here."""

    number: int
    text: str
    at: datetime | None
    by: str | None
    readers: int


def versions() -> list[Version]:
    """Every version, the newest first."""
    counted = sa.select(NoticeReading.number, sa.func.count()).group_by(NoticeReading.number)
    readers = dict(db.session.execute(counted).all())
    asked = sa.select(Notice, Person.name).outerjoin(Person, Person.id == Notice.by_id).order_by(Notice.number.desc())
    found = [Version(n.number, n.text, n.at, by, readers.get(n.number, 0)) for n, by in db.session.execute(asked)]
    if all(one.number != 1 for one in found):
        welcomed = db.session.scalar(sa.select(sa.func.count()).where(Person.welcomed_at.is_not(None))) or 0
        found.append(Version(1, FIRST, None, None, welcomed if not found else readers.get(1, 0)))
    return found


def version(number: int) -> Version | None:
    """The version of that number."""
    return next((one for one in versions() if one.number == number), None)


def readers(number: int, after: str | None) -> tuple[Sequence[tuple[str, str, datetime]], bool]:
    """(code, name, when) of who has read a version, in the order of names; whether more follow."""
    listed = sa.select(Person.code, Person.name, NoticeReading.at)
    listed = listed.join(NoticeReading, NoticeReading.person_id == Person.id).where(NoticeReading.number == number)
    if after:
        last = aliased(Person)
        place = sa.select(last.sort_key, last.id).where(last.code == after).subquery()
        beyond = sa.tuple_(Person.sort_key, Person.id) > sa.tuple_(place.c.sort_key, place.c.id)
        listed = listed.join(place, sa.true()).where(beyond)
    rows = db.session.execute(listed.order_by(Person.sort_key, Person.id).limit(PAGE + 1)).all()
    return [(row[0], row[1], row[2]) for row in rows[:PAGE]], len(rows) > PAGE


def test_mail(by: By) -> str:
    """Gửi thư thử; the address it goes to."""
    address = db.session.scalar(sa.select(Person.email).where(Person.id == by.who.id))
    if address is None:
        raise Refused("Đồng chí chưa ghi địa chỉ thư của mình. Ghi xong rồi gửi thư thử.", "/toi/thu")
    text = f"Đây là thư thử của {site.current().site_name}. Nhận được thư này nghĩa là máy chủ thư dùng được."
    about = f"{by.who.id}:{by.now:%H%M%S}"
    mail.put([Letter("test", about, by.who.id, address, "Thư thử", site.addressed(text))], by.today, by.now)
    by.note("test_mail")
    return address


# --- what is kept no longer ------------------------------------------------------------------------------------


def forget_old() -> int:
    """Xóa bản ghi quá hạn lưu: sign-ins, looks at names, mail, the lines of imported lists. How many rows.

    Never facts, never acts of power; of an import its receipt stays.
    """
    kept, at = site.current(), now()
    signed = at - timedelta(days=kept.sign_in_days)
    looked, mailed = at - timedelta(days=kept.look_days), at - timedelta(days=kept.mail_days)
    over = sa.func.coalesce(UserSession.ended_at, UserSession.expires_at)
    done = (MailState.SENT.value, MailState.FAILED.value, MailState.UNKNOWN.value)
    looks = sa.and_(Audit.act == "look_at_names", Audit.at < looked)
    lists = sa.select(PeopleImport.id).where(PeopleImport.made_at < at - timedelta(days=kept.import_days))
    removed = 0
    for model, condition in (
        (UserSession, over < signed),
        (SignInFailure, SignInFailure.last_at < signed),
        (OneTimeCode, OneTimeCode.expires_at < signed),
        (NameSeen, NameSeen.audit_id.in_(sa.select(Audit.id).where(looks))),
        (Audit, looks),
        (Outbox, sa.and_(Outbox.state.in_(done), Outbox.queued_at < mailed)),
        (Reminder, Reminder.day < day_of(mailed)),
        (PeopleImportLine, PeopleImportLine.import_id.in_(lists)),
    ):
        removed += _remove(model, condition)
    return removed


def _remove(model: Any, condition: sa.ColumnElement[bool]) -> int:
    key = list(sa.inspect(model).primary_key)
    removed = 0
    while True:
        some = sa.select(*key).where(condition).limit(AT_ONCE)
        gone = sa.delete(model).where(sa.tuple_(*key).in_(some)).returning(*key)
        rows = len(db.session.execute(gone).all())
        db.session.commit()
        removed += rows
        if rows < AT_ONCE:
            return removed
