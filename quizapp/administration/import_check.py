"""Nhập người và đơn vị: a file's lines against what is there, limited to what the importer administers. Reads, never writes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa

from quizapp.accounts.access import administered
from quizapp.accounts.models import Grant, Person, Post
from quizapp.accounts.queries import SignedIn
from quizapp.administration.queries import current, rules_a_root
from quizapp.database import db
from quizapp.domain import bodies_check, people_check
from quizapp.domain.body_names import Place, Places
from quizapp.domain.people_check import Known, People
from quizapp.domain.people_sheet import Heading, Kind, Sheet, find_heading, read_heading, rows_of
from quizapp.domain.sheet_lines import Choices, Deed, Line, Problem, Verdict
from quizapp.domain.sheet_values import login_from, text
from quizapp.domain.vietnamese import fold
from quizapp.organisation import queries as organisation
from quizapp.organisation.models import Body
from quizapp.organisation.queries import Site
from quizapp.web.access import Role
from quizapp.web.refused import Refused

AT_ONCE = 5000  # values in one statement
MOST_ABSENT = 2000
SAMPLES = 4
Tell = Callable[[int, int], None]
Item = TypeVar("Item")


def silent(done: int, whole: int) -> None:
    """Nobody waits for the progress."""


# --- the columns -----------------------------------------------------------------------------------------------


def headings(sheets: Sequence[Sheet], chosen: str | None = None, row: int | None = None) -> dict[str, Any]:
    """What a file holds, as plain JSON: its sheets, and for people and bodies where the heading is and what it says.

    ``chosen`` and ``row`` (from 1): the sheet and row that somebody has named for the people.
    """
    found: dict[str, Any] = {"sheets": [sheet.name for sheet in sheets], "people": None, "bodies": None}
    for sheet in sheets:
        named = sheet.name == chosen
        heading = _named(sheet, row) if named and row else find_heading(sheet)
        if heading is None or (chosen and not named and heading.kind is Kind.PEOPLE):
            continue
        kind = Kind.PEOPLE if named else heading.kind
        if kind is not None and found[kind.value] is None:
            found[kind.value] = _told(sheet, heading)
    if found["people"] is None and found["bodies"] is None and sheets:
        sheet = next((one for one in sheets if one.name == chosen), sheets[0])
        first = next((n for n, cells in enumerate(sheet.rows) if sum(bool(text(c)) for c in cells) > 1), 0)
        found["people"] = _told(sheet, read_heading(sheet, first) or Heading(0, 1, (), {})) | {"guess": True}
    return found


def _named(sheet: Sheet, row: int) -> Heading | None:
    one, two = read_heading(sheet, row - 1, 1), read_heading(sheet, row - 1, 2)
    return two if two is not None and one is not None and len(two.columns) > len(one.columns) else one


def _told(sheet: Sheet, heading: Heading) -> dict[str, Any]:
    start = heading.row + heading.depth
    samples = [[text(cell)[:60] for cell in cells] for cells in sheet.rows[start : start + 30] if any(map(text, cells))]
    told = {"sheet": sheet.name, "row": heading.row, "depth": heading.depth, "labels": list(heading.labels)}
    return told | {"columns": dict(heading.columns), "samples": samples[:SAMPLES], "rows": len(sheet.rows) - start}


# --- checking --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Absent:
    """Somebody of a body in the file whom the file does not name."""

    person_id: int
    name: str
    body_id: int
    place: str


@dataclass
class Checked:
    """A file, checked: nothing of it has been written."""

    sites: Mapping[str, Site]
    places: Places
    bodies: list[Line] = field(default_factory=list)
    people: list[Line] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    absences: int = 0
    formulas: int = 0

    def counts(self) -> dict[str, int]:
        """How many lines of each verdict and deed."""
        found: Counter[str] = Counter(line.verdict.value for line in (*self.bodies, *self.people))
        found.update(line.deed.value for line in self.people if line.verdict is Verdict.OK)
        new_bodies = sum(line.deed is Deed.NEW and line.verdict is Verdict.OK for line in self.bodies)
        new = [line for line in self.people if line.deed is Deed.NEW]
        told = {"lines": len(self.bodies) + len(self.people), "new_bodies": new_bodies, "absent": self.absences}
        return {**found, **told, "no_phone": sum(line.phone is None for line in new), "formulas": self.formulas}

    def label(self, code: str | None) -> str:
        place = self.places.of_code(code) if code else None
        return place.label if place else ""


def check(
    who: SignedIn, sheets: Sequence[Sheet], found: Mapping[str, Any], choices: Choices, today: date, tell: Tell = silent
) -> Checked:
    """Every line of the file. ``found``: as `headings` gives it, perhaps matched otherwise by a person."""
    sites = organisation.sites(administered(who), today)
    if not sites:
        raise Refused("Đồng chí không còn quản trị đơn vị nào.")
    by_name = {sheet.name: sheet for sheet in sheets}
    checked = Checked(sites, Places(site.place for site in sites.values()))
    if told := found.get("bodies"):
        _check_bodies(checked, by_name[told["sheet"]], told, choices, today)
    if told := found.get("people"):
        _check_people(checked, who, by_name[told["sheet"]], told, choices, today, tell)
    if not checked.people and not checked.bodies:
        raise Refused("Không thấy dòng dữ liệu nào dưới dòng tiêu đề. Xem lại tệp và dòng tiêu đề.")
    return checked


def _check_bodies(checked: Checked, sheet: Sheet, told: Mapping[str, Any], choices: Choices, today: date) -> None:
    rows = rows_of(sheet, _heading(told), told["columns"])
    known = [site.place for site in checked.sites.values()]
    began = {code: site.from_on for code, site in checked.sites.items()}
    checked.bodies = bodies_check.check(rows, checked.places, known, organisation.codes(), choices, today, began)
    coming = {line.code: line for line in checked.bodies if line.verdict is Verdict.OK and line.deed is Deed.NEW}
    names = {place.code: (place.name, *place.above) for place in known}
    for level in bodies_check.in_order(coming.values()):
        for line in level:
            names[line.code] = (line.name, *names.get(line.parent, ()))
    fresh = [Place(code, names[code][0], names[code][1:]) for code in coming]
    checked.places = Places([*known, *fresh])


def _heading(told: Mapping[str, Any]) -> Heading:
    return Heading(told["row"], told["depth"], tuple(told["labels"]), told["columns"])


def _check_people(
    checked: Checked,
    who: SignedIn,
    sheet: Sheet,
    told: Mapping[str, Any],
    choices: Choices,
    today: date,
    tell: Tell,
) -> None:
    began = {code: site.from_on for code, site in checked.sites.items()}
    began |= {line.code: line.from_on for line in checked.bodies if line.deed is Deed.NEW and line.from_on}
    lines, rough = checked.people, max(1, told["rows"])
    for row in rows_of(sheet, _heading(told), told["columns"]):
        lines.append(people_check.read(row, checked.places, choices, began, today))
        checked.formulas += len(row.formulas)
        if len(lines) % 2000 == 0:
            tell(len(lines), 2 * rough)
    people_check.compare(lines, choices)
    people = known_people(who, lines, checked.sites, today)
    for n, line in enumerate(lines, 1):
        people_check.match(line, people, choices)
        if n % 2000 == 0:
            tell(len(lines) + n, 2 * len(lines))
    _follow_the_first(lines)
    people_check.give_logins(lines, people.taken)
    _absent(checked, today)


def _follow_the_first(lines: Iterable[Line]) -> None:
    """A second post of a person whose own line does not come in cannot come in either."""
    fine = {line.number for line in lines if line.verdict is Verdict.OK}
    for line in lines:
        if line.verdict is Verdict.OK and line.follows is not None and line.follows not in fine:
            sentence = f"Dòng {line.number}: dòng {line.follows} của cùng một người chưa nhập được."
            line.problems.append(Problem(sentence, bad=True))
            line.conclude()


# --- who is there ----------------------------------------------------------------------------------------------


def known_people(who: SignedIn, lines: Sequence[Line], sites: Mapping[str, Site], today: date) -> People:
    """Everyone whom the lines may mean: by phone and sign-in name anywhere, by name in the bodies of the file."""
    phones = {line.phone for line in lines if line.phone}
    wanted = {line.login for line in lines if line.login} | phones
    bases = {login_from(line.name) for line in lines if line.name and not (line.phone or line.login)}
    variants = {f"{base}{n}" for base in bases for n in ("", *range(2, 10))}
    rows: dict[int, Any] = {}
    taken: set[str] = set()
    for some in _portions(wanted | variants):
        for row in db.session.execute(_people().where(Person.login.in_(some))):
            taken.add(row.login)
            if row.login in wanted:
                rows[row.id] = row
    for some in _portions(phones):
        rows |= {row.id: row for row in db.session.execute(_people().where(Person.phone.in_(some)))}
    rows |= _namesakes(lines, sites, today)
    people = People(taken=taken)
    for one in _with_posts(who, [row for row in rows.values() if row.ended_on is None], today):
        people.add(one)
    return people


def _people() -> Any:
    return sa.select(Person.id, Person.name, Person.login, Person.phone, Person.ended_on)


def _namesakes(lines: Sequence[Line], sites: Mapping[str, Site], today: date) -> dict[int, Any]:
    """Whoever has the same name in the same body as a line of the file."""
    pairs = {(fold(line.name), sites[line.place].id) for line in lines if line.place and line.place in sites}
    found = {}
    for some in _portions({name for name, _ in pairs}):
        held = _people().add_columns(Post.body_id, Person.folded).join(Post, Post.person_id == Person.id)
        for row in db.session.execute(held.where(Person.folded.in_(some), current(Post, today))):
            if (row.folded, row.body_id) in pairs:
                found[row.id] = row
    return found


def _with_posts(who: SignedIn, rows: Sequence[Any], today: date) -> Iterator[Known]:
    paths = tuple(scope.path for scope in who.scopes if scope.role == Role.ADMIN)
    posts: dict[int, dict[str, str]] = {}
    inside, strong = set(), set()
    for some in _portions({row.id for row in rows}):
        held = sa.select(Post.person_id, Body.code, Body.path, Post.title).join(Body, Body.id == Post.body_id)
        for person_id, code, path, title in db.session.execute(
            held.where(Post.person_id.in_(some), current(Post, today))
        ):
            posts.setdefault(person_id, {})[code] = title or ""
            if path.startswith(paths):
                inside.add(person_id)
        outside = sa.select(Grant.person_id).join(Body, Body.id == Grant.body_id).where(~administered(who))
        strong |= set(db.session.scalars(outside.where(Grant.person_id.in_(some), current(Grant, today))))
    anywhere = rules_a_root(who)
    for row in rows:
        own = posts.get(row.id, {})
        mine = row.id in inside or (anywhere and not own)
        yield Known(row.id, row.name, row.login, row.phone, own, mine, row.id in strong)


def _absent(checked: Checked, today: date) -> None:
    """Whom the file does not name, of the bodies that it does name. Nothing is ever done about them."""
    there = {line.person_id for line in checked.people if line.person_id is not None}
    mentioned = {site.id: code for line in checked.people if line.place for code, site in _site(checked, line.place)}
    for some in _portions(set(mentioned)):
        held = sa.select(Post.person_id, Person.name, Post.body_id).join(Person, Person.id == Post.person_id)
        rows = held.where(Post.body_id.in_(some), current(Post, today), Person.ended_on.is_(None))
        for person_id, name, body_id in db.session.execute(rows.order_by(Post.body_id, Person.sort_key)):
            if person_id not in there:
                checked.absences += 1
                if len(checked.absent) < MOST_ABSENT:
                    checked.absent.append(Absent(person_id, name, body_id, mentioned[body_id]))


def _site(checked: Checked, code: str) -> list[tuple[str, Site]]:
    site = checked.sites.get(code)
    return [(code, site)] if site else []


def _portions(values: set[Item]) -> Iterator[list[Item]]:
    listed = list(values)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
