"""Thư hằng tuần: the figures of a body to the leader who asked for them; on Mondays, without a name."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask import current_app

from quizapp import site
from quizapp.accounts import access
from quizapp.accounts.models import Grant, Person
from quizapp.clock import VIETNAM, day_of, now
from quizapp.config import Settings
from quizapp.database import db
from quizapp.domain.completion import CourseState
from quizapp.domain.reminders import is_quiet
from quizapp.domain.vietnamese import short_name
from quizapp.learning import queries as learning
from quizapp.learning.models import WHOLE, Campaign, WeeklyReport
from quizapp.learning.queries import Tally
from quizapp.mail import Letter, Outbox, put
from quizapp.organisation import queries as bodies
from quizapp.organisation.models import Body
from quizapp.reports import urging
from quizapp.web.access import Role
from quizapp.web.formats import day, number, percent

KIND = "weekly"
SLOWEST = 5
CAMPAIGNS_AT_MOST = 3
AT_ONCE = 20  # reports of one helping


def wanted(monday: date, today: date) -> list[tuple[Person, Body]]:
    """Who is still to get the report of that week: with an address, and with a role over the body today."""
    above = sa.orm.aliased(Body)
    holds = (
        sa.select(Grant.person_id)
        .join(above, above.id == Grant.body_id)
        .where(Grant.person_id == Person.id, Grant.role.in_([role.value for role in (*access.LEADS, Role.ADMIN)]))
        .where(Grant.from_on <= today, sa.or_(Grant.to_on.is_(None), Grant.to_on > today))
        .where(Body.path.startswith(above.path), sa.or_(above.to_on.is_(None), above.to_on > today))
        .correlate(Person, Body)
        .exists()
    )
    text = sa.String()
    about = sa.cast(WeeklyReport.person_id, text) + ":" + sa.cast(WeeklyReport.body_id, text)
    there = sa.select(Outbox.id).where(Outbox.kind == KIND, Outbox.about == about, Outbox.day == monday)
    rows = db.session.execute(
        sa.select(Person, Body)
        .join(WeeklyReport, WeeklyReport.person_id == Person.id)
        .join(Body, Body.id == WeeklyReport.body_id)
        .where(Person.email.is_not(None), Person.ended_on.is_(None), holds)
        .where(WeeklyReport.since < datetime.combine(monday, time(), VIETNAM), ~there.correlate(WeeklyReport).exists())
        .order_by(Person.id, Body.id)
        .limit(AT_ONCE)
    )
    return [(row[0], row[1]) for row in rows]


def text(who: Person, of: Body, today: date, address: str) -> str:
    """The report: each campaign under way or lately over, with the slowest bodies right below."""
    parts = [f"Đồng chí {short_name(who.name)}, số liệu của {of.name} đến ngày {day(today)}:"]
    running = [one for one in urging.campaigns(of) if one.due_on >= today - timedelta(days=90)][:CAMPAIGNS_AT_MOST]
    parts += [_campaign(of, one, today) for one in running]
    if not running:
        parts.append("Chưa có đợt học nào đang mở.")
    parts.append(f"Xem chi tiết: {address}theo-doi/{of.code}\nNhắc người chưa xong: {address}theo-doi/{of.code}/nhac")
    parts.append(f"Thôi nhận thư này: {address}theo-doi/{of.code}/nhac#hang-tuan")
    return site.addressed("\n\n".join(parts))


def _campaign(of: Body, campaign: Campaign, today: date) -> str:
    below = {one.id: one for one in bodies.children(of, today)}
    paths = {of.id: of.path} | {body_id: one.path for body_id, one in below.items()}
    tallies = learning.tallies(campaign.id, paths, today)
    before = learning.tallies(campaign.id, {of.id: of.path}, today - timedelta(days=7))[of.id]
    own = tallies[of.id]
    if not own.people:
        return f"{campaign.title}: chưa ghi danh ai."
    days = (campaign.due_on - today).days
    when = f"còn {days} ngày" if days > 0 else "hạn cuối là hôm nay" if days == 0 else f"đã qua {-days} ngày"
    n = own.n
    done, begun = _done(own), n(WHOLE, CourseState.LEARNING.value)
    lines = [
        f"{campaign.title} (hạn {day(campaign.due_on)}, {when})",
        f"- Hoàn thành {percent(done, own.people)}: {number(done)} trên {number(own.people)} đồng chí, "
        f"chỉ tiêu {campaign.target_percent}%",
        f"- Đang học {number(begun)}, chưa bắt đầu {number(n(WHOLE, CourseState.NOT_STARTED.value))}",
        f"- Bảy ngày qua thêm {number(max(0, done - _done(before)))} đồng chí hoàn thành",
    ]
    slow = sorted((t for i, t in tallies.items() if i != of.id and t.people), key=_share)[:SLOWEST]
    behind = [t for t in slow if _share(t) * 100 < campaign.target_percent]
    if behind:
        lines.append("- Cấp dưới chậm nhất:")
        lines += [f"  {below[t.body_id].name}: {percent(_done(t), t.people)} ({_done(t)}/{t.people})" for t in behind]
    return "\n".join(lines)


def _done(tally: Tally) -> int:
    return tally.n(WHOLE, CourseState.COMPLETED.value) + tally.n(WHOLE, CourseState.WAIVED.value)


def _share(tally: Tally) -> float:
    return _done(tally) / tally.people


@dataclass
class _Week:
    done: date | None = None  # the Monday whose reports have all been queued


_week = _Week()


def send_weekly() -> None:
    """Gửi thư hằng tuần: a helping at a time, from Monday on, outside the quiet hours."""
    at = now()
    today = day_of(at)
    monday = today - timedelta(days=today.weekday())
    if is_quiet(at.astimezone(VIETNAM)) or _week.done == monday:
        return
    settings: Settings = current_app.extensions["settings"]
    if not queue(monday, today, at, f"{settings.public_url}/"):
        _week.done = monday
    db.session.commit()


def queue(monday: date, today: date, at: datetime, address: str) -> int:
    """Queue a helping of that week's reports; how many."""
    letters = [
        Letter(
            KIND,
            f"{who.id}:{of.id}",
            who.id,
            who.email or "",
            f"Số liệu tuần: {of.name}",
            text(who, of, today, address),
        )
        for who, of in wanted(monday, today)
    ]
    return put(letters, monday, at)
