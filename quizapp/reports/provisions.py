"""Điều khoản theo đơn vị: the provisions least understood, in the body and in those right below. Two statements."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.courses import queries as courses
from quizapp.courses.models import StoppedQuestion, UnitRevision
from quizapp.database import db
from quizapp.domain import statistics
from quizapp.organisation.models import Body
from quizapp.reports.models import ANSWERED, RIGHT, ItemCount
from quizapp.reports.tables import Heading, Place, ProvisionHead, ProvisionRow, ProvisionTable

SHOWN = 8
BODIES_AT_MOST = 200

Asked = tuple[int, str]  # unit revision, question


def table(heading: Heading) -> ProvisionTable:
    """The provisions whose questions were least often right at first, over the body's people, and the bodies below.

    A body's share stands where at least five people answered one of the provision's questions, and where it does not
    give away a smaller body's. Empty where nobody has answered enough.
    """
    assert heading.campaign is not None
    it = ItemCount
    stopped = sa.exists().where(
        StoppedQuestion.unit_id == UnitRevision.unit_id, StoppedQuestion.question == it.question
    )
    of_body = it.campaign_id == heading.campaign.id, it.body_id == heading.body.id, ~stopped
    sums = _sums(it.unit_revision_id, it.question).join(UnitRevision, UnitRevision.id == it.unit_revision_id)
    per_question = db.session.execute(sums.where(*of_body)).all()
    heads = _weakest(per_question)
    if not heads:
        return ProvisionTable((), ())
    below = _below(heading, heads)
    return _table(heads, below)


def _sums(*columns: Any) -> sa.Select[Any]:
    it = ItemCount
    answered = sa.func.sum(sa.case((it.option == ANSWERED, it.n), else_=0)).label("answered")
    right = sa.func.sum(sa.case((it.option == RIGHT, it.n), else_=0)).label("earned")
    return sa.select(*columns, answered, right).where(it.option.in_((ANSWERED, RIGHT))).group_by(*columns)


def _weakest(rows: Sequence[Any]) -> list[tuple[ProvisionHead, list[Asked]]]:
    """Provisions with the questions that rest on them, the weakest first."""
    sums: dict[str, list[Any]] = {}
    for row in rows:
        taught = courses.taught(row.unit_revision_id)
        if row.question in taught.questions:
            sums.setdefault(taught.questions[row.question].provision, []).append(row)
    found = []
    for cited, some in sums.items():
        answered, right = sum(row.answered for row in some), sum(row.earned for row in some)
        people = max(row.answered for row in some)
        if people >= statistics.LEAST_PEOPLE:
            provision = courses.taught(some[0].unit_revision_id).provisions[cited]
            document, anchor = cited.split("#")
            share = Fraction(int(right), int(answered))
            names = (provision["document"], provision["label"], document, anchor)
            head = ProvisionHead(*names, provision["summary"], int(people), share)
            found.append((share, head, [(row.unit_revision_id, row.question) for row in some]))
    found.sort(key=lambda one: (one[0], one[1].document, one[1].anchor))
    return [(head, asked) for _, head, asked in found[:SHOWN]]


def _below(heading: Heading, heads: Sequence[tuple[ProvisionHead, list[Asked]]]) -> Sequence[Any]:
    """A row for each body and provision: answers, right ones, and the most people who met one of its questions."""
    it, campaign = ItemCount, heading.campaign
    assert campaign is not None
    asked = sa.tuple_(it.unit_revision_id, it.question)
    which = sa.case(*((asked.in_(some), n) for n, (_, some) in enumerate(heads)), else_=-1).label("which")
    wanted = [one for _, some in heads for one in some]
    near = aliased(Body)
    below = sa.select(near.id).where(near.parent_id == heading.body.id)  # said of the sums, so that SQLite begins there
    mine = it.campaign_id == campaign.id, it.body_id.in_(below), asked.in_(wanted)
    told = (Body.id, Body.code, Body.name, Body.path, Body.folded, which, it.unit_revision_id, it.question)
    each = _sums(*told).join(Body, Body.id == it.body_id).where(*mine).subquery()
    keys = each.c.id, each.c.code, each.c.name, each.c.path, each.c.folded, each.c.which
    sums = sa.func.sum(each.c.answered).label("answered"), sa.func.sum(each.c.earned).label("earned")
    rows = sa.select(*keys, *sums, sa.func.max(each.c.answered).label("people")).group_by(*keys)
    return db.session.execute(rows.order_by(each.c.folded, each.c.id).limit(BODIES_AT_MOST * SHOWN)).all()


def _table(heads: Sequence[tuple[ProvisionHead, list[Asked]]], rows: Sequence[Any]) -> ProvisionTable:
    places = {row.id: Place(row.id, row.code, row.name, row.path) for row in rows}
    cells: Mapping[tuple[int, int], Any] = {(row.id, row.which): row for row in rows}
    columns: list[list[Fraction | None]] = []
    for n, (head, _) in enumerate(heads):
        of = [cells.get((place, n)) for place in places]
        people = [int(row.people) if row else 0 for row in of]
        hide = statistics.hidden(people, max(head.people, sum(people)))
        columns.append([_share(row) if row and not gone else None for row, gone in zip(of, hide, strict=True)])
    found = [ProvisionRow(place, tuple(column[n] for column in columns)) for n, place in enumerate(places.values())]
    shown = tuple(row for row in found if any(share is not None for share in row.shares))
    return ProvisionTable(tuple(head for head, _ in heads), shown)


def _share(row: Any) -> Fraction | None:
    return Fraction(int(row.earned), int(row.answered)) if row.answered else None
