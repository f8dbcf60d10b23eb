"""One scope: which bodies' figures and names a person may see, as of a day; applied in SQL everywhere.

A role holds in a body and all below it; names are for those who lead the very body. Roles in a body that has ended, and
grants whose last day has passed, are not among ``who.scopes`` at all.
"""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from quizapp.accounts.queries import SignedIn
from quizapp.organisation.models import Body, BodyPeriod
from quizapp.web.access import Role

LEADS = (Role.LEADER, Role.DELEGATE)


def _within(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(Body.path.startswith(path, autoescape=True) for path in scopes))


def figures(who: SignedIn, on: date | None = None) -> sa.ColumnElement[bool]:
    """Condition on `Body`: bodies whose figures ``who`` may see: own ones and all below them.

    ``on``: also what stood below them on that day, for a report of it; their own totals of that day hold it anyway.
    """
    own = [scope for scope in who.scopes if scope.role in (*LEADS, Role.ADMIN)]
    today = _within(scope.path for scope in own)
    if on is None or not own:
        return today
    then = sa.literal("/") + BodyPeriod.path
    below = sa.or_(*(then.contains(f"/{scope.body_id}/") for scope in own))
    return sa.or_(today, Body.id.in_(sa.select(BodyPeriod.body_id).where(BodyPeriod.from_on == _began(on), below)))


def _began(on: date) -> sa.ScalarSelect[date]:
    other = sa.orm.aliased(BodyPeriod)
    last = sa.select(sa.func.max(other.from_on)).where(other.body_id == BodyPeriod.body_id, other.from_on <= on)
    return last.correlate(BodyPeriod).scalar_subquery()


def names(who: SignedIn) -> sa.ColumnElement[bool]:
    """Condition on `Body`: bodies whose people ``who`` may see by name: the very body led, or a subtree administered."""
    led = [s.body_id for s in who.scopes if s.role in LEADS]
    return sa.or_(Body.id.in_(led), administered(who))


def administered(who: SignedIn) -> sa.ColumnElement[bool]:
    """Condition on `Body`: bodies that ``who`` administers."""
    return _within(s.path for s in who.scopes if s.role == Role.ADMIN)


def recorded(who: SignedIn) -> sa.ColumnElement[bool]:
    """Condition on `Body`: the very bodies whose meeting and paper study ``who`` records, as their secretary."""
    return Body.id.in_([s.body_id for s in who.scopes if s.role == Role.SECRETARY])
