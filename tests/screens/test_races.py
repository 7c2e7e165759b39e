"""Keys and results that arrive while a step is being mounted or removed: nothing crashes, nothing typed is lost."""

from __future__ import annotations

import asyncio
import random
import threading
from pathlib import Path

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.widgets import Input

from nbcluster.answers.targets import Target
from nbcluster.checks.results import CheckResult, Status
from nbcluster.files.preparation import Outlook, Request
from nbcluster.steps import STEPS
from nbcluster.wizard import Wizard
from nbcluster_tui.app import WizardApp
from nbcluster_tui.checker import CheckDone
from nbcluster_tui.form import FormView
from nbcluster_tui.tables import Cell, TableEditor
from nbcluster_tui.views import StepView
from tests.screens.driver import Driver, running, wizard_for
from tests.unit.scenarios import official

FUNCTION_KEYS = ("f1", "f2", "f3", "f6", "f7", "f7", "f8", "f8", "f8", "f9")
OTHER_KEYS = ("tab", "shift+tab", "enter", "space", "up", "down", "left", "right", "pagedown", "escape", "ctrl+u", "delete")
LETTERS = "arsfycqn0129.:@~#-"


def done(wizard: Wizard, target: Target, status: Status) -> CheckDone:
    result = CheckResult(f"{target.id}.reach", target.shown, "bastion", status, "found", "seen", "do", 1)
    return CheckDone(target, wizard.board.fingerprint(target), (result,))


def send(driver: Driver, *keys: str) -> None:
    """Type keys without waiting for what they lead to."""
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        driver.app.post_message(Key(name, key if len(key) == 1 else {"enter": "\r", "space": " "}.get(key)))


def has_keys(driver: Driver) -> bool:
    """Tell whether keys wait that still have an effect."""
    assert driver.app.fault is None
    return bool(driver.app._waiting or driver.app._in_flight or driver.app._message_queue.qsize())


async def settle(driver: Driver) -> None:
    """Let everything that was typed have its effect."""
    while has_keys(driver):  # noqa: ASYNC110 - a timer of the application is among what is waited for
        await asyncio.sleep(0.01)
    await driver.app.workers.wait_for_complete()
    await driver.pilot.pause()


@pytest.mark.parametrize("step_id", ["connections", "review"])
async def test_a_result_that_arrives_while_its_view_leaves(step_id: str) -> None:
    async with running(wizard_for(official())) as driver:
        targets = driver.wizard.targets()
        for status in (Status.FAIL, Status.OK):
            await driver.go(step_id)
            leaving = asyncio.create_task(driver.screen.show("keys"))
            while not leaving.done():
                for target in targets:
                    driver.screen.post_message(done(driver.wizard, target, status))
                await asyncio.sleep(0)
            await leaving
            await driver.pilot.pause()
        assert driver.app.fault is None and driver.screen.step.id == "keys"
        assert driver.wizard.tally().ok == len(targets)


async def test_what_is_worked_out_for_a_review_that_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(wizard_for(official())) as driver:
        may_end = threading.Event()
        known = driver.wizard.outlook()

        def outlook(_request: Request) -> Outlook:
            may_end.wait(10)
            return known

        monkeypatch.setattr(driver.wizard, "outlook", outlook)
        for turns in range(12):
            may_end.clear()
            await driver.go("review")
            leaving = asyncio.create_task(driver.screen.show("keys"))
            for _turn in range(turns):
                await asyncio.sleep(0)
            may_end.set()
            await leaving
            await driver.app.workers.wait_for_complete()
        assert driver.app.fault is None and driver.screen.step.id == "keys"


async def test_two_ways_at_once_end_at_one_step() -> None:
    async with running(wizard_for(official())) as driver:
        await asyncio.gather(*(driver.screen.show(step.id) for step in STEPS[:6]))
        await driver.pilot.pause()
        assert len([view for view in driver.screen.query(StepView) if view.display]) == 1 and driver.screen.step.id == STEPS[5].id


async def test_keys_typed_ahead_reach_the_step_that_they_were_meant_for() -> None:
    async with running(wizard_for(official().without("database.host"))) as driver:
        await driver.go("license")
        send(driver, "f8", "end", "ctrl+u", *"db.example.net", "tab", "f8", "f7")
        await settle(driver)
        assert driver.wizard.answers["database.host"] == "db.example.net"
        assert driver.screen.step.id == "database"


async def test_keys_typed_while_a_step_is_built_elsewhere_reach_it() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("start")
        moving = asyncio.create_task(driver.screen.show("database"))
        await asyncio.sleep(0)
        send(driver, "tab", "end", "ctrl+u", *"db.example.net", "tab")
        await moving
        await settle(driver)
        assert driver.wizard.answers["database.host"] == "db.example.net"
        assert driver.wizard.answers["name"] == "official"


async def test_keys_before_the_first_paint_wait_for_it() -> None:
    share = {"storage.server": "10.0.0.7", "storage.export": "/exports/nocobase"}
    app = WizardApp(wizard_for(official(share)))
    async with app.run_test(size=(80, 24)) as pilot:
        driver = Driver(app, pilot, app.wizard or wizard_for())
        send(driver, "f8", "f9", "f8", "f6", "f9")
        await settle(driver)
        assert driver.screen.step.id == "review"
        send(driver, "f9")
        await settle(driver)
    assert app.fault is None


async def test_the_first_fault_is_the_one_that_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    app = WizardApp(wizard_for(official()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        first, second = ValueError("first"), RuntimeError("second")
        app._handle_exception(first)
        app._handle_exception(second)
    assert app.fault is first


@pytest.mark.parametrize("seed", range(6))
async def test_a_walk_at_random_never_ends_the_wizard(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(seed)  # noqa: S311 - a walk that is the same each time
    wizard = wizard_for(official() if seed % 2 else None)
    wizard.change("export.directory", str(tmp_path / "out"))
    async with running(wizard, chance.choice([(80, 24), (120, 40), (60, 16)])) as driver:
        for _burst in range(25):
            kinds = chance.choices([FUNCTION_KEYS, OTHER_KEYS, LETTERS], weights=(5, 4, 2), k=chance.randrange(1, 9))
            send(driver, *(chance.choice(kind) for kind in kinds))
            for target in driver.wizard.targets():
                if chance.random() < 0.3:
                    driver.screen.post_message(done(driver.wizard, target, chance.choice(list(Status))))
            for _turn in range(chance.randrange(40)):
                await asyncio.sleep(0)
            assert driver.app.fault is None
        await settle(driver)
        assert driver.app.is_running and len([view for view in driver.screen.query(StepView) if view.display]) == 1


async def test_an_input_that_is_being_removed_commits_nothing_twice() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        driver.screen.query_one(".rows Input", Input).focus()
        await driver.pilot.pause()
        send(driver, "end", "x", "f8", "f7", "f7", "f8")
        await settle(driver)
        assert driver.wizard.answers.rows("nodes")[0]["name"] == "node1x"


def cell_of(driver: Driver, column: str) -> Cell:
    """Return the cell of the first row."""
    return next(cell for cell in driver.screen.query(Cell) if cell.row == 0 and cell.column.path == column)


async def test_a_cell_that_is_wrong_keeps_one_at_its_step() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        cell_of(driver, "port").focus()
        await driver.type("99999")
        await driver.press("f8")
        assert driver.screen.step.id == "nodes" and cell_of(driver, "port").value == "99999"
        assert (0, "port") in driver.screen.query_one(TableEditor).errors


async def test_what_is_typed_into_a_cell_is_saved_as_it_is_and_taken_apart_when_one_goes_on() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        view, host = driver.screen.query_one(FormView), cell_of(driver, "host")
        host.focus()
        await driver.pilot.pause()
        # without a pause in between, so that no timer of the form interferes
        host.value = "10.0.0.99"
        view._save_typed()
        before = driver.wizard.answers.rows("nodes")[0]
        host.value = "10.0.0.98:13005"
        view._save_typed()
        assert before["host"] == "10.0.0.99" and driver.wizard.answers.rows("nodes")[0] == before
        assert host.value == "10.0.0.98:13005"
        await driver.press("f8")
        row = driver.wizard.answers.rows("nodes")[0]
        assert (row["host"], row["port"]) == ("10.0.0.98", 13005)


@pytest.mark.parametrize("key", ["pagedown", "pageup", "down", "up", "ctrl+home", "ctrl+end", "enter", "escape"])
async def test_keys_that_follow_the_palette_at_once_are_no_fault(key: str) -> None:
    async with running(wizard_for(official())) as driver:
        send(driver, "ctrl+p", key)
        await settle(driver)
        assert driver.app.fault is None
