"""PDF: the same documents and tables as in Word, set by typst from `official.typ` and `tables.typ` with the fonts beside them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from quizapp.reports.paper import qr
from quizapp.reports.paper.document import Block, Official, Paragraph, Table
from quizapp.reports.paper.grid import Grid, said

_HERE = Path(__file__).parent


def official(document: Official, at: datetime) -> bytes:
    """Báo cáo, as `word.official` sets it."""
    data = {
        "title": document.title,
        "layout": document.layout.value,
        "form": asdict(document.form),
        "head": asdict(document.head),
        "blocks": [_block(block) for block in document.blocks],
        "recipients": list(document.recipients),
        "signer": [asdict(run) for run in document.signer],
        "annexes": [
            {"number": annex.number, "title": annex.title, "blocks": [_block(block) for block in annex.blocks]}
            for annex in document.annexes
        ],
        "attached": [asdict(run) for run in document.attached],
        "footer": document.footer,
        "address": document.address,
        "qr": qr.svg(document.address) if document.address else "",
    }
    return _set("official.typ", data, at)


def tables(title: str, lines: Sequence[str], grids: Sequence[Grid], at: datetime, landscape: bool = True) -> bytes:
    """Tables one below the other, as `word.tables` sets them."""
    data = {"title": title, "lines": list(lines), "grids": [_grid(grid) for grid in grids], "landscape": landscape}
    return _set("tables.typ", data, at)


def _set(template: str, data: dict[str, Any], at: datetime) -> bytes:
    import typst  # 50 MB that a process needs only once it prints

    made = typst.compile(
        _HERE / template,
        root=_HERE,
        font_paths=[_HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"style": block.style.value, "runs": [asdict(run) for run in block.runs]}
    assert isinstance(block, Table)
    return {"style": "table", "caption": block.caption, "grid": _grid(block.grid)}


def _grid(grid: Grid) -> dict[str, Any]:
    kinds = [column.kind for column in grid.columns]
    whole = [*grid.rows, *([grid.total] if grid.total is not None else [])]
    return {
        "title": grid.title,
        "note": grid.note,
        "heads": [column.head for column in grid.columns],
        "widths": [column.width for column in grid.columns],
        "places": [kind.place for kind in kinds],
        "rows": [[said(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in whole],
        "total": grid.total is not None,
    }
