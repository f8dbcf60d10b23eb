"""Điều mà định dạng khác không có chỗ: carried by tags and in texts that other tools show as well, and put back when read.

The reasons of pairs stand behind the general feedback. In GIFT, which knows neither situations nor gaps, a situation
stands before the text of each of its questions, and a tag says how many paragraphs of it are situation.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from quizapp.courses.exchange.texts import BREAK, to_plain
from quizapp.domain.interchange import Offered, tags_of, told_by_tags

_REASONS = "Vì sao từng cặp:"
_SITUATION = re.compile(r"tình huống: (\d{1,3}) đoạn(?:, (.+))?")
_PART = re.compile(r"câu \d{1,3}: ")
_GAP = "loại: điền chỗ trống"
_BETWEEN, _NO_NAME = "\n\n", "không mã"
BLANK = "_____"


# --- the reasons of pairs --------------------------------------------------------------------------------------


def with_reasons(item: Offered) -> Offered:
    """A matching question whose general feedback also says why each pair belongs together."""
    told = [f"{_flat(one.left)} → {_flat(one.right)}: {_flat(one.feedback)}" for one in item.pairs if one.feedback]
    if not told:
        return item
    feedback = "\n\n".join(filter(None, (item.feedback, BREAK.join([_REASONS, *told]))))
    pairs = tuple(one.model_copy(update={"feedback": None}) for one in item.pairs)
    return item.model_copy(update={"feedback": feedback, "pairs": pairs})


def reasons_apart(item: Offered) -> Offered:
    """The question as it was before `with_reasons`; any other as it is."""
    whole, start, listed = (item.feedback or "").rpartition(_REASONS)
    if not start or not item.pairs or (whole and not whole.endswith("\n\n")):
        return item
    lines = [line.strip() for line in listed.strip().split("\n")]
    found = dict(_reasons(item, lines))
    if len(found) != len(lines):
        return item
    pairs = tuple(one.model_copy(update={"feedback": found.get(n)}) for n, one in enumerate(item.pairs))
    return item.model_copy(update={"feedback": whole.strip() or None, "pairs": pairs})


def _reasons(item: Offered, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    for line in lines:
        for n, pair in enumerate(item.pairs):
            head = f"{_bare(pair.left)} → {_bare(pair.right)}: "
            if pair.left and _bare(line).startswith(head):
                reason = line.partition(f"{_flat(pair.right)}: ")[2]
                yield n, reason or _bare(line).removeprefix(head)
                break


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())


def _bare(text: str) -> str:
    return " ".join(to_plain(text).split())


# --- the questions of a situation in QTI, where it is one item --------------------------------------------------


def tags_of_all(item: Offered, but: Collection[str] = ()) -> tuple[str, ...]:
    """The tags of a question and of its parts, these with their number before them."""
    told = list(tags_of(item, but))
    for n, part in enumerate(item.parts, 1):
        names = [f"mã: {part.id}"] if part.id else []
        told += [f"câu {n}: {tag}" for tag in (*tags_of(part, but), *names)]
    return tuple(told)


def parts_told(item: Offered) -> Offered:
    """A situation whose parts have again what the tags tell of them."""
    parts = []
    for n, part in enumerate(item.parts, 1):
        mine = [tag.removeprefix(f"câu {n}: ") for tag in item.tags if tag.startswith(f"câu {n}: ")]
        name = next((tag.removeprefix("mã: ") for tag in mine if tag.startswith("mã: ")), part.id)
        tags = (*part.tags, *(tag for tag in mine if not tag.startswith("mã: ")))
        parts.append(told_by_tags(part.model_copy(update={"tags": tags, "id": name})))
    own = tuple(tag for tag in item.tags if not _PART.match(tag))
    return item.model_copy(update={"parts": tuple(parts), "tags": own}) if parts else item


# --- situations and gaps in GIFT -------------------------------------------------------------------------------


def apart(items: Iterable[Offered]) -> Iterator[Offered]:
    """Single questions, each with its situation before the text and a tag that tells how to put it back."""
    for item in items:
        if item.kind != "case":
            yield _single(item)
        for n, part in enumerate(item.parts, 1):
            told = {"id": part.id or (f"{item.id}-{n}" if item.id else None), "situation": item.situation or item.text}
            told |= {"category": item.category, "objective": item.objective}
            yield _single(part.model_copy(update=told), item.id or _NO_NAME)


def _single(item: Offered, case: str = "") -> Offered:
    tags, text = item.tags, item.text
    if item.situation:
        count = item.situation.count(_BETWEEN) + 1
        tags = (*tags, f"tình huống: {count} đoạn" + (f", {case}" if case else ""))
        text = f"{item.situation}{_BETWEEN}{text}"
    if item.kind == "gaps":
        tags = (*tags, _GAP)
    return with_reasons(item.model_copy(update={"tags": tags, "text": text, "situation": None}))


def together(items: Iterable[Offered]) -> Iterator[Offered]:
    """The questions with their situations apart again, those of one situation as a case."""
    group: list[Offered] = []
    open_case = None
    for item in items:
        case, item = _put_back(reasons_apart(item))
        if group and (case is None or case != open_case or item.situation != group[0].situation):
            yield from _case(group, open_case or "")
            group = []
        open_case = case
        if case is None:
            yield item
        else:
            group.append(item)
    if group:
        yield from _case(group, open_case or "")


def _put_back(item: Offered) -> tuple[str | None, Offered]:
    """(the case that it belongs to, the question with its situation and its gap in their places)."""
    case = None
    for tag in item.tags:
        if found := _SITUATION.fullmatch(tag):
            paragraphs = item.text.split(_BETWEEN)
            count = int(found[1])
            if 0 < count < len(paragraphs):
                told = {"situation": _BETWEEN.join(paragraphs[:count]), "text": _BETWEEN.join(paragraphs[count:])}
                item = item.model_copy(update=told)
                case = found[2]
            item = _without(item, tag)
        elif tag == _GAP and item.kind == "single":
            text = item.text.replace(BLANK, "{1}") if BLANK in item.text else f"{item.text} {{1}}"
            item = _without(item, tag).model_copy(
                update={"kind": "gaps", "text": text, "gaps": (item.options,), "options": ()}
            )
    return case, item


def _without(item: Offered, tag: str) -> Offered:
    return item.model_copy(update={"tags": tuple(one for one in item.tags if one != tag)})


def _case(group: Sequence[Offered], name: str) -> Iterator[Offered]:
    """Questions of one situation; a single one is no case."""
    first = group[0]
    if len(group) == 1:
        yield first
        return
    bare = {"situation": None, "objective": None, "category": None, "place": ""}
    yield Offered(
        kind="case",
        id=None if name == _NO_NAME else name,
        situation=first.situation,
        objective=first.objective,
        category=first.category,
        place=first.place,
        parts=tuple(one.model_copy(update=bare) for one in group),
        problems=tuple(problem for one in group for problem in one.problems),
    )
