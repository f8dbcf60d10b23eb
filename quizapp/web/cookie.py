"""The session's cookie: Flask's own, signed; one that was checked and read before is not checked and read again."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from werkzeug.http import parse_cookie

from quizapp.clock import now

MOST = 4096  # cookies kept as checked, a kilobyte or two each


class Cookies(SecureCookieSessionInterface):
    """Reads and writes an application's session cookies; its secret stays the same."""

    def __init__(self, app: Flask) -> None:
        made = super().get_signing_serializer(app)
        assert made is not None, "an application without a secret"
        self._name = self.get_cookie_name(app)
        self._serializer: URLSafeTimedSerializer = made
        self._checked = lru_cache(MOST)(self._check)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        return self._serializer

    def _check(self, header: str) -> tuple[dict[str, Any], datetime]:
        """What was signed and when, of all cookies that came; BadSignature is raised anew each time."""
        value = parse_cookie(header).get(self._name)
        if not value:
            raise BadData("no session")
        signer = self._serializer.make_signer(self.salt)
        assert isinstance(signer, TimestampSigner)
        payload, signed_at = signer.unsign(value, return_timestamp=True)
        return self._serializer.load_payload(payload), signed_at

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """What the cookie holds; an empty session where it is missing, forged or too old."""
        header = request.environ.get("HTTP_COOKIE")
        if not header:
            return self.session_class()
        try:
            held, signed_at = self._checked(header)
            if not timedelta(0) <= now() - signed_at <= app.permanent_session_lifetime:
                return self.session_class()
        except BadData:
            return self.session_class()
        # Flashed messages are a list that the request may change: what is kept stays as it was signed.
        return self.session_class({name: list(v) if isinstance(v, list) else v for name, v in held.items()})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where it changed; nearly every page only says that it depends on it."""
        if not session or self.should_set_cookie(app, session):
            super().save_session(app, session, response)
        elif session.accessed:
            others = response.headers.get("Vary")
            response.headers["Vary"] = f"{others}, Cookie" if others else "Cookie"
