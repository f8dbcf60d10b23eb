"""First tries into figures: once each, only first ones, the same as Moodle's formulas over the raw marks."""

import random
from datetime import timedelta
from fractions import Fraction

import pytest
from factories import add_person
from papers import candidates

from quizapp.analysis import fill
from quizapp.analysis.models import AnalysedAttempt, ItemAnalysis, ItemCell, QuizAnalysis
from quizapp.attempts import actions as attempts
from quizapp.attempts import queries as attempt_queries
from quizapp.clock import now
from quizapp.courses import actions as course_actions
from quizapp.courses import queries as courses
from quizapp.courses.models import Course, Origin, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import grading
from quizapp.domain.item_analysis import analyse

LATER = timedelta(hours=2)


def newest(key):
    course_id = db.session.scalars(db.select(Course.id)).one()
    row = next(row for row in courses.unit_rows(course_id) if row.key == key)
    return courses.taught(row.revision_id)


def take(person_id, key, right, seconds=30, skip=()):
    """The person hands in a quiz; ``right`` says of a question whether it is answered rightly; the marks by question."""
    at = now() - LATER
    fixed = attempt_queries.own_fixed(person_id, attempts.start(person_id, newest(key), at))
    marks = {}
    for n, slot in enumerate(fixed.paper.keys, 1):
        question, marks[slot] = fixed.taught.questions[slot], 0
        if slot in skip:
            continue
        good = right(n, slot)
        said = next(r for r in candidates(question) if (grading.grade(question, r) == 100) == good)
        attempts.save(fixed, slot, said, 1, at + timedelta(seconds=seconds * n))
        marks[slot] = grading.grade(question, said)
    attempts.hand_in(fixed, at + timedelta(minutes=20))
    db.session.flush()
    return marks


def fill_all(settled=timedelta(0)):
    while fill.step(now(), settled):
        db.session.flush()


def people(office, n):
    chi_bo = office["chi-bo-1"]
    return [add_person(f"nguoi{i}", f"Người Thứ {i}", chi_bo) for i in range(n)]


def same_paper(key="bai-8", count=4, words=""):
    """A new revision of the unit whose bank is just what is drawn: everybody answers the same questions."""
    unit = db.session.scalars(db.select(Unit).filter_by(key=key)).one()
    body = db.session.get(UnitRevision, unit.revision_id).body
    objective = body["unit"]["objectives"][0]["key"]
    single = [q for q in body["unit"]["questions"] if q["kind"] == "single"][:count]
    questions = [{**q, "objective": objective, "prompt": q["prompt"] + words} for q in single]
    draw = {one["key"]: 0 for one in body["unit"]["objectives"]} | {objective: count}
    quiz = {**body["unit"]["quiz"], "draw": {name: n for name, n in draw.items() if n}}
    objectives = [body["unit"]["objectives"][0]]
    changed = {**body, "unit": {**body["unit"], "questions": questions, "quiz": quiz, "objectives": objectives}}
    course_actions.publish(unit, changed, Origin.TRAINER, None, "Thử", now())
    db.session.flush()
    return newest(key)


def all_right(n, key):
    return True


def test_only_the_first_try_counts_and_it_counts_once(app, office):
    with app.app_context():
        take(office["hocvien"], "bai-6", all_right)
        take(office["hocvien"], "bai-6", lambda n, key: False)
        fill_all()
        fill_all()
        rows = db.session.scalars(db.select(ItemAnalysis)).all()
        assert {(row.attempts, row.facility, row.blank) for row in rows} == {(1, 1.0, 0)}
        assert len(rows) == 10
        assert len(db.session.scalars(db.select(AnalysedAttempt)).all()) == 1
        assert [*fill.differences()] == []


def test_what_was_just_handed_in_waits_half_an_hour(app, office):
    with app.app_context():
        take(office["hocvien"], "bai-6", all_right)
        at = now()
        for after, counted in ((0, 0), (29, 0), (31, 1), (32, 1)):
            while fill.step(at + timedelta(minutes=after)):
                db.session.flush()
            assert len(db.session.scalars(db.select(AnalysedAttempt)).all()) == counted, after


def test_what_was_left_out_earns_nothing_and_is_told_apart(app, office):
    with app.app_context():
        taught = same_paper()
        key = next(iter(taught.questions))
        take(office["hocvien"], "bai-8", all_right, skip={key})
        fill_all()
        row = db.session.get(ItemAnalysis, (taught.revision_id, key))
        assert (row.attempts, row.blank, row.facility, row.seconds) == (1, 1, 0, None)


def test_the_figures_are_moodles_over_the_raw_marks(app, office):
    with app.app_context():
        taught, chance = same_paper(), random.Random(4)
        marks = [take(one, "bai-8", lambda n, key: chance.random() < 0.6) for one in people(office, 34)]
        fill_all()
        keys = list(taught.questions)
        raw = [[Fraction(row[key], 100) for key in keys] for row in marks]
        items, weights, whole = analyse(raw, [Fraction(1)] * len(keys))
        for key, item, weight in zip(keys, items, weights, strict=True):
            row = db.session.get(ItemAnalysis, (taught.revision_id, key))
            assert row.attempts == 34
            assert row.facility == pytest.approx(float(item.facility))
            assert row.sd == pytest.approx(item.sd)
            assert row.discrimination == pytest.approx(item.index)
            assert row.efficiency == pytest.approx(item.efficiency)
            assert row.weight == (None if weight is None else pytest.approx(weight))
            assert (row.weak + row.middle + row.strong) / 3 == pytest.approx(row.facility)
            right = next(o.key for o in taught.questions[key].options if o.right)
            assert next((one[1] for one in row.choices if one[0] == right), 0) == pytest.approx(row.facility)
        quiz = db.session.get(QuizAnalysis, taught.revision_id)
        assert (quiz.attempts, quiz.papers, quiz.questions) == (34, 1, 4)
        for name in ("median", "mean", "sd", "skewness", "kurtosis", "cic", "error_ratio", "standard_error"):
            assert getattr(quiz, name) == pytest.approx(float(getattr(whole, name))), name
        assert [*fill.differences()] == []


def test_of_drawn_papers_the_quiz_has_no_figures(app, office):
    with app.app_context():
        for one in people(office, 3):
            take(one, "bai-6", all_right)
        fill_all()
        quiz = db.session.get(QuizAnalysis, newest("bai-6").revision_id)
        assert quiz.attempts == 3
        assert quiz.papers > 1
        assert (quiz.mean, quiz.cic) == (None, None)


def test_the_median_time_is_from_answer_to_answer(app, office):
    with app.app_context():
        for one, seconds in zip(people(office, 3), (20, 50, 30), strict=True):
            take(one, "bai-8", all_right, seconds)
        fill_all()
        assert set(db.session.scalars(db.select(ItemAnalysis.seconds))) <= {20, 25, 30, 35, 40, 50}


def test_revisions_are_kept_apart(app, office):
    with app.app_context():
        old = newest("bai-8")
        first, second = people(office, 2)
        take(first, "bai-8", all_right)
        fresh = same_paper()
        take(second, "bai-8", all_right)
        fill_all()
        assert db.session.get(QuizAnalysis, old.revision_id).attempts == 1
        assert db.session.get(QuizAnalysis, fresh.revision_id).attempts == 1


def test_a_cell_that_was_spoilt_is_told(app, office):
    with app.app_context():
        take(office["hocvien"], "bai-6", all_right)
        fill_all()
        cell = db.session.scalars(db.select(ItemCell).limit(1)).one()
        cell.n += 1
        db.session.flush()
        (told,) = fill.differences()
        assert "đang ghi 2, đếm lại được 1" in told
