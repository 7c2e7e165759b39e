"""Signals that end a run: turned into one exception, so that the way out is the usual one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from nbcluster.errors import ExitCode


class Ended(BaseException):
    """A signal asked the program to end; ``code`` is the exit code. No ``Exception``: nothing on the way may keep it."""

    def __init__(self, code: ExitCode) -> None:
        super().__init__(code.name)
        self.code = code


def _ending() -> dict[int, ExitCode]:
    found = {int(signal.SIGTERM): ExitCode.TERMINATED}
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None:
        found[int(hangup)] = ExitCode.HANGUP
    return found


@contextmanager
def ending_signals() -> Iterator[list[ExitCode]]:
    """Raise ``Ended`` in the block for SIGTERM and SIGHUP; yields the codes of the signals that came."""
    came: list[ExitCode] = []
    codes = _ending()

    def end(number: int, _frame: FrameType | None) -> None:
        came.append(codes[number])
        if len(came) == 1:
            raise Ended(codes[number])

    before = {number: signal.signal(number, end) for number in codes}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def held_signals() -> Iterator[None]:
    """Let a block finish before an ending signal or an interrupt takes effect."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in (*_ending(), int(signal.SIGINT))}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])
