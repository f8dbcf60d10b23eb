"""Đơn vị: what is read of bodies. Every function takes the scope: a condition on `Body`, from `accounts.access`."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.database import db
from quizapp.domain.body_names import Meant, Place, Places
from quizapp.domain.vietnamese import fold
from quizapp.organisation.models import Body, BodyPeriod, BodyPlan, BodySuccession

TREE_LIMIT = 500  # bodies on one page; beyond, one searches or opens a part of the tree
FOUND_LIMIT = 50
OLD_NAMES = 3  # beside a name

Scope = sa.ColumnElement[bool]


def is_open(today: date) -> Scope:
    """Condition on `Body`: still there on that day."""
    return sa.or_(Body.to_on.is_(None), Body.to_on > today)


def body(scope: Scope, code: str) -> Body | None:
    """The body of that code, where it lies in the scope."""
    return db.session.scalar(sa.select(Body).where(Body.code == code, scope))


def body_of_id(scope: Scope, body_id: int) -> Body | None:
    """The body of that id, where it lies in the scope."""
    return db.session.scalar(sa.select(Body).where(Body.id == body_id, scope))


def bodies_of_ids(scope: Scope, ids: Collection[int]) -> Sequence[Body]:
    """The bodies of those ids, where they lie in the scope."""
    return db.session.scalars(sa.select(Body).where(Body.id.in_(ids), scope).order_by(Body.folded, Body.id)).all()


@dataclass(frozen=True)
class Row:
    """A body as a line of the tree: how deep it stands, whether bodies stand below it and are shown."""

    id: int
    code: str
    name: str
    path: str
    from_on: date
    level: int
    below: int
    opened: bool
    came: tuple[str, ...]  # tiền thân: "Chi bộ 2 (đến 30/6/2025)"


def depth() -> sa.ColumnElement[int]:
    """How deep a body stands."""
    return sa.func.length(Body.path) - sa.func.length(sa.func.replace(Body.path, "/", ""))


def tree(scope: Scope, today: date, opened: Collection[str]) -> tuple[list[Row], bool]:
    """The open bodies of the scope: the highest, and those right below each of the opened codes; whether more than fit."""
    below, shown, high = aliased(Body), aliased(Body), tops(scope, today)
    alive = sa.or_(below.to_on.is_(None), below.to_on > today)
    has = sa.select(sa.func.count()).where(below.parent_id == Body.id, alive).correlate(Body).scalar_subquery()
    under = sa.select(shown.id).where(shown.code.in_(opened))
    rows = db.session.execute(
        sa.select(Body.id, Body.code, Body.name, Body.path, Body.from_on, Body.parent_id, has.label("below"))
        .where(scope, is_open(today), sa.or_(Body.code.in_(high), Body.parent_id.in_(under)))
        .order_by(Body.folded, Body.id)
        .limit(TREE_LIMIT + 1)
    ).all()
    came = came_from([row.id for row in rows])
    children: dict[int | None, list[Any]] = {}
    for row in rows[:TREE_LIMIT]:
        children.setdefault(None if row.code in high else row.parent_id, []).append(row)
    found: list[Row] = []

    def add(parent: int | None, level: int) -> None:
        for row in children.get(parent, []):
            known = tuple(one.words for one in came.get(row.id, ()))
            is_opened = row.code in opened and row.below > 0
            found.append(Row(row.id, row.code, row.name, row.path, row.from_on, level, row.below, is_opened, known))
            if is_opened:
                add(row.id, level + 1)

    add(None, 1)
    return found, len(rows) > TREE_LIMIT


def tops(scope: Scope, today: date) -> set[str]:
    """The codes of the highest bodies of the scope: what is open when the tree is first seen."""
    return {one.code for one in highest(scope, today)}


def highest(scope: Scope, today: date) -> Sequence[Body]:
    """The highest open bodies of the scope."""
    in_scope = sa.select(Body.id).where(scope).scalar_subquery()
    top = sa.or_(Body.parent_id.is_(None), Body.parent_id.not_in(in_scope))
    return db.session.scalars(
        sa.select(Body).where(scope, is_open(today), top).order_by(Body.id).limit(TREE_LIMIT)
    ).all()


def beside(scope: Scope, one: Body) -> Scope:
    """Condition on `Body`: another one under the same body above."""
    return sa.and_(scope, Body.parent_id == one.parent_id, Body.id != one.id)


@dataclass(frozen=True)
class Kin:
    """Tiền thân or kế tục: a body from which another came, or which came out of it, on a day."""

    code: str
    name: str
    on: date
    ended: bool
    mine: bool  # in the scope

    @property
    def words(self) -> str:
        """As the tree says it, with the last day of what has ended."""
        last = self.on - timedelta(days=1)
        return f"{self.name} (đến {last:%d/%m/%Y})" if self.ended else f"{self.name} (tách ngày {self.on:%d/%m/%Y})"


def came_from(ids: Collection[int], scope: Scope | None = None) -> dict[int, list[Kin]]:
    """Tiền thân of each of the bodies."""
    return _kin(BodySuccession.new_id, BodySuccession.old_id, ids, scope)


def became(ids: Collection[int], scope: Scope | None = None) -> dict[int, list[Kin]]:
    """What came out of each of the bodies."""
    return _kin(BodySuccession.old_id, BodySuccession.new_id, ids, scope)


def _kin(of: Any, other: Any, ids: Collection[int], scope: Scope | None) -> dict[int, list[Kin]]:
    mine = sa.case((scope, True), else_=False) if scope is not None else sa.false()
    rows = db.session.execute(
        sa.select(of, Body.code, Body.name, BodySuccession.on, Body.to_on.is_not(None), mine)
        .join(Body, Body.id == other)
        .where(of.in_(ids))
        .order_by(BodySuccession.on.desc(), Body.folded)
        .limit(TREE_LIMIT)
    )
    found: dict[int, list[Kin]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Kin(row[1], row[2], row[3], bool(row[4]), bool(row[5])))
    return found


def plans(one: Body) -> Sequence[BodyPlan]:
    """Changes of a body that wait for their day, and those that could not be carried out; newest first, at most twenty."""
    mine = sa.select(BodyPlan).where(BodyPlan.body_id == one.id, BodyPlan.taken_back.is_(False))
    told = mine.where(sa.or_(BodyPlan.done_at.is_(None), BodyPlan.problem.is_not(None)))
    return db.session.scalars(told.order_by(BodyPlan.id.desc()).limit(20)).all()


def plan_of(one: Body, plan_id: int) -> BodyPlan | None:
    """A change of the body that waits for its day."""
    return db.session.scalar(sa.select(BodyPlan).filter_by(id=plan_id, body_id=one.id, done_at=None))


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.strip("/").split("/")]


@dataclass(frozen=True)
class Named:
    """A body with its old names and the names of those above it: "Chi bộ 1 (trước đây: Tổ 1) · Đảng ủy · Đảng bộ tỉnh"."""

    id: int
    code: str
    label: str


def labels(bodies: Iterable[tuple[int, str, str, str]]) -> list[Named]:
    """Bodies given as (id, code, name, path), with their old names and the names of those above them; two statements.

    Where two of them would read the same, their codes tell them apart.
    """
    rows = list(bodies)
    above = {part for _, _, _, path in rows for part in _ids(path)[:-1]}
    names = dict(db.session.execute(sa.select(Body.id, Body.name).where(Body.id.in_(above))).all()) if above else {}
    before = _old_names([row[0] for row in rows])
    found = []
    for body_id, code, name, path in rows:
        old = [one for one in before.get(body_id, ()) if one != name][:OLD_NAMES]
        called = f"{name} (trước đây: {', '.join(old)})" if old else name
        chain = [names[part] for part in reversed(_ids(path)[:-1])]
        found.append(Named(body_id, code, " · ".join([called, *chain])))
    read = Counter(one.label for one in found)
    return [replace(one, label=f"{one.label} (mã {one.code})") if read[one.label] > 1 else one for one in found]


def _old_names(body_ids: Sequence[int]) -> dict[int, list[str]]:
    """What bodies were called, and what those were called out of which they came, the latest first."""
    own = sa.select(BodyPeriod.body_id, BodyPeriod.name, BodyPeriod.from_on).where(BodyPeriod.body_id.in_(body_ids))
    came = (
        sa.select(BodySuccession.new_id, BodyPeriod.name, BodyPeriod.from_on)
        .join(BodyPeriod, BodyPeriod.body_id == BodySuccession.old_id)
        .where(BodySuccession.new_id.in_(body_ids))
    )
    rows = db.session.execute(sa.union(own, came).order_by(sa.desc("from_on"), "name")) if body_ids else ()
    found: dict[int, list[str]] = {}
    for body_id, name, _ in rows:
        names = found.setdefault(body_id, [])
        if name not in names:
            names.append(name)
    return found


def found(scope: Scope, typed: str) -> list[Named]:
    """Bodies whose name or code holds what was typed, with or without diacritics; ended ones too.

    An old name finds the body that bore it, and those that came out of it since.
    """
    rows = db.session.execute(
        sa.select(Body.id, Body.code, Body.name, Body.path, Body.from_on, Body.to_on)
        .where(scope, Body.id.in_(sa.select(called(typed).c.id)))
        .order_by(depth(), Body.folded, Body.id)
        .limit(FOUND_LIMIT)
    ).all()
    named = labels((row.id, row.code, row.name, row.path) for row in rows)
    gone = {row.id: _until(row.from_on, row.to_on) for row in rows if row.to_on is not None}
    return [replace(one, label=f"{one.label} ({gone[one.id]})") if one.id in gone else one for one in named]


def _until(from_on: date, to_on: date) -> str:
    """Until when a body was; one added by mistake never was."""
    if to_on <= from_on:
        return f"thêm nhầm, bỏ ngày {to_on:%d/%m/%Y}"
    return f"đến {to_on - timedelta(days=1):%d/%m/%Y}"


def called(typed: str) -> sa.CTE:
    """Ids of bodies that are or were called so, and of all that came out of them, however often."""
    words = fold(typed)
    once = sa.select(BodyPeriod.body_id).where(BodyPeriod.folded.contains(words, autoescape=True))
    ways = Body.folded.contains(words, autoescape=True), Body.code == typed.lower(), Body.id.in_(once)
    called = sa.select(Body.id).where(sa.or_(*ways)).cte("called", recursive=True)
    heirs = sa.select(BodySuccession.new_id).join(called, called.c.id == BodySuccession.old_id)
    return called.union(heirs)


def above(scope: Scope, one: Body) -> Sequence[Body]:
    """The bodies above one that lie in the scope, from the top down."""
    chain = _ids(one.path)[:-1]
    rows = db.session.scalars(sa.select(Body).where(Body.id.in_(chain), scope)).all() if chain else []
    return sorted(rows, key=lambda row: chain.index(row.id))


def children(one: Body, today: date) -> Sequence[Body]:
    """The open bodies directly below; at most `TREE_LIMIT`."""
    below = sa.select(Body).where(Body.parent_id == one.id, is_open(today))
    return db.session.scalars(below.order_by(Body.folded, Body.id).limit(TREE_LIMIT)).all()


def periods(one: Body) -> Sequence[tuple[date, str, str | None]]:
    """What the body was called and under whom it stood, newest first: (from, name, name then of the one above)."""
    parent = aliased(BodyPeriod)
    began = sa.select(sa.func.max(parent.from_on)).where(
        parent.body_id == BodyPeriod.parent_id, parent.from_on <= BodyPeriod.from_on
    )
    above = aliased(BodyPeriod)
    rows = db.session.execute(
        sa.select(BodyPeriod.from_on, BodyPeriod.name, BodyPeriod.parent_id, sa.func.coalesce(above.name, Body.name))
        .outerjoin(
            above,
            sa.and_(
                above.body_id == BodyPeriod.parent_id,
                above.from_on == began.correlate(BodyPeriod).scalar_subquery(),
            ),
        )
        .outerjoin(Body, Body.id == BodyPeriod.parent_id)
        .where(BodyPeriod.body_id == one.id)
        .order_by(BodyPeriod.from_on)
        .limit(200)
    ).all()
    told: list[tuple[date, str, str | None]] = []
    before: tuple[str, int | None] | None = None
    for from_on, name, parent_id, parent_name in rows:
        if (name, parent_id) != before:  # else only those above moved
            told.append((from_on, name, parent_name))
        before = name, parent_id
    return told[::-1]


# --- what offices mean -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """An open body as a list of people may mean it."""

    id: int
    path: str
    from_on: date
    place: Place


def sites(scope: Scope, today: date) -> dict[str, Site]:
    """Every open body of the scope by code, with the names of those above it; two statements."""
    wanted = (Body.id, Body.code, Body.name, Body.path, Body.from_on)
    rows = db.session.execute(sa.select(*wanted).where(scope, is_open(today)).order_by(Body.id)).all()
    names = dict(db.session.execute(sa.select(Body.id, Body.name)).all())
    return {
        row.code: Site(row.id, row.path, row.from_on, Place(row.code, row.name, _names_above(row.path, names)))
        for row in rows
    }


def _names_above(path: str, names: dict[int, str]) -> tuple[str, ...]:
    return tuple(names[part] for part in reversed(_ids(path)[:-1]))


def codes() -> set[str]:
    """Every code that a body has or had."""
    return set(db.session.scalars(sa.select(Body.code)))


def meant(scope: Scope, text: str, today: date) -> Meant:
    """The open body that a person's words mean, else the nearest ones."""
    return Places(site.place for site in sites(scope, today).values()).meant(text)
