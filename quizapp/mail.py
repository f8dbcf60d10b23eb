"""Thư: outbox rows, written with the data they announce; `deliver` claims each, then sends it.

A claim is committed before the sending begins. So a mail whose process died in between is never sent a second time by
itself: it becomes "unknown" and is shown to a person. What certainly did not go is tried again, later and later.
"""

import hashlib
import hmac
import re
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.clock import VIETNAM, now
from quizapp.config import Settings
from quizapp.database import Base, db, insert, one_of, table
from quizapp.domain.reminders import when_loud

WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]  # then it has failed
FORGOTTEN = timedelta(minutes=10)  # a claim older than this belongs to a process that is gone
HELPING = timedelta(seconds=5)  # of one run: other work has its turn, too
AT_ANY_HOUR = ("test",)  # kinds of letters that somebody waits for
TIMEOUT = 30  # seconds that a server may take to answer


class MailState(StrEnum):
    """Tình trạng: chờ gửi, đang gửi, đã gửi, không rõ, không gửi được."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Channel(StrEnum):
    MAIL = "mail"
    WEBHOOK = "webhook"


class Outbox(Base):
    """Thư đi: one message; address and text are emptied once it is sent, the subject stays."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.UniqueConstraint("kind", "about", "day"),
        sa.Index("ix_outbox_waiting", "state", "not_before"),
        one_of("state", MailState),
        one_of("channel", Channel),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    about: Mapped[str]  # what it is about, e.g. "person:7": with kind and day it is there once
    day: Mapped[date]
    channel: Mapped[str] = mapped_column(default=Channel.MAIL.value)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)  # None: to no person
    address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default=MailState.QUEUED.value)
    not_before: Mapped[datetime]
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    queued_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    problem: Mapped[str | None]


@dataclass(frozen=True)
class Letter:
    """What is to be sent. ``about`` and ``kind`` make it unique for its day."""

    kind: str
    about: str
    person_id: int | None
    address: str
    subject: str
    text: str
    channel: Channel = Channel.MAIL


def put(letters: list[Letter], day: date, at: datetime, not_before: datetime | None = None) -> int:
    """Xếp thư vào hàng, in the transaction of whoever announces something; how many were not there yet."""
    common = {"day": day, "state": MailState.QUEUED.value, "tries": 0, "queued_at": at, "not_before": not_before or at}
    rows = [vars(letter) | common | {"channel": letter.channel.value} for letter in letters]
    added = 0
    for start in range(0, len(rows), 500):
        new = insert(table(Outbox)).values(rows[start : start + 500]).on_conflict_do_nothing()
        added += len(db.session.execute(new.returning(table(Outbox).c.id)).all())
    return added


# --- sending ---------------------------------------------------------------------------------------------------


class Later(Exception):
    """It certainly did not go; another try may help."""


class Never(Exception):
    """It certainly did not go, and another try would end the same way."""


class Unknown(Exception):
    """It may have gone, or not."""


class Sender(Protocol):
    """Takes one message to where it goes; raises Later, Never or Unknown."""

    def send(self, row: Outbox) -> None: ...

    def close(self) -> None: ...


def deliver(senders: Mapping[str, Sender], quiet: bool = False) -> int:
    """Gửi thư: claim and send what waits, oldest first, for a few seconds; how many were sent.

    ``quiet``: these are the quiet hours; what the day has left over waits until they end.
    """
    note_forgotten()
    until, sent = now() + HELPING, 0
    try:
        while now() < until and (row := _claim(senders, quiet)) is not None:
            sent += _send(senders[row.channel], row)
    finally:
        for sender in senders.values():
            sender.close()
    return sent


def note_forgotten() -> None:
    """Claims of a process that died: a mail's fate is unknown; a webhook is called again, since its id makes it one."""
    gone = sa.update(Outbox).where(Outbox.state == MailState.CLAIMED.value, Outbox.claimed_at < now() - FORGOTTEN)
    why = "Máy chủ dừng giữa lúc gửi."
    unknown = {"state": MailState.UNKNOWN.value, "ended_at": now(), "problem": why}
    mail = db.session.execute(gone.where(Outbox.channel == Channel.MAIL.value).values(unknown).returning(Outbox.id))
    again = gone.where(Outbox.channel == Channel.WEBHOOK.value).values(state=MailState.QUEUED.value)
    calls = db.session.execute(again.returning(Outbox.id))
    if mail.all() or calls.all():
        db.session.commit()
    else:
        db.session.rollback()  # do not hold the place of a writer


def _claim(senders: Mapping[str, Sender], quiet: bool) -> Outbox | None:
    """The oldest message that may go now, claimed in a transaction of its own."""
    disturbs = sa.and_(Outbox.channel == Channel.MAIL.value, Outbox.kind.not_in(AT_ANY_HOUR))
    oldest = (
        sa.select(Outbox.id)
        .where(Outbox.state == MailState.QUEUED.value, Outbox.not_before <= now(), Outbox.channel.in_(senders))
        .where(~disturbs if quiet else sa.true())
        .order_by(Outbox.not_before, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = db.session.scalar(oldest)
    if found is None:
        db.session.rollback()
        return None
    row = db.session.get_one(Outbox, found, populate_existing=True)
    row.state, row.claimed_at, row.tries = MailState.CLAIMED.value, now(), row.tries + 1
    db.session.commit()
    return row


def _send(sender: Sender, row: Outbox) -> int:
    state, problem = MailState.SENT, None
    try:
        sender.send(row)
    except Never as no:
        state, problem = MailState.FAILED, str(no)
    except Unknown as doubt:
        state, problem = MailState.UNKNOWN, str(doubt)
    except Later as no:
        state, problem = (MailState.FAILED if row.tries > len(WAITS) else MailState.QUEUED), str(no)
    _note(row, state, problem)
    return int(state is MailState.SENT)


def _note(row: Outbox, state: MailState, problem: str | None) -> None:
    """What became of it, in a transaction of its own; only while the claim is still ours."""
    values: dict[str, Any] = {"state": state.value, "problem": problem and problem[:500]}
    if state is MailState.QUEUED:
        at = now() + WAITS[row.tries - 1]
        disturbs = row.channel == Channel.MAIL.value and row.kind not in AT_ANY_HOUR
        values["not_before"] = when_loud(at.astimezone(VIETNAM)) if disturbs else at
    else:
        values["ended_at"] = now()
    if state is MailState.SENT:
        values |= {"address": "", "text": ""}  # what has been said need not be kept
    mine = sa.update(Outbox).where(Outbox.id == row.id, Outbox.state == MailState.CLAIMED.value)
    db.session.execute(mine.where(Outbox.tries == row.tries).values(values))
    db.session.commit()


def settle(message_id: int, again: bool, at: datetime) -> bool:
    """A person decides about one whose fate is unknown or that failed: send it again, or leave it; False: too late."""
    stuck = (MailState.UNKNOWN.value, MailState.FAILED.value)
    mine = sa.update(Outbox).where(Outbox.id == message_id, Outbox.state.in_(stuck))
    if again:
        values = {"state": MailState.QUEUED.value, "tries": 0, "not_before": at, "ended_at": None, "problem": None}
    else:
        values = {"state": MailState.SENT.value, "ended_at": at, "address": "", "text": ""}
    return bool(db.session.execute(mine.values(values).returning(Outbox.id)).all())


def senders(settings: Settings) -> dict[str, Sender]:
    """By channel, as the environment has set them; a channel without one keeps its messages waiting."""
    mail: Sender = Smtp(settings.mail, settings.mail_from) if settings.mail else Console()
    found: dict[str, Sender] = {Channel.MAIL.value: mail}
    if settings.webhook:
        found[Channel.WEBHOOK.value] = Webhook(settings.webhook, settings.webhook_secret)
    return found


def outgoing(settings: Settings) -> dict[str, str]:
    """Where messages go, by the hosts alone: "" where nothing is set."""
    mail, webhook = urlsplit(settings.mail).hostname or "", urlsplit(settings.webhook).hostname or ""
    return {"mail": mail, "sender": settings.mail_from, "webhook": webhook}


# --- SMTP, console ---------------------------------------------------------------------------------------------


class Console:
    """Prints mail: what an installation without a mail server does."""

    def send(self, row: Outbox) -> None:
        print(f"--- Thư đến {row.address}: {row.subject}\n{row.text}\n---", flush=True)

    def close(self) -> None:
        pass


class Smtp:
    """One connection for a run. ``url``: smtp://user:password@host:587 (STARTTLS where offered) or smtps://…"""

    def __init__(self, url: str, sender: str):
        self.at, self.sender = urlsplit(url), sender
        self._open: smtplib.SMTP | None = None

    def send(self, row: Outbox) -> None:
        message = self._message(row)
        server = self._connected()
        with self._known_not_gone():
            _expect(server.mail(parseaddr(self.sender)[1]))
            _expect(server.rcpt(row.address))
            server.putcmd("data")
            _expect(server.getreply(), 354)
        self._hand_over(server, message)

    def _message(self, row: Outbox) -> bytes:
        message = EmailMessage()
        host = parseaddr(self.sender)[1].partition("@")[2]
        try:
            message["From"], message["To"], message["Subject"] = self.sender, row.address, row.subject
        except ValueError as error:
            raise Never(f"Địa chỉ thư không dùng được: {error}") from None
        message["Date"] = format_datetime(row.queued_at)
        message["Message-ID"] = f"<quizapp-{row.id}-{row.queued_at:%Y%m%d%H%M%S}@{host}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(row.text)
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))

    def _hand_over(self, server: smtplib.SMTP, message: bytes) -> None:
        """From the first byte of the text on, a broken line leaves us in doubt."""
        quoted = re.sub(rb"(?m)^\.", b"..", message).removesuffix(b"\r\n")
        try:
            server.send(quoted + b"\r\n.\r\n")
            reply = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unknown(f"Mất kết nối sau khi đã chuyển thư: {error}") from None
        _expect(reply)

    @contextmanager
    def _known_not_gone(self) -> Iterator[None]:
        try:
            yield
        except (Later, Never):
            self._reset()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Later(f"Máy chủ thư không trả lời: {error}") from None

    def _reset(self) -> None:
        try:
            if self._open is not None:
                self._open.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _connected(self) -> smtplib.SMTP:
        if self._open is None:
            try:
                self._open = self._connect()
            except smtplib.SMTPAuthenticationError:
                raise Later("Máy chủ thư không nhận tên và mật khẩu trong QUIZAPP_MAIL.") from None
            except (OSError, smtplib.SMTPException) as error:
                raise Later(f"Không kết nối được máy chủ thư {self.at.hostname}: {error}") from None
        return self._open

    def _connect(self) -> smtplib.SMTP:
        host, safe = self.at.hostname or "", ssl.create_default_context()
        if self.at.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, self.at.port or 465, timeout=TIMEOUT, context=safe)
        else:
            server = smtplib.SMTP(host, self.at.port or 587, timeout=TIMEOUT)
        try:
            server.ehlo_or_helo_if_needed()
            encrypted = self.at.scheme == "smtps"
            if not encrypted and server.has_extn("starttls"):
                server.starttls(context=safe)
                server.ehlo()
                encrypted = True
            if self.at.username:
                if not encrypted and host not in ("127.0.0.1", "::1", "localhost"):
                    raise smtplib.SMTPException("máy chủ không mã hóa đường truyền, nên không gửi mật khẩu")
                server.login(unquote(self.at.username), unquote(self.at.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def close(self) -> None:
        if self._open is not None:
            try:
                self._open.quit()
            except (OSError, smtplib.SMTPException):
                self._open.close()
            self._open = None


def _expect(reply: tuple[int, bytes], wanted: int = 250) -> None:
    code, words = reply
    if code == wanted or (wanted == 250 and code == 251):
        return
    said = f"Máy chủ thư trả lời {code} {words.decode(errors='replace')[:200]}"
    raise Never(said) if code >= 500 else Later(said)


# --- webhook ---------------------------------------------------------------------------------------------------


class _Straight(urllib.request.HTTPRedirectHandler):
    """A signed call goes where it was set to go, and nowhere else."""

    def redirect_request(self, *args: Any) -> None:
        return None


class Webhook:
    """POSTs the text, JSON without names, signed: HMAC-SHA256 of "timestamp.body" with the shared secret.

    The receiver recognises a repeated call by X-Quizapp-Delivery, so one that is in doubt is made again.
    """

    def __init__(self, url: str, secret: str):
        self.url, self.secret = url, secret
        self._opener = urllib.request.build_opener(_Straight)

    def send(self, row: Outbox) -> None:
        stamp = str(int(now().timestamp()))
        body = row.text.encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "quizapp",
            "X-Quizapp-Delivery": str(row.id),
            "X-Quizapp-Timestamp": stamp,
            "X-Quizapp-Signature": "sha256=" + sign(self.secret, stamp, body),
        }
        call = urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310 - checked at the start
        try:
            with self._opener.open(call, timeout=TIMEOUT):
                pass
        except urllib.error.HTTPError as error:
            said = f"Nơi nhận webhook trả lời {error.code}"
            error.close()
            raise (Never if 400 <= error.code < 500 and error.code not in (408, 429) else Later)(said) from None
        except OSError as error:
            raise Later(f"Không gọi được webhook: {error}") from None

    def close(self) -> None:
        pass


def sign(secret: str, stamp: str, body: bytes) -> str:
    """The signature of a call, in hexadecimal digits; receivers compute the same."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
