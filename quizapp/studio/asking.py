"""Soạn câu hỏi: a unit's questions as its draft has them, what each lacks, and changing them part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.accounts.models import Person
from quizapp.courses import drafting, drafts, queries
from quizapp.courses.models import Draft, Unit, UnitRevision
from quizapp.database import db, end_transaction
from quizapp.domain import content
from quizapp.domain.content import Document, Provision, Titled
from quizapp.domain.search import Query, bare_words
from quizapp.library import queries as library
from quizapp.studio import question_changes as changes
from quizapp.studio.question_fields import Data, rows_of
from quizapp.studio.question_words import Remarks, lacks_of, with_advice
from quizapp.web.refused import Refused

FOUND_AT_MOST = 30
only_reading = end_transaction  # a POST that writes nothing gives the writer's place back at once


@dataclass(frozen=True)
class Opened(Titled):
    """A unit's questions as they are being written: the draft's, or the newest revision's while there is no draft.

    ``base``: the questions of the revision that the draft began from, by key; ``changed``: who changed the draft, when.
    """

    unit_id: int
    body: drafting.Body
    base: Mapping[str, Data]
    draft: Draft | None
    changed_by: str | None
    documents: Mapping[str, Document]

    @property
    def number(self) -> int:
        return int(self.body["head"].get("number") or 0)

    @property
    def title(self) -> str:
        return str(self.body["head"].get("title") or "")

    @property
    def final(self) -> bool:
        return self.body["head"].get("final") is True

    @property
    def name(self) -> str:
        return f"Bài {self.listed}"

    @property
    def objectives(self) -> list[tuple[str, str]]:
        """(key, text)"""
        found = self.body["head"].get("objectives") or ()
        return [(str(one.get("key")), str(one.get("text", ""))) for one in found if isinstance(one, Mapping)]

    @property
    def questions(self) -> list[Data]:
        return list(self.body["questions"])

    def question(self, key: str) -> Data | None:
        return next((one for one in self.questions if one.get("key") == key), None)

    def digest(self, key: str) -> str:
        """What a page sends along to say from which question it started; "" for one that is not there."""
        there = self.question(key)
        return "" if there is None else drafting.digest(there)

    def with_question(self, data: Data) -> "Opened":
        """As if the draft said this of the question; nothing is written."""
        body = drafting.with_part(self.body, f"{drafting.QUESTION}{data['key']}", data)
        return Opened(self.unit_id, body, self.base, self.draft, self.changed_by, self.documents)


def opened(unit_id: int) -> Opened | None:
    """The unit's questions, or None where there is no such unit; two statements."""
    told = sa.select(Unit.id, Draft, Person.name.label("who"), UnitRevision)
    told = told.outerjoin(Draft, Draft.unit_id == Unit.id).outerjoin(Person, Person.id == Draft.changed_by)
    base = sa.func.coalesce(Draft.base_id, Unit.revision_id)
    row = db.session.execute(
        told.outerjoin(UnitRevision, UnitRevision.id == base).where(Unit.id == unit_id)
    ).one_or_none()
    if row is None or (row.Draft is None and row.UnitRevision is None):
        return None
    before = _body_of(row.UnitRevision) if row.UnitRevision else None
    body = drafts.body_of(row.Draft) if row.Draft else before
    assert body is not None
    known = {str(one["key"]): one for one in before["questions"]} if before else {}
    return Opened(unit_id, body, known, row.Draft, row.who, {one.code: one for one in library.documents()})


def _body_of(revision: UnitRevision) -> drafting.Body:
    return drafting.of_unit(content.read_stored_unit(revision.body), revision.body.get("media"))


# --- what stands where -----------------------------------------------------------------------------------------


def remarks(unit: Opened, data: Data) -> Remarks:
    """What the question lacks in the unit's draft, and what the linter says of it."""
    trial = unit.with_question(data)
    reading = drafting.read(trial.body, unit.documents)
    return with_advice(lacks_of(data, reading, [key for key, _ in unit.objectives]), data)


@dataclass(frozen=True)
class Line:
    """A question as the unit's list shows it; ``state``: moi, da-sua, giu, bo (dropped from the draft)."""

    data: Data
    state: str
    lacks: int

    @property
    def key(self) -> str:
        return str(self.data.get("key"))

    @property
    def size(self) -> int:
        return max(1, len(rows_of(self.data, "questions")))

    @property
    def said(self) -> str:
        """What tells it from the others: its prompt, a case's situation."""
        return str(self.data.get("prompt") or self.data.get("situation") or "")


def lines(unit: Opened) -> list[Line]:
    """Every question of the draft in its order, then those that it drops."""
    reading, known = drafting.read(unit.body, unit.documents), [key for key, _ in unit.objectives]
    found = []
    for data in unit.questions:
        before = unit.base.get(str(data.get("key")))
        state = "moi" if before is None else "giu" if before == data else "da-sua"
        found.append(Line(data, state, len(lacks_of(data, reading, known).lacks)))
    there = {line.key for line in found}
    return [*found, *(Line(data, "bo", 0) for key, data in unit.base.items() if key not in there)]


# --- provisions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cited:
    """A provision that a question may rest on; what is not verified may not."""

    reference: str
    document: Document
    provision: Provision

    @property
    def name(self) -> str:
        title = f": {self.provision.title}" if self.provision.title else ""
        return f"{self.document.name}, {self.provision.label}{title}"


def cited(unit: Opened, reference: object) -> Cited | None:
    """What a reference leads to."""
    code, _, anchor = str(reference or "").partition("#")
    if code not in unit.documents:
        return None
    document = unit.documents[code]
    found = next((one for one in document.walk() if one.anchor == anchor), None)
    return Cited(f"{code}#{anchor}", document, found) if found else None


def used_provisions(unit: Opened) -> list[Cited]:
    """Those that the unit rests on already, in the order of citing; the final's, those of its course's units too."""
    reading = drafting.read(unit.body, unit.documents)
    references = [one.get("cite") for one in reading.data["sections"]]
    if unit.final:
        references += _taught_before(unit.unit_id)
    for question in unit.questions:
        references += [one.get("provision") for one in (rows_of(question, "questions") or [question])]
    found = (cited(unit, reference) for reference in dict.fromkeys(map(str, references)))
    return [one for one in found if one and one.provision.verified]


def _taught_before(unit_id: int) -> list[str]:
    """What the sections of the course's units in use rest on, in the course's order."""
    course_id = queries.course_id_of(unit_id)
    by_key = {row.key: queries.taught(row.revision_id).unit for row in queries.unit_rows(course_id)}
    units = (by_key[key] for key in drafts.course_of(course_id).units if key in by_key)
    return [section.cite for unit in units for section in unit.sections]


def find_provisions(unit: Opened, typed: str) -> list[Cited]:
    """Provisions that hold every word in their names or summaries, those with all in the names first; at most thirty."""
    wanted = set(Query.read(typed).bare)
    found: list[tuple[bool, Cited]] = []
    for code, document in unit.documents.items() if wanted else ():
        for provision in document.walk():
            one = Cited(f"{code}#{provision.anchor}", document, provision)
            named = set(bare_words(one.name))
            if wanted <= named | set(bare_words(provision.summary)):
                found.append((not wanted <= named, one))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])][:FOUND_AT_MOST]


# --- changing --------------------------------------------------------------------------------------------------


def save(unit_id: int, data: Data, started_from: str, by: int, now: datetime) -> str:
    """Lưu câu hỏi; the digest of what stands now. `drafts.Clash` where somebody else has changed it since."""
    drafts.begin(unit_id, by, now)
    drafts.save(unit_id, f"{drafting.QUESTION}{data['key']}", data, started_from, by, now)
    return drafting.digest(drafting.cleaned(data))


def add(unit_id: int, data: Data, by: int, now: datetime) -> str:
    """Thêm câu hỏi at the end of the draft; its new key."""
    return drafts.add_questions(unit_id, [data], by, now)[0]


def used_rows(unit_id: int, key: str) -> dict[str, set[str]]:
    """The keys that rows of a question have in the unit's revisions, by question: they are not given again."""
    found: dict[str, set[str]] = {}
    for body in db.session.scalars(sa.select(UnitRevision.body).filter_by(unit_id=unit_id)):
        items = [one for one in body["unit"]["questions"] if key in drafting.keys_in([one])]
        for question, keys in changes.row_keys(items).items():
            found.setdefault(question, set()).update(keys)
    return found


def _draft(unit_id: int, by: int, now: datetime) -> tuple[Draft, list[Data]]:
    draft = drafts.begin(unit_id, by, now)
    return draft, list(drafts.body_of(draft)["questions"])


def _put(draft: Draft, questions: Sequence[Data], by: int, now: datetime) -> None:
    drafts.changed(draft, drafts.body_of(draft) | {"questions": list(questions)}, by, now)


def retire(unit_id: int, keys: Sequence[str], by: int, now: datetime) -> None:
    """Bỏ khỏi bài: the keys stay used, what has been answered stays as it is."""
    draft, questions = _draft(unit_id, by, now)
    _put(draft, [one for one in questions if one.get("key") not in keys], by, now)


def take_back(unit_id: int, key: str, by: int, now: datetime) -> None:
    """Lấy lại a question that the draft dropped, as the revision has it. Twice is once."""
    draft, questions = _draft(unit_id, by, now)
    base = db.session.get(UnitRevision, draft.base_id) if draft.base_id else None
    found = [one for one in (_body_of(base)["questions"] if base else ()) if one["key"] == key]
    if not found:
        raise Refused(f"Bản đang dùng không có câu {key}, nên không lấy lại được.")
    if all(one.get("key") != key for one in questions):
        _put(draft, [*questions, *found], by, now)


def copy_of(unit_id: int, keys: Sequence[str], by: int, now: datetime) -> list[str]:
    """Chép thêm: the same questions once more under new keys."""
    _, questions = _draft(unit_id, by, now)
    return drafts.add_questions(unit_id, [one for one in questions if one.get("key") in keys], by, now)


def move_to(unit_id: int, keys: Sequence[str], objective: str, by: int, now: datetime) -> None:
    """Chuyển sang mục tiêu khác."""
    draft, questions = _draft(unit_id, by, now)
    _put(draft, [one | {"objective": objective} if one.get("key") in keys else one for one in questions], by, now)


def shift(unit_id: int, key: str, step: int, by: int, now: datetime) -> None:
    """Up (-1) or down (1) among the questions of its objective."""
    draft, questions = _draft(unit_id, by, now)
    here = next((n for n, one in enumerate(questions) if one.get("key") == key), None)
    if here is None:
        return
    of = questions[here].get("objective")
    beside = [n for n, one in enumerate(questions) if one.get("objective") == of]
    place = beside.index(here) + step
    if 0 <= place < len(beside):
        there = beside[place]
        questions[here], questions[there] = questions[there], questions[here]
        _put(draft, questions, by, now)
