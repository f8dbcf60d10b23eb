"""Every rule of writing, each with what breaks it and what keeps it: the table of all that `check content` reports."""

import pytest
from writing import document, inspect, judged, single, unit

from quizapp.courses.linter import SEVERITY

LONG = "Người đứng đầu cơ quan trả lại ngay phong bì cho dân, lập biên bản rồi báo cáo cấp trên"
EVEN = ("Trả lại và báo cáo cấp trên", "Giữ lại rồi chia cho cả phòng", "Nhận vì là phong tục xưa nay")
TOPICS = "sổ nhận quà|xe công|lịch trực|biên lai|con dấu|bảng tên|hộp thư góp ý|giấy hẹn|phiên họp|lời xin lỗi".split(
    "|"
)


def turned(texts, place):
    """The options with the right one, which comes first, at another place."""
    listed = single("x", texts=texts)["options"]
    return [*listed[1 : place + 1], listed[0], *listed[place + 1 :]]


def several(place_of, count=9):
    """Questions about other things each; ``place_of(n)`` says where the right option stands."""
    return [
        single(f"c{n}", f"Về {topic}, điều gì đúng?", options=turned(EVEN, place_of(n)))
        for n, topic in enumerate(TOPICS[:count])
    ]


SAME = "Khi người dân nộp hồ sơ thiếu một bản sao, công chức tiếp nhận nên làm gì trước?"
OTHER = "Trưởng phòng nhận tin báo nhân viên gợi ý bồi dưỡng thì xử lý ra sao?"
TASK = {"task": "nam-la"}

# rule: (a course that breaks it, one that keeps it); a course is its units, or its units and its document
RULES = {
    "option-length": (
        [unit(single("c1", texts=(LONG, *EVEN[1:])))],
        [unit(single("c1", texts=EVEN))],
    ),
    "longest-right": (
        [unit(*(single(f"c{n}", f"Câu về {TOPICS[n]}?", ("Năm điều", "Sáu", "Bảy")) for n in range(5)))],
        [unit(*(single(f"c{n}", f"Câu về {TOPICS[n]}?", ("Năm", "Sáu điều", "Bảy")) for n in range(5)))],
    ),
    "position-share": ([unit(*several(lambda n: 1 if n < 6 else 0))], [unit(*several(lambda n: n % 3))]),
    "all-or-none": (
        [unit(single("c1", texts=(*EVEN[:2], "Tất cả các phương án trên")))],
        [unit(single("c1", texts=(*EVEN[:2], "Tất cả cán bộ, đảng viên")))],
    ),
    "negative": (
        [unit(single("c1", "Việc nào không đúng quy định?"))],
        [unit(single("c1", "Việc nào **KHÔNG** đúng quy định?"))],
    ),
    "near-duplicate": (
        [unit(single("c1", SAME)), unit(single("c2", SAME.replace("bản sao", "tờ khai")), number=11)],
        [unit(single("c1", SAME)), unit(single("c2", OTHER), number=11)],
    ),
    "bank-size": ([unit(single("c1"), draw=2)], [unit(single("c1"), single("c2", OTHER), draw=2)]),
    "long-sentence": ([unit(text=" ".join(["chữ"] * 26))], [unit(text=" ".join(["chữ"] * 25) + ". Hết.")]),
    "real-name": (
        [unit(single("c1", "Ông Danh Thanh Tùng nhận quà. Việc nào đúng?"))],
        [unit(single("c1", "Một công chức nhận quà. Việc nào đúng?"))],
    ),
    "real-place": (
        [unit(single("c1", "Công chức ở Rạch Giá nhận quà. Việc nào đúng?"))],
        [unit(single("c1", "Công chức ở một phường nhận quà. Việc nào đúng?"))],
    ),
    "forbidden-word": ([unit(text="Luôn trao dồi đạo đức.")], [unit(text="Luôn trau dồi đạo đức.")]),
    "no-evidence": (
        ([unit()], document(verified=False, sources=[])),
        ([unit()], document(verified=False, sources=[], note="Chưa đối chiếu với bản ký.")),
    ),
    "in-force": (
        ([unit(text="Quy định 144-QĐ/TW còn hiệu lực.")], document("unknown")),
        ([unit(text="Cần hỏi Quy định 144-QĐ/TW còn hiệu lực hay không.")], document("unknown")),
    ),
    "replaced": (
        ([unit(text="Quy định 144 nêu năm chuẩn mực.")], document("replaced")),
        ([unit(judged("c1", "Quy định 144 đã được thay thế."), text="Quy định 144 đã được thay thế.")], document("replaced")),
    ),
    "picture-alt": (
        [unit(text="Xem hình.\n\n![Hình 1](anh:so-do.png)"), unit(judged("c1", "![so đồ](anh:so-do.png) Đúng?"), number=11)],
        [unit(text="Xem hình.\n\n![Ba bước: tiếp nhận, kiểm tra, trả kết quả](anh:so-do.png)")],
    ),
    "picture-unknown": (
        [unit(single("c1", "![Sổ nhận quà mở ở trang đầu](anh:so-nhan-qua.png) Hình cho thấy gì?"))],
        [unit(single("c1", "![Sổ nhận quà mở ở trang đầu](anh:so-do.png) Hình cho thấy gì?"))],
    ),
    "task-coverage": ([unit()], [unit(**TASK)]),
}  # fmt: skip


def rules_of(case):
    units, library = case if isinstance(case, tuple) else (case, None)
    return [found.finding.rule for found in inspect(*units, library=library)]


def test_the_table_holds_every_rule():
    assert set(RULES) == set(SEVERITY)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_what_breaks_it_and_nothing_in_what_keeps_it(rule):
    bad, good = RULES[rule]
    assert rule in rules_of(bad)
    if rule == "replaced":  # the two questions that every unit has cite it as well, and say nothing
        assert rules_of(good).count(rule) == 2 < rules_of(bad).count(rule)
    else:
        assert rule not in rules_of(good)


# --- evidence --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("summary", "found"),
    [
        ("Danh mục hành vi cụ thể chưa đọc được.", False),
        ("Lời văn chưa đối chiếu với bản gốc.", False),
        ("Chưa có toàn văn kế hoạch.", False),
        ("Cán bộ trung thực.", True),
    ],
)
def test_an_entry_without_evidence_says_so(summary, found):
    library = document(verified=False, sources=[], summary=summary)
    told = [one for one in inspect(unit(), library=library) if one.finding.rule == "no-evidence"]
    assert bool(told) == found
    assert all(
        (one.part, one.key, one.finding.where) == ("document", "144-qd-tw", ("provisions", 0, "verified"))
        for one in told
    )


def test_the_newspapers_slips_are_found_in_the_library_too():
    (found,) = inspect(unit(**TASK), library=document(summary="Trao dồi đạo đức."))
    assert (found.part, found.finding.rule) == ("document", "forbidden-word")


# --- what is said of a document --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Quy định 144-QĐ/TW vẫn còn hiệu lực.",
        "Hiện nay Quy định số 144 đang có hiệu lực.",
        "QĐ 144 đang hiệu lực, đồng chí cứ dẫn.",
        "Ngắn. Theo Quy định 144, vốn hiện có hiệu lực,\nmỗi người tự soi.",
    ],
)
@pytest.mark.parametrize("state", ["unknown", "replaced"])
def test_a_document_called_in_force_against_its_entry(text, state):
    found = [one.finding for one in inspect(unit(text=text), library=document(state)) if one.finding.rule == "in-force"]
    assert [finding.where for finding in found] == [("sections", 0, "text")]
    for state in ("in_force", "amended"):
        assert "in-force" not in rules_of(([unit(text=text)], document(state)))


@pytest.mark.parametrize(
    "text",
    [
        "Quy định 144 có hiệu lực từ ngày ký.",
        "Chưa rõ Quy định 144 còn hiệu lực.",
        "Quy định 144 không còn hiệu lực.",
        "Hỏi lại trước khi viết Quy định 144 “còn hiệu lực” hay “đã hết hiệu lực”.",
        "Quy định 1445 còn hiệu lực.",
        "Luật còn hiệu lực. Quy định 144 nêu năm chuẩn mực.",
    ],
)
def test_a_doubt_or_a_date_is_no_such_claim(text):
    assert "in-force" not in rules_of(([unit(text=text)], document("unknown")))


def test_a_wrong_option_or_a_false_statement_claims_nothing():
    claim = "Quy định 144 còn hiệu lực"
    wrong = single("c1", texts=("Phải kiểm tra lại", claim, "Không cần dẫn"))
    false = judged("c2", f"{claim}.", answer=False)
    assert "in-force" not in rules_of(([unit(wrong, false)], document("unknown")))
    right = single("c1", texts=(claim, "Phải kiểm tra lại", "Không cần dẫn"))
    found = [one.finding for one in inspect(unit(right), library=document("unknown")) if one.finding.rule == "in-force"]
    assert [finding.where for finding in found] == [("questions", 0, "options", 0, "text")]


@pytest.mark.parametrize("said", ["đã được thay thế bằng văn bản mới", "bị thay từ năm 2026", "nay đã hết hiệu lực"])
def test_a_replaced_document_may_be_taught_as_such(said):
    found = inspect(unit(text=f"Quy định 144 {said}."), library=document("replaced"))
    assert ("sections", 0, "cite") not in [one.finding.where for one in found]


# --- places ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Ở Phú Quốc, một công chức nhận quà.",
        "Công chức xã Bình An nhận quà.",
        "Đặc khu Thổ Châu nhận quà.",
        "Sở Nội vụ tỉnh An Giang nhận quà.",
        "Một người ở Thành phố Hồ Chí Minh nhận quà.",
    ],
)
@pytest.mark.parametrize("kind", ["tinh-huong", "tu-lam"])
def test_a_story_happens_nowhere(text, kind):
    def found(case):
        return [one.finding.where for one in inspect(case) if one.finding.rule == "real-place"]

    assert found(unit(text=text, kind=kind)) == [("sections", 0, "text")]
    assert found(unit(single("c1", situation=text))) == [("questions", 0, "situation")]
    assert found(unit(text=text)) == []  # what is no story may say where a rule comes from


@pytest.mark.parametrize(
    "text",
    [
        "Công văn 1248 của Ban Thường vụ Tỉnh ủy Kiên Giang.",
        "Kế hoạch của tỉnh An Giang.",
        "Học tập tư tưởng Hồ Chí Minh.",
        "Ở xã A và phường B.",
        "Ban quản lý khu phố 3.",
        "Xã hội hòa bình.",
    ],
)
def test_who_issued_a_document_and_letters_are_no_real_places(text):
    assert "real-place" not in rules_of([unit(single("c1", situation=text))])


# --- the course as a whole -------------------------------------------------------------------------------------


def test_a_question_that_comes_again_in_another_unit_names_the_other():
    first, last = unit(single("c1", SAME)), unit(single("c2", SAME), number=11)
    (found,) = [one for one in inspect(first, last) if one.finding.rule == "near-duplicate"]
    assert (found.key, found.finding.where) == ("bai-11", ("questions", 0, "prompt"))
    assert "câu c1 của bài 1" in found.finding.message


def test_the_right_answers_of_a_course_stand_at_every_place():
    numbers = range(1, 9)
    uneven = [
        unit(*(q | {"key": f"b{k}-{q['key']}"} for q in several(lambda n: 1 if n < 5 else 0)), number=k)
        for k in numbers
    ]
    found = [one for one in inspect(*uneven) if one.finding.rule == "position-share"]
    assert [one.part for one in found] == ["course"]
    assert "40/72" in found[0].finding.message
