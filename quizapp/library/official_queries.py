"""Bản chính thức: the versions of a document's official text, and which of them everyone sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts.models import Grant, Person
from quizapp.database import db
from quizapp.files.models import StoredFile
from quizapp.library.models import Document, OfficialText, TextState
from quizapp.web.access import Role

KEEPERS = (Role.TRAINER, Role.REVIEWER, Role.ADMIN)  # who add official texts and compare them
STATES = {
    TextState.DRAFT: "đang nhập",
    TextState.WAITING: "chờ đối chiếu",
    TextState.CONFIRMED: "đã đối chiếu",
    TextState.WITHDRAWN: "đã gỡ",
}
AT_MOST = 100


@dataclass(frozen=True)
class Version:
    """A version without its text and bytes: what it has, and who did what with it."""

    row: OfficialText
    size: int | None  # of the file
    letters: int  # of the text
    added: str
    confirmed: str | None
    withdrawn: str | None

    @property
    def state(self) -> TextState:
        return TextState(self.row.state)

    @property
    def words(self) -> str:
        return STATES[self.state]


def _versions() -> sa.Select[Any]:
    added, confirmed, withdrawn = aliased(Person), aliased(Person), aliased(Person)
    length = sa.func.length(OfficialText.text)
    return (
        sa.select(OfficialText, StoredFile.size, length, added.name, confirmed.name, withdrawn.name)
        .join(Document, Document.id == OfficialText.document_id)
        .join(added, added.id == OfficialText.added_by)
        .outerjoin(StoredFile, StoredFile.sha256 == OfficialText.file_sha256)
        .outerjoin(confirmed, confirmed.id == OfficialText.confirmed_by)
        .outerjoin(withdrawn, withdrawn.id == OfficialText.withdrawn_by)
    )


def _read(found: sa.Select[Any]) -> list[Version]:
    return [Version(row[0], row[1], row[2] or 0, row[3], row[4], row[5]) for row in db.session.execute(found)]


def versions(code: str, reader_id: int | None = None) -> list[Version]:
    """A document's versions, newest first, with the reader's own drafts before them; one statement."""
    mine = sa.or_(OfficialText.state != TextState.DRAFT.value, OfficialText.added_by == reader_id)
    order = OfficialText.number.is_not(None), OfficialText.number.desc(), OfficialText.id.desc()
    return _read(_versions().where(Document.code == code, mine).order_by(*order).limit(AT_MOST))


def version(code: str, text_id: int, reader_id: int) -> Version | None:
    """One version of a document; a draft for whoever adds it alone."""
    mine = sa.or_(OfficialText.state != TextState.DRAFT.value, OfficialText.added_by == reader_id)
    found = _read(_versions().where(Document.code == code, OfficialText.id == text_id, mine))
    return found[0] if found else None


@dataclass(frozen=True)
class Shown:
    """What everyone sees: the newest confirmed file and the newest confirmed text, which may be of two versions."""

    file: Version | None
    text: Version | None
    waiting: int

    @property
    def any(self) -> Version | None:
        return self.text or self.file


def shown(listed: Sequence[Version]) -> Shown:
    """Of a document's versions, newest first."""
    confirmed = [one for one in listed if one.state is TextState.CONFIRMED]
    file = next((one for one in confirmed if one.row.file_sha256), None)
    text = next((one for one in confirmed if one.letters), None)
    return Shown(file, text, sum(one.state is TextState.WAITING for one in listed))


def document_id(code: str) -> int | None:
    """The id of a document."""
    return db.session.scalar(sa.select(Document.id).filter_by(code=code))


def others_who_may(person_id: int, today: date) -> bool:
    """Whether anybody else could compare what this person has added."""
    current = Grant.from_on <= today, sa.or_(Grant.to_on.is_(None), Grant.to_on > today)
    others = (
        sa.select(Grant.person_id)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.role.in_(KEEPERS), Grant.person_id != person_id, Person.ended_on.is_(None), *current)
    )
    return db.session.scalar(others.limit(1)) is not None
