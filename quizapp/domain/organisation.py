"""Cây đơn vị theo ngày: what a merge, a split, a move, a new name on a day make of periods and successions.

A tree is a frozen value; each act gives the tree after it, or says in words why it cannot be. A body's periods are the
decisions about it (its name, the one above it); where it stood on a day follows from them and from those above.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date


class Impossible(Exception):
    """What cannot be, with a sentence for the person who asked for it."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Period:
    """Giai đoạn: what a body is called and which body it stands under, from a day on."""

    from_on: date
    name: str
    parent: int | None


@dataclass(frozen=True)
class Body:
    """Đơn vị with its past; ``to_on`` is the first day without it. ``periods``: oldest first, at least one."""

    id: int
    from_on: date
    to_on: date | None
    periods: tuple[Period, ...]

    @property
    def last(self) -> Period:
        return self.periods[-1]

    @property
    def name(self) -> str:
        return self.last.name

    def on(self, day: date) -> Period:
        """The period of a day; the first one for days before it."""
        return next((period for period in reversed(self.periods) if period.from_on <= day), self.periods[0])

    def open_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


@dataclass(frozen=True)
class Succession:
    """Tiền thân: ``new`` came out of ``old`` on a day."""

    old: int
    new: int
    on: date


@dataclass(frozen=True)
class Tree:
    """Every body by id, and which came out of which."""

    bodies: Mapping[int, Body]
    successions: frozenset[Succession] = field(default_factory=frozenset)

    def chain(self, body_id: int, day: date) -> tuple[int, ...]:
        """The ids from the top down to the body, as of a day. Impossible where they go round in a circle."""
        chain: list[int] = [body_id]
        while (parent := self.bodies[chain[-1]].on(day).parent) is not None:
            if parent in chain:
                name = self.bodies[body_id].name
                raise Impossible(f"Không chuyển được: {name} sẽ nằm trong chính cấp dưới của mình.")
            chain.append(parent)
        return tuple(reversed(chain))

    def children(self, body_id: int, since: date) -> list[Body]:
        """Bodies right below on that day or on a later one, and not ended by that day."""
        return [
            body
            for body in self.bodies.values()
            if (body.to_on is None or body.to_on > since)
            and any(_reaches(body, n, since) and period.parent == body_id for n, period in enumerate(body.periods))
        ]


def _reaches(body: Body, n: int, since: date) -> bool:
    """Whether the n-th period lasts until that day or begins later."""
    return n + 1 == len(body.periods) or body.periods[n + 1].from_on > since


Steps = tuple[tuple[date, tuple[int, ...]], ...]  # from which day, which bodies, oldest first


def paths(tree: Tree) -> dict[int, Steps]:
    """Where every body stood, from the top down to itself, by the days on which that changed."""
    parents = {body.id: {period.parent for period in body.periods} - {None} for body in tree.bodies.values()}
    found = {}
    for body in tree.bodies.values():
        ever, new = {body.id}, [body.id]
        while new:
            above = {one for body_id in new for one in parents[body_id] if one is not None} - ever
            ever |= above
            new = list(above)
        days = {period.from_on for one in ever for period in tree.bodies[one].periods}
        first = body.periods[0].from_on
        found[body.id] = joined((day, tree.chain(body.id, day)) for day in sorted({first, *days}) if day >= first)
    return found


def joined(steps: Iterable[tuple[date, tuple[int, ...]]]) -> Steps:
    """The steps without those that change nothing."""
    kept: list[tuple[date, tuple[int, ...]]] = []
    for day, value in steps:
        if kept and kept[-1][0] == day:
            kept.pop()
        if not kept or kept[-1][1] != value:
            kept.append((day, value))
    return tuple(kept)


# --- acts ------------------------------------------------------------------------------------------------------


def rename(tree: Tree, body_id: int, name: str, on: date) -> Tree:
    """Đổi tên from a day on. The day of the last change corrects that change."""
    body = tree.bodies[body_id]
    _may_change(body, on)
    if name == body.name:
        raise Impossible("Tên mới giống tên hiện nay.")
    return _with(tree, _changed(body, on, name, body.last.parent))


def move(tree: Tree, body_id: int, parent_id: int, on: date) -> Tree:
    """Chuyển under another body from a day on, with all below it."""
    body, parent = tree.bodies[body_id], tree.bodies[parent_id]
    if body.last.parent is None:
        raise Impossible("Không chuyển được đơn vị cao nhất.")
    if body_id == parent_id:
        raise Impossible(f"Không chuyển được {body.name} vào chính nó.")
    _may_change(body, on)
    if parent_id == body.last.parent:
        raise Impossible(f"{body.name} đang trực thuộc {parent.name}.")
    _may_receive(parent, on)
    after = _with(tree, _changed(body, on, body.name, parent_id))
    _refuse_circles(after, body_id, on)
    return after


def merge(tree: Tree, old_ids: Sequence[int], new_id: int, on: date) -> Tree:
    """Gộp: the old bodies end on that day, what stands below them stands below the new one, which comes out of them."""
    new = tree.bodies[new_id]
    _may_receive(new, on)
    for old_id in old_ids:
        old = tree.bodies[old_id]
        if old_id == new_id:
            raise Impossible(f"Không gộp được {old.name} vào chính nó.")
        if old.last.parent is None:
            raise Impossible("Không gộp được đơn vị cao nhất.")
        _may_change(old, on)
        if on <= old.from_on:
            raise Impossible(f"{old.name} có từ ngày {old.from_on:%d/%m/%Y}; ngày gộp phải sau ngày đó.")
        if old_id in tree.chain(new_id, on)[:-1]:
            raise Impossible(f"{new.name} nằm trong {old.name}. Chuyển {new.name} ra ngoài trước khi gộp.")
    after = tree
    for old_id in old_ids:
        for child in after.children(old_id, on):
            if child.id not in old_ids:
                after = _moved_along(after, child.id, old_id, new_id, on)
    for old_id in old_ids:
        after = _with(after, replace(after.bodies[old_id], to_on=on))
        after = replace(after, successions=after.successions | {Succession(old_id, new_id, on)})
    _refuse_circles(after, new_id, on)
    return after


def split(tree: Tree, old_id: int, new_id: int, child_ids: Collection[int], on: date) -> Tree:
    """Tách: some of what stands below the old body stands below the new one, which comes out of it."""
    old, new = tree.bodies[old_id], tree.bodies[new_id]
    if not old.open_on(on) or old.to_on is not None:
        raise Impossible(f"{old.name} không có trong ngày {on:%d/%m/%Y}, hoặc nay đã kết thúc.")
    _may_receive(new, on)
    after = tree
    for child_id in child_ids:
        if tree.bodies[child_id].last.parent != old_id or child_id == new_id:
            raise Impossible(f"{tree.bodies[child_id].name} không trực thuộc {old.name}.")
        after = _moved_along(after, child_id, old_id, new_id, on)
    after = replace(after, successions=after.successions | {Succession(old_id, new_id, on)})
    _refuse_circles(after, new_id, on)
    return after


def close(tree: Tree, body_id: int, on: date, today: date | None = None) -> Tree:
    """Kết thúc: nothing may stand below it any more.

    One added ``today`` by mistake may end on that very day, and then never was; not one that came out of another.
    """
    body = tree.bodies[body_id]
    if body.last.parent is None:
        raise Impossible("Không kết thúc được đơn vị cao nhất.")
    if body.to_on is not None:
        raise Impossible(_ended(body))
    came = any(body_id in (one.old, one.new) for one in tree.successions)
    by_mistake = on == today == body.from_on == body.last.from_on and not came
    if on <= body.last.from_on and not by_mistake:
        raise Impossible("Ngày kết thúc phải sau ngày bắt đầu và sau lần đổi tên gần nhất của đơn vị.")
    if still := len(tree.children(body_id, on)):
        raise Impossible(f"Còn {still} đơn vị trực thuộc trong {body.name}. Kết thúc các đơn vị đó trước.")
    return _with(tree, replace(body, to_on=on))


def _moved_along(tree: Tree, child_id: int, old_id: int, new_id: int, on: date) -> Tree:
    """A child follows what became of the body above it, from that day or from its own first day there."""
    child = tree.bodies[child_id]
    if child.last.parent != old_id or (child.last.from_on > on and len(child.periods) > 1):
        day = child.last.from_on
        raise Impossible(f"{child.name} đã đổi tên hoặc cấp trên ngày {day:%d/%m/%Y}. Chọn ngày đó hoặc muộn hơn.")
    return _with(tree, _changed(child, max(on, child.last.from_on), child.name, new_id))


def _changed(body: Body, on: date, name: str, parent: int | None) -> Body:
    kept = tuple(period for period in body.periods if period.from_on < on)
    if kept and (kept[-1].name, kept[-1].parent) == (name, parent):
        return replace(body, periods=kept)  # corrected back to what it was before
    return replace(body, periods=(*kept, Period(on, name, parent)))


def _with(tree: Tree, body: Body) -> Tree:
    return replace(tree, bodies={**tree.bodies, body.id: body})


def _ended(body: Body) -> str:
    return f"{body.name} đã kết thúc từ ngày {body.to_on:%d/%m/%Y}."


def _may_change(body: Body, on: date) -> None:
    if body.to_on is not None:
        raise Impossible(_ended(body))
    if on < body.from_on:
        raise Impossible(f"{body.name} chỉ có từ ngày {body.from_on:%d/%m/%Y}. Chọn ngày đó hoặc muộn hơn.")
    if on < body.last.from_on:
        day = f"{body.last.from_on:%d/%m/%Y}"
        raise Impossible(f"{body.name} đã mang tên và cấp trên hiện nay từ ngày {day}. Chọn ngày đó hoặc muộn hơn.")


def _may_receive(body: Body, on: date) -> None:
    if body.to_on is not None:
        raise Impossible(f"{_ended(body)} Chọn đơn vị khác.")
    if on < body.from_on:
        raise Impossible(f"{body.name} chỉ có từ ngày {body.from_on:%d/%m/%Y}. Chọn ngày đó hoặc muộn hơn.")


def _refuse_circles(tree: Tree, body_id: int, on: date) -> None:
    """Impossible where the body stands below itself on that day or on a later one."""
    days = {on, *(p.from_on for body in tree.bodies.values() for p in body.periods if p.from_on > on)}
    for day in days:
        tree.chain(body_id, day)


# --- what is counted where -------------------------------------------------------------------------------------


def carried(changes: Mapping[date, int], chain: Steps) -> Counter[tuple[int, date]]:
    """What changes, given by day, are in each body of a chain that itself changes: (body, day) -> change.

    On the day on which the chain changes, all that came before leaves the bodies left and enters the new ones: so
    that the sum up to any day is what stood below a body on that very day. The first step reaches back for ever.
    """
    found: Counter[tuple[int, date]] = Counter()
    for n, (start, bodies) in enumerate(chain):
        end = chain[n + 1][0] if n + 1 < len(chain) else date.max
        for day, change in changes.items():
            if (n == 0 or day >= start) and day < end:
                for body_id in bodies:
                    found[body_id, day] += change
        if n:
            before = sum(change for day, change in changes.items() if day < start)
            for body_id in set(bodies) - set(chain[n - 1][1]):
                found[body_id, start] += before
            for body_id in set(chain[n - 1][1]) - set(bodies):
                found[body_id, start] -= before
    return Counter({key: n for key, n in found.items() if n})


def replaced(steps: Steps, old: int, new: tuple[int, ...], on: date) -> Steps:
    """The steps with ``new`` in place of ``old`` from a day on; (): nowhere."""
    found: list[tuple[date, tuple[int, ...]]] = []
    for n, (start, bodies) in enumerate(steps):
        end = steps[n + 1][0] if n + 1 < len(steps) else date.max
        if bodies != (old,) or end <= on:
            found.append((start, bodies))
        elif start >= on:
            found.append((start, new))
        else:
            found += [(start, bodies), (on, new)]
    return joined(found)


def on_day(steps: Steps, day: date) -> tuple[int, ...]:
    """What held on a day; the first step for days before it."""
    return next((value for start, value in reversed(steps) if start <= day), steps[0][1])
