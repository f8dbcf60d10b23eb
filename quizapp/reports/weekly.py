"""Tin tuần: a body's week in one short text, for who wants it by mail. Pure: values in, words out; it names bodies only."""

from datetime import date

from quizapp.domain.forecast import whole_percent
from quizapp.reports.tables import ChildRow, Content, Heading, Overview
from quizapp.web.formats import day as in_words
from quizapp.web.formats import number, percent

DAYS = 7
NAMED_AT_MOST = 10


def subject(heading: Heading, overview: Overview) -> str:
    """The mail's subject."""
    progress = overview.progress
    return f"{heading.body.name}: {percent(progress.done, progress.people)} hoàn thành, {overview.seen.word.lower()}"


def text(heading: Heading, overview: Overview, content: Content | None, day: date, address: str) -> str:
    """The mail: how far, what the week has brought, whom to urge, what is weak; where to read on."""
    assert heading.campaign is not None
    progress, plan = overview.progress, heading.plan
    due = f", hạn {in_words(plan.due_on)}" if plan else ""
    lines = [
        f"{heading.body.name}: {heading.campaign.title}{due}. Số liệu đến hết ngày {in_words(day)}.",
        "",
        f"Hoàn thành {number(progress.done)}/{number(progress.people)} đồng chí "
        f"({percent(progress.done, progress.people)}). {overview.verdict.sentence}",
        f"Bảy ngày qua thêm {number(max(0, sum(overview.days[-DAYS:])))} đồng chí hoàn thành. "
        f"Đang học {number(progress.learning)}, chưa bắt đầu {number(progress.not_begun)}.",
        *_urgent(overview.children.urgent),
        *_weak(content),
        "",
        f"Xem tiếp: {address}",
        f"Đồng chí thôi nhận tin này bất cứ lúc nào ở {address}/nhac#hang-tuan",
    ]
    return "\n".join(lines)


def _urgent(rows: list[ChildRow]) -> list[str]:
    if not rows:
        return []
    named = [f"- {row.place.name}: {percent(row.progress.done, row.progress.people)}" for row in rows[:NAMED_AT_MOST]]
    more = [f"và {number(len(rows) - NAMED_AT_MOST)} đơn vị khác"] if len(rows) > NAMED_AT_MOST else []
    return ["", f"{number(len(rows))} đơn vị cần đôn đốc:", *named, *more]


def _weak(content: Content | None) -> list[str]:
    if content is None or not content.weak:
        return []
    one = content.weak[0]
    return [
        "",
        f"Yếu nhất: bài {one.unit.number} “{one.unit.title}”, {whole_percent(one.share)}% trả lời đúng ngay lần đầu.",
    ]
