"""Styles that are remembered are those that the style sheet gives."""

from __future__ import annotations

import pytest
from textual.css.styles import RulesMap
from textual.widget import Widget

from nbcluster_tui.look import THEMES
from nbcluster_tui.stylesheet import RememberedStylesheet
from tests.screens.driver import Driver, running
from tests.screens.snapshots import FORMS, example, judge, wizard_of

STEPS = (*FORMS, "connections", "review", "export")


def taken(widget: Widget) -> dict[str, RulesMap]:
    """Return the rules of a widget and of its parts that are no widgets."""
    parts = {name: widget.get_component_styles(name).get_rules() for name in widget._get_component_classes()}
    return {"": widget.styles.base.get_rules(), **parts}


def differing(driver: Driver) -> list[str]:
    """Return what is styled in another way than by Textual's own style sheet."""
    assert isinstance(driver.app.stylesheet, RememberedStylesheet)
    plain = driver.app.stylesheet.copy()
    plain.parse()
    assert type(plain) is not RememberedStylesheet and plain.rules
    found = []
    for widget in driver.screen.walk_children(Widget, with_self=True):
        before = taken(widget)
        plain.apply(widget)
        found += [f"{widget} {part}" for part, rules in taken(widget).items() if rules != before.get(part)]
    return found


@pytest.mark.parametrize("theme", THEMES)
async def test_every_step_is_styled_as_by_the_plain_style_sheet(theme: str) -> None:
    wizard = wizard_of(example())
    judge(wizard)
    async with running(wizard, (120, 40)) as driver:
        # the second time, everything is remembered: in another theme, as well
        for name in (*THEMES, theme):
            driver.app.theme = name
            await driver.settle()
            for step in STEPS:
                await driver.go(step)
                await driver.press("tab")
                if name == theme:
                    assert differing(driver) == [], (name, step)


async def test_a_state_is_part_of_what_is_remembered() -> None:
    async with running(wizard_of(example())) as driver:
        await driver.go("start")
        field = driver.screen.query_one("#in-field-app-version")
        field.focus()
        await driver.pilot.pause()
        seen = [field.styles.base.get_rules()]
        await driver.press("tab")
        seen.append(field.styles.base.get_rules())
        await driver.press("shift+tab")
        seen.append(field.styles.base.get_rules())
        assert seen[0] == seen[2] != seen[1] and differing(driver) == []
        field.disabled = True
        await driver.settle()
        assert differing(driver) == []
