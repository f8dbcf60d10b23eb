"""Every POST carries its session's token, masked anew in each response.

Flask-WTF's token holds the same secret bytes in every compressed page, which a length oracle could read (BREACH);
ours is xored with a fresh pad. An old or missing token loses nothing: the form comes back, filled in, to be sent again.
"""

import base64
import hmac
import secrets
from typing import Any

from flask import Flask, g
from markupsafe import Markup

from quizapp.web.asked import the_request, the_session

SIZE = 16
FIELD = "csrf"
HEADER = "X-CSRF"


class BadToken(Exception):
    """The POST does not carry this session's token."""


def token() -> str:
    """A token for a form of this page."""
    held: Any = g._get_current_object()
    made: str | None = held.get("csrf_token")
    if made is None:
        pad = secrets.token_bytes(SIZE)
        made = held.csrf_token = base64.urlsafe_b64encode(pad + _xor(pad, _secret(create=True))).decode().rstrip("=")
    return made


def field() -> Markup:
    """The token as a form's hidden field."""
    return Markup(f'<input type="hidden" name="{FIELD}" value="{token()}">')  # noqa: S704 - letters and digits


def holds(given: str) -> bool:
    """Whether a token is this session's."""
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except ValueError:
        return False
    secret = _secret(create=False)
    if secret is None or len(raw) != 2 * SIZE:
        return False
    return hmac.compare_digest(_xor(raw[:SIZE], raw[SIZE:]), secret)


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(SIZE)


def _secret(create: bool) -> Any:
    held = the_session()
    kept = held.get("csrf")
    if kept is None and create:
        kept = held["csrf"] = base64.b64encode(secrets.token_bytes(SIZE)).decode()
    return None if kept is None else base64.b64decode(kept)


def init_app(app: Flask) -> None:
    """Check every request that may change something, before any view runs."""

    @app.before_request
    def check() -> None:
        asked = the_request()
        if asked.method in ("GET", "HEAD", "OPTIONS") or asked.endpoint is None:
            return
        if not holds(asked.headers.get(HEADER) or asked.form.get(FIELD, "")):
            raise BadToken

    app.jinja_env.globals.update(csrf_token=token, csrf=field, csrf_field=field)
