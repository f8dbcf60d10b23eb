"""Biểu: what the leaders' pages show, as plain values; the pages and the files are made from these same values.

Each is read by one function, which is told the body and the day, so that a page and a file of it can never differ:

| function                                  | gives                                                            |
|-------------------------------------------|------------------------------------------------------------------|
| ``queries.heading(who, code, dot, day)``  | `Heading`, or None outside the scope of ``who``                  |
| ``figures.overview(heading, day, opened)``| `Overview`: the verdict, the curve, the bodies below, the units  |
| ``figures.unit_below(heading, key, day)`` | `UnitChild` rows: one unit over the bodies below              |
| ``content.content(heading)``              | `Content`: what is weak, from the tables that are filled hourly  |
| ``people.people(heading, day, …)``        | `People`: names, only where ``heading.names``                    |

`reports.sheets` turns each part into a `Sheet` of typed cells for Excel, Word and PDF.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from quizapp.domain.forecast import Outlook, Plan, Progress, Status, Verdict
from quizapp.domain.reminders import may_remind
from quizapp.domain.statistics import Bands, Spread

# --- the head of every page ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Đơn vị as the page shows it."""

    id: int
    code: str
    name: str
    path: str
    ended: bool = False


@dataclass(frozen=True)
class Chosen:
    """Đợt học whose figures are shown. ``units``: key -> revision, of its path, in order."""

    id: int
    code: str
    title: str
    course: str
    course_id: int
    course_revision_id: int
    path: str
    plan: Plan
    units: dict[str, int]


@dataclass(frozen=True)
class Heading:
    """Whose figures: the body, those above it up to the top of the scope, other bodies of the viewer, the campaign.

    ``plan`` has the body's own due date, where it or one above it has been given one. ``names``: the viewer may see the
    people of the very body. ``campaign`` None: no campaign has been given to the body. ``choice``: (code, title).
    """

    body: Place
    above: tuple[Place, ...]
    others: tuple[Place, ...]
    choice: tuple[tuple[str, str], ...]
    campaign: Chosen | None
    plan: Plan | None
    names: bool


# --- how far -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChildRow:
    """A body with its figures. ``days``: how many became done on each of the last fourteen days, the day itself last."""

    place: Place
    progress: Progress
    plan: Plan
    days: tuple[int, ...]
    seen: Outlook
    below: int = 0  # open bodies right below it


@dataclass(frozen=True)
class Children:
    """The bodies right below, worst forecast first, and who stands in the body itself; ``cut``: there are still more."""

    rows: tuple[ChildRow, ...]
    rest: Progress
    cut: bool = False

    def of(self, *statuses: Status) -> list[ChildRow]:
        """The rows of some statuses, in order."""
        return [row for row in self.rows if row.seen.status in statuses]

    @property
    def urgent(self) -> list[ChildRow]:
        return [row for row in self.rows if row.seen.urgent]


@dataclass(frozen=True)
class UnitRow:
    """A unit with how many people of the body are in each state on it."""

    key: str
    number: int
    title: str  # with its number; the final has none
    graded: bool
    states: dict[str, int]


@dataclass(frozen=True)
class UnitChild:
    """A body below with how many of its people are in each state on one unit; ``place`` None: the body itself."""

    place: Place | None
    people: int
    states: dict[str, int]

    @property
    def done(self) -> int:
        return self.states["passed"] + self.states["waived"]


@dataclass(frozen=True)
class Point:
    """A day of the curve: people done by its end, and those that an even pace asks for. ``done`` None: yet to come."""

    day: date
    done: int | None
    planned: Fraction


@dataclass(frozen=True)
class Curve:
    """Hoàn thành theo ngày: plan, actual, and where the pace leads (``by_due``, None where it cannot be said)."""

    points: tuple[Point, ...]
    people: int
    by_due: int | None


@dataclass(frozen=True)
class Overview:
    """Tổng quan: of a body with all below it, as of the end of a day. ``opened``: the bodies below one of the rows."""

    progress: Progress
    seen: Outlook
    verdict: Verdict
    curve: Curve
    children: Children
    units: tuple[UnitRow, ...]
    days: tuple[int, ...]
    opened: dict[str, tuple[ChildRow, ...]] = field(default_factory=dict)


# --- what is weak ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitHead:
    """A column of the heat table. ``task``: "Một là", or None."""

    key: str
    number: int
    title: str
    task: str | None
    final: bool


@dataclass(frozen=True)
class HeatRow:
    """A body's first-try correct share of each unit (0 to 1), in the order of the columns; None: too few people.

    ``passed`` of ``taken``: first attempts that passed, over the units whose share is shown. ``marks``: the sum of the
    marks of ``marked`` first attempts, in hundredths of ten: of the final where there is one, else of those units.
    """

    place: Place
    shares: tuple[Fraction | None, ...]
    passed: int = 0
    taken: int = 0
    marks: int = 0
    marked: int = 0

    @property
    def mean(self) -> Fraction | None:
        """Điểm TB, out of ten; None: nobody, or too few people."""
        return mean_mark(self.marks, self.marked)


def mean_mark(marks: int, people: int) -> Fraction | None:
    """The mean of marks given as a sum of hundredths."""
    return Fraction(marks, 100 * people) if people else None


@dataclass(frozen=True)
class WeakUnit:
    """Bài còn yếu: of the body, the first-try correct share, and how many first attempts passed, of how many people.

    ``marks``: the sum of the marks of these first attempts, in hundredths of ten.
    """

    unit: UnitHead
    share: Fraction
    people: int
    passed: int
    spread: Spread
    marks: int = 0

    @property
    def mean(self) -> Fraction | None:
        """Điểm TB, out of ten."""
        return mean_mark(self.marks, self.people)


@dataclass(frozen=True)
class WrongQuestion:
    """Câu sai nhiều: ``wrong`` of ``answered`` first answers; the wrong option chosen most; the provision that says."""

    unit: UnitHead
    question: str
    situation: str | None
    prompt: str
    answered: int
    wrong: int
    option: str | None
    chosen: int
    provision: str
    summary: str
    document: str
    anchor: str

    @property
    def share(self) -> Fraction:
        """Of the first answers, how many were wrong."""
        return Fraction(self.wrong, self.answered) if self.answered else Fraction(0)


@dataclass(frozen=True)
class ProvisionHead:
    """Điều khoản: of the body's people, how many (at least) met one of its questions, and the share right at first."""

    name: str
    label: str
    document: str
    anchor: str
    summary: str
    people: int
    share: Fraction


@dataclass(frozen=True)
class ProvisionRow:
    """A body's share of right first answers on each provision, in the order of the columns; None: too few people."""

    place: Place
    shares: tuple[Fraction | None, ...]


@dataclass(frozen=True)
class ProvisionTable:
    """Điều khoản theo đơn vị, the least understood first."""

    heads: tuple[ProvisionHead, ...]
    rows: tuple[ProvisionRow, ...]


@dataclass(frozen=True)
class Content:
    """Nội dung: everything about answers, as of ``at``; None: the tables have not been filled yet."""

    at: datetime | None
    units: tuple[UnitHead, ...]
    whole: HeatRow | None
    rows: tuple[HeatRow, ...]
    weak: tuple[WeakUnit, ...]
    questions: tuple[WrongQuestion, ...]
    bands: Bands | None
    spread: Spread | None

    @property
    def marked(self) -> str:
        """Of which papers the mean mark of a body is."""
        return "bài kiểm tra tổng hợp" if any(unit.final for unit in self.units) else "các bài tính điểm"


# --- people ------------------------------------------------------------------------------------------------------


STATES = {"not_started": "Chưa bắt đầu", "learning": "Đang học", "completed": "Hoàn thành", "waived": "Được miễn"}


@dataclass(frozen=True)
class PersonRow:
    """A person of the very body, in the campaign. ``earned`` of ``possible`` hundredths: the final, where handed in.

    ``addressed``: letters reach him or her; ``told_on``: the day of the last reminder, by whomever.
    """

    person_id: int
    code: str
    name: str
    state: str
    units_done: int
    units: int
    last_at: datetime | None
    due_on: date
    extended: bool
    completed_at: datetime | None
    late: bool
    at_risk: bool
    earned: int | None = None
    possible: int | None = None
    addressed: bool = False
    told_on: date | None = None

    def resting(self, today: date) -> bool:
        """Vừa được nhắc: not to be reminded again yet."""
        return not may_remind(self.told_on, today)

    @property
    def done(self) -> bool:
        return self.state in ("completed", "waived")


@dataclass(frozen=True)
class People:
    """A page of the people of the very body: who is at risk first, then by Vietnamese name. ``after``: the next page."""

    rows: tuple[PersonRow, ...]
    open: int
    done: int
    at_risk: int
    after: str | None
    learning: int  # of those open
