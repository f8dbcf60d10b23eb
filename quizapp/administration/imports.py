"""Nhập người và đơn vị: handing in a file, deciding about its lines, and writing it: all of it, or nothing."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.models import Audit, Person, Post
from quizapp.accounts.queries import SignedIn
from quizapp.administration.import_check import Checked
from quizapp.administration.models import ImportState, PeopleImport, PeopleImportLine
from quizapp.clock import day_of
from quizapp.database import db, insert, table
from quizapp.domain import bodies_check
from quizapp.domain.sheet_lines import Choices, Deed, Line, Verdict
from quizapp.domain.vietnamese import fold, sort_key
from quizapp.files import actions as files
from quizapp.files.queries import is_kept
from quizapp.jobs import actions as jobs
from quizapp.learning import moves
from quizapp.organisation import actions as organisation
from quizapp.organisation.models import BodyKind
from quizapp.web.refused import Refused

READ, CHECK, WRITE = "people_import.read", "people_import.check", "people_import.write"
TITLES = {READ: "Đang đọc tệp", CHECK: "Đang kiểm tra dữ liệu", WRITE: "Đang nhập vào hệ thống"}
CHANGED = (
    "Dữ liệu trong hệ thống đã thay đổi từ lúc kiểm tra. Tệp vừa được kiểm tra lại; đồng chí xem rồi xác nhận lại."
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Importer:
    """Who imports, why, when; ``actor_id`` None: a command on the server."""

    who: SignedIn
    actor_id: int | None
    reason: str
    net: str | None
    now: datetime

    @property
    def today(self) -> date:
        return day_of(self.now)


# --- steps -----------------------------------------------------------------------------------------------------


def begin(owner_id: int, name: str, data: bytes, now: datetime) -> PeopleImport:
    """Bước 1: the file is kept, and read in the background."""
    digest = files.keep(data, now)
    row = PeopleImport(
        owner_id=owner_id, file_name=name[:200], sha256=digest, made_at=now, found={}, choices={}, counts={}
    )
    db.session.add(row)
    db.session.flush()
    queue(row, READ, owner_id, now)
    return row


def queue(imported: PeopleImport, kind: str, owner_id: int, now: datetime, **more: Any) -> None:
    """Let the work process do the next step."""
    if not is_kept(imported.sha256):
        raise Refused("Tệp đã được xóa sau 7 ngày. Đồng chí gửi lại tệp.")
    job = jobs.add(kind, TITLES[kind], owner_id, now, {"import": imported.id} | more, imported.sha256)
    imported.job_id = job.id
    db.session.flush()


def match_columns(imported: PeopleImport, columns: Mapping[str, int], owner_id: int, now: datetime) -> None:
    """Bước 2: which column is what; then everything is checked."""
    _refuse_done(imported)
    found = dict(imported.found)
    if found.get("people"):
        found["people"] = found["people"] | {"columns": dict(columns)}
    imported.found, imported.choices = found, {}
    queue(imported, CHECK, owner_id, now)


def decide(
    imported: PeopleImport, rows: Mapping[str, Sequence[str]], bodies: Mapping[str, str], owner_id: int, now: datetime
) -> None:
    """Bước 3: what is to be done about lines and bodies; then everything is checked again."""
    _refuse_done(imported)
    before = choices_of(imported)
    imported.choices = {"rows": {**before.rows, **rows}, "bodies": {**before.bodies, **bodies}}
    queue(imported, CHECK, owner_id, now)


def choices_of(imported: PeopleImport) -> Choices:
    """What has been decided so far."""
    return Choices(imported.choices.get("rows", {}), imported.choices.get("bodies", {}))


def sweep(now: datetime) -> None:
    """Forget imports that nobody has finished, with what their files said of people."""
    old = sa.select(PeopleImport.id).where(
        PeopleImport.state != ImportState.DONE.value, PeopleImport.made_at < now - jobs.KEEP
    )
    db.session.execute(sa.delete(PeopleImportLine).where(PeopleImportLine.import_id.in_(old)))
    db.session.execute(sa.delete(PeopleImport).where(PeopleImport.id.in_(old)))


def _refuse_done(imported: PeopleImport) -> None:
    if imported.state == ImportState.DONE.value:
        raise Refused("Tệp này đã được nhập xong.")


def digest(checked: Checked) -> str:
    """One word for what a checked file would do: the same only if nothing has changed since."""
    lines = (*checked.bodies, *checked.people)
    told = [
        [line.number, line.verdict, line.deed, line.person_id, line.code or line.place, line.login, line.changes]
        for line in lines
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def lock(import_id: int) -> PeopleImport:
    """The import as it is now, held until this transaction ends."""
    mine = sa.select(PeopleImport).where(PeopleImport.id == import_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


# --- what a check found ----------------------------------------------------------------------------------------


def store(imported: PeopleImport, checked: Checked, ids: Mapping[str, int] | None = None) -> None:
    """Keep every line of a checked file in place of the earlier ones. ``ids``: of bodies by code, once they are written."""
    known = ids if ids is not None else {code: site.id for code, site in checked.sites.items()}
    lines = table(PeopleImportLine)
    db.session.execute(sa.delete(lines).where(lines.c.import_id == imported.id))
    rows = [row | {"import_id": imported.id, "place": n} for n, row in enumerate(_stored(checked, known), 1)]
    for start in range(0, len(rows), 5000):
        db.session.execute(sa.insert(lines), rows[start : start + 5000])
    imported.counts = checked.counts() | {"digest": digest(checked)}
    imported.state = ImportState.CHECKED.value
    db.session.flush()


def _stored(checked: Checked, ids: Mapping[str, int]) -> Iterator[Row]:
    for line in checked.bodies:
        label = checked.label(line.parent) or line.parent
        yield _line_row(line, True, label, ids.get(line.code)) | {"says": _says(line) | {"code": line.code}}
    for line in checked.people:
        label = checked.label(line.place) or line.given.get("body", "")
        yield _line_row(line, False, label, ids.get(line.place or "")) | {"says": _says(line)}
    for one in checked.absent:
        row: Row = {"of_body": False, "number": None, "verdict": Verdict.ABSENT.value, "deed": Deed.NONE.value}
        row |= {"name": one.name}
        row |= {"body_id": one.body_id, "body": checked.label(one.place), "person_id": one.person_id}
        yield row | {"from_on": None, "says": {}}


def _line_row(line: Line, of_body: bool, label: str, body_id: int | None) -> Row:
    row: Row = {"of_body": of_body, "number": line.number, "verdict": line.verdict.value, "deed": line.deed.value}
    row |= {"name": line.name, "body_id": body_id, "body": label}
    return row | {"person_id": line.person_id, "from_on": line.from_on}


def _says(line: Line) -> Row:
    told: Row = {"given": line.given, "phone": line.phone, "login": line.login, "title": line.title}
    told |= {"mended": line.mended} if line.mended else {}
    told |= {"changes": line.changes, "before": line.before, "left": line.left}
    return told | {"problems": [problem.stored() for problem in line.problems]}


# --- writing ---------------------------------------------------------------------------------------------------


def write(imported: PeopleImport, checked: Checked, by: Importer, told: Callable[[str], None] = lambda _: None) -> None:
    """Bước 4: write all good lines of a checked file. One transaction, which the caller commits; Refused leaves nothing."""
    _refuse_done(imported)
    people = [line for line in checked.people if line.verdict is Verdict.OK]
    told("đơn vị")
    ids = {code: site.id for code, site in checked.sites.items()} | _write_bodies(checked.bodies)
    told("người")
    _add_people([line for line in people if line.deed is Deed.NEW])
    _name_followers(people)
    told("vị trí công tác")
    _write_posts(people, ids, by)
    _change_people([line for line in people if line.changes])
    _change_titles(people, ids, by.today)
    told("nhật ký")
    _note(imported, checked, people, ids, by)
    store(imported, checked, ids)
    imported.state, imported.done_at, imported.reason = ImportState.DONE.value, by.now, by.reason
    db.session.flush()


def _write_bodies(lines: Sequence[Line]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for level in bodies_check.in_order(lines):
        for start in range(0, len(level), 500):
            some = level[start : start + 500]
            fresh = [
                organisation.NewBody(
                    line.code,
                    line.name,
                    BodyKind(bodies_check.kind_of(line.name)),
                    line.parent,
                    line.from_on or date.min,
                )
                for line in some
            ]
            ids |= organisation.add_many(fresh)
    return ids


def _add_people(lines: Sequence[Line]) -> None:
    """New people; each line learns the id of its own."""
    keys: dict[str, Row] = {}
    for name in {line.name for line in lines}:
        keys[name] = {"name": name, "sort_key": sort_key(name), "folded": fold(name)}
    rows: list[Row] = [keys[line.name] | {"login": line.login, "phone": line.phone} for line in lines]
    made: dict[str, int] = {}
    it = table(Person)
    for start in range(0, len(rows), 5000):
        statement = insert(it).on_conflict_do_nothing().returning(it.c.login, it.c.id)
        made |= dict(db.session.execute(statement, rows[start : start + 5000]).all())
    for line in lines:
        if line.login not in made:
            raise Refused(f"Dòng {line.number}: tên đăng nhập “{line.login}” vừa có người dùng. Kiểm tra lại tệp.")
        line.person_id = made[line.login]


def _name_followers(people: Sequence[Line]) -> None:
    first = {line.number: line.person_id for line in people}
    for line in people:
        if line.person_id is None and line.follows is not None:
            line.person_id = first[line.follows]


def _write_posts(people: Sequence[Line], ids: Mapping[str, int], by: Importer) -> None:
    moved = [line for line in people if line.deed is Deed.MOVED]
    _leave_posts(moved, ids, by.today)
    rows = [
        {"person_id": line.person_id, "body_id": ids[line.place or ""], "from_on": line.from_on, "to_on": None}
        | {"title": line.title or None}
        for line in people
        if line.deed in (Deed.NEW, Deed.MOVED, Deed.POST)
    ]
    statement = insert(table(Post))
    again = {"to_on": None, "title": statement.excluded.title}
    statement = statement.on_conflict_do_update(index_elements=["person_id", "body_id", "from_on"], set_=again)
    for start in range(0, len(rows), 5000):
        db.session.execute(statement, rows[start : start + 5000])
    going = {(line.person_id or 0, ids[line.left or ""]): ids[line.place or ""] for line in moved}
    moves.of_many(going, by.today, by.now)


def _leave_posts(moved: Sequence[Line], ids: Mapping[str, int], today: date) -> None:
    it = table(Post).c
    held = it.person_id == sa.bindparam("person"), it.body_id == sa.bindparam("left"), it.from_on <= sa.bindparam("on")
    still = sa.or_(it.to_on.is_(None), it.to_on > today)
    statement = sa.update(table(Post)).where(*held, still).values(to_on=sa.bindparam("on"))
    for line in moved:
        row = {"person": line.person_id, "left": ids[line.left or ""], "on": line.from_on}
        if not db.session.execute(statement, row).rowcount:  # type: ignore[attr-defined]
            raise Refused(
                f"Dòng {line.number}: đến ngày {line.from_on:%d/%m/%Y} đồng chí {line.name} không còn ở đơn vị cũ, hoặc mới "
                "vào sau ngày đó. Kiểm tra lại tệp."
            )


def _change_people(lines: Sequence[Line]) -> None:
    it = table(Person)
    for name in ("name", "phone"):
        rows: list[Row] = [{"of": line.person_id, "now": line.changes[name]} for line in lines if name in line.changes]
        values: Row = {name: sa.bindparam("now")}
        if name == "name":
            rows = [row | {"sorted": sort_key(row["now"]), "bare": fold(row["now"])} for row in rows]
            values |= {"sort_key": sa.bindparam("sorted"), "folded": sa.bindparam("bare")}
        if rows:
            db.session.execute(sa.update(it).where(it.c.id == sa.bindparam("of")).values(values), rows)


def _change_titles(people: Iterable[Line], ids: Mapping[str, int], today: date) -> None:
    rows = [
        {"of": line.person_id, "at": ids[line.place or ""], "now": line.changes["title"]}
        for line in people
        if "title" in line.changes and line.deed is Deed.CHANGED
    ]
    it = table(Post)
    held = it.c.person_id == sa.bindparam("of"), it.c.body_id == sa.bindparam("at")
    still = it.c.from_on <= today, sa.or_(it.c.to_on.is_(None), it.c.to_on > today)
    if rows:
        db.session.execute(sa.update(it).where(*held, *still).values(title=sa.bindparam("now")), rows)


_ACTS = {Deed.NEW: "add_person", Deed.CHANGED: "change_person", Deed.MOVED: "move_post", Deed.POST: "add_post"}


def _note(
    imported: PeopleImport, checked: Checked, people: Sequence[Line], ids: Mapping[str, int], by: Importer
) -> None:
    """One line of the log about the whole, one about each person and each new body."""
    kept: Row = {"at": by.now, "actor_id": by.actor_id, "reason": by.reason, "net": by.net}
    top = min(checked.sites.values(), key=lambda site: len(site.path))
    whole = {"file": imported.file_name, "sha256": imported.sha256, "people": len(people), "import": imported.code}
    whole |= {"body": top.place.name, "body_id": top.id}
    rows: list[Row] = [kept | {"act": "import_people", "about_id": None, "detail": whole}]
    for line in checked.bodies:
        if line.verdict is Verdict.OK and line.deed is Deed.NEW:
            told = {"body": line.name, "body_id": ids[line.code], "code": line.code, "import": imported.code}
            rows.append(kept | {"act": "add_body", "about_id": None, "detail": told})
    for line in people:
        if line.deed in _ACTS:
            told = {"body": checked.label(line.place).split(" · ")[0], "body_id": ids[line.place or ""]}
            told |= {"import": imported.code, **({"changed": line.changes} if line.changes else {})}
            rows.append(kept | {"act": _ACTS[line.deed], "about_id": line.person_id, "detail": told})
    for start in range(0, len(rows), 5000):
        db.session.execute(sa.insert(table(Audit)), rows[start : start + 5000])
