"""Báo cáo: taking figures as files, making the official report, opening it again, correcting it."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from quizapp.accounts.views import network
from quizapp.clock import day_of, now
from quizapp.courses import queries as courses
from quizapp.reports import content, past, provisions, queries, sheets
from quizapp.reports import figures as counted
from quizapp.reports.official import actions, addendum, files, forms, report, roll
from quizapp.reports.official import queries as kept
from quizapp.reports.official.actions import Of, Who
from quizapp.reports.official.figures import BodyThen, Figures, freeze
from quizapp.reports.official.grids import grids
from quizapp.reports.official.letter import layout_of, offered
from quizapp.reports.official.names import file_name
from quizapp.reports.official.queries import Closed, Issuer, Report
from quizapp.reports.paper import pdf, qr, word
from quizapp.reports.paper.document import Official
from quizapp.reports.paper.grid import said
from quizapp.reports.tables import Heading
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.formats import number, row_number
from quizapp.web.refused import Refused

bp = Blueprint("official", __name__, template_folder="templates")
WRITERS = {"docx": word.official, "pdf": pdf.official}
bp.add_app_template_filter(said)
bp.add_app_template_filter(lambda address: Markup(qr.svg(address)), "qr_svg")  # noqa: S704  # black squares alone


def _who() -> Who:
    return Who(current_user.id, network(), now())


def _of(code: str, dot: str | None, day: date) -> tuple[Issuer, Heading]:
    """The body and the campaign; 404 outside the scope."""
    issuer, heading = kept.issuer(current_user, code), queries.heading(current_user, code, dot, day)
    if issuer is None or heading is None:
        abort(404)
    return issuer, heading


def _freeze(issuer: Issuer, heading: Heading, until: date) -> Figures:
    heading, body = _as_of(issuer, heading, until)
    campaign = heading.campaign
    assert campaign is not None
    course = courses.course_value(campaign.course_revision_id)
    taught = [courses.taught(revision).unit for revision in campaign.units.values()]
    told = counted.overview(heading, until, then=until < day_of(now())), content.content(heading)
    return freeze(heading, *told, provisions.table(heading), body, course.key, taught, until)


def _as_of(issuer: Issuer, heading: Heading, until: date) -> tuple[Heading, BodyThen]:
    """The body as it was called and stood at the end of a day that is over."""
    if until >= day_of(now()):
        return heading, issuer.then
    around = past.then(current_user, issuer.then.code, until)
    if around is None:
        raise Refused(f"Ngày {until:%d/%m/%Y} chưa có {issuer.then.name}. Chọn một ngày sau đó.", request.full_path)
    return replace(heading, body=around.body), issuer.then.model_copy(update={"name": around.body.name})


def _address(code: str) -> str:
    """Where the frozen figures stand, as a phone reads it from paper."""
    return str(current_app.extensions["settings"].public_url) + url_for(".snapshot", code=code)


# --- files -----------------------------------------------------------------------------------------------------


@bp.route("/theo-doi/<code>/tai", methods=["GET", "POST"])
@allow(Role.LEADER, Role.ADMIN)
def take(code: str) -> Any:
    """Tải số liệu: freezes the figures, then leads to the file, so that two people with one number have the same file.

    ``?ngay=``: of a day that is over; ``?bai=``: with the table of one unit by body.
    """
    today = day_of(now())
    issuer, heading = _of(code, request.values.get("dot"), today)
    if heading.campaign is None:
        return render_template("official/none.html", body=issuer.then)
    until, key = _asked_day(heading, today), request.args.get("bai")
    if key is not None and (key not in heading.campaign.units or until < today):
        abort(404)
    wanted, ending = request.form.get("bieu", ""), request.form.get("dang", "")
    whose = roll.Whose(current_user, issuer.path, heading.campaign.id)
    if request.method == "POST":
        if wanted not in files.NAMES or ending not in files.TYPES or (wanted == files.ALL and ending != "xlsx"):
            abort(400)
        figures = _freeze(issuer, heading, until)
        if key is not None:
            name, rows = queries.unit_name(heading, key), counted.unit_below(heading, key, today)
            figures = figures.with_unit(sheets.unit_sheet(name, heading, rows))
        if wanted not in {files.ALL, files.PEOPLE, *grids(figures)}:
            flash("Biểu này chưa có số liệu: chưa đủ lượt làm bài, hoặc chưa đến giờ tổng hợp.")
            return redirect(request.full_path, 303)
        made = actions.close(_who(), Of(issuer.id, heading.campaign.id), figures)
        if wanted == files.PEOPLE and ending == "xlsx" and roll.AT_ONCE < roll.how_many(whose) <= roll.BY_JOB:
            title = f"Danh sách người học: {figures.body.name}"
            job = actions.ask_for_people(_who(), made.code, title, request.path)
            return redirect(url_for("jobs.show", code=job), 303)
        return redirect(url_for(".file", code=made.code, table=wanted, ending=ending), 303)
    named = roll.how_many(whose) if until == today else 0
    page = {"body": issuer.then, "campaign": heading.campaign, "people": named, "dot": request.args.get("dot")}
    page |= {"until": until if until < today else None, "unit": queries.unit_name(heading, key) if key else None}
    return render_template(
        "official/take.html", **page, at_once=roll.AT_ONCE, on_paper=roll.ON_PAPER, by_job=roll.BY_JOB
    )


def _asked_day(heading: Heading, today: date) -> date:
    """The day whose figures are asked for; today where none is named."""
    typed, campaign = request.args.get("ngay", ""), heading.campaign
    assert campaign is not None
    try:
        day = date.fromisoformat(typed) if typed else today
    except ValueError:
        abort(404)
    if not min(campaign.plan.from_on, today) <= day <= today:
        first = campaign.plan.from_on
        raise Refused(f"Đợt học có số liệu từ {first:%d/%m/%Y} đến hôm nay. Chọn một ngày trong đó.", request.path)
    return day


@bp.get("/so-lieu/<code>")
@allow(Role.LEADER, Role.ADMIN)
def snapshot(code: str) -> Any:
    """Số liệu đã chốt: where the QR of a draft leads."""
    closed = kept.snapshot(current_user, code) or abort(404)
    shown = {"closed": closed, "figures": closed.figures, "closing": report.closing(closed.figures, closed.at)}
    shown["as_of"] = {key: report.as_of(closed.figures, key, closed.at) for key in closed.figures.tables}
    return render_template("official/snapshot.html", **shown, grids=grids(closed.figures))


@bp.get("/so-lieu/<code>/<table>.<ending>")
@allow(Role.LEADER, Role.ADMIN)
def file(code: str, table: str, ending: str) -> Any:
    """Một tệp của số liệu đã chốt; names come from today, and only inside `names()`. The log says who took it."""
    closed = kept.snapshot(current_user, code) or abort(404)
    if ending not in files.TYPES or (table == files.ALL and ending != "xlsx"):
        abort(404)
    whose = roll.Whose(current_user, closed.path, closed.campaign_id)
    most = roll.AT_ONCE if ending == "xlsx" else roll.ON_PAPER
    asked = table in (files.ALL, files.PEOPLE)
    seen = roll.whom(whose, most) if asked else ()
    named = len(seen) or (roll.how_many(whose) if asked else 0)
    if table == files.PEOPLE and not seen:
        return _no_list(closed, named, most)
    made = grids(closed.figures)
    if table not in made and table not in (files.ALL, files.PEOPLE):
        abort(404)
    name = file_name(
        files.NAMES[table], closed.figures.campaign.course_key, closed.figures.body.name, closed.at, ending
    )
    who, figures = _who(), closed.figures
    place = figures.body.code, figures.body.name
    actions.note_file(who, name, place, figures.campaign.code, closed.number, seen)
    taken = files.Taken(closed.number, closed.at, current_user.name, who.at)
    people = roll.of_snapshot(whose, closed.figures, wide=ending == "xlsx") if seen else None
    if table == files.ALL:
        data = files.workbook(figures, taken, people, _why_not(named))
    else:
        data = files.one_table(ending, figures, taken, people if table == files.PEOPLE and people else made[table])
    return _sent(data, name, ending)


def _why_not(named: int) -> str:
    if not named:
        return ""
    return f"Có {number(named)} người, nhiều hơn {number(roll.AT_ONCE)}: hãy tải riêng biểu danh sách người học."


def _no_list(closed: Closed, named: int, most: int) -> Any:
    """No names to give, or too many for one file."""
    page = {"body": closed.figures.body, "named": named, "most": most}
    return render_template("official/no_list.html", **page), 404 if not named else 409


def _sent(data: bytes, name: str, ending: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, mimetype=files.TYPES[ending], headers=headers)


# --- reports ---------------------------------------------------------------------------------------------------


@bp.get("/bao-cao")
@allow(Role.LEADER, Role.ADMIN)
def index() -> Any:
    """Báo cáo: those of one's own bodies and all below, the newest first."""
    before = request.args.get("truoc", type=row_number)
    listed, more = kept.listed(current_user, before)
    return render_template("official/index.html", listed=listed, more=more, first=queries.first_body(current_user))


@bp.route("/bao-cao/moi", methods=["GET", "POST"])
@allow(Role.LEADER, Role.ADMIN)
def new() -> Any:
    """Lập báo cáo: freezes the figures and sets them in the layout of whoever issues."""
    today, dot = day_of(now()), request.args.get("dot")
    code = request.args.get("don-vi") or queries.first_body(current_user) or abort(404)
    issuer, heading = _of(code, dot, today)
    campaign = heading.campaign
    if campaign is None:
        return render_template("official/none.html", body=issuer.then)
    letter = issuer.letter or offered(issuer.then)
    about = f"kết quả học tập, kiểm tra nhận thức về {campaign.course.partition(':')[0]}"
    form = forms.ReportForm(data={**forms.typed(letter), "until": today, "about": about})
    if form.sent() and form.within(campaign.plan.from_on):
        figures = _freeze(issuer, heading, form.until.data)
        of = Of(issuer.id, campaign.id)
        made = actions.make_report(_who(), of, figures, form.letter(), form.about.data)
        flash("Đã lập dự thảo. Phần nhận định và kiến nghị để đồng chí viết, những chỗ còn trống được tô vàng.")
        return redirect(url_for(".show", code=made.code), 303)
    page = {"body": issuer.then, "campaign": campaign, "choice": heading.choice, "suits": layout_of(issuer.then.kind)}
    return render_template("official/new.html", form=form, **page, dot=dot, remembered=issuer.letter is not None)


@bp.get("/bao-cao/<code>")
@allow(Role.LEADER, Role.ADMIN)
def show(code: str) -> Any:
    """Xem trước A4, the downloads, the addenda."""
    one = kept.report(current_user, code) or abort(404)
    page = {"report": one, "document": _document(one, draft=True), "addenda": kept.addenda(one.id)}
    return render_template("official/show.html", **page)


@bp.get("/bao-cao/<code>/tai/<ending>")
@allow(Role.LEADER, Role.ADMIN)
def download(code: str, ending: str) -> Any:
    """Tải Word, PDF; ``ban=trinh-ky`` without the footer of a draft."""
    one = kept.report(current_user, code) or abort(404)
    if ending not in WRITERS:
        abort(404)
    figures, closed = one.closed.figures, one.closed
    what = "DinhChinh" if one.is_addendum else "BaoCao"
    name = file_name(what, figures.campaign.course_key, figures.body.name, closed.at, ending)
    place = figures.body.code, figures.body.name
    actions.note_file(_who(), name, place, figures.campaign.code, closed.number, ())
    document = _document(one, draft=request.args.get("ban") != "trinh-ky")
    return _sent(WRITERS[ending](document, one.made_at), name, ending)


def _document(one: Report, draft: bool) -> Official:
    closed, address = one.closed, _address(one.closed.code)
    if one.corrects is None:
        return report.compose(closed.figures, one.letter, one.about, closed.number, closed.at, address, draft)
    old = one.corrects.closed
    numbers, times = (old.number, closed.number), (old.at, closed.at)
    why = one.why or ""
    return addendum.compose(old.figures, closed.figures, one.letter, why, numbers, times, address, draft)


@bp.route("/bao-cao/<code>/dinh-chinh", methods=["GET", "POST"])
@allow(Role.LEADER, Role.ADMIN)
def correct(code: str) -> Any:
    """Lập phụ lục đính chính: the same day counted again; the report itself stays as it is."""
    one = kept.report(current_user, code) or abort(404)
    if one.is_addendum:
        abort(404)
    form, problem = forms.CorrectForm(), None
    if form.sent():
        figures = one.closed.figures
        issuer, heading = _of(figures.body.code, figures.campaign.code, figures.until)
        again = _freeze(issuer, heading, figures.until)
        if again.same_as(figures):
            problem = "Đếm lại, không có số liệu nào khác với báo cáo, nên chưa cần phụ lục."
            return render_template("official/correct.html", form=form, report=one, problem=problem), 409
        of, old = Of(one.closed.body_id, one.closed.campaign_id), (one.id, one.closed.number)
        made = actions.correct(_who(), of, old, again, one.letter, form.why.data)
        flash("Đã lập phụ lục đính chính. Báo cáo cũ giữ nguyên.")
        return redirect(url_for(".show", code=made.code), 303)
    return render_template("official/correct.html", form=form, report=one, problem=problem)
