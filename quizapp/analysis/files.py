"""Tệp tải về: the table of questions for Excel, and as CSV."""

import csv
import io
from collections.abc import Iterator, Sequence

from quizapp.analysis.lines import Line
from quizapp.analysis.words import MARKS

Cell = str | int | float | None
# heading, kind, width
COLUMNS = (
    ("Bài", "text", 8), ("Phiên bản", "whole", 9), ("Câu", "text", 10), ("Đề bài", "text", 60), ("Số lượt", "whole", 9),
    ("Bỏ trống", "whole", 9), ("Độ khó", "percent", 9), ("Độ lệch chuẩn", "real", 9), ("Điểm đoán bừa", "percent", 9),
    ("Độ phân biệt", "real", 9), ("Hiệu suất phân biệt, %", "real", 11), ("Trọng số định trước, %", "real", 11),
    ("Trọng số thực, %", "real", 11), ("Nhóm yếu đúng", "percent", 9), ("Nhóm giữa đúng", "percent", 9),
    ("Nhóm mạnh đúng", "percent", 9), ("Thời gian trung vị, giây", "real", 11), ("Người báo", "whole", 9),
    ("Đánh giá", "text", 16), ("Độ tin cậy", "text", 16), ("Việc nên làm", "text", 60),
)  # fmt: skip
NOTE = (
    "Tính trên lần làm đầu tiên của mỗi người, theo công thức thống kê của Moodle "
    "(docs.moodle.org/dev/Quiz_statistics_calculations). Dưới 30 lượt để trống."
)


def _row(line: Line) -> tuple[Cell, ...]:
    row = line.row if line.shown else None

    def of(name: str) -> float | None:
        return None if row is None else getattr(row, name)

    r = of("discrimination")
    known = None if line.hidden else line.attempts
    guess = None if line.guess is None else float(line.guess)
    return (
        str(line.taught.unit.number), line.taught.number, line.key, line.question.prompt, known, of("blank"),
        of("facility"), of("sd"), guess, None if r is None else r / 100, of("efficiency"), line.intended, of("weight"),
        of("weak"), of("middle"), of("strong"), of("seconds"), line.reports[0],
        "Đang dừng" if line.stopped else MARKS[line.verdict][2], line.sureness, " ".join(one.text for one in line.findings),
    )  # fmt: skip


def as_csv(lines: Sequence[Line]) -> bytes:
    """Semicolons and decimal commas, so that a Vietnamese Excel opens it rightly."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(heading for heading, _, _ in COLUMNS)
    writer.writerows(map(_plain, _row(line)) for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.4f}".replace(".", ",")
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text  # or a sheet would reckon with it


def as_excel(lines: Sequence[Line]) -> bytes:
    """A sheet with a frozen header; text stays text."""
    import xlsxwriter

    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet("Phân tích câu hỏi")
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#F4EEE4"})
        looks = {"text": "@", "whole": "#,##0", "percent": "0.0%", "real": "0.00"}
        look = {
            kind: book.add_format({"num_format": f, "valign": "top", "text_wrap": True}) for kind, f in looks.items()
        }
        for column, (heading, _, width) in enumerate(COLUMNS):
            sheet.write_string(0, column, heading, head)
            sheet.set_column(column, column, width)
        for n, line in enumerate(lines, 1):
            for column, kind, cell in _typed(line):
                write = sheet.write_string if isinstance(cell, str) else sheet.write_number
                write(n, column, cell, look[kind])
        sheet.write_string(len(lines) + 2, 0, NOTE)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return out.getvalue()


def _typed(line: Line) -> Iterator[tuple[int, str, str | int | float]]:
    for column, ((_, kind, _), cell) in enumerate(zip(COLUMNS, _row(line), strict=True)):
        if cell is not None and cell != "":
            yield column, kind, cell
