"""Runs checks in the probe program: at once from the command line, in the background from a front end."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from nbcluster import programs
from nbcluster.checks.conversation import Conversation, known_ids, selects
from nbcluster.checks.results import CheckResult, Report
from nbcluster.targets import Target

if TYPE_CHECKING:
    from nbcluster.checks.background import ProbeProcess

__all__ = ["ProbeProcess", "known_ids", "run_checks", "selects"]

GRACE_SECONDS = 0.7
"""How long after its time-out the program is waited for: starting it takes part of that."""

PARTING_SECONDS = 0.2
LONGEST_LINE = 1024 * 1024
OnResult = Callable[[CheckResult], None]
OnTarget = Callable[[Target, tuple[CheckResult, ...]], None]


def command() -> list[str]:
    """Return the command line of the probe program."""
    return programs.command("nbcluster.probe.server")


def run_checks(
    targets: Sequence[Target],
    *,
    timeout: float = 5.0,
    only: Sequence[str] = (),
    skip: Mapping[str, str] | None = None,
    on_result: OnResult | None = None,
) -> Report:
    """Run the checks of all targets side by side and return the report within ``timeout`` + 1 seconds.

    ``only`` and the keys of ``skip`` (its values are the reasons) are ids or prefixes of whole dotted parts;
    one that matches nothing raises ``NbclusterError``.
    """
    talk = Conversation(targets, timeout, only, skip)
    tell(on_result, talk.opening())
    if not talk.finished:
        end = time.monotonic() + timeout + GRACE_SECONDS
        process = subprocess.Popen(  # noqa: S603 - our own program
            command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=programs.environment()
        )
        try:
            _converse(process, talk, end, on_result)
        finally:
            _part(process)
        tell(on_result, talk.give_up("probe.late" if time.monotonic() >= end else "probe.died"))
    return talk.report()


def _converse(process: subprocess.Popen[bytes], talk: Conversation, end: float, on_result: OnResult | None) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    for stream in (process.stdin, process.stdout):
        os.set_blocking(stream.fileno(), False)
    unsent, pending = bytearray(talk.requests()), b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdin, selectors.EVENT_WRITE)
        selector.register(process.stdout, selectors.EVENT_READ)
        while not talk.finished and (left := end - time.monotonic()) > 0:
            for key, _mask in selector.select(left):
                if key.fileobj is process.stdin:
                    if not _send(process.stdin, unsent):
                        selector.unregister(process.stdin)
                    continue
                data = os.read(process.stdout.fileno(), 65536)
                if not data or len(pending) > LONGEST_LINE:
                    return
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    tell(on_result, talk.feed(line)[0])


def _send(stream: IO[bytes], unsent: bytearray) -> bool:
    try:
        del unsent[: os.write(stream.fileno(), unsent)]
    except BlockingIOError:
        return True
    except BrokenPipeError:
        return False
    return bool(unsent)


def _part(process: subprocess.Popen[bytes]) -> None:
    """Let the program end its children; end it if it does not."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    try:
        process.wait(PARTING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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
