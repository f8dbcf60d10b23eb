"""Sửa câu hỏi: a row more, a row less, a row up or down; another kind, with what that would drop.

What a button asks for is a word and a place: ``them:pa``, ``bo:o-1-pa-2``, ``len:phan-1``. Keys of new rows are fresh.
"""

import copy
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from quizapp.courses.drafting import fresh_keys
from quizapp.domain.grading import read_number
from quizapp.studio.question_fields import COMMON, Data, rows_of, written

LISTS = {"pa": "options", "cap": "pairs", "dong": "items", "o": "gaps", "phan": "questions"}
MOST = {"options": 8, "pairs": 8, "items": 8, "gaps": 6, "questions": 5}
MOST_CHOSEN = 6  # options of a question, or a gap, with one right answer
FIRST = {"options": 4, "pairs": 3, "items": 4, "gaps": 1, "questions": 2}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_STEP = re.compile(r"(pa|cap|dong|o|phan)(?:-(\d+))?(?:-|$)")


class NoSuchPlace(Exception):
    """A button that our page does not have."""


# --- keys ------------------------------------------------------------------------------------------------------


def fresh(field: str, used: Collection[str], count: int = 1, prefix: str = "") -> list[str]:
    """Keys that none of ``used`` is: letters for options, p4, i4, g4 for the rest, b6-31-3 for a case's questions."""
    if field == "options":
        letters = [letter for letter in _LETTERS if letter not in used]
        return [*letters, *(f"x{n}" for n in range(1, 100) if f"x{n}" not in used)][:count]
    if field == "questions":
        # Parts are numbered without a leading nought, as `drafts.add_questions` numbers them.
        last = int(fresh_keys(prefix, used, 1)[0].rsplit("-", 1)[1])
        return [f"{prefix}-{n}" for n in range(last, last + count)]
    letter = {"pairs": "p", "items": "i", "gaps": "g"}[field]
    free = (f"{letter}{n}" for n in range(1, 1000) if f"{letter}{n}" not in used)
    return [next(free) for _ in range(count)]


def row_keys(questions: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """The keys of all rows of questions, by the question's key: options (those of gaps, too), pairs, items, gaps."""
    found: dict[str, set[str]] = {}
    for question in questions:
        found |= row_keys(rows_of(question, "questions"))
        keys = found.setdefault(str(question.get("key")), set())
        for field in ("options", "pairs", "items", "gaps"):
            for row in rows_of(question, field):
                keys |= {str(row.get("key")), *(str(one.get("key")) for one in rows_of(row, "options"))}
    return found


# --- rows ------------------------------------------------------------------------------------------------------


def tidied(data: Data) -> Data:
    """Without the empty rows at the end that the form began with and nobody needed; two that say something must be left."""
    found = dict(data)
    for field in ("options", "pairs", "items"):
        rows = rows_of(data, field)
        while len(rows) > 2 and not rows[-1].keys() - {"key"} and rows[1].keys() - {"key"}:
            rows = rows[:-1]
        if rows:
            found[field] = rows
    for field in ("gaps", "questions"):
        if parts := rows_of(data, field):
            found[field] = [tidied(part) for part in parts]
    return found


def blank(kind: str, key: str, used: Collection[str] = ()) -> Data:
    """A new question with the empty rows that its kind begins with; no row has a key of ``used``."""
    data: Data = {"key": key, "kind": kind}
    field = {"single": "options", "multiple": "options", "matching": "pairs", "ordering": "items", "gaps": "gaps"}
    if kind == "case":
        keys = fresh("questions", (), FIRST["questions"], key)
        return data | {"questions": [blank("single", one) for one in keys]}
    if kind in field:
        data[field[kind]] = [_row(field[kind], one) for one in fresh(field[kind], used, FIRST[field[kind]])]
    return data


def _row(field: str, key: str) -> Data:
    if field == "questions":
        return blank("single", key)
    if field == "gaps":
        return {"key": key, "options": [{"key": one} for one in fresh("options", (), 3)]}
    return {"key": key}


def alter(data: Data, wanted: str, used: Mapping[str, Collection[str]], used_questions: Collection[str]) -> Data:
    """The question after a button: ``used`` are the keys of rows in its revisions, by question; `NoSuchPlace`."""
    word, _, place = wanted.partition(":")
    changed = copy.deepcopy(data)
    holder, field, at = _find(changed, place)
    rows = rows_of(holder, field)
    if word == "them" and at is None:
        if len(rows) < most(holder, field):
            keys = {str(row.get("key")) for row in rows} | set(used.get(str(_question_at(changed, place)["key"]), ()))
            taken = keys | set(used_questions) if field == "questions" else keys
            rows.append(_row(field, fresh(field, taken, 1, str(changed["key"]))[0]))
    elif at is None or at >= len(rows) or word not in ("bo", "len", "xuong"):
        raise NoSuchPlace(wanted)
    elif word == "bo":
        del rows[at]
    else:
        other = at + (1 if word == "xuong" else -1)
        if 0 <= other < len(rows):
            rows[at], rows[other] = rows[other], rows[at]
    holder[field] = rows
    if not rows:
        del holder[field]
    return changed


def most(holder: Mapping[str, Any], field: str) -> int:
    """How many rows a list may have."""
    if field == "options" and holder.get("kind") != "multiple":
        return MOST_CHOSEN
    return MOST[field]


def _steps(place: str) -> list[tuple[str, int | None]]:
    steps: list[tuple[str, int | None]] = []
    rest = place
    while rest:
        found = _STEP.match(rest)
        if not found:
            raise NoSuchPlace(place)
        steps.append((LISTS[found[1]], None if found[2] is None else int(found[2])))
        rest = rest[found.end() :]
    if not steps or len(steps) > 3:
        raise NoSuchPlace(place)
    return steps


def _find(data: Data, place: str) -> tuple[Data, str, int | None]:
    """What holds the list, the list's name, and the row in it."""
    holder = data
    *above, (field, at) = _steps(place)
    for name, n in above:
        rows = rows_of(holder, name)
        if n is None or n >= len(rows):
            raise NoSuchPlace(place)
        holder = rows[n]
    return holder, field, at


def _question_at(data: Data, place: str) -> Data:
    """The question, of a case the one among its questions, in which the place lies."""
    (field, n), *rest = _steps(place)
    parts = rows_of(data, "questions")
    return parts[n] if field == "questions" and rest and n is not None and n < len(parts) else data


# --- another kind ----------------------------------------------------------------------------------------------

_OWN = {
    "single": ("options", "ordered"),
    "multiple": ("options", "ordered"),
    "true_false": ("answer", "why"),
    "matching": ("pairs", "extra"),
    "ordering": ("items",),
    "short": ("accepted", "without_marks"),
    "number": ("value", "tolerance", "unit"),
    "gaps": ("text", "gaps"),
    "case": ("questions",),
}
_NAMES = {
    "options": "các phương án",
    "ordered": "dấu giữ thứ tự",
    "answer": "đáp án đúng, sai",
    "why": "phần vì sao",
    "pairs": "các cặp",
    "extra": "vế phải gây nhiễu",
    "items": "các dòng",
    "accepted": "các câu trả lời được nhận",
    "without_marks": "dấu nhận khi gõ không dấu",
    "value": "số đúng",
    "tolerance": "sai số",
    "unit": "đơn vị tính",
    "text": "đoạn văn có chỗ trống",
    "gaps": "các chỗ trống",
    "questions": "các câu khác trong tình huống",
}


def convert(data: Data, kind: str, used: Collection[str] = ()) -> tuple[Data, list[str]]:
    """The question as another kind, and what that drops, in words. Nothing typed is dropped without being named.

    ``used``: the keys that rows of the question have in its revisions; rows that are made anew get others.
    """
    before = str(data.get("kind", ""))
    if before == kind:
        return data, []
    if before == "case":
        return _out_of_case(data, kind, used)
    if kind == "case":
        return _into_case(data)
    kept = {field: data[field] for field in ("key", "objective", "situation", *COMMON) if field in data}
    given, dropped = _carried(data, kind, used)
    fields = [field for field in _OWN.get(before, ()) if field in data and _said(data[field])]
    untold = [_NAMES[field] for field in fields if field not in _taken(before, kind)]
    start = {field: value for field, value in blank(kind, str(data["key"]), used).items() if field not in kept}
    return start | kept | given, [*untold, *dropped]


def _said(value: Any) -> bool:
    """Whether a field holds anything that somebody typed: rows with nothing but their key do not."""
    if isinstance(value, list):
        return any(
            not isinstance(row, dict) or set(row) - {"key", "options"} or _said(row.get("options")) for row in value
        )
    return value is not None


def _taken(before: str, kind: str) -> set[str]:
    """What of a kind another kind has a place for."""
    listed = {"single": "options", "multiple": "options", "matching": "pairs", "ordering": "items", "short": "accepted"}
    taken = {"options", "ordered"} if {before, kind} == {"single", "multiple"} else set()
    if before in listed and kind in ("single", "multiple", "ordering", "matching", "short"):
        taken.add(listed[before])
    if before == "number" and kind in ("single", "multiple", "short"):
        taken.add("value")
    if before == "short" and kind == "number":
        taken.add("accepted")
    if before == "gaps" and kind in ("single", "multiple"):
        taken.add("gaps")
    return taken


def _carried(data: Data, kind: str, used: Collection[str]) -> tuple[Data, list[str]]:
    """What the other kind takes over, and what of it is lost on the way."""
    before = str(data.get("kind", ""))
    if kind in ("single", "multiple") and (before in ("single", "multiple") or before == "gaps"):
        return _as_options(data, kind)
    texts = [text for row in _texts(data, before) if (text := row[0])]
    if kind == "number":
        return _as_number([str(one) for one in data.get("accepted") or ()] if before == "short" else [])
    if not texts or not _taken(before, kind):
        return {}, []
    return _as_rows(kind, data, before, used)


def _texts(data: Data, before: str) -> list[tuple[str, str, bool]]:
    """The rows of any kind as (text, reason, whether right)."""
    match before:
        case "single" | "multiple":
            return [(o.get("text", ""), o.get("why", ""), bool(o.get("right"))) for o in rows_of(data, "options")]
        case "matching":
            return [(p.get("left", ""), p.get("why", ""), False) for p in rows_of(data, "pairs")]
        case "ordering":
            return [(item.get("text", ""), "", False) for item in rows_of(data, "items")]
        case "short":
            return [(str(one), "", n == 0) for n, one in enumerate(data.get("accepted") or ())]
        case "number":
            return [(written(data["value"]), "", True)] if "value" in data else []
    return []


def _as_options(data: Data, kind: str) -> tuple[Data, list[str]]:
    dropped = []
    options = rows_of(data, "options")
    if gaps := rows_of(data, "gaps"):
        options = rows_of(gaps[0], "options")
        dropped += ["các chỗ trống sau chỗ thứ nhất"] if _said(gaps[1:]) else []
    options = copy.deepcopy(options)
    right = [option for option in options if option.get("right")]
    if kind == "single" and len(right) > 1:
        for option in right[1:]:
            del option["right"]
        dropped.append(f"dấu đúng của {len(right) - 1} phương án, chỉ giữ phương án đúng thứ nhất")
    if kind == "single" and len(options) > MOST_CHOSEN:
        dropped.append(f"{len(options) - MOST_CHOSEN} phương án cuối, chọn một có nhiều nhất {MOST_CHOSEN}")
        options = options[:MOST_CHOSEN]
    ordered = {"ordered": True} if data.get("ordered") else {}
    return ({"options": options} if options else {}) | ordered, dropped


def _as_number(accepted: list[str]) -> tuple[Data, list[str]]:
    value = read_number(accepted[0]) if accepted else None
    if value is None:
        return {}, ["các câu trả lời được nhận"] if accepted else []
    return {"value": float(value)}, ["các câu trả lời được nhận sau câu thứ nhất"] if len(accepted) > 1 else []


def _as_rows(kind: str, data: Data, before: str, used: Collection[str]) -> tuple[Data, list[str]]:
    rows, dropped = [row for row in _texts(data, before) if row[0]], []
    field = {"single": "options", "multiple": "options", "ordering": "items", "matching": "pairs"}.get(kind)
    if field is None:  # short answers: only what is right
        right = [text for text, _, ok in rows if ok]
        dropped += ["các phương án chưa đúng"] if len(right) < len(rows) and before in ("single", "multiple") else []
        rows = rows if before in ("matching", "ordering") else [row for row in rows if row[2]]
        return ({"accepted": [text for text, _, _ in rows]} if rows else {}), dropped + _reasons_lost(rows)
    if len(rows) > most({"kind": kind}, field):
        dropped.append(f"{len(rows) - most({'kind': kind}, field)} dòng cuối")
        rows = rows[: most({"kind": kind}, field)]
    column = {"options": "text", "items": "text", "pairs": "left"}[field]
    keys = fresh(field, used, len(rows))
    made: list[Data] = [{"key": key, column: text} for key, (text, _, _) in zip(keys, rows, strict=True)]
    if field == "items":
        dropped += _reasons_lost(rows)
    else:
        made = [one | ({"why": why} if why else {}) for one, (_, why, _) in zip(made, rows, strict=True)]
    if field == "options":
        made = [one | ({"right": True} if ok else {}) for one, (_, _, ok) in zip(made, rows, strict=True)]
    elif any(ok for _, _, ok in rows):
        dropped.append("dấu đúng của các phương án")
    if before == "matching":
        dropped.append("vế phải của các cặp")
    return {field: made}, dropped


def _reasons_lost(rows: Iterable[tuple[str, str, bool]]) -> list[str]:
    lost = sum(bool(why) for _, why, _ in rows)
    return [f"“vì sao” của {lost} dòng"] if lost else []


def _into_case(data: Data) -> tuple[Data, list[str]]:
    """The question becomes the first of a case, its situation the case's."""
    key = str(data["key"])
    first, second = fresh("questions", (), 2, key)
    shared = {field: data[field] for field in ("objective", "situation") if field in data}
    part = {field: value for field, value in data.items() if field not in ("objective", "situation")} | {"key": first}
    return {"key": key, "kind": "case"} | shared | {"questions": [part, blank("single", second)]}, []


def _out_of_case(data: Data, kind: str, used: Collection[str]) -> tuple[Data, list[str]]:
    """The first question of a case stays, with the case's situation."""
    parts = rows_of(data, "questions")
    shared = {field: data[field] for field in ("objective", "situation") if field in data}
    first = (parts[0] if parts else {"kind": kind}) | shared | {"key": data["key"]}
    made, dropped = convert(first, kind, used)
    said = [part for part in parts[1:] if set(part) - {"key", "kind", "options"} or _said(part.get("options"))]
    return made, [*([f"{len(said)} câu sau câu thứ nhất"] if said else []), *dropped]


def list_of(place: str) -> str:
    """The list in which a place lies, as the form names it: o-1-pa-2 -> o-1-pa."""
    return re.sub(r"-\d+$", "", place)
