"""Passwords: Argon2id, capped in parallel; which ones are too easy."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from quizapp.domain.vietnamese import fold, nfc

MIN_LENGTH = 8
PARALLEL = 2  # two cores; more at once only makes everyone wait longer, and costs 19 MiB each
PATIENCE = 20.0  # seconds in the queue before the person hears to wait

_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_places = threading.BoundedSemaphore(PARALLEL)

# Own list: libraries know none of these. Compared folded, without digits at the end.
_COMMON = frozenset(
    "matkhau password qwerty qwertyuiop asdfghjkl abc abcd abcdef anhyeuem emyeuanh yeuem yeuanh iloveyou vietnam "
    "kiengiang angiang rachgia phuquoc longxuyen hanoi saigon danganninh congan canbo dangvien tinhuy xinchao khongbiet "
    "toilatoi maiyeu hanhphuc thanhcong giadinh admin administrator hocvien liemchinh chibo".split()
)


class Busy(Exception):
    """Too many people are signing in at this moment."""


@cache
def _dummy() -> str:
    return _hasher.hash("không ai dùng mật khẩu này")


def hash_password(password: str) -> str:
    """The Argon2id hash of a password (NFC)."""
    with _Place():
        return _hasher.hash(nfc(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Takes the same time for an account that does not exist."""
    with _Place():
        try:
            return _hasher.verify(password_hash or _dummy(), nfc(password)) and password_hash is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def weakness(password: str, login: str, name: str) -> str | None:
    """Why a password may not be chosen, as a sentence; None where it may."""
    if len(password) < MIN_LENGTH:
        return f"Mật khẩu cần ít nhất {MIN_LENGTH} ký tự. Một câu ngắn dễ nhớ là tốt nhất."
    if len(password) > 200:
        return "Mật khẩu dài quá 200 ký tự."
    bare = fold(password).replace(" ", "")
    if bare.isdigit() or bare.rstrip("0123456789!@#.*") in _COMMON or len(set(bare)) < 4:
        return "Mật khẩu này dễ đoán. Đồng chí chọn một câu ngắn mà chỉ mình biết."
    if fold(login) in bare or bare in fold(name).replace(" ", ""):
        return "Mật khẩu không được chứa tên đăng nhập hoặc chỉ là họ tên."
    return None


class _Place:
    def __enter__(self) -> None:
        if not _places.acquire(timeout=PATIENCE):
            raise Busy

    def __exit__(self, *args: object) -> None:
        _places.release()
