"""The connection test on the screen: the matrix, one finding at a time, copied, skipped with a reason, and a name taken over from it."""

from __future__ import annotations

import pytest

from nbcluster.answers.answers import Source
from nbcluster.answers.targets import Target
from nbcluster.checks.causes import answers_about
from nbcluster.checks.results import CheckResult, Status
from nbcluster.files.targets import targets
from nbcluster.report import label_of
from nbcluster.steps.middleware.redis import asked_at
from nbcluster.text import _
from nbcluster_tui.board import FindingList, Matrix, matrix
from nbcluster_tui.help import Help
from nbcluster_tui.inputs import SecretInput
from nbcluster_tui.rows import FieldRow
from nbcluster_tui.secretrows import UrlRow
from nbcluster_tui.verdict import commands_of, explained
from nbcluster_tui.widgets import Pane
from tests.screens.driver import Driver, running, wizard_for
from tests.unit.scenarios import official

COMMAND = "ACL SETUSER app +evalsha"


def result(target: Target, stage: str, status: Status, code: str = "", hint: str = "do", **params: str | int) -> CheckResult:
    return CheckResult(f"{target.id}.{stage}", target.shown, "bastion", status, "found", "seen", hint, 1, code, params)


def target_of(driver: Driver, target_id: str) -> Target:
    return next(target for target in driver.wizard.targets() if target.id == target_id)


def record(driver: Driver, target_id: str, *results: CheckResult) -> None:
    target = target_of(driver, target_id)
    driver.wizard.record(target, driver.wizard.board.fingerprint(target), results)


async def board_with(driver: Driver, stage: str, hint: str = "do") -> None:
    record(driver, "redis.lock", result(target_of(driver, "redis.lock"), stage, Status.FAIL, hint=hint))
    await driver.go("connections")


async def test_a_finding_is_skipped_with_a_reason_that_is_seen() -> None:
    async with running(wizard_for(official())) as driver:
        await board_with(driver, "bloom")
        await driver.press("s")
        await driver.type("planned for June")
        await driver.press("enter")
        assert driver.wizard.skips() == {"redis.lock.bloom": "planned for June"}
        assert "planned for June" in driver.text()


async def test_what_loses_data_is_not_skipped_and_says_so() -> None:
    async with running(wizard_for(official())) as driver:
        await board_with(driver, "server")
        await driver.press("s")
        await driver.type("why not")
        await driver.press("enter")
        assert driver.wizard.skips() == {}
        assert driver.screen.news is not None and "redis.lock.server" in driver.screen.news.plain


async def test_the_name_that_the_plugin_reads_replaces_a_guess() -> None:
    answers = official({"queue.adapter": "rabbitmq", "queue.url": "amqp://u:p@10.0.0.8:5672"})
    for typed in (False, True):
        given = answers.with_("queue.url_variable", "TYPED_URL", Source.TYPED) if typed else answers.without("queue.url_variable")
        async with running(wizard_for(given)) as driver:
            storage = target_of(driver, "storage")
            record(
                driver,
                "storage",
                result(storage, "variable", Status.FAIL, "storage.variable.other", found="QUEUE_ADAPTER_AMQP_URL"),
            )
            expected = "TYPED_URL" if typed else "QUEUE_ADAPTER_AMQP_URL"
            assert driver.wizard.answers["queue.url_variable"] == expected


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_five_roles_never_fold(size: tuple[int, int]) -> None:
    async with running(wizard_for(official()), size) as driver:
        for target in driver.wizard.targets():
            if target.id.startswith("redis."):
                record(driver, target.id, *(result(target, stage, Status.OK) for stage in ("reach", "commands")))
        await driver.go("connections")
        widget = driver.screen.query_one(Matrix)
        assert widget.region.bottom <= driver.screen.query_one(Pane).region.y
        lines = [line.plain for line in matrix(driver.wizard.board_rows(), widget.content_size.width)]
        assert all(line in driver.text() for line in (each.rstrip() for each in lines))
        assert sum(line.split()[-5:] == ["ok"] * 5 for line in lines) == 2


async def test_the_command_of_a_finding_is_seen_and_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with running(wizard_for(official())) as driver:
        monkeypatch.setattr(driver.app, "copy_to_clipboard", copied.append)
        await board_with(driver, "commands", COMMAND)
        assert f"$ {COMMAND}" in driver.text()
        await driver.press("c")
        assert copied == [COMMAND] and f"$ {COMMAND}" in driver.text()


def test_only_a_line_that_is_a_command_is_taken_for_one() -> None:
    hint = f"Give the account the commands:\n{COMMAND}\nACL lists are described in its manual."
    assert commands_of(hint) == [COMMAND]


def test_a_remedy_names_an_answer_by_its_label() -> None:
    answers = official()
    said = "Use another (balancer.certificate)."
    found = CheckResult("balancer.exposure", "b", "bastion", Status.WARN, "seen", "", said, 1)
    shown = "\n".join(line.plain for line in explained((found,), answers, skipped=False))
    assert "balancer.certificate" not in shown and label_of(answers, "balancer.certificate") in shown


async def test_enter_goes_to_the_field_that_a_finding_is_about() -> None:
    async with running(wizard_for(official())) as driver:
        record(driver, "database", result(target_of(driver, "database"), "login", Status.FAIL))
        await driver.go("connections")
        assert driver.screen.query_one(FindingList).has_focus
        await driver.press("enter")
        assert driver.screen.step.id == "database"
        focused = driver.app.focused
        assert focused is not None and any(part.id == "field-database-password" for part in focused.ancestors_with_self)


@pytest.mark.parametrize(
    ("target_id", "stage", "code", "path"),
    [
        ("database", "login", "database.login.missing", "database.name"),
        ("database", "login", "database.login.refused", "database.password"),
        ("database", "login", "", "database.password"),
        ("database", "reach", "net.refused", "database.port"),
        ("database", "reach", "net.dns", "database.host"),
        ("database", "login", "seen.http", "database.port"),
        ("redis.lock", "reach", "net.refused", "redis.lock"),
        ("redis.lock", "login", "redis.login.refused", "redis.lock.password"),
    ],
)
def test_the_likeliest_cause_of_a_finding_comes_first(target_id: str, stage: str, code: str, path: str) -> None:
    answers = official()
    found = next(target for target in targets(answers) if target.id == target_id)
    about = answers_about(result(found, stage, Status.FAIL, code), [found], answers)
    own = asked_at(answers, "lock")
    assert about[0] == path.replace("redis.lock", own)
    assert set(found.answers) - {"redis.lock", "tls.ca_file"} <= set(about)


async def test_a_refused_login_leads_into_the_password_of_the_address() -> None:
    async with running(wizard_for(official())) as driver:
        await board_with(driver, "login")
        await driver.press("enter")
        focused = driver.app.focused
        assert driver.screen.step.id == "middleware" and isinstance(focused, SecretInput)


async def test_the_password_of_an_address_has_help_of_its_own() -> None:
    async with running(wizard_for(official())) as driver:
        await driver.go("middleware")
        row = driver.screen.query(UrlRow).first()
        row.query_one(SecretInput).focus()
        await driver.pilot.pause()
        await driver.press("f1")
        assert isinstance(driver.app.screen, Help)
        assert driver.app.screen.parts[0] != FieldRow.help(row) and _(row.field.why) not in driver.app.screen.parts[0][1]


async def test_f2_on_a_form_answers_beside_the_heading_and_in_the_pane() -> None:
    async with running(wizard_for(official())) as driver:
        from nbcluster_tui.checker import CheckDone
        from nbcluster_tui.form import Heading

        await driver.go("database")
        await driver.press("f2")
        target = target_of(driver, "database")
        found = (result(target, "login", Status.FAIL),)
        driver.screen.post_message(CheckDone(target, driver.wizard.board.fingerprint(target), found))
        await driver.pilot.pause()
        await driver.settle()
        assert any("1" in heading.right for heading in driver.screen.query(Heading))
        assert "found" in driver.screen.query_one(Pane).plain and not list(driver.app._notifications)
