"""Việc nền: reading one's own jobs and their files."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.database import db
from quizapp.files.queries import content
from quizapp.jobs.models import Job, JobState


def own(owner_id: int, code: str) -> Job | None:
    """The person's own job of that code; None for another's."""
    return db.session.scalar(sa.select(Job).where(Job.code == code, Job.owner_id == owner_id))


def own_of_id(owner_id: int, job_id: int | None) -> Job | None:
    """The person's own job of that id."""
    return db.session.scalar(sa.select(Job).where(Job.id == job_id, Job.owner_id == owner_id))


def recent(owner_id: int, kind: str) -> Sequence[Job]:
    """The person's jobs of a kind, newest first; at most twenty."""
    mine = sa.select(Job).where(Job.owner_id == owner_id, Job.kind == kind)
    return db.session.scalars(mine.order_by(Job.id.desc()).limit(20)).all()


def is_open(job: Job) -> bool:
    """Whether it still waits or runs."""
    return job.state in (JobState.WAITING.value, JobState.RUNNING.value)


@dataclass(frozen=True)
class Download:
    """A result as it goes over the wire."""

    name: str
    media_type: str
    data: bytes


def download(job: Job) -> Download | None:
    """The file that a job has made; its result says ``file_name`` and ``media_type``."""
    if job.state != JobState.DONE.value or job.result_sha256 is None:
        return None
    return Download(job.result["file_name"], job.result["media_type"], content(job.result_sha256))
