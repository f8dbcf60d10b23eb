"""Counts agree with the facts after any history: answers, moves, waivers, leaving, new revisions, folding at any time."""

import copy
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from quizapp.attempts import actions as attempts
from quizapp.attempts import queries as attempt_queries
from quizapp.clock import day_of, now, today
from quizapp.courses import actions as course_actions
from quizapp.courses import queries as courses
from quizapp.courses.models import Course, Origin, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import grading
from quizapp.domain.completion import FactKind
from quizapp.learning import actions, counts, moves, queries
from quizapp.learning.models import Campaign, Enrolment, UnitStateRow
from quizapp.organisation.models import Body

PEOPLE = ["hocvien", "hocvien2", "hocvien3", "lanhdao"]
UNITS = ["bai-0", "bai-6", "bai-8"]
PLACES = ["chi-bo-1", "chi-bo-2", "co-quan", "tinh"]

person, unit = st.sampled_from(PEOPLE), st.sampled_from(UNITS)
events = st.one_of(
    st.tuples(st.just("read"), person, unit),
    st.tuples(st.just("take"), person, unit, st.sampled_from(["right", "wrong", "blank"])),
    st.tuples(st.just("start"), person, unit),
    st.tuples(st.just("move"), person, st.sampled_from(PLACES)),
    st.tuples(st.just("waive"), person, st.sampled_from([*UNITS, "*"])),
    st.tuples(st.just("leave"), person),
    st.tuples(st.just("revise"), unit),
    st.tuples(st.just("extend"), st.sampled_from(PLACES)),
    st.tuples(st.just("second"), st.sampled_from(PLACES)),
    st.tuples(st.just("fold")),
)


def right_answer(question):
    from papers import candidates

    return next(response for response in candidates(question) if grading.grade(question, response) == 100)


class World:
    """One history, played through the real actions."""

    def __init__(self, office):
        self.office = office
        self.at = now()
        self.course_id = db.session.scalars(db.select(Course.id)).one()

    def newest(self, key):
        row = next(row for row in courses.unit_rows(self.course_id) if row.key == key)
        return courses.taught(row.revision_id)

    def play(self, event):
        self.at += timedelta(minutes=7)
        getattr(self, event[0])(*event[1:])
        db.session.flush()
        db.session.expunge_all()

    def read(self, login, key):
        section = self.newest(key).unit.sections[0].key
        fact = actions.NewFact(FactKind.SECTION_READ, f"{key}/{section}", "web")
        actions.record(self.office[login], self.course_id, [fact], self.at)

    def start(self, login, key):
        return attempts.start(self.office[login], self.newest(key), self.at)

    def take(self, login, key, how):
        attempt_queries.forget_cached()
        fixed = attempt_queries.own_fixed(self.office[login], self.start(login, key))
        for question in fixed.paper.keys:
            if how != "blank":
                right = right_answer(fixed.taught.questions[question])
                attempts.save(fixed, question, right if how == "right" else "không", 1, self.at)
        attempts.hand_in(fixed, self.at)

    def move(self, login, code):
        moves.of_person(self.office[login], self.office[code], day_of(self.at), self.at)

    def waive(self, login, key):
        actions.waive(self.office[login], self.course_id, key, self.office["quantri"], "Thử", self.at)

    def leave(self, login):
        mine = db.select(Enrolment).filter_by(person_id=self.office[login], left_on=None).limit(1)
        found = db.session.scalar(mine)
        if found is not None:
            moves.leave(found, self.at)

    def revise(self, key):
        unit_row = db.session.scalars(db.select(Unit).filter_by(key=key)).one()
        body = copy.deepcopy(db.session.get(UnitRevision, unit_row.revision_id).body)
        body["unit"]["title"] += " (sửa)"
        course_actions.publish(unit_row, body, Origin.TRAINER, self.office["baocaovien"], "Sửa tên", self.at)

    def extend(self, code):
        campaign = db.session.get(Campaign, self.office["campaign"])
        actions.extend(campaign, self.office[code], today() + timedelta(days=30), self.at)

    def second(self, code):
        course = db.session.get(Course, self.course_id)
        due = today() + timedelta(days=60)
        body = self.office[code]
        campaign = actions.open_campaign("Đợt thêm", course, "day-du", today(), due, [body], 90, self.at)
        actions.enrol(campaign, [(self.office[login], self.office["chi-bo-2"]) for login in PEOPLE], self.at)

    def fold(self):
        counts.fold()


@given(history=st.lists(events, max_size=25))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
def test_no_history_makes_counts_and_facts_disagree(app, office, history):
    with app.app_context():
        world = World(office)
        for event in history:
            world.play(event)
        assert counts.differences(world.at) == []
        assert counts.states_differ() == []
        assert_earned_stays(world)
        while counts.fold():
            pass
        assert counts.differences(world.at) == []
        db.session.rollback()
        courses.forget_cached()
        attempt_queries.forget_cached()


def assert_earned_stays(world):
    """A new revision, wording or substance, takes nothing back."""
    done = db.select(UnitStateRow).filter_by(state="passed")
    before = {(row.enrolment_id, row.unit) for row in db.session.scalars(done)}
    for key in UNITS:
        world.play(("revise", key))
    for login in PEOPLE:
        world.play(("read", login, "bai-6"))
    assert {(row.enrolment_id, row.unit) for row in db.session.scalars(done)} >= before


def test_a_leaders_figures_are_the_sum_of_the_people_below(app, office):
    with app.app_context():
        world = World(office)
        world.take("hocvien", "bai-8", "right")
        world.take("hocvien2", "bai-8", "wrong")
        world.take("hocvien3", "bai-8", "right")
        for fold in (False, True):
            if fold:
                counts.fold()
            bodies = {row.id: row.path for row in db.session.scalars(db.select(Body))}
            found = queries.tallies(office["campaign"], bodies, today())
            assert found[office["tinh"]].people == 7
            assert found[office["tinh"]].n("bai-8", "passed") == 2
            assert found[office["co-quan"]].n("bai-8", "failed") == 1
            assert found[office["chi-bo-1"]].n("bai-8", "passed") == 1
            assert found[office["chi-bo-1"]].n("bai-6", "not_started") == 2


def test_check_finds_a_count_that_was_tampered_with(app, office):
    from quizapp.learning.models import CountChange

    with app.app_context():
        assert counts.differences(now()) == []
        db.session.execute(
            db.delete(CountChange).where(CountChange.id == db.select(db.func.max(CountChange.id)).scalar_subquery())
        )
        assert counts.differences(now())


def test_late_is_derived_again_when_a_date_moves(app, office):
    with app.app_context():
        world = World(office)
        world.at += timedelta(days=9)
        world.take("hocvien", "bai-6", "right")
        world.take("hocvien", "bai-8", "right")
        whole = db.select(UnitStateRow).filter_by(unit="*")
        assert db.session.scalars(whole).one().late
        world.at = now()
        world.extend("tinh")
        db.session.expire_all()
        assert not db.session.scalars(whole).one().late
