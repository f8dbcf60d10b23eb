"""What is in a file: sheets of a workbook, texts of Word and PDF, pages as an office program lays them out."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from pypdf import PdfReader

A4_POINTS = (595, 842)
WHY_NOT = "no LibreOffice: install libreoffice-writer-nogui and libreoffice-calc-nogui"


def office() -> str:
    """LibreOffice; skips with words where it is missing, unless it is required."""
    found = shutil.which("soffice")
    if found is None:
        required = "office" in os.environ.get("QUIZAPP_TEST_REQUIRED", "")
        (pytest.fail if required else pytest.skip)(WHY_NOT)
    return found


def as_pdfs(files: dict[str, bytes], folder: Path) -> dict[str, PdfReader]:
    """The files as LibreOffice prints them, all in one run: starting it takes longer than any of them."""
    command = [office(), f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "pdf"]
    for name, data in files.items():
        (folder / name).write_bytes(data)
    sources = [str(folder / name) for name in files]
    subprocess.run([*command, "--outdir", str(folder), *sources], check=True, capture_output=True, timeout=180)
    return {name: PdfReader((folder / name).with_suffix(".pdf")) for name in files}


def size_of(page) -> tuple[int, int]:
    return round(float(page.mediabox.width)), round(float(page.mediabox.height))


def pdf_text(data: bytes | PdfReader) -> str:
    reader = data if isinstance(data, PdfReader) else PdfReader(io.BytesIO(data))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def word_text(data: bytes) -> str:
    """The words of a document, a space between paragraphs."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", "", xml.replace("</w:p>", " "))).split())


@dataclass
class Sheet:
    """A sheet: its XML and its cells, row by row; numbers as float, text as str."""

    xml: str
    rows: list[list[float | str | None]]


def workbook(data: bytes) -> dict[str, Sheet]:
    """The sheets by their tabs."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        for n, name in enumerate(names, 1):
            xml = archive.read(f"xl/worksheets/sheet{n}.xml").decode()
            rows = [
                list(map(_cell, re.findall(r"<c .*?(?:/>|</c>)", row))) for row in re.findall(r"<row.*?</row>", xml)
            ]
            found[unescape(name)] = Sheet(xml, rows)
    return found


def _cell(xml: str) -> float | str | None:
    text = re.search(r"<is><t[^>]*>(.*?)</t></is>", xml, re.S)
    value = re.search(r"<v>(.*?)</v>", xml)
    return unescape(text[1]) if text else float(value[1]) if value else None
