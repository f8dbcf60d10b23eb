"""Quản trị: thư: what waits, what did not go, what nobody can know; the address of a person."""

from typing import Any

from flask import render_template, request, url_for

from quizapp.administration import forms, mailing
from quizapp.administration import queries as administration
from quizapp.administration.actions import set_email as write_email
from quizapp.administration.pages import acting, bp, done, one_act, or_404, person_of
from quizapp.clock import today
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user
from quizapp.web.formats import row_number


@bp.get("/thu")
@allow(Role.ADMIN)
def mail() -> Any:
    """Thư đi: first what a person has to decide about."""
    before = request.args.get("truoc", type=row_number)
    page = {
        "stuck": mailing.stuck(current_user, today()),
        "listed": mailing.listed(current_user, today(), before),
        "counts": mailing.counts(current_user, today()),
        "whole": administration.rules_a_root(current_user),
    }
    return render_template("administration/mail.html", states=mailing.STATES, kinds=mailing.KINDS, **page)


@bp.route("/thu/<int:message_id>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def settle_mail(message_id: int) -> Any:
    """Quyết định về một thư không rõ đã đi hay chưa, hoặc không gửi được."""
    row, person = or_404(mailing.one(current_user, message_id, today()))
    form = forms.SettleForm()
    back = url_for(".mail")

    def do() -> Any:
        again = form.what.data == "gui-lai"
        mailing.settle(acting(form.reason.data), row, person, again)
        return done("Đã xếp lại vào hàng chờ gửi." if again else "Đã ghi là không gửi lại.", back)

    who = f"đồng chí {person.name}, {row.address}" if person else mailing.KINDS.get(row.kind, row.kind)
    lede = f"“{row.subject}”, gửi {who}. {row.problem or ''}"
    return one_act(form, f"Thư {mailing.STATES[row.state].lower()}", "Lưu", back, do, lede)


@bp.route("/nguoi-dung/<code>/thu", methods=["GET", "POST"])
@allow(Role.ADMIN)
def set_email(code: str) -> Any:
    """Địa chỉ thư của một người."""
    who = person_of(code)
    form = forms.EmailForm(data={"email": who.email or ""})
    back = url_for(".person", code=code)

    def do() -> Any:
        write_email(acting(form.reason.data), who, form.email.data)
        return done("Đã lưu địa chỉ thư.", back)

    return one_act(form, f"Địa chỉ thư: {who.name}", "Lưu", back, do)
