"""The connection test on the screen: what was found, skipped with a reason, and learnt."""

from __future__ import annotations

from nbcluster.answers.answers import Source
from nbcluster.answers.targets import Target
from nbcluster.checks.results import CheckResult, Status
from tests.screens.driver import Driver, controller_for, wizard
from tests.unit.scenarios import official


def result(target: Target, stage: str, status: Status, code: str = "", **params: str | int) -> CheckResult:
    return CheckResult(f"{target.id}.{stage}", target.shown, "bastion", status, "found", "seen", "do", 1, code, params)


def target_of(driver: Driver, target_id: str) -> Target:
    return next(target for target in driver.controller.targets() if target.id == target_id)


async def board_with(driver: Driver, stage: str) -> None:
    target = target_of(driver, "redis.lock")
    found = (result(target, stage, Status.FAIL),)
    driver.controller.record(target, driver.controller.board.fingerprint(target), found)
    await driver.go("connections")
    driver.screen.query_one("#findings").focus()
    await driver.press("down", "s")


async def test_a_finding_is_skipped_with_a_reason() -> None:
    async with wizard(controller_for(official())) as driver:
        await board_with(driver, "bloom")
        await driver.type("planned for June")
        await driver.press("enter")
        assert driver.controller.skips() == {"redis.lock.bloom": "planned for June"}
        assert "1 to look at" not in driver.text()


async def test_what_loses_data_is_not_skipped() -> None:
    async with wizard(controller_for(official())) as driver:
        await board_with(driver, "server")
        await driver.type("why not")
        await driver.press("enter")
        assert driver.controller.skips() == {}
        assert "redis.lock.server" in " ".join(note.message for note in driver.app._notifications)


async def test_the_name_that_the_plugin_reads_replaces_a_guess() -> None:
    answers = official({"queue.adapter": "rabbitmq", "queue.url": "amqp://u:p@10.0.0.8:5672"})
    for typed in (False, True):
        given = answers.with_("queue.url_variable", "TYPED_URL", Source.TYPED) if typed else answers.without("queue.url_variable")
        async with wizard(controller_for(given)) as driver:
            storage = target_of(driver, "storage")
            found = result(storage, "variable", Status.FAIL, "storage.variable.other", found="QUEUE_ADAPTER_AMQP_URL")
            driver.controller.record(storage, driver.controller.board.fingerprint(storage), (found,))
            expected = "TYPED_URL" if typed else "QUEUE_ADAPTER_AMQP_URL"
            assert driver.controller.answers["queue.url_variable"] == expected


async def test_the_five_roles_fit_beside_the_picture_of_the_cluster() -> None:
    async with wizard(controller_for(official()), (120, 40)) as driver:
        for target in driver.controller.targets():
            if target.id.startswith("redis."):
                found = tuple(result(target, stage, Status.OK) for stage in ("reach", "persistence"))
                driver.controller.record(target, driver.controller.board.fingerprint(target), found)
        await driver.go("connections")
        lines = [line.split("│")[0].split() for line in driver.text().splitlines()]
        assert any(line[-6:] == ["Redis", "cache", "sync", "lock", "queue", "worker"] for line in lines), driver.text()
        assert any(line[-6:] == ["reach", *["ok"] * 5] for line in lines), driver.text()
        assert any(line[-12:] == ["from", "bastion", *["1", "ms"] * 5] for line in lines), driver.text()
