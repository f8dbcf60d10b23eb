"""A visitor: the test client of somebody signed in, who checks on every page what every page owes."""

import contextvars
import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = {"input", "meta", "link", "br", "img", "hr", "use", "progress"}


class Reader(HTMLParser):
    """What a page holds, as far as its debts go."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.fors: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.lang = ""
        self.title = ""
        self.text: list[str] = []
        self.in_label = 0
        self._in_title = False
        self.offences: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        self.tags[tag] += 1
        if a.get("id"):
            self.ids[str(a["id"])] += 1
        if tag == "html":
            self.lang = a.get("lang") or ""
        if tag == "label":
            self.in_label += 1
            if a.get("for"):
                self.fors.add(str(a["for"]))
        if tag in ("input", "select", "textarea") and a.get("type") not in ("hidden", "submit"):
            self.fields.append(a | {"in_label": "1" if self.in_label else None})
        self._in_title = tag == "title"
        if "style" in a or tag == "style" or (tag == "script" and "src" not in a):
            self.offences.append(f"inline style or script on <{tag}>")
        if any(name.startswith("on") for name in a):
            self.offences.append(f"inline handler on <{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.in_label -= 1
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        self.text.append(data)


class Page:
    """A response: its text, and for HTML its checked content."""

    def __init__(self, response: TestResponse):
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.html = (
            response.get_data(as_text=True) if "json" in response.mimetype or "html" in response.mimetype else ""
        )
        self.reader = Reader()
        if response.mimetype == "text/html" and self.html and not self.location:
            self.reader.feed(self.html)
            self._check()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.reader.text).split())

    @property
    def title(self) -> str:
        return self.reader.title.strip()

    def _check(self) -> None:
        page = self.reader
        assert page.lang == "vi", "lang"
        assert page.title.strip(), "a title"
        assert page.tags["h1"] == 1, f"{page.tags['h1']} h1"
        assert not page.offences, page.offences
        twins = [name for name, n in page.ids.items() if n > 1]
        assert not twins, f"twin ids {twins}"
        for field in page.fields:
            named = field["in_label"] or field.get("id") in page.fors or field.get("aria-label")
            assert named, f"a field without a label: {field}"
        assert unicodedata.is_normalized("NFC", self.html), "NFC"
        if self.status >= 400 and self.status != 409:
            return
        assert "�" not in self.html


class Visitor:
    """Somebody at a browser without scripts."""

    def __init__(self, app: Flask):
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.page: Page | None = None

    def _run(self, call: Any, **kwargs: Any) -> Page:
        # Flask reuses a pushed application context; a request of its own has none.
        return contextvars.Context().run(lambda: Page(call(**kwargs)))

    def get(self, address: str, status: int = 200, **kwargs: Any) -> Page:
        self.page = self._run(self.client.get, path=address, **kwargs)
        assert self.page.status == status, f"{address}: {self.page.status}, {self.page.location} {self.page.text[:300]}"
        return self.page

    def token(self) -> str:
        """A token of this session, taken from a page as a browser would."""
        page = self.get("/tro-giup")
        found = re.search(r'name="csrf" value="([^"]+)"', page.html)
        if not found:
            found = re.search(r'name="csrf" value="([^"]+)"', self.get("/dang-nhap").html)
        assert found
        return found[1]

    def post(self, address: str, data: Any = None, status: int = 303, token: str | None = None, **kwargs: Any) -> Page:
        body = dict(data or {})
        body.setdefault("csrf", self.token() if token is None else token)
        self.page = self._run(self.client.post, path=address, data=body, **kwargs)
        assert self.page.status == status, f"{address}: {self.page.status}, {self.page.location} {self.page.text[:400]}"
        return self.page

    def follow(self) -> Page:
        """Go where the last answer leads."""
        assert self.page is not None
        assert self.page.location, "no redirect to follow"
        return self.get(self.page.location)
