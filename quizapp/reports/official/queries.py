"""Báo cáo: snapshots, reports and letterheads, inside the scope of whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.accounts import access
from quizapp.accounts.queries import SignedIn
from quizapp.database import db
from quizapp.organisation.models import Body
from quizapp.reports.official.figures import BodyThen, Figures, read_figures
from quizapp.reports.official.letter import Letter
from quizapp.reports.official.models import Letterhead, OfficialReport, Snapshot

PAGE = 50


@dataclass(frozen=True)
class Issuer:
    """Đơn vị lập báo cáo, as it is called today."""

    id: int
    then: BodyThen
    path: str
    letter: Letter | None  # as last typed


def issuer(who: SignedIn, code: str) -> Issuer | None:
    """The body of that code inside the scope, with what its letterhead says."""
    above = aliased(Body)
    row = db.session.execute(
        sa.select(Body.id, Body.code, Body.name, Body.kind, Body.path, above.name, Letterhead.letterhead)
        .outerjoin(above, above.id == Body.parent_id)
        .outerjoin(Letterhead, Letterhead.body_id == Body.id)
        .where(Body.code == code, access.figures(who))
    ).one_or_none()
    if row is None:
        return None
    then = BodyThen(code=row[1], name=row[2], kind=row[3], above=row[5])
    return Issuer(row[0], then, row[4], Letter.model_validate(row[6]) if row[6] else None)


@dataclass(frozen=True)
class Closed:
    """Số liệu đã chốt: a snapshot as pages and files use it. ``path``: of its body today."""

    id: int
    number: str
    code: str
    at: datetime
    body_id: int
    campaign_id: int
    path: str
    figures: Figures


_CLOSED = (Snapshot.id, Snapshot.number, Snapshot.code, Snapshot.at, Snapshot.body_id, Snapshot.campaign_id)


def _closed(row: Sequence[Any]) -> Closed:
    return Closed(row[0], row[1], row[2], row[3], row[4], row[5], row[6], read_figures(row[7]))


def snapshot(who: SignedIn, code: str) -> Closed | None:
    """The snapshot of that code, where its body lies in the scope."""
    row = db.session.execute(
        sa.select(*_CLOSED, Body.path, Snapshot.figures)
        .join(Body, Body.id == Snapshot.body_id)
        .where(Snapshot.code == code, access.figures(who))
    ).one_or_none()
    return None if row is None else _closed(tuple(row))


@dataclass(frozen=True)
class Report:
    """Báo cáo with its snapshot; an addendum also with the snapshot that it corrects."""

    id: int
    code: str
    letter: Letter
    about: str
    made_at: datetime
    why: str | None
    closed: Closed
    corrects: "Report | None"

    @property
    def is_addendum(self) -> bool:
        return self.corrects is not None


def report(who: SignedIn, code: str) -> Report | None:
    """The report of that code, where its body lies in the scope."""
    found = _reports(who, OfficialReport.code == code)
    if not found:
        return None
    one, corrects_id = found[0]
    if corrects_id is None:
        return one
    corrected = _reports(who, OfficialReport.id == corrects_id)[0][0]
    return Report(one.id, one.code, one.letter, one.about, one.made_at, one.why, one.closed, corrected)


def _reports(who: SignedIn, which: sa.ColumnElement[bool]) -> list[tuple[Report, int | None]]:
    rows = db.session.execute(
        sa.select(*_CLOSED, Body.path, Snapshot.figures)
        .add_columns(OfficialReport.id, OfficialReport.code, OfficialReport.letterhead, OfficialReport.about)
        .add_columns(OfficialReport.made_at, OfficialReport.why, OfficialReport.corrects_id)
        .join(OfficialReport, OfficialReport.snapshot_id == Snapshot.id)
        .join(Body, Body.id == OfficialReport.body_id)
        .where(which, access.figures(who))
    )
    return [(_report(row), row[14]) for row in rows]


def _report(row: Sequence[Any]) -> Report:
    letter = Letter.model_validate(row[10])
    return Report(row[8], row[9], letter, row[11], row[12], row[13], _closed(tuple(row)), None)


@dataclass(frozen=True)
class Listed:
    """A line of the list of reports. ``corrects``: the number of the figures that an addendum corrects."""

    id: int
    code: str
    about: str
    made_at: datetime
    body: str
    number: str
    corrects: str | None


def listed(who: SignedIn, before: int | None = None) -> tuple[list[Listed], int | None]:
    """Reports of one's own bodies and all below, the newest first; the id to go on from, where there are more."""
    old_report, old = aliased(OfficialReport), aliased(Snapshot)
    rows = db.session.execute(
        sa.select(OfficialReport.id, OfficialReport.code, OfficialReport.about, OfficialReport.made_at)
        .add_columns(Body.name, Snapshot.number, old.number)
        .join(Body, Body.id == OfficialReport.body_id)
        .join(Snapshot, Snapshot.id == OfficialReport.snapshot_id)
        .outerjoin(old_report, old_report.id == OfficialReport.corrects_id)
        .outerjoin(old, old.id == old_report.snapshot_id)
        .where(access.figures(who), OfficialReport.id < before if before is not None else sa.true())
        .order_by(OfficialReport.id.desc())
        .limit(PAGE + 1)
    ).all()
    found = [Listed(*row) for row in rows[:PAGE]]
    return found, found[-1].id if len(rows) > PAGE else None


def addenda(report_id: int) -> list[tuple[str, datetime, str | None]]:
    """(code, when, why) of what corrects a report, the first first."""
    mine = sa.select(OfficialReport.code, OfficialReport.made_at, OfficialReport.why).filter_by(corrects_id=report_id)
    return [(row[0], row[1], row[2]) for row in db.session.execute(mine.order_by(OfficialReport.id))]
