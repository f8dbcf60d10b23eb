"""Giấy xác nhận hoàn thành as PDF: set by typst from `confirmation.typ`, with the fonts that lie beside it."""

import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from quizapp.clock import day_of
from quizapp.web.formats import grouped, points

TITLE = "Giấy xác nhận hoàn thành"
QR_MILLIMETRES = 30  # the symbol itself; the quiet zone stands around it
QUIET = 4  # modules, as ISO/IEC 18004 asks
_HERE = Path(__file__).parent


def pdf(says: Mapping[str, Any], code: str, at: datetime, address: str) -> bytes:
    """One A4 page, lying: what the confirmation ``says``, its code, and the ``address`` where anyone can check it.

    No emblem: it is a receipt, not a degree. Dated by ``at``, so the same confirmation gives the same file.
    """
    import typst  # 50 MB that a process needs only once it prints

    square, quiet = _qr(address)
    data = {
        "title": TITLE,
        "name": says["name"],
        "place": ", ".join(part for part in (says["body"], says["above"]) if part),
        "course": says["course"],
        "result": result(says),
        "campaign": says["campaign"],
        "day": f"ngày {day_in_words(at)}",
        "code": grouped(code),
        "address": address,
        "qr": square,
        "symbol": QR_MILLIMETRES,
        "quiet": quiet,
    }
    made = typst.compile(
        _HERE / "confirmation.typ",
        root=_HERE,
        font_paths=[_HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def result(says: Mapping[str, Any]) -> str | None:
    """Kết quả, as 27/30; None where the confirmation was given without marks."""
    return f"{points(says['earned'])}/{points(says['possible'])}" if "earned" in says else None


def day_in_words(at: datetime) -> str:
    """As documents write a day: 0 before days under ten and the months one and two. Source: Nghị định 30/2020."""
    day = day_of(at)
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d} tháng {month} năm {day.year}"


def _qr(address: str) -> tuple[str, float]:
    """The square as SVG with its quiet zone, and how many millimetres that zone is wide."""
    import segno

    code = segno.make_qr(address, error="m")
    out = io.BytesIO()
    code.save(out, kind="svg", border=QUIET, dark="#211B17", light=None, xmldecl=False, svgns=True)
    modules = code.symbol_size(border=0)[0]
    return out.getvalue().decode(), QR_MILLIMETRES * QUIET / modules
