"""Chất lượng câu hỏi: what the figures of a question say, in words, and when it has to be stopped.

Thresholds: ux.md, 5.3 (Ebel & Frisbie for discrimination, Raymond et al. for distractors).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import atanh, sqrt, tanh
from statistics import NormalDist

from quizapp.domain.item_analysis import Number, Pairs

SHOWN_FROM, SURE_FROM = 30, 200  # tries: fewer say nothing; fewer are for reference only
HIDDEN_BELOW = 5  # tries: of fewer not even their number is told
SUSPENDED_FROM = 200  # tries
Z95 = NormalDist().inv_cdf(0.975)


def upper_bound(index: float, attempts: int) -> float:
    """Cận trên 95% of a discrimination index, both in percent: of Fisher's interval for a correlation.

    tanh(atanh r + 1.96 / √(n − 3)); 100 where there are too few to tell. Source: R. A. Fisher, Metron 1 (1921), 3–32.
    """
    if attempts <= 3 or index >= 100:
        return 100.0
    if index <= -100:
        return -100.0
    return 100 * tanh(atanh(index / 100) + Z95 / sqrt(attempts - 3))


def must_stop(index: float | None, attempts: int) -> bool:
    """Tự tạm dừng: surely those who know more answer it worse, so its key is wrong or it misleads."""
    return index is not None and attempts >= SUSPENDED_FROM and upper_bound(index, attempts) < 0


# --- strong and weak thirds ------------------------------------------------------------------------------------


def thirds(pairs: Pairs) -> tuple[Fraction, Fraction, Fraction] | None:
    """The mean of the first values over the weak, the middle and the strong third by the second; None of nobody.

    Who stands equal where a third ends is shared between both thirds in proportion, so the order of rows says nothing.
    """
    n = sum(pairs.values())
    if not n:
        return None
    sums, before = [Fraction(0)] * 3, 0
    for _, often, total in _by_rest(pairs):
        for third in range(3):
            shared = _overlap(3 * before, 3 * (before + often), third * n, (third + 1) * n)
            sums[third] += Fraction(total) * shared / (3 * often)
        before += often
    weak, middle, strong = (one * 3 / n for one in sums)
    return weak, middle, strong


def _by_rest(pairs: Pairs) -> Iterator[tuple[Number, int, Number]]:
    """(rest, how many, their sum), the weakest first."""
    often: Counter[Number] = Counter()
    total: dict[Number, Number] = {}
    for (value, rest), n in pairs.items():
        often[rest] += n
        total[rest] = total.get(rest, 0) + value * n
    return ((rest, often[rest], total[rest]) for rest in sorted(often))


def _overlap(one: int, end: int, other: int, other_end: int) -> int:
    return max(0, min(end, other_end) - max(one, other))


def shares(rests: Mapping[Number, int], chose: Mapping[Number, int]) -> tuple[Fraction, Fraction, Fraction] | None:
    """Of each third of those asked (``rests``: rest -> how many), which share chose an option (``chose``)."""
    pairs: dict[tuple[Number, Number], int] = {}
    for rest, n in rests.items():
        pairs[1, rest], pairs[0, rest] = chose.get(rest, 0), n - chose.get(rest, 0)
    return thirds({pair: n for pair, n in pairs.items() if n})


# --- what it says ----------------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """Đánh giá, the better the earlier."""

    FINE = "on"
    LOOK = "can-xem"
    MEND = "can-sua"
    TOO_FEW = "chua-du"


@dataclass(frozen=True)
class Finding:
    """One thing said of a question: about which measure, how grave, what it means and what to do."""

    measure: str
    verdict: Verdict
    text: str


@dataclass(frozen=True)
class Seen:
    """What is known of a question. ``wrong``: how often each wrong option was chosen, where just one can be; shares 0–1."""

    attempts: int
    facility: Fraction | None
    index: float | None
    seconds: Fraction | None
    wrong: Mapping[str, Fraction]
    reports: int


def findings(seen: Seen) -> list[Finding]:
    """All that is to be said of a question, the gravest first; without enough tries only what learners reported."""
    found = list(_reports(seen))
    if seen.attempts >= SHOWN_FROM:
        found += [*_discrimination(seen), *_facility(seen), *_distractors(seen), *_time(seen)]
    return sorted(found, key=lambda one: one.verdict is not Verdict.MEND)


def verdict(seen: Seen) -> Verdict:
    """Đánh giá chung: the worst of all that is said."""
    said = {one.verdict for one in findings(seen)}
    if Verdict.MEND in said:
        return Verdict.MEND
    if seen.attempts < SHOWN_FROM:
        return Verdict.TOO_FEW
    return Verdict.LOOK if said else Verdict.FINE


def _facility(seen: Seen) -> Iterator[Finding]:
    p = seen.facility
    if p is None:
        return
    if p < Fraction(40, 100):
        yield Finding("do-kho", Verdict.MEND, "Quá khó. Kiểm tra đáp án, câu chữ, và bài đã dạy điều này chưa.")
    elif p < Fraction(60, 100):
        yield Finding("do-kho", Verdict.LOOK, "Hơi khó. Xem lại câu chữ và mục bài học liên quan.")
    elif p > Fraction(97, 100):
        yield Finding("do-kho", Verdict.MEND, "Quá dễ, gần như ai cũng đúng. Thay phương án sai bằng sai lầm có thật.")
    elif p > Fraction(90, 100):
        yield Finding("do-kho", Verdict.LOOK, "Hơi dễ. Xem các phương án sai có đáng cân nhắc không.")


def _discrimination(seen: Seen) -> Iterator[Finding]:
    """Of few tries a correlation says little (at 60 it is off by 0.25 in one of twenty): then only what is surely weak
    is to be mended, and the rest looked at.
    """
    r = seen.index
    if r is None:
        return
    sure = seen.attempts >= SURE_FROM or upper_bound(r, seen.attempts) < 20
    weak, maybe = (Verdict.MEND, "") if sure else (Verdict.LOOK, f" Mới {seen.attempts} lượt, để tham khảo.")
    if r < 0:
        said = "Người làm tốt các câu khác lại sai câu này nhiều hơn. Kiểm tra đáp án trước tiên."
        yield Finding("phan-biet", weak, said + maybe)
    elif r < 20:
        yield Finding("phan-biet", weak, "Không phân biệt được người nắm bài. Viết lại câu hoặc phương án." + maybe)
    elif r < 30:
        yield Finding("phan-biet", Verdict.LOOK, "Phân biệt còn yếu. Xem phương án nào làm người nắm bài phân vân.")


def _distractors(seen: Seen) -> Iterator[Finding]:
    dead = dead_options(seen.facility, seen.wrong)
    if dead:
        listed = ", ".join(dead)
        grave = Verdict.MEND if len(dead) > 1 else Verdict.LOOK
        yield Finding("phuong-an", grave, f"Phương án hầu như không ai chọn: {listed}. Thay bằng sai lầm hay gặp.")


def dead_options(facility: Fraction | None, wrong: Mapping[str, Fraction]) -> list[str]:
    """Wrong options that under 5 % chose, or, of an easy question, under a third of their part of the wrong answers."""
    if facility is None or len(wrong) < 2:
        return []
    least = min(Fraction(5, 100), (1 - facility) / (3 * len(wrong)))
    return [key for key, share in wrong.items() if share < least]


def _time(seen: Seen) -> Iterator[Finding]:
    if seen.seconds is None:
        return
    if seen.seconds < 10:
        yield Finding("thoi-gian", Verdict.MEND, "Trả lời quá nhanh, dưới 10 giây: đoán được mà không cần đọc kỹ.")
    elif seen.seconds > 120:
        yield Finding("thoi-gian", Verdict.MEND, "Mất hơn 2 phút: rút ngắn tình huống hoặc tách câu.")
    elif seen.seconds < 15:
        yield Finding("thoi-gian", Verdict.LOOK, "Trả lời nhanh, dưới 15 giây: xem câu có tự lộ đáp án không.")
    elif seen.seconds > 90:
        yield Finding("thoi-gian", Verdict.LOOK, "Mất hơn 90 giây: xem câu chữ có rườm rà không.")


def _reports(seen: Seen) -> Iterator[Finding]:
    often = Fraction(seen.reports, max(seen.attempts, 1))
    enough = seen.attempts >= SHOWN_FROM
    if seen.reports >= 3 or (enough and often > Fraction(2, 100)):
        yield Finding(
            "bao-cau", Verdict.MEND, "Nhiều người học báo câu này chưa chính xác. Đọc và trả lời các ý kiến báo."
        )
    elif enough and often >= Fraction(5, 1000):
        yield Finding("bao-cau", Verdict.LOOK, "Có người học báo câu này. Đọc và trả lời ý kiến báo.")


def sureness(attempts: int) -> str:
    """How far the figures can be trusted, in words; "" where they are stable."""
    if attempts < SHOWN_FROM:
        return "Chưa đủ số liệu"
    return "tham khảo" if attempts < SURE_FROM else ""


def first(found: Sequence[Finding]) -> str:
    """Việc nên làm: the gravest thing that was said, or ""."""
    return found[0].text if found else ""
