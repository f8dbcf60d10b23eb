"""Lượt làm bài: starting, saving an answer, handing in, what is due when the time is up."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt, ExtraTime, LateAnswer, Mark, Response, ReviewItem
from quizapp.attempts.queries import Fixed
from quizapp.clock import VIETNAM, day_of
from quizapp.courses import queries as courses
from quizapp.courses.queries import Taught
from quizapp.database import db, execute, execute_alone, insert, made_once, on_driver, public_code, table
from quizapp.domain import attempts, completion, grading
from quizapp.domain.attempts import AttemptState, Score
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning.actions import Standing
from quizapp.web.refused import Refused


def start(person_id: int, taught: Taught, now: datetime) -> int:
    """Bắt đầu, or go on: the id of the person's open attempt at the unit. One may be open at a time."""
    before = queries.before(person_id, taught.unit_id)
    if before.open_id is not None:
        return before.open_id
    quiz = taught.unit.quiz
    course_id = courses.course_id_of(taught.unit_id)
    standing = learning.standings_of(person_id, course_id)
    learnt = _learnt(taught, standing) if taught.unit.final else None
    _refuse_early(attempts.opens_again_at(before.last_ended_at, quiz.retry_hours), now)
    rng = random.Random(secrets.randbits(64))
    paper = attempts.draw(taught.unit, before.seen, rng, before.stopped, learnt)
    row = {
        "code": public_code(),
        "person_id": person_id,
        "unit_id": taught.unit_id,
        "unit_revision_id": taught.revision_id,
        "number": before.last_number + 1,
        "state": AttemptState.OPEN.value,
        "paper": paper.stored(),
        "started_at": now,
        "deadline": _deadline(person_id, now, quiz.minutes),
        "flagged": [],
    }
    made: int | None = execute(_new_attempt(), row).scalar()
    if made is None:  # another tab was first
        again = queries.before(person_id, taught.unit_id).open_id
        assert again is not None
        return again
    _note_seen(person_id, taught.unit_id, paper.keys)
    if not standing or learning.needs_begin(standing, taught.unit.key):
        fact = learning.NewFact(FactKind.STARTED, taught.unit.key, "web", taught.revision_id)
        learning.record(person_id, course_id, [fact], now, standing)
    return made


def _learnt(final: Taught, standing: Sequence[Standing]) -> frozenset[str]:
    """The provisions that the path has taught whose final this is; Refused while its other units are not all đạt."""
    left: list[int] = []
    for one in standing:
        course = courses.course_value(one.enrolment.course_revision_id)
        units = course.path(one.path).units
        if final.unit.key not in units:
            continue
        states = {unit: known.state for unit, known in one.states.items()}
        left.append(len(completion.left_before_final(course.before_final(one.path), states)))
        if not left[-1]:
            rows = {row.key: row.revision_id for row in courses.unit_rows(courses.course_id_of(final.unit_id))}
            others = [courses.taught(rows[key]).unit for key in units if key in rows and key != final.unit.key]
            return frozenset(reference for unit in others for _, reference in unit.citations())
    if not left:
        raise Refused("Bài kiểm tra tổng hợp mở khi đơn vị giao khóa học có bài này.")
    raise Refused(f"Bài kiểm tra tổng hợp mở khi các bài trước đã đạt. Còn {min(left)} bài chưa đạt.")


def _refuse_early(opens_at: datetime | None, now: datetime) -> None:
    if opens_at is not None and now < opens_at:
        at = opens_at.astimezone(VIETNAM)
        raise Refused(f"Làm lại được từ {at:%H:%M} ngày {at:%d/%m/%Y}. Trong lúc chờ, nên xem lại các câu chưa đúng.")


def _deadline(person_id: int, started_at: datetime, minutes: int | None) -> datetime | None:
    """Hạn nộp, with the person's extra time."""
    extra = queries.extra_time(person_id) if minutes is not None else None
    if extra is not None and extra.percent is None:
        return None
    return attempts.deadline(started_at, minutes, 100 + (extra.percent or 0 if extra else 0))


@on_driver
def _new_attempt() -> Any:
    return insert(table(Attempt)).on_conflict_do_nothing().returning(table(Attempt).c.id)


def _note_seen(person_id: int, unit_id: int, questions: tuple[str, ...]) -> None:
    rows = [{"person_id": person_id, "unit_id": unit_id, "question": key, "seen": 1, "missed": 0} for key in questions]
    execute(_seen_once_more(), rows)


@on_driver
def _seen_once_more() -> Any:
    seen = {"seen": table(ReviewItem).c.seen + 1}
    keys = ["person_id", "unit_id", "question"]
    return insert(table(ReviewItem)).on_conflict_do_update(index_elements=keys, set_=seen)


def save(fixed: Fixed, slot: str, chosen: Any, seq: int, now: datetime) -> bool:
    """Lưu câu trả lời: one idempotent upsert, only while the attempt is open and in time; whether it was taken.

    With feedback at once the first answer locks; otherwise a higher ``seq`` replaces a lower one.
    """
    statement = _upsert(fixed.taught.unit.quiz.feedback == "at_once")
    row = {"of": fixed.id, "slot": slot, "told": chosen, "nth": seq, "now": now, "rung": now - attempts.GRACE}
    return execute_alone(statement, row).rowcount > 0


@on_driver
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
            sa.false(),
        )
        .where(attempt.id == sa.bindparam("of"), attempt.state == AttemptState.OPEN.value)
        .where(
            sa.or_(attempt.deadline.is_(None), attempt.deadline >= sa.bindparam("rung", type_=attempt.deadline.type))
        )
        .with_for_update(read=True)
    )
    names, keys = ["attempt_id", "question", "chosen", "seq", "saved_at", "late"], ["attempt_id", "question"]
    statement = insert(table(Response)).from_select(names, still_open)
    if first_locks:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    else:
        fresh = {name: statement.excluded[name] for name in ("chosen", "seq", "saved_at")}
        later = statement.excluded.seq > response.seq
        statement = statement.on_conflict_do_update(index_elements=keys, set_=fresh, where=later)
    return statement


def hand_in(fixed: Fixed, now: datetime, state: AttemptState = AttemptState.SUBMITTED) -> bool:
    """Nộp bài: end the attempt, mark it, record the result; False where it had ended before (a second hand-in)."""
    row = {"of": fixed.id, "then": AttemptState.OPEN.to(state).value, "now": now}
    if not execute(_end(), row).rowcount:
        return False
    judged = _judge(fixed)
    _mark(fixed, judged, 1, "Nộp bài" if state is AttemptState.SUBMITTED else "Hết giờ", now)
    _note_missed(fixed, judged.missed, now)
    _record(fixed, judged, f"attempt:{fixed.id}", now)
    return True


@dataclass(frozen=True)
class Judged:
    """What an attempt's answers come to."""

    score: Score
    passed: bool
    missed: list[str]
    answered_all: bool


def _judge(fixed: Fixed) -> Judged:
    answers, stopped = queries.answers_and_stopped(fixed.id, fixed.unit_id)
    marks = {
        key: grading.POSSIBLE if key in stopped else grading.grade(fixed.taught.questions[key], answers.get(key))
        for key in fixed.paper.keys
    }
    score = attempts.total(marks.values(), len(marks))
    missed = [key for key, earned in marks.items() if earned < grading.POSSIBLE]
    passed = attempts.passed(score, fixed.taught.unit.quiz.pass_percent)
    return Judged(score, passed, missed, all(key in answers for key in marks))


def close(fixed: Fixed, now: datetime) -> bool:
    """Hết giờ: hand in what is there, as of the deadline; False where the time is not up, or the attempt has ended."""
    deadline = queries.deadline_of(fixed.id)
    if deadline is None or not attempts.is_late(now, deadline):
        return False
    return hand_in(fixed, deadline, AttemptState.EXPIRED)


def ring(fixed: Fixed, now: datetime) -> bool:
    """Hết giờ, says the clock of a page: hand in what is there, as of the deadline; False where the server's says no."""
    deadline = queries.deadline_of(fixed.id)
    if deadline is None or now < deadline:
        return False
    hand_in(fixed, deadline, AttemptState.EXPIRED)
    return True


def take_late(fixed: Fixed, slot: str, chosen: Any, chosen_at: datetime | None, now: datetime) -> bool:
    """Câu gửi muộn: counted where it was chosen before the bell and not on its way for too long, else only kept.

    The attempt is closed first. Marks are only added: the highest counts.
    """
    close(fixed, now)
    deadline = queries.deadline_of(fixed.id)
    if chosen_at is None or not attempts.may_merge(chosen_at, now, deadline):
        told = {"attempt_id": fixed.id, "question": slot, "chosen": chosen, "chosen_at": chosen_at, "arrived_at": now}
        db.session.execute(sa.insert(LateAnswer).values(told))
        return False
    row = {"attempt_id": fixed.id, "question": slot, "chosen": chosen, "late": True, "saved_at": now}
    merged = db.session.execute(_merge(), row | {"seq": _milliseconds(chosen_at)}).first()
    if merged is not None:
        judged, number = _judge(fixed), queries.last_mark_number(fixed.id) + 1
        _mark(fixed, judged, number, "Gộp câu gửi muộn do mạng", now)
        _record(fixed, judged, f"attempt:{fixed.id}:{number}", deadline or now)
    return True


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@made_once
def _merge() -> Any:
    response = table(Response)
    statement = insert(response)
    fresh = {name: statement.excluded[name] for name in ("chosen", "seq", "saved_at", "late")}
    later = statement.excluded.seq > response.c.seq
    keys = ["attempt_id", "question"]
    return statement.on_conflict_do_update(index_elements=keys, set_=fresh, where=later).returning(response.c.seq)


def flag(attempt_id: int, question: str, on: bool) -> None:
    """Xem lại sau: the learner's own mark on a question of an open attempt."""
    found = db.session.get(Attempt, attempt_id, with_for_update=True)
    if found is not None and found.state == AttemptState.OPEN.value:
        found.flagged = [key for key in found.flagged if key != question] + [question] * on


def give_time(person_id: int, percent: int | None, now: datetime) -> None:
    """Thêm giờ: so many percent more, 0 for the usual, None for no limit; reaches attempts under way, never shortens."""
    db.session.execute(sa.delete(ExtraTime).filter_by(person_id=person_id))
    if percent != 0:
        db.session.execute(sa.insert(ExtraTime).values(person_id=person_id, percent=percent))
    mine = sa.select(Attempt).filter_by(person_id=person_id, state=AttemptState.OPEN.value).with_for_update()
    for attempt in db.session.scalars(mine.where(Attempt.deadline.is_not(None))):
        minutes = courses.taught(attempt.unit_revision_id).unit.quiz.minutes
        longer = None if percent is None else attempts.deadline(attempt.started_at, minutes, 100 + percent)
        if longer is None or (attempt.deadline is not None and longer > attempt.deadline):
            attempt.deadline = longer


@on_driver
def _end() -> Any:
    attempt = table(Attempt)
    still_open = attempt.c.id == sa.bindparam("of"), attempt.c.state == AttemptState.OPEN.value
    return sa.update(attempt).where(*still_open).values(state=sa.bindparam("then"), ended_at=sa.bindparam("now"))


def _mark(fixed: Fixed, judged: Judged, number: int, why: str, now: datetime) -> None:
    row = {"attempt_id": fixed.id, "number": number, "unit_revision_id": fixed.revision_id, "passed": judged.passed}
    told = {"earned": judged.score.earned, "possible": judged.score.possible, "at": now, "why": why}
    execute(_new_mark(), row | told)


@on_driver
def _new_mark() -> Any:
    return sa.insert(table(Mark))


def _note_missed(fixed: Fixed, questions: list[str], now: datetime) -> None:
    if not questions:
        return
    row = {"person": fixed.person_id, "unit": fixed.unit_id, "due": day_of(now) + timedelta(days=1)}
    row |= {f"asked_{n}": key for n, key in enumerate(questions)}
    execute(_missed_once_more(len(questions)), row)


@on_driver
def _missed_once_more(questions: int) -> Any:
    item = table(ReviewItem)
    missed = (
        item.c.person_id == sa.bindparam("person"),
        item.c.unit_id == sa.bindparam("unit"),
        item.c.question.in_([sa.bindparam(f"asked_{n}") for n in range(questions)]),
    )
    return sa.update(item).where(*missed).values(missed=item.c.missed + 1, due_on=sa.bindparam("due"))


def _record(fixed: Fixed, judged: Judged, source: str, now: datetime) -> None:
    fact = learning.NewFact(
        FactKind.QUIZ_TAKEN,
        fixed.taught.unit.key,
        source,
        fixed.revision_id,
        judged.score.earned,
        judged.score.possible,
        judged.passed,
        judged.answered_all,
    )
    learning.record(fixed.person_id, courses.course_id_of(fixed.unit_id), [fact], now)
