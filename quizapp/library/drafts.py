"""Bản nháp của văn bản: beginning, saving part by part, sending, giving back, giving up. Whoever wrote it is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import db
from quizapp.domain.content import Document as Value
from quizapp.domain.vietnamese import slug
from quizapp.library import drafting
from quizapp.library.drafting import Body
from quizapp.library.models import Document, DocumentDraft, DocumentRevision, DraftState, OfficialText, TextState
from quizapp.web.refused import Refused

RESERVED = {"moi"}  # the address of the page that adds one
GONE = "Bản nháp này đã được phát hành hoặc đã bỏ. Mở lại văn bản để soạn tiếp."
NOT_THERE = "Mục này không còn trong văn bản: người khác vừa bỏ. Mở lại trang soạn để thấy bản mới."


class Clash(Exception):
    """Somebody else has changed that part since: ``theirs`` is what stands now."""

    def __init__(self, theirs: Mapping[str, Any] | None, draft: DocumentDraft):
        self.theirs, self.draft = theirs, draft
        super().__init__("the part has changed")


def draft_of(code: str, lock: bool = False) -> DocumentDraft | None:
    """A document's draft, or None."""
    mine = sa.select(DocumentDraft).join(Document, Document.id == DocumentDraft.document_id)
    mine = mine.where(Document.code == code)
    locked = mine.with_for_update(of=DocumentDraft).execution_options(populate_existing=True)
    return db.session.scalar(locked if lock else mine)


def all_drafts() -> dict[str, DocumentDraft]:
    """Every draft by its document's code."""
    rows = db.session.execute(sa.select(Document.code, DocumentDraft).join(DocumentDraft).order_by(Document.position))
    return {row[0]: row[1] for row in rows}


def row_of(code: str) -> Document | None:
    """The document of that code, published or only begun."""
    return db.session.scalar(sa.select(Document).filter_by(code=code))


@dataclass(frozen=True)
class Named:
    """What a document is called, in use or only begun."""

    code: str
    name: str
    title: str
    published: bool


def named(code: str) -> Named | None:
    """A document by its newest revision, else by its draft; None where there is neither."""
    row = row_of(code)
    used = db.session.get(DocumentRevision, row.revision_id) if row and row.revision_id else None
    body = one.body if (one := used or draft_of(code)) else None
    return (
        None if body is None else Named(code, drafting.name_of(body), str(body["document"]["title"]), used is not None)
    )


def revisions(document_id: int) -> list[DocumentRevision]:
    """A document's revisions, newest first."""
    mine = sa.select(DocumentRevision).filter_by(document_id=document_id).order_by(DocumentRevision.number.desc())
    return list(db.session.scalars(mine))


def begin(code: str, by: int, now: datetime) -> DocumentDraft | None:
    """Soạn tiếp: the document's draft; where there is none, one that says what the newest revision says."""
    row = db.session.scalar(sa.select(Document).filter_by(code=code).with_for_update())
    if row is None or (draft := draft_of(code, lock=True)):
        return None if row is None else draft
    revision = db.session.get_one(DocumentRevision, row.revision_id)
    value = Value.model_validate(revision.body["document"], extra="ignore")
    return _add(row.id, drafting.of_document(value), revision.id, by, now)


def begin_document(head: Mapping[str, Any], by: int, now: datetime) -> str:
    """Thêm văn bản: a document that has no revision yet; its code, which stays."""
    code = fresh_code(str(head["number"]))
    row = Document(code=code, position=next_position())
    db.session.add(row)
    db.session.flush()
    _add(row.id, drafting.blank({"code": code, **head}), None, by, now)
    return code


def next_position() -> int:
    """Behind every document that there is."""
    return (db.session.scalar(sa.select(sa.func.max(Document.position))) or 0) + 1


def fresh_code(number: str) -> str:
    """191-QĐ/TW -> 191-qd-tw; no two documents have one code."""
    wanted = slug(number)[:50].strip("-") or "van-ban"
    taken = set(db.session.scalars(sa.select(Document.code))) | RESERVED
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return next(one for one in (wanted, *numbered) if one not in taken)


def _add(document_id: int, body: Body, base_id: int | None, by: int | None, now: datetime) -> DocumentDraft:
    draft = DocumentDraft(document_id=document_id, body=body, base_id=base_id, note="", changed_at=now, changed_by=by)
    draft.state, draft.writers = DraftState.WRITING.value, [] if by is None else [by]
    db.session.add(draft)
    db.session.flush()
    return draft


def leave(row: Document, value: Value, now: datetime) -> None:
    """A file over what a trainer wrote: as a draft that waits for a trainer; not over what somebody is writing."""
    draft = draft_of(row.code, lock=True)
    if draft is not None and draft.writers:
        return
    draft = draft or _add(row.id, {}, row.revision_id, None, now)
    draft.body, draft.base_id = drafting.of_document(value), row.revision_id
    draft.note, draft.changed_at = "Có bản mới từ bộ nội dung", now
    db.session.flush()


# --- writing ---------------------------------------------------------------------------------------------------


def save(code: str, name: str, value: Mapping[str, Any], started_from: str, by: int, now: datetime) -> str:
    """Lưu một phần: ``started_from`` is the digest of what the writer had before. Twice is once. The part's digest now.

    `Clash` where the part says something else by now, and not what is being saved.
    """
    draft = draft_of(code, lock=True) or _gone()
    there = drafting.part(draft.body, name)
    if there is None:
        raise Refused(NOT_THERE)
    if all(there.get(field) == one for field, one in value.items()):
        return drafting.digest(there)
    if drafting.digest(there) != started_from:
        raise Clash(there, draft)
    changed(draft, drafting.with_part(draft.body, name, value), by, now)
    return drafting.digest(drafting.part(draft.body, name))


def add(code: str, value: Mapping[str, Any], under: str, after: str, by: int, now: datetime) -> str:
    """Thêm một mục; its anchor, which no revision has ever had for anything else."""
    draft = draft_of(code, lock=True) or _gone()
    if len(drafting.anchors(draft.body)) >= drafting.MOST:
        raise Refused(f"Văn bản đã có {drafting.MOST} mục, nhiều nhất có thể.")
    taken = {anchor for one in revisions(draft.document_id) for anchor in drafting.anchors(one.body)}
    try:
        body, anchor = drafting.added(draft.body, value, under, after, taken)
    except KeyError:
        raise Refused(NOT_THERE) from None
    changed(draft, body, by, now)
    return anchor


def move(code: str, anchor: str, up: bool, by: int, now: datetime) -> None:
    """Chuyển một mục lên hoặc xuống."""
    draft = draft_of(code, lock=True) or _gone()
    try:
        changed(draft, drafting.moved(draft.body, anchor, -1 if up else 1), by, now)
    except KeyError:
        raise Refused(NOT_THERE) from None


def place(code: str, anchor: str, under: str, after: str, by: int, now: datetime) -> None:
    """Chuyển một mục đến chỗ khác, with all below it."""
    draft = draft_of(code, lock=True) or _gone()
    try:
        body = drafting.placed(draft.body, anchor, under, after)
    except KeyError:
        raise Refused(NOT_THERE) from None
    except drafting.TooDeep:
        raise Refused(
            f"Chỗ ấy sâu quá: văn bản có nhiều nhất {drafting.DEEPEST} cấp, kể cả các mục bên trong."
        ) from None
    if body != draft.body:
        changed(draft, body, by, now)


def remove(code: str, anchor: str, by: int, now: datetime) -> None:
    """Bỏ một mục and what stands below it."""
    draft = draft_of(code, lock=True) or _gone()
    try:
        changed(draft, drafting.removed(draft.body, anchor), by, now)
    except KeyError:
        raise Refused(NOT_THERE) from None


def changed(draft: DocumentDraft, body: Body, by: int, now: datetime) -> None:
    """The draft says something else now; a change takes it back from its reviewer."""
    draft.body, draft.changed_at, draft.changed_by = body, now, by
    draft.state, draft.note = DraftState.WRITING.value, ""
    draft.writers = sorted({*draft.writers, by})
    db.session.flush()


def give_up(code: str) -> None:
    """Bỏ bản nháp: the newest revision stays; a document that never had one is gone with it, unless its official text
    is kept.
    """
    row = row_of(code)
    if row is None:
        return
    db.session.execute(sa.delete(DocumentDraft).filter_by(document_id=row.id))
    if row.revision_id is None:
        if keeps_text(row.id):
            raise Refused("Văn bản này đã có bản chính thức. Gỡ bản ấy trước, rồi bỏ văn bản.")
        db.session.execute(sa.delete(OfficialText).filter_by(document_id=row.id))
        db.session.execute(sa.delete(Document).filter_by(id=row.id))


def keeps_text(document_id: int) -> bool:
    """Whether an official text of a document waits to be compared, or has been."""
    kept = TextState.WAITING.value, TextState.CONFIRMED.value
    found = sa.select(OfficialText.id).where(OfficialText.document_id == document_id, OfficialText.state.in_(kept))
    return db.session.scalar(found.limit(1)) is not None


def _gone() -> DocumentDraft:
    raise Refused(GONE)


# --- review ----------------------------------------------------------------------------------------------------


def send(code: str, note: str, by: int, now: datetime) -> None:
    """Gửi duyệt."""
    draft = draft_of(code, lock=True) or _gone()
    draft.state, draft.note, draft.sent_at, draft.sent_by = DraftState.REVIEW.value, note, now, by
    db.session.flush()


def give_back(code: str, note: str) -> None:
    """Trả lại, or take back: it is written on."""
    draft = draft_of(code, lock=True) or _gone()
    if draft.state != DraftState.REVIEW.value:
        raise Refused("Bản nháp này không còn chờ duyệt.")
    draft.state, draft.note = DraftState.WRITING.value, note
    db.session.flush()
