"""`quizapp run`: starts, prints where, serves, stops cleanly, keeps everything."""

import re
import signal
import socket
import sqlite3
import sys
import time

import pytest
from installations import Browser, assert_one_sentence, started
from ports import free_port

from quizapp import serving
from quizapp.commands import opened
from quizapp.migrating import migrate


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_an_empty_database_gets_an_administrator_and_the_next_start_keeps_everything(databases, kind):
    place = databases(kind)
    port = free_port()
    first = started(place, port)
    assert f"http://127.0.0.1:{port}" in first.text
    assert str(place.folder) in first.text
    link = re.search(r"http://\S+/ma\?ma=(\S+)", first.text)
    admin = Browser(f"http://127.0.0.1:{port}")
    assert admin.open("/healthz")
    assert "Đăng nhập" in admin.open("/dang-nhap")
    admin.send(f"/ma?ma={link[1]}", ma=link[1])
    assert admin.at.startswith("/lan-dau"), admin.at
    admin.send("/lan-dau?buoc=2")
    assert first.stop(signal.SIGINT) == 0, first.text

    second = started(place, port)
    assert "/ma?ma=" not in second.text, "a second administrator"
    admin.open("/lan-dau")
    assert admin.at.startswith("/lan-dau"), "the session did not survive the restart"
    place.env["QUIZAPP_PUBLIC_URL"] = ""  # then a link opens where the site is served
    assert f"http://127.0.0.1:{port}/ma?ma=" in place.quizapp("admin-link").output
    assert second.stop(signal.SIGTERM) == 0, second.text
    assert place.quizapp("check").exit_code == 0
    again = place.quizapp("admin-link")
    assert re.search(r"http://127.0.0.1:8000/ma\?ma=[A-Z0-9-]{19}\n", again.output)
    assert place.quizapp("admin-link", "--login", "ai-do").exit_code == 2


def assert_links_never_lead_to_the_address_that_stands_for_all(text, port, public):
    named = f"http://{socket.gethostname()}:{port}"
    assert f"{public or named}/ma?ma=" in text
    assert f"đang chạy tại {named}" in text
    assert ("Chưa đặt QUIZAPP_PUBLIC_URL" in text) is (not public)
    assert "0.0.0.0" not in text


def test_links_never_lead_to_the_address_that_stands_for_all(place):
    port = free_port()
    place.env["QUIZAPP_PUBLIC_URL"] = ""
    running = started(place, port, "--host", "0.0.0.0")
    assert_links_never_lead_to_the_address_that_stands_for_all(running.text, port, "")
    assert Browser(f"http://127.0.0.1:{port}").open("/healthz")
    assert running.stop(signal.SIGINT) == 0, running.text


def test_a_taken_port_is_one_sentence_and_touches_nothing(place):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = place.quizapp("run", "--port", other.getsockname()[1])
    assert_one_sentence(result, "cổng")
    assert not place.folder.exists()


def test_a_start_beside_one_that_does_not_listen_yet_is_one_sentence(place):
    port = free_port()
    with serving.alone(place.folder, port):
        assert_one_sentence(place.quizapp("run", "--port", port), f"trên cổng {port}")
    assert not (place.folder / "quizapp.db").exists()


def test_of_two_starts_in_the_same_instant_one_serves_and_the_other_says_why(place):
    port, public = free_port(), "https://hoc.example.gov.vn"
    place.env["QUIZAPP_PUBLIC_URL"] = public  # told by the one that serves
    both = [place.start("run", "--port", port, "--host", "0.0.0.0") for _ in range(2)]
    until = time.monotonic() + 300
    while time.monotonic() < until and all(one.process.poll() is None for one in both):
        time.sleep(0.05)
    (loser,) = [one for one in both if one.process.poll() is not None]
    (winner,) = [one for one in both if one is not loser]
    assert loser.process.wait() == 2
    loser._reader.join(5)
    late = f":{port}: cổng đang có chương trình khác dùng"  # it came when the other was listening already
    assert f"trên cổng {port}" in loser.text or late in loser.text
    assert "Traceback" not in loser.text
    loser.process.stdout.close()
    winner.wait_until_it_says_how_to_stop(300)
    assert_links_never_lead_to_the_address_that_stands_for_all(winner.text, port, public)
    assert Browser(f"http://127.0.0.1:{port}").open("/healthz")
    assert winner.stop(signal.SIGINT) == 0, winner.text


@pytest.mark.parametrize(
    ("env", "arguments", "told"),
    [
        ({"QUIZAPP_DATABASE_URL": "mysql://a/b"}, (), "postgresql://"),
        ({"QUIZAPP_DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, (), "Không mở được cơ sở dữ liệu"),
        ({"QUIZAPP_SECRET": "ngắn"}, (), "QUIZAPP_SECRET"),
        ({"QUIZAPP_PUBLIC_URL": "mau.vn"}, (), "QUIZAPP_PUBLIC_URL"),
        ({"QUIZAPP_PUBLIC_URL": "http://0.0.0.0:8000"}, (), "địa chỉ mà người học mở được"),
        ({"QUIZAPP_PUBLIC_URL": "https://[::]/"}, (), "địa chỉ mà người học mở được"),
        ({"QUIZAPP_PUBLIC_URL": "https://"}, (), "địa chỉ mà người học mở được"),
        ({}, ("--port", "muoi"), "--port"),
        ({}, ("--port", "99999"), "--port"),
        ({}, ("--host", "khong-co.invalid"), "khong-co.invalid"),
        ({}, ("--demo", "--host", "0.0.0.0"), "--demo"),
    ],
)
def test_a_bad_setting_is_one_sentence(place, env, arguments, told):
    place.env |= env
    if "--port" not in arguments:
        arguments += ("--port", free_port())
    assert_one_sentence(place.quizapp("run", *arguments), told)


def test_a_data_folder_that_cannot_be_written_is_one_sentence(place):
    place.folder.write_text("a file stands here")
    assert_one_sentence(place.quizapp("run", "--port", free_port()), "thư mục dữ liệu")


def test_a_file_that_is_no_database_is_one_sentence(place):
    place.folder.mkdir()
    file = place.folder / "quizapp.db"
    file.write_bytes(b"no database at all, but long enough to look at" * 50)
    assert_one_sentence(place.quizapp("run", "--port", free_port()), "cơ sở dữ liệu")
    assert file.read_bytes().startswith(b"no database")


def test_a_database_of_a_newer_version_is_left_alone(place):
    with opened(place.settings):
        migrate(place.settings)
    with sqlite3.connect(place.folder / "quizapp.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = (place.folder / "quizapp.db").read_bytes()
    for command in (
        ("run", "--port", free_port()),
        ("check",),
        ("import-content",),
        ("backup", place.folder / "b.zip"),
    ):
        assert_one_sentence(place.quizapp(*command), "phiên bản mới hơn (9999)")
    assert (place.folder / "quizapp.db").read_bytes() == before
    assert not (place.folder / "copies").exists()


def test_a_command_that_only_looks_makes_no_database(place):
    for command in (("check",), ("admin-link",), ("backup", place.folder / "b.zip"), ("work",)):
        assert_one_sentence(place.quizapp(*command), "Chưa có dữ liệu")
    assert not (place.folder / "quizapp.db").exists()


def test_a_work_process_that_dies_is_started_again(tmp_path):
    told = tmp_path / "told"
    helper = serving.Helper()
    helper.command = (sys.executable, "-c", f"open({str(told)!r}, 'a').write('x')")
    with helper:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (told.exists() and len(told.read_text()) >= 2):
            time.sleep(0.05)
    assert len(told.read_text()) >= 2


def test_a_job_that_fails_does_not_end_the_work():
    told = []

    def fails():
        told.append("x")
        raise ValueError("not this time")

    serving._run_job(fails)
    serving._run_job(fails)
    assert told == ["x", "x"]
