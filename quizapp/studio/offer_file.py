"""Tệp của một lần nhập: what was read, as one zip: the questions, and the pictures as they will be kept."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from quizapp.domain.interchange import Offered
from quizapp.files.pictures import Prepared

_QUESTIONS, _PICTURES, _FOLDER = "cau-hoi.json", "hinh.json", "hinh/"
_AGES = (1980, 1, 1, 0, 0, 0)  # the bytes depend on nothing but what was read


class Twin(BaseModel):
    """Câu gần giống, as kept."""

    text: str
    where: str
    key: str | None = None
    unit_id: int | None = None


class Kept(BaseModel):
    """What was read: the questions in order, judged; twins by the place of the question."""

    model_config = ConfigDict(extra="forbid")
    items: list[Offered]
    twins: dict[int, Twin]


_NO_PICTURES: Any = {"items": {"__all__": {"pictures": True, "parts": {"__all__": {"pictures"}}}}}


def packed(kept: Kept, pictures: Mapping[str, Prepared]) -> bytes:
    """What was read as bytes to keep."""
    out = io.BytesIO()
    told = {name: [one.source_sha256, one.extension, one.width, one.height] for name, one in pictures.items()}
    with zipfile.ZipFile(out, "w") as archive:
        _put(archive, _QUESTIONS, kept.model_dump_json(exclude=_NO_PICTURES).encode(), zipfile.ZIP_DEFLATED)
        _put(archive, _PICTURES, json.dumps(told).encode(), zipfile.ZIP_DEFLATED)
        for name, one in pictures.items():
            _put(archive, _FOLDER + name, one.data, zipfile.ZIP_STORED)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes, how: int) -> None:
    info = zipfile.ZipInfo(name, _AGES)
    info.compress_type = how
    archive.writestr(info, data, compresslevel=1)


class Unpacked:
    """The same again; a picture is looked for when it is asked for."""

    def __init__(self, data: bytes):
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.kept = Kept.model_validate_json(self.archive.read(_QUESTIONS))
        self.told: dict[str, list[Any]] = json.loads(self.archive.read(_PICTURES))

    def picture(self, name: str) -> Prepared | None:
        """The picture of that name; None where there is none."""
        if name not in self.told:
            return None
        source, extension, width, height = self.told[name]
        return Prepared(source, self.archive.read(_FOLDER + name), extension, width, height)

    def pictures(self) -> dict[str, Prepared]:
        """All pictures by name."""
        return {name: one for name in self.told if (one := self.picture(name))}
