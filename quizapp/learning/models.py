"""Đợt học: campaigns, enrolments, append-only facts, states, counts, confirmations."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base, public_code
from quizapp.domain.completion import CourseState, FactKind, UnitState
from quizapp.domain.renewal import Again

WHOLE = "*"  # in place of a unit's key: the course as a whole
ENROLLED = "enrolled"  # the count of people, beside the counts of states
STATES = sorted({*(s.value for s in UnitState), *(s.value for s in CourseState), ENROLLED})


def _state_check() -> sa.CheckConstraint:
    listed = ", ".join(f"'{state}'" for state in STATES)
    return sa.CheckConstraint(f"state IN ({listed})", "state")


class Campaign(Base):
    """Đợt học: a course and path, for some bodies with all below them, until a due date."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=public_code)
    title: Mapped[str]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    path: Mapped[str]
    from_on: Mapped[date]
    due_on: Mapped[date]
    target_percent: Mapped[int] = mapped_column(sa.SmallInteger, default=95)
    kinds: Mapped[list[Any]] = mapped_column(default=list)  # only bodies of these kinds; empty: of every kind
    valid_months: Mapped[int | None] = mapped_column(sa.SmallInteger)  # how long a completion holds; None: for ever
    window_days: Mapped[int | None] = mapped_column(sa.SmallInteger)  # before the end, when one may study anew
    credit_days: Mapped[int | None] = mapped_column(sa.SmallInteger)  # what was passed so long before counts; None: all
    newcomer_days: Mapped[int | None] = mapped_column(sa.SmallInteger)  # that who comes in later has at least
    renews_id: Mapped[int | None]  # the campaign of the cycle before this one
    again_revision_id: Mapped[int | None]  # học lại: for those whom that revision of a unit concerns, and no others
    again_at: Mapped[datetime | None]  # when it was published

    @property
    def again(self) -> Again | None:
        """Since which revision what is done counts; None in a campaign that teaches a path for the first time."""
        if self.again_revision_id is None or self.again_at is None:
            return None
        return Again(self.again_revision_id, self.again_at)


class CampaignBody(Base):
    """Đối tượng: a body (with all below it) that a campaign is for; may have a later due date."""

    __tablename__ = "campaign_body"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True, index=True)
    due_on: Mapped[date | None]
    target: Mapped[bool] = mapped_column(default=True)  # False: below a target, here for its later due date alone


class StudyAgain(Base):
    """Đề nghị học lại: whoever published a change of substance asks for a campaign of those whom it concerns.

    An administrator opens it, or declines with a reason. The campaign names the same revision.
    """

    __tablename__ = "study_again"

    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("unit_revision.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    unit: Mapped[str]
    path: Mapped[str]
    title: Mapped[str]
    due_on: Mapped[date]
    why: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    declined_at: Mapped[datetime | None]
    declined_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    declined_why: Mapped[str | None]


class Concerned(Base):
    """Người cần học lại: who had passed the unit when that revision of it was published."""

    __tablename__ = "study_again_person"

    unit_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("study_again.unit_revision_id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)


class Enrolment(Base):
    """Ghi danh: a person in a campaign, counted in exactly one body and in those above it."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "person_id"),
        sa.Index("ix_enrolment_body", "campaign_id", "body_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"))
    course_revision_id: Mapped[int] = mapped_column(sa.ForeignKey("course_revision.id"))
    began_on: Mapped[date]
    due_on: Mapped[date]
    extended: Mapped[bool] = mapped_column(default=False)
    left_on: Mapped[date | None]


class EnrolmentMove(Base):
    """Chuyển nơi tính: from that day on an enrolment counts in another body; None: nowhere, it had left or has left."""

    __tablename__ = "enrolment_move"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True)
    on: Mapped[date] = mapped_column("on_day", primary_key=True)
    left_id: Mapped[int | None] = mapped_column(sa.ForeignKey("body.id"))
    body_id: Mapped[int | None] = mapped_column(sa.ForeignKey("body.id"))


class FactRow(Base):
    """Dữ kiện: something that happened; append-only, belongs to person and unit, never to an enrolment."""

    __tablename__ = "fact"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "course_id", "kind", "subject", "source"),
        sa.Index("ix_fact_latest", "person_id", "course_id", "at"),  # when somebody last learnt
        sa.CheckConstraint(f"kind IN ({', '.join(repr(k.value) for k in FactKind)})", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    kind: Mapped[str]
    subject: Mapped[str]  # unit key; "unit/section" for a section read; "*" for a waiver of the whole course
    source: Mapped[str]
    at: Mapped[datetime]
    unit_revision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit_revision.id"))
    earned: Mapped[int | None]  # hundredths of a point, like `possible`
    possible: Mapped[int | None]
    passed: Mapped[bool | None]
    answered_all: Mapped[bool | None]
    body_then_id: Mapped[int | None] = mapped_column(sa.ForeignKey("body.id"))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    note: Mapped[str | None]


class UnitStateRow(Base):
    """Trạng thái: derived from facts, kept for reading; a missing row is "not_started"."""

    __tablename__ = "unit_state"
    __table_args__ = (_state_check(),)

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)  # or "*"
    state: Mapped[str]
    since: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)


class CountChange(Base):
    """Biến động: +1 or −1 of a state in a body on a day; appended by whoever changes a state, folded by a task."""

    __tablename__ = "count_change"
    __table_args__ = (_state_check(), sa.Index("ix_count_change_campaign", "campaign_id", "body_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"))
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"))
    unit: Mapped[str]
    state: Mapped[str]
    day: Mapped[date]
    change: Mapped[int] = mapped_column(sa.SmallInteger)


class Count(Base):
    """Số đếm: the sum of the folded changes of a body and all below it, on a day."""

    __tablename__ = "count"
    __table_args__ = (_state_check(),)

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int]


class Pledge(Base):
    """Việc tôi sẽ làm: one sentence that a learner keeps after the final; nobody else reads it."""

    __tablename__ = "pledge"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    text: Mapped[str]
    at: Mapped[datetime]


class Confirmation(Base):
    """Giấy xác nhận hoàn thành: what it says, frozen; the check page shows it by its code.

    ``says``: name, body, above, course, campaign, day; earned and possible (hundredths) where the result had marks,
    and on none that was given before these were kept.
    """

    __tablename__ = "confirmation"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=public_code)
    at: Mapped[datetime]
    says: Mapped[dict[str, Any]]


class ReminderTurn(Base):
    """Lần nhắc gần nhất của một người, over all senders: who takes it first on a day may write."""

    __tablename__ = "reminder_turn"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    day: Mapped[date]


class Reminder(Base):
    """Lần nhắc: who was reminded of what on which day, by whom; the schedule where ``by_id`` is None.

    About an enrolment; or, to the head of a body, about that body.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "day"),
        sa.Index("ix_reminder_body", "body_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolment.id"))
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"))
    day: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    way: Mapped[str]  # mail, zalo; to one person alone: one (a letter), spoken


class ReminderFigure(Base):
    """Số người nhắc được: of a body with all below it, as last counted; only where there are too many to look through."""

    __tablename__ = "reminder_figure"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True)
    resting: Mapped[int]  # not done, and reminded within the rest
    addressed: Mapped[int]  # not done, rested, with an address
    due_on: Mapped[date | None]  # the nearest deadline of who is not done
    at: Mapped[datetime]


class ReminderRound(Base):
    """Lượt nhắc: somebody reminds a body and all below it; the work process goes through the people, some at a time."""

    __tablename__ = "reminder_round"
    __table_args__ = (sa.Index("ix_reminder_round_campaign", "campaign_id", "body_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"))
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    way: Mapped[str]  # mail, zalo
    said: Mapped[str]
    made_at: Mapped[datetime]
    after: Mapped[int] = mapped_column(default=0)  # the last person looked at
    people: Mapped[int] = mapped_column(default=0)  # reminded so far
    ended_at: Mapped[datetime | None]


class WeeklyReport(Base):
    """Thư hằng tuần: a leader asked for the report of a body."""

    __tablename__ = "weekly_report"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id"), primary_key=True, index=True)
    since: Mapped[datetime]
