"""Khóa học: what may be typed of a new one; of its name, document, tasks, the order of its units and its paths."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.validators import DataRequired, Length, NumberRange

from quizapp.courses.arranging import Plan
from quizapp.domain.content import Course, Document, LearningPath, Task, Unit
from quizapp.domain.vietnamese import plain
from quizapp.studio.document_forms import TextForm
from quizapp.web.forms import choices

_NAME = "Ghi tên lộ trình."
_CALLED = "Ghi gọi là gì."
_SAYS = "Ghi nội dung nhiệm vụ."


class Row(NamedTuple):
    """The fields of a path or a task that there is: its key, its place among them, its name, its units or its title,
    whether it is taken out.
    """

    key: str
    place: Field
    name: Field
    rest: Field
    out: Field


class NewCourseForm(TextForm):
    """Khóa học mới: what a course has before its first unit."""

    title = StringField("Tên khóa học", [DataRequired("Ghi tên khóa học."), Length(max=200)], name="ten")
    document = SelectField(
        "Văn bản gốc",
        [DataRequired("Chọn văn bản gốc.")],
        name="van-ban",
        description="Văn bản mà khóa học quán triệt; đứng đầu trong thư viện của khóa học. Chưa có thì thêm vào thư viện trước.",
    )
    tasks = TextAreaField(
        "Các nhiệm vụ",
        [DataRequired("Ghi ít nhất một nhiệm vụ."), Length(max=5000)],
        name="nhiem-vu",
        render_kw={"rows": "7"},
        description="Mỗi dòng một nhiệm vụ: gọi là gì, dấu hai chấm, nội dung. Ví dụ: Một là: Quán triệt, rà soát.",
    )

    def validate_tasks(self, field: Field) -> None:
        pairs = self.pairs()
        for n, (name, title) in enumerate(pairs, 1):
            if not name or not title:
                raise ValidationError(f"Dòng {n} chưa đủ “gọi là gì: nội dung”: {name or title}")
            if len(name) > 40 or len(title) > 200:
                raise ValidationError(f"Dòng {n} dài quá: gọi là gì nhiều nhất 40 chữ, nội dung nhiều nhất 200 chữ.")
        for what, told in (
            ("gọi là gì", [plain(name) for name, _ in pairs]),
            ("nội dung", [plain(t) for _, t in pairs]),
        ):
            if twin := next((n for n, one in enumerate(told, 1) if one in told[: n - 1]), None):
                raise ValidationError(
                    f"Dòng {twin} trùng {what} với dòng {told.index(told[twin - 1]) + 1}. Ghi khác đi."
                )

    def pairs(self) -> list[tuple[str, str]]:
        """(name, title) of each line that says something; "" for what a line lacks."""
        lines = [line.partition(":") for line in (self.tasks.data or "").splitlines() if line.strip()]
        return [(name.strip(), title.strip()) for name, _, title in lines]


def new_course_form(documents: Sequence[Document]) -> NewCourseForm:
    """The form with the documents of the library to choose from."""
    form = NewCourseForm()
    form.document.choices = choices(("", "Chọn văn bản…"), *((one.code, one.name) for one in documents))
    return form


class CourseForm(TextForm):
    """`course_form` adds the course and its rows."""

    course: Course
    units: Mapping[str, Unit]

    seen = HiddenField(validators=[DataRequired()], name="ban")
    title = StringField("Tên khóa học", [DataRequired("Ghi tên khóa học."), Length(max=200)], name="ten")
    document = SelectField("Văn bản gốc", name="van-ban", description="Đứng đầu trong thư viện của khóa học.")
    why = TextAreaField(
        "Vì sao sửa?",
        [DataRequired("Ghi lý do sửa."), Length(max=500)],
        name="ly-do",
        render_kw={"rows": "2"},
        description="Được ghi vào danh sách các bản và nhật ký, cùng tên đồng chí và giờ.",
    )
    new_title = StringField("Tên lộ trình mới", [Length(max=120)], name="lo-trinh-moi")
    new_task_name = StringField("Nhiệm vụ mới", [Length(max=40)], name="nv-moi", description="Ví dụ: Bảy là.")
    new_task_title = StringField("Nội dung nhiệm vụ mới", [Length(max=200)], name="nv-moi-ten")

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        fine = bool(super().validate(*args, **kwargs))
        found = [*self._missing(), *self._twins(), *self._strange_orders()]
        for field, words in found:
            field.errors = [words]
        return fine and not found

    def _missing(self) -> Iterator[tuple[Field, str]]:
        """What a new row lacks; one that is left empty lacks nothing."""
        if self["new_units"].data and not self.new_title.data:
            yield self.new_title, _NAME
        if self.new_task_title.data and not self.new_task_name.data:
            yield self.new_task_name, _CALLED
        if self.new_task_name.data and not self.new_task_title.data:
            yield self.new_task_title, _SAYS

    def _twins(self) -> Iterator[tuple[Field, str]]:
        """Names that are new and stand there already."""
        paths, tasks = ([row for row in rows if not row.out.data] for rows in (self.path_rows, self.task_rows))
        yield from _twins("Đã có lộ trình tên", [*(row.name for row in paths), self.new_title])
        yield from _twins("Đã có nhiệm vụ gọi là", [*(row.name for row in tasks), self.new_task_name])
        yield from _twins("Đã có nhiệm vụ", [*(row.rest for row in tasks), self.new_task_title])

    def _strange_orders(self) -> Iterator[tuple[Field, str]]:
        """Orders of paths that do not say each of the path's units once."""
        for row, own in zip(self.path_rows, self.several("path_own_"), strict=True):
            wanted = [unit for unit in _in_place(self) if unit in (row.rest.data or ())]
            if not row.out.data and own.data and sorted(self._said_order(own)) != sorted(wanted):
                numbers = ", ".join(str(self.units[unit].number) for unit in wanted)
                yield own, f"Ghi đủ số của các bài đã chọn, mỗi bài một lần, ví dụ: {numbers}. Hoặc để trống."

    def _said_order(self, own: Field) -> list[str]:
        """The units that an order names by their numbers; "" for a number that no unit has."""
        numbered = {str(self.units[unit].number): unit for unit in _movable(self.course)}
        return [numbered.get(number.lstrip("0") or "0", "") for number in re.findall(r"\w+", own.data)]

    def several(self, what: str) -> list[Any]:
        """The fields of that name, in order."""
        return [field for name, field in self._fields.items() if name.startswith(what)]

    def _rows(self, what: str, rest: str, there: Iterable[LearningPath | Task]) -> list[Row]:
        fields = (self.several(f"{what}_{part}_") for part in ("place", "name", rest, "out"))
        return [Row(one.key, *row) for one, *row in zip(there, *fields, strict=True)]

    @property
    def path_rows(self) -> list[Row]:
        return self._rows("path", "units", self.course.paths)

    @property
    def task_rows(self) -> list[Row]:
        return self._rows("task", "title", self.course.tasks)

    def plan(self) -> Plan:
        """What is wanted of the course; what has the same place as another stays as it stood."""
        order = _in_place(self)
        owns = {
            row.key: self._said_order(own)
            for row, own in zip(self.path_rows, self.several("path_own_"), strict=True)
            if own.data
        }
        paths = [(row.key, row.name.data, self._path(row.rest, owns.get(row.key))) for row in _placed(self.path_rows)]
        if self.new_title.data:
            paths.append(("", self.new_title.data, self._path(self["new_units"])))
        tasks = [(row.key, row.name.data, row.rest.data) for row in _placed(self.task_rows)]
        if self.new_task_name.data:
            tasks.append(("", self.new_task_name.data, self.new_task_title.data))
        return Plan(self.title.data, self.document.data, tasks, order, paths)

    def _path(self, ticks: Field, own: Sequence[str] | None = None) -> list[str]:
        """The units ticked, in an order of the path's own or in the course's; the final last."""
        wanted = set(ticks.data or ())
        return [*(own or (unit for unit in _in_place(self) if unit in wanted)), *({self.course.final} & wanted)]


def _placed(rows: Iterable[Row]) -> list[Row]:
    """The rows that stay, by place."""
    return sorted((row for row in rows if not row.out.data), key=lambda row: row.place.data)


def _in_place(form: CourseForm) -> list[str]:
    """The units but for the final, by place; one whose place is not known yet stands behind."""
    wanted = zip(form.several("place_"), _movable(form.course), strict=True)
    return [unit for _, unit in sorted(wanted, key=lambda pair: pair[0].data or 0)]


def _twins(words: str, fields: Sequence[Field]) -> Iterator[tuple[Field, str]]:
    """Of the fields, those that were changed to what another says. Twins that files have brought may stay."""
    said = [plain(field.data or "") for field in fields]
    for field, told in zip(fields, said, strict=True):
        if told and field.data != field.object_data and said.count(told) > 1:
            yield field, f"{words} “{field.data}”. Ghi khác đi."


def _movable(course: Course) -> list[str]:
    return [key for key in course.units if key != course.final]


def _own_order(course: Course, path: LearningPath, units: Mapping[str, Unit]) -> str:
    """The numbers of a path's units where it does not follow the course: "1, 3, 2"; else ""."""
    mine = [key for key in path.units if key != course.final]
    usual = [key for key in _movable(course) if key in path.units]
    return "" if mine == usual else ", ".join(str(units[key].number) for key in mine)


def _place(label: str, name: str) -> IntegerField:
    return IntegerField(
        label, [DataRequired("Ghi thứ tự."), NumberRange(1, 999, "Ghi thứ tự từ 1 đến 999.")], name=name
    )


def _ticks(label: str, name: str) -> SelectMultipleField:
    box = {"widget": widgets.ListWidget(prefix_label=False), "option_widget": widgets.CheckboxInput()}
    return SelectMultipleField(label, name=name, **box)


def course_form(course: Course, units: Mapping[str, Unit], documents: Sequence[Document], seen: str) -> CourseForm:
    """The form of this course, filled with how it is; ``units``: its units by key; ``documents``: to choose from."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"seen": seen, "title": course.title, "document": course.document}
    for n, key in enumerate(_movable(course), 1):
        fields[f"place_{n}"] = _place(units[key].listed, f"thu-tu-{n}")
        data[f"place_{n}"] = n
    for n, path in enumerate(course.paths, 1):
        check = [DataRequired(_NAME), Length(max=120)]
        fields[f"path_place_{n}"] = _place(f"Thứ tự của lộ trình {n}", f"lt-{n}-thu-tu")
        fields[f"path_name_{n}"] = StringField(f"Tên lộ trình {n}", check, name=f"lt-{n}")
        fields[f"path_units_{n}"] = _ticks(f"Các bài của lộ trình {n}", f"lt-{n}-bai")
        fields[f"path_own_{n}"] = StringField(
            f"Thứ tự riêng của lộ trình {n}",
            [Length(max=300)],
            name=f"lt-{n}-rieng",
            description="Số bài theo thứ tự học, cách nhau dấu phẩy. Để trống: theo thứ tự của khóa học.",
        )
        fields[f"path_out_{n}"] = BooleanField(f"Bỏ lộ trình {n}", name=f"lt-{n}-bo")
        data |= {f"path_place_{n}": n, f"path_name_{n}": path.title, f"path_units_{n}": list(path.units)}
        data[f"path_own_{n}"] = _own_order(course, path, units)
    fields["new_units"] = _ticks("Các bài của lộ trình mới", "lo-trinh-moi-bai")
    for n, task in enumerate(course.tasks, 1):
        fields[f"task_place_{n}"] = _place(f"Thứ tự của nhiệm vụ {n}", f"nv-{n}-thu-tu")
        fields[f"task_name_{n}"] = StringField(f"Nhiệm vụ {n}", [DataRequired(_CALLED), Length(max=40)], name=f"nv-{n}")
        check = [DataRequired(_SAYS), Length(max=200)]
        fields[f"task_title_{n}"] = StringField(f"Nội dung nhiệm vụ {n}", check, name=f"nv-{n}-ten")
        fields[f"task_out_{n}"] = BooleanField(f"Bỏ nhiệm vụ {n}", name=f"nv-{n}-bo")
        data |= {f"task_place_{n}": n, f"task_name_{n}": task.name, f"task_title_{n}": task.title}
    form: CourseForm = type("ThisCourseForm", (CourseForm,), fields | {"course": course, "units": units})(data)
    form.document.choices = choices(*((one.code, one.name) for one in documents))
    for field in [*form.several("path_units_"), form["new_units"]]:
        field.choices = choices(*((key, units[key].listed) for key in course.units))
    return form


def grid(course: Course) -> Sequence[tuple[str, Sequence[bool | str]]]:
    """(unit, whether it is in each path), in the course's order; its place instead in a path of another order."""
    return [(key, [_in_path(course, path, key) for path in course.paths]) for key in course.units]


def _in_path(course: Course, path: LearningPath, key: str) -> bool | str:
    usual = tuple(unit for unit in course.units if unit in path.units)
    return str(path.units.index(key) + 1) if key in path.units and path.units != usual else key in path.units
