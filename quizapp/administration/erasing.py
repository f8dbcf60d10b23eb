"""Quản trị: xóa thông tin nhận dạng: identity is blanked, figures and facts stay under a number. Luật 91/2025/QH15."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp import site
from quizapp.accounts.models import Audit, OneTimeCode, Person, PersonRequest, Post, SignInFailure, UserSession
from quizapp.administration import actions
from quizapp.administration.actions import By
from quizapp.administration.models import PeopleImport, PeopleImportLine
from quizapp.clock import VIETNAM
from quizapp.courses.models import QuestionReport
from quizapp.database import db
from quizapp.domain.notice import answer_by
from quizapp.domain.reminders import DONE
from quizapp.domain.vietnamese import fold, sort_key
from quizapp.learning.models import WHOLE, Confirmation, Enrolment, Pledge, UnitStateRow, WeeklyReport
from quizapp.mail import MailState, Outbox
from quizapp.organisation.models import Body
from quizapp.web.refused import Refused

NOBODY = "Người dùng đã xóa"
GONE = "(đã xóa)"
LOGIN = "da-xoa-"
TELLING = frozenset({"login", "name", "title", "phone", "before", "changed", "merged"})  # in a line of the log


def answer_until(asked_at: datetime) -> datetime:
    """Until when a request about one's data is to be answered."""
    return answer_by(asked_at.astimezone(VIETNAM), site.current().holidays)


def erase(by: By, person: Person) -> None:
    """Xóa: whoever is done stays counted, without a name; open campaigns are left. There is no way back."""
    if person.login.startswith(LOGIN):
        raise Refused("Thông tin nhận dạng của người này đã được xóa.")
    if person.ended_on is None:
        actions.close_account(by, person, _done(person.id))
    merged = sa.select(Person).where(Person.merged_into_id == person.id, Person.login.not_like(f"{LOGIN}%"))
    for one in (person, *db.session.scalars(merged.order_by(Person.id)).all()):
        _forget_traces(one)
        _forget_imports(one)
        _blank(one)
    by.note("erase", person)
    db.session.flush()


def _done(person_id: int) -> set[int]:
    """Enrolments that are completed or waived."""
    whole = sa.and_(UnitStateRow.enrolment_id == Enrolment.id, UnitStateRow.unit == WHOLE)
    mine = sa.select(Enrolment.id).join(UnitStateRow, whole).where(Enrolment.person_id == person_id)
    return set(db.session.scalars(mine.where(UnitStateRow.state.in_(DONE))))


def _blank(person: Person) -> None:
    person.name, person.login, person.sort_key, person.folded = (
        NOBODY,
        f"{LOGIN}{person.code}",
        sort_key(NOBODY),
        fold(NOBODY),
    )
    person.phone = person.email = person.password_hash = person.calendar_code = None


def _its_phone(person: Person) -> sa.ColumnElement[bool]:
    """Condition on `Body`: the number to be called is that of the person, or there is none."""
    return sa.or_(Body.helper_phone.is_(None), Body.helper_phone == person.phone)


def _forget_traces(person: Person) -> None:
    """What else would tell who it was: texts, devices, the name on confirmations, letters, titles."""
    own = person.id
    for statement in (
        sa.update(PersonRequest).where(PersonRequest.person_id == own).values(text=GONE, answer=None),
        sa.update(QuestionReport).where(QuestionReport.person_id == own).values(text=""),
        sa.update(UserSession).where(UserSession.person_id == own).values(device="", net=""),
        sa.update(Post).where(Post.person_id == own).values(title=None),
        sa.update(Outbox).where(Outbox.person_id == own).values(address="", text="", subject=GONE),
        sa.update(Body).where(Body.helper == person.name, _its_phone(person)).values(helper=None, helper_phone=None),
        sa.delete(SignInFailure).where(SignInFailure.login == person.login),
        sa.delete(OneTimeCode).where(OneTimeCode.person_id == own),
        sa.delete(Pledge).where(Pledge.person_id == own),
        sa.delete(WeeklyReport).where(WeeklyReport.person_id == own),
    ):
        db.session.execute(statement)
    stopped = sa.update(Outbox).where(Outbox.person_id == own, Outbox.state == MailState.QUEUED.value)
    db.session.execute(stopped.values(state=MailState.FAILED.value, problem="Người nhận đã được xóa."))
    papers = sa.select(Confirmation).join(Enrolment, Enrolment.id == Confirmation.enrolment_id)
    for paper in db.session.scalars(papers.where(Enrolment.person_id == own)):
        paper.says = paper.says | {"name": NOBODY}
    for line in db.session.scalars(sa.select(Audit).where(Audit.about_id == own)):
        if not TELLING.isdisjoint(line.detail):
            line.detail = {key: value for key, value in line.detail.items() if key not in TELLING}


def _forget_imports(person: Person) -> None:
    """Lines of imported lists that stand for the person or bear the name, and the rows shown of their files."""
    it = PeopleImportLine
    key = it.import_id, it.place
    named = sa.select(*key, it.name).where(it.person_id.is_(None), ~it.of_body).execution_options(yield_per=1000)
    bearing = [(row[0], row[1]) for row in db.session.execute(named) if fold(row[2]) == person.folded]
    gone = {"name": GONE, "says": {"given": {}, "problems": []}}
    db.session.execute(sa.update(it).where(it.person_id == person.id).values(gone))
    for start in range(0, len(bearing), 500):
        db.session.execute(sa.update(it).where(sa.tuple_(*key).in_(bearing[start : start + 500])).values(gone))
    for imported in db.session.scalars(sa.select(PeopleImport)):
        imported.found = {part: _without(told, person.folded) for part, told in imported.found.items()}


def _without(told: Any, folded: str) -> Any:
    if not isinstance(told, dict) or "samples" not in told:
        return told
    return told | {"samples": [row for row in told["samples"] if all(fold(cell) != folded for cell in row)]}
