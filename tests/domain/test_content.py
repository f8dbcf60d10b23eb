"""Content: what is taken, what is refused and where, and bodies that can be read for ever."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.content import (
    Case,
    ContentProblems,
    can_fill,
    item_size,
    read_course,
    read_document,
    read_stored_unit,
    read_unit,
)


def options(*right):
    return [{"key": key, "text": f"Phương án {key}", "right": key in right, "why": f"Vì {key}"} for key in "abc"]


ASKED = {"level": "nho", "provision": "1248-cv-tu#ba-la", "prompt": "Đề bài"}
TOLD = {"explanation": "Giải thích"}
SINGLE = {**ASKED, "kind": "single", "options": options("a")}
MULTIPLE = {**ASKED, "kind": "multiple", "options": options("a", "b")}
TRUE_FALSE = {**ASKED, "kind": "true_false", "answer": True, "why": "Vì thế"}
PAIRS = [{"key": f"p{n}", "left": f"Trái {n}", "right": f"Phải {n}", "why": "Vì thế"} for n in (1, 2)]
MATCHING = {**ASKED, **TOLD, "kind": "matching", "pairs": PAIRS, "extra": ["Phải 3"]}
ORDERING = {**ASKED, **TOLD, "kind": "ordering", "items": [{"key": f"i{n}", "text": f"Bước {n}"} for n in (1, 2, 3)]}
SHORT = {**ASKED, **TOLD, "kind": "short", "accepted": ["liêm chính"]}
NUMBER = {**ASKED, **TOLD, "kind": "number", "value": 5}
GAPS = {**ASKED, **TOLD, "kind": "gaps", "text": "Một {o1} hai", "gaps": [{"key": "o1", "options": options("b")}]}
KINDS = [SINGLE, MULTIPLE, TRUE_FALSE, MATCHING, ORDERING, SHORT, NUMBER, GAPS]
CASE = {"kind": "case", "key": "th", "objective": "muc-tieu", "situation": "Tình huống"}


def bank_item(question, key):
    return {**question, "key": key, "objective": "muc-tieu"}


def case(*parts):
    return {**CASE, "questions": [{**part, "key": f"th-{n}"} for n, part in enumerate(parts, 1)]}


def unit(*items, draw=None, **fields):
    return {
        "key": "bai-1",
        "number": 1,
        "task": None,
        "title": "Bài một",
        "minutes": 7,
        "graded": True,
        "why": "Vì sao học",
        "objectives": [{"key": "muc-tieu", "text": "Nêu được"}],
        "sections": [{"key": "mo-dau", "title": "Mở đầu", "cite": "1248-cv-tu#ba-la", "text": "Chữ"}],
        "quiz": {"feedback": "at_once", "pass_percent": 80, "draw": {"muc-tieu": draw or len(items)}},
        "questions": list(items),
        **fields,
    }


def problems(reader, data):
    with pytest.raises(ContentProblems) as caught:
        reader(data)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def only_question_problem(question):
    """The one problem of a bank with this one question, its path counted from the question."""
    [(path, message)] = problems(read_unit, unit(bank_item(question, "cau-1")))
    assert path[:2] == ("questions", 0)
    return path[2:], message


def test_all_nine_kinds_are_read():
    bank = [bank_item(question, f"cau-{n}") for n, question in enumerate(KINDS)]
    read = read_unit(unit(*bank, case(SINGLE, NUMBER), draw=1))
    assert [item.kind for item in read.questions] == [question["kind"] for question in KINDS] + ["case"]
    assert [question.key for question in read.each_question()][-2:] == ["th-1", "th-2"]


@pytest.mark.parametrize(
    ("question", "path", "words"),
    [
        ({**SINGLE, "options": options()}, (), "đúng một phương án đúng"),
        ({**SINGLE, "options": options("a", "b")}, (), "đúng một phương án đúng"),
        ({**SINGLE, "options": options("a")[:1]}, ("options",), "ít nhất 2"),
        ({**SINGLE, "options": [*options("a"), options()[1]]}, (), "khóa phương án “b” bị trùng"),
        ({**SINGLE, "options": [*options("a"), {"key": "d", "text": "phương ÁN a", "why": "Vì"}]}, (), "bị trùng"),
        ({**MULTIPLE, "options": options()}, (), "ít nhất một phương án đúng"),
        ({**MULTIPLE, "options": options("a", "b", "c")}, (), "một phương án chưa đúng"),
        ({**TRUE_FALSE, "answer": "đúng"}, ("answer",), "true hoặc false"),
        ({**MATCHING, "extra": ["phải 1"]}, (), "trùng với vế đúng"),
        ({**MATCHING, "extra": ["Phải 3", "phải 3"]}, (), "bị trùng"),
        ({**MATCHING, "pairs": [{**PAIRS[0], "key": "x1"}, PAIRS[1]]}, (), "khóa “x1” bị trùng"),
        ({**MATCHING, "pairs": [PAIRS[0], {**PAIRS[1], "left": "Trái 1"}]}, (), "vế trái"),
        ({**ORDERING, "items": ORDERING["items"][:2]}, ("items",), "ít nhất 3"),
        ({**SHORT, "accepted": []}, ("accepted",), "ít nhất 1"),
        ({**NUMBER, "value": float("nan")}, ("value",), "số hữu hạn"),
        ({**NUMBER, "tolerance": -1}, ("tolerance",), "từ 0 trở lên"),
        ({**GAPS, "text": "Một {o1} hai {o1}"}, (), "đúng một lần"),
        ({**GAPS, "text": "Một hai"}, (), "đúng một lần"),
        ({**GAPS, "text": "Một {o1} hai {o2}"}, (), "không được khai báo"),
        ({**GAPS, "gaps": [{"key": "o1", "options": options()}]}, ("gaps", 0), "đúng một phương án đúng"),
        ({**SINGLE, "kind": "essay"}, (), "“essay” không có"),
        ({**SINGLE, "level": "giỏi"}, ("level",), "phải là một trong"),
        ({**SINGLE, "provision": "Điều 3"}, ("provision",), "không đúng dạng mã"),
        ({**SINGLE, "prompt": "  "}, ("prompt",), "không được để trống"),
        ({**SINGLE, "promt": "Đề"}, ("promt",), "không có trong định dạng"),
        ({**SINGLE, "prompt": "Đe\u0302\u0300 bài"}, ("prompt",), "NFC"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_its_place(question, path, words):
    where, message = only_question_problem(question)
    assert where == path
    assert words in message


def test_every_problem_is_told_at_once():
    broken = unit(bank_item({**SINGLE, "level": "giỏi", "prompt": ""}, "cau-1"), title="", minutes=0)
    assert {path for path, _ in problems(read_unit, broken)} == {
        ("title",),
        ("minutes",),
        ("questions", 0, "level"),
        ("questions", 0, "prompt"),
    }


def test_a_broken_item_does_not_make_its_list_too_short():
    broken = [{**options()[0], "why": ""}, options("b")[1]]
    assert only_question_problem({**SINGLE, "options": broken}) == (("options", 0, "why"), "không được để trống")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"minutes": "bảy"}, "phải là số nguyên"),
        ({"minutes": 7.5}, "phải là số nguyên"),
        ({"minutes": 0}, "phải từ 1 trở lên"),
        ({"key": "a" * 61}, "nhiều nhất 60 chữ"),
        ({"quiz": {"feedback": "after", "pass_percent": 101, "draw": {"muc-tieu": 1}}}, "nhiều nhất là 100"),
    ],
)
def test_problems_are_told_in_vietnamese(fields, words):
    assert [message for _, message in problems(read_unit, unit(bank_item(SINGLE, "cau-1"), **fields))] == [words]


@pytest.mark.parametrize("data", [None, [], "bài", 7])
def test_what_is_no_unit_at_all_is_a_problem_too(data):
    assert problems(read_unit, data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (unit(bank_item(SINGLE, "cau-1"), bank_item(SHORT, "cau-1")), "câu “cau-1” bị trùng"),
        (unit(bank_item(SINGLE, "th-1"), case(SINGLE, NUMBER)), "câu “th-1” bị trùng"),
        (unit({**bank_item(SINGLE, "cau-1"), "objective": "khac"}), "mục tiêu “khac” không có"),
        (unit({**SINGLE, "key": "cau-1"}), "chưa khai mục tiêu"),
        (unit(bank_item(SINGLE, "cau-1"), draw=2), "không rút được đúng 2 câu"),
        (unit(case(SINGLE, NUMBER), draw=1), "không rút được đúng 1 câu"),
        (unit(case(SINGLE, {**NUMBER, "situation": "Khác"})), "không khai riêng"),
    ],
)
def test_a_unit_that_does_not_hold_together_is_refused(data, words):
    assert words in " ".join(message for _, message in problems(read_unit, data))


@given(st.lists(st.integers(1, 5), max_size=8), st.integers(0, 20))
def test_a_blueprint_can_be_filled_when_some_items_add_up_to_it(sizes, count):
    sums = {0}
    for size in sizes:
        sums |= {size + other for other in sums}
    assert can_fill(sizes, count) is (count in sums)


@pytest.mark.parametrize("task", [None, "ba-la"])
def test_a_stored_unit_is_read_back_the_same(task):
    bank = [bank_item(question, f"cau-{n}") for n, question in enumerate(KINDS)]
    before = read_unit(unit(*bank, case(SINGLE, NUMBER), draw=1, task=task))
    assert read_stored_unit(json.loads(json.dumps(before.stored()))) == before


def test_a_stored_unit_may_hold_fields_that_are_no_longer_known():
    before = read_unit(unit(bank_item(SINGLE, "cau-1")))
    body = copy.deepcopy(before.stored())
    body["unit"]["colour"] = body["unit"]["quiz"]["colour"] = body["unit"]["questions"][0]["colour"] = "xanh"
    assert read_stored_unit(body) == before


def test_a_format_from_the_future_is_not_guessed_at():
    with pytest.raises(ValueError, match="newer"):
        read_stored_unit({"format": 99, "unit": {}})


def test_every_citation_is_listed_with_its_path():
    read = read_unit(unit(bank_item(SINGLE, "cau-1"), case(SINGLE, NUMBER)))
    assert [path for path, _ in read.citations()] == [
        ("sections", 0, "cite"),
        ("questions", 0, "provision"),
        ("questions", 1, "questions", 0, "provision"),
        ("questions", 1, "questions", 1, "provision"),
    ]
    assert [item_size(item) for item in read.questions] == [1, 2]
    assert isinstance(read.questions[1], Case)


PROVISION = {"anchor": "ba-la", "label": "Ba là", "summary": "Tóm tắt", "verified": True, "sources": ["Công văn"]}
DOCUMENT = {
    "code": "1248-cv-tu",
    "number": "1248-CV/TU",
    "kind": "Công văn",
    "issued_on": "2026-05-04",
    "issuer": "Tỉnh ủy",
    "title": "Tên",
    "about": "Về việc",
    "validity": {"state": "in_force", "as_of": "2026-10-01", "note": "Còn hiệu lực", "source": "Cổng thông tin"},
    "provisions": [PROVISION],
}


def test_a_document_is_a_tree_in_reading_order():
    deep = {**PROVISION, "anchor": "ba-la.1", "children": [{**PROVISION, "anchor": "ba-la.1.a"}]}
    read = read_document({**DOCUMENT, "provisions": [{**PROVISION, "children": [deep]}]})
    assert [provision.anchor for provision in read.walk()] == ["ba-la", "ba-la.1", "ba-la.1.a"]
    assert read.name == "Công văn 1248-CV/TU"


@pytest.mark.parametrize(
    ("provisions", "words"),
    [
        ([PROVISION, PROVISION], "neo “ba-la” bị trùng"),
        ([{**PROVISION, "sources": []}], "không nêu nguồn"),
        ([], "ít nhất 1"),
    ],
)
def test_a_document_is_refused_for_twin_anchors_or_claims_without_source(provisions, words):
    assert words in problems(read_document, {**DOCUMENT, "provisions": provisions})[0][1]


COURSE = {
    "key": "cv-1248",
    "title": "Khóa",
    "document": "1248-cv-tu",
    "tasks": [{"key": "ba-la", "name": "Ba là", "title": "Kiểm tra"}],
    "units": ["bai-0", "bai-1"],
    "paths": [{"key": "can-bo", "title": "Cán bộ", "units": ["bai-1"]}],
}


def test_a_path_is_found_by_its_key():
    course = read_course(COURSE)
    assert course.path("can-bo").units == ("bai-1",)
    with pytest.raises(KeyError):
        course.path("khac")


def test_a_path_holds_only_units_of_its_course():
    path = {"key": "can-bo", "title": "Cán bộ", "units": ["bai-9"]}
    assert "bai-9" in problems(read_course, {**COURSE, "paths": [path]})[0][1]
