"""Soạn nhắc: whom a leader may remind, what is sent, and the text that is pasted elsewhere."""

import io
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from quizapp import site
from quizapp.accounts import access
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Person
from quizapp.accounts.queries import SignedIn
from quizapp.clock import VIETNAM, day_of
from quizapp.database import db, insert
from quizapp.domain.reminders import DONE, REST, is_quiet, rest_until
from quizapp.learning import reminders, rounds
from quizapp.learning.models import (
    ENROLLED,
    WHOLE,
    Campaign,
    CampaignBody,
    Count,
    CountChange,
    Enrolment,
    Reminder,
    ReminderFigure,
    ReminderRound,
    WeeklyReport,
)
from quizapp.learning.reminders import Open, Sending, joined, not_done
from quizapp.organisation.models import Body
from quizapp.web.formats import day, number
from quizapp.web.refused import Refused

SENT_AT_HAND = 200  # people of one request; more are reminded by the work process
NAMED_AT_MOST = 50  # as on a page of the list of people, which goes on
Condition = sa.ColumnElement[bool]


def body(who: SignedIn, code: str) -> tuple[Body, bool] | None:
    """The body of that code inside the scope, and whether its people may be seen by name."""
    asked = sa.select(Body, sa.case((access.names(who), True), else_=False))
    row = db.session.execute(asked.where(Body.code == code, access.figures(who))).one_or_none()
    if row is None:
        return None
    db.session.expunge(row[0])  # noting a look at names ends this transaction: it is not to be read anew
    return row[0], bool(row[1])


def campaigns(of: Body) -> list[Campaign]:
    """Campaigns that touch the body, the newest first; at most fifty, and one who tells that there are more."""
    place = sa.orm.aliased(Body)
    touching = sa.or_(sa.literal(of.path).startswith(place.path), place.path.startswith(of.path, autoescape=True))
    ids = sa.select(CampaignBody.campaign_id).join(place, place.id == CampaignBody.body_id).where(touching)
    newest = sa.select(Campaign).where(Campaign.id.in_(ids)).order_by(Campaign.id.desc()).limit(50)
    listed = list(db.session.scalars(newest))
    for one in listed:
        db.session.expunge(one)
    return listed


def _below(of: Body, campaign: Campaign) -> Condition:
    near = sa.orm.aliased(Body)
    below = sa.select(near.id).where(near.path.startswith(of.path, autoescape=True))
    return sa.and_(Enrolment.campaign_id == campaign.id, Enrolment.body_id.in_(below))


@dataclass(frozen=True)
class Waiting:
    """Who is not done: all of them, those rested, and of these those with an address."""

    people: int
    rested: int
    addressed: int
    due_on: date | None  # the nearest deadline among them
    at: datetime | None = None  # as of when it was counted who is rested and has an address; None: now
    counted: bool = True  # False: that is still being counted
    many: bool = False  # too many for the page to look through, or for one request to remind

    @property
    def resting(self) -> int:
        return self.people - self.rested


def beside(of: Body, campaign: Campaign, today: date, who_id: int) -> Any:
    """What the page needs that is found by its key, in one statement: what is counted, the last reminder, the weekly report."""
    asked = (
        sa.select(sa.func.max(Reminder.day))
        .join(Enrolment, Enrolment.id == Reminder.enrolment_id)
        .where(Reminder.body_id == of.id, Enrolment.campaign_id == campaign.id)
        .where(Reminder.by_id.is_not(None), Reminder.day > today - timedelta(days=REST))
        .where(Reminder.way.in_(("mail", "zalo")))  # not where one person alone was reminded
    )
    weekly = sa.select(WeeklyReport.since).where(WeeklyReport.person_id == who_id, WeeklyReport.body_id == of.id)
    of_all = Count.campaign_id == campaign.id, Count.body_id == of.id, Count.unit == WHOLE, Count.day <= today
    people = sa.func.sum(sa.case((Count.state == ENROLLED, Count.n), else_=0)).label("people")
    undone = _undone(Count.state, Count.n).label("undone")
    counted = sa.select(people, undone).where(*of_all).subquery()
    it, chain = ReminderRound, [int(part) for part in of.path.strip("/").split("/")]
    rounds_ = sa.select(it.made_at, it.people.label("queued"), it.ended_at).order_by(it.id.desc()).limit(1)
    newest = rounds_.where(it.campaign_id == campaign.id, it.body_id.in_(chain)).subquery()
    own = sa.and_(ReminderFigure.campaign_id == campaign.id, ReminderFigure.body_id == of.id)
    figure = ReminderFigure.resting, ReminderFigure.addressed, ReminderFigure.due_on, ReminderFigure.at
    one_each = asked.scalar_subquery().label("reminded"), weekly.scalar_subquery().label("weekly")
    told: list[Any] = [counted, newest, *figure, *one_each]
    joins = counted.outerjoin(newest, sa.true()).outerjoin(ReminderFigure, own)
    return db.session.execute(sa.select(*told).select_from(joins)).one()


def _undone(state: Any, n: Any) -> Any:
    """The sum of who is enrolled and not done."""
    return sa.func.coalesce(sa.func.sum(sa.case((state == ENROLLED, n), (state.in_(DONE), -n), else_=0)), 0)


def waiting(of: Body, campaign: Campaign, today: date, known: Any) -> Waiting:
    """How many of the body and below are not done; one statement, that looks at the people of a small body alone.

    ``known``: of `beside`.
    """
    if (known.people or 0) <= rounds.MANY:
        return _looked_through(of, campaign, today)
    it, below = CountChange, Body.path.startswith(of.path, autoescape=True)
    tail = sa.select(_undone(it.state, it.change)).join(Body, Body.id == it.body_id)
    tail = tail.where(it.campaign_id == campaign.id, it.unit == WHOLE, it.day <= today, below)
    people = int(known.undone) + int(db.session.scalar(tail) or 0)
    if known.at is None:
        return Waiting(people, people, people, None, counted=False, many=True)
    free = max(people - known.resting, 0)
    return Waiting(people, free, min(known.addressed, free), known.due_on, known.at, many=True)


def _looked_through(of: Body, campaign: Campaign, today: date) -> Waiting:
    free = reminders.rested(today)
    one = (
        sa.func.count(),
        sa.func.count(sa.case((free, 1))),
        sa.func.count(sa.case((sa.and_(free, Person.email.is_not(None)), 1))),
        sa.func.min(Enrolment.due_on),
    )
    found = Waiting(*db.session.execute(joined(*one).where(not_done(), _below(of, campaign))).one())
    return replace(found, many=found.rested > SENT_AT_HAND)


def named(of: Body, campaign: Campaign) -> list[Open]:
    """The people of the very body who are not done, in the order of names; at most fifty, and one more."""
    here = sa.and_(Enrolment.campaign_id == campaign.id, Enrolment.body_id == of.id)
    return reminders.open_enrolments(here, NAMED_AT_MOST + 1)


@dataclass(frozen=True)
class Last:
    """Lần nhắc gần nhất by a person, within the rest; ``queued``: how many a round under way has reminded so far."""

    on: date
    queued: int | None = None

    @property
    def until(self) -> date:
        return rest_until(self.on)


def last(known: Any, today: date) -> Last | None:
    """nhac.gioi_han: when somebody last reminded this body, or one above it with all below, if that was lately."""
    begun = day_of(known.made_at) if known.made_at is not None else None
    if begun is not None and begun > today - timedelta(days=REST):
        return Last(max(known.reminded or begun, begun), None if known.ended_at else known.queued)
    return None if known.reminded is None else Last(known.reminded)


# --- words -----------------------------------------------------------------------------------------------------


def preview(rows: list[Open], campaign: Campaign, sending: Sending) -> str:
    """The letter as the first of them gets it; as an invented person does where names may not be seen."""
    if rows:
        return reminders.text(rows[:1], sending.today, sending.address, sending.said, sending.who)
    days = (campaign.due_on - sending.today).days
    when = f"hạn {day(campaign.due_on)}" if days >= 0 else f"quá hạn {-days} ngày"
    said = f"\n\n{sending.who}: {sending.said}" if sending.said else ""
    told = f"Đồng chí Văn A, {campaign.title}: còn 3 bài, khoảng 25 phút, {when}. Học tiếp: {sending.address}{said}"
    return site.addressed(told)


def for_zalo(of: Body, campaign: Campaign, count: Waiting, sending: Sending) -> str:
    """One text for the group of a body: no names, no marks."""
    due_on = count.due_on or campaign.due_on
    days = (due_on - sending.today).days
    when = f"còn {days} ngày" if days > 0 else "hạn cuối là hôm nay" if days == 0 else f"đã quá hạn {-days} ngày"
    parts = [
        f"Kính gửi các đồng chí {of.name}.",
        f"{campaign.title}: hạn {day(due_on)}, {when}. Còn {number(count.people)} đồng chí chưa hoàn thành.",
        f"Học tiếp: {sending.address}",
    ]
    return site.addressed("\n".join([*parts[:2], *([sending.said] if sending.said else []), parts[2]]))


def qr(address: str) -> Markup:
    """The address to be read by a phone's camera, as SVG: dark on white in any theme, quiet zone of four."""
    import segno

    out = io.BytesIO()
    drawn = {"border": 4, "scale": 5, "dark": "#211B17", "light": "#FFFFFF", "xmldecl": False, "svgclass": "qr"}
    segno.make_qr(address, error="m").save(out, kind="svg", title="Mã QR mở trang học", lineclass=None, **drawn)
    return Markup(out.getvalue().decode().replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - segno's own marks


# --- acts ------------------------------------------------------------------------------------------------------


def send(of: Body, campaign: Campaign, sending: Sending, net: str, way: str) -> int | None:
    """Nhắc by letter, or note that it was said in Zalo; how many people, None where the work process goes through them.

    Refused where nobody may be reminded now.
    """
    known = beside(of, campaign, sending.today, sending.by or 0)
    count = waiting(of, campaign, sending.today, known)
    detail = {"body": of.name, "body_id": of.id, "campaign": campaign.title, "way": way}
    if count.many:
        people = _begin_round(of, campaign, sending, way, count, last(known, sending.today))
    else:
        wanted = sa.and_(_below(of, campaign), reminders.rested(sending.today))
        if way == "mail":
            wanted = sa.and_(wanted, Person.email.is_not(None))
        people = reminders.remind(reminders.open_enrolments(wanted, SENT_AT_HAND), sending, way)
    if not people:
        raise Refused("Không còn ai để nhắc lúc này: mọi đồng chí chưa xong vừa được nhắc, hoặc chưa có địa chỉ thư.")
    accounts.note_act(sending.by, "remind", sending.at, None, detail | {"people": people}, sending.said or None, net)
    return None if count.many else people


def _begin_round(of: Body, campaign: Campaign, sending: Sending, way: str, count: Waiting, before: Last | None) -> int:
    """Ask the work process to go through them; about how many they are."""
    if before is not None and before.queued is not None:
        told = f"đã được {number(before.queued)} đồng chí"
        raise Refused(f"Đang nhắc lần lượt từng người của đơn vị này, {told}. Chờ xong rồi nhắc lại nếu cần.")
    people = count.addressed if way == "mail" else count.rested
    if people:
        row = {"campaign_id": campaign.id, "body_id": of.id, "by_id": sending.by, "way": way, "said": sending.said}
        db.session.execute(sa.insert(ReminderRound).values(row | {"made_at": sending.at, "after": 0, "people": 0}))
    return people


def remind_one(of: Body, campaign: Campaign, code: str, sending: Sending, net: str) -> str:
    """Nhắc một người ngay tại đơn vị: by letter, or noted as said where there is no address; what was done, in words."""
    mine = sa.and_(Enrolment.campaign_id == campaign.id, Enrolment.body_id == of.id, Person.code == code)
    rows = reminders.open_enrolments(mine, 1)
    if not rows:
        raise Refused("Đồng chí này đã hoàn thành, hoặc không còn ở đơn vị này. Không cần nhắc.")
    name, way = rows[0].name, "one" if rows[0].email else "spoken"
    if not reminders.remind(rows, sending, way):
        on = reminders.turns([rows[0].owed.person])[rows[0].owed.person]
        raise Refused(f"Đồng chí {name} vừa được nhắc ngày {day(on)}. Nên chờ đến {day(rest_until(on))}.")
    detail = {"body": of.name, "body_id": of.id, "campaign": campaign.title, "people": 1, "way": way}
    accounts.note_act(sending.by, "remind", sending.at, rows[0].owed.person, detail, None, net)
    if way == "spoken":
        return f"Đã ghi: đồng chí {name} được nhắc trực tiếp."
    return f"Đã xếp gửi thư nhắc đồng chí {name}." + (" Thư được gửi từ 7 giờ sáng." if morning(sending.at) else "")


def morning(at: datetime) -> bool:
    """Whether letters of this moment wait until seven."""
    return is_quiet(at.astimezone(VIETNAM))


def choose_weekly(person_id: int, body_id: int, wanted: bool, at: datetime) -> None:
    """Nhận, hoặc thôi nhận, thư hằng tuần về một đơn vị."""
    if not wanted:
        mine = sa.delete(WeeklyReport).where(WeeklyReport.person_id == person_id, WeeklyReport.body_id == body_id)
        db.session.execute(mine)
        return
    if db.session.scalar(sa.select(Person.email).where(Person.id == person_id)) is None:
        raise Refused("Đồng chí chưa ghi địa chỉ thư. Ghi ở trang “Dữ liệu về tôi” rồi chọn lại.", "/toi/thu")
    row = {"person_id": person_id, "body_id": body_id, "since": at}
    db.session.execute(insert(WeeklyReport).values(row).on_conflict_do_nothing())
