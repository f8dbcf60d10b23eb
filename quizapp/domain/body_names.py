"""Tên đơn vị as offices write it: the body that is meant, else the nearest ones, by folded name and the one above."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from quizapp.domain.vietnamese import fold

_WORD = re.compile(r"[a-z]+|\d+")
_SPLIT = re.compile(r"\s*[,;·(|>]\s*|\s+[-–]\s+|\s+thuộc\s+|\s+trực thuộc\s+", re.IGNORECASE)
# Each stands for the same words in every office's lists; the letters alone ("p", "x") do not, and are left out.
ABBREVIATIONS = {
    "cb": "chi bo", "du": "dang uy", "db": "dang bo", "dbp": "dang bo phuong", "dbx": "dang bo xa",
    "vp": "van phong", "ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "ubkt": "uy ban kiem tra",
    "btc": "ban to chuc", "btg": "ban tuyen giao", "btgdv": "ban tuyen giao va dan van", "bdv": "ban dan van",
    "mttq": "mat tran to quoc", "ubmttq": "uy ban mat tran to quoc", "ldld": "lien doan lao dong",
    "hnd": "hoi nong dan", "hpn": "hoi phu nu", "hlhpn": "hoi lien hiep phu nu", "ccb": "cuu chien binh",
    "dtn": "doan thanh nien", "thcs": "trung hoc co so", "thpt": "trung hoc pho thong", "th": "tieu hoc",
    "mn": "mam non", "mg": "mau giao", "tt": "trung tam", "tyt": "tram y te", "ttyt": "trung tam y te",
    "bv": "benh vien", "bvdk": "benh vien da khoa", "ca": "cong an", "qs": "quan su", "bch": "ban chi huy",
    "kp": "khu pho", "tp": "thanh pho", "tx": "thi xa", "dk": "dac khu", "cq": "co quan", "nv": "noi vu",
    "stc": "so tai chinh", "snv": "so noi vu", "tu": "tinh uy", "qlda": "quan ly du an", "tccb": "to chuc can bo",
}  # fmt: skip
NEAR = 0.42  # below, a likeness is chance


@dataclass(frozen=True)
class Place:
    """A body as it can be meant: its code, its name, the names above it from the nearest up, the folded former names."""

    code: str
    name: str
    above: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return " · ".join((self.name, *self.above))


@dataclass(frozen=True)
class Meant:
    """What a text may mean: exactly these bodies (one, where all is well), else the nearest, best first."""

    exact: tuple[Place, ...] = ()
    near: tuple[Place, ...] = ()


@lru_cache(maxsize=65536)
def spelt_out(text: str) -> str:
    """Folded, abbreviations written out, numbers without leading zeros: CB VP 01 -> chi bo van phong 1."""
    words = [str(int(word)) if word.isdigit() else ABBREVIATIONS.get(word, word) for word in _WORD.findall(fold(text))]
    return " ".join(words)


class Places:
    """Bodies to be found by what offices write."""

    def __init__(self, places: Iterable[Place]):
        self._all = list(places)
        self._by_code = {place.code: place for place in self._all}
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for place in self._all:
            self._by_name[fold(place.name)].append(place)
        self._grams: dict[str, list[int]] = defaultdict(list)
        self._sizes: list[int] = []
        for n, place in enumerate(self._all):
            own = _grams(spelt_out(place.name))
            self._sizes.append(len(own))
            for gram in own:
                self._grams[gram].append(n)

    def of_code(self, code: str) -> Place | None:
        """The body of that code."""
        return self._by_code.get(code)

    def meant(self, text: str, parent: str = "") -> Meant:
        """The body that a text means; ``parent``: what stands in the column of the body above, or ""."""
        if found := self._by_code.get(text.strip().lower()):
            return Meant((found,))
        exact = self._exact(text, parent)
        if not exact:
            head, *rest = [part for part in _SPLIT.split(text.rstrip(") ")) if part] or [text]
            exact = self._exact(head, rest[0]) if rest else ()
        if len(exact) == 1:
            return Meant(exact)
        return Meant(exact, exact[:5] or self.near(text, parent))

    def _exact(self, text: str, parent: str) -> tuple[Place, ...]:
        named = self._by_name.get(fold(text), [])
        if parent and len(named) > 1:
            named = [place for place in named if _is_below(place, parent)] or named
        return tuple(named)

    def near(self, text: str, parent: str = "", most: int = 3) -> tuple[Place, ...]:
        """The bodies whose names are most like a text, best first."""
        words = spelt_out(text)
        wanted = _grams(words)
        hits = Counter(n for gram in wanted for n in self._grams.get(gram, ()))
        numbers = set(re.findall(r"\d+", words))
        scored = []
        for n, common in hits.most_common(60):
            place = self._all[n]
            score = 2 * common / (len(wanted) + self._sizes[n])
            score -= 0.3 * (numbers != set(re.findall(r"\d+", spelt_out(place.name))))
            score += 0.15 * bool(parent and _is_below(place, parent))
            score += 0.15 * any(spelt_out(name) in words for name in place.above[:1])
            scored.append((-score, n))
        return tuple(self._all[n] for score, n in sorted(scored)[:most] if -score >= NEAR)


def _grams(words: str) -> set[str]:
    padded = f" {words} "
    return {padded[n : n + 3] for n in range(len(padded) - 2)}


def _is_below(place: Place, parent: str) -> bool:
    wanted = spelt_out(parent)
    return any(wanted == above or (len(wanted) > 5 and wanted in above) for above in map(spelt_out, place.above))
