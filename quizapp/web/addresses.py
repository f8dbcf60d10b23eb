"""Addresses and what they lead to: Werkzeug's map, without what it finds out anew for every request and never changes."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Request
from werkzeug.routing import MapAdapter, Rule

ADDRESSES = 4096  # kept as built, of units and documents; kept as matched, of those asked for lately
HOSTS = 64  # names that this site is asked for by
STRANGE = 900_000_000_000_000  # a number that no path holds by itself
_NUMBER = re.compile("(?<=/)([0-9]{1,15})(?=/|$)")  # as the converter "int" of rooms.py reads it


class Addresses:
    """Paths, each built once: a page has dozens, most of them the last page's.

    Where all values are numbers, the path of one set of them is that of all others, too.
    """

    def __init__(self, build: Callable[..., str]) -> None:
        self._build = lru_cache(ADDRESSES, typed=True)(build)
        self._patterns: dict[tuple[str, ...], str] = {}

    def path(self, endpoint: str, values: dict[str, Any]) -> str:
        """The path of an endpoint, named in full."""
        for value in values.values():
            if type(value) is not int:
                return self._build(endpoint, **values)
        key = (endpoint, *values)
        if key not in self._patterns:
            self._patterns[key] = self._pattern(endpoint, values)
        return self._patterns[key].format_map(values)

    def _pattern(self, endpoint: str, values: dict[str, Any]) -> str:
        strange = {name: STRANGE + n for n, name in enumerate(values)}
        found = self._build(endpoint, **strange)
        for name, number in strange.items():
            found = found.replace(str(number), f"{{{name}}}")
        return found


class Found(NamedTuple):
    """The rule that an address belongs to, the values that stand in its words, and the names of its numbers."""

    rule: Rule
    values: Mapping[str, Any]
    numbers: tuple[str, ...] = ()


class Routes:
    """Which view an address belongs to, looked up once for each method and all addresses that differ by numbers alone."""

    def __init__(self, bind: Callable[[Request], MapAdapter | None]) -> None:
        self._bind = bind
        self._hosts: dict[tuple[str | None, ...], MapAdapter] = {}
        self.known: dict[tuple[str, ...], Found] = {}

    def adapter(self, request: Request) -> MapAdapter | None:
        """As Flask makes it, which looks at the host's name each time."""
        environ = request.environ
        key = environ.get("HTTP_HOST"), environ["wsgi.url_scheme"], environ.get("SCRIPT_NAME")
        if key in self._hosts:
            return _Adapter(self, self._hosts[key], request)
        bound = self._bind(request)  # a name that cannot be one raises
        if bound is not None and len(self._hosts) < HOSTS:
            self._hosts[key] = bound
        return bound


class _Adapter(MapAdapter):
    def __init__(self, routes: Routes, like: MapAdapter, request: Request) -> None:
        host = like.server_name, like.script_name, like.subdomain, like.url_scheme
        super().__init__(like.map, *host, request.path, request.method, request.environ.get("QUERY_STRING"))
        self._known = routes.known

    def match(self, *args: Any, **options: Any) -> Any:
        if args or options != {"return_rule": True}:
            return super().match(*args, **options)
        method, path = self.default_method, self.path_info
        words_and_numbers = _NUMBER.split(path)
        shape, numbers = (method, *words_and_numbers[::2]), words_and_numbers[1::2]
        found = self._known.get(shape) or self._known.get((method, path))
        if found is None:
            rule, values = super().match(return_rule=True)  # a missing page raises
            names = tuple(name for name, value in values.items() if type(value) is int)
            alike = [values[name] for name in names] == [int(number) for number in numbers]
            if len(self._known) >= ADDRESSES:
                self._known.clear()
            found = Found(rule, values, names if alike else ())
            self._known[shape if alike else (method, path)] = found
        return found.rule, {**found.values, **dict(zip(found.numbers, map(int, numbers), strict=False))}
