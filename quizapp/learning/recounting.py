"""Đếm lại: counts and states from the facts, campaign by campaign and some people at a time.

What is held in memory is a helping of people and the cells of one campaign, however many people there are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from quizapp.clock import day_of
from quizapp.database import db
from quizapp.domain import completion, renewal
from quizapp.domain.completion import Fact, FactKind, UnitState
from quizapp.learning import actions, queries
from quizapp.learning.models import ENROLLED, WHOLE, Campaign, Enrolment, FactRow, UnitStateRow
from quizapp.organisation.models import Body

AT_ONCE = 1000  # people of one helping
ALIKE_AT_MOST = 20_000  # kinds of people whose states are remembered
NOT_STARTED = UnitState.NOT_STARTED.value

Cell = tuple[int, str, str]  # body, unit, state
Told = Callable[[int, int], None]  # people gone through, of how many


@dataclass(frozen=True)
class Difference:
    """Where the counts and the facts do not agree."""

    campaign: int
    body: int
    unit: str
    state: str
    counted: int
    recounted: int

    def __str__(self) -> str:
        where = f"đợt {self.campaign}, đơn vị {self.body}, {self.unit}, {self.state}"
        return f"{where}: đang ghi {self.counted}, đếm lại từ dữ kiện được {self.recounted}"


def everything(now: datetime, told: Told = lambda done, whole: None) -> Iterator[Difference | str]:
    """Every cell of the counts that differs, and in words every stored state that the facts do not bear out.

    It recounts, it never re-judges what is stored.
    """
    paths = dict(db.session.execute(sa.select(Body.id, Body.path)).all())
    whole = db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) or 0
    done = 0
    for campaign in db.session.scalars(sa.select(Campaign).order_by(Campaign.id)).all():
        own = Counter[Cell]()
        alike = _Alike(campaign)
        for helping in _helpings(campaign):
            yield from _recount(alike, helping, own)
            done += len(helping)
            told(done, whole)
        yield from differing(campaign.id, kept(campaign.id, paths, day_of(now)), _summed(own, paths))


def differing(campaign_id: int, kept: Counter[Cell], fresh: Counter[Cell]) -> Iterator[Difference]:
    """The cells of a campaign that are not what they were counted to be."""
    for cell in sorted(kept.keys() | fresh.keys()):
        if kept[cell] != fresh[cell]:
            yield Difference(campaign_id, *cell, counted=kept[cell], recounted=fresh[cell])


def _helpings(campaign: Campaign) -> Iterator[Sequence[Any]]:
    """The enrolments of a campaign in the order of their people, some at a time."""
    it, last = Enrolment, 0
    listed = sa.select(it.id, it.person_id, it.body_id, it.began_on, it.course_revision_id, it.left_on)
    listed = listed.where(it.campaign_id == campaign.id).order_by(it.person_id).limit(AT_ONCE)
    while rows := db.session.execute(listed.where(it.person_id > last)).all():
        yield rows
        last = rows[-1].person_id


def _recount(alike: "_Alike", helping: Sequence[Any], own: Counter[Cell]) -> Iterator[str]:
    """Add a helping of people to the cells of their own bodies; which of their stored states are wrong, in words."""
    rows = [row for row in helping if row.left_on is None]
    facts = _facts([row.person_id for row in rows], alike.campaign.course_id)
    stored = _stored([row.id for row in rows])
    for row in rows:
        derived = alike.states(row.course_revision_id, row.began_on, facts.get(row.person_id, ()))
        own[row.body_id, WHOLE, ENROLLED] += 1
        known = stored.get(row.id, {})
        for unit, state in derived.items():
            if state != NOT_STARTED:
                own[row.body_id, unit, state] += 1
            if known.get(unit, NOT_STARTED) != state:
                yield f"ghi danh {row.id}, {unit}: đang ghi {known.get(unit)}, dữ kiện cho {state}"


class _Alike:
    """States follow from what was done, not from when: people of a campaign who did the same are decided once."""

    def __init__(self, campaign: Campaign):
        self.campaign = campaign
        self._known: dict[tuple[int, Collection[Any]], Mapping[str, str]] = {}

    def states(self, course_revision_id: int, began_on: date, facts: Sequence[Fact]) -> Mapping[str, str]:
        """Unit key or "*" -> state, through the same decisions that recorded them."""
        it = self.campaign
        seen = renewal.seen(facts, it.id, began_on, it.credit_days, it.again)
        key = course_revision_id, frozenset(map(_what, seen))
        if key not in self._known:
            if len(self._known) >= ALIKE_AT_MOST:
                self._known.clear()
            self._known[key] = actions.derive(course_revision_id, it.path, seen)
        return self._known[key]


def _what(fact: Fact) -> tuple[Any, ...]:
    """A fact as far as states depend on it."""
    subject = fact.unit if fact.kind is FactKind.SECTION_READ else fact.subject
    return fact.kind, subject, fact.passed, fact.answered_all


def _facts(people: Collection[int], course_id: int) -> dict[int, list[Fact]]:
    """Person -> the facts on a course that stand, in the order in which they came."""
    it = FactRow
    told = it.kind, it.subject, it.at, it.earned, it.possible, it.passed, it.answered_all, it.source
    asked = sa.select(it.person_id, *told, it.unit_revision_id)
    rows = db.session.execute(asked.where(it.person_id.in_(people), it.course_id == course_id).order_by(it.id))
    found: defaultdict[int, list[Fact]] = defaultdict(list)
    for person_id, kind, *rest in rows:
        found[person_id].append(Fact(FactKind(kind), *rest))
    return {person_id: completion.standing(facts) for person_id, facts in found.items()}


def _stored(enrolments: Collection[int]) -> dict[int, dict[str, str]]:
    """Enrolment -> unit -> the state that is kept of it."""
    it = UnitStateRow
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    rows = sa.select(it.enrolment_id, it.unit, it.state).where(it.enrolment_id.in_(enrolments))
    for enrolment_id, unit, state in db.session.execute(rows):
        found[enrolment_id][unit] = state
    return found


def kept(campaign_id: int, paths: Mapping[int, str], day: date) -> Counter[Cell]:
    """What is counted of a campaign as of the end of a day."""
    found: Counter[Cell] = Counter()
    for body_id, tally in queries.tallies(campaign_id, paths, day).items():
        for unit, states in tally.states.items():
            for state, n in states.items():
                found[body_id, unit, state] += n
    return Counter({cell: n for cell, n in found.items() if n})


def _summed(own: Counter[Cell], paths: Mapping[int, str]) -> Counter[Cell]:
    """Cells of each body with all below it, from those of each body itself."""
    found: Counter[Cell] = Counter()
    for (body_id, unit, state), n in own.items():
        for above in map(int, paths[body_id].strip("/").split("/")):
            found[above, unit, state] += n
    return found
