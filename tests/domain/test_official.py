"""Official texts: kept word for word, cut into điều, khoản, điểm; broken letters are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain import official

RULE = """BỘ CHÍNH TRỊ

QUY ĐỊNH
về điều thử nghiệm

CHƯƠNG I
QUY ĐỊNH CHUNG

Điều 1. Phạm vi
Quy định này nêu 2. việc và Điều 5 của văn bản khác.

Điều 2. Đối tượng
1. Cán bộ gồm:
a) Người thứ nhất;
b) Người thứ hai.
đ) Người khác.
2. Công chức.
Mục 1. Việc riêng
Điều 2a. Bổ sung
1. Một khoản.

Chương II. Thi hành
Điều 3. Quy định này có hiệu lực từ ngày ký."""


def by_anchor(text):
    return {one.anchor: one for one in official.parts(text) if one.anchor}


def test_a_text_is_cut_into_its_parts_with_anchors_of_their_numbers():
    found = by_anchor(RULE)
    assert list(found) == [
        *("chuong-i", "dieu-1", "dieu-2", "dieu-2.khoan-1", "dieu-2.khoan-1.diem-a", "dieu-2.khoan-1.diem-b"),
        *("dieu-2.khoan-1.diem-d", "dieu-2.khoan-2", "chuong-i.muc-1", "dieu-2a", "dieu-2a.khoan-1", "chuong-ii", "dieu-3"),
    ]  # fmt: skip
    assert found["chuong-i"].title == "QUY ĐỊNH CHUNG"
    assert (found["dieu-2"].label, found["dieu-2"].title) == ("Điều 2", "Đối tượng")
    assert [one.label for one in official.contents(official.parts(RULE))][:3] == ["Chương I", "Điều 1", "Điều 2"]


def test_a_provisions_wording_holds_all_below_it_and_nothing_else():
    found = official.parts(RULE)
    assert official.wording(found, "dieu-2.khoan-1") == (
        "1. Cán bộ gồm:\na) Người thứ nhất;\nb) Người thứ hai.\nđ) Người khác."
    )
    assert official.wording(found, "dieu-2.khoan-2") == "2. Công chức."
    assert official.wording(found, "dieu-1").endswith("của văn bản khác.")
    assert official.wording(found, "dieu-9") is None


def test_a_number_that_comes_twice_gets_a_name_of_its_own():
    twice = "Điều 1. Sửa như sau:\nĐiều 1. Mới.\n1. Một.\nĐiều 2. Hết."
    assert list(by_anchor(twice)) == ["dieu-1", "dieu-1-2", "dieu-1-2.khoan-1", "dieu-2"]


def test_a_letter_without_articles_is_paragraphs_alone():
    assert {one.kind for one in official.parts("Kính gửi các cơ quan.\n1. Làm việc này.\na) Thế.")} == {"text"}


@given(st.lists(st.sampled_from([*RULE.split("\n"), "", "a) b", "1. c", "Phần thứ hai", "Mục 2"]), max_size=40))
def test_no_word_is_lost_and_anchors_are_unique(lines):
    text = official.tidy("\n".join(lines))
    found = official.parts(text)
    told = [one.text for one in found]
    two_lines = [one.title for one in found if one.kind in ("part", "chapter", "group") and one.title not in one.text]
    assert sorted(told + two_lines) == sorted(line for line in text.split("\n") if line)
    anchors = [one.anchor for one in found if one.anchor]
    assert len(anchors) == len(set(anchors))


LINES = [*RULE.split("\n"), "b) " + "chữ " * 500, "1. c", "Phần thứ hai", "x" * 9000]


@given(st.lists(st.sampled_from(LINES), max_size=40))
def test_pieces_hold_every_word_once_in_order_and_lead_to_parts_of_the_page(lines):
    found = official.parts(official.tidy("\n".join(lines)))
    made = list(official.pieces(found))
    words = " ".join(one.text if one.title in one.text else f"{one.text} {one.title}" for one in found)
    assert "".join("".join(piece.text for piece in made).split()) == "".join(words.split())
    there = {one.anchor or official.paragraph_anchor(n) for n, one in enumerate(found, 1)}
    assert {piece.anchor for piece in made} <= there
    assert all(len(piece.text) <= 5 * official.PIECE for piece in made)


def test_pieces_begin_with_articles_and_say_where_they_are():
    long = "Cán bộ phải tận tụy với công việc. " * 30
    text = f"Căn cứ quy định.\nĐiều 1. Phạm vi\n1. {long}\n2. {long}\na) {long}\nĐiều 2. Hết."
    told = [(piece.anchor, piece.label) for piece in official.pieces(official.parts(text))]
    assert told == [
        ("doan-1", ""),
        ("dieu-1", "Điều 1. Phạm vi"),
        ("dieu-1.khoan-2", "Điều 1. Phạm vi, khoản 2"),
        ("dieu-1.khoan-2.diem-a", "Điều 1. Phạm vi, khoản 2, điểm a"),
        ("dieu-2", "Điều 2. Hết"),
    ]


def test_a_text_of_endless_small_parts_makes_no_more_pieces_than_can_be_searched():
    text = "\n".join(f"Điều {n}. Một" for n in range(1, 30_000))
    assert len(list(official.pieces(official.parts(text)))) <= official.MOST_PIECES + 1


@given(st.text(max_size=300))
def test_tidying_twice_is_tidying_once(text):
    assert official.tidy(official.tidy(text)) == official.tidy(text)
    official.parts(text)


def test_broken_lines_are_joined_and_page_numbers_go():
    pages = [
        "Điều 1. Cán bộ phải tận tụy với công\nviệc được giao, giữ\nkỷ luật.\n1. Khoản một dài\nhai dòng;\na) Điểm a.\n2",
        "- 3 -\nb) Điểm b nói về ngày 30 tháng\n11 năm 2026.\nCHƯƠNG II\nTÊN CHƯƠNG\nĐiều 2. Hết.",
    ]
    assert official.joined(pages).split("\n") == [
        "Điều 1. Cán bộ phải tận tụy với công việc được giao, giữ kỷ luật.",
        "1. Khoản một dài hai dòng;",
        "a) Điểm a.",
        "b) Điểm b nói về ngày 30 tháng 11 năm 2026.",
        "CHƯƠNG II",
        "TÊN CHƯƠNG",
        "Điều 2. Hết.",
    ]


@pytest.mark.parametrize(
    ("line", "look"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "caps"),
        ("Độc lập - Tự do - Hạnh phúc", "motto"),
        ("Rạch Giá, ngày 24 tháng 9 năm 2024", "date"),
        ("Hà Nội, ngày … tháng … năm 2024", "date"),
        ("Nơi nhận:", "to"),
        ("Số: 59/2019/NĐ-CP", "text"),
        ("Căn cứ Luật Tổ chức Chính phủ, ngày 19 tháng 6 năm 2015;", "text"),
        ("Cán bộ phải tận tụy.", "text"),
        ("2024", "text"),
    ],
)
def test_the_head_and_the_foot_of_a_document_are_set_as_on_paper(line, look):
    assert [one.look for one in official.parts(line)] == [look]


def test_letters_that_lead_nowhere_and_missing_marks_are_told():
    assert official.broken_letters("\ufffd\ufffd" * 30)
    assert official.broken_letters("(cid:12)(cid:7)" * 10)
    assert not official.broken_letters(RULE)
    assert official.without_marks("Can bo, cong chuc phai tan tuy voi cong viec. " * 10)
    assert not official.without_marks(RULE * 5)
