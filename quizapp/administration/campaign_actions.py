"""Quản trị: đợt học: opening one, its newcomers, extensions."""

from collections.abc import Sequence
from datetime import date

from quizapp.accounts.access import administered
from quizapp.administration import queries
from quizapp.administration.actions import By, open_body
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.learning import actions as learning
from quizapp.learning import again, membership
from quizapp.learning.actions import Cycle
from quizapp.learning.models import Campaign
from quizapp.organisation import trees
from quizapp.organisation.models import Body
from quizapp.web.refused import Refused


def open_campaign(
    by: By,
    title: str,
    choice: queries.PathChoice,
    bodies: Sequence[Body],
    from_on: date,
    due_on: date,
    target: int,
    cycle: Cycle,
) -> tuple[Campaign, int]:
    """Mở đợt học, and enrol everyone who holds a post in its bodies; how many."""
    tops = [body for body in bodies if not any(_is_below(body, other) for other in bodies)]
    if due_on < by.today:
        raise Refused("Hạn hoàn thành đã qua.")
    for body in tops:
        open_body(body, by.today)
    ids = [body.id for body in tops]
    campaign = learning.open_campaign(title, choice.course, choice.path, from_on, due_on, ids, target, by.now, cycle)
    added = _enrol(by, campaign)
    for body in tops:
        by.note("open_campaign", body=body, campaign=title, due_on=due_on.isoformat())
    return campaign, added


def planned(title: str, choice: queries.PathChoice, from_on: date, due_on: date, cycle: Cycle) -> Campaign:
    """The campaign as it would be, not stored: to see beforehand beside which others it would run."""
    told = {"title": title, "course_id": choice.course.id, "path": choice.path, "from_on": from_on, "due_on": due_on}
    return Campaign(**told, kinds=list(cycle.kinds), renews_id=cycle.renews_id)


def open_again(
    by: By, revision_id: int, title: str, bodies: Sequence[Body], due_on: date, target: int
) -> tuple[Campaign, int]:
    """Mở đợt học lại for just those whom a change of substance concerns, within these bodies; how many are in."""
    asked = again.proposal(revision_id)
    if not any(one.id == revision_id for one in again.waiting(administered(by.who), by.today)):
        raise Refused("Đợt học lại này đã mở.")
    choice = queries.PathChoice(db.session.get_one(Course, asked.course_id), asked.path, "")
    cycle = Cycle(again_revision_id=revision_id, again_at=asked.made_at)
    return open_campaign(by, title, choice, bodies, by.today, due_on, target, cycle)


def decline_again(by: By, revision_id: int) -> None:
    """Không mở đợt học lại."""
    by.note("decline_again", campaign=again.decline(revision_id, by.reason, by.who.id, by.now).title)


def _is_below(body: Body, other: Body) -> bool:
    return body.id != other.id and body.path.startswith(other.path)


def _enrol(by: By, campaign: Campaign) -> int:
    trees.hold(shared=True)  # nobody comes into a body that is just being merged
    scope = queries.within_campaign(by.who, campaign)
    return membership.enrol(campaign, membership.newcomers(scope, campaign, by.today, membership.AT_ONCE), by.now)


def enrol(by: By, campaign: Campaign) -> int:
    """Ghi danh người mới: whoever holds a post in its bodies and is not in yet; how many, at most `membership.AT_ONCE`."""
    added = _enrol(by, campaign)
    if added:
        for body_id in queries.top_bodies(by.who, campaign):
            by.note("enrol", body=db.session.get_one(Body, body_id), campaign=campaign.title, people=added)
    return added


def extend(by: By, campaign: Campaign, body: Body, until: date) -> int:
    """Gia hạn cho một đơn vị và cấp dưới; how many people have a later due date now."""
    now = learning.due_on(learning.due_dates(campaign), body.path, campaign.due_on)
    if until <= now:
        raise Refused(f"Hạn hiện nay của {body.name} là {now:%d/%m/%Y}. Chọn ngày muộn hơn.")
    touched = learning.extend(campaign, body.id, until, by.now)
    by.note("extend", body=body, campaign=campaign.title, until=until.isoformat(), people=touched)
    return touched
