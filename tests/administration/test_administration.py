"""Quản trị: the pages down to the database, what they refuse, whom they let see what."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from factories import SINCE, add_grant, add_person

from quizapp.accounts.models import Audit, Grant, OneTimeCode, Person, PersonRequest, Post, UserSession
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.learning import counts
from quizapp.learning import queries as learning
from quizapp.learning.models import Campaign, Enrolment, FactRow
from quizapp.organisation.models import Body, BodyPeriod
from quizapp.web import spreadsheets as sheets
from quizapp.web.access import Role

WHY = {"ly-do": "Quyết định số 12 ngày 20/11/2026"}


@pytest.fixture
def rows(app):
    """``rows(statement)``: what the database holds now."""

    def read(statement):
        with app.app_context():
            return db.session.scalars(statement).all()

    return read


@pytest.fixture
def code(rows):
    """The public code of a person, by login."""
    return lambda login: rows(sa.select(Person.code).filter_by(login=login))[0]


@pytest.fixture
def campaign(rows):
    """The public code of the office's campaign."""
    return rows(sa.select(Campaign.code))[0]


@pytest.fixture
def below(app, office):
    """An administrator of "co-quan" alone: may see and change nothing above or beside it."""
    with app.app_context():
        who = add_person("quantri2", "Ngô Thị Hạnh", office["co-quan"])
        add_grant(who, Role.ADMIN, office["co-quan"])
        add_person("nguoi-tinh", "Đặng Văn Ngoài", office["tinh"])
        db.session.commit()
    return who


def acts(rows, act):
    return rows(sa.select(Audit).filter_by(act=act))


def agree(app):
    """The counts still agree with the facts."""
    with app.app_context():
        assert counts.differences(now()) == []


# --- bodies ----------------------------------------------------------------------------------------------------


def new_body(office, **changed):
    data = {"cap-tren": office["co-quan"], "ten": "Chi bộ Văn phòng", "ma": "chi-bo-vp", "khoi": "party"}
    return data | {"tu-ngay": "01/09/2025"} | WHY | changed


def test_a_body_is_added_below_another_and_the_log_says_so(visit, office, rows):
    visitor = visit("quantri")
    form = visitor.get("/quan-tri/them-don-vi?tren=co-quan")
    assert "Chi bộ 1 · Đảng ủy cơ quan Thử Nghiệm · Đảng bộ tỉnh Thử Nghiệm" in form.text
    visitor.post("/quan-tri/them-don-vi", new_body(office))
    assert "Đã thêm Chi bộ Văn phòng" in visitor.follow().text
    body = rows(sa.select(Body).filter_by(code="chi-bo-vp"))[0]
    assert body.from_on == date(2025, 9, 1)
    assert rows(sa.select(BodyPeriod.path).filter_by(body_id=body.id)) == [body.path]
    (line,) = acts(rows, "add_body")
    assert (line.actor_id, line.reason, line.detail["body_id"]) == (office["quantri"], WHY["ly-do"], body.id)
    assert line.net
    assert "Chi bộ Văn phòng" in visitor.get("/quan-tri/don-vi?mo=tinh,co-quan").text
    assert "Chi bộ Văn phòng" in visitor.get("/quan-tri/don-vi?tim=van phong").text


@pytest.mark.parametrize(
    ("changed", "words", "status"),
    [
        ({"ma": "chi-bo-1"}, "đã có đơn vị khác dùng", 409),
        ({"tu-ngay": "2020-01-01"}, "không thể có trước", 409),
        ({"ly-do": ""}, "Ghi lý do", 200),
        ({"tu-ngay": "31/02/2026"}, "Nhập ngày dạng", 200),
        ({"tu-ngay": "0001-01-01"}, "Nhập ngày dạng", 200),
        ({"cap-tren": "987654"}, "Chọn một mục", 200),
        ({"cap-tren": "x"}, "Chọn một mục", 200),
        ({"cap-tren": ""}, "Chọn một đơn vị", 200),
    ],
)
def test_a_refused_body_keeps_what_was_typed_and_stores_nothing(visit, office, rows, changed, words, status):
    page = visit("quantri").post("/quan-tri/them-don-vi", new_body(office, **changed), status=status)
    assert words in page.text
    assert page.title.startswith("Lỗi:")
    assert 'value="Chi bộ Văn phòng"' in page.html
    assert len(rows(sa.select(Body))) == 4
    assert rows(sa.select(Audit)) == []


def test_a_body_is_renamed_and_named_a_helper(visit, office, rows):
    visitor = visit("quantri")
    visitor.post("/quan-tri/don-vi/chi-bo-1/doi-ten", {"ten": "Chi bộ Một", "tu-ngay": today().isoformat()} | WHY)
    page = visitor.follow()
    assert "Chi bộ Một" in page.text
    assert "Chi bộ 1" in page.text
    visitor.post("/quan-tri/don-vi/chi-bo-1/ho-tro", {"nguoi-ho-tro": "Lê Thu", "dien-thoai": "+84 912 345 678"} | WHY)
    assert "Lê Thu, 0912345678" in visitor.follow().text
    bad = visitor.post("/quan-tri/don-vi/chi-bo-1/ho-tro", {"dien-thoai": "123"} | WHY, status=200)
    assert "chưa đủ 10 chữ số" in bad.text
    assert len(acts(rows, "rename_body")) == len(acts(rows, "name_helper")) == 1


def test_a_body_with_people_is_not_closed_and_an_empty_one_is(visit, office, rows):
    visitor = visit("quantri")
    day = {"tu-ngay": today().isoformat()} | WHY
    assert "Còn 2 người" in visitor.post("/quan-tri/don-vi/chi-bo-1/ket-thuc", day, status=409).text
    visitor.post("/quan-tri/them-don-vi", new_body(office))
    visitor.post("/quan-tri/don-vi/chi-bo-vp/ket-thuc", day)
    assert "đã kết thúc" in visitor.follow().text
    assert "Chi bộ Văn phòng" not in visitor.get("/quan-tri/don-vi").text
    assert (
        "đã kết thúc"
        in visitor.post("/quan-tri/them-nguoi?don-vi=chi-bo-vp", new_person(rows, "chi-bo-vp"), status=409).text
    )


def test_a_body_added_by_mistake_is_taken_back_on_the_same_day(app, visit, office, rows):
    visitor = visit("quantri")
    day = {"tu-ngay": today().isoformat()} | WHY
    visitor.post("/quan-tri/them-don-vi", new_body(office, **{"tu-ngay": today().isoformat()}))
    assert "nếu đã thêm nhầm" in visitor.get("/quan-tri/don-vi/chi-bo-vp/ket-thuc").text
    visitor.post("/quan-tri/don-vi/chi-bo-vp/ket-thuc", day)
    page = visitor.follow()
    assert "Đã bỏ Chi bộ Văn phòng, đơn vị thêm nhầm trong ngày." in page.text
    assert "đã bỏ ngay trong ngày" in page.text
    assert "Chi bộ Văn phòng" not in visitor.get("/quan-tri/don-vi").text
    assert "thêm nhầm, bỏ ngày" in visitor.get("/quan-tri/don-vi?tim=van+phong").text
    visitor.post("/quan-tri/them-don-vi", new_body(office, ma="chi-bo-vp-2"))  # its name is free again
    assert len(acts(rows, "close_body")) == 1
    agree(app)


def test_a_body_of_today_with_people_is_not_taken_back(visit, office, rows):
    visitor = visit("quantri")
    visitor.post("/quan-tri/them-don-vi", new_body(office, **{"tu-ngay": today().isoformat()}))
    visitor.post("/quan-tri/them-nguoi?don-vi=chi-bo-vp", new_person(rows, "chi-bo-vp"), status=200)
    day = {"tu-ngay": today().isoformat()} | WHY
    assert "Còn 1 người" in visitor.post("/quan-tri/don-vi/chi-bo-vp/ket-thuc", day, status=409).text


# --- people ----------------------------------------------------------------------------------------------------


def new_person(rows, body="chi-bo-1", **changed):
    body_id = rows(sa.select(Body.id).filter_by(code=body))[0]
    data = {"ho-ten": "Đỗ  Thị Ánh", "ten": "0912 345 678", "dien-thoai": "0912.345.678", "chuc-vu": "Chuyên viên"}
    return data | {"don-vi": body_id} | WHY | changed


def shown_code(page):
    found = re.search(r'id="ma-moi">([A-Z2-9-]{19})<', page.html)
    assert found
    return found[1]


def test_a_new_person_gets_a_code_that_is_shown_once_and_opens_the_account(visit, office, rows, code):
    visitor = visit("quantri")
    page = visitor.post("/quan-tri/them-nguoi", new_person(rows), status=200)
    secret = shown_code(page)
    assert page.response.headers["Cache-Control"] == "no-store"
    (person,) = rows(sa.select(Person).filter_by(login="0912345678"))
    assert (person.name, person.phone) == ("Đỗ Thị Ánh", "0912345678")
    (post,) = rows(sa.select(Post).filter_by(person_id=person.id))
    assert (post.body_id, post.from_on, post.title) == (office["chi-bo-1"], today(), "Chuyên viên")
    assert [line.about_id for line in acts(rows, "add_person")] == [person.id]
    assert secret not in visitor.get(f"/quan-tri/nguoi-dung/{person.code}").html
    assert not [line for line in rows(sa.select(Audit)) if secret in str(line.detail)]
    stranger = visit()
    stranger.post("/ma", {"ma": secret})
    assert "Chào đồng chí" in stranger.get("/lan-dau").text


def test_a_taken_login_is_refused_and_nothing_is_left_behind(visit, office, rows):
    page = visit("quantri").post("/quan-tri/them-nguoi", new_person(rows, ten="hocvien"), status=409)
    assert "đã có người dùng" in page.text
    assert 'value="Đỗ  Thị Ánh"' in page.html
    assert rows(sa.select(OneTimeCode)) == []
    assert len(rows(sa.select(Person))) == 7


def test_people_are_found_with_or_without_diacritics_by_login_and_by_phone(visit, office, rows):
    visitor = visit("quantri")
    visitor.post("/quan-tri/them-nguoi", new_person(rows), status=200)
    for typed in ("do thi anh", "ĐỖ THỊ", "0912345678", "+84 912 345 678"):
        page = visitor.get("/quan-tri/nguoi-dung", query_string={"tim": typed})
        assert "Đỗ Thị Ánh" in page.text
        assert "Danh Sóc Kha" not in page.text
    assert "Không tìm thấy ai" in visitor.get("/quan-tri/nguoi-dung?tim=%25").text
    in_body = visitor.get("/quan-tri/nguoi-dung?don-vi=chi-bo-2").text
    assert "Trần Quốc An" in in_body
    assert "Danh Sóc Kha" not in in_body


def test_the_list_of_people_is_paged_in_the_order_of_names(app, visit, office, statements):
    with app.app_context():
        for n in range(60):
            add_person(f"nguoi{n}", f"Nguyễn Văn {chr(65 + n % 20)}{chr(97 + n // 20)}", office["chi-bo-2"])
        db.session.commit()
    visitor = visit("quantri")
    with statements() as told:
        first = visitor.get("/quan-tri/nguoi-dung")
    assert len(told) <= 6, told  # two of them note whose names were seen
    names = re.findall(r'scope="row"><a href="/quan-tri/nguoi-dung/(\w+)"', first.html)
    more = re.search(r'href="([^"]*sau=[^"]*)"', first.html)
    second = visitor.get(more[1].replace("&amp;", "&"))
    rest = re.findall(r'scope="row"><a href="/quan-tri/nguoi-dung/(\w+)"', second.html)
    assert (len(names), len(rest)) == (50, 17)
    with app.app_context():
        assert names + rest == db.session.scalars(sa.select(Person.code).order_by(Person.sort_key, Person.id)).all()


def test_a_move_takes_the_enrolment_along_and_the_counts_agree(app, visit, office, rows, code):
    visitor = visit("quantri")
    address = f"/quan-tri/nguoi-dung/{code('hocvien')}"
    data = {"don-vi": office["chi-bo-2"], "tu-ngay": today().isoformat()} | WHY
    visitor.post(f"{address}/chuyen/chi-bo-1", data)
    assert "Đã chuyển từ Chi bộ 1 sang Chi bộ 2" in visitor.follow().text
    posts = rows(sa.select(Post).filter_by(person_id=office["hocvien"]).order_by(Post.from_on))
    assert [(post.body_id, post.to_on) for post in posts] == [(office["chi-bo-1"], today()), (office["chi-bo-2"], None)]
    assert rows(sa.select(Enrolment.body_id).filter_by(person_id=office["hocvien"])) == [office["chi-bo-2"]]
    (line,) = acts(rows, "move_post")
    assert (line.about_id, line.detail["before"], line.detail["body"]) == (office["hocvien"], "Chi bộ 1", "Chi bộ 2")
    agree(app)
    back = {"don-vi": office["chi-bo-1"], "tu-ngay": today().isoformat()} | WHY
    visitor.post(f"{address}/chuyen/chi-bo-2", back)  # a mistake is taken back on the same day
    visitor.get(address)
    agree(app)


def test_a_second_post_may_come_and_go_and_the_last_one_stays(visit, office, rows, code):
    visitor = visit("quantri")
    address = f"/quan-tri/nguoi-dung/{code('hocvien')}"
    day = {"tu-ngay": today().isoformat()} | WHY
    assert "duy nhất" in visitor.post(f"{address}/thoi/chi-bo-1", day, status=409).text
    visitor.post(f"{address}/them-vi-tri", {"don-vi": office["co-quan"], "chuc-vu": "Kiêm nhiệm"} | day)
    again = visitor.post(f"{address}/them-vi-tri", {"don-vi": office["co-quan"]} | day, status=409)
    assert "đã có vị trí" in again.text
    assert "Chuyển đơn vị" in visitor.post(f"{address}/thoi/chi-bo-1", day, status=409).text
    visitor.post(f"{address}/thoi/co-quan", day)
    assert len(acts(rows, "add_post")) == len(acts(rows, "end_post")) == 1
    early = {"don-vi": office["co-quan"], "tu-ngay": "2099-01-01"} | WHY
    assert "chưa đến" in visitor.post(f"{address}/them-vi-tri", early, status=409).text


def test_a_role_opens_its_room_until_it_is_taken_away(visit, office, rows, code):
    visitor = visit("quantri")
    address = f"/quan-tri/nguoi-dung/{code('hocvien')}"
    until = today() + timedelta(days=3)
    data = {"vai-tro": "admin", "don-vi": office["co-quan"], "den-ngay": f"{until:%d/%m/%Y}"} | WHY
    visitor.post(f"{address}/giao-vai-tro", data)
    assert f"{until:%d/%m/%Y}" in visitor.follow().text
    (grant,) = rows(sa.select(Grant).filter_by(person_id=office["hocvien"]))
    assert grant.to_on == until + timedelta(days=1)
    visit("hocvien").get("/quan-tri")
    assert "đã có vai trò" in visitor.post(f"{address}/giao-vai-tro", data, status=409).text
    visitor.post(f"{address}/thoi-vai-tro/admin/co-quan", WHY)
    visit("hocvien").get("/quan-tri", status=403)
    assert "đã được thôi" in visitor.post(f"{address}/thoi-vai-tro/admin/co-quan", WHY, status=409).text
    visitor.post(f"{address}/giao-vai-tro", data)
    visit("hocvien").get("/quan-tri")
    assert len(acts(rows, "grant_role")) == 2
    assert len(acts(rows, "revoke_role")) == 1
    past = data | {"den-ngay": "01/01/2020", "vai-tro": "leader"}
    assert "đã qua" in visitor.post(f"{address}/giao-vai-tro", past, status=409).text
    learner = data | {"vai-tro": "learner"}
    assert "Chọn một mục" in visitor.post(f"{address}/giao-vai-tro", learner, status=200).text


def test_the_last_administrator_of_the_root_stays(app, visit, office, rows, code):
    visitor = visit("quantri")
    own = f"/quan-tri/nguoi-dung/{code('quantri')}"
    assert "cuối cùng" in visitor.post(f"{own}/thoi-vai-tro/admin/tinh", WHY, status=409).text
    assert "chính mình" in visitor.post(f"{own}/ket-thuc", WHY, status=409).text
    other = f"/quan-tri/nguoi-dung/{code('nguoiduyet')}"
    for_now = {"vai-tro": "admin", "don-vi": office["tinh"], "den-ngay": today().isoformat()} | WHY
    visitor.post(f"{other}/giao-vai-tro", for_now)
    assert "cuối cùng" in visitor.post(f"{own}/thoi-vai-tro/admin/tinh", WHY, status=409).text, "the other's role ends"
    visitor.post(f"{other}/thoi-vai-tro/admin/tinh", WHY)
    visitor.post(f"{other}/giao-vai-tro", for_now | {"den-ngay": ""})
    visitor.post(f"{own}/thoi-vai-tro/admin/tinh", WHY)
    second = visit("nguoiduyet")
    assert "cuối cùng" in second.post(f"{other}/thoi-vai-tro/admin/tinh", WHY, status=409).text
    assert rows(sa.select(Grant.to_on).filter_by(person_id=office["quantri"])) == [today()]


def test_a_code_for_one_person_ends_the_earlier_one(visit, office, rows, code):
    visitor = visit("quantri")
    address = f"/quan-tri/nguoi-dung/{code('hocvien')}/ma"
    visitor.get(address)
    first, second = (shown_code(visitor.post(address, WHY, status=200)) for _ in range(2))
    assert first != second
    assert len(rows(sa.select(OneTimeCode).where(OneTimeCode.used_at.is_(None)))) == 1
    assert [line.about_id for line in acts(rows, "give_code")] == [office["hocvien"]] * 2
    assert "không đúng" in visit().post("/ma", {"ma": first}, status=200).text
    assert visit().post("/ma", {"ma": second})


def test_signing_out_everywhere_ends_every_session(visit, office, rows, code):
    learner = visit("hocvien")
    visit("quantri").post(f"/quan-tri/nguoi-dung/{code('hocvien')}/dang-xuat", WHY)
    learner.get("/toi", status=303)
    assert all(rows(sa.select(UserSession.ended_at).filter_by(person_id=office["hocvien"])))
    assert len(acts(rows, "sign_out")) == 1


def test_an_ended_account_has_no_way_in_and_counts_nowhere(app, visit, office, rows, code):
    visitor = visit("quantri")
    learner = visit("lanhdao")
    address = f"/quan-tri/nguoi-dung/{code('lanhdao')}"
    visitor.post(f"{address}/ket-thuc", WHY)
    assert "Tài khoản đã kết thúc" in visitor.follow().text
    learner.get("/toi", status=303)
    assert rows(sa.select(Person.ended_on).filter_by(login="lanhdao")) == [today()]
    assert rows(sa.select(Grant.to_on).filter_by(person_id=office["lanhdao"])) == [today()]
    assert rows(sa.select(Enrolment.left_on).filter_by(person_id=office["lanhdao"])) == [today()]
    agree(app)
    for act in ("ma", "ket-thuc"):
        assert "đã kết thúc" in visitor.post(f"{address}/{act}", WHY, status=409).text
    assert "Đã kết thúc" in visitor.get("/quan-tri/nguoi-dung?tim=lanhdao").text


def test_a_waiver_of_a_unit_and_of_the_whole_is_a_fact_with_its_reason(app, visit, office, rows, code):
    visitor = visit("quantri")
    address = f"/quan-tri/nguoi-dung/{code('hocvien')}/mien"
    course = rows(sa.select(Campaign.course_id))[0]
    assert "Bài 8." in visitor.get(address).text
    visitor.post(address, {"bai": f"{course}/bai-8"} | WHY)
    (fact,) = rows(sa.select(FactRow).filter_by(person_id=office["hocvien"], kind="waived"))
    assert (fact.subject, fact.note, fact.by_id) == ("bai-8", WHY["ly-do"], office["quantri"])
    assert "Bài 8." not in visitor.get(address).text
    assert "Chọn một mục" in visitor.post(address, {"bai": f"{course}/bai-8"} | WHY, status=200).text
    visitor.post(address, {"bai": f"{course}/*"} | WHY)
    with app.app_context():
        assert learning.own_enrolments(office["hocvien"])[0].state == "waived"
    assert [line.detail["waived"][:3] for line in acts(rows, "waive")] == ["Bài", "Cả "]
    both = f"/quan-tri/dot-hoc/{rows(sa.select(Campaign.code))[0]}", "/theo-doi/tinh"
    told = [visitor.get(there).text.split("Số người theo đơn vị")[-1] for there in both]
    shares = [re.search(r"\d+,\d ?%", text)[0].replace(" ", "") for text in told]  # who is waived is done on both
    assert shares[0] == shares[1]
    agree(app)


# --- requests --------------------------------------------------------------------------------------------------


def test_a_request_is_answered_once_and_its_sender_reads_the_answer(visit, office, rows):
    learner = visit("hocvien")
    learner.post("/toi/de-nghi-sua", {"noi-dung": "Tên đệm của tôi là Hồng Thắm."})
    visitor = visit("quantri")
    page = visitor.get("/quan-tri")
    assert "Đề nghị sửa dữ liệu" in page.text
    (asked,) = rows(sa.select(PersonRequest))
    address = f"/quan-tri/de-nghi/{asked.id}"
    visitor.get(address)
    assert "Ghi câu trả lời" in visitor.post(address, {"tra-loi": ""}, status=200).text
    visitor.post(address, {"tra-loi": "Đã sửa, cảm ơn đồng chí."})
    assert "Không có đề nghị nào" in visitor.follow().text
    assert "Đã sửa, cảm ơn" in learner.get("/toi").text
    again = visitor.post(address, {"tra-loi": "Lần nữa."}, status=409)
    assert "đã được trả lời" in again.text
    assert "Đã sửa, cảm ơn" in visitor.get(address).text
    visitor.post(f"{address}/ma", status=404)
    assert len(acts(rows, "answer_request")) == 1


def test_who_forgot_the_password_is_answered_with_a_code(visit, office, rows):
    visit().post("/quen-mat-khau", {"ten": "hocvien"})
    visit().post("/quen-mat-khau", {"ten": "hocvien"})
    (asked,) = rows(sa.select(PersonRequest))
    visitor = visit("quantri")
    page = visitor.post(f"/quan-tri/de-nghi/{asked.id}/ma", status=200)
    assert visit().post("/ma", {"ma": shown_code(page)})
    (asked,) = rows(sa.select(PersonRequest))
    assert asked.answered_by == office["quantri"]
    visitor.post(f"/quan-tri/de-nghi/{asked.id}/ma", status=409)
    assert len(acts(rows, "give_code")) == 1


# --- campaigns -------------------------------------------------------------------------------------------------


def new_campaign(rows, **changed):
    course = rows(sa.select(Campaign.course_id))[0]
    days = {"tu-ngay": today().isoformat(), "han": (today() + timedelta(days=20)).isoformat()}
    told = {"ten": "Đợt hai", "lo-trinh": f"{course}/day-du", "chi-tieu": "90", "dong-y": "1"}
    return told | days | WHY | changed


def test_a_campaign_enrols_everyone_below_its_bodies(app, visit, office, rows):
    visitor = visit("quantri")
    visitor.get("/quan-tri/mo-dot-hoc")
    data = new_campaign(rows) | {"don-vi": [office["co-quan"], office["chi-bo-1"]]}
    visitor.post("/quan-tri/mo-dot-hoc", data)
    page = visitor.follow()
    assert "ghi danh 6 người" in page.text
    assert "Danh Sóc Kha" in page.text
    assert [line.detail["body_id"] for line in acts(rows, "open_campaign")] == [office["co-quan"]], (
        "not the one below, too"
    )
    agree(app)
    assert "Đợt hai" in visitor.get("/quan-tri/dot-hoc").text


@pytest.mark.parametrize(
    ("changed", "words", "status"),
    [
        ({"han": "2020-01-01"}, "đã qua", 409),
        ({"tu-ngay": "2099-01-01"}, "phải sau ngày bắt đầu", 409),
        ({"chi-tieu": "101"}, "Nhập số từ 1 đến 100", 200),
        ({"lo-trinh": "1/khong-co"}, "Chọn một mục", 200),
        ({"don-vi": []}, "Chọn ít nhất một đơn vị, hoặc một khối", 200),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(visit, office, rows, changed, words, status):
    data = new_campaign(rows, **({"don-vi": [office["tinh"]]} | changed))
    assert words in visit("quantri").post("/quan-tri/mo-dot-hoc", data, status=status).text
    assert len(rows(sa.select(Campaign))) == 1


def test_newcomers_are_enrolled_once(app, visit, office, rows, campaign):
    visitor = visit("quantri")
    visitor.post("/quan-tri/them-nguoi", new_person(rows), status=200)
    address = f"/quan-tri/dot-hoc/{campaign}"
    assert "Ghi danh người mới (1)" in visitor.get(address).text
    visitor.post(f"{address}/ghi-danh", WHY)
    assert "Đã ghi danh 1 người mới" in visitor.follow().text
    visitor.post(f"{address}/ghi-danh", WHY)
    assert "Không có người mới" in visitor.follow().text
    assert len(acts(rows, "enrol")) == 1
    agree(app)


def test_an_extension_reaches_a_body_and_all_below_it(visit, office, rows, campaign):
    visitor = visit("quantri")
    address = f"/quan-tri/dot-hoc/{campaign}/gia-han"
    until = today() + timedelta(days=40)
    visitor.post(address, {"don-vi": office["chi-bo-1"], "han": f"{until:%d/%m/%Y}"} | WHY)
    assert "2 người" in visitor.follow().text
    changed = set(rows(sa.select(Enrolment.person_id).filter_by(due_on=until, extended=True)))
    assert changed == {office["hocvien"], office["hocvien2"]}
    assert acts(rows, "extend")[0].detail["people"] == 2
    earlier = {"don-vi": office["chi-bo-1"], "han": today().isoformat()} | WHY
    assert "Chọn ngày muộn hơn" in visitor.post(address, earlier, status=409).text


# --- scope, the log --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("below")
def test_an_administrator_of_a_part_sees_and_changes_nothing_outside(visit, office, rows, code, campaign):
    visitor = visit("quantri2")
    outside = f"/quan-tri/nguoi-dung/{code('nguoi-tinh')}"
    inside = f"/quan-tri/nguoi-dung/{code('hocvien')}"
    visit("quantri").post(f"{outside}/ma", WHY, status=200)
    before = len(rows(sa.select(Audit)))
    for address in (
        "/quan-tri/don-vi/tinh",
        "/quan-tri/nguoi-dung?don-vi=tinh",
        "/quan-tri/them-don-vi?tren=tinh",
        outside,
    ):
        visitor.get(address, status=404)
    for act in ("doi-ten", "ket-thuc", "ho-tro"):
        visitor.post(f"/quan-tri/don-vi/tinh/{act}", WHY, status=404)
    for act in ("ma", "dang-xuat", "ket-thuc", "mien", "giao-vai-tro", "them-vi-tri", "chuyen/tinh", "thoi/tinh"):
        visitor.post(f"{outside}/{act}", WHY, status=404)
    visitor.post(f"{inside}/thoi-vai-tro/admin/tinh", WHY, status=404)
    for data in ({"vai-tro": "admin", "don-vi": office["tinh"]}, {"vai-tro": "leader", "don-vi": office["tinh"]}):
        assert "Chọn một mục" in visitor.post(f"{inside}/giao-vai-tro", data | WHY, status=200).text
    up = {"don-vi": office["tinh"], "tu-ngay": today().isoformat()} | WHY
    for act in ("them-vi-tri", "chuyen/chi-bo-1"):
        assert "Chọn một mục" in visitor.post(f"{inside}/{act}", up, status=200).text
    later = {"don-vi": office["tinh"], "han": "2099-01-01"} | WHY
    visitor.post(f"/quan-tri/dot-hoc/{campaign}/gia-han", later, status=200)
    visitor.post("/quan-tri/mo-dot-hoc", new_campaign(rows) | {"don-vi": [office["tinh"]]}, status=200)
    visitor.post("/quan-tri/them-don-vi", new_body(office, **{"cap-tren": office["tinh"]}), status=200)
    assert len(rows(sa.select(Audit))) == before
    for address in (
        "/quan-tri",
        "/quan-tri/don-vi",
        "/quan-tri/nguoi-dung",
        "/quan-tri/nhat-ky",
        f"/quan-tri/dot-hoc/{campaign}",
    ):
        text = visitor.get(address).text
        assert "Đặng Văn Ngoài" not in text
        assert "Võ Minh Tâm" not in text.replace("Quản trị", ""), address


@pytest.mark.usefixtures("below")
def test_a_part_s_administrator_cannot_take_over_a_stronger_account(app, visit, office, rows, code):
    with app.app_context():
        db.session.add(Post(person_id=office["quantri"], body_id=office["chi-bo-2"], from_on=SINCE))
        db.session.commit()
    visitor = visit("quantri2")
    stronger = f"/quan-tri/nguoi-dung/{code('quantri')}"
    visitor.get(stronger)
    for act in ("ma", "dang-xuat", "ket-thuc"):
        assert "ngoài phạm vi" in visitor.post(f"{stronger}/{act}", WHY, status=409).text
    assert rows(sa.select(OneTimeCode)) == []
    move = {"don-vi": office["chi-bo-1"], "tu-ngay": today().isoformat()} | WHY
    visitor.post(f"{stronger}/chuyen/chi-bo-2", move)
    assert rows(sa.select(Enrolment.body_id).filter_by(person_id=office["quantri"])) == [office["tinh"]]


@pytest.mark.usefixtures("below")
def test_a_part_of_a_campaign_is_administered_from_below(app, visit, office, rows, campaign):
    visitor = visit("quantri2")
    page = visitor.get(f"/quan-tri/dot-hoc/{campaign}")
    assert "Ghi danh người mới (1)" in page.text
    assert "Đảng bộ tỉnh" not in page.text
    visitor.post(f"/quan-tri/dot-hoc/{campaign}/ghi-danh", WHY)
    assert "Đã ghi danh 1 người" in visitor.follow().text
    assert set(rows(sa.select(Enrolment.person_id))) == {v for k, v in office.items() if k in PEOPLE} | {
        rows(sa.select(Person.id).filter_by(login="quantri2"))[0]
    }
    agree(app)


PEOPLE = {"hocvien", "hocvien2", "hocvien3", "baocaovien", "nguoiduyet", "lanhdao", "quantri"}


@pytest.mark.usefixtures("below")
def test_the_log_is_read_by_whom_it_concerns(visit, office, rows, code):
    high, low = visit("quantri"), visit("quantri2")
    high.post(f"/quan-tri/nguoi-dung/{code('hocvien')}/dang-xuat", {"ly-do": "việc trong cơ quan"})
    high.post(f"/quan-tri/nguoi-dung/{code('nguoi-tinh')}/dang-xuat", {"ly-do": "việc của tỉnh"})
    high.post("/quan-tri/don-vi/tinh/ho-tro", {"nguoi-ho-tro": "Lan", "ly-do": "người hỗ trợ tỉnh"})
    high.post("/quan-tri/don-vi/chi-bo-1/ho-tro", {"nguoi-ho-tro": "Mai", "ly-do": "người hỗ trợ chi bộ"})
    whole, part = high.get("/quan-tri/nhat-ky").text, low.get("/quan-tri/nhat-ky").text
    for words, seen in (
        ("việc trong cơ quan", True),
        ("việc của tỉnh", False),
        ("hỗ trợ tỉnh", False),
        ("hỗ trợ chi bộ", True),
    ):
        assert words in whole
        assert (words in part) is seen, words
    assert whole.index("hỗ trợ chi bộ") < whole.index("việc trong cơ quan"), "newest first"
    only = high.get("/quan-tri/nhat-ky?viec=name_helper&nguoi=vo minh tam").text
    assert "người hỗ trợ tỉnh" in only
    assert "việc của tỉnh" not in only
    assert "Không có việc nào" in high.get("/quan-tri/nhat-ky?nguoi=khong-co").text
    about = high.get(f"/quan-tri/nhat-ky?ve={code('hocvien')}").text
    assert "việc trong cơ quan" in about
    assert "việc của tỉnh" not in about
    assert "/quan-tri/nhat-ky.xlsx?viec=name_helper" in high.get("/quan-tri/nhat-ky?viec=name_helper").html
    for visitor, seen in ((high, True), (low, False)):
        (sheet,) = sheets.read(visitor.get("/quan-tri/nhat-ky.xlsx").response.data, "a.xlsx")
        said = str(sheet.rows)
        assert "việc trong cơ quan" in said
        assert ("việc của tỉnh" in said) is seen
    visit("lanhdao").get("/quan-tri/nhat-ky.xlsx", 403)
    assert "Tải nhật ký" in high.get("/quan-tri/nhat-ky?viec=take_log").text


def test_the_log_is_paged(app, visit, office):
    with app.app_context():
        db.session.add_all(
            Audit(at=now(), actor_id=None, act="enrol", detail={}, reason=f"việc thứ {n:03d}") for n in range(120)
        )
        db.session.commit()
    visitor, seen, address = visit("quantri"), [], "/quan-tri/nhat-ky?viec=enrol"
    for _ in range(3):
        page = visitor.get(address)
        seen += re.findall(r"việc thứ (\d+)", page.html)
        more = re.search(r'href="([^"]*truoc=[^"]*)"', page.html)
        address = more[1].replace("&amp;", "&") if more else address
    assert seen == [f"{n:03d}" for n in reversed(range(120))]
    for wrong in ("x", "0", "9" * 20, "9" * 5000):
        visitor.get(f"/quan-tri/nhat-ky?truoc={wrong}")
        visitor.get(f"/quan-tri/thu?truoc={wrong}")


@pytest.mark.parametrize("login", ["hocvien", "lanhdao", "baocaovien", "nguoiduyet"])
def test_nobody_else_administers(visit, office, login):
    for address in ("/quan-tri", "/quan-tri/don-vi", "/quan-tri/nguoi-dung", "/quan-tri/dot-hoc", "/quan-tri/nhat-ky"):
        visit(login).get(address, status=403)
