"""Nhập câu hỏi: an upload between its steps. The job that reads it keeps the file, what was read, and what was decided.

Nothing stands in a draft before somebody confirms. Jobs and their files are forgotten after a week (`jobs.actions.KEEP`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from quizapp.courses import album, drafts, near_questions, offering, question_command
from quizapp.courses.exchange import sheet, shown
from quizapp.courses.exchange.formats import FORMATS
from quizapp.courses.exchange.texts import from_typed
from quizapp.courses.models import Unit
from quizapp.courses.nearness import folded_words, near
from quizapp.database import db
from quizapp.domain.content import Titled
from quizapp.domain.interchange import Offered, Unreadable
from quizapp.files import actions as files
from quizapp.files import queries as kept_files
from quizapp.jobs import actions as jobs
from quizapp.jobs.actions import Done, Running
from quizapp.jobs.models import Job, JobState
from quizapp.studio.offer_file import Kept, Twin, Unpacked, packed
from quizapp.web.refused import Refused

READ = "question_import.read"
TITLE = "Đang đọc tệp câu hỏi"


@dataclass(frozen=True)
class Upload:
    """Một lần nhập: the job and what it has come to; ``skipped`` are the places of questions to be left out."""

    job: Job
    file: Unpacked
    skipped: frozenset[int]

    @property
    def kept(self) -> Kept:
        return self.file.kept

    @property
    def unit_id(self) -> int:
        return int(self.job.input["unit_id"])

    @property
    def taken(self) -> Mapping[str, Any] | None:
        """What has been put into the draft: keys, places, how many of them lack something."""
        return self.job.result.get("taken")

    @property
    def gone_in(self) -> frozenset[int]:
        """The places of the questions that are in the draft."""
        return frozenset(self.taken["places"]) if self.taken else frozenset()

    @property
    def good(self) -> list[int]:
        """The places of the questions that go in next."""
        out = self.skipped | self.gone_in
        return [n for n, item in enumerate(self.kept.items) if not item.fatal and n not in out]

    @property
    def bad(self) -> list[int]:
        return [n for n, item in enumerate(self.kept.items) if item.fatal]

    @property
    def mute(self) -> list[int]:
        """The places of questions with a picture that has no words in its place."""
        items = enumerate(self.kept.items)
        return [n for n, item in items if n not in self.gone_in and shown.lacks_alt(item)]


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
            read = FORMATS[given["format"]].read(data, given["name"], given["encoding"])
        except Unreadable as no:
            return Done({"problem": no.sentence, "encoding": no.encoding})
        finally:
            bank = question_command.bank()
            db.session.rollback()
    items, pictures = album.gathered(read, running.tell)
    items = offering.judged(items)
    twins = near_questions.twins(items, bank)
    told = {n: Twin(text=one.text[:300], where=one.where, key=one.key, unit_id=one.unit_id) for n, one in twins.items()}
    # A question that there is already is left out unless somebody wants it.
    file = packed(Kept(items=items, twins=told), pictures)
    return Done({"skipped": sorted(told)}, file, "cau-hoi.zip", "application/zip")


HANDLERS = {READ: read_file}


def upload_of(owner_id: int, job: Job) -> Upload | None:
    """What a job has come to; None while it is not done, could not read the file, or has been forgotten."""
    if job.state != JobState.DONE.value or job.result_sha256 is None or not kept_files.is_kept(job.result_sha256):
        return None
    data = kept_files.content(job.result_sha256)
    if not data.startswith(b"PK"):  # of before pictures came along: gone a week after
        return None
    return Upload(job, Unpacked(data), frozenset(job.result.get("skipped", ())))


def lock(job: Job) -> Job:
    """The job as it is now, held until this transaction ends."""
    mine = sa.select(Job).where(Job.id == job.id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def _held(upload: Upload) -> Upload:
    """The upload as it is now, held until this transaction ends."""
    before = upload.job.result_sha256
    job = lock(upload.job)
    found = upload if job.result_sha256 == before else upload_of(job.owner_id, job)
    if found is None:
        raise Refused("Tệp đã được xóa sau 7 ngày. Đồng chí gửi lại tệp.")
    return found


def choose(upload: Upload, shown: Collection[int], wanted: Collection[int]) -> None:
    """Bước 2: of the questions shown, which are to go in."""
    job = lock(upload.job)
    skipped = (set(job.result.get("skipped", ())) - set(shown)) | (set(shown) - set(wanted))
    job.result = {**job.result, "skipped": sorted(skipped)}
    db.session.flush()


def describe(upload: Upload, alts: Mapping[int, Mapping[str, str]], now: datetime) -> int:
    """Chữ thay hình: by place of the question and name of the picture; how many questions have changed."""
    upload = _held(upload)
    changed = 0
    for place, told in alts.items():
        if place < len(upload.kept.items) and place not in upload.gone_in:
            before = upload.kept.items[place]
            upload.kept.items[place] = shown.with_alts(before, told)
            changed += upload.kept.items[place] != before
    if changed:
        _keep(upload, now)
    return changed


def mend(upload: Upload, place: int, given: Sequence[Mapping[str, str]], now: datetime) -> Offered:
    """Sửa tại chỗ: the question as its fields now say, judged anew; of a situation the fields of each of its questions."""
    upload = _held(upload)
    if place in upload.gone_in:
        raise Refused("Câu này đã ở trong bản nháp. Đồng chí sửa ở đó.")
    before = upload.kept.items[place]
    (item,) = offering.judged([_typed_anew(before, given)])
    upload.kept.items[place] = item
    if (twin := upload.kept.twins.get(place)) and not near(
        folded_words(near_questions.said(item)), folded_words(twin.text)
    ):
        del upload.kept.twins[place]
    skipped = set(upload.skipped) - ({place} if place not in upload.kept.twins else set())
    upload.job.result = {**upload.job.result, "skipped": sorted(skipped)}
    _keep(upload, now)
    return item


def _typed_anew(before: Offered, given: Sequence[Mapping[str, str]]) -> Offered:
    """The question that somebody has typed over; of a situation the first fields are its own, then each question's."""
    parts = before.parts if before.kind == "case" else (before,)
    rows = given[1:] if before.kind == "case" else given
    told = []
    for part, fields in zip(parts, rows, strict=True):
        if before.kind != "case" or fields.get("kept", "1"):
            item = sheet.of_fields(fields, part.place or before.place)
            told.append(
                item.model_copy(update={name: getattr(part, name) for name in ("id", "tags", "category", "title")})
            )
    if before.kind != "case":
        return shown.typed_back(told[0], shown.shown_in(before))
    situation = from_typed(given[0].get("situation", "")) or None
    if len(told) == 1:  # a question with its situation
        alone = told[0].model_copy(update={"situation": situation, "objective": before.objective, "id": before.id})
        return shown.typed_back(alone, shown.shown_in(before))
    bare = [one.model_copy(update={"situation": None, "objective": None}) for one in told]
    problems = tuple(problem for one in bare for problem in one.problems)
    update = {"situation": situation, "text": "", "parts": tuple(bare), "problems": problems}
    item = before.model_copy(update=update)
    return shown.typed_back(item, shown.shown_in(before))


def _keep(upload: Upload, now: datetime) -> None:
    upload.job.result_sha256 = files.keep(packed(upload.kept, upload.file.pictures()), now)
    db.session.flush()


def take(upload: Upload, defaults: offering.Defaults, by: int, now: datetime) -> Sequence[str]:
    """Bước 3: the good ones go into the unit's draft; their keys. Those mended later go in by a second time."""
    upload = _held(upload)
    job = upload.job
    places = upload.good
    told = [offering.to_question(upload.kept.items[n], defaults) for n in places]
    if not told:
        done = upload.taken is not None
        raise Refused(f"Không {'còn ' if done else 'có '}câu nào được chọn để nhập.")
    named = {name for n in places for name in shown.shown_in(upload.kept.items[n])}
    media = {
        name: files.keep_prepared(one, now, by)
        for name in sorted(named)
        if (one := upload.file.picture(name)) is not None
    }
    keys = drafts.add_questions(upload.unit_id, [question for question, _ in told], by, now, media)
    before = upload.taken or {"keys": [], "places": [], "lacking": 0}
    taken = {"keys": [*before["keys"], *keys], "places": [*before["places"], *places]}
    taken["lacking"] = before["lacking"] + sum(bool(remarks) for _, remarks in told)
    job.result = {**job.result, "taken": taken}
    db.session.flush()
    return keys


# --- for the pages ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitChoice(Titled):
    """A unit that questions may go into: what it is, its objectives."""

    id: int
    number: int
    title: str
    final: bool
    objectives: Sequence[tuple[str, str]]


def unit_choices() -> list[UnitChoice]:
    """Every unit, in order."""
    found = [unit_choice(unit_id) for unit_id in db.session.scalars(sa.select(Unit.id)).all()]
    return sorted(filter(None, found), key=lambda one: (one.final, one.number))


def unit_choice(unit_id: int) -> UnitChoice | None:
    """A unit by its draft, else by its newest revision."""
    head, _ = drafts.plain_of(unit_id)
    if head is None:
        return None
    objectives = [(one["key"], one["text"]) for one in head["objectives"]]
    return UnitChoice(unit_id, head["number"], head["title"], head.get("final") is True, objectives)


def exported(unit_id: int, form: str) -> question_command.Written:
    """The questions in use of a unit as a file, and what that format could not hold."""
    return question_command.written(question_command.items_of(unit_id), FORMATS[form])
