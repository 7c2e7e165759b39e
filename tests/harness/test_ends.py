"""No server outlives the tests that started it, even when they are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.services.process import REPOSITORY, accepts, remove, tool

CODE = """
import sys, time
from tests.services.redis_server import start_redis
server = start_redis()
print(server.port, server.server.log.parent, flush=True)
time.sleep(60)
"""


def test_a_killed_run_leaves_no_server() -> None:
    tool("redis-server")
    with subprocess.Popen(
        [sys.executable, "-c", CODE], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=dict(os.environ)
    ) as run:
        assert run.stdout is not None
        first, folder = run.stdout.readline().split()
        port = int(first)
        assert accepts("127.0.0.1", port)
        run.send_signal(signal.SIGKILL)
        run.wait(10)
    end = time.monotonic() + 10
    while accepts("127.0.0.1", port):
        assert time.monotonic() < end, "the server is still there"
        time.sleep(0.02)
    remove(Path(folder))
