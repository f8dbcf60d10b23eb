"""Tin tuần: short, true, without a person's name."""

from quizapp.clock import now, today
from quizapp.database import db
from quizapp.learning import moves
from quizapp.learning.models import Enrolment
from quizapp.reports import content, figures, queries, weekly


def read(app, office):
    from quizapp.accounts.queries import Scope, SignedIn
    from quizapp.organisation.models import Body

    with app.test_request_context("/"):
        top = db.session.get(Body, office["co-quan"])
        scopes = (Scope("leader", top.id, top.path),)
        who = SignedIn(1, "c", "lanhdao", "Huỳnh Kim Liên", 1, "t", 100, "sang", True, True, True, scopes)
        heading = queries.heading(who, "co-quan", None, today())
        return heading, figures.overview(heading, today()), content.content(heading)


def test_it_says_how_far_whom_to_urge_and_where_to_read_on(app, office):
    with app.app_context():
        moves.leave(db.session.scalars(db.select(Enrolment).filter_by(person_id=office["hocvien2"])).one(), now())
        db.session.commit()
    heading, overview, weak = read(app, office)
    told = weekly.text(heading, overview, weak, today(), "https://hoc.example.vn/theo-doi/co-quan")
    assert "Hoàn thành 0/5 đồng chí (0,0%)." in told
    assert "2 đơn vị cần đôn đốc:\n- Chi bộ 2: 0,0%" in told.replace("- Chi bộ 1: 0,0%\n", "")
    assert told.endswith(
        "https://hoc.example.vn/theo-doi/co-quan\n"
        "Đồng chí thôi nhận tin này bất cứ lúc nào ở https://hoc.example.vn/theo-doi/co-quan/nhac#hang-tuan"
    )
    assert weekly.subject(heading, overview).startswith("Đảng ủy cơ quan Thử Nghiệm: 0,0% hoàn thành, ")
    assert "Trần Quốc An" not in told
    assert max(map(len, told.splitlines())) < 300
