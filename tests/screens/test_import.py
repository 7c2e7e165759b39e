"""The report of an import on the screen: shown once, with what is kept and what is not known, and it scrolls by keys."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import OptionList

from nbcluster_tui.dialogs import IMPORT_TITLE, Notice
from nbcluster_tui.start import StartScreen
from tests.screens.driver import running, wizard_for

COMPOSE = (
    "services:\n  app:\n    image: registry.example.com/nocobase:2.2.15-full\n    environment:\n      TZ: UTC\n"
    "      ENCRYPTION_FIELD_KEY: secret-of-fields\n      SMTP_PASSWORD: ${NOT_TOLD}\n"
)


async def test_the_report_of_an_import_is_shown_once(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(COMPOSE, "utf-8")
    wizard = wizard_for()
    wizard.import_file(file)
    async with running(wizard) as driver:
        assert isinstance(driver.app.screen, Notice)
        assert "SMTP_PASSWORD" in driver.text()
        await driver.press("end")
        assert "ENCRYPTION_FIELD_KEY" in driver.text() and "secret-of-fields" not in driver.text()
        await driver.press("enter")
        assert [screen for screen in driver.app.screen_stack if isinstance(screen, Notice)] == [] == list(driver.wizard.report)
        assert driver.wizard.answers["app.image"] == "registry.example.com/nocobase:2.2.15-full"


async def test_the_report_of_an_import_can_be_read_again(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(COMPOSE, "utf-8")
    wizard = wizard_for()
    wizard.import_file(file)
    async with running(wizard) as driver:
        await driver.press("escape")
        await driver.go("review")
        jump = driver.screen.query_one("#jump", OptionList)
        lines = [str(option.prompt) for option in jump.options]
        await driver.press("home", *["down"] * next(n for n, line in enumerate(lines) if IMPORT_TITLE in line), "enter")
        assert isinstance(driver.app.screen, Notice) and "SMTP_PASSWORD" in driver.text()
        await driver.press("escape")
        offered = [command.title for command in driver.app.get_system_commands(driver.screen)]
        assert IMPORT_TITLE in offered


async def test_without_an_import_there_is_no_report_to_read() -> None:
    async with running(wizard_for()) as driver:
        assert IMPORT_TITLE not in [command.title for command in driver.app.get_system_commands(driver.screen)]


async def test_an_import_from_the_opening_shows_its_report(tmp_path: Path) -> None:
    from textual.widgets import Input

    from nbcluster_tui.app import WizardApp

    file = tmp_path / "compose.yaml"
    file.write_text(COMPOSE, "utf-8")
    app = WizardApp(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, StartScreen)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.focused, Input)
        app.focused.value = str(file)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Notice)
        await pilot.press("escape")
        await pilot.pause()
        assert app.wizard is not None and app.wizard.answers["app.deployment"] == "docker"
        app.wizard.close()


async def test_an_import_that_fails_says_so_and_leaves_no_session(tmp_path: Path) -> None:
    from textual.widgets import Input

    from nbcluster.sessions.store import SessionStore
    from nbcluster_tui.app import WizardApp

    file = tmp_path / "compose.yaml"
    file.write_text("services: [\n", "utf-8")
    app = WizardApp(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.focused, Input)
        app.focused.value = str(file)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, StartScreen) and app.screen.query_one(".problem").display
    assert list(SessionStore().list()) == []
