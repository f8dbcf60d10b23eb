"""Báo cáo: freezing figures, making a report and an addendum, noting who took which file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Audit
from quizapp.clock import day_of
from quizapp.database import apart, db, insert, public_code, table
from quizapp.jobs import actions as jobs
from quizapp.reports.official.figures import Figures
from quizapp.reports.official.letter import Letter
from quizapp.reports.official.models import Letterhead, OfficialReport, Snapshot

PEOPLE_FILE = "people_file"  # a kind of job
SAME = timedelta(minutes=10)  # the same figures asked for again within this time have the same number


@dataclass(frozen=True)
class Who:
    """Who acts, from where, when."""

    id: int
    net: str | None
    at: datetime


@dataclass(frozen=True)
class Of:
    """Whose figures: the body and the campaign."""

    body_id: int
    campaign_id: int


def close(who: Who, of: Of, figures: Figures) -> Snapshot:
    """Chốt số liệu: the snapshot of these figures; the one of a moment ago where nothing has changed since."""
    summed = figures.sha256()
    same = sa.select(Snapshot).filter_by(campaign_id=of.campaign_id, body_id=of.body_id, sha256=summed)
    kept = db.session.scalar(same.where(Snapshot.at > who.at - SAME).order_by(Snapshot.id.desc()).limit(1))
    if kept is not None:
        return kept
    made = Snapshot(
        number=public_code(),  # until its id is known
        code=public_code(),
        body_id=of.body_id,
        campaign_id=of.campaign_id,
        until=figures.until,
        at=who.at,
        made_by=who.id,
        sha256=summed,
        figures=figures.stored(),
    )
    db.session.add(made)
    db.session.flush()
    made.number = f"SL-{day_of(who.at).year}-{made.id}"
    db.session.flush()
    return made


def make_report(who: Who, of: Of, figures: Figures, letter: Letter, about: str) -> OfficialReport:
    """Lập báo cáo: a report of figures frozen now; the letterhead is remembered for the body."""
    made = _report(who, close(who, of, figures), letter, about)
    _remember(of.body_id, letter)
    return made


def correct(who: Who, of: Of, old: tuple[int, str], figures: Figures, letter: Letter, why: str) -> OfficialReport:
    """Lập phụ lục đính chính: figures frozen now beside those of the ``old`` report (its id, its snapshot's number)."""
    closed = close(who, of, figures)
    return _report(who, closed, letter, f"Phụ lục đính chính số liệu chốt số {old[1]}", old[0], why)


def _report(
    who: Who, closed: Snapshot, letter: Letter, about: str, corrects_id: int | None = None, why: str | None = None
) -> OfficialReport:
    made = OfficialReport(
        code=public_code(),
        snapshot_id=closed.id,
        body_id=closed.body_id,
        layout=letter.layout.value,
        letterhead=letter.model_dump(mode="json"),
        about=about,
        made_at=who.at,
        made_by=who.id,
        corrects_id=corrects_id,
        why=why,
    )
    db.session.add(made)
    act = "make_report" if corrects_id is None else "correct_report"
    detail = {"body": closed.figures["body"]["code"], "campaign": closed.figures["campaign"]["code"]}
    detail["number"] = closed.number
    db.session.add(Audit(at=who.at, actor_id=who.id, act=act, detail=detail, reason=why, net=who.net))
    db.session.flush()
    return made


def _remember(body_id: int, letter: Letter) -> None:
    kept = letter.model_copy(update={"signed_on": None, "basis": ""})  # these belong to one report
    row = {"layout": kept.layout.value, "letterhead": kept.model_dump(mode="json")}
    put = insert(table(Letterhead)).values(body_id=body_id, **row)
    db.session.execute(put.on_conflict_do_update(index_elements=["body_id"], set_=row))


def ask_for_people(who: Who, snapshot: str, title: str, back: str) -> str:
    """Lập danh sách lớn: a job of the work process; its code."""
    given = {"snapshot": snapshot, "net": who.net, "back": back}
    return jobs.add(PEOPLE_FILE, title, who.id, who.at, given).code


def note_file(who: Who, file: str, body: tuple[str, str], campaign: str, number: str, people: Sequence[int]) -> None:
    """Nhật ký: somebody takes a file. Written apart, in one short transaction, since a GET writes nothing.

    ``body``: code, name. ``people``: whom the file names; a file with names is a look at them.
    """
    code, name = body
    detail = {"body": code, "campaign": campaign, "file": file, "number": number}
    if people:
        accounts.note_look(who.id, f"Tệp danh sách, {name}", people, who.net, who.at, **detail)
        return
    with apart() as session:
        session.add(Audit(at=who.at, actor_id=who.id, act="take_file", detail=detail, net=who.net))
