"""Thư: claimed before it is sent, never twice by itself, told to a person where nobody can know."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from mail_server import Hook, SmtpServer, running

from quizapp import mail
from quizapp.clock import VIETNAM, now, today
from quizapp.config import BadSetting, Settings, read_settings
from quizapp.database import db
from quizapp.domain.reminders import LOUD_FROM, QUIET_FROM, when_loud
from quizapp.mail import Channel, Letter, MailState, Outbox

TEXT = "Đồng chí Thắm, khóa học còn 3 bài.\n.một dòng bắt đầu bằng dấu chấm\n" + "Kiên Giang " * 40


@pytest.fixture
def server():
    with running(SmtpServer()) as one:
        yield one


@pytest.fixture
def post(app, office):
    """``post(address, ...)`` queues one; its id."""

    def write(address="tham@example.gov.vn", about="1", kind="reminder", text=TEXT, **more):
        letter = Letter(kind, about, office["hocvien"], address, "Nhắc học: còn 3 bài", text, **more)
        with app.app_context():
            assert mail.put([letter], today(), now()) == 1
            db.session.commit()
            return db.session.scalar(sa.select(sa.func.max(Outbox.id)))

    return write


@pytest.fixture
def deliver(app, site):
    def run(url, **more):
        settings = replace(site.settings, mail=url, mail_from="hoc@example.gov.vn", **more)
        with app.app_context():
            return mail.deliver(mail.senders(settings))

    return run


@pytest.fixture
def row(app):
    def read(message_id):
        with app.app_context():
            return db.session.get_one(Outbox, message_id)

    return read


def test_what_is_tried_again_disturbs_nobody_at_night(app, post, deliver, row):
    first = post()
    for wait in mail.WAITS:
        begun = now()
        deliver("smtp://127.0.0.1:1")
        again = row(first).not_before
        assert when_loud((begun + wait).astimezone(VIETNAM)) <= again <= when_loud((now() + wait).astimezone(VIETNAM))
        assert LOUD_FROM <= again.astimezone(VIETNAM).time() < QUIET_FROM
        later(app, first)


def later(app, message_id):
    """The waiting time of a retry has passed."""
    with app.app_context():
        db.session.execute(sa.update(Outbox).where(Outbox.id == message_id).values(not_before=now()))
        db.session.commit()


def test_what_the_day_has_left_over_waits_through_the_quiet_hours(app, site, server, post, deliver, row):
    waits, asked = post(), post(about="2", kind="test")
    with app.app_context():
        senders = mail.senders(replace(site.settings, mail=server.url, mail_from="hoc@example.gov.vn"))
        assert mail.deliver(senders, quiet=True) == 1
    assert row(asked).state == MailState.SENT
    assert row(waits).state == MailState.QUEUED
    assert deliver(server.url) == 1


def test_a_mail_arrives_as_it_was_written_and_its_text_is_kept_no_longer(server, post, deliver, row):
    first = post()
    assert deliver(server.url) == 1
    (got,) = server.mails
    assert got["To"] == "tham@example.gov.vn"
    assert got["From"] == "hoc@example.gov.vn"
    assert got["Subject"] == "Nhắc học: còn 3 bài"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Message-ID"].endswith("@example.gov.vn>")
    assert got.get_content().strip() == TEXT.strip()
    kept = row(first)
    assert (kept.state, kept.address, kept.text) == ("sent", "", "")
    assert deliver(server.url) == 0
    assert len(server.mails) == 1


def test_one_connection_carries_many_and_each_is_committed(server, post, deliver):
    for n in range(5):
        post(f"nguoi{n}@example.gov.vn", str(n))
    assert deliver(server.url) == 5
    assert server.connections == 1
    assert sorted(got["To"] for got in server.mails) == [f"nguoi{n}@example.gov.vn" for n in range(5)]


def test_the_same_announcement_of_a_day_is_queued_once(app, post):
    post(about="7")
    with app.app_context():
        assert mail.put([Letter("reminder", "7", None, "a@b.vn", "x", "y")], today(), now()) == 0
        assert mail.put([Letter("reminder", "7", None, "a@b.vn", "x", "y")], today() + timedelta(days=1), now()) == 1


def test_what_is_not_due_waits(app, server, deliver):
    with app.app_context():
        mail.put([Letter("reminder", "7", None, "a@b.vn", "x", "y")], today(), now(), now() + timedelta(hours=1))
        db.session.commit()
    assert deliver(server.url) == 0
    assert server.mails == []


@pytest.mark.parametrize(
    ("verb", "answer", "state"),
    [
        ("RCPT", "550 không có người này", "failed"),
        ("RCPT", "450 đợi chút", "queued"),
        ("RCPT", "hang up", "queued"),
        ("MAIL", "451 bận", "queued"),
        ("DATA", "554 không", "failed"),
        ("TEXT", "552 quá lớn", "failed"),
        ("TEXT", "451 bận", "queued"),
        ("TEXT", "hang up", "unknown"),
    ],
)
def test_each_way_of_failing_ends_in_what_is_certain(app, server, post, deliver, row, verb, answer, state):
    first = post()
    server.answers[verb] = answer
    assert deliver(server.url) == 0
    kept = row(first)
    assert kept.state == state
    assert kept.problem
    assert kept.address == "tham@example.gov.vn"  # whoever decides has to know
    server.answers.clear()
    later(app, first)
    assert deliver(server.url) == (1 if state == "queued" else 0)
    assert len(server.mails) == 1 if state in ("queued", "unknown") else server.mails == []


def test_a_refused_address_does_not_stop_the_others(server, post, deliver, row):
    bad, good = post("sai@example.gov.vn", "1"), post("dung@example.gov.vn", "2")
    server.answers["RCPT"] = "550 không có"
    deliver(server.url)
    assert row(bad).state == row(good).state == "failed"
    other = post("dung@example.gov.vn", "3")
    server.answers.clear()
    assert deliver(server.url) == 1
    assert row(other).state == "sent"


def test_a_server_that_is_away_is_tried_later_and_later_then_no_more(app, post, deliver, row):
    first = post(kind="test")  # asked for by its reader: it waits for no morning
    for wait in mail.WAITS:
        begun = now()
        deliver("smtp://127.0.0.1:1")
        kept = row(first)
        assert kept.state == "queued"
        assert begun + wait <= kept.not_before <= now() + wait
        later(app, first)
    assert sorted(mail.WAITS) == mail.WAITS
    deliver("smtp://127.0.0.1:1")
    assert row(first).state == "failed"
    assert "Không kết nối được máy chủ thư" in row(first).problem


def test_the_password_of_the_setting_is_used_and_a_wrong_one_said(post, deliver, row):
    first = post()
    with running(SmtpServer("dung mat khau")) as server:
        wrong = server.url.replace("dung mat khau", "sai")
        assert deliver(wrong) == 0
        assert "không nhận tên và mật khẩu" in row(first).problem
        second = post(about="2")
        assert deliver(server.url.replace(" ", "%20")) == 1
        assert row(second).state == "sent"


KILLED = """
import os, sys
from quizapp import mail
from quizapp.commands import opened
from quizapp.config import read_settings
settings = read_settings()
class Dies:
    def send(self, row):
        print("claimed", flush=True)
        os.kill(os.getpid(), 9)
    def close(self): pass
with opened(settings):
    mail.deliver({"mail": Dies()})
"""


def test_a_mail_whose_process_was_killed_is_shown_to_a_person_and_never_sent_again(
    app, site, server, post, deliver, row
):
    first = post()
    site.close()
    env = os.environ | {
        "QUIZAPP_DATA": str(site.settings.data),
        "QUIZAPP_DATABASE_URL": site.store.url,
        "QUIZAPP_SECRET": site.settings.secret,
    }
    done = subprocess.run([sys.executable, "-c", KILLED], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert row(first).state == "claimed"
    assert deliver(server.url) == 0  # it may still be under way elsewhere
    assert row(first).state == "claimed"
    with app.app_context():
        db.session.execute(sa.update(Outbox).values(claimed_at=now() - mail.FORGOTTEN - timedelta(seconds=1)))
        db.session.commit()
    for _ in range(3):
        assert deliver(server.url) == 0
    assert row(first).state == "unknown"
    assert server.mails == []
    with app.app_context():
        assert mail.settle(first, True, now())
        assert not mail.settle(first, True, now())  # decided already
        db.session.commit()
    assert deliver(server.url) == 1
    assert len(server.mails) == 1


def test_without_a_server_mail_is_printed(post, deliver, capsys):
    post()
    assert deliver("") == 1
    out = capsys.readouterr().out
    assert "tham@example.gov.vn" in out
    assert "còn 3 bài" in out


# --- webhook ---------------------------------------------------------------------------------------------------

SECRET = "khong ai biet khoa nay dai ba hai ky tu"


@pytest.mark.parametrize(
    ("status", "state"), [(204, "sent"), (500, "queued"), (429, "queued"), (400, "failed"), (302, "queued")]
)
def test_a_webhook_is_signed_and_repeated_until_it_is_taken(app, post, deliver, row, status, state):
    first = post("", text=json.dumps({"event": "reminders_due"}), channel=Channel.WEBHOOK)
    with running(Hook()) as hook:
        hook.status = status
        deliver("", webhook=hook.url, webhook_secret=SECRET)
        assert row(first).state == state
        hook.status = 204
        later(app, first)
        deliver("", webhook=hook.url, webhook_secret=SECRET)
        calls = hook.calls
    assert len(calls) == (2 if state == "queued" else 1)
    headers, body = calls[0]
    assert json.loads(body) == {"event": "reminders_due"}
    wanted = mail.sign(SECRET, headers["X-Quizapp-Timestamp"], body)
    assert headers["X-Quizapp-Signature"] == f"sha256={wanted}"
    assert {call[0]["X-Quizapp-Delivery"] for call in calls} == {str(first)}


def test_a_webhook_waits_where_none_is_set(post, deliver, row):
    first = post("", text="{}", channel=Channel.WEBHOOK)
    assert deliver("") == 0
    assert row(first).state == "queued"


# --- settings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"QUIZAPP_MAIL": "mail.example.gov.vn"},
        {"QUIZAPP_MAIL": "http://mail.example.gov.vn"},
        {"QUIZAPP_MAIL": "smtp://:x@"},
        {"QUIZAPP_MAIL": "smtp://may:cong"},
        {"QUIZAPP_MAIL_FROM": "không phải địa chỉ"},
        {"QUIZAPP_WEBHOOK": "http://example.gov.vn/hook", "QUIZAPP_WEBHOOK_SECRET": SECRET},
        {"QUIZAPP_WEBHOOK": "https://example.gov.vn/hook"},
        {"QUIZAPP_WEBHOOK": "https://example.gov.vn/hook", "QUIZAPP_WEBHOOK_SECRET": "ngắn"},
    ],
)
def test_a_bad_setting_stops_the_start_with_a_sentence(tmp_path, given):
    with pytest.raises(BadSetting, match=next(iter(given))):
        read_settings({"QUIZAPP_DATA": str(tmp_path)} | given)


def test_mail_comes_from_the_account_or_from_this_site(tmp_path):
    def read(**given) -> Settings:
        return read_settings({"QUIZAPP_DATA": str(tmp_path)} | given)

    assert read().mail_from == "liem-chinh@localhost"
    assert read(QUIZAPP_PUBLIC_URL="https://hoc.example.gov.vn").mail_from == "liem-chinh@hoc.example.gov.vn"
    assert read(QUIZAPP_MAIL="smtp://hoc%40example.gov.vn:x@may").mail_from == "hoc@example.gov.vn"
    assert read(QUIZAPP_MAIL_FROM="a@example.gov.vn").mail_from == "a@example.gov.vn"
    assert MailState.QUEUED == "queued"
