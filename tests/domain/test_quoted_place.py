"""A passage's place: said where the text's parts are sure and it is not of the cited provision, else nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.official import parts
from quizapp.domain.quoted_place import cited, elsewhere

RULE = """BỘ CHÍNH TRỊ
QUY ĐỊNH
Căn cứ Điều lệ Đảng hiện hành.
Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi
Quy định này nêu chuẩn mực của cán bộ:
1. Yêu nước.
2. Gồm các việc:
d) Học tập;
đ) Làm theo.
Chương II
VIỆC CỤ THỂ
Điều 2. Đối tượng
Áp dụng với mọi đảng viên.
Điều 3. Hiệu lực
Quy định này có hiệu lực từ ngày ký.
Nơi nhận:
Các tỉnh ủy."""


def where(passage, anchor, *labels, text=RULE):
    wanted = cited(anchor, labels)
    return elsewhere(passage, parts(text), wanted) if wanted else None


@pytest.mark.parametrize(
    ("passage", "labels", "place"),
    [
        ("Yêu nước", ["Điều 3"], "Điều 1"),
        ("Yêu nước", ["Điều 1"], None),
        ("Yêu nước", ["Điều 1", "Điều 1, chữ “yêu”"], None),
        ("Yêu nước", ["Điều 1", "Điều 1, khoản 1"], None),
        ("Yêu nước", ["Điều 1", "khoản 2"], "Điều 1, khoản 1"),
        ("Yêu nước", ["Khoản 2 Điều 1"], "Điều 1, khoản 1"),
        ("Yêu nước", ["Điều 1", "Điều 1, khoản 9"], None),  # there is none: as far as the article
        ("Làm theo", ["Điều 1, khoản 2, điểm d"], "Điều 1, khoản 2, điểm đ"),
        ("Làm theo", ["Điều 1, khoản 2, điểm đ"], None),
        ("Gồm các việc: […] Làm theo", ["Điều 1, khoản 2, điểm đ"], None),  # what the point stands in
        ("Áp dụng với mọi đảng viên", ["Điều 1 đến Điều 2"], None),
        ("Áp dụng với mọi đảng viên", ["Điều 1 và Điều 3"], "Điều 2"),
        ("Căn cứ Điều lệ Đảng", ["Điều 1"], "phần mở đầu"),
        ("mọi đảng viên. Điều 3. Hiệu lực", ["Điều 2"], "Điều 2 và Điều 3"),
        ("Yêu nước […] có hiệu lực", ["Điều 3"], "Điều 1 và Điều 3"),
        ("Quy định này", ["Điều 3"], None),  # stands in both
        ("Yêu nước", ["Điều 7"], "Điều 1"),
        ("Các tỉnh ủy", ["Điều 3"], None),  # of no article
        ("không có ở đâu", ["Điều 3"], None),
        ("Yêu nước", ["Nội dung"], None),  # nobody knows where that stands
    ],
)
def test_the_provision_of_a_passage_is_told_where_it_is_another(passage, labels, place):
    assert where(passage, "x", *labels) == place


def test_what_is_told_of_a_document_as_a_whole_holds_no_article():
    assert where("Yêu nước", "chung", "Thông tin chung") == "Điều 1"
    assert where("Căn cứ Điều lệ", "chung", "Thông tin chung") is None
    assert cited("chung", ["Thông tin chung"]).name == "“Thông tin chung”"


@pytest.mark.parametrize(
    "text",
    [
        "1. Làm việc này.\n2. Yêu nước.",  # a letter without articles
        "Điều 1. Sửa Điều 5 như sau:\nĐiều 5. Yêu nước.\nĐiều 2. Hết.",  # articles of another text
        "Điều 1. Một.\nYêu nước.\nĐiêu 3. Ba.",  # a heading that is not made out
        "Điều 1. Một.\nPhụ lục I\nYêu nước.\nĐiều 3. Ba.",
    ],
)
def test_nothing_is_said_where_the_parts_of_a_text_cannot_be_told(text):
    assert where("Yêu nước", "x", "Điều 3", text=text) is None


def test_two_texts_in_one_have_each_its_articles():
    text = "Điều 1. Ban hành.\nĐiều 2. Thi hành.\nĐiều 1. Phạm vi.\nĐiều 2. Đối tượng."
    assert where("Đối tượng", "x", "Điều 2", text=text) is None
    assert where("Đối tượng", "x", "Điều 1", text=text) == "Điều 2"


def test_clauses_whose_numbers_do_not_rise_are_not_told_apart():
    text = "Điều 1. Một.\n1. Gồm:\n1. Trong.\n2. Yêu nước.\n2. Sau.\nĐiều 2. Hai."
    assert where("Yêu nước", "x", "Điều 1, khoản 1", text=text) is None
    assert where("Yêu nước", "x", "Điều 2", text=text) == "Điều 1"


@given(
    st.lists(st.sampled_from(RULE.split("\n")), min_size=1, max_size=20), st.sampled_from(["Điều 1", "khoản 2 Điều 1"])
)
def test_any_text_is_borne(lines, label):
    where("Yêu nước", "x", label, text="\n".join(lines))
    where(lines[0], "chung", "Thông tin chung", text="\n".join(lines))
