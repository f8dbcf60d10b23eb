"""The sums over answers: once each, whoever fills them and however often; the same as counted again."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from factories import add_person
from office import signed_in
from papers import fill, take

from quizapp.clock import now, today
from quizapp.database import db
from quizapp.learning import actions as learning
from quizapp.learning import moves
from quizapp.learning.models import Campaign, Enrolment
from quizapp.organisation.models import Body
from quizapp.reports import answers, answers_again, provisions, queries, sheets
from quizapp.reports.content import content
from quizapp.reports.models import CountedAttempt, ItemCount, ResultCount


def measures(body_id, unit="bai-6"):
    rows = db.session.execute(db.select(ResultCount).filter_by(body_id=body_id, unit=unit)).scalars()
    return {row.measure: (row.own, row.n) for row in rows if row.n}


def all_right(n, question):
    return True


def half(n, question):
    return n % 2 == 0


def test_an_attempt_counts_once_in_its_body_and_in_all_above(app, office):
    with app.app_context():
        take(office["hocvien"], "bai-6", all_right)
        take(office["hocvien"], "bai-6", half)
        fill()
        fill()
        assert measures(office["chi-bo-1"]) == {
            "people": (1, 1), "passed": (1, 1), "answers": (10, 10), "right": (10, 10), "band:full": (1, 1),
            "attempts": (2, 2), "minutes:8": (2, 2), "mark": (1000, 1000),
        }  # fmt: skip
        assert measures(office["tinh"])["attempts"] == (0, 2)
        assert measures(office["chi-bo-2"]) == {}
        counted = db.session.execute(db.select(ItemCount).filter_by(body_id=office["tinh"], option="+")).scalars()
        assert sum(row.n for row in counted) == 10  # the second attempt is nobody's first
        assert [*answers_again.differences()] == []


def test_what_was_just_handed_in_waits_half_an_hour(app, office):
    with app.app_context():
        take(office["hocvien"], "bai-6", all_right)
        at = now()
        for after, counted in ((0, 0), (29, 0), (31, 1), (32, 1)):
            while answers.step(at + timedelta(minutes=after)):
                db.session.flush()
            assert db.session.scalar(db.select(db.func.count()).select_from(CountedAttempt)) == counted, after


def test_a_body_that_moves_takes_its_sums_along(app, office):
    with app.app_context():
        take(office["hocvien"], "bai-6", all_right)
        fill()
        body, tinh = (db.session.get(Body, office[code]) for code in ("chi-bo-1", "tinh"))
        body.parent_id, body.path = tinh.id, f"{tinh.path}{body.id}/"
        db.session.flush()
        fill()
        assert measures(office["co-quan"]) == {}
        assert measures(office["tinh"])["people"] == (0, 1)
        assert measures(office["chi-bo-1"])["people"] == (1, 1)
        assert [*answers_again.differences()] == []


def test_a_person_who_moves_leaves_behind_what_was_answered_there(app, office):
    with app.app_context():
        take(office["hocvien"], "bai-6", half)
        fill()
        moves.of_person(office["hocvien"], office["chi-bo-2"], today(), now())
        take(office["hocvien"], "bai-6", all_right)
        fill()
        assert measures(office["chi-bo-1"])["people"] == (1, 1)
        assert measures(office["chi-bo-2"]) == {"attempts": (1, 1), "minutes:8": (1, 1)}
        assert [*answers_again.differences()] == []


def test_who_has_left_is_not_counted(app, office):
    with app.app_context():
        mine = db.session.scalars(db.select(Enrolment).filter_by(person_id=office["hocvien"])).one()
        mine.began_on -= timedelta(days=5)  # one leaves at the earliest when one began; two hours ago may be yesterday
        moves.leave(mine, now() - timedelta(days=1))
        take(office["hocvien"], "bai-6", half)
        fill()
        assert measures(office["tinh"]) == {}


@pytest.mark.parametrize("table", [ItemCount, ResultCount])
@pytest.mark.parametrize("column", ["own", "n"])
def test_check_finds_a_sum_that_was_tampered_with(app, office, table, column):
    with app.app_context():
        take(office["hocvien"], "bai-6", half)
        fill()
        db.session.execute(db.update(table).where(table.body_id == office["chi-bo-1"]).values({column: 77}))
        assert any("77" in one for one in answers_again.differences())


def test_any_history_agrees_with_counting_again(app, office):
    rng = random.Random(1248)
    people = ["hocvien", "hocvien2", "hocvien3", "lanhdao"]
    with app.app_context():
        for _ in range(25):
            login = rng.choice(people)
            take(office[login], rng.choice(["bai-6", "bai-8"]), lambda n, q: rng.random() < 0.6, rng.randrange(1, 90))
            if rng.random() < 0.2:
                moves.of_person(office[login], office[rng.choice(["chi-bo-1", "chi-bo-2", "co-quan"])], today(), now())
            if rng.random() < 0.5:
                fill()
        fill()
        assert [*answers_again.differences()] == []


# --- on the page -----------------------------------------------------------------------------------------------


def crowd(app, office, sizes):
    """People who answer unit 6: code -> how many; every other question wrong."""
    with app.app_context():
        campaign = db.session.get(Campaign, office["campaign"])
        for code, size in sizes.items():
            made = [(add_person(f"{code}-{n}", f"Trần Văn {n}", office[code]), office[code]) for n in range(size)]
            learning.enrol(campaign, made, now())
            for person_id, _ in made:
                take(person_id, "bai-6", half)
        fill()
        db.session.commit()


def heat(app, code):
    with app.test_request_context("/"):
        found = content(queries.heading(signed_in("quantri"), code, None, today()))
        return found, {row.place.code: row.shares[0] for row in found.rows}


def test_a_group_under_five_and_the_one_that_would_reveal_it_show_nothing(app, office):
    crowd(app, office, {"chi-bo-1": 4, "chi-bo-2": 6})
    found, shares = heat(app, "co-quan")
    assert shares == {}  # ten less the six would tell of the four
    assert found.whole.shares[0] is not None
    assert heat(app, "chi-bo-1")[0].whole is None
    assert heat(app, "chi-bo-1")[0].questions == ()
    crowd(app, office, {"co-quan": 5})
    assert set(heat(app, "co-quan")[1]) == {"chi-bo-2"}


def test_the_page_names_the_questions_most_often_wrong_with_the_wrong_choice_and_its_provision(visit, app, office):
    crowd(app, office, {"chi-bo-1": 12})
    page = visit("lanhdao").get("/theo-doi/chi-bo-1/noi-dung")
    assert "Số liệu về câu trả lời lúc" in page.text
    assert "Mười câu sai nhiều nhất" in page.text
    found, _ = heat(app, "chi-bo-1")
    assert 1 <= len(found.questions) <= 10
    assert [q.share for q in found.questions] == sorted((q.share for q in found.questions), reverse=True)
    first = found.questions[0]
    assert first.provision in page.text
    assert f"/van-ban/{first.document}#{first.anchor}" in page.html
    assert f"{first.wrong} trên {first.answered} lượt" in page.text
    assert found.bands.whole == 12
    assert found.bands.middle == 12
    assert "Từ 50% đến dưới 80%" in page.text
    assert "Nửa số lượt làm xong trong 8 phút" in page.text


def test_the_sheet_of_questions_has_the_situation_above_the_question(app, office):
    crowd(app, office, {"chi-bo-1": 12})
    found, _ = heat(app, "chi-bo-1")
    first, second = found.questions[:2]
    told = replace(
        found, questions=(replace(first, situation="Anh Tí được tặng quà."), replace(second, situation=None))
    )
    sheet = sheets.questions_sheet(told)
    place = [column.title for column in sheet.columns].index("Câu hỏi")
    assert [row[place] for row in sheet.rows] == [f"Anh Tí được tặng quà.\n{first.prompt}", second.prompt]


def test_a_stopped_question_is_not_held_against_anybody(visit, app, office):
    crowd(app, office, {"chi-bo-1": 12})
    found, _ = heat(app, "chi-bo-1")
    key = found.questions[0].question
    with app.app_context():
        from quizapp.courses.models import StoppedQuestion, Unit

        unit = db.session.scalars(db.select(Unit.id).filter_by(key="bai-6")).one()
        row = {"unit_id": unit, "question": key, "stopped_at": now(), "stopped_by": office["baocaovien"], "why": "Sai"}
        db.session.execute(db.insert(StoppedQuestion).values(row))
        db.session.commit()
    assert key not in [q.question for q in heat(app, "chi-bo-1")[0].questions]


def test_before_there_are_enough_answers_the_page_says_so(visit, office):
    page = visit("lanhdao").get("/theo-doi/co-quan/noi-dung")
    assert "Chưa đủ lượt làm bài để nói bài nào yếu." in page.text
    assert "đang chờ tổng hợp lần đầu" in page.text


def test_provisions_by_body_name_the_least_understood_and_hide_small_groups(visit, app, office):
    crowd(app, office, {"chi-bo-1": 12, "chi-bo-2": 4, "co-quan": 5})
    with app.test_request_context("/"):
        found = provisions.table(queries.heading(signed_in("quantri"), "co-quan", None, today()))
        shares = [head.share for head in found.heads]
        assert shares == sorted(shares)
        assert 1 <= len(shares) <= provisions.SHOWN
        assert {row.place.code for row in found.rows} <= {"chi-bo-1"}  # four people show nothing
        met = db.session.scalars(db.select(ItemCount).filter_by(body_id=office["co-quan"], option="*")).all()
        assert max(head.people for head in found.heads) <= max(row.n for row in met)
    page = visit("lanhdao").get("/theo-doi/co-quan/noi-dung")
    assert "Điều khoản theo đơn vị" in page.text
    assert found.heads[0].label in page.text
    assert "Điều khoản theo đơn vị" not in visit("lanhdao").get("/theo-doi/chi-bo-2/noi-dung").text
