"""What one Excel of 5,000 people and 12 units costs: CPU, memory, statements, for half as many and for all.

python tests/bench/one_excel.py [people]      (on PostgreSQL: QUIZAPP_DATABASE_URL of an empty database)
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

import sqlalchemy as sa
from factories import SINCE, add_body, add_grant, add_person
from flask import Flask
from flask.testing import FlaskClient

from quizapp import create_app
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Person
from quizapp.clock import now, today
from quizapp.config import read_settings
from quizapp.courses import actions as courses
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.vietnamese import fold, sort_key
from quizapp.learning import actions as learning
from quizapp.learning.models import WHOLE, Enrolment, UnitStateRow
from quizapp.migrating import migrate
from quizapp.web.access import Role

UNITS = 12
STATES = ("passed", "passed", "passed", "failed", "learning")


def fill(people: int) -> None:
    """One body with an administrator above it, ``people`` enrolled, a state for each unit of each."""
    top = add_body("tinh", "Đảng bộ tỉnh", None)
    place = add_body("so", "Đảng bộ sở", top)
    admin = add_person("quantri", "Võ Minh Tâm", top.id)
    add_grant(admin, Role.ADMIN, top.id)
    course = db.session.scalars(sa.select(Course)).one()
    campaign = learning.open_campaign(
        "Đợt", course, "day-du", today() - timedelta(days=9), today(), [top.id], 95, now()
    )
    names = [f"Nguyễn Thị Hồng Thắm {n}" for n in range(people)]
    told = {"welcomed_at": now(), "theme": "he-thong", "text_size": 100, "letter_keys": True}
    rows = [
        told | {"code": f"c{n}", "login": f"nguoi{n}", "name": name, "sort_key": sort_key(name), "folded": fold(name)}
        for n, name in enumerate(names)
    ]
    ids = db.session.scalars(sa.insert(Person).returning(Person.id), rows).all()
    plan = {"campaign_id": campaign.id, "body_id": place.id, "course_revision_id": course.revision_id}
    plan |= {"began_on": SINCE, "due_on": today(), "extended": False}
    enrolments = db.session.scalars(
        sa.insert(Enrolment).returning(Enrolment.id), [plan | {"person_id": one} for one in ids]
    ).all()
    units = [f"bai-{n}" for n in range(UNITS)]
    states = [
        {"enrolment_id": one, "unit": unit, "state": STATES[(one + n) % 5], "since": now(), "late": False}
        for one in enrolments
        for n, unit in enumerate([*units])
    ]
    states += [
        {"enrolment_id": one, "unit": WHOLE, "state": "learning", "since": now(), "late": False} for one in enrolments
    ]
    db.session.execute(sa.insert(UnitStateRow), states)
    db.session.commit()


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def prepare(people: int) -> None:
    """The data, made in a process of its own, so that its memory is not measured."""
    settings = read_settings()
    with create_app(settings).app_context():
        migrate(settings)
        courses.take_in(read_folder(Path(__file__).parents[2] / "content" / "cv-1248"), now())
        fill(people)


def visitor(app: Flask) -> FlaskClient:
    """The administrator at a browser."""
    with app.app_context():
        admin = db.session.scalars(sa.select(Person.id).filter_by(login="quantri")).one()
        token = accounts.open_session(admin, True, "bench", "127.0.0.0/24", now())
        db.session.commit()
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": token, "_fresh": True, "seen": int(now().timestamp())})
    return client


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QUIZAPP_DATA"] = folder
        subprocess.run([sys.executable, __file__, "prepare", str(people)], check=True)
        app = create_app(read_settings())
        client, told = visitor(app), []
        with app.app_context():
            for engine in db.engines.values():
                sa.event.listen(engine, "before_cursor_execute", lambda *rest: told.append(rest[2]))
        page = client.get("/theo-doi/tinh/tai").get_data(as_text=True)
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        made = client.post("/theo-doi/tinh/tai", data={"csrf": csrf, "bieu": "tat-ca", "dang": "xlsx"}).location
        for _ in range(3):
            told.clear()
            before, start = megabytes(), time.process_time()
            size = len(client.get(made).data)
            cpu = time.process_time() - start
            print(
                f"{people} people: {cpu:.2f} s CPU, {len(told)} statements, {size / 2**20:.1f} MB file, process at",
                end="",
            )
            print(f" most {megabytes():.0f} MB, {megabytes() - before:.0f} MB more than before")


if __name__ == "__main__":
    if sys.argv[1:2] == ["prepare"]:
        prepare(int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
