"""QTI: items and packages of 2.1, 2.2 and 3.0 read; a package of 2.2 written that comes back and has the published shape."""

import io
import zipfile

import pytest
from courses.moodle_files import png
from courses.qti_files import (
    EXTENDED,
    FEEDBACK,
    GAP_MATCH,
    INLINE,
    MAPPED,
    MATCH,
    MULTIPLE,
    NUMBER,
    ORDER,
    SINGLE,
    TEXT,
    TRUE_FALSE,
    V3,
    V22,
    V30,
    choice,
    declared,
    item,
    manifest,
    package,
    resource,
    template,
)
from courses.test_exchange_texts import PAYLOADS
from courses.test_moodle_xml import bank, codes, seen, told
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.courses.exchange import qti
from quizapp.courses.exchange.xml_source import Node, parse
from quizapp.domain.interchange import Offered, OfferedOption, OfferedPair, OfferedPicture, Unreadable
from quizapp.web import markdown


def read(xml: str) -> Offered:
    (found,) = qti.read(xml.encode(), "cau.xml")
    return found


@pytest.mark.parametrize(
    ("xml", "kind", "options"),
    [
        (SINGLE, "single", [("Trả lại", 100), ("Giữ lấy", 0), ("Cho người khác", 0)]),
        (MULTIPLE, "multiple", [("Trả lại", 50), ("Giữ lấy", 0), ("Cho người khác", 50)]),
        (MAPPED, "multiple", [("Trả lại", 50), ("Giữ lấy", -100), ("Cho người khác", 50)]),
        (TRUE_FALSE, "true_false", [("Đúng", 0), ("Sai", 100)]),
        (ORDER, "ordering", [("Một", 100), ("Hai", 100), ("Ba", 100)]),
        (V3, "multiple", [("Một", 25), ("Hai", 75), ("Ba", -25)]),
        (TEXT, "short", [("York", 100), ("york", 50)]),
        (NUMBER, "number", [("3.14", 100)]),
    ],
)
def test_each_kind_with_its_weights(xml, kind, options):
    found = read(xml)
    assert (found.kind, told(found.options)) == (kind, options)
    assert not found.fatal


def test_texts_titles_and_names():
    found = read(SINGLE)
    assert (found.title, found.id, found.place) == ("Câu mẫu", "cau-mau", "cau.xml")
    assert found.text == "Được tặng quà.\n\nPhải làm *gì*?"
    assert (read(TEXT).text, read(NUMBER).text) == ("Nơi ấy là …….", "Số pi?")
    assert read(NUMBER).tolerance == 0.01


def test_pairs_and_gaps():
    match, inline, drag = read(MATCH), read(INLINE), read(GAP_MATCH)
    assert [(pair.left, pair.right) for pair in match.pairs] == [
        ("Quà", "Trả lại"),
        ("Tài sản", "Kê khai"),
        ("", "Giữ"),
    ]
    assert (inline.kind, inline.text) == ("gaps", "Phải {1} trong {2} ngày (làm việc).")
    assert [told(gap) for gap in inline.gaps] == [[("giữ", 0), ("trả", 100)], [("5", 100), ("9", 0)]]
    assert codes(inline) == {"braces_replaced"}
    assert (drag.kind, drag.text) == ("gaps", "Điền vào\n\nPhải {1} rồi {2}.")
    assert told(drag.gaps[1]) == [("báo cáo", 0), ("nộp lại", 100), ("giữ", 0)]


def test_feedback_goes_to_its_option_and_what_is_left_to_the_question():
    found = read(FEEDBACK)
    assert [(one.text, one.feedback) for one in found.options] == [("Trả lại", "Phải."), ("Giữ", "Không được giữ.")]
    assert found.feedback == "Theo **Điều 25**."
    assert read(V3).options[2].feedback == "Ba là chưa đúng."


def test_several_interactions_are_a_case():
    body = (
        "<p>Ông A nhận quà.</p><p>Đúng hay sai?</p>"
        + choice(choices="t=Đúng|f=Sai").replace("Được tặng quà.", "Ông nhận.")
        + '<p>Bao nhiêu ngày? <textEntryInteraction responseIdentifier="R2"/></p>'
    )
    found = read(item(declared("t") + declared("5", base="integer", name="R2"), body))
    assert (found.kind, found.text) == ("case", "Ông A nhận quà.\n\nĐúng hay sai?\n\nÔng nhận.")
    assert [(part.kind, part.text) for part in found.parts] == [
        ("true_false", "Phải làm *gì*?"),
        ("number", "Bao nhiêu ngày? ……"),
    ]


@pytest.mark.parametrize(
    ("xml", "code", "fatal"),
    [
        (EXTENDED, "unsupported_kind", True),
        (item("", '<hottextInteraction responseIdentifier="RESPONSE"><p>a</p></hottextInteraction>'), "unsupported_kind", True),
        (item("", '<sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="9"/>'), "unsupported_kind", True),
        (item(declared(""), choice()), "no_key", True),
        (item("", choice()), "no_key", True),
        (MULTIPLE, "grading_differs", False),
        (V3, "partial_credit", False),
        (item(declared("A"), choice(), template("map_response_point")), "custom_scoring", False),
        (item(declared("A"), choice(), '<responseProcessing template="http://x/own"/>'), "custom_scoring", False),
        (item(declared("A", mapped="B=1"), choice(), template("map_response")), "key_differs", False),
        (item(declared("A") + '<templateDeclaration identifier="X"/>', choice()), "template", True),
        (item(declared("A"), choice(), about='adaptive="true"'), "adaptive", False),
        (item(declared("A"), choice() + '<rubricBlock view="scorer"><p>Chấm</p></rubricBlock>'), "lost_field", False),
        (item(declared("A"), choice() + '<object data="a.mp4" type="video/mp4"/>'), "lost_media", False),
        (item(declared("A"), choice() + "<p><math><mi>x</mi></math></p>"), "lost_media", False),
        (item(declared("A"), choice() + '<p><img src="../../../etc/passwd" alt="x"/></p>'), "not_picture", False),
        (item(declared("A"), choice(), "<apipAccessibility/>"), "lost_field", False),
        (item(declared("a", base="float"), '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'), "not_a_number", True),
    ],
)  # fmt: skip
def test_what_is_not_taken_along_is_named(xml, code, fatal):
    found = read(xml)
    assert next(problem for problem in found.problems if problem.code == code).fatal is fatal


# --- packages --------------------------------------------------------------------------------------------------

KEYWORDS = """<metadata><imsmd:lom><imsmd:general><imsmd:keyword><imsmd:langstring xml:lang="vi">quà tặng</imsmd:langstring>
</imsmd:keyword></imsmd:general></imsmd:lom></metadata>"""
TEST = """<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="T" title="Đề"><testPart identifier="P">
<assessmentSection identifier="S" title="Phần 1" visible="true"><assessmentItemRef identifier="a" href="items/a.xml"/>
</assessmentSection></testPart></assessmentTest>"""


def test_a_package_with_a_test_tags_and_pictures():
    with_picture = SINGLE.replace("Được tặng quà.", '<img src="../media/s%C6%A1.png" alt="Sơ đồ"/>')
    data = package(
        {
            "goi/imsmanifest.xml": manifest(
                resource("test.xml", "imsqti_test_xmlv2p1"),
                resource("items/a.xml", about=KEYWORDS),
                resource("items/b.xml", "imsqti_item_xmlv3p0"),
                resource("items/mat.xml"),
                resource("media/sơ.png", "webcontent"),
            ),
            "goi/test.xml": TEST,
            "goi/items/a.xml": with_picture,
            "goi/items/b.xml": V3,
            "goi/media/sơ.png": png(),
        }
    )
    one, two, gone = qti.read(data, "goi.zip")
    assert (one.category, one.tags, one.text) == ("Phần 1", ("quà tặng",), "![Sơ đồ](sơ.png)\n\nPhải làm *gì*?")
    assert one.pictures == (OfferedPicture(name="sơ.png", data=png()),)
    assert codes(one) == {"lost_field"}  # the test's own settings
    assert (two.kind, two.category) == ("multiple", None)
    assert (gone.kind, codes(gone)) == ("description", {"unreadable_item"})


def test_a_shared_text_is_the_situation():
    told = '<qti-stimulus-body><p>Chuyện <img src="x.png" alt="hình"/></p></qti-stimulus-body>'
    stimulus = f'<qti-assessment-stimulus xmlns="{V30}" identifier="s">{told}</qti-assessment-stimulus>'
    asked = V3.replace(
        "  <qti-item-body>",
        '<qti-assessment-stimulus-ref identifier="s" href="../chung/s.xml"/>\n  <qti-item-body>',
    )
    parts = {"imsmanifest.xml": manifest(resource("i/a.xml", "imsqti_item_xmlv3p0")), "i/a.xml": asked}
    (found,) = qti.read(package(parts | {"chung/s.xml": stimulus, "chung/x.png": png()}), "x.zip")
    assert (found.situation, found.text) == ("Chuyện ![hình](x.png)", "Chọn các việc đúng")
    (alone,) = qti.read(package(parts), "x.zip")
    assert "lost_media" in codes(alone)


@pytest.mark.parametrize(
    "path",
    [
        "../x.xml",
        "/etc/passwd",
        "C:\\x.xml",
        "..\\x.xml",
        "file:///etc/passwd",
        "https://a.vn/x.xml",
        "a/../../x.xml",
        "%2e%2e/x.xml",
    ],
)
def test_no_address_leaves_the_package(path):
    data = package(
        {"imsmanifest.xml": manifest(resource(path), resource("a.xml")), "a.xml": SINGLE, "../x.xml": V3, path: V3}
    )
    outside, inside = qti.read(data, "x.zip")
    assert (codes(outside), inside.kind) == ({"unreadable_item"}, "single")


def test_a_package_without_a_manifest_gives_the_items_in_it():
    found = qti.read(package({"b/2.xml": V3, "a/1.xml": SINGLE, "a/note.xml": "<note/>"}), "x.zip")
    assert [one.kind for one in found] == ["single", "multiple"]
    assert "lost_field" in codes(found[0])


@pytest.mark.parametrize(("shuffle", "ordered"), [("true", False), ("false", True)])
def test_options_that_keep_their_order_keep_it(shuffle, ordered):
    assert read(item(declared("A"), choice(shuffle=shuffle))).ordered is ordered


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Tệp trống"),
        (b"<quiz/>", "Moodle XML"),
        (b"<questestinterop/>", "QTI 1.2"),
        (manifest().encode(), "cả gói"),
        (b"<a><b></a>", "dòng 1"),
        (b'<!DOCTYPE assessmentItem [<!ENTITY a "b">]><assessmentItem/>', "DOCTYPE"),
        (package({"a.txt": "x"}), "không có câu hỏi"),
        (package({"imsmanifest.xml": "<x/>"}), "không đọc được"),
        (package({"imsmanifest.xml": '<!DOCTYPE a [<!ENTITY b "c">]><manifest/>'}), "không đọc được"),
        (package({"imsmanifest.xml": manifest(resource("a.xml", "imsqti_xmlv1p2"))}), "QTI 1.2"),
        (package({"a.xml": b"\0" * (60 * 1024 * 1024)}), "quá lớn"),
        (b"PK\x03\x04" + b"\0" * 40, "hỏng"),
    ],
)
def test_what_is_no_qti_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(Unreadable) as refused:
        qti.read(data, "x")
    assert sentence in refused.value.sentence


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_script_survives(payload):
    held = "".join(one for one in payload if one.isprintable()).replace("&", "&amp;").replace("<", "&lt;")
    raw = "<script>alert(1)</script><a href='javascript:alert(1)' onclick='alert(1)'>x</a><svg onload='x'><p/></svg>"
    found = read(item(declared("A"), f"<p>{held}{raw}</p>" + choice(choices=f"A={held}{raw}|B=b")))
    for text in (found.text, *(option.text for option in found.options)):
        shown = f"{markdown.html(text)}{markdown.inline(text)}".lower()
        tags = [part.split(">")[0] for part in shown.split("<")[1:]]
        assert not [tag for tag in tags if tag.lstrip("/") not in markdown.TAGS], shown
    assert "lost_media" in codes(found)


# --- there and back --------------------------------------------------------------------------------------------


def as_qti_holds(one: Offered) -> Offered:
    """What the format can tell apart: weights only as shares of the best, no feedback of an ordering; numbers share a margin."""
    update: dict[str, object] = {}
    if one.kind in ("single", "multiple"):
        positive = [option.weight for option in one.options if option.weight > 0]
        whole = sum(positive) if one.kind == "multiple" else max(positive)
        update["options"] = tuple(
            option.model_copy(update={"weight": max(-100.0, option.weight * 100 / whole)}) for option in one.options
        )
    if one.kind == "matching":
        lefts = [pair for pair in one.pairs if pair.left]
        rest = dict.fromkeys(pair.right for pair in one.pairs if not pair.left)
        taken = {pair.right for pair in lefts}
        update["pairs"] = (*lefts, *(OfferedPair(left="", right=text) for text in rest if text not in taken))
    if one.kind == "short":
        first = {option.text: option for option in reversed(one.options)}
        best = max(option.weight for option in one.options)
        unique = [first[text] for text in dict.fromkeys(option.text for option in one.options)]
        update["options"] = tuple(option.model_copy(update={"weight": option.weight * 100 / best}) for option in unique)
    update["parts"] = tuple(
        as_qti_holds(part).model_copy(update={"id": None, "feedback": None, "tags": ()}) for part in one.parts
    )
    return one.model_copy(update=update)


@settings(deadline=None, max_examples=40)
@given(bank())
def test_what_is_written_is_read_back(items):
    back = qti.read(qti.write(items), "x.zip")
    assert [seen(as_qti_holds(one)) for one in back] == [seen(as_qti_holds(one)) for one in items]


def test_pictures_are_written_and_read_back():
    picture = OfferedPicture(name="so-do.png", data=png())
    one = Offered(
        kind="single",
        title="Hình",
        id="q 1",
        text="Xem ![Sơ đồ](so-do.png)",
        options=(OfferedOption(text="a", weight=100), OfferedOption(text="![](so-do.png)")),
        pictures=(picture,),
    )
    assert qti.read(qti.write([one]))[0].model_copy(update={"place": ""}) == one


def test_the_same_questions_give_the_same_bytes():
    items = [Offered(kind="description", text="a", category="A")]
    assert qti.write(items) == qti.write(items)


# --- the published shape ---------------------------------------------------------------------------------------

# After imsqti_v2p2.xsd: the order of an item's parts, what may stand in what, what each must say of itself.
ITEM = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"]
INLINE_TAGS = {"strong", "em", "code", "br", "img", "inlineChoiceInteraction", "textEntryInteraction"}
BLOCKS = {"p", "div", "ul", "ol", "blockquote", "pre", "hr", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
ASKING = {"choiceInteraction", "orderInteraction", "matchInteraction", "extendedTextInteraction"}
FLOW = BLOCKS | INLINE_TAGS
INSIDE = {
    "itemBody": BLOCKS | ASKING, "div": FLOW | ASKING, "blockquote": BLOCKS, "ul": {"li"}, "ol": {"li"}, "li": FLOW,
    "table": {"thead", "tbody"}, "thead": {"tr"}, "tbody": {"tr"}, "tr": {"th", "td"}, "th": FLOW, "td": FLOW,
    "choiceInteraction": {"simpleChoice"}, "orderInteraction": {"simpleChoice"}, "simpleChoice": FLOW,
    "matchInteraction": {"simpleMatchSet"}, "simpleMatchSet": {"simpleAssociableChoice"}, "simpleAssociableChoice": FLOW,
    "inlineChoiceInteraction": {"inlineChoice"}, "inlineChoice": set(), "textEntryInteraction": set(), "modalFeedback": FLOW,
    "extendedTextInteraction": set(), "br": set(), "img": set(), "hr": set(),
    "responseDeclaration": {"correctResponse", "mapping"}, "correctResponse": {"value"}, "mapping": {"mapEntry"},
    "responseProcessing": {"responseCondition", "setOutcomeValue"}, "responseCondition": {"responseIf"},
}  # fmt: skip
NO_TEXT = {
    "itemBody",
    "blockquote",
    "ul",
    "ol",
    "table",
    "tr",
    "thead",
    "tbody",
    *ASKING,
    "simpleMatchSet",
    "responseProcessing",
}
MUST = {
    "assessmentItem": {"identifier", "title", "adaptive", "timeDependent"},
    "responseDeclaration": {"identifier", "cardinality", "baseType"},
    "outcomeDeclaration": {"identifier", "cardinality", "baseType"},
    "choiceInteraction": {"responseIdentifier", "shuffle", "maxChoices"}, "orderInteraction": {"responseIdentifier", "shuffle"},
    "matchInteraction": {"responseIdentifier", "shuffle", "maxAssociations"}, "inlineChoice": {"identifier"},
    "simpleAssociableChoice": {"identifier", "matchMax"}, "simpleChoice": {"identifier"}, "mapEntry": {"mapKey", "mappedValue"},
    "modalFeedback": {"outcomeIdentifier", "identifier", "showHide"}, "img": {"src", "alt"},
}  # fmt: skip
PLAIN = {
    "p",
    "strong",
    "em",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "br",
    "hr",
    "blockquote",
}


def check_shape(root: Node) -> None:
    assert root.space == V22
    order = [ITEM.index(child.name) for child in root.elements]
    assert order == sorted(order)
    names = [
        node.get("identifier")
        for node in root.walk()
        if node.name in ("simpleChoice", "inlineChoice", "simpleAssociableChoice")
    ]
    declared_ = {node.get("identifier") for node in root.find("responseDeclaration")}
    outcomes = {node.get("identifier") for node in root.find("outcomeDeclaration")}
    assert len(names) == len(set(names))
    for node in root.walk():
        if node.name in INSIDE:
            assert {child.name for child in node.elements} <= INSIDE[node.name], node.name
        if node.name in NO_TEXT:
            assert not "".join(child for child in node.children if isinstance(child, str)).strip(), node.name
        assert MUST.get(node.name, set()) <= set(node.attributes), node.name
        if node.name in PLAIN:
            assert not node.attributes, node.name
        if node.get("responseIdentifier"):
            assert node.get("responseIdentifier") in declared_
        if node.name in ("modalFeedback", "setOutcomeValue"):
            assert (node.get("outcomeIdentifier") or node.get("identifier")) in outcomes


@settings(deadline=None, max_examples=20)
@given(bank())
def test_a_written_package_has_the_published_shape(items):
    archive = zipfile.ZipFile(io.BytesIO(qti.write(items)))
    root = parse(archive.read("imsmanifest.xml").decode(), "x")
    assert [child.name for child in root.elements] == ["metadata", "organizations", "resources"]
    paths = [node.get("href") for node in root.find("file")]
    assert sorted([*paths, "imsmanifest.xml"]) == sorted(archive.namelist())
    for node in root.find("resource"):
        assert node.get("type") == "imsqti_item_xmlv2p2"
        check_shape(parse(archive.read(node.get("href")).decode(), "x"))


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(data):
    for one in (data, b"PK\x03\x04" + data, b"<assessmentItem>" + data):
        with pytest.raises(Unreadable):
            qti.read(one, "x")


def test_an_item_of_thousands_of_parts_is_cut_and_said_to_be():
    many = "|".join(f"C{n}=x" for n in range(3000))
    gaps = "".join(f'<gap identifier="G{n}"/>' for n in range(3000))
    words = "".join(f'<gapText identifier="W{n}" matchMax="1">x</gapText>' for n in range(3000))
    blanks = '<textEntryInteraction responseIdentifier="RESPONSE"/> ' * 3000
    for body in (
        choice(choices=many),
        f'<gapMatchInteraction responseIdentifier="RESPONSE">{words}<p>{gaps}</p></gapMatchInteraction>',
        f"<p>{blanks}</p>",
    ):
        found = read(item(declared("C1"), body))
        assert "too_long" in codes(found)
        assert found.fatal
        assert max(len(found.options), len(found.gaps), len(found.parts)) <= 100
