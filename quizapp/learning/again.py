"""Học lại: whom a change of substance concerns, what its reviewer asks for, and what an administrator made of it.

Whom it concerns is kept when it is published, so that those who are asked are just those whom the page named.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.models import Person, Post
from quizapp.database import db
from quizapp.domain import content
from quizapp.domain.completion import CourseState, UnitState
from quizapp.learning.membership import Condition, held
from quizapp.learning.models import WHOLE, Campaign, Concerned, Enrolment, StudyAgain, UnitStateRow
from quizapp.organisation.models import Body
from quizapp.web.refused import Refused

AT_MOST = 50


@dataclass(frozen=True)
class Concern:
    """Người đã đạt một bài: how many people, and in which campaigns; who is in two is one of the people."""

    people: int
    campaigns: tuple[tuple[str, int], ...]


def concern(course_id: int, unit: str) -> Concern:
    """Whom a change of substance would concern now; two statements."""
    who = _passed(course_id, unit)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(who.distinct().subquery())) or 0
    by_campaign = who.with_only_columns(Campaign.title, sa.func.count()).group_by(Campaign.id, Campaign.title)
    rows = db.session.execute(by_campaign.order_by(Campaign.id.desc()).limit(AT_MOST)) if total else ()
    return Concern(total, tuple((row[0], row[1]) for row in rows))


def _passed(course_id: int, unit: str) -> Any:
    """Ids of those whose enrolment says that they have passed the unit."""
    return (
        sa.select(Enrolment.person_id)
        .join(Campaign, Campaign.id == Enrolment.campaign_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(UnitStateRow, sa.and_(UnitStateRow.enrolment_id == Enrolment.id, UnitStateRow.unit == unit))
        .where(Campaign.course_id == course_id, Enrolment.left_on.is_(None), Person.ended_on.is_(None))
        .where(UnitStateRow.state == UnitState.PASSED.value)
    )


@dataclass(frozen=True)
class Wish:
    """What a reviewer asks for: the unit's new revision, until when, why."""

    revision_id: int
    course_id: int
    unit: str
    number: int
    title: str
    due_on: date
    why: str


def ask(wish: Wish, by: int, now: datetime) -> int:
    """Đề nghị học lại; how many people it concerns. One of an earlier revision that nobody has opened gives way to it."""
    opened = sa.select(Campaign.id).where(Campaign.again_revision_id == StudyAgain.unit_revision_id).exists()
    earlier = StudyAgain.course_id == wish.course_id, StudyAgain.unit == wish.unit, StudyAgain.declined_at.is_(None)
    why = f"Thay bằng đề nghị của bản {wish.number}"
    gone = {"declined_at": now, "declined_by": by, "declined_why": why}
    db.session.execute(sa.update(StudyAgain).where(*earlier, ~opened).values(gone))
    told = {"path": content.path_again(wish.unit, wish.number), "title": wish.title, "due_on": wish.due_on}
    told |= {"unit_revision_id": wish.revision_id, "course_id": wish.course_id, "unit": wish.unit, "why": wish.why}
    db.session.execute(sa.insert(StudyAgain).values(told | {"made_at": now, "made_by": by}))
    who = _passed(wish.course_id, wish.unit).with_only_columns(sa.literal(wish.revision_id), Enrolment.person_id)
    kept = sa.insert(Concerned).from_select(["unit_revision_id", "person_id"], who.distinct())
    db.session.execute(kept)
    mine = sa.select(sa.func.count()).select_from(Concerned).filter_by(unit_revision_id=wish.revision_id)
    return db.session.scalar(mine) or 0


# --- for an administrator --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A proposal that waits: how many people of the scope it concerns who are in no campaign for it yet."""

    id: int
    title: str
    due_on: date
    why: str
    made_at: datetime
    by: str
    people: int


def waiting(scope: Condition, today: date) -> list[Asked]:
    """The proposals for people who hold a post in the scope, oldest first; at most fifty."""
    asked = Campaign.again_revision_id == StudyAgain.unit_revision_id
    already = sa.select(Enrolment.id).join(Campaign, Campaign.id == Enrolment.campaign_id).where(asked)
    already = already.where(Enrolment.person_id == Concerned.person_id).correlate(StudyAgain, Concerned)
    here = sa.select(Post.person_id).join(Body, Body.id == Post.body_id).where(held(today), scope)
    here = here.join(Person, Person.id == Post.person_id).where(Person.ended_on.is_(None))
    author = sa.orm.aliased(Person)
    told = StudyAgain.unit_revision_id, StudyAgain.title, StudyAgain.due_on, StudyAgain.why, StudyAgain.made_at
    rows = db.session.execute(
        sa.select(*told, author.name, sa.func.count(Concerned.person_id))
        .join(Concerned, Concerned.unit_revision_id == StudyAgain.unit_revision_id)
        .join(author, author.id == StudyAgain.made_by)
        .where(StudyAgain.declined_at.is_(None), ~already.exists(), Concerned.person_id.in_(here))
        .group_by(*told, author.name)
        .order_by(StudyAgain.made_at, StudyAgain.unit_revision_id)
        .limit(AT_MOST)
    )
    return [Asked(*row) for row in rows]


def proposal(revision_id: int) -> StudyAgain:
    """The proposal about a revision, for whoever is about to decide; Refused where it was declined meanwhile."""
    row = db.session.scalar(sa.select(StudyAgain).filter_by(unit_revision_id=revision_id).with_for_update())
    if row is None or row.declined_at is not None:
        raise Refused("Đề nghị này đã có người trả lời.")
    return row


def decline(revision_id: int, why: str, by: int, now: datetime) -> StudyAgain:
    """Không mở đợt học lại, with a reason that the reviewer reads."""
    row = proposal(revision_id)
    row.declined_at, row.declined_by, row.declined_why = now, by, why
    db.session.flush()
    return row


# --- for whoever asked -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answered:
    """What became of a proposal: the campaigns opened for it, how many are in, how many have done it."""

    people: int
    due_on: date
    declined_why: str | None
    campaigns: tuple[str, ...]
    enrolled: int
    done: int


def answered(revision_ids: Iterable[int]) -> dict[int, Answered]:
    """Revision -> what became of the proposal about it; three statements."""
    ids = list(revision_ids)
    rows = db.session.execute(
        sa.select(StudyAgain, sa.func.count(Concerned.person_id))
        .outerjoin(Concerned, Concerned.unit_revision_id == StudyAgain.unit_revision_id)
        .where(StudyAgain.unit_revision_id.in_(ids))
        .group_by(StudyAgain.unit_revision_id)
    ).all()
    named: dict[int, list[str]] = {}
    opened = sa.select(Campaign.again_revision_id, Campaign.title).where(Campaign.again_revision_id.in_(ids))
    for revision_id, title in db.session.execute(opened.order_by(Campaign.id)):
        if revision_id is not None:
            named.setdefault(revision_id, []).append(title)
    counts = _counts(named)
    return {
        one.unit_revision_id: Answered(
            people,
            one.due_on,
            one.declined_why,
            tuple(named.get(one.unit_revision_id, ())),
            *counts.get(one.unit_revision_id, (0, 0)),
        )
        for one, people in rows
    }


def _counts(revision_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Revision -> how many are enrolled to study it again, how many have done so."""
    done = UnitStateRow.state.in_((CourseState.COMPLETED.value, CourseState.WAIVED.value))
    rows = db.session.execute(
        sa.select(Campaign.again_revision_id, sa.func.count(), sa.func.count(UnitStateRow.enrolment_id))
        .join(Enrolment, Enrolment.campaign_id == Campaign.id)
        .outerjoin(UnitStateRow, sa.and_(UnitStateRow.enrolment_id == Enrolment.id, UnitStateRow.unit == WHOLE, done))
        .where(Campaign.again_revision_id.in_(list(revision_ids)), Enrolment.left_on.is_(None))
        .group_by(Campaign.again_revision_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows if row[0] is not None}
