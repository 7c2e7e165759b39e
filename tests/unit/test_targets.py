"""Targets: their parameters are declared, and an undeclared name raises."""

from __future__ import annotations

import pytest

from nbcluster.answers.targets import Target, TargetKind, parameter
from nbcluster.probe.base import Probe
from nbcluster.probe.stages import plan
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
