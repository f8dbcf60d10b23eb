"""Free ports for real servers, which nobody else is given before the server listens."""

import socket
import sys

_held: list[socket.socket] = []  # until this process ends


def free_port() -> int:
    """A port of the loopback address that is free, and stays so until a server of ours opens it.

    Between being looked for and being opened seconds go by, in which another process may be given the very port. While it
    is bound here the system gives it to nobody; a server that asks for its address by name (SO_REUSEADDR, as all do) may
    have it all the same, as long as nobody listens. Elsewhere than on Linux two cannot be bound at once.
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    port: int = probe.getsockname()[1]
    if sys.platform == "linux":
        _held.append(probe)
    else:
        probe.close()
    return port
