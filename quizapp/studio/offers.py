"""Nhập câu hỏi: an upload between its steps. The job that reads it keeps the file, what was read, and what was decided.

Nothing stands in a draft before somebody confirms. Jobs and their files are forgotten after a week (`jobs.actions.KEEP`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from pydantic import BaseModel, ConfigDict

from quizapp.courses import drafts, offering, question_command
from quizapp.courses.exchange import sheet
from quizapp.courses.exchange.formats import FORMATS
from quizapp.courses.models import Unit
from quizapp.courses.nearness import folded_words, near
from quizapp.database import db
from quizapp.domain.interchange import Offered, Unreadable
from quizapp.files import actions as files
from quizapp.files import queries as kept_files
from quizapp.jobs import actions as jobs
from quizapp.jobs.actions import Done, Running
from quizapp.jobs.models import Job, JobState
from quizapp.web.refused import Refused

READ = "question_import.read"
TITLE = "Đang đọc tệp câu hỏi"


class Twin(BaseModel):
    """Câu gần giống, as kept."""

    text: str
    where: str
    key: str | None = None
    unit_id: int | None = None


class Kept(BaseModel):
    """What was read: the questions in order, judged; twins by the place of the question."""

    model_config = ConfigDict(extra="forbid")
    items: list[Offered]
    twins: dict[int, Twin]


@dataclass(frozen=True)
class Upload:
    """Một lần nhập: the job and what it has come to; ``skipped`` are the places of questions to be left out."""

    job: Job
    kept: Kept
    skipped: frozenset[int]

    @property
    def unit_id(self) -> int:
        return int(self.job.input["unit_id"])

    @property
    def taken(self) -> Mapping[str, Any] | None:
        """What has been put into the draft, once it has."""
        return self.job.result.get("taken")

    @property
    def good(self) -> list[int]:
        """The places of the questions that go in."""
        return [n for n, item in enumerate(self.kept.items) if not item.fatal and n not in self.skipped]

    @property
    def bad(self) -> list[int]:
        return [n for n, item in enumerate(self.kept.items) if item.fatal]


# --- the steps -------------------------------------------------------------------------------------------------


def begin(owner_id: int, name: str, form: str, unit_id: int, data: bytes, now: datetime) -> Job:
    """Bước 1: the file is kept, and read in the background."""
    given = {"name": name[:200], "format": form, "unit_id": unit_id, "encoding": None}
    return jobs.add(READ, TITLE, owner_id, now, given, files.keep(data, now))


def again(job: Job, encoding: str, now: datetime) -> Job:
    """The same file read in another encoding."""
    return jobs.add(READ, TITLE, job.owner_id, now, {**job.input, "encoding": encoding}, job.input_sha256)


def read_file(running: Running) -> Done:
    """Đọc tệp: every question, and which are nearly the same as others. As a GET, so that nobody waits meanwhile."""
    assert running.input_sha256 is not None
    given = running.input
    db.session.rollback()
    with current_app.test_request_context("/"):
        try:
            data = kept_files.content(running.input_sha256)
            items = offering.judged(FORMATS[given["format"]].read(data, given["name"], given["encoding"]))
        except Unreadable as no:
            return Done({"problem": no.sentence, "encoding": no.encoding})
        finally:
            bank = question_command.bank()
            db.session.rollback()
    twins = offering.twins(items, bank)
    told = {n: Twin(text=one.text[:300], where=one.where, key=one.key, unit_id=one.unit_id) for n, one in twins.items()}
    kept = Kept(items=items, twins=told)
    # A question that there is already is left out unless somebody wants it.
    return Done({"skipped": sorted(told)}, _bytes(kept), "cau-hoi.json", "application/json")


HANDLERS = {READ: read_file}
_NO_PICTURES: Any = {"items": {"__all__": {"pictures": True, "parts": {"__all__": {"pictures"}}}}}


def _bytes(kept: Kept) -> bytes:
    return kept.model_dump_json(exclude=_NO_PICTURES).encode()


def upload_of(owner_id: int, job: Job) -> Upload | None:
    """What a job has come to; None while it is not done, could not read the file, or has been forgotten."""
    if job.state != JobState.DONE.value or job.result_sha256 is None or not kept_files.is_kept(job.result_sha256):
        return None
    kept = Kept.model_validate_json(kept_files.content(job.result_sha256))
    return Upload(job, kept, frozenset(job.result.get("skipped", ())))


def lock(job: Job) -> Job:
    """The job as it is now, held until this transaction ends."""
    mine = sa.select(Job).where(Job.id == job.id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def choose(upload: Upload, shown: Collection[int], wanted: Collection[int]) -> None:
    """Bước 2: of the questions shown, which are to go in."""
    job = lock(upload.job)
    _refuse_taken(job)
    skipped = (set(job.result.get("skipped", ())) - set(shown)) | (set(shown) - set(wanted))
    job.result = {**job.result, "skipped": sorted(skipped)}
    db.session.flush()


def mend(upload: Upload, place: int, given: Mapping[str, str], now: datetime) -> Offered:
    """Sửa tại chỗ: the question as its fields now say, judged anew."""
    _refuse_taken(lock(upload.job))
    before = upload.kept.items[place]
    (item,) = offering.judged([sheet.of_fields(given, before.place)])
    item = item.model_copy(update={"id": before.id, "tags": before.tags, "category": before.category})
    upload.kept.items[place] = item
    if (twin := upload.kept.twins.get(place)) and not near(folded_words(offering.said(item)), folded_words(twin.text)):
        del upload.kept.twins[place]
    skipped = set(upload.skipped) - ({place} if place not in upload.kept.twins else set())
    upload.job.result_sha256 = files.keep(_bytes(upload.kept), now)
    upload.job.result = {**upload.job.result, "skipped": sorted(skipped)}
    db.session.flush()
    return item


def take(upload: Upload, defaults: offering.Defaults, by: int, now: datetime) -> Sequence[str]:
    """Bước 3: the good ones go into the unit's draft; their keys."""
    job = lock(upload.job)
    _refuse_taken(job)
    told = [offering.to_question(upload.kept.items[n], defaults) for n in upload.good]
    if not told:
        raise Refused("Không có câu nào được chọn để nhập.")
    keys = drafts.add_questions(upload.unit_id, [question for question, _ in told], by, now)
    lacking = sum(bool(remarks) for _, remarks in told)
    job.result = {**job.result, "taken": {"keys": keys, "lacking": lacking}}
    db.session.flush()
    return keys


def _refuse_taken(job: Job) -> None:
    if job.result.get("taken"):
        raise Refused("Các câu của tệp này đã được đưa vào bản nháp.")


# --- for the pages ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitChoice:
    """A unit that questions may go into: what it is, its objectives."""

    id: int
    number: int
    title: str
    objectives: Sequence[tuple[str, str]]


def unit_choices() -> list[UnitChoice]:
    """Every unit, in order."""
    found = [unit_choice(unit_id) for unit_id in db.session.scalars(sa.select(Unit.id)).all()]
    return sorted(filter(None, found), key=lambda one: one.number)


def unit_choice(unit_id: int) -> UnitChoice | None:
    """A unit by its draft, else by its newest revision."""
    head, _ = drafts.plain_of(unit_id)
    if head is None:
        return None
    objectives = [(one["key"], one["text"]) for one in head["objectives"]]
    return UnitChoice(unit_id, head["number"], head["title"], objectives)


def exported(unit_id: int, form: str) -> question_command.Written:
    """The questions in use of a unit as a file, and what that format could not hold."""
    return question_command.written(question_command.items_of(unit_id), FORMATS[form])
