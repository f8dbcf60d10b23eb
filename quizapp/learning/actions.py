"""Đợt học: recording facts and what follows from them: states, counts, confirmations. Campaigns, moves, waivers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.models import Person
from quizapp.clock import day_of, end_of
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.database import db, execute, insert, on_driver, public_code, table
from quizapp.domain import completion, renewal
from quizapp.domain.completion import CourseState, Fact, FactKind, UnitState
from quizapp.domain.renewal import Again
from quizapp.learning import queries
from quizapp.learning.models import (
    ENROLLED,
    WHOLE,
    Campaign,
    CampaignBody,
    Confirmation,
    CountChange,
    Enrolment,
    FactRow,
    Pledge,
    UnitStateRow,
)
from quizapp.organisation.models import Body
from quizapp.web.refused import Refused


@dataclass(frozen=True)
class NewFact:
    """A fact to be recorded."""

    kind: FactKind
    subject: str
    source: str
    unit_revision_id: int | None = None
    earned: int | None = None
    possible: int | None = None
    passed: bool | None = None
    answered_all: bool | None = None
    by_id: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class Known:
    """What is stored of a unit's (or the whole's) state."""

    state: str
    since: datetime
    completed_at: datetime | None
    late: bool


@dataclass
class Standing:
    """An enrolment with its stored states, locked for this transaction."""

    enrolment: Any  # its row
    path: str
    campaign_title: str
    states: dict[str, Known]
    credit_days: int | None = None
    again: Again | None = None

    def seen(self, facts: Iterable[Fact]) -> list[Fact]:
        """Of a person's facts those that this enrolment sees."""
        own = self.enrolment
        return renewal.seen(facts, own.campaign_id, own.began_on, self.credit_days, self.again)


# --- recording -------------------------------------------------------------------------------------------------


def record(
    person_id: int,
    course_id: int,
    facts: Sequence[NewFact],
    now: datetime,
    standing: Sequence[Standing] | None = None,
) -> None:
    """Append facts of a person and bring every enrolment's states and counts up to date: the only writer of the three.

    Facts that are there already change nothing. ``standing``: of `standings_of`, where it has been read already.
    """
    if standing is None:
        standing = standings_of(person_id, course_id)
    body_then = standing[0].enrolment.body_id if standing else None
    if not append(person_id, course_id, facts, body_then, now):
        return
    units = {fact.subject.split("/")[0] for fact in facts}
    known = queries.facts_of(person_id, course_id)
    for one in standing:
        refresh(one, known, now, None if WHOLE in units else units)


def append(person_id: int, course_id: int, facts: Iterable[NewFact], body_id: int | None, now: datetime) -> bool:
    """Append facts as of an instant; False where all of them are there already. States and counts are the caller's."""
    rows = [
        vars(fact) | {"person_id": person_id, "course_id": course_id, "at": now, "body_then_id": body_id}
        for fact in facts
    ]
    for row in rows:
        row["kind"] = row["kind"].value
    return sum(execute(_new_fact(), row).rowcount for row in rows) > 0


@on_driver
def _new_fact() -> Any:
    return insert(table(FactRow)).on_conflict_do_nothing()


def standings_of(person_id: int, course_id: int) -> list[Standing]:
    """A person's current enrolments on a course; locked, so that two hand-ins at once follow one another."""
    found: dict[int, Standing] = {}
    for row in execute(_standings_of(), {"person": person_id, "course": course_id}):
        if row.id not in found:
            again = None if row.again_at is None else Again(row.again_revision_id, row.again_at)
            found[row.id] = Standing(row, row.path, row.title, {}, row.credit_days, again)
        if row.unit is not None:
            found[row.id].states[row.unit] = Known(row.state, row.since, row.completed_at, row.late)
    return list(found.values())


_SAID = ("path", "title", "credit_days", "again_revision_id", "again_at")


@on_driver
def _standings_of() -> Any:
    enrolment, campaign, state = table(Enrolment), table(Campaign), table(UnitStateRow)
    mine = enrolment.c.person_id == sa.bindparam("person"), campaign.c.course_id == sa.bindparam("course")
    known = state.c.unit, state.c.state, state.c.since, state.c.completed_at, state.c.late
    return (
        sa.select(enrolment, *(campaign.c[name] for name in _SAID), *known)
        .join(campaign, campaign.c.id == enrolment.c.campaign_id)
        .outerjoin(state, state.c.enrolment_id == enrolment.c.id)
        .where(*mine, enrolment.c.left_on.is_(None))
        .order_by(enrolment.c.id)
        .with_for_update(of=enrolment)
    )


def needs_begin(standing: Iterable[Standing], unit: str) -> bool:
    """Whether starting the unit would change a state."""
    return any(unit not in one.states for one in standing)


def refresh(
    one: Standing, facts: Sequence[Fact], now: datetime, units: Iterable[str] | None = None, counting: bool = True
) -> None:
    """Derive an enrolment's states from the facts, store what changed, and append the changes of the counts.

    ``units``: those that the new facts touch; None looks at all of the path. ``counting``: False where the caller
    appends the changes itself.
    """
    course = courses.course_value(one.enrolment.course_revision_id)
    relevant = _of_path(course.path(one.path).units, one.seen(facts))
    wanted: dict[str, Wanted] = {}
    for unit in course.path(one.path).units:
        if units is None or unit in units:
            state, since = completion.unit_state(unit, unit not in course.ungraded, relevant)
            wanted[unit] = (state.value, since, since if state is UnitState.PASSED else None)
    whole, done_at = completion.course_state(course.graded(one.path), relevant)
    begun = min((fact.at for fact in relevant), default=None)
    wanted[WHOLE] = (whole.value, done_at or begun, done_at if whole is CourseState.COMPLETED else None)
    completed_before = one.states.get(WHOLE, _NOTHING).state == CourseState.COMPLETED
    changes = _store(one, wanted, now)
    if counting:
        append_changes(changes)
    if completed_before and whole is not CourseState.COMPLETED:  # a study recorded by mistake was taken back
        db.session.execute(sa.delete(Confirmation).where(Confirmation.enrolment_id == one.enrolment.id))
    if whole is CourseState.COMPLETED and not completed_before and one.again is None:  # one unit is not the course
        counted = (course.final,) if course.final in course.graded(one.path) else course.graded(one.path)
        _confirm(one, course.title, completion.result(counted, relevant), done_at or now)


Wanted = tuple[str, datetime | None, datetime | None]  # state, since, completed at
_NOTHING = Known(UnitState.NOT_STARTED.value, datetime.min, None, False)  # noqa: DTZ901 - never compared


def _of_path(units: Sequence[str], facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.unit in units or fact.subject == WHOLE]


def derive(course_revision_id: int, path: str, facts: Sequence[Fact]) -> dict[str, str]:
    """Unit key or "*" -> state, from the facts alone."""
    course = courses.course_value(course_revision_id)
    units = course.path(path).units
    relevant = _of_path(units, facts)
    states = {unit: completion.unit_state(unit, unit not in course.ungraded, relevant)[0].value for unit in units}
    return states | {WHOLE: completion.course_state(course.graded(path), relevant)[0].value}


def _store(one: Standing, wanted: dict[str, Wanted], now: datetime) -> list[dict[str, Any]]:
    """Keep the states that have changed; the changes of the counts."""
    rows: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    due = end_of(one.enrolment.due_on)
    for unit, (state, since, completed_at) in wanted.items():
        before = one.states.get(unit, _NOTHING)
        late = completed_at is not None and completed_at >= due
        if (state, completed_at, late) == (before.state, before.completed_at, before.late):
            continue
        kept = {"enrolment_id": one.enrolment.id, "unit": unit, "state": state, "since": since or now}
        rows.append(kept | {"completed_at": completed_at, "late": late})
        if state != before.state:
            changes += _change(one.enrolment, unit, before.state, -1, now) + _change(one.enrolment, unit, state, 1, now)
    if rows:
        execute(_keep_states(), rows)
    return changes


@on_driver
def _keep_states() -> Any:
    statement = insert(table(UnitStateRow))
    fresh = {name: statement.excluded[name] for name in ("state", "since", "completed_at", "late")}
    return statement.on_conflict_do_update(index_elements=["enrolment_id", "unit"], set_=fresh)


def _change(enrolment: Any, unit: str, state: str, change: int, now: datetime) -> list[dict[str, Any]]:
    if state == UnitState.NOT_STARTED:
        return []  # whoever is in no other state: never counted itself
    row = {"campaign_id": enrolment.campaign_id, "body_id": enrolment.body_id, "unit": unit, "state": state}
    return [row | {"day": day_of(now), "change": change}]


def append_changes(changes: list[dict[str, Any]]) -> None:
    """Append to the changes that counts are folded from."""
    if changes:
        execute(_new_changes(), changes)


@on_driver
def _new_changes() -> Any:
    return sa.insert(table(CountChange))


def _confirm(one: Standing, course: str, result: tuple[int, int] | None, at: datetime) -> None:
    """Giấy xác nhận: what it says is frozen on the day. ``result``: of the final, or of all units where none is."""
    person, body, above = db.session.execute(
        sa.select(Person.name, Body.name, sa.select(_Above.name).where(_Above.id == Body.parent_id).scalar_subquery())
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Body, Body.id == Enrolment.body_id)
        .where(Enrolment.id == one.enrolment.id)
    ).one()
    says = {"name": person, "body": body, "above": above, "course": course, "campaign": one.campaign_title}
    says |= {"day": day_of(at).isoformat()}
    if result is not None:
        says |= {"earned": result[0], "possible": result[1]}
    row = {"enrolment_id": one.enrolment.id, "code": public_code(), "at": at, "says": says}
    db.session.execute(insert(Confirmation).values(row).on_conflict_do_nothing())


_Above = sa.orm.aliased(Body)


# --- campaigns, enrolments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cycle:
    """Whom a campaign is limited to, and how long a completion in it holds."""

    kinds: tuple[str, ...] = ()
    valid_months: int | None = None
    window_days: int | None = None
    credit_days: int | None = None
    newcomer_days: int | None = None
    renews_id: int | None = None
    again_revision_id: int | None = None
    again_at: datetime | None = None


def open_campaign(
    title: str,
    course: Course,
    path: str,
    from_on: date,
    due_on: date,
    bodies: Sequence[int],
    target: int,
    now: datetime,
    cycle: Cycle | None = None,
) -> Campaign:
    """Mở đợt học: for bodies with all below them. `enrol` then takes people in.

    A next cycle that does not say how far back it credits counts what is passed in it: else it would be over as it begins.
    """
    if due_on <= from_on:
        raise Refused("Hạn hoàn thành phải sau ngày bắt đầu.")
    _check_path(course, path)
    row = Campaign(title=title, course_id=course.id, path=path, from_on=from_on, due_on=due_on, target_percent=target)
    cycle = cycle or Cycle()
    if cycle.renews_id is not None and cycle.credit_days is None:
        cycle = replace(cycle, credit_days=0)
    for name, value in vars(cycle).items():
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(CampaignBody(campaign_id=row.id, body_id=body_id, due_on=None) for body_id in bodies)
    db.session.flush()
    return row


def _check_path(course: Course, path: str) -> None:
    """Refused for a path that the course has no more; from here on nobody takes it out."""
    now_held = sa.select(Course.revision_id).filter_by(id=course.id).with_for_update()
    revision_id = db.session.scalar(now_held)
    if revision_id is None:
        raise Refused("Khóa học này chưa có phiên bản nào được phát hành.")
    try:
        courses.course_value(revision_id).path(path)
    except KeyError:
        raise Refused("Lộ trình này vừa được bỏ khỏi khóa học. Chọn lộ trình khác.") from None


def enrol(
    campaign: Campaign, people: Sequence[tuple[int, int]], now: datetime, own_due: Mapping[int, date] | None = None
) -> int:
    """Ghi danh people given as (person id, body id); who is in already stays where he or she is. How many are new.

    ``own_due``: due dates of some people alone, in a new cycle.
    """
    course = db.session.get_one(Course, campaign.course_id)
    revision_id = course.revision_id
    if revision_id is None:
        raise Refused("Khóa học này chưa có phiên bản nào được phát hành.")
    due, own = due_dates(campaign), own_due or {}
    paths = dict(db.session.execute(sa.select(Body.id, Body.path)).all()) if people else {}
    at_least = _newcomers_due(campaign, _first_on(campaign), day_of(now))
    rows = [
        {
            "campaign_id": campaign.id,
            "person_id": person_id,
            "body_id": body_id,
            "course_revision_id": revision_id,
            "began_on": day_of(now),
            "due_on": own.get(person_id) or max(of_body, at_least),
            "extended": of_body > max(campaign.due_on, at_least),
        }
        for person_id, body_id in people
        for of_body in [due_on(due, paths[body_id], campaign.due_on)]
    ]
    added = 0
    for start in range(0, len(rows), 500):
        statement = insert(Enrolment).values(rows[start : start + 500]).on_conflict_do_nothing()
        new = db.session.execute(statement.returning(Enrolment.id, Enrolment.body_id, Enrolment.person_id)).all()
        added += len(new)
        append_changes([_enrolled(campaign.id, row.body_id, 1, now) for row in new])
        _take_over(campaign, {row.person_id: row.body_id for row in new}, now)
    return added


def _first_on(campaign: Campaign) -> date | None:
    """On which day the first came in; asked only where whoever comes later has days of his or her own."""
    if campaign.newcomer_days is None:
        return None
    return db.session.scalar(sa.select(sa.func.min(Enrolment.began_on)).filter_by(campaign_id=campaign.id))


def _newcomers_due(campaign: Campaign, first_on: date | None, began_on: date) -> date:
    """Người vào sau: the due date that somebody who came in on that day has at the earliest."""
    if campaign.newcomer_days is None or first_on is None or began_on <= max(first_on, campaign.from_on):
        return date.min
    return began_on + timedelta(days=campaign.newcomer_days)


def _enrolled(campaign_id: int, body_id: int, change: int, now: datetime) -> dict[str, Any]:
    row = {"campaign_id": campaign_id, "body_id": body_id, "unit": WHOLE, "state": ENROLLED}
    return row | {"day": day_of(now), "change": change}


def _take_over(campaign: Campaign, people: Mapping[int, int], now: datetime) -> None:
    """Facts belong to the person: what was done before counts from the first minute, as far as the campaign credits it."""
    known = sa.select(FactRow.person_id).where(FactRow.person_id.in_(people), FactRow.course_id == campaign.course_id)
    for person_id in db.session.scalars(known.distinct()).all():
        facts = queries.facts_of(person_id, campaign.course_id)
        if campaign.credit_days is not None:
            _credit(campaign, person_id, people[person_id], facts, now)
            facts = queries.facts_of(person_id, campaign.course_id)
        for one in standings_of(person_id, campaign.course_id):
            if one.enrolment.campaign_id == campaign.id:
                refresh(one, facts, now)


def _credit(campaign: Campaign, person_id: int, body_id: int, facts: Sequence[Fact], now: datetime) -> None:
    """Ghi nhận từ trước: a fact of its own for each unit passed lately; it says what it was credited from."""
    assert campaign.credit_days is not None
    passes = renewal.credited(facts, day_of(now), campaign.credit_days)
    new = [
        NewFact(
            FactKind.CREDITED,
            unit,
            renewal.source_of(campaign.id),
            earned=fact.earned,
            possible=fact.possible,
            passed=True,
            note=f"{fact.source}, {day_of(fact.at):%d/%m/%Y}",
        )
        for unit, fact in passes.items()
    ]
    if new:
        append(person_id, campaign.course_id, new, body_id, now)


def due_dates(campaign: Campaign) -> dict[str, date]:
    """Path of a body -> its own due date in the campaign, where it has one."""
    rows = db.session.execute(
        sa.select(Body.path, CampaignBody.due_on)
        .join(Body, Body.id == CampaignBody.body_id)
        .where(CampaignBody.campaign_id == campaign.id, CampaignBody.due_on.is_not(None))
    )
    return {path: due for path, due in rows if due is not None}


def due_on(due: dict[str, date], path: str, usual: date) -> date:
    """The due date of somebody in the body of that path: of the nearest body above that has its own."""
    own = [above for above in due if path.startswith(above)]
    return due[max(own, key=len)] if own else usual


def keep_pledge(person_id: int, course_id: int, text: str, now: datetime) -> None:
    """Việc tôi sẽ làm: one sentence a course; a later one replaces it."""
    row, said = {"person_id": person_id, "course_id": course_id}, {"text": text, "at": now}
    statement = insert(Pledge).values(row | said)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(row), set_=said))


def waive(person_id: int, course_id: int, unit: str, by: int, reason: str, now: datetime) -> None:
    """Miễn học một bài, or the whole ("*"), with a reason."""
    record(person_id, course_id, [NewFact(FactKind.WAIVED, unit, f"by:{by}", by_id=by, note=reason)], now)


def extend(campaign: Campaign, body_id: int, until: date, now: datetime) -> int:
    """Gia hạn cho một đơn vị và cấp dưới: later due dates, `late` derived again. How many enrolments."""
    if until <= day_of(now):
        raise Refused("Ngày gia hạn phải sau hôm nay.")
    body = db.session.get_one(Body, body_id)
    row = {"campaign_id": campaign.id, "body_id": body_id, "due_on": until, "target": False}
    keys = ["campaign_id", "body_id"]
    db.session.execute(
        insert(CampaignBody).values(row).on_conflict_do_update(index_elements=keys, set_={"due_on": until})
    )
    due, first_on = due_dates(campaign), _first_on(campaign)
    below = (
        sa.select(Enrolment, Body.path)
        .join(Body, Body.id == Enrolment.body_id)
        .where(Enrolment.campaign_id == campaign.id, Body.path.startswith(body.path, autoescape=True))
    )
    touched = 0
    for enrolment, path in db.session.execute(below).all():
        of_body = due_on(due, path, campaign.due_on)
        at_least = _newcomers_due(campaign, first_on, enrolment.began_on)
        wanted = max(of_body, at_least)
        if wanted != enrolment.due_on:
            enrolment.due_on, enrolment.extended = wanted, of_body > max(campaign.due_on, at_least)
            touched += 1
    db.session.flush()
    rederive_late(campaign.id, body.path)
    return touched


def rederive_late(campaign_id: int, path: str) -> None:
    """Hoàn thành muộn follows from dates: derived again by whoever moves one."""
    rows = db.session.execute(
        sa.select(UnitStateRow, Enrolment.due_on)
        .join(Enrolment, Enrolment.id == UnitStateRow.enrolment_id)
        .join(Body, Body.id == Enrolment.body_id)
        .where(
            Enrolment.campaign_id == campaign_id,
            Body.path.startswith(path, autoescape=True),
            UnitStateRow.completed_at.is_not(None),
        )
    )
    for state, due in rows:
        state.late = state.completed_at is not None and state.completed_at >= end_of(due)
    db.session.flush()
