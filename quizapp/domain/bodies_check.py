"""Kiểm tra đơn vị trong tệp: new bodies with a code, a name and the one above; cycles and codes that are there twice."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from quizapp.domain import sheet_values as values
from quizapp.domain.body_names import Place, Places
from quizapp.domain.people_sheet import Row
from quizapp.domain.sheet_lines import LEAVE_OUT, SKIP, Choice, Choices, Deed, Line, Problem, Verdict
from quizapp.domain.vietnamese import fold

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KINDS = (
    ("party", r"\b(chi bo|dang (bo|uy)|tinh uy|thanh uy|ban (to chuc|tuyen giao|dan van|noi chinh)|uy ban kiem tra)\b"),
    ("union", r"\b(hoi|doan|cong doan|lien doan|mat tran)\b"),
    ("service", r"\b(truong|tram|benh vien|trung tam|vien|bao|thu vien|nha van hoa)\b"),
)


def kind_of(name: str) -> str:
    """Khối, as far as a name tells it."""
    folded = fold(name)
    return next((kind for kind, words in _KINDS if re.search(words, folded)), "government")


def code_from(name: str, taken: Iterable[str] = ()) -> str:
    """A code out of a body's name that nobody has: Chi bộ Văn phòng -> chi-bo-van-phong."""
    base = "-".join(re.findall(r"[a-z0-9]+", fold(name)))[:50].strip("-") or "don-vi"
    used, code, n = set(taken), base, 1
    while code in used:
        n += 1
        code = f"{base}-{n}"
    return code


def check(
    rows: Iterable[Row],
    places: Places,
    known: Sequence[Place],
    taken: set[str],
    choices: Choices,
    today: date,
    began: Mapping[str, date],
) -> list[Line]:
    """The lines of bodies, checked. ``known``: the bodies that are there, ``began``: since when, by code.

    ``taken``: every code, also beyond the scope.
    """
    by_name: dict[str, list[Place]] = {}
    for place in known:
        by_name.setdefault(fold(place.name), []).append(place)
    given: dict[str, int] = {}  # code -> number of the line that has it
    lines = [_read(row, places, by_name, taken, given, choices, today) for row in rows]
    fresh = {line.code: line for line in lines if line.deed is Deed.NEW}
    coming = Places(Place(line.code, line.name) for line in fresh.values())
    for line in fresh.values():
        _find_parent(line, places, coming, choices)
    for line in fresh.values():
        _refuse_cycle(line, fresh)
        _refuse_earlier(line, fresh, began)
    _refuse_twins(fresh.values(), places, known)
    for line in lines:
        line.conclude()
    _refuse_orphans(fresh, lines)
    return lines


def _read(
    row: Row,
    places: Places,
    by_name: Mapping[str, Sequence[Place]],
    taken: set[str],
    given: dict[str, int],
    choices: Choices,
    today: date,
) -> Line:
    line = Line(row.number, {name: told for name in row.cells if (told := row.text(name))})
    if SKIP in choices.of_body(row.number):
        line.verdict = Verdict.SKIPPED
        return line
    line.name, line.code = row.text("body")[:200], row.text("body_code").lower()
    line.parent, line.deed = row.text("parent"), Deed.NEW
    line.from_on = values.day(row.cells.get("from_on")) or today
    if (typed := row.text("from_on")) and values.day(row.cells.get("from_on")) is None:
        why = f"từ ngày “{typed}” không phải là ngày. Ghi dạng 30/11/2026."
        line.problems.append(Problem(f"Dòng {row.number}: {why}", bad=True))
    if not line.name:
        line.problems.append(Problem(f"Dòng {row.number}: thiếu tên đơn vị.", bad=True))
    if line.from_on > today:
        line.problems.append(Problem(f"Dòng {row.number}: từ ngày {line.from_on:%d/%m/%Y} chưa đến.", bad=True))
    _known(line, places, by_name)
    if line.deed is Deed.NEW:
        _give_code(line, taken, given)
    return line


def _known(line: Line, places: Places, by_name: Mapping[str, Sequence[Place]]) -> None:
    """Whether the body is there already."""
    place = places.of_code(line.code) if line.code else None
    if place is not None and fold(place.name) != fold(line.name):
        told = f"Dòng {line.number}: mã “{line.code}” đã là của {place.name}. Đổi tên ở trang của đơn vị đó."
        line.problems.append(Problem(told, bad=True))
        line.deed = Deed.NONE
    elif place is None and not line.code:
        named = by_name.get(fold(line.name), ())
        place = next((one for one in named if fold(line.parent) in ("", fold(one.above[0] if one.above else ""))), None)
    if place is not None and line.deed is Deed.NEW:
        line.code, line.deed = place.code, Deed.SAME


def _give_code(line: Line, taken: set[str], given: dict[str, int]) -> None:
    if not line.code:
        line.code = code_from(line.name, taken)
    elif not _CODE.fullmatch(line.code) or len(line.code) > 60:
        told = f"Dòng {line.number}: mã “{line.code}” chỉ được gồm chữ thường không dấu, chữ số và dấu gạch nối."
        line.problems.append(Problem(told, bad=True))
        line.deed = Deed.NONE
    elif line.code in taken:
        other = f"trùng với dòng {given[line.code]}" if line.code in given else "đã có đơn vị khác dùng"
        told = f"Dòng {line.number}: mã “{line.code}” {other}."
        line.problems.append(Problem(told, bad=True))
        line.deed = Deed.NONE
    taken.add(line.code)
    given.setdefault(line.code, line.number)


def _find_parent(line: Line, places: Places, coming: Places, choices: Choices) -> None:
    said = line.parent
    if not said:
        line.problems.append(Problem(f"Dòng {line.number}: thiếu cấp trên của {line.name}.", bad=True))
        return
    chosen = next((v.removeprefix("place:") for v in choices.of_body(line.number) if v.startswith("place:")), said)
    for where in (places, coming):
        meant = where.meant(chosen)
        if len(meant.exact) == 1:
            line.parent = meant.exact[0].code
            return
    near = (*places.near(said), *coming.near(said))[:4]
    options = tuple(Choice(f"place:{place.code}", place.label) for place in near)
    told = f"Dòng {line.number}: không tìm thấy cấp trên “{said}”."
    line.problems.append(Problem(told, True, (*options, LEAVE_OUT)))


def _refuse_cycle(line: Line, fresh: Mapping[str, Line]) -> None:
    seen, at = [line.code], line.parent
    while at in fresh and at not in seen:
        seen.append(at)
        at = fresh[at].parent
    if at == line.code:
        names = " → ".join(fresh[code].name for code in [*seen, line.code])
        line.problems.append(Problem(f"Dòng {line.number}: cấp trên thành vòng lặp ({names}).", bad=True))


def _refuse_earlier(line: Line, fresh: Mapping[str, Line], began: Mapping[str, date]) -> None:
    above = fresh[line.parent].from_on if line.parent in fresh else began.get(line.parent)
    if above and line.from_on and line.from_on < above:
        told = f"từ ngày {line.from_on:%d/%m/%Y} sớm hơn ngày có cấp trên, {above:%d/%m/%Y}."
        line.problems.append(Problem(f"Dòng {line.number}: {told}", bad=True))


def _refuse_twins(fresh: Iterable[Line], places: Places, known: Sequence[Place]) -> None:
    """Two bodies of one name right below the same one: nobody could tell them apart."""
    there = {(fold(place.name), place.above): place.code for place in known}
    first: dict[tuple[str, str], Line] = {}
    for line in fresh:
        above = places.of_code(line.parent)
        code = there.get((fold(line.name), (above.name, *above.above))) if above else None
        twin = first.setdefault((fold(line.name), line.parent), line)
        if code is not None:
            told = f"cấp trên này đã có {line.name} (mã {code}). Bỏ dòng này, hoặc sửa tên để phân biệt."
            line.problems.append(Problem(f"Dòng {line.number}: {told}", bad=True))
        elif twin is not line:
            told = f"trùng tên và cấp trên với dòng {twin.number}."
            line.problems.append(Problem(f"Dòng {line.number}: {told}", bad=True))


def _refuse_orphans(fresh: Mapping[str, Line], lines: Sequence[Line]) -> None:
    """A body whose one above does not come in cannot come in either."""
    while True:
        lost = [
            line
            for line in lines
            if line.verdict is Verdict.OK
            and line.deed is Deed.NEW
            and line.parent in fresh
            and fresh[line.parent].verdict is not Verdict.OK
        ]
        if not lost:
            return
        for line in lost:
            told = f"Dòng {line.number}: cấp trên “{fresh[line.parent].name}” chưa nhập được (dòng {fresh[line.parent].number})."
            line.problems.append(Problem(told, bad=True))
            line.conclude()


def in_order(lines: Iterable[Line]) -> list[list[Line]]:
    """New bodies by level: each after the one above it."""
    waiting = {line.code: line for line in lines if line.verdict is Verdict.OK and line.deed is Deed.NEW}
    levels: list[list[Line]] = []
    while waiting:
        level = [line for line in waiting.values() if line.parent not in waiting]
        assert level, "a cycle has been refused"
        levels.append(level)
        for line in level:
            del waiting[line.code]
    return levels
