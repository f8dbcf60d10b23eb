"""Content files: what a folder becomes, and that every mistake is named once, with its file, line and field."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from drawn import drawn
from shipped import shipped

from quizapp.courses.exchange import read_yaml
from quizapp.courses.exchange.files import FileProblems, Place, read_folder
from quizapp.courses.exchange.lesson import read_lesson
from quizapp.domain.content import Case

COURSE = "course.yaml"
RULE = "library/144-qd-tw.yaml"
LESSON = "units/08-quy-dinh-144/lesson.md"
BANK = "units/08-quy-dinh-144/questions.yaml"
CONTENT = Path(__file__).parents[2] / "content"

FILES = {
    COURSE: """\
key: cv-1248
title: "Công văn 1248: sáu nhiệm vụ"
document: 144-qd-tw
tasks:
  - {key: nam-la, name: Năm là, title: Nêu gương}
  - {key: sau-la, name: Sáu là, title: Tuyên truyền}
units: [bai-8]
paths:
  - {key: day-du, title: Toàn khóa, units: [bai-8]}
""",
    RULE: """\
code: 144-qd-tw
number: 144-QĐ/TW
kind: Quy định
issued_on: 2024-05-09
issuer: Bộ Chính trị
title: Chuẩn mực đạo đức cách mạng
task: nam-la
about: >-
  Năm chuẩn mực của cán bộ,
  đảng viên.
validity:
  state: in_force
  as_of: 2026-11-22
  note: Chưa thấy văn bản thay thế.
  source: bài báo 01/10/2024
provisions:
  - anchor: dieu-3
    label: Điều 3
    summary: Cần, kiệm, liêm, chính.
    verified: true
    sources: [https://example.org/dieu-3]
    children:
      - anchor: dieu-3.liem
        label: Điều 3, chữ “liêm”
        summary: Không nhận quà trái quy định.
        verified: true
        sources: [https://example.org/dieu-3]
      - anchor: dieu-3.kin
        label: Điều 3, phần chưa thấy
        summary: Phần này chưa đối chiếu.
        verified: false
""",
    LESSON: """\
---
key: bai-8
number: 8
task: nam-la
title: "Quy định 144: năm chuẩn mực"
minutes: 7
graded: true
why: Vì người dân nhìn vào cán bộ.
objectives:
  - {key: ke, text: Kể được năm chuẩn mực}
  - {key: van-dung, text: Soi một việc vào từng điều}
---

## Năm chuẩn mực {#nam-chuan-muc}

::: trich 144-qd-tw#dieu-3

Đoạn thứ nhất.

::: tu-hoi
- Đồng chí nhớ được mấy chuẩn mực?
:::

## Chữ liêm {#chu-liem}

::: trich 144-qd-tw#dieu-3.liem

Đoạn thứ hai, có **chữ đậm**.

## Tình huống: Phong bì {#phong-bi .tinh-huong}

::: trich 144-qd-tw#dieu-3.liem

Một công chức nhận phong bì.

::: loi-giai
Trả lại và báo cáo.
:::

## Tự làm: Xe công {#xe-cong .tu-lam}

::: trich 144-qd-tw#dieu-3

Xe công đi đám cưới.

::: loi-giai
Không dùng xe công.
:::

## Việc cần làm {#viec-can-lam .viec-can-lam}

::: trich 144-qd-tw#dieu-3

- Rà lại sổ nhận quà.
""",
    BANK: """\
quiz:
  feedback: at_once
  pass_percent: 80
  draw: {ke: 1, van-dung: 2}
questions:
  - key: b8-01
    kind: single
    objective: ke
    level: nho
    provision: 144-qd-tw#dieu-3
    prompt: Quy định 144 nêu mấy chuẩn mực?
    options:
      - {key: a, text: Năm, right: true, why: Có năm điều về chuẩn mực.}
      - {key: b, text: Sáu, why: Điều 6 nói về thực hiện.}
  - key: b8-02
    kind: case
    objective: van-dung
    situation: Một người dân để lại phong bì.
    questions:
      - key: b8-02a
        kind: true_false
        level: hieu
        provision: 144-qd-tw#dieu-3.liem
        prompt: Nhận phong bì là trái chữ liêm.
        answer: true
        why: Đó là quà trái quy định.
      - key: b8-02b
        kind: number
        level: nho
        provision: 144-qd-tw#dieu-3
        prompt: Phải báo cáo mấy lần?
        value: 1
        explanation: Báo cáo một lần là đủ.
""",
}


@pytest.fixture
def folder(tmp_path):
    for file, text in FILES.items():
        write(tmp_path, file, text)
    return tmp_path


def write(folder, file, text):
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def change(folder, file, old, new):
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    write(folder, file, text.replace(old, new, 1))


def problems(folder):
    with pytest.raises(FileProblems) as caught:
        read_folder(folder)
    return caught.value.problems


def line_of(folder, problem):
    return (folder / problem.file).read_text(encoding="utf-8").split("\n")[problem.line - 1]


# --- a good folder ---------------------------------------------------------------------------------------------


def test_a_folder_becomes_a_course_documents_and_units(folder):
    write(folder, "media/so-do.png", drawn())
    write(folder, "README.md", "# Ghi chú")
    write(folder, "units/.DS_Store", b"\x00")
    contents = read_folder(folder)
    assert contents.course.key == "cv-1248"
    assert contents.documents["144-qd-tw"].issued_on == date(2024, 5, 9)
    assert contents.documents["144-qd-tw"].about == "Năm chuẩn mực của cán bộ, đảng viên."
    unit = contents.units["bai-8"]
    assert [section.kind for section in unit.sections] == ["muc", "muc", "tinh-huong", "tu-lam", "viec-can-lam"]
    assert isinstance(unit.questions[1], Case)
    assert contents.media == {"so-do.png": folder / "media/so-do.png"}


def test_the_citation_leaves_the_text_and_containers_stay(folder):
    section = read_folder(folder).units["bai-8"].sections[0]
    assert section.cite == "144-qd-tw#dieu-3"
    assert section.text == "Đoạn thứ nhất.\n\n::: tu-hoi\n- Đồng chí nhớ được mấy chuẩn mực?\n:::"


@pytest.mark.parametrize(
    ("path", "file", "line"),
    [
        (("title",), LESSON, 5),
        (("objectives", 1, "text"), LESSON, 11),
        (("sections", 0, "title"), LESSON, 14),
        (("sections", 0, "cite"), LESSON, 16),
        (("sections", 0, "text"), LESSON, 18),
        (("questions", 0, "options", 1, "why"), BANK, 14),
        (("questions", 1, "questions", 1, "prompt"), BANK, 31),
        (("questions", 1, "questions", 1, "situation"), BANK, 27),
        (("quiz", "minutes"), BANK, 1),
    ],
)
def test_every_field_knows_its_file_and_line(folder, path, file, line):
    assert read_folder(folder).place("bai-8", path) == Place(file, line)


def test_values_are_plain():
    data = read_yaml("a: 08\nb: 1.5\nc: true\nd: 2024-05-09\ne:\nf: 'x'\ng: no\nh: 12:30\ni: |\n  x\n", "x.yaml").data
    assert list(map(type, data.values())) == [int, float, bool, date, type(None), str, str, str, str]
    assert data["g"] == "no"


@pytest.mark.skipif(not (CONTENT / "cv-1248" / COURSE).exists(), reason="no content here")
def test_our_own_content_can_be_read():
    assert shipped().course.key == "cv-1248"


# --- one mistake, one problem ----------------------------------------------------------------------------------

MISTAKES = {
    # name: (file, text, its replacement, field, a piece of the line named, a piece of the message)
    "yaml syntax": (RULE, "title: Chuẩn", "title: Điều 1: Chuẩn", "", "Điều 1:", "ngoặc kép"),
    "open quote": (COURSE, "document:", "x: 'y\ndocument:", "", "x: 'y", "không đóng"),
    "front matter syntax": (LESSON, '"Quy định 144: năm chuẩn mực"', "Quy định 144: năm", "", "144:", "ngoặc kép"),
    "duplicate key": (
        BANK,
        "    level: nho",
        "    level: nho\n    level: hieu",
        "questions[0].level",
        "hieu",
        "hai lần",
    ),
    "no right answer": (BANK, ", right: true", "", "questions[0]", "key: b8-01", "đúng một phương án đúng"),
    "missing field": (BANK, ", why: Điều 6 nói về thực hiện.", "", "questions[0].options[1].why", "Sáu", "thiếu"),
    "unknown field": (
        BANK,
        "    prompt: Quy",
        "    hint: x\n    prompt: Quy",
        "questions[0].hint",
        "hint",
        "không có trong",
    ),
    "unknown field of a rule": (RULE, "issuer:", "by: x\nissuer:", "by", "by: x", "không có trong"),
    "stranger in questions.yaml": (BANK, "quiz:", "key: bai-8\nquiz:", "key", "key: bai-8", "không có trong"),
    "questions in lesson.md": (LESSON, "minutes:", "questions: []\nminutes:", "questions", "questions:", "đầu bài đọc"),
    "unknown kind": (BANK, "kind: single", "kind: trac-nghiem", "questions[0]", "b8-01", "trac-nghiem"),
    "text for a number": (LESSON, "minutes: 7", "minutes: bảy", "minutes", "bảy", "số nguyên"),
    "alias": (RULE, "kind: Quy định", "kind: &x Quy định", "kind", "&x", "neo"),
    "unknown alias": (RULE, "kind: Quy định", "kind: *x", "", "*x", "tham chiếu"),
    "type tag": (RULE, "kind: Quy định", "kind: !!python/name:os.system x", "kind", "!!python", "nhãn kiểu"),
    "no such day": (RULE, "2024-05-09", "2024-02-30", "issued_on", "02-30", "không phải ngày"),
    "infinite": (BANK, "value: 1", "value: .inf", "questions[1].questions[1].value", ".inf", "hữu hạn"),
    "directive": (COURSE, "key: cv", "%YAML 1.1\n---\nkey: cv", "", "%YAML", "chỉ thị"),
    "two documents": (COURSE, "units: [", "---\nunits: [", "", "---", "một tài liệu"),
    "escaped control": (COURSE, "sáu", "\\u0007 sáu", "title", "u0007", "U+0007"),
    "unknown document": (LESSON, "144-qd-tw#dieu-3", "145#dieu-3", "sections[0].cite", "trich 145", "không có văn bản"),
    "unknown provision": (BANK, "#dieu-3.liem", "#dieu-9", "questions[1].questions[0].provision", "dieu-9", "“dieu-9”"),
    "unverified": (LESSON, "#dieu-3.liem", "#dieu-3.kin", "sections[1].cite", "dieu-3.kin", "chưa đối chiếu"),
    "task of a unit": (LESSON, "task: nam-la", "task: bay-la", "task", "bay-la", "“bay-la”"),
    "task of a rule": (RULE, "task: nam-la", "task: bay-la", "task", "bay-la", "“bay-la”"),
    "course's document": (COURSE, "document: 144", "document: 145", "document", "145", "“145-qd-tw”"),
    "number and folder": (LESSON, "number: 8", "number: 9", "number", "number: 9", "08-quy-dinh-144"),
    "no provision": (
        *(BANK, "    level: nho\n    provision: 144-qd-tw#dieu-3\n", "    level: nho\n"),
        *("questions[0].provision", "key: b8-01", "thiếu"),
    ),
    "no objective": (BANK, "    objective: ke\n", "", "questions[0].key", "key: b8-01", "chưa khai mục tiêu"),
    "no level": (BANK, "    level: nho\n", "", "questions[0].level", "key: b8-01", "thiếu"),
    "no reason": (
        BANK,
        "        why: Đó là quà trái quy định.\n",
        "",
        "questions[1].questions[0].why",
        "b8-02a",
        "thiếu",
    ),
    "verified against nothing": (
        *(RULE, "        sources: [https://example.org/dieu-3]\n", ""),
        *("provisions[0].children[0]", "dieu-3.liem", "không nêu nguồn"),
    ),
    "provision without a verification": (
        *(RULE, "        verified: false\n", ""),
        *("provisions[0].children[1].verified", "dieu-3.kin", "thiếu"),
    ),
    "objective of a question": (BANK, "objective: ke", "objective: kem", "questions[0].key", "b8-01", "“kem”"),
    "draw too many": (BANK, "ke: 1", "ke: 3", "quiz.draw.ke", "draw:", "không rút được đúng 3"),
    "draw of a stranger": (BANK, "ke: 1", "ke: 1, la: 1", "quiz.draw.la", "draw:", "“la”"),
    "twin objective": (LESSON, "key: van-dung", "key: ke", "objectives[1].key", "Soi một việc", "bị trùng"),
    "twin question": (BANK, "key: b8-02b", "key: b8-01", "questions[1].questions[1].key", "b8-01", "bị trùng"),
    "twin section": (LESSON, "{#chu-liem}", "{#nam-chuan-muc}", "sections[1].key", "Chữ liêm", "bị trùng"),
    "twin anchor": (RULE, "dieu-3.kin", "dieu-3", "provisions[0].children[1].anchor", "- anchor: dieu-3", "bị trùng"),
    "twin task": (COURSE, "key: sau-la", "key: nam-la", "tasks[1].key", "Sáu là", "bị trùng"),
    "path's stranger": (COURSE, "Toàn khóa, units: [", "Toàn khóa, units: [x, ", "paths[0].key", "day-du", "“x”"),
    "no front matter": (LESSON, "---\nkey", "key", "", "key: bai-8", "“---”"),
    "open front matter": (LESSON, "từng điều}\n---", "từng điều}", "", "---", "để đóng"),
    "text before": (LESSON, "## Năm", "Lời mở.\n\n## Năm", "sections", "Lời mở.", "trước mục đầu tiên"),
    "no citation": (LESSON, "::: trich 144-qd-tw#dieu-3.liem\n", "", "sections[1].cite", "Chữ liêm", "chưa dẫn"),
    "late citation": (LESSON, "::: trich 144", "Chữ.\n\n::: trich 144", "sections[0].cite", "::: trich", "ngay dưới"),
    "two citations": (
        *(LESSON, "Đoạn thứ nhất.", "::: trich 144-qd-tw#dieu-3.liem\n\nĐoạn."),
        *("sections[0].cite", "dieu-3.liem", "chỉ dẫn một"),
    ),
    "malformed citation": (LESSON, "144-qd-tw#dieu-3", "dieu-3", "sections[0].cite", "trich dieu-3", "không đúng dạng"),
    "unknown container": (LESSON, "::: tu-hoi", "::: ghi-chu", "sections[0].text", "::: ghi-chu", "không có khối"),
    "unclosed container": (LESSON, "chuẩn mực?\n:::", "chuẩn mực?", "sections[0].text", "::: tu-hoi", "chưa đóng"),
    "closed twice": (
        LESSON,
        "chuẩn mực?\n:::",
        "chuẩn mực?\n:::\n\n:::",
        "sections[0].text",
        ":::",
        "không đóng khối nào",
    ),
    "long section": (LESSON, "thứ nhất.", "chữ " * 250, "sections[0].text", "Đoạn", "nhiều nhất 250"),
    "html": (LESSON, "thứ nhất", "<b>nhất</b>", "sections[0].text", "<b>", "HTML"),
    "link": (LESSON, "thứ nhất", "[nhất](x)", "sections[0].text", "[nhất]", "liên kết"),
    "heading in a section": (LESSON, "Đoạn thứ nhất", "### Đoạn", "sections[0].text", "###", "tiêu đề con"),
    "heading without a key": (LESSON, "Chữ liêm {#chu-liem}", "Chữ liêm", "sections[1].key", "## Chữ liêm", "dạng"),
    "unknown section kind": (LESSON, "{#chu-liem}", "{#chu-liem .vui}", "sections[1].kind", ".vui", "một trong"),
    "second ending": (LESSON, ".tu-lam", ".tinh-huong", "sections[3].kind", "Xe công", "chỉ có một mục .tinh-huong"),
}
SEVERAL = {"unknown section kind": 2, "second ending": 2}  # one mistake, two rules


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_once_with_its_line_and_field(folder, mistake):
    file, old, new, field, piece, message = MISTAKES[mistake]
    change(folder, file, old, new)
    found = problems(folder)
    assert len(found) == SEVERAL.get(mistake, 1), "\n".join(map(str, found))
    named = next(problem for problem in found if problem.field == field)
    assert named.file == file
    assert message in named.message
    assert piece in line_of(folder, named)


@pytest.mark.parametrize(
    ("file", "text", "line", "message"),
    [
        (COURSE, b"key: a\ntitle: \xd0\n", 2, "UTF-8"),
        (COURSE, FILES[COURSE].replace("\nunits:", "\nunits:\t").encode(), 7, "tab"),
        (COURSE, ("\ufeff" + FILES[COURSE]).encode(), 1, "BOM"),
        (LESSON, FILES[LESSON].replace("thứ hai", "thứ\u200b hai").encode(), 28, "U+200B"),
        (LESSON, FILES[LESSON].replace("\n", "\r\n").encode(), 1, "CRLF"),
        (BANK, b"# " + b"x" * 2_000_001, 1, "2 MB"),
        (BANK, b"", 1, "các trường"),
        (BANK, b"- 1\n", 1, "các trường"),
        (COURSE, b"x: " + b"[" * 100_000, 1, "20 tầng"),
        (COURSE, b'x: "\\UFFFFFFFF"', 1, "mã ký tự"),
        ("notes.txt", b"x", 1, "không thuộc định dạng"),
        ("units/08-quy-dinh-144/lesson.md.bak", b"x", 1, "không thuộc định dạng"),
        ("units/tam/lesson.md", b"x", 1, "không thuộc định dạng"),
        ("media/phim.mp4", b"x", 1, "chỉ có hình"),
        ("media/so-do.svg", b"<svg/>", 1, "không nhận .svg"),
        ("media/Sơ đồ.png", drawn(), 1, "chữ thường không dấu"),
        ("media/so-do.png", b"<svg/>", 1, "SVG"),
        ("media/so-do.jpg", b"x", 1, "không phải hình"),
        ("media/to.png", b"x" * 5_300_000, 1, "5 MB"),
        ("library/to.yaml", b"x" * 2_000_001, 1, "2 MB"),
    ],
)
def test_a_file_that_is_no_clean_text_is_named(folder, file, text, line, message):
    write(folder, file, text)
    (problem,) = problems(folder)
    assert (problem.file, problem.line, problem.field) == (file, line, "")
    assert message in problem.message


def test_a_link_out_of_the_folder_is_refused(folder, tmp_path_factory):
    (folder / "media").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    assert [problem.file for problem in problems(folder)] == ["media"]


@pytest.mark.parametrize(("file", "text"), [(RULE, "Bộ Chính trị"), (LESSON, "Đoạn thứ hai"), (BANK, "Có năm điều")])
def test_text_that_is_not_composed_is_named(folder, file, text):
    change(folder, file, text, unicodedata.normalize("NFD", text))
    (problem,) = problems(folder)
    assert "NFC" in problem.message
    assert unicodedata.normalize("NFD", text) in line_of(folder, problem)


@pytest.mark.parametrize("file", [COURSE, LESSON, BANK])
def test_a_missing_file_is_named_and_nothing_else(folder, file):
    (folder / file).unlink()
    assert [str(problem) for problem in problems(folder)] == [f"{file}:1: thiếu tệp này"]


def test_an_empty_folder_has_no_course(tmp_path):
    assert [str(problem) for problem in problems(tmp_path / "none")] == ["course.yaml:1: thiếu tệp này"]


def test_a_document_under_another_name(folder):
    (folder / RULE).rename(folder / "library/144.yaml")
    assert "library/144.yaml:1: code: mã “144-qd-tw” khác tên tệp 144.yaml" in map(str, problems(folder))


# --- the files together ----------------------------------------------------------------------------------------


def another_unit(folder, lesson=(), bank=()):
    for file, changes in ((LESSON, lesson), (BANK, bank)):
        text = FILES[file]
        for old, new in changes:
            text = text.replace(old, new)
        write(folder, file.replace("08-quy-dinh-144", "09-neu-guong"), text)


def test_two_units_share_neither_key_nor_number_nor_questions(folder):
    another_unit(folder)
    assert [str(problem) for problem in problems(folder) if "trùng" in problem.message] == [
        "units/09-neu-guong/lesson.md:2: key: khóa bài “bai-8” bị trùng với units/08-quy-dinh-144/lesson.md:2",
        "units/09-neu-guong/lesson.md:3: number: số bài “8” bị trùng với units/08-quy-dinh-144/lesson.md:3",
        "units/09-neu-guong/questions.yaml:6: questions[0].key: câu “b8-01” bị trùng với "
        "units/08-quy-dinh-144/questions.yaml:6",
        "units/09-neu-guong/questions.yaml:15: questions[1].key: câu “b8-02” bị trùng với "
        "units/08-quy-dinh-144/questions.yaml:15",
        "units/09-neu-guong/questions.yaml:20: questions[1].questions[0].key: câu “b8-02a” bị trùng với "
        "units/08-quy-dinh-144/questions.yaml:20",
        "units/09-neu-guong/questions.yaml:27: questions[1].questions[1].key: câu “b8-02b” bị trùng với "
        "units/08-quy-dinh-144/questions.yaml:27",
    ]


def test_the_course_and_its_folders_name_each_other(folder):
    another_unit(folder, [("key: bai-8", "key: bai-9"), ("number: 8", "number: 9")], [("b8-", "b9-")])
    change(folder, COURSE, "units: [bai-8]", "units: [bai-8, bai-7]")
    assert [str(problem) for problem in problems(folder)] == [
        "course.yaml:7: units[1]: không có bài “bai-7” trong thư mục units",
        "units/09-neu-guong/lesson.md:2: key: bài “bai-9” không có trong units của course.yaml",
    ]


def test_a_provision_renamed_or_removed_is_told_wherever_it_is_cited(folder):
    cited = ["sections[1].cite", "sections[2].cite", "questions[1].questions[0].provision"]
    change(folder, RULE, "anchor: dieu-3.liem", "anchor: dieu-3.chu-liem")
    renamed = problems(folder)
    assert [problem.field for problem in renamed] == cited
    assert all("dieu-3.liem" in line_of(folder, problem) for problem in renamed)
    write(folder, RULE, FILES[RULE][: FILES[RULE].index("    children:")])
    removed = problems(folder)
    assert [problem.field for problem in removed] == cited
    assert all("không có điều, khoản “dieu-3.liem”" in problem.message for problem in removed)
    (folder / RULE).rename(folder / "library/145-qd-tw.yaml")
    change(folder, "library/145-qd-tw.yaml", "code: 144", "code: 145")
    told = problems(folder)
    assert {problem.message for problem in told} == {"không có văn bản “144-qd-tw” trong thư mục library"}
    assert [problem.file for problem in told] == [COURSE, *[LESSON] * 5, *[BANK] * 3]


def test_units_come_in_the_order_of_the_course(folder):
    another_unit(folder, [("key: bai-8", "key: bai-9"), ("number: 8", "number: 9")], [("b8-", "b9-")])
    change(folder, COURSE, "units: [bai-8]", "units: [bai-9, bai-8]")
    assert list(read_folder(folder).units) == ["bai-9", "bai-8"]


def test_every_problem_of_every_file_comes_at_once_in_order(folder):
    change(folder, COURSE, "document: 144", "document: 145")
    change(folder, RULE, "issuer: Bộ Chính trị\n", "")
    change(folder, LESSON, "minutes: 7", "minutes: 0")
    change(folder, LESSON, "#dieu-3.liem", "#dieu-9")
    change(folder, BANK, "kind: number", "kind: so")
    change(folder, BANK, ", right: true", "")
    found = problems(folder)
    assert [(problem.file, problem.field) for problem in found] == [
        (COURSE, "document"),
        (RULE, "issuer"),
        (LESSON, "minutes"),
        (LESSON, "sections[1].cite"),
        (BANK, "questions[0]"),
        (BANK, "questions[1].questions[1]"),
    ]
    assert found == sorted(found)


def test_a_field_too_many_hides_nothing_else_that_is_wrong_with_its_question(folder):
    change(folder, BANK, ", right: true", "")
    [alone] = problems(folder)
    before = alone.line
    change(folder, BANK, "    kind: single\n", "    kind: single\n    ghi-chu: thừa\n")
    assert [(one.field, one.message) for one in problems(folder)] == [
        ("questions[0]", alone.message),
        ("questions[0].ghi-chu", "trường này không có trong định dạng"),
    ]
    assert problems(folder)[0].line == before


def test_a_broken_document_does_not_blame_what_cites_it(folder):
    change(folder, RULE, "kind: Quy định", "kind: Quy: định")
    assert [problem.file for problem in problems(folder)] == [RULE]


def test_a_problem_reads_like_a_compilers(folder):
    change(folder, BANK, ", why: Có năm điều về chuẩn mực.", "")
    with pytest.raises(FileProblems) as caught:
        read_folder(folder)
    assert str(caught.value) == f"{BANK}:13: questions[0].options[0].why: thiếu trường này"


# --- the lesson's layout ---------------------------------------------------------------------------------------


def layout(*kinds):
    front = FILES[LESSON].split("\n\n")[0]
    sections = [f"## Mục {n} {{#m{n}{kind}}}\n\n::: trich a#b\n\nChữ." for n, kind in enumerate(kinds)]
    return [problem.message for problem in read_lesson("\n\n".join([front, *sections]), "lesson.md").problems]


ENDING = (" .tinh-huong", " .tu-lam", " .viec-can-lam")


@pytest.mark.parametrize("plain", [2, 3, 4])
def test_two_to_four_plain_sections_and_the_three_endings(plain):
    assert layout(*[""] * plain, *ENDING) == []


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (("", *ENDING), "bài đọc cần từ 2 đến 4 mục thường, đang có 1"),
        (("", "", "", "", "", *ENDING), "bài đọc cần từ 2 đến 4 mục thường, đang có 5"),
        (("", "", *ENDING[:2]), "bài đọc thiếu mục .viec-can-lam"),
        (("", "", *ENDING, ENDING[1]), "bài đọc chỉ có một mục .tu-lam"),
        (("", ENDING[0], "", *ENDING[1:]), "thứ tự các mục: mục thường, rồi .tinh-huong, .tu-lam, .viec-can-lam"),
    ],
)
def test_any_other_layout_is_named(kinds, message):
    assert layout(*kinds) == [message]


# --- pictures --------------------------------------------------------------------------------------------------

PICTURES = {
    # name: (file, text, its replacement, field, a piece of the line named, a piece of the message)
    "of a lesson": (LESSON, "hai, có", "hai,\n![Sơ đồ](anh:la.png)\ncó", "sections[1].text", "la.png", "không có hình “la.png”"),
    "of a question": (BANK, "mấy chuẩn mực?", "mấy? ![Sơ đồ](anh:la.png)", "questions[0].prompt", "la.png", "không có hình"),
    "without words": (LESSON, "hai, có", "hai ![](anh:so-do.png) có", "sections[1].text", "so-do.png", "chữ thay ảnh"),
    "from elsewhere": (LESSON, "hai, có", "hai ![Sơ đồ](x.png) có", "sections[1].text", "x.png", "tệp trong media"),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_that_is_not_there_or_has_no_words_is_named_with_its_line(folder, name):
    file, old, new, field, line, message = PICTURES[name]
    write(folder, "media/so-do.png", drawn())
    change(folder, file, old, new)
    (problem,) = problems(folder)
    assert (problem.file, problem.field) == (file, field)
    assert line in line_of(folder, problem)
    assert message in problem.message


def test_a_picture_of_the_folder_may_be_shown_where_a_link_may_not(folder):
    write(folder, "media/so-do.png", drawn())
    change(folder, LESSON, "hai, có", "hai, ![Sơ đồ ba bước](anh:so-do.png) có")
    assert "anh:so-do.png" in read_folder(folder).units["bai-8"].sections[1].text
    change(folder, LESSON, "Đoạn thứ nhất", "Đoạn [thứ nhất](anh:so-do.png)")
    (problem,) = problems(folder)
    assert "không đặt liên kết" in problem.message
