"""`quizapp import-questions` and `export-questions`: the same reading and judging as the page's, at once."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from quizapp.clock import now
from quizapp.config import BadSetting
from quizapp.courses import drafts, offering, queries
from quizapp.courses.exchange.formats import FORMATS, Format
from quizapp.courses.exchange.writing import question_of
from quizapp.courses.models import Unit
from quizapp.database import db
from quizapp.domain import content
from quizapp.domain.interchange import Offered, Unreadable, as_json

SHOWN = 60  # problems on the screen; all of them in the file
Say = Callable[[str], None]


def format_of(name: str | None, file: Path) -> Format:
    """The format of that name, or the one that the file's name says."""
    if name is not None:
        return FORMATS[name]
    ends = [one for one in FORMATS.values() if file.suffix.lower() in one.ends]
    if len(ends) != 1:
        raise BadSetting(f"Chọn định dạng bằng --format: {', '.join(FORMATS)}.")
    return ends[0]


def read(file: Path, form: Format, encoding: str | None) -> list[Offered]:
    """The questions of a file, judged; a sentence where it cannot be read."""
    try:
        data = file.read_bytes()
    except OSError as error:
        why = "không có tệp ấy" if isinstance(error, FileNotFoundError) else error.strerror
        raise BadSetting(f"Không đọc được tệp {file} ({why}).") from None
    try:
        return offering.judged(form.read(data, file.name, encoding))
    except Unreadable as no:
        more = f" Thêm --encoding {no.encoding} để chuyển mã khi đọc." if no.encoding else ""
        raise BadSetting(f"{no.sentence}{more} Chưa nhập gì.") from None


def as_text(items: Sequence[Offered]) -> str:
    """The questions for other tools."""
    return json.dumps([as_json(item) for item in items], ensure_ascii=False, indent=1)


def tell(items: Sequence[Offered], bank: Sequence[offering.Kept], problems: Path | None, say: Say) -> bool:
    """Whether every question can be taken in; says what is wrong with the others, and which are nearly the same."""
    twins = offering.twins(items, bank)
    told = [
        item.with_problems([offering.twin_remark(twins[n])]) if n in twins else item for n, item in enumerate(items)
    ]
    listed = [problem.sentence(item.place) for item in told for problem in item.problems]
    for sentence in listed[:SHOWN]:
        say(f"  {sentence}")
    if len(listed) > SHOWN:
        say(f"  … và {len(listed) - SHOWN} vấn đề nữa; ghi tất cả ra tệp bằng --problems.")
    if problems is not None and listed:
        problems.write_bytes(mended_file([item for item in told if item.problems]))
    bad = sum(item.fatal for item in items)
    say(f"{len(items)} câu: {len(items) - bad} câu nhập được, {bad} câu cần sửa, {len(twins)} câu gần giống câu khác.")
    return not bad


def mended_file(items: Sequence[Offered]) -> bytes:
    """Questions as a sheet with what is wrong written beside each."""
    from quizapp.courses.exchange import sheet

    return sheet.write(items, problems=True)


def bank() -> list[offering.Kept]:
    """Every question that is asked today, with the unit that asks it."""
    return [
        offering.Kept(offering.from_question(question_of(item)), unit.title, unit_id)
        for unit_id, unit in _units()
        for item in unit.questions
    ]


def _units() -> Iterator[tuple[int, content.Unit]]:
    for unit_id, revision_id in db.session.execute(sa.select(Unit.id, Unit.revision_id).order_by(Unit.id)):
        if revision_id is not None:
            yield unit_id, queries.taught(revision_id).unit


def _unit(key: str) -> Unit:
    found = db.session.scalars(sa.select(Unit).filter_by(key=key)).all()
    if len(found) != 1:
        known = ", ".join(db.session.scalars(sa.select(Unit.key).order_by(Unit.id)))
        raise BadSetting(f"Không có bài “{key}”. Các bài: {known or 'chưa có'}.")
    return found[0]


def take(items: Sequence[Offered], key: str, say: Say) -> None:
    """The good ones go into the unit's draft."""
    unit = _unit(key)
    told = [offering.to_question(item) for item in items if not item.fatal]
    if not told:
        raise BadSetting("Không câu nào nhập được. Chưa nhập gì.")
    keys = drafts.add_questions(unit.id, [question for question, _ in told], None, now())
    db.session.commit()
    say(f"Đã đưa {len(keys)} câu vào bản nháp của bài {key}: {keys[0]} đến {keys[-1]}.")
    if missing := sum(bool(remarks) for _, remarks in told):
        say(f"{missing} câu còn thiếu phần tệp không có (vì sao, điều khoản, mục tiêu, mức): bổ sung ở trang soạn.")


def items_of(unit_id: int) -> list[Offered]:
    """The questions in use of a unit, as other tools know them; none where it was never published."""
    revision_id = db.session.scalar(sa.select(Unit.revision_id).where(Unit.id == unit_id))
    if revision_id is None:
        return []
    return [offering.from_question(question_of(item)) for item in queries.taught(revision_id).unit.questions]


def written(key: str, form: Format, say: Say) -> bytes:
    """The questions in use of a unit, as a file; what it cannot hold is said."""
    items = items_of(_unit(key).id)
    if not items:
        raise BadSetting(f"Bài “{key}” chưa phát hành nên chưa có câu hỏi để xuất.")
    left = [(item.id, why) for item in items if (why := form.left_out(item))]
    for name, why in left:
        say(f"Câu {name}: {why}.")
    count = f"{len(items) - len(left)} trên {len(items)}" if left else len(items)
    say(f"{count} câu của bài {key}, định dạng {form.title}.")
    return form.write(items)
