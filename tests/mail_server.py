"""A real SMTP server on a port of its own, and a receiver of webhooks; both can be told to fail at any step."""

import base64
import contextlib
import email
import email.policy
import http.server
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any


class Talk(socketserver.StreamRequestHandler):
    """One connection: RFC 5321 as far as a client of ours goes."""

    server: "SmtpServer"

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")

    def handle(self) -> None:
        self.server.connections += 1
        self.say("220 thu.example")
        signed_in = not self.server.password
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            answer = self.server.answers.get(verb.decode())
            if answer == "hang up":
                return
            if answer:
                self.say(answer)
            elif verb == b"EHLO":
                self.say("250-thu.example" if self.server.password else "250 thu.example")
                if self.server.password:
                    self.say("250 AUTH PLAIN")
            elif verb == b"AUTH":
                given = base64.b64decode(line.split()[2]).decode().split("\0")[1:]
                signed_in = given == ["hoc@example.gov.vn", self.server.password]
                self.say("235 xin mời" if signed_in else "535 sai mật khẩu")
            elif verb == b"MAIL" and not signed_in:
                self.say("530 chưa đăng nhập")
            elif verb == b"DATA":
                if not self._take():
                    return
            elif verb == b"QUIT":
                self.say("221 chào")
                return
            else:
                self.say("250 được")

    def _take(self) -> bool:
        self.say("354 mời gửi")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        answer = self.server.answers.get("TEXT")
        if not answer or answer == "hang up":
            made = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(made, EmailMessage)
            self.server.mails.append(made)
        if answer == "hang up":
            return False
        self.say(answer or "250 đã nhận")
        return True


class SmtpServer(socketserver.ThreadingTCPServer):
    """``answers``: verb (or TEXT, the whole of a mail) -> another answer, or "hang up"."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, password: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.password = password
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.connections = 0

    @property
    def url(self) -> str:
        who = f"hoc%40example.gov.vn:{self.password}@" if self.password else ""
        return f"smtp://{who}127.0.0.1:{self.server_address[1]}"


class Hook(http.server.ThreadingHTTPServer):
    """Takes calls; ``status`` is what it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        calls: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Take(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                calls.append((dict(self.headers), body))
                self.send_response(hook.status)
                if hook.status == 302:
                    self.send_header("Location", hook.url + "/khac")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Take)
        self.calls, self.status = calls, 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextlib.contextmanager
def running(server: Any) -> Iterator[Any]:
    """The server, in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
