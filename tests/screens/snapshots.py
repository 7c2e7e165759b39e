"""Pictures of the screens in text: ``python -m tests.screens.snapshots`` writes them, a test compares.

Each line is a screen row. In front of it stand four digits of a hash of its styles: a row whose colours alone have changed differs there.
What a picture shows rests on the answers below and on rehearsed checks, never on the time, the machine or where this runs.
"""

from __future__ import annotations

import asyncio
import hashlib
import locale
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, groupby
from pathlib import Path

from rich.segment import Segment
from textual.app import App
from textual.widgets import Button

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import load_text
from nbcluster.answers.flow import infer
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import run_checks
from nbcluster.demo import REHEARSAL
from nbcluster.demo.scenario import answers_toml
from nbcluster.errors import Problem
from nbcluster.files.export import ExportResult
from nbcluster.sessions.session import Session
from nbcluster.steps import STEPS
from nbcluster.system import programs
from nbcluster.text import language, set_language
from nbcluster.wizard import Wizard, fresh_session
from tests.screens.driver import Driver, running

FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 40))
LANGUAGES = ("en", "zh_CN")
TARGET = "/srv/prod-cluster"
SAVED = datetime(2026, 3, 2, 10, 42, tzinfo=UTC)
FORMS = ("start", "license", "middleware", "database", "keys", "storage", "nodes", "balancer", "multicore")


def example() -> Answers:
    """Return the answers of the tour under a name and a folder of its own."""
    text = answers_toml().replace('name = "demo"', 'name = "prod"')
    return infer(load_text(text, "example", Path(TARGET)).answers).with_("export.directory", TARGET)


def wizard_of(answers: Answers | None = None) -> Wizard:
    """Return a wizard whose clock stands and whose keys are the same each time; nothing is saved."""
    session = fresh_session("prod") if answers is None else Session(name="prod", answers=answers, step=STEPS[0].id)
    numbers = count(1)

    def digits(size: int) -> str:
        return f"{next(numbers):0{2 * size}x}"

    wizard = Wizard(session, now=lambda: SAVED, token_hex=digits)
    wizard.saved_at = SAVED
    return wizard


def judge(wizard: Wizard) -> None:
    """Record what the rehearsed checks find, as if every one had taken the same time."""
    targets = wizard.targets()
    found = run_checks(targets, program=programs.command(REHEARSAL), timeout=30.0).results
    for target in targets:
        mine = [_timeless(result) for result in found if result.id == target.id or result.id.startswith(f"{target.id}.")]
        wizard.record(target, wizard.board.fingerprint(target), mine)


def _timeless(result: CheckResult) -> CheckResult:
    return replace(result, elapsed_ms=2)


def written(wizard: Wizard) -> ExportResult:
    """Return what writing to the target folder comes to; it is done in another one, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "set"
        other = wizard_of(wizard.answers.with_("export.directory", str(folder)))
        judge(other)
        outcome = other.export()

        def named(text: str) -> str:
            return text.replace(str(folder), TARGET)

        def moved(problem: Problem) -> Problem:
            return replace(problem, message=named(problem.message), hint=named(problem.hint))

        return replace(
            outcome,
            directory=Path(TARGET),
            warnings=tuple(map(moved, outcome.warnings)),
            next_steps=tuple(map(named, outcome.next_steps)),
            unjudged=tuple(map(named, outcome.unjudged)),
            answers=wizard.answers,
        )


def rows(app: App[int]) -> str:
    """Return the screen: per row four digits of its styles, and its text."""
    strips = app.screen._compositor.render_strips(app.screen.size)
    return "".join(f"{_digits(list(strip))} {''.join(part.text for part in strip).rstrip()}".rstrip() + "\n" for strip in strips)


def _digits(segments: list[Segment]) -> str:
    runs = [(style, sum(len(part.text) for part in parts)) for style, parts in groupby(segments, _style)]
    return hashlib.sha256(repr(runs).encode()).hexdigest()[:4]


def _style(segment: Segment) -> tuple[object, ...]:
    style = segment.style
    if style is None:
        return ()
    colours = tuple(colour.name if colour is not None else "" for colour in (style.color, style.bgcolor))
    return (*colours, style.bold, style.italic, style.underline, style.reverse, style.dim)


class Camera:
    """Takes the pictures of one run."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.taken: dict[str, str] = {}

    async def take(self, name: str) -> None:
        """Keep what the screen shows."""
        await self.driver.settle()
        self.taken[name] = rows(self.driver.app)

    async def dialog(self, name: str, *keys: str) -> None:
        """Keep what keys open, and close it."""
        await self.driver.press(*keys)
        await self.take(name)
        await self.driver.press("escape")


async def begun(size: tuple[int, int]) -> Mapping[str, str]:
    """Return the forms as somebody sees them who begins."""
    async with running(wizard_of(), size) as driver:
        camera = Camera(driver)
        for step in FORMS:
            await driver.go(step)
            await camera.take(f"new-{step}")
        await driver.press("f6")
        await camera.take("new-steps")
        await driver.press("f6")
        await driver.go("database")
        await driver.press("f8")
        await camera.take("new-database-problem")
        await camera.dialog("new-database-help", "f1")
        return camera.taken


async def answered(size: tuple[int, int]) -> Mapping[str, str]:
    """Return every step of the example, and the dialogs that belong to it."""
    wizard = wizard_of(example())
    judge(wizard)
    outcome = written(wizard)
    async with running(wizard, size) as driver:
        camera = Camera(driver)
        for step in (*FORMS, "connections", "review", "export"):
            await driver.go(step)
            await camera.take(step)
        await driver.go("connections")
        await driver.press("down")
        await camera.take("connections-second")
        await camera.dialog("connections-help", "f1")
        await camera.dialog("connections-skip", "s")
        await driver.go("review")
        for tab in ("files", "changes"):
            await driver.press("right")
            await camera.take(f"review-{tab}")
        await camera.dialog("files", "f3")
        await camera.dialog("palette", "ctrl+p")
        await driver.go("nodes")
        driver.screen.query_one("#paste", Button).press()
        await camera.dialog("nodes-paste")
        await driver.go("export")
        await camera.dialog("export-question", "f8")
        driver.screen.outcome = outcome
        wizard.written(outcome)
        await driver.go("export")
        await camera.take("done")
        return camera.taken


async def pictures(size: tuple[int, int], code: str) -> dict[str, str]:
    """Return every picture of a size and a language by name."""
    before = language()
    set_language(code)
    try:
        return {**await begun(size), **await answered(size)}
    finally:
        set_language(before)


def folder_of(size: tuple[int, int], code: str) -> Path:
    """Return where the pictures of a size and a language are kept."""
    return FOLDER / f"{size[0]}x{size[1]}-{code}"


@contextmanager
def own_environment() -> Iterator[None]:
    """Set what a test sets for every test."""
    with tempfile.TemporaryDirectory() as home:
        for name in list(os.environ):
            if name not in ("PATH", "TMPDIR", "VIRTUAL_ENV"):
                del os.environ[name]
        os.environ.update(HOME=home, LANG="C.UTF-8", TZ="UTC", TERM="xterm-256color")
        time.tzset()
        # the signs that are shown go by it; where it is absent, UTF-8 is all there is
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        yield


def main() -> None:
    """Write every picture, and remove what is none any more."""
    with own_environment():
        shutil.rmtree(FOLDER, ignore_errors=True)
        for code in LANGUAGES:
            for size in SIZES:
                folder = folder_of(size, code)
                folder.mkdir(parents=True)
                for name, text in asyncio.run(pictures(size, code)).items():
                    (folder / f"{name}.txt").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
