"""How templates are rendered: Jinja as Flask sets it up, with one dictionary of globals for all templates."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Pages(Environment):
    """Jinja lays each template's own globals over the environment's and compares the two at every import.

    Ours have none of their own; sharing the one dictionary spares every page that work.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if d is None else super().make_globals(d)
