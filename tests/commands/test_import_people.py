"""`quizapp import-people`: checks, writes all or nothing, and leaves nothing half done when it is killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from spreadsheets import people, workbook

from quizapp import migrating, preparing
from quizapp.commands import opened
from quizapp.database import db

KILLS = 4
# Whether the server is still at work for somebody else: it learns later than we do that a client was killed, and what it was
# asked to commit by then may be committed between two of our questions.
BUSY = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND state <> 'idle'"
)


@pytest.fixture(scope="module")
def mother():
    """A process that has imported everything, and forks commands to be killed without a word."""
    pipe = subprocess.PIPE
    command = [sys.executable, str(Path(__file__).parent / "forked.py")]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=Path(__file__).parents[2])
    yield process
    process.stdin.close()
    process.wait(60)
    process.stdout.close()


class Begun:
    """A command that goes on in a process of its own, and what it has printed so far."""

    def __init__(self, mother, place, arguments, out):
        self.mother, self.out = mother, out
        told = {"arguments": [str(a) for a in arguments], "env": place.env, "out": str(out)}
        print(json.dumps(told), file=mother.stdin, flush=True)
        self.child = int(mother.stdout.readline())

    @property
    def text(self):
        return self.out.read_text() if self.out.exists() else ""

    def kill(self):
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(self.child, signal.SIGKILL)
        assert self.mother.stdout.readline() == "dead\n"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ready(request, databases, tmp_path):
    """An installation with its root body, on each database."""
    place = databases(request.param)
    with opened(place.settings):
        migrating.migrate(place.settings)
        list(preparing._first_administrator(place.settings))
        db.session.commit()
    return place


def number(place):
    """How many people, posts, bodies, lines and imports there are."""
    names = ("person", "post", "body", "people_import_line", "people_import", "audit")
    statements = [f"SELECT count(*) FROM {name}" for name in names]
    if place.env["QUIZAPP_DATABASE_URL"]:
        with psycopg.connect(place.env["QUIZAPP_DATABASE_URL"], autocommit=True) as connection:
            until = time.monotonic() + 60
            while connection.execute(BUSY).fetchone()[0] and time.monotonic() < until:
                time.sleep(0.05)
            return [connection.execute(one).fetchone()[0] for one in statements]
    connection = sqlite3.connect(place.folder / "quizapp.db")
    try:
        return [connection.execute(one).fetchone()[0] for one in statements]
    finally:
        connection.close()


def listed(n, bodies=40):
    return workbook(
        (
            "Đơn vị",
            [("Mã đơn vị", "Tên đơn vị", "Cấp trên"), *((f"cb-{k}", f"Chi bộ nhập {k}", "goc") for k in range(bodies))],
        ),
        (
            "Người",
            [
                ("Họ và tên", "SĐT", "Chi bộ"),
                *(
                    (f"Nguyễn Văn {'ABCDEGHIKL'[k % 10]}nh", 900_000_000 + k, f"Chi bộ nhập {k % bodies}")
                    for k in range(n)
                ),
            ],
        ),
    )


def test_a_check_writes_nothing_and_the_import_all(ready, tmp_path):
    file = tmp_path / "nguoi.xlsx"
    file.write_bytes(listed(120))
    before = number(ready)
    told = ready.quizapp("import-people", file, "--check")
    assert told.exit_code == 0
    assert "160 dòng nhập được, 0 dòng cần xem, 0 dòng lỗi." in told.output
    assert number(ready) == before
    told = ready.quizapp("import-people", file)
    assert "Đã nhập 120 người. Ngoài ra: 40 đơn vị mới." in told.output
    assert "100 %" in told.stderr
    after = number(ready)
    assert [b - a for a, b in zip(before, after, strict=True)] == [120, 120, 40, 160, 1, 161]
    assert "120 không đổi" in ready.quizapp("import-people", file).output
    assert ready.quizapp("check").exit_code == 0


def test_with_a_bad_row_nothing_is_written_unless_asked_for(ready, tmp_path):
    file, problems = tmp_path / "nguoi.xlsx", tmp_path / "loi.xlsx"
    file.write_bytes(
        people((1, "Nguyễn Văn Tí", "0912345678", "Đơn vị gốc", None), (2, "Trần Văn Tèo", "123", "Đơn vị gốc", None))
    )
    before = number(ready)
    told = ready.quizapp("import-people", file, "--problems", problems)
    assert told.exit_code == 1
    assert "Dòng 3: số điện thoại “123” chưa đủ 10 chữ số." in told.output
    assert problems.exists()
    assert number(ready) == before
    assert ready.quizapp("import-people", file, "--good-rows").exit_code == 0
    assert number(ready)[0] == before[0] + 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("khong.xlsx", None, "Không đọc được tệp"),
        ("a.pdf", b"%PDF-1.4", "không phải bảng tính"),
        ("a.csv", "Tên đơn vị;ghi chú\nA;b\n".encode(), "Không tìm thấy dòng tiêu đề"),
        ("b.csv", "Họ tên;SĐT;Đơn vị\n".encode(), "Không thấy dòng dữ liệu nào"),
    ],
)
def test_a_wrong_file_is_one_sentence(place, tmp_path, name, data, words):
    with opened(place.settings):
        migrating.migrate(place.settings)
        list(preparing._first_administrator(place.settings))
        db.session.commit()
    file = tmp_path / name
    if data is not None:
        file.write_bytes(data)
    told = place.quizapp("import-people", file)
    assert told.exit_code == 2
    assert words in told.stderr
    unknown = place.quizapp("import-people", file, "--under", "khong-co")
    assert unknown.exit_code == 2


def test_killed_at_any_moment_it_leaves_nothing_or_everything(ready, mother, tmp_path):
    file = tmp_path / "nguoi.xlsx"
    file.write_bytes(listed(3000, bodies=300))
    before = number(ready)
    whole = [b + n for b, n in zip(before, (3000, 3000, 300, 3300, 1, 3301), strict=True)]
    for kill in range(KILLS):
        running = Begun(mother, ready, ("import-people", file), tmp_path / f"lan-{kill}")
        until = time.monotonic() + 60
        while "0 dòng lỗi" not in running.text and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.25 * kill)
        running.kill()
        found = number(ready)
        assert found in (before, whole)
        if found == whole:
            return
    assert ready.quizapp("import-people", file).exit_code == 0
    assert number(ready) == whole
