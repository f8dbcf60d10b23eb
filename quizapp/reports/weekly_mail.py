"""Thư hằng tuần: who gets `weekly`'s words about a body, and when: whoever asked for them, on Mondays."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask import current_app

from quizapp import site
from quizapp.accounts import access
from quizapp.accounts import queries as accounts
from quizapp.accounts.models import Grant, Person
from quizapp.clock import VIETNAM, day_of, now
from quizapp.config import Settings
from quizapp.database import db, looking
from quizapp.domain.reminders import is_quiet
from quizapp.learning.models import WeeklyReport
from quizapp.mail import Letter, Outbox, put
from quizapp.organisation.models import Body
from quizapp.reports import content, figures, queries, urging, weekly
from quizapp.web.access import Role

KIND = "weekly"
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


def letter(who: Person, of: Body, today: date, address: str) -> tuple[str, str]:
    """Subject and text: up to the end of yesterday, each campaign under way or lately over, as the pages show them."""
    day, acting = today - timedelta(days=1), accounts.acting(who.id, today)
    running = [one for one in urging.campaigns(of) if one.due_on >= today - timedelta(days=90)][:CAMPAIGNS_AT_MOST]
    told: list[tuple[str, str]] = []
    for campaign in running:
        heading = queries.heading(acting, of.code, campaign.code, day)
        if heading is not None and heading.campaign is not None:
            seen = figures.overview(heading, day)
            weak = content.content(heading, questions=False)
            words = weekly.text(heading, seen, weak, day, f"{address}theo-doi/{of.code}")
            told.append((weekly.subject(heading, seen), words))
    if not told:
        return f"Số liệu tuần: {of.name}", f"{of.name}: chưa có đợt học nào đang mở. {address}theo-doi/{of.code}"
    return told[0][0], site.addressed("\n\n".join(words for _, words in told))


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
    with looking():
        letters = [
            Letter(KIND, f"{who.id}:{of.id}", who.id, who.email or "", *letter(who, of, today, address))
            for who, of in wanted(monday, today)
        ]
    return put(letters, monday, at)
