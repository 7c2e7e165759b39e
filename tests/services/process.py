"""Child processes that serve a test session: found, started, awaited, stopped by their process id."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
INSTALL = "make servers"
# Outgoing connections are given ports from 32768 on: a server's fixed port there could be taken by a client socket at any moment.
FIRST_PORT, LAST_PORT = 20000, 32000
_handed_out: set[int] = set()


def services_folder() -> Path:
    """Return the folder with what the installer unpacked (``TEST_SERVICES``, else ``.test-services`` in the repository)."""
    return Path(os.environ.get("TEST_SERVICES", REPOSITORY / ".test-services"))


def missing(what: str, install: str = INSTALL) -> BaseException:
    """Return the failure of a test whose server is not installed; it names the command that installs it."""
    return pytest.fail.Exception(f"{what} is not installed; run: {install}", pytrace=False)


def tool(name: str, *folders: str, install: str = INSTALL) -> str:
    """Return the path of a program from PATH or one of the folders; a missing one fails the test."""
    search = os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
    found = shutil.which(name, path=search)
    if found is None:
        raise missing(name, install)
    return found


def wait_until(ready: Callable[[], bool], seconds: float) -> None:
    """Wait until ``ready()``; what does not come true in time fails the test."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, ready
        time.sleep(0.02)


def free_ports(count: int = 1, host: str = "127.0.0.1") -> int:
    """Return the first of ``count`` consecutive TCP ports below 32768 that nothing listens on and no earlier call got."""
    for _ in range(200):
        first = random.randrange(FIRST_PORT, LAST_PORT - count)  # noqa: S311 - a port number is no secret
        ports = range(first, first + count)
        if _handed_out.isdisjoint(ports) and all(_is_free(port, host) for port in ports):
            _handed_out.update(ports)
            return first
    raise RuntimeError("no free ports")


def _is_free(port: int, host: str) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def short_folder(name: str, owner: str | None = None) -> Path:
    """Make an empty folder with a path short enough for Unix sockets, owned by a system user if the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix=f"nbc-{name}-", dir="/tmp"))
    if owner is not None and os.geteuid() == 0:
        own(folder, owner)
    return folder


def own(path: Path, owner: str) -> None:
    """Give a file or folder to a system user; nothing happens if the tests do not run as root."""
    if os.geteuid() == 0:
        try:
            shutil.chown(path, owner, owner)
        except LookupError:
            raise missing(f"the system user {owner}") from None


def as_user(user: str) -> list[str]:
    """Return the words to put before a command so that it runs as a system user and ends with its parent."""
    words = [tool("setpriv"), "--pdeathsig", "TERM"]
    if os.geteuid() == 0:
        words += ["--reuid", user, "--regid", user, "--clear-groups"]
    return [*words, "--"]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a small environment for a server, which takes nothing from the developer's."""
    return {"PATH": "/usr/lib/rabbitmq/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **(extra or {})}


@dataclass(frozen=True)
class Server:
    """A running child process and the file that its output goes to."""

    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Server:
        """Start a server with empty standard input and its output in ``log``."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                list(command), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env or environment()), cwd=cwd
            )
        return cls(process, log)

    def wait_for(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until ``ready()``; a server that ends or is late fails the test with the end of its log."""
        end = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                tail = self.log.read_text(errors="replace")[-3000:]
                raise pytest.fail.Exception(f"{self.process.args!r} did not start:\n{tail}")
            time.sleep(0.02)

    def stop(self, seconds: float = 20, how: int = signal.SIGTERM) -> None:
        """End the process by its id and wait until it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)


def accepts(host: str, port: int) -> bool:
    """Tell whether something accepts a TCP connection."""
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


def remove(folder: Path) -> None:
    """Remove a server's folder."""
    shutil.rmtree(folder, ignore_errors=True)
