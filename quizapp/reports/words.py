"""Lời trên trang theo dõi: what to do today, and the text to paste into Zalo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from quizapp.domain.forecast import Status, whole_percent
from quizapp.domain.statistics import WEAK
from quizapp.reports.tables import ChildRow, Content, Curve, Heading, Overview
from quizapp.web.formats import day as in_words
from quizapp.web.formats import number, percent, short_day

NAMED_AT_MOST = 30  # bodies in a message


@dataclass(frozen=True)
class Todo:
    """Việc nên làm: what, why, and the page where it is done. ``query`` goes into the address."""

    title: str
    detail: str
    label: str
    endpoint: str
    query: dict[str, str]


def todos(heading: Heading, overview: Overview, content: Content) -> list[Todo]:
    """Việc nên làm hôm nay: at most three, the most pressing first; none where all is well."""
    found = [*_urge(overview), *_begin(heading, overview), *_discuss(content), *_look(content)]
    return found[:3]


def _urge(overview: Overview) -> list[Todo]:
    rows = overview.children.urgent
    if not rows:
        return []
    left = sum(row.progress.people - row.progress.done for row in rows)
    begun = sum(row.progress.not_begun for row in rows)
    late = all(row.seen.status in (Status.LATE, Status.OVERDUE) for row in rows)
    detail = f"Còn {number(left)} đồng chí chưa xong" + (f", trong đó {number(begun)} chưa bắt đầu." if begun else ".")
    title = f"Đôn đốc {len(rows)} đơn vị {'trễ hạn' if late else 'đang chậm'}"
    return [Todo(title, detail, "Chép danh sách", "reports.copy", {})]


def _begin(heading: Heading, overview: Overview) -> list[Todo]:
    here = overview.children.rest
    left = here.people - here.done
    if not heading.names or not left:
        return []
    begun = f"Trong đó {number(here.not_begun)} chưa bắt đầu." if here.not_begun else "Tất cả đã bắt đầu học."
    title = f"Nhắc {number(left)} đồng chí chưa xong ngay tại đơn vị"
    return [Todo(title, begun, "Xem danh sách", "reports.people", {"loc": "chua"})]


def _discuss(content: Content) -> list[Todo]:
    weak = [one for one in content.weak if one.share < WEAK]
    if not weak:
        return []
    unit = weak[0].unit
    detail = f"Mới {whole_percent(weak[0].share)}% câu trả lời đúng ngay lần đầu ở bài “{unit.title}”."
    name = "bài kiểm tra tổng hợp" if unit.final else f"bài {unit.number}"
    return [Todo(f"Đưa {name} vào sinh hoạt chi bộ", detail, "Xem nội dung còn yếu", "reports.weak", {})]


def _look(content: Content) -> list[Todo]:
    if not content.spread or not content.spread.to_look_at or content.spread.fast is None:
        return []
    share = whole_percent(content.spread.fast)
    detail = f"{share}% lượt làm bài nhanh hơn 20 giây một câu. Nên hỏi lại cách học, chưa phải là sai phạm."
    return [Todo("Cần xem thời gian làm bài", detail, "Xem thời gian", "reports.weak", {})]


def message(heading: Heading, overview: Overview, day: date) -> str:
    """The verdict and the late bodies as plain text, for Zalo."""
    assert heading.campaign is not None
    progress = overview.progress
    lines = [
        f"{heading.body.name}: {heading.campaign.title}",
        f"Đến ngày {in_words(day)}: {number(progress.done)} trên {number(progress.people)} đồng chí đã hoàn thành "
        f"({percent(progress.done, progress.people)}). {overview.verdict.sentence}",
    ]
    rows = overview.children.urgent
    if rows:
        named = [_line(n, row) for n, row in enumerate(rows[:NAMED_AT_MOST], 1)]
        lines += ["", f"Đơn vị cần đôn đốc ({number(len(rows))}):", *named]
        if len(rows) > NAMED_AT_MOST:
            lines.append(f"… và {number(len(rows) - NAMED_AT_MOST)} đơn vị khác.")
    elif overview.children.rows:
        lines += ["", all_well(overview.children.rows)]
    return "\n".join(lines)


def _line(n: int, row: ChildRow) -> str:
    progress = row.progress
    told = (
        f"{number(progress.done)} trên {number(progress.people)} đồng chí ({percent(progress.done, progress.people)})"
    )
    ahead = row.seen.share_by_due
    forecast = f", dự báo {short_day(row.plan.due_on)} đạt {whole_percent(ahead)}%" if ahead is not None else ""
    return f"{n}. {row.place.name}: {told}{forecast if row.seen.status is not Status.OVERDUE else ', đã quá hạn'}"


def all_well(rows: Sequence[ChildRow]) -> str:
    """Said where no body is late: that all are in time, if that can be said of all."""
    well = (Status.ON_TIME, Status.REACHED, Status.NOBODY)
    return (
        "Tất cả đơn vị đều kịp hạn." if all(row.seen.status in well for row in rows) else "Không có đơn vị nào trễ hạn."
    )


def in_percent(share: Fraction) -> str:
    """A share with one decimal, as in "75,1%"."""
    return percent(share.numerator, share.denominator)


def forecast_of(curve: Curve) -> int:
    """Where the pace leads, in whole percent."""
    return whole_percent(Fraction(curve.by_due or 0, max(curve.people, 1)))
