"""Phân tích câu hỏi: Moodle's quiz statistics, number for number.

Source: Moodle, https://docs.moodle.org/dev/Quiz_statistics_calculations, as its code does it
(question/classes/statistics/questions/calculator.php, mod/quiz/report/statistics/classes/calculator.php): variances and
covariances over n − 1, skewness and kurtosis by k-statistics, weights from the covariance with the whole mark. Sums are
exact here, so that "no spread at all" is zero and not a rounding error; None stands where a figure is not defined.

An item's marks come as pairs (its mark, the rest of the paper) with how often each was seen. For papers drawn from a
bank the rest is a share of what the other questions could give, so that papers may differ.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, prod, sqrt

from quizapp.domain.content import AnyQuestion, Gaps, Matching, Multiple, Ordering, Single, TrueFalse
from quizapp.domain.vietnamese import plain

Number = int | Fraction
Pairs = Mapping[tuple[Number, Number], int]  # (mark, rest) -> how often


@dataclass(frozen=True)
class Item:
    """A question's figures; ``index`` and ``efficiency`` in percent, the others in marks.

    ``index``: chỉ số phân biệt, the correlation of the mark with the rest; ``efficiency``: hiệu suất phân biệt, the
    covariance with the rest over the greatest that the same marks allow.
    """

    attempts: int
    facility: Fraction | None
    variance: Fraction | None
    covariance: Fraction | None
    index: float | None
    efficiency: float | None

    @property
    def sd(self) -> float | None:
        return None if self.variance is None else sqrt(self.variance)


def item(pairs: Pairs, highest: Number) -> Item:
    """The figures of a question for which ``highest`` could be earned."""
    n = sum(pairs.values())
    facility = (
        Fraction(sum(mark * often for (mark, _), often in pairs.items())) / n / highest if n and highest else None
    )
    variance, covariance = _variance(pairs, 0), covariance_of(pairs)
    rest, best = _variance(pairs, 1), covariance_of(_sorted_together(pairs))
    index = efficiency = None
    if covariance is not None and variance and rest:
        index = 100 * float(covariance) / sqrt(variance * rest)
    if covariance is not None and best:
        efficiency = float(100 * covariance / best)
    return Item(n, facility, variance, covariance, index, efficiency)


def covariance_of(pairs: Pairs) -> Fraction | None:
    """Over n − 1; None for fewer than two."""
    n = sum(pairs.values())
    if n < 2:
        return None
    of_one = sum(one * often for (one, _), often in pairs.items())
    of_other = sum(other * often for (_, other), often in pairs.items())
    of_both = sum(one * other * often for (one, other), often in pairs.items())
    return Fraction(n * of_both - of_one * of_other) / (n * (n - 1))


def _variance(pairs: Pairs, side: int) -> Fraction | None:
    alone = Counter[tuple[Number, Number]]()
    for pair, often in pairs.items():
        alone[pair[side], pair[side]] += often
    return covariance_of(alone)


def _sorted_together(pairs: Pairs) -> Pairs:
    """The same marks and the same rests, but the lowest with the lowest: no pairing has a greater covariance."""
    marks, rests = (sorted(_alone(pairs, side).items()) for side in (0, 1))
    together = Counter[tuple[Number, Number]]()
    at = left = 0
    for mark, often in marks:
        while often:
            left = left or rests[at][1]
            taken = min(often, left)
            together[mark, rests[at][0]] += taken
            often, left = often - taken, left - taken
            at += not left
    return together


def _alone(pairs: Pairs, side: int) -> Counter[Number]:
    found = Counter[Number]()
    for pair, often in pairs.items():
        found[pair[side]] += often
    return found


def effective_weights(covariances: Sequence[Fraction | None]) -> list[float | None]:
    """Trọng số thực: how much of the spread of the whole mark each question makes, in percent.

    ``covariances``: of each question's mark with the whole mark, its own included. Where it is negative there is no root
    to take: the question has no weight, and the others share the hundred.
    """
    roots = [None if one is None or one < 0 else sqrt(one) for one in covariances]
    whole = sum(root for root in roots if root is not None)
    return [None if root is None or not whole else 100 * root / whole for root in roots]


def intended_weight(highest: Number, of_all: Number) -> float | None:
    """Trọng số định trước: the question's share of all marks, in percent."""
    return float(100 * Fraction(highest) / of_all) if of_all else None


def random_guess(question: AnyQuestion) -> Fraction | None:
    """Điểm khi đoán bừa, 0 to 1; None where there is no telling (several right ones, an order).

    As Moodle's question types give it: one over the choices; 0 for what is typed.
    """
    match question:
        case Single():
            return Fraction(1, len(question.options))
        case TrueFalse():
            return Fraction(1, 2)
        case Matching():
            return Fraction(1, len(set(map(plain, [*(pair.right for pair in question.pairs), *question.extra]))))
        case Gaps():
            shares = [Fraction(1, len(gap.options)) for gap in question.gaps]
            return sum(shares, Fraction(0)) / len(shares)
        case Multiple() | Ordering():
            return None
        case _:
            return Fraction(0)


# --- the whole quiz --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quiz:
    """The figures of all marks together; ``cic`` (Cronbach's alpha) and ``error_ratio`` in percent, the others in marks."""

    attempts: int
    median: Fraction | None = None
    mean: Fraction | None = None
    sd: float | None = None
    skewness: float | None = None
    kurtosis: float | None = None
    cic: float | None = None
    error_ratio: float | None = None
    standard_error: float | None = None


def quiz(marks: Mapping[Number, int], variances: Iterable[Fraction | None]) -> Quiz:
    """The figures of the whole marks (mark -> how often) of a quiz whose questions have those variances.

    As in Moodle, reliability is told from three attempts on, where marks differ and there are at least two questions.
    """
    n = sum(marks.values())
    if not n:
        return Quiz(0)
    mean = Fraction(sum(mark * often for mark, often in marks.items())) / n
    if n == 1:
        return Quiz(n, _median(marks, n), mean)
    m2 = _moment(marks, mean, 2)
    k2 = n * m2 / (n - 1)
    told = n, _median(marks, n), mean, sqrt(k2)
    if n == 2 or not k2:
        return Quiz(*told)
    k3 = n * n * _moment(marks, mean, 3) / ((n - 1) * (n - 2))
    k4 = None
    if n > 3:
        k4 = (n + 1) * _moment(marks, mean, 4) - 3 * (n - 1) * m2 * m2
        k4 = n * n * k4 / ((n - 1) * (n - 2) * (n - 3))
    shape = float(k3) / float(k2) ** 1.5, None if k4 is None else float(k4 / (k2 * k2))
    return Quiz(*told, *shape, *_reliability(k2, [one or Fraction(0) for one in variances]))


def _moment(marks: Mapping[Number, int], mean: Fraction, power: int) -> Fraction:
    total = sum(often * prod([mark - mean] * power) for mark, often in marks.items())
    return Fraction(total) / sum(marks.values())


def _median(marks: Mapping[Number, int], n: int) -> Fraction:
    middle = (n - 1) // 2, n // 2
    found, before = list[Number](), 0
    for mark in sorted(marks):
        found += [mark for at in middle if before <= at < before + marks[mark]]
        before += marks[mark]
    return Fraction(sum(found)) / 2


def _reliability(k2: Fraction, variances: Sequence[Fraction]) -> tuple[float, float, float] | tuple[()]:
    p = len(variances)
    if p < 2:
        return ()
    cic = Fraction(p, p - 1) * (1 - sum(variances, Fraction(0)) / k2)
    ratio = sqrt(1 - cic)
    return float(100 * cic), 100 * ratio, ratio * sqrt(k2)


# --- a sheet of marks ------------------------------------------------------------------------------------------


def analyse(
    marks: Sequence[Sequence[Fraction]], highest: Sequence[Fraction]
) -> tuple[list[Item], list[float | None], Quiz]:
    """Items, their effective weights, the quiz: of attempts that all answered the same questions, a row an attempt."""
    scale = lcm(*(one.denominator for row in (highest, *marks) for one in row))  # whole numbers are ten times as quick
    rows = [[int(one * scale) for one in row] for row in marks]
    totals = [sum(row) for row in rows]
    columns = [_column(rows, totals, n) for n in range(len(highest))]
    items = [_smaller(item(pairs, int(most * scale)), scale) for pairs, most in zip(columns, highest, strict=True)]
    with_whole = [_add(one.variance, one.covariance) for one in items]  # cov(x, x + rest)
    of_all: Counter[Number] = Counter(Fraction(total, scale) for total in totals)
    return items, effective_weights(with_whole), quiz(of_all, [one.variance for one in items])


def _column(rows: Sequence[Sequence[int]], totals: Sequence[int], n: int) -> Pairs:
    return Counter((row[n], total - row[n]) for row, total in zip(rows, totals, strict=True))


def _smaller(one: Item, scale: int) -> Item:
    square = scale * scale
    variance = None if one.variance is None else one.variance / square
    covariance = None if one.covariance is None else one.covariance / square
    return Item(one.attempts, one.facility, variance, covariance, one.index, one.efficiency)


def _add(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one + other


def told(
    slots: Sequence[int | str], marks: Sequence[Sequence[Fraction]], highest: Sequence[Fraction]
) -> dict[str, object]:
    """The figures as plain JSON, as `quizapp statistics` prints them."""
    items, weights, whole = analyse(marks, highest)
    lines = [dict(_line(*one)) for one in zip(slots, items, weights, strict=True)]
    names = "attempts median mean sd skewness kurtosis cic error_ratio standard_error".split()
    return {"slots": lines, "quiz": {name: _plain(getattr(whole, name)) for name in names}}


def _line(slot: int | str, one: Item, weight: float | None) -> Iterator[tuple[str, object]]:
    yield "slot", slot
    yield "attempts", one.attempts
    yield "facility", _plain(one.facility)
    yield "sd", _plain(one.sd)
    yield "effective_weight", weight
    yield "covariance", _plain(one.covariance)
    yield "discrimination_index", one.index
    yield "discriminative_efficiency", one.efficiency


def _plain(value: Number | float | None) -> int | float | None:
    return float(value) if isinstance(value, Fraction) else value
