"""`quizapp check`: counts again from the facts and finds what does not agree."""

import sqlalchemy as sa
from installations import begin_a_unit, place_of

from quizapp.clock import today
from quizapp.database import db
from quizapp.learning.models import CountChange, UnitStateRow


def test_what_agrees_is_said_to_agree(site, office):
    with site.app.app_context():
        begin_a_unit(office)
    result = place_of(site).quizapp("check")
    assert (result.exit_code, result.stdout) == (0, "Số đếm và trạng thái khớp với dữ kiện.\n")


def test_a_wrong_count_and_a_wrong_state_are_told(site, office):
    with site.app.app_context():
        begin_a_unit(office)
        row = {"campaign_id": office["campaign"], "body_id": office["chi-bo-1"], "unit": "*", "state": "completed"}
        db.session.execute(sa.insert(CountChange), [row | {"day": today(), "change": 1}])
        db.session.execute(sa.update(UnitStateRow).where(UnitStateRow.unit == "*").values(state="completed"))
        db.session.commit()
    result = place_of(site).quizapp("check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    counted = [line for line in lines if "đang ghi 1, đếm lại từ dữ kiện được 0" in line]
    assert len(counted) == 3, "of the branch and the two bodies above it"
    assert any("ghi danh" in line for line in lines)
