"""Hoàn tác phát hành: whoever published by mistake takes it back within minutes, where nothing has come of it yet."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from quizapp.accounts.actions import note_act
from quizapp.courses import drafts, publishing
from quizapp.courses import queries as courses
from quizapp.courses.models import Correction, Unit, UnitRevision
from quizapp.database import db
from quizapp.learning import again
from quizapp.web.refused import Refused

UNDO = timedelta(minutes=10)


def undoable(unit_id: int, by: int, now: datetime) -> UnitRevision | None:
    """The newest revision, where one may still take it back: whoever published it, soon, and before it moved any mark.

    Marks that it has raised are never lowered, and who was asked to study again has heard of it: then a draft of the
    earlier revision goes back.
    """
    unit = db.session.get(Unit, unit_id)
    in_use = unit is not None and unit.retired_at is None and unit.revision_id is not None
    last = db.session.get(UnitRevision, unit.revision_id) if unit and in_use else None
    if last is None or last.approved_by != by or last.number == 1 or now - last.made_at > UNDO:
        return None
    corrected = db.session.scalar(sa.select(Correction.id).filter_by(unit_revision_id=last.id).limit(1))
    if corrected is not None or again.answered([last.id]) or drafts.has_draft(unit_id):
        return None
    return last


def undo(unit_id: int, number: int, by: int, now: datetime) -> UnitRevision:
    """Hoàn tác phát hành; the revision that says again what was said before."""
    db.session.execute(sa.select(Unit.id).filter_by(id=unit_id).with_for_update())  # a second tab waits
    last = undoable(unit_id, by, now)
    if last is None or last.number != number:
        raise Refused(
            "Không hoàn tác được nữa: đã quá 10 phút, bài đã có bản nháp hoặc bản khác, hoặc bản này đã làm đổi kết quả. "
            "Mở bản cũ ở phần “Các phiên bản” rồi bấm “Quay lại”."
        )
    made, _ = publishing.undo(last, by, now)
    note_act(by, "undo_publishing", now, detail={"unit": courses.address_of(unit_id)[1], "revision": number})
    return made
