"""Báo cáo kết quả: what a snapshot says in the words of an official report. The judgement is left to whoever signs."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from quizapp.clock import VIETNAM, day_of
from quizapp.domain.forecast import Status
from quizapp.reports.official.figures import Below, Counts, Figures
from quizapp.reports.official.letter import BLANK, Letter, number_line, place_line, signer_lines
from quizapp.reports.paper.document import Annex, Block, Head, Layout, Official, Paragraph, Run, Style, Table
from quizapp.reports.paper.grid import TT, Cell, Column, Grid, Kind
from quizapp.reports.sheets import Sheet
from quizapp.web.formats import day, moment, number, percent

FEW = 10  # so many bodies fit into the text itself; more are summed up by how they stand
JUDGEMENT = "Phần này do đồng chí viết: nhận định về kết quả, nguyên nhân của hạn chế."
PROPOSALS = "Phần này do đồng chí viết: việc cụ thể, đơn vị chủ trì, thời hạn."
NOBODY = Counts(people=0, completed=0, waived=0, learning=0)


def compose(
    figures: Figures, letter: Letter, about: str, number_: str, at: datetime, address: str, draft: bool = True
) -> Official:
    """The report. ``number_``: of the snapshot; ``address``: of its page, in the footer of a draft."""
    annexes = _annexes(figures)
    blocks: list[Block] = [
        _intro(letter),
        _heading(letter, "I", "TÌNH HÌNH TRIỂN KHAI"),
        *_begun(figures),
        _heading(letter, "II", "KẾT QUẢ"),
        *_results(figures),
        _table_one(figures),
        _heading(letter, "III", "HẠN CHẾ, KHÓ KHĂN"),
        *_shortfalls(figures, annexes),
        _hint(JUDGEMENT),
        _heading(letter, "IV", "KIẾN NGHỊ, NHIỆM VỤ THỜI GIAN TỚI"),
        _hint(PROPOSALS),
    ]
    return Official(
        layout=letter.layout,
        title=f"Báo cáo {about}",
        head=head(letter, "BÁO CÁO", [about, f"(số liệu đến {closing(figures, at)})"], day_of(at)),
        blocks=blocks,
        recipients=letter.recipients,
        signer=signer_lines(letter),
        annexes=annexes,
        footer=footer(number_, at) if draft else "",
        address=address if draft else "",
    )


def head(letter: Letter, kind: str, about: Sequence[str], today: date) -> Head:
    """The head of a document of that kind."""
    return Head(letter.above, letter.agency, number_line(letter), place_line(letter, today), kind, about)


def footer(number_: str, at: datetime) -> str:
    """What a draft says of itself."""
    return f"Dự thảo. Số liệu chốt số {number_} lúc {moment(at)}; quét mã để mở đúng số liệu này."


def closing(figures: Figures, at: datetime) -> str:
    """ "16 giờ 00 ngày 22/11/2026", or "hết ngày 21/11/2026" for a day that was over."""
    if figures.until < day_of(at):
        return f"hết ngày {day(figures.until)}"
    return f"{at.astimezone(VIETNAM):%H giờ %M} ngày {day(at)}"


# --- the text --------------------------------------------------------------------------------------------------


def _intro(letter: Letter) -> Paragraph:
    basis = Run(letter.basis) if letter.basis else Run(f"Kế hoạch số {BLANK}", blank=True)
    return _text(Run(f"{letter.name} báo cáo kết quả theo "), basis, Run(" như sau:"))


def _heading(letter: Letter, number_: str, words: str) -> Paragraph:
    mark = f"{number_}- " if letter.layout is Layout.PARTY else f"{number_}. "
    return Paragraph([Run(mark + words, bold=True)], Style.HEADING)


def _hint(words: str) -> Paragraph:
    return Paragraph([Run(words, italic=True, blank=True)], Style.HINT)


def _text(*runs: Run) -> Paragraph:
    return Paragraph(runs)


def _begun(figures: Figures) -> list[Paragraph]:
    campaign, people = figures.campaign, figures.counts.people
    bodies = [one for one in figures.below if one.counts.people]
    where = f"{number(len(bodies))} đơn vị trực thuộc với " if bodies else ""
    parts = f"{figures.units} bài"
    if figures.final is not None:
        minutes = f", {figures.final.minutes} phút" if figures.final.minutes else ""
        parts += f" và một bài kiểm tra tổng hợp ({figures.final.questions} câu{minutes}, mức đạt "
        parts += f"{figures.final.pass_percent}%)"
    return [
        _text(
            Run(
                f"Đã giao khóa học “{campaign.course}” cho {where}{number(people)} đồng chí ({campaign.title}). "
                f"Khóa học gồm {parts}. Bắt đầu từ ngày {day(campaign.from_on)}, thời hạn hoàn thành: "
                f"{day(campaign.due_on)}; chỉ tiêu {campaign.target_percent}%."
            )
        )
    ]


def _results(figures: Figures) -> list[Paragraph]:
    progress, people = figures.counts.progress, figures.counts.people
    done = f" Hoàn thành: {number(progress.done)}/{number(people)} đồng chí ({percent(progress.done, people)})"
    done += f", {_against(figures.behind_permille)} kế hoạch" if figures.status != Status.NOBODY else ""
    done += f"; trong đó được miễn: {number(progress.waived)}" if progress.waived else ""
    done += f". Đang học: {_part(progress.learning, people)}. Chưa bắt đầu: {_part(progress.not_begun, people)}."
    made = [_text(Run("1.", bold=True), Run(done))]
    return [*made, _text(Run("2.", bold=True), Run(" Chất lượng: " + _quality(figures)))]


def _quality(figures: Figures) -> str:
    whole = sum(n for _, n in figures.bands)
    if not whole:
        return "chưa đủ số lượt làm bài để đánh giá."
    told = ""
    if figures.first_tries:
        told = f"tỷ lệ đạt ngay lần đầu ở các bài: {percent(*figures.first_tries)}. "
    shares = "; ".join(f"{name[:1].lower()}{name[1:]}: {percent(n, whole)}" for name, n in figures.bands)
    told += f"{'Phân' if told else 'phân'} bố điểm của {number(whole)} lượt làm bài lần đầu: {shares}."
    return told + (f" Số liệu về câu trả lời tính đến {moment(figures.answers_at)}." if figures.answers_at else "")


def _part(n: int, whole: int) -> str:
    return f"{number(n)} đồng chí ({percent(n, whole)})"


def _against(behind: int) -> str:
    """Tenths of a point behind an even pace, in words."""
    if not behind:
        return "đúng"
    points = f"{abs(behind) // 10},{abs(behind) % 10}".removesuffix(",0")
    return f"{'thấp' if behind > 0 else 'cao'} hơn {points} điểm phần trăm so với"


def _shortfalls(figures: Figures, annexes: Sequence[Annex]) -> list[Paragraph]:
    made = []
    late = figures.urgent
    if late:
        named = ", ".join(one.name for one in late[:FEW]) + (" và các đơn vị khác" if len(late) > FEW else "")
        where = next(f" ({annex.number.capitalize()})" for annex in annexes if annex.title == LATE)
        made.append(_text(Run(f"{number(len(late))} đơn vị chậm, cần đôn đốc{where}: {named}.")))
    if figures.weak:
        told = "; ".join(f"bài {one.number} “{one.title}” ({_permille(one.permille)})" for one in figures.weak)
        made.append(_text(Run(f"Nội dung có tỷ lệ trả lời đúng ngay lần đầu còn thấp: {told}.")))
    if not made:
        made.append(_text(Run("Đến thời điểm chốt số liệu không có đơn vị chậm tiến độ.")))
    return made


def _permille(value: int) -> str:
    return f"{value // 10},{value % 10}%"


# --- tables and annexes ----------------------------------------------------------------------------------------

LATE = "Đơn vị chậm, lý do và biện pháp"
FIRST_TRIES = "Đạt lần đầu: lượt làm bài đầu tiên đã đạt, trên mọi lượt đầu; bài có dưới 5 người làm không tính."


def _table_one(figures: Figures) -> Table:
    """Biểu 1: the bodies right below where they are few, else how many stand how."""
    if len(figures.below) <= FEW:
        return Table(_bodies(figures, short=True), "Biểu 1. Kết quả theo đơn vị")
    columns = (
        *(Column(*TT), Column("Tình trạng so với thời hạn", Kind.TEXT, 30)),
        *(Column("Số đơn vị", Kind.NUMBER, 9), Column("Tổng số", Kind.NUMBER, 9)),
        *(Column("Hoàn thành", Kind.NUMBER, 10), Column("Tỷ lệ %", Kind.SHARE, 9)),
    )
    words = {status.value: "" for status in Status} | {one.status: one.word for one in figures.below}
    rows: list[tuple[Cell, ...]] = []
    for status, word in words.items():
        group = [one for one in figures.below if one.status == status]
        if group:
            rows.append((len(rows) + 1, word, len(group), *_sum(group)))
    if figures.here.people:
        rows.append((len(rows) + 1, f"Ngay tại {figures.body.name}", None, *_done(figures.here)))
    total = ("", "Tổng cộng", len(figures.below), *_done(figures.counts))
    return Table(Grid("tinh-trang", "", columns, rows, total), "Biểu 1. Kết quả theo tình trạng của các đơn vị")


def _sum(group: Sequence[Below]) -> tuple[Cell, ...]:
    people = sum(one.counts.people for one in group)
    done = sum(one.counts.progress.done for one in group)
    return people, done, Fraction(done, people) if people else None


def _done(counts: Counts) -> tuple[Cell, ...]:
    progress = counts.progress
    return progress.people, progress.done, progress.share if progress.people else None


def _bodies(figures: Figures, short: bool = False) -> Grid:
    """Kết quả theo đơn vị; ``short``: without who is learning, not begun and the forecast."""
    columns = [Column(*TT), Column("Đơn vị", Kind.TEXT, 34 if short else 26), Column("Tổng số", Kind.NUMBER, 9)]
    columns += [Column("Hoàn thành", Kind.NUMBER, 10)]
    columns += [] if short else [Column("Đang học", Kind.NUMBER, 9), Column("Chưa bắt đầu", Kind.NUMBER, 9)]
    columns += [Column("Tỷ lệ %", Kind.SHARE, 9), Column("Đạt lần đầu %", Kind.SHARE, 9)]
    columns += [] if short else [Column("Dự báo đến hạn %", Kind.SHARE, 9)]
    columns += [Column("Ghi chú", Kind.TEXT, 16)]
    rows = [
        _body(n, one.name, one.counts, one.first_tries, _note(one), short, one.by_due)
        for n, one in enumerate(figures.below, 1)
    ]
    if figures.here.people:
        rows.append(_body(len(rows) + 1, f"Ngay tại {figures.body.name}", figures.here, None, "", short))
    total = _body(0, "Tổng cộng", figures.counts, figures.first_tries, "", short, figures.by_due)
    return Grid("theo-don-vi", "", columns, rows, ("", *total[1:]), FIRST_TRIES)


def _note(one: Below) -> str:
    """How a body stands; far behind an even pace is said where nothing can be forecast."""
    return "Chậm kế hoạch" if one.urgent and one.status == Status.UNKNOWN else one.word


def _body(
    n: int,
    name: str,
    counts: Counts,
    tries: tuple[int, int] | None,
    word: str,
    short: bool,
    by_due: int | None = None,
) -> tuple[Cell, ...]:
    progress = counts.progress
    share = progress.share if progress.people else None
    first = Fraction(*tries) if tries else None
    if short:
        return n, name, progress.people, progress.done, share, first, word
    then = Fraction(by_due, progress.people) if by_due is not None and progress.people else None
    return n, name, progress.people, progress.done, progress.learning, progress.not_begun, share, first, then, word


def _annexes(figures: Figures) -> list[Annex]:
    """Phụ lục 1 by body, 2 late bodies, 3 the questions most often wrong: each only where there is something to show."""
    parts: list[tuple[str, list[Block]]] = []
    if figures.below:
        parts.append(("Kết quả theo đơn vị", [Table(_bodies(figures), "")]))
    if figures.urgent:
        parts.append((LATE, [Table(_late(figures.urgent), ""), _hint("Lý do và biện pháp do đồng chí ghi.")]))
    questions = figures.sheet("cau-hoi")
    if questions is not None:
        parts.append(("Mười câu trả lời sai nhiều nhất", [Table(_wrong(questions), "")]))
    return [Annex(f"PHỤ LỤC {n}", title, blocks) for n, (title, blocks) in enumerate(parts, 1)]


def _wrong(sheet: Sheet) -> Grid:
    """The questions most often wrong, without the bare counts: a page is narrow."""
    columns = (
        *(Column(*TT), Column("Bài", Kind.TEXT, 6), Column("Câu hỏi", Kind.TEXT, 34)),
        *(Column("Tỷ lệ sai %", Kind.SHARE, 8), Column("Phương án sai được chọn nhiều nhất", Kind.TEXT, 30)),
        Column("Điều khoản", Kind.TEXT, 24),
    )
    places = {column.title: n for n, column in enumerate(sheet.columns)}
    shown = [places[title] for title in ("Bài", "Câu hỏi", "Tỷ lệ sai", columns[4].head, "Điều khoản")]
    rows = [(n, *(row[place] for place in shown)) for n, row in enumerate(sheet.rows, 1)]
    return Grid("cau-hoi", "", columns, rows)


def _late(late: Sequence[Below]) -> Grid:
    columns = (
        *(Column(*TT), Column("Đơn vị", Kind.TEXT, 26), Column("Tổng số", Kind.NUMBER, 9)),
        *(Column("Hoàn thành", Kind.NUMBER, 10), Column("Tỷ lệ %", Kind.SHARE, 9)),
        *(Column("Hạn", Kind.DAY, 15), Column("Lý do", Kind.TEXT, 17), Column("Biện pháp", Kind.TEXT, 17)),
    )
    rows = [(n, one.name, *_done(one.counts), one.due_on, "", "") for n, one in enumerate(late, 1)]
    return Grid("cham", "", columns, rows)
