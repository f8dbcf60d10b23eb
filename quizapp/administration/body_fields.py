"""Chọn đơn vị: fields of forms that name bodies: searched for, or reached level by level, without script.

A search is a POST of the same form, so that nothing typed elsewhere is lost; the chosen ones stay there, checked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request
from wtforms import Field, ValidationError

from quizapp.database import LOOKS, end_transaction
from quizapp.organisation import picking
from quizapp.organisation.picking import Choice, Offer
from quizapp.organisation.queries import Scope
from quizapp.web.formats import row_number

MOST = 100  # bodies of one field
_LONGEST = 100  # letters of what is looked for
only_reading = end_transaction  # a POST that only searches gives the writer's place back


def _id(value: str) -> int:
    """The id that a choice stands for; what is none stands for no body."""
    try:
        return row_number(value)
    except ValueError:
        return -1


def _address(more: Iterable[tuple[str, str]]) -> str:
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != LOOKS]
    query = urlencode([*asked, *more])
    return f"{request.path}?{query}" if query else request.path


@dataclass(frozen=True)
class Shown:
    """What the page shows of a field: what was typed, what is chosen, what else there is to choose."""

    typed: str
    chosen: list[Choice]
    offer: Offer
    others: list[Choice]  # of the offer, without the chosen ones


class BodiesField(Field):  # type: ignore[misc]
    """Nhiều đơn vị; ``data`` holds their ids. ``among`` says which ones may be chosen, before the form is validated.

    ``none``: what choosing nothing means, where that is a choice of its own; ``levels``: whether one may open those below.
    """

    several = True
    data: Any

    def __init__(self, label: str, validators: Any = None, none: str = "", levels: bool = True, **kwargs: Any):
        super().__init__(label, validators, **kwargs)
        self.none, self.levels = none, levels
        self._may: tuple[Scope, date] | None = None
        self._also: int | None = None

    def among(self, scope: Scope, today: date, also: int | None = None) -> None:
        """Open bodies of a scope; ``also`` one that may have ended."""
        self._may, self._also = (scope, today), also

    def process_formdata(self, valuelist: list[str]) -> None:
        ids = list(dict.fromkeys(_id(value) for value in valuelist if value))
        self.data = ids if self.several else next(iter(ids), None)

    @property
    def ids(self) -> list[int]:
        """What is chosen."""
        return list(self.data or ()) if self.several else [self.data] if self.data else []

    def _sent(self, part: str) -> str:
        return " ".join(request.form.get(f"{self.name}-{part}", "").split())[:_LONGEST]

    @property
    def typed(self) -> str:
        """What is looked for; nothing where a level was opened instead."""
        return self._sent("tim") if self._sent("xem") in ("", "tim") else ""

    @property
    def asking(self) -> bool:
        """Whether other choices are asked for: by a button, or by words that no list has been shown for yet."""
        return bool(self._sent("xem")) or self.typed != self._sent("da-tim")

    @property
    def address(self) -> str:
        """Where the form goes."""
        return _address(())

    @property
    def looking(self) -> str:
        """Where it goes to look for other choices: nothing is written there."""
        return _address([(LOOKS, "1")])

    def pre_validate(self, form: Any) -> None:
        if len(self.ids) > MOST:
            raise ValidationError(f"Chọn nhiều nhất {MOST} đơn vị. Chọn một cấp trên thì có mọi cấp dưới.")
        if len(self._chosen()) < len(self.ids):
            raise ValidationError("Chọn một mục trong danh sách.")

    def _among(self) -> tuple[Scope, date]:
        assert self._may is not None, "say first among which bodies one may choose"
        return self._may

    def _chosen(self) -> list[Choice]:
        return picking.chosen(*self._among(), self.ids[:MOST], self._also)

    def shown(self) -> Shown:
        """For the page; the same few statements however many bodies there are."""
        chosen, typed = self._chosen(), self.typed
        offer = picking.matching(*self._among(), typed) if typed else self._opened()
        others = [one for one in offer.choices if one.id not in self.ids]
        return Shown(typed, chosen, offer, others)

    def _opened(self) -> Offer:
        """The level that a button opens, else the one that was open before, else the highest ones."""
        asked = self._sent("xem") or self._sent("o")
        inside = asked.removeprefix("mo:")
        offer = picking.below(*self._among(), int(inside)) if inside.isdigit() and len(inside) < 19 else None
        return offer or picking.first(*self._among())


class BodyField(BodiesField):
    """Một đơn vị; ``data`` is its id."""

    several = False
