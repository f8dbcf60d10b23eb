"""Addresses and what they lead to: Werkzeug's map, without what it finds out anew for every request and never changes."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flask import Request
from werkzeug.routing import MapAdapter, Rule

ADDRESSES = 4096  # kept as built, of units and documents; kept as matched, of those asked for lately
HOSTS = 64  # names that this site is asked for by
STRANGE = 900_000_000_000_000  # a number that no path holds by itself


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


class Routes:
    """Which view an address belongs to, looked up once for each address and method."""

    def __init__(self, bind: Callable[[Request], MapAdapter | None]) -> None:
        self._bind = bind
        self._hosts: dict[tuple[str | None, ...], MapAdapter] = {}
        self.known: dict[tuple[str, str], tuple[Rule, Mapping[str, Any]]] = {}

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
        key = self.path_info, self.default_method
        found = self._known.get(key)
        if found is None:
            found = super().match(return_rule=True)  # a missing page raises
            if len(self._known) >= ADDRESSES:
                self._known.clear()
            self._known[key] = found
        rule, values = found
        return rule, dict(values)
