"""Chọn đơn vị: what a form offers of the bodies of a scope: by words, or level by level. However many there are, a
helping is at most `SHOWN` of them, in the same few statements.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.database import db
from quizapp.domain.body_names import spelt_out
from quizapp.domain.vietnamese import fold
from quizapp.organisation.models import Body
from quizapp.organisation.queries import Scope, called, depth, is_open, labels, meant

SHOWN = 40
SPLITS = 6  # words taken as names of bodies above: "chi bo 1 phu quoc"
HIGHER = 40  # bodies above that such words may mean


@dataclass(frozen=True)
class Choice:
    """A body to choose: its name with its old names and those above it; how many open ones stand right below."""

    id: int
    label: str
    below: int


@dataclass(frozen=True)
class Offer:
    """A helping of choices. ``within``: the body whose lower ones these are; ``near``: nothing was found, these are like it."""

    choices: tuple[Choice, ...]
    more: bool
    within: Choice | None = None
    up: int | None = None  # the one above ``within``, where it lies in the scope
    near: bool = False


def chosen(scope: Scope, today: date, ids: Collection[int], also: int | None = None) -> list[Choice]:
    """Those of the bodies that may be chosen, in the order of the tree; ``also`` one that has ended."""
    if not ids:
        return []
    there = is_open(today) if also is None else sa.or_(is_open(today), Body.id == also)
    return _choices(_asked(today).where(scope, there, Body.id.in_(ids)).order_by(Body.path))


def first(scope: Scope, today: date) -> Offer:
    """What stands there before anything was typed: the higher levels."""
    return _offer(_asked(today).where(scope, is_open(today)).order_by(depth(), Body.folded, Body.id))


def below(scope: Scope, today: date, body_id: int) -> Offer | None:
    """The bodies right below one of the scope; None outside of it."""
    within = chosen(scope, today, [body_id])
    if not within:
        return None
    here = sa.select(Body.parent_id).where(Body.id == body_id).scalar_subquery()
    up = db.session.scalar(sa.select(Body.id).where(Body.id == here, scope))
    listed = _asked(today).where(scope, is_open(today), Body.parent_id == body_id)
    found = _offer(listed.order_by(Body.folded, Body.id))
    return Offer(found.choices, found.more, within[0], up)


def matching(scope: Scope, today: date, typed: str) -> Offer:
    """Bodies by name, former name or code, with or without diacritics, abbreviated, with the name of one above behind it."""
    words = fold(typed)
    best = sa.case((Body.folded == words, 0), (Body.code == words, 0), (Body.folded.startswith(words), 1), else_=2)
    named = Body.id.in_(sa.select(called(typed).c.id))
    ways = [named, Body.code.startswith(words, autoescape=True), *_spelt(words), *_below_named(words)]
    listed = _asked(today).where(scope, is_open(today), sa.or_(*ways))
    found = _offer(listed.order_by(best, depth(), Body.folded, Body.id))
    return found if found.choices else _near(scope, today, typed)


def _near(scope: Scope, today: date, typed: str) -> Offer:
    """Nothing is called so: the bodies whose names are most like it."""
    like = meant(scope, typed, today)
    codes = [place.code for place in (*like.exact, *like.near)]
    asked = sa.select(Body.id, Body.code).where(Body.code.in_(codes))
    places = {row.id: codes.index(row.code) for row in db.session.execute(asked)} if codes else {}
    best_first = sorted(chosen(scope, today, places), key=lambda one: places[one.id])
    return Offer(tuple(best_first), False, near=True)


def _spelt(words: str) -> Iterable[Any]:
    """CB VP is chi bo van phong."""
    spelt = spelt_out(words)
    return [Body.folded.contains(spelt, autoescape=True)] if spelt and spelt != words else []


def _below_named(words: str) -> Sequence[Any]:
    """The first words name the body, the last ones a body above it. One statement, where there are two words or more."""
    parts = words.replace(",", " ").replace("·", " ").split()
    splits = [(" ".join(parts[:n]), " ".join(parts[n:])) for n in range(1, len(parts))][-SPLITS:]
    if not splits:
        return []
    which = sa.case(*((Body.folded.contains(last, autoescape=True), n) for n, (_, last) in enumerate(splits)))
    named = sa.or_(*(Body.folded.contains(last, autoescape=True) for _, last in splits))
    rows = db.session.execute(
        sa.select(Body.id, Body.path, which.label("n")).where(named).order_by(which, depth()).limit(HIGHER)
    )
    return [
        sa.and_(
            Body.path.startswith(row.path, autoescape=True),
            Body.id != row.id,
            sa.or_(
                *(
                    Body.folded.contains(name, autoescape=True)
                    for name in {splits[row.n][0], spelt_out(splits[row.n][0])}
                )
            ),
        )
        for row in rows
    ]


def _asked(today: date) -> Any:
    lower = aliased(Body)
    there = sa.or_(lower.to_on.is_(None), lower.to_on > today)
    count = sa.select(sa.func.count()).where(lower.parent_id == Body.id, there).correlate(Body).scalar_subquery()
    return sa.select(Body.id, Body.code, Body.name, Body.path, count.label("below"))


def _offer(asked: Any) -> Offer:
    choices = _choices(asked.limit(SHOWN + 1))
    return Offer(tuple(choices[:SHOWN]), len(choices) > SHOWN)


def _choices(asked: Any) -> list[Choice]:
    rows = db.session.execute(asked).all()
    named = labels((row.id, row.code, row.name, row.path) for row in rows)
    return [Choice(row.id, one.label, row.below) for row, one in zip(rows, named, strict=True)]
