"""Sheets as offices send them, made in memory."""

import io
import zipfile
from dataclasses import dataclass
from functools import cache

import xlsxwriter


@dataclass(frozen=True)
class Formula:
    """A formula, and the value that Excel last saw in it."""

    text: str
    value: str = ""


def workbook(*sheets, merged=(), widths=None):
    """An .xlsx: each sheet is (name, rows); ``merged``: ranges of the first sheet as (row, column, row, column, text)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": True}) as book:
        for n, (name, rows) in enumerate(sheets):
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, Formula):
                        sheet.write_formula(r, c, value.text, None, value.value)
                    elif value is not None:
                        sheet.write(r, c, value)
            for top, left, bottom, right, text in merged if n == 0 else ():
                sheet.merge_range(top, left, bottom, right, text)
    return out.getvalue()


def people(*rows, head=("STT", "Họ và tên", "Số điện thoại", "Đơn vị", "Chức vụ"), name="Danh sách"):
    """An .xlsx with one sheet of people."""
    return workbook((name, [head, *rows]))


@cache
def bomb(size=400 * 1024 * 1024):
    """A zip that calls itself a workbook and unpacks into far too much."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b'<workbook><sheets><sheet name="A" r:id="rId1"/></sheets></workbook>')
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(size // (1 << 20)):
                part.write(b" " * (1 << 20))
    return out.getvalue()
