"""Gộp hai tài khoản của một người: facts, enrolments with their states and counts, confirmations, pledges."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import db, table
from quizapp.domain.completion import TWIN
from quizapp.learning import actions, moves, queries
from quizapp.learning.models import (
    Campaign,
    Concerned,
    Confirmation,
    Enrolment,
    FactRow,
    Pledge,
    Reminder,
    ReminderTurn,
    WeeklyReport,
)
from quizapp.mail import MailState, Outbox


def merge(kept_id: int, twin_id: int, now: datetime) -> None:
    """The twin's facts and enrolments belong to the other account; states and counts follow from all facts together."""
    both = sa.select(Enrolment).where(Enrolment.person_id.in_((kept_id, twin_id))).order_by(Enrolment.id)
    rows = db.session.scalars(both.with_for_update().execution_options(populate_existing=True)).all()
    own = {row.campaign_id: row for row in rows if row.person_id == kept_id}
    _move_facts(kept_id, twin_id)
    for row in rows:
        if row.person_id == twin_id:
            _follow(row, own.get(row.campaign_id), kept_id, now)
    _move_pledges(kept_id, twin_id)
    _move_concern(kept_id, twin_id)
    _move_reminders(kept_id, twin_id)
    db.session.flush()
    courses = sa.select(Campaign.course_id).join(Enrolment, Enrolment.campaign_id == Campaign.id)
    for course_id in db.session.scalars(courses.where(Enrolment.person_id == kept_id).distinct()).all():
        facts = queries.facts_of(kept_id, course_id)
        for one in actions.standings_of(kept_id, course_id):
            actions.refresh(one, facts, now)


def _move_facts(kept_id: int, twin_id: int) -> None:
    """Nothing is lost: of two facts that are the same, one says in its source whose it was."""
    it = table(FactRow)
    other = it.alias()
    alike = (it.c.course_id == other.c.course_id, it.c.kind == other.c.kind, it.c.subject == other.c.subject)
    same = sa.select(other.c.id).where(other.c.person_id == kept_id, *alike, it.c.source == other.c.source).exists()
    source = sa.case((same, it.c.source + f"{TWIN}{twin_id})"), else_=it.c.source)
    db.session.execute(sa.update(it).where(it.c.person_id == twin_id).values(person_id=kept_id, source=source))


def _follow(twin: Enrolment, own: Enrolment | None, kept_id: int, now: datetime) -> None:
    """An enrolment of the twin: taken over, or ended where the other account is in the same campaign."""
    if own is None:
        twin.person_id = kept_id
        return
    if twin.left_on is None:
        place = twin.body_id
        moves.leave(twin, now)
        if own.left_on is not None:
            own.due_on, own.extended = twin.due_on, twin.extended
            moves.come_back([own.id], place, now)
    if db.session.get(Confirmation, own.id) is None and (said := db.session.get(Confirmation, twin.id)) is not None:
        said.enrolment_id = own.id  # the same paper goes on, under its code
        db.session.flush()


def _move_pledges(kept_id: int, twin_id: int) -> None:
    """Việc tôi sẽ làm: of two, the later one."""
    own = {row.course_id: row for row in db.session.scalars(sa.select(Pledge).filter_by(person_id=kept_id))}
    for row in db.session.scalars(sa.select(Pledge).filter_by(person_id=twin_id)).all():
        same = own.get(row.course_id)
        if same is None:
            db.session.add(Pledge(person_id=kept_id, course_id=row.course_id, text=row.text, at=row.at))
        elif row.at > same.at:
            same.text, same.at = row.text, row.at
        db.session.delete(row)


def _move_concern(kept_id: int, twin_id: int) -> None:
    """Người cần học lại: once, where both are."""
    has = sa.select(Concerned.unit_revision_id).where(Concerned.person_id == kept_id)
    of_twin = Concerned.person_id == twin_id
    db.session.execute(sa.delete(Concerned).where(of_twin, Concerned.unit_revision_id.in_(has)))
    db.session.execute(sa.update(Concerned).where(of_twin).values(person_id=kept_id))


def _move_reminders(kept_id: int, twin_id: int) -> None:
    """Lần nhắc, thư, thư hằng tuần: the later turn counts; of two letters that still wait on one day, one is enough."""
    own = {row.person_id: row for row in db.session.scalars(_of(ReminderTurn, kept_id, twin_id))}
    if (twin := own.get(twin_id)) is not None:
        if kept := own.get(kept_id):
            kept.day = max(kept.day, twin.day)
        else:
            db.session.add(ReminderTurn(person_id=kept_id, day=twin.day))
        db.session.delete(twin)
    other = sa.orm.aliased(Outbox)
    same = sa.select(other.id).where(other.person_id == kept_id, other.kind == Outbox.kind, other.day == Outbox.day)
    waiting = Outbox.person_id == twin_id, Outbox.state == MailState.QUEUED.value, same.correlate(Outbox).exists()
    has = sa.select(WeeklyReport.body_id).where(WeeklyReport.person_id == kept_id)
    for statement in (
        sa.delete(Outbox).where(*waiting),
        sa.update(Outbox).where(Outbox.person_id == twin_id).values(person_id=kept_id),
        sa.update(Reminder).where(Reminder.person_id == twin_id).values(person_id=kept_id),
        sa.delete(WeeklyReport).where(WeeklyReport.person_id == twin_id, WeeklyReport.body_id.in_(has)),
        sa.update(WeeklyReport).where(WeeklyReport.person_id == twin_id).values(person_id=kept_id),
    ):
        db.session.execute(statement)


def _of(model: Any, kept_id: int, twin_id: int) -> Any:
    return sa.select(model).where(model.person_id.in_((kept_id, twin_id)))
