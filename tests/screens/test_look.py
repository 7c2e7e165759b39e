"""What a terminal can show: which theme and signs it gets, and that every text fits in every language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from textual.content import Content
from textual.events import Paste
from textual.widgets import Input

from nbcluster.answers.fields import FieldKind
from nbcluster.sessions.settings import load_settings, save_setting
from nbcluster.steps import STEPS
from nbcluster.text import LANGUAGES, _, set_language
from nbcluster.text.layout import cuts, width_of
from nbcluster_tui import look
from nbcluster_tui.app import WizardApp
from nbcluster_tui.board import NARROW_CELL, PARTS, SHORT, BoardView
from nbcluster_tui.inputs import SecretInput
from nbcluster_tui.look import ANSI, DARK, LIGHT, needs_ascii, theme_for
from nbcluster_tui.rail import WIDTH
from nbcluster_tui.screen import WizardScreen
from tests.screens.driver import running, wizard_for
from tests.unit.scenarios import official

MANY = {"TERM": "xterm-256color"}


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("en")


@pytest.mark.parametrize(
    ("kept", "environment", "name"),
    [
        ("", MANY, DARK.name),
        ("", MANY | {"COLORFGBG": "0;15"}, LIGHT.name),
        ("", MANY | {"COLORFGBG": "15;default;0"}, DARK.name),
        (LIGHT.name, MANY, LIGHT.name),
        ("of-another-version", MANY, DARK.name),
        (LIGHT.name, MANY | {"NO_COLOR": "1"}, ANSI.name),
        (LIGHT.name, {"TERM": "linux"}, ANSI.name),
        ("", {"TERM": "screen"}, ANSI.name),
        ("", {"TERM": "screen", "COLORTERM": "truecolor"}, DARK.name),
    ],
)
def test_the_theme_follows_the_terminal_then_the_choice(kept: str, environment: dict[str, str], name: str) -> None:
    assert theme_for(kept, environment) == name


@pytest.mark.parametrize("name", [LIGHT.name, ANSI.name])
def test_a_theme_of_ours_in_the_environment_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", name)
    app = WizardApp(wizard_for())
    assert app.theme == name
    assert app.has_class(f"-theme-{name}")


@pytest.mark.parametrize(
    ("environment", "encoding", "expected"),
    [
        ({"TERM": "xterm"}, "utf-8", False),
        ({"TERM": "xterm"}, "UTF8", False),
        ({"TERM": "linux"}, "utf-8", True),
        ({"TERM": "xterm"}, "ANSI_X3.4-1968", True),
        ({"TERM": "xterm"}, "gb18030", True),
        ({"TERM": "xterm"}, "no-such-encoding", True),
    ],
)
def test_signs_are_ascii_where_others_have_no_glyph(environment: dict[str, str], encoding: str, expected: bool) -> None:
    assert needs_ascii(environment, encoding) is expected


def test_every_sign_takes_one_column_on_every_terminal() -> None:
    pairs = [*look._SIGNS.values(), look.CHOSEN, look.OPEN_CHOICE, look.SHUT, look.UNFOLDED]
    for sign, plain in pairs:
        assert plain.isascii()
        assert all(unicodedata.east_asian_width(char) in ("N", "Na") for char in sign), sign


async def test_a_theme_that_is_chosen_is_kept() -> None:
    async with running(wizard_for(official())) as driver:
        driver.app.choose_theme(LIGHT.name)
        await driver.settle()
        assert load_settings()["theme"] == LIGHT.name and driver.app.theme == LIGHT.name
    save_setting("theme", LIGHT.name)


@pytest.mark.parametrize(
    ("text", "is_kept_out"), [("redis://u:Zq7SECRET@h/1", True), ("DB_PASSWORD=Zq7SECRET", True), ("nodes", False)]
)
async def test_the_palette_does_not_draw_a_secret_that_is_pasted(text: str, is_kept_out: bool) -> None:
    async with running(wizard_for(official())) as driver:
        await driver.press("ctrl+p")
        driver.app.post_message(Paste(text))
        await driver.settle()
        field = driver.app.screen.query_one(Input)
        assert (field.value == "") == is_kept_out and "Zq7SECRET" not in driver.text()


async def test_the_palette_offers_every_step_and_the_themes() -> None:
    async with running(wizard_for(official())) as driver:
        offered = [command.title for command in driver.app.get_system_commands(driver.screen)]
        assert all(any(_(step.title) in title for title in offered) for step in STEPS)
        assert all(_(title) in offered for title in look.THEMES.values())
        await driver.press("ctrl+p")
        assert driver.app.screen is not driver.screen
        await driver.press("escape")


def cells(text: str) -> int:
    return Content(text).cell_length


def test_labels_and_choices_have_room(lang: str) -> None:
    for step in STEPS:
        assert cells(_(step.title)) <= WIDTH, step.id
        for field in step.fields:
            if field.in_form is False:
                continue
            if field.kind is FieldKind.BOOLEAN:
                assert cells(_(field.label)) <= 44, field.path
            else:
                assert cells(_(field.heading_label)) <= 11, (field.path, _(field.heading_label))
            for choice in field.choices_for(official()):
                assert cells(_(choice.label)) <= 44, (field.path, choice.label)


def test_words_of_the_frame_have_room(lang: str) -> None:
    bindings = [*WizardScreen.BINDINGS, *WizardApp.BINDINGS, *BoardView.BINDINGS, *SecretInput.BINDINGS]
    for binding in bindings:
        description = getattr(binding, "description", "")
        assert cells(_(description)) <= 8, description
    for text in (_("F7 Back"), _("F8 Next"), _("F8 Write"), _("ctrl+q Leave")):
        assert cells(text) <= 18
    for label, _stages in PARTS:
        assert cells(_(label)) <= 24
    for label in SHORT.values():
        assert cells(_(label)) < NARROW_CELL


async def test_at_80_columns_the_keys_that_matter_always_fit(lang: str) -> None:
    from nbcluster_tui.widgets import KeyBar

    async with running(wizard_for(official())) as driver:
        for step in STEPS:
            await driver.go(step.id)
            shown = {key for key, _name, _word in driver.screen.query_one(KeyBar)._fitting()}
            assert {"f1", "ctrl+q", "ctrl+p"} <= shown, (step.id, shown)


@pytest.mark.parametrize("width", [16, 20, 33])
def test_chinese_folds_by_its_own_rules(width: int) -> None:
    text = "粘贴的密码会移到下一栏（passwords）并遮盖。主机:端口，或 redis://default@10.0.0.5:6379/0 地址；完成。"
    lines = [text[begin:end] for begin, end in cuts(text, width)]
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(line.split()) for line in lines) == "".join(text.split())
    assert not any(line.startswith(("，", "。", "；", "）")) for line in lines)
    assert not any(line.endswith("（") for line in lines)
