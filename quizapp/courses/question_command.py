"""`quizapp import-questions` into a draft, `export-questions`: the same judging as the page's, at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from quizapp.clock import now
from quizapp.config import BadSetting
from quizapp.courses import album, drafts, near_questions, offering, queries
from quizapp.courses.exchange.formats import Format
from quizapp.courses.exchange.writing import question_of
from quizapp.courses.models import Unit
from quizapp.database import db
from quizapp.domain import content
from quizapp.domain.interchange import Lost, Offered, size
from quizapp.files import actions as files

SHOWN = 60  # problems on the screen; all of them in the file
Say = Callable[[str], None]


def tell(items: Sequence[Offered], bank: Sequence[near_questions.Kept], problems: Path | None, say: Say) -> bool:
    """Whether every question can be taken in; says what is wrong with the others, and which are nearly the same."""
    twins = near_questions.twins(items, bank)
    told = [
        item.with_problems([near_questions.twin_remark(twins[n])]) if n in twins else item
        for n, item in enumerate(items)
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


def bank() -> list[near_questions.Kept]:
    """Every question that is asked today, with the unit that asks it."""
    return [
        near_questions.Kept(offering.from_question(question_of(item)), unit.title, unit_id)
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
    good, pictures = album.gathered([item for item in items if not item.fatal])
    if not good:
        raise BadSetting("Không câu nào nhập được. Chưa nhập gì.")
    told = [offering.to_question(item) for item in good]
    media = {name: files.keep_prepared(one, now()) for name, one in pictures.items()}
    keys = drafts.add_questions(unit.id, [question for question, _ in told], None, now(), media)
    db.session.commit()
    say(f"Đã đưa {len(keys)} câu vào bản nháp của bài {key}: {keys[0]} đến {keys[-1]}.")
    if missing := sum(bool(remarks) for _, remarks in told):
        say(f"{missing} câu còn thiếu phần tệp không có (vì sao, điều khoản, mục tiêu, mức): bổ sung ở trang soạn.")


def items_of(unit_id: int) -> list[Offered]:
    """The questions in use of a unit, as other tools know them; none where it was never published."""
    revision_id = db.session.scalar(sa.select(Unit.revision_id).where(Unit.id == unit_id))
    if revision_id is None:
        return []
    one = queries.taught(revision_id)
    items = (offering.from_question(question_of(item)) for item in one.unit.questions)
    return [album.with_pictures(item, one.media) for item in items]


@dataclass(frozen=True)
class Written:
    """Questions as a file: of how many, and what it could not hold."""

    data: bytes
    whole: int  # single questions, those of situations one by one
    lost: Sequence[Lost]

    @property
    def held(self) -> int:
        """How many questions stand in the file."""
        return self.whole - sum(one.gone for one in self.lost)

    def told(self) -> list[str]:
        """What is lost, each reason once with the questions that it concerns."""
        names: dict[tuple[str, bool], list[str]] = {}
        for one in self.lost:
            names.setdefault((one.why, one.gone > 0), []).append(one.name)
        return [_sentence(why, gone, concerned) for (why, gone), concerned in names.items()]

    def counted(self) -> str:
        return f"{self.held} câu" if self.held == self.whole else f"{self.held} trên {self.whole} câu"


def _sentence(why: str, gone: bool, names: Sequence[str]) -> str:
    who = f"Câu {names[0]}" if len(names) == 1 else f"{len(names)} câu ({', '.join(names)})"
    return f"{who}{' không có trong tệp' if gone else ''}: {why}."


def written(items: Sequence[Offered], form: Format) -> Written:
    """The questions as a file of that format."""
    lost = [one for item in items for one in form.lost(item)]
    return Written(form.write(items), sum(map(size, items)), lost)


def exported(key: str, form: Format, say: Say) -> bytes:
    """The questions in use of a unit, as a file; what it cannot hold is said."""
    items = items_of(_unit(key).id)
    if not items:
        raise BadSetting(f"Bài “{key}” chưa phát hành nên chưa có câu hỏi để xuất.")
    done = written(items, form)
    for sentence in done.told():
        say(sentence)
    say(f"Đã ghi {done.counted()} của bài {key}, định dạng {form.written}.")
    return done.data
