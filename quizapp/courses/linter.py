"""Quy tắc soạn câu hỏi: what a trainer should look at again before a unit is published.

Rules 1-7 follow Haladyna, Downing & Rodriguez 2002; the numbers are design/ux.md 5.2's. A finding is advice: the
unit can be read and taken without heeding it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from quizapp.courses.questions import Asked, asked_in, twins
from quizapp.courses.wording import Told, flowing, forbidden_words, long_sentences, real_names, real_places
from quizapp.domain.content import Case, Gaps, Multiple, Option, Path, Single, Unit
from quizapp.domain.pictures import MOST_ALT, pictures
from quizapp.domain.vietnamese import fold

SHORT = 20  # letters: shorter options may differ as they like
SPREAD = 0.4  # of the mean length
RIGHT_OVER_OTHERS = 1.4
LONGEST_RIGHT = 0.4  # of a unit's single-choice questions
MOST_AT_ONE_PLACE = 0.6  # of a unit's right answers: always choosing one letter must not pay
ENOUGH = 8  # single-choice questions, before their right answers' places say anything

Severity = Literal["error", "warning"]
SEVERITY: dict[str, Severity] = {
    "all-or-none": "error",
    "bank-size": "error",
    "forbidden-word": "error",
    "in-force": "error",
    "long-sentence": "warning",
    "longest-right": "warning",
    "near-duplicate": "warning",
    "negative": "warning",
    "no-evidence": "error",
    "option-length": "warning",
    "picture-alt": "warning",
    "picture-unknown": "error",
    "position-share": "warning",
    "real-name": "warning",
    "real-place": "warning",
    "replaced": "error",
    "task-coverage": "warning",
}


@dataclass(frozen=True)
class Finding:
    """Lưu ý khi soạn: ``where`` leads through the unit's data, ``rule`` is a key of `SEVERITY`."""

    where: Path
    rule: str
    message: str

    @property
    def severity(self) -> Severity:
        return SEVERITY[self.rule]


def findings(unit: Unit, media: Collection[str] = ()) -> list[Finding]:
    """Everything in the unit that breaks a rule of item writing, in the order of reading; ``media``: the pictures it has."""
    asked = list(asked_in(unit))
    lists, prompts = list(_option_lists(asked)), [((*one.where, "prompt"), one.question.prompt) for one in asked]
    found = [*_lengths(lists), *_longest(asked), *_all_or_none(lists), *_negatives(prompts), *_near_duplicates(asked)]
    found += [*_positions(asked), *_bank_sizes(unit)]
    for where, text in texts(unit.model_dump()):
        found += [*_wording(unit, where, text), *_pictures(where, text, media)]
    fields = list(Unit.model_fields)
    return sorted(found, key=lambda finding: _position(fields, finding.where))


def of_question(data: Mapping[str, Any]) -> list[Finding]:
    """What one question's plain data breaks, which need not be whole: what only a unit can tell is left out."""
    lists, prompts = list(_lists_in(data, ())), list(_prompts_in(data, ()))
    found = [*_lengths(lists), *_all_or_none(lists), *_negatives(prompts)]
    for where, text in texts(dict(data)):
        found += (Finding(where, rule, message) for rule, message in _told_of(text, story=True))
    return found


# --- walking ---------------------------------------------------------------------------------------------------


_CODES = {"key", "kind", "task", "cite", "provision", "objective", "level", "feedback", "accepted"}


def texts(data: Any, where: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text that a person reads, with its path; codes and typed answers are none."""
    if isinstance(data, str):
        yield where, data
    elif isinstance(data, dict):
        for field, value in data.items():
            if field not in _CODES:
                yield from texts(value, (*where, field))
    elif isinstance(data, list | tuple):
        for n, value in enumerate(data):
            yield from texts(value, (*where, n))


def _position(fields: Sequence[str], where: Path) -> tuple[Any, ...]:
    """Sorts by field of the unit, then by number; of one question, by the order found."""
    numbers = [part for part in where if isinstance(part, int)]
    return fields.index(str(where[0])), numbers


# --- options ---------------------------------------------------------------------------------------------------


OptionList = tuple[Path, Sequence[Option], bool]


def _option_lists(asked: Sequence[Asked]) -> Iterator[OptionList]:
    """Every list of options, with its path and whether exactly one of them is right."""
    for one in asked:
        if isinstance(one.question, Single | Multiple):
            yield (*one.where, "options"), one.question.options, isinstance(one.question, Single)
        elif isinstance(one.question, Gaps):
            for n, gap in enumerate(one.question.gaps):
                yield (*one.where, "gaps", n, "options"), gap.options, True


def _lists_in(data: Mapping[str, Any], where: Path) -> Iterator[OptionList]:
    """The same of plain data: an option that has no text yet is an empty one."""
    if data.get("kind") in ("single", "multiple"):
        yield (*where, "options"), _options_in(data), data["kind"] == "single"
    for field in ("gaps", "questions"):
        for n, one in enumerate(data.get(field) or ()):
            yield from _lists_in({"kind": "single"} | one if field == "gaps" else one, (*where, field, n))


def _options_in(data: Mapping[str, Any]) -> list[Option]:
    told = [(str(option.get("text", "")), bool(option.get("right"))) for option in data.get("options") or ()]
    return [Option.model_construct(key="", text=text, right=right, why="") for text, right in told]


def _prompts_in(data: Mapping[str, Any], where: Path) -> Iterator[tuple[Path, str]]:
    yield (*where, "prompt"), str(data.get("prompt", ""))
    for n, part in enumerate(data.get("questions") or ()):
        yield from _prompts_in(part, (*where, "questions", n))


def _lengths(lists: Sequence[OptionList]) -> Iterator[Finding]:
    """Options of one question are about as long as each other, the right one above all."""
    for where, options, one_right in lists:
        lengths = {n: len(option.text) for n, option in enumerate(options) if option.text}
        whole = sum(lengths.values())
        mean = whole / max(1, len(lengths))
        for n in lengths if mean >= SHORT and len(lengths) > 1 else ():
            option, over = options[n], lengths[n] / ((whole - lengths[n]) / (len(lengths) - 1))
            if one_right and option.right and over > RIGHT_OVER_OTHERS:
                told = f"đáp án dài bằng {over:.0%} các phương án khác: rút gọn, hoặc viết phương án nhiễu đủ ý"
            elif abs(lengths[n] - mean) > SPREAD * mean:
                told = f"phương án dài {lengths[n]} ký tự, trung bình {mean:.0f}: viết cho gần bằng nhau (±40%)"
            else:
                continue
            yield Finding((*where, n, "text"), "option-length", told)


def _longest(asked: Sequence[Asked]) -> Iterator[Finding]:
    """The right option is not the longest so often that length gives it away."""
    singles = [one.question for one in asked if isinstance(one.question, Single)]
    given_away = [single.key for single in singles if _right_is_longest(single)]
    if len(given_away) > LONGEST_RIGHT * len(singles):
        told = f"đáp án dài nhất ở {len(given_away)}/{len(singles)} câu chọn một, nên không quá 1/3: sửa bớt trong số "
        yield Finding(("questions",), "longest-right", told + ", ".join(given_away))


def _right_is_longest(single: Single) -> bool:
    right = next(len(option.text) for option in single.options if option.right)
    return right > max(len(option.text) for option in single.options if not option.right)


def _positions(asked: Sequence[Asked]) -> Iterator[Finding]:
    """The right answers stand at every place. Papers shuffle; what is printed, or keeps its order, does not."""
    singles = [one.question for one in asked if isinstance(one.question, Single)]
    places = Counter(position_of_right(single) for single in singles)
    for place, count in places.items() if len(singles) >= ENOUGH else ():
        if count > MOST_AT_ONE_PLACE * len(singles):
            told = f"đáp án ở vị trí {'ABCDEF'[place]} trong {count}/{len(singles)} câu chọn một: đổi chỗ cho đều A–D"
            yield Finding(("questions",), "position-share", told)


def position_of_right(single: Single) -> int:
    """Where the right option stands, from 0."""
    return next(n for n, option in enumerate(single.options) if option.right)


_THINGS = r"(?:phương án|đáp án|lựa chọn|câu trả lời|nhận định|ý|câu|nội dung)"
_ALL_OR_NONE = (
    re.compile(
        rf"(?i)^(?:tất cả|cả|các)(?: các| những)?(?: hai| ba| bốn| năm| \d)? {_THINGS}"
        r"(?:(?: đã)?(?: nêu| ở| kể)? (?:trên|dưới|còn lại)|(?: này)?(?: đều)? (?:đúng|sai))\b"
    ),
    re.compile(r"(?i)^(?:tất cả|cả (?:hai|ba|bốn|năm|\d))(?: đều)? (?:đúng|sai|không đúng)\b"),
    re.compile(rf"(?i)^không (?:có )?{_THINGS.replace('|nội dung', '')} nào\b"),
    re.compile(
        r"(?:^|\b(?i:cả|phương án|đáp án|câu|ý) )[A-F](?:, ?[A-F])* (?:và|lẫn|hoặc|&) [A-F]"
        r"(?: (?:đều )?(?:đúng|sai)\b|\W*$)"
    ),
)


def _all_or_none(lists: Sequence[OptionList]) -> Iterator[Finding]:
    told = "không dùng “tất cả / không có phương án nào”, “A và B đúng”: thay bằng một phương án có nội dung"
    for where, options, _ in lists:
        for n, option in enumerate(options):
            if any(pattern.search(option.text) for pattern in _ALL_OR_NONE):
                yield Finding((*where, n, "text"), "all-or-none", told)


# --- prompts ---------------------------------------------------------------------------------------------------

# "nào không?" at the end asks yes or no; "việc nào không đúng" asks for the wrong one.
_NEGATIVE = re.compile(r"(?i)\bkhông phải\b|\bnào (?:không|chưa)\b(?!\s*(?:[?.!,;]|$))|\bngoại trừ\b")


def _negatives(prompts: Sequence[tuple[Path, str]]) -> Iterator[Finding]:
    for where, prompt in prompts:
        if "**KHÔNG**" not in prompt and (found := _NEGATIVE.search(prompt)):
            told = (
                f"đề bài hỏi ngược (“{found[0]}”): hỏi điều đúng, hoặc viết **KHÔNG** in đậm để người học không đọc sót"
            )
            yield Finding(where, "negative", told)


def _near_duplicates(asked: Sequence[Asked]) -> Iterator[Finding]:
    """Questions that share four fifths of their words with an earlier one."""
    for one, twin in twins(asked):
        told = f"gần giống câu {twin.question.key}: bỏ một câu, hoặc hỏi sang ý khác"
        yield Finding((*one.where, "prompt"), "near-duplicate", told)


def _bank_sizes(unit: Unit) -> Iterator[Finding]:
    """A second attempt should meet other questions."""
    named = {objective.key: objective.text for objective in unit.objectives}
    for objective, drawn in unit.quiz.draw.items():
        items = [item for item in unit.questions if item.objective == objective]
        if (size := sum(len(item.questions) if isinstance(item, Case) else 1 for item in items)) < 2 * drawn:
            told = (
                f"ngân hàng có {size} câu cho mục tiêu “{named[objective]}”, rút {drawn}: cần ít nhất {2 * drawn} câu"
            )
            yield Finding(("quiz", "draw", objective), "bank-size", told)


# --- every text ------------------------------------------------------------------------------------------------

_STORIES = ("tinh-huong", "tu-lam")


def _wording(unit: Unit, where: Path, text: str) -> Iterator[Finding]:
    match where:
        case ("sections", int(n), *_):
            text, story = flowing(text), unit.sections[n].kind in _STORIES
        case _:
            story = where[0] == "questions"
    return (Finding(where, rule, message) for rule, message in _told_of(text, story))


def _told_of(text: str, story: bool) -> list[Told]:
    return [*long_sentences(text), *real_names(text), *forbidden_words(text), *(real_places(text) if story else ())]


_SAYS_NOTHING = re.compile(r"(?:hinh|anh|so do|bieu do|picture|image|img)(?: (?:anh|ve|minh hoa))?(?: \d+)?")


def _pictures(where: Path, text: str, media: Collection[str]) -> Iterator[Finding]:
    """Words in place of a picture say what it shows; the picture is there."""
    for alt, name in pictures(text) if "![" in text else ():
        folded = fold(alt)
        if name not in media:
            yield Finding(where, "picture-unknown", f"không có hình “{name}”: tải hình lên, hoặc sửa tên")
        if _SAYS_NOTHING.fullmatch(folded) or folded.replace(" ", "-") == name.rpartition(".")[0] or name in alt:
            yield Finding(
                where,
                "picture-alt",
                f"chữ thay ảnh “{alt}” không nói hình cho thấy gì: viết như kể cho người không nhìn thấy",
            )
        elif len(alt) > MOST_ALT:
            told = f"chữ thay ảnh dài {len(alt)} ký tự, nhiều nhất {MOST_ALT}: đưa bớt vào bài đọc"
            yield Finding(where, "picture-alt", told)
