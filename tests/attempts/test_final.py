"""Kiểm tra tổng hợp: when it opens, its clock, what comes late, extra time, and what one will do. On both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from papers import begin, right_fields

from quizapp.attempts import actions, queries
from quizapp.attempts.models import Attempt, LateAnswer, Mark, Response
from quizapp.attempts.tasks import close_attempts
from quizapp.clock import now, today
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import counts
from quizapp.learning.models import Campaign, Confirmation, FactRow, Pledge
from quizapp.organisation.models import Body
from quizapp.web.formats import clock_time

PAGE = "/hoc/cv-1248/bai-11/truoc-khi-lam"
START = "/hoc/cv-1248/bai-11/lam"
LONG_AGO = timedelta(hours=2)


@pytest.fixture
def ends(app, office):
    """The office's campaign has the path that ends with the final; nobody has learnt anything."""
    with app.app_context():
        db.session.get_one(Campaign, office["campaign"]).path = "ca-khoa"
        db.session.commit()


@pytest.fixture
def ready(app, office, ends):
    """The learner "hocvien" has passed all units before the final."""
    with app.app_context():
        course_id = db.session.scalars(sa.select(Course.id)).one()
        for unit in ("bai-6", "bai-8"):
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, "test", None, 1000, 1000, True, True)
            learning.record(office["hocvien"], course_id, [fact], now() - timedelta(days=1))
        db.session.commit()


def give(app, me, attempt, numbers, wrong=False):
    for number in numbers:
        me.post(f"/lam/{attempt}/{number}", right_fields(app, attempt, number, wrong))


def ring(app, attempt, ago):
    """Let the bell have rung so long ago."""
    with app.app_context():
        row = db.session.get_one(Attempt, attempt)
        shift = row.deadline - (now() - ago)
        row.started_at, row.deadline = row.started_at - shift, row.deadline - shift
        db.session.commit()
    queries.forget_cached()


def row_of(app, attempt):
    with app.app_context():
        return db.session.get_one(Attempt, attempt)


def facts(app, person_id):
    with app.app_context():
        mine = sa.select(FactRow).filter_by(person_id=person_id, kind="quiz_taken", subject="bai-11")
        return db.session.scalars(mine.order_by(FactRow.id)).all()


def as_script(me, attempt, number, fields, chosen_at):
    """What the script sends: the answer, and the moment of choosing on the server's clock."""
    told = fields | {"seq": [str(int(chosen_at.timestamp() * 1000))]}
    return me.post(f"/lam/{attempt}/{number}", told, status=204, headers={"X-Luu": "1"})


# --- when it opens ---------------------------------------------------------------------------------------------


def test_the_final_is_shut_until_the_units_of_the_path_are_passed(visit, ends, office):
    me = visit("hocvien")
    assert all("Chưa mở" in me.get(page).text for page in ("/", "/ket-qua"))
    page = me.get(PAGE)
    assert "Còn 2 bài" in page.text
    assert START not in page.html
    page = me.post(START, status=409)
    assert "mở khi các bài trước đã đạt. Còn 2 bài chưa đạt" in page.text


def test_who_was_not_given_the_final_hears_so(visit, office):
    me = visit("hocvien")  # the office's path has no final
    assert "mở khi đơn vị giao khóa học có kiểm tra tổng hợp" in me.get(PAGE).text
    assert "khi đơn vị giao" in me.post(START, status=409).text


def test_of_several_campaigns_the_one_that_lacks_least_opens_the_final(visit, app, office):
    me = visit("hocvien")
    with app.app_context():
        course = db.session.scalars(sa.select(Course)).one()
        days = today(), today() + timedelta(days=60)  # due after the office's, whose path has no final
        later = learning.open_campaign("Đợt sau", course, "ca-khoa", *days, [office["tinh"]], 95, now())
        learning.enrol(later, [(office["hocvien"], office["chi-bo-1"])], now())
        db.session.commit()
    assert "Còn 2 bài" in me.get(PAGE).text
    with app.app_context():
        course_id = db.session.scalars(sa.select(Course.id)).one()
        for unit in ("bai-6", "bai-8"):
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, "test", None, 1000, 1000, True, True)
            learning.record(office["hocvien"], course_id, [fact], now())
        db.session.commit()
    assert "Bắt đầu" in me.get(PAGE).text
    assert begin(me, "bai-11")


def test_the_unit_page_of_the_final_leads_to_its_own(visit, ready):
    assert visit("hocvien").get("/hoc/cv-1248/bai-11", 303).location == PAGE
    assert visit("hocvien").get("/hoc/cv-1248/bai-8/truoc-khi-lam", 404)


def test_who_needs_more_time_reads_whom_to_ask(visit, ready, app, office):
    me = visit("hocvien")
    assert "Báo người quản trị ở đơn vị trước khi bắt đầu" in me.get(PAGE).text
    with app.app_context():
        body = db.session.get_one(Body, office["co-quan"])
        body.helper, body.helper_phone = "Văn phòng", "0200000001"
        db.session.commit()
    assert "Báo Văn phòng, 0200000001 trước khi bắt đầu" in me.get(PAGE).text


def test_the_final_asks_by_its_blueprint_and_says_its_rules_before(visit, ready, app):
    me = visit("hocvien")
    assert "30 câu, 40 phút, cần đúng 24 câu." in me.get(PAGE).text
    attempt = begin(me, "bai-11")
    with app.app_context():
        row = db.session.get_one(Attempt, attempt)
        taught = courses.taught(row.unit_revision_id)
        drawn = [taught.questions[entry["key"]].objective for entry in row.paper["entries"]]
    told = {key: drawn.count(key) for key in dict.fromkeys(drawn)}
    assert told == {"mot-la": 5, "hai-la": 5, "ba-la": 7, "bon-la": 3, "nam-la": 7, "sau-la": 3}
    assert row.deadline == row.started_at + timedelta(minutes=40)


def test_it_opens_again_after_twelve_hours(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    me.post(f"/lam/{attempt}/nop")
    page = me.follow()
    assert "Được 0/30, cần 24" in page.text
    assert "Làm lại được từ" in page.text
    assert "Làm lại được từ" in me.post(START, status=409).text
    with app.app_context():
        db.session.get_one(Attempt, attempt).ended_at = now() - timedelta(hours=12, seconds=1)
        db.session.commit()
    assert begin(me, "bai-11") != attempt


# --- answering -------------------------------------------------------------------------------------------------


def test_answers_change_until_the_end_and_show_no_feedback(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    give(app, me, attempt, [1], wrong=True)
    assert me.page.location == f"/lam/{attempt}/2"
    page = me.get(f"/lam/{attempt}/1")
    assert "Đáp án" not in page.text
    assert "Đã lưu câu trả lời lúc" in page.text
    give(app, me, attempt, range(1, 31))
    assert me.page.location == f"/lam/{attempt}/xem-lai"
    me.post(f"/lam/{attempt}/nop")
    page = me.follow()
    assert page.title.startswith("Đạt 30/30")
    assert "Đồng chí đã hoàn thành khóa học" in page.text
    assert "Một là: quán triệt, rà soát, hoàn thành nhiệm vụ" in page.text


def test_a_question_may_be_left_out_or_marked_to_be_looked_at_again(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    me.post(f"/lam/{attempt}/3", {})
    assert me.page.location == f"/lam/{attempt}/4"
    me.post(f"/lam/{attempt}/5", {"danh-dau": "1"})
    assert me.page.location == f"/lam/{attempt}/5"
    me.post(f"/lam/{attempt}/6", right_fields(app, attempt, 6) | {"danh-dau": ["1"]})
    page = me.get(f"/lam/{attempt}/xem-lai")
    assert page.text.count("Xem lại sau") == 2
    assert "Đã trả lời 1/30 câu" in page.text
    me.post(f"/lam/{attempt}/5", {"danh-dau": "0"})
    assert me.get(f"/lam/{attempt}/xem-lai").text.count("Xem lại sau") == 1


def test_half_an_answer_is_told_and_not_taken_for_none(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    with app.app_context():
        row = db.session.get_one(Attempt, attempt)
        kinds = [courses.taught(row.unit_revision_id).questions[entry["key"]].kind for entry in row.paper["entries"]]
    parts = [n for n, kind in enumerate(kinds, 1) if kind in ("matching", "gaps", "ordering")]
    for number in parts:
        fields = right_fields(app, attempt, number)
        first = next(iter(fields))
        assert "Chưa gửi được" in me.post(f"/lam/{attempt}/{number}", {first: fields[first]}, status=200).text


# --- the bell --------------------------------------------------------------------------------------------------


def test_an_answer_within_the_grace_is_taken_without_a_word(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    ring(app, attempt, timedelta(seconds=50))
    give(app, me, attempt, [1])
    assert me.page.location == f"/lam/{attempt}/2"


def test_after_the_bell_pages_say_so_and_the_button_hands_in_as_of_the_deadline(visit, ready, app, office):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    give(app, me, attempt, range(1, 11))
    ring(app, attempt, LONG_AGO)
    for address in ("", "/1", "/xem-lai", "/ket-qua"):
        assert "Hết giờ" in me.get(f"/lam/{attempt}{address}").text
    assert row_of(app, attempt).state == "open"  # a GET ends nothing
    me.post(f"/lam/{attempt}/nop")
    assert "Được 10/30" in me.follow().text
    row = row_of(app, attempt)
    assert (row.state, row.ended_at) == ("expired", row.deadline)
    assert [fact.at for fact in facts(app, office["hocvien"])] == [row.deadline]


def test_the_work_process_hands_in_what_is_there(visit, ready, app, office):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    give(app, me, attempt, range(1, 31))
    with app.app_context():
        close_attempts()
    assert row_of(app, attempt).state == "open"
    ring(app, attempt, timedelta(minutes=3))
    with app.app_context():
        close_attempts()
        close_attempts()
    assert row_of(app, attempt).state == "expired"
    deadline = row_of(app, attempt).deadline
    assert [(fact.passed, fact.at) for fact in facts(app, office["hocvien"])] == [(True, deadline)]
    assert "Kết quả tạm tính" in me.get(f"/lam/{attempt}/ket-qua").text
    with app.app_context():
        assert db.session.scalars(sa.select(Confirmation)).one().at == deadline
        assert not counts.differences(now())


def test_an_answer_chosen_in_time_and_late_by_the_network_counts(visit, ready, app, office):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    give(app, me, attempt, range(1, 24))  # one short of passing
    ring(app, attempt, timedelta(minutes=5))
    with app.app_context():
        close_attempts()
    chosen_at = now() - timedelta(minutes=6)
    page = as_script(me, attempt, 24, right_fields(app, attempt, 24), chosen_at)
    assert page.response.headers["X-Het-Gio"] == "1"
    page = me.get(f"/lam/{attempt}/ket-qua")
    assert "Đạt 24/30" in page.text
    assert "1 câu gửi muộn do mạng" in page.text
    assert [fact.passed for fact in facts(app, office["hocvien"])] == [False, True]
    with app.app_context():
        marks = db.session.scalars(sa.select(Mark).filter_by(attempt_id=attempt).order_by(Mark.number)).all()
        assert [(mark.earned, mark.why) for mark in marks] == [(2300, "Hết giờ"), (2400, "Gộp câu gửi muộn do mạng")]
        assert not counts.differences(now())


def test_the_same_late_answer_twice_is_merged_once(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    ring(app, attempt, timedelta(minutes=5))
    chosen_at = now() - timedelta(minutes=6)
    for _ in range(2):
        as_script(me, attempt, 1, right_fields(app, attempt, 1), chosen_at)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Mark)) == 2


@pytest.mark.parametrize(
    ("rung", "chosen"),
    [
        (timedelta(minutes=31), timedelta(minutes=40)),  # too long on its way
        (timedelta(minutes=5), timedelta(minutes=4)),  # chosen after the bell
        (timedelta(minutes=5), None),  # a form without script does not say when
    ],
)
def test_what_came_too_late_is_kept_and_shown_and_does_not_count(visit, ready, app, rung, chosen):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    ring(app, attempt, rung)
    if chosen is None:
        me.post(f"/lam/{attempt}/1", right_fields(app, attempt, 1))
        assert me.page.location == f"/lam/{attempt}/ket-qua"
        assert "không tính" in me.follow().text
    else:
        as_script(me, attempt, 1, right_fields(app, attempt, 1), now() - chosen)
    assert "Được 0/30" in me.get(f"/lam/{attempt}/ket-qua").text
    assert "1 câu gửi sau khi hết giờ" in me.get(f"/lam/{attempt}/ket-qua").text
    with app.app_context():
        assert not db.session.scalars(sa.select(Response)).all()
        assert db.session.scalars(sa.select(LateAnswer)).one().attempt_id == attempt
    code = office_code(app, "hocvien")
    assert "Câu gửi sau khi hết giờ" in visit("quantri").get(f"/quan-tri/nguoi-dung/{code}").text


def test_an_answer_after_a_hand_in_by_the_learner_is_refused_as_ever(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    me.post(f"/lam/{attempt}/nop")
    assert "đã nộp" in me.post(f"/lam/{attempt}/1", right_fields(app, attempt, 1), status=409).text


# --- extra time ------------------------------------------------------------------------------------------------


def office_code(app, login):
    with app.app_context():
        return db.session.scalar(sa.text("SELECT code FROM person WHERE login = :login"), {"login": login})


@pytest.mark.parametrize(("choice", "minutes"), [("25", 50), ("50", 60), ("khong-gioi-han", None)])
def test_extra_time_reaches_an_open_attempt_and_the_next(visit, ready, app, choice, minutes):
    me, boss = visit("hocvien"), visit("quantri")
    attempt = begin(me, "bai-11")
    address = f"/quan-tri/nguoi-dung/{office_code(app, 'hocvien')}/them-gio"
    boss.post(address, {"gio": choice, "ly-do": "Giấy đề nghị ngày 20/11/2026"})
    row = row_of(app, attempt)
    assert row.deadline == (row.started_at + timedelta(minutes=minutes) if minutes else None)
    me.get(f"/lam/{attempt}/1")
    with app.app_context():
        db.session.get_one(Attempt, attempt).ended_at = None
        actions.hand_in(queries.own_fixed(row.person_id, attempt), now() - timedelta(hours=13))
        db.session.commit()
    following = row_of(app, begin(me, "bai-11"))
    assert following.deadline == (following.started_at + timedelta(minutes=minutes) if minutes else None)


def test_the_clock_of_a_page_that_knows_nothing_of_extra_time_hands_nothing_in(visit, ready, app):
    me, boss = visit("hocvien"), visit("quantri")
    attempt = begin(me, "bai-11")
    give(app, me, attempt, range(1, 6))
    ring(app, attempt, timedelta(seconds=2))
    boss.post(f"/quan-tri/nguoi-dung/{office_code(app, 'hocvien')}/them-gio", {"gio": "25", "ly-do": "Giấy đề nghị"})
    me.post(f"/lam/{attempt}/nop", {"het-gio": "1"})
    assert me.page.location == f"/lam/{attempt}"
    assert row_of(app, attempt).state == "open"
    assert me.get(f"/lam/{attempt}", 303).location == f"/lam/{attempt}/6"
    ring(app, attempt, timedelta(seconds=2))
    me.post(f"/lam/{attempt}/nop", {"het-gio": "1"})
    page = me.follow().text
    assert "Được 5/30" in page
    row = row_of(app, attempt)
    assert (row.state, row.ended_at) == ("expired", row.deadline)
    assert f"Bài đã được nộp lúc {clock_time(row.deadline)} với 5/30 câu đã trả lời." in page


def test_the_clock_stands_where_the_paper_is_looked_over_too(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    for address in (f"/lam/{attempt}/1", f"/lam/{attempt}/xem-lai"):
        page = me.get(address).html
        assert page.count('role="timer"') == 1
        assert 'data-answered="0/30"' in page
    boss = visit("quantri")
    boss.post(
        f"/quan-tri/nguoi-dung/{office_code(app, 'hocvien')}/them-gio",
        {"gio": "khong-gioi-han", "ly-do": "Giấy đề nghị"},
    )
    for address in (f"/lam/{attempt}/1", f"/lam/{attempt}/xem-lai"):
        assert 'role="timer"' not in me.get(address).html


def test_taking_extra_time_back_never_shortens_an_attempt_under_way(visit, ready, app):
    me, boss = visit("hocvien"), visit("quantri")
    address = f"/quan-tri/nguoi-dung/{office_code(app, 'hocvien')}/them-gio"
    boss.post(address, {"gio": "50", "ly-do": "Giấy đề nghị ngày 20/11/2026"})
    attempt = begin(me, "bai-11")
    boss.post(address, {"gio": "0", "ly-do": "Ghi nhầm người"})
    row = row_of(app, attempt)
    assert row.deadline == row.started_at + timedelta(minutes=60)


# --- what is confirmed -----------------------------------------------------------------------------------------


def test_the_confirmation_has_the_result_of_the_final(visit, ready, app):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    give(app, me, attempt, range(1, 28))
    give(app, me, attempt, range(28, 31), wrong=True)
    me.post(f"/lam/{attempt}/nop")
    with app.app_context():
        mark = db.session.scalars(sa.select(Mark).filter_by(attempt_id=attempt)).one()
        says = db.session.scalars(sa.select(Confirmation)).one().says
    assert (says["earned"], says["possible"]) == (mark.earned, mark.possible)
    assert mark.earned < mark.possible == 3000


# --- what one will do ------------------------------------------------------------------------------------------


def test_the_sentence_that_one_keeps_is_seen_again(visit, ready, app, office):
    me = visit("hocvien")
    attempt = begin(me, "bai-11")
    give(app, me, attempt, range(1, 31))
    me.post(f"/lam/{attempt}/nop")
    assert "Viết một câu" in me.follow().text
    assert "Viết một việc cụ thể" in me.post("/hoc/cv-1248/viec-toi-se-lam", {"viec": "  "}, status=200).text
    me.post("/hoc/cv-1248/viec-toi-se-lam", {"viec": "Trước 15/12, tôi niêm yết lại danh mục giấy tờ."})
    for address in ("/ket-qua", "/", f"/lam/{attempt}/ket-qua", "/hoc/cv-1248/viec-toi-se-lam", "/toi/du-lieu.json"):
        assert "niêm yết lại danh mục" in me.get(address).html
    assert "niêm yết" not in visit("lanhdao").get("/theo-doi/co-quan").text
    with app.app_context():
        assert db.session.scalars(sa.select(Pledge)).one().person_id == office["hocvien"]
    me.get("/hoc/khong-co/viec-toi-se-lam", 404)


# --- cost ------------------------------------------------------------------------------------------------------


def test_the_final_costs_no_more_statements_than_any_other_page(visit, ready, app, statements):
    me = visit("hocvien")
    for address in (PAGE, "/", "/hoc"):
        me.get(address)  # revisions are read once a process
        with statements() as told:
            me.get(address)
        assert len(told) <= 6, (address, told)
    attempt = begin(me, "bai-11")
    give(app, me, attempt, range(1, 30))
    for address in (f"/lam/{attempt}/1", f"/lam/{attempt}/xem-lai", "/"):
        with statements() as told:
            me.get(address)
        assert len(told) <= 6, (address, told)
    fields = right_fields(app, attempt, 30)
    with statements() as told:
        me.post(f"/lam/{attempt}/30", fields)
    assert len(told) <= 3, told
    with statements() as told:
        me.post(f"/lam/{attempt}/nop")
    assert len(told) <= 12, told
    with statements() as told:
        me.get(f"/lam/{attempt}/ket-qua")
    assert len(told) <= 6 + 2, told
