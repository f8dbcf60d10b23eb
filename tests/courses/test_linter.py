"""Item-writing rules: each with what it lets pass and what it flags, and where it says so."""

import time

import pytest
from writing import ASKED, case, judged, lint, options, single

from quizapp.courses.linter import SEVERITY


def test_a_well_written_unit_has_no_findings():
    texts = ("Trả lại và báo cáo cấp trên", "Giữ lại rồi chia cho cả phòng", "Nhận vì là phong tục xưa nay")
    assert lint(single("c1", "Một công chức được biếu quà. Việc nào đúng?", texts)) == []


# --- options ---------------------------------------------------------------------------------------------------

THIRTY = "Trả lại ngay và báo cáo đủ ý."


@pytest.mark.parametrize(
    ("texts", "where"),
    [
        ((THIRTY, THIRTY.upper() + "!", THIRTY + "?"), None),
        (("Có, ngay lập tức", "Không", "Tùy việc"), None),  # short ones may differ
        ((THIRTY * 2, THIRTY + "a", THIRTY + "b"), 0),
        ((THIRTY, THIRTY + "a", "Giữ lại."), 2),
        ((THIRTY, THIRTY + "a", THIRTY * 3), 2),
    ],
)
def test_options_are_about_as_long_as_each_other(texts, where):
    found = lint(single("c1", texts=texts), rule="option-length")
    places = {finding.where for finding in found}
    assert (("questions", 0, "options", where, "text") in places) == (where is not None)
    assert bool(found) == (where is not None)


def test_a_right_answer_that_stands_out_is_told_as_such():
    (found,) = lint(single("c1", texts=(THIRTY * 2, THIRTY + "a", THIRTY + "bc")), rule="option-length")
    assert found.message.startswith("đáp án dài bằng 190%")


def test_gaps_are_measured_one_by_one():
    gap = {"key": "g1", "options": options(THIRTY * 2, THIRTY + "a", THIRTY + "b")}
    gaps = {**ASKED, "kind": "gaps", "key": "c1", "prompt": "Điền.", "text": "Chữ {g1}.", "gaps": [gap]}
    (found,) = lint({**gaps, "explanation": "Vì thế."}, rule="option-length")
    assert found.where == ("questions", 0, "gaps", 0, "options", 0, "text")


@pytest.mark.parametrize(("longest", "flagged"), [(0, False), (2, False), (3, True), (5, True)])
def test_the_right_answer_is_not_the_longest_too_often(longest, flagged):
    long, short = ("Năm điều", "Sáu", "Bảy"), ("Năm", "Sáu điều", "Bảy")
    questions = [single(f"c{n}", f"Câu số {n}?", long if n < longest else short) for n in range(5)]
    found = lint(*questions, rule="longest-right")
    assert [finding.where for finding in found] == [("questions",)] * flagged
    assert all(f"{longest}/5" in finding.message and "c0, c1, c2" in finding.message for finding in found)


def test_an_answer_as_long_as_another_is_not_the_longest():
    assert lint(single("c1", texts=("Năm", "Sáu", "Hai")), rule="longest-right") == []


@pytest.mark.parametrize(
    "text",
    [
        "Tất cả các phương án trên",
        "Tất cả đều đúng",
        "Cả ba ý trên đều đúng",
        "Cả hai phương án đều sai",
        "Các ý nêu trên",
        "Không có phương án nào đúng",
        "Không đáp án nào",
        "A và B đúng",
        "Cả A và B",
        "Cả A, B và C đều đúng",
        "Phương án A và C",
    ],
)
def test_no_option_speaks_of_the_other_options(text):
    (found,) = lint(single("c1", texts=("Năm", "Sáu", text)), rule="all-or-none")
    assert found.where == ("questions", 0, "options", 2, "text")
    assert found.severity == "error"


@pytest.mark.parametrize(
    "text",
    [
        "Tất cả cán bộ, đảng viên",
        "Cả ba người đều phải báo cáo",
        "Các điều kiện nêu trên giấy hẹn",
        "Không có nội dung nào bị giấu",
        "Báo cáo mọi điều sai trái",
        "Cơ quan A và B cùng làm",
    ],
)
def test_an_option_may_say_all_of_something_else(text):
    assert lint(single("c1", texts=("Năm", "Sáu", text)), rule="all-or-none") == []


# --- prompts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "prompt",
    [
        "Việc nào không đúng quy định?",
        "Việc nào chưa làm tròn trách nhiệm?",
        "Đâu không phải là nhũng nhiễu?",
        "Các việc sau đều đúng, ngoại trừ việc nào?",
    ],
)
def test_a_prompt_that_asks_for_the_wrong_one_is_flagged(prompt):
    (found,) = lint(single("c1", prompt), rule="negative")
    assert found.where == ("questions", 0, "prompt")


@pytest.mark.parametrize(
    "prompt",
    [
        "Việc nào **KHÔNG** đúng quy định?",
        "Đâu **KHÔNG** phải là nhũng nhiễu?",
        "Người dân không hài lòng thì làm gì?",
        "Đơn vị đã có sổ nào chưa?",
        "Có được nhận món quà nào không?",
    ],
)
def test_a_bold_or_harmless_no_is_not(prompt):
    assert lint(single("c1", prompt), rule="negative") == []


# --- near duplicates -------------------------------------------------------------------------------------------

PROMPT = "Khi người dân nộp hồ sơ thiếu một bản sao, công chức tiếp nhận nên làm gì trước?"


@pytest.mark.parametrize(
    "other",
    [
        PROMPT,
        PROMPT.upper().replace(",", ""),
        PROMPT.replace("bản sao", "tờ khai"),
        "Công chức tiếp nhận nên làm gì trước, khi người dân nộp hồ sơ thiếu một bản sao?",
    ],
)
def test_two_questions_nearly_the_same_are_flagged_at_the_later(other):
    (found,) = lint(single("c1", PROMPT), single("c2", other), rule="near-duplicate")
    assert found.where == ("questions", 1, "prompt")
    assert "câu c1" in found.message


def test_one_prompt_over_two_situations_is_two_questions():
    one = single("c1", situation="Một công chức nhận phong bì ở bộ phận một cửa.")
    other = single("c2", situation="Lái xe cơ quan dùng xe công đi đám cưới cuối tuần.")
    assert lint(one, other, rule="near-duplicate") == []
    assert lint(one, {**other, "situation": one["situation"]}, rule="near-duplicate") != []


def test_two_parts_of_a_case_share_their_situation_freely():
    situation = "Một người dân nộp hồ sơ ba lần. Mỗi lần công chức đòi thêm một giấy tờ ngoài danh mục đã công khai."
    parts = judged("a", "Đó là gây phiền hà."), judged("b", "Trưởng phòng vô can.")
    assert lint(case("th", situation, *parts), rule="near-duplicate") == []
    twins = judged("a", PROMPT), judged("b", PROMPT)
    (found,) = lint(case("th", situation, *twins), rule="near-duplicate")
    assert found.where == ("questions", 0, "questions", 1, "prompt")


def test_one_prompt_over_other_pairs_is_another_question():
    def matching(key, *lefts):
        pairs = [{"key": f"p{n}", "left": left, "right": f"Vế {n}", "why": "Vì."} for n, left in enumerate(lefts)]
        prompt = "Ghép mỗi việc làm với chuẩn mực mà việc làm ấy trái với"
        return {**ASKED, "kind": "matching", "key": key, "prompt": prompt, "pairs": pairs, "explanation": "Vì."}

    one = matching("c1", "Nhận phong bì", "Dùng xe công đi đám cưới", "Đổ lỗi cho cấp dưới")
    other = matching("c2", "Khai man bằng cấp", "Bỏ họp không lý do", "Nói xấu đồng nghiệp")
    assert lint(one, other, rule="near-duplicate") == []


def test_a_bank_of_thousands_is_compared_in_a_moment():
    words = [f"tu{n}" for n in range(997)]
    prompts = [" ".join(["Việc", "nào", "đúng"] + [words[n * k % 997] for k in range(1, 9)]) for n in range(1, 3001)]
    copies = [judged(f"s{n}", "Một câu chép đi chép lại nhiều lần.") for n in range(2000)]
    start = time.process_time()  # whatever else the machine is doing
    found = lint(*(judged(f"c{n}", prompt) for n, prompt in enumerate(prompts)), *copies, rule="near-duplicate")
    assert time.process_time() - start < 10
    assert sum(finding.message.startswith("gần giống câu s0") for finding in found) == 1999


# --- every text ------------------------------------------------------------------------------------------------

LONG = " ".join(["chữ"] * 26)
RIGHT_LENGTH = " ".join(["chữ"] * 25)


@pytest.mark.parametrize(
    "text",
    [
        f"{RIGHT_LENGTH}. {RIGHT_LENGTH}! {RIGHT_LENGTH}? {RIGHT_LENGTH}; {RIGHT_LENGTH}: {RIGHT_LENGTH}",
        f"“{RIGHT_LENGTH}.” {RIGHT_LENGTH}",
        f"- {RIGHT_LENGTH}\n- {RIGHT_LENGTH}\n\n{RIGHT_LENGTH}\n\n::: loi-giai\n{RIGHT_LENGTH}\n:::",
        f"{RIGHT_LENGTH} – …",
    ],
)
def test_sentences_of_25_words_pass(text):
    assert lint(text=text, rule="long-sentence") == []


@pytest.mark.parametrize(
    "text", [LONG, f"Ngắn. {LONG}.", f"- {LONG}", LONG.replace("chữ chữ", "chữ\nchữ"), "1.000 " * 26]
)
def test_longer_sentences_of_a_lesson_are_flagged(text):
    (found,) = lint(text=text, rule="long-sentence")
    assert found.where == ("sections", 0, "text")
    assert "26 chữ" in found.message


def test_long_sentences_are_found_in_every_text_of_a_question():
    question = single("c1", LONG, (LONG, "Sáu", "Bảy"), situation=LONG, explanation=LONG)
    question["options"][1]["why"] = LONG
    assert {finding.where[2:] for finding in lint(question, rule="long-sentence")} == {
        ("prompt",),
        ("situation",),
        ("explanation",),
        ("options", 0, "text"),
        ("options", 1, "why"),
    }


@pytest.mark.parametrize("name", ["Nguyễn Văn Hùng", "Trần Thị Ánh Tuyết", "Đặng Út Năm", "Lê Văn A"])
def test_a_full_name_looks_like_a_real_person(name):
    (found,) = lint(single("c1", f"Ông {name} nhận quà. Việc nào đúng?"), rule="real-name")
    assert found.where == ("questions", 0, "prompt")
    assert name in found.message


@pytest.mark.parametrize(
    "name",
    [
        "Chị Hoa",
        "Anh Bình",
        "Tư tưởng Hồ Chí Minh",
        "Hồ sơ Một cửa",
        "Đoàn TNCS Hồ Chí Minh",
        "Quan điểm của cố Tổng Bí thư Nguyễn Phú Trọng",
    ],
)
def test_a_neutral_name_does_not(name):
    assert lint(single("c1", f"{name} và món quà. Việc nào đúng?"), rule="real-name") == []


@pytest.mark.parametrize(
    "text",
    [
        "Bạn hãy chọn.",
        "Các bạn làm gì?",
        "Vào quiz này.",
        "User mới.",
        "Bấm Submit.",
        "Bản draft.",
        "Hai module.",
        "Trễ deadline.",
        "Năm là, nỗi cán bộ.",
        "Không ngừng, không nghĩ.",
        "Luôn trao dồi đạo đức.",
    ],
)
def test_forbidden_words_are_flagged_wherever_a_reader_meets_them(text):
    assert [finding.where for finding in lint(text=text, rule="forbidden-word")] == [("sections", 0, "text")]
    assert [finding.where for finding in lint(title=text, rule="forbidden-word")] == [("title",)]


@pytest.mark.parametrize(
    "text", ["Một người bạn học nhờ.", "Bạn bè tặng quà.", "Bàn bạc kỹ.", "Mỗi cán bộ.", "Trau dồi."]
)
def test_words_that_only_look_like_them_are_not(text):
    assert lint(text=text, rule="forbidden-word") == []


def test_a_bank_holds_twice_what_is_drawn():
    (found,) = lint(single("c1"), rule="bank-size", draw=2)  # three questions
    assert (found.where, found.severity) == (("quiz", "draw", "ke"), "error")
    parts = judged("a", "Trời mưa."), judged("b", "Nước lên nhanh.")
    assert lint(case("th", "Một chiều.", *parts), rule="bank-size", draw=2) == []


def test_findings_come_in_reading_order_with_a_known_severity():
    found = lint(single("c1", f"Bạn chọn việc nào không đúng? {LONG}"), single("c2", "Bạn?"), text="Bạn.", draw=3)
    assert [finding.where[0] for finding in found] == ["sections", "quiz", *["questions"] * 4]
    assert [finding.where[1] for finding in found[2:]] == [0, 0, 0, 1]
    assert {finding.severity for finding in found} <= set(SEVERITY.values())
