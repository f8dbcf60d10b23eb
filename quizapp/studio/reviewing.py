"""Duyệt: what a reviewer sees of a draft, its impact before it is published, and what publishing then does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.actions import note_act
from quizapp.accounts.models import Grant, Person
from quizapp.accounts.queries import SignedIn
from quizapp.attempts import remarking
from quizapp.attempts.models import Attempt, Mark
from quizapp.attempts.remarking import Change, Outcome
from quizapp.clock import day_of
from quizapp.courses import comparing, drafting, drafts, publishing
from quizapp.courses import queries as courses
from quizapp.courses.comparing import Change as PartChange
from quizapp.courses.models import Correction, Draft, ReviewNote, Unit, UnitRevision
from quizapp.database import db, looking
from quizapp.domain import attempts, content
from quizapp.domain.attempts import AttemptState
from quizapp.domain.content import Titled
from quizapp.domain.remarking import rekeyed
from quizapp.jobs import actions as jobs
from quizapp.jobs.actions import Done, Running
from quizapp.jobs.models import Job, JobState
from quizapp.learning import again
from quizapp.learning.again import Concern
from quizapp.library import queries as library
from quizapp.library.models import DocumentDraft, DraftState
from quizapp.studio import quality, quotes
from quizapp.studio.outline import parts
from quizapp.web.access import Role
from quizapp.web.refused import Refused

IMPACT = "impact"


# --- what is compared ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared(Titled):
    """A draft beside the revision in use; ``seen`` is the draft's digest, which whoever publishes sends back."""

    unit_id: int
    title: str
    number: int
    final: bool
    course: str | None  # its title, where there are several
    draft: Draft
    reading: drafting.Reading
    lacks: Sequence[quality.Told]
    changes: Sequence[PartChange]
    seen: str
    newest: int | None  # the number of the revision in use
    stale: bool  # the draft began from an older revision than that

    @property
    def words(self) -> tuple[int, int]:
        told = [change.words for change in self.changes]
        return sum(new for new, _ in told), sum(gone for _, gone in told)

    @property
    def waits(self) -> bool:
        return self.draft.state == DraftState.REVIEW


def compared(unit_id: int) -> Compared | None:
    """The draft of a unit beside its newest revision; None without a draft."""
    draft, unit = drafts.draft_of(unit_id), db.session.get(Unit, unit_id)
    if draft is None or unit is None:
        return None
    body = drafts.body_of(draft)
    last = db.session.get(UnitRevision, unit.revision_id) if unit.revision_id else None
    before = drafting.body_of(last.body) if last else None
    head, changes = body["head"], comparing.compare(before, body, _named(), _tasks(unit))
    number = last.number if last else None
    stale = last is not None and draft.base_id not in (None, last.id)
    named = (str(head.get("title") or "Bài chưa có tên"), int(head.get("number") or 0), head.get("final") is True)
    told = (unit_id, *named, _told_apart().get(unit.course_id), draft)
    read = drafts.reading(draft)
    lacks = quality.lacks(body, read, {one.code: one for one in library.documents()})
    return Compared(*told, read, lacks, changes, drafting.digest(body), number, stale)


@dataclass(frozen=True)
class RevisionChange:
    """A revision with what it changed."""

    id: int
    number: int
    made_at: datetime
    why: str
    by: str | None
    approved_by: str | None
    substance: bool | None
    changes: Sequence[PartChange]
    is_newest: bool


def revision_change(unit_id: int, number: int) -> RevisionChange | None:
    """A revision beside the one before it; None where there is no such number."""
    rows = sa.select(UnitRevision).where(UnitRevision.unit_id == unit_id, UnitRevision.number.in_([number - 1, number]))
    found = {row.number: row for row in db.session.scalars(rows)}
    if number not in found:
        return None
    one = found[number]
    before = drafting.body_of(found[number - 1].body) if number - 1 in found else None
    names = _names([one.made_by, one.approved_by])
    unit = db.session.get_one(Unit, unit_id)
    newest = unit.revision_id == one.id
    by, approved = names.get(one.made_by), names.get(one.approved_by)
    changes = comparing.compare(before, drafting.body_of(one.body), _named(), _tasks(unit))
    return RevisionChange(one.id, number, one.made_at, one.why, by, approved, one.substance, changes, newest)


def _named() -> comparing.Names:
    """Citation -> document and provision in words; one that leads nowhere stays as it is."""
    documents = {one.code: one for one in library.known_documents()}

    def name(cited: str | None) -> str | None:
        code, _, anchor = (cited or "").partition("#")
        found = (
            next((one for one in documents[code].walk() if one.anchor == anchor), None) if code in documents else None
        )
        return f"{documents[code].name}, {found.label}" if found else cited

    return name


def _tasks(unit: Unit) -> dict[str, str]:
    """A task's key -> its name and title."""
    return {task.key: f"{task.name}: {task.title}" for task in drafts.course_of(unit.course_id).tasks}


def _names(ids: Collection[int | None]) -> dict[int | None, str]:
    known = [one for one in ids if one is not None]
    rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(known)))
    return {row[0]: row[1] for row in rows}


# --- impact ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Impact:
    """Ảnh hưởng: attempts open now, people who have passed, questions with another key and what marking again does.

    ``outcome`` None: too many attempts to look through while somebody waits; nobody has had it worked out for this draft.
    """

    open_now: int
    done: int
    rekeyed: tuple[str, ...]
    attempts: int
    outcome: Outcome | None
    concern: Concern | None = None  # whom a change of substance may ask to study again; None: nothing counts here


def impact(one: Compared) -> Impact:
    """What publishing the draft would do, worked out from the answers as they are now."""
    mine = Attempt.unit_id == one.unit_id
    still = sa.select(sa.func.count()).select_from(Attempt).where(mine, Attempt.state == AttemptState.OPEN.value)
    passed = sa.select(sa.func.count(sa.distinct(Attempt.person_id))).join(Mark, Mark.attempt_id == Attempt.id)
    done = db.session.scalar(passed.where(mine, Mark.passed)) or 0
    change, ended = change_by(one), remarking.size(one.unit_id)
    if not change.keys:
        outcome: Outcome | None = Outcome()
    else:
        outcome = remarking.dry_run(change) if ended <= remarking.AT_HAND else _worked_out(one)
    told = (db.session.scalar(still) or 0, done, tuple(sorted(change.keys)), ended)
    return Impact(*told, outcome, _concern(one))


def _concern(one: Compared) -> Concern | None:
    """Whom the change may ask to study again: nobody where the unit is new, or counts nowhere."""
    if one.newest is None or one.reading.unit is None or not one.reading.unit.graded:
        return None
    unit = db.session.get_one(Unit, one.unit_id)
    return again.concern(unit.course_id, unit.key)


def change_by(one: Compared) -> Change:
    """What the draft corrects of the revision in use."""
    newest = publishing.newest_unit(one.unit_id)
    if newest is None or one.reading.unit is None:
        return Change(one.unit_id, {})
    return _change(one.unit_id, newest, one.reading.unit)


def _change(unit_id: int, before: content.Unit, after: content.Unit) -> Change:
    asked = attempts.asked(after)
    return Change(unit_id, {key: asked[key] for key in rekeyed(before, after)})


def _worked_out(one: Compared) -> Outcome | None:
    """What the work process has found for this very draft within the last hour or so."""
    found = sa.select(Job).where(Job.kind == IMPACT, Job.state == JobState.DONE.value).order_by(Job.id.desc())
    for job in db.session.scalars(found.limit(50)):
        if job.input["unit"] == one.unit_id and job.input["seen"] == one.seen:
            return Outcome(**job.result["outcome"])
    return None


def work_out(one: Compared, by: int, back: str, now: datetime) -> Job:
    """Tính ảnh hưởng, by the work process."""
    given = {"unit": one.unit_id, "seen": one.seen, "back": back}
    return jobs.add(IMPACT, f"Tính ảnh hưởng của bản mới: {one.title}", by, now, given)


def do_impact(running: Running) -> Done:
    """Walk through every attempt without writing."""
    with looking():
        one = compared(running.input["unit"])
        if one is None or one.seen != running.input["seen"]:
            raise Refused("Bản nháp đã đổi hoặc không còn. Mở lại trang so sánh để tính lại.")
        outcome = remarking.dry_run(change_by(one))
    return Done({"outcome": vars(outcome), "address": running.input["back"]})


HANDLERS = {IMPACT: do_impact}


# --- who may ---------------------------------------------------------------------------------------------------


def may_approve(who: SignedIn, draft: Draft | DocumentDraft, now: datetime) -> str | None:
    """Why somebody may not approve the draft; None where he or she may.

    A reviewer who has not written any of it; an administrator only where there is no such reviewer.
    """
    if who.id in draft.writers:
        return "Đồng chí đã soạn bản này nên không tự duyệt. Người duyệt khác sẽ xem."
    if Role.REVIEWER in who.roles:
        return None
    if Role.ADMIN not in who.roles:
        return "Trang này dành cho người duyệt. Đồng chí xem được nhưng không phát hành."
    return "Đã có người duyệt khác cho bản này." if _others(draft, now) else None


def _others(draft: Draft | DocumentDraft, now: datetime) -> bool:
    """Whether a reviewer has had no hand in the draft."""
    reviewers = sa.select(Grant.person_id).join(Person, Person.id == Grant.person_id)
    today = day_of(now)
    held = Grant.from_on <= today, sa.or_(Grant.to_on.is_(None), Grant.to_on > today), Person.ended_on.is_(None)
    free = reviewers.where(Grant.role == Role.REVIEWER.value, *held)
    return db.session.scalar(free.where(Grant.person_id.not_in(draft.writers)).limit(1)) is not None


# --- acts ------------------------------------------------------------------------------------------------------


def send(unit_id: int, note: str, by: int, now: datetime) -> None:
    """Gửi duyệt. Refused with a quotation that is not the official text letter by letter."""
    _quoted_exactly(unit_id)
    publishing.send(unit_id, note, by, now)
    note_act(by, "send_for_review", now, detail={"unit": _key(unit_id)}, reason=note or None)


def _quoted_exactly(unit_id: int) -> None:
    """Refused where the draft says that it quotes, and the official text says otherwise, or says it elsewhere."""
    draft = drafts.draft_of(unit_id, lock=True)
    if draft is None:
        return
    documents = {one.code: one for one in library.documents()}
    for one in quotes.of(parts(drafts.body_of(draft)[drafting.LESSON]), documents):
        name = documents[one.code].name if one.code in documents else "văn bản này"
        if wrong := quotes.told(one, name):
            raise Refused(
                f"Mục {one.section}, dòng {one.line}: {wrong}. Chỗ lệch ghi ở phần “Còn thiếu”; sửa rồi gửi lại."
            )


def give_back(unit_id: int, why: str | None, by: int, now: datetime) -> None:
    """Trả lại with a reason, or take back."""
    publishing.give_back(unit_id, now)
    note_act(by, "give_back" if why else "take_back", now, detail={"unit": _key(unit_id)}, reason=why)


@dataclass(frozen=True)
class Decision:
    """What a reviewer has said on publishing."""

    seen: str
    why: str
    substance: bool
    again_until: date | None  # until when those whom it concerns are to study it again; None: nobody is asked to
    paths: Sequence[str]
    shown: str  # the digest of the impact that the page has shown
    overlooked: str = ""  # the digest of the notes that are not done and that he or she publishes over


@dataclass(frozen=True)
class Published:
    """What publishing has done: the revision, the re-marking, how many people are to study the unit again."""

    revision: UnitRevision
    correction: Correction | None
    again: int


def publish(who: SignedIn, one: Compared, said: Decision, now: datetime) -> Published:
    """Phát hành, and mark again where a key has changed; just what the page has said, or nothing."""
    if no := may_approve(who, one.draft, now):
        raise Refused(no)
    if said.shown != impact_digest(impact(one)):
        raise Refused("Ảnh hưởng đã khác lúc đồng chí mở trang (có người vừa nộp bài). Xem lại số liệu rồi phát hành.")
    _quoted_exactly(one.unit_id)  # the official text may have come, or gone, since it was sent
    left = open_notes(note_lines(one.unit_id))
    if left and said.overlooked != notes_digest(left):
        raise Refused(
            f"Còn {len(left)} ghi chú chưa xong. Đọc các ghi chú ở phần “Quyết định”: đánh dấu từng ghi chú là đã xong, "
            "hoặc chọn vẫn phát hành."
        )
    before, revision = publishing.publish(one.unit_id, said.seen, said.why, said.substance, said.paths, who.id, now)
    correction, asked = None, 0
    if said.again_until is not None and before is not None and one.reading.unit and one.reading.unit.graded:
        asked = again.ask(_wish(revision, said), who.id, now)  # before marks are raised: whom the page has named
    if before is not None:
        change = _change(one.unit_id, before, courses.taught(revision.id).unit)
        if change.keys:
            correction = remarking.correct(change, revision.id, said.why, who.id, now)
    detail = {"unit": _key(one.unit_id), "revision": revision.number, "substance": said.substance}
    detail |= {"again": asked, "rekeyed": sorted(change.keys) if before is not None else []}
    detail |= {"open_notes": len(left)} if left else {}
    note_act(who.id, "publish", now, detail=detail, reason=said.why)
    return Published(revision, correction, asked)


def _wish(revision: UnitRevision, said: Decision) -> again.Wish:
    assert said.again_until is not None
    unit, value = db.session.get_one(Unit, revision.unit_id), courses.taught(revision.id).unit
    title = f"Học lại bài {value.number}. {value.title} (bản {revision.number})"
    named = (revision.id, unit.course_id, unit.key, revision.number, title[:150])
    return again.Wish(*named, said.again_until, said.why)


def impact_digest(one: Impact) -> str:
    """What the page has shown of the marks: attempts under way may come and go, they stay on their revision."""
    outcome = vars(one.outcome) if one.outcome and one.attempts <= remarking.AT_HAND else None
    return drafting.digest([list(one.rekeyed), outcome])


def retire(unit_id: int, why: str, by: int, now: datetime) -> None:
    """Ngừng dùng bài."""
    publishing.retire(unit_id, why, by, now)
    note_act(by, "retire_unit", now, detail={"unit": _key(unit_id)}, reason=why)


def use_again(unit_id: int, why: str, by: int, now: datetime) -> None:
    """Dùng lại bài."""
    publishing.use_again(unit_id, why, by, now)
    note_act(by, "use_unit_again", now, detail={"unit": _key(unit_id)}, reason=why)


def _key(unit_id: int) -> str:
    return courses.address_of(unit_id)[1]


# --- lists -----------------------------------------------------------------------------------------------------


def _told_apart() -> dict[int, str]:
    """The titles of the courses by id; of one alone there is nothing to tell apart."""
    titles = courses.titles()
    return titles if len(titles) > 1 else {}


@dataclass(frozen=True)
class InReview(Titled):
    """A draft that waits for its reviewer."""

    unit_id: int
    title: str
    number: int
    final: bool
    course: str | None  # its title, where there are several
    note: str
    sent_at: datetime
    by: str
    mine: bool


def in_review(who: SignedIn) -> list[InReview]:
    """Drafts that wait, longest first; at most two hundred."""
    rows = (
        sa.select(Draft, Person.name, Unit.course_id)
        .join(Person, Person.id == Draft.sent_by)
        .join(Unit, Unit.id == Draft.unit_id)
        .where(Draft.state == DraftState.REVIEW.value)
        .order_by(Draft.sent_at)
        .limit(200)
    )
    found, titles = [], _told_apart()
    for draft, name, course_id in db.session.execute(rows):
        head = drafts.body_of(draft)["head"]
        assert draft.sent_at is not None
        named = (str(head.get("title") or ""), int(head.get("number") or 0), head.get("final") is True)
        told = (*named, titles.get(course_id), draft.note, draft.sent_at, name)
        found.append(InReview(draft.unit_id, *told, who.id in draft.writers))
    return found


@dataclass(frozen=True)
class NoteLine:
    """A reviewer's note as it is listed."""

    id: int
    part: str
    place: str
    text: str
    at: datetime
    by: str
    done: bool


def note_lines(unit_id: int) -> list[NoteLine]:
    """The notes on a draft with their writers."""
    rows: Sequence[ReviewNote] = publishing.notes(unit_id)
    names = _names([row.made_by for row in rows])
    return [
        NoteLine(row.id, row.part, row.place, row.text, row.made_at, names[row.made_by], row.done_at is not None)
        for row in rows
    ]


def open_notes(lines: Sequence[NoteLine]) -> list[NoteLine]:
    """Ghi chú chưa xong: those that nobody has marked as done."""
    return [line for line in lines if not line.done]


def notes_digest(lines: Sequence[NoteLine]) -> str:
    """What a page sends along to say which notes it has shown."""
    return drafting.digest([line.id for line in lines])


def corrections(unit_id: int) -> Sequence[Correction]:
    """Re-markings of a unit, newest first; at most twenty."""
    mine = sa.select(Correction).filter_by(unit_id=unit_id)
    return db.session.scalars(mine.order_by(Correction.id.desc()).limit(20)).all()


def path_choices(unit_id: int) -> list[tuple[str, str]]:
    """The paths that a new unit may enter."""
    unit = db.session.get_one(Unit, unit_id)
    return [(path.key, path.title) for path in publishing.paths_to_enter(drafts.course_of(unit.course_id))]


def paths_before(unit_id: int) -> list[str]:
    """The titles of the paths that had the unit before it was retired."""
    return [path.title for path in publishing.paths_before(db.session.get_one(Unit, unit_id))]


def is_new(unit_id: int) -> bool:
    """Whether the unit is in no path yet: it was never published."""
    return db.session.get_one(Unit, unit_id).revision_id is None


def standing(unit_id: int) -> Mapping[str, Any]:
    """Whether a unit is retired, its name as in use, short and whole; empty where it was never published."""
    unit = db.session.get(Unit, unit_id)
    if unit is None or unit.revision_id is None:
        return {}
    value = courses.taught(unit.revision_id).unit
    return {"retired_at": unit.retired_at, "short": value.short, "listed": value.listed}
