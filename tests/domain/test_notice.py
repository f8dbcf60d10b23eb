"""Two working days for a request about one's data."""

from datetime import date, datetime

import pytest

from quizapp.clock import VIETNAM
from quizapp.domain.notice import FIRST, answer_by
from quizapp.domain.vietnamese import is_nfc


@pytest.mark.parametrize(
    ("asked", "end", "holidays"),
    [
        ("2026-11-23 09:00", "2026-11-26", ()),  # Monday: Tuesday and Wednesday, to the end of that day
        ("2026-11-25 23:59", "2026-11-28", ()),  # Wednesday
        ("2026-11-26 08:00", "2026-12-01", ()),  # Thursday: Friday and Monday
        ("2026-11-28 08:00", "2026-12-02", ()),  # Saturday
        ("2026-04-29 08:00", "2026-05-06", ()),  # before 30/4 and 1/5
        ("2026-08-31 08:00", "2026-09-04", ()),  # before 2/9
        ("2027-02-04 08:00", "2027-02-16", tuple(date(2027, 2, day) for day in range(5, 12))),  # Tết, as set by hand
    ],
)
def test_the_clock_of_a_request(asked, end, holidays):
    at = datetime.strptime(asked, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)
    assert f"{answer_by(at, holidays):%Y-%m-%d %H:%M}" == f"{end} 00:00"


def test_the_first_notice_names_what_is_kept():
    assert is_nfc(FIRST)
    for word in ("câu trả lời", "đăng nhập", "thời gian trả lời", "địa chỉ thư", "danh sách", "91/2025/QH15"):
        assert word in FIRST
