"""The course that ships, read once for all tests of a process; and a part of it, to be imported quickly."""

import re
import shutil
from functools import cache
from pathlib import Path

from quizapp.courses.exchange.files import Contents, read_folder

CONTENT = Path(__file__).parent.parent / "content" / "cv-1248"
FEW = {"bai-0": "00-khoi-dong", "bai-6": "06-nhung-nhieu", "bai-8": "08-quy-dinh-144", "bai-10": "10-tuyen-truyen"}
_CITED = re.compile(r"[a-z0-9-]+(?=#)|(?<=document: )[a-z0-9-]+")
_LIST = re.compile(r"units: \[(.*?)\]")


@cache
def shipped() -> Contents:
    return read_folder(CONTENT)


def few_units(folder: Path) -> Path:
    """A folder of content like the one that ships, but of four units and what they cite; a test may spoil it."""
    course = folder / CONTENT.name
    shutil.copytree(
        CONTENT, course, ignore=lambda at, names: set(names) - {*FEW.values()} if at.endswith("units") else ()
    )
    head = course / "course.yaml"
    told = _LIST.sub(lambda listed: f"units: [{', '.join(_kept(listed[1]))}]", head.read_text(encoding="utf-8"))
    head.write_text(told, encoding="utf-8")
    texts = [file.read_text(encoding="utf-8") for file in (head, *course.glob("units/*/*"))]
    cited = {code for text in texts for code in _CITED.findall(text)}
    for document in course.glob("library/*.yaml"):
        if document.stem not in cited:
            document.unlink()
    return folder


def _kept(listed: str) -> list[str]:
    return [key for key in listed.split(", ") if key in FEW]
