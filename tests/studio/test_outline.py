"""The sections of a lesson's text: told, moved, named, added, taken out and citing something else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.courses import drafting
from quizapp.courses.exchange.lesson import read_sections
from quizapp.studio import outline, sides

CONTENT = Path(__file__).parents[2] / "content" / "cv-1248"
TEXT = """## Một {#mot}

::: trich 144-qd-tw#dieu-1

Chữ của mục một.

## Hai {#hai}

::: trich 144-qd-tw#dieu-2

Chữ của mục hai.

## Chuyện {#chuyen .tinh-huong}

::: trich 144-qd-tw#dieu-3

Một công chức.

## Làm {#lam .viec-can-lam}

::: trich 144-qd-tw#dieu-3

::: tu-hoi
- Tôi đã làm chưa?
:::

- Việc một.
- Việc hai.
"""


def titles(text):
    return [part.title for part in outline.parts(text)]


def test_what_each_section_holds_is_told_in_a_few_words():
    found = outline.parts(TEXT)
    assert [(part.line, part.key, part.kind) for part in found] == [
        (1, "mot", "muc"), (7, "hai", "muc"), (13, "chuyen", "tinh-huong"), (19, "lam", "viec-can-lam"),
    ]  # fmt: skip
    told = [part.told for part in found]
    assert told == ["4 chữ, 1 trích dẫn", "4 chữ, 1 trích dẫn", "Ví dụ có lời giải", "2 việc"]
    assert outline.parts("## Chưa xong\n")[0].told == "0 chữ, chưa có trích dẫn"


def test_the_outline_sees_the_sections_that_the_reader_of_files_sees(contents):
    for unit in contents.units.values():
        text = drafting.of_unit(unit)["lesson"]
        read = read_sections(text, "lesson", final=unit.final).data["sections"]
        seen = [(part.title, part.key, part.kind, part.cite) for part in outline.parts(text)]
        assert seen == [(one["title"], one["key"], one["kind"], one["cite"]) for one in read]


def test_moving_and_back_gives_the_same_text_byte_for_byte():
    assert titles(outline.moved(TEXT, 1, 1)) == ["Hai", "Một", "Chuyện", "Làm"]
    assert outline.moved(outline.moved(TEXT, 1, 1), 2, -1) == TEXT
    assert outline.moved(TEXT, 1, -1) == outline.moved(TEXT, 4, 1) == TEXT


def test_a_new_name_leaves_the_key_that_tells_who_has_read_the_section():
    text = outline.renamed(TEXT, 3, "Chuyện {khác}\n hẳn ")
    assert text.split("\n")[12] == "## Chuyện khác hẳn {#chuyen .tinh-huong}"
    assert outline.renamed("## Không mã\n", 1, "Đặt tên") == "## Đặt tên {#dat-ten}\n"


@pytest.mark.parametrize(
    ("kind", "place", "heading"),
    [
        ("muc", 3, "## Một {#mot-2}"),
        ("tinh-huong", 4, "## Một {#mot-2 .tinh-huong}"),
        ("tu-lam", 4, "## Một {#mot-2 .tu-lam}"),
        ("viec-can-lam", 5, "## Một {#mot-2 .viec-can-lam}"),
    ],
)
def test_a_new_section_stands_where_its_kind_belongs_under_a_key_of_its_own(kind, place, heading):
    text, number = outline.changed(TEXT, "them", 0, "Một", kind)
    assert number == place
    assert text.split("\n")[outline.parts(text)[place - 1].line - 1] == heading
    assert outline.removed(text, place) == TEXT


def test_citing_puts_the_line_below_the_heading_in_place_of_the_one_before():
    text = outline.citing(TEXT, 2, "10-ct-ttg#thu-tuc")
    assert [part.cite for part in outline.parts(text)][1] == "10-ct-ttg#thu-tuc"
    assert text == TEXT.replace("144-qd-tw#dieu-2", "10-ct-ttg#thu-tuc")
    assert outline.citing("## Một {#mot}\n\nChữ.\n", 1, "a#b") == "## Một {#mot}\n\n::: trich a#b\n\nChữ.\n"
    quoted = outline.citing("## Một {#mot}\n\nChữ.\n", 1, "a#b", "“Hai.\n\nBa.”")
    assert quoted == "## Một {#mot}\n\n::: trich a#b\n\n> “Hai.\n>\n> Ba.”\n\nChữ.\n"


TYPED = st.text(alphabet=st.sampled_from("## {}.:\nđa-*"), max_size=120)


@given(TYPED, st.sampled_from(["them", "len", "xuong", "ten", "bo", "lạ"]), st.integers(-1, 6), TYPED)
def test_nothing_typed_breaks_the_outline(text, act, number, title):
    done = outline.changed(text, act, number, title, "muc")
    if done is not None:
        changed, at = done
        assert at >= 0
        if act in ("len", "xuong"):
            assert sorted(titles(changed)) == sorted(titles(text))


@given(TYPED, TYPED)
def test_two_texts_beside_each_other_lose_no_word_of_either(mine, theirs):
    rows = sides.rows(mine, theirs)

    def words(side):
        return [word for row in rows for word in "".join(text for text, _ in getattr(row, side)).split()]

    assert words("mine") == mine.split()
    assert words("theirs") == theirs.split()
    assert all(row.same for row in rows) == (sides._lines(mine) == sides._lines(theirs))


def test_two_endless_texts_are_shown_whole():
    rows = sides.rows("a\n" * 5_000, "b " * 5_000)
    assert rows == [sides.Row((("a\n" * 5_000, True),), (("b " * 5_000, True),))]


# --- without keys ----------------------------------------------------------------------------------------------


def keys(text):
    return [(part.title, part.key, part.kind) for part in outline.parts(text)]


def test_a_writer_sees_no_keys_and_what_is_not_touched_is_the_same_to_the_letter():
    shown = outline.plain_text(TEXT)
    assert "{#" not in shown
    assert shown.count("\n") == TEXT.count("\n")  # a line is the same line, so that a lack leads to it
    assert outline.with_keys(shown, TEXT) == TEXT
    assert outline.with_keys(TEXT, TEXT) == TEXT  # pasted from a file
    assert outline.with_keys(TEXT, "") == TEXT


@pytest.mark.parametrize("folder", sorted(CONTENT.glob("units/*")), ids=lambda folder: folder.name[:2])
def test_every_lesson_of_the_course_comes_through_the_editor_as_it_is(folder):
    text = (folder / "lesson.md").read_text(encoding="utf-8").split("---\n", 2)[2].lstrip("\n")
    assert outline.with_keys(outline.plain_text(text), text) == text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda text: text.replace("## Hai", "## Hai và ba"),
            [("Một", "mot"), ("Hai và ba", "hai"), ("Chuyện", "chuyen")],
        ),
        (lambda text: outline.moved(text, 1, 1), [("Hai", "hai"), ("Một", "mot"), ("Chuyện", "chuyen")]),
        (lambda text: outline.removed(text, 2), [("Một", "mot"), ("Chuyện", "chuyen"), ("Làm", "lam")]),
        (
            lambda text: text.replace("## Hai", "## Mới\n\nChữ.\n\n## Hai"),
            [("Một", "mot"), ("Mới", "moi"), ("Hai", "hai")],
        ),
        (lambda text: text.replace("## Hai", "## Một"), [("Một", "mot"), ("Một", "hai"), ("Chuyện", "chuyen")]),
        (
            lambda text: text.replace("## Chuyện", "## Chuyện lạ"),
            [("Một", "mot"), ("Hai", "hai"), ("Chuyện lạ", "chuyen")],
        ),
        (lambda text: outline.moved(text.replace("## Một", "## Đầu"), 1, 1), [("Hai", "hai"), ("Đầu", "mot")]),
    ],
)
def test_a_section_keeps_its_key_through_what_a_writer_does(change, told):
    found = keys(outline.with_keys(change(outline.plain_text(TEXT)), TEXT))
    assert [(title, key) for title, key, _ in found][: len(told)] == told
    assert len({key for _, key, _ in found}) == len(found)


def test_a_new_section_is_of_the_kind_that_its_title_begins_with():
    typed = "## Thế nào là liêm\n\n## Tình huống: Một cửa\n\n## Đồng chí tự làm: Hai cửa\n\n## Việc cần làm ngay\n"
    found = keys(outline.with_keys(typed, ""))
    assert [kind for _, _, kind in found] == ["muc", "tinh-huong", "tu-lam", "viec-can-lam"]
    assert found[0][1] == "the-nao-la-liem"
    again = outline.with_keys(typed + "\n## Tình huống: Một cửa nữa\n", outline.with_keys(typed, ""))
    assert [kind for _, _, kind in keys(again)][-1] == "muc"  # one situation to a lesson


@given(
    st.lists(st.sampled_from(["Một", "Hai", "Ba", "Tình huống: A", ""]), max_size=6), st.text("ab\n#{} ", max_size=30)
)
def test_keys_are_put_once_and_stay(titles, rest):
    typed = "\n\n".join(f"## {title}\n\nChữ {n}." for n, title in enumerate(titles)) + rest
    once = outline.with_keys(typed, "")
    assert outline.with_keys(outline.plain_text(once), once) == once
    found = [key for _, key, _ in keys(once)]
    assert all(found)
    assert outline.with_keys(once, once) == once
