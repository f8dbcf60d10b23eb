"""`backup` and `restore`: one file, either database, everything or nothing."""

import json
import shutil
import zipfile

import pytest
import sqlalchemy as sa
from drawn import drawn
from installations import begin_a_unit, place_of

from quizapp import backup
from quizapp.accounts import actions as accounts
from quizapp.clock import now
from quizapp.commands import opened
from quizapp.database import Base, db
from quizapp.files.actions import keep_picture

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture
def saved(site, office, tmp_path):
    """A backup of a small office with a medium, taken from either database."""
    with site.app.app_context():
        begin_a_unit(office)
        keep_picture(drawn(), now())
        db.session.commit()
    media = site.settings.data / "media" / "anh"
    media.mkdir(parents=True)
    (media / "một tấm.png").write_bytes(b"\x89PNG")
    file = tmp_path / "ban-sao.zip"
    result = place_of(site).quizapp("backup", file)
    shutil.rmtree(media.parent)
    assert result.exit_code == 0, result.output
    assert file.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part"))
    return file


def parts(file):
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != backup.MANIFEST}


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_restores_to_either_database_with_every_row(saved, databases, kind, tmp_path):
    place = databases(kind)
    result = place.quizapp("restore", saved)
    assert result.exit_code == 0, result.output
    assert "khóa bí mật" not in result.output
    assert (place.folder / "secret").read_text() == "s" * 40
    assert (place.folder / "media" / "anh" / "một tấm.png").read_bytes() == b"\x89PNG"
    assert place.quizapp("check").exit_code == 0
    again = tmp_path / "lan-hai.zip"
    assert place.quizapp("backup", again).exit_code == 0
    assert parts(again) == parts(saved)
    with opened(place.settings):
        accounts.add_person("sau-phuc-hoi", "Người Đến Sau")  # the counters go on where they stood
        db.session.commit()


def test_a_place_that_holds_anything_is_refused(saved, filled):
    before = filled.quizapp("backup", filled.folder / "truoc.zip"), parts(filled.folder / "truoc.zip")
    assert before[0].exit_code == 0
    result = filled.quizapp("restore", saved)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "đã có dữ liệu" in result.stderr
    assert filled.quizapp("backup", filled.folder / "sau.zip").exit_code == 0
    assert parts(filled.folder / "sau.zip") == before[1]


def test_another_secret_is_kept_and_said(saved, place):
    place.folder.mkdir()
    (place.folder / "secret").write_text("t" * 64)
    result = place.quizapp("restore", saved)
    assert result.exit_code == 0
    assert "Giữ nguyên khóa bí mật" in result.output
    assert (place.folder / "secret").read_text() == "t" * 64


def test_check_only_verifies(saved, place):
    result = place.quizapp("restore", saved, "--check")
    assert result.exit_code == 0
    assert "Tệp lành" in result.output
    assert not place.folder.exists()


def spoilt_byte(file):
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    file.write_bytes(raw)


def cut_short(file):
    file.write_bytes(file.read_bytes()[:-200])


def no_archive(file):
    file.write_text("không phải tệp nén")


def rewritten(change):
    def spoil(file):
        kept = parts(file)
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read(backup.MANIFEST))
        change(manifest, kept)
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in kept.items():
                archive.writestr(name, data)
            archive.writestr(backup.MANIFEST, json.dumps(manifest))

    return spoil


def another_name(manifest, kept):
    kept["tables/person.jsonl"] = kept["tables/person.jsonl"].replace("Thắm".encode(), b"Xanh")


def a_row_less(manifest, kept):
    manifest["tables"][0]["rows"] += 1


def a_part_less(manifest, kept):
    del kept["tables/fact.jsonl"]


def a_part_more(manifest, kept):
    kept["../la.txt"] = b"x"


def newer_revision(manifest, kept):
    manifest["revision"] = "9999"


def newer_format(manifest, kept):
    manifest["format"] = 99


def no_manifest_of_ours(manifest, kept):
    manifest.clear()


SPOILERS = [spoilt_byte, cut_short, no_archive] + [
    rewritten(change)
    for change in (
        another_name,
        a_row_less,
        a_part_less,
        a_part_more,
        newer_revision,
        newer_format,
        no_manifest_of_ours,
    )
]


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_a_spoilt_file_is_one_sentence_and_nothing_is_restored(saved, place):
    whole = saved.read_bytes()
    for spoil in SPOILERS:
        saved.write_bytes(whole)
        spoil(saved)
        for arguments in ((saved,), (saved, "--check")):
            result = place.quizapp("restore", *arguments)
            assert (result.exit_code, result.stderr.count("\n")) == (2, 1), (spoil, result.output)
        assert not place.folder.exists(), spoil


def test_a_file_that_is_there_is_not_written_over(saved, site):
    whole = saved.read_bytes()
    result = place_of(site).quizapp("backup", saved)
    assert result.exit_code == 2
    assert saved.read_bytes() == whole


def test_a_file_that_cannot_be_read_or_written_is_one_sentence(site, place, tmp_path):
    nowhere = tmp_path / "khong-co" / "b.zip"
    for result in (place.quizapp("restore", nowhere), place_of(site).quizapp("backup", nowhere)):
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.output


def test_json_that_may_be_missing_is_told_from_json_null():
    """A column is read back as SQL NULL where it may be empty, as JSON null where it may not."""
    nullable = [c for t in Base.metadata.sorted_tables for c in t.columns if isinstance(c.type, sa.JSON) and c.nullable]
    assert not nullable, "then a stored JSON null comes back as SQL NULL: think first"


def test_every_table_keeps_to_the_order_of_its_keys():
    seen = set()
    for table in Base.metadata.sorted_tables:
        above = {key.column.table.name for column in table.columns for key in column.foreign_keys} - {table.name}
        assert above <= seen, table.name
        seen.add(table.name)
