"""One scope: role x body x page x file; the conditions on `Body` and what the pages show are the same decision."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import SINCE, add_body, add_person
from readers import pdf_text, word_text, workbook

from quizapp.accounts import access
from quizapp.accounts.delegation import colleagues
from quizapp.accounts.models import Grant, NameSeen, Post
from quizapp.accounts.queries import signed_in
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.learning import actions as learning
from quizapp.learning.models import Campaign
from quizapp.organisation import actions as organisation
from quizapp.organisation.models import Body
from quizapp.web.access import Role

# What each role, held in "giua", sees of which body: F figures, N names, A administers, R records.
BODIES = ("tren", "giua", "duoi", "canh", "het", "dung-ra")
TABLE = {
    Role.TRAINER: {},
    Role.REVIEWER: {},
    Role.LEADER: {"giua": "FN", "duoi": "F", "het": "F"},
    Role.DELEGATE: {"giua": "FN", "duoi": "F", "het": "F"},
    Role.SECRETARY: {"giua": "R"},
    Role.ADMIN: {"giua": "FNA", "duoi": "FNA", "het": "FNA"},
}
MINE = {"tren": "Trần Thị Trên", "giua": "Giáp Văn Giữa", "duoi": "Đinh Thị Dưới", "canh": "Cao Văn Cạnh"}


@pytest.fixture
def branch(app, office):
    """Above, own, below, beside, one below that has ended, and one that stood below until three days ago."""
    with app.app_context():
        top = add_body("tren", "Đảng ủy Trên", db.session.get(Body, office["tinh"]))
        own = add_body("giua", "Đảng ủy Giữa", top)
        made = {"tren": top, "giua": own, "duoi": add_body("duoi", "Chi bộ Dưới", own)}
        made |= {"canh": add_body("canh", "Chi bộ Cạnh", top), "het": add_body("het", "Chi bộ Hết", own)}
        made["dung-ra"] = add_body("dung-ra", "Chi bộ Đứng Ra", own)
        organisation.close(made["het"], today() - timedelta(days=5), 0, today())
        organisation.move(made["dung-ra"], top, today() - timedelta(days=3), today())
        ids = {code: body.id for code, body in made.items()}
        people = [(add_person(f"nguoi-{code}", name, ids[code]), ids[code]) for code, name in MINE.items()]
        ids["who"] = add_person("ai", "Ai Đang Xem", office["chi-bo-1"])
        learning.enrol(db.session.get_one(Campaign, office["campaign"]), people, now())
        db.session.commit()
    return office | ids


@pytest.fixture
def hold(app, branch):
    """Give "ai" a role in a body."""

    def give(role, code="giua", to_on=None):
        with app.app_context():
            row = {"person_id": branch["who"], "role": role.value, "body_id": branch[code], "from_on": SINCE}
            db.session.execute(sa.insert(Grant).values(**row, to_on=to_on))
            db.session.commit()

    return give


def seen(app, visitor, on=None):
    """Code -> letters of what the conditions let "ai" see."""
    with app.app_context():
        with visitor.client.session_transaction() as session:
            who = signed_in(session["_user_id"], now())
        asked = {"F": access.figures(who, on), "N": access.names(who), "A": access.administered(who)}
        asked["R"] = access.recorded(who)
        found = {}
        for letter, condition in asked.items():
            for code in db.session.scalars(sa.select(Body.code).where(condition, Body.code.in_(BODIES))):
                found[code] = found.get(code, "") + letter
        return found


@pytest.mark.parametrize("role", TABLE)
def test_each_role_sees_of_each_body_just_what_the_table_says(app, visit, branch, hold, role):
    hold(role, to_on=today() + timedelta(days=9) if role is Role.DELEGATE else None)
    me = visit("ai")
    table = TABLE[role]
    assert seen(app, me) == table
    opens = role in (Role.LEADER, Role.DELEGATE, Role.ADMIN)
    for code in BODIES:
        may = table.get(code, "")
        page = me.get(f"/theo-doi/{code}", 200 if "F" in may else 404 if opens else 403)
        assert not [name for name in MINE.values() if name in page.html]
        named = 200 if "N" in may else 403
        page = me.get(f"/theo-doi/{code}/nguoi", named if "F" in may else 404 if opens else 403)
        for other, name in MINE.items():
            assert (name in page.html) is (other == code and "N" in may), (role, code, other)
        page = me.get(f"/theo-doi/{code}/nhac", 200 if "F" in may else 404 if opens else 403)
        for other, name in MINE.items():
            assert (name in page.html) is (other == code and "N" in may), (role, code, other)
        study = 200 if "R" in may else 404 if role is Role.SECRETARY else 403
        page = me.get(f"/theo-doi/{code}/hoc-truc-tiep", study)
        for other, name in MINE.items():
            assert (name in page.html) is (other == code and "R" in may), (role, code, other)
        body_page = me.get(f"/quan-tri/don-vi/{code}", 200 if "A" in may else 404 if role is Role.ADMIN else 403)
        for name in MINE.values():
            assert name not in body_page.html
    people = me.get("/quan-tri/nguoi-dung", 200 if role is Role.ADMIN else 403)
    for code, name in MINE.items():
        assert (name in people.html) is ("A" in table.get(code, "")), (role, code)
    mine = me.get("/toi/du-lieu.json").response.get_data(as_text=True)
    assert not [name for name in MINE.values() if name in mine], "one's own file names nobody else"


BELOW = {"giua": ("giua", "duoi", "het"), "duoi": ("duoi",), "het": ("het",)}


@pytest.mark.parametrize("role", TABLE)
def test_each_role_takes_files_and_reports_of_just_what_the_table_says(visit, branch, hold, role):
    hold(role, to_on=today() + timedelta(days=9) if role is Role.DELEGATE else None)
    me, table = visit("ai"), TABLE[role]
    opens = role in (Role.LEADER, Role.DELEGATE, Role.ADMIN)
    for code in BODIES:
        status = 200 if "F" in table.get(code, "") else 404 if opens else 403
        me.get(f"/theo-doi/{code}/tai", status)
        me.get(f"/bao-cao/moi?don-vi={code}", status)
        for table_, ending, reads in (
            ("tat-ca", "xlsx", str),
            ("danh-sach", "docx", word_text),
            ("bai", "pdf", pdf_text),
        ):
            sent = me.post(
                f"/theo-doi/{code}/tai", {"bieu": table_, "dang": ending}, status=303 if status == 200 else status
            )
            if status != 200:
                continue
            named = {MINE[one] for one in BELOW[code] if one in MINE and "N" in table.get(one, "")}
            if table_ == "danh-sach" and not named:
                assert not [name for name in MINE.values() if name in me.get(sent.location, 404).html]
                continue
            data = me.get(sent.location).response.data
            told = str(workbook(data)) if reads is str else reads(data)
            expected = set() if table_ == "bai" else named
            assert {name for name in MINE.values() if name in told} == expected, (role, code, table_)
    theirs = visit("quantri").post("/theo-doi/tren/tai", {"bieu": "don-vi", "dang": "pdf"}).location
    me.get(theirs, 404 if opens else 403)
    me.get("/bao-cao", 200 if opens else 403)


@pytest.mark.parametrize("role", [Role.LEADER, Role.DELEGATE, Role.ADMIN])
def test_a_report_of_a_past_day_follows_the_tree_of_that_day(app, visit, branch, hold, role):
    hold(role, to_on=today() + timedelta(days=9))
    me = visit("ai")
    for ago, stood_below in ((4, True), (3, False), (0, False)):
        day = today() - timedelta(days=ago)
        assert ("dung-ra" in seen(app, me, day)) is stood_below, ago
        page = me.get(f"/theo-doi/giua?ngay={day.isoformat()}")
        assert ("Chi bộ Đứng Ra" in page.text) is stood_below, ago
        me.get(f"/theo-doi/dung-ra?ngay={day.isoformat()}", 200 if stood_below else 404)
        assert "Giáp Văn Giữa" not in page.text or ago == 0, "no names on a past day"
    for day, status in (("hom-qua", 409), ("2099-01-01", 409)):
        me.get(f"/theo-doi/giua?ngay={day}", status)


def test_a_past_day_has_the_names_of_that_day(app, visit, branch):
    with app.app_context():
        one = db.session.scalars(sa.select(Body).filter_by(code="duoi")).one()
        organisation.rename(one, "Chi bộ Tên Mới", today() - timedelta(days=2), today())
        db.session.commit()
    me = visit("quantri")
    for ago, name, other in ((3, "Chi bộ Dưới", "Tên Mới"), (2, "Tên Mới", "Chi bộ Dưới")):
        page = me.get(f"/theo-doi/duoi?ngay={(today() - timedelta(days=ago)).isoformat()}").text
        assert name in page
        assert other not in page
    before = SINCE - timedelta(days=1)
    me.get(f"/theo-doi/duoi?ngay={before.isoformat()}", 409)  # said in words: the body is theirs today
    assert "đã kết thúc" in me.get("/theo-doi/het").text
    assert "đã kết thúc" not in me.get(f"/theo-doi/het?ngay={(today() - timedelta(days=6)).isoformat()}").text


@pytest.mark.parametrize("role", [Role.LEADER, Role.DELEGATE, Role.SECRETARY, Role.ADMIN])
def test_a_grant_that_has_ended_or_in_a_body_that_has_ended_shows_nothing(app, visit, branch, hold, role):
    hold(role, to_on=today())
    hold(role, "het")
    assert seen(app, visit("ai")) == {}
    visit("ai").get("/theo-doi", 403)


def test_who_was_named_in_a_list_sees_who_looked_and_at_which_list(app, visit, branch, hold):
    hold(Role.LEADER)
    owner = visit("nguoi-giua")
    assert "Chưa có ai mở danh sách" in owner.get("/toi").text
    visit("ai").get("/theo-doi/giua/nguoi")
    visit("ai").get("/theo-doi/duoi/nguoi", 403)
    visit("quantri").get("/quan-tri/nguoi-dung?tim=Giua")
    page = owner.get("/toi").text
    assert "Ai Đang Xem Theo dõi, Đảng ủy Giữa" in page
    assert "Võ Minh Tâm Quản trị, người dùng" in page
    assert "Danh sách có tên tôi" in owner.get("/toi/du-lieu.json").response.get_data(as_text=True)
    assert "Chưa có ai mở danh sách" in visit("nguoi-duoi").get("/toi").text
    with app.app_context():
        assert branch["who"] not in db.session.scalars(sa.select(NameSeen.person_id)).all()


def test_a_leader_delegates_until_a_day_and_takes_it_back(app, visit, branch, hold):
    hold(Role.LEADER)
    leader, other = visit("ai"), visit("nguoi-giua")
    other.get("/uy-quyen", 403)
    assert "Đảng ủy Giữa" in leader.get("/uy-quyen").text
    address = f"/uy-quyen/{branch['giua']}"
    assert "Giáp Văn Giữa" in leader.get(address).text
    person = next(i for i, n in people_of(app, branch["giua"]) if n == "Giáp Văn Giữa")
    until = today() + timedelta(days=5)
    data = {"nguoi": person, "den-ngay": f"{until:%d/%m/%Y}"}
    for day, words in (("2020-01-01", "đã qua"), ((today() + timedelta(days=400)).isoformat(), "một năm")):
        assert words in leader.post(address, data | {"den-ngay": day}, status=409).text
    assert "Chọn một" in leader.post(address, data | {"nguoi": "1"}, status=200).text
    leader.post(address, data)
    assert f"đến hết {until:%d/%m/%Y}" in leader.follow().text
    assert seen(app, visit("nguoi-giua")) == TABLE[Role.DELEGATE]
    again = visit("nguoi-giua")
    again.get("/theo-doi/giua")
    assert "không ủy quyền tiếp" in again.get("/uy-quyen").text
    again.get(address, 404)
    leader.get(f"/uy-quyen/{branch['tren']}", 404)
    leader.post(f"{address}/thoi/{person}")
    visit("nguoi-giua").get("/theo-doi/giua", 403)


def test_who_leads_from_a_branch_below_delegates_to_somebody_of_that_branch(app, visit, branch, hold):
    hold(Role.LEADER)
    address = f"/uy-quyen/{branch['giua']}"
    with app.app_context():
        assert "Người Ở Chi Bộ" not in visit("ai").get(address).text
        below = db.session.get(Body, branch["duoi"])
        add_person("chi-bo", "Người Ở Chi Bộ", below.id)
        db.session.add(Post(person_id=branch["who"], body_id=below.id, from_on=SINCE))
        db.session.commit()
    assert "Người Ở Chi Bộ" in visit("ai").get(address).text


def people_of(app, body_id):
    with app.app_context():
        return colleagues(db.session.get_one(Body, body_id), 0, today())
