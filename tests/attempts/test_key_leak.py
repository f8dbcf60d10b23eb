"""The answer key never reaches the browser before the learner may see it: every kind, on a real page."""

import random
import re

import pytest
from papers import answer, begin, right_fields

from quizapp.attempts import actions
from quizapp.attempts.models import Attempt
from quizapp.clock import now
from quizapp.courses import queries as courses
from quizapp.database import db
from quizapp.domain.attempts import Paper

KINDS = ["single", "multiple", "true_false", "matching", "ordering", "short", "number", "gaps"]


def paper_of(app, office, kind, case=False):
    """An open attempt whose only question is of the kind, from the real content."""
    with app.app_context():
        units = [row for row in courses.unit_rows(1) if not courses.taught(row.revision_id).unit.final]
        for row in units:  # the final asks no kind of its own, and is shut
            taught = courses.taught(row.revision_id)
            keys = [
                q.key for q in taught.questions.values() if q.kind == kind and (q.situation is not None or not case)
            ]
            if keys:
                attempt_id = actions.start(office["hocvien"], taught, now())
                paper = Paper.of(taught.unit, keys[:1], random.Random(1))
                db.session.execute(db.update(Attempt).filter_by(id=attempt_id).values(paper=paper.stored()))
                db.session.commit()
                return attempt_id, taught.questions[keys[0]]
    raise AssertionError(f"the content has no {kind}")


def secrets_of(question):
    """Texts that give the key away."""
    found = [question.explanation] if question.explanation else []
    found += [option.why for option in getattr(question, "options", ())]
    found += [pair.why for pair in getattr(question, "pairs", ())]
    for gap in getattr(question, "gaps", ()):
        found += [option.why for option in gap.options]
    found += [getattr(question, "why", None) or ""]
    found += list(getattr(question, "accepted", ()))
    return [text for text in found if text and text not in question.prompt and text not in (question.situation or "")]


@pytest.mark.parametrize("kind", [*KINDS, "case"])
def test_the_key_is_not_on_the_page_before_the_answer(app, visit, office, kind):
    case = kind == "case"
    attempt_id, question = paper_of(app, office, "single" if case else kind, case)
    me = visit("hocvien")
    page = me.get(f"/lam/{attempt_id}/1")
    if case:
        assert question.situation.split()[0] in page.text
    for text in secrets_of(question):
        assert text.replace("**", "") not in page.text, text
    body = page.html[page.html.index('id="cau"') :]
    values = re.findall(r'(?:value|name|id|data-[\w-]+)="([^"]*)"', body)
    keys = {getattr(one, "key", None) for part in ("options", "pairs", "items") for one in getattr(question, part, ())}
    assert not keys & set(values), "a key of the content stands in the form"
    assert "right" not in body
    for word in ("data-right", "data-key=", "correct", "dap-an"):
        assert word not in body


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_answered_graded_and_explained(app, visit, office, kind):
    attempt_id, _ = paper_of(app, office, kind)
    me = visit("hocvien")
    fields = right_fields(app, attempt_id, 1)
    me.get(f"/lam/{attempt_id}/1")
    me.post(f"/lam/{attempt_id}/1", fields)
    page = me.follow()
    assert page.title.startswith("Đúng"), page.title
    assert "diễn giải theo" in page.text
    me.post(f"/lam/{attempt_id}/nop")
    assert "1/1" in me.follow().text


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_answered_wrong_says_what_is_right(app, visit, office, kind):
    attempt_id, question = paper_of(app, office, kind)
    me = visit("hocvien")
    page = answer(me, attempt_id, 1, wrong=True)
    assert "Chưa đúng" in page.title or "Đúng một phần" in page.title
    explained = (
        question.explanation or next((option.why for option in question.options if option.right), "")
        if kind != "true_false"
        else question.why
    )
    assert explained.replace("**", "")[:40] in page.text


def test_the_options_of_two_attempts_stand_in_different_orders(app, visit):
    me = visit("hocvien")
    orders = set()
    for _ in range(4):
        attempt = begin(me)
        with app.app_context():
            paper = Paper.read(db.session.get(Attempt, attempt).paper)
            orders |= {(entry.key, str(entry.orders)) for entry in paper.entries}
        me.post(f"/lam/{attempt}/nop")
    keys = [key for key, _ in orders]
    assert len(keys) > len(set(keys))
