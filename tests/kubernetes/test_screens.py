"""The wizard for Kubernetes: what is asked, and where the keys are stored."""

from __future__ import annotations

from nbcluster_tui.rows import FieldRow
from tests.screens.driver import Driver, running, scenario, wizard_for
from tests.unit.scenarios import ANSWERS


def asked(driver: Driver) -> list[str]:
    return [row.field.path for row in driver.screen.query(FieldRow) if row.display]


def focused(driver: Driver) -> str:
    at = driver.screen.focused
    assert at is not None
    return next(part.field.path for part in at.ancestors_with_self if isinstance(part, FieldRow))


async def test_only_what_concerns_pods_is_asked_and_the_keys_go_to_what_is_seen() -> None:
    async with running(wizard_for(scenario(ANSWERS / "kubernetes.toml"))) as driver:
        assert "kubernetes.namespace" in asked(driver)
        await driver.go("storage")
        assert asked(driver) == ["kubernetes.storage_class", "kubernetes.storage_size"]
        assert focused(driver) == "kubernetes.storage_class"
        await driver.go("balancer")
        assert "kubernetes.ingress_class" in asked(driver)


async def test_on_hosts_nothing_of_it_is_asked() -> None:
    async with running(wizard_for(scenario(ANSWERS / "official.toml"))) as driver:
        assert "kubernetes.namespace" not in asked(driver)
        await driver.go("storage")
        assert focused(driver) == "storage.server" and not [path for path in asked(driver) if path.startswith("kubernetes")]
