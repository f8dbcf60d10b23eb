"""Servers to be killed: made once, then forked for each port that is read; prints the child's process id.

What is forked has read nothing and holds no connection: a child opens its own, as a server that starts does.
"""

import gc
import os
import sys
from pathlib import Path

from werkzeug.serving import make_server

from quizapp.config import Settings
from quizapp.rooms import create_app

if __name__ == "__main__":
    url, data = sys.argv[1:3]
    app = create_app(Settings(Path(data), url, "s" * 40))
    gc.freeze()  # as `quizapp run` does: a collection of 0.3 s would fall just into every first answer
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            make_server("127.0.0.1", int(line), app, threaded=True).serve_forever()
        print(child, flush=True)
        os.waitpid(child, 0)
        print("dead", flush=True)
