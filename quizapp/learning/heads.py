"""Nhắc người đứng đầu: after the deadline, how many are overdue in the body one leads and below; never a name.

And the signed call that tells another system of the province which bodies have people to remind today, figures alone.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa

from quizapp import site
from quizapp.accounts.models import Grant, Person
from quizapp.clock import VIETNAM
from quizapp.database import db, looking
from quizapp.domain import reminders
from quizapp.domain.reminders import Overdue
from quizapp.domain.vietnamese import short_name
from quizapp.learning.models import Campaign, Enrolment, Reminder
from quizapp.learning.reminders import Open, Sending, joined, line, not_done, note, open_enrolments, take_turns
from quizapp.mail import Channel, Letter, put
from quizapp.organisation.models import Body
from quizapp.web.access import Role
from quizapp.web.formats import number

KIND = "head"
BODIES_A_CALL = 500
WEEKS = 52  # of weekly steps that a call still tells of


def overdue(today: date) -> list[Overdue]:
    """Quá hạn, by campaign, body and deadline; one statement."""
    asked = (
        joined(Enrolment.campaign_id, Body.path, Enrolment.due_on, sa.func.count())
        .where(not_done(), Enrolment.due_on < today)
        .group_by(Enrolment.campaign_id, Body.path, Enrolment.due_on)
    )
    return [Overdue(*row) for row in db.session.execute(asked)]


def remind_heads(sending: Sending) -> int:
    """Báo người đứng đầu: one letter a head, with his or her own campaigns in it; how many."""
    today = sending.today
    with looking():  # through everybody: meanwhile nobody's answer may wait
        late = overdue(today)
    if not late:
        return 0
    heads = _heads(today)
    last = dict(
        db.session.execute(
            sa.select(Reminder.person_id, sa.func.max(Reminder.day))
            .where(Reminder.enrolment_id.is_(None), Reminder.person_id.in_(heads))
            .group_by(Reminder.person_id)
        ).all()
    )
    led = {person: [body.path for body in bodies] for person, (_, bodies) in heads.items()}
    wanted = reminders.to_heads(late, led, last, today)
    free = take_turns(wanted, today)
    own: dict[int, list[Open]] = {}
    for one in open_enrolments(Enrolment.person_id.in_(free)) if free else []:
        if reminders.last_step(one.owed.due_on, today) is not None:
            own.setdefault(one.owed.person, []).append(one)
    titles = dict(db.session.execute(sa.select(Campaign.id, Campaign.title)).all())
    letters = []
    for person in sorted(free):
        who, bodies = heads[person]
        told = _text(who, bodies, wanted[person], titles, own.get(person, []), sending)
        letters.append(
            Letter(KIND, f"person:{person}", person, who.email or "", "Đợt học quá hạn ở đơn vị đồng chí", told)
        )
    note([(person, None, heads[person][1][0].id) for person in sorted(free)], sending, "mail")
    note([(p, one.owed.enrolment, one.body_id) for p, rows in own.items() for one in rows], sending, "mail")
    put(letters, today, sending.at, reminders.when_loud(sending.at.astimezone(VIETNAM)))
    return len(letters)


def _heads(today: date) -> dict[int, tuple[Person, list[Body]]]:
    """Person -> the person with an address, and the open bodies led, the higher first."""
    rows = db.session.execute(
        sa.select(Person, Body)
        .join(Grant, Grant.person_id == Person.id)
        .join(Body, Body.id == Grant.body_id)
        .where(
            Grant.role == Role.LEADER.value,
            Grant.from_on <= today,
            sa.or_(Grant.to_on.is_(None), Grant.to_on > today),
            sa.or_(Body.to_on.is_(None), Body.to_on > today),
            Person.email.is_not(None),
            Person.ended_on.is_(None),
        )
        .order_by(Person.id, sa.func.length(Body.path), Body.id)
    )
    found: dict[int, tuple[Person, list[Body]]] = {}
    for person, body in rows:
        found.setdefault(person.id, (person, []))[1].append(body)
    return found


def _text(
    who: Person,
    bodies: list[Body],
    counted: Mapping[tuple[str, int], int],
    titles: Mapping[int, str],
    own: list[Open],
    sending: Sending,
) -> str:
    parts = [f"Đồng chí {short_name(who.name)}, tình hình quá hạn ở đơn vị đồng chí phụ trách:"]
    for body in bodies:
        lines = [
            f"- {titles[campaign]}: {number(people)} đồng chí quá hạn, chưa hoàn thành"
            for (path, campaign), people in sorted(counted.items())
            if path == body.path
        ]
        if lines:
            parts.append("\n".join([f"{body.name}", *lines, f"  Xem và nhắc: {sending.address}theo-doi/{body.code}"]))
    if own:
        lines = [f"- {line(one, sending.today)}" for one in own]
        parts.append("\n".join(["Việc học của chính đồng chí:", *lines, f"  Học tiếp: {sending.address}"]))
    parts.append("Thư chỉ có số liệu, không có họ tên. Thư này gửi tự động, không cần trả lời.")
    return site.addressed("\n\n".join(parts))


# --- to another system -----------------------------------------------------------------------------------------


def call(sending: Sending) -> int:
    """Gọi webhook: per campaign, the bodies that have somebody at a step today, with how many; how many calls."""
    today = sending.today
    steps = [*reminders.STEPS, *(reminders.STEPS[-1] + reminders.WEEK * n for n in range(1, WEEKS))]
    asked = (
        joined(Campaign.code, Campaign.title, Body.code, Body.name, Enrolment.due_on, sa.func.count())
        .where(not_done(), Enrolment.due_on.in_([today - timedelta(days=step) for step in steps]))
        .group_by(Campaign.code, Campaign.title, Body.code, Body.name, Enrolment.due_on)
        .order_by(Campaign.code, Body.code, Enrolment.due_on)
    )
    of_campaign: dict[tuple[str, str], list[dict[str, object]]] = {}
    with looking():
        rows = db.session.execute(asked).all()
    for code, title, body, name, due_on, people in rows:
        link = f"{sending.address}theo-doi/{body}/nhac"
        told = {"code": body, "name": name, "due_on": due_on.isoformat(), "people": people, "link": link}
        of_campaign.setdefault((code, title), []).append(told)
    letters = [
        _call(code, title, n, bodies[n : n + BODIES_A_CALL], today)
        for (code, title), bodies in of_campaign.items()
        for n in range(0, len(bodies), BODIES_A_CALL)
    ]
    return put(letters, today, sending.at)


def _call(code: str, title: str, n: int, bodies: list[dict[str, object]], today: date) -> Letter:
    told = {"event": "reminders_due", "day": today.isoformat(), "campaign": {"code": code, "title": title}}
    text = json.dumps(told | {"bodies": bodies}, ensure_ascii=False)
    return Letter("webhook", f"campaign:{code}:{n}", None, "", f"Webhook: {title}", text, Channel.WEBHOOK)
