"""Counts agree with the facts on every day, after any history of learning and of changes of the tree, on past days too."""

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from quizapp.accounts.models import Person
from quizapp.accounts.queries import SignedIn
from quizapp.administration import body_actions
from quizapp.administration.actions import By
from quizapp.administration.body_actions import NewBody
from quizapp.attempts import queries as attempt_queries
from quizapp.clock import day_of, now
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import TAKEN_BACK, FactKind
from quizapp.learning import actions, counts, moves
from quizapp.learning.models import Enrolment
from quizapp.organisation.models import Body, BodyKind
from quizapp.web.refused import Refused

PEOPLE = ["hocvien", "hocvien2", "hocvien3", "lanhdao"]
UNITS = ["bai-0", "bai-6", "bai-8"]
BACK = 25  # days before today on which the history begins

person, unit, ago, body = st.sampled_from(PEOPLE), st.sampled_from(UNITS), st.integers(0, 6), st.integers(0, 9)
events = st.one_of(
    st.tuples(st.just("take"), person, unit, st.booleans()),
    st.tuples(st.just("take"), person, unit, st.booleans()),
    st.tuples(st.just("study"), person, unit),
    st.tuples(st.just("take_back"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 4)),
    st.tuples(st.just("move_person"), person, body, ago),
    st.tuples(st.just("leave"), person),
    st.tuples(st.just("come_back"), person, body),
    st.tuples(st.just("merge"), body, body, ago),
    st.tuples(st.just("merge_new"), body, ago),
    st.tuples(st.just("split"), body, st.lists(person, max_size=2), ago),
    st.tuples(st.just("move_body"), body, body, ago),
    st.tuples(st.just("rename"), body, ago),
    st.tuples(st.just("fold")),
)


class World:
    """One history, played through the real actions; time goes on from some weeks ago."""

    def __init__(self, office):
        self.office, self.n, self.studied = office, 0, []
        self.at = now() - timedelta(days=BACK)
        self.course = db.session.scalars(sa.select(Course.id)).one()
        began = day_of(self.at)
        db.session.execute(sa.update(Enrolment).values(began_on=began))
        db.session.execute(sa.update(actions.CountChange).values(day=began))
        db.session.execute(sa.update(Body).values(from_on=began - timedelta(days=100)))

    def by(self):
        row = db.session.get_one(Person, self.office["quantri"])
        who = SignedIn(row.id, row.code, row.login, row.name, 0, "", 100, "", True, True, True)
        return By(who, "Thử", "", self.at)

    def body(self, n):
        rows = db.session.scalars(sa.select(Body).order_by(Body.id)).all()
        return rows[n % len(rows)]

    def day(self, ago):
        return day_of(self.at) - timedelta(days=ago)

    def play(self, event):
        self.n += 1
        self.at += timedelta(minutes=11)
        nested = db.session.begin_nested()
        try:
            getattr(self, event[0])(*event[1:])
            db.session.flush()
            nested.commit()
        except Refused:
            nested.rollback()
        db.session.expire_all()

    def wait(self, days):
        self.at += timedelta(days=days)

    def take(self, login, key, passed):
        fact = actions.NewFact(FactKind.QUIZ_TAKEN, key, f"t:{self.n}", None, 1000, 1000, passed, True)
        actions.record(self.office[login], self.course, [fact], self.at)

    def study(self, login, key):
        self._study(login, key, f"hop:{self.n}")
        self.studied.append((login, key, f"hop:{self.n}"))

    def take_back(self, n):
        if self.studied:
            login, key, source = self.studied[n % len(self.studied)]
            self._study(login, key, source + TAKEN_BACK)

    def _study(self, login, key, source):
        fact = actions.NewFact(FactKind.PAPER_STUDY, key, source, passed=not source.endswith(TAKEN_BACK))
        actions.record(self.office[login], self.course, [fact], self.at)

    def move_person(self, login, n, ago):
        moves.of_person(self.office[login], self.body(n).id, self.day(ago), self.at)

    def _mine(self, login):
        return db.session.scalars(sa.select(Enrolment).filter_by(person_id=self.office[login])).one()

    def leave(self, login):
        if self._mine(login).left_on is None:
            moves.leave(self._mine(login), self.at)

    def come_back(self, login, n):
        moves.come_back([self._mine(login).id], self.body(n).id, self.at)

    def merge(self, old, new, ago):
        body_actions.merge(self.by(), [self.body(old)], self.body(new), self.day(ago))

    def merge_new(self, old, ago):
        new = NewBody(f"moi-{self.n}", f"Mới {self.n}", BodyKind.PARTY)
        body_actions.merge(self.by(), [self.body(old)], new, self.day(ago))

    def split(self, old, people, ago):
        new = NewBody(f"tach-{self.n}", f"Tách {self.n}", BodyKind.PARTY)
        below = db.session.scalars(sa.select(Body).filter_by(parent_id=self.body(old).id, to_on=None).limit(1)).all()
        body_actions.split(
            self.by(), self.body(old), new, [self.office[login] for login in people], below, self.day(ago)
        )

    def move_body(self, n, parent, ago):
        body_actions.move(self.by(), self.body(n), self.body(parent), self.day(ago))

    def rename(self, n, ago):
        body_actions.rename(self.by(), self.body(n), f"Tên {self.n}", self.day(ago))

    def fold(self):
        counts.fold()


@given(history=st.lists(events, max_size=30))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
def test_no_history_of_the_tree_makes_counts_and_facts_disagree_on_any_day(app, office, history):
    with app.app_context():
        world = World(office)
        for event in history:
            world.play(event)
        for folded in (False, True):
            while folded and counts.fold():
                pass
            assert counts.differences(world.at) == []
            assert counts.states_differ() == []
            end = day_of(world.at)
            for back in range((end - day_of(now())).days + BACK + 1):
                assert counts.differences(world.at, end - timedelta(days=back)) == [], back
        db.session.rollback()
        courses.forget_cached()
        attempt_queries.forget_cached()
