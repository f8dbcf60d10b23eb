"""Tệp gửi lên: the few pages that take a file may receive more than a form holds; all others keep the usual bound."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

from quizapp.web.asked import the_request

View = TypeVar("View", bound=Callable[..., Any])
AROUND = 64 * 1024  # bytes of the other fields


def takes_file(size: int) -> Callable[[View], View]:
    """Says that a view receives a file of at most so many bytes."""

    def mark(view: View) -> View:
        view.takes = size  # type: ignore[attr-defined]
        return view

    return mark


def takes_text(size: int) -> Callable[[View], View]:
    """Says that a view receives a form with a long text, of at most so many bytes."""

    def mark(view: View) -> View:
        view.takes = view.takes_text = size  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """After the guard, before the first look into the form: whoever may not open the page sends no large file either."""

    @app.before_request
    def widen() -> None:
        asked = the_request()
        if asked.method == "POST" and asked.endpoint is not None:
            view = app.view_functions[asked.endpoint]
            size = getattr(view, "takes", None)
            if size is not None:
                asked.max_content_length = size + AROUND
            if hasattr(view, "takes_text"):
                asked.max_form_memory_size = view.takes_text + AROUND
