"""Environment -> settings. A missing or malformed setting stops the start-up with a clear sentence."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class BadSetting(Exception):
    """A setting that cannot be used; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """All that an installation may set."""

    data: Path
    database_url: str
    secret: str
    site_name: str = "Liêm Chính"
    public_url: str = "http://127.0.0.1:8000"
    proxies: int = 0  # how many reverse proxies stand in front and set X-Forwarded-For
    mail: str = ""  # smtp://user:password@host:587; empty: mail is printed
    mail_from: str = "liem-chinh@localhost"
    webhook: str = ""  # where reminders are announced, without names
    webhook_secret: str = ""

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where this installation's data lies; not made here."""
    return Path(environ.get("QUIZAPP_DATA") or "var").absolute()


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; makes the data folder and, once, its secret. BadSetting where it cannot."""
    data = data_folder(environ)
    _make_folder(data)
    return Settings(
        data=data,
        database_url=_database_url(environ.get("QUIZAPP_DATABASE_URL"), data),
        secret=_secret(environ.get("QUIZAPP_SECRET"), data),
        site_name=environ.get("QUIZAPP_SITE_NAME") or "Liêm Chính",
        public_url=_public_url(environ.get("QUIZAPP_PUBLIC_URL") or "http://127.0.0.1:8000"),
        proxies=_count("QUIZAPP_PROXIES", environ.get("QUIZAPP_PROXIES") or "0"),
        mail=_mail(environ.get("QUIZAPP_MAIL") or ""),
        mail_from=_mail_from(environ),
        webhook=_webhook(environ),
        webhook_secret=environ.get("QUIZAPP_WEBHOOK_SECRET") or "",
    )


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = data / f".ghi-thu-{os.getpid()}"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise BadSetting(
            f"Không ghi được vào thư mục dữ liệu {data} ({error.strerror}). "
            "Đặt QUIZAPP_DATA là một thư mục ghi được rồi chạy lại."
        ) from None


def _database_url(given: str | None, data: Path) -> str:
    if not given:
        return f"sqlite:///{data / 'quizapp.db'}"
    try:
        url = make_url(given)
    except ArgumentError:
        raise BadSetting(
            "QUIZAPP_DATABASE_URL không đọc được. Dạng đúng: postgresql://người_dùng:mật_khẩu@máy:5432/tên_cơ_sở_dữ_liệu."
        ) from None
    if url.get_backend_name() not in ("postgresql", "sqlite") or not url.database:
        raise BadSetting("QUIZAPP_DATABASE_URL phải là postgresql://… (hoặc bỏ trống để dùng SQLite có sẵn).")
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _secret(given: str | None, data: Path) -> str:
    if given:
        if len(given) < 32:
            raise BadSetting("QUIZAPP_SECRET quá ngắn: cần ít nhất 32 ký tự ngẫu nhiên.")
        return given
    kept = data / "secret"
    try:
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return kept.read_text(encoding="ascii").strip()


def _public_url(given: str) -> str:
    if not given.startswith(("http://", "https://")):
        raise BadSetting("QUIZAPP_PUBLIC_URL phải bắt đầu bằng http:// hoặc https://.")
    try:
        host = urlsplit(given).hostname
    except ValueError:
        host = None
    if host in (None, "0.0.0.0", "::"):  # noqa: S104 - nobody listens here: it is what nobody can open
        raise BadSetting(
            f"QUIZAPP_PUBLIC_URL phải là địa chỉ mà người học mở được, ví dụ https://hoc.example.gov.vn, không phải {given}."
        )
    return given.rstrip("/")


def _count(name: str, given: str) -> int:
    if not given.isascii() or not given.isdigit():
        raise BadSetting(f"{name} phải là một số nguyên không âm, không phải “{given}”.")
    return int(given)


def _mail(given: str) -> str:
    try:
        parts = urlsplit(given)
        right = not given or (parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        right = False
    if not right:
        raise BadSetting("QUIZAPP_MAIL phải có dạng smtp://tên:mật_khẩu@máy:587 hoặc smtps://tên:mật_khẩu@máy:465.")
    return given


def _mail_from(environ: Mapping[str, str]) -> str:
    """Whom mail comes from: as set, else the account of the mail server, else a name at this site's host."""
    given = environ.get("QUIZAPP_MAIL_FROM") or ""
    if given:
        if not re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", given):
            raise BadSetting("QUIZAPP_MAIL_FROM phải là một địa chỉ thư, ví dụ hoc@example.gov.vn.")
        return given
    user = unquote(urlsplit(environ.get("QUIZAPP_MAIL") or "").username or "")
    host = urlsplit(environ.get("QUIZAPP_PUBLIC_URL") or "").hostname or "localhost"
    return user if "@" in user else f"liem-chinh@{host}"


def _webhook(environ: Mapping[str, str]) -> str:
    given = environ.get("QUIZAPP_WEBHOOK") or ""
    if not given:
        return ""
    loopback = urlsplit(given).hostname in ("127.0.0.1", "::1", "localhost")
    if not given.startswith("https://") and not (given.startswith("http://") and loopback):
        raise BadSetting("QUIZAPP_WEBHOOK phải bắt đầu bằng https:// (http:// chỉ dùng được cho chính máy này).")
    if len(environ.get("QUIZAPP_WEBHOOK_SECRET") or "") < 32:
        raise BadSetting("QUIZAPP_WEBHOOK cần QUIZAPP_WEBHOOK_SECRET, ít nhất 32 ký tự ngẫu nhiên.")
    return given
