"""Questions of other tools as our own, and back: what is kept, what is named, what is kept out."""

import pytest
from courses.offered import questions
from hypothesis import given, settings
from shipped import shipped

from quizapp.courses import near_questions, offering
from quizapp.courses.exchange.formats import FORMATS
from quizapp.courses.exchange.writing import question_of
from quizapp.courses.question_command import written
from quizapp.domain.interchange import Offered, OfferedOption, OfferedPair


@pytest.fixture(scope="module")
def bank():
    """All questions that ship, as plain data."""
    return [question_of(item) for unit in shipped().units.values() for item in unit.questions]


def ours(question):
    """A question without its keys, which a new unit gives anew."""
    told = {name: value for name, value in question.items() if name != "key" and (name, value) != ("tolerance", 0)}
    for name in ("options", "items", "gaps", "pairs", "questions"):
        if name in told:
            told[name] = [ours(one) for one in told[name]]
    if question.get("kind") == "gaps":
        told["text"] = "".join(part.partition("}")[2] if n else part for n, part in enumerate(told["text"].split("{")))
    return told


MORE = [  # what the shipped bank has none of
    {
        "key": "x-1", "kind": "single", "objective": "ke", "level": "nho", "provision": "144-qd-tw#dieu-1",
        "prompt": "Mức nào?", "explanation": "Theo thứ tự tăng dần.", "ordered": True,
        "options": [
            {"key": "a", "text": "Thấp", "why": "Chưa đủ."},
            {"key": "b", "text": "Cao", "right": True, "why": "Đủ."},
        ],
    },
    {
        "key": "x-2", "kind": "gaps", "objective": "ke", "level": "nho", "provision": "144-qd-tw#dieu-1",
        "prompt": "Chọn từ đúng cho mỗi chỗ trống.", "text": "Cần, kiệm, {g1}", "explanation": "Câu quen.",
        "gaps": [{"key": "g1", "options": [
            {"key": "a", "text": "liêm", "right": True, "why": "Đúng."},
            {"key": "b", "text": "nghiêm", "why": "Chưa đúng."},
        ]}],
    },
    {
        "key": "x-3", "kind": "true_false", "objective": "ke", "level": "hieu", "provision": "144-qd-tw#dieu-1",
        "prompt": "Nhận định?", "answer": False, "why": "Sai vì thế.", "explanation": "Nói thêm.",
    },
]  # fmt: skip


def lost(items, name):
    return [one for item in items for one in FORMATS[name].lost(item)]


@pytest.mark.parametrize("name", [None, "xlsx", "docx", "gift", "moodle", "qti"])
def test_our_own_bank_comes_back_as_it_went_out(bank, name):
    items = [offering.from_question(question) for question in (*bank, *MORE)]
    kept = [*bank, *MORE]
    if name:
        gone = {one.name for one in lost(items, name) if one.gone}
        assert {item.kind for item in items if item.id in gone} == ({"gaps"} if name == "gift" else set())
        kept = [question for question in kept if question["key"] not in gone]
        items = FORMATS[name].read(FORMATS[name].write(items), "x")
        assert [item.id for item in items] == [question["key"] for question in kept]
    back = [offering.to_question(item)[0] for item in offering.judged(items) if not item.fatal]
    assert [ours(one) for one in back] == [ours(one) for one in kept]


def test_what_a_format_cannot_hold_is_counted_one_by_one(bank):
    case = next(question for question in bank if question["kind"] == "case")
    done = written([offering.from_question(question) for question in [*MORE, case]], FORMATS["aiken"])
    parts = case["questions"]
    single = [part for part in parts if part["kind"] in ("single", "true_false")]
    assert (done.whole, done.held) == (3 + len(parts), 2 + len(single))
    assert done.counted() == f"{2 + len(single)} trên {3 + len(parts)} câu"
    assert done.data.decode().count("ANSWER:") == done.held
    told = [one.sentence() for one in done.lost]
    assert f"Câu {case['key']}: tình huống được tách thành {len(parts)} câu, câu nào cũng kèm phần tình huống." in told
    assert "Câu x-2: Aiken chỉ ghi được câu chọn một phương án." in told
    assert "Câu x-2 không có trong tệp: Aiken chỉ ghi được câu chọn một phương án." in done.told()
    assert "việc giữ thứ tự phương án" in next(one for one in told if one.startswith("Câu x-1"))


def option(text, weight=0.0, **more):
    return OfferedOption(text=text, weight=weight, **more)


A, B = option("a", 100), option("b")
FAULTS = {
    "essay": (Offered(kind="essay", text="x"), "unsupported_kind"),
    "description": (Offered(kind="description", text="x"), "unsupported_kind"),
    "no text": (Offered(kind="single", options=(A, B)), "no_text"),
    "no key": (Offered(kind="single", text="x", options=(B, option("c"))), "no_key"),
    "two keys": (Offered(kind="single", text="x", options=(A, option("c", 100), B)), "two_keys"),
    "one option": (Offered(kind="single", text="x", options=(A,)), "options"),
    "all right": (Offered(kind="multiple", text="x", options=(A, option("c", 50), option("d", 50))), "no_wrong"),
    "twins": (Offered(kind="single", text="x", options=(A, B, option("B"))), "twin_option"),
    "empty": (Offered(kind="single", text="x", options=(A, option(""))), "empty_option"),
    "true or false": (Offered(kind="true_false", text="x", options=(option("Đúng"), option("Sai"))), "no_key"),
    "a pair": (Offered(kind="matching", text="x", pairs=(OfferedPair(left="a", right="b"),)), "options"),
    "half a pair": (
        Offered(kind="matching", text="x", pairs=(OfferedPair(left="a", right="b"), OfferedPair(left="c", right=""))), "pair",
    ),
    "an order of two": (Offered(kind="ordering", text="x", options=(A, A)), "options"),
    "no number": (Offered(kind="number", text="x", options=(option("abc", 100),)), "no_key"),
    "no short": (Offered(kind="short", text="x"), "no_key"),
    "a gap without text": (Offered(kind="gaps", text="x", gaps=((A, B),)), "gap"),
    "a case of one": (Offered(kind="case", situation="x", parts=(Offered(kind="short", text="y", options=(A,)),)), "options"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_taken_in_is_told_with_a_way_out(fault):
    item, code = FAULTS[fault]
    (judged,) = offering.judged([item])
    assert judged.fatal
    problem = next(one for one in judged.problems if one.code == code)
    assert problem.fix


def test_what_the_file_lacks_is_named_and_defaults_fill_it():
    item = Offered(kind="single", text="Hỏi?", options=(A, B))
    question, remarks = offering.to_question(item)
    assert question == {
        "kind": "single", "prompt": "Hỏi?",
        "options": [{"key": "a", "text": "a", "right": True}, {"key": "b", "text": "b"}],
    }  # fmt: skip
    assert {one.code for one in remarks} == {"missing_objective", "missing_level", "missing_provision", "missing_why"}
    filled, remarks = offering.to_question(item, offering.Defaults("ke", "144-qd-tw#dieu-1", "nho"))
    assert (filled["objective"], filled["provision"], filled["level"]) == ("ke", "144-qd-tw#dieu-1", "nho")
    assert {one.code for one in remarks} == {"missing_why"}


def test_weights_that_we_do_not_keep_are_named():
    item = Offered(kind="multiple", text="x", options=(option("a", 75), option("b", 25), option("c", -100)))
    assert "weights" in {one.code for one in offering.to_question(item)[1]}


@settings(max_examples=300, deadline=None)
@given(questions())
def test_every_question_that_is_not_kept_out_becomes_one_of_ours(item):
    (judged,) = offering.judged([item])
    if not judged.fatal:
        question, _ = offering.to_question(judged)
        assert question["kind"] == item.kind
        assert offering.from_question(question).kind == item.kind


def test_twins_are_found_in_the_bank_and_in_the_file():
    asked = "Công chức cần làm gì ngay khi được người dân biếu phong bì tại nơi làm việc?"
    texts = [
        "Một câu khác hẳn về kê khai tài sản của cán bộ",
        asked,
        asked.replace("phong bì", "quà tặng"),
        asked.upper(),
    ]
    items = [Offered(kind="short", text=text, place=f"câu {n}") for n, text in enumerate(texts, 1)]
    kept = near_questions.Kept(Offered(kind="single", text=asked, id="b6-01"), "Bài 6", 6)
    found = near_questions.twins(items, [kept])
    assert {n: (twin.key, twin.where) for n, twin in found.items()} == {1: ("b6-01", "Bài 6"), 3: ("b6-01", "Bài 6")}
    assert near_questions.twins(items)[3].where == "câu 2"


def test_questions_that_only_say_choose_are_told_apart_by_their_options():
    ask = lambda *options: Offered(kind="single", text="Chọn phương án đúng:", options=tuple(map(option, options)))  # noqa: E731
    assert near_questions.twins([ask("một", "hai"), ask("ba", "bốn", "năm sáu bảy")]) == {}
