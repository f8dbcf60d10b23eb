"""Quản trị: what an administrator's pages read, limited in SQL to the bodies that he or she administers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts.access import administered
from quizapp.accounts.actions import clean_phone
from quizapp.accounts.models import Audit, Grant, OneTimeCode, Person, PersonRequest, Post, UserSession
from quizapp.accounts.queries import SignedIn
from quizapp.attempts import queries as attempts
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.vietnamese import fold
from quizapp.learning import membership, overlapping
from quizapp.learning import queries as learning
from quizapp.learning.models import WHOLE, Campaign, CampaignBody, Enrolment, UnitStateRow
from quizapp.learning.overlapping import Overlap
from quizapp.organisation.models import Body
from quizapp.web.access import Role

PAGE = 50  # rows of a paged list
OPEN_REQUESTS = 100
Condition = sa.ColumnElement[bool]


def current(row: type[Post] | type[Grant], today: date) -> Condition:
    """Condition on posts or grants: held on that day."""
    return sa.and_(row.from_on <= today, sa.or_(row.to_on.is_(None), row.to_on > today))


def rules_a_root(who: SignedIn) -> bool:
    """Whether ``who`` administers a whole organisation."""
    return any(scope.role == Role.ADMIN and scope.path.count("/") == 1 for scope in who.scopes)


def people_within(who: SignedIn, today: date) -> Condition:
    """Condition on `Person`: who holds a post in the administered bodies; without any post, the highest level's."""
    held = sa.select(Post.body_id).join(Body, Body.id == Post.body_id)
    held_now = current(Post, today)
    within = held.where(Post.person_id == Person.id, held_now, administered(who)).correlate(Person).exists()
    if not rules_a_root(who):
        return within
    anywhere = sa.select(Post.body_id).where(Post.person_id == Person.id, held_now).correlate(Person).exists()
    return sa.or_(within, ~anywhere)


# --- people ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A person in a list, with the bodies in which he or she holds a post."""

    id: int
    code: str
    name: str
    login: str
    phone: str | None
    ended_on: date | None
    bodies: str


def people(who: SignedIn, today: date, typed: str, body: Body | None, after: str | None) -> tuple[list[Listed], bool]:
    """A page of people in the order of names, after the one of that code; whether more follow."""
    listed = sa.select(Person).where(people_within(who, today))
    if typed:
        listed = listed.where(_matches(typed))
    if body is not None:
        in_body = sa.select(Post.person_id).where(Post.body_id == body.id, current(Post, today))
        listed = listed.where(Person.id.in_(in_body))
    if after:
        last = aliased(Person)
        place = sa.select(last.sort_key, last.id).where(last.code == after).subquery()
        beyond = sa.tuple_(Person.sort_key, Person.id) > sa.tuple_(place.c.sort_key, place.c.id)
        listed = listed.join(place, sa.true()).where(beyond)
    rows = db.session.scalars(listed.order_by(Person.sort_key, Person.id).limit(PAGE + 1)).all()
    where = _bodies_of([row.id for row in rows], today)
    shown = [
        Listed(row.id, row.code, row.name, row.login, row.phone, row.ended_on, ", ".join(where.get(row.id, [])))
        for row in rows[:PAGE]
    ]
    return shown, len(rows) > PAGE


def _matches(typed: str) -> Condition:
    """By name with or without diacritics, sign-in name, or phone number."""
    conditions = [
        Person.folded.contains(fold(typed), autoescape=True),
        Person.login.startswith(typed.lower(), autoescape=True),
    ]
    if phone := clean_phone(typed):
        conditions.append(Person.phone == phone)
    return sa.or_(*conditions)


def _bodies_of(people: Sequence[int], today: date) -> Mapping[int, list[str]]:
    rows = db.session.execute(
        sa.select(Post.person_id, Body.name)
        .join(Body, Body.id == Post.body_id)
        .where(Post.person_id.in_(people), current(Post, today))
        .order_by(Post.from_on, Body.id)
    )
    found: dict[int, list[str]] = {}
    for person_id, name in rows:
        found.setdefault(person_id, []).append(name)
    return found


def person(who: SignedIn, code: str, today: date) -> Person | None:
    """The person of that code, within the scope."""
    return db.session.scalar(sa.select(Person).where(Person.code == code, people_within(who, today)))


@dataclass(frozen=True)
class Held:
    """Vị trí công tác or vai trò of a person in a body; ``mine``: the body lies in the administrator's scope."""

    body_id: int
    body: str
    body_code: str
    above: str | None
    from_on: date
    to_on: date | None
    words: str | None
    mine: bool

    @property
    def last_on(self) -> date | None:
        """The last day on which it holds."""
        return self.to_on - timedelta(days=1) if self.to_on else None


def _held(who: SignedIn, row: type[Post] | type[Grant], words: sa.ColumnElement[str], person_id: int) -> sa.Select:  # type: ignore[type-arg]
    above = aliased(Body)
    mine = sa.case((administered(who), True), else_=False)
    return (
        sa.select(Body.id, Body.name, Body.code, above.name, row.from_on, row.to_on, words, mine)
        .select_from(row)
        .join(Body, Body.id == row.body_id)
        .outerjoin(above, above.id == Body.parent_id)
        .where(row.person_id == person_id)
        .order_by(row.from_on.desc(), Body.id)
        .limit(PAGE)
    )


def posts(who: SignedIn, person_id: int) -> list[Held]:
    """The person's posts, past ones too, newest first."""
    return [Held(*row) for row in db.session.execute(_held(who, Post, Post.__table__.c.title, person_id))]


def current_posts(who: SignedIn, person_id: int, today: date) -> list[Held]:
    """The posts that the person holds today."""
    return [
        Held(*row)
        for row in db.session.execute(_held(who, Post, Post.__table__.c.title, person_id).where(current(Post, today)))
    ]


def grants(who: SignedIn, person_id: int, today: date) -> list[Held]:
    """The roles that the person has today, or will have."""
    rows = _held(who, Grant, Grant.__table__.c.role, person_id).where(
        sa.or_(Grant.to_on.is_(None), Grant.to_on > today)
    )
    return [Held(*row) for row in db.session.execute(rows)]


def is_stronger(who: SignedIn, person_id: int, today: date) -> bool:
    """Whether the person has a role outside what ``who`` administers: whoever enters that account would have it, too."""
    outside = sa.select(Grant.person_id).join(Body, Body.id == Grant.body_id).where(~administered(who))
    return bool(
        db.session.scalar(sa.select(outside.where(Grant.person_id == person_id, current(Grant, today)).exists()))
    )


def working(bodies: Iterable[tuple[int, str]], today: date) -> dict[int, int]:
    """How many people hold a post in each of the bodies (id, path) or below it; one statement."""
    wanted = list(bodies)
    rows = db.session.execute(
        sa.select(Body.path, Post.person_id)
        .join(Post, Post.body_id == Body.id)
        .join(Person, Person.id == Post.person_id)
        .where(below([path for _, path in wanted]), current(Post, today), Person.ended_on.is_(None))
    )
    found: dict[int, set[int]] = {body_id: set() for body_id, _ in wanted}
    for path, person_id in rows:
        for part in path.strip("/").split("/"):
            if int(part) in found:
                found[int(part)].add(person_id)
    return {body_id: len(people) for body_id, people in found.items()}


def staff(body: Body, today: date) -> list[tuple[int, str]]:
    """Who holds a post in the very body today, in the order of names; at most five hundred."""
    rows = db.session.execute(
        sa.select(Person.id, Person.name)
        .join(Post, Post.person_id == Person.id)
        .where(Post.body_id == body.id, current(Post, today), Person.ended_on.is_(None))
        .order_by(Person.sort_key, Person.id)
        .limit(500)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Entry:
    """How a person gets in: open sessions, and an unused code."""

    sessions: int
    code_until: datetime | None


def entry(person_id: int, now: datetime) -> Entry:
    """Open sessions and the unused one-time code of a person."""
    open_sessions = sa.select(sa.func.count()).where(
        UserSession.person_id == person_id, UserSession.ended_at.is_(None), UserSession.expires_at > now
    )
    until = sa.select(sa.func.max(OneTimeCode.expires_at)).where(
        OneTimeCode.person_id == person_id, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now
    )
    return Entry(db.session.scalar(open_sessions) or 0, db.session.scalar(until))


# --- requests --------------------------------------------------------------------------------------------------


def open_requests(who: SignedIn, today: date) -> Sequence[tuple[PersonRequest, Person]]:
    """Requests that wait for an answer, oldest first; at most a hundred."""
    rows = db.session.execute(
        sa.select(PersonRequest, Person)
        .join(Person, Person.id == PersonRequest.person_id)
        .where(PersonRequest.answered_at.is_(None), people_within(who, today))
        .order_by(PersonRequest.asked_at, PersonRequest.id)
        .limit(OPEN_REQUESTS)
    )
    return [(row[0], row[1]) for row in rows]


def request_of(who: SignedIn, request_id: int, today: date) -> tuple[PersonRequest, Person] | None:
    """A request, answered or not, of a person within the scope."""
    row = db.session.execute(
        sa.select(PersonRequest, Person)
        .join(Person, Person.id == PersonRequest.person_id)
        .where(PersonRequest.id == request_id, people_within(who, today))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


# --- campaigns -------------------------------------------------------------------------------------------------


def _touches(who: SignedIn) -> Condition:
    """Condition on `Campaign`: for an administered body, or for one above it."""
    paths = [scope.path for scope in who.scopes if scope.role == Role.ADMIN]
    chain = {int(part) for path in paths for part in path.strip("/").split("/")}
    target = sa.select(CampaignBody.body_id).join(Body, Body.id == CampaignBody.body_id)
    target = target.where(CampaignBody.campaign_id == Campaign.id, CampaignBody.target)
    return target.where(sa.or_(administered(who), Body.id.in_(chain))).correlate(Campaign).exists()


def campaigns(who: SignedIn) -> Sequence[Campaign]:
    """Campaigns that concern the administered bodies, newest first; at most fifty."""
    return db.session.scalars(sa.select(Campaign).where(_touches(who)).order_by(Campaign.id.desc()).limit(PAGE)).all()


def campaign(who: SignedIn, code: str) -> Campaign | None:
    """The campaign of that code, where it concerns the administered bodies."""
    return db.session.scalar(sa.select(Campaign).where(Campaign.code == code, _touches(who)))


@dataclass(frozen=True)
class Target:
    """A body that a campaign is for."""

    body_id: int
    name: str
    path: str


def targets(campaign: Campaign) -> list[Target]:
    """Đối tượng of a campaign, higher bodies first; at most five hundred."""
    rows = db.session.execute(
        sa.select(Body.id, Body.name, Body.path)
        .join(CampaignBody, CampaignBody.body_id == Body.id)
        .where(CampaignBody.campaign_id == campaign.id, CampaignBody.target)
        .order_by(sa.func.length(Body.path), Body.folded)
        .limit(500)
    )
    return [Target(*row) for row in rows]


def top_bodies(who: SignedIn, campaign: Campaign) -> dict[int, tuple[str, str]]:
    """Where a campaign's people are to be counted for ``who``: id -> (name, path); none lies below another."""
    wanted = [target.path for target in targets(campaign)]
    own = [scope.path for scope in who.scopes if scope.role == Role.ADMIN]
    both = {path for path in wanted if path.startswith(tuple(own))} | {p for p in own if p.startswith(tuple(wanted))}
    tops = [path for path in both if not any(path != other and path.startswith(other) for other in both)]
    ids = [int(path.strip("/").rsplit("/", 1)[-1]) for path in tops]
    rows = db.session.execute(sa.select(Body.id, Body.name, Body.path).where(Body.id.in_(ids)).order_by(Body.id))
    return {row.id: (row.name, row.path) for row in rows}


def within_campaign(who: SignedIn, campaign: Campaign) -> Condition:
    """Condition on `Body`: administered, and one that the campaign is for."""
    inside = below([path for _, path in top_bodies(who, campaign).values()])
    return sa.and_(inside, membership.of_kinds(campaign))


def overlaps(who: SignedIn, planned: Campaign, bodies: Sequence[Body], today: date) -> list[Overlap]:
    """Chồng đợt: campaigns that have people whom a planned one would take in from these bodies."""
    inside = sa.and_(below(body.path for body in bodies), administered(who), membership.of_kinds(planned))
    return overlapping.found(inside, planned, today)


def below(paths: Iterable[str]) -> Condition:
    """Condition on `Body`: these bodies and all below them."""
    return sa.or_(sa.false(), *(Body.path.startswith(path, autoescape=True) for path in paths))


@dataclass(frozen=True)
class Enrolled:
    """Somebody in a campaign."""

    id: int
    code: str
    name: str
    body: str
    due_on: date
    state: str
    late: bool


def enrolments(scope: Condition, campaign_id: int, after: str | None) -> tuple[list[Enrolled], bool]:
    """A page of those who are in a campaign, in the order of names, after the person of that code; whether more follow."""
    whole = sa.and_(UnitStateRow.enrolment_id == Enrolment.id, UnitStateRow.unit == WHOLE)
    state = sa.func.coalesce(UnitStateRow.state, "not_started")
    late = sa.func.coalesce(UnitStateRow.late, sa.false())
    listed = (
        sa.select(Person.id, Person.code, Person.name, Body.name, Enrolment.due_on, state, late)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Body, Body.id == Enrolment.body_id)
        .outerjoin(UnitStateRow, whole)
        .where(Enrolment.campaign_id == campaign_id, Enrolment.left_on.is_(None), scope)
    )
    if after:
        last = aliased(Person)
        place = sa.select(last.sort_key, last.id).where(last.code == after).subquery()
        beyond = sa.tuple_(Person.sort_key, Person.id) > sa.tuple_(place.c.sort_key, place.c.id)
        listed = listed.join(place, sa.true()).where(beyond)
    rows = db.session.execute(listed.order_by(Person.sort_key, Person.id).limit(PAGE + 1)).all()
    return [Enrolled(*row) for row in rows[:PAGE]], len(rows) > PAGE


@dataclass(frozen=True)
class Counted:
    """A body's counts in a campaign: people by the state of the whole course."""

    name: str
    level: int
    tally: learning.Tally


def counted(campaign: Campaign, tops: Mapping[int, tuple[str, str]], today: date) -> list[Counted]:
    """The counts of the highest bodies, each followed by those directly below it; at most two hundred."""
    rows = db.session.execute(
        sa.select(Body.id, Body.name, Body.path, Body.parent_id)
        .where(Body.parent_id.in_(tops), sa.or_(Body.to_on.is_(None), Body.to_on > today))
        .order_by(Body.folded, Body.id)
        .limit(200)
    ).all()
    paths = {body_id: path for body_id, (_, path) in tops.items()} | {row.id: row.path for row in rows}
    tallies = learning.tallies(campaign.id, paths, today)
    found = []
    for body_id, (name, _) in tops.items():
        found.append(Counted(name, 0, tallies[body_id]))
        found += [Counted(row.name, 1, tallies[row.id]) for row in rows if row.parent_id == body_id]
    return found


def own_dates(scope: Condition, campaign: Campaign) -> list[tuple[str, date]]:
    """Bodies of the scope with a later due date of their own; at most a hundred."""
    rows = db.session.execute(
        sa.select(Body.name, CampaignBody.due_on)
        .join(Body, Body.id == CampaignBody.body_id)
        .where(CampaignBody.campaign_id == campaign.id, CampaignBody.due_on.is_not(None), scope)
        .order_by(Body.folded)
        .limit(100)
    )
    return [(name, due) for name, due in rows if due is not None]


def path_words(campaign: Campaign) -> str:
    """The course and path of a campaign, in words."""
    if campaign.again_at is not None:
        return "Học lại một bài sau khi đổi nội dung"
    choices = {(choice.course.id, choice.path): choice.words for choice in path_choices()}
    return choices.get((campaign.course_id, campaign.path), campaign.path)


@dataclass(frozen=True)
class Waivable:
    """A unit, or the whole ("*"), of a course that the person is enrolled in."""

    course_id: int
    unit: str
    words: str

    @property
    def value(self) -> str:
        return f"{self.course_id}/{self.unit}"


def extra_time(person_id: int) -> str:
    """A person's extra time as the form says it: a key of `actions.EXTRA_TIME`."""
    found = attempts.extra_time(person_id)
    if found is None:
        return "0"
    return "khong-gioi-han" if found.percent is None else str(found.percent)


def waivable(person_id: int) -> list[Waivable]:
    """What a person may be excused from: the whole course, or a graded unit of the path that is not done yet."""
    found: dict[str, Waivable] = {}
    for own in learning.own_enrolments(person_id):
        course = courses.course_value(own.course_revision_id)
        standings = learning.standings(own.course_id, own.enrolment_id)
        if own.state not in ("completed", "waived"):
            whole = Waivable(own.course_id, WHOLE, f"Cả khóa học “{course.title}”")
            found.setdefault(whole.value, whole)
        for key in course.graded(own.path):
            standing = standings.get(key)
            if standing is None or standing.state in ("passed", "waived"):
                continue
            unit = courses.taught(standing.revision_id).unit
            one = Waivable(own.course_id, key, f"Bài {unit.number}. {unit.title}")
            found.setdefault(one.value, one)
    return list(found.values())


@dataclass(frozen=True)
class PathChoice:
    """A path of a course that a campaign may be opened on."""

    course: Course
    path: str
    words: str

    @property
    def value(self) -> str:
        return f"{self.course.id}/{self.path}"


def path_choices() -> list[PathChoice]:
    """Every path of every course that has a revision."""
    return [
        PathChoice(course, path.key, f"{path.title} · {value.title}")
        for course in courses.courses()
        if course.revision_id is not None
        for value in [courses.course_value(course.revision_id)]
        for path in value.paths
    ]


# --- the log ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Noted:
    """One line of the log."""

    id: int
    at: datetime
    act: str
    actor: str | None
    about: str | None
    about_code: str | None
    detail: Mapping[str, object]
    reason: str | None
    net: str | None


def log(
    who: SignedIn,
    today: date,
    actor: str = "",
    act: str = "",
    about_id: int | None = None,
    before: int | None = None,
    most: int = PAGE,
) -> tuple[list[Noted], bool]:
    """A page of the log, newest first, older than ``before``; whether more follow.

    Everything for whoever administers a whole organisation; else one's own acts, and those about people and bodies in scope.
    """
    actors, abouts = aliased(Person), aliased(Person)
    listed = (
        sa.select(Audit, actors.name, abouts.name, abouts.code)
        .outerjoin(actors, actors.id == Audit.actor_id)
        .outerjoin(abouts, abouts.id == Audit.about_id)
        .order_by(Audit.id.desc())
        .limit(most + 1)
    )
    if not rules_a_root(who):
        listed = listed.where(_log_within(who, today))
    if actor:
        listed = listed.where(
            sa.or_(actors.login == actor.lower(), actors.folded.contains(fold(actor), autoescape=True))
        )
    if act:
        listed = listed.where(Audit.act == act)
    if about_id is not None:
        listed = listed.where(Audit.about_id == about_id)
    if before is not None:
        listed = listed.where(Audit.id < before)
    rows = db.session.execute(listed).all()
    found = [
        Noted(row.id, row.at, row.act, name, about, code, row.detail, row.reason, row.net)
        for row, name, about, code in rows[:most]
    ]
    return found, len(rows) > most


def _log_within(who: SignedIn, today: date) -> Condition:
    people = sa.select(Person.id).where(people_within(who, today))
    bodies = sa.select(Body.id).where(administered(who))
    body_id = Audit.detail["body_id"].as_integer()
    no_person = Audit.about_id.is_(None)
    return sa.or_(Audit.actor_id == who.id, Audit.about_id.in_(people), sa.and_(no_person, body_id.in_(bodies)))


def acts() -> Sequence[str]:
    """The kinds of acts that the log holds."""
    return db.session.scalars(sa.select(Audit.act).distinct().order_by(Audit.act).limit(100)).all()
