"""Dữ liệu mẫu: an invented province with its people and four weeks of their learning, through the real actions.

Every name of a place is invented (none stands among the country's provinces and communes). The same seed gives the
same bodies, people and course of events; papers and codes are drawn as always.
"""

import os
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from quizapp.accounts import actions as accounts
from quizapp.accounts import passwords
from quizapp.accounts.models import Grant, Person, Post, RequestKind
from quizapp.analysis import fill as analysis
from quizapp.attempts import actions as attempts
from quizapp.attempts.models import Mark
from quizapp.attempts.queries import own_fixed
from quizapp.clock import VIETNAM, day_of
from quizapp.courses import actions as courses
from quizapp.courses import queries as course_queries
from quizapp.courses.models import Course, ReportKind
from quizapp.courses.queries import Taught
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.domain.content import (
    AnyQuestion,
    Gaps,
    Matching,
    Multiple,
    Number,
    Ordering,
    Short,
    Single,
    TrueFalse,
)
from quizapp.domain.grading import Response
from quizapp.domain.vietnamese import fold, plain
from quizapp.learning import actions as learning
from quizapp.learning import counts
from quizapp.learning.models import Campaign, CampaignBody
from quizapp.organisation.models import Body, BodyKind, BodyPeriod
from quizapp.reports import answers
from quizapp.sample_skill import missed, slip
from quizapp.web.access import Role

SEED = 1248
ROOT = "mau"  # the code of the root body: by it a sample database is known
PEOPLE_A_BRANCH = 10
SINCE = date(2025, 7, 1)  # since when two levels of government stand
BEGAN, DUE = 21, 8  # days before and after today
EARLY_DUE = 3  # days ago, of the one body that set itself an earlier date
PASSWORD_FILE = "demo-password"  # noqa: S105 - the name of a file

PROVINCE = "Tràm Xanh"
BODIES: list[tuple[str, BodyKind, list[str]]] = [
    (
        "Đảng ủy phường Bến Sậy",
        BodyKind.PARTY,
        ["khu phố Cầu Đước", "khu phố Lò Gạch", "khu phố Chợ Sen", "Trường THCS Bến Sậy"],
    ),
    ("Đảng ủy phường Chợ Sen", BodyKind.PARTY, ["khu phố 1", "khu phố 2", "Trạm Y tế Chợ Sen"]),
    ("Đảng ủy phường Đồng Lau", BodyKind.PARTY, ["khu phố Đồng Lau", "khu phố Bờ Bao", "Công an phường Đồng Lau"]),
    (
        "Đảng ủy xã Vàm Sương",
        BodyKind.PARTY,
        ["ấp Vàm Lớn", "ấp Xẻo Sậy", "ấp Giồng Dừa", "cơ quan xã Vàm Sương"],
    ),
    ("Đảng ủy xã Kênh Trăng", BodyKind.PARTY, ["ấp Kênh Trăng", "ấp Bờ Tre", "ấp Sóc Dừa", "Quân sự xã Kênh Trăng"]),
    ("Đảng ủy xã Rạch Cò Lửa", BodyKind.PARTY, ["ấp Rạch Cò", "ấp Láng Tràm", "ấp Sóc Mới"]),
    ("Đảng ủy xã Gò Sen Đá", BodyKind.PARTY, ["ấp Gò Sen", "ấp Bàu Súng", "Trường tiểu học Gò Sen Đá"]),
    ("Đảng ủy đặc khu Hòn Mây", BodyKind.PARTY, ["ấp Bãi Chim Én", "cơ quan đặc khu Hòn Mây"]),
    (
        "Đảng ủy các cơ quan Đảng tỉnh",
        BodyKind.PARTY,
        ["Văn phòng Tỉnh ủy", "Ban Tuyên giáo và Dân vận", "Ủy ban Kiểm tra", "Ban Tổ chức"],
    ),
    (
        "Đảng ủy Ủy ban nhân dân tỉnh",
        BodyKind.GOVERNMENT,
        ["Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Y tế", "Sở Nông nghiệp và Môi trường", "Thanh tra tỉnh"],
    ),
    ("Ủy ban Mặt trận Tổ quốc tỉnh", BodyKind.UNION, ["cơ quan Mặt trận", "Tỉnh đoàn"]),
    (
        "Trung tâm Phục vụ hành chính công tỉnh",
        BodyKind.SERVICE,
        ["Bộ phận Tiếp nhận", "Bộ phận Kỹ thuật"],
    ),
]
QUICK = {"Đảng ủy phường Đồng Lau": 1.65, "Trung tâm Phục vụ hành chính công tỉnh": 1.4}  # so that some are in time
EARLY = "Đảng ủy đặc khu Hòn Mây"
HOME_BODY, HOME_BRANCH = "Đảng ủy xã Vàm Sương", "Chi bộ cơ quan xã Vàm Sương"
OFFICE_BRANCH, TRAINERS_BRANCH = "Chi bộ Văn phòng Tỉnh ủy", "Chi bộ Ban Tuyên giáo và Dân vận"


@dataclass(frozen=True)
class Account:
    """An account of the printed table; ``role`` is held in ``scope``, a body's name ("" is the root)."""

    login: str
    name: str
    branch: str
    what: str
    title: str
    role: Role | None = None
    scope: str = ""


ACCOUNTS = [
    Account(
        "hocvien", "Nguyễn Thị Hồng Thắm", HOME_BRANCH, "người học, đang ở giữa Bài 8", "Công chức Văn hóa - Xã hội"
    ),
    Account("nguoimoi", "Danh Sóc Kha", HOME_BRANCH, "người học, vào lần đầu", "Công chức Địa chính"),
    Account(
        "baocaovien",
        "Lê Thị Bích Thủy",
        TRAINERS_BRANCH,
        "báo cáo viên: soạn bài, câu hỏi",
        "Báo cáo viên",
        Role.TRAINER,
    ),
    Account("nguoiduyet", "Phạm Văn Đức", TRAINERS_BRANCH, "người duyệt nội dung", "Trưởng phòng", Role.REVIEWER),
    Account(
        "lanhdao", "Huỳnh Kim Liên", HOME_BRANCH, "lãnh đạo đơn vị có chi bộ", "Bí thư Đảng ủy", Role.LEADER, HOME_BODY
    ),
    Account(
        "lanhdaochibo", "Võ Hoàng Nam", HOME_BRANCH, "lãnh đạo một chi bộ", "Bí thư chi bộ", Role.LEADER, HOME_BRANCH
    ),
    Account(
        "thuky",
        "Lâm Chí Hào",
        HOME_BRANCH,
        "thư ký chi bộ: ghi học trực tiếp",
        "Công chức Văn phòng - Thống kê",
        Role.SECRETARY,
        HOME_BRANCH,
    ),
    Account("quantri", "Trần Quốc Tuấn", OFFICE_BRANCH, "quản trị", "Chuyên viên", Role.ADMIN),
]

_KINH = (
    "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Huỳnh Võ Đặng Bùi Đỗ Hồ Ngô Dương Phan Trương Cao Mai Tô".split(),
    "Văn Minh Quốc Hoàng Hữu Thanh Tấn Đức Công Trung".split(),
    "An Bình Cường Dũng Đạt Hải Hiếu Hòa Hùng Khánh Khoa Kiệt Lâm Long Lộc Mẫn Nghĩa Nhân Phong Phúc Quân Sơn Tài Tâm "
    "Thắng Thiện Thịnh Tín Toàn Trí Trọng Tú Vinh".split(),
    ["Thị", "Thị", "Ngọc", "Thị Mỹ", "Thị Thanh", "Kim", "Bích", "Thị Hồng", "Thùy"],
    "Anh Bích Châu Chi Diễm Duyên Giang Hà Hạnh Hằng Hiền Hoa Hương Huyền Lan Liên Linh Loan Mai My Nga Ngân Nguyệt "
    "Nhung Như Oanh Phượng Quyên Thảo Thơ Thư Trang Trâm Tuyết Vân Xuân Yến".split(),
)
_KHMER = (
    "Danh Danh Danh Thạch Thạch Sơn Kim Kiên Tăng Chau".split(),
    [""],
    ["Sóc Kha", "Sa Rương", "Hoài Thương", "Phi Rum", "Sà Rinh", "Vuông", "Thươl", "Sa Rết", "Minh Đa", "Na Rây"],
    ["Thị"],
    ["Sa Rây", "Sóc Kha", "Đa Ni", "Kim Sa", "Na Ri", "Sô Phia", "Chanh Đa", "Hoa Ri"],
)
_HOA = (
    "Quách Lâm Lý Trịnh Mã Tăng Khưu Ngụy Diệp".split(),
    ["Chí", "Vĩnh", "Gia", "Cẩm", "Tuấn"],
    "Hào Phát Hưng Minh Quyền Kiệt Thành Xương".split(),
    ["Mỹ", "Tú", "Lệ", "Bội", "Ngọc"],
    "Muội Linh Phụng Châu Hà San Quân".split(),
)
_TITLES = ["Đảng viên", "Đảng viên", "Chuyên viên", "Công chức", "Viên chức", "Cán bộ không chuyên trách"]


# --- who is here -----------------------------------------------------------------------------------------------


def is_demo() -> bool:
    """Whether the database holds the sample organisation."""
    return db.session.scalar(sa.select(Body.id).filter_by(code=ROOT)) is not None


def is_empty() -> bool:
    """Whether the database holds no organisation at all."""
    return db.session.scalar(sa.select(Body.id).limit(1)) is None


def person_name(rng: random.Random) -> str:
    """An invented name of one of the province's peoples."""
    families, middles, men, middles_of_women, women = rng.choices([_KINH, _KHMER, _HOA], [82, 12, 6])[0]
    if rng.random() < 0.5:
        words = rng.choice(families), rng.choice(middles), rng.choice(men)
    else:
        words = rng.choice(families), rng.choice(middles_of_women), rng.choice(women)
    return " ".join(word for word in words if word)


@dataclass
class _Branch:
    body: Body
    above: Body
    pace: float  # 0 slow to 1 quick, and beyond
    people: list["_Person"] = field(default_factory=list)


@dataclass
class _Person:
    id: int
    login: str
    branch: _Branch


class Builder:
    """Builds the sample in one transaction, which its caller commits."""

    def __init__(self, password_hash: str, now: datetime):
        self.rng = random.Random(SEED)
        self.hash, self.now = password_hash, now
        self.today = day_of(now)
        self.branches: list[_Branch] = []
        self.by_name: dict[str, Body] = {}
        self.logins: set[str] = set()

    def build(self) -> None:
        """Everything: bodies, people, the campaign, four weeks of learning."""
        self._bodies()
        for branch in self.branches:
            self._people(branch)
        self._grants()
        campaign = self._campaign()
        course = db.session.get_one(Course, campaign.course_id)
        self._history(course, campaign.path)
        accounts.note_act(None, "du-lieu-mau", self.now, detail={"people": len(self.logins)})
        db.session.flush()
        while counts.fold():
            pass
        for fill in (answers, analysis):
            while fill.step(self.now, timedelta(0), at_once=2000):
                pass

    # bodies and people

    def _bodies(self) -> None:
        root = self._body(ROOT, f"Đảng bộ tỉnh {PROVINCE}", None, BodyKind.PARTY)
        root.helper, root.helper_phone = "Tổ hỗ trợ học tập của tỉnh", "02000001248"
        for n, (name, kind, branches) in enumerate(BODIES, 1):
            body = self._body(f"{ROOT}-{n:02}", name, root, kind)
            pace = QUICK.get(name, self.rng.uniform(0.25, 0.95))
            for m, of_what in enumerate(branches, 1):
                branch = self._body(f"{ROOT}-{n:02}-{m}", f"Chi bộ {of_what}", body, kind)
                here = max(pace + self.rng.uniform(-0.2, 0.2), 0.05)
                self.branches.append(_Branch(branch, body, here))

    def _body(self, code: str, name: str, parent: Body | None, kind: BodyKind) -> Body:
        body = Body(code=code, name=name, folded=fold(name), kind=kind.value, from_on=SINCE, path="")
        body.parent_id = parent.id if parent else None
        db.session.add(body)
        db.session.flush()
        body.path = f"{parent.path if parent else ''}{body.id}/"
        db.session.add(BodyPeriod(body_id=body.id, from_on=SINCE, name=name, parent_id=body.parent_id, path=body.path))
        self.by_name[name] = body
        return body

    def _people(self, branch: _Branch) -> None:
        named = [account for account in ACCOUNTS if account.branch == branch.body.name]
        for account in named:
            self._person(branch, account.login, account.name, account.title)
        leaders = 0 if any(account.title == "Bí thư chi bộ" for account in named) else 1
        for n in range(PEOPLE_A_BRANCH - len(named)):
            name = person_name(self.rng)
            person = self._person(branch, self._login(name), name, self._title(n, leaders))
            if n < leaders:
                self._grant(person.id, Role.LEADER, branch.body)
        db.session.flush()

    def _title(self, n: int, leaders: int) -> str:
        if n < leaders:
            return "Bí thư chi bộ"
        return "Phó Bí thư chi bộ" if n == leaders else self.rng.choice(_TITLES)

    def _person(self, branch: _Branch, login: str, name: str, title: str) -> _Person:
        row = accounts.add_person(login, name)
        row.password_hash = self.hash
        row.welcomed_at = None if login == "nguoimoi" else self._moment(self.rng.randrange(0, 3))
        db.session.add(Post(person_id=row.id, body_id=branch.body.id, from_on=SINCE, title=title))
        person = _Person(row.id, login, branch)
        self.logins.add(login)
        branch.people.append(person)
        return person

    def _login(self, name: str) -> str:
        bare = fold(name).replace(" ", "")
        return next(x for x in (bare, *(f"{bare}{n}" for n in range(2, 100))) if x not in self.logins)

    def _grant(self, person_id: int, role: Role, body: Body) -> None:
        db.session.add(Grant(person_id=person_id, role=role.value, body_id=body.id, from_on=SINCE))

    def _grants(self) -> None:
        ids = {person.login: person.id for branch in self.branches for person in branch.people}
        root = self.by_name[f"Đảng bộ tỉnh {PROVINCE}"]
        for account in ACCOUNTS:
            if account.login != "nguoimoi":
                db.session.get_one(Person, ids[account.login]).email = f"{account.login}@tramxanh.example"
            if account.role is not None:
                self._grant(ids[account.login], account.role, self.by_name.get(account.scope, root))
        for n, (name, _, _) in enumerate(BODIES, 1):  # the other bodies have their leaders, too
            body = self.by_name[name]
            body.helper, body.helper_phone = f"Văn phòng {name}", f"0200000{n:04}"
            if name != HOME_BODY:
                branch = next(branch for branch in self.branches if branch.above is body)
                self._grant(branch.people[-1].id, Role.LEADER, body)
        db.session.flush()

    # the campaign

    def _campaign(self) -> Campaign:
        course = db.session.scalars(sa.select(Course).order_by(Course.id)).first()
        if course is None or course.revision_id is None:
            raise LookupError("no course has been imported")
        path = course_queries.course_value(course.revision_id).paths[0].key
        start, due = self.today - timedelta(days=BEGAN), self.today + timedelta(days=DUE)
        root = self.by_name[f"Đảng bộ tỉnh {PROVINCE}"]
        title = "Học tập và kiểm tra nhận thức về liêm chính"
        opened = self._moment(0, hour=7)
        campaign = learning.open_campaign(title, course, path, start, due, [root.id], 95, opened)
        early = self.today - timedelta(days=EARLY_DUE)
        db.session.add(
            CampaignBody(campaign_id=campaign.id, body_id=self.by_name[EARLY].id, due_on=early, target=False)
        )
        db.session.flush()
        people = [(person.id, branch.body.id) for branch in self.branches for person in branch.people]
        learning.enrol(campaign, people, opened)
        return campaign

    def _moment(self, day: float, hour: int | None = None) -> datetime:
        """Some moment of waking hours, so many days after the beginning; never in the future."""
        on = self.today - timedelta(days=BEGAN) + timedelta(days=int(day))
        at = time(hour if hour is not None else self.rng.randrange(7, 21), self.rng.randrange(60))
        return min(datetime.combine(on, at, VIETNAM), self.now - timedelta(minutes=90))

    # four weeks of learning

    def _history(self, course: Course, path: str) -> None:
        assert course.revision_id is not None
        keys = course_queries.course_value(course.revision_id).path(path).units
        rows = {row.key: row for row in course_queries.unit_rows(course.id)}
        units = [course_queries.taught(rows[key].revision_id) for key in keys]
        for branch in self.branches:
            for person in branch.people:
                Learner(self, person, course.id, units).live()
            db.session.flush()
        self._voices(units)

    def _voices(self, units: list[Taught]) -> None:
        """What waits for the trainer and for the administrators."""
        said = [
            (ReportKind.UNCLEAR, "Tình huống hơi dài, đọc trên điện thoại khó theo dõi."),
            (ReportKind.TWO_RIGHT, "Tôi thấy hai phương án đều có lý, đề nghị xem lại."),
            (ReportKind.OTHER, "Đề nghị thêm ví dụ ở cấp xã."),
        ]
        people = [person for branch in self.branches[12:20] for person in branch.people[2:]]
        for n, (kind, text) in enumerate(said):
            unit = units[-1 - n % len(units)]
            question = sorted(unit.questions)[n]
            courses.report(unit.revision_id, question, people[n].id, kind, text, self._moment(17 + n))
        accounts.ask(people[5].id, RequestKind.WRONG_BODY, "Tôi đã chuyển sang chi bộ ấp Bờ Tre.", self._moment(18))
        forgotten = "Quên mật khẩu, đề nghị cấp mã dùng một lần."
        accounts.ask(people[6].id, RequestKind.PASSWORD, forgotten, self._moment(20))


class Learner:
    """One person's four weeks."""

    def __init__(self, sample: Builder, person: _Person, course_id: int, units: list[Taught]):
        self.sample, self.rng = sample, sample.rng
        self.person, self.course_id, self.units = person, course_id, units
        self.luck = random.Random(f"{SEED} {person.login}")
        self.skill = self.luck.gauss(0, 1)

    def live(self) -> None:
        """As planned for the accounts of the table, else as chance and the branch's pace will have it."""
        match self.person.login:
            case "nguoimoi":
                return
            case "hocvien":
                self._half_way()
            case _ if self.person.branch.above.name == EARLY:
                self._early()
            case _:
                self._as_it_comes()

    def _half_way(self) -> None:
        """Everything before unit 8, and half of its reading, yesterday."""
        keys = [taught.unit.key for taught in self.units]
        at = keys.index("bai-8") if "bai-8" in keys else len(keys) - 1
        for n, taught in enumerate(self.units[:at]):
            self._pass(taught, self.sample._moment(1 + (BEGAN - 3) * n / at, hour=19), failing=1 if n == 1 else 0)
        sections = len(self.units[at].unit.sections)
        self._read(self.units[at], self.sample._moment(BEGAN - 1, hour=20), sections // 2)

    def _early(self) -> None:
        """In the body whose date has passed: most in time, some late, some not at all."""
        place = self.person.branch.people.index(self.person)
        if place < 6:
            self._finish(2, BEGAN - EARLY_DUE - 1)
        elif place < 8:
            self._finish(BEGAN - EARLY_DUE + 1, BEGAN - 0.5)
        elif place < 9:
            self._some(1, 6)

    def _as_it_comes(self) -> None:
        luck = self.rng.random() * 0.6 + self.person.branch.pace * 0.4
        begins = self.rng.uniform(0, BEGAN * 0.7)
        if luck > 0.78:
            self._finish(begins, self.rng.uniform(begins, BEGAN))
        elif luck > 0.28:
            self._some(int(len(self.units) * self.rng.random() ** 3), begins)  # most are still near the beginning

    def _finish(self, first: float, last: float) -> None:
        """All units, between two days."""
        step = (last - first) / max(len(self.units), 1)
        for n, taught in enumerate(self.units):
            self._pass(taught, self.sample._moment(first + step * (n + 1)))

    def _some(self, passed: int, first: float) -> None:
        """So many units, then the next one left half read, failed, or with an attempt still open."""
        step = (BEGAN - first) / (passed + 2)
        for n, taught in enumerate(self.units[:passed]):
            self._pass(taught, self.sample._moment(first + step * n))
        following, at = self.units[passed], self.sample._moment(first + step * (passed + 1))
        if following.unit.final:
            self._take(following, at, share=0.6)
            return
        sections = len(following.unit.sections)
        match self.rng.randrange(3):
            case 0:
                self._read(following, at, self.rng.randrange(1, sections + 1))
            case 1:
                self._read(following, at, sections)
                self._take(following, at + timedelta(minutes=12), share=0.5)
            case _:
                self._read(following, at, sections)
                self._take(following, at + timedelta(minutes=12), stop_after=0.6)

    def _pass(self, taught: Taught, at: datetime, failing: int | None = None) -> None:
        """A first try as one knows it, and once more where that was not enough; ``failing``: as the account is planned."""
        if self.person.login == "hocvien" or self.rng.random() < 0.6:  # others go straight to the questions
            self._read(taught, at, len(taught.unit.sections))
        at += timedelta(minutes=taught.unit.minutes)
        enough = 0.9 if taught.unit.final else self.rng.choice([0.8, 0.9, 1.0])
        if failing is not None:
            for _ in range(failing):
                self._take(taught, at, share=0.5)
                at += timedelta(minutes=9)
            self._take(taught, at, share=enough)
        elif not self._take(taught, at):
            wait = timedelta(hours=taught.unit.quiz.retry_hours or 0, minutes=taught.unit.quiz.size + 2)
            if at + wait < self.sample.now - timedelta(minutes=60):
                self._take(taught, at + wait, share=enough)  # what was missed has been explained

    def _read(self, taught: Taught, at: datetime, sections: int) -> None:
        """Đọc: the first so many sections."""
        facts = [
            learning.NewFact(FactKind.SECTION_READ, f"{taught.unit.key}/{section.key}", "web", taught.revision_id)
            for section in taught.unit.sections[:sections]
        ]
        if facts:
            learning.record(self.person.id, self.course_id, facts, at)

    def _take(self, taught: Taught, at: datetime, share: float | None = None, stop_after: float | None = None) -> bool:
        """Làm bài; whether it is passed. ``share`` None: what one knows decides; else so much of it is right.

        ``stop_after`` leaves the attempt open after a share of the questions.
        """
        fixed = own_fixed(self.person.id, attempts.start(self.person.id, taught, at))
        assert fixed is not None
        keys = fixed.paper.keys
        count = None if share is None else len(keys) - int(-(-len(keys) * share // 1))
        wrong = missed(keys, self.skill, count or 0, len(keys) if count is None else count, self.luck)
        until = len(keys) if stop_after is None else int(len(keys) * stop_after)
        for n, key in enumerate(keys[:until]):
            at += timedelta(seconds=self.rng.randrange(15, 50))
            question = taught.questions[key]
            slipped = slip(question, wrong_response(question), self.luck) if n in wrong else None
            chosen = right_response(question) if slipped is None else slipped
            attempts.save(fixed, key, chosen, n + 1, at)
        if stop_after is not None:
            return False
        attempts.hand_in(fixed, at + timedelta(seconds=20))
        return bool(db.session.scalar(sa.select(Mark.passed).filter_by(attempt_id=fixed.id)))


# --- answers ---------------------------------------------------------------------------------------------------


def right_response(question: AnyQuestion) -> Response:
    """The answer that earns the whole point."""
    match question:
        case Single():
            return next(option.key for option in question.options if option.right)
        case Multiple():
            return [option.key for option in question.options if option.right]
        case TrueFalse():
            return "true" if question.answer else "false"
        case Matching():
            first = {plain(pair.right): pair.key for pair in reversed(question.pairs)}
            return {pair.key: first[plain(pair.right)] for pair in question.pairs}
        case Ordering():
            return [item.key for item in question.items]
        case Short():
            return question.accepted[0]
        case Number():
            return f"{question.value:g}".replace(".", ",")
        case Gaps():
            return {gap.key: next(option.key for option in gap.options if option.right) for gap in question.gaps}


def wrong_response(question: AnyQuestion) -> Response:
    """An answer that somebody might give and that does not earn the whole point."""
    match question:
        case Single():
            return next(option.key for option in question.options if not option.right)
        case Multiple():
            return [option.key for option in question.options if not option.right][:1]
        case TrueFalse():
            return "false" if question.answer else "true"
        case Matching():
            keys = list(dict.fromkeys(_matched(question).values()))
            return dict.fromkeys((pair.key for pair in question.pairs), keys[0])
        case Ordering():
            return [item.key for item in reversed(question.items)]
        case Short():
            return "không nhớ"
        case Number():
            return f"{question.value + question.tolerance + 1:g}".replace(".", ",")
        case Gaps():
            return {gap.key: next(option.key for option in gap.options if not option.right) for gap in question.gaps}


def _matched(question: Matching) -> dict[str, str]:
    response = right_response(question)
    assert isinstance(response, dict)
    return response


# --- loading ---------------------------------------------------------------------------------------------------


def load(data: Path, given: str | None, now: datetime) -> None:
    """Load the sample into an empty database, in one transaction; the password stays in the data folder."""
    password = given or secrets.token_hex(4)
    Builder(passwords.hash_password(password), now).build()
    keep_password(data, password)
    db.session.commit()


def known_password(data: Path, given: str | None) -> str | None:
    """The accounts' password, as it was kept; another one that is given from now on opens them. None: not known."""
    kept = data / PASSWORD_FILE
    old = kept.read_text(encoding="utf-8").strip() if kept.exists() else None
    if given and given != old:
        logins = [account.login for account in ACCOUNTS]
        values = {"password_hash": passwords.hash_password(given)}
        db.session.execute(sa.update(Person).where(Person.login.in_(logins)).values(values))
        db.session.commit()
        keep_password(data, given)
    return given or old


def keep_password(data: Path, password: str) -> None:
    """Readable by whoever runs the sample alone."""
    handle = os.open(data / PASSWORD_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(password + "\n")


def table(password: str | None) -> Iterator[str]:
    """The lines that tell which accounts there are."""
    shown = password or "(đã đặt trước)"
    wide = max(len(shown), len("Mật khẩu")) + 2
    yield f"  {'Tên đăng nhập':<15}{'Mật khẩu':<{wide}}{'Là ai'}"
    for account in ACCOUNTS:
        yield f"  {account.login:<15}{shown:<{wide}}{account.name}: {account.what}"
