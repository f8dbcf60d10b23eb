"""Tải dữ liệu về tôi: all that is kept of a person, in one value."""

from typing import Any

import sqlalchemy as sa

from quizapp.accounts.models import (
    Audit,
    NameSeen,
    NoticeReading,
    OneTimeCode,
    Person,
    PersonRequest,
    Post,
    SignInFailure,
    UserSession,
)
from quizapp.accounts.models import Grant as GrantRow
from quizapp.attempts import queries as attempts
from quizapp.attempts.models import Attempt, ExtraTime, LateAnswer, Mark, ReviewItem
from quizapp.courses.models import QuestionReport
from quizapp.database import db
from quizapp.learning.models import Confirmation, Enrolment, FactRow, Pledge, Reminder, UnitStateRow, WeeklyReport
from quizapp.mail import Outbox
from quizapp.reports.official.models import OfficialReport, Snapshot

_SECRET = {"password_hash", "token_hash", "code_hash"}
_OF_OTHERS = {"figures"}  # of a body, not about whoever froze them


def everything(person_id: int) -> dict[str, Any]:
    """Every row that names the person, by Vietnamese heading; secrets are said to exist, never shown."""
    person = db.session.get_one(Person, person_id)
    mine = {
        "Vị trí công tác": sa.select(Post).filter_by(person_id=person_id),
        "Vai trò": sa.select(GrantRow).filter_by(person_id=person_id),
        "Phiên đăng nhập": sa.select(UserSession).filter_by(person_id=person_id),
        "Đăng nhập sai": sa.select(SignInFailure).filter_by(login=person.login),
        "Mã dùng một lần": sa.select(OneTimeCode).filter_by(person_id=person_id),
        "Đề nghị": sa.select(PersonRequest).filter_by(person_id=person_id),
        "Ghi danh": sa.select(Enrolment).filter_by(person_id=person_id),
        "Trạng thái": sa.select(UnitStateRow).join(Enrolment).where(Enrolment.person_id == person_id),
        "Dữ kiện học tập": sa.select(FactRow).filter_by(person_id=person_id),
        "Điểm": sa.select(Mark).where(Mark.attempt_id.in_(_attempt_ids(person_id))),
        "Câu đã gặp": sa.select(ReviewItem).filter_by(person_id=person_id),
        "Câu gửi quá muộn": sa.select(LateAnswer).where(LateAnswer.attempt_id.in_(_attempt_ids(person_id))),
        "Thêm giờ": sa.select(ExtraTime).filter_by(person_id=person_id),
        "Việc tôi sẽ làm": sa.select(Pledge).filter_by(person_id=person_id),
        "Báo câu hỏi": sa.select(QuestionReport).filter_by(person_id=person_id),
        "Giấy xác nhận": sa.select(Confirmation).join(Enrolment).where(Enrolment.person_id == person_id),
        "Danh sách có tên tôi đã được xem": sa.select(Audit).join(NameSeen).where(NameSeen.person_id == person_id),
        "Lần nhắc": sa.select(Reminder).filter_by(person_id=person_id),
        "Thư gửi cho tôi": sa.select(Outbox).filter_by(person_id=person_id),
        "Thông báo đã đọc": sa.select(NoticeReading).filter_by(person_id=person_id),
        "Thư hằng tuần": sa.select(WeeklyReport).filter_by(person_id=person_id),
        "Số liệu đã chốt": sa.select(Snapshot).filter_by(made_by=person_id),
        "Báo cáo đã lập": sa.select(OfficialReport).filter_by(made_by=person_id),
        "Nhật ký có tên tôi": sa.select(Audit).where(sa.or_(Audit.about_id == person_id, Audit.actor_id == person_id)),
    }
    kept = {name: [_row(row) for row in db.session.scalars(query)] for name, query in mine.items()}
    return {"Người dùng": _row(person)} | kept | {"Lượt làm bài": _attempts(person_id)}


def _attempt_ids(person_id: int) -> Any:
    return sa.select(Attempt.id).where(Attempt.person_id == person_id)


def _attempts(person_id: int) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for attempt, response in attempts.everything_of(person_id):
        one = found.setdefault(attempt.id, _row(attempt) | {"câu trả lời": []})
        if response is not None:
            one["câu trả lời"].append(_row(response))
    return list(found.values())


def _row(row: Any) -> dict[str, Any]:
    names = [one.key for one in sa.inspect(type(row)).column_attrs if one.key not in _OF_OTHERS]
    return {name: "(giữ kín)" if name in _SECRET and getattr(row, name) else getattr(row, name) for name in names}
