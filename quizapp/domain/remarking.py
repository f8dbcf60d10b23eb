"""Chấm lại: what a corrected key changes, for papers that were answered before. A result is never lowered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.domain import attempts, grading
from quizapp.domain.attempts import Score
from quizapp.domain.content import (
    AnyQuestion,
    Gaps,
    Matching,
    Multiple,
    Number,
    Ordering,
    Short,
    Single,
    TrueFalse,
    Unit,
)
from quizapp.domain.grading import Response
from quizapp.domain.vietnamese import fold, plain

Questions = Mapping[str, AnyQuestion]


def answer_key(question: AnyQuestion) -> Any:
    """Đáp án: all that a mark depends on; the same for two questions that mark every answer alike."""
    match question:
        case Single() | Multiple():
            return frozenset(option.key for option in question.options if option.right)
        case TrueFalse():
            return question.answer
        case Matching():
            first = {plain(pair.right): pair.key for pair in reversed(question.pairs)}
            return {pair.key: first[plain(pair.right)] for pair in question.pairs}
        case Ordering():
            return [item.key for item in question.items]
        case Short():
            spell = fold if question.without_marks else plain
            return question.without_marks, {spell(text) for text in question.accepted}
        case Number():
            return question.value, question.tolerance
        case Gaps():
            return {gap.key: next(one.key for one in gap.options if one.right) for gap in question.gaps}


def rekeyed(before: Unit, after: Unit) -> frozenset[str]:
    """Questions of both revisions that mark an answer differently now."""
    old, new = attempts.asked(before), attempts.asked(after)
    both = [key for key in old if key in new and old[key].kind == new[key].kind]
    return frozenset(key for key in both if answer_key(old[key]) != answer_key(new[key]))


@dataclass(frozen=True)
class Remarked:
    """A paper marked again: ``score`` is what it has now, ``strict`` what it would have by the corrected keys alone."""

    score: Score
    strict: Score


def remark(
    keys: Collection[str],
    answers: Mapping[str, Response],
    asked: Questions,
    corrected: Questions,
    granted: Collection[str] = (),
) -> Remarked:
    """Mark a paper again: of the key it was taken by and the corrected one, each question has the better.

    ``asked``: the paper's questions as they were; ``corrected``: those with another key now. ``granted``: stopped
    questions, whose point everyone has.
    """
    kept, strict = [], []
    for key in keys:
        answer = answers.get(key)
        old = grading.grade(asked[key], answer)
        new = _by(corrected.get(key), answer, old)
        full = grading.POSSIBLE if key in granted else 0
        kept.append(max(old, new, full))
        strict.append(max(new, full))
    return Remarked(attempts.total(kept, len(kept)), attempts.total(strict, len(strict)))


def _by(question: AnyQuestion | None, answer: Response | None, otherwise: int) -> int:
    """The mark by another revision of the question; an answer that it could not have been given says nothing."""
    if question is None:
        return otherwise
    could_be: bool = grading.valid_response(question, answer)
    return grading.grade(question, answer) if could_be else otherwise
