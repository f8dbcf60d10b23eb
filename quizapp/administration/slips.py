"""Phiếu mã dùng một lần: codes for many people at once, printed to be cut apart. Only SHA-256 of each code is kept."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.access import administered
from quizapp.accounts.actions import CODE_LETTERS, CODE_LIFE
from quizapp.accounts.models import Audit, CodeKind, Grant, OneTimeCode, Person, Post
from quizapp.accounts.queries import SignedIn, digest
from quizapp.administration.actions import By
from quizapp.administration.models import PeopleImport, PeopleImportLine
from quizapp.administration.queries import Condition, current, people_within
from quizapp.clock import day_of
from quizapp.database import commit_now, db, table
from quizapp.domain.sheet_lines import Deed
from quizapp.learning import confirmations
from quizapp.organisation.models import Body
from quizapp.web.refused import Refused

AT_ONCE = 800  # a hundred pages
_HERE = Path(__file__).parent
FONTS = Path(confirmations.__file__).parent / "fonts"


@dataclass(frozen=True)
class Slip:
    """Whoever gets a slip."""

    person_id: int
    name: str
    login: str
    body: str


def of_import(imported: PeopleImport) -> Condition:
    """Condition on `Person`: came with that import."""
    new = sa.select(PeopleImportLine.person_id).where(PeopleImportLine.import_id == imported.id)
    return Person.id.in_(new.where(PeopleImportLine.deed == Deed.NEW.value, ~PeopleImportLine.of_body))


def of_body(who: SignedIn, body: Body, below: bool, now: datetime) -> Condition:
    """Condition on `Person`: works in a body, or in one below it."""
    place = Body.path.startswith(body.path, autoescape=True) if below else Body.id == body.id
    held = sa.select(Post.person_id).join(Body, Body.id == Post.body_id)
    return Person.id.in_(held.where(place, administered(who), current(Post, day_of(now))))


def waiting(who: SignedIn, these: Condition, again: bool, now: datetime) -> Condition:
    """Condition on `Person`: of these, those who never got in; ``again``: also those whose code is still unused."""
    today = day_of(now)
    outside = sa.select(Grant.person_id).join(Body, Body.id == Grant.body_id)
    stronger = outside.where(~administered(who), current(Grant, today))
    mine = sa.and_(these, people_within(who, today), Person.ended_on.is_(None), Person.password_hash.is_(None))
    mine = sa.and_(mine, Person.welcomed_at.is_(None), Person.id.not_in(stronger))
    if again:
        return mine
    unused = sa.select(OneTimeCode.person_id).where(OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now)
    return sa.and_(mine, Person.id.not_in(unused))


def count(condition: Condition) -> int:
    """How many people that is."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(condition)) or 0


def print_codes(by: By, these: Condition, again: bool, about: str, address: str, site: str, body: Body | None) -> bytes:
    """Cấp mã và in phiếu, at most `AT_ONCE`. Commits: the codes stand in the file that is given back and nowhere else."""
    slips = _people(waiting(by.who, these, again, by.now), day_of(by.now))
    if not slips:
        raise Refused("Không còn ai cần phiếu: mọi người đã vào hệ thống, hoặc đã có mã chưa dùng.")
    codes = _give(by, slips)
    by.note("print_slips", body=body, people=len(slips), of=about)
    made = pdf(slips, codes, about, address, site, by.now)
    commit_now()
    return made


def _people(condition: Condition, today: Any) -> list[Slip]:
    first = sa.select(sa.func.min(Post.body_id)).where(Post.person_id == Person.id, current(Post, today))
    place = sa.select(Body.name).where(Body.id == first.correlate(Person).scalar_subquery()).scalar_subquery()
    name = sa.func.coalesce(place, "")
    rows = sa.select(Person.id, Person.name, Person.login, name).where(condition)
    return [Slip(*row) for row in db.session.execute(rows.order_by(name, Person.sort_key, Person.id).limit(AT_ONCE))]


def _give(by: By, slips: Sequence[Slip]) -> list[str]:
    """A code for each; earlier unused ones end; the log has a line about each person."""
    ids = [slip.person_id for slip in slips]
    old = sa.update(OneTimeCode).where(OneTimeCode.person_id.in_(ids), OneTimeCode.used_at.is_(None))
    db.session.execute(old.values(used_at=by.now))
    codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(16)) for _ in ids]
    kept = {"kind": CodeKind.PASSWORD.value, "made_at": by.now, "made_by": by.who.id, "expires_at": by.now + CODE_LIFE}
    rows = [kept | {"code_hash": digest(code), "person_id": one} for one, code in zip(ids, codes, strict=True)]
    db.session.execute(sa.insert(table(OneTimeCode)), rows)
    line = {"at": by.now, "actor_id": by.who.id, "act": "give_code", "detail": {}, "reason": by.reason, "net": by.net}
    db.session.execute(sa.insert(table(Audit)), [line | {"about_id": one} for one in ids])
    return ["-".join(code[n : n + 4] for n in range(0, 16, 4)) for code in codes]


def pdf(slips: Sequence[Slip], codes: Sequence[str], title: str, address: str, site: str, now: datetime) -> bytes:
    """The slips, eight on an A4 page."""
    import typst  # 50 MB that a process needs only once it prints

    told = [
        {"name": slip.name, "body": slip.body, "login": slip.login, "code": code}
        for slip, code in zip(slips, codes, strict=True)
    ]
    until = f"{day_of(now + CODE_LIFE):%d/%m/%Y}"
    data = {"title": title, "slips": told, "address": address, "site": site, "until": until}
    made = typst.compile(
        _HERE / "slips.typ",
        root=_HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(now.timestamp()),
    )
    assert isinstance(made, bytes)
    return made
