"""One scope: which bodies' figures and names a person may see, as of a day; applied in SQL everywhere."""

import sqlalchemy as sa

from quizapp.accounts.queries import SignedIn
from quizapp.organisation.models import Body
from quizapp.web.access import Role


def _within(scopes: list[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(Body.path.startswith(path, autoescape=True) for path in scopes))


def figures(who: SignedIn) -> sa.ColumnElement[bool]:
    """Condition on `Body`: bodies whose figures ``who`` may see: own ones and all below them."""
    return _within([s.path for s in who.scopes if s.role in (Role.LEADER, Role.ADMIN)])


def names(who: SignedIn) -> sa.ColumnElement[bool]:
    """Condition on `Body`: bodies whose people ``who`` may see by name: the very body led, or a subtree administered."""
    led = [s.body_id for s in who.scopes if s.role == Role.LEADER]
    administered = [s.path for s in who.scopes if s.role == Role.ADMIN]
    return sa.or_(Body.id.in_(led), _within(administered))


def administered(who: SignedIn) -> sa.ColumnElement[bool]:
    """Condition on `Body`: bodies that ``who`` administers."""
    return _within([s.path for s in who.scopes if s.role == Role.ADMIN])


def recorded(who: SignedIn) -> sa.ColumnElement[bool]:
    """Condition on `Body`: the very bodies whose meeting and paper study ``who`` records, as their secretary."""
    return Body.id.in_([s.body_id for s in who.scopes if s.role == Role.SECRETARY])
