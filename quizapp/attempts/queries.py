"""Lượt làm bài: reading one's own attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from quizapp.attempts.models import Attempt, Mark, Response, ReviewItem
from quizapp.courses import queries as courses
from quizapp.courses.models import StoppedQuestion, Unit
from quizapp.courses.queries import Taught
from quizapp.database import db
from quizapp.domain import attempts, grading
from quizapp.domain.attempts import AttemptState, Paper, Step


@dataclass(frozen=True)
class Fixed:
    """What never changes of an attempt: whose, of what, with which paper."""

    id: int
    code: str
    person_id: int
    unit_id: int
    number: int
    paper: Paper
    revision_id: int
    started_at: datetime

    @property
    def taught(self) -> Taught:
        return courses.taught(self.revision_id)


@lru_cache(maxsize=8192)
def _fixed(attempt_id: int) -> Fixed:
    row = db.session.execute(
        sa.select(
            Attempt.id,
            Attempt.code,
            Attempt.person_id,
            Attempt.unit_id,
            Attempt.number,
            Attempt.paper,
            Attempt.unit_revision_id,
            Attempt.started_at,
        ).where(Attempt.id == attempt_id)
    ).one_or_none()
    if row is None:
        raise LookupError
    return Fixed(row[0], row[1], row[2], row[3], row[4], Paper.read(row[5]), row[6], row[7])


def forget_cached() -> None:
    """Between databases (tests)."""
    _fixed.cache_clear()


def own_fixed(person_id: int, attempt_id: int) -> Fixed | None:
    """The person's own attempt as it will always be; None for another's."""
    try:
        found = _fixed(attempt_id)
    except LookupError:
        return None
    return found if found.person_id == person_id else None


@dataclass(frozen=True)
class Saved:
    """A stored response."""

    chosen: Any
    at: datetime


@dataclass(frozen=True)
class Sitting:
    """Lượt làm bài as it stands: the fixed part, its state, what has been answered."""

    fixed: Fixed
    state: AttemptState
    ended_at: datetime | None
    saved: Mapping[str, Saved]

    @property
    def open(self) -> bool:
        return self.state is AttemptState.OPEN

    @property
    def feedback(self) -> str:
        return self.fixed.taught.unit.quiz.feedback

    @property
    def marks(self) -> dict[str, int]:
        """Question key -> hundredths, of every answered question."""
        questions = self.fixed.taught.questions
        return {
            key: grading.grade(questions[key], self.saved[key].chosen)
            for key in self.fixed.paper.keys
            if key in self.saved
        }

    @property
    def steps(self) -> list[Step]:
        answers = {key: saved.chosen for key, saved in self.saved.items()}
        return attempts.steps(self.fixed.paper, answers, self.marks, self.fixed.taught.unit.quiz.feedback)

    @property
    def unanswered(self) -> list[int]:
        """Numbers of the questions without an answer."""
        return [n for n, key in enumerate(self.fixed.paper.keys, 1) if key not in self.saved]


def own_sitting(person_id: int, attempt_id: int) -> Sitting | None:
    """The person's own attempt as it stands, in one statement; None for another's."""
    fixed = own_fixed(person_id, attempt_id)
    if fixed is None:
        return None
    rows = db.session.execute(
        sa.select(Attempt.state, Attempt.ended_at, Response.question, Response.chosen, Response.saved_at)
        .outerjoin(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id)
    ).all()
    saved = {row.question: Saved(row.chosen, row.saved_at) for row in rows if row.question is not None}
    return Sitting(fixed, AttemptState(rows[0].state), rows[0].ended_at, saved)


@dataclass(frozen=True)
class Before:
    """What a new attempt has to know of the earlier ones, and of the bank."""

    last_number: int
    open_id: int | None
    seen: Mapping[str, int]  # question key -> how often the person has met it
    stopped: frozenset[str]


def before(person_id: int, unit_id: int) -> Before:
    """Earlier attempts, questions met and questions stopped, in one statement."""
    open_id = sa.case((Attempt.state == AttemptState.OPEN.value, Attempt.id))
    earlier = sa.select(
        sa.literal("attempt").label("what"), sa.literal("").label("question"), sa.func.max(Attempt.number).label("n"),
        sa.func.max(open_id).label("open_id"),
    ).where(Attempt.person_id == person_id, Attempt.unit_id == unit_id)  # fmt: skip
    nothing = sa.cast(sa.null(), Attempt.id.type)
    met = sa.select(sa.literal("seen"), ReviewItem.question, ReviewItem.seen, nothing).where(
        ReviewItem.person_id == person_id, ReviewItem.unit_id == unit_id
    )
    stopped = sa.select(sa.literal("stopped"), StoppedQuestion.question, nothing, nothing).where(
        StoppedQuestion.unit_id == unit_id
    )
    rows = db.session.execute(earlier.union_all(met, stopped)).all()
    first = next(row for row in rows if row.what == "attempt")
    return Before(
        first.n or 0,
        first.open_id,
        {row.question: row.n for row in rows if row.what == "seen"},
        frozenset(row.question for row in rows if row.what == "stopped"),
    )


def answers_and_stopped(attempt_id: int, unit_id: int) -> tuple[dict[str, Any], frozenset[str]]:
    """An attempt's answers by question, and the unit's stopped questions; one statement."""
    answers = sa.select(Response.question, Response.chosen, sa.literal(0).label("stopped")).where(
        Response.attempt_id == attempt_id
    )
    stopped = sa.select(StoppedQuestion.question, sa.cast(sa.null(), sa.JSON()), sa.literal(1)).where(
        StoppedQuestion.unit_id == unit_id
    )
    rows = db.session.execute(answers.union_all(stopped)).all()
    return (
        {row.question: row.chosen for row in rows if not row.stopped},
        frozenset(row.question for row in rows if row.stopped),
    )


@dataclass(frozen=True)
class Taken:
    """A finished attempt with the mark that counts."""

    attempt_id: int
    code: str
    unit_id: int
    unit: str
    number: int
    ended_at: datetime
    earned: int
    possible: int
    passed: bool


def taken(person_id: int, unit_id: int | None = None) -> Sequence[Taken]:
    """The person's finished attempts, newest first, with their highest marks; at most two hundred."""
    best = (
        sa.select(
            Mark.attempt_id,
            sa.func.max(Mark.earned).label("earned"),
            sa.func.max(Mark.possible).label("possible"),
            sa.func.max(sa.case((Mark.passed, 1), else_=0)).label("passed"),
        )
        .group_by(Mark.attempt_id)
        .subquery()
    )
    rows = (
        sa.select(
            Attempt.id,
            Attempt.code,
            Attempt.unit_id,
            Unit.key,
            Attempt.number,
            Attempt.ended_at,
            best.c.earned,
            best.c.possible,
            best.c.passed,
        )
        .join(best, best.c.attempt_id == Attempt.id)
        .join(Unit, Unit.id == Attempt.unit_id)
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.ended_at.desc())
        .limit(200)
    )
    if unit_id is not None:
        rows = rows.where(Attempt.unit_id == unit_id)
    return [Taken(*[*row[:8], bool(row[8])]) for row in db.session.execute(rows)]


def mark_of(attempt_id: int) -> Mark | None:
    """The mark that counts: the highest; a re-marking never lowers a result."""
    best = sa.select(Mark).where(Mark.attempt_id == attempt_id).order_by(Mark.passed.desc(), Mark.earned.desc())
    return db.session.scalar(best.limit(1))


def open_attempts(person_id: int) -> dict[int, int]:
    """Unit id -> id of the open attempt."""
    rows = db.session.execute(
        sa.select(Attempt.unit_id, Attempt.id).where(
            Attempt.person_id == person_id, Attempt.state == AttemptState.OPEN.value
        )
    )
    return dict(row._tuple() for row in rows)


def everything_of(person_id: int) -> Sequence[tuple[Attempt, Response | None]]:
    """Every attempt with every response of a person, for the export of one's data."""
    rows = db.session.execute(
        sa.select(Attempt, Response)
        .outerjoin(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.id, Response.question)
    )
    return [row._tuple() for row in rows]
