"""The system stops a question that surely those who know more answer worse: once, with its reason, never the last one."""

import pytest
from test_fill import newest, same_paper, take

from quizapp.accounts.models import Audit
from quizapp.analysis.models import ItemAnalysis
from quizapp.attempts.models import Mark
from quizapp.clock import now
from quizapp.courses import actions as course_actions
from quizapp.courses.models import StoppedQuestion
from quizapp.database import db
from quizapp.studio import actions as studio
from quizapp.studio.tasks import suspend_broken


def condemn(taught, key, attempts=400, index=-40.0):
    """Figures as after so many tries."""
    row = ItemAnalysis(unit_revision_id=taught.revision_id, question=key, attempts=attempts, blank=0, choices=[])
    row.facility, row.discrimination = 0.5, index
    db.session.add(row)
    db.session.commit()
    return row


def stopped():
    return {(one.question, one.stopped_by) for one in db.session.scalars(db.select(StoppedQuestion))}


def test_the_system_stops_a_condemned_question_once_with_its_reason_in_the_log(app, office, visit):
    with app.app_context():
        taught = newest("bai-8")
        key = next(iter(taught.questions))
        row = condemn(taught, key)
        suspend_broken()
        suspend_broken()
        assert stopped() == {(key, None)}
        (act,) = db.session.execute(db.select(Audit.act, Audit.actor_id, Audit.reason, Audit.detail)).all()
        assert act[:2] == ("suspend_question", None)
        assert "400 lượt" in act.reason
        assert "độ phân biệt −0,40" in act.reason
        assert act.detail == {"unit": "bai-8", "question": key, "revision": taught.revision_id}
        assert row.suspended_at is not None
    desk = visit("baocaovien").get("/soan")
    assert "Đang dừng 1 câu." in desk.text
    assert "Hệ thống," in desk.text
    assert f"/soan/phan-tich/{taught.revision_id}/{key}" in desk.html
    assert "Hệ thống tự tạm dừng câu hỏi" in visit("quantri").get("/quan-tri/nhat-ky").text
    assert "Hệ thống dừng lúc" in visit("baocaovien").get(f"/soan/bai/{taught.unit_id}/ban-dang-dung").text


def test_who_missed_it_gets_its_point(app, office):
    with app.app_context():
        marks = take(office["hocvien"], "bai-8", lambda n, key: n > 1)
        missed = next(iter(marks))
        condemn(newest("bai-8"), missed)
        suspend_broken()
        told = db.session.execute(db.select(Mark.earned, Mark.by_id, Mark.why).order_by(Mark.number)).all()
        assert [row.earned for row in told] == [sum(marks.values()), sum(marks.values()) - marks[missed] + 100]
        assert (told[1].by_id, told[1].why) == (None, f"Chấm lại: dừng câu {missed}")


def test_who_uses_it_again_is_not_overruled(app, office):
    with app.app_context():
        taught = newest("bai-8")
        key = next(iter(taught.questions))
        condemn(taught, key)
        suspend_broken()
        studio.resume(taught, key, office["baocaovien"], now())
        db.session.commit()
        suspend_broken()
        assert stopped() == set()


@pytest.mark.parametrize(("attempts", "index"), [(199, -60.0), (400, -5.0), (400, 10.0), (400, None)])
def test_what_is_not_sure_is_left_alone(app, attempts, index):
    with app.app_context():
        taught = newest("bai-8")
        condemn(taught, next(iter(taught.questions)), attempts, index)
        suspend_broken()
        assert stopped() == set()


@pytest.mark.parametrize(("words", "stops"), [("", True), (" Chọn một.", False)])
def test_figures_hold_in_a_newer_revision_only_for_a_question_that_did_not_change(app, words, stops):
    with app.app_context():
        old = newest("bai-8")
        fresh = same_paper(words=words)
        key = next(key for key in fresh.questions if fresh.questions[key].objective == old.questions[key].objective)
        condemn(old, key)
        suspend_broken()
        assert stopped() == ({(key, None)} if stops else set())


def test_the_last_question_left_is_listed_but_not_stopped(app, office):
    with app.app_context():
        taught = newest("bai-8")
        first, *others = taught.questions
        for key in others:
            course_actions.stop_question(taught.unit_id, key, office["baocaovien"], "Thử", now())
        condemn(taught, first)
        suspend_broken()
        assert (first, None) not in stopped()
