"""How templates are rendered: Jinja as Flask sets it up, without what it asks anew for each page and never changes."""

import re
from collections.abc import Callable, Iterator, MutableMapping
from functools import lru_cache
from typing import Any

from flask import has_request_context
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

TEXTS, SHORT = 8192, 200  # texts kept as escaped, of at most so many characters
FIXED = frozenset({"asset", "icon", "svg_icon", "url_for"})
_DONG_CHI = re.compile("([Đđ]ồng chí)")


@lru_cache(TEXTS, typed=True)
def _escaped(value: Any) -> Markup:
    return escape(value)


def _text(value: Any) -> Markup:
    """What `escape` gives; most of what a page shows is short and was shown before."""
    if type(value) is Markup:
        return value
    if (type(value) is str and len(value) <= SHORT) or type(value) is int:
        return _escaped(value)
    return escape(value)


class Values(Context):
    """What a page knows. Jinja looks at everything that a template calls, whether it wants this; nothing of ours does."""

    def call(self, called: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
        options.pop("_block_vars", None)
        options.pop("_loop_vars", None)
        return called(*args, **options)


class Page(Template):
    """A template that imports macros without comparing globals: there is one dictionary of them for all templates."""

    @classmethod
    def from_code(cls, *args: Any, **options: Any) -> Template:
        made = super().from_code(*args, **options)
        made.root_render_func.__globals__["escape"] = _text  # what the compiled template calls for each value
        return made

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        return super()._get_default_module()


class Fixed(NodeTransformer):
    """Icons, files and addresses named in full are the same on every page: they are asked for when a template is compiled."""

    def __init__(self, known: MutableMapping[str, Any]) -> None:
        self._known = known

    def visit_Call(self, call: nodes.Call) -> nodes.Node:
        self.generic_visit(call)
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        named = [one for one in call.args if isinstance(one, nodes.Const)]
        if name not in FIXED or len(named) < len(call.args) or call.kwargs or call.dyn_args or call.dyn_kwargs:
            return call
        return nodes.Const(self._known[name](*(one.value for one in named)), lineno=call.lineno)


class Whole(CodeGenerator):
    """A block and the template that it stands in are given on as one text each.

    Jinja hands every piece of a page up through all the templates that it extends, one after the other.
    """

    def writeline(self, x: str, *args: Any, **options: Any) -> None:
        parts = x.removeprefix("yield from ")
        super().writeline(x if parts == x else f"yield concat({parts})", *args, **options)


class Pages(Environment):
    """Jinja lays each template's own globals over the environment's and compares the two at every import.

    Ours have none of their own; sharing the one dictionary spares every page that work. Templates are files of ours,
    which stay as they are while the process runs.
    """

    template_class = Page
    code_generator_class = Whole
    context_class = Values

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._loaded: dict[str, Template] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if d is None else super().make_globals(d)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = super()._parse(source, name, filename)
        return Fixed(self.globals).visit(parsed) if has_request_context() else parsed

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        if name not in self._loaded or self.auto_reload:
            self._loaded[name] = super()._load_template(name, globals)
        return self._loaded[name]


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
