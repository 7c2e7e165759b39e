"""Runs checks in the probe program: one run from the command line, or any number of them beside a front end."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import IO, TYPE_CHECKING

from nbcluster.answers.targets import Target
from nbcluster.checks.conversation import Conversation
from nbcluster.checks.results import CheckResult, Report
from nbcluster.system import programs

if TYPE_CHECKING:
    import asyncio

START_SECONDS = 30.0
"""How long the program may take to start: this depends on the machine, not on any server."""

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
    run = Run(Conversation(targets, timeout, only, skip), on_result)
    run.open()
    if not run.ended:
        running = Program(program or command())
        try:
            running.ask(run)
            running.serve(run)
        finally:
            running.close()
        run.give_up(said=running.said)
    return run.talk.report()


class Run:
    """One run in the program: its conversation, its deadline and its callbacks; ``changed`` is called when it has progressed."""

    def __init__(self, talk: Conversation, on_result: OnResult | None, on_target: OnTarget | None = None) -> None:
        self.talk = talk
        self.changed: Callable[[], None] = lambda: None
        self._on_result = on_result
        self._on_target = on_target
        self._end = monotonic() + START_SECONDS

    @property
    def ended(self) -> bool:
        """Whether every target is judged."""
        return self.talk.finished

    def left(self) -> float:
        """Return the seconds until the run is given up: first for the start of the program, then for the checks."""
        return self._end - monotonic()

    def open(self) -> None:
        """Report the results that need no program."""
        self._tell(self.talk.opening())
        for number, work in self.talk.works.items():
            if work.done:
                self._judged(number)

    def begin(self) -> None:
        """Let the time of the checks begin: the program has started."""
        if not self.talk.begun:
            self.talk.begun = True
            self._end = monotonic() + self.talk.timeout + GRACE_SECONDS

    def feed(self, line: bytes) -> None:
        """Take a line of the program."""
        self.begin()
        results, work = self.talk.feed(line)
        self._tell(results)
        if work is not None:
            self._judged(work.number)
        self.changed()

    def give_up(self, reason: str = "", said: str = "") -> None:
        """End what is not judged, for a reason that is a code; without one, because the time is over.

        ``said`` is what the program wrote to its standard error last.
        """
        missing = [number for number, work in self.talk.works.items() if not work.done]
        self._tell(self.talk.give_up(reason or ("probe.late" if self.talk.begun else "probe.slow"), said))
        for number in missing:
            self._judged(number)
        self.changed()

    def _tell(self, results: Sequence[CheckResult]) -> None:
        if self._on_result is not None:
            for result in results:
                self._on_result(result)

    def _judged(self, number: int) -> None:
        work = self.talk.works[number]
        if self._on_target is not None:
            self._on_target(work.target, tuple(work.ordered()))


class Program:
    """The probe program at work: its pipes never block, and what it says goes to the run that asked.

    ``ended`` is called when it has ended of itself. ``flush``, ``hear`` and ``listen`` are for whoever waits for its pipes;
    each tells whether there is more to wait for.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.process = process = subprocess.Popen(  # noqa: S603 - our own program, less what secrets were read from
            list(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=programs.environment(),
        )
        self.stdin, self.stdout, self.stderr = map(_unblocked, (process.stdin, process.stdout, process.stderr))
        self.alive = True
        self.ended: Callable[[], None] = lambda: None
        self._runs: dict[int, Run] = {}
        self._unsent = bytearray()
        self._pending = b""
        self._noise = b""

    @property
    def said(self) -> str:
        """The last line of its standard error that is not blank, uncleaned; it never reaches a screen."""
        return next((line for line in reversed(self._noise.decode("utf-8", "replace").splitlines()) if line.strip()), "")

    def ask(self, run: Run) -> None:
        """Send the requests of a run."""
        self._runs |= dict.fromkeys(run.talk.works, run)
        self._unsent += run.talk.requests()
        self.flush()

    def leave(self, run: Run) -> None:
        """Stop with a run, and what it has under way."""
        for number in run.talk.works:
            self._runs.pop(number, None)
        if self.alive:
            self._unsent += run.talk.cancellation()
            self.flush()

    def serve(self, run: Run) -> None:
        """Wait until a run has ended, or its time is over."""
        with selectors.DefaultSelector() as selector:
            for stream, event, act in (
                (self.stdin, selectors.EVENT_WRITE, self.flush),
                (self.stdout, selectors.EVENT_READ, self.hear),
                (self.stderr, selectors.EVENT_READ, self.listen),
            ):
                selector.register(stream, event, act)
            while not run.ended:
                left = run.left()
                # On a machine under load the results may lie there already when this process gets its turn.
                for key, _event in selector.select(max(0.0, left)):
                    if not key.data():
                        selector.unregister(key.fileobj)
                if left <= 0 and run.left() <= 0:
                    break

    def flush(self) -> bool:
        """Send what the program takes."""
        try:
            while self._unsent and not self.stdin.closed:
                del self._unsent[: os.write(self.stdin.fileno(), self._unsent)]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            self._unsent.clear()
        return False

    def hear(self) -> bool:
        """Read what the program writes, and pass it to the runs."""
        data = _read(self.stdout)
        if data is None:
            return True
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            self._hand_over(line)
        if data and len(self._pending) <= LONGEST_LINE:
            return True
        # It has ended, or wrote a line beyond every limit: something is wrong with it.
        self._die()
        return False

    def listen(self) -> bool:
        """Keep the end of what the program writes to its standard error."""
        return self._noise_taken() != b""

    def close(self) -> None:
        """Let the program end its children; end it if it does not."""
        for stream in (self.stdin, self.stdout):
            stream.close()
        try:
            self.process.wait(PARTING_SECONDS)
        except subprocess.TimeoutExpired:
            self._end()
        self.alive = False
        if not self.stderr.closed:
            self._hear_out()
            self.stderr.close()

    def _hand_over(self, line: bytes) -> None:
        number = _number(line)
        if number in self._runs:
            self._runs[number].feed(line)
        elif not number:
            # of no run: it only means that the program has started
            for run in set(self._runs.values()):
                run.begin()

    def _die(self) -> None:
        self._end()
        self.alive = False
        self._hear_out()
        for run in set(self._runs.values()):
            run.give_up("probe.died", self.said)
        self.ended()

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()

    def _hear_out(self) -> None:
        while self._noise_taken():
            pass

    def _noise_taken(self) -> bytes | None:
        data = _read(self.stderr)
        self._noise = (self._noise + (data or b""))[-LONGEST_NOISE:]
        return data


class ProbeProcess:
    """The probe program of a front end: started once, used for every run, ended by ``close``; belongs to one event loop.

    ``program`` is the command line of another program than the probe.
    """

    def __init__(self, program: Sequence[str] = ()) -> None:
        self._words = program
        self._program: Program | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the program while it runs."""
        return self._program.process.pid if self._program is not None and self._program.alive else None

    async def start(self) -> None:
        """Start the program, or start it again if it died."""
        import asyncio

        if self._program is not None:
            if self._program.alive:
                return
            await self.close()
        self._program = program = Program(self._words or command())
        loop = asyncio.get_running_loop()
        self._gone = asyncio.Event()
        program.ended = self._gone.set
        for stream, act in ((program.stdout, program.hear), (program.stderr, program.listen)):
            loop.add_reader(stream, _attend, act, partial(loop.remove_reader, stream))

    async def close(self) -> None:
        """End the program and everything that it does."""
        import asyncio

        program, self._program = self._program, None
        if program is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_writer(program.stdin)
        program.stdin.close()
        if program.alive:
            await _first((self._gone,), PARTING_SECONDS)
        for stream in (program.stdout, program.stderr):
            loop.remove_reader(stream)
        program.close()

    async def run(
        self,
        targets: Sequence[Target],
        *,
        timeout: float = 5.0,  # noqa: ASYNC109 - the limit of the checks, not of this call
        on_result: OnResult | None = None,
        on_target: OnTarget | None = None,
        cancel: asyncio.Event | None = None,
        only: Sequence[str] = (),
        skip: Mapping[str, str] | None = None,
    ) -> Report:
        """Run checks as ``run_checks`` does; ``on_target`` gets each target with all its results when it is judged.

        Several runs may be under way at once. ``cancel`` ends this one: what is missing is then a skip.
        """
        import asyncio

        run = Run(Conversation(targets, timeout, only, skip), on_result, on_target)
        run.open()
        if run.talk.finished:
            return run.talk.report()
        await self.start()
        assert self._program is not None
        program, changed, cancel = self._program, asyncio.Event(), cancel or asyncio.Event()
        run.changed = changed.set
        program.ask(run)
        self._send(program)
        try:
            while not (run.ended or cancel.is_set()) and (left := run.left()) > 0:
                changed.clear()
                await _first((changed, cancel), left)
        finally:
            program.leave(run)
            self._send(program)
        run.give_up("probe.cancelled" if cancel.is_set() else "")
        return run.talk.report()

    def _send(self, program: Program) -> None:
        import asyncio

        if program.alive and program.flush():
            loop = asyncio.get_running_loop()
            loop.add_writer(program.stdin, _attend, program.flush, partial(loop.remove_writer, program.stdin))


def _attend(act: Callable[[], bool], leave: Callable[[], object]) -> None:
    if not act():
        leave()


async def _first(events: Sequence[asyncio.Event], seconds: float) -> None:
    """Wait until one of the events is set or the time is over."""
    import asyncio

    waiting = {asyncio.create_task(event.wait(), name="checks") for event in events}
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _unblocked(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    os.set_blocking(pipe.fileno(), False)
    return pipe


def _read(stream: IO[bytes]) -> bytes | None:
    """Return what has come, nothing at the end of a pipe, None where there is nothing yet."""
    try:
        return os.read(stream.fileno(), 65536)
    except BlockingIOError:
        return None


def _number(line: bytes) -> int:
    try:
        return int(json.loads(line).get("run", 0))
    except (ValueError, TypeError, AttributeError):
        return 0
