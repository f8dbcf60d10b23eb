"""What every response says: what a browser may do with it, and its compressed form."""

import gzip

import brotli
from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
WORTH_IT = 500  # bytes; below, the header costs more than compression saves


def init_app(app: Flask, https: bool) -> None:
    """Security headers on every response, gzip or brotli on pages."""

    @app.after_request
    def finish(response: Response) -> Response:
        _protect(response, https)
        _compress(response)
        return response


def _protect(response: Response, https: bool) -> None:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", "no-store" if request.method == "POST" else "private, no-cache")
    if response.mimetype == "text/html":
        headers["Content-Security-Policy"] = POLICY
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"


def _compress(response: Response) -> None:
    if (
        response.mimetype not in ("text/html", "application/json")
        or response.direct_passthrough
        or response.is_streamed
    ):
        return
    data = response.get_data()
    if len(data) < WORTH_IT or "Content-Encoding" in response.headers:
        return
    accepted = request.accept_encodings
    if accepted["br"]:
        response.set_data(brotli.compress(data, quality=4))
        response.headers["Content-Encoding"] = "br"
    elif accepted["gzip"]:
        response.set_data(gzip.compress(data, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
