"""Đợt học: whom it is for, who comes and goes by itself, cycles, extensions."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import SINCE, add_body, add_person

from quizapp.accounts.models import Person, Post
from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import counts, membership
from quizapp.learning.models import Campaign, CampaignBody, Enrolment, FactRow, UnitStateRow
from quizapp.learning.tasks import follow_people
from quizapp.organisation.models import Body

WHY = {"ly-do": "Kế hoạch số 12 ngày 20/11/2026"}
UNITS = ("bai-0", "bai-6", "bai-8")


@pytest.fixture
def rows(app):
    """``rows(statement)``: what the database holds now."""

    def read(statement):
        with app.app_context():
            return db.session.scalars(statement).all()

    return read


def new_campaign(rows, **changed):
    course = rows(sa.select(Campaign.course_id))[0]
    days = {"tu-ngay": today().isoformat(), "han": (today() + timedelta(days=20)).isoformat()}
    told = {"ten": "Đợt hai", "lo-trinh": f"{course}/day-du", "chi-tieu": "90", "dong-y": "1"}
    return told | days | WHY | changed


def agree(app):
    with app.app_context():
        assert counts.differences(now()) == []
        assert counts.differences(now(), today()) == []
        assert counts.states_differ() == []


def enrolled(rows, title="Đợt hai"):
    mine = sa.select(Person.login).join(Enrolment, Enrolment.person_id == Person.id).join(Campaign)
    return set(rows(mine.where(Campaign.title == title, Enrolment.left_on.is_(None))))


def learn(app, login, units=UNITS, ago=0):
    with app.app_context():
        course = db.session.scalars(sa.select(Course.id)).one()
        person = db.session.scalars(sa.select(Person.id).filter_by(login=login)).one()
        at = now() - timedelta(days=ago)
        facts = [
            learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"t:{unit}:{ago}", None, 900, 1000, True, True)
            for unit in units
        ]
        learning.record(person, course, facts, at)
        db.session.commit()


@pytest.fixture
def union(app, office):
    """A body of another kind, with one person."""
    with app.app_context():
        body = add_body("doan", "Đoàn cơ quan", db.session.get(Body, office["co-quan"]), "union")
        add_person("doanvien", "Lý Thị Đoàn", body.id)
        db.session.commit()
        return body.id


@pytest.mark.parametrize(
    ("chosen", "people"),
    [
        ({"khoi": "union"}, {"doanvien"}),
        ({"khoi": ["union", "party"], "don-vi": "chi-bo-1"}, {"hocvien", "hocvien2"}),
        ({"khoi": "union", "don-vi": "co-quan"}, {"doanvien"}),
        ({"don-vi": "chi-bo-2"}, {"hocvien3"}),
    ],
)
def test_a_campaign_is_for_bodies_or_for_a_kind_of_body(app, visit, office, union, rows, chosen, people):
    chosen = {key: office.get(value, value) if key == "don-vi" else value for key, value in chosen.items()}
    visitor = visit("quantri")
    visitor.post("/quan-tri/mo-dot-hoc", new_campaign(rows) | chosen)
    visitor.follow()
    assert enrolled(rows) == people
    with app.app_context():
        follow_people()
    assert enrolled(rows) == people, "nobody else comes in by itself"
    agree(app)


def test_newcomers_come_in_by_themselves_and_leavers_are_kept_apart(app, visit, office, rows):
    visitor = visit("quantri")
    visitor.post("/quan-tri/mo-dot-hoc", new_campaign(rows, **{"don-vi": office["chi-bo-1"]}))
    learn(app, "hocvien", ["bai-6"])
    with app.app_context():
        add_person("moi", "Vũ Thị Mới", office["chi-bo-1"])
        moved = sa.update(Post).where(Post.person_id == office["hocvien"])
        db.session.execute(moved.values(to_on=today()))
        db.session.add(Post(person_id=office["hocvien"], body_id=office["chi-bo-2"], from_on=today()))
        db.session.commit()
        for _ in range(2):
            follow_people()
    assert enrolled(rows) == {"moi", "hocvien2"}
    of_both = sa.select(Enrolment.body_id).where(Enrolment.person_id == office["hocvien"]).order_by(Enrolment.id)
    assert rows(of_both) == [office["chi-bo-2"], office["chi-bo-1"]], (
        "the whole office's campaign follows to the new body"
    )
    agree(app)
    code = rows(sa.select(Campaign.code).filter_by(title="Đợt hai"))[0]
    page = visitor.get(f"/quan-tri/dot-hoc/{code}")
    gone = page.html[page.html.index('id="da-roi"') :]
    assert "Nguyễn Thị Hồng Thắm" in gone
    assert "Danh Sóc Kha" not in gone
    learn(app, "hocvien", ["bai-8"])
    with app.app_context():  # and back again
        db.session.execute(sa.delete(Post).where(Post.person_id == office["hocvien"]))
        db.session.add(Post(person_id=office["hocvien"], body_id=office["chi-bo-1"], from_on=today()))
        db.session.commit()
        follow_people()
    assert enrolled(rows) == {"moi", "hocvien2", "hocvien"}
    states = sa.select(UnitStateRow.unit).join(Enrolment).join(Campaign).where(Campaign.title == "Đợt hai")
    passed = states.where(Enrolment.person_id == office["hocvien"], UnitStateRow.state == "passed")
    assert set(rows(passed)) == {"bai-6", "bai-8"}, "what was learnt while away counts"
    agree(app)


def dues(rows, logins):
    """Days from today until each one's due date, and whether the body has been given longer."""
    mine = sa.select(Enrolment).join(Campaign).join(Person, Person.id == Enrolment.person_id)
    found = [rows(mine.where(Campaign.title == "Đợt hai", Person.login == login))[0] for login in logins]
    return [((one.due_on - today()).days, one.extended) for one in found]


@pytest.mark.parametrize(("days", "newcomers"), [("15", 15), ("1", 2), ("", 2)])
def test_whoever_comes_in_later_has_days_enough(app, visit, office, rows, days, newcomers):
    visitor = visit("quantri")
    visitor.post("/quan-tri/mo-dot-hoc", new_campaign(rows, **{"don-vi": office["chi-bo-1"], "vao-sau": days}))
    assert dues(rows, ["hocvien"]) == [(20, False)], "whoever is there at the beginning has the common date"
    with app.app_context():  # six days later, two before the end
        this = sa.select(Campaign.id).filter_by(title="Đợt hai").scalar_subquery()
        began = today() - timedelta(days=6)
        db.session.execute(sa.update(Enrolment).where(Enrolment.campaign_id == this).values(began_on=began))
        values = {"from_on": began, "due_on": today() + timedelta(days=2)}
        db.session.execute(sa.update(Campaign).filter_by(title="Đợt hai").values(values))
        add_person("moi", "Vũ Thị Mới", office["chi-bo-1"])
        db.session.commit()
        follow_people()
    assert dues(rows, ["moi"]) == [(newcomers, False)]
    code = rows(sa.select(Campaign.code).filter_by(title="Đợt hai"))[0]
    assert ("Người vào sau" in visitor.get(f"/quan-tri/dot-hoc/{code}").text) == bool(days)
    longer = {"don-vi": office["chi-bo-1"], "han": (today() + timedelta(days=10)).isoformat()} | WHY
    visitor.post(f"/quan-tri/dot-hoc/{code}/gia-han", longer)
    assert dues(rows, ["hocvien", "moi"]) == [(10, True), (15, False) if newcomers == 15 else (10, True)]
    agree(app)


def test_nobody_comes_into_a_campaign_that_is_over(app, office, rows):
    with app.app_context():
        db.session.execute(sa.update(Campaign).values(due_on=today() - timedelta(days=1)))
        add_person("moi", "Vũ Thị Mới", office["chi-bo-1"])
        db.session.commit()
        follow_people()
    assert "moi" not in enrolled(rows, "Đợt học thử nghiệm")


def test_a_later_due_date_is_no_target(app, visit, office, rows):
    code = rows(sa.select(Campaign.code))[0]
    until = {"don-vi": office["chi-bo-1"], "han": (today() + timedelta(days=40)).isoformat()} | WHY
    visit("quantri").post(f"/quan-tri/dot-hoc/{code}/gia-han", until)
    assert rows(sa.select(CampaignBody.target).order_by(CampaignBody.body_id)) == [True, False]


@pytest.mark.parametrize(
    ("due", "until", "words"), [(8, -3, "Chọn ngày muộn hơn"), (-10, -3, "sau hôm nay"), (-10, 0, "sau hôm nay")]
)
def test_an_extension_before_today_is_refused(app, visit, office, rows, due, until, words):
    with app.app_context():
        db.session.execute(sa.update(Campaign).values(due_on=today() + timedelta(days=due)))
        db.session.commit()
    code = rows(sa.select(Campaign.code))[0]
    data = {"don-vi": office["chi-bo-1"], "han": (today() + timedelta(days=until)).isoformat()} | WHY
    assert words in visit("quantri").post(f"/quan-tri/dot-hoc/{code}/gia-han", data, status=409).text
    assert len(rows(sa.select(CampaignBody))) == 1


# --- cycles ----------------------------------------------------------------------------------------------------


@pytest.fixture
def first(app, visit, office, rows):
    """A cycle of twelve months with a window of thirty days; its code."""
    cycle = {"gia-tri": "12", "hoc-lai": "30", "ghi-nhan": "20", "don-vi": office["co-quan"]}
    visit("quantri").post("/quan-tri/mo-dot-hoc", new_campaign(rows, **cycle))
    return rows(sa.select(Campaign.code).filter_by(title="Đợt hai"))[0]


def test_the_simulator_says_the_next_due_date_and_the_window(visit, first):
    page = visit("quantri").get(f"/quan-tri/dot-hoc/{first}?xong=2026-11-22").text
    assert "có giá trị đến hết 22/11/2027 : đó là hạn tới" in page
    assert "Được học lại từ ngày 23/10/2027" in page
    assert "hạn sau nữa là 22/11/2028" in page
    for bad in ("hôm nay", "9999-01-01", "2026-13-01"):
        assert "Nhập ngày dạng" in visit("quantri").get(f"/quan-tri/dot-hoc/{first}", query_string={"xong": bad}).text


def test_what_was_passed_lately_is_credited_as_a_fact_and_what_is_older_is_not(app, visit, office, rows):
    learn(app, "hocvien", ["bai-6"], ago=10)
    learn(app, "hocvien", ["bai-8"], ago=30)
    cycle = {"gia-tri": "12", "ghi-nhan": "20", "don-vi": office["chi-bo-1"]}
    visit("quantri").post("/quan-tri/mo-dot-hoc", new_campaign(rows, **cycle))
    (fact,) = rows(sa.select(FactRow).filter_by(kind="credited"))
    assert (fact.subject, fact.person_id, fact.body_then_id) == ("bai-6", office["hocvien"], office["chi-bo-1"])
    assert fact.note.startswith("t:bai-6:10, ")
    states = sa.select(UnitStateRow).join(Enrolment).join(Campaign).where(UnitStateRow.state == "passed")
    mine = states.where(Enrolment.person_id == office["hocvien"])
    assert [row.unit for row in rows(mine.where(Campaign.title == "Đợt hai"))] == ["bai-6"]
    assert {row.unit for row in rows(mine.where(Campaign.title != "Đợt hai"))} == {"bai-6", "bai-8"}
    agree(app)


def test_the_next_cycle_is_a_new_enrolment_that_opens_with_the_window(app, visit, office, first, rows):
    learn(app, "hocvien")
    visitor = visit("quantri")
    page = visitor.get(f"/quan-tri/mo-dot-hoc?tiep={first}")
    assert re.search(r'name="gia-tri"[^>]*value="12"', page.html)
    cycle = {"gia-tri": "12", "hoc-lai": "30", "ghi-nhan": "20", "don-vi": office["co-quan"], "ten": "Chu kỳ hai"}
    visitor.post(f"/quan-tri/mo-dot-hoc?tiep={first}", new_campaign(rows, **cycle))
    assert "hocvien" not in enrolled(rows, "Chu kỳ hai"), "completed today: not yet"
    assert "hocvien2" in enrolled(rows, "Chu kỳ hai"), "never completed the one before"
    done = now() - timedelta(days=340)
    with app.app_context():
        whole = sa.update(UnitStateRow).where(UnitStateRow.unit == "*", UnitStateRow.completed_at.is_not(None))
        db.session.execute(whole.values(completed_at=done))
        db.session.execute(sa.update(FactRow).values(at=done))
        db.session.commit()
        follow_people()
    assert "hocvien" in enrolled(rows, "Chu kỳ hai")
    mine = sa.select(Enrolment).join(Campaign).where(Enrolment.person_id == office["hocvien"])
    (own,) = rows(mine.where(Campaign.title == "Chu kỳ hai"))
    assert today() < own.due_on <= today() + timedelta(days=30), "the last day of what was earned"
    with app.app_context():
        states = db.session.scalars(sa.select(UnitStateRow.state).filter_by(enrolment_id=own.id, unit="*")).all()
    assert states in ([], ["not_started"]), "one studies anew; the first cycle keeps its completion"
    assert own.due_on > SINCE


def test_the_next_cycle_counts_nothing_of_the_one_before_unless_it_says_so(app, visit, office, first, rows):
    learn(app, "hocvien")
    with app.app_context():
        done = now() - timedelta(days=340)
        whole = sa.update(UnitStateRow).where(UnitStateRow.unit == "*", UnitStateRow.completed_at.is_not(None))
        db.session.execute(whole.values(completed_at=done))
        db.session.execute(sa.update(FactRow).values(at=done))
        db.session.commit()
    visitor = visit("quantri")
    cycle = {"gia-tri": "12", "ghi-nhan": "", "don-vi": office["co-quan"], "ten": "Chu kỳ hai"}
    visitor.post(f"/quan-tri/mo-dot-hoc?tiep={first}", new_campaign(rows, **cycle))
    mine = sa.select(UnitStateRow.unit).join(Enrolment).join(Campaign).where(Enrolment.person_id == office["hocvien"])
    assert rows(mine.where(Campaign.title == "Chu kỳ hai", UnitStateRow.state.in_(("passed", "completed")))) == []
    code = rows(sa.select(Campaign.code).filter_by(title="Chu kỳ hai"))[0]
    assert "chỉ bài đạt từ khi vào đợt" in visitor.get(f"/quan-tri/dot-hoc/{code}").text


def test_whoever_waits_for_the_window_does_not_stand_before_who_may_come_in(
    app, visit, office, first, rows, monkeypatch
):
    learn(app, "hocvien")
    monkeypatch.setattr(membership, "AT_ONCE", 1)
    cycle = {"gia-tri": "12", "don-vi": office["co-quan"], "ten": "Chu kỳ hai"}
    visit("quantri").post(f"/quan-tri/mo-dot-hoc?tiep={first}", new_campaign(rows, **cycle))
    people = len(enrolled(rows))
    with app.app_context():
        for _ in range(people):
            follow_people()
    assert enrolled(rows, "Chu kỳ hai") == enrolled(rows) - {"hocvien"}


def test_whose_completion_has_lapsed_has_until_the_day_of_the_campaign(app, visit, office, first, rows):
    learn(app, "hocvien")
    with app.app_context():
        whole = sa.update(UnitStateRow).where(UnitStateRow.unit == "*", UnitStateRow.completed_at.is_not(None))
        db.session.execute(whole.values(completed_at=now() - timedelta(days=600)))
        db.session.commit()
    cycle = {"gia-tri": "12", "don-vi": office["co-quan"], "ten": "Chu kỳ hai"}
    visit("quantri").post(f"/quan-tri/mo-dot-hoc?tiep={first}", new_campaign(rows, **cycle))
    mine = sa.select(Enrolment.due_on).join(Campaign).where(Enrolment.person_id == office["hocvien"])
    assert rows(mine.where(Campaign.title == "Chu kỳ hai")) == [today() + timedelta(days=20)]


# --- two campaigns at once -------------------------------------------------------------------------------------


def unsaid(rows, **changed):
    return {key: value for key, value in new_campaign(rows, **changed).items() if key != "dong-y"}


def table(page):
    return re.findall(r'<th scope="row">(.*?)</th>.*?ả hai đợt">([^<]*)</td>', page.html)


def test_people_who_are_in_another_campaign_meanwhile_are_said_before_it_is_opened(app, visit, office, rows):
    visitor = visit("quantri")
    data = unsaid(rows, **{"don-vi": office["chi-bo-1"]})
    page = visitor.post("/quan-tri/mo-dot-hoc", data, status=200)
    assert table(page) == [("Đợt học thử nghiệm", "2")]
    (old,) = rows(sa.select(Campaign.due_on))
    assert f"trong các đợt này là “Đợt học thử nghiệm”, hạn {old:%d/%m/%Y}" in page.text
    assert len(rows(sa.select(Campaign))) == 1, "nothing is opened yet"
    assert visitor.post("/quan-tri/mo-dot-hoc", data | {"sua": "1"}, status=200).html.count('value="Đợt hai"') == 1
    visitor.post("/quan-tri/mo-dot-hoc", data | {"dong-y": "1"})
    assert enrolled(rows) == {"hocvien", "hocvien2"}
    agree(app)


def test_the_next_cycle_says_who_has_not_finished_the_one_that_runs(app, visit, office, first, rows):
    learn(app, "hocvien")
    cycle = {"gia-tri": "12", "hoc-lai": "30", "don-vi": office["co-quan"], "ten": "Chu kỳ hai"}
    soon = (today() + timedelta(days=3)).isoformat()
    page = visit("quantri").post(f"/quan-tri/mo-dot-hoc?tiep={first}", unsaid(rows, **cycle, han=soon), status=200)
    both = str(len(enrolled(rows)) - 1)  # who completed it waits for the window
    assert table(page) == [("Đợt học thử nghiệm", both), ("Đợt hai", both)]
    assert "trong các đợt này là “Chu kỳ hai”" in page.text, "it would be due first"


@pytest.mark.parametrize(
    "beside", ["over", "left", "other course", "begins later", "other people", "it begins after the other is over"]
)
def test_a_campaign_that_is_no_overlap_is_opened_at_once(app, visit, office, rows, beside):
    data = unsaid(rows, **{"don-vi": office["chi-bo-1"]})
    with app.app_context():
        old = db.session.get_one(Campaign, office["campaign"])
        match beside:
            case "over":
                old.due_on = today() - timedelta(days=1)
            case "left":
                db.session.execute(sa.update(Enrolment).values(left_on=today()))
            case "other course":
                other = Course(key="khac")
                db.session.add(other)
                db.session.flush()
                old.course_id = other.id
            case "begins later":
                old.from_on, old.due_on = today() + timedelta(days=21), today() + timedelta(days=60)
            case "other people":
                moved = sa.update(Post).where(Post.body_id == office["chi-bo-1"])
                db.session.execute(moved.values(to_on=today()))
            case _:
                data["tu-ngay"] = (old.due_on + timedelta(days=1)).isoformat()
        db.session.commit()
    if beside == "other course":
        data["lo-trinh"] = f"{rows(sa.select(Course.id).where(Course.key != 'khac'))[0]}/day-du"
    visit("quantri").post("/quan-tri/mo-dot-hoc", data)
    assert rows(sa.select(Campaign.title).order_by(Campaign.id))[1:] == ["Đợt hai"]
