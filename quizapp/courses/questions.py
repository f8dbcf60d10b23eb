"""Câu hỏi của bài: each single question with where it stands and the situation it is asked in; which are near-duplicates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quizapp.courses.nearness import folded_words, near, near_pairs
from quizapp.domain.content import AnyQuestion, Case, Gaps, Matching, Ordering, Path, Unit


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
    """Each question that shares four fifths of its words with an earlier one, and that one; ``across``: of another unit."""

    def may(n: int, m: int) -> bool:
        one, other = asked[n], asked[m]
        if one.unit == other.unit and one.where[:2] == other.where[:2]:  # of one case: the situation says nothing
            return not across and near(folded_words(one.question.prompt), folded_words(other.question.prompt))
        return not across or one.unit != other.unit

    for n, m in near_pairs([vocabulary(one) for one in asked], may):
        yield asked[n], asked[m]


def vocabulary(one: Asked) -> set[str]:
    """The folded words of all that is asked: two prompts alike over different situations are two questions."""
    question, texts = one.question, [one.situation, one.question.prompt]
    if isinstance(question, Gaps):
        texts.append(question.text)
    elif isinstance(question, Matching):
        texts += [pair.left for pair in question.pairs]
    elif isinstance(question, Ordering):
        texts += [item.text for item in question.items]
    return folded_words(" ".join(texts))
