"""Live checks behind the screen: started in a worker, recorded under the fingerprint of their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from nbcluster.controller import Controller
from nbcluster.targets import Target

if TYPE_CHECKING:
    from textual.screen import Screen

    from nbcluster.checks.results import CheckResult

TIMEOUT = 5.0


class CheckDone(Message):
    """One target was judged."""

    def __init__(self, target: Target, fingerprint: str, results: tuple[CheckResult, ...]) -> None:
        super().__init__()
        self.target, self.fingerprint, self.results = target, fingerprint, results


class Checker:
    """Runs checks for a screen; nothing here blocks a key."""

    def __init__(self, controller: Controller, screen: Screen[None]) -> None:
        self.controller, self.screen = controller, screen
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, targets: Sequence[Target]) -> None:
        """Begin to check targets."""
        if not targets:
            return
        self.controller.board.set_running([target.id for target in targets])
        self.screen.run_worker(
            self._run(tuple(targets)), group="checks", description="live checks", exclusive=False, exit_on_error=False
        )

    async def _run(self, targets: tuple[Target, ...]) -> None:
        from nbcluster.checks.engine import run_checks

        prints = {target.id: self.controller.board.fingerprint(target) for target in targets}
        try:
            report = await asyncio.to_thread(run_checks, targets, timeout=TIMEOUT)
        finally:
            self.controller.board.set_running([target.id for target in targets], running=False)
        for target in targets:
            mine = tuple(r for r in report.results if r.id.startswith(f"{target.id}."))
            self.screen.post_message(CheckDone(target, prints[target.id], mine))

    def record(self, done: CheckDone) -> None:
        """Keep results under the answers that they were made from."""
        self.controller.board.record(done.target, done.fingerprint, done.results)

    def close(self) -> None:
        """Stop what is running."""
        self.screen.workers.cancel_node(self.screen)
