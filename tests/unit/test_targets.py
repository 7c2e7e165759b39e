"""Targets: their parameters are declared, and an undeclared name raises."""

from __future__ import annotations

import pytest

from nbcluster.answers.targets import Target, TargetKind, parameter
from nbcluster.checks.rules import check_everything
from nbcluster.errors import NbclusterError
from nbcluster.probe.base import Probe
from nbcluster.probe.stages import plan
from nbcluster.steps.model import Context
from tests.unit.scenarios import official


def test_a_parameter_that_is_not_given_is_empty() -> None:
    target = Target("node.node1", TargetKind.NODE, "h", {"host": "h", "port": 1})
    probe = Probe(target.params, 1)
    assert (target.text("public_path"), probe.text("public_path"), probe.number("db"), probe.flag("wait")) == ("", "", 0, False)
    assert (target.text("port"), probe.text("host"), probe.number("port")) == ("1", "h", 1)


def test_a_misspelt_parameter_raises() -> None:
    with pytest.raises(KeyError):
        Target("node.node1", TargetKind.NODE, "h", {"hots": "h"})
    with pytest.raises(KeyError):
        Target("node.node1", TargetKind.NODE, "h", {"host": "h", "vhost": "/"})
    probe = Probe({}, 1)
    for look in (probe.text, probe.number, probe.flag, Target("storage", TargetKind.STORAGE, "/s", {}).text):
        with pytest.raises(KeyError):
            look("hots")
    with pytest.raises(KeyError):
        parameter({"hots": 1}, "hots")


def test_every_target_of_a_cluster_has_a_plan() -> None:
    from nbcluster.files.targets import targets

    assert all(plan(target.kind, target.params) for target in targets(official()))


@pytest.mark.parametrize(("only", "skip"), [(("rules",), {}), (("rules.form", "rules.cache-apart"), {"rules.required": "known"})])
def test_a_check_of_rules_alone_makes_no_target(only: tuple[str, ...], skip: dict[str, str]) -> None:
    def make_targets() -> tuple[Target, ...]:
        raise AssertionError("a target was made")

    report = check_everything(official(), Context(), make_targets, only=only, skip=skip)
    assert report.results and all(result.id.startswith("rules.") for result in report.results)


@pytest.mark.parametrize(
    ("only", "skip"), [(("rules", "redis.cache"), {}), (("rules",), {"redis.nowhere": "known"}), (("nothing",), {})]
)
def test_a_selection_beyond_the_rules_is_looked_for_among_the_targets(only: tuple[str, ...], skip: dict[str, str]) -> None:
    made: list[str] = []

    def make_targets() -> tuple[Target, ...]:
        made.append("targets")
        return ()

    with pytest.raises(NbclusterError):
        check_everything(official(), Context(), make_targets, only=only, skip=skip)
    assert made == ["targets"]
