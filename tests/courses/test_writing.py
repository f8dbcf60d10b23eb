"""Xuất bộ nội dung: what is written is read back as the same values, and a second time gives the same bytes."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shipped import shipped

from quizapp.courses import drafting
from quizapp.courses.exchange import INVISIBLE, read_yaml
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.exchange.writing import bank_text, course_text, document_text, files_of, lesson_text, write_folder
from quizapp.domain.content import Document, Unit, read_course, read_unit
from quizapp.domain.vietnamese import nfc, plain

# What YAML, Markdown and hurried people are fond of.
AWKWARD = [
    "a: b",
    "- x",
    "# y",
    "yes",
    "null",
    "12:30",
    "2024-05-09",
    "1_000",
    "=",
    "<<",
    "*a",
    "&a",
    "%YAML",
    "'",
    '"',
    "\\n",
]
AWKWARD += [
    "{#x}",
    "a #b",
    "?",
    "|",
    ">",
    "~",
    "0x1F",
    "1e3",
    ".5",
    "[a]",
    "{a}",
    "@a",
    "`a`",
    "!x",
    "…",
    "“Liêm”",
    "đ:",
]

texts = (
    st.one_of(
        st.sampled_from(AWKWARD),
        st.text(
            st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"]), min_size=1, max_size=60
        ),
        st.lists(st.sampled_from([*AWKWARD, "Liêm chính", "là gì?", "- một", "  thụt"]), min_size=2, max_size=4).map(
            "\n".join
        ),
    )
    .map(lambda text: nfc(INVISIBLE.sub(" ", text)).strip())
    .filter(bool)
)
lines = texts.map(lambda text: " ".join(text.split())).filter(bool)


def different(count):
    return st.lists(texts, min_size=count, max_size=count, unique_by=plain)


@st.composite
def questions(draw, key):
    """A question of any kind, with awkward words."""
    told = {"key": key, "level": draw(st.sampled_from(["nho", "hieu", "van_dung"])), "provision": "144-qd-tw#dieu-1"}
    told |= {"objective": "ke", "prompt": draw(texts), "situation": draw(st.none() | texts)}
    one, two, three = draw(different(3))
    why = {"why": draw(texts)}
    options = [{"key": f"p{n}", "text": text, "right": n == 1, **why} for n, text in enumerate((one, two, three))]
    kinds = {
        "single": {"options": options, "ordered": draw(st.booleans())},
        "multiple": {"options": options},
        "true_false": {"answer": draw(st.booleans()), **why},
        "matching": {
            "pairs": [
                {"key": "c1", "left": one, "right": two, **why},
                {"key": "c2", "left": two, "right": three, **why},
            ],
            "extra": [one],
            "explanation": draw(texts),
        },
        "ordering": {
            "items": [{"key": f"i{n}", "text": text} for n, text in enumerate((one, two, three))],
            "explanation": draw(texts),
        },
        "short": {"accepted": [one, two], "without_marks": draw(st.booleans()), "explanation": draw(texts)},
        "number": {
            "value": draw(st.floats(-1e6, 1e6)),
            "tolerance": draw(st.floats(0, 10)),
            "explanation": draw(texts),
        },
        "gaps": {
            "text": f"{one.replace('{', '').replace('}', '')} {{o1}}",
            "gaps": [{"key": "o1", "options": options}],
            "explanation": draw(texts),
        },
    }
    kind = draw(st.sampled_from(sorted(kinds)))
    return told | {"kind": kind} | kinds[kind]


@st.composite
def units(draw):
    head = {"key": "bai-1", "number": 1, "task": "mot-la", "title": draw(lines), "minutes": 5, "graded": True}
    head |= {"why": draw(texts), "objectives": [{"key": "ke", "text": draw(texts)}]}
    kinds = ["muc", "muc", "tinh-huong", "tu-lam", "viec-can-lam"]
    sections = [
        {"key": f"muc-{n}", "title": f"Mục {n}", "kind": kind, "cite": "144-qd-tw#dieu-1", "text": f"Chữ {n}.\n\nThêm."}
        for n, kind in enumerate(kinds)
    ]
    asked = [draw(questions(f"b1-{n:02d}")) for n in range(draw(st.integers(1, 4)))]
    quiz = {"feedback": "at_once", "pass_percent": 80, "draw": {"ke": 1}}
    return read_unit(head | {"sections": sections, "quiz": quiz, "questions": asked})


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(unit=units())
def test_what_is_written_is_read_back_and_written_the_same_again(tmp_path_factory, unit: Unit):
    whole = shipped()
    only = whole.documents["144-qd-tw"].model_copy(update={"provisions": (_provision(unit),)})
    course = whole.course.model_copy(update={"units": ("bai-1",), "paths": (), "document": "144-qd-tw"})
    course = course.model_copy(update={"paths": (whole.course.paths[0].model_copy(update={"units": ("bai-1",)}),)})
    written = files_of(course, {"144-qd-tw": only}, {"bai-1": unit})
    folder = tmp_path_factory.mktemp("xuat") / "khoa"  # nothing stands beside it that would be read, too
    write_folder(folder, written)
    back = read_folder(folder)
    assert back.units["bai-1"] == unit
    assert back.documents["144-qd-tw"] == only
    assert files_of(back.course, back.documents, back.units) == written


def _provision(unit):
    data = {"anchor": "dieu-1", "label": unit.title, "summary": unit.why, "verified": True, "sources": ["bản ký"]}
    return Document.model_fields["provisions"].annotation.__args__[0].model_validate(data)


def test_the_shipped_course_comes_back_whole(tmp_path):
    whole = shipped()
    written = files_of(whole.course, whole.documents, whole.units)
    write_folder(tmp_path, written)
    back = read_folder(tmp_path)
    assert back.course == whole.course
    assert back.documents == whole.documents
    assert back.units == whole.units
    assert files_of(back.course, back.documents, back.units) == written


def test_the_final_stays_the_last_folder_behind_a_unit_that_a_trainer_has_added(tmp_path):
    whole = shipped()
    order = (*(key for key in whole.units if not whole.units[key].final), "bai-12", "bai-11")
    data = json.loads(whole.units["bai-6"].model_dump_json().replace('"b6-', '"b12-'))
    added = read_unit(data | {"key": "bai-12", "number": 12, "title": "Bài mới"})
    units = {key: added if key == "bai-12" else whole.units[key] for key in order}
    files = files_of(whole.course.model_copy(update={"units": order}), whole.documents, units)
    folders = sorted({name.split("/")[1] for name in files if name.startswith("units/")})
    assert folders[-2:] == ["12-bai-moi", "13-kiem-tra-tong-hop"]
    write_folder(tmp_path, files)
    back = read_folder(tmp_path)
    assert files_of(back.course, back.documents, back.units) == files


slugs = st.from_regex(r"\A[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}\Z")


@st.composite
def courses(draw):
    """A course as the browser can make one: awkward words, paths of any order, or no unit yet."""
    units = draw(st.lists(slugs, max_size=5, unique=True))
    keys = draw(st.lists(slugs, min_size=1, max_size=4, unique=True))
    tasks = [{"key": key, "name": draw(lines), "title": draw(lines)} for key in keys]
    paths = [
        {"key": key, "title": draw(lines), "units": draw(st.permutations(units))[: draw(st.integers(1, len(units)))]}
        for key in (keys if units else ())
    ]
    told = {"key": "khoa", "title": draw(lines), "document": draw(slugs), "tasks": tasks}
    return read_course(told | {"units": units, "paths": paths})


@given(course=courses())
def test_a_course_is_written_and_read_back_the_same(course):
    text = course_text(course)
    source = read_yaml(text, "course.yaml")
    assert source.problems == []
    assert read_course(source.data) == course
    assert course_text(read_course(source.data)) == text


def test_files_are_such_as_people_write():
    whole = shipped()
    unit = whole.units["bai-6"]
    assert lesson_text(unit).startswith("---\nkey: bai-6\nnumber: 6\ntask: ba-la\ntitle: Ngăn chặn nhũng nhiễu")
    assert (
        "\n## “Tham nhũng vặt” không phải chuyện vặt {#tham-nhung-vat}\n\n::: trich 1248-cv-tu#ba-la\n\nCông"
        in lesson_text(unit)
    )
    assert "questions:\n  - key: b6-01\n    kind: single\n    objective: nhan-ra\n" in bank_text(unit)
    assert course_text(whole.course).startswith("key: cv-1248\n")
    assert "issued_on: 2024-05-09\n" in document_text(whole.documents["144-qd-tw"])


def test_a_unit_is_its_draft_and_the_draft_is_the_unit():
    whole = shipped()
    for unit in whole.units.values():
        body = drafting.of_unit(unit)
        reading = drafting.read(body, whole.documents)
        assert reading.lacks == ()
        assert reading.unit == unit
        assert drafting.of_unit(reading.unit) == body
