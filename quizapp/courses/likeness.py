"""Câu gần giống: an index of words in which the near-duplicates of one question are found at once, whole or not yet.

Two sets of words that share four fifths of them share one of the rarest of either (prefix filtering: Chaudhuri et al.
2006), so only questions that stand under those words are compared, however many there are.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from quizapp.courses.questions import NEAR
from quizapp.domain.vietnamese import fold

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Piece:
    """A single question as plain data, of a case with the case's situation; ``whole`` is the key of the bank's item."""

    key: str
    whole: str
    data: Mapping[str, Any]
    situation: str
    objective: str
    words: frozenset[str]
    own_words: frozenset[str]


def pieces(item: Mapping[str, Any]) -> Iterator[Piece]:
    """The single questions of an item of the bank."""
    key, objective, situation = str(item.get("key")), str(item.get("objective", "")), str(item.get("situation", ""))
    for one in item.get("questions") or () if item.get("kind") == "case" else (item,):
        own = frozenset(_WORD.findall(fold(" ".join(_texts(one)))))
        words = own | frozenset(_WORD.findall(fold(situation)))
        yield Piece(str(one.get("key")), key, one, situation, objective, words, own)


def _texts(data: Mapping[str, Any]) -> Iterator[str]:
    """All that is asked: a prompt alike over other things to match or to order is another question."""
    yield str(data.get("prompt", ""))
    yield str(data.get("text", ""))
    yield from (str(pair.get("left", "")) for pair in data.get("pairs") or ())
    yield from (str(item.get("text", "")) for item in data.get("items") or ())


class Index:
    """Mục lục từ of some questions."""

    def __init__(self, known: Iterable[Piece]):
        self.known = list(known)
        self._under: dict[str, list[int]] = defaultdict(list)
        for n, one in enumerate(self.known):
            for word in one.words:
                self._under[word].append(n)

    def near(self, piece: Piece) -> Iterator[tuple[Piece, float]]:
        """Questions that share four fifths of their words with this one, and how much: 0.8 to 1; itself is none."""
        rarest = sorted(piece.words, key=lambda word: (len(self._under.get(word, ())), word))
        rarest = rarest[: len(rarest) - ceil(NEAR * len(rarest)) + 1]
        for n in sorted({n for word in rarest for n in self._under.get(word, ())}):
            other = self.known[n]
            if other.key != piece.key and (share := _share(piece, other)) >= NEAR:
                yield other, share


def _share(one: Piece, other: Piece) -> float:
    same_case = one.whole == other.whole  # the situation says nothing
    mine, theirs = (one.own_words, other.own_words) if same_case else (one.words, other.words)
    return len(mine & theirs) / max(1, len(mine | theirs))
