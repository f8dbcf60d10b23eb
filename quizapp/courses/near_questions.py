"""Câu gần giống: questions of a file that are nearly the same as one of the bank, or as an earlier one of the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.courses.exchange.texts import to_plain
from quizapp.courses.nearness import folded_words, near_pairs
from quizapp.domain.interchange import Offered, Remark


@dataclass(frozen=True)
class Twin:
    """Câu gần giống: what it asks, and where it stands: in the bank, or earlier in the same file."""

    text: str
    where: str
    key: str | None = None  # of the bank's question
    unit_id: int | None = None


@dataclass(frozen=True)
class Kept:
    """A question that the bank has."""

    item: Offered
    where: str
    unit_id: int | None = None


def twins(items: Sequence[Offered], bank: Sequence[Kept] = ()) -> dict[int, Twin]:
    """For each place in the list whose question is near one of the bank or an earlier one: that one."""
    words = [folded_words(said(one.item)) for one in bank] + [folded_words(said(item)) for item in items]
    found = {}
    for n, m in near_pairs(words, lambda n, m: n >= len(bank)):
        if m < len(bank):
            kept = bank[m]
            found[n - len(bank)] = Twin(
                kept.item.text or kept.item.situation or "", kept.where, kept.item.id, kept.unit_id
            )
        else:
            twin = items[m - len(bank)]
            found[n - len(bank)] = Twin(twin.text, twin.place or f"câu {m - len(bank) + 1}")
    return found


def twin_remark(twin: Twin) -> Remark:
    """What a twin is told as."""
    where = f"câu {twin.key} ({twin.where})" if twin.key else twin.where
    return Remark(
        message=f"Gần giống {where}: “{twin.text[:80]}”.",
        code="near_duplicate",
        fix="Bỏ một câu, hoặc hỏi sang ý khác.",
    )


def said(item: Offered) -> str:
    """What is asked, as letters alone: for finding twins."""
    texts = [item.situation or "", item.text, *(pair.left for pair in item.pairs), *(part.text for part in item.parts)]
    if item.kind == "ordering" or len(item.text) < _SHORT:
        texts += [option.text for option in item.options]
    return to_plain(" ".join(texts))


_SHORT = 40  # letters: “Chọn phương án đúng:” says nothing without its options
