"""What the tests of the leaders' pages share: people who learn, tables read from a page."""

import re

from quizapp.accounts.models import Grant, Person
from quizapp.accounts.queries import Scope, SignedIn
from quizapp.clock import now
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.organisation.models import Body


def learn(app, person_id, *units, passed=True, at=None):
    """The person hands in the quizzes of some units."""
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        for unit in units:
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"test:{unit}", None, 1000, 1000, passed, True)
            learning.record(person_id, course, [fact], at or now())
        db.session.commit()


def finish(app, person_id, at=None):
    learn(app, person_id, "bai-0", "bai-6", "bai-8", at=at)


def rows(page, caption):
    """The rows of a table by their first cell, as lists of words."""
    table = next(t for t in re.findall(r"<table.*?</table>", page.html, re.S) if caption in t)
    cells = [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr.*?</tr>", table, re.S)
    ]
    return {row[0]: row[1:] for row in cells}


def signed_in(login):
    """Somebody as the queries see whoever asks."""
    person = db.session.scalars(db.select(Person).filter_by(login=login)).one()
    grants = db.select(Grant.role, Grant.body_id, Body.path).join(Body, Body.id == Grant.body_id)
    scopes = tuple(Scope(*row) for row in db.session.execute(grants.filter_by(person_id=person.id)))
    return SignedIn(person.id, "", login, person.name, 0, "", 100, "", True, True, True, scopes)
