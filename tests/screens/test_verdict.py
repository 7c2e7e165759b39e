"""The state of checks on the screen: what failed or was not judged is shown at its step, in Review and before writing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Button, OptionList

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Row
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.checks.board import grouped
from nbcluster.checks.results import CheckResult, Status
from nbcluster.errors import alike, errors
from nbcluster.files.export import ExportResult
from nbcluster.files.surroundings import Surroundings, look_around
from nbcluster.report import StepState, label_of
from nbcluster.sessions.session import Session
from nbcluster.steps import STEPS
from nbcluster.wizard import Wizard
from nbcluster_tui.checker import CheckDone
from nbcluster_tui.choices import RadioGroup
from nbcluster_tui.dialogs import AskSecrets, Confirm, TextViewer
from nbcluster_tui.export import facts
from nbcluster_tui.form import FormView, Heading
from nbcluster_tui.inputs import SecretInput
from nbcluster_tui.look import State, sign
from nbcluster_tui.review import ReviewView
from nbcluster_tui.views import ChecksWanted
from nbcluster_tui.widgets import Pane, Split
from tests.screens.driver import Driver, running, wizard_for
from tests.unit.scenarios import official

PENDING = official().with_("license.confirmed", ()).with_("license.pending", True)
"""The example with a warning about its answers."""


def judge(wizard: Wizard, status: Status = Status.OK, **others: Status) -> None:
    """Record a result for every target; ``others`` are those of some targets, dots as underscores."""
    for target in wizard.targets():
        found = others.get(target.id.replace(".", "_"), status)
        result = CheckResult(f"{target.id}.reach", target.shown, "bastion", found, "found", "seen", "do", 1)
        wizard.record(target, wizard.board.fingerprint(target), (result,))


def seen(wizard: Wizard) -> Wizard:
    """Mark every step as visited."""
    wizard.session = replace(wizard.session, visited=tuple(step.id for step in STEPS))
    return wizard


def states(wizard: Wizard) -> dict[str, StepState]:
    return {step.id: wizard.state(step) for step in STEPS}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.OK, StepState.DONE),
        (Status.SKIP, StepState.DONE),
        (Status.WARN, StepState.WARNING),
        (Status.ERROR, StepState.UNJUDGED),
        (Status.FAIL, StepState.PROBLEM),
    ],
)
def test_a_step_stands_as_its_checks_do(status: Status, state: StepState) -> None:
    wizard = seen(wizard_for(official()))
    judge(wizard, database=status)
    found = states(wizard)
    assert (found["database"], found["connections"], found["review"]) == (state, state, state)
    assert found["middleware"] is StepState.DONE and found["export"] is StepState.TODO


def test_what_was_not_checked_for_the_present_answers_is_not_called_good() -> None:
    wizard = seen(wizard_for(official()))
    assert states(wizard)["middleware"] is StepState.UNJUDGED
    judge(wizard)
    assert states(wizard)["middleware"] is StepState.DONE
    wizard.change("database.user", "other")
    found = states(wizard)
    assert found["database"] is found["connections"] is found["review"] is StepState.UNJUDGED
    assert found["middleware"] is StepState.DONE


def test_export_is_done_only_for_what_was_written(tmp_path: Path) -> None:
    wizard = seen(wizard_for(official()))
    wizard.change("export.directory", str(tmp_path / "out"))
    assert states(wizard)["export"] is StepState.TODO
    wizard.export()
    assert states(wizard)["export"] is StepState.DONE
    wizard.change("database.user", "other")
    assert states(wizard)["export"] is StepState.TODO


def numbers(text: str) -> list[int]:
    """Return the numbers that stand for themselves in a text."""
    return [int(word) for word in text.replace(",", " ").replace(":", " ").split() if word.isdecimal()]


async def test_every_place_counts_the_same_warnings(tmp_path: Path) -> None:
    answers = PENDING.with_("export.directory", str(tmp_path / "out"))
    wizard = seen(wizard_for(answers))
    # one finding, of every role of Redis
    judge(
        wizard,
        database=Status.WARN,
        **{f"redis_{role}": Status.WARN for role in ("cache", "pubsub", "lock", "queue", "worker_id")},
    )
    results = [r for row in wizard.board_rows() for r in row.results]
    assert sum(result.status is Status.WARN for result in results) > 2
    checks = wizard.tally()
    found, said = grouped(r for r in results if r.status is Status.WARN), alike(wizard.all_problems())
    assert checks.warn == len(found) < checks.warnings and checks.answers == len(said)
    async with running(wizard, (120, 40)) as driver:
        await driver.go("connections")
        assert checks.warn in numbers(driver.screen.query_one("#count", Split).left)
        assert driver.screen.query_one("#findings", OptionList).option_count == checks.warn
        await driver.go("review")
        await driver.settle()
        head, tabs = driver.screen.query_one("#head", Split), driver.screen.query_one("#tabs", RadioGroup)
        assert [numbers(part) for part in (head.left, head.right)] == [[checks.warnings], [checks.ok, checks.warnings]]
        assert numbers(tabs.labels[0].plain) == [checks.warnings]
        asked = [str(line) for line in facts(wizard.outlook(), checks, wizard.answers)]
        assert sum(checks.warnings in numbers(line) for line in asked if line.startswith(sign(State.LOOK))) == 1
        outcome = wizard.export()
        told = wizard.told(outcome)
        assert checks.warn in numbers(dict(told.facts)["Checks"]) and checks.answers in numbers(told.warnings[-1])
        lines = (outcome.directory / "SUMMARY.md").read_text("utf-8").split("## ")[1].splitlines()
        assert sum(line.startswith("- ") for line in lines) == checks.answers


def test_a_step_that_nobody_has_begun_waits_and_is_not_wrong() -> None:
    wizard = seen(wizard_for())
    found = states(wizard)
    assert found["license"] is found["start"] is found["database"] is StepState.TODO
    assert all(wizard.only_waits(errors(wizard.problems(wizard.step(name)))) for name in ("start", "license"))
    wizard.change("license.confirmed_by", "ops")
    wizard.change("database.user", "clerk")
    found = states(wizard)
    assert found["license"] is found["database"] is StepState.PROBLEM and found["start"] is StepState.TODO


async def test_a_heading_is_as_grave_as_the_gravest_of_its_fields() -> None:
    wizard = wizard_for(PENDING)
    judge(wizard)
    async with running(wizard) as driver:
        await driver.go("database")
        first = driver.screen.query(Heading).first()
        good = first.right
        driver.wizard.change("database.port", 0)
        driver.screen.query_one(FormView).refresh_rows(always=True)
        assert sign(State.GOOD) in good and sign(State.GOOD) not in first.right and sign(State.BAD) in first.right
        await driver.go("license")
        await driver.settle()
        driver.screen.query_one(FormView).refresh_rows(always=True)
        assert sign(State.LOOK) in driver.screen.query(Heading).first().right


def test_a_skip_by_name_is_a_warning_and_can_be_taken_back() -> None:
    wizard = seen(wizard_for(official()))
    judge(wizard, database=Status.FAIL)
    assert wizard.skip("database", "moves in June")
    assert states(wizard)["database"] is StepState.WARNING and wizard.tally().skipped == 1
    wizard.unskip("database.reach")
    assert wizard.skips() == {} and states(wizard)["database"] is StepState.PROBLEM


def test_a_missing_secret_is_a_problem_of_its_step_and_forbids_writing(tmp_path: Path) -> None:
    answers = official().with_("database.password", MissingSecret("00", "11"), Source.SESSION)
    wizard = seen(wizard_for(answers))
    judge(wizard)
    assert states(wizard)["database"] is StepState.PROBLEM
    assert "database.password" in {problem.path for problem in wizard.all_problems()}
    wizard.set_secret("database.password", Secret("typed-later"))
    assert "database.password" not in {problem.path for problem in wizard.all_problems()}


def test_a_secret_that_the_answers_no_longer_need_is_not_asked_for() -> None:
    answers = official({"queue.adapter": "rabbitmq", "queue.url": "amqp://u:p@10.0.0.8:5672"})
    url = answers.url("queue.url")
    assert url is not None
    wizard = wizard_for(answers.with_("queue.url", url.with_password(MissingSecret("00", "11")), Source.SESSION))
    assert "queue.url.password" in wizard.missing()
    wizard.change("queue.adapter", "redis")
    assert wizard.missing() == ()


async def test_the_rail_and_review_show_a_failed_check_and_lead_to_its_step() -> None:
    async with running(seen(wizard_for(official()))) as driver:
        judge(driver.wizard, database=Status.FAIL)
        await driver.go("review")
        rail = driver.screen.query_one("#rail", OptionList)
        assert str(rail.get_option("database").prompt).startswith(sign(State.BAD))
        assert "database.reach" in driver.screen.query_one(Pane).plain
        await driver.press("enter")
        assert driver.screen.step.id == "database"


async def test_review_runs_what_has_no_result() -> None:
    async with running(wizard_for(official())) as driver:
        asked: list[str] = []
        driver.screen.checker.start = lambda targets: asked.extend(t.id for t in targets)  # type: ignore[method-assign]
        judge(driver.wizard)
        driver.wizard.change("database.user", "other")
        await driver.go("review")
        assert asked == ["database"]
        assert ChecksWanted(()).targets == ()


async def test_the_review_lists_the_steps_that_nobody_has_looked_at_and_leads_to_them() -> None:
    async with running(wizard_for(official())) as driver:
        judge(driver.wizard)
        await driver.go("review")
        await driver.app.workers.wait_for_complete()
        await driver.pilot.pause()
        defaults = [step for step, state in states(driver.wizard).items() if state is StepState.DEFAULT]
        assert "keys" in defaults and driver.screen.query_one("#jump", OptionList).option_count == len(defaults)
        await driver.press("home", *["down"] * defaults.index("keys"))
        assert "ops@example.com" in driver.screen.query_one(Pane).plain
        await driver.press("enter")
        assert driver.screen.step.id == "keys"


async def test_all_of_the_review_is_reached_by_keys_when_there_is_nothing_to_fix() -> None:
    async with running(seen(wizard_for(official()))) as driver:
        judge(driver.wizard)
        await driver.go("review")
        await driver.app.workers.wait_for_complete()
        await driver.pilot.pause()
        jump = driver.screen.query_one("#jump", OptionList)
        assert jump.option_count == 0 and driver.screen.query_one(ReviewView).has_focus
        await driver.press("right")
        assert jump.has_focus and jump.option_count > 10
        await driver.press("end")
        assert jump.highlighted == jump.option_count - 1
        await driver.press("home", "enter")
        assert isinstance(driver.app.screen, TextViewer)


@pytest.mark.parametrize(("status", "writes"), [(Status.FAIL, False), (Status.WARN, True)])
async def test_enter_does_not_write_while_a_check_fails(status: Status, writes: bool, tmp_path: Path) -> None:
    async with running(wizard_for(official())) as driver:
        judge(driver.wizard, database=status)
        driver.wizard.change("export.directory", str(tmp_path / "out"))
        await driver.go("export")
        await driver.press("f8")
        assert isinstance(driver.app.screen, Confirm)
        await driver.press("enter")
        assert (tmp_path / "out" / ".env").is_file() is writes


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_a_writing_that_is_cancelled_is_told_of(key: str, tmp_path: Path) -> None:
    async with running(wizard_for(official())) as driver:
        judge(driver.wizard, database=Status.FAIL)
        driver.wizard.change("export.directory", str(tmp_path / "out"))
        await driver.go("export")
        await driver.press("f8")
        await driver.press(key)
        assert driver.screen.news is not None and driver.screen.news.plain in driver.screen.query_one(Pane).plain
        assert not (tmp_path / "out").exists()


async def test_a_skip_stays_on_the_board_and_one_key_takes_it_back() -> None:
    async with running(wizard_for(official())) as driver:
        judge(driver.wizard, database=Status.FAIL)
        await driver.go("connections")
        await driver.press("s")
        await driver.type("moves in June")
        await driver.press("enter")
        assert driver.wizard.skips() == {"database.reach": "moves in June"}
        assert "moves in June" in driver.text()
        await driver.press("s")
        assert driver.wizard.skips() == {} and "FAIL" in driver.text()


def resumed(**secrets: str) -> Wizard:
    """Return a wizard on a saved session that does not hold the database's password."""
    salt = "0123456789abcdef"
    kept = MissingSecret(salt, Secret("right").fingerprint(salt))
    answers = official().with_("database.password", kept, Source.SESSION)
    return Wizard(Session(name="test", answers=answers, step="database"), None)


async def type_secret(driver: Driver, text: str) -> None:
    driver.app.screen.query_one(SecretInput).focus()
    await driver.type(text)
    await driver.press("enter")


async def test_a_secret_that_differs_is_asked_again_and_may_be_insisted_on() -> None:
    async with running(resumed()) as driver:
        assert isinstance(driver.app.screen, AskSecrets)
        for text in ("wrong", "also wrong"):
            await type_secret(driver, text)
            assert sign(State.BAD) in driver.text() and driver.wizard.missing()
        await driver.press("enter")
        assert driver.wizard.answers["database.password"] == Secret("also wrong")


async def test_enter_once_more_is_enough_in_any_of_several_fields() -> None:
    salt = "0123456789abcdef"
    kept = MissingSecret(salt, Secret("right").fingerprint(salt))
    url = official().url("redis.address")
    assert url is not None
    answers = official().with_("database.password", kept, Source.SESSION)
    answers = answers.with_("redis.address", url.with_password(kept), Source.SESSION)
    async with running(Wizard(Session(name="test", answers=answers, step="database"), None)) as driver:
        dialog = driver.app.screen
        for field in dialog.query(SecretInput):
            field.focus()
            await driver.type("another")
            await driver.press("enter")
        assert driver.app.screen is dialog and sign(State.BAD) in driver.text()
        await driver.press("enter")
        assert driver.app.screen is not dialog and driver.wizard.answers["database.password"] == Secret("another")


async def test_the_former_secret_is_taken_at_once() -> None:
    async with running(resumed()) as driver:
        await type_secret(driver, "right")
        assert not isinstance(driver.app.screen, AskSecrets)
        assert driver.wizard.answers["database.password"] == Secret("right")


async def test_the_password_of_an_address_is_asked_for_by_that_name() -> None:
    salt = "0123456789abcdef"
    url = official().url("redis.address")
    assert url is not None
    kept = MissingSecret(salt, Secret("right").fingerprint(salt))
    answers = official().with_("redis.address", url.with_password(kept), Source.SESSION)
    async with running(Wizard(Session(name="test", answers=answers, step="database"), None)) as driver:
        assert isinstance(driver.app.screen, AskSecrets)
        labels = dict(driver.app.screen.asked)
        path = next(path for path in labels if path.startswith("redis."))
        assert labels[path] != label_of(driver.wizard.answers, path.removesuffix(".password")) and "assword" in labels[path]


async def test_a_secret_put_off_is_named_and_can_be_typed_at_its_step(tmp_path: Path) -> None:
    async with running(resumed(), (120, 40)) as driver:
        await driver.press("escape")
        assert sign(State.BAD) in driver.text()
        await driver.press("f8")
        assert driver.screen.step.id == "connections"
        driver.wizard.change("export.directory", str(tmp_path / "out"))
        await driver.go("export")
        await driver.press("f8")
        assert label_of(driver.wizard.answers, "database.password") in driver.text() and not (tmp_path / "out").exists()
        await driver.go("database")
        driver.screen.query_one(SecretInput).focus()
        await driver.type("right")
        await driver.press("f8")
        assert driver.wizard.missing() == ()


async def test_visiting_nodes_changes_no_answer_and_no_light() -> None:
    answers = official({"database.host": "127.0.0.1"}).without("nodes")
    async with running(seen(wizard_for(answers))) as driver:
        before, kept = states(driver.wizard), driver.wizard.answers
        await driver.go("nodes")
        await driver.press("tab", "tab")
        assert driver.wizard.answers == kept and states(driver.wizard) == before
        assert before["database"] is not StepState.PROBLEM
        assert driver.screen.query(".rows Input") and not any(part.display for part in driver.screen.query(".table .problem"))


def test_a_line_without_a_host_counts_nowhere() -> None:
    wizard = wizard_for(official({"database.host": "127.0.0.1"}))
    local = tuple(Row({"name": f"node{n}", "host": f"127.0.0.{n}"}) for n in (1, 2))
    wizard.change("nodes", local)
    without = {(p.path, p.rule) for p in wizard.all_problems()}
    wizard.change("nodes", (*local, Row({"name": "node3"})))
    added = {(p.path, p.rule) for p in wizard.all_problems()} - without
    assert added == {("nodes[2].host", "required")}


async def test_one_set_of_files_per_state_of_the_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from nbcluster.files import fileset

    made: list[str] = []
    whole = fileset.prepare

    def prepare(*arguments: object, **options: object) -> fileset.Prepared:
        made.append(threading.current_thread().name)
        return whole(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(fileset, "prepare", prepare)
    async with running(wizard_for(official())) as driver:
        driver.wizard.change("export.directory", str(tmp_path / "out"))
        await driver.go("review")
        await driver.app.workers.wait_for_complete()
        for status in (Status.FAIL, Status.OK):
            judge(driver.wizard, status)
            driver.screen._redraw_soon()
            await driver.pilot.pause()
        await driver.press("f3")
        await driver.app.workers.wait_for_complete()
        await driver.pilot.pause()
        assert isinstance(driver.app.screen, TextViewer) and "RUNBOOK.md" in driver.text()
        await driver.press("escape", "f8", "f8")
        assert len(made) == 1
        await driver.press("y")
        await driver.app.workers.wait_for_complete()
        assert (tmp_path / "out" / ".env").is_file()
    # what is written is made from the files as they are then
    assert len(made) == 2 and threading.main_thread().name not in made


def test_what_is_shown_is_what_is_written(tmp_path: Path) -> None:
    answers = official().with_("app.key", "generate", Source.TYPED)
    wizard = wizard_for(answers)
    wizard.change("export.directory", str(tmp_path / "out"))
    first = {file.path: file.data for file in wizard.prepare().files}
    wizard.change("database.user", "other")
    wizard.change("database.user", answers.text("database.user"))
    wizard.export()
    assert (tmp_path / "out" / ".env").read_bytes() == first[".env"]


async def test_the_button_that_writes_does_what_the_key_does(tmp_path: Path) -> None:
    async with running(wizard_for(official()), (120, 60)) as driver:
        driver.wizard.change("export.directory", str(tmp_path / "out"))
        await driver.go("export")
        driver.screen.query_one("#write", Button).focus()
        await driver.press("enter")
        assert isinstance(driver.app.screen, Confirm)


def test_an_imported_file_that_cannot_be_read_is_a_problem_where_it_was_named(tmp_path: Path) -> None:
    wizard = seen(wizard_for(official()))
    for path in (str(tmp_path / "gone.env"), "~nobody-at-all/x", "a\x00b", "x" * 300, str(tmp_path)):
        wizard.change("app.base_env", path)
        assert "app.base_env" in {problem.path for problem in wizard.all_problems()}, path
        assert states(wizard)["start"] is StepState.PROBLEM
    (tmp_path / "there.env").write_text("TZ=UTC\n")
    wizard.change("app.base_env", str(tmp_path / "there.env"))
    assert wizard.context.base_env == {"TZ": "UTC"} and states(wizard)["start"] is not StepState.PROBLEM


async def test_a_file_that_is_slow_to_read_blocks_no_key_and_a_later_name_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    may_end = threading.Event()
    whole = look_around

    def slow(answers: Answers, exported_to: str) -> Surroundings:
        if answers.text("app.base_env").endswith("slow.env"):
            may_end.wait(10)
        return whole(answers, exported_to)

    monkeypatch.setattr("nbcluster.wizard.look_around", slow)
    for name in ("slow", "quick"):
        (tmp_path / f"{name}.env").write_text(f"NAME={name}\n")
    async with running(wizard_for(official())) as driver:
        driver.wizard.change("app.base_env", str(tmp_path / "slow.env"))
        await driver.pilot.press("f8")
        await driver.pilot.pause()
        assert driver.screen.step.id == "connections" and driver.wizard.context.base_env == {}
        driver.wizard.change("app.base_env", str(tmp_path / "quick.env"))
        may_end.set()
        await driver.app.workers.wait_for_complete()
        assert driver.wizard.context.base_env == {"NAME": "quick"}


async def test_leaving_waits_for_the_end_of_a_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wizard = wizard_for(official())
    wizard.change("export.directory", str(tmp_path / "out"))
    may_end = threading.Event()
    begin = wizard.writing

    def writing(*, trust: bool) -> Callable[[], ExportResult]:
        act = begin(trust=trust)

        def slow() -> ExportResult:
            may_end.wait(10)
            return act()

        return slow

    monkeypatch.setattr(wizard, "writing", writing)
    async with running(wizard) as driver:
        await driver.go("export")
        await driver.press("f8")
        await driver.pilot.press("y", "ctrl+q")
        await driver.pilot.pause()
        assert driver.screen.is_writing and driver.app.is_running
        may_end.set()
        await driver.app.workers.wait_for_complete()
    assert wizard.session.exported_to == str(tmp_path / "out") and (tmp_path / "out" / ".env").is_file()


async def test_a_failure_elsewhere_is_seen_in_the_rail_and_covers_nothing() -> None:
    async with running(seen(wizard_for(official()))) as driver:
        for target in driver.wizard.targets():
            found = (CheckResult(f"{target.id}.login", target.shown, "bastion", Status.FAIL, "refused", "", "", 1),)
            driver.screen.post_message(CheckDone(target, driver.wizard.board.fingerprint(target), found))
        await driver.pilot.pause()
        assert not list(driver.app._notifications)
        rail = driver.screen.query_one("#rail", OptionList)
        assert sign(State.BAD) in str(rail.get_option("middleware").prompt)
