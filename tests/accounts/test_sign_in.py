"""Signing in, lockout, codes, first visit, and nothing typed lost when a session ends."""

import re
import threading
from datetime import timedelta

import pytest
from papers import begin, right_fields

from quizapp.accounts import actions, passwords
from quizapp.accounts.models import CodeKind, Person, PersonRequest, SignInFailure, UserSession
from quizapp.clock import now
from quizapp.database import db

PASSWORD = "con thuyền vượt sóng"


@pytest.fixture
def hocvien(app, office):
    """The learner, with a password of her own."""
    with app.app_context():
        actions.set_password(office["hocvien"], passwords.hash_password(PASSWORD))
        db.session.execute(db.update(Person).filter_by(id=office["hocvien"]).values(phone="0912345678"))
        db.session.commit()
    return office["hocvien"]


def sign_in(visitor, name="hocvien", password=PASSWORD, status=303, **more):
    return visitor.post("/dang-nhap", {"ten": name, "mat-khau": password} | more, status=status)


def test_a_name_or_a_phone_number_and_the_password_open_the_home_page(visit, hocvien):
    for name in ("hocvien", " HocVien ", "0912345678", "+84 912 345 678"):
        me = visit()
        assert sign_in(me, name).location == "/"
        assert "Chào đồng chí Hồng Thắm" in me.follow().text


def test_the_password_is_taken_as_typed_but_in_one_form_of_each_letter(visit, hocvien):
    import unicodedata

    sign_in(visit(), password=unicodedata.normalize("NFD", PASSWORD))
    sign_in(visit(), password=PASSWORD + " ", status=200)


def test_one_message_for_both_fields_and_the_password_is_cleared(visit, hocvien):
    wrong_password = sign_in(visit(), password="sai rồi nhé", status=200)
    wrong_name = sign_in(visit(), name="khong-co-ai", status=200)
    for page in (wrong_password, wrong_name):
        assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in page.text
        assert page.title.startswith("Lỗi:")
        assert "sai rồi nhé" not in page.html


def test_empty_fields_say_what_to_do(visit):
    page = sign_in(visit(), name="", password="", status=200)
    assert "Nhập tên đăng nhập hoặc số điện thoại." in page.text
    assert "Nhập mật khẩu." in page.text


def test_eight_failures_lock_for_a_quarter_of_an_hour_slowing_first(app, visit, hocvien):
    me = visit()
    for _ in range(3):
        sign_in(me, password="sai", status=200)
    assert "giây rồi thử lại" in sign_in(me, status=200).text  # even the right one has to wait
    with app.app_context():
        db.session.execute(db.update(SignInFailure).values(times=8, last_at=now()))
        db.session.commit()
    assert "tạm khóa 15 phút" in sign_in(me, status=200).text
    with app.app_context():
        db.session.execute(db.update(SignInFailure).values(last_at=now() - timedelta(minutes=16)))
        db.session.commit()
    sign_in(me)


def test_a_session_can_be_ended_and_expires(app, visit, hocvien):
    me, other = visit(), visit()
    sign_in(me)
    sign_in(other)
    page = me.get("/toi")
    ends = re.findall(r"/toi/phien/(\d+)/ket-thuc", page.html)
    assert len(ends) == 1
    me.post(f"/toi/phien/{ends[0]}/ket-thuc")
    other.get("/", 303)
    with app.app_context():
        db.session.execute(db.update(UserSession).values(expires_at=now()))
        db.session.commit()
    assert me.get("/", 303).location.startswith("/dang-nhap")


def test_one_cannot_end_another_persons_session(app, visit, office):
    mine, other = visit("hocvien"), visit("hocvien2")
    with app.app_context():
        theirs = db.session.scalars(db.select(UserSession).filter_by(person_id=office["hocvien2"])).one().id
    mine.post(f"/toi/phien/{theirs}/ket-thuc")
    other.get("/")


def test_only_digests_of_secrets_are_kept(app, visit, hocvien):
    me = visit()
    sign_in(me)
    with app.app_context():
        kept = db.session.scalars(db.select(UserSession)).one().token_hash
    with me.client.session_transaction() as session:
        assert session["_user_id"] != kept


def test_after_signing_in_one_comes_to_the_page_one_wanted_but_never_elsewhere(visit, hocvien):
    me = visit()
    page = me.get("/ket-qua", 303)
    assert "tiep=" in page.location
    assert sign_in(me, tiep="/ket-qua").location == "/ket-qua"
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert sign_in(visit(), tiep=evil).location == "/"


def test_an_answer_sent_after_the_session_ended_is_offered_again_after_signing_in(app, visit, hocvien):
    me = visit("hocvien")
    attempt = begin(me)
    fields = right_fields(app, attempt, 1)
    token = me.token()
    with app.app_context():
        db.session.execute(db.update(UserSession).values(ended_at=now()))
        db.session.commit()
    page = me.post(f"/lam/{attempt}/1", fields, status=200, token=token)
    assert "Đăng nhập" in page.text
    carry = re.search(r'name="mang-theo"[^>]*value="([^"]+)"', page.html)[1]
    sign_in(me, **{"mang-theo": carry})
    offered = me.follow()
    assert "Gửi nội dung còn giữ?" in offered.text
    action = re.search(r'<form method="post" action="(/lam/[^"]+)"', offered.html)[1]
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', offered.html))
    me.post(action, kept)
    assert me.follow().title.startswith("Đúng")


def test_an_old_token_loses_nothing(app, visit):
    me = visit("hocvien")
    attempt = begin(me)
    fields = right_fields(app, attempt, 1)
    page = me.post(f"/lam/{attempt}/1", fields, status=400, token="alt")
    assert "vẫn còn đây" in page.text
    for name in fields:
        assert f'name="{name}"' in page.html


def test_pages_with_power_ask_again_after_half_an_hour_without_use(visit):
    me = visit("quantri")
    me.get("/quan-tri")
    with me.client.session_transaction() as session:
        session["seen"] -= 31 * 60
    assert me.get("/quan-tri", 303).location.startswith("/dang-nhap")
    me.get("/hoc")  # learner pages go on


def test_a_one_time_code_opens_once_and_asks_for_a_new_password(app, visit, office):
    with app.app_context():
        code = actions.give_code(office["hocvien"], CodeKind.PASSWORD, None, now())
        db.session.commit()
    me = visit()
    me.get(f"/ma?ma={code}")  # opening the link uses nothing up
    me.post("/ma", {"ma": code.lower().replace("-", " ")})
    assert me.get("/", 303).location == "/mat-khau"
    page = me.post("/mat-khau", {"mat-khau": "12345678", "nhap-lai": "12345678"}, status=200)
    assert "dễ đoán" in page.text
    me.post("/mat-khau", {"mat-khau": PASSWORD, "nhap-lai": PASSWORD})
    me.get("/")
    assert "đã dùng hoặc đã hết hạn" in visit().post("/ma", {"ma": code}, status=200).text
    sign_in(visit())


@pytest.mark.parametrize(
    "password", ["ngắn", "matkhau123", "12345678", "aaaaaaaa", "hocvien2026", "Nguyễn Thị Hồng Thắm"]
)
def test_easy_passwords_are_refused_with_a_reason(password):
    assert passwords.weakness(password, "hocvien", "Nguyễn Thị Hồng Thắm")


def test_a_short_sentence_is_a_good_password():
    assert passwords.weakness("thuyền về bến lúc chiều", "hocvien", "Nguyễn Thị Hồng Thắm") is None


def test_forgetting_the_password_asks_the_administrator_and_says_the_same_for_nobody(app, visit, office):
    for name in ("hocvien", "khong-co-ai"):
        me = visit()
        me.post("/quen-mat-khau", {"ten": name})
        assert "Đã ghi nhận đề nghị" in me.follow().text
    with app.app_context():
        asked = db.session.scalars(db.select(PersonRequest)).all()
    assert [one.person_id for one in asked] == [office["hocvien"]]


def test_the_first_visit_confirms_the_body_and_says_what_is_kept(app, visit, office):
    with app.app_context():
        db.session.execute(db.update(Person).filter_by(id=office["hocvien"]).values(welcomed_at=None))
        db.session.commit()
    me = visit("hocvien")
    assert me.get("/", 303).location == "/lan-dau"
    page = me.follow()
    assert "Chi bộ 1" in page.text
    assert "Đảng ủy cơ quan Thử Nghiệm" in page.text
    me.post("/lan-dau/sai-don-vi", {"noi-dung": "Tôi ở Chi bộ 2"})
    assert "Bước 2 trên 3" in me.follow().text
    assert "Hệ thống ghi lại" in me.get("/lan-dau?buoc=3").text
    me.post("/lan-dau")
    assert "Chào đồng chí" in me.follow().text
    with app.app_context():
        assert db.session.scalars(db.select(PersonRequest)).one().text == "Tôi ở Chi bộ 2"


def test_all_that_is_kept_is_shown_and_exported_without_secrets(visit):
    me = visit("hocvien")
    data = me.get("/toi/du-lieu.json").response.get_json()
    assert data["Người dùng"]["name"] == "Nguyễn Thị Hồng Thắm"
    assert data["Người dùng"]["password_hash"] == "(giữ kín)"
    assert data["Phiên đăng nhập"][0]["token_hash"] == "(giữ kín)"
    assert data["Ghi danh"]


def test_a_correction_is_asked_for_once(app, visit):
    me = visit("hocvien")
    for _ in range(2):
        me.post("/toi/de-nghi-sua", {"noi-dung": "Họ tên tôi là Nguyễn Thị Hồng Thấm"})
    with app.app_context():
        assert db.session.scalars(db.select(PersonRequest)).one().kind == "correction"


def test_text_size_can_be_chosen_before_signing_in(visit):
    me = visit()
    me.post("/co-chu", {"co-chu": "130"})
    assert 'data-size="130"' in me.follow().html


def test_a_hundred_people_signing_in_at_once_all_get_in(app, office, monkeypatch):
    """In threads against the application itself: nobody meets a locked database, however slow the machine hashes."""
    monkeypatch.setattr(passwords, "PATIENCE", 600.0)
    with app.app_context():
        hashed = passwords.hash_password(PASSWORD)
        db.session.execute(db.update(Person).values(password_hash=hashed))
        db.session.commit()
    answers = []

    def enter(login):
        from pages import Visitor

        visitor = Visitor(app)
        visitor.client.get("/dang-nhap")
        page = visitor.client.get("/dang-nhap").get_data(as_text=True)
        token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        sent = {"ten": login, "mat-khau": PASSWORD, "csrf": token}
        answers.append(visitor.client.post("/dang-nhap", data=sent).status_code)

    logins = ["hocvien", "hocvien2", "hocvien3", "baocaovien", "lanhdao"] * 20
    threads = [threading.Thread(target=enter, args=(login,)) for login in logins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    assert answers == [303] * 100
