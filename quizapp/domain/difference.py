"""So sánh: two texts word by word, two lists of fields paragraph by paragraph."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["same", "gone", "new"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_MANY = 4_000  # words; beyond it, a paragraph is told as gone and new


@dataclass(frozen=True)
class Span:
    """A stretch of text that both have, or that only one has."""

    op: Op
    text: str


@dataclass(frozen=True)
class Line:
    """A field or paragraph: its label and its spans, in reading order."""

    label: str
    spans: tuple[Span, ...]

    @property
    def changed(self) -> bool:
        return any(span.op != "same" for span in self.spans)

    @property
    def words(self) -> tuple[int, int]:
        """Words that are new, words that are gone."""
        counts = {"new": 0, "gone": 0, "same": 0}
        for span in self.spans:
            counts[span.op] += len(re.findall(r"\w+", span.text))
        return counts["new"], counts["gone"]


def spans(old: str, new: str) -> tuple[Span, ...]:
    """Word by word: what is gone stands before what is new."""
    if old == new:
        return (Span("same", old),) if old else ()
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if not before or not after or len(before) + len(after) > _MANY:
        return tuple(Span(op, text) for op, text in (("gone", old), ("new", new)) if text)  # type: ignore[arg-type]
    return tuple(_merged(_word_spans(before, after)))


def _word_spans(before: Sequence[str], after: Sequence[str]) -> Iterator[Span]:
    for op, i, j, m, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            yield Span("same", "".join(before[i:j]))
            continue
        if j > i:
            yield Span("gone", "".join(before[i:j]))
        if n > m:
            yield Span("new", "".join(after[m:n]))


def _merged(found: Iterator[Span]) -> Iterator[Span]:
    """A space between two changes belongs to them: “một hai” -> “ba bốn” is one change."""
    gone, new = "", ""
    for span in found:
        if span.op == "same" and not (span.text.isspace() and (gone or new)):
            yield from _told(gone, new)
            gone, new = "", ""
            yield span
        elif span.op == "same":
            gone, new = gone + span.text, new + span.text
        elif span.op == "gone":
            gone += span.text
        else:
            new += span.text
    yield from _told(gone, new)


def _told(gone: str, new: str) -> Iterator[Span]:
    """A change without the space that both end with."""
    tail = ""
    while gone and new and gone[-1] == new[-1] and gone[-1].isspace():
        gone, new, tail = gone[:-1], new[:-1], gone[-1] + tail
    if gone:
        yield Span("gone", gone)
    if new:
        yield Span("new", new)
    if tail:
        yield Span("same", tail)


def fields(old: Mapping[str, str], new: Mapping[str, str]) -> list[Line]:
    """Label -> text of two versions, in the new one's order; those that are gone come where they stood."""
    labels = list(new)
    for place, label in enumerate(old):
        if label not in new:
            labels.insert(min(place, len(labels)), label)
    lines = (Line(label, spans(old.get(label, ""), new.get(label, ""))) for label in labels)
    return [line for line in lines if line.spans]


def paragraphs(old: str, new: str) -> list[Line]:
    """Paragraph by paragraph; one that was reworded stands beside what it was."""
    before, after = _split(old), _split(new)
    lines: list[Line] = []
    for op, i, j, m, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            lines += [Line("", (Span("same", text),)) for text in before[i:j]]
        else:
            lines += [Line("", spans(one, other)) for one, other in _pairs(before[i:j], after[m:n])]
    return lines


def _split(text: str) -> list[str]:
    return [part.strip("\n") for part in re.split(r"\n\s*\n", text) if part.strip()]


_ALIKE = 0.5


def _pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Paragraphs that were reworded together, the others alone, in order."""
    left = list(before)
    for text in after:
        twin = next((n for n, other in enumerate(left) if _alike(other, text)), None)
        if twin is None:
            yield "", text
            continue
        yield from ((other, "") for other in left[:twin])
        yield left[twin], text
        del left[: twin + 1]
    yield from ((other, "") for other in left)


def _alike(one: str, other: str) -> bool:
    match = SequenceMatcher(None, _WORDS.findall(one), _WORDS.findall(other), autojunk=False)
    return match.quick_ratio() >= _ALIKE and match.ratio() >= _ALIKE
