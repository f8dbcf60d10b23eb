"""Signed files for tests: real PDFs and DOCX, and what only looks like them."""

import io
import zipfile
from pathlib import Path

import docx
import typst
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

FONTS = Path(__file__).parent.parent / "quizapp" / "learning" / "fonts"
RULE = """QUY ĐỊNH
về việc thử nghiệm

Chương I
QUY ĐỊNH CHUNG

Điều 1. Phạm vi
Quy định này nêu trách nhiệm của cán bộ, đảng viên trong việc thử nghiệm phần mềm học tập.

Điều 3. Cần, kiệm, liêm, chính
1. Cán bộ phải tận tụy với công việc.
2. Không tham ô, lãng phí, không nhận quà tặng trái quy định.
a) Trả lại ngay;
b) Báo cáo cấp trên.

Điều 4. Hiệu lực
Quy định này có hiệu lực từ ngày ký."""


def pdf(text=RULE):
    """A PDF with a text layer, as an office program writes it."""
    paragraphs = "\n\n".join(line.replace("#", "\\#") for line in text.split("\n") if line)
    return typst.compile(f"#set page(width: 12cm)\n{paragraphs}".encode())


def written(change=lambda writer: None):
    """A PDF of one empty page: what a scan without letters is like."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    change(writer)
    writer.write(out)
    return out.getvalue()


def with_script(writer):
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)


def word(text=RULE, **parts):
    """A DOCX; ``parts``: further parts of the zip, or others in place of its own."""
    out, document = io.BytesIO(), docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(out)
    return repacked(out.getvalue(), parts) if parts else out.getvalue()


def repacked(data, parts):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def types(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("[Content_Types].xml").decode()
