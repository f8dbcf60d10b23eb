"""Xem thử và thử trả lời: a question as the learner will see it, from what has been typed so far; nothing is kept."""

import copy
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from quizapp.courses.drafting import digest
from quizapp.domain import grading
from quizapp.domain.content import AnyQuestion, BankItem, Case
from quizapp.library.queries import as_taught, validity_of
from quizapp.studio.asking import Opened, cited
from quizapp.studio.question_fields import Data, rows_of

_READER: TypeAdapter[Any] = TypeAdapter(BankItem)
DOTS = "…"


@dataclass(frozen=True)
class Trial:
    """A question of the preview: as a learner meets it, in an order that stays while its text does."""

    question: AnyQuestion
    orders: grading.Orders

    @property
    def shown(self) -> grading.Shown:
        return grading.show(self.question, self.orders)


def trials(data: Mapping[str, Any]) -> list[Trial]:
    """The question, or a case's questions; empty while too little has been typed to show any.

    What is still missing is filled with dots, so that a writer sees the question grow.
    """
    try:
        item = _READER.validate_python(_filled(data), extra="ignore")
    except ValidationError:
        return []
    parts = item.questions if isinstance(item, Case) else (item,)
    if isinstance(item, Case):
        parts = tuple(part.model_copy(update={"situation": item.situation}) for part in parts)
    return [Trial(part, grading.arrange(part, random.Random(digest(data)))) for part in parts]


def _filled(data: Mapping[str, Any]) -> Data:
    filled = copy.deepcopy(dict(data))
    filled.setdefault("objective", "o")
    if filled.get("kind") == "case":
        filled.setdefault("situation", DOTS)
        filled["questions"] = [_fill(part) for part in rows_of(filled, "questions")]
        return filled
    return _fill(filled)


def _fill(question: Data) -> Data:
    question.setdefault("key", "cau")
    defaults: Data = {"level": "nho", "provision": "a#b", "prompt": "(chưa có đề bài)"}
    if question.get("kind") in ("matching", "ordering", "short", "number", "gaps"):
        defaults["explanation"] = DOTS
    if question.get("kind") == "true_false":
        defaults |= {"why": DOTS, "answer": True}
    if question.get("kind") == "short":
        defaults["accepted"] = [DOTS]
    if question.get("kind") == "number" and not isinstance(question.get("value"), float | int):
        question["value"] = 0
    question = defaults | question
    _fill_options(question)
    for gap in rows_of(question, "gaps"):
        _fill_options(gap)
    for field, columns in (("pairs", ("left", "right", "why")), ("items", ("text",))):
        for n, row in enumerate(rows_of(question, field), 1):
            for column in columns:
                row.setdefault(column, f"{DOTS} ({n})")
    return question


def _fill_options(holder: Data) -> None:
    """Options with some text each, of which some are right and some are not: which ones, a preview does not show."""
    options = rows_of(holder, "options")
    for n, option in enumerate(options):
        option.setdefault("text", f"(phương án {chr(65 + n)} chưa có chữ)")
        option.setdefault("why", DOTS)
    if options and not any(option.get("right") for option in options):
        options[0]["right"] = True
    if options and all(option.get("right") for option in options):
        options[-1]["right"] = False


def provision_of(unit: Opened, reference: str) -> dict[str, Any] | None:
    """What the learner reads below the feedback."""
    found = cited(unit, reference)
    if found is None:
        return None
    return as_taught(found.document, found.provision) | {"validity": validity_of(found.document.code)}
