"""So sánh văn bản: what a draft changes of a document, part by part, in the words of whoever reads it."""

from collections.abc import Iterator
from datetime import date

from quizapp.courses import comparing, queries
from quizapp.courses.comparing import Change
from quizapp.library import drafting
from quizapp.library import queries as library
from quizapp.library.drafting import HEAD, Body
from quizapp.web.formats import day


def changes(old: Body | None, new: Body) -> Iterator[Change]:
    """Part by part, in the new one's order; then what is gone."""
    before = _told(old) if old else {}
    after = _told(new)
    for name, (title, fields) in after.items():
        lines = comparing.fields(before[name][1] if name in before else {}, fields)
        if any(line.changed for line in lines):
            yield Change(name, title, "changed" if name in before else "new", tuple(lines))
    for name, (title, fields) in before.items():
        if name not in after:
            yield Change(name, title, "gone", tuple(comparing.fields(fields, {})))
    was, now = ([name for name in one if name in before and name in after] for one in (before, after))
    if was != now:
        lines = comparing.fields(*({"Thứ tự": " · ".join(after[name][0] for name in names)} for names in (was, now)))
        yield Change("order", "Thứ tự các mục", "changed", tuple(lines))


def _told(body: Body) -> dict[str, tuple[str, dict[str, str]]]:
    """Part -> what it is called, and its fields as people read them."""
    head, named = drafting.part(body, HEAD) or {}, queries.task_words()
    validity = head["validity"]
    fields = {
        "Loại": head["kind"],
        "Số, ký hiệu": head["number"],
        "Ngày ban hành": _day(head["issued_on"]),
        "Cơ quan ban hành": head["issuer"],
        "Tên": head["title"],
        "Nhiệm vụ": named.get(head.get("task") or "", head.get("task") or ""),
        "Nói về điều gì": head["about"],
        "Hiệu lực": library.VALIDITY[validity["state"]],
        "Xem xét đến ngày": _day(validity["as_of"]),
        "Ghi chú hiệu lực": validity["note"],
        "Căn cứ": validity["source"],
    }
    found = {HEAD: ("Thông tin văn bản", {label: text for label, text in fields.items() if text})}
    for node in drafting.nodes(body):
        one = node.data
        told = {"Mục": one["label"], "Tiêu đề": one.get("title"), "Tóm tắt": one["summary"]}
        told |= {"Đối chiếu": "đã đối chiếu" if one["verified"] else "chưa đối chiếu"}
        told |= {f"Nguồn {n}": source for n, source in enumerate(one.get("sources") or (), 1)}
        told |= {"Ghi chú": one.get("note")}
        found[node.anchor] = (str(one["label"]), {label: text for label, text in told.items() if text})
    return found


def _day(iso: str | None) -> str:
    return day(date.fromisoformat(iso)) if iso else ""
