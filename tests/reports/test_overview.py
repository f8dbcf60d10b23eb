"""Theo dõi: figures and names inside the scope and nowhere else."""

import re
from datetime import timedelta

import pytest
from factories import add_body, add_grant, add_person
from office import finish, learn, rows, signed_in

from quizapp.accounts.models import Audit
from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.learning import actions as learning
from quizapp.learning import counts, moves
from quizapp.learning.models import Campaign, CampaignBody, Enrolment
from quizapp.organisation.models import Body
from quizapp.reports import queries
from quizapp.reports.people import people
from quizapp.web.access import Role

BELOW = "thấp nhất đứng đầu"


@pytest.mark.parametrize(
    ("login", "statuses"),
    [
        ("lanhdao", {"co-quan": 200, "chi-bo-1": 200, "chi-bo-2": 200, "tinh": 404, "khong-co": 404}),
        ("quantri", {"tinh": 200, "co-quan": 200, "chi-bo-1": 200, "khong-co": 404}),
        ("hocvien", {"co-quan": 403, "chi-bo-1": 403, "khong-co": 403}),
        ("baocaovien", {"co-quan": 403}),
    ],
)
def test_figures_stop_at_the_edge_of_the_scope(visit, login, statuses):
    me = visit(login)
    for code, status in statuses.items():
        me.get(f"/theo-doi/{code}", status)


def test_the_first_page_is_the_body_one_leads(visit):
    for login, code in (("lanhdao", "co-quan"), ("quantri", "tinh")):
        assert visit(login).get("/theo-doi", 303).location == f"/theo-doi/{code}"
    visit("hocvien").get("/theo-doi", 403)


def test_the_headline_has_its_denominator_and_the_worst_body_stands_first(visit, app, office):
    finish(app, office["hocvien3"])
    learn(app, office["hocvien"], "bai-6")
    page = visit("lanhdao").get("/theo-doi/co-quan")
    assert "16,7 % đã hoàn thành, 1 trên 6 đồng chí" in page.text
    assert "còn thiếu 5 đồng chí so với chỉ tiêu 95%. Chưa đủ số liệu để dự báo." in page.text
    assert "Trong 6 đồng chí: 1 hoàn thành, 1 đang học, 4 chưa bắt đầu. Chỉ tiêu 95%." in page.text
    found = rows(page, BELOW)
    assert list(found)[1:] == [
        "Chi bộ 1 0 trên 2 đồng chí",
        "Chi bộ 2 1 trên 1 đồng chí",
        "Ngay tại Đảng ủy cơ quan Thử Nghiệm 0 trên 3 đồng chí",
    ]
    assert found["Chi bộ 1 0 trên 2 đồng chí"][:3] == [
        "0,0%", "0 đồng chí hoàn thành trong 14 ngày", "chưa đủ số liệu chậm kế hoạch",
    ]  # fmt: skip
    assert found["Chi bộ 2 1 trên 1 đồng chí"][2] == "Đạt chỉ tiêu"
    assert 'href="/theo-doi/chi-bo-1"' in page.html


def test_units_are_counted_by_state(visit, app, office):
    learn(app, office["hocvien"], "bai-6")
    learn(app, office["hocvien2"], "bai-6", passed=False)
    me = visit("lanhdao")
    found = rows(me.get("/theo-doi/chi-bo-1"), "theo bài và trạng thái")
    line = next(cells for title, cells in found.items() if title.startswith("6."))
    assert line == ["1", "1", "0", "0", "50,0%"]
    found = rows(me.get("/theo-doi/co-quan/bai/bai-6"), "theo đơn vị và trạng thái")
    assert found["Chi bộ 1"] == ["2", "1", "1", "0", "0", "50,0%"]
    assert found["Chi bộ 2"] == ["1", "0", "0", "0", "1", "0,0%"]
    assert found["Ngay tại Đảng ủy cơ quan Thử Nghiệm"] == ["3", "0", "0", "0", "3", "0,0%"]
    me.get("/theo-doi/co-quan/bai/bai-99", 404)


def test_the_figures_are_the_same_before_and_after_folding(visit, app, office):
    finish(app, office["hocvien3"])
    me = visit("lanhdao")
    before = rows(me.get("/theo-doi/co-quan"), BELOW)
    with app.app_context():
        assert counts.fold()
        db.session.commit()
    assert rows(me.get("/theo-doi/co-quan"), BELOW) == before


def test_the_breadcrumb_is_the_tree_inside_the_scope(visit):
    page = visit("lanhdao").get("/theo-doi/chi-bo-1")
    assert "Đảng ủy cơ quan Thử Nghiệm › Chi bộ 1" in page.text
    assert "Đảng bộ tỉnh" not in page.text
    assert "Đảng bộ tỉnh Thử Nghiệm › Đảng ủy cơ quan Thử Nghiệm ›" in visit("quantri").get("/theo-doi/chi-bo-1").text


# --- names -----------------------------------------------------------------------------------------------------


def test_names_are_for_the_leader_of_the_very_body_and_for_its_administrator(visit):
    people = ["Lê Thị Bích", "Phạm Văn Đức", "Huỳnh Kim Liên"]  # by given name
    for login in ("lanhdao", "quantri"):
        assert list(rows(visit(login).get("/theo-doi/co-quan/nguoi"), "Họ và tên"))[1:] == people
    page = visit("lanhdao").get("/theo-doi/chi-bo-1")
    assert "Danh Sóc Kha" not in page.html
    assert "Tên từng người do lãnh đạo trực tiếp" in page.text
    assert "/theo-doi/chi-bo-1/nguoi" not in page.html
    page = visit("lanhdao").get("/theo-doi/chi-bo-1/nguoi", 403)
    assert "Danh Sóc Kha" not in page.html
    assert "Ở cấp này chỉ có số liệu tổng hợp" in page.text
    page = visit("quantri").get("/theo-doi/chi-bo-1/nguoi")
    assert list(rows(page, "Họ và tên"))[1:] == ["Danh Sóc Kha", "Nguyễn Thị Hồng Thắm"]


def test_each_person_has_a_state_and_a_due_date(visit, app, office):
    finish(app, office["hocvien"])
    with app.app_context():
        mine = db.session.scalars(db.select(Enrolment).filter_by(person_id=office["hocvien2"])).one()
        mine.due_on = today() - timedelta(days=3)
        db.session.commit()
    me = visit("quantri")
    found = rows(me.get("/theo-doi/chi-bo-1/nguoi"), "Họ và tên")
    assert found["Nguyễn Thị Hồng Thắm"][0].startswith("Hoàn thành")
    assert found["Danh Sóc Kha"][0] == "Chưa bắt đầu Cần chú ý"
    assert found["Danh Sóc Kha"][2].endswith("Quá hạn 3 ngày")
    assert list(found)[1:] == ["Danh Sóc Kha", "Nguyễn Thị Hồng Thắm"]
    page = me.get("/theo-doi/chi-bo-1/nguoi?loc=xong")
    assert list(rows(page, "Họ và tên"))[1:] == ["Nguyễn Thị Hồng Thắm"]
    assert "Chưa xong 1" in page.text
    page = me.get("/theo-doi/chi-bo-1/nguoi?loc=chua&bai=bai-6")
    assert list(rows(page, "Họ và tên"))[1:] == ["Danh Sóc Kha"]
    assert "Những đồng chí chưa đạt Bài 6" in page.text


def test_who_is_at_risk_stands_first_and_the_others_follow_the_vietnamese_order_over_pages(visit, app, office):
    with app.app_context():
        campaign = db.session.get(Campaign, office["campaign"])
        names = [f"Trần Văn {name}" for name in ("An", "Ánh", "Bình", "Đạt", "Dũng", "Ơn", "Yến")]
        made = [(add_person(f"nguoi{n}", name, office["chi-bo-2"]), office["chi-bo-2"]) for n, name in enumerate(names)]
        learning.enrol(campaign, [*made], now())
        db.session.commit()
    for person_id, _ in made:
        learn(app, person_id, "bai-6")
    quiet = made[4][0]
    with app.app_context():
        from quizapp.learning.models import FactRow

        long_ago = db.update(FactRow).where(FactRow.person_id == quiet)
        db.session.execute(long_ago.values(at=now() - timedelta(days=9)))
        db.session.commit()
    me = visit("quantri")
    found = list(rows(me.get("/theo-doi/chi-bo-2/nguoi"), "Họ và tên"))[1:]
    first, others = "Trần Văn Dũng", ["Trần Quốc An", "Trần Văn An", "Trần Văn Ánh", "Trần Văn Bình", "Trần Văn Đạt"]
    assert found == [first, *others, "Trần Văn Ơn", "Trần Văn Yến"]
    with app.test_request_context("/"):
        heading = queries.heading(signed_in("quantri"), "chi-bo-2", None, today())
        seen, after = [], None
        for _ in range(4):
            page = people(heading, today(), None, after, limit=3)
            seen += [row.name for row in page.rows]
            after = page.after
            if after is None:
                break
        assert seen == found


def test_a_look_at_names_is_in_the_log_and_a_look_at_figures_is_not(visit, app, office):
    me = visit("lanhdao")
    for page in ("", "/don-vi", "/noi-dung", "/chep", "/bai/bai-6"):
        me.get(f"/theo-doi/co-quan{page}")
    me.get("/theo-doi/chi-bo-1/nguoi", 403)
    me.get("/theo-doi/co-quan/nguoi")
    me.get("/theo-doi/tinh/nguoi", 404)
    with app.app_context():
        told = db.session.execute(db.select(Audit.act, Audit.actor_id, Audit.detail)).all()
        campaign = db.session.get(Campaign, office["campaign"]).code
        where = "Theo dõi, Đảng ủy cơ quan Thử Nghiệm"
        about = {"body": "co-quan", "campaign": campaign, "list": where, "people": 3}
        assert [tuple(row) for row in told] == [("look_at_names", office["lanhdao"], about)]


def test_who_has_left_the_campaign_is_neither_counted_nor_named(visit, app, office):
    with app.app_context():
        mine = db.session.scalars(db.select(Enrolment).filter_by(person_id=office["hocvien2"])).one()
        moves.leave(mine, now())
        db.session.commit()
    me = visit("quantri")
    assert "0 trên 1 đồng chí" in me.get("/theo-doi/chi-bo-1").text
    assert "Danh Sóc Kha" not in me.get("/theo-doi/chi-bo-1/nguoi").text


# --- campaigns and empty pages ---------------------------------------------------------------------------------


def second_campaign(app, office, body, days=30, since=0):
    with app.app_context():
        course = db.session.scalars(db.select(Course)).one()
        dates = today() - timedelta(days=since), today() + timedelta(days=days)
        made = learning.open_campaign("Đợt hai", course, "day-du", *dates, [office[body]], 80, now())
        learning.enrol(made, [(office["hocvien3"], office["chi-bo-2"])], now())
        db.session.commit()
        return made.code


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        (8, (30, 0), "Đợt học thử nghiệm"),  # both under way: the one due first
        (8, (3, 0), "Đợt hai"),
        (-1, (30, 0), "Đợt hai"),  # the first is over
        (8, (30, -2), "Đợt học thử nghiệm"),  # the second has not begun
        (-1, (30, -2), "Đợt hai"),  # none under way: the newest
        (-9, (-2, 20), "Đợt hai"),
    ],
)
def test_the_campaign_under_way_that_is_due_first_is_shown(visit, app, office, first, second, shown):
    second_campaign(app, office, "co-quan", *second)
    with app.app_context():
        old = db.session.get_one(Campaign, office["campaign"])
        old.due_on, old.from_on = today() + timedelta(days=first), today() - timedelta(days=20)
        while counts.fold():
            pass
        db.session.commit()
    me = visit("lanhdao")
    for page in ("", "/nhac"):
        assert f"{shown} · hạn" in me.get(f"/theo-doi/co-quan{page}").text, page


def test_where_a_body_has_a_later_day_the_campaign_is_still_under_way(visit, app, office):
    second_campaign(app, office, "co-quan")
    with app.app_context():
        db.session.get_one(Campaign, office["campaign"]).due_on = today() - timedelta(days=1)
        later = {"campaign_id": office["campaign"], "body_id": office["chi-bo-1"], "target": False}
        db.session.add(CampaignBody(**later, due_on=today() + timedelta(days=5)))
        while counts.fold():
            pass
        db.session.commit()
    me = visit("lanhdao")
    assert "Đợt học thử nghiệm · hạn" in me.get("/theo-doi/chi-bo-1").text
    assert "Đợt học thử nghiệm · hạn" in me.get("/theo-doi/co-quan").text


def test_another_campaign_may_be_chosen(visit, app, office):
    code = second_campaign(app, office, "co-quan")
    with app.app_context():
        first = db.session.get(Campaign, office["campaign"]).code
    me = visit("lanhdao")
    page = me.get(f"/theo-doi/co-quan?dot={code}")
    assert "Đợt hai · hạn" in page.text
    assert "0 trên 1 đồng chí" in page.text
    page = me.get(f"/theo-doi/co-quan?dot={first}")
    assert "Đợt học thử nghiệm · hạn" in page.text
    assert f"/theo-doi/chi-bo-1?dot={first}" in page.html
    assert f'value="{code}"' in page.html
    me.get("/theo-doi/co-quan?dot=khong-co", 404)


def test_a_campaign_of_another_branch_is_not_offered(visit, app, office):
    second_campaign(app, office, "chi-bo-2")
    page = visit("lanhdao").get("/theo-doi/chi-bo-1")
    assert "Đợt hai" not in page.text
    assert "Đợt hai" in visit("lanhdao").get("/theo-doi/co-quan").text


def test_empty_pages_say_what_comes_next(visit, app, office):
    with app.app_context():
        elsewhere = add_body("khac", "Đảng bộ khác", None)
        below = add_body("khac-1", "Chi bộ khác", elsewhere)
        add_grant(office["lanhdao"], Role.LEADER, elsewhere.id)
        new = add_body("chi-bo-3", "Chi bộ 3", db.session.get(Body, office["co-quan"]))
        db.session.commit()
        assert below.id
        assert new.id
    me = visit("lanhdao")
    page = me.get("/theo-doi/khac")
    assert "Chưa có đợt học nào giao cho đơn vị này." in page.text
    assert "Chi bộ khác" in page.text
    assert "Đơn vị khác của đồng chí: Đảng ủy cơ quan Thử Nghiệm" in page.text
    page = me.get("/theo-doi/chi-bo-3")
    assert "Chưa có ai ở đơn vị này được ghi danh" in page.text
    assert "Đơn vị này không có cấp dưới." in page.text
    assert rows(me.get("/theo-doi/co-quan"), BELOW)["Chi bộ 3 chưa có ai được ghi danh"][2] == "chưa ghi danh"
    for page in ("don-vi", "noi-dung", "nguoi", "chep", "bai/bai-6"):  # without a campaign: back to what is there
        assert me.get(f"/theo-doi/khac/{page}", 303).location == "/theo-doi/khac"


# --- dates and words -------------------------------------------------------------------------------------------


def crowd(app, office, code, size, done, days=10):
    """So many people enrolled in a body since the campaign began, of whom so many are done since yesterday."""
    with app.app_context():
        campaign = db.session.get(Campaign, office["campaign"])
        since = now() - timedelta(days=days)
        made = [(add_person(f"{code}-{n}", f"Trần Văn {n}", office[code]), office[code]) for n in range(size)]
        learning.enrol(campaign, made, since)
        db.session.commit()
    for person_id, _ in made[:done]:
        finish(app, person_id, at=now() - timedelta(days=1))


def test_a_forecast_is_shown_from_twenty_people_on_with_its_word(visit, app, office):
    crowd(app, office, "chi-bo-1", 20, 7)  # one a day for seven days, eight days left, two more stand there
    page = visit("lanhdao").get("/theo-doi/co-quan")
    line = rows(page, BELOW)["Chi bộ 1 7 trên 22 đồng chí"]
    assert line[2] == "68% trễ hạn"
    assert "Giữ nhịp 7 ngày qua, đến hạn" in page.text
    assert "Dự báo ngày" in page.text
    assert "Đôn đốc" in page.text


def test_the_chart_has_a_table_of_its_days(visit, app, office):
    finish(app, office["hocvien3"])
    found = rows(visit("lanhdao").get("/theo-doi/co-quan"), "Hoàn thành theo ngày")
    assert found[f"{today():%d/%m}"][:2] == ["1", "16,7%"]
    last = today() + timedelta(days=8)
    assert found[f"{last:%d/%m} (dự báo)"] == ["–", "–", "95,0%"]


def test_a_body_with_its_own_date_is_judged_by_it(visit, app, office):
    with app.app_context():
        ended = CampaignBody(
            campaign_id=office["campaign"], body_id=office["chi-bo-1"], due_on=today() - timedelta(days=2)
        )
        db.session.add(ended)
        db.session.commit()
    me = visit("lanhdao")
    line = f"Chi bộ 1 0 trên 2 đồng chí hạn {today() - timedelta(days=2):%d/%m}"
    assert rows(me.get("/theo-doi/co-quan"), BELOW)[line][2] == "Quá hạn"
    assert "Đã qua hạn" in me.get("/theo-doi/chi-bo-1").text
    page = me.get("/theo-doi/co-quan?loc=tre")
    assert [name for name in rows(page, BELOW) if name != "Đơn vị"] == [line]
    assert "Trễ hạn 1" in page.text


def test_when_every_body_is_in_time_the_page_says_so(visit, app, office):
    for login in ("hocvien", "hocvien2", "hocvien3"):
        finish(app, office[login])
    me = visit("lanhdao")
    assert "Tất cả đơn vị đều kịp hạn." in me.get("/theo-doi/co-quan").text
    assert "Tất cả đơn vị đều kịp hạn." in me.get("/theo-doi/co-quan/don-vi?loc=tre").text
    assert "Tất cả đơn vị đều kịp hạn." in me.get("/theo-doi/co-quan/chep").text


def test_the_text_for_zalo_has_the_verdict_and_the_late_bodies_and_no_names(visit, app, office):
    page = visit("lanhdao").get("/theo-doi/co-quan/chep")
    assert "<textarea" in page.html
    assert "0 trên 6 đồng chí đã hoàn thành (0,0%). Chậm" in page.text
    assert "Đơn vị cần đôn đốc (2): 1. Chi bộ 1: 0 trên 2 đồng chí (0,0%) 2. Chi bộ 2:" in page.text
    assert "Danh Sóc Kha" not in page.html


def test_a_campaign_for_others_is_not_the_one_that_opens(visit, app, office):
    with app.app_context():
        old = db.session.get_one(Campaign, office["campaign"])
        again = {"title": "Đợt của đoàn thể", "kinds": ["union"], "path": old.path, "course_id": old.course_id}
        other = Campaign(**again, from_on=old.from_on, due_on=old.due_on)
        db.session.add(other)
        db.session.flush()
        db.session.add(CampaignBody(campaign_id=other.id, body_id=office["tinh"]))
        while counts.fold():
            pass
        db.session.commit()
    page = visit("lanhdao").get("/theo-doi/co-quan")
    assert "trên 6 đồng chí" in page.text
    assert "Đợt của đoàn thể" in page.html, "it may be chosen"


def test_a_long_text_for_zalo_says_how_many_bodies_it_leaves_out(visit, app, office, monkeypatch):
    monkeypatch.setattr("quizapp.reports.words.NAMED_AT_MOST", 1)
    text = visit("lanhdao").get("/theo-doi/co-quan/chep").text
    assert "Đơn vị cần đôn đốc (2): 1. Chi bộ 1: 0 trên 2 đồng chí (0,0%) … và 1 đơn vị khác." in text


def test_each_part_of_the_bar_opens_the_list_behind_it(visit, app, office):
    finish(app, office["hocvien3"])
    learn(app, office["hocvien"], "bai-6")
    page = visit("lanhdao").get("/theo-doi/co-quan/don-vi")
    assert "1 trên 6 đồng chí đã hoàn thành (16,7%), 1 đang học, 4 chưa bắt đầu." in page.text
    assert "0 trên 2 đồng chí, 1 đang học, 1 chưa bắt đầu" in page.text
    me = visit("quantri")
    branch = me.get("/theo-doi/chi-bo-1")
    for name, which, n in (("Đang học", "dang", 1), ("Chưa bắt đầu", "moi", 1), ("Hoàn thành", "xong", 0)):
        link = rf'href="/theo-doi/chi-bo-1/nguoi\?loc={which}"[^>]*>(?:(?!</a>).)*{name} <b>{n}</b>'
        assert re.search(link, branch.html)
        listed = me.get(f"/theo-doi/chi-bo-1/nguoi?loc={which}")
        assert listed.html.count('<tr><th scope="row">') == n


def test_a_row_opens_to_the_bodies_below_it(visit, app, office):
    me = visit("quantri")
    assert "Chi bộ 1" not in me.get("/theo-doi/tinh").text
    page = me.get("/theo-doi/tinh?mo=co-quan")
    assert "Chi bộ 1 0 trên 2 đồng chí" in rows(page, BELOW)
    assert 'aria-expanded="true"' in page.html


def test_bodies_are_paged(visit, app, office):
    with app.app_context():
        parent = db.session.get(Body, office["co-quan"])
        for n in range(60):
            add_body(f"them-{n:02}", f"Chi bộ thêm {n:02}", parent)
        db.session.commit()
    me = visit("lanhdao")
    page = me.get("/theo-doi/co-quan")
    assert "Xem 50 đơn vị còn lại" in page.text
    first = me.get("/theo-doi/co-quan/don-vi")
    assert "1–50 trong 62 đơn vị" in first.text
    second = me.get("/theo-doi/co-quan/don-vi?sau=them-47")
    assert "51–62 trong 62 đơn vị" in second.text
    assert not rows(first, BELOW).keys() & (rows(second, BELOW).keys() - {"Đơn vị"})


# --- speed is counted ------------------------------------------------------------------------------------------

PAGES = ("", "?mo=chi-bo-1", "/don-vi", "/noi-dung", "/nguoi", "/chep", "/bai/bai-6")


def test_the_statements_of_a_page_are_few_and_do_not_grow_with_people(visit, app, office, statements):
    me = visit("quantri")
    before = {}
    for grown in (False, True):
        if grown:
            crowd(app, office, "chi-bo-1", 60, 3)
        for fold in (False, True):
            if fold:
                with app.app_context():
                    while counts.fold():
                        db.session.commit()
            for code in ("tinh", "co-quan", "chi-bo-1"):
                for page in PAGES:
                    me.get(f"/theo-doi/{code}{page}")  # revisions are read once a process
                    with statements() as told:
                        me.get(f"/theo-doi/{code}{page}")
                    assert len(told) <= 10, (code, page, told)
                    own = [one for one in told if "user_session" not in one]  # read once in five seconds
                    assert before.setdefault((code, page), len(own)) == len(own), (code, page, told)


def test_a_day_before_the_body_is_said_with_a_way_back_and_stays_unknown_outside_the_scope(visit):
    day = "/theo-doi/co-quan?ngay=1990-01-01"
    assert "Ngày 01/01/1990 trong phạm vi của đồng chí chưa có Đảng ủy cơ quan" in visit("lanhdao").get(day, 409).text
    visit("lanhdao").get("/theo-doi/tinh?ngay=1990-01-01", 404)
