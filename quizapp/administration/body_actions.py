"""Quản trị: đơn vị: what an act does to the tree and to whoever and whatever stands in it. Each asks for a reason."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.models import Grant, Person, Post
from quizapp.administration.actions import By
from quizapp.database import db, insert
from quizapp.learning import counts, moves
from quizapp.learning.models import CampaignBody, Enrolment, EnrolmentMove
from quizapp.organisation import actions as organisation
from quizapp.organisation import trees
from quizapp.organisation.models import PLAN_NAMES, Body, BodyKind, BodyPlan, PlanKind


@dataclass(frozen=True)
class NewBody:
    """A body that a merge or a split makes: its code, name and kind."""

    code: str
    name: str
    kind: BodyKind


def add(by: By, code: str, name: str, kind: BodyKind, parent: Body, from_on: date) -> Body:
    """Thêm đơn vị."""
    organisation.refuse_twin(name, parent.id)
    body = organisation.add(code, name, kind, organisation.lock(parent), from_on, by.today)
    by.note("add_body", body=body, code=body.code, above=parent.name, from_on=from_on.isoformat())
    return body


def rename(by: By, body: Body, name: str, from_on: date) -> bool:
    """Đổi tên đơn vị từ một ngày. Of this and the acts that follow: False where the day is to come and it was laid down."""
    before, body = body.name, organisation.lock(body)
    if from_on <= by.today:
        organisation.refuse_twin(name, body.parent_id, {body.id})
    if organisation.rename(body, name, from_on, by.today) is None:
        return _plan(by, body, PlanKind.RENAME, from_on, {"name": name})
    by.note("rename_body", body=body, before=before, from_on=from_on.isoformat())
    return True


def move(by: By, body: Body, parent: Body, on: date) -> bool:
    """Chuyển sang cấp trên khác từ một ngày, with everything below; the counts of those above follow."""
    moved = organisation.move(body, parent, on, by.today)
    if moved is not None:
        organisation.refuse_twin(body.name, parent.id, {body.id})
    if moved is None:
        return _plan(by, body, PlanKind.MOVE, on, {"parent_id": parent.id})
    counts.carry(moved)
    by.note("move_body", body=body, above=parent.name, from_on=on.isoformat())
    return True


def merge(by: By, olds: Sequence[Body], into: Body | NewBody, on: date) -> bool:
    """Gộp vào một đơn vị, có sẵn hoặc mới, từ một ngày: posts and enrolments follow, what was earned stays where it was."""
    new = _made(by, olds[0], into, on, {old.id for old in olds})
    moved = organisation.merge(olds, new, on, by.today)
    if moved is None:
        return _plan(by, olds[0], PlanKind.MERGE, on, {"old_ids": [old.id for old in olds], "into": _kept(into)})
    counts.carry(moved)
    for old in olds:
        _campaigns_follow(old, new)
        _all_people_follow(old, new, on, by)
        by.note("merge_body", body=old, into=new.name, from_on=on.isoformat())
    _end_grants(olds, by.today)
    by.note("merge_body", body=new, before=", ".join(old.name for old in olds), from_on=on.isoformat())
    return True


def split(by: By, old: Body, new: NewBody, people: Sequence[int], children: Sequence[Body], on: date) -> bool:
    """Tách một đơn vị mới ra từ một ngày, with some of the people and of the bodies below."""
    if on > by.today:
        organisation.refuse_taken(new.code)
        detail = {"into": _kept(new), "people": list(people), "child_ids": [child.id for child in children]}
        return _plan(by, old, PlanKind.SPLIT, on, detail)
    made = _made(by, old, new, on)
    counts.carry(organisation.split(old, made, children, on, by.today) or [])
    _campaigns_follow(old, made)
    _people_follow(people, old, made, on, by)
    by.note("split_body", body=made, before=old.name, from_on=on.isoformat(), people=len(people))
    return True


def _made(by: By, beside: Body, into: Body | NewBody, on: date, ending: Collection[int] = ()) -> Body:
    """The body that is meant; a new one is added beside the old, and may have the name of one that is ``ending``.

    For a later day the one above stands in for it.
    """
    if isinstance(into, Body):
        return into
    trees.hold()
    parent = db.session.get_one(Body, beside.parent_id) if beside.parent_id else beside
    if on > by.today:
        organisation.refuse_taken(into.code)
        return parent
    organisation.refuse_twin(into.name, parent.id, ending)
    return organisation.add(into.code, into.name, into.kind, parent, on, by.today)


def close(by: By, body: Body, to_on: date) -> None:
    """Kết thúc đơn vị, once nobody works or is counted in it."""
    body = organisation.lock(body)
    working = sa.select(Post.person_id).join(Person, Person.id == Post.person_id)
    working = working.where(Post.body_id == body.id, sa.or_(Post.to_on.is_(None), Post.to_on > to_on))
    counted = sa.select(Enrolment.person_id).where(Enrolment.body_id == body.id, Enrolment.left_on.is_(None))
    both = sa.union(working.where(Person.ended_on.is_(None)), counted).subquery()
    people = db.session.scalar(sa.select(sa.func.count()).select_from(both)) or 0
    organisation.close(body, to_on, people, by.today)
    _end_grants([body], by.today)
    by.note("close_body", body=body, from_on=to_on.isoformat())


def name_helper(by: By, body: Body, helper: str, phone: str | None) -> None:
    """Ghi người hỗ trợ của đơn vị."""
    organisation.name_helper(body, helper, phone)
    by.note("name_helper", body=body, helper=body.helper, phone=body.helper_phone)


def _kept(into: Body | NewBody) -> dict[str, Any]:
    if isinstance(into, NewBody):
        return {"code": into.code, "name": into.name, "kind": into.kind.value}
    return {"id": into.id}


def _plan(by: By, body: Body, kind: PlanKind, on: date, detail: dict[str, Any]) -> bool:
    """Lay the change down for its day."""
    organisation.plan(body, kind, on, detail, by.who.id, by.reason, by.now)
    by.note("plan_change", body=body, change=PLAN_NAMES[kind], from_on=on.isoformat())
    return False


def take_back(by: By, plan: BodyPlan, body: Body) -> None:
    """Bỏ một thay đổi chưa đến ngày."""
    organisation.take_back(plan, by.now)
    by.note("take_back_plan", body=body, change=PLAN_NAMES[PlanKind(plan.kind)], from_on=plan.on.isoformat())


def carry_out(by: By, plan: BodyPlan) -> None:
    """Do what was laid down for this day. Refused where it cannot be done any more."""
    body, said = db.session.get_one(Body, plan.body_id), plan.detail
    match PlanKind(plan.kind):
        case PlanKind.RENAME:
            rename(by, body, said["name"], plan.on)
        case PlanKind.MOVE:
            move(by, body, db.session.get_one(Body, said["parent_id"]), plan.on)
        case PlanKind.MERGE:
            merge(by, [db.session.get_one(Body, old_id) for old_id in said["old_ids"]], _meant(said["into"]), plan.on)
        case PlanKind.SPLIT:
            new, children = _meant(said["into"]), [db.session.get_one(Body, one) for one in said["child_ids"]]
            assert isinstance(new, NewBody)
            split(by, body, new, said["people"], children, plan.on)
    plan.done_at = by.now


def _meant(into: dict[str, Any]) -> Body | NewBody:
    if "id" in into:
        return db.session.get_one(Body, into["id"])
    return NewBody(into["code"], into["name"], BodyKind(into["kind"]))


# --- whoever and whatever stands in it -------------------------------------------------------------------------


def _all_people_follow(old: Body, new: Body, on: date, by: By) -> None:
    """Everyone who held a post in the body on that day or later holds it in the new one; so do the enrolments."""
    held = sa.select(Post).where(Post.body_id == old.id, sa.or_(Post.to_on.is_(None), Post.to_on > on))
    _posts_follow(db.session.scalars(held).all(), new, on)
    passed = sa.select(EnrolmentMove.enrolment_id).where(EnrolmentMove.left_id == old.id)
    here = sa.or_(Enrolment.body_id == old.id, Enrolment.id.in_(passed))
    moves.move(db.session.scalars(sa.select(Enrolment.id).where(here)).all(), old.id, new.id, on, by.now)


def _people_follow(people: Sequence[int], old: Body, new: Body, on: date, by: By) -> None:
    held = sa.select(Post).where(Post.body_id == old.id, Post.person_id.in_(people))
    posts = db.session.scalars(held.where(sa.or_(Post.to_on.is_(None), Post.to_on > on))).all()
    _posts_follow(posts, new, on)
    of_them = sa.select(Enrolment.id).where(Enrolment.person_id.in_([post.person_id for post in posts]))
    moves.move(db.session.scalars(of_them).all(), old.id, new.id, on, by.now)


def _posts_follow(posts: Sequence[Post], new: Body, on: date) -> None:
    people = [post.person_id for post in posts]
    there = sa.select(Post.person_id).where(Post.body_id == new.id, Post.person_id.in_(people))
    held = set(db.session.scalars(there.where(sa.or_(Post.to_on.is_(None), Post.to_on > on))))
    rows = []
    for post in posts:
        if post.person_id not in held:  # who holds a post in both keeps the one in the new body
            row = {"person_id": post.person_id, "body_id": new.id, "from_on": max(post.from_on, on)}
            rows.append(row | {"to_on": post.to_on, "title": post.title})
        if post.from_on < on:
            post.to_on = on
        else:
            db.session.delete(post)
    db.session.flush()
    for start in range(0, len(rows), 500):
        db.session.execute(insert(Post).values(rows[start : start + 500]).on_conflict_do_nothing())


def _campaigns_follow(old: Body, new: Body) -> None:
    """A campaign that is for the old body is for the new one, too, with its own due date."""
    rows = db.session.scalars(sa.select(CampaignBody).where(CampaignBody.body_id == old.id)).all()
    values = [
        {"campaign_id": row.campaign_id, "body_id": new.id, "due_on": row.due_on, "target": row.target} for row in rows
    ]
    if values:
        db.session.execute(insert(CampaignBody).values(values).on_conflict_do_nothing())


def _end_grants(bodies: Sequence[Body], today: date) -> None:
    """A body that has ended gives nobody a role."""
    held = sa.update(Grant).where(Grant.body_id.in_([body.id for body in bodies]))
    db.session.execute(held.where(sa.or_(Grant.to_on.is_(None), Grant.to_on > today)).values(to_on=today))
