"""So sánh: what is told as new and gone makes the two texts again; nothing that stayed is told as changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.difference import Line, fields, paragraphs, spans

words = st.lists(st.sampled_from("liêm chính là gì trong công vụ, “vặt”. 01 lần".split()), max_size=12).map(" ".join)


def side(found, without):
    return "".join(span.text for span in found if span.op != without)


@given(words, words)
def test_the_spans_make_both_texts_again(old, new):
    found = spans(old, new)
    assert side(found, "new") == old
    assert side(found, "gone") == new


@given(words)
def test_a_text_beside_itself_has_not_changed(text):
    assert not Line("", spans(text, text)).changed


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("trễ hẹn không báo", "trễ hẹn mà không xin lỗi", "trễ hẹn +mà không -báo+xin lỗi"),
        ("một hai ba", "một bốn năm", "một -hai ba+bốn năm"),
        ("Hà Nội", "Hà nội", "Hà -Nội+nội"),
        ("", "mới", "+mới"),
        ("cũ", "", "-cũ"),
    ],
)
def test_the_words_that_are_new_and_gone(old, new, told):
    marks = {"same": "", "new": "+", "gone": "-"}
    assert "".join(marks[span.op] + span.text for span in spans(old, new)) == told


def test_a_reworded_paragraph_stands_beside_what_it_was():
    old = "Đoạn một giữ nguyên.\n\nĐoạn hai nói về việc nhận quà tặng.\n\nĐoạn ba bỏ đi."
    new = "Đoạn một giữ nguyên.\n\nĐoạn hai nói rõ về việc nhận quà tặng.\n\nHoàn toàn khác, viết mới."
    lines = paragraphs(old, new)
    assert [line.changed for line in lines] == [False, True, True, True]
    assert lines[1].words == (1, 0)
    assert {span.op for span in lines[3].spans} != {"same"}


@given(st.lists(words.filter(bool), max_size=5), st.lists(words.filter(bool), max_size=5))
def test_no_paragraph_is_lost(old, new):
    lines = paragraphs("\n\n".join(old), "\n\n".join(new))
    assert [text for line in lines if (text := side(line.spans, "gone"))] == new
    assert sorted(text for line in lines if (text := side(line.spans, "new"))) == sorted(old)


def test_fields_that_are_gone_stand_where_they_stood():
    lines = fields({"A": "một", "B": "hai", "C": "ba"}, {"A": "một", "C": "bốn", "D": "năm"})
    assert [line.label for line in lines] == ["A", "B", "C", "D"]
    assert [line.changed for line in lines] == [False, True, True, True]
