"""Bài đang soạn: a draft with all that the pages around it show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from quizapp import database
from quizapp.accounts.models import Person
from quizapp.courses import drafting, drafts, publishing, queries
from quizapp.courses.drafting import LESSON, QUESTION, Body, Reading
from quizapp.courses.models import Unit
from quizapp.database import db
from quizapp.domain import pictures
from quizapp.domain.content import Course, Document, Titled
from quizapp.domain.vietnamese import slug
from quizapp.files import actions as files
from quizapp.files.pictures import prepared
from quizapp.library import queries as library
from quizapp.library.models import DraftState
from quizapp.studio import outline, quality
from quizapp.web.refused import Refused


@dataclass(frozen=True)
class Work(Titled):
    """Bài đang soạn, as it stands in the database or, for a preview, as somebody has just typed it."""

    unit_id: int
    body: Body
    course: Course
    documents: Mapping[str, Document]
    published: bool
    state: str
    note: str
    changed_at: datetime
    changed_by: str | None
    notes: int = 0  # of the reviewer, not done yet

    @property
    def number(self) -> Any:
        return self.body["head"].get("number")

    @property
    def title(self) -> str:
        return self.body["head"].get("title") or "(chưa có tên)"

    @property
    def final(self) -> bool:
        return self.body["head"].get("final") is True

    @property
    def task(self) -> str:
        """The task's name: Ba là."""
        key = self.body["head"].get("task")
        return next((task.name for task in self.course.tasks if task.key == key), "Cả khóa học")

    @property
    def waits(self) -> bool:
        """Whether a reviewer has it."""
        return self.state == DraftState.REVIEW

    @property
    def text(self) -> str:
        return str(self.body[LESSON])

    @property
    def plain(self) -> str:
        """The text as it is typed, without the keys of its headings."""
        return outline.plain_text(self.text)

    @cached_property
    def parts(self) -> list[outline.Part]:
        return outline.parts(self.text)

    @cached_property
    def reading(self) -> Reading:
        return drafting.read(self.body, self.documents)

    @cached_property
    def quality(self) -> quality.Quality:
        return quality.of(self.body, self.reading, self.documents)

    @property
    def drawn(self) -> int:
        """How many questions a paper has, as far as the draft says."""
        return sum(n for n in (self.body["quiz"].get("draw") or {}).values() if isinstance(n, int))

    @property
    def asked(self) -> int:
        """How many questions the bank has."""
        return sum(quality.stock(self.body).values())

    def digest(self, part: str = LESSON) -> str:
        return drafting.digest(drafting.part(self.body, part))

    def section(self, number: int) -> Mapping[str, Any] | None:
        """A section as read, for the learner's template; None where there is none of that number."""
        found = self.reading.data["sections"]
        if not 1 <= number <= len(found):
            return None
        shown: Mapping[str, Any] = pictures.placed(found[number - 1], pictures.media_of(self.body))
        return shown

    def provision(self, reference: str | None) -> dict[str, Any] | None:
        """A provision as a learner would be shown it; None for one that may not be taught."""
        if not reference or drafting.citation_problem(reference, self.documents):
            return None
        code, _, anchor = reference.partition("#")
        document = self.documents[code]
        provision = next(one for one in document.walk() if one.anchor == anchor)
        return library.as_taught(document, provision) | {"validity": library.validity_words(document.validity)}

    def typed(self, text: str) -> "Work":
        """The same with another text of the lesson, which is kept nowhere."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        keyed = outline.with_keys(drafting.cleaned(text), self.text)
        return Work(**said | {"body": self.body | {LESSON: keyed}})


def work(unit_id: int) -> Work | None:
    """The unit's draft, or None."""
    draft = drafts.draft_of(unit_id)
    if draft is None:
        return None
    unit = db.session.get_one(Unit, unit_id)
    documents = {one.code: one for one in library.documents()}
    who = db.session.scalar(sa.select(Person.name).filter_by(id=draft.changed_by)) if draft.changed_by else None
    told = (unit.revision_id is not None, draft.state, draft.note, draft.changed_at, who)
    notes = sum(one.done_at is None for one in publishing.notes(unit_id))
    return Work(unit_id, drafts.body_of(draft), drafts.course_of(unit.course_id), documents, *told, notes)


def courses() -> list[tuple[int, Course]]:
    """Every course that has a revision, with its id, for a new unit."""
    return [(row.id, drafts.course_of(row.id)) for row in queries.courses() if row.revision_id is not None]


@dataclass(frozen=True)
class Twin(Titled):
    """Bài cùng tên: a unit of the course, in use or only begun."""

    unit_id: int
    number: Any
    title: str
    final: bool


def twin_of(course_id: int, title: str) -> Twin | None:
    """A unit that has this title already, whatever its capitals and spaces; None where there is none."""
    for unit_id, head in dict([*drafts.published_heads(course_id), *drafts.begun_heads(course_id)]).items():
        if " ".join(str(head.get("title")).lower().split()) == " ".join(title.lower().split()):
            return Twin(unit_id, head.get("number"), str(head.get("title")), head.get("final") is True)
    return None


def same_number(work: Work, number: int) -> str | None:
    """The title of another unit of the course that has this number, in use or in its draft; None where it is free."""
    course_id = queries.course_id_of(work.unit_id)
    heads = [*drafts.published_heads(course_id), *drafts.begun_heads(course_id)]
    found = (head for unit_id, head in heads if unit_id != work.unit_id and head.get("number") == number)
    return next((str(head.get("title")) for head in found), None)


def only_read() -> None:
    """From here on a POST only looks: a preview takes no writer's place, and a page is not rendered inside a transaction."""
    database.end_transaction()


def add_picture(work: Work, number: int, name: str, data: bytes, alt: str, by: int, now: datetime) -> None:
    """Keep a picture with the draft, and put its line at the end of a section; Refused for what is none."""
    with database.read_first():
        one = prepared(data)  # up to a second: nobody waits for it
    draft = drafts.draft_of(work.unit_id, lock=True)
    if draft is None:
        raise Refused("Bản nháp này đã được phát hành hoặc đã bỏ.")
    body = drafts.body_of(draft)
    kept = files.keep_prepared(one, now, by)._asdict()
    stem, media = slug(name.rpartition(".")[0])[:40].strip("-") or "hinh", body.get("media") or {}
    names = (f"{stem}{f'-{n}' if n > 1 else ''}.{one.extension}" for n in range(1, len(media) + 2))
    chosen = next(name for name in names if media.get(name, kept) == kept)
    text = outline.ending(
        body[LESSON], number, f"![{' '.join(alt.replace('[', '(').replace(']', ')').split())}](anh:{chosen})"
    )
    drafts.changed(draft, body | {"media": media | {chosen: kept}, LESSON: text}, by, now)


_PARTS = {"head": "đầu bài", "quiz": "đầu bài", "order": "thứ tự câu hỏi", LESSON: "bài đọc"}


def part_name(part: str) -> str:
    """A part as the screen calls it: "mục 3", "câu b6-01"."""
    if part.startswith(f"{LESSON}/"):
        return f"mục {part.removeprefix(f'{LESSON}/')}"
    return f"câu {part.removeprefix(QUESTION)}" if part.startswith(QUESTION) else _PARTS.get(part, "bài")
