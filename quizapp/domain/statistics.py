"""Thống kê câu trả lời: shares, bands and medians of a group, and what a small group may not show.

A group under five people shows no marks, and neither does the one cell that would reveal it by subtraction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from quizapp.domain.content import AnyQuestion, Gaps, Matching, Multiple, Option, Single, TrueFalse
from quizapp.domain.grading import POSSIBLE, grade

LEAST_PEOPLE = 5  # fewer: no marks are shown
LEAST_ANSWERS = 5  # fewer answers to a question say nothing about it
WEAK, WEAKER, WEAKEST = Fraction(70, 100), Fraction(60, 100), Fraction(50, 100)
FAST_SECONDS = 20  # a question answered faster than this, on the mean of an attempt, was hardly read
FAST_SHARE = Fraction(40, 100)  # more such attempts than this: "cần xem"
LONGEST_MINUTES = 120  # the last step of the histogram: this long or longer


def heat(share: Fraction | None) -> int:
    """How weak: 0 not weak (uncoloured), 1, 2, 3 below 70, 60 and 50 percent."""
    if share is None or share >= WEAK:
        return 0
    return 1 if share >= WEAKER else 2 if share >= WEAKEST else 3


def hidden(people: Sequence[int], whole: int) -> list[bool]:
    """Which of a column's groups may not show marks: those under five, and the next smallest where they give it away.

    ``whole``: the people of the group that all of them stand in, whose own mark is shown: what all hidden parts and those
    in no part have together is known by subtraction, so it must hold nobody or at least five.
    """
    hide = [0 < n < LEAST_PEOPLE for n in people]
    left = whole - sum(n for n, gone in zip(people, hide, strict=True) if not gone)
    for n in sorted(range(len(people)), key=lambda n: (people[n], n)):
        if not 0 < left < LEAST_PEOPLE:
            break
        if people[n] and not hide[n]:
            hide[n], left = True, left + people[n]
    return hide


@dataclass(frozen=True)
class Bands:
    """Mức kết quả: how many stand at 100 %, from 80, from 50, below 50."""

    full: int
    high: int
    middle: int
    low: int

    @property
    def whole(self) -> int:
        return self.full + self.high + self.middle + self.low

    def named(self) -> list[tuple[str, int]]:
        """The bands in words, the best first."""
        names = ("Đúng tất cả (100%)", "Từ 80% đến dưới 100%", "Từ 50% đến dưới 80%", "Dưới 50%")
        return list(zip(names, (self.full, self.high, self.middle, self.low), strict=True))


def band(earned: int, possible: int) -> str:
    """Which band a mark belongs to: "full", "high", "middle" or "low"."""
    if earned >= possible:
        return "full"
    return "high" if earned * 100 >= 80 * possible else "middle" if earned * 100 >= 50 * possible else "low"


def out_of_ten(earned: int, possible: int) -> int:
    """A mark on the scale of ten, in hundredths, rounded half up."""
    return (2000 * earned + possible) // (2 * possible) if possible else 0


@dataclass(frozen=True)
class Spread:
    """Thời gian làm bài: the median in minutes (None: nothing to tell), and the share of attempts that were hardly read."""

    minutes: Fraction | None
    fast: Fraction | None

    @property
    def to_look_at(self) -> bool:
        """Cần xem: so many attempts went so fast that somebody should ask why. Never an accusation."""
        return self.fast is not None and self.fast > FAST_SHARE


def median(histogram: Mapping[int, int]) -> Fraction | None:
    """The median of values given as value -> how often; the mean of the middle two where their number is even."""
    whole = sum(histogram.values())
    if not whole:
        return None
    middle = ((whole - 1) // 2, whole // 2)
    found, before = [], 0
    for value in sorted(histogram):
        found += [value for at in middle if before <= at < before + histogram[value]]
        before += histogram[value]
    return Fraction(sum(found), len(found))


# --- what an attempt adds --------------------------------------------------------------------------------------

PEOPLE, PASSED, ANSWERS, RIGHT = "people", "passed", "answers", "right"  # of first attempts
MARK = "mark"  # of first attempts: their marks out of ten, in hundredths
ATTEMPTS, FAST = "attempts", "fast"
BAND, MINUTES = "band:", "minutes:"  # a band of first attempts; how many attempts took so long


@dataclass(frozen=True)
class Taken:
    """An attempt that has been handed in: its questions in order, what was chosen, how long it took, how it ended.

    ``earned`` of ``possible``: its mark as it was given then.
    """

    questions: Mapping[str, AnyQuestion]
    keys: Sequence[str]
    chosen: Mapping[str, object]
    took: timedelta
    passed: bool
    earned: int = 0
    possible: int = 0


def results(taken: Taken, first: bool) -> dict[str, int]:
    """Measure -> how much the attempt adds to it."""
    answered = [key for key in taken.keys if key in taken.chosen]
    marks = {key: grade(taken.questions[key], taken.chosen[key]) for key in answered}  # type: ignore[arg-type]
    minutes = min(int(taken.took.total_seconds() // 60), LONGEST_MINUTES)
    fast = bool(answered) and taken.took.total_seconds() < FAST_SECONDS * len(answered)
    found = {ATTEMPTS: 1, f"{MINUTES}{minutes}": 1} | ({FAST: 1} if fast else {})
    if first:
        right = sum(mark == POSSIBLE for mark in marks.values())
        found |= {PEOPLE: 1, PASSED: int(taken.passed), ANSWERS: len(answered), RIGHT: right}
        found |= {MARK: out_of_ten(taken.earned, taken.possible)}
        found[BAND + band(sum(marks.values()), POSSIBLE * len(taken.keys))] = 1
    return {measure: n for measure, n in found.items() if n}


def options(taken: Taken) -> Iterator[tuple[str, str]]:
    """(question, option) of every choice in the attempt; "*" for each answered question, "+" for each right answer."""
    for key in taken.keys:
        if key in taken.chosen:
            question, chosen = taken.questions[key], taken.chosen[key]
            yield key, "*"
            if grade(question, chosen) == POSSIBLE:  # type: ignore[arg-type]
                yield key, "+"
            for option in _chosen(question, chosen):
                yield key, option


def _chosen(question: AnyQuestion, chosen: object) -> list[str]:
    """The options of an answer; none of a typed answer or an order, of which there is no end."""
    known = {**wrong_options(question), **dict.fromkeys(_right_options(question), "")}
    if isinstance(chosen, dict):
        listed = [f"{slot}={key}" for slot, key in chosen.items()]
    else:
        listed = [chosen] if isinstance(chosen, str) else list(chosen) if isinstance(chosen, list) else []
    return [option for option in dict.fromkeys(listed) if option in known]


def wrong_options(question: AnyQuestion) -> dict[str, str]:
    """Option -> its words, of all that are not right."""
    match question:
        case Single() | Multiple():
            return {option.key: option.text for option in question.options if not option.right}
        case TrueFalse():
            return {"false": "Sai"} if question.answer else {"true": "Đúng"}
        case Gaps():
            gaps = question.gaps
            return {f"{gap.key}={option.key}": option.text for gap in gaps for option in _wrong(gap.options)}
        case Matching():
            rights = {pair.key: pair.right for pair in question.pairs}
            rights |= {f"x{n}": text for n, text in enumerate(question.extra, 1)}
            pairs = ((pair, key, text) for pair in question.pairs for key, text in rights.items())
            return {f"{pair.key}={key}": f"{pair.left}: {text}" for pair, key, text in pairs if text != pair.right}
        case _:
            return {}


def _wrong(options: Sequence[Option]) -> list[Option]:
    return [option for option in options if not option.right]


def _right_options(question: AnyQuestion) -> list[str]:
    match question:
        case Single() | Multiple():
            return [option.key for option in question.options if option.right]
        case TrueFalse():
            return ["true" if question.answer else "false"]
        case _:
            return []
