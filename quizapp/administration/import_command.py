"""`quizapp import-people`: the same reading, checking and writing as the page's, at once and for the whole organisation."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from quizapp.accounts.queries import Scope, SignedIn
from quizapp.administration import import_check, imports, problem_file
from quizapp.administration.models import PeopleImport
from quizapp.clock import now, today
from quizapp.config import BadSetting
from quizapp.database import db
from quizapp.domain.sheet_lines import Choices, Verdict
from quizapp.organisation.models import Body
from quizapp.web import spreadsheets as sheets
from quizapp.web.access import Role
from quizapp.web.formats import number
from quizapp.web.refused import Refused

SHOWN = 40  # problems on the screen; all of them in the file
Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wanted:
    """What the command was asked for."""

    file: Path
    only_check: bool
    under: str | None
    good_rows: bool
    problems: Path | None


def run(wanted: Wanted, say: Say, progress: Progress) -> bool:
    """Whether all went well; says what was found, and writes unless there is something to be looked at."""
    try:
        data = wanted.file.read_bytes()
    except OSError as error:
        raise BadSetting(f"Không đọc được tệp {wanted.file} ({error.strerror}).") from None
    try:
        with current_app.test_request_context("/"):  # as a GET: nobody waits while the file is checked
            checked, found = _check(wanted, data, progress)
            db.session.rollback()
        fine = _tell(wanted, checked, say)
        if wanted.only_check or not (fine or wanted.good_rows):
            say("Chưa có gì được ghi vào hệ thống.")
            return fine
        _write(wanted, data, found, checked, progress)
    except Refused as no:
        raise BadSetting(f"{no.sentence} Chưa có gì được ghi vào hệ thống.") from None
    counts = checked.counts()
    say(done_sentence(counts))
    return True


def done_sentence(counts: dict[str, int]) -> str:
    """What an import has come to."""
    told = f"Đã nhập {number(counts.get('new', 0))} người."
    if without := counts.get("no_phone", 0):
        told += f" {number(without)} người chưa có số điện thoại, cần cấp mật khẩu trực tiếp."
    rest = (("changed", "người sửa thông tin"), ("moved", "người chuyển đơn vị"), ("new_bodies", "đơn vị mới"))
    more = [f"{number(counts[key])} {words}" for key, words in rest if counts.get(key)]
    return told + (f" Ngoài ra: {', '.join(more)}." if more else "")


def _check(wanted: Wanted, data: bytes, progress: Progress) -> tuple[import_check.Checked, dict[str, object]]:
    read = sheets.read(data, wanted.file.name)
    found = import_check.headings(read)
    told = found["people"]
    if told and told.get("guess"):
        raise Refused(
            "Không tìm thấy dòng tiêu đề có cột họ và tên. Xem lại tệp, hoặc ghép cột ở trang nhập người dùng."
        )
    tell = _stage(progress, "Đang kiểm tra")
    checked = import_check.check(_server(wanted.under), read, found, Choices(), today(), tell)
    tell(1, 1)
    return checked, found


def _stage(progress: Progress, words: str) -> import_check.Tell:
    return lambda done, whole: progress(words, done, whole)


def _server(under: str | None) -> SignedIn:
    """Whoever runs commands on the server administers everything, or the body that the command names."""
    wanted = Body.parent_id.is_(None) if under is None else Body.code == under
    bodies = db.session.execute(sa.select(Body.id, Body.path).where(wanted)).all()
    if not bodies:
        raise Refused(f"Không có đơn vị nào mang mã “{under}”." if under else "Chưa có đơn vị nào.")
    scopes = tuple(Scope(Role.ADMIN.value, body.id, body.path) for body in bodies)
    flags = {"text_size": 100, "theme": "", "letter_keys": False, "welcomed": True, "has_password": True}
    return SignedIn(id=0, code="", login="", name="", session_id=0, token="", scopes=scopes, **flags)  # type: ignore[arg-type]


def _tell(wanted: Wanted, checked: import_check.Checked, say: Say) -> bool:
    counts = checked.counts()
    ok, look, bad = (number(counts.get(verdict.value, 0)) for verdict in (Verdict.OK, Verdict.LOOK, Verdict.BAD))
    say(f"{ok} dòng nhập được, {look} dòng cần xem, {bad} dòng lỗi.")
    say(", ".join(_difference(counts)) + ".")
    listed = [one.sentence for line in (*checked.bodies, *checked.people) for one in line.problems]
    for sentence in listed[:SHOWN]:
        say(f"  {sentence}")
    if len(listed) > SHOWN:
        say(f"  … và {number(len(listed) - SHOWN)} vấn đề nữa; ghi tất cả ra tệp bằng --problems.")
    if wanted.problems is not None and listed:
        wanted.problems.write_bytes(problem_file.of_lines(checked))
    return not listed


def _difference(counts: dict[str, int]) -> Iterator[str]:
    words = {"new": "người mới", "changed": "sửa thông tin", "moved": "chuyển đơn vị", "post": "thêm vị trí"}
    words |= {"same": "không đổi", "new_bodies": "đơn vị mới"}
    for key, told in words.items():
        yield f"{number(counts.get(key, 0))} {told}"
    yield f"{number(counts['absent'])} người đang có mà tệp không nhắc đến (giữ nguyên)"


def _write(
    wanted: Wanted, data: bytes, found: dict[str, object], checked: import_check.Checked, progress: Progress
) -> None:
    """All of it in one transaction: ended before its end, it leaves nothing."""
    sha256 = hashlib.sha256(data).hexdigest()
    row = PeopleImport(
        file_name=wanted.file.name[:200], sha256=sha256, made_at=now(), found=found, choices={}, counts={}
    )
    db.session.add(row)
    db.session.flush()
    stages = iter(range(1, 5))
    by = imports.Importer(_server(wanted.under), None, "Lệnh import-people trên máy chủ", None, now())
    imports.write(row, checked, by, lambda words: progress("Đang ghi", next(stages), 6))
    progress("Đang ghi", 5, 6)
    db.session.commit()
    progress("Đang ghi", 6, 6)
