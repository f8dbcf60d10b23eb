"""Việc nền: jobs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, one_of, public_code


class JobState(StrEnum):
    """Trạng thái của việc nền."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """Việc nền: what is to be done, for whom, how far it is, what came out."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        sa.Index(
            "ix_job_open",
            "id",
            sqlite_where=sa.text("state IN ('waiting', 'running')"),
            postgresql_where=sa.text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=public_code)
    kind: Mapped[str]
    title: Mapped[str]  # what the page says is being done
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(default=JobState.WAITING.value)
    input: Mapped[dict[str, Any]]
    input_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("file.sha256"), index=True)
    made_at: Mapped[datetime]
    beat_at: Mapped[datetime | None]  # when whoever does it last said so
    ended_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    whole: Mapped[int] = mapped_column(default=0)  # 0: nobody knows yet how much it is
    result: Mapped[dict[str, Any]]
    result_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("file.sha256"), index=True)
    problem: Mapped[str | None]  # why it failed, in the person's words
