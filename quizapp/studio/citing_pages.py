"""Chọn trích dẫn: the library's documents and provisions, and putting one below the heading of a section."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, jsonify, render_template, request, url_for

from quizapp.clock import now
from quizapp.courses import drafts
from quizapp.courses.drafting import LESSON, citation_problem
from quizapp.courses.drafts import Clash
from quizapp.domain import official
from quizapp.domain.content import Document, Provision
from quizapp.domain.quoting import Matches, plain
from quizapp.domain.search import Query, bare_words, words
from quizapp.library import queries as library
from quizapp.library.queries import validity_words
from quizapp.studio import outline, quotes
from quizapp.studio.editing_pages import or_404, to_editor
from quizapp.studio.views import bp
from quizapp.studio.work import Work, only_read
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.refused import Refused

AT_MOST = 60  # provisions that a search lists


@dataclass(frozen=True)
class Choice:
    """A provision that may be cited, or not, and then why."""

    document: Document
    provision: Provision
    depth: int
    problem: str | None

    @property
    def reference(self) -> str:
        return f"{self.document.code}#{self.provision.anchor}"


def choices_of(document: Document) -> list[Choice]:
    """Every provision of a document, in reading order."""
    found: list[Choice] = []

    def walk(provisions: Sequence[Provision], depth: int) -> None:
        for one in provisions:
            problem = citation_problem(f"{document.code}#{one.anchor}", {document.code: document})
            found.append(Choice(document, one, min(depth, 3), problem))
            walk(one.children, depth + 1)

    walk(document.provisions, 0)
    return found


def found_in(documents: Sequence[Document], typed: str) -> list[Choice]:
    """Provisions that hold every word, the nearest first: as typed before without marks, verified ones before the rest.

    Where the words stand as typed, those that only look alike without their marks ("quản" for "quà") are left out.
    """
    query = Query.read(typed)
    if not query.bare:
        return []
    hits = [(_far(one, query), one) for document in documents for one in choices_of(document)]
    near = min((far for far, _ in hits), default=_NOWHERE)
    marked = query.exact != query.bare and near in _AS_TYPED
    found = [(far, one) for far, one in hits if far < _NOWHERE and (far in _AS_TYPED or not marked)]
    return [one for _, one in sorted(found, key=lambda hit: (hit[1].problem is not None, hit[0]))][:AT_MOST]


def named(documents: Sequence[Document], typed: str) -> list[Document]:
    """Documents whose number holds every word: who types “144” looks for Quy định 144."""
    bare = set(Query.read(typed).bare)
    return [one for one in documents if bare and bare <= set(bare_words(one.name))]


_AS_TYPED, _NOWHERE = (0, 1, 3), 5


def _far(one: Choice, query: Query) -> int:
    """0: the words in a row, 1: all of them, 2: without marks; 3 and 4: with the document's name and title as well."""
    own = " ".join((one.provision.label, one.provision.title or "", one.provision.summary))
    whole = " ".join((one.document.name, one.document.title, own))
    if f" {' '.join(query.exact)} " in f" {' '.join(words(own))} ":
        return 0
    for far, there, wanted in (
        (1, words(own), query.exact),
        (2, bare_words(own), query.bare),
        (3, words(whole), query.exact),
        (4, bare_words(whole), query.bare),
    ):
        if set(wanted) <= set(there):
            return far
    return _NOWHERE


@bp.get("/soan/trich")
@allow(Role.TRAINER)
def cite() -> Any:
    """Chọn trích dẫn: documents, or what a search finds, or the provisions of one; then it goes into the section."""
    documents = library.documents()
    code, typed = request.args.get("vb", ""), request.args.get("tim", "").strip()[:120]
    document = next((one for one in documents if one.code == code), None)
    if code and document is None:
        abort(404)
    shown = found_in(documents, typed) if typed else choices_of(document) if document else []
    unit, number = request.args.get("bai", ""), request.args.get("muc", "1")
    work = or_404(int(unit)) if re.fullmatch(r"\d{1,15}", unit) else None
    number = number if re.fullmatch(r"\d{1,4}", number) else "1"
    page: dict[str, Any] = {
        "documents": sorted(documents, key=lambda one: work is None or one.code != work.course.document),
        "document": document,
        "typed": typed,
        "shown": shown,
        "named": named(documents, typed),
        "work": work,
        "n": int(number),
    }
    page["official"] = official.parts(text) if document and (text := library.official_text(document.code)) else ()
    page |= {"at_most": AT_MOST, "validity_words": validity_words, "script": request.headers.get("X-Luu") == "1"}
    return render_template("studio/edit_cite.html" if page["script"] else "studio/cite.html", **page)


@dataclass(frozen=True)
class Wanted:
    """What is to be put where: the draft, the section's number, the provision, the official passage if there is one."""

    work: Work
    number: int
    reference: str
    passage: str


def _wanted() -> Wanted:
    """Of a form; Refused where there is no such section, or nothing may rest on the provision."""
    unit, number, reference = (request.form.get(name, "") for name in ("bai", "muc", "dan"))
    if not re.fullmatch(r"\d{1,15}", unit) or not re.fullmatch(r"\d{1,4}", number):
        abort(404)
    work = or_404(int(unit))
    back = url_for(".edit", unit_id=work.unit_id)
    if not 1 <= int(number) <= len(work.parts):
        raise Refused("Mục này không còn trong bài.", back)
    if problem := citation_problem(reference, work.documents):
        raise Refused(f"Chưa dẫn được: {problem}.", back)
    return Wanted(work, int(number), reference, request.form.get("doan", "")[:20_000])


def _put(wanted: Wanted, quotation: str = "") -> Any:
    work = wanted.work
    changed = outline.citing(work.text, wanted.number, wanted.reference, quotation)
    try:
        drafts.save(work.unit_id, LESSON, changed, request.form.get("tu", ""), current_user.id, now())
    except Clash:
        told = "Bài vừa được người khác lưu, nên trích dẫn chưa chèn. Mở lại trang soạn rồi chọn lại."
        raise Refused(told, url_for(".edit", unit_id=work.unit_id)) from None
    return to_editor(work.unit_id, wanted.number)


@bp.post("/soan/trich")
@allow(Role.TRAINER)
def put() -> Any:
    """Chèn đoạn này: the section of that number rests on the provision from now on."""
    return _put(_wanted())


@bp.post("/soan/trich/nguyen-van")
@allow(Role.TRAINER)
def quote() -> Any:
    """Chèn nguyên văn: the passage goes in where the cited provision has it letter by letter; else what is wrong."""
    wanted = _wanted()
    code, _, anchor = wanted.reference.partition("#")
    document = wanted.work.documents[code]
    passage, found, misplaced = quotes.located(wanted.passage, library.official_text(code), document, anchor)
    by_script = request.headers.get("X-Luu") == "1"
    if isinstance(found, Matches) and misplaced is None:
        quotation = f"“{plain(passage)}”"
        return jsonify(trich=quotation) if by_script else _put(wanted, quotation)
    only_read()
    quotation_ = quotes.Quotation(0, wanted.number, code, wanted.passage, found, misplaced)
    page: dict[str, Any] = {
        "told": quotes.told(quotation_, document.name),
        "found": quotation_.pieces,
        "wanted": wanted,
    }
    page |= {"script": by_script, "free": [one for one in choices_of(document) if one.problem is None]}
    if by_script:
        return jsonify(html=render_template("studio/edit_differs.html", **page)), 409
    return render_template("studio/cite_differs.html", **page), 409
