"""Tìm: the words of a text, with and without their marks, and what is shown of a text that has been found.

The database only compares words that were made here, so both databases find the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.domain.vietnamese import fold, one_tone_style

MOST_WORDS = 12
_WORD = re.compile(r"[^\W\d_]+|\d+")  # letters and digits apart: QĐ144 is QĐ and 144
_CLOSE = re.compile(r"[\s/–-]{1,3}")  # between two marked words that are marked as one: 10/CT-TTg


def words(text: str) -> list[str]:
    """The words with their marks, in one tone style."""
    return _WORD.findall(one_tone_style(text.casefold()))


def bare_words(text: str) -> list[str]:
    """The words without their marks, đ as d."""
    return _WORD.findall(fold(text))


def line(heading: list[str], text: list[str]) -> str:
    """The words as they are stored: one space around each, a bar after the heading."""
    return f" {' '.join(heading)} | {' '.join(text)} "


@dataclass(frozen=True)
class Query:
    """What somebody looks for: at most a dozen words, as typed and without marks."""

    exact: tuple[str, ...]
    bare: tuple[str, ...]

    @classmethod
    def read(cls, typed: str) -> "Query":
        """Of whatever was typed; nothing to look for where it holds neither letters nor digits."""
        return cls(tuple(words(typed)[:MOST_WORDS]), tuple(bare_words(typed)[:MOST_WORDS]))

    @property
    def marked(self) -> bool:
        """Whether any of it was typed with marks."""
        return self.exact != self.bare

    def marks(self, text: str) -> "Marks":
        """What is to be marked in a text that was found: a word as typed where it stands there, else without its marks."""
        there = set(words(text))
        typed = {fold(word): word for word in self.exact}
        exact = {typed[bare] for bare in self.bare if typed.get(bare) in there}
        return Marks(frozenset(exact), frozenset(self.bare) - {fold(word) for word in exact})


@dataclass(frozen=True)
class Marks:
    """Words to mark: as they stand, and whatever their marks."""

    exact: frozenset[str]
    bare: frozenset[str]

    def pieces(self, text: str) -> Iterator[tuple[str, bool]]:
        """The text in its original letters, cut into what is marked and what is not."""
        end = 0
        for start, stop in self._spans(text):
            if start > end:
                yield text[end:start], False
            yield text[start:stop], True
            end = stop
        if end < len(text):
            yield text[end:], False

    def _spans(self, text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for word in _WORD.finditer(text):
            if self._holds(word[0]):
                if found and _CLOSE.fullmatch(text[found[-1][1] : word.start()]):
                    found[-1] = (found[-1][0], word.end())
                else:
                    found.append(word.span())
        return found

    def _holds(self, word: str) -> bool:
        return fold(word) in self.bare or one_tone_style(word.casefold()) in self.exact

    def excerpt(self, text: str, length: int) -> str:
        """About ``length`` words of the text, with the first marked one among them; "…" where something is left out."""
        spans = [word.span() for word in re.finditer(r"\S+", text)]
        if len(spans) <= length:
            return text
        first = next((start for start, _ in self._spans(text)), 0)
        at = next(n for n, (_, end) in enumerate(spans) if end > first)
        begin = max(0, min(at - length // 4, len(spans) - length))
        shown = text[spans[begin][0] : spans[begin + length - 1][1]]
        return ("… " if begin else "") + shown + (" …" if begin + length < len(spans) else "")
