"""Quản trị: what the work process does in the background."""

import sqlalchemy as sa

from quizapp.accounts.queries import SignedIn
from quizapp.administration.actions import By
from quizapp.administration.body_actions import carry_out
from quizapp.clock import day_of, now
from quizapp.database import db
from quizapp.organisation.models import BodyPlan
from quizapp.web.refused import Refused


def carry_out_plans() -> None:
    """Change the tree where the day has come, each change in a transaction of its own; say why where it cannot be."""
    waiting = sa.select(BodyPlan.id).where(BodyPlan.done_at.is_(None), BodyPlan.on <= day_of(now()))
    for plan_id in db.session.scalars(waiting.order_by(BodyPlan.on, BodyPlan.id)).all():
        try:
            if plan := _claim(plan_id):
                carry_out(_asked(plan), plan)
            db.session.commit()
        except Refused as no:
            db.session.rollback()
            if plan := _claim(plan_id):
                plan.done_at, plan.problem = now(), no.sentence
            db.session.commit()
    db.session.rollback()  # nothing is due: do not hold the place of a writer


def _claim(plan_id: int) -> BodyPlan | None:
    mine = sa.select(BodyPlan).where(BodyPlan.id == plan_id, BodyPlan.done_at.is_(None))
    return db.session.scalar(mine.with_for_update(skip_locked=True).execution_options(populate_existing=True))


def _asked(plan: BodyPlan) -> By:
    """Who asked for it then acts now."""
    who = SignedIn(
        id=plan.asked_by, code="", login="", name="", session_id=0, token="", text_size=100, theme="", letter_keys=True,
        welcomed=True, has_password=True,
    )  # fmt: skip
    return By(who, plan.reason, "", now())
