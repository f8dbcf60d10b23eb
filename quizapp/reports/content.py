"""Nội dung còn yếu: first-try shares by unit and body, the questions most often wrong, bands and times.

Everything comes from the sums that the work process fills; small groups show nothing.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.courses import queries as courses
from quizapp.courses.models import StoppedQuestion, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import statistics
from quizapp.domain.statistics import Bands, Spread
from quizapp.organisation.models import Body
from quizapp.reports.models import ANSWERED, RIGHT, AnswerFill, ItemCount, ResultCount
from quizapp.reports.tables import Chosen, Content, Heading, HeatRow, Place, UnitHead, WeakUnit, WrongQuestion

ROWS_AT_MOST = 200
QUESTIONS = 10
_MEASURES = (
    statistics.PEOPLE,
    statistics.PASSED,
    statistics.ANSWERS,
    statistics.RIGHT,
    statistics.MARK,
    statistics.ATTEMPTS,
    statistics.FAST,
)

Cells = Mapping[int, Mapping[str, Mapping[str, int]]]  # body -> unit -> measure -> n


def content(heading: Heading, questions: bool = True) -> Content:
    """Nội dung: of the body and those right below. Four statements; two without the ``questions``."""
    campaign = heading.campaign
    assert campaign is not None
    units = unit_heads(campaign)
    places, cells = _cells(heading, campaign, [unit.key for unit in units])
    at, measures = _measures(heading, campaign)
    whole, rows = _heat(heading.body, places, units, cells)
    own = cells.get(heading.body.id, {})
    weak = [_weak(unit, own[unit.key]) for unit in units if own.get(unit.key, {}).get(statistics.PEOPLE, 0) >= _LEAST]
    wrong = _wrong_questions(heading, campaign, units) if questions else []  # as many statements for a small group
    enough = sum(measures.get(f"{statistics.BAND}{name}", 0) for name in ("full", "high", "middle", "low")) >= _LEAST
    return Content(
        at,
        tuple(units),
        whole,
        tuple(rows),
        tuple(sorted(weak, key=lambda one: one.share)),
        tuple(wrong) if weak else (),
        _bands(measures) if enough and weak else None,
        _spread(measures) if enough and weak else None,
    )


_LEAST = statistics.LEAST_PEOPLE


def unit_heads(campaign: Chosen) -> list[UnitHead]:
    """The graded units of the path, each with the task that it belongs to."""
    course = courses.course_value(campaign.course_revision_id)
    tasks = {task.key: task.name for task in course.tasks}
    heads = []
    for key, revision_id in campaign.units.items():
        unit = courses.taught(revision_id).unit
        if key not in course.ungraded:
            heads.append(UnitHead(key, unit.number, unit.title, tasks.get(unit.task or ""), unit.final))
    return heads


def _cells(heading: Heading, campaign: Chosen, units: Sequence[str]) -> tuple[list[Place], Cells]:
    """The measures of the body and of those right below, a row for each body and unit."""
    it, near = ResultCount, aliased(Body)
    around = sa.select(near.id).where(sa.or_(near.id == heading.body.id, near.parent_id == heading.body.id))
    sums = [
        sa.func.coalesce(sa.func.sum(sa.case((it.measure == name, it.n), else_=0)), 0).label(name) for name in _MEASURES
    ]
    rows = db.session.execute(
        sa.select(Body.id, Body.code, Body.name, Body.path, it.unit, *sums)
        .join(it, sa.and_(it.body_id == Body.id, it.campaign_id == campaign.id, it.unit.in_(units)))
        .where(it.body_id.in_(around))  # said of the sums: SQLite would go through those of the whole campaign
        .group_by(Body.id, it.unit)
        .order_by(Body.folded, Body.id)
        .limit(ROWS_AT_MOST * len(units) + 1)
    ).all()
    places = {row.id: Place(row.id, row.code, row.name, row.path) for row in rows if row.id != heading.body.id}
    cells: dict[int, dict[str, dict[str, int]]] = {}
    for row in rows:
        of_unit = {name: int(row._mapping[name]) for name in _MEASURES}
        cells.setdefault(row.id, {})[row.unit] = of_unit
    return list(places.values()), cells


def _heat(
    body: Place, places: Sequence[Place], units: Sequence[UnitHead], cells: Cells
) -> tuple[HeatRow | None, list[HeatRow]]:
    """The heat table: the body itself, and those below with the weakest first; groups that are too small are empty."""
    columns: list[list[Fraction | None]] = []
    whole: list[Fraction | None] = []
    for unit in units:
        own = cells.get(body.id, {}).get(unit.key, {})
        of = [cells[place.id].get(unit.key, {}) for place in places]
        people = own.get(statistics.PEOPLE, 0)
        whole.append(_share(own) if people >= _LEAST else None)
        hide = statistics.hidden([one.get(statistics.PEOPLE, 0) for one in of], people)
        columns.append([None if gone else _share(one) for one, gone in zip(of, hide, strict=True)])
    rows = [_row(place, [column[n] for column in columns], units, cells) for n, place in enumerate(places)]
    rows = [row for row in rows if any(share is not None for share in row.shares)]
    shown = any(share is not None for share in whole)
    return _row(body, whole, units, cells) if shown else None, sorted(rows, key=_weakest_first)


def _row(place: Place, shares: Sequence[Fraction | None], units: Sequence[UnitHead], cells: Cells) -> HeatRow:
    own = cells.get(place.id, {})
    shown = [unit for unit, share in zip(units, shares, strict=True) if share is not None]
    marked = [unit for unit in shown if unit.final] if any(unit.final for unit in units) else shown
    passed, taken = (_sum(own, shown, name) for name in (statistics.PASSED, statistics.PEOPLE))
    marks, people = (_sum(own, marked, name) for name in (statistics.MARK, statistics.PEOPLE))
    return HeatRow(place, tuple(shares), passed, taken, marks, people)


def _sum(own: Mapping[str, Mapping[str, int]], units: Sequence[UnitHead], name: str) -> int:
    return sum(own.get(unit.key, {}).get(name, 0) for unit in units)


def _share(measures: Mapping[str, int]) -> Fraction | None:
    answers = measures.get(statistics.ANSWERS, 0)
    return Fraction(measures.get(statistics.RIGHT, 0), answers) if answers else None


def _weakest_first(row: HeatRow) -> Fraction:
    shares = [share for share in row.shares if share is not None]
    return sum(shares, Fraction(0)) / len(shares)


def _weak(unit: UnitHead, measures: Mapping[str, int]) -> WeakUnit:
    attempts = measures[statistics.ATTEMPTS]
    fast = Fraction(measures[statistics.FAST], attempts) if attempts else None
    people, passed = measures[statistics.PEOPLE], measures[statistics.PASSED]
    share = _share(measures) or Fraction(0)
    return WeakUnit(unit, share, people, passed, Spread(None, fast), measures[statistics.MARK])


def _measures(heading: Heading, campaign: Chosen) -> tuple[Any, dict[str, int]]:
    """When the sums were filled, and the body's measures over all its units."""
    at = sa.select(AnswerFill.at).where(AnswerFill.id == 1).scalar_subquery()
    course = courses.course_value(campaign.course_revision_id)
    it, n = ResultCount, sa.func.sum(ResultCount.n)
    mine = it.campaign_id == campaign.id, it.body_id == heading.body.id, it.unit.not_in(course.ungraded)
    summed = sa.select(it.measure, n.label("n")).where(*mine).group_by(it.measure).subquery()
    told = summed.c.measure + "=" + sa.cast(summed.c.n, sa.Text)
    filled, listed = db.session.execute(
        sa.select(at, sa.func.aggregate_strings(told, ","))
    ).one()  # one row, however many
    pairs = (one.split("=") for one in (listed or "").split(",") if one)
    return filled, {measure: int(times) for measure, times in pairs}


def _bands(measures: Mapping[str, int]) -> Bands:
    return Bands(*(measures.get(f"{statistics.BAND}{name}", 0) for name in ("full", "high", "middle", "low")))


def _spread(measures: Mapping[str, int]) -> Spread:
    start = statistics.MINUTES
    minutes = {int(name.removeprefix(start)): n for name, n in measures.items() if name.startswith(start)}
    attempts = measures.get(statistics.ATTEMPTS, 0)
    fast = Fraction(measures.get(statistics.FAST, 0), attempts) if attempts else None
    return Spread(statistics.median(minutes), fast)


# --- the questions most often wrong ----------------------------------------------------------------------------


def _wrong_questions(heading: Heading, campaign: Chosen, units: Sequence[UnitHead]) -> list[WrongQuestion]:
    """The ten questions most often wrong on first answers, then the options chosen in them: two statements."""
    it = ItemCount
    answered = sa.func.sum(sa.case((it.option == ANSWERED, it.n), else_=0))
    wrong = answered - sa.func.sum(sa.case((it.option == RIGHT, it.n), else_=0))
    mine = it.campaign_id == campaign.id, it.body_id == heading.body.id
    stopped = sa.exists().where(
        StoppedQuestion.unit_id == UnitRevision.unit_id, StoppedQuestion.question == it.question
    )
    worst = db.session.execute(
        sa.select(it.unit_revision_id, it.question, answered.label("answered"), wrong.label("wrong"))
        .join(UnitRevision, UnitRevision.id == it.unit_revision_id)
        .join(Unit, Unit.id == UnitRevision.unit_id)
        .where(*mine, Unit.key.in_([unit.key for unit in units]), ~stopped)
        .group_by(it.unit_revision_id, it.question)
        .having(answered >= statistics.LEAST_ANSWERS, wrong > 0)
        .order_by((wrong * sa.literal(1.0) / answered).desc(), answered.desc(), it.question)
        .limit(QUESTIONS)
    ).all()
    keys = [(row.unit_revision_id, row.question) for row in worst]
    chosen: dict[tuple[int, str], dict[str, int]] = {}
    options = sa.select(it.unit_revision_id, it.question, it.option, it.n)
    for row in db.session.execute(options.where(*mine, sa.tuple_(it.unit_revision_id, it.question).in_(keys))):
        chosen.setdefault((row.unit_revision_id, row.question), {})[row.option] = row.n
    heads = {unit.key: unit for unit in units}
    return [_wrong_question(row, chosen.get((row.unit_revision_id, row.question), {}), heads) for row in worst]


def _wrong_question(row: Any, chosen: Mapping[str, int], heads: Mapping[str, UnitHead]) -> WrongQuestion:
    taught = courses.taught(row.unit_revision_id)
    question = taught.questions[row.question]
    wrong = statistics.wrong_options(question)
    picked = max((key for key in chosen if key in wrong), key=lambda key: (chosen[key], key), default=None)
    provision = taught.provisions[question.provision]
    document, anchor = question.provision.split("#")
    return WrongQuestion(
        heads[taught.unit.key],
        row.question,
        question.situation,
        question.prompt,
        int(row.answered),
        int(row.wrong),
        None if picked is None else wrong[picked],
        0 if picked is None else chosen[picked],
        f"{provision['document']}, {provision['label']}",
        provision["summary"],
        document,
        anchor,
    )
