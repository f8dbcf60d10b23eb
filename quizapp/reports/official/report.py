"""Báo cáo kết quả: what a snapshot says in the words of an official report. The judgement is left to whoever signs."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from quizapp.clock import VIETNAM, day_of
from quizapp.domain.forecast import Status
from quizapp.reports.official.figures import OF_ANSWERS, Below, Counts, Figures
from quizapp.reports.official.letter import BLANK, Letter, number_line, place_line, signer_lines
from quizapp.reports.paper.document import Annex, Block, Head, Layout, Official, Paragraph, Run, Style, Table
from quizapp.reports.paper.grid import TT, Cell, Column, Grid, Kind, said
from quizapp.reports.sheets import MEAN, Sheet, mean_note
from quizapp.reports.tables import mean_mark
from quizapp.web.formats import day, moment, number, percent

FEW = 10  # so many bodies fit into the text itself; more are summed up by how they stand
JUDGEMENT = "Phần này do đồng chí viết: nhận định về kết quả, nguyên nhân của hạn chế."
PROPOSALS = "Phần này do đồng chí viết: việc cụ thể, đơn vị chủ trì, thời hạn."
NOBODY = Counts(people=0, completed=0, waived=0, learning=0)


def compose(
    figures: Figures, letter: Letter, about: str, number_: str, at: datetime, address: str, draft: bool = True
) -> Official:
    """The report. ``number_``: of the snapshot; ``address``: of its page, in the footer of a draft."""
    annexes = _annexes(figures, at)
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


def as_of(figures: Figures, key: str, at: datetime) -> str:
    """Of which moment a table is: what is known of answers is always of the last time that they were summed up."""
    if key not in OF_ANSWERS or figures.answers_at is None:
        return f"Số liệu đến {closing(figures, at)}"
    return f"Số liệu về câu trả lời tính đến {answers_until(figures)}"


def answers_until(figures: Figures) -> str:
    """ "14:32 ngày 22/11/2026", and of a day that was over also that this is not its figure."""
    assert figures.answers_at is not None
    other = f", không phải của ngày {day(figures.until)}" if _later(figures) else ""
    return f"{moment(figures.answers_at)}{other}"


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
    if figures.marks:
        mean = said(mean_mark(*figures.marks), Kind.POINTS)
        told = f"điểm trung bình {figures.marked}, lần làm đầu tiên: {mean}/10. {told[:1].upper()}{told[1:]}"
    shares = "; ".join(f"{name[:1].lower()}{name[1:]}: {percent(n, whole)}" for name, n in figures.bands)
    told += f"{'Phân' if told else 'phân'} bố điểm của {number(whole)} lượt làm bài lần đầu: {shares}."
    return told + (f" Số liệu về câu trả lời tính đến {answers_until(figures)}." if figures.answers_at else "")


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
        when = f" (tính đến {answers_until(figures)})" if figures.answers_at and _later(figures) else ""
        made.append(_text(Run(f"Nội dung có tỷ lệ trả lời đúng ngay lần đầu còn thấp{when}: {told}.")))
    if not made:
        made.append(_text(Run("Đến thời điểm chốt số liệu không có đơn vị chậm tiến độ.")))
    return made


def _later(figures: Figures) -> bool:
    """Whether the answers are of a later day than the rest."""
    return figures.answers_at is not None and day_of(figures.answers_at) > figures.until


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
    columns += [] if short else [Column("Đang học", Kind.NUMBER, 9), Column("Chưa bắt đầu", Kind.NUMBER, 11)]
    columns += [Column("Tỷ lệ %", Kind.SHARE, 9), Column("Đạt lần đầu %", Kind.SHARE, 9)]
    columns += [Column(MEAN, Kind.POINTS, 10)] if figures.marks else []
    columns += [] if short else [Column("Dự báo đến hạn %", Kind.SHARE, 9)]
    columns += [Column("Ghi chú", Kind.TEXT, 16 if short else 14)]
    rows = [
        _body(n, one.name, one.counts, _answers(figures, one), _note(one), short, one.by_due)
        for n, one in enumerate(figures.below, 1)
    ]
    if figures.here.people:
        none = _answers(figures, None)
        rows.append(_body(len(rows) + 1, f"Ngay tại {figures.body.name}", figures.here, none, "", short))
    total = _body(0, "Tổng cộng", figures.counts, _answers(figures, figures), "", short, figures.by_due)
    note = f"{FIRST_TRIES} {mean_note(figures.marked)}" if figures.marks else FIRST_TRIES
    if figures.answers_at and _later(figures):
        note += f" Các số liệu này tính đến {answers_until(figures)}."
    return Grid("theo-don-vi", "", columns, rows, ("", *total[1:]), note)


def _answers(figures: Figures, one: Below | Figures | None) -> tuple[Cell, ...]:
    """Đạt lần đầu, Điểm TB; the mean stands there where the figures have one, which older ones have not."""
    first = Fraction(*one.first_tries) if one and one.first_tries else None
    mean = mean_mark(*one.marks) if one and one.marks else None
    return (first, mean) if figures.marks else (first,)


def _note(one: Below) -> str:
    """How a body stands; far behind an even pace is said where nothing can be forecast."""
    return "Chậm kế hoạch" if one.urgent and one.status == Status.UNKNOWN else one.word


def _body(
    n: int,
    name: str,
    counts: Counts,
    answers: tuple[Cell, ...],
    word: str,
    short: bool,
    by_due: int | None = None,
) -> tuple[Cell, ...]:
    progress = counts.progress
    share = progress.share if progress.people else None
    if short:
        return n, name, progress.people, progress.done, share, *answers, word
    then = Fraction(by_due, progress.people) if by_due is not None and progress.people else None
    return n, name, progress.people, progress.done, progress.learning, progress.not_begun, share, *answers, then, word


def _annexes(figures: Figures, at: datetime) -> list[Annex]:
    """Phụ lục 1 by body, 2 late bodies, 3 the questions most often wrong: each only where there is something to show."""
    parts: list[tuple[str, list[Block]]] = []
    if figures.below:
        parts.append(("Kết quả theo đơn vị", [Table(_bodies(figures), "")]))
    if figures.urgent:
        parts.append((LATE, [Table(_late(figures.urgent), ""), _hint("Lý do và biện pháp do đồng chí ghi.")]))
    questions = figures.sheet("cau-hoi")
    if questions is not None:
        when = f"{as_of(figures, 'cau-hoi', at)}."
        parts.append(("Mười câu trả lời sai nhiều nhất", [Table(_wrong(questions, when), "")]))
    return [Annex(f"PHỤ LỤC {n}", title, blocks) for n, (title, blocks) in enumerate(parts, 1)]


def _wrong(sheet: Sheet, when: str) -> Grid:
    """The questions most often wrong, without the bare counts: a page is narrow."""
    columns = (
        *(Column(*TT), Column("Bài", Kind.TEXT, 6), Column("Câu hỏi", Kind.TEXT, 34)),
        *(Column("Tỷ lệ sai %", Kind.SHARE, 8), Column("Phương án sai được chọn nhiều nhất", Kind.TEXT, 30)),
        Column("Điều khoản", Kind.TEXT, 24),
    )
    places = {column.title: n for n, column in enumerate(sheet.columns)}
    shown = [places[title] for title in ("Bài", "Câu hỏi", "Tỷ lệ sai", columns[4].head, "Điều khoản")]
    rows = [(n, *(row[place] for place in shown)) for n, row in enumerate(sheet.rows, 1)]
    return Grid("cau-hoi", "", columns, rows, note=when)


def _late(late: Sequence[Below]) -> Grid:
    columns = (
        *(Column(*TT), Column("Đơn vị", Kind.TEXT, 26), Column("Tổng số", Kind.NUMBER, 9)),
        *(Column("Hoàn thành", Kind.NUMBER, 10), Column("Tỷ lệ %", Kind.SHARE, 9)),
        *(Column("Hạn", Kind.DAY, 15), Column("Lý do", Kind.TEXT, 17), Column("Biện pháp", Kind.TEXT, 17)),
    )
    rows = [(n, one.name, *_done(one.counts), one.due_on, "", "") for n, one in enumerate(late, 1)]
    return Grid("cham", "", columns, rows)
