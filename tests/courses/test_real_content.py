"""The content that is shipped: nothing to find, everything readable again from the database."""

import re
from collections import Counter

from papers import begin
from shipped import shipped

from quizapp.courses import coverage, inspection
from quizapp.courses.questions import asked_in
from quizapp.domain.content import FORMAT, Document, read_stored_unit


def test_nothing_is_found_in_the_shipped_content():
    whole = shipped()
    assert not list(inspection.findings(whole.course, whole.documents, whole.units))


def test_each_task_has_two_questions_and_what_is_not_verified_has_none():
    whole = shipped()
    assert all(n >= coverage.ENOUGH for n in coverage.by_task(whole.course, whole.units.values()).values())
    for one in coverage.coverage(whole.documents.values(), whole.units):
        assert not [row for row in one.rows if not row.provision.verified and (row.sections or row.questions)]
    assert not list(coverage.lost(whole.documents.values(), whole.units))


def test_each_verified_provision_of_quy_dinh_144_has_two_questions():
    whole = shipped()
    (rule,) = coverage.coverage([whole.documents["144-qd-tw"]], whole.units)
    assert not [row.provision.anchor for row in rule.rows if not row.enough]


def test_half_of_units_three_to_nine_and_eighteen_of_any_final_are_situations():
    units = shipped().units.values()
    for unit in units:
        if 3 <= unit.number <= 9:
            told = [bool(one.situation) for one in asked_in(unit)]
            assert 2 * sum(told) >= len(told), unit.key
    (final,) = [unit for unit in units if unit.final]
    bare = Counter(item.objective for item in final.questions if not item.situation)
    assert sum(max(0, drawn - bare[task]) for task, drawn in final.quiz.draw.items()) >= 18


def test_every_unit_and_document_is_the_same_after_being_stored():
    whole = shipped()
    for unit in whole.units.values():
        assert unit.stored()["format"] == FORMAT
        assert read_stored_unit(unit.stored()) == unit
    for document in whole.documents.values():
        assert Document.model_validate(document.model_dump(mode="json"), extra="ignore") == document


def test_every_document_opens_and_is_found_by_its_number(visit):
    me = visit("hocvien")
    begin(me)
    for document in shipped().documents.values():
        assert document.name in me.get(f"/van-ban/{document.code}").text
        found = re.findall(r'href="(/van-ban/[^"#?]+)', me.get("/van-ban", query_string={"tim": document.number}).html)
        assert found[0] == f"/van-ban/{document.code}", document.number
