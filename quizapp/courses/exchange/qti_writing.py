"""Câu hỏi -> gói QTI 2.2: an item a question, the manifest with categories and tags, the pictures beside them.

The shape is that of imsqti_v2p2.xsd and imscp_v1p1.xsd; a case is one item with several interactions.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from quizapp.courses.exchange.carried import tags_of_all, with_reasons
from quizapp.courses.exchange.markup import title_of
from quizapp.courses.exchange.qti_items import TOOL
from quizapp.courses.exchange.qti_parts import Answer, answers, body, shown
from quizapp.courses.exchange.xml_source import tag, words
from quizapp.domain.interchange import Offered

_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p2"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
_LOM = "http://ltsc.ieee.org/xsd/LOM"
_TEMPLATES = "http://www.imsglobal.org/question/qti_v2p2/rptemplates/"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_LEVELS = re.compile(r"(?<!/)/(?!/)")


def unwritable(item: Offered) -> None:
    """Every question can be written."""


def losses(item: Offered) -> list[str]:
    """Nothing of it is left out."""
    return []


def write(items: Iterable[Offered]) -> bytes:
    """The package, the same bytes for the same questions."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        resources = []
        for n, item in enumerate(map(_with_reasons, items), 1):
            name = f"cau-{n:04}"
            resources.append(_resource(item, name))
            _put(archive, f"items/{name}.xml", (_HEAD + _item(item, name)).encode())
            for picture in item.pictures:
                _put(archive, f"media/{name}/{picture.name}", picture.data)
        _put(archive, "imsmanifest.xml", (_HEAD + _manifest(resources)).encode())
    return file.getvalue()


def _with_reasons(item: Offered) -> Offered:
    return with_reasons(item.model_copy(update={"parts": tuple(map(with_reasons, item.parts))}))


def _put(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    info = zipfile.ZipInfo(path)  # of 1980: the bytes depend on nothing but the questions
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _manifest(resources: list[str]) -> str:
    about = tag("metadata", tag("schema", "QTIv2.2 Package"), tag("schemaversion", "1.0.0"))
    held = tag("resources", *resources) if resources else tag("resources")
    inside = "\n".join([about, tag("organizations"), held])
    return f'<manifest xmlns="{_CP}" identifier="MANIFEST">\n{inside}\n</manifest>\n'


def _resource(item: Offered, name: str) -> str:
    path = f"items/{name}.xml"
    files = [tag("file", href=path), *(tag("file", href=f"media/{name}/{one.name}") for one in item.pictures)]
    return "\n" + tag("resource", _lom(item), *files, identifier=name, type="imsqti_item_xmlv2p2", href=path)


def _lom(item: Offered) -> str:
    general = [
        tag("title", _string(title_of(item))),
        *(tag("keyword", _string(one)) for one in tags_of_all(item, but=("unit", "ordered"))),
    ]
    parts = [tag("general", *general)]
    if item.category:
        purpose = tag("purpose", tag("source", "LOMv1.0"), tag("value", "discipline"))
        levels = [tag("taxon", tag("entry", _string(level))) for level in _LEVELS.split(item.category)]
        parts.append(tag("classification", purpose, tag("taxonPath", tag("source", _string(TOOL)), *levels)))
    return tag("metadata", tag("lom", *parts, xmlns=_LOM))


def _string(text: str) -> str:
    return tag("string", words(text), language="vi")


def _item(item: Offered, name: str) -> str:
    found = answers(item)
    inside = [
        *(one.declaration() for one in found),
        *_outcomes(item, found),
        tag("itemBody", *body(item, found, f"../media/{name}/")),
        *_processing(item, found),
        *_modal(item, found, f"../media/{name}/"),
    ]
    attributes = {
        "identifier": name,
        "title": words(title_of(item)),
        "adaptive": "false",
        "time_dependent": "false",
        "label": item.id,
        "tool_name": TOOL,
    }
    opening = tag("assessmentItem", **attributes).removesuffix("/>")
    place = f'xmlns="{_QTI}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{_QTI} {_QTI.replace("/xsd/", "/xsd/qti/qtiv2p2/")}.xsd"'
    return "\n".join([f'{opening} {place} xml:lang="vi">', *inside, "</assessmentItem>", ""])


def _outcomes(item: Offered, found: list[Answer]) -> Iterator[str]:
    if found:
        nought = tag("defaultValue", tag("value", "0"))
        yield tag("outcomeDeclaration", nought, identifier="SCORE", cardinality="single", base_type="float")
    for one in found:
        if one.fed_back:
            yield tag("outcomeDeclaration", identifier=one.outcome, cardinality=one.shown, base_type="identifier")
    for name, _ in _solutions(item):
        yield tag("outcomeDeclaration", identifier=name, cardinality="single", base_type="identifier")


def _solutions(item: Offered) -> Iterator[tuple[str, str]]:
    """(outcome, text) of the general feedback: of the item, or of each question of a situation."""
    told = [("SOLUTION", item.feedback), *((f"SOLUTION{n}", one.feedback) for n, one in enumerate(item.parts, 1))]
    yield from ((name, text) for name, text in told if text)


def _processing(item: Offered, found: list[Answer]) -> list[str]:
    """A standard template where one says it all; else the steps."""
    solutions = list(_solutions(item))
    if len(found) == 1 and not found[0].fed_back and not solutions and not found[0].margin:
        name = "map_response" if found[0].marks else "match_correct"
        return [tag("responseProcessing", template=_TEMPLATES + name)]
    steps = [step for one in found for step in one.steps()]
    for name, _ in solutions:
        steps.append(tag("setOutcomeValue", tag("baseValue", name.lower(), base_type="identifier"), identifier=name))
    return [tag("responseProcessing", *steps)] if steps else []


def _modal(item: Offered, found: list[Answer], media: str) -> Iterator[str]:
    for one in found:
        for name, text in one.fed_back.items():
            yield _feedback(one.outcome, name, text, media)
    for name, text in _solutions(item):
        yield _feedback(name, name.lower(), text, media)


def _feedback(outcome: str, name: str, text: str, media: str) -> str:
    return tag("modalFeedback", shown(text, media), outcome_identifier=outcome, identifier=name, show_hide="show")
