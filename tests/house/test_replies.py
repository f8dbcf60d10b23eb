"""How a response is handed to the server: a whole one as a list, with the headers that Werkzeug would send."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import brotli
import pytest
import zstandard
from flask import Flask, Response
from werkzeug.test import EnvironBuilder

from quizapp.web import headers
from quizapp.web.headers import Reply


def plain_app() -> Flask:
    app = Flask(__name__)
    headers.init_app(app, https=False)
    return app


def handed_over(response: Response, method: str = "GET"):
    """Body, status and headers as the server is told them, and as Flask's own class would tell them."""
    environ = EnvironBuilder("/", method=method).get_environ()
    return response.get_wsgi_response(environ)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize(
    "made",
    [
        ("trang",),
        ("trang", 404),
        ("", 204),
        ("", 304, {"Content-Type": "text/html"}),
        ("", 303, {"Location": "/lam/1/2"}),
        ("", 303, {"Location": "/tìm kiếm?tu=một hai#ba"}),
        ("", 303, {"Location": "//khac.example/lam"}),
        ("", 302, {"Location": "/lam/1/2"}),
        ("", 303),
        (["tr", "ang"],),
        (["trang"], 200, {"Content-Length": "5"}),
    ],
)
def test_the_server_is_told_what_werkzeug_would_tell_it(made, method):
    ours, theirs = (handed_over(kind(*made), method) for kind in (Reply, Response))
    assert b"".join(ours[0]) == b"".join(theirs[0])
    assert ours[1:] == theirs[1:]


def test_a_whole_page_is_a_list_and_what_has_to_be_closed_is_not():
    assert type(handed_over(Reply("trang"))[0]) is list
    closed = []
    watched = Reply("trang")
    watched.call_on_close(lambda: closed.append(True))
    body = handed_over(watched)[0]
    body.close()
    assert closed
    assert type(handed_over(Reply(iter(["trang"])))[0]) is not list
    assert type(handed_over(Reply(BytesIO(b"tep"), direct_passthrough=True))[0]) is not list


def test_pages_and_redirects_of_the_site_are_lists(app):
    for path, expected in (("/dang-nhap", "200 OK"), ("/healthz", "200 OK"), ("/", "303 SEE OTHER")):
        told = []
        body = app(EnvironBuilder(path).get_environ(), lambda status, headers, told=told: told.append(status))
        assert type(body) is list
        assert told == [expected]


OPENED = {
    "zstd": lambda data: zstandard.ZstdDecompressor().decompress(data),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    None: lambda data: data,
}


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br, zstd;q=0", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_page_comes_in_the_best_form_that_the_browser_takes_and_is_the_same_page(accepted, expected):
    app, page = plain_app(), "Một trang dài. " * 200
    app.add_url_rule("/<int:n>", view_func=lambda n: f"{n} {page}")

    def fetch(n):
        return app.test_client().get(f"/{n}", headers={"Accept-Encoding": accepted})

    with ThreadPoolExecutor(8) as readers:
        for n, response in enumerate(readers.map(fetch, range(200))):
            assert response.headers.get("Content-Encoding") == expected
            assert OPENED[expected](response.data).decode() == f"{n} {page}"
            assert response.headers["Vary"] == "Accept-Encoding"
