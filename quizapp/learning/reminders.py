"""Nhắc học: reading who may be reminded, and queueing the letters of the schedule or of a leader.

A person's turn (`ReminderTurn`) is taken in the statement that looks at it, so two senders at once cannot both write.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp import site
from quizapp.accounts.models import Person
from quizapp.clock import VIETNAM
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.database import db, insert, table
from quizapp.domain import reminders
from quizapp.domain.completion import CourseState, UnitState
from quizapp.domain.reminders import Owed
from quizapp.domain.vietnamese import short_name
from quizapp.learning import queries
from quizapp.learning.models import WHOLE, Campaign, Enrolment, Reminder, ReminderTurn, UnitStateRow
from quizapp.mail import Letter, MailState, Outbox, put
from quizapp.organisation.models import Body
from quizapp.web.formats import day, number

AT_ONCE = 500  # people of one statement
HELPING = 100  # people of one transaction: on SQLite everybody's answer waits meanwhile
LOOK = 2000  # people looked at in one statement, whoever of them may be reminded
WITHDRAWN_AT_ONCE = 1000  # letters; more than a helping of the outbox sends
KIND = "reminder"
LETTERS = ("mail", "one")  # ways of reminding that write a letter
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Open:
    """An enrolment that is not done, with what its reminder says."""

    owed: Owed
    name: str
    email: str | None
    campaign: str
    course_key: str
    body_id: int
    units_left: int
    minutes_left: int


def not_done() -> Condition:
    """Condition on `Enrolment`, its `Person` and the state of the whole: there is something to remind of."""
    state = sa.func.coalesce(UnitStateRow.state, CourseState.NOT_STARTED.value)
    return sa.and_(Enrolment.left_on.is_(None), Person.ended_on.is_(None), state.not_in(reminders.DONE))


def rested(today: date) -> Condition:
    """Condition on `Enrolment`: nobody has reminded its person within the rest."""
    lately = ReminderTurn.day > today - timedelta(days=reminders.REST)
    turn = sa.select(ReminderTurn.person_id).where(ReminderTurn.person_id == Enrolment.person_id, lately)
    return ~turn.correlate(Enrolment).exists()


def joined(*columns: Any) -> Any:
    whole = sa.and_(UnitStateRow.enrolment_id == Enrolment.id, UnitStateRow.unit == WHOLE)
    return (
        sa.select(*columns)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Campaign, Campaign.id == Enrolment.campaign_id)
        .join(Body, Body.id == Enrolment.body_id)
        .outerjoin(UnitStateRow, whole)
    )


def open_enrolments(condition: Condition, limit: int = 5000) -> list[Open]:
    """Enrolments that are not done, in the order of names; three statements whatever their number."""
    last = sa.select(sa.func.max(Reminder.day)).where(Reminder.enrolment_id == Enrolment.id).scalar_subquery()
    columns = (
        *(Enrolment.id, Enrolment.person_id, Enrolment.began_on, Enrolment.due_on, Enrolment.body_id),
        *(Enrolment.course_revision_id, UnitStateRow.state, last.label("last_on"), Person.name, Person.email),
        *(Campaign.title, Campaign.course_id, Campaign.path, Course.key.label("course_key")),
    )
    asked = joined(*columns).join(Course, Course.id == Campaign.course_id).where(not_done(), condition)
    rows = db.session.execute(asked.order_by(Person.sort_key, Person.id, Enrolment.due_on).limit(limit)).all()
    left = _left(rows)
    return [
        Open(
            Owed(row.id, row.person_id, row.state or "not_started", row.began_on, row.due_on, row.last_on),
            *(row.name, row.email, row.title, row.course_key, row.body_id, *left[row.id]),
        )
        for row in rows
    ]


def _left(rows: Sequence[Any]) -> dict[int, tuple[int, int]]:
    """Enrolment -> how many graded units are not done, and their minutes."""
    done = (UnitState.PASSED.value, UnitState.WAIVED.value)
    passed: dict[int, list[str]] = {}
    ids, state = [row.id for row in rows], UnitStateRow
    for start in range(0, len(ids), AT_ONCE):  # a row a person, whatever the number of units
        theirs = sa.select(state.enrolment_id, sa.func.aggregate_strings(state.unit, " ")).group_by(state.enrolment_id)
        wanted = theirs.where(state.enrolment_id.in_(ids[start : start + AT_ONCE]), state.state.in_(done))
        passed |= {enrolment_id: units.split() for enrolment_id, units in db.session.execute(wanted)}
    minutes = {course_id: _minutes(course_id) for course_id in {row.course_id for row in rows}}
    found = {}
    for row in rows:
        graded = courses.course_value(row.course_revision_id).graded(row.path)
        left = [key for key in graded if key not in passed.get(row.id, ()) and key in minutes[row.course_id]]
        found[row.id] = len(left), sum(minutes[row.course_id][key] for key in left)
    return found


def _minutes(course_id: int) -> dict[str, int]:
    units = [courses.taught(row.revision_id).unit for row in courses.unit_rows(course_id)]
    return {unit.key: queries.minutes_of(unit) for unit in units}


# --- words -----------------------------------------------------------------------------------------------------


def line(one: Open, today: date) -> str:
    """One campaign: what is left, and until when."""
    days = (one.owed.due_on - today).days
    on = day(one.owed.due_on)
    when = f"hạn {on}" if days > 0 else f"hạn cuối là hôm nay, {on}" if days == 0 else f"quá hạn {-days} ngày ({on})"
    if not one.units_left:
        return f"{one.campaign}: {when}"
    return f"{one.campaign}: còn {one.units_left} bài, khoảng {number(one.minutes_left)} phút, {when}"


def text(rows: Sequence[Open], today: date, address: str, said: str = "", who: str = "") -> str:
    """The whole letter to one person: ``said`` is a leader's own sentence, ``who`` that leader."""
    name = short_name(rows[0].name)
    if len(rows) == 1:
        parts = [f"Đồng chí {name}, {line(rows[0], today)}. Học tiếp: {address}"]
    else:
        lines = "\n".join(f"- {line(one, today)}" for one in rows)
        parts = [f"Đồng chí {name}, đồng chí đang có {len(rows)} đợt học chưa xong:\n{lines}\nHọc tiếp: {address}"]
    if any(one.owed.due_on < today for one in rows):
        parts.append("Quá hạn vẫn học và nộp được; kết quả sẽ ghi “hoàn thành muộn”.")
    if said:
        parts.append(f"{who}: {said}" if who else said)
    parts.append(f"Thư này gửi tự động, không cần trả lời. Bỏ địa chỉ thư hoặc sửa: {address}toi")
    return site.addressed("\n\n".join(parts))


def subject(rows: Sequence[Open], today: date) -> str:
    """What stands above it, the nearest deadline alone."""
    days = min((one.owed.due_on - today).days for one in rows)
    if days > 0:
        return f"Nhắc học: còn {days} ngày đến hạn"
    return "Nhắc học: hôm nay là hạn cuối" if days == 0 else f"Nhắc học: quá hạn {-days} ngày"


# --- queueing --------------------------------------------------------------------------------------------------


def take_turns(people: Iterable[int], today: date) -> set[int]:
    """Of these people, who had no reminder within the rest; from now on they have had today's."""
    rows = [{"person_id": person_id, "day": today} for person_id in sorted(set(people))]
    taken: set[int] = set()
    for start in range(0, len(rows), AT_ONCE):
        turn = table(ReminderTurn)
        statement = insert(turn).values(rows[start : start + AT_ONCE])
        rested = turn.c.day <= today - timedelta(days=reminders.REST)
        mine = statement.on_conflict_do_update(index_elements=["person_id"], set_={"day": today}, where=rested)
        taken |= set(db.session.scalars(mine.returning(turn.c.person_id)))
    return taken


def turns(people: Iterable[int]) -> dict[int, date]:
    """Person -> the day of the last reminder, by whomever."""
    ids = sorted(set(people))
    found: dict[int, date] = {}
    for start in range(0, len(ids), AT_ONCE):
        known = sa.select(ReminderTurn.person_id, ReminderTurn.day)
        rows = db.session.execute(known.where(ReminderTurn.person_id.in_(ids[start : start + AT_ONCE])))
        found.update((person_id, on) for person_id, on in rows)
    return found


@dataclass(frozen=True)
class Sending:
    """Who sends, when, from which site; ``by`` None is the schedule."""

    at: datetime
    today: date
    address: str
    by: int | None = None
    who: str = ""
    said: str = ""


def remind(rows: Sequence[Open], sending: Sending, way: str = "mail") -> int:
    """Nhắc: note it, and write to whoever has an address; how many people. Nobody within the rest, nobody twice."""
    of_person: dict[int, list[Open]] = {}
    for one in rows:
        if one.email or way not in LETTERS:
            of_person.setdefault(one.owed.person, []).append(one)
    free = take_turns(of_person, sending.today)
    mine = {person: theirs for person, theirs in of_person.items() if person in free}
    note([(one.owed.person, one.owed.enrolment, one.body_id) for of in mine.values() for one in of], sending, way)
    if way in LETTERS:
        _post(mine, sending)
    return len(mine)


def _post(of_person: Mapping[int, Sequence[Open]], sending: Sending) -> None:
    letters = [
        Letter(
            KIND,
            f"person:{person}",
            person,
            rows[0].email or "",
            subject(rows, sending.today),
            text(rows, sending.today, sending.address, sending.said, sending.who),
        )
        for person, rows in of_person.items()
    ]
    put(letters, sending.today, sending.at, reminders.when_loud(sending.at.astimezone(VIETNAM)))


def note(rows: Iterable[tuple[int, int | None, int]], sending: Sending, way: str) -> None:
    """Keep who was reminded of what: (person, enrolment or None, body)."""
    common: dict[str, Any] = {"day": sending.today, "by_id": sending.by, "way": way}
    kept = [
        common | {"person_id": person, "enrolment_id": enrolment, "body_id": body} for person, enrolment, body in rows
    ]
    for start in range(0, len(kept), AT_ONCE):
        db.session.execute(insert(Reminder).values(kept[start : start + AT_ONCE]).on_conflict_do_nothing())


# --- the schedule ----------------------------------------------------------------------------------------------


def next_people(after: int, today: date) -> tuple[list[int], int | None]:
    """The next people, by id, whom the schedule has to look at: with an address, rested, near a deadline or past it.

    And the last person looked at; None behind the last of all. However few of them it is, the look is as short.
    """
    horizon = today - timedelta(days=reminders.STEPS[0])
    some = sa.select(Person.id).where(Person.id > after).order_by(Person.id).limit(LOOK).subquery()
    upto = db.session.scalar(sa.select(sa.func.max(some.c.id)))
    if upto is None:
        return [], None
    asked = (
        joined(Enrolment.person_id)
        .where(Enrolment.person_id > after, Enrolment.person_id <= upto, not_done(), rested(today))
        .where(Person.email.is_not(None), Enrolment.due_on <= horizon)
        .distinct()
        .order_by(Enrolment.person_id)
        .limit(HELPING)
    )
    people = list(db.session.scalars(asked))
    return people, people[-1] if len(people) == HELPING else upto


def remind_people(people: Sequence[int], sending: Sending) -> int:
    """Nhắc theo lịch some people, where today asks for it; how many were written to."""
    rows = open_enrolments(Enrolment.person_id.in_(people))
    wanted = reminders.due([one.owed for one in rows], turns(people), sending.today)
    told = {line.enrolment for digest in wanted.values() for line in digest}
    return remind([one for one in rows if one.owed.enrolment in told], sending)


def withdraw() -> int:
    """Take back what waits where everything it speaks of has been done meanwhile; how many. Those that go next alone."""
    still = (
        joined(Enrolment.id)
        .join(Reminder, Reminder.enrolment_id == Enrolment.id)
        .where(Reminder.person_id == Outbox.person_id, Reminder.day == Outbox.day, not_done())
        .correlate(Outbox)
        .exists()
    )
    waiting = sa.select(Outbox.id).where(Outbox.kind == KIND, Outbox.state == MailState.QUEUED.value)
    next_ones = waiting.order_by(Outbox.not_before, Outbox.id).limit(WITHDRAWN_AT_ONCE).correlate(None)
    gone = sa.delete(Outbox).where(Outbox.id.in_(next_ones), Outbox.state == MailState.QUEUED.value, ~still)
    return len(db.session.execute(gone.returning(Outbox.id)).all())
