"""What is typed into an address is drawn without its password, in every field, from the colon after the user name."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from nbcluster.answers.secret import Secret
from nbcluster_tui.inputs import TextInput, UrlInput
from nbcluster_tui.tables import Cell
from tests.screens.driver import Driver, running, wizard_for

PASSWORD = "Cnry47xy"


async def spell(driver: Driver, text: str, hidden: str = PASSWORD) -> None:
    """Type a text key by key; fails where two signs of the password are on the screen."""
    await driver.pilot.pause()
    control = driver.app.focused
    assert isinstance(control, Input)
    for end in range(1, len(text) + 1):
        await driver.pilot.press("end")
        control.insert_text_at_cursor(text[end - 1])
        await driver.pilot.pause()
        assert control.value.endswith(text[:end])
        assert hidden[:2] not in driver.text() and hidden[2:] not in driver.text()


def masked(value: str, *, address: bool = True, user_known: bool = False) -> str:
    """Return what an input draws of a value."""
    control = UrlInput(value) if address else TextInput(value)
    control.user_known = user_known
    return control._value.plain


async def test_what_inputs_draw() -> None:
    async with running(wizard_for(), (80, 24)):
        drawn_values()


def drawn_values() -> None:
    assert masked("redis://u:pw@h") == "redis://u:••••"
    assert (
        masked("redis://app@h:1/0") == "redis://•••@h:1/0" and masked("redis://app@h:1/0", user_known=True) == "redis://app@h:1/0"
    )
    assert masked("postgres://u:pw@h", address=False) == "postgres://u:••••" and masked("u:pw@h", address=False) == "u:pw@h"
    control = TextInput()
    control.value = "a\x1b]52\u202eb"
    assert control._value.plain == "a\ufffd]52\ufffdb"
    control = TextInput(password=True)
    control.value = "pw"
    assert control._value.plain == "••"


@pytest.mark.parametrize(
    "text", [f"redis://u:{PASSWORD}", f"redis://u:{PASSWORD}@h:6379/0", f"redis://h:6379,password={PASSWORD}"]
)
async def test_an_address_while_it_is_typed(text: str) -> None:
    async with running(wizard_for(), (80, 24)) as driver:
        await driver.go("middleware")
        driver.screen.query(UrlInput).first().focus()
        await spell(driver, text)
        await driver.press("tab")
        assert PASSWORD[2:] not in driver.text()
        address = driver.screen.query(UrlInput).first()
        assert PASSWORD[2:] not in address.value and address.value.startswith("redis://")


async def test_a_password_is_copied_from_no_field(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with running(wizard_for(), (80, 24)) as driver:
        monkeypatch.setattr(driver.app, "copy_to_clipboard", copied.append)
        await driver.go("database")
        control = driver.screen.query(TextInput).first()
        control.focus()
        for value in (f"postgres://u:{PASSWORD}@h", f"postgres://u:{PASSWORD}"):
            control.value = value
            control.select_all()
            control.action_copy()
            control.action_cut()
            assert control.value == value and not copied
        control.value = "db.example"
        control.select_all()
        control.action_copy()
        control.action_cut()
        assert control.value == "" and copied == ["db.example", "db.example"]
        control.value = "db.example"
        control.cursor_position = 0
        control.action_cut()
        assert control.value == "db.example" and len(copied) == 2, "an empty text would empty the clipboard"


async def test_an_address_pasted_into_another_field() -> None:
    wizard = wizard_for()
    async with running(wizard, (100, 40)) as driver:
        for step in ("database", "nodes"):
            await driver.go(step)
            control = (
                driver.screen.query(Cell).first()
                if step == "nodes"
                else driver.screen.query("#field-database-host TextInput").first(TextInput)
            )
            control.focus()
            control.value = ""
            await spell(driver, f"postgres://u:{PASSWORD}@127.0.0.1:5432/db")
            await driver.press("tab")
            assert PASSWORD[2:] not in driver.text() and PASSWORD not in str(wizard.answers)


async def test_a_word_in_front_of_the_host_shows_once_its_password_is_known() -> None:
    wizard = wizard_for()
    async with running(wizard, (80, 24)) as driver:
        await driver.go("middleware")
        address = driver.screen.query(UrlInput).first()
        address.focus()
        await driver.type(f"redis://{PASSWORD}@10.0.0.5:6379/0")
        assert PASSWORD not in driver.text()
        await driver.press("tab")
        assert address.value == "redis://***@10.0.0.5:6379/0" and PASSWORD not in driver.text()
        assert "redis-url" in {problem.rule for problem in wizard.all_problems() if problem.path == "redis.address"}
        await driver.type("the-password")
        await driver.press("tab")
        url = wizard.answers.url("redis.address")
        assert url is not None and (url.username, url.password) == (PASSWORD, Secret("the-password"))
        assert address.value == f"redis://{PASSWORD}@10.0.0.5:6379/0" and f"{PASSWORD}@10.0.0.5" in driver.text()
        address.focus()
        # in one piece: what is typed letter by letter is saved in between, and has no user name for a while
        address.value = "redis://***@10.0.0.9:6379/0"
        await driver.press("tab")
        assert address.value == f"redis://{PASSWORD}@10.0.0.9:6379/0"
