"""Việc nền: asking for a job, doing the next one, forgetting old ones. See `tasks` for how they are done."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.clock import now as clock_now
from quizapp.database import apart, db
from quizapp.files import actions as files
from quizapp.jobs.models import Job, JobState
from quizapp.web.refused import Refused

TRIES = 3  # a job that ends its process each time is not begun a fourth time
SILENT = timedelta(minutes=5)  # without a sign of life for this long, a running job is begun anew
KEEP = timedelta(days=7)  # results and uploaded files; then the rows, and what they hold of people, go
TELL_EVERY = timedelta(seconds=0.7)
BROKEN = "Việc này gặp trục trặc nên chưa xong. Chưa có gì được ghi. Đồng chí thử lại; nếu vẫn vậy, báo người quản trị."


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """What a job comes to. ``result`` may say ``words`` and an ``address`` (a path of this site) to go on to."""

    result: Mapping[str, Any] = field(default_factory=dict)
    file: bytes | None = None
    file_name: str = ""
    media_type: str = "application/octet-stream"


@dataclass
class Running:
    """A claimed job, as its handler sees it."""

    id: int
    kind: str
    owner_id: int
    input: Mapping[str, Any]
    input_sha256: str | None
    nth: int  # which try: whoever was given up for dead and comes back finds another number here
    _told: datetime | None = None

    def tell(self, done: int, whole: int) -> None:
        """Say how far it is, in a transaction of its own. Ends the session's transaction: only while nothing is written."""
        now = clock_now()
        if self._told is not None and now - self._told < TELL_EVERY and done < whole:
            return
        self._told = now
        with apart() as session:
            mine = sa.update(Job).where(Job.id == self.id, Job.tries == self.nth)
            session.execute(mine.values(done=done, whole=whole, beat_at=now))


Handler = Callable[[Running], Done]


def add(
    kind: str, title: str, owner_id: int, now: datetime, given: Mapping[str, Any], sha256: str | None = None
) -> Job:
    """Ask for a job: ``kind`` names its handler in `commands.HANDLERS`, ``given`` is plain JSON, ``sha256`` of `files.keep`."""
    job = Job(kind=kind, title=title, owner_id=owner_id, input=dict(given), input_sha256=sha256, made_at=now, result={})
    db.session.add(job)
    db.session.flush()
    return job


def claim(now: datetime) -> Running | None:
    """The next job, marked as running: the oldest that waits, or whose doer is silent. Commits."""
    silent = sa.and_(Job.state == JobState.RUNNING.value, Job.beat_at < now - SILENT)
    waits = sa.or_(Job.state == JobState.WAITING.value, silent)
    oldest = sa.select(Job.id).where(waits).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
    row = {"state": JobState.RUNNING.value, "beat_at": now, "tries": Job.tries + 1, "done": 0, "whole": 0}
    told = Job.id, Job.kind, Job.owner_id, Job.input, Job.input_sha256, Job.tries
    mine = sa.update(Job).where(Job.id == oldest.scalar_subquery()).values(row).returning(*told)
    found = db.session.execute(mine.execution_options(synchronize_session=False)).one_or_none()
    db.session.commit()
    return None if found is None else Running(*found)


def do(running: Running, handlers: Mapping[str, Handler]) -> None:
    """Do a claimed job: what it wrote and that it is done are one transaction, or neither is."""
    problem = None
    try:
        if running.nth > TRIES or running.kind not in handlers:
            problem = BROKEN
        else:
            _finish(running, handlers[running.kind](running), clock_now())
    except Refused as no:
        problem = no.sentence
    except Exception:
        log.exception("job %s of kind %s failed", running.id, running.kind)
        problem = BROKEN
    if problem is not None:  # only now: what a traceback holds open would keep SQLite from committing
        _fail(running, problem)


def _finish(running: Running, done: Done, now: datetime) -> None:
    told = dict(done.result)
    row: dict[str, Any] = {"state": JobState.DONE.value, "ended_at": now, "problem": None}
    if done.file is not None:
        row["result_sha256"] = files.keep(done.file, now)
        told |= {"file_name": done.file_name, "media_type": done.media_type}
    mine = sa.update(Job).where(Job.id == running.id, Job.tries == running.nth, Job.state == JobState.RUNNING.value)
    ended = mine.values(row | {"result": told, "done": Job.whole})
    if not db.session.execute(ended.returning(Job.id).execution_options(synchronize_session=False)).all():
        db.session.rollback()  # given up for dead meanwhile: whoever has it now does it
        return
    db.session.commit()


def _fail(running: Running, sentence: str) -> None:
    with apart() as session:  # rolls back what the job had written
        mine = sa.update(Job).where(Job.id == running.id, Job.tries == running.nth)
        session.execute(mine.values(state=JobState.FAILED.value, ended_at=clock_now(), problem=sentence))


def sweep(now: datetime) -> None:
    """Forget jobs that ended long ago, and files that nothing refers to any more."""
    old = sa.delete(Job).where(Job.ended_at < now - KEEP)
    db.session.execute(old)
    files.sweep(now)
