"""Thư: what is stuck stands before an administrator of the person, who decides with a reason."""

import pytest
import sqlalchemy as sa
from factories import add_grant, add_person

from quizapp import mail
from quizapp.accounts.models import Audit
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.mail import Letter, MailState, Outbox
from quizapp.web.access import Role


@pytest.fixture
def stuck(app, office):
    """One of unknown fate, one that failed, one that waits, one to no person."""
    with app.app_context():
        rows = [
            Letter("reminder", f"person:{n}", office[login], f"{login}@example.gov.vn", "Nhắc học: quá hạn 3 ngày", "…")
            for n, login in enumerate(("hocvien", "hocvien2", "lanhdao"))
        ]
        mail.put([*rows, Letter("webhook", "campaign:x:0", None, "", "Webhook: Đợt", "{}")], today(), now())
        ids = list(db.session.scalars(sa.select(Outbox.id).order_by(Outbox.id)))
        for row_id, state in zip(ids, ("unknown", "failed", "queued", "failed"), strict=True):
            row = db.session.get_one(Outbox, row_id)
            row.state, row.problem, row.ended_at = state, "Máy chủ dừng giữa lúc gửi.", now()
        below = add_person("quantri2", "Ngô Thị Hạnh", office["co-quan"])
        add_grant(below, Role.ADMIN, office["chi-bo-2"])
        db.session.commit()
    return ids


def test_what_nobody_can_know_is_shown_and_sent_again_only_by_a_person(app, visit, office, stuck):
    admin = visit("quantri")
    page = admin.get("/quan-tri/thu")
    assert "hocvien@example.gov.vn" in page.text
    assert "Không rõ đã đi hay chưa" in page.text
    assert "Webhook" in page.text
    address = f"/quan-tri/thu/{stuck[0]}"
    assert "Nguyễn Thị Hồng Thắm" in admin.get(address).text
    admin.post(address, {"viec": "gui-lai"}, status=200)
    admin.post(address, {"viec": "gui-lai", "ly-do": "Đồng chí ấy chưa nhận được"})
    with app.app_context():
        assert db.session.get_one(Outbox, stuck[0]).state == MailState.QUEUED
        (line,) = db.session.scalars(sa.select(Audit).filter_by(act="settle_mail"))
        assert (line.about_id, line.detail["decided"]) == (office["hocvien"], "gửi lại")
    admin.post(address, {"viec": "thoi", "ly-do": "Lần thứ hai"}, status=404)
    admin.post(f"/quan-tri/thu/{stuck[1]}", {"viec": "thoi", "ly-do": "Địa chỉ sai"})
    with app.app_context():
        row = db.session.get_one(Outbox, stuck[1])
        assert (row.state, row.address, row.text) == (MailState.SENT, "", "")
    assert "thư: Nhắc học" in admin.get("/quan-tri/nhat-ky").text


def test_an_administrator_of_another_branch_sees_none_of_it(visit, stuck):
    other = visit("quantri2")
    page = other.get("/quan-tri/thu")
    assert "example.gov.vn" not in page.text
    assert "Webhook" not in page.text
    assert "Không có thư nào cần quyết định" in page.text
    for row_id in stuck:
        other.get(f"/quan-tri/thu/{row_id}", 404)


def test_what_waits_or_is_gone_cannot_be_decided(visit, stuck):
    visit("quantri").get(f"/quan-tri/thu/{stuck[2]}", 404)


def test_without_mail_the_page_says_so(visit):
    assert "Chưa có thư nào" in visit("quantri").get("/quan-tri/thu").text
