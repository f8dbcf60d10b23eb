"""The content that is shipped: nothing to find, everything readable again from the database."""

import random
import re
from collections import Counter
from pathlib import Path

from papers import begin

from quizapp.courses import coverage, inspection
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.questions import asked_in
from quizapp.domain.attempts import asked, draw
from quizapp.domain.content import FORMAT, Document, read_stored_unit

CONTENT = Path(__file__).parents[2] / "content" / "cv-1248"


def test_nothing_is_found_in_the_shipped_content():
    whole = read_folder(CONTENT)
    assert not list(inspection.findings(whole.course, whole.documents, whole.units))


def test_each_task_has_two_questions_and_what_is_not_verified_has_none():
    whole = read_folder(CONTENT)
    assert all(n >= coverage.ENOUGH for n in coverage.by_task(whole.course, whole.units.values()).values())
    for one in coverage.coverage(whole.documents.values(), whole.units):
        assert not [row for row in one.rows if not row.provision.verified and (row.sections or row.questions)]
    assert not list(coverage.lost(whole.documents.values(), whole.units))


def test_each_verified_provision_of_quy_dinh_144_has_two_questions():
    whole = read_folder(CONTENT)
    (rule,) = coverage.coverage([whole.documents["144-qd-tw"]], whole.units)
    assert not [row.provision.anchor for row in rule.rows if not row.enough]


def test_three_fifths_of_every_final_are_situations_whatever_was_seen_taught_and_stopped():
    whole = read_folder(CONTENT)
    final = whole.units["bai-11"]
    situations = {one.question.key for one in asked_in(final) if one.situation}
    plain = {question.key: 0 for question in final.each_question() if question.key not in situations}
    often = dict.fromkeys(situations, 9)
    for path in whole.course.paths:
        units = [whole.units[key] for key in path.units if key != final.key]
        taught = {reference for unit in units for _, reference in unit.citations()}
        for seed in range(40):
            stopped = random.Random(seed).sample(sorted(plain), seed % 3)
            paper = draw(final, often | plain, random.Random(seed), stopped, taught)
            assert sum(key in situations for key in paper.keys) >= 18
            questions = asked(final)
            assert Counter(questions[key].objective for key in paper.keys) == final.quiz.draw


def test_every_unit_and_document_is_the_same_after_being_stored():
    whole = read_folder(CONTENT)
    for unit in whole.units.values():
        assert unit.stored()["format"] == FORMAT
        assert read_stored_unit(unit.stored()) == unit
    for document in whole.documents.values():
        assert Document.model_validate(document.model_dump(mode="json"), extra="ignore") == document


def test_every_document_opens_and_is_found_by_its_number(visit):
    me = visit("hocvien")
    begin(me)
    for document in read_folder(CONTENT).documents.values():
        assert document.name in me.get(f"/van-ban/{document.code}").text
        found = re.findall(r'href="(/van-ban/[^"#?]+)', me.get("/van-ban", query_string={"tim": document.number}).html)
        assert found[0] == f"/van-ban/{document.code}", document.number
