"""A terminal with a screen: starts the program in a pseudo terminal, types keys, waits for what is shown."""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pexpect
import pyte

SIZE = (80, 24)
PROGRAM = ("-m", "nbcluster")
SECONDS = 20.0
"""Longest wait for anything; a loaded machine is slow, and nothing here is a measurement."""

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "backtab": "\x1b[Z",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "space": " ",
    "escape": "\x1b",
    "ctrl+c": "\x03",
    "ctrl+d": "\x04",
    "ctrl+q": "\x11",
    "ctrl+u": "\x15",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
}


def _interruptible() -> None:
    """Take interrupts: a shell starts what runs in the background with them ignored, which every child inherits."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """One run of the program in a terminal of its own."""

    def __init__(
        self,
        *arguments: str | Path,
        size: tuple[int, int],
        environment: dict[str, str] | None,
        folder: Path | None,
        program: tuple[str, ...],
    ) -> None:
        columns, rows = size
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        self.status: int | None = None
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            [*program, *map(str, arguments)],
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "CI": "", **(environment or {})},
            cwd=folder,
            dimensions=(rows, columns),
            timeout=SECONDS,
            preexec_fn=_interruptible,
        )
        self._child.delaybeforesend = None
        # A program that asks where the cursor is gets the answer that a terminal gives.
        self.screen.write_process_input = self.send  # type: ignore[method-assign, assignment]  # pyte's way
        self.modes = termios.tcgetattr(self._child.child_fd)

    @property
    def pid(self) -> int:
        """The process id of the program."""
        return int(self._child.pid or 0)

    def text(self) -> str:
        """Return the screen as lines."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float = 0.05) -> bytes:
        """Take what the program has written within some seconds, and return it."""
        try:
            data = bytes(self._child.read_nonblocking(1 << 16, seconds))
        except pexpect.TIMEOUT:
            return b""
        except pexpect.EOF:
            if self.status is None:
                self._child.wait()
                self.status = -int(self._child.signalstatus or 0) or int(self._child.exitstatus or 0)
            return b""
        self.received += data
        self._stream.feed(data)
        return data

    def wait(self, condition: Callable[[], bool], what: str = "a condition") -> None:
        """Read until a condition holds; fails with the screen when the time is over or the program has ended."""
        end = time.monotonic() + SECONDS
        while not condition():
            ended = self.status is not None
            self.read()
            if condition():
                return
            assert not ended, f"ended with {self.status} before {what}:\n{self.text()}"
            assert time.monotonic() < end, f"no {what}:\n{self.text()}"

    def wait_for(self, text: str) -> None:
        """Read until a text stands on the screen."""
        self.wait(lambda: text in self.text(), repr(text))

    def settle(self, quiet: float = 0.25) -> None:
        """Read until nothing is written for a while and the program is idle, not just waiting for CPU time."""
        end = time.monotonic() + SECONDS
        while (self.read(quiet) or self._runs()) and time.monotonic() < end:
            pass

    def _runs(self) -> bool:
        """Tell whether a thread of the program wants to compute (proc(5), the state in stat)."""
        for stat in Path(f"/proc/{self.pid}/task").glob("*/stat"):
            with suppress(OSError):
                if stat.read_text("utf-8").rpartition(")")[2].split()[0] == "R":
                    return True
        return False

    def send(self, text: str | bytes) -> None:
        """Type a text, or bytes, as it is."""
        self._child.send(text)

    def press(self, *keys: str) -> None:
        """Press keys by name, or type text that is no name of a key."""
        for key in keys:
            self.send(KEYS.get(key, key))

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        os.kill(self.pid, number)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        self.screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def alive(self) -> bool:
        """Tell whether the program runs; its terminal can still be asked when it does not."""
        self.read()
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        except ChildProcessError:
            return False

    def modes_now(self) -> list[object]:
        """Return the modes of the line, as ``stty`` shows them."""
        return list(termios.tcgetattr(self._child.child_fd))

    def ended(self) -> int:
        """Read until the program ends; returns its exit code, negative for a signal."""
        self.wait(lambda: self.status is not None, "end of the program")
        assert self.status is not None
        return self.status

    def close(self) -> None:
        """End the program if it runs."""
        if self.status is None:
            self._child.close(force=True)

    def hang_up(self) -> int:
        """Take the terminal away, as a lost connection does; returns the exit code."""
        # Through its owner: it would close the number once more, which may by then be somebody else's.
        owner = self._child.ptyproc  # type: ignore[attr-defined]  # set by pexpect when it starts
        owner.fileobj.close()
        owner.closed = True
        _pid, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        self._child.child_fd = -1
        self._child.closed = True
        self._child.terminated = True
        return self.status


@contextmanager
def terminal(
    *arguments: str | Path,
    size: tuple[int, int] = SIZE,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    program: tuple[str, ...] = PROGRAM,
) -> Iterator[Terminal]:
    """Start the program in a terminal and end it with the block."""
    opened = Terminal(*arguments, size=size, environment=environment, folder=folder, program=program)
    try:
        yield opened
    finally:
        opened.close()
