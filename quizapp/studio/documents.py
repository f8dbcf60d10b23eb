"""Văn bản đang soạn: what the library's editor shows, what keeps a draft from being published, publishing it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from quizapp.accounts.actions import note_act
from quizapp.accounts.models import Person
from quizapp.accounts.queries import SignedIn
from quizapp.courses import drafting as unit_drafting
from quizapp.courses import queries
from quizapp.courses.comparing import Change
from quizapp.courses.models import Draft, Unit
from quizapp.database import db
from quizapp.domain.content import Document
from quizapp.library import actions as library
from quizapp.library import drafting, drafts
from quizapp.library import queries as library_queries
from quizapp.library.drafting import HEAD, Body, Node
from quizapp.library.models import DocumentDraft, DraftState
from quizapp.studio import reviewing
from quizapp.studio.document_changes import changes
from quizapp.web.refused import Refused

_CITED = re.compile(r"^::: trich (\S+)", re.MULTILINE)


def citing() -> dict[str, list[str]]:
    """Citation -> the units that rest on it, in the revision in use or in a draft; that of neither may be taken away."""
    found: dict[str, dict[tuple[bool, int], str]] = {}
    for row in db.session.execute(sa.select(Unit.revision_id).where(Unit.revision_id.is_not(None))):
        unit = queries.taught(row.revision_id).unit
        for _, citation in unit.citations():
            found.setdefault(citation, {})[unit.final, unit.number] = unit.listed
    for body in db.session.scalars(sa.select(Draft.body)):
        draft = unit_drafting.body_of(body)
        head, final = draft["head"], draft["head"].get("final") is True
        place, title = (final, head.get("number") or 0), head.get("title")
        for citation in _cited(draft):
            found.setdefault(citation, {}).setdefault(place, f"{title}" if final else f"{place[1]}. {title}")
    return {citation: [units[place] for place in sorted(units)] for citation, units in found.items()}


def _cited(draft: Mapping[str, Any]) -> Iterator[str]:
    yield from _CITED.findall(draft["lesson"])
    for item in draft["questions"]:
        yield from (str(one.get("provision")) for one in (item, *(item.get("questions") or ())) if one.get("provision"))


@dataclass(frozen=True)
class Lack:
    """What keeps a document from being published: the part (HEAD or an anchor), what it is called, why."""

    part: str
    place: str
    message: str


@dataclass(frozen=True)
class Written:
    """Văn bản as the editor has it: the draft, or what is in use where nobody writes."""

    code: str
    body: Body
    draft: DocumentDraft | None
    used: Document | None
    citing: Mapping[str, Sequence[str]]
    stale: bool = False  # what is in use has changed since the draft was begun
    changed_by: str | None = None

    @property
    def head(self) -> dict[str, Any]:
        return drafting.part(self.body, HEAD) or {}

    @property
    def name(self) -> str:
        return drafting.name_of(self.body)

    @property
    def validity(self) -> str:
        return library_queries.VALIDITY[self.head["validity"]["state"]]

    @property
    def issued_on(self) -> date | None:
        return date.fromisoformat(self.head["issued_on"]) if self.head["issued_on"] else None

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.head["validity"]["as_of"])

    @property
    def waits(self) -> bool:
        """Whether a reviewer has it."""
        return self.draft is not None and self.draft.state == DraftState.REVIEW

    @cached_property
    def nodes(self) -> list[Node]:
        return drafting.nodes(self.body)

    @property
    def verified(self) -> int:
        return sum(node.data["verified"] is True for node in self.nodes)

    @property
    def units(self) -> list[str]:
        """The units that rest on any of it, each once."""
        named = (name for one, names in self.citing.items() if one.startswith(f"{self.code}#") for name in names)
        return list(dict.fromkeys(named))

    def rests(self, anchor: str) -> Sequence[str]:
        """The units that rest on a provision."""
        return self.citing.get(f"{self.code}#{anchor}", ())

    def held(self, anchor: str) -> list[str]:
        """The units that rest on a provision or on what stands below it: it may not be taken out."""
        below = drafting.below(self.body, anchor)
        return list(dict.fromkeys(name for one in below for name in self.rests(one)))

    def called(self, part: str) -> str:
        """A part as the screen calls it."""
        found = drafting.part(self.body, part) if part != HEAD else None
        return str(found["label"]) if found else "Thông tin văn bản"

    def digest(self, part: str) -> str:
        return drafting.digest(drafting.part(self.body, part))

    @property
    def seen(self) -> str:
        return drafting.digest(self.body)

    @cached_property
    def lacks(self) -> list[Lack]:
        found = [Lack(part, self.called(part), message) for part, message in self._problems()]
        there = {node.anchor: node.data for node in self.nodes}
        for anchor in (one.partition("#")[2] for one in self.citing if one.startswith(f"{self.code}#")):
            units = ", ".join(self.rests(anchor))
            if anchor not in there and self.used and any(one.anchor == anchor for one in self.used.walk()):
                found.append(Lack(HEAD, "Mục đã bỏ", f"mục “{anchor}” đang được bài {units} dẫn"))
            elif anchor in there and not there[anchor]["verified"]:
                found.append(Lack(anchor, self.called(anchor), f"đang được bài {units} dẫn nên phải đã đối chiếu"))
        return found

    def _problems(self) -> list[tuple[str, str]]:
        if not self.nodes:
            return [(HEAD, "chưa có điều, khoản nào: thêm ít nhất một mục")]
        return drafting.problems(self.body)

    @cached_property
    def changes(self) -> list[Change]:
        return list(changes(drafting.of_document(self.used) if self.used else None, self.body))


def written(code: str) -> Written | None:
    """The document as it is being written, or as it is in use; None where there is none."""
    draft, used, row = drafts.draft_of(code), library_queries.document(code), drafts.row_of(code)
    if row is None or (draft is None and used is None):
        return None
    who = db.session.scalar(sa.select(Person.name).filter_by(id=draft.changed_by)) if draft else None
    stale = draft is not None and draft.base_id != row.revision_id
    return Written(code, _body(draft, used), draft, used, citing(), stale, who)


def _body(draft: DocumentDraft | None, used: Document | None) -> Body:
    return draft.body if draft else drafting.of_document(used) if used else drafting.blank({})


def told_lacks(one: Written) -> str:
    """The first things that a draft lacks, in a sentence."""
    return "; ".join(f"{lack.place}: {lack.message}" for lack in one.lacks[:3])[:300] + "."


def every() -> list[Written]:
    """Every document, in use or only begun, in the library's order, those being written first."""
    cited, begun = citing(), drafts.all_drafts()
    used = {one.code: one for one in library_queries.documents()}
    codes = [*begun, *(code for code in used if code not in begun)]
    both = ((code, begun.get(code), used.get(code)) for code in codes)
    return [Written(code, _body(draft, value), draft, value, cited) for code, draft, value in both]


def in_review() -> list[Written]:
    """Those that wait for a reviewer."""
    waiting = {code: draft for code, draft in drafts.all_drafts().items() if draft.state == DraftState.REVIEW}
    cited = citing() if waiting else {}
    return [Written(code, draft.body, draft, library_queries.document(code), cited) for code, draft in waiting.items()]


@dataclass(frozen=True)
class Made:
    """A revision as the page lists it; ``by`` None: the content files."""

    number: int
    made_at: datetime
    by: str | None
    approved: str | None
    why: str | None


def history(code: str) -> list[Made]:
    """Who made a document's revisions, when and why, newest first."""
    row = drafts.row_of(code)
    made = drafts.revisions(row.id) if row else []
    ids = {one for revision in made for one in (revision.made_by, revision.approved_by) if one}
    found = sa.select(Person.id, Person.name).where(Person.id.in_(ids))
    names = {one.id: one.name for one in db.session.execute(found)} if ids else {}
    return [
        Made(one.number, one.made_at, names.get(one.made_by or 0), names.get(one.approved_by or 0), one.why)
        for one in made
    ]


def twin(kind: str, number: str, code: str = "") -> Written | None:
    """Another document of that kind and number."""
    wanted = " ".join(f"{kind} {number}".lower().split())
    named = ((one, f"{one.head['kind']} {one.head['number']}") for one in every() if one.code != code)
    return next((one for one, name in named if " ".join(name.lower().split()) == wanted), None)


# --- acts ------------------------------------------------------------------------------------------------------


def remove(one: Written, anchor: str, started_from: str, by: int, now: datetime) -> None:
    """Bỏ một mục and what stands below it, where no unit rests on it and nobody has changed it since."""
    if held := one.held(anchor):
        raise Refused(f"Mục này đang được bài {', '.join(held)} dẫn nên không bỏ được. Sửa các bài ấy trước.")
    if subtree(one.body, anchor) != started_from:
        raise Refused("Mục này vừa được người khác sửa, nên chưa bỏ. Mở lại trang soạn để thấy bản mới.")
    drafts.remove(one.code, anchor, by, now)


def subtree(body: Body, anchor: str) -> str:
    """A digest of a provision with all below it."""
    return drafting.digest([drafting.part(body, name) for name in drafting.below(body, anchor)])


def send(one: Written, note: str, by: int, now: datetime) -> None:
    """Gửi duyệt: only what is whole and changes something."""
    if one.lacks:
        raise Refused("Bản nháp còn thiếu; xem các chỗ được nêu trên trang.")
    if not one.changes:
        raise Refused("Bản nháp không khác bản đang dùng, nên không có gì để duyệt.")
    drafts.send(one.code, note, by, now)


def publish(who: SignedIn, one: Written, seen: str, why: str, now: datetime) -> None:
    """Phát hành: just what the page has shown, as a new revision. Units keep their own copies of what they cite."""
    draft = drafts.draft_of(one.code, lock=True)
    if draft is None or draft.state != DraftState.REVIEW:
        raise Refused("Bản nháp này không còn chờ duyệt.")
    if no := reviewing.may_approve(who, draft, now):
        raise Refused(no)
    if drafting.digest(draft.body) != seen:
        raise Refused("Bản nháp vừa được sửa. Xem lại bản mới rồi phát hành.")
    value, row = drafting.read(draft.body), drafts.row_of(one.code)
    if one.lacks or value is None or row is None:
        raise Refused("Bản nháp còn thiếu nên chưa phát hành được.")
    said = library.Said(draft.changed_by, who.id, why)
    db.session.delete(draft)
    library.publish(value, row.position, now, queries.task_words().get(value.task or ""), said)
    note_act(who.id, "publish_document", now, detail={"document": one.code, "writers": draft.writers}, reason=why)
