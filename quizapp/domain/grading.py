"""Chấm câu trả lời: the shown order, what the browser may see, reading a form, marks and feedback.

The key of a question must not follow from anything on the page: "a" is often the right option and i1, i2, i3 is the
right order. So keys stay here and in the database; a form carries positions in the order that was shown.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeGuard

from quizapp.domain.content import (
    AnyQuestion,
    Gap,
    Gaps,
    Matching,
    Multiple,
    Number,
    Option,
    Ordering,
    Short,
    Single,
    TrueFalse,
)
from quizapp.domain.vietnamese import fold, nfc, plain

POSSIBLE = 100  # hundredths of a point: every question counts as one
LONGEST_TEXT = 200

Orders = dict[str, list[str]]
"""The keys in their shown order, by slot: "" for the question itself, the gap's key for a gap."""

Response = str | list[str] | dict[str, str]
"""Câu trả lời, canonical and JSON: an option key, "true"/"false" or text; keys; or slot key -> chosen key."""

Form = Mapping[str, Sequence[str]]


class BadResponse(ValueError):
    """What our page could not have sent."""


class Incomplete(ValueError):
    """Something is still to be chosen or typed: ``message`` says what, ``field`` where."""

    def __init__(self, message: str, field: str):
        self.message, self.field = message, field
        super().__init__(message)


# --- the shown order -------------------------------------------------------------------------------------------


def arrange(question: AnyQuestion, rng: random.Random) -> Orders:
    """The order in which one paper shows the question."""
    match question:
        case Single() | Multiple():
            keys = [option.key for option in question.options]
            return {"": keys if question.ordered else _shuffled(keys, rng)}
        case Matching():
            return {"": _shuffled(list(_rights(question)), rng)}
        case Ordering():
            right = [item.key for item in question.items]
            shown = right
            while shown == right:
                shown = _shuffled(right, rng)
            return {"": shown}
        case Gaps():
            return {gap.key: _shuffled([option.key for option in gap.options], rng) for gap in question.gaps}
        case _:
            return {}


def _shuffled(keys: Sequence[str], rng: random.Random) -> list[str]:
    return rng.sample(keys, len(keys))


def _rights(question: Matching) -> dict[str, str]:
    """Right key -> text: pairs with the same text share the first one's key; extras are x1, x2, ..."""
    texts: dict[str, str] = {}
    for pair in question.pairs:
        if _right_key(question, pair.right) == pair.key:
            texts[pair.key] = pair.right
    return texts | {f"x{n}": text for n, text in enumerate(question.extra, 1)}


def _right_key(question: Matching, text: str) -> str:
    return next(pair.key for pair in question.pairs if plain(pair.right) == plain(text))


def _texts(options: Sequence[Option]) -> dict[str, str]:
    return {option.key: option.text for option in options}


def _in_text(question: Gaps) -> list[Gap]:
    """The gaps in the order in which a reader meets them."""
    return sorted(question.gaps, key=lambda gap: question.text.index("{" + gap.key + "}"))


# --- what a learner may see ------------------------------------------------------------------------------------

HINTS = {
    "single": "Chọn một phương án",
    "multiple": "Chọn các phương án đúng",
    "true_false": "Chọn Đúng hoặc Sai",
    "matching": "Ghép mỗi dòng với một nội dung",
    "ordering": "Xếp theo thứ tự đúng",
    "short": "Gõ câu trả lời ngắn",
    "number": "Nhập một số",
    "gaps": "Chọn cho từng chỗ trống",
}
_TRUTH = {"true": "Đúng", "false": "Sai"}


@dataclass(frozen=True)
class Choice:
    """A choice: the form's value for it, its letter on the page, its text."""

    value: str
    letter: str
    text: str


@dataclass(frozen=True)
class Row:
    """A line that takes one of the question's choices: its field in the form, its text."""

    field: str
    text: str


@dataclass(frozen=True)
class Blank:
    """Chỗ trống: its field in the form and its own choices."""

    field: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Shown:
    """A question as the browser may see it before it is answered: no keys, no whys, no explanation.

    ``choices`` are the options, the rights of a matching, or the positions of an ordering ("1", "2", ...);
    ``rows`` the lines of a matching or an ordering; ``segments`` the text of gaps, with a `Blank` for each.
    """

    kind: str
    prompt: str
    situation: str | None
    hint: str
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    segments: tuple[str | Blank, ...] = ()
    unit: str | None = None


def show(question: AnyQuestion, orders: Orders) -> Shown:
    """The question in its shown order, without anything that gives the key away."""
    rows: tuple[Row, ...] = ()
    match question:
        case Matching():
            rows = tuple(Row(f"ghep-{n}", pair.left) for n, pair in enumerate(question.pairs, 1))
        case Ordering():
            texts = {item.key: item.text for item in question.items}
            rows = tuple(Row(f"vi-tri-{n}", texts[key]) for n, key in enumerate(orders[""], 1))
    return Shown(
        kind=question.kind,
        prompt=question.prompt,
        situation=question.situation,
        hint=HINTS[question.kind],
        choices=_choices(question, orders),
        rows=rows,
        segments=tuple(_segments(question, orders)) if isinstance(question, Gaps) else (),
        unit=question.unit if isinstance(question, Number) else None,
    )


def _choices(question: AnyQuestion, orders: Orders) -> tuple[Choice, ...]:
    match question:
        case Single() | Multiple():
            return _positions(orders[""], _texts(question.options))
        case Matching():
            return _positions(orders[""], _rights(question))
        case Ordering():
            return tuple(Choice(str(n), "", str(n)) for n, _ in enumerate(orders[""], 1))
        case TrueFalse():
            return tuple(Choice(key, _letter(n), text) for n, (key, text) in enumerate(_TRUTH.items()))
        case _:
            return ()


def _positions(keys: Sequence[str], texts: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(str(n + 1), _letter(n), texts[key]) for n, key in enumerate(keys))


def _letter(n: int) -> str:
    return chr(ord("A") + n)


def _segments(question: Gaps, orders: Orders) -> Iterator[str | Blank]:
    rest = question.text
    for n, gap in enumerate(_in_text(question), 1):
        before, rest = rest.split("{" + gap.key + "}")
        if before:
            yield before
        yield Blank(f"o-{n}", _positions(orders[gap.key], _texts(gap.options)))
    if rest:
        yield rest


# --- the form --------------------------------------------------------------------------------------------------

_CHOOSE = "Chọn một phương án rồi bấm “Trả lời”."
_ANSWER_FIELD = re.compile(r"chon|tra-loi|(ghep|vi-tri|o)-\d+")
_UNWANTED = re.compile("[\0\ud800-\udfff]")  # a database stores neither NUL nor half a letter
# "1.000" is a thousand and "2,5" two and a half; "2.5" and "0.125" cannot be thousands and are read as meant.
_WHOLE = r"[1-9]\d{0,2}(\.\d{3}){1,4}|[1-9]\d{0,2}( \d{3}){1,4}|\d{1,15}"
_DOT = r"0\.\d{1,10}|\d{1,15}\.(?!\d{3}$)\d{1,10}"
_NUMBER = re.compile(rf"(?P<sign>[-+−]?) ?((?P<whole>{_WHOLE})(,(?P<part>\d{{1,10}}))?|(?P<dot>{_DOT}))", re.ASCII)


@dataclass(frozen=True)
class _Slot:
    """One field of the form: the response's key for it, and what each posted value stands for."""

    key: str
    values: Mapping[str, str]


def _slots(question: AnyQuestion, orders: Orders) -> dict[str, _Slot]:
    """The fields of a question that is answered by choosing."""
    match question:
        case Single() | Multiple():
            return {"chon": _Slot("", _by_position(orders[""]))}
        case TrueFalse():
            return {"chon": _Slot("", {key: key for key in _TRUTH})}
        case Matching():
            rights = _by_position(orders[""])
            return {f"ghep-{n}": _Slot(pair.key, rights) for n, pair in enumerate(question.pairs, 1)}
        case Ordering():
            positions = {str(n): str(n) for n, _ in enumerate(orders[""], 1)}
            return {f"vi-tri-{n}": _Slot(key, positions) for n, key in enumerate(orders[""], 1)}
        case Gaps():
            gaps = enumerate(_in_text(question), 1)
            return {f"o-{n}": _Slot(gap.key, _by_position(orders[gap.key])) for n, gap in gaps}
        case _:
            return {}


def _by_position(keys: Sequence[str]) -> dict[str, str]:
    return {str(n): key for n, key in enumerate(keys, 1)}


def read_response(question: AnyQuestion, orders: Orders, form: Form) -> Response:
    """What the form says; `Incomplete` where it does not say all, `BadResponse` where it is not our page's."""
    slots = _slots(question, orders)
    if any(_ANSWER_FIELD.fullmatch(field) and field not in (slots or {"tra-loi"}) for field in form):
        raise BadResponse("fields of another kind of question")
    match question:
        case Short() | Number():
            return _read_text(question, form)
        case Multiple():
            return _read_several(slots["chon"], form)
        case Ordering():
            return _read_order(slots, form)
    picked = _read_each(question, slots, form)
    return picked[""] if isinstance(question, Single | TrueFalse) else picked


def _read_text(question: Short | Number, form: Form) -> str:
    typed = nfc(_one(form, "tra-loi") or "").strip()
    if typed and not _storable(typed):
        raise BadResponse("text too long, or not text")
    if isinstance(question, Number) and read_number(typed) is None:
        raise Incomplete("Nhập một số, ví dụ 5 hoặc 2,5.", "tra-loi")
    if not typed:
        raise Incomplete("Gõ câu trả lời rồi bấm “Trả lời”.", "tra-loi")
    return typed


def _storable(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TEXT and not _UNWANTED.search(text)


def _read_several(slot: _Slot, form: Form) -> list[str]:
    posted = [value for value in form.get("chon", ()) if value]
    if len(set(posted)) < len(posted):
        raise BadResponse("a choice posted twice")
    if not posted:
        raise Incomplete(_CHOOSE, "chon")
    return sorted(_meaning(slot, value) for value in posted)


def _read_order(slots: Mapping[str, _Slot], form: Form) -> list[str]:
    at: dict[str, str] = {}
    for field, slot in slots.items():
        if not (posted := _one(form, field)):
            raise Incomplete(f"Chọn vị trí cho đủ {len(slots)} dòng rồi bấm “Trả lời”.", field)
        if (position := _meaning(slot, posted)) in at:
            raise Incomplete(
                f"Vị trí {position} đang chọn cho hai dòng. Chọn cho mỗi dòng một vị trí khác nhau.", field
            )
        at[position] = slot.key
    return [at[position] for position in sorted(at, key=int)]


def _read_each(question: AnyQuestion, slots: Mapping[str, _Slot], form: Form) -> dict[str, str]:
    picked = {}
    for field, slot in slots.items():
        if not (posted := _one(form, field)):
            raise Incomplete(_missing(question, len(slots)), field)
        picked[slot.key] = _meaning(slot, posted)
    return picked


def _missing(question: AnyQuestion, count: int) -> str:
    match question:
        case Matching():
            return f"Ghép đủ {count} dòng rồi bấm “Trả lời”."
        case Gaps():
            return f"Chọn cho đủ {count} chỗ trống rồi bấm “Trả lời”."
        case _:
            return _CHOOSE


def _one(form: Form, field: str) -> str | None:
    values = [value for value in form.get(field, ()) if value]
    if len(values) > 1:
        raise BadResponse(f"{field}: several values where one is allowed")
    return values[0] if values else None


def _meaning(slot: _Slot, posted: str) -> str:
    if posted not in slot.values:
        raise BadResponse(f"no such choice: {posted[:20]!r}")
    return slot.values[posted]


def read_number(text: str) -> Decimal | None:
    """The number a person typed the Vietnamese way, e.g. "5", "2,5", "1.000"; None where it is none."""
    found = _NUMBER.fullmatch(" ".join(text.split()))
    if not found:
        return None
    whole, part = re.sub(r"[. ]", "", found["whole"] or ""), found["part"] or "0"
    value = Decimal(found["dot"] or f"{whole}.{part}")
    return -value if found["sign"] in ("-", "−") else value


def chosen_fields(question: AnyQuestion, orders: Orders, response: Response | None) -> dict[str, list[str]]:
    """The form that a response came from, to show it again as it was filled in."""
    if response is None:
        return {}
    if isinstance(question, Short | Number):
        return {"tra-loi": [str(response)]}
    if isinstance(question, Ordering):
        chosen: Mapping[str, list[str]] = {key: [str(n)] for n, key in enumerate(response, 1)}
    elif isinstance(response, dict):
        chosen = {slot: [key] for slot, key in response.items()}
    else:
        chosen = {"": [response] if isinstance(response, str) else response}
    return {
        field: [value for value, key in slot.values.items() if key in chosen.get(slot.key, ())]
        for field, slot in _slots(question, orders).items()
    }


# --- marks -----------------------------------------------------------------------------------------------------


def valid_response(question: AnyQuestion, response: object) -> TypeGuard[Response]:
    """Whether a stored response still has the shape that the question asks for; never raises."""
    match question:
        case Single():
            return response in [option.key for option in question.options]
        case TrueFalse():
            return response in list(_TRUTH)
        case Multiple():
            keys = [option.key for option in question.options]
            return _all_of(response, keys) and bool(response) and response == sorted(set(response))
        case Ordering():
            keys = [item.key for item in question.items]
            return _all_of(response, keys) and sorted(response) == sorted(keys)
        case Matching():
            return _fills(response, {pair.key: list(_rights(question)) for pair in question.pairs})
        case Gaps():
            return _fills(response, {gap.key: [option.key for option in gap.options] for gap in question.gaps})
        case Short() | Number():
            if not isinstance(response, str) or not _storable(response) or response != nfc(response).strip():
                return False
            return isinstance(question, Short) or read_number(response) is not None


def _all_of(response: object, keys: Sequence[str]) -> TypeGuard[list[str]]:
    return isinstance(response, list) and all(key in keys for key in response)


def _fills(response: object, slots: Mapping[str, Sequence[str]]) -> bool:
    if not isinstance(response, dict) or response.keys() != slots.keys():
        return False
    return all(response[slot] in keys for slot, keys in slots.items())


def grade(question: AnyQuestion, response: Response | None) -> int:
    """Chấm: hundredths of a point, 0 to `POSSIBLE`; what is not answered earns nothing."""
    right, parts = _share(question, response)
    return (2 * POSSIBLE * right + parts) // (2 * parts)  # rounded half up


def _share(question: AnyQuestion, response: Response | None) -> tuple[int, int]:
    """How many parts of the answer are right, of how many; a choice that is not right takes one away."""
    match question:
        case Multiple() if isinstance(response, list):
            right, chosen = {option.key for option in question.options if option.right}, set(response)
            return max(0, len(chosen & right) - len(chosen - right)), len(right)
        case Matching() if isinstance(response, dict):
            pairs = question.pairs
            return sum(response.get(p.key) == _right_key(question, p.right) for p in pairs), len(pairs)
        case Gaps() if isinstance(response, dict):
            return sum(response.get(gap.key) == _right(gap.options).key for gap in question.gaps), len(question.gaps)
        case Ordering() if isinstance(response, list):
            items = question.items
            return sum(key == item.key for key, item in zip(response, items, strict=False)), len(items)
        case _:
            return int(isinstance(response, str) and _is_right(question, response)), 1


def _is_right(question: AnyQuestion, response: str) -> bool:
    match question:
        case Single():
            return response == _right(question.options).key
        case TrueFalse():
            return response == ("true" if question.answer else "false")
        case Short():
            same = fold if question.without_marks else plain
            return same(response) in map(same, question.accepted)
        case Number():
            typed = read_number(response)
            return typed is not None and abs(typed - _exact(question.value)) <= _exact(question.tolerance)
        case _:
            return False


def _right(options: Sequence[Option]) -> Option:
    return next(option for option in options if option.right)


def _exact(value: float) -> Decimal:
    """The number as it was written: 0.1 + 0.2 is 0.3 to a person."""
    return Decimal(str(value))


# --- feedback --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChoiceLine:
    """A choice, in the shown order."""

    letter: str
    text: str
    chosen: bool
    right: bool
    why: str | None


@dataclass(frozen=True)
class MatchLine:
    """A line of a matching, and what stands beside it; ``chosen`` None where nothing was."""

    left: str
    chosen: str | None
    right: str
    ok: bool
    why: str


@dataclass(frozen=True)
class OrderLine:
    """A position, counted from 1, and what stands there."""

    position: int
    chosen: str | None
    right: str
    ok: bool


@dataclass(frozen=True)
class GapLine:
    """A gap, counted from 1 in the text."""

    n: int
    chosen: str | None
    right: str
    ok: bool
    chosen_why: str | None
    right_why: str


@dataclass(frozen=True)
class Feedback:
    """Phản hồi, for after the answer: the right answer and why.

    ``why`` is the main paragraph, or two parted by an empty line; ``typed`` and ``right`` are for typed answers.
    """

    kind: str
    verdict: Literal["dung", "chua_dung", "mot_phan"]
    lines: tuple[ChoiceLine | MatchLine | OrderLine | GapLine, ...]
    typed: str | None
    right: str | None
    why: str | None
    explanation: str | None


def explain(question: AnyQuestion, orders: Orders, response: Response | None) -> Feedback:
    """What the feedback page says; ``response`` None for a question that was left out."""
    earned = grade(question, response)
    typed = isinstance(question, Short | Number) and isinstance(response, str)
    return Feedback(
        kind=question.kind,
        verdict="dung" if earned == POSSIBLE else "mot_phan" if earned else "chua_dung",
        lines=tuple(_lines(question, orders, response)),
        typed=str(response) if typed else None,
        right=_right_text(question),
        why=_why(question, response),
        explanation=question.explanation,
    )


def _lines(
    question: AnyQuestion, orders: Orders, response: Response | None
) -> Iterator[ChoiceLine | MatchLine | OrderLine | GapLine]:
    slots = response if isinstance(response, dict) else {}
    keys = [response] if isinstance(response, str) else response if isinstance(response, list) else []
    match question:
        case Single() | Multiple():
            options = {option.key: option for option in question.options}
            for n, option in enumerate(options[key] for key in orders[""]):
                yield ChoiceLine(_letter(n), option.text, option.key in keys, option.right, option.why)
        case TrueFalse():
            for n, (key, text) in enumerate(_TRUTH.items()):
                yield ChoiceLine(_letter(n), text, key in keys, _is_right(question, key), None)
        case Matching():
            rights = _rights(question)
            for pair in question.pairs:
                chosen, key = slots.get(pair.key, ""), _right_key(question, pair.right)
                yield MatchLine(pair.left, rights.get(chosen), rights[key], chosen == key, pair.why)
        case Ordering():
            texts = {item.key: item.text for item in question.items}
            for n, item in enumerate(question.items):
                chosen = keys[n] if n < len(keys) else ""
                yield OrderLine(n + 1, texts.get(chosen), item.text, chosen == item.key)
        case Gaps():
            for n, gap in enumerate(_in_text(question), 1):
                yield _gap_line(n, gap, slots.get(gap.key))


def _gap_line(n: int, gap: Gap, key: str | None) -> GapLine:
    chosen, right = next((option for option in gap.options if option.key == key), None), _right(gap.options)
    text, why = (chosen.text, chosen.why) if chosen else (None, None)
    return GapLine(n, text, right.text, chosen is right, why, right.why)


def _right_text(question: AnyQuestion) -> str | None:
    match question:
        case Short():
            return question.accepted[0]
        case Number():
            tolerance = f" ± {_written(question.tolerance)}" if question.tolerance else ""
            return f"{_written(question.value)}{tolerance} {question.unit or ''}".strip()
        case _:
            return None


def _written(value: float) -> str:
    """The number the Vietnamese way: 1.000 and 2,5."""
    return f"{_exact(value).normalize():,f}".translate(str.maketrans(",.", ".,"))


def _why(question: AnyQuestion, response: Response | None) -> str | None:
    match question:
        case Single():
            told = [option for option in question.options if option.key == response and not option.right]
            return "\n\n".join(option.why for option in [*told, _right(question.options)])
        case TrueFalse():
            return question.why
        case _:
            return None
