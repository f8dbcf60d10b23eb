"""Bản nháp của văn bản as a value: its head and its tree of điều, khoản, điểm, as plain data like a file of library/.

A draft's body is ``{"format", "document"}``. Its parts have names, so that two people may work on two of them: HEAD (all but
the provisions) and each provision's anchor (all but its children). Every function gives a new body.
"""

import copy
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.domain.content import FORMAT, ContentProblems, Document, read_document
from quizapp.domain.vietnamese import slug

HEAD = "head/"  # no anchor looks so
MOST = 400  # provisions of one document; the longest of the course has 31
DEEPEST = 4  # điều, khoản, điểm, and one above them

Body = dict[str, Any]
# Khoản 2, Điều 3. Tên điều, Điểm a; not: Điều 1 đến Điều 5, Khoản 2 Điều 3, Phần mở đầu.
_WORDS = re.compile(
    r"(?:dieu|khoan|diem|chuong|muc|phan)-(?:\d+[a-z]?|[ivxlc]+|[a-z])"
    r"(?=$|-(?!(?:den|toi|va|dieu|khoan|diem)(?:-|$)|\d))"
)


@dataclass(frozen=True)
class Node:
    """A provision where it stands: how deep (from 0), whether it may move up or down among its like."""

    data: Mapping[str, Any]
    depth: int
    first: bool
    last: bool

    @property
    def anchor(self) -> str:
        return str(self.data["anchor"])


def of_document(document: Document) -> Body:
    """The draft that is read as this document."""
    return {"format": FORMAT, "document": document.model_dump(mode="json")}


def blank(head: Mapping[str, Any]) -> Body:
    """The draft of a new document: nothing in it yet."""
    return {"format": FORMAT, "document": {**head, "provisions": []}}


def name_of(body: Mapping[str, Any]) -> str:
    """Quy định 144-QĐ/TW."""
    number, kind = str(body["document"]["number"]), str(body["document"]["kind"])
    return number if number.startswith(kind) else f"{kind} {number}"


def read(body: Mapping[str, Any]) -> Document | None:
    """The document that the draft is; None where it is not whole yet."""
    try:
        return read_document(body["document"])
    except ContentProblems:
        return None


def problems(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What keeps it from being read: (the part, why)."""
    try:
        read_document(body["document"])
    except ContentProblems as error:
        return [(_part_at(body, one.path), one.message) for one in error.problems]
    return []


def _part_at(body: Mapping[str, Any], path: Sequence[str | int]) -> str:
    at, part = body["document"], HEAD
    for step in path:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            break
        part = str(at["anchor"]) if isinstance(at, Mapping) and "anchor" in at else part
    return part


# --- looking ---------------------------------------------------------------------------------------------------


def nodes(body: Mapping[str, Any]) -> list[Node]:
    """Every provision, in reading order."""
    return list(_nodes(body["document"]["provisions"], 0))


def _nodes(row: Sequence[Mapping[str, Any]], depth: int) -> Iterator[Node]:
    for n, one in enumerate(row):
        yield Node(one, depth, n == 0, n == len(row) - 1)
        yield from _nodes(one.get("children") or (), depth + 1)


def anchors(body: Mapping[str, Any]) -> list[str]:
    """The anchors of every provision, in reading order."""
    return [node.anchor for node in nodes(body)]


def part(body: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """A part's value; None where there is no such part."""
    if name == HEAD:
        return {key: value for key, value in body["document"].items() if key != "provisions"}
    found = next((node.data for node in nodes(body) if node.anchor == name), None)
    return None if found is None else {key: value for key, value in found.items() if key != "children"}


def below(body: Mapping[str, Any], anchor: str) -> list[str]:
    """The anchors of a provision and all below it."""
    found = next((node.data for node in nodes(body) if node.anchor == anchor), None)
    return [] if found is None else [node.anchor for node in _nodes([found], 0)]


def digest(value: Any) -> str:
    """Twelve letters that change with the value: what a page sends along to say from which text it started."""
    told = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(told).hexdigest()[:12]


# --- changing --------------------------------------------------------------------------------------------------


def with_part(body: Body, name: str, value: Mapping[str, Any]) -> Body:
    """Another value for a part; code, anchor and what stands below stay."""
    changed = copy.deepcopy(body)
    if name == HEAD:
        changed["document"] |= {**value, "code": changed["document"]["code"]}
        return changed
    row, n = _place(changed, name)
    row[n] |= {**value, "anchor": name}
    return changed


def added(body: Body, value: Mapping[str, Any], under: str, after: str, taken: Collection[str]) -> tuple[Body, str]:
    """A new provision at the end of those under one, or right after one, or at the very end; and its new anchor.

    ``taken``: anchors that any earlier revision had; what was published under a name keeps it for ever.
    """
    changed = copy.deepcopy(body)
    row, n, above = changed["document"]["provisions"], None, ""
    if under:
        parent, m = _place(changed, under)
        row, above = parent[m].setdefault("children", []), under
    elif after:
        row, m = _place(changed, after)
        n, above = m + 1, _above(changed, after)
    used = {*taken, *anchors(body)}
    n = len(row) if n is None else n
    twin = row[n] if n < len(row) else row[-1] if row and not after else None
    if twin is not None and all(twin.get(field) == one for field, one in value.items()):
        return body, str(twin["anchor"])  # sent twice
    anchor = fresh_anchor(str(value["label"]), above, used)
    row.insert(n, {"anchor": anchor, **value, "children": []})
    return changed, anchor


def moved(body: Body, anchor: str, by: int) -> Body:
    """Further up (-1) or down (1) among those beside it; at the ends nothing changes."""
    changed = copy.deepcopy(body)
    row, n = _place(changed, anchor)
    if 0 <= n + by < len(row):
        row[n], row[n + by] = row[n + by], row[n]
    return changed


class TooDeep(Exception):
    """A place so deep that what is to stand there would go beyond `DEEPEST`."""


def placed(body: Body, anchor: str, under: str, after: str) -> Body:
    """Somewhere else with all below it, at the end of those under another one, right after one, or at the very end; its
    name stays. KeyError for a place that is not there, as inside itself; `TooDeep`.
    """
    moving = next(node for node in nodes(body) if node.anchor == anchor) if anchor in anchors(body) else None
    if moving is None:
        raise KeyError(anchor)
    changed = removed(body, anchor)
    target = next((node for node in nodes(changed) if node.anchor == (under or after)), None)
    if target is None and (under or after):
        raise KeyError(under or after)
    depth = 0 if target is None else target.depth + 1 if under else target.depth
    if depth + height(moving) > DEEPEST:
        raise TooDeep(anchor)
    row, n = changed["document"]["provisions"], None
    if under:
        parent, m = _place(changed, under)
        row = parent[m].setdefault("children", [])
    elif after:
        row, m = _place(changed, after)
        n = m + 1
    row.insert(len(row) if n is None else n, copy.deepcopy(dict(moving.data)))
    return changed


def height(node: Node) -> int:
    """How many levels a provision and what stands below it take."""
    return max(one.depth for one in _nodes([node.data], 0)) + 1


def removed(body: Body, anchor: str) -> Body:
    """Without a provision and all below it."""
    changed = copy.deepcopy(body)
    row, n = _place(changed, anchor)
    del row[n]
    return changed


def fresh_anchor(label: str, above: str, used: Collection[str]) -> str:
    """Điều 3 -> dieu-3; khoản 2 under it -> dieu-3.khoan-2: as the official text calls them (`domain.official`)."""
    name = slug(label)
    wanted = (found[0] if (found := _WORDS.match(name)) else name)[:30].strip("-") or "phan"
    if above and len(above) + len(wanted) < 74:
        wanted = f"{above}.{wanted}"
    numbered = (f"{wanted}-{n}" for n in range(2, len(used) + 3))
    return next(one for one in (wanted, *numbered) if one not in used)


def _place(body: Body, anchor: str) -> tuple[list[Any], int]:
    """The row that a provision stands in, and where; KeyError where there is none."""
    rows = [body["document"]["provisions"]]
    while rows:
        row = rows.pop()
        for n, one in enumerate(row):
            if one["anchor"] == anchor:
                return row, n
            rows.append(one.get("children") or [])
    raise KeyError(anchor)


def _above(body: Mapping[str, Any], anchor: str) -> str:
    """The provision that this one stands under; "" at the top."""
    for node in nodes(body):
        if any(child["anchor"] == anchor for child in node.data.get("children") or ()):
            return node.anchor
    return ""
