"""A form is read as Werkzeug reads it, whatever was sent."""

from io import BytesIO

import pytest
from flask import Flask, Request
from werkzeug.exceptions import HTTPException

from quizapp.web.asked import FIELDS, Asked

BODIES = [
    b"",
    b"chon=1&chon=2&seq=",
    b"text=%C4%90%E1%BB%93ng+ch%C3%AD&csrf=a-b_c",
    b"text=%ff%fe&a=b",
    b"\xff\xfe=1",
    b"a=1;b=2&c&=d&&e=%00%zz",
    "văn bản=một".encode(),
]


def read(kind, body, size=None, content_type=FIELDS, limit=1000):
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = limit
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)) if size is None else size,
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    with app.app_context():
        asked = kind(environ)
        try:
            return list(asked.form.items(multi=True)), list(asked.files), type(asked.form), asked.get_data()
        except HTTPException as error:
            return error.code


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("content_type", [FIELDS, FIELDS + "; charset=utf-8", "text/plain", ""])
def test_a_form_is_read_as_werkzeug_reads_it(body, content_type):
    assert read(Asked, body, content_type=content_type) == read(Request, body, content_type=content_type)


@pytest.mark.parametrize("size", ["", "-1", "abc", "٣", "2000"])
def test_a_strange_length_is_left_to_werkzeug(size):
    assert read(Asked, b"a=1", size=size) == read(Request, b"a=1", size=size)


def test_what_is_too_long_or_cut_off_is_refused():
    assert read(Asked, b"a=" + b"x" * 1000) == 413
    assert read(Asked, b"a=1", size="10") == 400
