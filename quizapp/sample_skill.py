"""Dữ liệu mẫu: who misses which question, and how. The harder are missed more, by who knows less; a few mislead those who
know more, so that the analysis of questions has something to find."""

import random
from collections.abc import Sequence
from math import exp
from zlib import crc32

from quizapp.domain.content import AnyQuestion, Single
from quizapp.domain.grading import Response

MISLEADING = 90  # one question in so many


def missed(keys: Sequence[str], skill: float, least: int, most: int, rng: random.Random) -> frozenset[int]:
    """Which of the questions somebody of that skill (0 is the mean) misses: from ``least`` to ``most`` of them."""
    odds = [_odds(key, skill) for key in keys]
    found = frozenset(n for n, one in enumerate(odds) if rng.random() < one / (1 + one))
    goal = min(max(len(found), least), most, len(keys))
    if goal == len(found):
        return found
    drawn = sorted(range(len(keys)), key=lambda n: rng.expovariate(odds[n]))  # without replacement, by their odds
    return frozenset(drawn[:goal])


def _odds(key: str, skill: float) -> float:
    """Of missing it, against answering it rightly."""
    chance = crc32(key.encode())
    difficulty = -2.3 + 1.7 * (chance % 1000) / 1000
    slope = -1.3 if chance % MISLEADING == 7 else 1.1 + 1.5 * (chance // 1000 % 1000) / 1000
    return exp(slope * (difficulty - skill) if slope > 0 else -0.6 - slope * skill)


def slip(question: AnyQuestion, usual: Response, rng: random.Random) -> Response:
    """A wrong answer: of one that is chosen, some wrong options are more tempting than others; else the usual one."""
    if not isinstance(question, Single):
        return usual
    wrong = [option.key for option in question.options if not option.right]
    tempting = [0.2 + crc32(f"{question.key}{key}".encode()) % 100 / 100 for key in wrong]
    return rng.choices(wrong, tempting)[0]
