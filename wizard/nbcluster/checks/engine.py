"""Runs checks in the probe program: at once from the command line, in the background from a front end."""

from __future__ import annotations

import os
import selectors
import subprocess
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

from nbcluster.answers.targets import Target
from nbcluster.checks.conversation import Conversation, known_ids, selects
from nbcluster.checks.results import CheckResult, Report
from nbcluster.system import programs

if TYPE_CHECKING:
    from nbcluster.checks.background import ProbeProcess

__all__ = ["ProbeProcess", "known_ids", "run_checks", "selects"]

START_SECONDS = 30.0
"""How long the program may take to start: that says something about this machine, nothing about a server."""

GRACE_SECONDS = 0.7
"""How long after its time-out a program that has started is waited for."""

PARTING_SECONDS = 0.2
LONGEST_LINE = 1024 * 1024
LONGEST_NOISE = 4096
OnResult = Callable[[CheckResult], None]
OnTarget = Callable[[Target, tuple[CheckResult, ...]], None]


def command() -> list[str]:
    """Return the command line of the probe program."""
    return programs.command("nbcluster.probe.parent")


def run_checks(
    targets: Sequence[Target],
    *,
    timeout: float = 5.0,
    only: Sequence[str] = (),
    skip: Mapping[str, str] | None = None,
    on_result: OnResult | None = None,
    program: Sequence[str] = (),
) -> Report:
    """Run the checks of all targets side by side and return the report within ``timeout`` + 1 seconds.

    The time counts from when the program has started, for which a machine under load may take ``START_SECONDS``.
    ``only`` and the keys of ``skip`` (its values are the reasons) are ids or prefixes of whole dotted parts;
    one that matches nothing raises ``NbclusterError``. ``program`` is the command line of another program than the probe.
    """
    talk = Conversation(targets, timeout, only, skip)
    tell(on_result, talk.opening())
    if not talk.finished:
        process = subprocess.Popen(  # noqa: S603 - our own program
            list(program) or command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=programs.environment(),
        )
        noise = Noise()
        try:
            reason = _converse(process, talk, noise, on_result)
        finally:
            _part(process, noise)
        tell(on_result, talk.give_up(reason, noise.last))
    return talk.report()


class Noise:
    """What the program wrote to its standard error: the last of it is kept, and none of it goes to a screen."""

    def __init__(self) -> None:
        self._kept = b""

    def take(self, data: bytes) -> None:
        """Keep the end of what came."""
        self._kept = (self._kept + data)[-LONGEST_NOISE:]

    @property
    def last(self) -> str:
        """The last line that says something, not yet cleaned; empty where there is none."""
        return next((line for line in reversed(self._kept.decode("utf-8", "replace").splitlines()) if line.strip()), "")


def _converse(process: subprocess.Popen[bytes], talk: Conversation, noise: Noise, on_result: OnResult | None) -> str:
    """Send the requests and take the results; returns the code for what is missing at the end."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    for stream in (process.stdin, process.stdout, process.stderr):
        os.set_blocking(stream.fileno(), False)
    unsent, pending = bytearray(talk.requests()), b""
    end, begun = monotonic() + START_SECONDS, False
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdin, selectors.EVENT_WRITE)
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while not talk.finished:
            left = end - monotonic()
            # On a machine under load the results may lie there already when this process gets its turn.
            ready = selector.select(max(0.0, left))
            for key, _mask in ready:
                if key.fileobj is process.stdin:
                    if not _send(process.stdin, unsent):
                        selector.unregister(process.stdin)
                    continue
                data = os.read(key.fd, 65536)
                if key.fileobj is process.stderr:
                    noise.take(data)
                    if not data:
                        selector.unregister(process.stderr)
                    continue
                if not data or len(pending) > LONGEST_LINE:
                    return "probe.died"
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    tell(on_result, talk.feed(line)[0])
            if talk.begun and not begun:
                end, begun = monotonic() + talk.timeout + GRACE_SECONDS, True
            elif left <= 0:
                break
    return late(talk)


def late(talk: Conversation) -> str:
    """Return the code for what is missing when the time is over: the program had started, or had not."""
    return "probe.late" if talk.begun else "probe.slow"


def _send(stream: IO[bytes], unsent: bytearray) -> bool:
    try:
        del unsent[: os.write(stream.fileno(), unsent)]
    except BlockingIOError:
        return True
    except BrokenPipeError:
        return False
    return bool(unsent)


def _part(process: subprocess.Popen[bytes], noise: Noise) -> None:
    """Let the program end its children; end it if it does not."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    try:
        process.wait(PARTING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stderr is not None
    with process.stderr as stream:
        noise.take(stream.read(LONGEST_LINE) or b"")


def tell(on_result: OnResult | None, results: Sequence[CheckResult]) -> None:
    """Hand results over to whoever listens."""
    if on_result is not None:
        for result in results:
            on_result(result)


def __getattr__(name: str) -> Any:
    # asyncio costs a tenth of a second, which a run from the command line has no use for.
    if name == "ProbeProcess":
        from nbcluster.checks.background import ProbeProcess

        return ProbeProcess
    raise AttributeError(name)
