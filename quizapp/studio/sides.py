"""Hai bản cạnh nhau: two texts line by line, with the words that differ marked. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

Pieces = tuple[tuple[str, bool], ...]  # a stretch of text, and whether it differs

MOST_LINES = 2_000  # of a side; beyond, the texts stand there whole
MOST_WORDS = 600  # of a line; beyond, it is marked whole
_WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Row:
    """A line of one text beside the other's; an empty side has nothing there."""

    mine: Pieces
    theirs: Pieces

    @property
    def same(self) -> bool:
        return self.mine == self.theirs


def rows(mine: str, theirs: str) -> list[Row]:
    """Both texts without their empty lines."""
    left, right = _lines(mine), _lines(theirs)
    if max(len(left), len(right)) > MOST_LINES:
        return [Row(_whole(mine), _whole(theirs))]
    found: list[Row] = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Row(((line, False),), ((line, False),)) for line in left[a:b]]
        else:
            found += [_beside(one, other) for one, other in zip_longest(left[a:b], right[c:d], fillvalue="")]
    return found


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def _whole(line: str) -> Pieces:
    return ((line, True),) if line else ()


def _beside(mine: str, theirs: str) -> Row:
    left, right = _WORD.findall(mine), _WORD.findall(theirs)
    if not left or not right or max(len(left), len(right)) > MOST_WORDS:
        return Row(_whole(mine), _whole(theirs))
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return Row(
        tuple(_pieces((left[a:b], tag != "equal") for tag, a, b, _, _ in codes)),
        tuple(_pieces((right[c:d], tag != "equal") for tag, _, _, c, d in codes)),
    )


def _pieces(cut: Iterator[tuple[Sequence[str], bool]]) -> Iterator[tuple[str, bool]]:
    return (("".join(words), differs) for words, differs in cut if words)
