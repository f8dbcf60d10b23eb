"""Nhập người và đơn vị: reading imports and their lines, for whoever made them or administers a whole organisation."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.access import administered
from quizapp.accounts.models import Person
from quizapp.accounts.queries import SignedIn
from quizapp.administration.models import ImportState, PeopleImport, PeopleImportLine
from quizapp.administration.queries import PAGE, Condition, rules_a_root
from quizapp.database import db
from quizapp.domain.sheet_lines import Deed, Verdict
from quizapp.jobs import queries as jobs
from quizapp.jobs.models import Job
from quizapp.organisation.models import Body

MOST_IN_FILE = 20_000
# What a list may be limited to: a key of the address -> condition on its lines.
KINDS: dict[str, tuple[str, Condition]] = {
    "van-de": ("Có vấn đề", PeopleImportLine.verdict.in_([Verdict.BAD.value, Verdict.LOOK.value])),
    "moi": ("Người mới", sa.and_(PeopleImportLine.deed == Deed.NEW.value, ~PeopleImportLine.of_body)),
    "sua": ("Sửa thông tin", PeopleImportLine.deed == Deed.CHANGED.value),
    "chuyen": ("Chuyển đơn vị", PeopleImportLine.deed == Deed.MOVED.value),
    "vi-tri": ("Thêm vị trí", PeopleImportLine.deed == Deed.POST.value),
    "khong-doi": ("Không đổi", sa.and_(PeopleImportLine.deed == Deed.SAME.value, ~PeopleImportLine.of_body)),
    "don-vi": ("Đơn vị", PeopleImportLine.of_body.is_(True)),
    "vang": ("Không có trong tệp", PeopleImportLine.verdict == Verdict.ABSENT.value),
    "bo": ("Đã bỏ", PeopleImportLine.verdict == Verdict.SKIPPED.value),
}


def _may_see(who: SignedIn) -> Condition:
    """Condition on `PeopleImport`: one's own; done ones of others for whoever administers a whole organisation."""
    mine = PeopleImport.owner_id == who.id
    done = PeopleImport.state == ImportState.DONE.value
    return sa.or_(mine, done) if rules_a_root(who) else mine


def one(who: SignedIn, code: str) -> PeopleImport | None:
    """The import of that code."""
    return db.session.scalar(sa.select(PeopleImport).where(PeopleImport.code == code, _may_see(who)))


def recent(who: SignedIn) -> Sequence[tuple[PeopleImport, str | None]]:
    """Imports, newest first, with the name of whoever made them; at most twenty."""
    listed = sa.select(PeopleImport, Person.name).outerjoin(Person, Person.id == PeopleImport.owner_id)
    rows = db.session.execute(listed.where(_may_see(who)).order_by(PeopleImport.id.desc()).limit(20))
    return [(row[0], row[1]) for row in rows]


def job(who: SignedIn, imported: PeopleImport) -> Job | None:
    """What is being done for an import, or was last."""
    return jobs.own_of_id(who.id, imported.job_id) if imported.job_id else None


def _within(who: SignedIn) -> Condition:
    """Condition on lines: in a body that is still administered, or in none that is there."""
    body = sa.select(Body.id).where(administered(who))
    return sa.or_(PeopleImportLine.body_id.is_(None), PeopleImportLine.body_id.in_(body))


def lines(who: SignedIn, imported: PeopleImport, kind: str, after: int) -> tuple[Sequence[Any], bool]:
    """A page of an import's lines of one of `KINDS`, after a place in the list; whether more follow."""
    listed = sa.select(PeopleImportLine, Person.code).outerjoin(Person, Person.id == PeopleImportLine.person_id)
    mine = PeopleImportLine.import_id == imported.id, PeopleImportLine.place > after, _within(who), KINDS[kind][1]
    rows = db.session.execute(listed.where(*mine).order_by(PeopleImportLine.place).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def problems(who: SignedIn, imported: PeopleImport) -> Sequence[PeopleImportLine]:
    """The lines with problems, as they stand in the file; at most `MOST_IN_FILE`."""
    listed = sa.select(PeopleImportLine).where(PeopleImportLine.import_id == imported.id, _within(who))
    return db.session.scalars(
        listed.where(KINDS["van-de"][1]).order_by(PeopleImportLine.place).limit(MOST_IN_FILE)
    ).all()


def of_numbers(imported: PeopleImport, numbers: Sequence[int]) -> Sequence[PeopleImportLine]:
    """Lines by their numbers in the file."""
    mine = PeopleImportLine.import_id == imported.id, PeopleImportLine.number.in_(numbers)
    return db.session.scalars(sa.select(PeopleImportLine).where(*mine)).all()


def owner(imported: PeopleImport) -> str | None:
    """The name of whoever made an import; None: a command."""
    return db.session.scalar(sa.select(Person.name).where(Person.id == imported.owner_id))
