"""A wizard under test: its application, keys, and the screen as text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from nbcluster.answers.answers import Answers
from nbcluster.answers.flow import infer
from nbcluster.files.answersfile import load_answers
from nbcluster.sessions.session import Session
from nbcluster.steps import STEPS, Step
from nbcluster.wizard import Wizard, fresh_session
from nbcluster_tui.app import WizardApp
from nbcluster_tui.screen import WizardScreen


@dataclass
class Driver:
    """The running application and its keyboard."""

    app: WizardApp
    pilot: Pilot[int]
    wizard: Wizard

    @property
    def screen(self) -> WizardScreen:
        """The wizard's screen."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, WizardScreen))

    async def press(self, *keys: str) -> None:
        """Press keys and let the application settle."""
        await self.pilot.press(*keys)
        await self.pilot.pause()
        await self.settle()

    async def settle(self) -> None:
        """Wait until a step is mounted, every key has been handled, and no worker is running."""
        async with asyncio.timeout(60):
            while True:
                # a worker that is replaced, or whose step is left, ends as cancelled
                with suppress(WorkerCancelled):
                    await self.app.workers.wait_for_complete()
                await self.pilot.pause()
                if not self._is_busy:
                    return

    @property
    def _is_busy(self) -> bool:
        is_moving = any(isinstance(each, WizardScreen) and each.is_moving for each in self.app.screen_stack)
        return (
            is_moving
            or bool(self.app._waiting)
            or self.app._in_flight
            or any(not worker.is_finished for worker in self.app.workers)
        )

    async def type(self, text: str) -> None:
        """Type a text into what has the focus, over what is there."""
        await self.pilot.pause()
        assert isinstance(self.app.focused, Input), self.app.focused
        await self.pilot.press("end", "ctrl+u")
        for char in text:
            await self.pilot.press(_key(char))
        await self.pilot.pause()

    async def go(self, step_id: str) -> None:
        """Show a step."""
        await self.screen.show(step_id)
        await self.pilot.pause()

    def text(self) -> str:
        """Return what the screen shows."""
        strips = self.app.screen._compositor.render_strips(self.app.screen.size)
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def _key(char: str) -> str:
    from textual.keys import _character_to_key

    return _character_to_key(char)


def wizard_for(answers: Answers | None = None, steps: tuple[Step, ...] = STEPS) -> Wizard:
    """Return a wizard without a store; nothing is saved."""
    if answers is None:
        return Wizard(fresh_session("test", steps))
    return Wizard(Session(name="test", answers=answers, step=answers.steps[0].id))


def scenario(path: Path) -> Answers:
    """Return the answers of a scenario, with what its imported file answers."""
    return infer(load_answers(path, {}).answers)


@asynccontextmanager
async def running(wizard: Wizard, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Driver]:
    """Run the screens on a wizard; its live checks go nowhere."""
    app = WizardApp(wizard)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        driver = Driver(app, pilot, wizard)
        driver.screen.checker.start = lambda targets: None  # type: ignore[method-assign]  # checks have their own tests
        yield driver
    if app.fault is not None:
        raise app.fault
