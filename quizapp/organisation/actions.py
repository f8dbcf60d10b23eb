"""Đơn vị: adding, renaming, moving, merging, splitting, closing. `Body` is today; every past day is in `BodyPeriod`."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import db, insert, table
from quizapp.domain import organisation as rules
from quizapp.domain.vietnamese import fold, nfc
from quizapp.organisation import trees
from quizapp.organisation.models import Body, BodyKind, BodyPeriod, BodyPlan, PlanKind
from quizapp.organisation.trees import Carried
from quizapp.web.refused import Refused

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def add(code: str, name: str, kind: BodyKind, parent: Body, from_on: date, today: date) -> Body:
    """Thêm đơn vị dưới một đơn vị. Refused: a code that is taken, a day before the parent's, a parent that has ended."""
    code, name = clean_code(code), _clean(name)
    _refuse_future(from_on, today)
    if from_on < parent.from_on:
        raise Refused(f"{parent.name} chỉ có từ ngày {parent.from_on:%d/%m/%Y}; đơn vị trực thuộc không thể có trước.")
    if parent.to_on is not None:
        raise Refused(f"{parent.name} đã kết thúc từ ngày {parent.to_on:%d/%m/%Y}. Chọn cấp trên khác.")
    row = {"code": code, "name": name, "folded": fold(name), "kind": kind.value, "parent_id": parent.id, "path": ""}
    statement = insert(Body).values(row | {"from_on": from_on}).on_conflict_do_nothing(index_elements=["code"])
    body_id = db.session.scalar(statement.returning(Body.id))
    if body_id is None:
        raise Refused(_taken(code))
    body = db.session.get_one(Body, body_id)
    body.path = f"{parent.path}{body_id}/"
    _begin(body, parent)
    return body


@dataclass(frozen=True)
class NewBody:
    """A body that a list brings: its code and that of the one above have been found to be right."""

    code: str
    name: str
    kind: BodyKind
    parent: str
    from_on: date


def add_many(bodies: Sequence[NewBody]) -> dict[str, int]:
    """Thêm nhiều đơn vị of one level, those above them being there: code -> id. Five statements, however many."""
    wanted = {body.parent for body in bodies}
    rows = sa.select(Body.code, Body.id, Body.path, Body.from_on, Body.to_on).where(Body.code.in_(wanted))
    above = {row.code: row for row in db.session.execute(rows.with_for_update())}
    fresh = []
    for body in bodies:
        parent = above.get(body.parent)
        if parent is None or parent.to_on is not None:
            raise Refused(f"Cấp trên của {body.name} không còn. Kiểm tra lại tệp.")
        if body.from_on < parent.from_on:
            raise Refused(f"{body.name} không thể có trước cấp trên của nó, {parent.from_on:%d/%m/%Y}.")
        name = _clean(body.name)
        row = {"code": body.code, "name": name, "folded": fold(name), "kind": body.kind.value, "path": ""}
        fresh.append(row | {"parent_id": parent.id, "from_on": body.from_on})
    statement = insert(table(Body)).on_conflict_do_nothing().returning(table(Body).c.code, table(Body).c.id)
    made: dict[str, int] = dict(db.session.execute(statement, fresh).all())
    if len(made) < len(bodies):
        taken = next(body.code for body in bodies if body.code not in made)
        raise Refused(f"Mã “{taken}” vừa có đơn vị khác dùng. Kiểm tra lại tệp.")
    paths = {body.code: f"{above[body.parent].path}{made[body.code]}/" for body in bodies}
    own = sa.update(table(Body)).where(table(Body).c.id == sa.bindparam("of")).values(path=sa.bindparam("now"))
    db.session.execute(own, [{"of": made[code], "now": path} for code, path in paths.items()])
    db.session.execute(
        sa.insert(table(BodyPeriod)), _periods(fresh, made, {row.id: row.path for row in above.values()})
    )
    return made


def _periods(
    fresh: Sequence[dict[str, Any]], made: Mapping[str, int], above: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Of new bodies: as `_begin`, for many at once. ``above``: the bodies above them with their path of today."""
    known = _paths(above)
    keys = ("name", "folded", "parent_id")
    return [
        {key: row[key] for key in keys} | {"body_id": body_id, "from_on": day, "path": f"{path}{body_id}/"}
        for row in fresh
        for body_id in (made[row["code"]],)
        for day, path in _paths_since(row["from_on"], known[row["parent_id"]], above[row["parent_id"]]).items()
    ]


def clean_code(typed: str) -> str:
    """A code as it is kept; Refused where it cannot be one."""
    code = typed.strip().lower()
    if not _CODE.fullmatch(code):
        raise Refused("Mã đơn vị chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, ví dụ chi-bo-12.")
    return code


def refuse_taken(code: str) -> None:
    """Refused where another body has that code already: for a body that is to come."""
    if db.session.scalar(sa.select(Body.id).where(Body.code == clean_code(code))) is not None:
        raise Refused(_taken(code))


def refuse_twin(name: str, parent_id: int | None, but: Collection[int] = ()) -> None:
    """Refused where the one above has an open body of that name already; ``but``: who makes room, or is the very one."""
    same = Body.parent_id == parent_id, Body.folded == fold(_clean(name)), Body.to_on.is_(None), Body.id.not_in(but)
    twin = db.session.execute(sa.select(Body.name, Body.code).where(*same).limit(1)).first()
    if twin is not None:
        raise Refused(f"Cấp trên này đã có {twin.name} (mã {twin.code}). Thêm số hoặc địa bàn vào tên để phân biệt.")


def _taken(code: str) -> str:
    return f"Mã “{code}” đã có đơn vị khác dùng. Chọn mã khác."


def _begin(body: Body, parent: Body) -> None:
    """The first period, and one for each later day on which the parent came to stand elsewhere."""
    row = {"body_id": body.id, "name": body.name, "parent_id": parent.id}
    for day, path in _paths_since(body.from_on, _paths([parent.id]).get(parent.id, {}), parent.path).items():
        db.session.add(BodyPeriod(**row, from_on=day, path=f"{path}{body.id}/"))
    db.session.flush()


def _paths(ids: Iterable[int]) -> dict[int, dict[date, str]]:
    """Body -> where it stood from which day on, in order."""
    told = sa.select(BodyPeriod.body_id, BodyPeriod.from_on, BodyPeriod.path).where(BodyPeriod.body_id.in_(ids))
    found: dict[int, dict[date, str]] = {}
    for row in db.session.execute(told.order_by(BodyPeriod.from_on)):
        found.setdefault(row.body_id, {})[row.from_on] = row.path
    return found


def _paths_since(from_on: date, paths: Mapping[date, str], today: str) -> dict[date, str]:
    """Where a body stood on a day, and on each later day on which that changed; ``today``: where nothing older is known."""
    first = next((path for day, path in reversed(list(paths.items())) if day <= from_on), today)
    return {from_on: first} | {day: path for day, path in paths.items() if day > from_on}


def rename(body: Body, name: str, from_on: date, today: date) -> list[Carried] | None:
    """Đổi tên từ một ngày; the name before it stays readable. The day of the last change corrects that change.

    Of this and the acts that follow: None where the day is still to come; then it is only judged, nothing is stored.
    """
    name = _clean(name)
    return _change(from_on, today, lambda tree: rules.rename(tree, body.id, name, from_on))


def move(body: Body, parent: Body, on: date, today: date) -> list[Carried] | None:
    """Chuyển sang cấp trên khác từ một ngày, with all below it."""
    return _change(on, today, lambda tree: rules.move(tree, body.id, parent.id, on))


def merge(olds: Sequence[Body], new: Body, on: date, today: date) -> list[Carried] | None:
    """Gộp vào một đơn vị từ một ngày: the old ones end, what stood below them stands below the new one."""
    return _change(on, today, lambda tree: rules.merge(tree, [old.id for old in olds], new.id, on))


def split(old: Body, new: Body, children: Sequence[Body], on: date, today: date) -> list[Carried] | None:
    """Tách: ``new``, added before, comes out of ``old`` and takes some of what stood below it."""
    return _change(on, today, lambda tree: rules.split(tree, old.id, new.id, [one.id for one in children], on))


def close(body: Body, to_on: date, people: int, today: date) -> None:
    """Kết thúc đơn vị: ``to_on`` is the first day without it.

    ``people``: how many are still counted in it, which a higher room knows. Refused while there are any, or bodies below.
    One that was only added today may end today.
    """
    if body.to_on is None and body.parent_id is not None and people:
        raise Refused(f"Còn {people} người trong {body.name}. Chuyển những người này sang đơn vị khác trước.")
    _refuse_future(to_on, today)
    _change(to_on, today, lambda tree: rules.close(tree, body.id, to_on, today))


def _change(on: date, today: date, act: Callable[[rules.Tree], rules.Tree]) -> list[Carried] | None:
    """Do to the tree what the rules allow, and say which bodies stand elsewhere now."""
    trees.hold()
    before = trees.read()
    try:
        after = act(before)
    except rules.Impossible as no:
        raise Refused(no.sentence) from None
    return trees.store(before, after) if on <= today else None


def plan(body: Body, kind: PlanKind, on: date, detail: dict[str, Any], by: int, reason: str, now: datetime) -> BodyPlan:
    """Ghi một thay đổi cho ngày sau: the work process carries it out on that day."""
    if body.to_on is not None:
        raise Refused(f"{body.name} đã kết thúc từ ngày {body.to_on:%d/%m/%Y}.")
    row = BodyPlan(body_id=body.id, kind=kind.value, on=on, detail=detail, asked_by=by, asked_at=now, reason=reason)
    db.session.add(row)
    db.session.flush()
    return row


def take_back(plan: BodyPlan, now: datetime) -> None:
    """Bỏ một thay đổi chưa đến ngày."""
    mine = sa.update(BodyPlan).where(BodyPlan.id == plan.id, BodyPlan.done_at.is_(None))
    if not db.session.execute(mine.values(done_at=now, taken_back=True).returning(BodyPlan.id)).all():
        raise Refused("Thay đổi này đã được thực hiện hoặc đã bỏ.")


def name_helper(body: Body, helper: str, phone: str | None) -> None:
    """Người hỗ trợ của đơn vị; an empty name inherits the one above."""
    body.helper, body.helper_phone = _clean(helper) or None, phone if _clean(helper) else None
    db.session.flush()


def lock(body: Body) -> Body:
    """The body as it is now, held until this transaction ends: who closes it and who moves in follow one another."""
    again = sa.select(Body).where(Body.id == body.id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(again).one()


def _clean(text: str) -> str:
    return " ".join(nfc(text).split())


def _refuse_future(day: date, today: date) -> None:
    if day > today:  # `Body` says what is today; nothing would change it when the day comes
        raise Refused("Ngày hiệu lực chưa đến. Đồng chí ghi vào chính ngày đó.")
