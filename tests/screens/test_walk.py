"""The wizard driven by keys at 80x24: the same files as without a screen, going back and forth loses nothing, problems are shown at their fields."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from nbcluster.answers.answers import Source
from nbcluster.answers.secret import Secret
from nbcluster.steps import STEPS, StepFace
from nbcluster_tui.dialogs import Confirm
from nbcluster_tui.form import FormView
from nbcluster_tui.inputs import SecretInput, UrlInput
from nbcluster_tui.look import State, sign
from nbcluster_tui.paste import PasteDialog
from nbcluster_tui.tables import Cell, TableEditor
from nbcluster_tui.widgets import Fold
from tests.cli.program import nbcluster, unsalted
from tests.screens.driver import Driver, running, scenario, wizard_for
from tests.unit.scenarios import ANSWERS, official

SCENARIOS = sorted(ANSWERS.glob("*.toml"))


async def export(driver: Driver, folder: Path) -> None:
    """Go to the export by keys, write to a folder, confirm."""
    for _step in range(len(STEPS) + 1):
        if driver.screen.step.face is StepFace.EXPORT:
            break
        before = driver.screen.step.id
        await driver.press("f8")
        assert driver.screen.step.id != before, driver.text()
    await driver.type(str(folder))
    await driver.press("f8")
    assert isinstance(driver.app.screen, Confirm), driver.text()
    await driver.press("y")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.stem)
async def test_the_files_are_those_of_render(path: Path, tmp_path: Path) -> None:
    assert nbcluster("render", "--answers", path, "--out", tmp_path / "headless").code == 0
    async with running(wizard_for(scenario(path))) as driver:
        await export(driver, tmp_path / "keys")
        assert "RUNBOOK.md" in driver.text() or "0600" in driver.text()
    assert unsalted(tmp_path / "keys") == unsalted(tmp_path / "headless")


async def test_a_cluster_typed_from_nothing(tmp_path: Path) -> None:
    """Every answer of the official example, by keys alone."""
    async with running(wizard_for()) as driver:
        await driver.press("enter")
        assert driver.wizard.answers["app.installation"] == "new"
        driver.screen.query_one(Fold).focus()
        await driver.press("enter", "tab")
        await driver.type("official")
        await driver.press("f8")
        assert driver.screen.step.id == "license"
        await driver.press("a", "tab")
        await driver.type("ops")
        await driver.press("f8")
        assert driver.screen.step.id == "middleware"
        await driver.type("redis://10.0.0.5:6379/0")
        await driver.press("f8")
        assert driver.screen.step.id == "database"
        await driver.type("10.0.0.6")
        await driver.press("tab", "tab", "tab", "tab", "tab")
        await driver.type("s3cret-of-the-database")
        await driver.press("f8")
        assert driver.screen.step.id == "connections"
        await driver.go("keys")
        for literal in ("0123456789abcdef" * 4, "fedcba9876543210" * 4):
            await driver.press("down", "enter", "enter")
            await driver.type(literal)
            await driver.press("tab")
        await driver.type("ops@example.com")
        await driver.press("tab", "right", "enter")
        await driver.type("correct-horse-battery")
        await driver.press("f8")
        assert driver.screen.step.id == "storage", driver.text()
        await driver.press("f8")
        assert driver.screen.step.id == "nodes", driver.text()
        for number in (1, 2, 3):
            await driver.type(f"172.31.0.{number}")
            if number < 3:
                await driver.press("tab", "tab", "tab", "enter")
                await driver.pilot.pause()
        await driver.press("f8")
        assert driver.screen.step.id == "balancer", driver.text()
        await driver.type("nocobase.example.com")
        await export(driver, tmp_path / "keys")
    assert nbcluster("render", "--answers", ANSWERS / "official.toml", "--out", tmp_path / "headless").code == 0
    assert unsalted(tmp_path / "keys") == unsalted(tmp_path / "headless")


async def test_next_stops_at_an_error_and_puts_the_cursor_there() -> None:
    async with running(wizard_for()) as driver:
        await driver.press("f8")
        assert driver.screen.step.id == "start"
        assert sign(State.BAD) in driver.text()
        row = driver.app.focused
        assert row is not None and any(w.id == "field-app-installation" for w in row.ancestors_with_self)


async def test_what_cannot_be_read_stays_in_its_field_going_back_and_forth() -> None:
    async with running(wizard_for(official())) as driver:
        port = driver.screen.query_one("#field-app-port Input", Input)
        port.focus()
        await driver.type("many")
        await driver.press("tab")
        assert sign(State.BAD) in driver.text() and port.value == "many"
        assert driver.wizard.answers["app.port"] == 13000
        await driver.press("f8")
        assert driver.screen.step.id == "start"


async def test_going_back_loses_nothing() -> None:
    async with running(wizard_for(official())) as driver:
        before = driver.wizard.answers
        trail = []
        while driver.screen.step.face is not StepFace.EXPORT:
            trail.append(driver.screen.step.id)
            await driver.press("f8")
        for step_id in reversed(trail):
            await driver.press("f7")
            assert driver.screen.step.id == step_id
        assert driver.screen.step.id == "start"
        assert {k: a.value for k, a in driver.wizard.answers.items()} == {k: a.value for k, a in before.items()}


async def test_a_password_in_an_address_moves_to_its_own_field_and_is_never_shown() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("middleware")
        address = driver.screen.query(UrlInput).first()
        address.focus()
        await driver.type("redis://app:hun#ter2@10.0.0.9:6379/0")
        assert "hun#ter2" not in driver.text()
        await driver.press("tab")
        assert address.value == "redis://app@10.0.0.9:6379/0"
        url = driver.wizard.answers.url("redis.lock")
        assert url is not None and url.password == Secret("hun#ter2") and url.faults == () and "hun%23ter2" in url.reveal()


async def test_a_database_url_as_the_host_fills_the_form_and_is_never_shown() -> None:
    async with running(wizard_for()) as driver:
        await driver.go("database")
        driver.screen.query_one("#field-database-host Input", Input).focus()
        await driver.type("mysql://app:p#ss@w0rd@10.0.0.6:3307/nc?ssl=true")
        assert "p#ss" not in driver.text() and "w0rd" not in driver.text()
        # the whole form is committed, with the fields that show what was there before
        await driver.press("f8")
        answers = driver.wizard.answers
        values = {name: answers[f"database.{name}"] for name in ("dialect", "host", "port", "name", "user", "tls")}
        assert values == {"dialect": "mysql", "host": "10.0.0.6", "port": 3307, "name": "nc", "user": "app", "tls": True}
        assert answers.secret("database.password") == Secret("p#ss@w0rd")
        await driver.press("f7")
        assert "mysql://" not in driver.text() and "p#ss" not in driver.text() and "10.0.0.6" in driver.text()


async def test_a_server_with_its_export_fills_both_fields() -> None:
    async with running(wizard_for()) as driver:
        await driver.go("storage")
        driver.screen.query_one("#field-storage-server Input", Input).focus()
        await driver.type("10.0.0.7:/exports/nocobase")
        await driver.press("tab")
        assert driver.screen.query_one("#field-storage-server Input", Input).value == "10.0.0.7"
        assert driver.screen.query_one("#field-storage-export Input", Input).value == "/exports/nocobase"


async def test_an_address_without_a_scheme_is_given_it_in_its_field() -> None:
    async with running(wizard_for()) as driver:
        await driver.go("middleware")
        field = driver.screen.query_one("#field-redis-address UrlInput", UrlInput)
        field.focus()
        await driver.type("10.0.0.5:6379")
        await driver.press("tab")
        assert field.value == "redis://10.0.0.5:6379"


async def test_a_node_with_its_port_fills_the_row() -> None:
    async with running(wizard_for()) as driver:
        await driver.go("nodes")
        await driver.type("ops@10.0.0.1")
        await driver.press("f8")
        (row,) = driver.wizard.answers.rows("nodes")
        assert dict(row) == {"name": "node1", "host": "10.0.0.1", "ssh": "ops@10.0.0.1"}


async def test_a_secret_is_not_copied_out() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("database")
        secret = driver.screen.query_one(SecretInput)
        secret.focus()
        await driver.type("hunter2")
        await driver.press("ctrl+shift+a", "ctrl+c", "ctrl+x")
        assert driver.app.clipboard == "" and secret.value == "hunter2" and "hunter2" not in driver.text()


@pytest.mark.parametrize("nasty", ["[/x]", "[b]x[/b]", "p[ass]word", "\u202egnp", "a\x1b]0;t\x07b"])
async def test_data_is_never_markup_nor_a_terminal_sequence(nasty: str) -> None:
    answers = official().with_("license.confirmed_by", nasty, Source.TYPED).with_("database.user", nasty, Source.TYPED)
    for size in ((80, 24), (120, 40)):
        async with running(wizard_for(answers), size) as driver:
            for step in STEPS:
                await driver.go(step.id)
                shown = driver.text()
                assert "\x1b" not in shown and "\u202e" not in shown and "\x07" not in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 16)])
async def test_every_step_mounts_and_fits(size: tuple[int, int]) -> None:
    async with running(wizard_for(official()), size) as driver:
        for step in STEPS:
            await driver.go(step.id)
            lines = driver.text().split("\n")
            assert len(lines) == size[1] and "F8" in lines[-1]
            for widget in driver.screen.query("StepView *"):
                assert widget.region.right <= size[0]


async def test_the_language_changes_at_once_and_back() -> None:
    async with running(wizard_for(official())) as driver:
        english = driver.text()
        await driver.press("f9")
        assert driver.text() != english and "节点" in driver.text()
        await driver.press("f9")
        assert "Nodes" in driver.text()


async def test_a_worker_never_enters_the_balancer_and_ids_are_counted_live() -> None:
    async with running(wizard_for(official())) as driver:
        driver.wizard.change("multicore.processes", "each")
        await driver.go("multicore")
        cells = list(driver.screen.query(".rows Input"))
        cells[0].focus()
        await driver.type("12")
        await driver.press("tab")
        await driver.type("!")
        await driver.press("tab")
        assert "14" in driver.text()
        cells = list(driver.screen.query(".rows Input"))
        cells[3].focus()
        await driver.type("33")
        await driver.press("tab")
        assert sign(State.BAD) in driver.text() and "46" in driver.text()
        await driver.press("f8")
        assert driver.screen.step.id == "multicore"


async def test_nodes_can_be_pasted() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        driver.screen.query_one("#paste").focus()
        await driver.press("enter")
        from textual.widgets import TextArea

        driver.app.screen.query_one(TextArea).text = "a 10.0.0.1\nb 10.0.0.2:13001\n# comment\nc 10.0.0.3 bad line\n"
        await driver.press("f8")
        assert "4" in driver.text() and sign(State.BAD) in driver.text()
        driver.app.screen.query_one(TextArea).text = "a 10.0.0.1\nb 10.0.0.2:13001\n"
        await driver.press("f8")
        rows = driver.wizard.answers.rows("nodes")
        assert [(row["name"], row["host"], row.get("port")) for row in rows] == [
            ("a", "10.0.0.1", None),
            ("b", "10.0.0.2", 13001),
        ]


async def test_cells_that_a_pasted_list_replaces_are_not_taken_for_typed() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        editor = driver.screen.query_one(TableEditor)
        editor.paste()
        await driver.settle()
        dialog = driver.app.screen
        assert isinstance(dialog, PasteDialog) and not dialog.take("a 10.0.0.1\nb 10.0.0.2\n")
        editor.commit()
        editor.save_typed()
        assert [row["name"] for row in driver.wizard.answers.rows("nodes")] == ["a", "b"]


async def test_a_step_that_is_only_declared_appears() -> None:
    from tests.unit.test_extra_step import WITH_MAIL

    async with running(wizard_for(None, WITH_MAIL)) as driver:
        await driver.go("mail")
        assert "Relay" in driver.text() and driver.screen.query(FormView)


async def test_an_unwritable_folder_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with running(wizard_for(official())) as driver:
        await export(driver, tmp_path / "file" / "out")
        assert str(tmp_path)[:20] in driver.text().replace("\n", "")
        assert driver.wizard.answers["database.password"] == Secret("s3cret-of-the-database")


async def test_ctrl_u_empties_a_field_wherever_the_cursor_stands() -> None:
    async with running(wizard_for()) as driver:
        await driver.go("middleware")
        await driver.type("MySecret#1")
        await driver.press("tab", "shift+tab", "ctrl+u")
        field = driver.screen.query(UrlInput).first()
        assert field.has_focus and field.value == ""
        await driver.type("10.0.0.5")
        await driver.press("home", "ctrl+u")
        assert field.value == ""


async def test_a_problem_of_the_review_leads_to_its_field() -> None:
    answers = official({"nodes": [{"name": "a", "host": "10.0.0.1"}, {"name": "b", "host": "10.0.0.2"}]})
    rows = answers.rows("nodes")
    answers = answers.with_("nodes", (rows[0], rows[1].with_(host="")))
    async with running(wizard_for(answers)) as driver:
        await driver.go("review")
        await driver.press("enter")
        assert driver.screen.step.id == "nodes"
        focused = driver.app.focused
        assert isinstance(focused, Cell) and (focused.row, focused.column.path) == (1, "host"), focused


async def test_what_is_no_answer_is_not_dropped_without_a_word() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        # at once: what is typed letter by letter is saved in between
        cell = driver.app.focused
        assert isinstance(cell, Cell)
        cell.value = "node1ZZ"
        await driver.go("start")
        assert driver.screen.news is not None and sign(State.LOOK) in driver.screen.news.plain
        assert driver.wizard.answers.rows("nodes")[0].get("name") == "node1"
        await driver.go("nodes")
        await driver.go("start")
        assert driver.screen.news is None
