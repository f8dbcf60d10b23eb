"""Học trực tiếp: a secretary records who of the body studied a unit at a meeting or on paper, with evidence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from quizapp.accounts import access
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Person
from quizapp.accounts.queries import SignedIn
from quizapp.clock import day_of
from quizapp.courses import queries as courses
from quizapp.database import db, public_code
from quizapp.domain.completion import TAKEN_BACK, TWIN, FactKind
from quizapp.learning import actions as learning
from quizapp.learning.actions import NewFact
from quizapp.learning.models import Campaign, Enrolment, FactRow
from quizapp.organisation import queries as bodies
from quizapp.organisation.models import Body
from quizapp.reports import urging
from quizapp.web.formats import day
from quizapp.web.refused import Refused

FORMS = {"hop": "sinh hoạt, họp", "giay": "học trên giấy"}
PEOPLE_AT_MOST = 500
SHOWN = 50


def body(who: SignedIn, code: str) -> Body | None:
    """The body of that code, where ``who`` is its secretary."""
    found = bodies.body(access.recorded(who), code)
    if found is not None:
        db.session.expunge(found)  # noting a look at names ends this transaction: it is not to be read anew
    return found


def first(who: SignedIn) -> str | None:
    """The code of a body whose secretary ``who`` is."""
    return db.session.scalar(sa.select(Body.code).where(access.recorded(who)).order_by(Body.path).limit(1))


def campaigns(of: Body) -> list[Campaign]:
    """The campaigns that touch the body, the newest first."""
    return urging.campaigns(of)


def units(campaign: Campaign) -> dict[str, str]:
    """Key -> title of the units that may be studied so: all of the path but the final, which is taken alone."""
    newest = {row.key: row.revision_id for row in courses.unit_rows(campaign.course_id)}
    course_revision = db.session.scalar(
        sa.select(Enrolment.course_revision_id).where(Enrolment.campaign_id == campaign.id).limit(1)
    )
    if course_revision is None:
        return {}
    keys = courses.course_value(course_revision).path(campaign.path).units
    found = {key: courses.taught(newest[key]).unit for key in keys if key in newest}
    return {key: f"Bài {unit.number}. {unit.title}" for key, unit in found.items() if not unit.final}


def printable(campaign: Campaign) -> dict[str, int]:
    """Key -> id of the units, for their printed lessons and papers."""
    return {row.key: row.unit_id for row in courses.unit_rows(campaign.course_id)}


def people(of: Body, campaign: Campaign) -> list[tuple[int, str]]:
    """Who is enrolled in the very body, in the order of names; at most five hundred."""
    here = sa.select(Person.id, Person.name).join(Enrolment, Enrolment.person_id == Person.id)
    here = here.where(Enrolment.campaign_id == campaign.id, Enrolment.body_id == of.id, Enrolment.left_on.is_(None))
    here = here.where(Person.ended_on.is_(None)).order_by(Person.sort_key, Person.id).limit(PEOPLE_AT_MOST)
    return [(row[0], row[1]) for row in db.session.execute(here)]


@dataclass(frozen=True)
class Studied:
    """What was studied: ``form`` a key of `FORMS`, ``evidence`` the number and day of minutes, a list, a file."""

    form: str
    unit: str
    on: date
    evidence: str
    reason: str


def record(
    of: Body, campaign: Campaign, who: Collection[int], told: Studied, by: SignedIn, net: str, now: datetime
) -> int:
    """Ghi: a fact for each person, of its own kind; how many had none of this unit yet."""
    if told.on > day_of(now) or told.on < campaign.from_on:
        raise Refused(f"Ngày học phải từ ngày {day(campaign.from_on)} đến hôm nay.")
    allowed = {person_id for person_id, _ in people(of, campaign)}
    if not who or not set(who) <= allowed:
        raise Refused("Chọn ít nhất một đồng chí đang được tính ở đơn vị này.")
    source = f"{told.form}:{public_code()}"
    note = f"{FORMS[told.form].capitalize()} ngày {day(told.on)}. Minh chứng: {told.evidence}. {told.reason}"
    fact = NewFact(FactKind.PAPER_STUDY, told.unit, source, passed=True, by_id=by.id, note=note)
    for person_id in sorted(who):
        learning.record(person_id, campaign.course_id, [fact], now)
    detail = {"body": of.name, "body_id": of.id, "campaign": campaign.title, "unit": told.unit, "people": len(who)}
    accounts.note_act(by.id, "record_study", now, None, detail | {"source": source}, note, net)
    return len(who)


@dataclass(frozen=True)
class Entry:
    """Một lần ghi: which unit, by whom, how many people, whether it was taken back."""

    source: str
    unit: str
    at: datetime
    by: str | None
    note: str | None
    people: int
    taken_back: bool


def entries(of: Body, campaign: Campaign) -> list[Entry]:
    """What has been recorded at the body, newest first; at most fifty."""
    here = FactRow.course_id == campaign.course_id, FactRow.body_then_id == of.id
    rows = db.session.execute(
        sa.select(
            *(FactRow.source, FactRow.subject, sa.func.min(FactRow.at), sa.func.max(Person.name)),
            *(sa.func.max(FactRow.note), sa.func.count()),
        )
        .outerjoin(Person, Person.id == FactRow.by_id)
        .where(*here, FactRow.kind == FactKind.PAPER_STUDY.value)
        .group_by(FactRow.source, FactRow.subject)
        .order_by(sa.func.min(FactRow.id).desc())
        .limit(2 * SHOWN)
    ).all()
    rows = [row for row in rows if TWIN not in row[0]]  # the same person, once under another account
    gone = {row[0].removesuffix(TAKEN_BACK) for row in rows if row[0].endswith(TAKEN_BACK)}
    return [Entry(*row, row[0] in gone) for row in rows if not row[0].endswith(TAKEN_BACK)][:SHOWN]


def entry(of: Body, campaign: Campaign, source: str) -> Entry | None:
    """What was recorded under that source, while it stands."""
    return next((one for one in entries(of, campaign) if one.source == source and not one.taken_back), None)


def take_back(of: Body, campaign: Campaign, one: Entry, reason: str, by: SignedIn, net: str, now: datetime) -> int:
    """Rút lại: a counter-entry for each person; the first entry stays on record. How many people."""
    mine = sa.select(FactRow.person_id).where(FactRow.course_id == campaign.course_id, FactRow.source == one.source)
    who: Sequence[int] = db.session.scalars(mine.where(FactRow.subject == one.unit).order_by(FactRow.person_id)).all()
    source = one.source + TAKEN_BACK
    fact = NewFact(FactKind.PAPER_STUDY, one.unit, source, passed=False, by_id=by.id, note=reason)
    for person_id in who:
        learning.record(person_id, campaign.course_id, [fact], now)
    detail = {"body": of.name, "body_id": of.id, "campaign": campaign.title, "unit": one.unit, "people": len(who)}
    accounts.note_act(by.id, "withdraw_study", now, None, detail | {"source": source}, reason, net)
    return len(who)
