"""Quản trị: acts of power. Each one asks for a reason, and is noted in the log by the transaction that does it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.accounts import actions as accounts
from quizapp.accounts import delegation
from quizapp.accounts.models import Audit, CodeKind, Grant, OneTimeCode, Person, PersonRequest, Post
from quizapp.accounts.queries import SignedIn
from quizapp.administration import queries
from quizapp.attempts import actions as attempts
from quizapp.clock import day_of
from quizapp.database import apart, commit_now, db, insert
from quizapp.learning import actions as learning
from quizapp.learning import moves
from quizapp.learning.models import Enrolment
from quizapp.organisation import actions as organisation
from quizapp.organisation.models import Body
from quizapp.web.access import ROLE_NAMES, Role
from quizapp.web.refused import Refused

GRANTABLE = (Role.TRAINER, Role.REVIEWER, Role.LEADER, Role.DELEGATE, Role.SECRETARY, Role.ADMIN)
EXTRA_TIME = {"0": 0, "25": 25, "50": 50, "khong-gioi-han": None}  # percent more; None: without limit

ACTS = {
    "add_body": "Thêm đơn vị",
    "rename_body": "Đổi tên đơn vị",
    "close_body": "Kết thúc đơn vị",
    "move_body": "Chuyển cấp trên",
    "merge_body": "Gộp đơn vị",
    "split_body": "Tách đơn vị",
    "plan_change": "Ghi thay đổi cho ngày sau",
    "take_back_plan": "Bỏ thay đổi chưa đến ngày",
    "name_helper": "Ghi người hỗ trợ",
    "add_person": "Thêm người",
    "add_post": "Thêm vị trí công tác",
    "move_post": "Chuyển đơn vị",
    "end_post": "Thôi vị trí công tác",
    "grant_role": "Giao vai trò",
    "revoke_role": "Thôi giao vai trò",
    "give_code": "Cấp mã dùng một lần",
    "set_email": "Ghi địa chỉ thư",
    "set_config": "Sửa cấu hình",
    "set_mark": "Đổi dấu hiệu của cơ quan",
    "publish_notice": "Phát hành thông báo về dữ liệu cá nhân",
    "test_mail": "Gửi thư thử",
    "erase": "Xóa thông tin nhận dạng",
    "settle_mail": "Quyết định về một thư",
    "sign_out": "Đăng xuất khỏi mọi máy",
    "waive": "Miễn học",
    "give_time": "Thêm giờ làm bài",
    "end_account": "Kết thúc tài khoản",
    "answer_request": "Trả lời đề nghị",
    "open_campaign": "Mở đợt học",
    "decline_again": "Không mở đợt học lại",
    "enrol": "Ghi danh người mới",
    "extend": "Gia hạn",
    "stop_question": "Dừng câu hỏi",  # from here on: what other rooms and commands note
    "resume_question": "Dùng lại câu hỏi",
    "add_official_text": "Thêm bản chính thức của văn bản",
    "confirm_official_text": "Xác nhận đã đối chiếu bản chính thức",
    "withdraw_official_text": "Gỡ bản chính thức",
    "suspend_question": "Hệ thống tự tạm dừng câu hỏi",
    "begin_course": "Thêm khóa học",
    "arrange_course": "Sửa khóa học",
    "give_up_course": "Bỏ khóa học chưa có bài",
    "begin_unit": "Thêm bài",
    "give_up_draft": "Bỏ bản nháp của bài",
    "begin_document": "Thêm văn bản",
    "give_up_document": "Bỏ bản nháp của văn bản",
    "give_back_document": "Trả lại bản nháp của văn bản",
    "publish_document": "Phát hành văn bản",
    "send_for_review": "Gửi duyệt bài",
    "take_back": "Lấy bản nháp về",
    "give_back": "Trả lại bản nháp",
    "publish": "Phát hành bài",
    "undo_publishing": "Hoàn tác phát hành bài",
    "retire_unit": "Ngừng dùng bài",
    "use_unit_again": "Dùng lại bài",
    "import_people": "Nhập người từ tệp",
    "change_person": "Sửa thông tin người",
    "change_phone": "Đổi số điện thoại",
    "merge_people": "Gộp hai tài khoản",
    "print_slips": "In phiếu mã",
    "cap-lien-ket": "Cấp liên kết vào một lần",
    "remind": "Nhắc học",
    "record_study": "Ghi học trực tiếp",
    "withdraw_study": "Rút lại ghi nhận học trực tiếp",
    "look_at_names": "Xem danh sách tên",
    "take_file": "Tải tệp số liệu",
    "take_log": "Tải nhật ký",
    "make_report": "Lập báo cáo",
    "correct_report": "Lập phụ lục đính chính",
    "du-lieu-mau": "Nạp dữ liệu mẫu",
}


@dataclass(frozen=True)
class By:
    """Who acts, why, when, and from which network."""

    who: SignedIn
    reason: str
    net: str
    now: datetime

    @property
    def today(self) -> date:
        return day_of(self.now)

    def note(self, act: str, about: Person | None = None, body: Body | None = None, **detail: Any) -> None:
        """Nhật ký. ``body`` is kept by id, too, so that the log can be limited to a part of the tree."""
        kept = detail | ({"body": body.name, "body_id": body.id} if body is not None else {})
        about_id = about.id if about is not None else None
        accounts.note_act(self.who.id, act, self.now, about_id, kept, self.reason, self.net)


def note_log_file(by: By, file: str, lines: int) -> None:
    """Nhật ký: somebody takes the log as a file. Written apart, in one short transaction, since a GET writes nothing."""
    row = Audit(at=by.now, actor_id=by.who.id, act="take_log", detail={"file": file, "lines": lines}, net=by.net)
    with apart() as session:
        session.add(row)


# --- people ----------------------------------------------------------------------------------------------------


def add_person(by: By, name: str, login: str, phone: str | None, body: Body, title: str) -> tuple[Person, str]:
    """Thêm người, with a post from today and a one-time code. Commits: the code is shown once and kept nowhere."""
    open_body(body, by.today)
    person = accounts.add_person(login, name, phone)
    _hold(person.id, body.id, by.today, title)
    by.note("add_person", person, body, login=person.login)
    code = accounts.give_code(person.id, CodeKind.PASSWORD, by.who.id, by.now)
    commit_now()
    return person, code


def give_code(by: By, person: Person) -> str:
    """Cấp mã dùng một lần. Commits: the code is shown once and kept nowhere."""
    code = _give_code(by, person)
    commit_now()
    return code


def _give_code(by: By, person: Person) -> str:
    _refuse_ended(person)
    _refuse_stronger(by, person)
    by.note("give_code", person)
    return accounts.give_code(person.id, CodeKind.PASSWORD, by.who.id, by.now)


def set_email(by: By, person: Person, email: str) -> None:
    """Ghi địa chỉ thư; the log says that it changed, the address stands with the person alone."""
    _refuse_ended(person)
    accounts.set_email(person.id, email)
    by.note("set_email", person)


def sign_out(by: By, person: Person) -> None:
    """Đăng xuất khỏi mọi máy."""
    _refuse_stronger(by, person)
    accounts.end_other_sessions(person.id, None, by.now)
    by.note("sign_out", person)


def add_post(by: By, person: Person, body: Body, from_on: date, title: str) -> None:
    """Thêm vị trí công tác ở một đơn vị nữa."""
    _refuse_ended(person)
    _may_come(by, person, body, from_on)
    _hold(person.id, body.id, from_on, title)
    by.note("add_post", person, body, from_on=from_on.isoformat(), title=title or None)


def move_post(by: By, person: Person, left: Body, body: Body, on: date, title: str) -> None:
    """Chuyển đơn vị: one post ends, another begins, and enrolments count in the new body from that day on."""
    _refuse_ended(person)
    if left.id == body.id:
        raise Refused("Đơn vị mới trùng đơn vị hiện nay.")
    _may_come(by, person, body, on)
    _leave_post(person, left, on, by.today)
    _hold(person.id, body.id, on, title)
    moves.of_person(person.id, body.id, on, by.now, left.id)
    by.note("move_post", person, body, before=left.name, from_on=on.isoformat(), title=title or None)


def end_post(by: By, person: Person, left: Body, on: date) -> None:
    """Thôi vị trí công tác; the last one ends only with the account, or by a move."""
    _refuse_ended(person)
    others = [post for post in queries.current_posts(by.who, person.id, by.today) if post.body_id != left.id]
    if not others:
        raise Refused("Đây là vị trí duy nhất. Hãy chuyển sang đơn vị khác, hoặc kết thúc tài khoản.")
    counted = sa.select(sa.func.count()).where(
        Enrolment.person_id == person.id, Enrolment.body_id == left.id, Enrolment.left_on.is_(None)
    )
    if db.session.scalar(counted):
        raise Refused(f"Việc học đang được tính ở {left.name}. Hãy dùng “Chuyển đơn vị” để kết quả đi theo.")
    _leave_post(person, left, on, by.today)
    by.note("end_post", person, left, from_on=on.isoformat())


def open_body(body: Body, on: date) -> None:
    now = organisation.lock(body)
    if now.to_on is not None:
        raise Refused(f"{now.name} đã kết thúc từ ngày {now.to_on:%d/%m/%Y}.")
    if on < now.from_on:
        raise Refused(f"{now.name} chỉ có từ ngày {now.from_on:%d/%m/%Y}.")


def _may_come(by: By, person: Person, body: Body, on: date) -> None:
    if on > by.today:
        raise Refused("Ngày hiệu lực chưa đến. Đồng chí ghi vào chính ngày đó.")
    open_body(body, on)
    if any(post.body_id == body.id for post in queries.current_posts(by.who, person.id, by.today)):
        raise Refused(f"Đồng chí {person.name} đã có vị trí công tác ở {body.name}.")


def _hold(person_id: int, body_id: int, from_on: date, title: str) -> None:
    row = {"person_id": person_id, "body_id": body_id, "from_on": from_on, "to_on": None, "title": title or None}
    again = {"to_on": None, "title": title or None}  # the same day once more: taken back after a mistake
    keys = ["person_id", "body_id", "from_on"]
    db.session.execute(insert(Post).values(row).on_conflict_do_update(index_elements=keys, set_=again))


def _leave_post(person: Person, left: Body, on: date, today: date) -> None:
    if on > today:
        raise Refused("Ngày hiệu lực chưa đến. Đồng chí ghi vào chính ngày đó.")
    held = sa.update(Post).where(Post.person_id == person.id, Post.body_id == left.id, Post.from_on <= on)
    held = held.where(sa.or_(Post.to_on.is_(None), Post.to_on > today))
    if not db.session.execute(held.values(to_on=on).returning(Post.body_id)).all():
        raise Refused(f"Đến ngày {on:%d/%m/%Y}, đồng chí {person.name} không có vị trí nào ở {left.name}.")


def end_account(by: By, person: Person) -> None:
    """Kết thúc tài khoản: no way in any more, no role, counted in no campaign; what was earned stays on record."""
    _refuse_ended(person)
    close_account(by, person)
    by.note("end_account", person)


def close_account(by: By, person: Person, counted: Collection[int] = ()) -> None:
    """No way in and no role any more; out of every campaign but the enrolments that stay ``counted``."""
    _refuse_stronger(by, person)
    if person.id == by.who.id:
        raise Refused("Đồng chí không kết thúc được tài khoản của chính mình.")
    _keep_an_administrator(person.id, None, by.today)
    mine = sa.update(Grant).where(Grant.person_id == person.id, sa.or_(Grant.to_on.is_(None), Grant.to_on > by.today))
    db.session.execute(mine.values(to_on=by.today))
    codes = sa.update(OneTimeCode).where(OneTimeCode.person_id == person.id, OneTimeCode.used_at.is_(None))
    db.session.execute(codes.values(used_at=by.now))
    accounts.end_other_sessions(person.id, None, by.now)
    enrolled = sa.select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.left_on.is_(None))
    for enrolment in db.session.scalars(enrolled.with_for_update()).all():
        if enrolment.id not in counted:
            moves.leave(enrolment, by.now)
    person.ended_on = by.today
    db.session.flush()


def _refuse_ended(person: Person) -> None:
    if person.ended_on is not None:
        raise Refused(f"Tài khoản này đã kết thúc ngày {person.ended_on:%d/%m/%Y}.")


def _refuse_stronger(by: By, person: Person) -> None:
    """Whoever could enter the account of somebody with a role elsewhere would have that role."""
    if person.id != by.who.id and queries.is_stronger(by.who, person.id, by.today):
        raise Refused(
            "Đồng chí này có vai trò ở đơn vị ngoài phạm vi của đồng chí. Đề nghị quản trị cấp trên thực hiện."
        )


# --- roles -----------------------------------------------------------------------------------------------------


def grant_role(by: By, person: Person, role: Role, body: Body, until: date | None) -> None:
    """Giao vai trò trong một đơn vị và cấp dưới; ``until``: the last day, None without end."""
    _refuse_ended(person)
    open_body(body, by.today)
    if role not in GRANTABLE:
        raise Refused("Không giao được vai trò này.")
    if until is not None and until < by.today:
        raise Refused("Ngày cuối của vai trò đã qua.")
    if role is Role.DELEGATE:
        delegation.refuse_days(until, by.today)
    if any(held.body_id == body.id and held.words == role for held in queries.grants(by.who, person.id, by.today)):
        raise Refused(f"Đồng chí {person.name} đã có vai trò {ROLE_NAMES[role]} tại {body.name}.")
    to_on = until + timedelta(days=1) if until else None
    row = {"person_id": person.id, "role": role.value, "body_id": body.id, "from_on": by.today, "to_on": to_on}
    keys = ["person_id", "role", "body_id", "from_on"]
    db.session.execute(insert(Grant).values(row).on_conflict_do_update(index_elements=keys, set_={"to_on": to_on}))
    by.note("grant_role", person, body, role=role.value, until=until.isoformat() if until else None)


def revoke_role(by: By, person: Person, role: Role, body: Body) -> None:
    """Thôi giao vai trò, from this moment."""
    if role is Role.ADMIN:
        _keep_an_administrator(person.id, body.id, by.today)
    if role is Role.LEADER:
        _end_delegations(person.id, body, by.today)
    held = sa.update(Grant).where(Grant.person_id == person.id, Grant.role == role.value, Grant.body_id == body.id)
    held = held.where(sa.or_(Grant.to_on.is_(None), Grant.to_on > by.today))
    if not db.session.execute(held.values(to_on=by.today).returning(Grant.body_id)).all():
        raise Refused("Vai trò này đã được thôi giao.")
    by.note("revoke_role", person, body, role=role.value)


def _end_delegations(person_id: int, body: Body, today: date) -> None:
    """A body without a leader has no delegates either."""
    here = Grant.body_id == body.id, Grant.from_on <= today, sa.or_(Grant.to_on.is_(None), Grant.to_on > today)
    leading = sa.select(Grant.person_id).where(*here, Grant.role == Role.LEADER.value, Grant.person_id != person_id)
    if db.session.scalar(leading.limit(1)) is None:
        db.session.execute(sa.update(Grant).where(*here, Grant.role == Role.DELEGATE.value).values(to_on=today))


def _keep_an_administrator(person_id: int, body_id: int | None, today: date) -> None:
    """Refused where a highest body would be left without an administrator whose role has no end."""
    held = (
        sa.select(Grant.person_id, Grant.body_id, Grant.to_on)
        .join(Body, Body.id == Grant.body_id)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.role == Role.ADMIN.value, Body.parent_id.is_(None), Person.ended_on.is_(None))
        .where(Grant.from_on <= today, sa.or_(Grant.to_on.is_(None), Grant.to_on > today))
        .order_by(Grant.person_id)
        .with_for_update(of=Grant)  # of two who take each other's role away, the second sees the first
    )
    rows = db.session.execute(held).all()
    losing = {row.body_id for row in rows if row.person_id == person_id and body_id in (None, row.body_id)}
    staying = {row.body_id for row in rows if row.person_id != person_id and row.to_on is None}
    if losing - staying:
        raise Refused(
            "Đây là người quản trị cuối cùng của đơn vị cao nhất. Giao vai trò quản trị cho người khác trước."
        )


# --- requests, waivers -----------------------------------------------------------------------------------------


def answer_request(by: By, request: PersonRequest, person: Person, text: str) -> None:
    """Trả lời một đề nghị."""
    _answer(by, request, text)
    by.note("answer_request", person, kind=request.kind)


def answer_with_code(by: By, request: PersonRequest, person: Person) -> str:
    """Trả lời đề nghị cấp mã. Commits: the code is shown once and kept nowhere."""
    _answer(by, request, "Đã cấp mã dùng một lần. Đồng chí nhận mã từ người quản trị.")
    code = _give_code(by, person)
    commit_now()
    return code


def _answer(by: By, request: PersonRequest, text: str) -> None:
    waiting = sa.update(PersonRequest).where(PersonRequest.id == request.id, PersonRequest.answered_at.is_(None))
    answered = waiting.values(answer=text, answered_by=by.who.id, answered_at=by.now).returning(PersonRequest.id)
    if not db.session.execute(answered).all():
        raise Refused("Đề nghị này đã được trả lời.")


def waive(by: By, person: Person, value: str) -> None:
    """Miễn học một bài, or the whole course; ``value`` is one of `queries.waivable`."""
    _refuse_ended(person)
    one = next((one for one in queries.waivable(person.id) if one.value == value), None)
    if one is None:
        raise Refused("Bài này đã đạt, đã được miễn, hoặc không thuộc lộ trình của đồng chí này.")
    learning.waive(person.id, one.course_id, one.unit, by.who.id, by.reason, by.now)
    by.note("waive", person, waived=one.words)


def give_time(by: By, person: Person, value: str) -> None:
    """Thêm giờ làm bài; ``value`` is a key of `EXTRA_TIME`. It reaches an attempt under way."""
    _refuse_ended(person)
    attempts.give_time(person.id, EXTRA_TIME[value], by.now)
    by.note("give_time", person, extra=value)
