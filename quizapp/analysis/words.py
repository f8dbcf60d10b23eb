"""Lời và số trên trang phân tích."""

from quizapp.domain.item_quality import Verdict

MARKS = {  # the icon, the colour: never without its words
    Verdict.MEND: ("warn", "tag--warn", "Cần sửa"),
    Verdict.LOOK: ("search", "tag--go", "Cần xem"),
    Verdict.FINE: ("check", "tag--ok", "Ổn"),
    Verdict.TOO_FEW: ("clock", "tag--plain", "Chưa đủ số liệu"),
}


def share(value: float | None) -> str:
    """0.714 -> "71,4%"."""
    return "–" if value is None else f"{100 * value:.1f}%".replace(".", ",")


def whole_share(value: float | None) -> str:
    """0.714 -> "71%"."""
    return "–" if value is None else f"{100 * value:.0f}%"


def percent_of(value: float | None) -> str:
    """18.93 -> "18,9%"."""
    return "–" if value is None else f"{value:.1f}%".replace(".", ",").replace("-", "−")


def correlation(percent: float | None) -> str:
    """-7.07 -> "−0,07"; what rounds to nothing has no sign."""
    if percent is None:
        return "–"
    rounded = round(percent / 100, 2) or 0.0
    return f"{rounded:.2f}".replace(".", ",").replace("-", "−")


def real(value: float | None) -> str:
    """4.6173 -> "4,62"."""
    return "–" if value is None else f"{round(value, 2) or 0.0:.2f}".replace(".", ",").replace("-", "−")


def seconds(value: float | None) -> str:
    """37.5 -> "38 giây"; 130 -> "2 phút 10 giây"."""
    if value is None:
        return "–"
    minutes, rest = divmod(int(value + 0.5), 60)
    return " ".join(
        part for part in (f"{minutes} phút" if minutes else "", f"{rest} giây" if rest or not minutes else "") if part
    )
