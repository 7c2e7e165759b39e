"""The reader of files: each in its folder, none cut into the text beside it, and a folder is no file."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import OptionList, Static

from nbcluster_tui.dialogs import TextViewer
from tests.screens.driver import running, wizard_for
from tests.unit.scenarios import official

PAGES = (("a.env", "first"), ("systemd/nocobase-health.service", "second"), ("systemd/nocobase.timer", "third"), ("z", "fourth"))


def shown(app: App[int]) -> tuple[str, str]:
    """Return the row that is pointed at, and the text."""
    entries = app.screen.query_one(OptionList)
    assert entries.highlighted is not None
    row = str(entries.get_option_at_index(entries.highlighted).prompt).strip()
    return row, str(app.screen.query_one("#page", Static).content)


@pytest.mark.parametrize("first", ["", "systemd/nocobase.timer", "nowhere"])
async def test_the_text_beside_a_name_is_its_own(first: str) -> None:
    async with running(wizard_for(official())) as driver:
        driver.app.push_screen(TextViewer(PAGES, first))
        await driver.settle()
        texts = {title.rpartition("/")[2]: text for title, text in PAGES}
        seen = []
        await driver.press(*([] if first else ["home"]))
        for _page in PAGES:
            name, text = shown(driver.app)
            assert texts[name] == text
            seen.append(name)
            await driver.press("down")
        assert set(seen) == set(texts) and len(seen) == len(PAGES)
        assert seen[0] == (first.rpartition("/")[2] if first.startswith("systemd") else "a.env")


async def test_every_name_of_a_set_is_whole_and_apart_from_the_text() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.press("f3")
        await driver.settle()
        entries = driver.app.screen.query_one(OptionList)
        widest = max(len(str(entries.get_option_at_index(index).prompt)) for index in range(entries.option_count))
        assert widest < entries.size.width
