"""Soạn: stopping a question, using it again, answering a report."""

from datetime import datetime

from quizapp.accounts.actions import note_act
from quizapp.analysis import actions as analysis
from quizapp.analysis.queries import Suspect
from quizapp.analysis.words import correlation
from quizapp.attempts import remarking
from quizapp.attempts.remarking import Change
from quizapp.courses import actions as courses
from quizapp.courses.queries import Taught, stopped_keys
from quizapp.domain.attempts import asked
from quizapp.domain.content import Case
from quizapp.web.refused import Refused


def stop(taught: Taught, question: str, why: str, by: int, now: datetime) -> None:
    """Dừng câu này ngay, with a reason: not drawn from now on, its point to everyone, also who has handed in already.

    Refused for the last one left, since a paper needs a question. Twice is once.
    """
    before = stopped_keys(taught.unit_id)
    if question in before:
        return
    if not _something_left(taught, before | {question}):
        raise Refused("Đây là câu cuối cùng còn rút được của bài. Dùng lại một câu khác trước khi dừng câu này.")
    _stop(taught, question, why, by, now)
    note_act(by, "stop_question", now, detail={"unit": taught.unit.key, "question": question}, reason=why)


def suspend(found: Suspect, now: datetime) -> bool:
    """Tự tạm dừng: the system stops a question that surely those who know more answer worse; whether it did.

    Not the last one left: that one stays listed as to be mended.
    """
    unit_id, question = found.taught.unit_id, found.question
    before = stopped_keys(unit_id)
    if question in before or not _something_left(found.taught, before | {question}):
        return False
    figures = f"độ phân biệt {correlation(found.index)}, cận trên 95% {correlation(found.bound)}"
    why = f"Tự tạm dừng sau {found.attempts} lượt: {figures}. Người nắm bài lại sai nhiều hơn, kiểm tra đáp án."
    _stop(found.taught, question, why, None, now)
    detail = {"unit": found.taught.unit.key, "question": question, "revision": found.revision_id}
    note_act(None, "suspend_question", now, detail=detail, reason=why)
    analysis.note_suspended(found.revision_id, question, now)
    return True


def _stop(taught: Taught, question: str, why: str, by: int | None, now: datetime) -> None:
    """Not drawn any more, and its point to everyone who was asked it."""
    courses.stop_question(taught.unit_id, question, by, why, now)
    granted = Change(taught.unit_id, {}, frozenset({question}))
    remarking.correct(granted, taught.revision_id, f"dừng câu {question}", by, now)


def _something_left(taught: Taught, stopped: frozenset[str]) -> bool:
    """Whether a paper still has a question; a case with a stopped part is not drawn."""
    items = [item.questions if isinstance(item, Case) else (item,) for item in taught.unit.questions]
    drawn = taught.unit.quiz.draw
    questions = asked(taught.unit)
    return any(
        questions[parts[0].key].objective in drawn and stopped.isdisjoint(part.key for part in parts) for parts in items
    )


def resume(taught: Taught, question: str, by: int, now: datetime) -> None:
    """Dùng lại câu đã dừng. Twice is once."""
    if question not in stopped_keys(taught.unit_id):
        return
    courses.resume_question(taught.unit_id, question)
    note_act(by, "resume_question", now, detail={"unit": taught.unit.key, "question": question})


answer = courses.answer_report
