"""Ô số liệu: what one first try adds to the sums over a question, and the figures that the sums give.

A cell says how often something happened together with a certain rest of the paper: a mark, a choice. From the cells of a
question come all of its figures, whoever the people were; a new try only adds to them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256

from quizapp.domain.content import AnyQuestion, Gaps, Matching, Multiple, Ordering, Single, TrueFalse
from quizapp.domain.grading import grade
from quizapp.domain.item_analysis import Item, Number, Quiz, covariance_of, item, quiz
from quizapp.domain.item_quality import shares, thirds
from quizapp.domain.statistics import Taken, median
from quizapp.domain.vietnamese import plain

QUIZ = "*"  # in place of a question: the whole paper
MARK, BLANK, OPTION, SECONDS = "+", "-", ":", "s"
LONGEST = 900  # seconds: who took longer was away
HIGHEST = 100  # hundredths of a point

Cell = tuple[str, int, int]  # what happened; what the other questions earned, in hundredths; how many others there were
Cells = Mapping[Cell, int]


# --- what a try adds -------------------------------------------------------------------------------------------


def of_attempt(taken: Taken, seconds: Mapping[str, int]) -> Iterator[tuple[str, Cell]]:
    """(question, cell) of all that a first try brings. A question left out earns nothing, as in Moodle."""
    marks = {key: grade(taken.questions[key], taken.chosen.get(key)) for key in taken.keys}  # type: ignore[arg-type]
    total, others = sum(marks.values()), len(taken.keys) - 1
    for key in taken.keys:
        rest, answered = total - marks[key], key in taken.chosen
        yield key, (f"{MARK}{marks[key]}" if answered else BLANK, rest, others)
        if answered:
            yield from ((key, (OPTION + one, rest, others)) for one in _chosen(taken.questions[key], taken.chosen[key]))
        if key in seconds:
            yield key, (f"{SECONDS}{seconds[key]}", 0, 0)
    yield QUIZ, (_paper(taken.keys), total, others + 1)


def _paper(keys: Iterable[str]) -> str:
    """The same for all papers with the same questions, in whatever order."""
    return sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]


def seconds_each(started_at: datetime, saved: Mapping[str, datetime]) -> dict[str, int]:
    """Question -> seconds since the answer before it was saved, or since the start.

    Answers that came together, as after a time without a connection, say nothing of their time.
    """
    found, before = {}, started_at
    for key, at in sorted(saved.items(), key=lambda pair: pair[1]):
        seconds = int((at - before).total_seconds())
        if seconds >= 1:
            found[key] = min(seconds, LONGEST)
        before = at
    return found


def _chosen(question: AnyQuestion, chosen: object) -> list[str]:
    if isinstance(question, Ordering):
        placed = zip(chosen if isinstance(chosen, list) else (), question.items, strict=False)
        return [one.key for key, one in placed if key == one.key]
    if isinstance(chosen, dict):
        listed = [f"{slot}={key}" for slot, key in chosen.items()]
    else:
        listed = [chosen] if isinstance(chosen, str) else list(chosen) if isinstance(chosen, list) else []
    known = choices(question)
    return [one for one in dict.fromkeys(listed) if one in known]


def choices(question: AnyQuestion) -> dict[str, tuple[str, bool]]:
    """Option -> (its words, whether it is right), of all that can be chosen; nothing of what is typed.

    Of an order, an option is a line that stands in its right place.
    """
    match question:
        case Single() | Multiple():
            return {option.key: (option.text, option.right) for option in question.options}
        case TrueFalse():
            return {"true": ("Đúng", question.answer), "false": ("Sai", not question.answer)}
        case Gaps():
            gaps = [(gap.key, option) for gap in question.gaps for option in gap.options]
            return {f"{gap}={option.key}": (option.text, option.right) for gap, option in gaps}
        case Matching():
            rights = {pair.key: pair.right for pair in question.pairs}
            rights |= {f"x{n}": text for n, text in enumerate(question.extra, 1)}
            pairs = [(pair, key, text) for pair in question.pairs for key, text in rights.items()]
            return {f"{p.key}={k}": (f"{p.left}: {text}", plain(text) == plain(p.right)) for p, k, text in pairs}
        case Ordering():
            return {one.key: (f"Đặt đúng chỗ: {one.text}", True) for one in question.items}
        case _:
            return {}


# --- what the sums say -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A choice: of those asked, which share made it; of the weak, the middle and the strong third alike."""

    key: str
    share: Fraction
    thirds: tuple[Fraction, Fraction, Fraction]


@dataclass(frozen=True)
class Figures:
    """A question's figures; ``with_whole``: covariance with the mean mark of the paper, from which its weight comes."""

    item: Item
    blank: int
    with_whole: Fraction | None
    thirds: tuple[Fraction, Fraction, Fraction] | None
    seconds: Fraction | None
    choices: tuple[Choice, ...]


def figures(cells: Cells) -> Figures:
    """The figures of a question from its cells."""
    marks = {cell: n for cell, n in cells.items() if cell[0][0] in (MARK, BLANK)}
    exactly = len({others for _, _, others in marks}) < 2  # all papers of one length: whole numbers do
    pairs, whole, rests = Counter[tuple[Number, Number]](), Counter[tuple[Number, Number]](), Counter[Number]()
    for (what, rest, others), n in marks.items():
        mark = int(what[1:] or 0)
        pairs[mark, _share(rest, others, exactly)] += n
        whole[mark, Fraction(mark + rest, others + 1)] += n
        rests[_share(rest, others, exactly)] += n
    histogram = {int(what[1:]): n for (what, _, _), n in cells.items() if what[0] == SECONDS}
    blank = sum(n for (what, _, _), n in marks.items() if what == BLANK)
    parts = thirds(pairs)
    levels = None if parts is None else (parts[0] / HIGHEST, parts[1] / HIGHEST, parts[2] / HIGHEST)
    told = tuple(_choices(cells, rests, exactly))
    return Figures(item(pairs, HIGHEST), blank, covariance_of(whole), levels, median(histogram), told)


def _share(rest: int, others: int, exactly: bool) -> Number:
    """The rest of the paper, so that papers of any length compare."""
    return rest if exactly else Fraction(rest, others) if others else 0


def _choices(cells: Cells, rests: Mapping[Number, int], exactly: bool) -> Iterator[Choice]:
    chose: dict[str, Counter[Number]] = {}
    for (what, rest, others), n in cells.items():
        if what[0] == OPTION:
            chose.setdefault(what[1:], Counter())[_share(rest, others, exactly)] += n
    asked = sum(rests.values())
    for key, by_rest in sorted(chose.items()):
        parts = shares(rests, by_rest)
        if parts is not None:
            yield Choice(key, Fraction(sum(by_rest.values()), asked), parts)


@dataclass(frozen=True)
class Whole:
    """A quiz: how many papers, of how many kinds and questions; its figures where all answered the same."""

    attempts: int
    papers: int
    questions: int
    quiz: Quiz | None


def whole(cells: Cells, items: Iterable[Item]) -> Whole:
    """The figures of a quiz from the cells of its papers and the figures of its questions, in hundredths of a point."""
    kinds = {(what, count) for what, _, count in cells}
    attempts, most = sum(cells.values()), max((count for _, count in kinds), default=0)
    if len(kinds) != 1:
        return Whole(attempts, len(kinds), most, None)
    marks: Counter[Number] = Counter()
    for (_, total, _), n in cells.items():
        marks[total] += n
    return Whole(attempts, 1, most, quiz(marks, [one.variance for one in items]))
