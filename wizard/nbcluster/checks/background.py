"""The probe program in the background of a front end: one process, any number of runs."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Mapping, Sequence

from nbcluster.answers.targets import Target
from nbcluster.checks.conversation import Conversation
from nbcluster.checks.engine import (
    GRACE_SECONDS,
    LONGEST_LINE,
    PARTING_SECONDS,
    START_SECONDS,
    Noise,
    OnResult,
    OnTarget,
    command,
    late,
    tell,
)
from nbcluster.checks.results import Report
from nbcluster.system import programs


class ProbeProcess:
    """The probe program of a front end: started once, used for every run, ended by ``close``; belongs to one event loop.

    ``program`` is the command line of another program than the probe.
    """

    def __init__(self, program: Sequence[str] = ()) -> None:
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._runs: dict[int, _Run] = {}

    @property
    def pid(self) -> int | None:
        """The process id of the program while it runs."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start the program, or start it again if it died."""
        async with self._starting:
            if self._process is not None and self._process.returncode is None:
                return
            self._process = await asyncio.create_subprocess_exec(
                *(self._program or command()),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                limit=LONGEST_LINE,
                env=programs.environment(),
            )
            self._reader = asyncio.create_task(self._read(self._process), name="probe results")

    async def close(self) -> None:
        """End the program and everything that it does."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None and process.stdin is not None:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), PARTING_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._reader is not None:
            await self._reader
            self._reader = None

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
        run = _Run(Conversation(targets, timeout, only, skip), on_result, on_target)
        run.open()
        if run.talk.finished:
            return run.talk.report()
        await self.start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        self._runs |= dict.fromkeys(run.talk.works, run)
        try:
            process.stdin.write(run.talk.requests())
            await _first((run.begun, run.ended, cancel), START_SECONDS)
            if run.begun.is_set():
                await _first((run.ended, cancel), timeout + GRACE_SECONDS)
        finally:
            unfinished = run.talk.cancellation()
            if unfinished and process.returncode is None:
                process.stdin.write(unfinished)
            for number in run.talk.works:
                self._runs.pop(number, None)
        run.give_up("probe.cancelled" if cancel is not None and cancel.is_set() else late(run.talk))
        return run.talk.report()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        noise = Noise()
        listener = asyncio.create_task(_listen(process, noise), name="probe noise")
        try:
            while line := await process.stdout.readline():
                number = _number(line)
                if number in self._runs:
                    self._runs[number].feed(line)
        except ValueError:
            # A line beyond every limit: the program is not itself.
            process.kill()
        await process.wait()
        await listener
        for run in set(self._runs.values()):
            run.give_up("probe.died", noise.last)


class _Run:
    def __init__(self, talk: Conversation, on_result: OnResult | None, on_target: OnTarget | None) -> None:
        self.talk = talk
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self._on_result = on_result
        self._on_target = on_target

    def open(self) -> None:
        tell(self._on_result, self.talk.opening())
        for work in self.talk.works.values():
            if work.done:
                self._target(work.number)

    def feed(self, line: bytes) -> None:
        results, work = self.talk.feed(line)
        tell(self._on_result, results)
        if self.talk.begun:
            self.begun.set()
        if work is not None:
            self._target(work.number)
        if self.talk.finished:
            self.ended.set()

    def give_up(self, reason: str, said: str = "") -> None:
        missing = [number for number, work in self.talk.works.items() if not work.done]
        tell(self._on_result, self.talk.give_up(reason, said))
        for number in missing:
            self._target(number)
        self.ended.set()

    def _target(self, number: int) -> None:
        work = self.talk.works[number]
        if self._on_target is not None:
            self._on_target(work.target, tuple(work.ordered()))


async def _first(events: tuple[asyncio.Event | None, ...], seconds: float) -> None:
    """Wait until one of the events is set or the time is over."""
    waiting = {asyncio.create_task(event.wait(), name="checks") for event in events if event is not None}
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


async def _listen(process: asyncio.subprocess.Process, noise: Noise) -> None:
    assert process.stderr is not None
    while data := await process.stderr.read(65536):
        noise.take(data)


def _number(line: bytes) -> int:
    try:
        return int(json.loads(line).get("run", 0))
    except (ValueError, TypeError, AttributeError):
        return 0
