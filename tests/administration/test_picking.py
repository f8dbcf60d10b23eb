"""Chọn đơn vị: bodies are found by words or level by level, without script, and three thousand of them cost no more."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from quizapp.accounts.models import Post
from quizapp.clock import today
from quizapp.database import db
from quizapp.domain.vietnamese import fold
from quizapp.learning.models import Campaign, CampaignBody
from quizapp.organisation import actions as organisation
from quizapp.organisation.models import Body, BodyPeriod

SINCE = date(2025, 7, 1)
WHY = {"ly-do": "Kế hoạch số 12 ngày 20/11/2026"}
OPEN = "/quan-tri/mo-dot-hoc"


@pytest.fixture
def rows(app):
    def read(statement):
        with app.app_context():
            return db.session.scalars(statement).all()

    return read


@pytest.fixture
def province(app, office):
    """Three thousand bodies: thirty below the top, a hundred below each of them, with the same names everywhere."""
    with app.app_context():
        top, start = office["tinh"], 10_000
        listed = []
        for n in range(30):
            upper = start + n * 100
            listed.append((upper, f"phuong-{n}", f"Đảng ủy phường Sông {n}", top, f"{top}/{upper}/"))
            for m in range(1, 100):
                path = f"{top}/{upper}/{upper + m}/"
                listed.append((upper + m, f"p{n}-cb{m}", f"Chi bộ {m}", upper, path))
        common = {"kind": "party", "from_on": SINCE}
        bodies = [{"id": i, "code": code, "name": name, "folded": fold(name), "parent_id": above, "path": path} | common
                  for i, code, name, above, path in listed]  # fmt: skip
        db.session.execute(sa.insert(Body), bodies)
        kept = ("name", "folded", "parent_id", "path", "from_on")
        db.session.execute(
            sa.insert(BodyPeriod), [{"body_id": one["id"]} | {key: one[key] for key in kept} for one in bodies]
        )
        db.session.commit()
    return office


def form(rows, **more):
    course = rows(sa.select(Campaign.course_id))[0]
    days = {"tu-ngay": today().isoformat(), "han": (today() + timedelta(days=20)).isoformat()}
    return {"ten": "Đợt hai", "lo-trinh": f"{course}/day-du", "chi-tieu": "90"} | days | WHY | more


def offered(page, name="don-vi"):
    """Label -> (id, checked) of the choices that a page shows."""
    found = re.findall(
        rf'<input type="(?:checkbox|radio)" name="{name}" value="(\d*)"( checked)?><span>(.*?)</span>', page.html
    )
    return {label: (value, bool(checked)) for value, checked, label in found}


def labels(page):
    return [label.split(" · ")[0] for label in offered(page)]


def test_a_page_and_a_search_cost_the_same_with_three_thousand_bodies(app, visit, office, rows, statements, request):
    me, data = visit("quantri"), form(rows, **{"don-vi-tim": "chi bo 1", "don-vi-xem": "tim"})
    me.get(OPEN)
    with statements() as few:
        me.get(OPEN)
    token = me.token()
    with statements() as few_found:
        me.post(OPEN, data, status=200, token=token)
    request.getfixturevalue("province")
    with statements() as many:
        page = me.get(OPEN)
    assert len(many) <= len(few), many
    assert len(many) <= 15
    assert len(page.html) < 60_000
    assert "đơn vị cấp cao nhất; gõ tên để tìm" in page.text
    with statements() as many_found:
        page = me.post(OPEN, data, status=200, token=token)
    assert len(many_found) <= len(few_found), many_found
    assert len(page.html) < 60_000
    assert "Hơn 40 đơn vị có “chi bo 1”" in page.text
    assert not any("FOR UPDATE" in one or one.startswith(("INSERT", "UPDATE")) for one in many_found)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Chi bộ 7 sông 12", "Chi bộ 7 · Đảng ủy phường Sông 12 · Đảng bộ tỉnh Thử Nghiệm"),
        ("chi bo 7, phuong song 12", "Chi bộ 7 · Đảng ủy phường Sông 12 · Đảng bộ tỉnh Thử Nghiệm"),
        ("CB 7 SONG 12", "Chi bộ 7 · Đảng ủy phường Sông 12 · Đảng bộ tỉnh Thử Nghiệm"),
        ("p12-cb7", "Chi bộ 7 · Đảng ủy phường Sông 12 · Đảng bộ tỉnh Thử Nghiệm"),
        ("phường sông 12", "Đảng ủy phường Sông 12 · Đảng bộ tỉnh Thử Nghiệm"),
        ("ĐU phg Sông 12", "Đảng ủy phường Sông 12 · Đảng bộ tỉnh Thử Nghiệm"),
        ("cơ quan cũ", "Đảng ủy cơ quan Mới (trước đây: Đảng ủy cơ quan Cũ, Đảng ủy cơ quan Thử Nghiệm)"),
    ],
)
def test_a_body_is_found_by_name_code_former_name_or_with_the_one_above(app, visit, province, rows, typed, label):
    with app.app_context():
        for name, ago in (("Đảng ủy cơ quan Cũ", 40), ("Đảng ủy cơ quan Mới", 20)):
            one = db.session.get_one(Body, province["co-quan"])
            organisation.rename(one, name, today() - timedelta(days=ago), today())
        db.session.commit()
    data = form(rows, **{"don-vi-tim": typed, "don-vi-xem": "tim"})
    page = visit("quantri").post(OPEN, data, status=200)
    assert next(iter(offered(page))).startswith(label)
    assert not page.title.startswith("Lỗi")


def test_the_chosen_ones_and_all_that_was_typed_stay_while_one_goes_on_searching(app, visit, province, rows):
    me = visit("quantri")
    page = me.post(OPEN, form(rows, **{"don-vi-tim": "chi bo 7 song 12", "don-vi-xem": "tim"}), status=200)
    first = next(iter(offered(page).values()))[0]
    data = form(rows, **{"don-vi": first, "don-vi-da-tim": "chi bo 7 song 12", "don-vi-tim": "chi bo 8 song 13"})
    page = me.post(
        OPEN, data, status=200
    )  # the key Enter presses the main button: new words are looked for all the same
    assert 'value="Đợt hai"' in page.html
    assert WHY["ly-do"] in page.text
    assert rows(sa.select(Campaign.title)) == ["Đợt học thử nghiệm"], "nothing was opened yet"
    chosen = {label: value for label, (value, checked) in offered(page).items() if checked}
    assert chosen == {"Chi bộ 7 · Đảng ủy phường Sông 12 · Đảng bộ tỉnh Thử Nghiệm": first}
    second = offered(page)["Chi bộ 8 · Đảng ủy phường Sông 13 · Đảng bộ tỉnh Thử Nghiệm"][0]
    words = {"don-vi-da-tim": "chi bo 8 song 13", "don-vi-tim": "chi bo 8 song 13"}
    me.post(OPEN, form(rows, **{"don-vi": [first, second]} | words))
    assert {str(one) for one in rows(sa.select(CampaignBody.body_id).join(Campaign).filter_by(title="Đợt hai"))} == {
        first, second,
    }  # fmt: skip


def test_the_tree_is_opened_level_by_level(visit, province, rows):
    me = visit("quantri")
    page = me.post(OPEN, form(rows, **{"don-vi-xem": f"mo:{province['tinh']}"}), status=200)
    assert "Trực thuộc Đảng bộ tỉnh Thử Nghiệm" in page.text
    assert set(labels(page)) == {f"Đảng ủy phường Sông {n}" for n in range(30)} | {"Đảng ủy cơ quan Thử Nghiệm"}
    page = me.post(OPEN, form(rows, **{"don-vi-xem": "mo:10000", "don-vi-tim": "sông"}), status=200)
    assert "Trực thuộc Đảng ủy phường Sông 0" in page.text
    assert len(labels(page)) == 40
    assert f'value="mo:{province["tinh"]}"' in page.html, "and back up"
    assert 'name="don-vi-tim" type="search" maxlength="100" value=""' in page.html
    again = me.post(OPEN, form(rows, **{"don-vi-o": "10000", "ten": ""}), status=200)
    assert "Trực thuộc Đảng ủy phường Sông 0" in again.text, "the level stays open beside a mistake"
    assert again.title.startswith("Lỗi")


def test_nothing_outside_the_scope_is_offered_found_or_opened(app, visit, province, rows):
    with app.app_context():
        db.session.execute(sa.text("UPDATE \"grant\" SET body_id = 10000 WHERE role = 'admin'"))
        db.session.commit()
    me = visit("quantri")
    assert all("phường Sông 0" in label for label in offered(me.get(OPEN)))
    page = me.post(OPEN, form(rows, **{"don-vi-tim": "song 12", "don-vi-xem": "tim"}), status=200)
    assert all("Sông 0" in label for label in offered(page))
    page = me.post(OPEN, form(rows, **{"don-vi-xem": f"mo:{province['tinh']}"}), status=200)
    assert all("Sông 0" in label for label in offered(page))
    page = me.post(OPEN, form(rows, **{"don-vi": "10500"}), status=200)
    assert "Chọn một mục trong danh sách" in page.text


@pytest.mark.parametrize("value", ["9" * 30, "mo:0", "mo:x", "-1", "mo:" + "9" * 25, "\x00"])
def test_a_broken_address_of_a_choice_is_said_in_words(visit, office, rows, value):
    me = visit("quantri")
    me.post(OPEN, form(rows, **{"don-vi-xem": value}), status=200)
    assert "Chọn một mục" in me.post(OPEN, form(rows, **{"don-vi": value}), status=200).text


def test_words_that_nothing_bears_say_so(visit, office, rows):
    page = visit("quantri").post(OPEN, form(rows, **{"don-vi-tim": "zzz%_", "don-vi-xem": "tim"}), status=200)
    assert "Không tìm thấy đơn vị nào có “zzz%_”" in page.text


def test_one_body_is_chosen_for_a_post_by_the_same_search(app, visit, province, rows):
    code = rows(sa.text("SELECT code FROM person WHERE login = 'hocvien'"))[0]
    address = f"/quan-tri/nguoi-dung/{code}/them-vi-tri"
    me, day = visit("quantri"), {"tu-ngay": today().isoformat()} | WHY
    page = me.post(address, day | {"don-vi-tim": "chi bo 3 song 2"}, status=200)
    words = {"don-vi-tim": "chi bo 3 song 2", "don-vi-da-tim": "chi bo 3 song 2"}
    assert "Chọn một đơn vị" in me.post(address, day | words, status=200).text
    me.post(address, day | words | {"don-vi": next(iter(offered(page).values()))[0]})
    assert len(rows(sa.select(Post.body_id).filter_by(person_id=province["hocvien"]))) == 2


def test_a_search_waits_for_no_writer_and_goes_on_to_the_form_that_writes(app, visit, office, rows):
    me = visit("quantri")
    page = me.get(f"{OPEN}?x=1")
    look = re.search(r'formaction="([^"]+)"', page.html)[1].replace("&amp;", "&")
    assert look == f"{OPEN}?x=1&chi-xem=1"
    token, data = me.token(), form(rows, **{"don-vi-tim": "chi bo", "don-vi-xem": "tim"})
    with app.app_context():
        db.session.execute(sa.update(Body).values(helper="Đang ghi"))  # somebody writes, and takes a while
        page = me.post(look, data, status=200, token=token)
        db.session.rollback()
    assert {"Chi bộ 1", "Chi bộ 2"} <= set(labels(page))
    assert f'action="{OPEN}?x=1"' in page.html, "the form itself goes where it may write"


def test_more_than_a_hundred_bodies_are_too_many_for_one_form(visit, province, rows):
    page = visit("quantri").post(OPEN, form(rows, **{"don-vi": [str(10_000 + n) for n in range(101)]}), status=200)
    assert "nhiều nhất 100 đơn vị" in page.text
