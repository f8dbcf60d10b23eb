"""Kiểm tra danh sách: each line of people against the bodies and people that are there, and against the other lines."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from quizapp.domain import sheet_values as values
from quizapp.domain.body_names import Places
from quizapp.domain.people_sheet import FIELDS, Row
from quizapp.domain.sheet_lines import LEAVE_OUT, SKIP, Choice, Choices, Deed, Line, Problem, Verdict, body_key
from quizapp.domain.vietnamese import fold, nfc

NO_PHONE = Choice("no_phone", "Nhập, để trống số điện thoại")
TODAY = Choice("today", "Dùng ngày hôm nay")
SAME_PERSON = Choice("same", "Là cùng một người")
OTHER_PERSON = Choice("new", "Là người khác, nhập mới")
SECOND = Choice("second", "Thêm vị trí công tác thứ hai")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is there: current posts as body code -> title; ``inside``: may be changed by whoever imports.

    ``stronger``: has a role where that person has none.
    """

    id: int
    name: str
    login: str
    phone: str | None
    posts: Mapping[str, str]
    inside: bool = True
    stronger: bool = False


@dataclass
class People:
    """Who is there, as far as the file may mean them; ``taken``: sign-in names that nobody else can get."""

    by_phone: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_login: dict[str, Known] = field(default_factory=dict)
    by_place: dict[tuple[str, str], list[Known]] = field(default_factory=lambda: defaultdict(list))
    taken: set[str] = field(default_factory=set)

    def add(self, one: Known) -> None:
        if self.by_login.get(one.login) is one or one.login in self.by_login:
            return
        self.by_login[one.login] = one
        self.taken.add(one.login)
        if one.phone:
            self.by_phone[one.phone].append(one)
        for code in one.posts:
            self.by_place[fold(one.name), code].append(one)


# --- what a line says ------------------------------------------------------------------------------------------


def read(row: Row, places: Places, choices: Choices, began: Mapping[str, date], today: date) -> Line:
    """The line with its values in their one form and its body found; what is wrong with these."""
    line = Line(row.number, {name: told for name in row.cells if (told := row.text(name))})
    chosen = choices.of(row.number)
    if SKIP in chosen:
        line.verdict = Verdict.SKIPPED
    _formulas(line, row)
    _name(line, row)
    _phone(line, row, chosen)
    line.title = row.text("title")[:100]
    line.login = "".join(nfc(row.text("login")).lower().split())[:100] or None
    _place(line, row, places, choices)
    _from_on(line, row, chosen, began, today)
    return line


def _formulas(line: Line, row: Row) -> None:
    for name in row.cells:
        told = line.given.get(name, "")
        if told.lower() in values.ERRORS or (name in row.formulas and not told):
            why = f"cột {FIELDS[name]} là công thức chưa ra giá trị" + (f" ({told})" if told else "")
            sentence = f"Dòng {row.number}: {why}. Chép ô đó rồi dán lại dạng giá trị."
            line.problems.append(Problem(sentence, bad=True))


def _name(line: Line, row: Row) -> None:
    typed = row.text("name") or " ".join(part for part in (row.text("family"), row.text("given")) if part)
    line.given["name"] = typed
    line.name = values.proper_name(typed)
    if not typed:
        line.problems.append(Problem(f"Dòng {row.number}: thiếu {FIELDS['name'].lower()}.", bad=True))
    elif why := values.name_problem(line.name):
        line.problems.append(Problem(f"Dòng {row.number}: họ và tên “{typed}” {why}.", bad=True))


def _phone(line: Line, row: Row, chosen: Sequence[str]) -> None:
    if NO_PHONE.value in chosen:
        return
    found = values.phone(row.cells.get("phone"))
    line.phone = found.number
    if found.number and found.number != "".join(sign for sign in row.text("phone") if sign.isdigit()):
        line.mended = row.text("phone")
    if found.wrong:
        sentence = f"Dòng {row.number}: số điện thoại “{row.text('phone')}” chưa đủ 10 chữ số."
        line.problems.append(Problem(sentence, True, (NO_PHONE, LEAVE_OUT)))


def _place(line: Line, row: Row, places: Places, choices: Choices) -> None:
    code, parent = row.text("body_code"), row.text("parent")
    said = row.text("body") or (places.of_code(code.lower()) and code) or row.section or code
    if not said:
        line.problems.append(Problem(f"Dòng {row.number}: thiếu {FIELDS['body'].lower()}.", bad=True))
        return
    line.given["body"] = said
    decided = choices.bodies.get(body_key(said, parent))
    by_code = places.of_code(decided or code.lower())
    meant = places.meant(said, parent)
    if by_code is not None or len(meant.exact) == 1:
        line.place = (by_code or meant.exact[0]).code
        return
    near = tuple(Choice(f"place:{place.code}", place.label) for place in meant.near)
    if meant.exact:
        sentence = f"Dòng {row.number}: có {len(meant.exact)} đơn vị cùng tên “{said}”. Chọn đúng cấp trên."
    elif near:
        sentence = f"Dòng {row.number}: không tìm thấy đơn vị “{said}”. Gần giống nhất: {near[0].words}."
    else:
        sentence = f"Dòng {row.number}: không tìm thấy đơn vị “{said}”."
    line.problems.append(Problem(sentence, True, (*near, LEAVE_OUT), of_body=True))


def _from_on(line: Line, row: Row, chosen: Sequence[str], began: Mapping[str, date], today: date) -> None:
    line.from_on = today
    typed = row.text("from_on")
    if not typed or TODAY.value in chosen:
        return
    found = values.day(row.cells.get("from_on"))
    if found is None:
        why = f"từ ngày “{typed}” không phải là ngày. Ghi dạng 30/11/2026."
    elif found > today:
        why = f"từ ngày {found:%d/%m/%Y} chưa đến."
    elif line.place and found < began.get(line.place, found):
        why = f"từ ngày {found:%d/%m/%Y} sớm hơn ngày có đơn vị, {began[line.place]:%d/%m/%Y}."
    else:
        line.from_on = found
        return
    line.problems.append(Problem(f"Dòng {row.number}: {why}", True, (TODAY, LEAVE_OUT)))


# --- against the other lines -----------------------------------------------------------------------------------


def compare(lines: Iterable[Line], choices: Choices) -> None:
    """What is there twice in the file."""
    by_phone: dict[str, Line] = {}
    by_place: dict[tuple[str, str | None], Line] = {}
    logins: dict[str, Line] = {}
    for line in lines:
        if line.verdict is Verdict.SKIPPED:
            continue
        chosen = choices.of(line.number)
        first = by_phone.setdefault(line.phone, line) if line.phone else line
        if first is not line:
            _same_phone(line, first, chosen)
        elif line.place and line.phone is None:
            _same_place(line, by_place.setdefault((fold(line.name), line.place), line), chosen)
        if line.login and logins.setdefault(line.login, line) is not line and line.follows is None:
            first = logins[line.login]
            told = f"Dòng {line.number}: tên đăng nhập “{line.login}” trùng với dòng {first.number}."
            line.problems.append(Problem(told, bad=True))


def _same_phone(line: Line, first: Line, chosen: Sequence[str]) -> None:
    if fold(line.name) != fold(first.name):
        told = f"Dòng {line.number}: số điện thoại {line.phone} trùng với dòng {first.number} nhưng khác họ tên."
        line.object_to(chosen, Problem(told, False, (NO_PHONE, LEAVE_OUT)))
        return
    told = f"Dòng {line.number}: trùng với dòng {first.number} (cùng họ tên và số điện thoại)."
    elsewhere = line.place is not None and first.place is not None and line.place != first.place
    choices = (LEAVE_OUT, SECOND) if elsewhere else (LEAVE_OUT,)
    if line.object_to(chosen, Problem(told, False, choices)):
        line.follows = first.number


def _same_place(line: Line, first: Line, chosen: Sequence[str]) -> None:
    if first is line:
        return
    told = f"Dòng {line.number}: trùng với dòng {first.number} (cùng họ tên và đơn vị, không có số điện thoại)."
    line.object_to(chosen, Problem(told, False, (LEAVE_OUT, OTHER_PERSON)))


# --- against who is there --------------------------------------------------------------------------------------


def match(line: Line, people: People, choices: Choices) -> None:
    """Who of those that are there this is, if anybody, and what the line would change."""
    if line.verdict is Verdict.SKIPPED or line.place is None or not line.name:
        return line.conclude()
    chosen = choices.of(line.number)
    known = _who(line, people, chosen)
    if known is None:
        line.deed = Deed.NEW if line.follows is None else Deed.POST
    else:
        _difference(line, known, chosen)
    line.conclude()
    return None


def _who(line: Line, people: People, chosen: Sequence[str]) -> Known | None:
    if line.login and line.login in people.taken:
        return _of_login(line, people.by_login.get(line.login), chosen)
    if line.phone and (found := people.by_phone.get(line.phone)):
        same = [one for one in found if fold(one.name) == fold(line.name)]
        return same[0] if same else _other_name(line, found[0], chosen)
    assert line.place is not None
    found = people.by_place.get((fold(line.name), line.place), [])
    if not found or OTHER_PERSON.value in chosen:
        return None
    if len(found) == 1 and (line.phone is None or found[0].phone in (None, line.phone)):
        return found[0]
    return _which(line, found, chosen)


def _of_login(line: Line, known: Known | None, chosen: Sequence[str]) -> Known | None:
    if known is None:
        told = f"Dòng {line.number}: tên đăng nhập “{line.login}” đã có người dùng."
        line.problems.append(Problem(told, bad=True))
        return None
    if fold(known.name) != fold(line.name) and known.inside:
        told = f"Dòng {line.number}: tên đăng nhập “{line.login}” đang là của đồng chí {known.name}."
        line.object_to(chosen, Problem(told, False, (_renamed(line), LEAVE_OUT)))
    return known


def _renamed(line: Line) -> Choice:
    return Choice(SAME_PERSON.value, f"Là cùng một người, sửa họ tên thành {line.name}")


def _other_name(line: Line, known: Known, chosen: Sequence[str]) -> Known | None:
    if not known.inside:
        told = f"Dòng {line.number}: số điện thoại {line.phone} đang là của một người ở đơn vị ngoài phạm vi."
        line.problems.append(Problem(told, True, (NO_PHONE, LEAVE_OUT)))
        return None
    told = f"Dòng {line.number}: số điện thoại {line.phone} đang là của đồng chí {known.name}."
    decided = line.object_to(chosen, Problem(told, False, (_renamed(line), NO_PHONE, LEAVE_OUT)))
    return known if decided == SAME_PERSON.value else None


def _which(line: Line, found: Sequence[Known], chosen: Sequence[str]) -> Known | None:
    """Somebody of that name is in that body, with another number, or several are."""
    if len(found) == 1:
        told = (
            f"Dòng {line.number}: đơn vị đã có đồng chí {found[0].name}, số {found[0].phone}; tệp ghi số {line.phone}."
        )
        words = f"Là cùng một người, đổi sang số {line.phone}"
        ways = {SAME_PERSON.value: found[0]}
        options: tuple[Choice, ...] = (Choice(SAME_PERSON.value, words), OTHER_PERSON, LEAVE_OUT)
    else:
        told = f"Dòng {line.number}: đơn vị đã có {len(found)} đồng chí cùng tên {found[0].name}."
        ways = {f"same:{one.id}": one for one in found[:6]}
        named = (
            Choice(value, f"Là người có số {one.phone or 'chưa ghi'} ({one.login})") for value, one in ways.items()
        )
        options = (*named, OTHER_PERSON, LEAVE_OUT)
    decided = line.object_to(chosen, Problem(told, False, options))
    return ways.get(decided or "")


def _difference(line: Line, known: Known, chosen: Sequence[str]) -> None:
    line.person_id = known.id
    if not known.inside:
        told = (
            f"Dòng {line.number}: đồng chí {line.name} đang ở đơn vị ngoài phạm vi. Đề nghị quản trị cấp trên chuyển."
        )
        line.problems.append(Problem(told, bad=True))
        return
    line.before = {"name": known.name, "phone": known.phone, "posts": sorted(known.posts)}
    if line.name != known.name:
        line.changes["name"] = line.name
    if line.phone and line.phone != known.phone:
        line.changes["phone"] = line.phone
    if known.stronger and line.changes:
        told = f"Dòng {line.number}: đồng chí {known.name} có vai trò ở đơn vị ngoài phạm vi nên không sửa được ở đây."
        line.problems.append(Problem(told, bad=True))
    assert line.place is not None
    if line.place in known.posts:
        if line.title and line.title != known.posts[line.place]:
            line.changes["title"] = line.title
        line.deed = Deed.CHANGED if line.changes else Deed.SAME
    elif line.follows is not None or not known.posts or SECOND.value in chosen:
        line.deed = Deed.POST
    elif len(known.posts) == 1:
        line.deed, line.left = Deed.MOVED, next(iter(known.posts))
    else:
        told = f"Dòng {line.number}: đồng chí {known.name} đang có {len(known.posts)} vị trí công tác ở đơn vị khác."
        line.problems.append(Problem(told, False, (SECOND, LEAVE_OUT)))


# --- sign-in names ---------------------------------------------------------------------------------------------


def give_logins(lines: Iterable[Line], taken: set[str]) -> None:
    """Every new person gets a sign-in name: the one in the file, else the phone number, else one made from the name."""
    fresh = [line for line in lines if line.deed is Deed.NEW]
    taken |= {line.login for line in fresh if line.login}
    for line in fresh:
        wanted = line.login or (line.phone if line.phone not in taken else None)
        if wanted is None:
            base, n = values.login_from(line.name), 1
            wanted = base
            while wanted in taken:
                n += 1
                wanted = f"{base}{n}"
        line.login = wanted
        taken.add(wanted)
