"""Bản chính thức: adding a version, comparing it with the signed copy, taking a wrong one down."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from quizapp.accounts.actions import note_act
from quizapp.accounts.queries import SignedIn
from quizapp.database import db, read_first
from quizapp.domain import official, old_fonts
from quizapp.files import actions as files
from quizapp.library import actions as indexing
from quizapp.library import official_queries as queries
from quizapp.library import queries as library
from quizapp.library import signed_files
from quizapp.library.models import Document, OfficialText, TextState
from quizapp.library.signed_files import OLD_FONTS, Read
from quizapp.web.access import Role
from quizapp.web.refused import Refused

NOT_ONE_SELF = "Người thêm bản này không tự xác nhận. Đề nghị báo cáo viên, người duyệt hoặc quản trị khác đối chiếu."


@dataclass(frozen=True)
class By:
    """Who acts, why, when, and from which network."""

    who: SignedIn
    reason: str
    net: str
    now: datetime


def begin(document_id: int, who_id: int, data: bytes, name: str, now: datetime) -> OfficialText:
    """Bước 1: a draft with a file and its text, or without one; nobody else sees it. Refused for a wrong file."""
    found: Read | None = None
    if data or name:
        with read_first():  # reading may take half a minute, during which nobody has to wait to write
            found = signed_files.read(data, name)
    row = OfficialText(document_id=document_id, added_by=who_id, added_at=now, told=[], source="", reason="")
    if found is not None:
        row.file_sha256, row.file_name, row.media_type = files.keep(data, now), name[-200:], found.media_type
        row.text, row.told = found.text or None, list(found.told)
    db.session.add(row)
    db.session.flush()
    return row


def keep(row: OfficialText, text: str, source: str, by: By) -> None:
    """Bước 2: what the person has read and corrected becomes the document's next version, and waits to be compared."""
    if row.state != TextState.DRAFT.value:
        raise Refused("Bản này đã được giữ. Mở danh sách để xem.")
    clean = official.tidy(text)
    if not clean and row.file_sha256 is None:
        raise Refused("Chưa có tệp và cũng chưa có chữ nào để giữ.")
    if clean and len(clean) < official.LEAST_LETTERS:
        raise Refused("Toàn văn quá ngắn. Dán đủ văn bản, hoặc để trống để chỉ giữ tệp.")
    if old_fonts.in_glyphs(clean):
        raise Refused(OLD_FONTS)
    db.session.get_one(Document, row.document_id, with_for_update=True)  # two at once would take one number
    mine = sa.select(sa.func.max(OfficialText.number)).where(OfficialText.document_id == row.document_id)
    row.number = (db.session.scalar(mine) or 0) + 1
    row.text, row.source, row.reason, row.added_at = clean or None, source, by.reason, by.now
    row.state = TextState.WAITING.value
    _note("add_official_text", row, by, source=source)
    db.session.flush()


def drop(row: OfficialText) -> None:
    """Bỏ bản đang nhập."""
    if row.state != TextState.DRAFT.value:
        raise Refused("Bản này đã được giữ nên không bỏ được. Nếu sai, gỡ bản kèm lý do.")
    db.session.delete(row)


def may_confirm(who: SignedIn, row: OfficialText, today: date) -> bool:
    """Whether this person may say it was compared: not who added it, but an administrator where there is nobody else."""
    return row.added_by != who.id or (Role.ADMIN in who.roles and not queries.others_who_may(who.id, today))


def confirm(text_id: int, by: By, today: date) -> None:
    """Đã đối chiếu: compared with the signed copy by a second person; from now on everyone sees it."""
    row = _locked(text_id)
    if row.state != TextState.WAITING.value:
        raise Refused("Bản này không còn chờ đối chiếu: vừa được xác nhận, hoặc vừa bị gỡ.")
    if not may_confirm(by.who, row, today):
        raise Refused(NOT_ONE_SELF)
    row.state, row.confirmed_by, row.confirmed_at = TextState.CONFIRMED.value, by.who.id, by.now
    row.confirmed_how = by.reason
    _note("confirm_official_text", row, by, alone="không có người thứ hai" if row.added_by == by.who.id else None)
    db.session.flush()
    indexing.index_official(db.session.get_one(Document, row.document_id))
    library.forget_cached()


def withdraw(text_id: int, by: By) -> None:
    """Gỡ bản sai: nobody but trainers sees it any more; what was confirmed before it is shown again."""
    row = _locked(text_id)
    if row.state not in (TextState.WAITING.value, TextState.CONFIRMED.value):
        raise Refused("Bản này đã được gỡ.")
    row.state, row.withdrawn_by, row.withdrawn_at = TextState.WITHDRAWN.value, by.who.id, by.now
    row.withdrawn_why = by.reason
    _note("withdraw_official_text", row, by)
    db.session.flush()
    indexing.index_official(db.session.get_one(Document, row.document_id))
    library.forget_cached()


def _locked(text_id: int) -> OfficialText:
    mine = sa.select(OfficialText).where(OfficialText.id == text_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def _note(act: str, row: OfficialText, by: By, **more: object) -> None:
    code = db.session.scalar(sa.select(Document.code).filter_by(id=row.document_id))
    detail = {"document": code, "version": row.number, "sha256": row.file_sha256, **more}
    note_act(by.who.id, act, by.now, detail=detail, reason=by.reason, net=by.net)
