"""Questions from Word as people really write them, and the printed bank that is read back."""

import io
import zipfile

import pytest
from courses.offered import questions
from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, nsmap, qn
from docx.shared import RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.courses.exchange import word
from quizapp.courses.exchange.sheet_template import EXAMPLES
from quizapp.courses.exchange.texts import to_plain
from quizapp.domain import old_fonts
from quizapp.domain.interchange import Offered, Unreadable, as_json


class Paper:
    """A Word file on its way: strings are paragraphs; a list of (text, looks) is one of several runs."""

    def __init__(self, *paragraphs):
        self.made = Document()
        for one in paragraphs:
            self.add(one)

    def add(self, one, label=None):
        paragraph = self.made.add_paragraph()
        for text, *looks in [(one,)] if isinstance(one, str) else one:
            run = paragraph.add_run(text)
            for look in looks:
                if look == "bold":
                    run.bold = True
                elif look == "underline":
                    run.underline = True
                elif look == "highlight":
                    run.font.highlight_color = WD_COLOR_INDEX.YELLOW
                elif look == "red":
                    run.font.color.rgb = RGBColor(255, 0, 0)
                else:
                    run.font.name = look
                    run._r.rPr.rFonts.set(qn("w:hAnsi"), look)
        if label:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{label}"/></w:numPr>')
            )
        return self

    def lists(self, **formats):
        """Lists that Word numbers itself: number -> (format, text)."""
        root = self.made.part.numbering_part.element
        for name, (form, text) in formats.items():
            number = name.removeprefix("n")
            root.insert(
                0,
                parse_xml(
                    f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
                    f'<w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl></w:abstractNum>'
                ),
            )
            root.append(
                parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
            )
        return self  # fmt: skip

    def table(self, *rows):
        table = self.made.add_table(len(rows), len(rows[0]))
        for row, told in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, told, strict=True):
                cell.text = text
        return self

    def data(self):
        out = io.BytesIO()
        self.made.save(out)
        return out.getvalue()

    def read(self, **more):
        return word.read(self.data(), "x.docx", **more)


def told(item: Offered) -> tuple[str, list[tuple[str, float]]]:
    return item.text, [(option.text, option.weight) for option in item.options]


ASKED = ("Thủ đô của nước ta?", [("Huế", 0), ("Hà Nội", 100), ("Vinh", 0)])
STEM = "Câu 1: Thủ đô của nước ta?"
LAYOUTS = {
    "plain": [STEM, "A. Huế", "B. Hà Nội", "C. Vinh", "Đáp án: B"],
    "brackets": ["Câu 1. Thủ đô của nước ta?", "a) Huế", "b) Hà Nội", "c) Vinh", "Đáp án đúng là: b"],
    "numbered": ["1. Thủ đô của nước ta?", "A. Huế", "B. Hà Nội", "C. Vinh", "ĐÁP ÁN: B."],
    "soft breaks": [STEM + "\nA. Huế\nB. Hà Nội\nC. Vinh\nĐáp án: B"],
    "beside, tabs": [STEM, "A. Huế\tB. Hà Nội\tC. Vinh", "Chọn B"],
    "beside, spaces": [STEM, "A. Huế    B. Hà Nội    C. Vinh   Đáp án: B"],
    "all in one": [STEM + " A. Huế B. Hà Nội C. Vinh", "=> Đáp án: B"],
    "bold": [STEM, "A. Huế", [("B. Hà Nội", "bold")], "C. Vinh"],
    "bold text, all letters bold": [
        [(STEM, "bold")], [("A.", "bold"), (" Huế",)], [("B.", "bold"), (" Hà Nội", "bold")], [("C.", "bold"), (" Vinh",)],
    ],
    "highlight": [STEM, "A. Huế", [("B. Hà Nội", "highlight")], "C. Vinh"],
    "red": [STEM, "A. Huế", [("B. ",), ("Hà Nội", "red")], "C. Vinh"],
    "underlined letter": [STEM, "A. Huế", [("B", "underline"), (". Hà Nội",)], "C. Vinh"],
    "star before": [STEM, "A. Huế", "*B. Hà Nội", "C. Vinh"],
    "star behind": [STEM, "A. Huế", "B. Hà Nội (*)", "C. Vinh"],
    "tick": [STEM, "A. Huế", "✓ B. Hà Nội", "C. Vinh"],
    "keys at the end": [STEM, "A. Huế", "B. Hà Nội", "C. Vinh", "BẢNG ĐÁP ÁN", "1B"],
    "slashes": [STEM, "A/ Huế", "B/ Hà Nội", "C/ Vinh", "Đ/A: B"],
    "boxes": [STEM, "☐ A. Huế", "☒ B. Hà Nội", "☐ C. Vinh"],
    "key with its text": [STEM, "A. Huế", "B. Hà Nội", "C. Vinh", "Đáp án: B. Hà Nội"],
    "one line with its key": [STEM + " A. Huế B. Hà Nội C. Vinh Đáp án: B"],
    "letters in brackets": [STEM, "(A) Huế", "(B) Hà Nội", "(C) Vinh", "Đáp án (B)"],
    "letters with dashes": [STEM, "A - Huế", "*B - Hà Nội", "C – Vinh"],
    "the end": [STEM, "A. Huế", "B. Hà Nội", "C. Vinh", "------ HẾT ------", "Cán bộ coi thi không giải thích gì thêm.",
                "BẢNG ĐÁP ÁN", "(Mỗi câu đúng được 0,5 điểm)", "Câu 1: B"],
    "commas": [STEM, "A, Huế", "B, Hà Nội", "C, Vinh", "Đáp án: B"],
    "numbers": [STEM, "1. Huế", "2. Hà Nội", "3. Vinh", "Đáp án: 2"],
    "numbers, its text": [STEM, "1) Huế", "2) Hà Nội", "3) Vinh", "Đáp án: 2. Hà Nội"],
    "numbers, bold": [STEM, "1. Huế", [("2. Hà Nội", "bold")], "3. Vinh"],
    "key by its text": [STEM, "A. Huế", "B. Hà Nội", "C. Vinh", "Đáp án: Hà Nội"],
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_question_is_read_however_it_is_laid_out(layout):
    (item,) = Paper(*LAYOUTS[layout]).read()
    assert told(item) == ASKED
    assert (item.kind, item.problems, item.place) == ("single", (), "câu 1")


@pytest.mark.parametrize(
    "lines",
    [
        ["a. một", "b. hai", "c. ba", "d. bốn", "đ. năm", "e. sáu"],
        ["A. một", "B. hai", "C. ba", "D. bốn", "Đ. năm", "E. sáu"],
        ["(a) một", "(b) hai", "(c) ba", "(d) bốn", "(đ) năm", "(e) sáu"],
        ["a, một", "b, hai", "c, ba", "d, bốn", "đ, năm", "e, sáu"],
        ["A. một\tB. hai\tC. ba", "D. bốn\tĐ. năm\tE. sáu"],
        ["a) một b) hai c) ba d) bốn đ) năm e) sáu"],
    ],
)
def test_the_fifth_letter_may_be_the_vietnamese_one(lines):
    wanted = ["một", "hai", "ba", "bốn", "năm", "sáu"]
    for key, right in (("đ", {"năm"}), ("E", {"sáu"}), ("d, đ", {"bốn", "năm"})):
        (item,) = Paper("Câu 1: Số nào?", *lines, f"Đáp án: {key}", "Vì sao Đ: vì thế").read()
        assert [option.text for option in item.options] == wanted
        assert {option.text for option in item.options if option.weight} == right
        assert [option.text for option in item.options if option.feedback] == ["năm"]
        assert item.problems == ()
    (item,) = Paper("Câu 1: Số nào?", *lines, "BẢNG ĐÁP ÁN", "1Đ").read()
    assert [option.weight for option in item.options] == [0, 0, 0, 0, 100, 0]


def test_money_and_names_are_no_options():
    (item,) = Paper("Câu 1: Bao nhiêu?", "a. 1 đ. b. 2 đ. c. 3 đ. d. 4 đ. thôi", "Đáp án: a").read()
    assert [option.text for option in item.options][3] == "4 đ. thôi"
    lines = ["Câu 1: Ai đúng?", "A, người cho quà.", "Và B, người nhận.", "A. Cả hai", "B. Không ai", "Đáp án: B"]
    (item,) = Paper(*lines).read()
    assert [option.text for option in item.options] == ["Cả hai", "Không ai"]
    (item,) = Paper("Câu 1: Xét:", "1. x", "2. y", "Điều nào đúng?", "A. 1", "B. 2", "Đáp án: B").read()
    assert [option.text for option in item.options] == ["1", "2"]
    (item,) = Paper("Câu 1: Nêu các bước:", "1. x", "2. y").read()
    assert (item.kind, item.options) == ("essay", ())


@pytest.mark.parametrize("answers", [("upperLetter", "%1."), ("lowerLetter", "%1)"), ("bullet", "-")])
def test_letters_that_word_numbers_itself_are_options(answers):
    paper = Paper().lists(n91=("decimal", "Câu %1:"), n92=answers)
    for n in range(1, 11):
        paper.add(f"{n} là gì?", "91").add("Huế", "92").add([("Hà Nội", "bold")], "92").add("Vinh", "92")
    found = paper.read()  # the letters go on counting: D, E, F, … Z, A
    assert [told(item) for item in found] == [(f"{n} là gì?", ASKED[1]) for n in range(1, 11)]


def test_options_in_tables_and_a_table_of_keys_at_the_end():
    paper = Paper(STEM).table(["A. Huế", "B. Hà Nội"], ["C. Vinh", "D. Đà Nẵng"])
    paper.add("Câu 2: Hai với hai?").table(["A.", "ba"], ["B.", "bốn"]).add("ĐÁP ÁN")
    first, second = paper.table(["Câu", "1", "2"], ["Đáp án", "B", "B"]).read()
    assert told(first)[1] == [("Huế", 0), ("Hà Nội", 100), ("Vinh", 0), ("Đà Nẵng", 0)]
    assert told(second)[1] == [("ba", 0), ("bốn", 100)]


@pytest.mark.parametrize(
    "keys",
    [
        [["1.B", "2.A", "3.C"]],
        [["Câu", "Đáp án"], ["1", "B"], ["2", "A"], ["3", "C"]],
        [["Câu", "1", "2", "3"], ["ĐA", "B", "A", "C"]],
        [["1", "B", "2", "A"], ["3", "C", "", ""]],
    ],
)
def test_every_table_of_keys_is_known(keys):
    paper = Paper(*(line for n in (1, 2, 3) for line in (f"Câu {n}: Hỏi?", "A. x", "B. y", "C. z"))).table(*keys)
    assert ["".join("ABC"[n] for n, one in enumerate(item.options) if one.weight) for item in paper.read()] == [
        "B",
        "A",
        "C",
    ]


def test_keys_in_lines_at_the_end():
    lines = [line for n in (1, 2, 3) for line in (f"Câu {n}. Hỏi?", "A. x", "B. y", "C. z")]
    found = Paper(*lines, "Đáp án", "1-B; 2-A; 3-C").read()
    assert ["".join("ABC"[n] for n, one in enumerate(item.options) if one.weight) for item in found] == ["B", "A", "C"]


@pytest.mark.parametrize("keys", ["Đáp án: 1-B, 2-A, 3-C", "ĐA: 1B 2A 3C"])
def test_keys_of_all_behind_the_last_question(keys):
    lines = [line for n in (1, 2, 3) for line in (f"Câu {n}. Hỏi?", "A. x", "B. y", "C. z")]
    found = Paper(*lines, keys).read()
    assert ["".join("ABC"[n] for n, one in enumerate(item.options) if one.weight) for item in found] == ["B", "A", "C"]


@pytest.mark.parametrize(
    "keys",
    [
        ["ĐÁP ÁN VÀ GIẢI THÍCH", "Câu 1: B. Vì luật nói thế.", "Câu 2: A - vì luật nói thế.", "Câu 3. C (vì luật nói thế.)"],
        ["HƯỚNG DẪN GIẢI", "Câu 1: Chọn B.", "Giải thích: Vì luật nói thế.", "Câu 2: Đáp án A", "Vì luật nói thế.",
         "Câu 3: Chọn đáp án C. Vì luật nói thế."],
    ],
)  # fmt: skip
def test_keys_at_the_end_bring_their_reasons_to_their_questions(keys):
    lines = [line for n in (1, 2, 3) for line in (f"Câu {n}. Hỏi?", "A. x", "B. y", "C. z")]
    found = Paper(*lines, *keys).read()
    assert ["".join("ABC"[n] for n, one in enumerate(item.options) if one.weight) for item in found] == ["B", "A", "C"]
    assert {(item.feedback or "").strip("()").lower() for item in found} == {"vì luật nói thế."}
    assert [option.text for option in found[2].options] == ["x", "y", "z"]


def test_a_question_that_begins_with_a_letter_is_no_key():
    found = Paper(
        "PHẦN I. Chung", "Câu 1: a?", "A. x", "B. y", "PHẦN II. Riêng", "Câu 1: B. nói gì?", "A. x", "B. y", "1A 1B"
    ).read()
    assert [item.text for item in found] == ["a?", "B. nói gì?"]


def test_endless_white_space_and_endless_words_are_read_at_once():
    (item,) = Paper(
        STEM,
        "A. Huế" + "\t" * 30_000,
        [("B. Hà Nội" + " " * 30_000, "bold")],
        "C. Vinh",
        "ĐÁP ÁN",
        "Câu 1: " + "Chọn " * 9000,
    ).read()[:1]
    assert told(item) == ASKED


def test_people_called_a_and_b_are_no_options():
    (item,) = Paper(
        "Câu 1: Ông Nguyễn Văn A. và bà B. nên làm gì?", "A. Huế", "B. Hà Nội", "C. Vinh", "Đáp án: B"
    ).read()
    assert told(item) == ("Ông Nguyễn Văn A. và bà B. nên làm gì?", ASKED[1])


def test_a_table_with_our_headings_is_a_sheet():
    (item,) = Paper().table(["STT", "Câu hỏi", "A", "B", "Đáp án"], ["1", "Hỏi?", "x", "y", "B"]).read()
    assert told(item) == ("Hỏi?", [("x", 0), ("y", 100)])


def test_explanations_provisions_levels_and_words_in_bold():
    (item,) = Paper(
        [("Câu 1 (Vận dụng): ", "bold"), ("Việc nào ",), ("không", "bold"), (" đúng?",)],
        "A. x", "B. y", "Đáp án: A. Vì luật nói thế.", "và cả quy định nữa.", "Vì sao B: sai rồi", "Căn cứ: 144-qd-tw#dieu-3",
    ).read()  # fmt: skip
    assert (item.text, item.level, item.provision) == ("Việc nào **không** đúng?", "van_dung", "144-qd-tw#dieu-3")
    assert item.feedback == "Vì luật nói thế.  \nvà cả quy định nữa."
    assert [option.feedback for option in item.options] == [None, "sai rồi"]


def test_kinds_without_options():
    found = Paper("Câu 1: Đất tròn?", "Đáp án: Đúng", "Câu 2: Mấy?", "Đáp án: 12,5", "Câu 3: Tên?", "Đáp án: CBCC; cbcc",
                  "Câu 4: Trình bày…", "Câu 5: Đất phẳng?", "A. Đúng", "B. Sai", "Đáp án: B").read()  # fmt: skip
    assert [item.kind for item in found] == ["true_false", "number", "short", "essay", "true_false"]
    assert [option.weight for option in found[4].options] == [0, 100]


def test_parts_are_categories_and_their_keys_count_anew():
    found = Paper("PHẦN I. Chung", "Câu 1: a?", "A. x", "B. y", "Đáp án: A", "PHẦN II. Riêng", "Câu 1: b?", "A. x", "B. y",
                  "Đáp án: B").read()  # fmt: skip
    assert [(item.text, item.category) for item in found] == [("a?", "PHẦN I. Chung"), ("b?", "PHẦN II. Riêng")]


def test_a_part_begins_behind_options_whose_keys_stand_at_the_end():
    found = Paper("I. NHẬN BIẾT", "Câu 1: a?", "A. x", "B. y", "II. THÔNG HIỂU", "Câu 2: b?", "A. x", "B. y", "PHẦN III. Khó",
                  "Câu 3: c?", "A. x", "B. y", "ĐÁP ÁN", "Phần I", "1A", "Phần II", "2B 3A").read()  # fmt: skip
    assert [(item.category, told(item)[1]) for item in found] == [
        ("I. NHẬN BIẾT", [("x", 100), ("y", 0)]),
        ("II. THÔNG HIỂU", [("x", 0), ("y", 100)]),
        ("PHẦN III. Khó", [("x", 100), ("y", 0)]),
    ]


@pytest.mark.parametrize(
    ("lines", "code", "sentence"),
    [
        (["Câu 7: a?", "A. x", "B. y"], "no_key", "Câu 7: Câu chưa có đáp án."),
        (["Câu 7: a?", "A. x", "B. y", "Đáp án: D"], "no_key", "Câu 7: Đáp án “D” không chỉ phương án nào."),
        (["Câu 7: a?", "A. x", "C. y", "Đáp án: A"], "letters", "Câu 7: Phương án C đứng ở chỗ của phương án B."),
        (["Câu 7: a?", "x, y", "y, z", "Đáp án: B"], "no_options", "Câu 7: Đáp án là “B”, nhưng không thấy phương án nào."),
        (["Câu 7: Mấy ý đúng?", "1. x", "2. y", "Đáp án: 2"], "perhaps_options", "Câu 7: Đáp án là số 2, và câu có các"),
        (["Câu 7: a?", "a. x", "b. y", "c. z", "d. t", "đ. u", "Đáp án: e"], "no_key", "Câu 7: Đáp án “e” không chỉ"),
        (["Câu 7: a?", [("A. x", "bold")], "B. y", "Đáp án: B"], "two_keys", "Câu 7: Đáp án ghi là B, nhưng"),
    ],
)  # fmt: skip
def test_problems_name_their_question(lines, code, sentence):
    (item,) = Paper(*lines).read()
    assert item.problems[0].code == code
    assert as_json(item)["problems"][0].startswith(sentence)


@pytest.mark.parametrize(("name", "font"), [("tcvn3", ".VnTime"), ("vni", "VNI-Times")])
def test_old_fonts_are_named_and_converted_when_asked(name, font):
    def glyphs(text):
        return [(old_fonts.back(text, name), font)]

    paper = Paper(glyphs("Câu 1: Thủ đô của nước ta?"), glyphs("A. Huế"), glyphs("B. Hà Nội"), glyphs("C. Vinh"))
    paper.add(glyphs("Đáp án: B") if name == "vni" else [("Đáp án: B",)])
    with pytest.raises(Unreadable) as refused:
        paper.read()
    assert refused.value.encoding == name
    (item,) = paper.read(encoding=name)
    assert told(item) == ASKED


def test_a_picture_comes_along_and_one_that_is_none_is_named():
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (4, 4)).save(made, "PNG")
    paper = Paper(STEM, "A. x", "B. y", "Đáp án: A")
    paper.made.paragraphs[0].add_run().add_picture(io.BytesIO(made.getvalue()))
    option = paper.made.paragraphs[2].add_run().add_picture(io.BytesIO(made.getvalue()))
    option._inline.docPr.set("descr", "Ô đen [4 x 4]")
    (item,) = paper.read()
    assert item.pictures[0].data == made.getvalue()
    assert f"![]({item.pictures[0].name})" in item.text
    assert item.options[1].text == f"y![Ô đen (4 x 4)]({item.pictures[0].name})"
    fake = paper.data().replace(made.getvalue(), b"#" * len(made.getvalue()))
    rewritten = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(paper.data())) as old, zipfile.ZipFile(rewritten, "w") as new:
        for one in old.namelist():
            new.writestr(one, b"not a picture" if one.startswith("word/media/") else old.read(one))
    (item,) = word.read(rewritten.getvalue())
    assert item.problems[0].code == "lost_media"
    assert "không phải là hình" in item.problems[0].message
    assert fake


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return out.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
W = nsmap["w"].encode()
BAD = {
    "entities": (zipped(word__document_xml=ENTITIES), "thực thể"),
    "bomb": (lambda: zipped(word__document_xml=b" " * 60_000_000), "quá lớn"),
    "a million tags": (lambda: zipped(word__document_xml=b"<a>" + b"<b/>" * 2_000_000 + b"</a>"), "quá lớn"),
    "depths": (
        zipped(word__document_xml=b"<w:document xmlns:w='%s'><w:body>" % W + b"<w:p>" * 5000),
        "không phải tệp Word",
    ),
    "closed depths": (
        zipped(
            word__document_xml=b"<w:document xmlns:w='%s'><w:body>" % W
            + b"<w:p>" * 5000
            + b"</w:p>" * 5000
            + b"</w:body></w:document>"
        ),
        "quá sâu",
    ),
    "macros": (zipped(word__document_xml=b"<x/>", word__vbaProject_bin=b"x"), "macro"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "lưu lại dạng .docx"),
    "a zip": (zipped(a=b"x"), "không phải tệp Word"),
    "broken": (b"PK\x03\x04xxxx", "hỏng"),
    "text": (b"just text", "không phải tệp Word"),
    "empty": (b"", "trống"),
    "no XML": (zipped(word__document_xml=b"not xml"), "không phải tệp Word"),
    "no question": (Paper("Chỉ có chữ.").data(), "Không thấy câu hỏi"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_word_file_of_questions_is_refused_with_a_sentence(case):
    data, sentence = BAD[case]
    with pytest.raises(Unreadable, match=sentence):
        word.read(data() if callable(data) else data, "x.docx")


def bare(item):
    """Without what only the file knows."""
    options = tuple(one.model_copy(update={"key": None, "tolerance": None}) for one in item.options)
    return item.model_copy(update={"place": "", "options": options})


def test_the_printed_bank_is_read_back():
    assert list(map(bare, word.read(word.write(EXAMPLES)))) == list(EXAMPLES)


def test_a_case_is_printed_and_read_back():
    parts = tuple(item.model_copy(update={"objective": None, "situation": None}) for item in EXAMPLES[:2])
    (case,) = word.read(word.write([Offered(kind="case", id="th-1", situation="Chuyện dài.", parts=parts)]))
    assert (case.kind, case.id, case.situation, len(case.parts)) == ("case", "th-1", "Chuyện dài.", 2)


WORDS = st.lists(st.sampled_from("việc nào công chức cần làm khi có quà biếu".split()), min_size=2, max_size=6).map(
    " ".join
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(questions().filter(lambda one: one.kind in ("single", "multiple", "true_false")), min_size=1, max_size=3),
    WORDS,
)
def test_keys_and_reasons_survive_printing(items, words):
    simple = []
    for item in items:
        options = item.options
        if item.kind != "true_false":
            options = tuple(one.model_copy(update={"text": f"{words} {n}"}) for n, one in enumerate(options))
        plain = {"text": f"{words}?", "options": options, "id": None, "tags": (), "title": ""}
        simple.append(item.model_copy(update=plain))
    found = word.read(word.write(simple))
    for back, item in zip(found, simple, strict=True):
        least = 99 if item.kind == "single" else 0
        assert [to_plain(one.text) for one in back.options] == [to_plain(one.text) for one in item.options]
        assert [one.weight > least for one in back.options] == [one.weight > least for one in item.options]
