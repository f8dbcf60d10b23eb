"""Speed is counted: the journey as a list of requests, and how many statements each may cost, on both databases."""

import pytest
from factories import add_person
from papers import right_fields

from quizapp.accounts import actions as accounts
from quizapp.accounts import passwords
from quizapp.attempts import actions as attempts
from quizapp.attempts import queries as attempt_queries
from quizapp.clock import now
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.learning import actions as learning
from quizapp.learning.models import Campaign

PAGE, SAVED_ANSWER, HAND_IN, JOURNEY = 6, 3, 12, 90
PASSWORD = "con thuyền vượt sóng"


def more_learners(office, count):
    """Others in the same branch and campaign."""
    people = [
        (add_person(f"them-{n}", f"Nguyễn Văn Thêm {n}", office["chi-bo-1"]), office["chi-bo-1"]) for n in range(count)
    ]
    learning.enrol(db.session.get(Campaign, office["campaign"]), people, now())


def older_attempts(office, count):
    """Finished attempts of the learner at unit 6."""
    unit = next(row for row in courses.unit_rows(db.session.scalars(db.select(Course.id)).one()) if row.key == "bai-6")
    for _ in range(count):
        attempt_id = attempts.start(office["hocvien"], courses.taught(unit.revision_id), now())
        attempts.hand_in(attempt_queries.own_fixed(office["hocvien"], attempt_id), now())


@pytest.fixture
def journey(app, visit, office, statements):
    """``journey()`` walks the whole way, warm; gives (request, statements) in order."""

    def walk():
        with app.app_context():
            accounts.set_password(office["hocvien"], passwords.hash_password(PASSWORD))
            db.session.commit()
        warm = visit("hocvien2")  # caches of this process: revisions and validities never change while it walks
        for address in ("/", "/hoc/cv-1248/bai-8/1"):
            warm.get(address)
        me = visit()
        told = []

        def step(name, call):
            token = me.token()
            with statements() as counted:
                page = call(token)
            told.append((name, len(counted), counted))
            return page

        step("sign-in", lambda t: me.post("/dang-nhap", {"ten": "hocvien", "mat-khau": PASSWORD}, token=t))
        step("home", lambda t: me.get("/"))
        step("section", lambda t: me.get("/hoc/cv-1248/bai-8/1"))
        page = step("start", lambda t: me.post("/hoc/cv-1248/bai-8/lam", token=t))
        attempt = int(page.location.rsplit("/", 1)[1])
        for n in range(1, 11):
            fields = right_fields(app, attempt, n)
            step("question", lambda t, n=n: me.get(f"/lam/{attempt}/{n}"))
            step("answer", lambda t, n=n, f=fields: me.post(f"/lam/{attempt}/{n}", f, token=t))
            step("feedback", lambda t, n=n: me.get(f"/lam/{attempt}/{n}"))
        step("look over", lambda t: me.get(f"/lam/{attempt}/xem-lai"))
        step("hand-in", lambda t: me.post(f"/lam/{attempt}/nop", token=t))
        step("result", lambda t: me.get(f"/lam/{attempt}/ket-qua"))
        return told

    return walk


def test_the_journey_and_each_of_its_steps_stay_within_their_statements(journey):
    told = journey()
    for name, count, counted in told:
        most = {"answer": SAVED_ANSWER, "hand-in": HAND_IN, "start": HAND_IN}.get(name, PAGE)
        assert count <= most, (name, count, counted)
    total = sum(count for _, count, _ in told)
    assert total <= JOURNEY, (total, [(name, count) for name, count, _ in told])


@pytest.mark.parametrize("grow", [lambda office: more_learners(office, 60), lambda office: older_attempts(office, 12)])
def test_the_number_does_not_grow_with_learners_or_older_attempts(app, office, journey, site, grow):
    before = [(name, count) for name, count, _ in journey()]
    site.renew()
    site.forget()
    with app.app_context():
        grow(office)
        db.session.commit()
    assert [(name, count) for name, count, _ in journey()] == before


@pytest.mark.parametrize(
    "address", ["/", "/hoc", "/hoc/cv-1248/bai-8", "/ket-qua", "/toi", "/van-ban", "/van-ban/144-qd-tw", "/vi-sao"]
)
def test_every_learner_page_stays_within_six(visit, statements, address):
    me = visit("hocvien")
    me.get(address)
    with statements() as counted:
        me.get(address)
    assert len(counted) <= PAGE, counted
