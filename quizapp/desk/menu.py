"""The menus: what a person may open, in the same order on every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import url_for

from quizapp.accounts.queries import SignedIn
from quizapp.web.access import Role


@dataclass(frozen=True)
class Item:
    """One entry: its name, where it leads, on which pages (or in which room) it is the current one, its picture."""

    name: str
    endpoint: str
    pages: frozenset[str]
    icon: str = ""

    @property
    def address(self) -> str:
        return url_for(self.endpoint)

    def holds(self, endpoint: str | None) -> bool:
        """Whether a page belongs to this entry."""
        return endpoint is not None and bool(self.pages & {endpoint, endpoint.split(".")[0]})


TABS = 5  # more do not fit beside each other on a phone
_LESSONS = frozenset({"learning.units", "learning.unit", "learning.section"})
_LIBRARY = frozenset({"library.index", "library.document", "library.full_text", "signed"})
_RESULTS = frozenset({"desk.results", "learning.why", "attempts.result"})
_HOME = Item("Trang chủ", "desk.home", frozenset({"desk.home"}), "home")
_UNITS = Item("Bài học", "learning.units", _LESSONS, "book")
_DOCUMENTS = Item("Văn bản", "library.index", _LIBRARY, "doc")
_ROOMS = (
    (
        {Role.LEADER, Role.ADMIN},
        Item("Theo dõi", "reports.first", frozenset({"reports", "official", "urging"}), "chart"),
    ),
    ({Role.SECRETARY}, Item("Ghi học trực tiếp", "study.first", frozenset({"study"}), "pen")),
    ({Role.TRAINER, Role.REVIEWER}, Item("Soạn", "studio.desk", frozenset({"studio", "analysis", "printing"}), "pen")),
    ({Role.ADMIN}, Item("Quản trị", "admin.index", frozenset({"admin"}), "keys")),
)
_DELEGATION = Item("Ủy quyền", "delegates.index", frozenset({"delegates"}))


def rooms(who: SignedIn) -> list[Item]:
    """The rooms that a person's roles open."""
    return _rooms(who.roles)


def _rooms(held: frozenset[str]) -> list[Item]:
    return [item for roles, item in _ROOMS if not roles.isdisjoint(held)]


def menu(who: SignedIn, tabs: bool = False, more: bool = False) -> Sequence[Item]:
    """The top menu; the tabs of a phone; or what stands behind one's initials."""
    return _menu(who.roles, tabs, more)


@lru_cache(256)
def _menu(roles: frozenset[str], tabs: bool, more: bool) -> Sequence[Item]:
    mine = _rooms(roles)
    learners = [_HOME, _UNITS, _DOCUMENTS, Item("Kết quả", "desk.results", _RESULTS, "medal")]
    kept = max(2, TABS - len(mine))
    if tabs:
        return [*learners[:kept], *mine][:TABS]
    if more:  # on a phone what has no tab is found here
        own = [_DELEGATION] if Role.LEADER in roles else []
        return [*mine, *own, *learners[kept:], Item("Dữ liệu về tôi", "desk.me", frozenset({"desk.me"}))]
    return [_HOME, _UNITS, Item("Kết quả của tôi", "desk.results", _RESULTS), _DOCUMENTS, *mine]
