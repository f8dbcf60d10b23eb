"""Chạy: the server (granian, one worker with threads) and beside it the work process, started again if it dies."""

import contextlib
import gc
import ipaddress
import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from quizapp.config import BadSetting

THREADS = 8
STOP_SECONDS = 5  # for requests under way; past them the worker is ended
WORK_STOP_SECONDS = 2  # for the job under way, which the next start does again
RESTART_SECONDS = 1.0

log = logging.getLogger(__name__)

Job = tuple[float, Callable[[], object]]  # every so many seconds, what


def address_of(host: str) -> str:
    """The address of a host's name; BadSetting where there is none."""
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
    except (OSError, UnicodeError):
        raise BadSetting(f"Không tìm thấy địa chỉ “{host}”. Dùng --host 127.0.0.1 hoặc địa chỉ của máy này.") from None


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address."""
    return ipaddress.ip_address(address).is_loopback


def is_every(address: str) -> bool:
    """Whether it stands for all addresses of this machine (0.0.0.0, ::): one listens there, and nobody can open it."""
    return ipaddress.ip_address(address).is_unspecified


def port_of(given: str) -> int:
    """The port that a person named."""
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
        raise BadSetting(f"--port phải là một số từ 1 đến 65535, không phải “{given}”.")
    return int(given)


def check_free(address: str, port: int) -> None:
    """BadSetting where nobody could listen there; asked before anything is touched."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            raise BadSetting(
                f"Không được phép dùng cổng {port}. Chọn cổng khác từ 1024 trở lên: --port 8001."
            ) from None
        except OSError as error:
            raise BadSetting(
                f"Không mở được {url(address, port)}: cổng đang có chương trình khác dùng, hoặc địa chỉ không thuộc "
                f"máy này ({error.strerror}). Chọn cổng khác: --port {port + 1 if port < 65535 else 8001}."
            ) from None


@contextmanager
def alone(folder: Path, port: int) -> Iterator[None]:
    """BadSetting where another start has just taken this port for the same data and does not listen yet.

    The lock goes with its process, however that ends; the file stays and means nothing by itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"run-{port}.lock").open("a") as held:
        try:
            _lock(held.fileno())
        except OSError:
            raise BadSetting(
                f"Một lệnh khác vừa chạy trên cổng {port} với chính dữ liệu này. Chờ lệnh ấy, hoặc chọn cổng khác: "
                f"--port {port + 1 if port < 65535 else 8001}."
            ) from None
        yield


def ports_served(folder: Path) -> list[int]:
    """The ports on which this data is served now: those whose locks are held."""
    return [int(file.stem.removeprefix("run-")) for file in sorted(folder.glob("run-*.lock")) if _held(file)]


def _held(file: Path) -> bool:
    with file.open("a") as probe:
        try:
            _lock(probe.fileno())
        except OSError:
            return True
    return False


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def url(address: str, port: int) -> str:
    """What a person types into the browser."""
    if is_every(address):
        address = socket.gethostname() or "localhost"
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def serve(address: str, port: int, ready: Callable[[], object]) -> None:
    """Serve until SIGINT or SIGTERM; gives back when both processes have ended.

    ``ready`` is called once the port is open and both signals are heard: a signal before that would leave a child behind.
    """
    with Helper():
        serve_alone("quizapp:create_app", address, port, ready)


def serve_alone(target: str, address: str, port: int, ready: Callable[[], object] | None = None) -> None:
    """Serve what ``module:factory`` makes, without the work process; tests/bench serves its bare application so, too."""
    with contextlib.suppress(RuntimeError):  # set already
        multiprocessing.set_start_method("spawn")  # a fork would take this process's connections along
    server: Any = Granian(
        target,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    if ready is not None:
        server.on_startup(ready)
    server.serve(target_loader=partial(load, os.getpid(), target), wrap_loader=False)


def load(parent: int, target: str) -> Any:
    """In the worker: the application, which ends with the process that started it."""
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    module, _, name = target.partition(":")
    application = getattr(import_module(module), name)()
    gc.freeze()  # what is there now stays: looking through it for garbage would only hold up requests
    return application


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


class Helper:
    """Keeps one `quizapp work` alive for as long as the server runs."""

    def __init__(self) -> None:
        own = str(os.getpid())
        self.command: Sequence[str] = (sys.executable, "-m", "quizapp.commands", "work", "--child-of", own)
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._watch = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Helper":
        self._watch.start()
        return self

    def _run(self) -> None:
        while not self._stopping.is_set():
            # A session of its own: Ctrl-C is for the server, which then ends the child.
            self._child = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 - our own command
            if self._stopping.is_set():
                self._child.terminate()
            code = self._child.wait()
            if not self._stopping.is_set():
                log.warning("the work process ended with %s and is started again", code)
            self._stopping.wait(RESTART_SECONDS)

    def __exit__(self, *args: object) -> None:
        self._stopping.set()
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
        self._watch.join(WORK_STOP_SECONDS)
        if self._child is not None and self._child.poll() is None:
            self._child.kill()


def work(jobs: Sequence[Job], parent: int | None) -> None:
    """Run each job in its turn until SIGTERM or SIGINT, or until the parent, where there is one, is gone."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping  # an Event could deadlock here: the handler runs inside the main thread's own wait()
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    due = [0.0] * len(jobs)
    while not stopping:
        time.sleep(0.5)
        if parent is not None and os.getppid() != parent:
            return
        for n, (seconds, job) in enumerate(jobs):
            if time.monotonic() >= due[n] and not stopping:
                _run_job(job)
                due[n] = time.monotonic() + seconds


def _run_job(job: Callable[[], object]) -> None:
    try:
        job()
    except Exception:  # the next turn tries again; the truth is in our rows
        log.exception("job %s failed", getattr(job, "__name__", job))
