"""Chỗ trống trong văn bản: cloze of Moodle and inline interactions of QTI, as gaps or as a case of several questions.

While a text is converted a blank stands in it as ``⟦1⟧``, which no markup knows.
"""

import re
from collections.abc import Sequence

from quizapp.domain.interchange import Offered, Remark

MARK = "⟦{}⟧"
_MARKS = re.compile("⟦([0-9]+)⟧")
BLANK = "……"
_AT_THE_END = re.compile(r"(?:^|\n\n)⟦1⟧[ \t]*([^\s⟦⟧][^\n⟦⟧]{0,29})?$")


def without_marks(text: str) -> str:
    """The text with what could be taken for a blank of ours as plain brackets."""
    return text.replace("⟦", "[").replace("⟧", "]")


def filled(item: Offered, blanks: Sequence[Offered]) -> Offered:
    """The question whose text holds the marks of those blanks: gaps, one short question, or a case.

    A blank is an `Offered` of its own: a ``single`` is a list to choose from, all else is typed or ticked.
    """
    missing = [n for n in range(1, len(blanks) + 1) if item.text.count(MARK.format(n)) != 1]
    if missing:
        told = f"Chỗ trống {', '.join(map(str, missing))} không nằm trong phần chữ của đề bài."
        item = item.with_problems([Remark(message=told, fatal=True, code="lost_gap")])
    problems = (*item.problems, *(problem for blank in blanks for problem in blank.problems))
    if all(blank.kind == "single" for blank in blanks):
        return _gaps(item.model_copy(update={"problems": problems}), blanks)
    if len(blanks) == 1:
        return _alone(item.model_copy(update={"problems": problems}), blanks[0])
    told = f"Câu có {len(blanks)} chỗ trống, có chỗ phải gõ câu trả lời: đã chuyển thành tình huống, mỗi chỗ trống một câu."
    remark = Remark(message=told, fix="Đọc lại đề bài của từng câu.", code="split_to_case")
    parts = [
        blank.model_copy(update={"text": blank.text or f"Chỗ trống ({n}) là gì?", "problems": ()})
        for n, blank in enumerate(blanks, 1)
    ]
    text = _MARKS.sub(lambda mark: f"({mark[1]}) {BLANK}", item.text)
    return item.model_copy(
        update={"kind": "case", "text": text, "parts": tuple(parts), "problems": (*problems, remark)}
    )


def _gaps(item: Offered, blanks: Sequence[Offered]) -> Offered:
    text, problems = item.text, item.problems
    if "{" in text or "}" in text:
        told = "Dấu { } trong đề bài đã đổi thành ( ): ở đây { } là chỗ trống."
        problems = (*problems, Remark(message=told, code="braces_replaced"))
        text = text.replace("{", "(").replace("}", ")")
    return item.model_copy(
        update={
            "kind": "gaps",
            "text": _MARKS.sub(r"{\1}", text),
            "gaps": tuple(blank.options for blank in blanks),
            "problems": problems,
        }
    )


def _alone(item: Offered, blank: Offered) -> Offered:
    """A single blank that is typed or ticked: the question is of the blank's kind.

    A blank that is the last paragraph alone is only the field; of a number with its unit behind it.
    """
    text, unit = item.text, None
    if (end := _AT_THE_END.search(text)) and (end[1] is None or blank.kind == "number") and end.start():
        text, unit = text[: end.start()], end[1]
    return item.model_copy(
        update={
            "kind": blank.kind,
            "text": _MARKS.sub(BLANK, text),
            "options": blank.options,
            "tolerance": blank.tolerance,
            "unit": blank.unit or unit,
        }
    )
