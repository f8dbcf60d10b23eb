"""Static files: hashed names, compressed once, served by WhiteNoise before Flask, immutable.

The built copies stand in a cache folder named after their content, so a second start finds them made.
"""

import functools
import gzip
import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

SOURCE = Path(__file__).parent / "static"
PREFIX = "/tep/"
_REFERENCE = re.compile(r"""(?<=["'(])\.?/?((?:fonts/)?[\w-]+\.(?:woff2|js|svg|css))(?=["')])""")
_TEXT = {".css", ".js", ".svg", ".webmanifest"}


def build(target: Path) -> dict[str, str]:
    """Make the served copies in ``target``; name -> hashed name. Names inside CSS and JS are replaced, too."""
    files = sorted(path for path in SOURCE.rglob("*") if path.is_file())
    files.sort(key=lambda path: (path.suffix in {".css", ".js"}, path.suffix == ".css", path.name))  # referenced first
    names: dict[str, str] = {}
    for path in files:
        name = path.relative_to(SOURCE).as_posix()
        data = path.read_bytes()
        if path.suffix in {".css", ".js"}:
            data = _REFERENCE.sub(lambda m: "./" + names.get(m[1], m[1]), data.decode()).encode()
        hashed = f"{path.stem}.{hashlib.sha256(data).hexdigest()[:10]}{path.suffix}"
        names[name] = hashed
        _write(target / hashed, data, path.suffix in _TEXT)
    return names


def _write(file: Path, data: bytes, text: bool) -> None:
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    if text:
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))
        file.with_name(file.name + ".br").write_bytes(brotli.compress(data, quality=11))
    part = file.with_name(file.name + ".part")
    part.write_bytes(data)
    part.replace(file)  # last, and whole: its presence says that all is there


def _icons(file: str) -> Callable[[str, str], Markup]:
    """``icon(name, look)``: a picture of the sprite, made once for each name and class."""
    svg = Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>')

    @functools.cache
    def icon(name: str, look: str = "i") -> Markup:
        return svg.format(look, file, name)

    return icon


def init_app(app: Flask, cache: Path) -> None:
    """Serve the files and give templates ``asset(name)``."""
    digest = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    folder = cache / f"static-{digest.hexdigest()[:12]}"
    for old in cache.glob("static-*"):
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)
    names = build(folder)
    app.extensions["assets"] = names
    app.jinja_env.globals["asset"] = lambda name: PREFIX + names[name]
    app.jinja_env.globals["icon"] = app.jinja_env.globals["svg_icon"] = _icons(PREFIX + names["icons.svg"])

    def immutable(path: str, url: str) -> bool:
        return True

    noise: Any = WhiteNoise(app.wsgi_app, root=str(folder), prefix=PREFIX, immutable_file_test=immutable)
    app.wsgi_app = noise  # type: ignore[method-assign]
