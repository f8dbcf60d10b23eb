"""Câu hỏi của bài: each single question with where it stands and the situation it is asked in; which are near-duplicates."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from quizapp.domain.content import AnyQuestion, Case, Gaps, Matching, Ordering, Path, Unit
from quizapp.domain.vietnamese import fold

NEAR = 0.8  # of the words of two questions, in common


@dataclass(frozen=True)
class Asked:
    """A single question, where it stands in its unit, and the situation it is asked in, its own or its case's."""

    unit: str
    where: Path
    question: AnyQuestion
    situation: str


def asked_in(unit: Unit) -> Iterator[Asked]:
    """Every single question of the unit, those of cases one by one."""
    for n, item in enumerate(unit.questions):
        if isinstance(item, Case):
            for m, part in enumerate(item.questions):
                yield Asked(unit.key, ("questions", n, "questions", m), part, item.situation)
        else:
            yield Asked(unit.key, ("questions", n), item, item.situation or "")


def twins(asked: Sequence[Asked], across: bool = False) -> Iterator[tuple[Asked, Asked]]:
    """Each question that shares four fifths of its words with an earlier one, and that one; ``across``: of another unit.

    Two sets that near share one of the rarest words of each (prefix filtering: Chaudhuri et al. 2006), so only
    questions that meet in the index of those words are compared.
    """
    vocabularies = [_vocabulary(one) for one in asked]
    often = Counter(word for vocabulary in vocabularies for word in vocabulary)
    index: dict[str, list[int]] = defaultdict(list)
    for n, vocabulary in enumerate(vocabularies):
        rarest = sorted(vocabulary, key=lambda word: (often[word], word))
        rarest = rarest[: len(rarest) - ceil(NEAR * len(rarest)) + 1]
        met = sorted({m for word in rarest for m in index[word] if not across or asked[m].unit != asked[n].unit})
        twin = next((m for m in met if _near(asked[n], vocabulary, asked[m], vocabularies[m])), None)
        if twin is not None:
            yield asked[n], asked[twin]
        if twin is None or vocabulary != vocabularies[twin]:  # a hundred copies stay one entry
            for word in rarest:
                index[word].append(n)


def _vocabulary(one: Asked) -> set[str]:
    """The folded words of all that is asked: two prompts alike over different situations are two questions."""
    question, texts = one.question, [one.situation, one.question.prompt]
    if isinstance(question, Gaps):
        texts.append(question.text)
    elif isinstance(question, Matching):
        texts += [pair.left for pair in question.pairs]
    elif isinstance(question, Ordering):
        texts += [item.text for item in question.items]
    return _folded_words(" ".join(texts))


def _near(one: Asked, words_of_one: set[str], other: Asked, words_of_other: set[str]) -> bool:
    if one.unit == other.unit and one.where[:2] == other.where[:2]:  # of one case: the situation says nothing
        words_of_one, words_of_other = _folded_words(one.question.prompt), _folded_words(other.question.prompt)
    return len(words_of_one & words_of_other) >= NEAR * len(words_of_one | words_of_other)


def _folded_words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))
