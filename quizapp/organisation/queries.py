"""Đơn vị: what is read of bodies. Every function takes the scope: a condition on `Body`, from `accounts.access`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.database import db
from quizapp.domain.body_names import Meant, Place, Places
from quizapp.domain.vietnamese import fold
from quizapp.organisation.models import Body, BodyPeriod

TREE_LIMIT = 500  # bodies on one page; beyond, one searches or opens a part of the tree
FOUND_LIMIT = 50

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
    """A body with the names of those above it: "Chi bộ 1 · Đảng ủy cơ quan · Đảng bộ tỉnh"."""

    id: int
    code: str
    label: str


def labels(bodies: Iterable[tuple[int, str, str, str]]) -> list[Named]:
    """Bodies given as (id, code, name, path), with the names of those above them; one statement."""
    rows = list(bodies)
    above = {part for _, _, _, path in rows for part in _ids(path)[:-1]}
    names = dict(db.session.execute(sa.select(Body.id, Body.name).where(Body.id.in_(above))).all()) if above else {}
    return [
        Named(body_id, code, " · ".join([name, *(names[part] for part in reversed(_ids(path)[:-1]))]))
        for body_id, code, name, path in rows
    ]


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
    """Bodies whose name or code holds what was typed, with or without diacritics; ended ones too."""
    rows = db.session.execute(
        sa.select(Body.id, Body.code, Body.name, Body.path)
        .where(scope, sa.or_(Body.folded.contains(fold(typed), autoescape=True), Body.code == typed.lower()))
        .order_by(_depth(), Body.folded, Body.id)
        .limit(FOUND_LIMIT)
    )
    return labels((row.id, row.code, row.name, row.path) for row in rows)


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
