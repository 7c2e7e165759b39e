"""The wizard before a camera: its clock stands, its checks are the rehearsed ones of the demo, and what it shows is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TypeVar
from unittest.mock import patch

from assets.svg import Screen, row_of
from nbcluster.answers.answers import Answers
from nbcluster.answers.targets import Target
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import run_checks
from nbcluster.demo import REHEARSAL
from nbcluster.files.export import ExportResult
from nbcluster.sessions.session import Session
from nbcluster.steps import STEPS
from nbcluster.system import programs
from nbcluster.text import language, set_language
from nbcluster.wizard import Wizard
from nbcluster_tui.checker import CheckDone
from tests.screens.driver import Driver, running
from tests.screens.snapshots import SAVED, written

Kind = TypeVar("Kind", bound="Stage")
SIZE = (100, 30)
"""Columns and rows: the letters stay legible where a page is a thousand pixels wide or less."""
LANGUAGES = ("en", "zh_CN")
NEVER = 86400.0
"""Seconds that no recording takes."""
MILLISECONDS = 2
"""What every check takes, so that a picture is the same on a fast machine and a slow one."""


class Stage:
    """One run of the wizard, and the screens that were kept of it."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.screens: list[Screen] = []
        self.waiting: list[Target] = []
        """What is being checked; it is judged when the script says so."""
        self._results: dict[tuple[str, str], tuple[CheckResult, ...]] = {}
        """What checks found, by their target and the fingerprint of its answers."""
        driver.screen.checker.start = self._start  # type: ignore[method-assign]  # the rehearsal decides when a check is done

    def _start(self, targets: Sequence[Target]) -> None:
        self.driver.wizard.board.set_running([target.id for target in targets])
        again = {target.id for target in targets}
        self.waiting = [*(target for target in self.waiting if target.id not in again), *targets]

    async def judge(self, count: int | None = None) -> None:
        """Let the first of the checks that are running come to their end, or all of them."""
        board = self.driver.wizard.board
        due = {target.id: (target.id, board.fingerprint(target)) for target in self.waiting}
        asked = [target for target in self.waiting if due[target.id] not in self._results]
        found = run_checks(asked, program=programs.command(REHEARSAL), timeout=30.0).results if asked else ()
        for target in asked:
            results = (each for each in found if each.id == target.id or each.id.startswith(f"{target.id}."))
            self._results[due[target.id]] = tuple(replace(result, elapsed_ms=MILLISECONDS) for result in results)
        ended = self.waiting[:count]
        del self.waiting[:count]
        board.set_running([target.id for target in ended], running=False)
        for target in ended:
            self.driver.screen.post_message(CheckDone(target, due[target.id][1], self._results[due[target.id]]))
        await self.driver.settle()

    async def keep(self, seconds: float = 0.0, key: str = "") -> None:
        """Keep what the screen shows, for some seconds and under the key that led there."""
        await self.driver.settle()
        app = self.driver.app
        strips = app.screen._compositor.render_strips(app.screen.size)  # noqa: SLF001 - Textual has no other way to them
        self.screens.append(Screen(tuple(row_of(strip) for strip in strips), seconds, key))


@asynccontextmanager
async def stage(answers: Answers, size: tuple[int, int], kind: type[Kind]) -> AsyncIterator[Kind]:
    """Show the wizard as the demo on answers; what it writes goes to a folder that is gone afterwards."""
    wizard = Wizard(Session(name=answers.text("name"), answers=answers, step=STEPS[0].id), simulated=True, now=lambda: SAVED)

    def writing(*, new_keys: bool = False, trust: bool = False) -> Callable[[], ExportResult]:
        return lambda: written(wizard)

    wizard.writing = writing  # type: ignore[method-assign]  # the folder that is named is nowhere
    # no text is taken because time has passed: what is seen follows from the keys alone, on a slow machine too
    with patch.multiple("nbcluster_tui.form", SETTLE=NEVER, UNSAVED=NEVER):
        async with running(wizard, size) as driver:
            yield kind(driver)


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = language()
    set_language(code)
    try:
        yield
    finally:
        set_language(before)
