"""Live checks behind the screen: started in a worker, recorded under the fingerprint of their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from nbcluster.answers.targets import Target
from nbcluster.wizard import Wizard

if TYPE_CHECKING:
    from textual.screen import Screen

    from nbcluster.checks.results import CheckResult
    from nbcluster.checks.run import ProbeProcess

TIMEOUT = 5.0


class CheckDone(Message):
    """One target was judged."""

    def __init__(self, target: Target, fingerprint: str, results: tuple[CheckResult, ...]) -> None:
        super().__init__()
        self.target, self.fingerprint, self.results = target, fingerprint, results


class Checker:
    """Runs checks for a screen in one probe program; nothing here blocks a key."""

    def __init__(self, wizard: Wizard, screen: Screen[None]) -> None:
        self.wizard, self.screen = wizard, screen
        self._process: ProbeProcess | None = None
        self._cancel = asyncio.Event()

    def start(self, targets: Sequence[Target]) -> None:
        """Start checking targets; their results arrive as messages."""
        if targets:
            self.wizard.board.set_running([target.id for target in targets])
            self.screen.run_worker(
                self._run(tuple(targets)), group="checks", description="live checks", exclusive=False, exit_on_error=False
            )

    async def _run(self, targets: tuple[Target, ...]) -> None:
        from nbcluster.checks.run import ProbeProcess

        prints = {target.id: self.wizard.board.fingerprint(target) for target in targets}

        def done(target: Target, results: tuple[CheckResult, ...]) -> None:
            self.screen.post_message(CheckDone(target, prints[target.id], results))

        if self._process is None:
            self._process = ProbeProcess(self.wizard.probe)
        try:
            await self._process.run(targets, timeout=TIMEOUT, on_target=done, cancel=self._cancel)
        finally:
            self.wizard.board.set_running([target.id for target in targets], running=False)

    def record(self, done: CheckDone) -> None:
        """Keep results under the answers that they were made from."""
        self.wizard.record(done.target, done.fingerprint, done.results)

    async def close(self) -> None:
        """Cancel what is running and end the program."""
        self._cancel.set()
        if self._process is not None:
            await self._process.close()
