"""A document as it is written: names that stay, places that move, and what is read back."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.library import drafting

SAID = {"title": None, "summary": "Tóm tắt.", "verified": True, "sources": ["bản ký"], "note": None}
HEAD = {
    "code": "1-qd-tu",
    "number": "1-QĐ/TU",
    "kind": "Quy định",
    "issued_on": None,
    "issuer": "Tỉnh ủy",
    "title": "Nêu gương",
    "task": None,
    "about": "Ai nêu gương.",
    "validity": {"state": "in_force", "as_of": "2026-11-20", "note": "Đã xem.", "source": "bản ký"},
}
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["in", "after", "end", "up", "down", "out", "say", "under", "behind"]),
        st.integers(0, 30),
        st.integers(0, 30),
        st.sampled_from(["Điều 1", "Khoản 2", "Điểm a", "Phần mở đầu", "…"]),
    ),
    max_size=25,
)


@pytest.mark.parametrize(
    ("label", "anchor"),
    [
        ("Điều 3", "dieu-3"),
        ("Điều 3. Người nêu gương", "dieu-3"),
        ("Điều 12a", "dieu-12a"),
        ("Chương IV", "chuong-iv"),
        ("Điểm đ", "diem-d"),
        ("Điều 1 đến Điều 5", "dieu-1-den-dieu-5"),
        ("Khoản 2 Điều 3", "khoan-2-dieu-3"),
        ("Điều 5, 7", "dieu-5-7"),
        ("Phần mở đầu", "phan-mo-dau"),
        ("Mục đích", "muc-dich"),
        ("…", "phan"),
    ],
)
def test_an_anchor_is_called_as_the_official_text_calls_it(label, anchor):
    assert drafting.fresh_anchor(label, "", ()) == anchor
    assert drafting.fresh_anchor(label, "", {anchor}) == f"{anchor}-2"
    assert drafting.fresh_anchor(label, "dieu-9", ()) == f"dieu-9.{anchor}"


def test_an_anchor_is_never_too_long_to_be_cited():
    above = "a" * 72
    assert drafting.fresh_anchor("Điều 1", above, ()) == "dieu-1"
    assert len(drafting.fresh_anchor("x" * 200, "b" * 40, ())) <= 80


@given(ACTS)
def test_whatever_is_done_it_can_be_read_and_no_provision_loses_its_name(acts):
    body, gone = drafting.blank(HEAD), set()
    for act, number, other, label in acts:
        names = drafting.anchors(body)
        at = names[number % len(names)] if names else ""
        if act in ("in", "after", "end"):
            under, after = (at if act == "in" else ""), (at if act == "after" else "")
            body, fresh = drafting.added(body, SAID | {"label": label}, under, after, gone)
            assert set(drafting.anchors(body)) == {*names, fresh}
        elif not names:
            continue
        elif act == "out":
            gone |= set(drafting.below(body, at))
            body = drafting.removed(body, at)
            assert not gone & set(drafting.anchors(body))
        elif act in ("under", "behind"):
            to = names[other % len(names)]
            with contextlib.suppress(KeyError, drafting.TooDeep):  # into itself, or too deep: it stays
                body = drafting.placed(body, at, *((to, "") if act == "under" else ("", to)))
            assert sorted(drafting.anchors(body)) == sorted(names)
        else:
            by = {"up": -1, "down": 1}.get(act)
            body = drafting.moved(body, at, by) if by else drafting.with_part(body, at, {"label": label})
            assert sorted(drafting.anchors(body)) == sorted(names)
    if names := drafting.anchors(body):
        value = drafting.read(body)
        assert [one.anchor for one in value.walk()] == names
        assert drafting.read(drafting.of_document(value)) == value
    else:
        assert drafting.read(body) is None


def test_a_problem_is_told_at_the_provision_that_has_it():
    body, _ = drafting.added(drafting.blank(HEAD), SAID | {"label": "Điều 1"}, "", "", ())
    body, anchor = drafting.added(body, SAID | {"label": "Khoản 1", "sources": []}, "dieu-1", "", ())
    assert [part for part, _ in drafting.problems(body)] == [anchor]
    assert "nguồn" in drafting.problems(body)[0][1]
    body = drafting.with_part(body, drafting.HEAD, {"issuer": ""})
    assert [part for part, _ in drafting.problems(body)] == [drafting.HEAD, anchor]


def test_elsewhere_is_never_inside_itself_nor_deeper_than_a_document_goes():
    body, above = drafting.blank(HEAD), ""
    for n in range(drafting.DEEPEST):
        body, above = drafting.added(body, SAID | {"label": f"Khoản {n}"}, above, "", ())
    top, *_, last = drafting.anchors(body)
    body, other = drafting.added(body, SAID | {"label": "Điều 9"}, "", "", ())
    with pytest.raises(KeyError):
        drafting.placed(body, top, last, "")
    with pytest.raises(drafting.TooDeep):
        drafting.placed(body, other, last, "")
    with pytest.raises(drafting.TooDeep):
        drafting.placed(body, top, other, "")
    body = drafting.placed(body, other, "", last)
    assert drafting.anchors(body)[-1] == other
    assert drafting.nodes(body)[-1].depth == drafting.DEEPEST - 1
    assert drafting.anchors(drafting.placed(body, other, "", "")) == drafting.anchors(body)
