"""A visitor: the test client of somebody signed in, who checks on every page what every page owes."""

import base64
import contextvars
import re
import unicodedata
from collections import Counter
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from lxml.html import document_fromstring
from werkzeug.test import TestResponse

UNSEEN = ("hidden", "submit")
TOKEN = re.compile('name="csrf" value="([^"]+)"')


class Reader:
    """What a page holds, as far as its debts go."""

    def __init__(self, html: str):
        root = document_fromstring(html)
        every = [element for element in root.iter() if isinstance(element.tag, str)]
        self.tags = Counter(str(element.tag) for element in every)
        self.ids = Counter(element.get("id") for element in every if element.get("id"))
        self.fors = {label.get("for") for label in root.iter("label")}
        self.fields = [e for e in root.iter("input", "select", "textarea") if e.get("type") not in UNSEEN]
        self.lang = root.get("lang", "")
        self.title = root.findtext("head/title", "").strip()
        self.text = " ".join(" ".join(root.itertext(etree.Element)).split())
        self.offences = [told for element in every if (told := _offence(element))]

    def nameless(self) -> list[str]:
        """Fields without a label."""
        return [
            etree.tostring(field, encoding="unicode", with_tail=False)[:300]
            for field in self.fields
            if not field.get("aria-label")
            and field.get("id") not in self.fors
            and next(field.iterancestors("label"), None) is None
        ]


def _offence(element: Any) -> str:
    """What the Content-Security-Policy forbids."""
    if "style" in element.attrib or element.tag == "style" or (element.tag == "script" and "src" not in element.attrib):
        return f"inline style or script on <{element.tag}>"
    return f"inline handler on <{element.tag}>" if any(name.startswith("on") for name in element.attrib) else ""


class Page:
    """A response: its text, and for HTML its checked content."""

    def __init__(self, response: TestResponse):
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.html = (
            response.get_data(as_text=True) if "json" in response.mimetype or "html" in response.mimetype else ""
        )
        self.text = self.title = ""
        if response.mimetype == "text/html" and self.html and not self.location:
            self.reader = Reader(self.html)
            self.text, self.title = self.reader.text, self.reader.title
            self._check(self.reader)

    def _check(self, page: Reader) -> None:
        assert page.lang == "vi", "lang"
        assert page.title, "a title"
        assert page.tags["h1"] == 1, f"{page.tags['h1']} h1"
        assert not page.offences, page.offences
        twins = [name for name, n in page.ids.items() if n > 1]
        assert not twins, f"twin ids {twins}"
        assert not page.nameless(), f"fields without a label: {page.nameless()}"
        assert unicodedata.is_normalized("NFC", self.html), "NFC"
        if self.status >= 400 and self.status != 409:
            return
        assert "�" not in self.html


def _holds(token: str, secret: str) -> bool:
    """Whether a token that a page showed is of this session's secret: the two halves differ by it."""
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return bytes(a ^ b for a, b in zip(raw[:16], raw[16:], strict=True)) == base64.b64decode(secret)


class Visitor:
    """Somebody at a browser without scripts."""

    def __init__(self, app: Flask):
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.page: Page | None = None
        self._token: tuple[str | None, str] = (None, "")

    def _run(self, call: Any, **kwargs: Any) -> Page:
        # Flask reuses a pushed application context; a request of its own has none.
        return contextvars.Context().run(lambda: Page(call(**kwargs)))

    def get(self, address: str, status: int = 200, **kwargs: Any) -> Page:
        self.page = self._run(self.client.get, path=address, **kwargs)
        assert self.page.status == status, f"{address}: {self.page.status}, {self.page.location} {self.page.text[:300]}"
        return self.page

    def token(self) -> str:
        """A token of this session, taken from a page as a browser would; good as long as the session keeps its secret."""
        with self.client.session_transaction() as session:
            secret = session.get("csrf")
        if secret is None or secret != self._token[0]:
            shown = TOKEN.search(self.page.html) if self.page else None
            if secret and shown and _holds(shown[1], secret):
                self._token = secret, shown[1]
                return shown[1]
            found = self._token_of_a_page()
            with self.client.session_transaction() as session:
                self._token = session.get("csrf"), found
        return self._token[1]

    def _token_of_a_page(self) -> str:
        found = TOKEN.search(self.get("/tro-giup").html) or TOKEN.search(self.get("/dang-nhap").html)
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
