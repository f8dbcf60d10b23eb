"""A request as it comes, its session, and who asks. A form of plain fields, as nearly every POST is one, is read in one go."""

from typing import Any
from urllib.parse import parse_qsl

import flask_login
from flask import Request, g, request, session
from flask.sessions import SessionMixin
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import ClientDisconnected
from werkzeug.local import LocalProxy

FIELDS = "application/x-www-form-urlencoded"
_request: Any = request  # Any: the types of proxies know nothing of the way to what stands behind them
_session: Any = session


def the_request() -> Request:
    """The request itself, for whoever asks it for several things: the proxy looks it up anew each time."""
    found: Request = _request._get_current_object()
    return found


def the_session() -> SessionMixin:
    """The request's session itself, likewise."""
    found: SessionMixin = _session._get_current_object()
    return found


def _who() -> Any:
    """Whoever asks. Once found, flask-login keeps it in `g`, and looks for it there in nine steps."""
    held: Any = g._get_current_object()
    known = held.get("_login_user")
    return flask_login.current_user._get_current_object() if known is None else known


current_user: Any = LocalProxy(_who)


class Asked(Request):
    """Werkzeug makes a parser for any kind of body and reads until nothing more comes, for each form anew."""

    def _load_form_data(self) -> None:
        told, environ = vars(self), self.environ
        size = environ.get("CONTENT_LENGTH", "")
        plain = environ.get("CONTENT_TYPE") == FIELDS and size.isascii() and size.isdigit()
        if not plain or "form" in told or "stream" in told or int(size) > (self.max_content_length or 0):
            return super()._load_form_data()
        body = environ["wsgi.input"].read(int(size))
        if len(body) < int(size):
            raise ClientDisconnected
        told |= {"stream": environ["wsgi.input"], "form": _fields(body), "files": ImmutableMultiDict()}
        return None


def _fields(body: bytes) -> ImmutableMultiDict[str, Any]:
    """The fields as Werkzeug reads them; none where the bytes are no text."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return ImmutableMultiDict()
    return ImmutableMultiDict(parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote"))
