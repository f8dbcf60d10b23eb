"""Câu hỏi in the browser: every kind typed, saved whole or not, changed by two people; who may; nothing typed is run."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from quizapp.courses import drafting, drafts
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.exchange.writing import question_of
from quizapp.courses.models import Draft, Unit
from quizapp.clock import now
from quizapp.database import db
from quizapp.domain.content import Case
from quizapp.studio.question_fields import read

CONTENT = Path(__file__).parents[2] / "content" / "cv-1248"


class Fields(HTMLParser):
    """What a browser without script would send of the form with that id."""

    def __init__(self, html, form="cau-hoi"):
        super().__init__(convert_charrefs=True)
        self.wanted, self.inside = form, False
        self.found, self.area, self.select = [], None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.inside = a.get("id") == self.wanted
        if not self.inside:
            return
        if tag == "input" and a.get("name"):
            if a.get("type") in ("radio", "checkbox"):
                if "checked" in a:
                    self.found.append((a["name"], a.get("value") or ""))
            else:
                self.found.append((a["name"], a.get("value") or ""))
        if tag == "textarea":
            self.area = (a["name"], "")
        if tag == "select":
            self.select = [a["name"], None, None]
        if tag == "option" and self.select:
            if self.select[1] is None:
                self.select[1] = a.get("value")
            if "selected" in a:
                self.select[2] = a.get("value")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        if tag == "textarea" and self.area:
            name, text = self.area  # a browser drops the first line's end and sends CRLF
            self.found.append((name, text.removeprefix("\n").replace("\n", "\r\n")))
            self.area = None
        if tag == "select" and self.select:
            name, first, chosen = self.select
            self.found.append((name, (first if chosen is None else chosen) or ""))
            self.select = None

    def handle_data(self, data):
        if self.area:
            self.area = (self.area[0], self.area[1] + data)

    @property
    def many(self):
        told = {}
        for name, value in self.found:
            told.setdefault(name, []).append(value)
        return told


def fields(page, **changes):
    """The form as shown, with changes by field name ("_" for "-"), and a button pressed."""
    told = Fields(page.html).many
    for name, value in changes.items():
        told[name.replace("_", "-")] = value if isinstance(value, list) else [value]
    return told


@pytest.fixture
def unit(app):
    """Id of bài 8."""
    with app.app_context():
        return db.session.scalars(db.select(Unit.id).filter_by(key="bai-8")).one()


def draft_question(app, unit_id, key):
    with app.app_context():
        draft = db.session.get(Draft, unit_id)
        return next((q for q in drafts.body_of(draft)["questions"] if q["key"] == key), None) if draft else None


def units_of(app):
    with app.app_context():
        return dict(db.session.execute(db.select(Unit.key, Unit.id)).all())


def test_every_shipped_question_opened_and_saved_unchanged_stays_the_same(app, visit, contents):
    me, ids = visit("baocaovien"), units_of(app)
    for key, unit in contents.units.items():
        me.get(f"/soan/bai/{ids[key]}/cau")
        for item in unit.questions:
            page = me.get(f"/soan/bai/{ids[key]}/cau/{item.key}")
            assert read(fields(page), item.key) == question_of(item)
