"""Dữ liệu mẫu lớn: an invented province of any size, written in bulk, to see that pages stay quick.

Facts, states and counts are made by the database from one plan a person; only of some people are there answers, too.
`quizapp check` finds all of it in agreement. The same seed gives the same people and the same course of events.
"""

import json
import random
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from quizapp import demo
from quizapp.accounts import passwords
from quizapp.accounts.models import Grant, Person, Post
from quizapp.analysis import fill as analysis
from quizapp.attempts.models import Attempt, Mark, Response
from quizapp.clock import VIETNAM, day_of
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.courses.queries import Taught
from quizapp.database import Base, UtcDateTime, db, dialect, table
from quizapp.demo import ACCOUNTS, BEGAN, DUE, PROVINCE, ROOT, SINCE, person_name, right_response, wrong_response
from quizapp.domain import attempts, grading
from quizapp.domain.completion import FactKind
from quizapp.domain.vietnamese import fold, sort_key
from quizapp.learning import actions as learning
from quizapp.learning.models import ENROLLED, WHOLE, Campaign, Count, Enrolment, FactRow, UnitStateRow
from quizapp.organisation.models import Body, BodyKind, BodyPeriod
from quizapp.reports import answers
from quizapp.sample_skill import missed, slip

BODIES_AT_MOST, FEWEST = 3000, 10  # bodies; people for each of them
BELOW = 12  # bodies right below one
ANSWERING = 10_000  # people with answers, at most
PAPERS = 30  # drawn of a unit; the answering people share them
HELPING = 8000  # attempts in one helping of the sums over answers
STEPS = ("Đơn vị", "Người", "Kế hoạch", "Câu trả lời", "Dữ kiện", "Trạng thái", "Số đếm", "Số liệu về câu trả lời")

Told = Callable[[str], None]

_temporary = sa.MetaData()
_plan = sa.Table(
    "crowd_plan",
    _temporary,
    *(sa.Column(name, sa.BigInteger, primary_key=name == "person_id", autoincrement=False) for name in (
        "person_id", "enrolment_id", "body_id", "done", "first", "step", "answers", "failed")),
    prefixes=["TEMPORARY"],
)  # fmt: skip
_unit = sa.Table(
    "crowd_unit",
    _temporary,
    sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text),
    sa.Column("revision_id", sa.BigInteger),
    prefixes=["TEMPORARY"],
)
_moment = sa.Table(
    "crowd_moment",
    _temporary,
    sa.Column("m", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime),
    sa.Column("day", sa.Date),
    prefixes=["TEMPORARY"],
)
_change = sa.Table(
    "crowd_change",
    _temporary,
    sa.Column("body_id", sa.BigInteger),
    sa.Column("unit", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("day", sa.Date),
    sa.Column("n", sa.BigInteger),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Planned:
    """What one person does: how many units in order, from which hour on, so many hours apart; the next one failed."""

    person_id: int
    enrolment_id: int
    body_id: int
    done: int
    first: int
    step: int
    answers: int
    failed: int


class Crowd:
    """Builds the province in one transaction, which its caller commits."""

    def __init__(self, people: int, seed: int, password_hash: str, now: datetime, told: Told = lambda step: None):
        self.people, self.hash, self.now, self.told = max(people, 2 * FEWEST), password_hash, now, told
        self.rng, self.today = random.Random(seed), day_of(now)
        start = self.today - timedelta(days=BEGAN)
        self.began = datetime(start.year, start.month, start.day, 7, tzinfo=VIETNAM)
        self.hours = int((now - self.began).total_seconds() // 3600)
        self.bodies: list[Body] = []
        self.plans: list[Planned] = []
        self.person_of: dict[str, int] = {}

    def build(self) -> None:
        """Everything, step by step."""
        _quickly()
        _temporary.create_all(db.session.connection())
        for name, step in zip(STEPS, self._steps(), strict=True):
            self.told(name)
            step()
            db.session.flush()
        _temporary.drop_all(db.session.connection())

    def _steps(self) -> Sequence[Callable[[], None]]:
        first = self._make_bodies, self._make_people, self._make_plans, self._make_answers
        return (*first, self._make_facts, self._make_states, self._make_counts, self._fill)

    # bodies and people

    def _make_bodies(self) -> None:
        count = min(BODIES_AT_MOST, self.people // FEWEST)
        start = (db.session.scalar(sa.select(sa.func.max(Body.id))) or 0) + 1
        for n in range(count):
            above = self.bodies[(n - 1) // BELOW] if n else None
            name = f"Đảng bộ tỉnh {PROVINCE}" if above is None else f"{_LEVELS[_depth(n)]} số {n}"
            path = f"{above.path if above else ''}{start + n}/"
            row = Body(id=start + n, code=ROOT if not n else f"{ROOT}-{n}", name=name, folded=fold(name), path=path)
            row.kind, row.parent_id, row.from_on = BodyKind.PARTY.value, above.id if above else None, SINCE
            self.bodies.append(row)
        names = ("id", "code", "name", "folded", "kind", "parent_id", "path", "from_on")
        _load(Body, names, (tuple(getattr(body, name) for name in names) for body in self.bodies))
        periods = ((body.id, SINCE, body.name, body.parent_id, body.path) for body in self.bodies)
        _load(BodyPeriod, ("body_id", "from_on", "name", "parent_id", "path"), periods)
        _count_on(Body)

    def _make_people(self) -> None:
        self.leaves = [body for n, body in enumerate(self.bodies) if n * BELOW + 1 >= len(self.bodies)]
        self.first_person = (db.session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
        own = "id code login name sort_key folded password_hash welcomed_at text_size theme letter_keys"
        _load(Person, own.split(), self._person_rows())
        posts = ((self.first_person + n, self._home(n).id, SINCE) for n in range(self.people))
        _load(Post, ("person_id", "body_id", "from_on"), posts)
        _count_on(Person)
        home = self._home(0)
        scopes = {"lanhdao": home.parent_id, "lanhdaochibo": home.id}
        for account in ACCOUNTS:
            if account.role is not None:
                body_id = scopes.get(account.login) or self.bodies[0].id
                grant = {"person_id": self.person_of[account.login], "role": account.role.value, "body_id": body_id}
                db.session.execute(sa.insert(Grant).values(grant | {"from_on": SINCE}))

    def _home(self, n: int) -> Body:
        """The body of the n-th person: the bodies at the ends of the tree, evenly."""
        return self.leaves[n * len(self.leaves) // self.people]

    def _person_rows(self) -> Iterator[tuple[Any, ...]]:
        known: dict[str, tuple[str, str]] = {}
        for n in range(self.people):
            account = ACCOUNTS[n] if n < len(ACCOUNTS) else None
            name = account.name if account else person_name(self.rng)
            if name not in known:
                known[name] = sort_key(name), fold(name)
            login = account.login if account else f"nguoi{n:07}"
            self.person_of |= {login: self.first_person + n} if account else {}
            welcomed = None if login == "nguoimoi" else self.began
            code = f"{self.rng.getrandbits(80):020x}"
            yield self.first_person + n, code, login, name, *known[name], self.hash, welcomed, 100, "he-thong", True

    # the campaign, and what each person does in it

    def _make_plans(self) -> None:
        course = db.session.scalars(sa.select(Course).order_by(Course.id)).first()
        if course is None or course.revision_id is None:
            raise LookupError("no course has been imported")
        path = courses.course_value(course.revision_id).paths[0]
        rows = {row.key: row for row in courses.unit_rows(course.id)}
        self.units = [courses.taught(rows[key].revision_id) for key in path.units]
        self.course_id = course.id
        start, due = self.today - timedelta(days=BEGAN), self.today + timedelta(days=DUE)
        title = "Học tập và kiểm tra nhận thức về liêm chính"
        self.campaign: Campaign = learning.open_campaign(
            title, course, path.key, start, due, [self.bodies[0].id], 95, self.began
        )
        self.plans = [self._planned(n) for n in range(self.people)]
        first = self.plans[0].enrolment_id
        names = ("id", "campaign_id", "person_id", "body_id", "course_revision_id", "began_on", "due_on", "extended")
        own = self.campaign.id, course.revision_id
        enrolments = ((p.enrolment_id, own[0], p.person_id, p.body_id, own[1], start, due, False) for p in self.plans)
        _load(Enrolment, names, enrolments)
        _count_on(Enrolment)
        assert first == self.first_enrolment
        _load(_plan, tuple(Planned.__annotations__), (tuple(vars(plan).values()) for plan in self.plans))
        _load(_unit, ("n", "key", "revision_id"), ((n, u.unit.key, u.revision_id) for n, u in enumerate(self.units)))
        moments = ((m, self.began + timedelta(hours=m)) for m in range(self.hours + 1))
        _load(_moment, ("m", "at", "day"), ((m, at, day_of(at)) for m, at in moments))

    @property
    def first_enrolment(self) -> int:
        if not hasattr(self, "_first_enrolment"):
            self._first_enrolment: int = (db.session.scalar(sa.select(sa.func.max(Enrolment.id))) or 0) + 1
        return self._first_enrolment

    def _planned(self, n: int) -> Planned:
        home, units, rng = self._home(n), len(self.units), self.rng
        luck = rng.random() * 0.6 + _pace(home) * 0.5
        done = units if luck > 0.62 else 0 if luck < 0.22 else int(units * rng.random() ** 2)
        if n < len(ACCOUNTS):
            done = {"hocvien": 8, "nguoimoi": 0}.get(ACCOUNTS[n].login, done)
        first = int(rng.random() * self.hours * 0.55)
        step = max(1, int((self.hours - first) * (0.3 + 0.65 * rng.random())) // max(done + 1, 1))
        nobody = done == 0 and luck < 0.16
        every = max(1, self.people // ANSWERING)
        failed = 2 if nobody or done == units else int(rng.random() < 0.3)
        ids = self.first_person + n, self.first_enrolment + n, home.id
        return Planned(*ids, done, first, step, int(n % every == 0 and n // every < ANSWERING), failed)

    # answers of some

    def _make_answers(self) -> None:
        papers = [_Papers(unit, self.rng) for unit in self.units]
        first = (db.session.scalar(sa.select(sa.func.max(Attempt.id))) or 0) + 1
        made = [row for plan in self.plans if plan.answers for row in self._attempts(plan, papers)]
        made = [(first + n, *row) for n, row in enumerate(made)]
        own = "id code person_id unit_id unit_revision_id number state paper started_at ended_at flagged"
        code = self.rng.getrandbits
        attempts_ = (
            (
                a,
                f"{code(80):020x}",
                person,
                t.unit_id,
                t.revision_id,
                number,
                "submitted",
                drawn.paper,
                start,
                end,
                "[]",
            )
            for a, person, _, t, number, drawn, _, start, end in made
        )
        _load(Attempt, own.split(), attempts_)
        _count_on(Attempt)
        said = (
            (a, *answer, False)
            for a, _, _, _, _, drawn, wrong, start, end in made
            for answer in drawn.answers(wrong, start, end, self.rng)
        )
        _load(Response, ("attempt_id", "question", "chosen", "seq", "saved_at", "late"), said)
        marks = (
            (a, 1, t.revision_id, *drawn.mark(wrong), end, "Nộp bài") for a, _, _, t, _, drawn, wrong, _, end in made
        )
        _load(Mark, ("attempt_id", "number", "unit_revision_id", "earned", "possible", "passed", "at", "why"), marks)
        facts = (
            (*self._fact(p, b, t.unit.key, f"attempt:{a}", end, t.revision_id), *drawn.mark(wrong), True)
            for a, p, b, t, _, drawn, wrong, _, end in made
        )
        _load(FactRow, (*_FACT, "earned", "possible", "passed", "answered_all"), facts)

    def _fact(self, person: int, body: int, key: str, source: str, at: datetime, revision: int) -> tuple[Any, ...]:
        return person, self.course_id, FactKind.QUIZ_TAKEN.value, key, source, at, revision, body

    def _attempts(self, plan: Planned, papers: "Sequence[_Papers]") -> Iterator[tuple[Any, ...]]:
        """Of each unit done: sometimes one attempt that fails, of those who know less more often; then one that passes."""
        skill = self.rng.gauss(0, 1)
        fails = 1 / (1 + exp(1.6 + 1.4 * skill))
        for n, unit in enumerate(self.units[: plan.done]):
            end = self.began + timedelta(hours=plan.first + n * plan.step)
            passing = 1
            for failing in [True] * (self.rng.random() < fails and not unit.unit.final) + [False]:
                drawn = self.rng.choice(papers[n].drawn)
                at = end - timedelta(minutes=25) if failing else end
                took = timedelta(seconds=len(drawn.keys) * self.rng.randrange(14, 70))
                wrong = drawn.some_wrong(self.rng, skill, failing)
                yield plan.person_id, plan.body_id, unit, passing, drawn, wrong, at - took, at
                passing += 1

    # facts, states, counts: by the database, from the plans

    def _make_facts(self) -> None:
        """Handed in and passed, for who has no answers; the next unit begun, or failed."""
        at = _moment.c.m == _plan.c.first + _unit.c.n * _plan.c.step
        done = _plan.join(_unit, _unit.c.n < _plan.c.done).join(_moment, at)
        told = _plan.c.person_id, sa.literal(self.course_id), sa.literal(FactKind.QUIZ_TAKEN.value), _unit.c.key
        of = (*told, sa.literal("mau"), _moment.c.at, _unit.c.revision_id, _plan.c.body_id)
        mark = sa.literal(900), sa.literal(1000), sa.true(), sa.true()
        names = [*_FACT, "earned", "possible", "passed", "answered_all"]
        passed = sa.select(*of, *mark).select_from(done).where(_plan.c.answers == 0)
        db.session.execute(sa.insert(table(FactRow)).from_select(names, passed.order_by(_plan.c.person_id)))
        going = _plan.join(_unit, _unit.c.n == _plan.c.done).join(_moment, at)
        failed = sa.select(*of, sa.literal(500), sa.literal(1000), sa.false(), sa.true()).select_from(going)
        failed = failed.where(_plan.c.failed == 1, _unit.c.key.not_in(self._ungraded()))
        db.session.execute(sa.insert(table(FactRow)).from_select(names, failed))
        begun = sa.literal(FactKind.STARTED.value), _unit.c.key, sa.literal("web"), _moment.c.at, _unit.c.revision_id
        started = sa.select(_plan.c.person_id, sa.literal(self.course_id), *begun, _plan.c.body_id).select_from(going)
        started = started.where(_plan.c.failed < 2)
        db.session.execute(sa.insert(table(FactRow)).from_select(list(_FACT), started))

    def _ungraded(self) -> Sequence[str]:
        return courses.course_value(self._course_revision()).ungraded

    def _course_revision(self) -> int:
        found = db.session.get_one(Course, self.course_id).revision_id
        assert found is not None
        return found

    def _events(self) -> list[tuple[Any, Any, Any]]:
        """(unit, state, joined rows) of every state that somebody is in at the end."""
        n, key = _unit.c.n, _unit.c.key
        at = _moment.c.m == _plan.c.first + n * _plan.c.step
        done = _plan.join(_unit, n < _plan.c.done).join(_moment, at)
        going = sa.and_(n == _plan.c.done, _plan.c.failed < 2)
        then = sa.case((sa.and_(_plan.c.failed == 1, key.not_in(self._ungraded())), "failed"), else_="learning")
        return [
            (key, sa.literal("passed"), done),
            (key, then, _plan.join(_unit, going).join(_moment, at)),
        ]

    def _make_states(self) -> None:
        names = ["enrolment_id", "unit", "state", "since", "completed_at", "late"]
        for key, state, joined in self._events():
            done_at = sa.case((state == "passed", _moment.c.at), else_=sa.null())
            rows = sa.select(_plan.c.enrolment_id, key, state, _moment.c.at, done_at, sa.false()).select_from(joined)
            db.session.execute(sa.insert(table(UnitStateRow)).from_select(names, rows))
        units = len(self.units)
        whole = sa.literal(WHOLE)
        for state, point, where in (
            ("learning", _plan.c.first, sa.and_(_plan.c.done < units, sa.or_(_plan.c.done > 0, _plan.c.failed < 2))),
            ("completed", _plan.c.first + (units - 1) * _plan.c.step, _plan.c.done == units),
        ):
            at = _moment.c.at if state == "completed" else sa.null()
            rows = sa.select(_plan.c.enrolment_id, whole, sa.literal(state), _moment.c.at, at, sa.false())
            rows = rows.select_from(_plan.join(_moment, _moment.c.m == point)).where(where)
            db.session.execute(sa.insert(table(UnitStateRow)).from_select(names, rows))

    def _make_counts(self) -> None:
        units = len(self.units)
        for key, state, joined in self._events():
            self._changes(sa.select(_plan.c.body_id, key, state, _moment.c.day, sa.func.count()).select_from(joined))
        begun = sa.or_(_plan.c.done > 0, _plan.c.failed < 2)
        last = _plan.c.first + (units - 1) * _plan.c.step
        for state, point, n, where in (
            (ENROLLED, sa.literal(0), 1, sa.true()),
            ("learning", _plan.c.first, 1, begun),
            ("learning", last, -1, _plan.c.done == units),
            ("completed", last, 1, _plan.c.done == units),
        ):
            joined = _plan.join(_moment, _moment.c.m == point)
            rows = sa.select(_plan.c.body_id, sa.literal(WHOLE), sa.literal(state), _moment.c.day, sa.func.count() * n)
            self._changes(rows.select_from(joined).where(where))
        climb = answers.climb()
        it, day = _change.c, _change.c.day
        summed = sa.select(sa.literal(self.campaign.id), climb.c.above, it.unit, it.state, day, sa.func.sum(it.n))
        summed = summed.select_from(_change.join(climb, climb.c.id == it.body_id))
        summed = summed.group_by(climb.c.above, it.unit, it.state, day).having(sa.func.sum(it.n) != 0)
        names = ["campaign_id", "body_id", "unit", "state", "day", "n"]
        db.session.execute(sa.insert(table(Count)).from_select(names, summed))

    def _changes(self, rows: Any) -> None:
        grouped = rows.group_by(*list(rows.selected_columns)[:4])
        db.session.execute(sa.insert(_change).from_select(["body_id", "unit", "state", "day", "n"], grouped))

    def _fill(self) -> None:
        for fill in (answers, analysis):
            while fill.step(self.now, timedelta(0), HELPING):
                db.session.flush()
        if dialect() == "postgresql":
            db.session.execute(sa.text("ANALYZE"))


_FACT = ("person_id", "course_id", "kind", "subject", "source", "at", "unit_revision_id", "body_then_id")
_LEVELS = ("", "Đảng bộ khối", "Đảng ủy", "Đảng bộ bộ phận", "Chi bộ", "Chi bộ")


def _depth(n: int) -> int:
    depth = 0
    while n:
        n, depth = (n - 1) // BELOW, depth + 1
    return depth


def _pace(home: Body) -> float:
    """How quick a body is, 0 to 1: after the branch of the tree it stands in, so that whole branches differ."""
    ids = [int(part) for part in home.path.strip("/").split("/")]
    top = ids[1] if len(ids) > 1 else 0
    return min(1.0, max(0.0, ((top * 7919) % 12) / 11 + ((ids[-1] * 104729) % 100 - 50) / 400))


class _Papers:
    """Papers of a unit, each with the right and a wrong answer to every question."""

    def __init__(self, taught: Taught, rng: random.Random):
        self.drawn = [_Drawn(taught, attempts.draw(taught.unit, {}, rng)) for _ in range(PAPERS)]


class _Drawn:
    """A paper as it is answered again and again: the answers as stored, the marks known beforehand."""

    def __init__(self, taught: Taught, paper: attempts.Paper):
        self.keys, self.paper = paper.keys, json.dumps(paper.stored())
        self.right, self.wrong, self.lost = [], [], []
        for n, key in enumerate(paper.keys, 1):
            question = taught.questions[key]
            miss = wrong_response(question)
            self.right.append((key, json.dumps(right_response(question), ensure_ascii=False), n))
            self.wrong.append((key, question, miss, n))
            self.lost.append(grading.POSSIBLE - grading.grade(question, miss))
        self.pass_percent = taught.unit.quiz.pass_percent if taught.unit.graded else 0

    def some_wrong(self, rng: random.Random, skill: float, failing: bool) -> frozenset[int]:
        """Which questions are answered wrongly: more than the quiz allows, or fewer."""
        allowed = len(self.keys) * (100 - self.pass_percent) // 100
        least, most = (allowed + 1, len(self.keys)) if failing else (0, allowed)
        return missed(self.keys, skill, least, most, rng)

    def answers(
        self, wrong: frozenset[int], start: datetime, end: datetime, rng: random.Random
    ) -> Iterator[tuple[str, str, int, datetime]]:
        """(question, answer, number, when it was saved), one after the other between start and end."""
        parts = [rng.uniform(0.4, 1.6) for _ in self.keys]
        spent, each = 0.0, (end - start) / sum(parts)
        for n, part in enumerate(parts):
            spent += part
            yield *(self._slip(n, rng) if n in wrong else self.right[n]), start + spent * each

    def _slip(self, n: int, rng: random.Random) -> tuple[str, str, int]:
        key, question, usual, number = self.wrong[n]
        return key, json.dumps(slip(question, usual, rng), ensure_ascii=False), number

    def mark(self, wrong: frozenset[int]) -> tuple[int, int, bool]:
        """Earned, possible, passed."""
        possible = grading.POSSIBLE * len(self.keys)
        earned = possible - sum(self.lost[n] for n in wrong)
        return earned, possible, earned * 100 >= self.pass_percent * possible


def load(data: Path, given: str | None, now: datetime, people: int, seed: int, told: Told = lambda step: None) -> str:
    """Load the province into an empty database, in one transaction; the accounts' password, which the data folder keeps."""
    password = given or secrets.token_hex(4)
    Crowd(people, seed, passwords.hash_password(password), now, told).build()
    demo.keep_password(data, password)
    db.session.commit()
    return password


# --- writing in bulk -------------------------------------------------------------------------------------------


def _quickly() -> None:
    """On PostgreSQL: no limit of time, and no look at each foreign key where that may be turned off."""
    if dialect() != "postgresql":
        return
    db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    with suppress(sa.exc.DBAPIError), db.session.begin_nested():
        db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))


def _load(into: type[Base] | sa.Table, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Many rows: by COPY on PostgreSQL, else by thousands. JSON columns are given as text."""
    it = into if isinstance(into, sa.Table) else table(into)
    if dialect() == "postgresql":
        raw: Any = db.session.connection().connection
        quoted = ", ".join(f'"{name}"' for name in names)
        with raw.cursor() as cursor, cursor.copy(f'COPY "{it.name}" ({quoted}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        return
    kept: list[dict[str, Any]] = []
    for row in rows:
        kept.append(dict(zip(names, map(_unjson, row, (it.c[name] for name in names)), strict=True)))
        if len(kept) == 5000:
            db.session.execute(sa.insert(it), kept)
            kept = []
    if kept:
        db.session.execute(sa.insert(it), kept)


def _unjson(value: Any, column: Any) -> Any:
    return json.loads(value) if isinstance(column.type, sa.JSON) else value


def _count_on(model: type[Base]) -> None:
    """On PostgreSQL: the next id follows those that were given."""
    if dialect() == "postgresql":
        name = table(model).name
        sequence = sa.func.pg_get_serial_sequence(f'"{name}"', "id")
        last = sa.select(sa.func.max(table(model).c.id)).scalar_subquery()
        db.session.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(last, 1))))
