"""Hình trong Word: each stands in the text as one letter that no document has, until the question is put together."""

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from quizapp.courses.exchange.pictures import NoPicture, checked
from quizapp.courses.exchange.texts import escaped
from quizapp.domain.interchange import Offered, OfferedPicture, retold

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_FIRST = 0xF0000  # the plane of private letters
_LETTER = re.compile("[\U000f0000-\U000fffff]")
SEEN = ("PNG", "JPEG", "GIF")  # what every Word shows


class Pictures:
    """The pictures of a document: their bytes by name, and which of them each letter stands for."""

    def __init__(self, archive: zipfile.ZipFile, targets: Mapping[str, str]):
        self.archive, self.targets = archive, targets
        self.files: dict[str, OfferedPicture] = {}
        self.letters: list[tuple[str, str]] = []  # name, words in its place

    def letters_of(self, drawing: Any) -> tuple[str, list[str]]:
        """The letters for the pictures of a drawing, and what of it cannot be taken."""
        ids = [one.get(f"{_R}embed") or one.get(f"{_R}link") for one in drawing.iter(f"{_A}blip")]
        ids += [one.get(f"{_R}id") for one in drawing.iter() if one.tag.endswith("}imagedata")]
        told, lost = "", []
        for target in (self.targets.get(one or "", "") for one in ids):
            name = posixpath.basename(target)
            try:
                told += self._letter(self._checked(_file_name(drawing) or name, target), _words(drawing))
            except NoPicture as why:
                lost.append(f"hình {name} ({why})" if name else "hình nằm ngoài tệp")
        return told, lost if ids else ["hình vẽ hoặc đối tượng của Word"]

    def _checked(self, name: str, target: str) -> str:
        picture = checked(name, self.archive.read(target) if target in self.archive.namelist() else b"")
        while picture.name in self.files and self.files[picture.name].data != picture.data:
            picture = picture.model_copy(update={"name": f"x{picture.name}"})
        self.files[picture.name] = picture
        return picture.name

    def _letter(self, name: str, alt: str) -> str:
        self.letters.append((name, alt))
        return chr(_FIRST + len(self.letters) - 1)

    def placed(self, item: Offered) -> Offered:
        """The question with its pictures in the place of their letters."""
        used: dict[str, OfferedPicture] = {}

        def shown(found: re.Match[str]) -> str:
            n = ord(found[0]) - _FIRST
            if n >= len(self.letters):
                return ""
            name, alt = self.letters[n]
            used[name] = self.files[name]
            return f"![{escaped(alt)}]({name})"

        item = retold(item, lambda text: _LETTER.sub(shown, text))
        return item.model_copy(update={"pictures": tuple(used.values())})


def _file_name(drawing: Any) -> str:
    """What the file was called where the document says it, without its ending: Word may keep another kind."""
    told = next((one.get("name") or "" for one in drawing.iter(f"{_DRAWN}docPr")), "")
    return told.rpartition(".")[0] if re.fullmatch(r"[\w -]+\.(?:png|jpe?g|gif|webp)", told, re.IGNORECASE) else ""


def _words(drawing: Any) -> str:
    """What the author of the document has said in the picture's place."""
    told = [one.get("descr") or "" for one in drawing.iter(f"{_DRAWN}docPr")]
    told += [one.get("alt") or "" for one in drawing.iter() if one.tag.endswith("}shape")]
    return " ".join(" ".join(told).replace("[", "(").replace("]", ")").split())[:200]


def as_word_shows(data: bytes) -> bytes:
    """The picture in a format that every Word knows: what is none of these (WebP) as PNG."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        if image.format in SEEN:
            return data
        out = io.BytesIO()
        image.save(out, "PNG")
    return out.getvalue()
