"""Đơn vị: adding, renaming and closing bodies. `Body` is today; `BodyPeriod` is kept so that every past day can be read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from quizapp.database import db, insert, table
from quizapp.domain.vietnamese import fold, nfc
from quizapp.organisation.models import Body, BodyKind, BodyPeriod
from quizapp.web.refused import Refused

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def add(code: str, name: str, kind: BodyKind, parent: Body, from_on: date, today: date) -> Body:
    """Thêm đơn vị dưới một đơn vị. Refused: a code that is taken, a day before the parent's, a parent that has ended."""
    code, name = code.strip().lower(), _clean(name)
    if not _CODE.fullmatch(code):
        raise Refused("Mã đơn vị chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, ví dụ chi-bo-12.")
    _refuse_future(from_on, today)
    if from_on < parent.from_on:
        raise Refused(f"{parent.name} chỉ có từ ngày {parent.from_on:%d/%m/%Y}; đơn vị trực thuộc không thể có trước.")
    if parent.to_on is not None:
        raise Refused(f"{parent.name} đã kết thúc từ ngày {parent.to_on:%d/%m/%Y}. Chọn cấp trên khác.")
    row = {"code": code, "name": name, "folded": fold(name), "kind": kind.value, "parent_id": parent.id, "path": ""}
    statement = insert(Body).values(row | {"from_on": from_on}).on_conflict_do_nothing(index_elements=["code"])
    body_id = db.session.scalar(statement.returning(Body.id))
    if body_id is None:
        raise Refused(f"Mã “{code}” đã có đơn vị khác dùng. Chọn mã khác.")
    body = db.session.get_one(Body, body_id)
    body.path = f"{parent.path}{body_id}/"
    db.session.add(BodyPeriod(body_id=body_id, from_on=from_on, name=name, parent_id=parent.id, path=body.path))
    db.session.flush()
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
    """Thêm nhiều đơn vị of one level, those above them being there: code -> id. Three statements a hundred bodies."""
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
    keys = ("name", "parent_id", "from_on")
    periods = [
        {key: row[key] for key in keys} | {"body_id": made[row["code"]], "path": paths[row["code"]]} for row in fresh
    ]
    db.session.execute(sa.insert(table(BodyPeriod)), periods)
    return made


def rename(body: Body, name: str, from_on: date, today: date) -> None:
    """Đổi tên từ một ngày; the name before it stays readable. The day of the last change corrects that change."""
    name = _clean(name)
    last = _last_period(body)
    _refuse_ended(body)
    _refuse_future(from_on, today)
    if from_on < body.from_on:
        raise Refused(f"{body.name} chỉ có từ ngày {body.from_on:%d/%m/%Y}. Chọn ngày đó hoặc muộn hơn.")
    if from_on < last.from_on:
        raise Refused(f"Từ ngày {last.from_on:%d/%m/%Y} đơn vị đã mang tên hiện nay. Chọn ngày đó hoặc muộn hơn.")
    if name == body.name:
        raise Refused("Tên mới giống tên hiện nay.")
    if from_on == last.from_on:
        last.name = name
    else:
        row = BodyPeriod(body_id=body.id, from_on=from_on, name=name, parent_id=body.parent_id, path=body.path)
        db.session.add(row)
    body.name, body.folded = name, fold(name)
    db.session.flush()


def close(body: Body, to_on: date, people: int, today: date) -> None:
    """Kết thúc đơn vị: ``to_on`` is the first day without it.

    ``people``: how many are still counted in it, which a higher room knows. Refused while there are any, or bodies below.
    """
    _refuse_ended(body)
    _refuse_future(to_on, today)
    if body.parent_id is None:
        raise Refused("Không kết thúc được đơn vị cao nhất.")
    if to_on <= _last_period(body).from_on:
        raise Refused("Ngày kết thúc phải sau ngày bắt đầu và sau lần đổi tên gần nhất của đơn vị.")
    below = sa.select(sa.func.count()).where(
        Body.parent_id == body.id, sa.or_(Body.to_on.is_(None), Body.to_on > to_on)
    )
    if still := db.session.scalar(below):
        raise Refused(f"Còn {still} đơn vị trực thuộc trong {body.name}. Kết thúc các đơn vị đó trước.")
    if people:
        raise Refused(f"Còn {people} người trong {body.name}. Chuyển những người này sang đơn vị khác trước.")
    body.to_on = to_on
    db.session.flush()


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


def _last_period(body: Body) -> BodyPeriod:
    mine = sa.select(BodyPeriod).where(BodyPeriod.body_id == body.id).order_by(BodyPeriod.from_on.desc()).limit(1)
    return db.session.scalars(mine).one()


def _refuse_ended(body: Body) -> None:
    if body.to_on is not None:
        raise Refused(f"{body.name} đã kết thúc từ ngày {body.to_on:%d/%m/%Y}.")


def _refuse_future(day: date, today: date) -> None:
    if day > today:  # `Body` says what is today; nothing would change it when the day comes
        raise Refused("Ngày hiệu lực chưa đến. Đồng chí ghi vào chính ngày đó.")
