"""Đơn vị: what is read of bodies. Every function takes the scope: a condition on `Body`, from `accounts.access`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.database import db
from quizapp.domain.vietnamese import fold
from quizapp.organisation.models import Body, BodyPeriod, BodySuccession

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


@dataclass
class Node:
    """A body in the tree, with those directly below it."""

    id: int
    code: str
    name: str
    path: str
    ended_on: date | None
    children: list["Node"] = field(default_factory=list)


def _depth() -> sa.ColumnElement[int]:
    return sa.func.length(Body.path) - sa.func.length(sa.func.replace(Body.path, "/", ""))


def tree(scope: Scope, today: date) -> tuple[list[Node], bool]:
    """The open bodies of the scope as a forest, the higher levels first; whether there are more than fit."""
    rows = db.session.execute(
        sa.select(Body.id, Body.code, Body.name, Body.path, Body.to_on)
        .where(scope, is_open(today))
        .order_by(_depth(), Body.folded, Body.id)
        .limit(TREE_LIMIT + 1)
    ).all()
    nodes = {row.id: Node(row.id, row.code, row.name, row.path, row.to_on) for row in rows[:TREE_LIMIT]}
    tops: list[Node] = []
    for node in nodes.values():
        above = _ids(node.path)[:-1]
        (nodes[above[-1]].children if above and above[-1] in nodes else tops).append(node)
    return tops, len(rows) > TREE_LIMIT


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.strip("/").split("/")]


@dataclass(frozen=True)
class Named:
    """A body with its old names and the names of those above it: "Chi bộ 1 (trước đây: Tổ 1) · Đảng ủy · Đảng bộ tỉnh"."""

    id: int
    code: str
    label: str


def labels(bodies: Iterable[tuple[int, str, str, str]]) -> list[Named]:
    """Bodies given as (id, code, name, path), with their old names and the names of those above them; two statements."""
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
    return found


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


def pickable(scope: Scope, today: date) -> list[Named]:
    """The open bodies to choose from in a form, the higher levels first; at most `TREE_LIMIT`."""
    rows = db.session.execute(
        sa.select(Body.id, Body.code, Body.name, Body.path)
        .where(scope, is_open(today))
        .order_by(_depth(), Body.folded, Body.id)
        .limit(TREE_LIMIT)
    )
    return labels((row.id, row.code, row.name, row.path) for row in rows)


def found(scope: Scope, typed: str) -> list[Named]:
    """Bodies whose name or code holds what was typed, with or without diacritics; ended ones too.

    An old name finds the body that bore it, and those that came out of it since.
    """
    rows = db.session.execute(
        sa.select(Body.id, Body.code, Body.name, Body.path)
        .where(scope, Body.id.in_(sa.select(_called(typed).c.id)))
        .order_by(_depth(), Body.folded, Body.id)
        .limit(FOUND_LIMIT)
    )
    return labels((row.id, row.code, row.name, row.path) for row in rows)


def _called(typed: str) -> sa.CTE:
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


def periods(one: Body) -> Sequence[tuple[BodyPeriod, str | None]]:
    """What the body was called and where it stood, newest first, with the name of the one above; at most fifty."""
    parent = aliased(Body)
    rows = db.session.execute(
        sa.select(BodyPeriod, parent.name)
        .outerjoin(parent, parent.id == BodyPeriod.parent_id)
        .where(BodyPeriod.body_id == one.id)
        .order_by(BodyPeriod.from_on.desc())
        .limit(50)
    )
    return [(row[0], row[1]) for row in rows]
