"""Chuẩn bị: what a start does before it serves: the database brought up to date, content read, somebody who can sign in."""

import os
from collections.abc import Iterator

import click

from quizapp import content_command, demo, migrating
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import CodeKind, Grant, Person
from quizapp.clock import now, today
from quizapp.config import BadSetting, Settings
from quizapp.database import db
from quizapp.domain.vietnamese import fold
from quizapp.organisation.models import Body, BodyKind, BodyPeriod
from quizapp.web.access import Role

ADMIN = "quantri"


def prepare(settings: Settings, sample: bool, loopback: bool) -> Iterator[str]:
    """Migrate, import, and see that somebody can sign in; the lines to be told about it."""
    migrating.migrate(settings)
    if demo.is_demo() and not loopback:
        raise BadSetting("Thư mục dữ liệu này giữ dữ liệu mẫu, chỉ chạy trên chính máy này: bỏ --host.")
    if sample and not (demo.is_demo() or demo.is_empty()):
        raise BadSetting(
            "Cơ sở dữ liệu đã có đơn vị và người dùng thật, nên không nạp dữ liệu mẫu. Bỏ --demo, hoặc đặt QUIZAPP_DATA "
            "là một thư mục trống."
        )
    db.session.rollback()
    content_command.import_all(content_command.read_all(migrating.folder("content")))
    if sample:
        yield from _sample(settings)
    elif demo.is_empty():
        yield from _first_administrator(settings)


def _sample(settings: Settings) -> Iterator[str]:
    given = os.environ.get("QUIZAPP_DEMO_PASSWORD") or None
    if not demo.is_demo():
        click.echo("Đang nạp dữ liệu mẫu, khoảng 20 giây…")
        demo.load(settings.data, given, now())
    yield f"Dữ liệu mẫu, không có thật: tỉnh {demo.PROVINCE}. Tài khoản:"
    yield from demo.table(demo.known_password(settings.data, given))


def _first_administrator(settings: Settings) -> Iterator[str]:
    """An empty database gets its root body and one administrator, who comes in by a one-time link."""
    name = "Đơn vị gốc"
    body = Body(code="goc", name=name, folded=fold(name), kind=BodyKind.PARTY.value, from_on=today(), path="")
    db.session.add(body)
    db.session.flush()
    body.path = f"{body.id}/"
    db.session.add(BodyPeriod(body_id=body.id, from_on=today(), name=name, parent_id=None, path=body.path))
    person = accounts.add_person(ADMIN, "Người quản trị")
    db.session.add(Grant(person_id=person.id, role=Role.ADMIN.value, body_id=body.id, from_on=today()))
    yield from link(settings, person)


def link(settings: Settings, person: Person) -> Iterator[str]:
    """A one-time sign-in link, with what to say about it."""
    code = accounts.give_code(person.id, CodeKind.LINK, None, now())
    accounts.note_act(None, "cap-lien-ket", now(), person.id)
    db.session.commit()
    yield f"Liên kết vào một lần cho quản trị “{person.login}”, có hạn {accounts.CODE_LIFE.days} ngày:"
    yield f"  {settings.public_url}/ma?ma={code}"
