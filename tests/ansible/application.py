"""Stand-in for NocoBase: ``application.py DO FOLDER PORT``, DO being start, alone, stop or running.

Serves health in a process of its own until it is stopped. Writes what it did, and which overrides it saw, to ``journal`` beside the
folder. A file ``sick`` in the folder makes it answer 503.
"""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

OVERRIDES = (
    "LOCK_ADAPTER_DEFAULT",
    "CLUSTER_MODE",
    "WORKER_MODE",
    "DISABLE_PKG_DOWNLOAD",
    "SKIP_SAME_VERSION_UPGRADE",
    "NODE_PORT",
)


def serve(folder: Path, port: int) -> None:
    """Answer until the process is ended."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sick = (folder / "sick").exists() or self.path != "/api/__health_check"
            body = b'{"error":{"message":"Invalid pathname"}}' if sick else b"ok"
            self.send_response(503 if sick else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            """Log nothing."""

    http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer).serve_forever()


def process(folder: Path) -> int | None:
    """Return the id of the process that serves, if one does; one that ended and was not waited for does not."""
    try:
        number = int((folder / "pid").read_text())
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return None
    return None if state == "Z" else number


def start(folder: Path, port: int) -> None:
    """Start a process that outlives this one, and wait until it answers."""
    words = [sys.executable, __file__, "serve", str(folder), str(port)]
    nothing = subprocess.DEVNULL
    child = subprocess.Popen(words, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    (folder / "pid").write_text(str(child.pid))
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)


def stop(folder: Path) -> None:
    """End the process and wait until it is gone."""
    number = process(folder)
    if number is not None:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGTERM)
        end = time.monotonic() + 10
        while process(folder) is not None and time.monotonic() < end:
            time.sleep(0.02)


def main() -> int:
    """Do what the command line says."""
    do, folder, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if do == "serve":
        serve(folder, port)
    if do == "running":
        return 0 if process(folder) is not None else 1
    seen = {name: os.environ[name] for name in OVERRIDES if name in os.environ}
    with (folder.parent / "journal").open("a") as journal:
        journal.write(json.dumps([do, folder.name, seen]) + "\n")
    if do in ("start", "alone"):
        start(folder, port)
    if do == "stop":
        stop(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
