"""Địa chỉ thư: its owner writes it, sees it, takes it away, and finds it in the export."""

import json

import pytest
import sqlalchemy as sa

from quizapp.accounts.models import Audit, Person
from quizapp.database import db


@pytest.fixture
def email(app, office):
    def read():
        with app.app_context():
            return db.session.get_one(Person, office["hocvien"]).email

    return read


def test_one_writes_ones_address_and_takes_it_away(visit, email):
    me = visit("hocvien")
    assert "chưa ghi địa chỉ thư" in me.get("/toi").text
    me.post("/toi/thu", {"thu": " tham@angiang.gov.vn "})
    assert "tham@angiang.gov.vn" in me.follow().text
    assert email() == "tham@angiang.gov.vn"
    kept = json.loads(me.get("/toi/du-lieu.json").html)
    assert kept["Người dùng"]["email"] == "tham@angiang.gov.vn"
    assert kept["Lần nhắc"] == kept["Thư gửi cho tôi"] == []
    me.post("/toi/thu", {"thu": ""})
    assert email() is None


@pytest.mark.parametrize(
    "typed",
    [
        "thắm@angiang.gov.vn",
        "tham",
        "tham@angiang",
        "a@b.vn\nBcc: c@d.vn",
        "a b@c.vn",
        "<a@b.vn>",
        "a@b..vn",
        "a" * 70 + "@b.vn",
    ],
)
def test_what_is_no_address_is_said_and_not_kept(visit, email, typed):
    page = visit("hocvien").post("/toi/thu", {"thu": typed}, status=200)
    assert "chưa phải địa chỉ thư" in page.text
    assert page.title.startswith("Lỗi:")
    assert email() is None


def test_an_administrator_writes_it_with_a_reason_and_the_log_keeps_no_address(app, visit, office, email):
    with app.app_context():
        code = db.session.get_one(Person, office["hocvien"]).code
    admin = visit("quantri")
    admin.post(f"/quan-tri/nguoi-dung/{code}/thu", {"thu": "tham@angiang.gov.vn"}, status=200)
    admin.post(
        f"/quan-tri/nguoi-dung/{code}/thu", {"thu": "tham@angiang.gov.vn", "ly-do": "Theo danh sách cơ quan gửi"}
    )
    assert "tham@angiang.gov.vn" in admin.follow().text
    assert email() == "tham@angiang.gov.vn"
    with app.app_context():
        (line,) = db.session.scalars(sa.select(Audit).filter_by(act="set_email"))
    assert "@" not in json.dumps(line.detail)
    visit("lanhdao").post(f"/quan-tri/nguoi-dung/{code}/thu", {"thu": "x@y.vn"}, status=403)
