"""How long a step change blocks the keyboard: ``python -m benchmarks.screensteps [ROUNDS]``.

A key that follows waits until the step stands. So for each change two figures are printed, medians of all rounds: the processor time of the
thread of the screen from the key to the step that takes keys, and the longest time at a stretch in which this thread looked at no key.
Processor time, as another program may have the processor meanwhile; the wall clock stands beside it. The second half of a round comes to
each step again, when what is loaded on demand is there.
"""

from __future__ import annotations

import asyncio
import logging
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Self

from tests.screens.driver import running
from tests.screens.snapshots import FORMS, example, judge, wizard_of

ROUNDS = 5
GOAL = 100.0
"""Milliseconds that no step change may block a key."""
STEPS = (*FORMS[:4], "connections", *FORMS[4:], "review", "export")


@dataclass
class Watch:
    """Looks at the loop all the time: how long it was away at a stretch, in milliseconds of processor time of this thread."""

    longest: float = 0.0
    _is_over: bool = False
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    async def _look(self) -> None:
        before = time.thread_time()
        while not self._is_over:
            await asyncio.sleep(0)
            now = time.thread_time()
            self.longest = max(self.longest, (now - before) * 1e3)
            before = now

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_fault: object) -> None:
        self._is_over = True
        assert self._task is not None
        await self._task


@dataclass(frozen=True)
class Change:
    """One change of step, in milliseconds: processor time until keys are taken, at a stretch, and the wall clock."""

    taken: float
    stretch: float
    wall: float


async def round_of(size: tuple[int, int]) -> dict[str, list[Change]]:
    """Go through all steps twice; returns what each change took."""
    found: dict[str, list[Change]] = {step: [] for step in STEPS}
    wizard = wizard_of(example())
    judge(wizard)
    async with running(wizard, size) as driver:
        for _time in range(2):
            for step in STEPS:
                await driver.settle()
                async with Watch() as watch:
                    begin, clock = time.thread_time(), time.perf_counter()
                    await driver.screen.show(step)
                    taken, wall = (time.thread_time() - begin) * 1e3, (time.perf_counter() - clock) * 1e3
                    # what follows, such as the paint, may block a key as well
                    await driver.settle()
                found[step].append(Change(taken, watch.longest, wall))
    return found


def main() -> None:
    """Print the medians of every step, and which of them is over the goal."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    logging.disable()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_STATE_HOME=home, XDG_CONFIG_HOME=home, TERM="xterm-256color")
        for size in ((80, 24), (120, 40)):
            runs = [asyncio.run(round_of(size)) for _round in range(rounds)]
            print(
                f"{size[0]}x{size[1]}: ms of the thread of the screen until keys are taken, at a stretch, wall clock (first; again)"
            )
            for step in STEPS:
                parts = []
                worst = 0.0
                for visit in (0, 1):
                    changes = [run[step][visit] for run in runs]
                    taken, stretch, wall = (
                        statistics.median(getattr(change, name) for change in changes) for name in ("taken", "stretch", "wall")
                    )
                    worst = max(worst, taken, stretch)
                    parts.append(f"{taken:6.1f} {stretch:6.1f} {wall:7.1f}")
                print(f"  {step:12} {parts[0]}   {parts[1]}{'   OVER' if worst > GOAL else ''}")


if __name__ == "__main__":
    main()
