"""How templates are rendered: Jinja as Flask sets it up, with one dictionary of globals for all templates."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

_DONG_CHI = re.compile("([Đđ]ồng chí)")


class Pages(Environment):
    """Jinja lays each template's own globals over the environment's and compares the two at every import.

    Ours have none of their own; sharing the one dictionary spares every page that work.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if d is None else super().make_globals(d)


class FormOfAddress(Extension):
    """Where a template says "đồng chí", the page says what is set (filter `addressed`); people, counted, are "người"."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        last = ""
        for token in stream:
            if token.type in ("data", "string") and _DONG_CHI.search(token.value):
                yield from _in_data(token, last) if token.type == "data" else _asked(token.lineno, token.value)
            else:
                yield token
            last = token.type


def _in_data(token: Token, last: str) -> Iterator[Token]:
    for n, part in enumerate(_DONG_CHI.split(token.value)):
        if n % 2:
            counted = n == 1 and last == "variable_end" and token.value.startswith(" đ")
            yield Token(token.lineno, "variable_begin", "{{")
            yield from _asked(token.lineno, part, "counted" if counted else "addressed")
            yield Token(token.lineno, "variable_end", "}}")
        elif part:
            yield Token(token.lineno, "data", part)


def _asked(line: int, text: str, by: str = "addressed") -> Iterator[Token]:
    """("text" | addressed), as the parser reads it."""
    tokens = ("lparen", "("), ("string", text), ("pipe", "|"), ("name", by), ("rparen", ")")
    for kind, value in tokens:
        yield Token(line, kind, value)
