"""Forms by keys: typing replaces, arrows move, Enter goes on, and an invalid text keeps the cursor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.widgets import Input

from nbcluster.answers.answers import Source
from nbcluster.answers.fields import Row
from nbcluster.answers.secret import Secret
from nbcluster.wizard import Wizard
from nbcluster_tui.choices import RadioGroup, Ticks
from nbcluster_tui.form import FormView
from nbcluster_tui.inputs import SecretInput
from nbcluster_tui.look import State, sign
from nbcluster_tui.rows import FieldRow
from nbcluster_tui.tables import Cell, TableEditor
from nbcluster_tui.views import JumpTo
from nbcluster_tui.widgets import Fold, KeyBar, Pane
from tests.screens.driver import Driver, running, wizard_for
from tests.screens.test_verdict import judge
from tests.unit.scenarios import official


def at(driver: Driver) -> str:
    """Return the key path of the field that has the focus."""
    focused = driver.app.focused
    rows = [part for part in focused.ancestors_with_self if isinstance(part, FieldRow)] if focused is not None else []
    return rows[0].field.path if rows else ""


def focus(driver: Driver, path: str) -> None:
    row = driver.screen.query_one(f"#field-{path.replace('.', '-')}", FieldRow)
    row.focus_control()


def is_asked(driver: Driver, path: str) -> bool:
    """Tell whether the field of an answer is on the page."""
    return any(row.display for row in driver.screen.query(f"#field-{path.replace('.', '-')}"))


async def test_typing_into_a_filled_field_replaces_it() -> None:
    async with running(wizard_for(official())) as driver:
        focus(driver, "app.port")
        await driver.press("1", "4", "0", "0", "0", "tab")
        assert driver.wizard.answers["app.port"] == 14000


async def test_arrows_move_between_fields_and_choose_in_a_choice() -> None:
    async with running(wizard_for(official())) as driver:
        focus(driver, "app.version")
        await driver.press("down")
        assert at(driver) == "app.port"
        await driver.press("up", "up")
        assert at(driver) == "app.deployment"
        await driver.press("right")
        assert driver.wizard.answers["app.deployment"] == "docker"
        await driver.press("left")
        assert driver.wizard.answers["app.deployment"] == "host"


async def test_walking_through_choices_changes_no_answer_and_space_or_enter_chooses() -> None:
    async with running(wizard_for(official())) as driver:
        focus(driver, "app.installation")
        before = driver.wizard.answers
        await driver.press("down")
        assert at(driver) == "app.installation"
        other = driver.screen.query_one(Pane).plain
        await driver.press("down")
        assert at(driver) != "app.installation" and driver.wizard.answers == before
        await driver.press("up")
        # the cursor begins on what is chosen, whose meaning the pane tells
        assert at(driver) == "app.installation" and driver.screen.query_one(Pane).plain != other
        for key in ("space", "enter"):
            focus(driver, "app.installation")
            await driver.press("down", key)
            assert driver.wizard.answers["app.installation"] == "existing"
            await driver.press("up", key)
            assert driver.wizard.answers["app.installation"] == "new"


async def test_the_image_is_asked_for_containers_only() -> None:
    async with running(wizard_for(official())) as driver:
        assert not is_asked(driver, "app.image")
        focus(driver, "app.deployment")
        await driver.press("right")
        await driver.settle()
        assert is_asked(driver, "app.image")
        await driver.press("left")
        assert not is_asked(driver, "app.image")


async def test_settings_of_a_server_are_not_asked_for_a_new_installation() -> None:
    async with running(wizard_for(official())) as driver:
        assert not is_asked(driver, "app.base_env")
        await driver.press("down", "space")
        await driver.settle()
        assert driver.wizard.answers["app.installation"] == "existing" and is_asked(driver, "app.base_env")


async def test_enter_goes_on_and_from_the_last_field_to_the_next_step() -> None:
    async with running(wizard_for(official())) as driver:
        focus(driver, "app.port")
        await driver.press("enter")
        assert at(driver) == "app.timezone"
        await driver.press("enter")
        assert driver.screen.step.id == "connections"


@pytest.mark.parametrize("key", ["enter", "down", "up"])
async def test_a_field_that_holds_no_answer_keeps_the_cursor(key: str) -> None:
    async with running(wizard_for(official())) as driver:
        focus(driver, "app.port")
        await driver.type("many")
        await driver.press(key)
        await driver.settle()
        assert at(driver) == "app.port"
        first = driver.screen.query_one(Pane).plain.split("\n")[0]
        assert first.startswith(sign(State.BAD))
        assert driver.screen.query_one("#field-app-port", FieldRow).has_class("-bad")


async def test_up_and_down_move_between_ticks_and_one_key_sets_all() -> None:
    async with running(wizard_for()) as driver:
        await driver.go("license")
        ticks = driver.screen.query(Ticks).first()
        await driver.press("space", "down", "space")
        assert ticks.ticked == {0, 1}
        await driver.press("a")
        assert len(ticks.ticked) == len(ticks.labels) == len(driver.wizard.answers.words("license.confirmed"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 16)])
async def test_no_choice_is_ever_cut(size: tuple[int, int]) -> None:
    async with running(wizard_for(official()), size) as driver:
        for step in driver.wizard.steps:
            await driver.go(step.id)
            for choice in driver.screen.query(RadioGroup):
                if choice.region.width:
                    text = choice.render().plain.replace("\n", " ")
                    assert all("".join(label.plain.split()) in "".join(text.split()) for label in choice.labels), step.id
                    assert choice.content_size.height >= len(choice.render().plain.split("\n"))


async def test_what_a_choice_means_stands_in_the_pane() -> None:
    async with running(wizard_for()) as driver:
        pane = driver.screen.query_one(Pane)
        nothing_chosen = pane.plain
        await driver.press("enter")
        await driver.settle()
        fields = {field.path: field for field in driver.screen.step.fields}
        answers = fields["app.installation"].choices_for(driver.wizard.answers)
        assert answers[0].why in pane.plain and answers[0].why not in nothing_chosen
        await driver.press("down")
        await driver.settle()
        assert answers[1].why in pane.plain


async def test_an_example_says_that_it_is_one_and_a_missing_answer_is_marked() -> None:
    async with running(wizard_for()) as driver:
        await driver.go("middleware")
        control = driver.screen.query("#field-redis-address Input").first(Input)
        assert control.value == "" and not control.placeholder.startswith("redis://") and "redis://" in control.placeholder
        assert "*" in driver.screen.query_one("#field-redis-address", FieldRow).label_text
        assert "*" not in driver.screen.query_one("#field-redis-layout", FieldRow).label_text


async def test_a_secret_is_shown_for_a_moment_and_hidden_when_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("database")
        control = driver.screen.query_one("#field-database-password SecretInput", SecretInput)
        control.focus()
        await driver.press("ctrl+r")
        assert "s3cret-of-the-database" in driver.text()
        await driver.press("ctrl+r")
        assert "s3cret" not in driver.text()
        await driver.press("n", "e", "w", "ctrl+r")
        assert "new" in control._value.plain
        await driver.press("shift+tab")
        assert control._value.plain != "new" and driver.wizard.answers["database.password"] == Secret("new")
        control.focus()
        await driver.press("ctrl+r")
        # what the timer does at the end of the time
        control.hide()
        await driver.pilot.pause()
        assert not control.is_revealed and "new" not in control.placeholder


async def test_what_is_rare_is_folded_away_and_opens_where_it_is_wrong() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("database")
        fold = driver.screen.query_one(Fold)

        def is_open() -> bool:
            return any(part.display for part in driver.screen.query("#advanced"))

        seen = [is_open()]
        fold.focus()
        for _time in range(2):
            await driver.press("enter")
            seen.append(is_open())
        assert seen == [False, True, False] and len(fold.labels) >= 3
        driver.wizard.change("database.pool_max", 0)
        view = driver.screen.query_one(FormView)
        view.refresh_rows(always=True)
        view.focus_bad()
        await driver.pilot.pause()
        assert is_open() and at(driver) == "database.pool_max"


async def test_f8_goes_where_the_person_is_needed_and_f7_where_one_came_from() -> None:
    answers = official().without("database.host").without("balancer.server_name")
    async with running(wizard_for(answers)) as driver:
        await driver.press("f8")
        assert driver.screen.step.id == "database"
        await driver.press("f6")
        await driver.press("home", "down", "down", "enter")
        assert driver.screen.step.id == "middleware"
        await driver.press("f7")
        assert driver.screen.step.id == "database"
        await driver.press("f7")
        assert driver.screen.step.id == "start"


async def test_f6_explains_how_the_step_at_the_cursor_stands() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.press("f6")
        before = driver.screen.query_one(Pane).plain
        await driver.press("down", "down")
        assert driver.screen.query_one(Pane).plain != before


async def test_a_licence_that_is_missing_is_the_one_under_the_cursor() -> None:
    answers = official()
    confirmed = answers.words("license.confirmed")
    async with running(wizard_for(answers.with_("license.confirmed", confirmed[:2] + confirmed[3:]))) as driver:
        await driver.go("review")
        await driver.press("enter")
        assert driver.screen.step.id == "license"
        await driver.press("space")
        assert set(driver.wizard.answers.words("license.confirmed")) == set(confirmed)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=["lf", "cr", "crlf"])
async def test_a_list_pasted_into_a_cell_becomes_rows(end: str) -> None:
    from textual.events import Paste

    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        driver.app.post_message(Paste(f"a 10.0.0.1{end}b 10.0.0.2:13001{end}"))
        await driver.pilot.pause()
        await driver.settle()
        rows = driver.wizard.answers.rows("nodes")
        assert [(row["name"], row["host"]) for row in rows] == [("a", "10.0.0.1"), ("b", "10.0.0.2")]
        driver.app.post_message(Paste("c 10.0.0.3 no list\nd\n"))
        await driver.pilot.pause()
        await driver.settle()
        assert len(driver.wizard.answers.rows("nodes")) == 2 and driver.screen.news is not None


async def test_lines_of_an_env_file_pasted_anywhere_fill_what_they_name() -> None:
    from textual.events import Paste

    async with running(wizard_for(official())) as driver:
        await driver.go("database")
        driver.screen.query_one("#field-database-name Input", Input).focus()
        driver.app.post_message(Paste("DB_HOST=10.9.9.9\nDB_PORT=5444\nDB_PASSWORD=geheim\nTZ=Asia/Tokyo\n"))
        await driver.pilot.pause()
        answers = driver.wizard.answers
        assert (answers["database.host"], answers["database.port"], answers["app.timezone"]) == ("10.9.9.9", 5444, "Asia/Tokyo")
        assert driver.screen.query_one("#field-database-host Input", Input).value == "10.9.9.9"
        assert answers["database.name"] == official()["database.name"] and "geheim" not in driver.text()
        await driver.go("nodes")
        rows = driver.wizard.answers.rows("nodes")
        driver.screen.query_one(".rows Input").focus()
        driver.app.post_message(Paste("DB_HOST=10.8.8.8\rDB_PASSWORD=geheim2\r"))
        await driver.pilot.pause()
        assert driver.wizard.answers["database.host"] == "10.8.8.8" and driver.wizard.answers.rows("nodes") == rows
        assert "geheim" not in driver.text()


async def test_f8_leads_into_the_first_field_that_lacks_an_answer() -> None:
    async with running(wizard_for(official().without("database.host"))) as driver:
        await driver.press("f8")
        assert driver.screen.step.id == "database" and at(driver) == "database.host"
        await driver.go("multicore")
        first = next(driver.screen.query_one(FormView)._controls())
        assert driver.app.focused is first


async def test_a_row_that_is_added_begins_at_its_host_and_enter_goes_through_the_rows() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        editor = driver.screen.query_one(TableEditor)
        last = len(driver.wizard.answers.rows("nodes"))
        editor.add()
        await driver.pilot.pause()
        await driver.settle()
        focused = driver.app.focused
        assert isinstance(focused, Cell) and (focused.row, focused.column.path) == (last, "host")
        [cell for cell in driver.screen.query(Cell) if cell.row == 0][-1].focus()
        await driver.pilot.pause()
        await driver.press("enter")
        focused = driver.app.focused
        assert isinstance(focused, Cell) and focused.row == 1 and driver.screen.step.id == "nodes"


async def test_from_the_last_row_down_and_enter_lead_to_the_button_that_adds_one() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("nodes")
        count = len(driver.wizard.answers.rows("nodes"))
        cells = [cell for cell in driver.screen.query(Cell) if cell.row == count - 1]
        next(cell for cell in cells if cell.column.path == "host").focus()
        await driver.press("down", "enter")
        await driver.settle()
        focused = driver.app.focused
        assert isinstance(focused, Cell) and (focused.row, focused.column.path) == (count, "host")
        await driver.type("10.9.9.9")
        [cell for cell in driver.screen.query(Cell) if cell.row == count][-1].focus()
        await driver.press("enter")
        assert driver.screen.step.id == "nodes"
        await driver.press("enter")
        await driver.settle()
        assert len(driver.wizard.answers.rows("nodes")) == count + 2


async def test_the_widest_label_has_room_for_its_mark() -> None:
    async with running(wizard_for(official().without("balancer.server_name"))) as driver:
        await driver.go("balancer")
        row = driver.screen.query_one("#field-balancer-server_name", FieldRow)
        assert row.label_text.endswith("*") and row.label_text in driver.text()


async def test_text_typed_where_none_is_taken_is_told_of_for_longer_than_keys_typed_ahead_last() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("database")
        focus(driver, "database.dialect")
        before = driver.wizard.answers
        await driver.press("d", "b", "tab", "tab")
        assert driver.wizard.answers == before
        assert (
            driver.screen.news is not None and driver.wizard.answers.fields["database.dialect"].label in driver.screen.news.plain
        )
        assert driver.screen.news.plain in driver.screen.query_one(Pane).plain
        driver.screen._news_until = 0.0
        await driver.press("tab")
        assert driver.screen.news is None


async def test_keys_with_a_meaning_of_their_own_are_no_lost_text() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("database")
        focus(driver, "database.tls")
        await driver.press("space")
        assert driver.wizard.answers.flag("database.tls") and driver.screen.news is None


async def test_lines_of_an_env_file_pasted_on_a_choice_fill_what_they_name() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("database")
        focus(driver, "database.dialect")
        driver.app.post_message(Paste("DB_HOST=10.1.2.3\nDB_PORT=6000\n"))
        await driver.settle()
        assert driver.wizard.answers["database.host"] == "10.1.2.3"
        assert driver.screen.query_one("#in-field-database-host", Input).value == "10.1.2.3"


async def test_a_text_pasted_on_a_choice_is_told_of() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("database")
        focus(driver, "database.dialect")
        driver.app.post_message(Paste("10.1.2.3"))
        await driver.settle()
        assert (
            driver.screen.news is not None and driver.wizard.answers.fields["database.dialect"].label in driver.screen.news.plain
        )


async def test_a_field_that_was_only_entered_is_not_judged() -> None:
    async with running(wizard_for()) as driver:
        await driver.go("database")
        row, view = driver.screen.query_one("#field-database-host", FieldRow), driver.screen.query_one(FormView)
        assert at(driver) == "database.host"
        for typed, state in (("", None), ("db example", State.BAD)):
            if typed:
                await driver.type(typed)
            # what the timer does once nothing more is typed, and then the results of a check
            view._take_typed()
            view.redraw()
            await driver.settle()
            assert (row.state, bool(row.problem)) == (state, bool(typed))


async def test_a_choice_that_is_made_again_takes_the_cursor_back() -> None:
    async with running(wizard_for(official())) as driver:
        focus(driver, "app.installation")
        choice = driver.screen.focused
        assert isinstance(choice, RadioGroup)
        await driver.press("down")
        assert (choice.cursor, choice.chosen) == (1, 0)
        await driver.press("left")
        assert (choice.cursor, choice.chosen) == (0, 0)


async def test_a_result_that_comes_while_fields_are_mounted_is_shown_afterwards() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("middleware")
        view = driver.screen.query_one(FormView)
        mount = type(view).mount

        def mounted(*arguments: Any, **settings: Any) -> Any:
            # the row stands in the form, and its controls do not yet
            waiting = mount(view, *arguments, **settings)
            driver.screen._redraw_now()
            return waiting

        view.mount = mounted  # type: ignore[method-assign]  # the moment of a fault
        driver.wizard.change("queue.adapter", "rabbitmq")
        view.refresh_rows()
        await driver.settle()
        assert driver.screen.query("#field-queue-url")


async def test_a_form_begins_at_an_answer_that_is_wrong() -> None:
    async with running(wizard_for(official().with_("database.port", 0, Source.IMPORTED))) as driver:
        await driver.go("database")
        assert at(driver) == "database.port"


async def test_keys_typed_ahead_reach_a_field_that_a_choice_calls_for() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("middleware")
        focus(driver, "queue.adapter")
        for key in ("right", "tab", *"amqp://mq.example:5672/nocobase", "tab"):
            driver.app.post_message(Key(_character_to_key(key) if len(key) == 1 else key, key if len(key) == 1 else None))
        await driver.settle()
        url = driver.wizard.answers.url("queue.url")
        assert driver.wizard.answers["queue.adapter"] == "rabbitmq"
        assert url is not None and url.host == "mq.example"


async def test_a_field_that_is_folded_away_comes_when_it_is_wanted() -> None:
    async with running(wizard_for(official())) as driver:
        assert not is_asked(driver, "app.public_path")
        driver.screen.post_message(JumpTo("start", ("app.public_path",)))
        await driver.settle()
        assert at(driver) == "app.public_path" and driver.screen.query_one(Fold).is_open


async def test_an_error_in_a_field_that_is_folded_away_keeps_one_here_and_is_shown() -> None:
    async with running(wizard_for(official().with_("app.public_path", "no-slash", Source.IMPORTED))) as driver:
        await driver.press("f8")
        assert driver.screen.step.id == "start" and at(driver) == "app.public_path"
        assert driver.screen.query_one("#field-app-public_path", FieldRow).has_class("-bad")


async def test_a_step_that_is_left_while_fields_come_stays_left() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("middleware")
        view = driver.screen.query_one(FormView)
        driver.wizard.change("queue.adapter", "rabbitmq")
        view.refresh_rows()
        assert view.is_building
        await driver.go("database")
        await driver.settle()
        assert driver.app.fault is None and not driver.screen.is_moving and driver.screen.step.id == "database"


def marked(driver: Driver) -> set[str]:
    """Return the key paths of the fields that are marked."""
    rows = driver.screen.query(FieldRow)
    return {row.field.path for row in rows if row.display and (row.has_class("-bad") or row.has_class("-look"))}


def localhost(wizard: Wizard, path: str) -> None:
    """Answer an address with one of this machine, which is another machine on every node."""
    url = wizard.answers.url(path)
    assert url is not None
    wizard.change(path, replace(url, host="127.0.0.1"))


async def test_a_warning_is_marked_on_arrival_and_told_at_its_field() -> None:
    wizard = wizard_for(official())
    wizard.change("database.password", Secret("with a \\ in it"))
    async with running(wizard) as driver:
        await driver.go("database")
        row = driver.screen.query_one("#field-database-password", FieldRow)
        assert marked(driver) == {"database.password"} and row.has_class("-look")
        assert sign(State.LOOK) in "".join(str(mark.render()) for mark in row.query(".mark"))
        found = next(p for p in wizard.all_problems() if p.rule == "database-password-licence")
        focus(driver, "database.password")
        await driver.settle()
        assert found.message in driver.screen.query_one(Pane).plain


async def test_an_error_that_another_answer_has_led_to_is_marked_on_arrival() -> None:
    wizard = wizard_for(official())
    localhost(wizard, "redis.address")
    async with running(wizard) as driver:
        await driver.go("middleware")
        assert marked(driver) == {"redis.address"} and at(driver) == "redis.address"
        assert driver.screen.query_one("#field-redis-address", FieldRow).has_class("-bad")
        found = next(p for p in wizard.all_problems() if p.rule == "redis-localhost")
        assert found.message in driver.screen.query_one(Pane).plain


async def test_what_is_merely_empty_is_not_marked_on_arrival_however_often() -> None:
    async with running(wizard_for()) as driver:
        for _time in range(2):
            for step in ("license", "middleware", "database", "balancer", "start"):
                await driver.go(step)
                assert not marked(driver), step


async def test_text_that_is_saved_while_it_is_typed_is_not_judged_yet() -> None:
    wizard = wizard_for(official())
    async with running(wizard) as driver:
        await driver.go("database")
        focus(driver, "database.host")
        await driver.type("127.0.0.1")
        view = driver.screen.query_one(FormView)
        view._save_typed()
        view.refresh_rows()
        assert wizard.answers["database.host"] == "127.0.0.1" and not marked(driver)
        await driver.press("tab")
        assert marked(driver) == {"database.host"}


async def test_what_is_wrong_with_a_cell_is_told_where_it_has_the_focus() -> None:
    wizard = wizard_for(official())
    nodes = wizard.answers.rows("nodes")
    wizard.change("nodes", (nodes[0], Row({**nodes[1], "host": nodes[0]["host"]}), *nodes[2:]))
    found = next(p for p in wizard.all_problems() if p.path == "nodes[1].host")
    async with running(wizard) as driver:
        await driver.go("nodes")
        pane = driver.screen.query_one(Pane)
        for cell in driver.screen.query(Cell):
            cell.focus()
            await driver.settle()
            is_wrong = (cell.row, cell.column.path) == (1, "host")
            assert (found.message in pane.plain) is is_wrong


async def test_f8_says_why_it_leads_back() -> None:
    wizard = wizard_for(official())
    async with running(wizard) as driver:
        judge(wizard)
        localhost(wizard, "redis.address")
        judge(wizard)
        await driver.go("multicore")
        await driver.press("f8")
        assert driver.screen.step.id == "middleware" and at(driver) == "redis.address"
        found = next(p for p in wizard.all_problems() if p.rule == "redis-localhost")
        title = driver.screen.step.title
        first, second, *_rest = driver.screen.query_one(Pane).plain.split("\n")
        assert title in first and found.message in second


async def test_f8_that_goes_on_says_nothing_of_a_way_back() -> None:
    async with running(wizard_for(official().without("database.host"))) as driver:
        await driver.press("f8")
        assert driver.screen.step.id == "database" and driver.screen.news is None


async def test_each_key_of_a_fold_stands_once_among_the_keys() -> None:
    async with running(wizard_for(official()), (120, 40)) as driver:
        driver.screen.query_one(Fold).focus()
        await driver.settle()
        shown = driver.screen.query_one(KeyBar).render().plain
        assert shown.count("enter") == 1
        await driver.press("space")
        assert driver.screen.query_one(Fold).is_open


async def test_a_default_is_judged_in_a_form_that_was_seen_before_and_its_fold_is_marked() -> None:
    wizard = wizard_for(official({"queue.adapter": "rabbitmq", "queue.url": "amqp://mq.example:5672/nocobase"}))
    found = next(p for p in wizard.all_problems() if p.path == "queue.url_variable")
    async with running(wizard) as driver:
        for is_seen in (False, True):
            await driver.go("middleware")
            fold = driver.screen.query_one(Fold)
            fold.focus()
            await driver.settle()
            assert (fold.state is State.LOOK) is is_seen
            assert (found.message in driver.screen.query_one(Pane).plain) is is_seen
        fold = driver.screen.query_one(Fold)
        await driver.press("enter")
        assert fold.state is None and "queue.url_variable" in marked(driver)
        await driver.press("enter")
        assert fold.state is State.LOOK
