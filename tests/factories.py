"""A small office: three levels, seven people, one campaign on the real content."""

from datetime import date, timedelta

from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Grant, Post
from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.vietnamese import fold
from quizapp.learning import actions as learning
from quizapp.organisation.models import Body, BodyPeriod
from quizapp.web.access import Role

SINCE = date(2025, 7, 1)

BODIES = [
    ("tinh", "Đảng bộ tỉnh Thử Nghiệm", None),
    ("co-quan", "Đảng ủy cơ quan Thử Nghiệm", "tinh"),
    ("chi-bo-1", "Chi bộ 1", "co-quan"),
    ("chi-bo-2", "Chi bộ 2", "co-quan"),
]
PEOPLE = [
    ("hocvien", "Nguyễn Thị Hồng Thắm", "chi-bo-1"),
    ("hocvien2", "Danh Sóc Kha", "chi-bo-1"),
    ("hocvien3", "Trần Quốc An", "chi-bo-2"),
    ("baocaovien", "Lê Thị Bích", "co-quan"),
    ("nguoiduyet", "Phạm Văn Đức", "co-quan"),
    ("lanhdao", "Huỳnh Kim Liên", "co-quan"),
    ("quantri", "Võ Minh Tâm", "tinh"),
]
GRANTS = [
    ("baocaovien", Role.TRAINER, "tinh"),
    ("nguoiduyet", Role.REVIEWER, "tinh"),
    ("lanhdao", Role.LEADER, "co-quan"),
    ("quantri", Role.ADMIN, "tinh"),
]


def add_body(code: str, name: str, parent: Body | None, kind: str = "party") -> Body:
    """A body from SINCE on."""
    body = Body(code=code, name=name, folded=fold(name), kind=kind, from_on=SINCE, path="")
    body.parent_id = parent.id if parent else None
    db.session.add(body)
    db.session.flush()
    body.path = f"{parent.path if parent else ''}{body.id}/"
    db.session.add(BodyPeriod(body_id=body.id, from_on=SINCE, name=name, parent_id=body.parent_id, path=body.path))
    db.session.flush()
    return body


def add_person(login: str, name: str, body_id: int, welcomed: bool = True) -> int:
    """A person with a post; no password, since tests sign in by a session of their own."""
    person = accounts.add_person(login, name)
    person.password_hash = "unusable"
    person.welcomed_at = now() if welcomed else None
    db.session.add(Post(person_id=person.id, body_id=body_id, from_on=SINCE))
    db.session.flush()
    return person.id


def add_grant(person_id: int, role: Role, body_id: int) -> None:
    db.session.add(Grant(person_id=person_id, role=role.value, body_id=body_id, from_on=SINCE))


def build_office() -> dict[str, int]:
    """The office; ids by code, login and "campaign"."""
    ids: dict[str, int] = {}
    bodies: dict[str, Body] = {}
    for code, name, parent in BODIES:
        bodies[code] = add_body(code, name, bodies[parent] if parent else None)
        ids[code] = bodies[code].id
    for login, name, code in PEOPLE:
        ids[login] = add_person(login, name, ids[code])
    for login, role, code in GRANTS:
        add_grant(ids[login], role, ids[code])
    course = db.session.scalars(db.select(Course)).one()
    due = today() + timedelta(days=8)
    campaign = learning.open_campaign(
        "Đợt học thử nghiệm", course, "day-du", today() - timedelta(days=10), due, [ids["tinh"]], 95, now()
    )
    learning.enrol(campaign, [(ids[login], ids[code]) for login, _, code in PEOPLE], now())
    ids["campaign"] = campaign.id
    db.session.flush()
    return ids
