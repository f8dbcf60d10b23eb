"""`import-content`, `check content`: everything or nothing, every problem with file, line and field."""

import json
import re
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from shipped import FEW, few_units

from quizapp.accounts import actions as accounts
from quizapp.clock import now
from quizapp.commands import opened
from quizapp.courses import arranging, beginning, publishing, queries
from quizapp.courses import drafting as unit_drafting
from quizapp.courses import drafts as courses
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.models import Course, Unit, UnitRevision
from quizapp.database import db
from quizapp.library import actions as library
from quizapp.library import drafting, drafts
from quizapp.library import queries as documents


@pytest.fixture
def folder(tmp_path):
    """A part of the real content that a test may spoil."""
    return few_units(tmp_path / "noi-dung")


def spoil(folder, file, old, new):
    path = folder / "cv-1248" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def revisions(place):
    with opened(place.settings):
        return db.session.scalar(sa.select(sa.func.count()).select_from(UnitRevision))


def test_content_is_imported_once_and_again_where_it_changed(place, folder):
    first = place.quizapp("import-content", folder)
    assert first.exit_code == 0
    assert "bai-8" in first.output
    before = revisions(place)
    assert "0 văn bản, 0 bài" in place.quizapp("import-content", folder).output
    spoil(folder, "units/08-quy-dinh-144/lesson.md", "minutes: ", "minutes: 1")
    assert "(bai-8)" in place.quizapp("import-content", folder).output
    assert revisions(place) == before + 1


def test_one_course_may_be_named_itself(place, folder):
    assert place.quizapp("import-content", folder / "cv-1248").exit_code == 0
    assert revisions(place) == len(list((folder / "cv-1248" / "units").iterdir()))


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_every_problem_is_told_with_its_line_and_nothing_is_imported(place, folder, check):
    spoil(folder, "units/08-quy-dinh-144/questions.yaml", "right: true", "right: false")
    spoil(folder, "units/06-nhung-nhieu/questions.yaml", "pass_percent: 80", "pass_percent: 800")
    spoil(folder, "course.yaml", "title: ", "tilte: ")
    result = place.quizapp("import-content", folder, *check)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert len(lines) >= 3
    assert all(re.match(r"\S+/cv-1248/\S+:\d+: \S+: \S", line) for line in lines), lines
    assert {line.split("cv-1248/")[1].split(":")[0] for line in lines} == {
        "course.yaml",
        "units/06-nhung-nhieu/questions.yaml",
        "units/08-quy-dinh-144/questions.yaml",
    }
    assert not (place.folder / "quizapp.db").exists()


BAD = {
    # what: (file, pattern, new, the file that is blamed, a piece of its line, a piece of what is said)
    "a provision renamed": (
        *("library/144-qd-tw.yaml", "anchor: dieu-3.kiem", "anchor: dieu-3.chu-kiem"),
        *("units/08-quy-dinh-144/questions.yaml", "dieu-3.kiem", "không có điều, khoản “dieu-3.kiem”"),
    ),
    "a bank smaller than its draw": (
        *("units/10-tuyen-truyen/questions.yaml", r"draw: \{([a-z-]+): \d+", r"draw: {\1: 99"),
        *("units/10-tuyen-truyen/questions.yaml", "draw:", "không rút được đúng 99 câu"),
    ),
    "two questions with one key, in two units": (
        *("units/08-quy-dinh-144/questions.yaml", "key: b8-01", "key: b6-01"),
        *("units/08-quy-dinh-144/questions.yaml", "key: b6-01", "06-nhung-nhieu/questions.yaml:"),
    ),
    "a course that names a missing unit": (
        *("course.yaml", r"units: \[bai-0", "units: [bai-99, bai-0"),
        *("course.yaml", "units: [bai-99", "không có bài “bai-99”"),
    ),
}


def test_every_bank_that_is_too_small_is_told_at_once(place, folder):
    path = folder / "cv-1248" / "units/08-quy-dinh-144/questions.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"(draw: \{[a-z-]+: )\d+(, [a-z-]+: )\d+", r"\g<1>90\g<2>91", text, count=1), encoding="utf-8"
    )
    lines = place.quizapp("import-content", folder).stdout.splitlines()
    assert len(lines) == 2
    assert all("không rút được đúng 9" in line and "questions.yaml:" in line for line in lines)
    assert not (place.folder / "quizapp.db").exists()


@pytest.mark.parametrize("what", BAD)
def test_bad_input_over_what_is_there_is_told_with_its_line_and_changes_nothing(filled, folder, what):
    file, pattern, new, blamed, piece, message = BAD[what]
    before = rows(filled)
    old = re.search(pattern, (folder / "cv-1248" / file).read_text(encoding="utf-8"))
    spoil(folder, file, old[0], re.sub(pattern, new, old[0]))
    spoil(folder, "units/06-nhung-nhieu/lesson.md", "minutes: ", "minutes: 1")  # good news in the same folder waits too
    result = filled.quizapp("import-content", folder)
    assert result.exit_code == 1
    told = [re.fullmatch(r"(\S+):(\d+): \S+: (.+)", line) for line in result.stdout.splitlines()]
    mine = [one for one in told if one and one[1].endswith(blamed) and message in one[3]]
    assert mine, result.stdout
    for one in mine:
        assert piece in Path(one[1]).read_text(encoding="utf-8").splitlines()[int(one[2]) - 1]
    assert rows(filled) == before


def rows(place):
    """Every row of every table."""
    with opened(place.settings):
        tables = sa.MetaData()
        tables.reflect(db.engines[None])
        return {table.name: sorted(map(repr, db.session.execute(sa.select(table)))) for table in tables.sorted_tables}


def test_a_broken_course_keeps_the_good_one_out_too(place, folder):
    shutil.copytree(folder / "cv-1248", folder / "khac")
    (folder / "khac" / "course.yaml").write_text("key: [", encoding="utf-8")
    assert place.quizapp("import-content", folder).exit_code == 1
    assert not (place.folder / "quizapp.db").exists()


def test_check_only_reads_and_tells_what_the_linter_finds(place, folder):
    spoil(folder, "units/08-quy-dinh-144/questions.yaml", "prompt: ", "prompt: Trước deadline, ")
    result = place.quizapp("import-content", folder, "--check")
    assert result.exit_code == 0
    assert re.search(r"08-quy-dinh-144/questions.yaml:\d+: questions\S*: lưu ý \(\S+\): ", result.output), result.output
    assert not place.folder.exists()
    told = json.loads(place.quizapp("check", "content", folder, "--json").output)
    found = told["findings"]
    assert {"file", "line", "field", "rule", "severity", "text"} == set(found[0])
    assert any(
        one["rule"] == "forbidden-word" and one["file"].endswith("08-quy-dinh-144/questions.yaml") for one in found
    )


def test_the_content_is_told_to_other_tools_with_units_questions_and_findings(place, folder):
    told = json.loads(place.quizapp("check", "content", folder, "--json").output)
    whole = read_folder(folder / "cv-1248")
    assert [one["key"] for one in told["units"]] == list(whole.course.units)
    assert sum(one["questions"] for one in told["units"]) == len(told["questions"])
    for unit in whole.units.values():
        mine = [one for one in told["questions"] if one["unit"] == unit.key]
        assert [one["key"] for one in mine] == [question.key for question in unit.each_question()]
    for one in told["questions"][::20]:
        line = Path(one["file"]).read_text(encoding="utf-8").splitlines()[one["line"] - 1]
        assert one["key"] in line
        assert one["objective"]
        assert "#" in one["provision"]


def test_the_coverage_is_a_plain_table_and_json(place, folder):
    whole = read_folder(folder / "cv-1248")
    provisions = [f"{d.code}#{p.anchor}" for d in whole.documents.values() for p in d.walk()]
    told = json.loads(place.quizapp("check", "content", folder, "--coverage", "--json").output)
    assert [f"{row['document']}#{row['anchor']}" for row in told["coverage"]] == provisions
    assert sum(row["asked"] for row in told["coverage"]) == len(told["questions"])
    assert [task["task"] for task in told["tasks"]] == [task.key for task in whole.course.tasks]
    lines = place.quizapp("check", "content", folder, "--coverage").output.splitlines()
    for document in whole.documents.values():
        below = iter(lines[lines.index(document.name) + 1 :])
        for provision, line in zip(document.walk(), below, strict=False):
            assert line.split()[0] == provision.anchor
            assert ("chưa đối chiếu: không dạy, không hỏi" in line) != provision.verified


def test_the_help_names_every_field_that_other_tools_are_given(place, folder):
    spoil(folder, "units/08-quy-dinh-144/questions.yaml", "prompt: ", "prompt: Trước deadline, ")
    told = json.loads(place.quizapp("check", "content", folder, "--coverage", "--json").output)
    lines = place.quizapp("check", "content", "--help").output.splitlines()
    for name, rows in told.items():
        start = next(n for n, line in enumerate(lines) if line.split()[:1] == [name])
        listed = set(re.findall(r"\w+", " ".join(lines[start : start + 2])))
        assert set(rows[0]) <= listed, name


def test_what_cannot_be_read_is_told_to_other_tools_as_findings(place, folder):
    spoil(folder, "units/08-quy-dinh-144/questions.yaml", "level: ", "lvl: ")
    result = place.quizapp("check", "content", folder, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["units"], told["questions"]) == ([], [])
    assert {one["rule"] for one in told["findings"]} == {"format"}
    assert all(one["file"].endswith("questions.yaml") and one["line"] > 1 for one in told["findings"])


def test_a_folder_that_is_not_there_is_one_sentence(place, tmp_path):
    result = place.quizapp("import-content", tmp_path / "khong-co")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_the_content_that_ships_has_no_problem(place):
    assert place.quizapp("check", "content").exit_code == 0


def files_in(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_exported_changes_nothing_when_it_is_imported_and_is_exported_the_same(
    databases, kind, folder, tmp_path
):
    place, other = databases(kind), databases(kind)
    place.quizapp("import-content", folder)
    before = revisions(place)
    assert place.quizapp("export-content", tmp_path / "mot").exit_code == 0
    assert "0 văn bản, 0 bài" in place.quizapp("import-content", tmp_path / "mot").output
    assert revisions(place) == before
    place.quizapp("export-content", tmp_path / "hai")
    other.quizapp("import-content", tmp_path / "mot")
    other.quizapp("export-content", tmp_path / "ba")
    written = files_in(tmp_path / "mot")
    library = list((folder / "cv-1248" / "library").iterdir())
    assert len(written) == 1 + len(library) + 2 * len(FEW)
    assert written == files_in(tmp_path / "hai") == files_in(tmp_path / "ba")


def write_a_document(place):
    """As a trainer does in the browser, published by somebody else."""
    head = {
        "number": "999-QĐ/TU",
        "kind": "Quy định",
        "issuer": "Tỉnh ủy",
        "title": "“Nêu gương”: ai?",
        "task": "nam-la",
    }
    head |= {"issued_on": None, "about": "Dòng một.\nDòng hai: # và “ngoặc”."}
    head |= {"validity": {"state": "unknown", "as_of": "2026-11-20", "note": "- chưa rõ", "source": "bản ký"}}
    article = {"label": "Điều 1", "title": None, "summary": "true", "verified": True, "sources": ["1.0"], "note": None}
    with opened(place.settings):
        trainer = accounts.add_person("baocaovien", "Lê Thị Bích")
        db.session.flush()
        code = drafts.begin_document(head, trainer.id, now())
        for under in ("", "dieu-1"):
            drafts.add(code, article, under, "", trainer.id, now())
        value, row = drafting.read(drafts.draft_of(code).body), drafts.row_of(code)
        db.session.delete(drafts.draft_of(code))
        library.publish(value, row.position, now(), "Năm là", library.Said(trainer.id, trainer.id, "Văn bản mới"))
        db.session.commit()


def arrange(place):
    """As a reviewer does in the browser: one path and one task more, and a document of that task."""
    with opened(place.settings):
        course_id = db.session.scalars(sa.select(Course.id)).one()
        course = courses.course_of(course_id)
        told = [(path.key, path.title, path.units) for path in course.paths]
        told += [("", "Cán bộ “cơ sở”: xã", course.units[1:3])]
        tasks = [(task.key, task.name, task.title) for task in course.tasks] + [("", "Bảy là", "Số: # hóa")]
        order = [key for key in course.units if key != course.final]
        plan = arranging.Plan(course.title, course.document, tasks, order, told)
        by = accounts.add_person("nguoiduyet", "Phạm Văn Đức")
        db.session.flush()
        arranging.keep(course_id, arranging.digest(course), plan, "Kế hoạch", by.id, now(), lambda _: ())
        value = next(one for one in documents.documents() if one.code == "144-qd-tw")
        row = drafts.row_of(value.code)
        moved = value.model_copy(update={"task": "bay-la"})
        library.publish(moved, row.position, now(), "Bảy là", library.Said(by.id, by.id, "Nhiệm vụ mới"))
        db.session.commit()


def begin_courses(place):
    """As a trainer does in the browser: one course that stays without units, and one with a unit and a path of its own."""
    with opened(place.settings):
        by = accounts.add_person("baocaovien", "Lê Thị Bích")
        db.session.flush()
        beginning.begin("Khóa “trống”", "144-qd-tw", [("Một là", "Chờ: bài # 1")], by.id, now())
        key = beginning.begin("Đạo đức", "144-qd-tw", [("Một là", "Yêu nước")], by.id, now())
        course_id = queries.course_id(key)
        unit = courses.begin_unit(course_id, "Yêu nước", "mot-la-3", by.id, now())
        taught = db.session.scalars(sa.select(Unit).filter_by(key="bai-8")).one()
        body = unit_drafting.of_unit(queries.taught(taught.revision_id).unit)
        body["head"] |= {"key": unit.key, "number": 1, "task": "mot-la-3", "title": "Yêu nước"}
        courses.changed(courses.draft_of(unit.id), body, by.id, now())
        publishing.send(unit.id, "", by.id, now())
        seen = unit_drafting.digest(courses.body_of(courses.draft_of(unit.id)))
        publishing.publish(unit.id, seen, "Bài đầu tiên", True, ["toan-khoa"], by.id, now())
        db.session.commit()


# What is done in the browser, and files and words by which it is known among what is written.
DONE_THERE = {
    write_a_document: {"cv-1248/library/999-qd-tu.yaml": "Dòng hai"},
    arrange: {"cv-1248/course.yaml": "key: lo-trinh-can-bo-co-so-xa", "cv-1248/library/144-qd-tw.yaml": "bay-la"},
    begin_courses: {"khoa-trong/course.yaml": "units: []", "dao-duc/units/01-yeu-nuoc/lesson.md": "mot-la-3"},
}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("do", DONE_THERE)
def test_what_was_done_in_the_browser_goes_out_and_in_like_any_file(databases, kind, folder, tmp_path, do):
    place, other = databases(kind), databases(kind)
    place.quizapp("import-content", folder)
    do(place)
    place.quizapp("export-content", tmp_path / "mot")
    assert "0 văn bản, 0 bài" in place.quizapp("import-content", tmp_path / "mot").output
    place.quizapp("export-content", tmp_path / "hai")
    assert other.quizapp("import-content", tmp_path / "mot").exit_code == 0
    assert "0 văn bản, 0 bài" in other.quizapp("import-content", tmp_path / "hai").output
    other.quizapp("export-content", tmp_path / "ba")
    written = files_in(tmp_path / "mot")
    for name, words in DONE_THERE[do].items():
        assert words in written[name].decode()
    assert written == files_in(tmp_path / "hai") == files_in(tmp_path / "ba")


def test_an_export_writes_over_nothing(filled, folder):
    (folder / "ghi-chu.txt").write_text("của tôi")
    before = files_in(folder)
    result = filled.quizapp("export-content", folder)
    assert result.exit_code == 2
    assert "thư mục trống" in result.output
    assert files_in(folder) == before
