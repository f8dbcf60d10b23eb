"""GIFT as Moodle documents it, in and out."""

import base64
import contextlib
import re

import pytest
from courses.moodle_files import png
from courses.offered import bare, questions
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.courses.exchange import gift
from quizapp.domain.interchange import Offered, OfferedOption, OfferedPair, Unreadable, as_json
from quizapp.web import markdown


def one(text: str) -> Offered:
    (found,) = gift.read(text.encode())
    return found


def told(item: Offered) -> list[tuple[str, float, str | None]]:
    return [(option.text, option.weight, option.feedback) for option in item.options]


CASES = [
    ("Who's buried in Grant's tomb?{~Grant ~Jefferson =no one}", "single", [("Grant", 0), ("Jefferson", 0), ("no one", 100)]),
    ("Grant is buried.{FALSE}", "true_false", [("Đúng", 0), ("Sai", 100)]),
    ("Grant is buried.{T}", "true_false", [("Đúng", 100), ("Sai", 0)]),
    ("Thủ đô là Hà Nội.{đúng}", "true_false", [("Đúng", 100), ("Sai", 0)]),
    ("Who?{=no one =nobody}", "short", [("no one", 100), ("nobody", 100)]),
    ("Who?{=%50%Huế =Hà Nội}", "short", [("Huế", 50), ("Hà Nội", 100)]),
    ("Five?{four}", "short", [("four", 100)]),
    ("Write.{}", "essay", []),
    ("Just text", "description", []),
    ("Two?{~%50%a ~%50%b ~%-100%c}", "multiple", [("a", 50), ("b", 50), ("c", -100)]),
    ("Two?{~%33.33333%a ~%66,66667%b ~c}", "multiple", [("a", 33.33333), ("b", 66.66667), ("c", 0)]),
    ("Partly?{~%50%a =b}", "single", [("a", 50), ("b", 100)]),
    (r"Escapes \{ \} \~ \= \# \: {=a\=b ~c\#d ~e\:f ~g\~h ~C:\\n}", "single",
     [("a=b", 100), ("c#d", 0), ("e:f", 0), ("g~h", 0), ("C:\\n", 0)]),
    ("Order?{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none\nmột\nhai\n}", "ordering", [("một", 100), ("hai", 100)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "options"), CASES)
def test_each_kind_is_read_as_moodle_reads_it(text, kind, options):
    found = gift.read(f"{text}\n\nother {{T}}".encode())[0]
    assert found.kind == kind
    assert [(option.text, option.weight) for option in found.options] == options
    assert found.problems == ()


@pytest.mark.parametrize(
    ("answer", "value", "tolerance"),
    [
        ("#1822:5", "1822", 5),
        ("#1..5", "3", 2),
        ("#3.141..3.142", "3.1415", 0.0005),
        ("#12", "12", 0),
        ("#-2,5", "-2.5", 0),
    ],
)
def test_numbers_have_a_tolerance_or_a_range(answer, value, tolerance):
    item = one(f"How many? {{{answer}}}")
    assert (item.kind, item.options[0].text, item.tolerance) == ("number", value, tolerance)


def test_other_tools_are_told_texts_without_escapes():
    item = one(r"Which \{one\} is 5\: a_b?\nTwo lines {~ \= 2 + 2 = \= 2 + 3#\#1 \~ ~\\ ~[plain]<b>*x*</b>}")
    told = as_json(item)
    assert told["text"] == "Which {one} is 5: a_b?\nTwo lines"
    assert [option["text"] for option in told["options"]] == ["= 2 + 2", "= 2 + 3", "\\", "<b>*x*</b>"]
    assert told["options"][1]["feedback"] == "#1 ~"


def test_shares_behind_signs_of_equality_mean_several_right_ones():
    item = one("Hai? {=%50%a =%50%b ~%-100%c}")
    assert (item.kind, [option.weight for option in item.options]) == ("multiple", [50, 50, -100])


def test_a_picture_that_the_file_does_not_carry_is_said():
    item = one('[html]Hỏi <img src\\="@@PLUGINFILE@@/a.png" alt\\="sơ đồ"> {=a ~b}')
    assert (item.text, [problem.code for problem in item.problems]) == ("Hỏi sơ đồ", ["lost_media"])


@pytest.mark.parametrize("form", ['[html]<img alt="đỏ" src="{}">', "[markdown]![đỏ]({})"])
def test_a_picture_in_its_own_address_is_taken_or_said_to_be_none(form):
    for data, problems in ((png(), []), (b"<svg onload=alert(1)>", ["not_picture"])):
        address = f"data:image/png;base64,{base64.b64encode(data).decode()}"
        signs = re.sub(r"[:=#~{}]", lambda sign: f"\\{sign[0]}", form.format(address))
        item = one(f"{signs} {{=a ~b}}")
        assert [problem.code for problem in item.problems] == problems
        assert item.text == ("đỏ" if problems else "![đỏ](hinh-1.png)")
        assert len(item.pictures) == (not problems)


def test_several_numbers_weigh_differently_and_the_wrong_one_has_feedback():
    item = one("When? {#\n=1822:0 # Right\n=%50%1822:2 # Close\n~# Wrong\n}")
    assert told(item) == [("1822", 100, "Right"), ("1822", 50, "Close"), ("*", 0, "Wrong")]
    assert [option.tolerance for option in item.options] == [0, 2, None]


def test_an_answer_inside_the_sentence_leaves_a_blank():
    item = one("Grant is {~buried =entombed} in Grant's tomb.")
    assert item.text == "Grant is _____ in Grant's tomb."


def test_matching_pairs_may_have_a_distractor():
    item = one("Match {=Canada -> Ottawa =Italy->Rome = -> Paris}")
    assert [(pair.left, pair.right) for pair in item.pairs] == [("Canada", "Ottawa"), ("Italy", "Rome"), ("", "Paris")]


def test_feedback_of_options_and_of_the_question():
    item = one("Why?{=a#đúng rồi ~b # sai rồi ####nói chung \\#1}")
    assert told(item) == [("a", 100, "đúng rồi"), ("b", 0, "sai rồi")]
    assert item.feedback == "nói chung #1"
    wrong_then_right = one("True?{TRUE#sai rồi#đúng rồi####chung}")
    assert told(wrong_then_right) == [("Đúng", 100, "đúng rồi"), ("Sai", 0, "sai rồi")]
    assert wrong_then_right.feedback == "chung"


def test_titles_categories_ids_and_tags():
    text = (
        "// question: 0  name: Switch category to $course$/Bài 1\n$CATEGORY: $course$/Bài 1\n\n\n"
        "// question: 7  name: Câu một\n// [id:b1-01\\]] [tag:liêm chính] [tag:xyz]\n::Câu\\: một::Hỏi?{T}\n\n"
        "$CATEGORY: a/b\n::Hai::Hỏi nữa?{F}"
    )
    first, second = gift.read(text.encode())
    assert (first.title, first.category, first.id, first.tags) == (
        "Câu: một",
        "Bài 1",
        "b1-01]",
        ("liêm chính", "xyz"),
    )
    assert (second.title, second.category, second.id) == ("Hai", "a/b", None)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("[html]<p>Một <b>hai</b></p>", "Một **hai**"),
        ("[markdown]Một **hai**", "Một **hai**"),
        ("[plain]Một **hai**", "Một \\*\\*hai\\*\\*"),
        ("[moodle]Một <b>hai</b>", "Một **hai**"),
        ("Một\\nhai", "Một  \nhai"),
        ("[gì đó] một", "[gì đó] một"),
    ],
)
def test_each_format_of_text_becomes_our_markdown(text, markdown):
    assert one(f"::x::{text}{{T}}").text == markdown


def test_the_format_of_the_question_is_that_of_its_options():
    assert told(one("[html]a{=<i>x</i> ~[plain]*y*}")) == [("*x*", 100, None), ("\\*y\\*", 0, None)]


def test_problems_name_their_line():
    text = "// a comment\nGood?{T}\n\n::Bad::Open { =a\n\n::Two:: x {T} y {F}\n\n::Pair:: m {=a -> b =c -> d =e}"
    assert [as_json(item)["problems"][:1] for item in gift.read(text.encode())] == [
        [],
        ["Dòng 4: Thiếu ngoặc “}”. Thêm ngoặc, hoặc viết \\{ \\} nếu ngoặc thuộc về câu chữ."],
        ["Dòng 6: Câu có hơn một cặp ngoặc { }. Mỗi câu GIFT chỉ có một phần đáp án; tách câu."],
        ["Dòng 8: Cặp ghép “e” thiếu dấu “->”. Viết =vế trái -> vế phải."],
    ]


def test_empty_lines_in_braces_and_missing_ones_between_questions_are_forgiven():
    first, second, third = gift.read(b"A?{\n=a\n\n~b\n}\n::2::B?{T}\n::3::C?{F}\n")
    assert [option.text for option in first.options] == ["a", "b"]
    assert [item.kind for item in (second, third)] == ["true_false", "true_false"]
    assert [item.problems[0].line for item in (first, second, third)] == [3, 6, 7]


@pytest.mark.parametrize("answer", ["~a" * 90_000, "=a->b" * 90_000, "=a" * 90_000, ">\n" + "a\n" * 90_000])
def test_a_question_of_thousands_of_answers_is_cut_and_said_to_be(answer):
    item = one(f"Q{{{answer}}}")
    assert len(item.options) + len(item.pairs) <= 101
    assert "too_long" in [problem.code for problem in item.problems]


def test_a_line_of_nothing_but_tags_is_read_at_once():
    assert one("// " + "[tag:" * 30_000 + "\nQ{T}").tags == ()


@pytest.mark.parametrize("text", ["", "Chỉ có chữ, không có câu hỏi nào.", "// nothing"])
def test_what_holds_no_question_is_not_gift(text):
    with pytest.raises(Unreadable):
        gift.read(text.encode())


@settings(max_examples=300, deadline=None)
@given(st.lists(questions(), min_size=1, max_size=3))
def test_what_is_written_is_read_back(items):
    keep = Offered(
        kind="true_false", text="cuối", options=(OfferedOption(text="Đúng", weight=100), OfferedOption(text="Sai"))
    )
    written = gift.write([*items, keep])
    found = gift.read(written)
    assert [bare(item) for item in found] == [*map(bare, items), keep]
    assert [item.problems for item in found] == [()] * len(found)


# --- as Moodle's own reader takes it (question/format/gift/format.php, question/type/ordering/questiontype.php) ---


def written(item: Offered) -> str:
    return gift.write([item]).decode()


def test_a_category_is_written_as_it_is_since_moodle_undoes_no_escapes_there():
    category = "Bài 8: Quy định 144-QĐ//TW #1"
    item = Offered(kind="essay", text="a", category=category)
    assert f"\n$CATEGORY: {category}\n" in written(item)
    keep = Offered(kind="short", text="a", options=(OfferedOption(text="b", weight=100),), category=category)
    assert gift.read(gift.write([keep]))[0].category == category


def test_items_to_be_ordered_are_lines_of_html_without_escapes():
    items = ("a: b = c ~ d", "**đậm** {x}", "// e #### f", "\\# g")
    item = Offered(kind="ordering", text="Xếp", options=tuple(OfferedOption(text=one, weight=100) for one in items))
    inside = written(item).partition("{")[2].partition("}")[0].split("\n")[1:-1]
    assert inside == [
        "a: b = c ~ d",
        "<strong>đậm</strong> &#123;x&#125;",
        "&#47;/ e &#35;&#35;&#35;&#35; f",
        "&#35; g",
    ]
    assert [one.text for one in gift.read(gift.write([item]))[0].options] == list(items)


def test_a_right_side_is_letters_alone_and_an_arrow_on_the_left_ends_nothing():
    pairs = (OfferedPair(left="a -> b", right="1\\. c -> d"), OfferedPair(left="e", right="**g**"))
    item = Offered(kind="matching", text="Ghép", pairs=pairs)
    assert "\t=a -\\\\> b -> 1. c -> d\n\t=e -> g\n" in written(item)
    assert gift.losses(item) == ["Moodle chỉ giữ chữ thường ở vế phải của câu ghép đôi"]
    back = gift.read(gift.write([item]))[0].pairs
    assert [(markdown.inline(one.left), one.right) for one in back] == [("a -&gt; b", "1\\. c -> d"), ("e", "g")]


def test_a_short_answer_is_neither_a_wildcard_nor_a_pair():
    note = OfferedOption(text="5*3", weight=100, feedback="15 -> đúng")
    item = Offered(kind="short", text="Viết phép nhân", options=(note,))
    assert "=%100%5\\\\*3#15 -\\\\> đúng" in written(item)
    back = gift.read(gift.write([item]))[0].options[0]
    assert (back.text, markdown.inline(back.feedback)) == ("5*3", "15 -&gt; đúng")
    arrow = item.model_copy(update={"options": (OfferedOption(text="a->b", weight=100),)})
    assert "ghép đôi" in gift.unwritable(arrow)


def test_a_wrong_text_that_begins_like_a_share_keeps_it():
    options = (OfferedOption(text="a", weight=100), OfferedOption(text="%50% người"))
    item = Offered(kind="single", text="Bao nhiêu?", options=options)
    assert "~%0%%50% người" in written(item)
    assert gift.read(gift.write([item]))[0].options == options


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="a\n{}~=#:\\%->/[]T $CATEGORY", max_size=60))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(Unreadable):
        gift.read(text.encode())
