"""Học lại: a change of substance asks just those whom it concerns, through an administrator, in a new enrolment."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_body, add_grant, add_person
from papers import answer, begin, take

from quizapp.accounts.models import Audit, Person, Post
from quizapp.attempts.models import Attempt
from quizapp.clock import now, today
from quizapp.courses import drafts, publishing
from quizapp.courses.models import Course, Unit
from quizapp.database import db
from quizapp.domain.attempts import Paper
from quizapp.learning import actions as learning
from quizapp.learning import counts, merging, queries
from quizapp.learning.models import Campaign, Concerned, Confirmation, Enrolment, StudyAgain, UnitStateRow
from quizapp.learning.tasks import follow_people
from quizapp.organisation.models import Body
from quizapp.studio import reviewing
from quizapp.web.access import Role

UNTIL = (today() + timedelta(days=14)).isoformat()
SAID = {"doi": "noi-dung", "hoc-lai": "y", "han-hoc-lai": UNTIL, "ly-do": "Văn bản đã được sửa đổi"}
TITLE = "Học lại bài 8. Quy định 144: năm chuẩn mực đạo đức cách mạng (bản 2)"


@pytest.fixture
def unit(app):
    """Id of bài 8."""
    with app.app_context():
        return db.session.scalars(sa.select(Unit.id).filter_by(key="bai-8")).one()


@pytest.fixture
def passed(app, office):
    """hocvien and hocvien3 have passed bài 8, hocvien2 has failed it; hocvien has done all of the path."""
    with app.app_context():
        take(office["hocvien"], "bai-6", lambda *_: True)
        for login, good in (("hocvien", 10), ("hocvien3", 9), ("hocvien2", 2)):
            take(office[login], "bai-8", lambda n, _, good=good: n < good)
        db.session.commit()


@pytest.fixture
def draft(app, office, unit):
    """A draft of bài 8 waits for its reviewer."""

    def make(why="Viết lại theo văn bản mới."):
        with app.app_context():
            row = drafts.begin(unit, office["baocaovien"], now())
            body = drafts.body_of(row)
            body["head"]["why"] = why
            drafts.changed(row, body, office["baocaovien"], now())
            publishing.send(unit, "", office["baocaovien"], now())
            db.session.commit()

    return make


def sent(app, unit):
    with app.app_context():
        one = reviewing.compared(unit)
        return {"ban": one.seen, "anh-huong": reviewing.impact_digest(reviewing.impact(one))}


def rows(app, statement):
    with app.app_context():
        return db.session.scalars(statement).all()


def states(app, login, campaign):
    """Unit -> state of somebody's enrolment in a campaign; None where there is none."""
    with app.app_context():
        mine = sa.select(Enrolment.id).join(Person, Person.id == Enrolment.person_id)
        one = db.session.scalar(mine.where(Person.login == login, Enrolment.campaign_id == campaign))
        if one is None:
            return None
        found = sa.select(UnitStateRow.unit, UnitStateRow.state).filter_by(enrolment_id=one)
        return dict(db.session.execute(found).all())


def in_agreement(app):
    with app.app_context():
        counts.fold()
        db.session.commit()
        assert counts.differences(now()) == []
        assert counts.differences(now(), today()) == []
        assert counts.states_differ() == []


def tally(app, office, campaign):
    with app.app_context():
        path = db.session.get_one(Body, office["tinh"]).path
        one = queries.tallies(campaign, {office["tinh"]: path}, today())[office["tinh"]]
        return one.people, one.n("bai-8", "passed"), one.n("bai-8", "failed")


def open_by_admin(app, visit):
    admin = visit("quantri")
    address = re.search(r"/quan-tri/hoc-lai/\d+", admin.get("/quan-tri/dot-hoc").response.text)[0]
    form = admin.get(address).response.text
    filled = dict(re.findall(r'<input[^>]*name="(ten|han)"[^>]*value="([^"]*)"', form))
    assert filled == {"ten": TITLE, "han": UNTIL}
    assert "Văn bản đã được sửa đổi</textarea>" in form  # the reason, too: one press is enough
    admin.post(address, filled | {"ly-do": "Văn bản đã được sửa đổi"})
    told = admin.follow().text
    campaign = rows(app, sa.select(Campaign.id).order_by(Campaign.id.desc()))[0]
    return address, told, campaign


def test_just_those_who_had_passed_study_that_unit_again(app, office, visit, unit, passed, draft):
    draft()
    before = tally(app, office, office["campaign"])
    reviewer = visit("nguoiduyet")
    page = reviewer.get(f"/duyet/bai/{unit}").text
    assert "Nếu đổi nội dung: 2 người đã đạt bài này" in page
    assert "Đợt học thử nghiệm: 2 người" in page
    reviewer.post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID)
    assert "Đã đề nghị quản trị mở đợt học lại cho 2 người đã đạt" in reviewer.follow().text
    assert "chờ quản trị mở đợt" in reviewer.get(f"/soan/bai/{unit}/phien-ban/2").text
    assert rows(app, sa.select(Campaign.id)) == [office["campaign"]]  # only an administrator opens one
    assert "1 đề nghị mở đợt học lại" in visit("quantri").get("/quan-tri").text

    address, told, campaign = open_by_admin(app, visit)
    assert "ghi danh 2 người" in told
    assert states(app, "hocvien", campaign) == {"*": "not_started"} or states(app, "hocvien", campaign) == {}
    assert states(app, "hocvien2", campaign) is None
    assert states(app, "hocvien", office["campaign"])["bai-8"] == "passed"
    assert tally(app, office, office["campaign"]) == before
    assert tally(app, office, campaign) == (2, 0, 0)
    with app.app_context():
        follow_people()
        assert len(db.session.scalars(sa.select(Enrolment.id).filter_by(campaign_id=campaign)).all()) == 2
    visit("quantri").get(address, status=404)  # nothing waits any more
    in_agreement(app)

    other = visit("hocvien3").get("/")  # who has not done the path yet goes on with it, and finds the unit beside it
    beside = re.search(rf'<a href="(/\?dot=\d+)"><span><b>{re.escape(TITLE)}</b>', other.html)[1]
    other = visit("hocvien3").get(beside).text
    assert "Bài học lại" in other
    assert "Bài đã đổi nội dung. Đọc lại" in other
    assert "Bài học lại" not in visit("hocvien2").get(beside).text  # another's enrolment shows one's own
    me = visit("hocvien")
    home = me.get("/").text
    assert "Bài học lại" in home
    assert "Chưa có bài" not in home  # the other tasks have nothing to do with it
    attempt = begin(me)
    with app.app_context():
        count = len(Paper.read(db.session.get(Attempt, attempt).paper).keys)
    for number in range(1, count + 1):
        answer(me, attempt, number)
    me.post(f"/lam/{attempt}/nop")
    assert states(app, "hocvien", campaign) == {"bai-8": "passed", "*": "completed"}
    assert len(rows(app, sa.select(Confirmation))) == 1  # of the whole path: one unit is not the course
    assert tally(app, office, office["campaign"]) == before
    told = reviewer.get(f"/soan/bai/{unit}/phien-ban/2").text
    assert "1 trên 2 người học lại xong" in told
    assert "1 trên 2 người học lại xong" in reviewer.get(f"/soan/bai/{unit}/ban-dang-dung").text
    in_agreement(app)


def test_a_paper_of_the_old_revision_does_not_count_as_studying_again(app, office, visit, unit, passed, draft):
    me = visit("hocvien")
    old = begin(me)
    draft()
    visit("nguoiduyet").post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID)
    *_, campaign = open_by_admin(app, visit)
    with app.app_context():
        count = len(Paper.read(db.session.get(Attempt, old).paper).keys)
    for number in range(1, count + 1):
        answer(me, old, number)
    me.post(f"/lam/{old}/nop")
    assert states(app, "hocvien", campaign).get("bai-8") != "passed"
    in_agreement(app)


def test_what_was_done_with_the_new_revision_before_the_campaign_opens_counts(app, office, visit, unit, passed, draft):
    draft()
    visit("nguoiduyet").post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID)
    me = visit("hocvien3")
    attempt = begin(me)
    with app.app_context():
        count = len(Paper.read(db.session.get(Attempt, attempt).paper).keys)
    for number in range(1, count + 1):
        answer(me, attempt, number)
    me.post(f"/lam/{attempt}/nop")
    *_, campaign = open_by_admin(app, visit)
    assert states(app, "hocvien3", campaign) == {"bai-8": "passed", "*": "completed"}
    in_agreement(app)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"doi": "chu"}, "Chỉ sửa chữ thì không ai phải học lại"),
        ({"han-hoc-lai": ""}, "Chọn hạn học lại, muộn hơn hôm nay"),
        ({"han-hoc-lai": today().isoformat()}, "Chọn hạn học lại, muộn hơn hôm nay"),
        ({"han-hoc-lai": "mai"}, "Chọn hạn học lại, muộn hơn hôm nay"),
    ],
)
def test_who_asks_says_until_when_and_only_for_substance(app, office, visit, unit, passed, draft, said, told):
    draft()
    page = visit("nguoiduyet").post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID | said, status=200)
    assert told in page.text
    assert rows(app, sa.select(StudyAgain)) == []


def test_without_asking_nobody_has_anything_to_do(app, office, visit, unit, passed, draft):
    draft()
    visit("nguoiduyet").post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID | {"hoc-lai": ""})
    draft("Lần nữa, chỉ sửa chữ.")
    said = SAID | {"doi": "chu", "hoc-lai": "", "han-hoc-lai": "vớ vẩn"}
    visit("nguoiduyet").post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | said)
    assert rows(app, sa.select(StudyAgain)) == []
    assert "Đề nghị mở đợt học lại" not in visit("quantri").get("/quan-tri/dot-hoc").text


def test_nobody_is_asked_where_nobody_has_passed(app, office, visit, unit, draft):
    draft()
    assert "Chưa ai đạt bài này" in visit("nguoiduyet").get(f"/duyet/bai/{unit}").text


def test_an_administrator_may_decline_and_the_reviewer_reads_why(app, office, visit, unit, passed, draft):
    draft()
    reviewer, admin = visit("nguoiduyet"), visit("quantri")
    reviewer.post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID)
    address = re.search(r"/quan-tri/hoc-lai/\d+", admin.get("/quan-tri/dot-hoc").response.text)[0]
    admin.get(f"{address}/khong-mo")
    admin.post(f"{address}/khong-mo", {"ly-do": ""}, status=200)
    admin.post(f"{address}/khong-mo", {"ly-do": "Đợt mới sắp mở cho mọi người"})
    told = reviewer.get(f"/soan/bai/{unit}/phien-ban/2").text
    assert "không mở đợt học lại. Đợt mới sắp mở cho mọi người" in told
    admin.get(address, status=404)
    assert "decline_again" in [line.act for line in rows(app, sa.select(Audit))]


def test_the_proposal_of_a_later_revision_takes_the_place_of_one_that_waits(app, office, visit, unit, passed, draft):
    reviewer, admin = visit("nguoiduyet"), visit("quantri")
    for why in ("Sửa lần một.", "Sửa lần hai."):
        draft(why)
        reviewer.post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID)
    page = admin.get("/quan-tri/dot-hoc").text
    assert "(bản 3)" in page
    assert "(bản 2)" not in page
    assert "Thay bằng đề nghị của bản 3" in reviewer.get(f"/soan/bai/{unit}/phien-ban/2").text


def test_each_administrator_opens_for_his_own_people(app, office, visit, unit, passed, draft):
    with app.app_context():
        add_grant(add_person("quantri2", "Đỗ Thị Quản", office["chi-bo-2"]), Role.ADMIN, office["chi-bo-2"])
        root = add_body("tinh-khac", "Đảng bộ tỉnh Khác", None)
        add_grant(add_person("quantri3", "Ngô Văn Khác", root.id), Role.ADMIN, root.id)
        db.session.commit()
    draft()
    visit("nguoiduyet").post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID)
    assert "Đề nghị mở" not in visit("quantri3").get("/quan-tri/dot-hoc").text
    own = visit("quantri2")
    assert "1 người đã đạt bản trước" in own.get("/quan-tri/dot-hoc").text
    address = re.search(r"/quan-tri/hoc-lai/\d+", own.page.response.text)[0]
    own.post(address, {"ten": "Học lại ở chi bộ 2", "han": UNTIL, "ly-do": "Theo đề nghị"})
    assert "ghi danh 1 người" in own.follow().text
    rest = visit("quantri").get("/quan-tri/dot-hoc").text
    assert "1 người đã đạt bản trước" in rest
    in_agreement(app)


def test_the_proposal_follows_a_merged_account_and_a_retired_unit(app, office, visit, unit, passed, draft):
    draft()
    reviewer = visit("nguoiduyet")
    reviewer.post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID)
    with app.app_context():
        merging.merge(office["hocvien2"], office["hocvien3"], now())
        merging.merge(office["hocvien"], office["hocvien2"], now())
        db.session.execute(sa.delete(Post).where(Post.person_id.in_((office["hocvien2"], office["hocvien3"]))))
        db.session.commit()
    assert rows(app, sa.select(Concerned.person_id)) == [office["hocvien"]]
    reviewer.post(f"/duyet/bai/{unit}/ngung", {"ly-do": "Bài khác thay thế"})
    *_, campaign = open_by_admin(app, visit)
    visit("quantri").get("/quan-tri/dot-hoc")
    leader = visit("lanhdao")
    leader.get(leader.get("/theo-doi", status=303).location)
    code = rows(app, sa.select(Campaign.code).filter_by(id=campaign))[0]
    leader.get(f"/theo-doi/co-quan?dot={code}")
    assert "Bài học lại" in visit("hocvien").get("/").text
    assert TITLE in visit("hocvien").get("/hoc").text
    in_agreement(app)


def test_leaders_see_the_course_before_a_unit_studied_again(app, office, visit, unit, passed, draft):
    draft()
    visit("nguoiduyet").post(f"/duyet/bai/{unit}/phat-hanh", sent(app, unit) | SAID)
    open_by_admin(app, visit)
    leader = visit("lanhdao")
    address = leader.get("/theo-doi", status=303).location
    page = leader.get(address)
    assert "Đợt học thử nghiệm" in page.text
    code = rows(app, sa.select(Campaign.code).order_by(Campaign.id.desc()))[0]
    assert TITLE in leader.get(f"{address}?dot={code}").text


def test_the_page_asks_no_more_statements_with_more_people(app, office, visit, unit, passed, draft, statements):
    draft()
    reviewer = visit("nguoiduyet")
    reviewer.get(f"/duyet/bai/{unit}")
    with statements() as few:
        reviewer.get(f"/duyet/bai/{unit}")
    with app.app_context():
        course = db.session.scalars(sa.select(Course.id)).one()
        campaign = db.session.get_one(Campaign, office["campaign"])
        for n in range(12):
            person = add_person(f"nguoi-{n}", f"Trần Văn {n}", office["chi-bo-1"])
            learning.enrol(campaign, [(person, office["chi-bo-1"])], now())
            take(person, "bai-8", lambda *_: True)
        assert course
        db.session.commit()
    reviewer.get(f"/duyet/bai/{unit}")
    with statements() as many:
        page = reviewer.get(f"/duyet/bai/{unit}").text
    assert "14 người đã đạt bài này" in page
    assert len(many) == len(few)
