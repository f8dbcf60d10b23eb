"""Chọn trích dẫn: the library's documents and provisions, and putting one below the heading of a section."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from flask_login import current_user

from quizapp.clock import now
from quizapp.courses import drafts
from quizapp.courses.drafting import LESSON, citation_problem
from quizapp.courses.drafts import Clash
from quizapp.domain.content import Document, Provision
from quizapp.domain.vietnamese import fold
from quizapp.library import queries as library
from quizapp.library.queries import validity_words
from quizapp.studio import outline
from quizapp.studio.editing import or_404, to_editor
from quizapp.studio.views import bp
from quizapp.web.access import Role, allow
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
    """Provisions whose document, label or summary hold every word, with marks or without; verified ones first."""
    wanted = fold(typed).split()
    hits = [one for document in documents for one in choices_of(document) if _holds(one, wanted)]
    return sorted(hits, key=lambda one: one.problem is not None)[:AT_MOST]


def _holds(one: Choice, wanted: Sequence[str]) -> bool:
    told = (
        one.document.name,
        one.document.title,
        one.provision.label,
        one.provision.title or "",
        one.provision.summary,
    )
    text = fold(" ".join(told))
    return all(word in text for word in wanted)


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
        "documents": documents,
        "document": document,
        "typed": typed,
        "shown": shown,
        "work": work,
        "n": int(number),
    }
    page |= {"at_most": AT_MOST, "validity_words": validity_words, "script": request.headers.get("X-Luu") == "1"}
    return render_template("studio/edit_cite.html" if page["script"] else "studio/cite.html", **page)


@bp.post("/soan/trich")
@allow(Role.TRAINER)
def put() -> Any:
    """Chèn đoạn này: the section of that number rests on the provision from now on."""
    unit, number, reference = (request.form.get(name, "") for name in ("bai", "muc", "dan"))
    if not re.fullmatch(r"\d{1,15}", unit) or not re.fullmatch(r"\d{1,4}", number):
        abort(404)
    work, n = or_404(int(unit)), int(number)
    back = url_for(".edit", unit_id=work.unit_id)
    if not 1 <= n <= len(work.parts):
        raise Refused("Mục này không còn trong bài.", back)
    if problem := citation_problem(reference, work.documents):
        raise Refused(f"Chưa dẫn được: {problem}.", back)
    changed = outline.citing(work.text, n, reference)
    try:
        drafts.save(work.unit_id, LESSON, changed, request.form.get("tu", ""), current_user.id, now())
    except Clash:
        told = "Bài vừa được người khác lưu, nên trích dẫn chưa chèn. Mở lại trang soạn rồi chọn lại."
        raise Refused(told, back) from None
    return to_editor(work.unit_id, n)
