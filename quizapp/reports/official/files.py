"""Tệp: a snapshot as a workbook, one of its tables as Word or PDF."""

from dataclasses import dataclass
from datetime import datetime

from quizapp.reports.official.figures import TITLES, Figures
from quizapp.reports.official.grids import grids
from quizapp.reports.official.report import answers_until, as_of, closing
from quizapp.reports.paper import excel, pdf, word
from quizapp.reports.paper.grid import Grid
from quizapp.web.formats import day, moment

ALL = "tat-ca"
PEOPLE = "danh-sach"
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
NAMES = {
    ALL: "BaoCao",
    "don-vi": "DonVi",
    "bai": "TheoBai",
    "theo-ngay": "TheoNgay",
    "noi-dung": "NoiDung",
    "bai-yeu": "BaiYeu",
    "dieu-khoan": "DieuKhoan",
    "cau-hoi": "CauHoi",
    "muc-diem": "MucDiem",
    "bai-don-vi": "BaiTheoDonVi",
    PEOPLE: "DanhSach",
}


@dataclass(frozen=True)
class Taken:
    """Whose file: the snapshot's number and time, who takes it and when."""

    number: str
    at: datetime
    name: str
    now: datetime


def under(figures: Figures, taken: Taken, key: str) -> list[str]:
    """The lines below a table's title."""
    campaign = figures.campaign
    return [
        f"{figures.body.name} · {campaign.title}, hạn {day(campaign.due_on)}",
        f"{as_of(figures, key, taken.at)}. Chốt số {taken.number}",
    ]


def workbook(figures: Figures, taken: Taken, people: Grid | None = None, why_not: str = "") -> bytes:
    """Every table on a sheet of its own, the list of people where there is one, and what each number means."""
    made = grids(figures)
    tabs = [excel.Page(TITLES[key], under(figures, taken, key), made[key]) for key in TITLES if key in made]
    if people is not None:
        listed = [
            under(figures, taken, PEOPLE)[0],
            f"Lập lúc {moment(taken.now)}. Chỉ dùng trong phạm vi quản lý của đồng chí.",
        ]
        place = next((n for n, page in enumerate(tabs) if page.grid.key == "cau-hoi"), len(tabs))
        tabs.insert(place, excel.Page("Danh sách", listed, people))
    tabs.append(excel.Page("Ghi chú số liệu", [], excel.notes(notes(figures, taken, people is not None, why_not))))
    return excel.workbook(tabs, f"Kết quả học tập: {figures.body.name}", figures.campaign.title)


def one_table(ending: str, figures: Figures, taken: Taken, grid: Grid) -> bytes:
    """One table as Word, PDF or Excel."""
    lines = under(figures, taken, grid.key)
    if ending == "xlsx":
        pages = [excel.Page(TITLES.get(grid.key, "Danh sách"), lines, grid)]
        told = notes(figures, taken, grid.key == PEOPLE, "")
        pages.append(excel.Page("Ghi chú số liệu", [], excel.notes(told)))
        return excel.workbook(pages, grid.title, figures.campaign.title)
    tables = word.tables if ending == "docx" else pdf.tables
    return tables(grid.title, lines, [grid], taken.now, landscape=len(grid.columns) > 6)


DEFINED = (
    ("Tổng số", "Người đang được ghi danh trong đợt học, ở đơn vị này và mọi cấp dưới; ai đã rời đợt không tính."),
    (
        "Hoàn thành",
        "Đạt mọi bài tính điểm của lộ trình và bài kiểm tra tổng hợp nếu lộ trình có; gồm cả người được miễn.",
    ),
    ("Đang học", "Đã bắt đầu ít nhất một bài, chưa hoàn thành; gồm cả người có bài chưa đạt."),
    ("Chưa bắt đầu", "Tổng số trừ đi hoàn thành và đang học."),
    ("Tỷ lệ hoàn thành", "Hoàn thành chia cho tổng số."),
    ("Dự báo đến hạn", "Số đã hoàn thành cộng nhịp 7 ngày qua đến hạn; chỉ có khi từ 20 người và từ 7 ngày số liệu."),
    ("Tình trạng", "So dự báo với chỉ tiêu: kịp hạn, sát hạn (thấp hơn tới 8 điểm), trễ hạn; quá hạn là sau ngày hạn."),
    ("Đạt, chưa đạt (theo bài)", "Kết quả tốt nhất của mỗi người ở phần kiểm tra cuối bài; đã đạt thì không mất."),
    ("Tỷ lệ trả lời đúng ngay lần đầu", "Trong các câu trả lời đầu tiên của mỗi người, phần trả lời đúng."),
    (
        "Điểm TB",
        "Điểm trung bình, thang điểm 10, của lần làm đầu tiên; theo đơn vị: ở bài kiểm tra tổng hợp nếu lộ trình có.",
    ),
    ("Điều khoản", "Các điều khoản có câu hỏi được trả lời đúng ít nhất ngay lần đầu; ô là phần trả lời đúng."),
    ("Tỷ lệ sai", "Trong các câu trả lời đầu tiên cho một câu hỏi, phần trả lời chưa đúng."),
    ("Ô trống", "Không có gì để chia, hoặc nhóm dưới 5 người nên không hiện kết quả."),
)


def notes(figures: Figures, taken: Taken, names: bool, why_not: str) -> list[tuple[str, str]]:
    """Ghi chú số liệu."""
    campaign = figures.campaign
    made = [
        ("Đơn vị", figures.body.name),
        ("Đợt học", f"{campaign.title}: từ {day(campaign.from_on)} đến {day(campaign.due_on)}"),
        ("Khóa học", campaign.course),
        ("Chỉ tiêu", f"{campaign.target_percent}%"),
        ("Số chốt", f"{taken.number}: ai mở lại số này cũng thấy đúng các số này"),
        ("Số liệu đến", closing(figures, taken.at)),
        ("Người xuất", f"{taken.name}, lúc {moment(taken.now)}"),
    ]
    if figures.answers_at:
        made.append(("Số liệu về câu trả lời", f"tính đến {answers_until(figures)}; tổng hợp hằng giờ"))
    if names:
        told = f"Trạng thái lúc {moment(taken.now)}; ô bài để trống là chưa học. Lần tải này được ghi vào nhật ký."
    else:
        told = why_not or "Không có tên người: tên do lãnh đạo trực tiếp của mỗi đơn vị xem."
    made.append(("Danh sách", told))
    return [*made, *DEFINED]
