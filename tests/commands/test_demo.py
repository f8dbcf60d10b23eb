"""`run --demo`: a believable office, made through the real actions, kept at the next start."""

import re
import signal
import stat

import pytest
import sqlalchemy as sa
from installations import Browser, Place, assert_one_sentence, forget, started
from ports import free_port

from quizapp import demo, migrating, preparing
from quizapp.accounts.models import Person
from quizapp.analysis import queries as analysis
from quizapp.clock import now, today
from quizapp.commands import opened
from quizapp.database import db
from quizapp.domain import grading
from quizapp.domain.content import Unit
from quizapp.learning.models import Campaign, CountChange, Enrolment, UnitStateRow
from quizapp.organisation.models import Body

PASSWORD = "mot-cau-de-nho"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The sample, loaded as the first start does it, which tests/browser serves; what is printed."""
    place = Place(tmp_path_factory.mktemp("mau") / "du-lieu")
    with opened(place.settings):
        lines = list(preparing.prepare(place.settings, sample=True, loopback=True))
    return place, "\n".join(lines)


def test_the_table_names_every_account_with_one_random_password(loaded):
    place, told = loaded
    rows = dict(re.findall(r"^  (\w+) +([0-9a-f]{8}) ", told, re.M))
    assert set(rows) == {account.login for account in demo.ACCOUNTS}
    assert len(set(rows.values())) == 1
    kept = place.folder / "demo-password"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text().strip() in rows.values()


def test_it_is_a_province_with_some_done_some_half_way_some_late(loaded):
    place, _ = loaded
    forget()
    with opened(place.settings):
        counted = lambda table: db.session.scalar(sa.select(sa.func.count()).select_from(table))  # noqa: E731
        root = db.session.scalars(sa.select(Body).filter_by(code=demo.ROOT)).one()
        bodies = db.session.scalars(sa.select(Body).filter_by(parent_id=root.id)).all()
        assert len(bodies) == 12
        assert counted(Body) == 1 + 12 + 40
        assert counted(Person) == counted(Enrolment) == 400
        assert db.session.scalars(sa.select(Campaign)).one().due_on > today()
        whole = sa.select(UnitStateRow.state, UnitStateRow.late, sa.func.count()).where(UnitStateRow.unit == "*")
        states = {(state, late): n for state, late, n in db.session.execute(whole.group_by(sa.text("1, 2")))}
        assert states["completed", False] > 50
        assert states["completed", True] > 0
        assert states["learning", False] > 80
        assert 400 - sum(states.values()) > 10, "some have not begun"
        assert counted(CountChange) == 0
        latest = db.session.scalar(sa.text("SELECT max(at) FROM fact"))
        assert str(latest) < now().strftime("%Y-%m-%d %H:%M:%S"), "nothing lies in the future"
    assert place.quizapp("check").stdout == "Số đếm và trạng thái khớp với dữ kiện.\n"


def test_its_answers_condemn_a_few_questions_and_not_half_of_the_bank(loaded):
    place, _ = loaded
    forget()
    with opened(place.settings):
        table = analysis.find(analysis.Wanted())
    assert len(table.lines) > 300
    assert 5 <= table.counts["can-sua"] <= 60
    assert table.counts["on"] > 100


def test_the_next_start_keeps_all_and_a_given_password_opens_the_accounts(loaded):
    place, _ = loaded
    port = free_port()
    running = started(place, port, "--demo", QUIZAPP_DEMO_PASSWORD=PASSWORD)
    assert "Đang nạp" not in running.text
    assert PASSWORD in running.text
    learner, newcomer = Browser(f"http://127.0.0.1:{port}"), Browser(f"http://127.0.0.1:{port}")
    home = learner.send("/dang-nhap", **{"ten": "hocvien", "mat-khau": PASSWORD})
    assert learner.at == "/", (learner.at, home[:2000])
    assert "/hoc/cv-1248/bai-8/" in home, "goes on in the middle of unit 8"
    newcomer.send("/dang-nhap", **{"ten": "nguoimoi", "mat-khau": PASSWORD})
    assert newcomer.at.startswith("/lan-dau")
    assert running.stop(signal.SIGINT) == 0, running.text


def test_its_data_never_leaves_this_machine(loaded):
    place, _ = loaded
    assert_one_sentence(place.quizapp("run", "--host", "0.0.0.0", "--port", free_port()), "dữ liệu mẫu")


def test_a_database_that_holds_anything_else_is_refused(filled):
    with opened(filled.settings):
        assert list(preparing._first_administrator(filled.settings))
    assert_one_sentence(filled.quizapp("run", "--demo", "--port", free_port()), "đã có đơn vị và người dùng thật")
    assert not (filled.folder / "demo-password").exists()


def test_the_same_seed_gives_the_same_people(tmp_path):
    told = []
    for n in range(2):
        settings = Place(tmp_path / str(n)).settings
        with opened(settings):
            migrating.migrate(settings)
            builder = demo.Builder("unusable", now())
            builder._bodies()
            for branch in builder.branches[:5]:
                builder._people(branch)
            told.append([(p.login, p.name) for p in db.session.scalars(sa.select(Person).order_by(Person.id))])
    assert told[0] == told[1]
    assert len(told[0]) == 50


def test_answers_of_every_kind_are_right_and_wrong_as_meant(contents):
    for unit in contents.units.values():
        assert isinstance(unit, Unit)
        for question in unit.each_question():
            assert grading.grade(question, demo.right_response(question)) == grading.POSSIBLE, question.key
            assert grading.grade(question, demo.wrong_response(question)) < grading.POSSIBLE, question.key
