"""Nhắc học: who is to be reminded of what on a given day. Pure: dates and states in, digests out.

Steps stand seven and three days before the deadline, on it, three days after it, then every week. Only whoever is not
done is reminded; one digest holds all that is open; nobody hears twice within three days, whoever sends it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from quizapp.domain.completion import CourseState

STEPS = (-7, -3, 0, 3)  # days from the deadline
WEEK = 7  # after the last step, one more each week
REST = 3  # days that a person is left alone after a reminder, over all senders
LOUD_FROM, QUIET_FROM = time(7), time(21)  # in Việt Nam
DONE = frozenset({CourseState.COMPLETED.value, CourseState.WAIVED.value})


@dataclass(frozen=True)
class Owed:
    """One enrolment: ``last_on`` is the day of the last reminder about it, by whomever; ``left``: rời đợt học."""

    enrolment: int
    person: int
    state: str
    began_on: date
    due_on: date
    last_on: date | None = None
    left: bool = False

    @property
    def open(self) -> bool:
        """Whether there is anything to remind of."""
        return not self.left and self.state not in DONE


@dataclass(frozen=True)
class Line:
    """One campaign in a digest; ``days`` until the deadline, negative when it has passed."""

    enrolment: int
    days: int


Digest = tuple[Line, ...]  # the nearest deadline first


def last_step(due_on: date, today: date, steps: tuple[int, ...] = STEPS) -> date | None:
    """The day of the latest step that has come; None before the first."""
    gone = (today - due_on).days
    if gone < steps[0]:
        return None
    if gone < steps[-1] + WEEK:
        return due_on + timedelta(days=max(step for step in steps if step <= gone))
    return due_on + timedelta(days=steps[-1] + (gone - steps[-1]) // WEEK * WEEK)


def may_remind(last_on: date | None, today: date) -> bool:
    """Whether a person last reminded on that day may hear again."""
    return last_on is None or (today - last_on).days >= REST


def rest_until(last_on: date) -> date:
    """The first day on which somebody reminded on that day may hear again."""
    return last_on + timedelta(days=REST)


def due(owed: Iterable[Owed], reminded: Mapping[int, date], today: date) -> dict[int, Digest]:
    """Person -> the digest of today. ``reminded``: person -> the day of the last reminder, by whomever.

    A step that a rest or a stopped server has missed is made up for; one before the person was enrolled is not. The
    digest takes along every other open enrolment whose first step has come, since the next one would have to wait.
    """
    of_person: dict[int, list[Owed]] = {}
    for one in owed:
        if one.open:
            of_person.setdefault(one.person, []).append(one)
    return {
        person: digest(rows, today)
        for person, rows in of_person.items()
        if may_remind(reminded.get(person), today) and any(_waits(one, today) for one in rows)
    }


def _waits(one: Owed, today: date) -> bool:
    step = last_step(one.due_on, today)
    if step is None or step <= one.began_on:
        return False
    return one.last_on is None or one.last_on < step


def digest(rows: Iterable[Owed], today: date) -> Digest:
    """What a person is told: everything open whose first step has come."""
    told = [one for one in rows if one.open and last_step(one.due_on, today) is not None]
    return tuple(Line(one.enrolment, (one.due_on - today).days) for one in sorted(told, key=_nearest))


def _nearest(one: Owed) -> tuple[date, int]:
    return one.due_on, one.enrolment


# --- to the head of a body -------------------------------------------------------------------------------------

HEAD_STEPS = (3,)  # days after the deadline; then every week


@dataclass(frozen=True)
class Overdue:
    """Quá hạn: how many of a campaign have passed that deadline in one body (by its path) without being done."""

    campaign: int
    path: str
    due_on: date
    people: int


def to_heads(
    overdue: Iterable[Overdue], heads: Mapping[int, Iterable[str]], last_on: Mapping[int, date], today: date
) -> dict[int, dict[tuple[str, int], int]]:
    """Person -> (path of a body led, campaign) -> how many are overdue there and below.

    ``heads``: person -> paths of the bodies led; ``last_on``: person -> the day of the last such digest. Only figures.
    """
    late = [one for one in overdue if one.people > 0 and one.due_on < today]
    found: dict[int, dict[tuple[str, int], int]] = {}
    for person, paths in heads.items():
        before = last_on.get(person)
        counted: dict[tuple[str, int], int] = {}
        steps = []
        for path in paths:
            for one in late:
                if one.path.startswith(path):
                    counted[path, one.campaign] = counted.get((path, one.campaign), 0) + one.people
                    steps.append(last_step(one.due_on, today, HEAD_STEPS))
        reached = max((step for step in steps if step is not None), default=None)
        rested = before is None or (today - before).days >= WEEK
        if reached is not None and rested and (before is None or before < reached):
            found[person] = counted
    return found


# --- quiet hours -----------------------------------------------------------------------------------------------


def is_quiet(local: datetime) -> bool:
    """Whether nobody is to be disturbed at that local time."""
    return not LOUD_FROM <= local.time() < QUIET_FROM


def when_loud(local: datetime) -> datetime:
    """That moment, or seven o'clock after the quiet hours it falls into; in the same zone."""
    if not is_quiet(local):
        return local
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, LOUD_FROM, local.tzinfo)
