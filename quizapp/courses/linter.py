"""Quy tắc soạn câu hỏi: what a trainer should look at again before a unit is published.

Rules 1-7 follow Haladyna, Downing & Rodriguez 2002; the numbers are design/ux.md 5.2's. A finding is advice: the
unit can be read and taken without heeding it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

from quizapp.domain.content import AnyQuestion, Case, Gaps, Matching, Multiple, Option, Ordering, Path, Single, Unit
from quizapp.domain.vietnamese import fold

MAX_SENTENCE = 25  # words
SHORT = 20  # letters: shorter options may differ as they like
SPREAD = 0.4  # of the mean length
RIGHT_OVER_OTHERS = 1.4
LONGEST_RIGHT = 0.4  # of a unit's single-choice questions
NEAR = 0.8  # of the words of two questions, in common

Severity = Literal["error", "warning"]
SEVERITY: dict[str, Severity] = {
    "all-or-none": "error",
    "bank-size": "error",
    "forbidden-word": "error",
    "long-sentence": "warning",
    "longest-right": "warning",
    "near-duplicate": "warning",
    "negative": "warning",
    "option-length": "warning",
    "real-name": "warning",
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


@dataclass(frozen=True)
class _Asked:
    """A single question, where it stands, and the situation it is asked in, its own or its case's."""

    where: Path
    question: AnyQuestion
    situation: str


def findings(unit: Unit) -> list[Finding]:
    """Everything in the unit that breaks a rule of item writing, in the order of reading."""
    asked = list(_asked(unit))
    found = [*_lengths(asked), *_longest(asked), *_all_or_none(asked), *_negatives(asked), *_near_duplicates(asked)]
    found += _bank_sizes(unit)
    for where, text in _texts(unit.model_dump(), ()):
        found += _long_sentences(where, text)
        found += _real_names(where, text)
        found += _forbidden_words(where, text)
    fields = list(Unit.model_fields)
    return sorted(found, key=lambda finding: _position(fields, finding.where))


def words(text: str) -> int:
    """Số chữ: what stands between spaces and holds a letter or a digit."""
    return sum(any(c.isalnum() for c in word) for word in text.split())


# --- walking ---------------------------------------------------------------------------------------------------


def _asked(unit: Unit) -> Iterator[_Asked]:
    for n, item in enumerate(unit.questions):
        if isinstance(item, Case):
            for m, part in enumerate(item.questions):
                yield _Asked(("questions", n, "questions", m), part, item.situation)
        else:
            yield _Asked(("questions", n), item, item.situation or "")


_CODES = {"key", "kind", "task", "cite", "provision", "objective", "level", "feedback", "accepted"}


def _texts(data: Any, where: Path) -> Iterator[tuple[Path, str]]:
    """Every text that a person reads, with its path; codes and typed answers are none."""
    if isinstance(data, str):
        yield where, data
    elif isinstance(data, dict):
        for field, value in data.items():
            if field not in _CODES:
                yield from _texts(value, (*where, field))
    elif isinstance(data, list | tuple):
        for n, value in enumerate(data):
            yield from _texts(value, (*where, n))


def _position(fields: Sequence[str], where: Path) -> tuple[Any, ...]:
    """Sorts by field of the unit, then by number; of one question, by the order found."""
    numbers = [part for part in where if isinstance(part, int)]
    return fields.index(str(where[0])), numbers


# --- options ---------------------------------------------------------------------------------------------------


def _option_lists(asked: Sequence[_Asked]) -> Iterator[tuple[Path, Sequence[Option], bool]]:
    """Every list of options, with its path and whether exactly one of them is right."""
    for one in asked:
        if isinstance(one.question, Single | Multiple):
            yield (*one.where, "options"), one.question.options, isinstance(one.question, Single)
        elif isinstance(one.question, Gaps):
            for n, gap in enumerate(one.question.gaps):
                yield (*one.where, "gaps", n, "options"), gap.options, True


def _lengths(asked: Sequence[_Asked]) -> Iterator[Finding]:
    """Options of one question are about as long as each other, the right one above all."""
    for where, options, one_right in _option_lists(asked):
        lengths = [len(option.text) for option in options]
        mean = sum(lengths) / len(lengths)
        for n, option in enumerate(options if mean >= SHORT else ()):
            over = lengths[n] / ((sum(lengths) - lengths[n]) / (len(lengths) - 1))
            if one_right and option.right and over > RIGHT_OVER_OTHERS:
                told = f"đáp án dài bằng {over:.0%} các phương án khác: rút gọn, hoặc viết phương án nhiễu đủ ý"
            elif abs(lengths[n] - mean) > SPREAD * mean:
                told = f"phương án dài {lengths[n]} ký tự, trung bình {mean:.0f}: viết cho gần bằng nhau (±40%)"
            else:
                continue
            yield Finding((*where, n, "text"), "option-length", told)


def _longest(asked: Sequence[_Asked]) -> Iterator[Finding]:
    """The right option is not the longest so often that length gives it away."""
    singles = [one.question for one in asked if isinstance(one.question, Single)]
    given_away = [single.key for single in singles if _right_is_longest(single)]
    if len(given_away) > LONGEST_RIGHT * len(singles):
        told = f"đáp án dài nhất ở {len(given_away)}/{len(singles)} câu chọn một, nên không quá 1/3: sửa bớt trong số "
        yield Finding(("questions",), "longest-right", told + ", ".join(given_away))


def _right_is_longest(single: Single) -> bool:
    right = next(len(option.text) for option in single.options if option.right)
    return right > max(len(option.text) for option in single.options if not option.right)


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


def _all_or_none(asked: Sequence[_Asked]) -> Iterator[Finding]:
    told = "không dùng “tất cả / không có phương án nào”, “A và B đúng”: thay bằng một phương án có nội dung"
    for where, options, _ in _option_lists(asked):
        for n, option in enumerate(options):
            if any(pattern.search(option.text) for pattern in _ALL_OR_NONE):
                yield Finding((*where, n, "text"), "all-or-none", told)


# --- prompts ---------------------------------------------------------------------------------------------------

# "nào không?" at the end asks yes or no; "việc nào không đúng" asks for the wrong one.
_NEGATIVE = re.compile(r"(?i)\bkhông phải\b|\bnào (?:không|chưa)\b(?!\s*(?:[?.!,;]|$))|\bngoại trừ\b")


def _negatives(asked: Sequence[_Asked]) -> Iterator[Finding]:
    for one in asked:
        if "**KHÔNG**" not in one.question.prompt and (found := _NEGATIVE.search(one.question.prompt)):
            told = (
                f"đề bài hỏi ngược (“{found[0]}”): hỏi điều đúng, hoặc viết **KHÔNG** in đậm để người học không đọc sót"
            )
            yield Finding((*one.where, "prompt"), "negative", told)


def _near_duplicates(asked: Sequence[_Asked]) -> Iterator[Finding]:
    """Questions that share four fifths of their words with an earlier one.

    Two sets that near share one of the rarest words of each (prefix filtering: Chaudhuri et al. 2006), so only
    questions that meet in the index of those words are compared.
    """
    vocabularies = [_vocabulary(one) for one in asked]
    often = Counter(word for vocabulary in vocabularies for word in vocabulary)
    index: dict[str, list[int]] = defaultdict(list)
    for n, vocabulary in enumerate(vocabularies):
        rarest = sorted(vocabulary, key=lambda word: (often[word], word))
        rarest = rarest[: len(rarest) - ceil(NEAR * len(rarest)) + 1]
        met = sorted({m for word in rarest for m in index[word]})
        twin = next((m for m in met if _near(asked[n], vocabulary, asked[m], vocabularies[m])), None)
        if twin is not None:
            told = f"gần giống câu {asked[twin].question.key}: bỏ một câu, hoặc hỏi sang ý khác"
            yield Finding((*asked[n].where, "prompt"), "near-duplicate", told)
        if twin is None or vocabulary != vocabularies[twin]:  # a hundred copies stay one entry
            for word in rarest:
                index[word].append(n)


def _vocabulary(one: _Asked) -> set[str]:
    """The folded words of all that is asked: two prompts alike over different situations are two questions."""
    question, texts = one.question, [one.situation, one.question.prompt]
    if isinstance(question, Gaps):
        texts.append(question.text)
    elif isinstance(question, Matching):
        texts += [pair.left for pair in question.pairs]
    elif isinstance(question, Ordering):
        texts += [item.text for item in question.items]
    return _folded_words(" ".join(texts))


def _near(one: _Asked, words_of_one: set[str], other: _Asked, words_of_other: set[str]) -> bool:
    if one.where[:2] == other.where[:2]:  # of one case: the situation says nothing
        words_of_one, words_of_other = _folded_words(one.question.prompt), _folded_words(other.question.prompt)
    return len(words_of_one & words_of_other) >= NEAR * len(words_of_one | words_of_other)


def _folded_words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))


def _bank_sizes(unit: Unit) -> Iterator[Finding]:
    """A second attempt should meet other questions."""
    for objective, drawn in unit.quiz.draw.items():
        items = [item for item in unit.questions if item.objective == objective]
        if (size := sum(len(item.questions) if isinstance(item, Case) else 1 for item in items)) < 2 * drawn:
            told = f"ngân hàng có {size} câu cho mục tiêu “{objective}”, rút {drawn}: cần ít nhất {2 * drawn} câu"
            yield Finding(("quiz", "draw", objective), "bank-size", told)


# --- every text ------------------------------------------------------------------------------------------------

_FENCE_LINE = re.compile(r"(?m)^:::.*$")
_SOFT_WRAP = re.compile(r"(?<!\n)\n(?!\s*(?:\n|$|[-*+] |\d+[.)] |#))")
_SENTENCE_END = re.compile(r"[.!?;:…]+(?=[\s”’\"')*]|$)|\n")


def _long_sentences(where: Path, text: str) -> Iterator[Finding]:
    if where[0] == "sections":  # Markdown: a single line break does not end a sentence
        text = _SOFT_WRAP.sub(" ", _FENCE_LINE.sub("", text))
    for sentence in _SENTENCE_END.split(text):
        if (count := words(sentence)) > MAX_SENTENCE:
            start = " ".join(sentence.split()[:6])
            told = f"câu dài {count} chữ, nhiều nhất {MAX_SENTENCE}: tách câu “{start} …”"
            yield Finding(where, "long-sentence", told)


_FAMILIES = "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Lâm|Mai|Đào|Tô|Trương"
_UPPER = "A-Z" + "".join(chr(code) for code in range(0xC0, 0x1EFA) if chr(code).isupper())
_FULL_NAME = re.compile(rf"\b(?:{_FAMILIES})(?: [{_UPPER}][^\W\d_{_UPPER}]*\b){{2,}}")


def _real_names(where: Path, text: str) -> Iterator[Finding]:
    for found in _FULL_NAME.finditer(text):
        if not found[0].startswith("Hồ Chí Minh"):
            told = f"“{found[0]}” giống tên người thật: viết “một công chức”, “chị Hoa”, “anh Bình”"
            yield Finding(where, "real-name", told)


_FRIENDS = r"(?<!người )(?<!nước )(?<!tình )(?<!kết )(?<!làm )\bbạn\b(?! bè| đọc| thân| học| đồng| cùng| nghề| hàng)"
_FORBIDDEN = [
    (re.compile(rf"(?i){pattern}"), advice)
    for pattern, advice in (
        (_FRIENDS, "gọi người học là “đồng chí”"),
        (r"\bquiz(?:zes)?\b", "viết “phần kiểm tra”"),
        (r"\busers?\b", "viết “người học”"),
        (r"\bsubmit\b", "viết “nộp bài”"),
        (r"\bdraft\b", "viết “bản nháp”"),
        (r"\bmodules?\b", "viết “bài”"),
        (r"\bdeadline\b", "viết “hạn hoàn thành” hoặc “hạn nộp”"),
        (r"\bnỗi cán bộ\b", "bài báo in sai, viết “mỗi cán bộ”"),
        (r"\bkhông nghĩ\b", "bài báo in sai, viết “không nghỉ” hoặc diễn đạt khác"),
        (r"\btrao dồi\b", "bài báo in sai, viết “trau dồi”"),
    )
]


def _forbidden_words(where: Path, text: str) -> Iterator[Finding]:
    for pattern, advice in _FORBIDDEN:
        if found := pattern.search(text):
            yield Finding(where, "forbidden-word", f"không dùng “{found[0]}”: {advice}")
