"""Who may open what: deny by default.

A view says with `allow` which roles open it; one that says nothing opens to nobody. `accounts` supplies the person.
"""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from flask import Flask, abort

from quizapp.web.asked import current_user, the_request

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    """Vai trò. Everyone signed in is a learner; the others only add."""

    PUBLIC = "public"
    LEARNER = "learner"
    TRAINER = "trainer"
    REVIEWER = "reviewer"
    LEADER = "leader"
    DELEGATE = "delegate"
    SECRETARY = "secretary"
    ADMIN = "admin"


ROLE_NAMES = {
    Role.LEARNER: "người học",
    Role.TRAINER: "báo cáo viên",
    Role.REVIEWER: "người duyệt",
    Role.LEADER: "lãnh đạo",
    Role.DELEGATE: "người được ủy quyền",
    Role.SECRETARY: "thư ký",
    Role.ADMIN: "quản trị",
}


class Visitor(Protocol):
    """What access needs to know of whoever asks."""

    is_authenticated: bool
    roles: Collection[str]


def allow(*roles: Role) -> Callable[[View], View]:
    """Says which roles open a view. Role.PUBLIC opens it to everyone, Role.LEARNER to everyone signed in."""

    def mark(view: View) -> View:
        view.allowed = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def allowed(view: Callable[..., Any]) -> frozenset[Role]:
    """The roles that open a view; nobody where it does not say."""
    return getattr(view, "allowed", frozenset())


def may_open(view: Callable[..., Any], visitor: Visitor) -> bool:
    """Whether this visitor may open the view."""
    roles = allowed(view)
    if Role.PUBLIC in roles:
        return True
    if not visitor.is_authenticated:
        return False
    return Role.LEARNER in roles or not roles.isdisjoint(visitor.roles)


def needs_power(view: Callable[..., Any]) -> bool:
    """Whether a view asks for more than being signed in: such pages ask again after half an hour without use."""
    return not allowed(view) & {Role.PUBLIC, Role.LEARNER}


def init_app(app: Flask, sign_in_again: Callable[[], Any], idle: Callable[[], bool]) -> None:
    """Guard every endpoint. ``sign_in_again()`` gives the page for whoever is not signed in (any more), or is ``idle()``."""

    @app.before_request
    def guard() -> Any:
        endpoint = the_request().endpoint
        if endpoint is None:
            return None  # no such page: the 404 that follows says so
        view = app.view_functions[endpoint]
        if Role.PUBLIC in allowed(view):
            return None
        visitor = current_user._get_current_object()
        if not visitor.is_authenticated or (needs_power(view) and idle()):
            return sign_in_again()
        if not may_open(view, visitor):
            abort(403)
        return None
