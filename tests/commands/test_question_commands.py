"""`import-questions`, `export-questions`: what is read, what goes into a draft, what comes out."""

import base64
import json
import os
import subprocess
import sys

import pytest
from courses.moodle_files import png
from installations import Place
from shipped import few_units

from quizapp.commands import opened
from quizapp.courses import drafts
from quizapp.courses.exchange.formats import FORMATS
from quizapp.courses.models import Unit
from quizapp.database import db
from quizapp.files import queries as files

GIFT = "::Một::Việc nào đúng?{=a#đúng ~b#sai}\n\nTự luận {}\n\n::Ba::Hỏng { =a\n"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An installation with content, made once: nothing here needs it untouched."""
    place = Place(tmp_path_factory.mktemp("co-bai") / "du-lieu")
    place.quizapp("import-content", few_units(tmp_path_factory.mktemp("noi-dung") / "content"))
    return place


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cau-hoi.gift"
    path.write_text(GIFT, encoding="utf-8")
    return path


def test_a_file_is_checked_without_a_database(place, file, tmp_path):
    done = place.quizapp("import-questions", file, "--check", "--problems", tmp_path / "loi.xlsx")
    assert done.exit_code == 1
    assert "3 câu: 1 câu nhập được, 2 câu cần sửa" in done.output
    assert "Dòng 5: Thiếu ngoặc" in done.output
    assert (tmp_path / "loi.xlsx").read_bytes().startswith(b"PK")


def test_json_is_the_list_of_questions(place, file):
    done = place.quizapp("import-questions", file, "--format", "gift", "--json")
    first, second, third = json.loads(done.output)
    assert done.exit_code == 0
    assert first == {
        "kind": "single", "title": "Một", "text": "Việc nào đúng?", "pairs": [], "tags": [], "category": None, "id": None,
        "options": [{"text": "a", "weight": 100, "feedback": "đúng"}, {"text": "b", "weight": 0, "feedback": "sai"}],
        "feedback": None, "problems": [],
    }  # fmt: skip
    assert (second["kind"], len(second["problems"]), len(third["problems"])) == ("essay", 1, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "trống"),
        (b"\x89PNG\0\0\0", "không phải"),
        ("Câu hỏi của cán bộ{T}".encode("cp1258", "replace"), "bảng mã"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(place, file, content, sentence):
    file.write_bytes(content)
    done = place.quizapp("import-questions", file, "--check")
    assert done.exit_code == 2
    assert sentence in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("content", [b"", b"\x89PNG\0\0\0", "Câu hỏi của cán bộ{T}".encode("cp1258", "replace"), None])
def test_json_of_a_file_that_cannot_be_read_is_a_list_with_the_problem(place, file, content):
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    done = place.quizapp("import-questions", file, "--check", "--json")
    (told,) = json.loads(done.stdout)
    assert (done.exit_code, told["kind"], told["options"], len(told["problems"])) == (2, "description", [], 1)


def test_the_good_ones_go_into_the_units_draft(filled, file):
    done = filled.quizapp("import-questions", file, "--unit", "bai-6")
    assert "Đã đưa 1 câu vào bản nháp của bài bai-6" in done.output
    with opened(filled.settings):
        unit = db.session.scalars(db.select(Unit).filter_by(key="bai-6")).one()
        body = drafts.body_of(drafts.draft_of(unit.id))
    assert body["questions"][-1]["prompt"] == "Việc nào đúng?"


def test_pictures_go_into_the_draft_with_their_questions(filled, file):
    address = f"data\\:image/png;base64,{base64.b64encode(png()).decode()}".replace("=", "\\=")
    file.write_text(f'[html]Gì? <img alt\\="ô đỏ" src\\="{address}">{{=đỏ ~xanh}}\n', encoding="utf-8")
    assert "Đã đưa 1 câu" in filled.quizapp("import-questions", file, "--unit", "bai-6").output
    with opened(filled.settings):
        unit = db.session.scalars(db.select(Unit).filter_by(key="bai-6")).one()
        body = drafts.body_of(drafts.draft_of(unit.id))
        assert body["questions"][-1]["prompt"] == "Gì? ![ô đỏ](anh:hinh-1.webp)"
        assert files.picture(*body["media"]["hinh-1.webp"]["file"].split(".")) is not None


@pytest.mark.parametrize("told", [["--check"], ["--check", "--json"]])
def test_the_door_takes_the_short_way_and_says_the_same(place, file, told):
    """In a process of its own: what was loaded there decides."""
    code = "import sys; from quizapp import start; sys.argv = ['quizapp', *sys.argv[1:]]; start.main()"
    command = [sys.executable, "-c", code, "import-questions", str(file), *told]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | place.env, timeout=120)
    other = place.quizapp("import-questions", file, *told)
    assert (done.stdout, done.returncode, done.stderr) == (other.stdout, other.exit_code, "")


def test_a_unit_has_to_be_named_and_known(filled, file):
    assert "--unit" in filled.quizapp("import-questions", file).output
    assert "Không có bài “bai-99”" in filled.quizapp("import-questions", file, "--unit", "bai-99").output


@pytest.mark.parametrize("name", ["xlsx", "docx", "gift", "aiken", "moodle", "qti"])
def test_a_units_questions_are_exported_and_read_again(filled, tmp_path, name):
    path = tmp_path / f"bai-6{FORMATS[name].ends[0]}"
    done = filled.quizapp("export-questions", "bai-6", "--format", name, path)
    assert done.exit_code == 0
    found = FORMATS[name].read(path.read_bytes(), path.name)
    assert len(found) > 5
    assert not any(item.fatal for item in found)
