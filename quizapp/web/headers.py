"""What every response says: what a browser may do with it, and its compressed form; how it is handed to the server."""

import gzip
import re
import threading
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache, partial
from typing import Any

import brotli
import zstandard
from flask import Flask, Response
from werkzeug.datastructures import Accept, Headers
from werkzeug.http import parse_accept_header

from quizapp.web.asked import the_request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE = (
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
WORTH_IT = 500  # bytes; below, the header costs more than compression saves
USUAL = 32 * 1024  # bytes; a page of a report may be larger
_PLAIN = re.compile("(/[A-Za-z0-9_.~-]+)+")  # a path of ours, in which nothing is left to be quoted


class Reply(Response):
    """A response that is whole, as nearly all are, is handed to the server as it stands.

    Its body is a list, which the server sends at once; of anything else it asks for each part and for the end.
    """

    def get_app_iter(self, environ: dict[str, Any]) -> Iterable[bytes]:
        if self._on_close or type(self.response) is not list or not self._as_told(environ):
            return super().get_app_iter(environ)
        return list(self.iter_encoded())

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        if not self._as_told(environ) or "Content-Length" not in self.headers:
            return super().get_wsgi_headers(environ)
        if self.status_code == 303 and not _PLAIN.fullmatch(self.headers.get("Location", "")):
            return super().get_wsgi_headers(environ)
        return self.headers

    def _as_told(self, environ: dict[str, Any]) -> bool:
        """Whether this kind of answer has a body, and headers that need no change."""
        return self.status_code in (200, 303) and environ["REQUEST_METHOD"] != "HEAD"


def init_app(app: Flask, https: bool) -> None:
    """Security headers on every response; pages go compressed."""
    app.response_class = Reply

    @app.after_request
    def finish(response: Response) -> Response:
        kind = response.mimetype  # found anew each time it is asked for
        environ = the_request().environ
        told = {name.lower() for name, _ in response.headers}
        _protect(response.headers, told, kind, https, environ["REQUEST_METHOD"])
        if kind in ("text/html", "application/json") and "content-encoding" not in told:
            _compress(response, environ.get("HTTP_ACCEPT_ENCODING", ""))
        return response


def _protect(headers: Headers, told: Collection[str], kind: str | None, https: bool, method: str) -> None:
    headers.add("X-Content-Type-Options", "nosniff")
    if "cache-control" not in told:
        headers.add("Cache-Control", "no-store" if method == "POST" else "private, no-cache")
    if kind == "text/html" and "location" not in told:  # a browser shows no page that leads elsewhere
        for name, value in PAGE:
            headers.add(name, value)
    if https:
        headers.add("Strict-Transport-Security", "max-age=31536000")


def _compress(response: Response, wanted: str) -> None:
    if response.direct_passthrough or response.is_streamed:
        return
    data = response.get_data()
    if len(data) < WORTH_IT:
        return
    accepted = _accepted(wanted)
    if accepted is not None:
        response.set_data(_COMPRESS[accepted](data))
        response.headers.add("Content-Encoding", accepted)
    others = response.headers.get("Vary")
    response.headers["Vary"] = f"{others}, Accept-Encoding" if others else "Accept-Encoding"


class _Zstandard(threading.local):
    """Compressors for each thread: no two threads may use one at a time, and one takes longer to make than a page to press.

    For a page of the usual size the tables fit into the processor's nearest cache: that is twice as fast as level 3, whose
    tables come from memory each time, for a page larger by a fiftieth.
    """

    def __init__(self) -> None:
        small = zstandard.ZstdCompressionParameters(
            window_log=15,
            hash_log=12,
            chain_log=12,
            search_log=1,
            min_match=4,
            target_length=0,
            strategy=zstandard.STRATEGY_FAST,
        )
        self._small = zstandard.ZstdCompressor(compression_params=small).compress
        self._large = zstandard.ZstdCompressor(level=3).compress

    def compress(self, data: bytes) -> bytes:
        return self._small(data) if len(data) <= USUAL else self._large(data)


_zstandard = _Zstandard()

# The better comes first: on a question's page zstd takes off a twentieth more than brotli's first level, in less time.
# Of gzip the sixth level takes off 70 bytes more than the third, for the same time.
_COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda data: _zstandard.compress(data),  # this thread's
    "br": partial(brotli.compress, quality=1),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}


@lru_cache(256)
def _accepted(header: str) -> str | None:
    """The best one of ours that a browser takes; there are few browsers, so few headers."""
    accepted = parse_accept_header(header, Accept)
    return next((name for name in _COMPRESS if accepted.quality(name) > 0), None)
