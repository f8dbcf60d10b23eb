"""Thông báo về dữ liệu cá nhân: the text that comes with the program; and the clock of a request about one's data."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

FIRST = """Hệ thống ghi lại: bài đã học, câu trả lời, điểm và thời điểm nộp. Thủ trưởng trực tiếp thấy kết quả của đồng chí; \
cấp trên chỉ thấy số liệu tổng hợp. Chúng tôi không theo dõi thao tác nào khác.

Để giữ an toàn cho tài khoản, hệ thống còn ghi các lần đăng nhập và các lần đăng nhập sai. Mục nào đã đọc, câu nào đã gặp \
và thời gian trả lời từng câu được giữ để đồng chí học tiếp đúng chỗ và không gặp lại câu cũ. Nếu đồng chí ghi địa chỉ thư, \
địa chỉ và các lần nhắc học cũng được giữ. Ai xem danh sách có tên đồng chí đều được ghi lại.

Đồng chí xem và tải toàn bộ ở trang “Dữ liệu về tôi”, đề nghị sửa hoặc xóa ở đó và được trả lời trong hai ngày làm việc \
(Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15)."""

WORKING_DAYS = 2
HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2)}  # the same day each year; those of the moon are set by hand


def works(day: date, holidays: Collection[date]) -> bool:
    """Whether offices are open: Monday to Friday, on no holiday."""
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS and day not in holidays


def answer_by(asked: datetime, holidays: Collection[date] = ()) -> datetime:
    """Until when a request is to be answered: the end of the second working day after the day of asking, local time."""
    day, left = asked.date(), WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= works(day, holidays)
    return datetime.combine(day + timedelta(days=1), time(), asked.tzinfo)
