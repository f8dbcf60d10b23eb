"""Gần giống nhau: sets of words that share four fifths, found by an index of rare words, never each against each.

Two sets that near share one of the rarest words of each (prefix filtering: Chaudhuri et al. 2006), so only those that
meet in the index of those words are compared, and only where their sizes allow it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from quizapp.domain.vietnamese import fold

SHARE = 4, 5  # of the words of two texts, in common
NEAR = SHARE[0] / SHARE[1]
_WORD = re.compile(r"\w+")


def folded_words(text: str) -> set[str]:
    """The words of a text, without case and marks."""
    return set(_WORD.findall(fold(text)))


def near(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    """Whether two sets share four fifths of their words."""
    common = len(one & other)
    return common * SHARE[1] >= SHARE[0] * (len(one) + len(other) - common)


def near_pairs(
    vocabularies: Sequence[AbstractSet[str]], may: Callable[[int, int], bool] = lambda n, m: True
) -> Iterator[tuple[int, int]]:
    """(n, m) for each n that is near an earlier m; ``may`` has the last word about a pair."""
    often = Counter(word for vocabulary in vocabularies for word in vocabulary)
    rank = {word: n for n, word in enumerate(sorted(often, key=lambda word: (often[word], word)))}
    index: dict[int, list[tuple[int, int]]] = defaultdict(list)  # a word -> who has it, and how many words from its end
    masks: list[int] = []
    sizes = [len(vocabulary) for vocabulary in vocabularies]
    share, whole = SHARE
    largest = max(sizes, default=0)
    for n, vocabulary in enumerate(vocabularies):
        ranks = sorted(rank[word] for word in vocabulary)
        mask, size = sum(1 << one for one in ranks), sizes[n]
        masks.append(mask)
        prefix = ranks[: size - (share * size + whole - 1) // whole + 1]
        # What two sets must have in common, by the size of the other.
        least = [-(-share * (size + other) // (share + whole)) for other in range(largest + 1)]

        def met(
            prefix: Sequence[int] = prefix, mask: int = mask, size: int = size, least: Sequence[int] = least
        ) -> Iterator[int]:
            for left, one in zip(range(size, 0, -1), prefix, strict=False):
                for m, rest in index[one]:
                    # No more than what follows the first common word can be in common.
                    common = least[sizes[m]]
                    if rest >= common <= left and (mask & masks[m]).bit_count() >= common:
                        yield m

        twin = next((m for m in met() if may(n, m)), None)
        if twin is not None:
            yield n, twin
        if twin is None or mask != masks[twin]:  # a hundred copies stay one entry
            for left, one in zip(range(size, 0, -1), prefix, strict=False):
                index[one].append((n, left))
