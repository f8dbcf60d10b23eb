"""Lượt làm bài: starting, saving an answer, handing in."""

import random
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt, Mark, Response, ReviewItem
from quizapp.attempts.queries import Fixed
from quizapp.clock import day_of
from quizapp.courses import queries as courses
from quizapp.courses.queries import Taught
from quizapp.database import db, insert, made_once, public_code, table
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
    made: int | None = db.session.scalar(_new_attempt(), row)
    if made is None:  # another tab was first
        again = queries.before(person_id, taught.unit_id).open_id
        assert again is not None
        return again
    _note_seen(person_id, taught.unit_id, paper.keys)
    _note_begun(person_id, taught, now)
    return made


@made_once
def _new_attempt() -> Any:
    return insert(table(Attempt)).on_conflict_do_nothing().returning(table(Attempt).c.id)


def _note_seen(person_id: int, unit_id: int, questions: tuple[str, ...]) -> None:
    rows = [{"person_id": person_id, "unit_id": unit_id, "question": key, "seen": 1, "missed": 0} for key in questions]
    db.session.execute(_seen_once_more(), rows)


@made_once
def _seen_once_more() -> Any:
    seen = {"seen": table(ReviewItem).c.seen + 1}
    keys = ["person_id", "unit_id", "question"]
    return insert(table(ReviewItem)).on_conflict_do_update(index_elements=keys, set_=seen)


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
    statement = _upsert(fixed.taught.unit.quiz.feedback == "at_once")
    row = {"of": fixed.id, "slot": slot, "told": chosen, "nth": seq, "now": now}
    return db.session.connection().execute(statement, row).first() is not None


@made_once
def _upsert(first_locks: bool) -> Any:
    attempt, response = table(Attempt).c, table(Response).c
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
    statement = insert(table(Response)).from_select(names, still_open)
    if first_locks:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    else:
        fresh = {name: statement.excluded[name] for name in names[2:]}
        later = statement.excluded.seq > response.seq
        statement = statement.on_conflict_do_update(index_elements=keys, set_=fresh, where=later)
    return statement.returning(response.attempt_id)


def hand_in(fixed: Fixed, now: datetime, state: AttemptState = AttemptState.SUBMITTED) -> bool:
    """Nộp bài: end the attempt, mark it, record the result; False where it had ended before (a second hand-in)."""
    row = {"of": fixed.id, "then": AttemptState.OPEN.to(state).value, "now": now}
    ended: Any = db.session.execute(_end(), row)
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


@made_once
def _end() -> Any:
    attempt = table(Attempt)
    still_open = attempt.c.id == sa.bindparam("of"), attempt.c.state == AttemptState.OPEN.value
    return sa.update(attempt).where(*still_open).values(state=sa.bindparam("then"), ended_at=sa.bindparam("now"))


def _mark(fixed: Fixed, score: Score, passed: bool, now: datetime) -> None:
    row = {"attempt_id": fixed.id, "number": 1, "unit_revision_id": fixed.revision_id, "passed": passed}
    told = {"earned": score.earned, "possible": score.possible, "at": now, "why": "Nộp bài"}
    db.session.execute(_new_mark(), row | told)


@made_once
def _new_mark() -> Any:
    return sa.insert(table(Mark))


def _note_missed(fixed: Fixed, questions: list[str], now: datetime) -> None:
    if not questions:
        return
    row = {"person": fixed.person_id, "unit": fixed.unit_id, "questions": questions}
    db.session.execute(_missed_once_more(), row | {"due": day_of(now) + timedelta(days=1)})


@made_once
def _missed_once_more() -> Any:
    item = table(ReviewItem)
    missed = (
        item.c.person_id == sa.bindparam("person"),
        item.c.unit_id == sa.bindparam("unit"),
        item.c.question.in_(sa.bindparam("questions", expanding=True)),
    )
    return sa.update(item).where(*missed).values(missed=item.c.missed + 1, due_on=sa.bindparam("due"))


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
