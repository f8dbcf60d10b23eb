"""A program of its own: reads a PDF or DOCX from its input and prints what it holds as JSON.

It runs apart from the site (`signed_files.read`), with little time and memory, since a file that somebody has sent may take
both without end; so it imports nothing of ours.

{"pages": [text …]} of a PDF, {"paragraphs": [text …], "numbered": n} of a DOCX, or {"refused": a word for why}.
"""

import io
import json
import logging
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

SECONDS, MEMORY = 25, 1 << 30
MOST_PAGES = 800
MOST_LETTERS = 1_000_000
MOST_PARTS, MOST_UNZIPPED = 3000, 150 << 20
_CHUNK = 1 << 20
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


class RefusedFile(Exception):
    """Why the file is not taken: a key of `signed_files.SENTENCES`."""


def main(kind: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable()
    data = sys.stdin.buffer.read()
    try:
        told = pdf(data) if kind == "pdf" else docx(data)
    except RefusedFile as why:
        told = {"refused": str(why)}
    except MemoryError:
        told = {"refused": "large"}
    sys.stdout.write(json.dumps(told))


# --- PDF -------------------------------------------------------------------------------------------------------


def pdf(data: bytes) -> dict[str, Any]:
    """The text layer, page by page; empty pages where there is none."""
    import pypdf
    from pypdf.errors import DependencyError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise RefusedFile("password")
        _refuse_active(reader)
        if not 0 < len(reader.pages) <= MOST_PAGES:
            raise RefusedFile("pages")
        return {"pages": list(_pages(reader))}
    except (RefusedFile, MemoryError):
        raise
    except DependencyError:
        raise RefusedFile("password") from None
    except Exception:  # pypdf raises whatever a broken file makes it stumble over
        raise RefusedFile("broken") from None


def _pages(reader: Any) -> Iterator[str]:
    left = MOST_LETTERS
    for page in reader.pages:
        text = page.extract_text() or ""
        left -= len(text)
        if left < 0:
            raise RefusedFile("large")
        yield text


def _refuse_active(reader: Any) -> None:
    """No scripts, nothing that starts programs, no files inside."""
    root = reader.trailer["/Root"].get_object()
    names = _held(root, "/Names")
    if "/JavaScript" in names or "/EmbeddedFiles" in names or "/AA" in root or _acts(root.get("/OpenAction")):
        raise RefusedFile("active")
    for page in reader.pages[:MOST_PAGES]:
        notes = page.get("/Annots")
        if "/AA" in page or any(_acts(note) for note in (notes.get_object() if notes is not None else ())):
            raise RefusedFile("active")


def _held(group: Any, name: str) -> Any:
    found = group.get(name)
    return {} if found is None else found.get_object()


def _acts(thing: Any) -> bool:
    """Whether an action, or a note with one, runs something."""
    found = thing.get_object() if thing is not None else None
    if not isinstance(found, dict):
        return False  # an OpenAction that is a page to open at
    action = _held(found, "/A") or found
    return action.get("/S") in ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm") or "/JS" in action


# --- DOCX ------------------------------------------------------------------------------------------------------


def docx(data: bytes) -> dict[str, Any]:
    """The paragraphs in order, those of tables as well; how many are numbered by Word, whose numbers are no text."""
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bomb(archive)
            _refuse_macros(archive)
            root = ElementTree.fromstring(archive.read("word/document.xml"), forbid_dtd=True)
    except DefusedXmlException:
        raise RefusedFile("active") from None
    except (RefusedFile, MemoryError):
        raise
    except Exception:
        raise RefusedFile("broken") from None
    paragraphs = [_text(one) for one in _paragraphs(root)]
    if sum(map(len, paragraphs)) > MOST_LETTERS:
        raise RefusedFile("large")
    return {"paragraphs": paragraphs, "numbered": sum(1 for _ in root.iter(f"{_WORD}numPr"))}


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    """Counts what really comes out, whatever the directory of the zip says."""
    parts, left = archive.infolist(), MOST_UNZIPPED
    if len(parts) > MOST_PARTS:
        raise RefusedFile("large")
    for part in parts:
        with archive.open(part) as file:
            while chunk := file.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise RefusedFile("large")


def _refuse_macros(archive: zipfile.ZipFile) -> None:
    names = {name.lower() for name in archive.namelist()}
    if not {"[content_types].xml", "word/document.xml"} <= names:
        raise RefusedFile("broken")
    types = archive.read("[Content_Types].xml").decode("utf-8", errors="replace")
    active = any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in name for name in names)
    if active or "macroEnabled" in types:
        raise RefusedFile("macros")
    if _MAIN not in types:
        raise RefusedFile("broken")
    links = (archive.read(name).decode(errors="replace") for name in archive.namelist() if name.endswith(".rels"))
    if any(
        "attachedTemplate" in link and ("http:" in link or "https:" in link) and "Template" in link for link in links
    ):
        raise RefusedFile("macros")  # a template from elsewhere brings its macros along


def _paragraphs(node: Any) -> Iterator[Any]:
    """Paragraphs in reading order; of a drawing kept in two ways, the first way alone."""
    for child in node:
        if child.tag.endswith("}Fallback"):
            continue
        if child.tag == f"{_WORD}p":
            yield child
        else:
            yield from _paragraphs(child)


def _text(paragraph: Any) -> str:
    told = []
    for node in paragraph.iter():
        if node.tag == f"{_WORD}t":
            told.append(node.text or "")
        elif node.tag in (f"{_WORD}tab", f"{_WORD}cr", f"{_WORD}br"):
            told.append(" " if node.tag == f"{_WORD}tab" else "\n")
        elif node.tag == f"{_WORD}noBreakHyphen":
            told.append("-")
    return "".join(told)


if __name__ == "__main__":
    main(sys.argv[1])
