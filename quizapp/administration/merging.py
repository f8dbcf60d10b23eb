"""Người dùng: two accounts of one person made one, a changed phone number, a wrong body put right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts import actions as accounts
from quizapp.accounts.actions import clean_phone
from quizapp.accounts.models import (
    Grant,
    NameSeen,
    NoticeReading,
    OneTimeCode,
    Person,
    PersonRequest,
    Post,
    RequestKind,
)
from quizapp.accounts.queries import SignedIn
from quizapp.administration import queries
from quizapp.administration.actions import By, _answer, _refuse_ended, _refuse_stronger, move_post
from quizapp.administration.queries import current, people_within
from quizapp.attempts import merging as attempts
from quizapp.courses.models import QuestionReport
from quizapp.database import db, insert, table
from quizapp.domain.vietnamese import fold, sort_key
from quizapp.learning import merging as learning
from quizapp.organisation.models import Body
from quizapp.web.refused import Refused

MOST = 50
_NUMBER = re.compile(r"\+?[\d][\d .\-]{7,16}\d")


# --- finding ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two accounts that may be of one person, and why one thinks so."""

    code: str
    login: str
    other_code: str
    other_login: str
    name: str
    why: str


def likely_twins(who: SignedIn, today: date) -> list[Pair]:
    """Accounts with the same name in the same body, or with the same phone number; at most fifty."""
    one, other = aliased(Person), aliased(Person)
    its, others = aliased(Post), aliased(Post)
    seen = sa.select(Person.id).where(people_within(who, today), Person.ended_on.is_(None))
    both = one.id < other.id, one.id.in_(seen), other.id.in_(seen), one.folded == other.folded
    told = sa.select(one.code, one.login, other.code, other.login, one.name)
    same_body = (
        told.add_columns(sa.literal("cùng họ tên, cùng đơn vị"))
        .select_from(its)
        .join(others, sa.and_(others.body_id == its.body_id, others.person_id > its.person_id))
        .join(one, one.id == its.person_id)
        .join(other, other.id == others.person_id)
        .where(*both, current(its, today), current(others, today))
    )
    same_phone = told.add_columns(sa.literal("cùng họ tên, cùng số điện thoại")).join(other, one.phone == other.phone)
    found: dict[tuple[str, str], Pair] = {}
    for statement in (same_phone.where(*both), same_body):
        for row in db.session.execute(statement.order_by(one.id).limit(MOST)):
            found.setdefault((row[0], row[2]), Pair(*row))
    return list(found.values())[:MOST]


def by_login(who: SignedIn, typed: str, today: date) -> Person | None:
    """The account of a sign-in name, phone number or public code, within the scope."""
    phone = clean_phone(typed)
    named = [Person.login == accounts.clean_login(typed), Person.code == typed]
    wanted = sa.or_(*named, Person.phone == phone) if phone else sa.or_(*named)
    rows = db.session.scalars(sa.select(Person).where(wanted, people_within(who, today)).limit(3)).all()
    exact = [one for one in rows if one.phone != phone or one.login == accounts.clean_login(typed)] or rows
    return exact[0] if len(exact) == 1 else None


@dataclass(frozen=True)
class Holds:
    """What an account has, for whoever decides which of two goes on."""

    person: Person
    posts: Sequence[str]
    attempts: int
    campaigns: Sequence[str]


def holds(who: SignedIn, person: Person, today: date) -> Holds:
    """Posts, attempts and campaigns of an account."""
    posts = [post.body for post in queries.current_posts(who, person.id, today)]
    from quizapp.attempts.models import Attempt
    from quizapp.learning.queries import own_enrolments

    count = sa.select(sa.func.count()).select_from(Attempt).where(Attempt.person_id == person.id)
    campaigns = [own.campaign for own in own_enrolments(person.id)]
    return Holds(person, posts, db.session.scalar(count) or 0, campaigns)


def phone_in(text: str) -> str | None:
    """The first phone number in somebody's words."""
    return next((phone for found in _NUMBER.findall(text) if (phone := clean_phone(found))), None)


# --- acting ----------------------------------------------------------------------------------------------------


def merge(by: By, kept: Person, twin: Person) -> None:
    """Gộp: attempts, answers, facts, enrolments, posts and roles of the twin follow; its sign-in ends, and says so."""
    if kept.id == twin.id:
        raise Refused("Hai tài khoản phải khác nhau.")
    kept, twin = _lock(kept.id, twin.id)
    for person in (kept, twin):
        _refuse_ended(person)
        _refuse_stronger(by, person)
    if twin.id == by.who.id:
        raise Refused("Đồng chí không gộp được tài khoản đang dùng vào tài khoản khác. Hãy chọn giữ tài khoản này.")
    attempts.merge(kept.id, twin.id, by.now)
    learning.merge(kept.id, twin.id, by.now)
    _move_posts(kept.id, twin.id, by.today)
    _move_grants(kept.id, twin.id, by.today)
    _move_requests(kept.id, twin.id)
    _move_readings(kept.id, twin.id)
    codes = sa.update(OneTimeCode).where(OneTimeCode.person_id == twin.id, OneTimeCode.used_at.is_(None))
    db.session.execute(codes.values(used_at=by.now))
    accounts.end_other_sessions(twin.id, None, by.now)
    _move_addresses(kept, twin)
    twin.ended_on, twin.merged_into_id = by.today, kept.id
    earlier = sa.update(Person).where(Person.merged_into_id == twin.id)
    db.session.execute(earlier.values(merged_into_id=kept.id))
    db.session.flush()
    by.note("merge_people", kept, merged=twin.login, login=kept.login)
    by.note("merge_people", twin, merged=twin.login, login=kept.login)


def _lock(kept_id: int, twin_id: int) -> tuple[Person, Person]:
    both = sa.select(Person).where(Person.id.in_((kept_id, twin_id))).order_by(Person.id).with_for_update()
    found = {one.id: one for one in db.session.scalars(both.execution_options(populate_existing=True))}
    return found[kept_id], found[twin_id]


def _move_posts(kept_id: int, twin_id: int, today: date) -> None:
    """Current posts in bodies where the other account has none; the twin's own stay, as its past."""
    mine = sa.select(Post.body_id).where(Post.person_id == kept_id, current(Post, today))
    coming = sa.select(Post).where(Post.person_id == twin_id, current(Post, today), Post.body_id.not_in(mine))
    for post in db.session.scalars(coming).all():
        row = {"person_id": kept_id, "body_id": post.body_id, "from_on": post.from_on, "to_on": post.to_on}
        again = {"to_on": post.to_on, "title": post.title}
        keys = ["person_id", "body_id", "from_on"]
        statement = insert(table(Post)).values(row | {"title": post.title})
        db.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=again))


def _move_grants(kept_id: int, twin_id: int, today: date) -> None:
    held = sa.select(Grant.role, Grant.body_id, Grant.to_on).where(Grant.person_id == twin_id)
    rows = db.session.execute(held.where(sa.or_(Grant.to_on.is_(None), Grant.to_on > today))).all()
    mine = sa.select(Grant.role, Grant.body_id).where(Grant.person_id == kept_id)
    has = set(db.session.execute(mine.where(sa.or_(Grant.to_on.is_(None), Grant.to_on > today))).all())
    for role, body_id, to_on in rows:
        if (role, body_id) not in has:
            row: dict[str, Any] = {
                "person_id": kept_id,
                "role": role,
                "body_id": body_id,
                "from_on": today,
                "to_on": to_on,
            }
            keys = ["person_id", "role", "body_id", "from_on"]
            statement = insert(table(Grant)).values(row)
            db.session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"to_on": to_on}))
    ended = sa.update(Grant).where(Grant.person_id == twin_id, sa.or_(Grant.to_on.is_(None), Grant.to_on > today))
    db.session.execute(ended.values(to_on=today))


def _move_requests(kept_id: int, twin_id: int) -> None:
    db.session.execute(sa.update(PersonRequest).where(PersonRequest.person_id == twin_id).values(person_id=kept_id))
    it = table(QuestionReport)
    other = it.alias()
    alike = other.c.unit_revision_id == it.c.unit_revision_id, other.c.question == it.c.question
    same = sa.select(other.c.id).where(other.c.person_id == kept_id, *alike).exists()
    db.session.execute(sa.update(it).where(it.c.person_id == twin_id, ~same).values(person_id=kept_id))


def _move_readings(kept_id: int, twin_id: int) -> None:
    """Which notices were read, and who has seen the name: nothing is lost, nothing is there twice."""
    for model, key in ((NoticeReading, NoticeReading.number), (NameSeen, NameSeen.audit_id)):
        it: Any = model
        own = sa.select(key).where(it.person_id == kept_id)
        db.session.execute(sa.delete(it).where(it.person_id == twin_id, key.in_(own)))
        db.session.execute(sa.update(it).where(it.person_id == twin_id).values(person_id=kept_id))


def _move_addresses(kept: Person, twin: Person) -> None:
    """Phone, letters and the calendar's private address: the twin's where the other account has none."""
    for name in ("phone", "email", "calendar_code"):
        its = getattr(twin, name)
        setattr(twin, name, None)
        db.session.flush()  # the private address is there once
        if getattr(kept, name) is None:
            setattr(kept, name, its)


def change_phone(by: By, person: Person, phone: str | None, request: PersonRequest | None = None) -> None:
    """Đổi số điện thoại; where it was asked for, that is answered, too."""
    _refuse_ended(person)
    _refuse_stronger(by, person)
    if phone == person.phone:
        raise Refused("Số mới giống số đang ghi.")
    taken = sa.select(Person.id).where(Person.phone == phone, Person.id != person.id, Person.ended_on.is_(None))
    if phone is not None and db.session.scalar(taken.limit(1)) is not None:
        raise Refused(f"Số {phone} đang là của một tài khoản khác. Nếu là cùng một người, hãy gộp hai tài khoản.")
    before, person.phone = person.phone, phone
    db.session.flush()
    if request is not None:
        _answer(by, request, f"Đã ghi số điện thoại mới {phone}.")
    by.note("change_phone", person, before=before, phone=phone)


def rename(by: By, person: Person, name: str) -> None:
    """Sửa họ tên."""
    _refuse_ended(person)
    _refuse_stronger(by, person)
    name = " ".join(name.split())
    if name == person.name:
        raise Refused("Họ tên mới giống họ tên đang ghi.")
    before, person.name = person.name, name
    person.sort_key, person.folded = sort_key(name), fold(name)
    db.session.flush()
    by.note("change_person", person, before=before, name=name)


def put_right(by: By, request: PersonRequest, person: Person, left: Body, body: Body) -> None:
    """Báo sai đơn vị: the person is moved from today on, and told so."""
    if request.kind != RequestKind.WRONG_BODY.value:
        raise Refused("Đề nghị này không phải báo sai đơn vị.")
    move_post(by, person, left, body, by.today, "")
    _answer(by, request, f"Đã chuyển đồng chí sang {body.name}.")
