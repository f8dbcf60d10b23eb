"""Quản trị: imports of people and bodies, with every line of their files."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, one_of, public_code
from quizapp.domain.sheet_lines import Deed, Verdict


class ImportState(StrEnum):
    """Bước của một lần nhập."""

    FILE = "file"  # handed in, not read yet
    COLUMNS = "columns"  # read: the columns are to be matched
    CHECKED = "checked"
    DONE = "done"


class PeopleImport(Base):
    """Lần nhập người và đơn vị; once done, its receipt: who, when, from which file, what came of it."""

    __tablename__ = "people_import"
    __table_args__ = (one_of("state", ImportState),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=public_code)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)  # None: a command
    state: Mapped[str] = mapped_column(default=ImportState.FILE.value)
    job_id: Mapped[int | None]  # what is being done for it, or was last; jobs are forgotten after a week
    file_name: Mapped[str]
    sha256: Mapped[str]  # of the file, which itself is forgotten after a week
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    found: Mapped[dict[str, Any]]  # sheets, headings, columns, as the file has them and as somebody has matched them
    choices: Mapped[dict[str, Any]]  # what somebody has decided about lines and bodies
    counts: Mapped[dict[str, Any]]


class PeopleImportLine(Base):
    """Dòng của một lần nhập: what it says, what is wrong with it, what it does or has done."""

    __tablename__ = "people_import_line"
    __table_args__ = (
        one_of("verdict", Verdict),
        one_of("deed", Deed),
        sa.Index("ix_people_import_line_verdict", "import_id", "verdict", "place"),
    )

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("people_import.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)  # in the list: bodies first, then people, then who is absent
    of_body: Mapped[bool]  # a body, not a person
    number: Mapped[int | None]  # of the row in its sheet
    verdict: Mapped[str]
    deed: Mapped[str]
    name: Mapped[str]
    body_id: Mapped[int | None] = mapped_column(sa.ForeignKey("body.id"))
    body: Mapped[str]  # as one reads it
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    from_on: Mapped[date | None]
    says: Mapped[dict[str, Any]]  # as in the file; phone, login, title; problems; changes; what was there before
