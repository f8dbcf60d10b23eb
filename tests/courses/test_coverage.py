"""Coverage: every provision once, in order, with the sections and questions that rest on it; tasks with their questions."""

from writing import case, course, document, judged, part, single, unit

from quizapp.courses import coverage
from quizapp.domain.content import read_document

CHILDREN = [
    {"anchor": "dieu-1.a", "label": "a", "summary": "Ý một.", "verified": True, "sources": ["bản ký"]},
    {"anchor": "dieu-1.b", "label": "b", "summary": "Ý hai.", "verified": False, "note": "Chưa đối chiếu."},
]
RULE = document(children=CHILDREN)


def on(anchor, question):
    return {**question, "provision": f"144-qd-tw#{anchor}"}


def rows(*units):
    (covered,) = coverage.coverage([RULE], {one.key: one for one in units})
    return {row.provision.anchor: row for row in covered.rows}


def test_every_provision_stands_once_in_reading_order_with_what_rests_on_it():
    told = part(judged("t1", "Nhận quà là sai."))
    asked = on("dieu-1.a", single("c1")), case("th", "Một chiều.", on("dieu-1.a", told), judged("t2", "Đúng."))
    found = rows(unit(*asked), unit(on("dieu-1.a", single("d1")), number=2))
    assert list(found) == ["dieu-1", "dieu-1.a", "dieu-1.b"]
    assert found["dieu-1"].sections == [("bai-1", 1), ("bai-2", 1)]
    assert found["dieu-1"].questions == {"bai-1": ["t2", "dung-1-1", "dung-1-2"]}
    assert found["dieu-1.a"].sections == []
    assert found["dieu-1.a"].questions == {"bai-1": ["c1", "t1"], "bai-2": ["d1"]}
    assert (found["dieu-1"].asked, found["dieu-1"].below) == (3, 3)


def test_two_questions_are_enough_also_below_and_nothing_is_asked_of_what_is_not_verified():
    found = rows(unit(on("dieu-1.a", single("c1")), number=2))
    assert not found["dieu-1.a"].enough
    assert not found["dieu-1"].enough
    assert found["dieu-1.b"].enough
    found = rows(unit(on("dieu-1.a", single("c1")), on("dieu-1.a", judged("c2", "Sai.")), number=2))
    assert found["dieu-1"].enough
    assert found["dieu-1.a"].enough


def test_what_cites_a_provision_that_is_no_more_is_lost_and_counted_nowhere():
    gone = unit(on("dieu-9", single("c1")))
    assert list(coverage.lost([RULE], {"bai-1": gone})) == [("bai-1", "144-qd-tw#dieu-9")]
    assert sum(row.asked for row in rows(gone).values()) == 2
    other = read_document(RULE.model_dump(mode="json") | {"code": "khac"})
    assert len(coverage.coverage([RULE, other], {"bai-1": gone})) == 2


def test_a_task_counts_the_questions_of_its_units_and_of_a_unit_over_all_tasks():
    of_task = unit(single("c1"), task="nam-la")
    final = unit(single("c2"), number=11).model_copy(update={"task": None})
    question = final.questions[0].model_copy(update={"objective": "nam-la"})
    final = final.model_copy(update={"questions": (question,)})
    assert coverage.by_task(course(of_task), [of_task]) == {"nam-la": 3}
    assert coverage.by_task(course(of_task), [of_task, final]) == {"nam-la": 4}
