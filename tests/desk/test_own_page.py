"""Dữ liệu về tôi: devices in words, and who looked at one's name, a line for each person and day."""

from datetime import timedelta

import sqlalchemy as sa

from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Audit
from quizapp.clock import now, today
from quizapp.database import db

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"


def test_a_device_is_said_in_words(app, visit, office):
    me = visit("hocvien")
    with app.app_context():
        accounts.open_session(office["hocvien"], True, ANDROID, "10.0.0.0/24", now())
        db.session.commit()
    page = me.get("/toi")
    assert "Chrome trên Android" in page.text
    assert "Mozilla" not in page.text


def test_looks_of_one_person_on_one_day_are_one_line_with_their_number(app, visit, office, statements):
    with app.app_context():
        for who, words, times in (
            ("lanhdao", "Danh sách A", 3),
            ("lanhdao", "Danh sách B", 1),
            ("quantri", "Danh sách A", 2),
        ):
            for _ in range(times):
                accounts.note_look(office[who], words, [office["hocvien"]], None, now())
        accounts.note_look(office["lanhdao"], "Danh sách A", [office["hocvien"]], None, now() - timedelta(days=2))
    page = visit("hocvien").get("/toi")
    shown = page.html.split('id="ai-xem"')[1].split("</table>")[0]
    assert shown.count("<tr>") == 1 + 3
    line = next(row for row in shown.split("<tr>") if "Huỳnh Kim Liên" in row and f"{today():%d/%m/%Y}" in row)
    assert "Danh sách B; Danh sách A" in line
    assert '<td class="r">4</td>' in line
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Audit)) == 7, "each look stays in the log"
