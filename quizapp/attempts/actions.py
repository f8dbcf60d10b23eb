"""Lượt làm bài: starting, saving an answer, handing in."""

import random
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt, Mark, Response, ReviewItem
from quizapp.attempts.queries import Fixed
from quizapp.clock import day_of
from quizapp.courses import queries as courses
from quizapp.courses.queries import Taught
from quizapp.database import db, dialect, insert, public_code
from quizapp.domain import attempts, grading
from quizapp.domain.attempts import AttemptState, Score
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning


def start(person_id: int, taught: Taught, now: datetime) -> int:
    """Bắt đầu, or go on: the id of the person's open attempt at the unit. One may be open at a time."""
    before = queries.before(person_id, taught.unit_id)
    if before.open_id is not None:
        return before.open_id
    rng = random.Random(secrets.randbits(64))
    paper = attempts.draw(taught.unit, before.seen, rng, before.stopped)
    row = {
        "code": public_code(),
        "person_id": person_id,
        "unit_id": taught.unit_id,
        "unit_revision_id": taught.revision_id,
        "number": before.last_number + 1,
        "state": AttemptState.OPEN.value,
        "paper": paper.stored(),
        "started_at": now,
        "deadline": attempts.deadline(now, taught.unit.quiz.minutes),
    }
    made: int | None = db.session.scalar(insert(Attempt).values(row).on_conflict_do_nothing().returning(Attempt.id))
    if made is None:  # another tab was first
        again = queries.before(person_id, taught.unit_id).open_id
        assert again is not None
        return again
    _note_seen(person_id, taught.unit_id, paper.keys)
    _note_begun(person_id, taught, now)
    return made


def _note_seen(person_id: int, unit_id: int, questions: tuple[str, ...]) -> None:
    rows = [{"person_id": person_id, "unit_id": unit_id, "question": key, "seen": 1, "missed": 0} for key in questions]
    statement = insert(ReviewItem).values(rows)
    seen = {"seen": ReviewItem.__table__.c.seen + 1}
    keys = ["person_id", "unit_id", "question"]
    db.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=seen))


def _note_begun(person_id: int, taught: Taught, now: datetime) -> None:
    course_id = courses.course_id_of(taught.unit_id)
    standing = learning.standings_of(person_id, course_id)
    if not standing or learning.needs_begin(standing, taught.unit.key):
        fact = learning.NewFact(FactKind.STARTED, taught.unit.key, "web", taught.revision_id)
        learning.record(person_id, course_id, [fact], now, standing)


def save(fixed: Fixed, slot: str, chosen: Any, seq: int, now: datetime) -> bool:
    """Lưu câu trả lời: one idempotent upsert, only while the attempt is open; whether it was taken.

    With feedback at once the first answer locks; otherwise a higher ``seq`` replaces a lower one.
    """
    statement = _upsert(dialect(), fixed.taught.unit.quiz.feedback == "at_once")
    row = {"of": fixed.id, "slot": slot, "told": chosen, "nth": seq, "now": now}
    return db.session.connection().execute(statement, row).first() is not None


@lru_cache
def _upsert(dialect: str, first_locks: bool) -> Any:
    """The statement, made once: it runs more often than any other."""
    attempt, response = Attempt.__table__.c, Response.__table__.c
    # On PostgreSQL the share lock makes it wait for a hand-in under way; SQLite has one writer at a time.
    still_open = (
        sa.select(
            attempt.id,
            sa.bindparam("slot", type_=response.question.type),
            sa.bindparam("told", type_=response.chosen.type),
            sa.bindparam("nth", type_=response.seq.type),
            sa.bindparam("now", type_=response.saved_at.type),
        )
        .where(attempt.id == sa.bindparam("of"), attempt.state == AttemptState.OPEN.value)
        .with_for_update(read=True)
    )
    names, keys = ["attempt_id", "question", "chosen", "seq", "saved_at"], ["attempt_id", "question"]
    statement = insert(Response.__table__).from_select(names, still_open)
    if first_locks:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    else:
        fresh = {name: statement.excluded[name] for name in names[2:]}
        later = statement.excluded.seq > response.seq
        statement = statement.on_conflict_do_update(index_elements=keys, set_=fresh, where=later)
    return statement.returning(response.attempt_id)


def hand_in(fixed: Fixed, now: datetime, state: AttemptState = AttemptState.SUBMITTED) -> bool:
    """Nộp bài: end the attempt, mark it, record the result; False where it had ended before (a second hand-in)."""
    ended: Any = db.session.execute(
        sa.update(Attempt)
        .where(Attempt.id == fixed.id, Attempt.state == AttemptState.OPEN.value)
        .values(state=AttemptState.OPEN.to(state).value, ended_at=now)
    )
    if not ended.rowcount:
        return False
    taught = fixed.taught
    answers, stopped = queries.answers_and_stopped(fixed.id, fixed.unit_id)
    marks = {
        key: grading.POSSIBLE if key in stopped else grading.grade(taught.questions[key], answers.get(key))
        for key in fixed.paper.keys
    }
    score = attempts.total(marks.values(), len(marks))
    passed = attempts.passed(score, taught.unit.quiz.pass_percent)
    _mark(fixed, score, passed, now)
    _note_missed(fixed, [key for key, earned in marks.items() if earned < grading.POSSIBLE], now)
    _record(fixed, score, passed, all(key in answers for key in marks), now)
    return True


def _mark(fixed: Fixed, score: Score, passed: bool, now: datetime) -> None:
    row = {"attempt_id": fixed.id, "number": 1, "unit_revision_id": fixed.revision_id, "passed": passed}
    told = {"earned": score.earned, "possible": score.possible, "at": now, "why": "Nộp bài"}
    db.session.execute(sa.insert(Mark).values(row | told))


def _note_missed(fixed: Fixed, questions: list[str], now: datetime) -> None:
    if not questions:
        return
    due = day_of(now) + timedelta(days=1)
    db.session.execute(
        sa.update(ReviewItem)
        .where(
            ReviewItem.person_id == fixed.person_id,
            ReviewItem.unit_id == fixed.unit_id,
            ReviewItem.question.in_(questions),
        )
        .values(missed=ReviewItem.missed + 1, due_on=due),
        execution_options={"synchronize_session": False},
    )


def _record(fixed: Fixed, score: Score, passed: bool, answered_all: bool, now: datetime) -> None:
    fact = learning.NewFact(
        FactKind.QUIZ_TAKEN,
        fixed.taught.unit.key,
        f"attempt:{fixed.id}",
        fixed.revision_id,
        score.earned,
        score.possible,
        passed,
        answered_all,
    )
    learning.record(fixed.person_id, courses.course_id_of(fixed.unit_id), [fact], now)
