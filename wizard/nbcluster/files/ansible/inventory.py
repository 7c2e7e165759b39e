"""ansible/inventory.yaml: every node once, how to reach it, which env file is its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.files.runbook.blocks import first_node, health_url, name_of
from nbcluster.files.template import render
from nbcluster.steps.balancer import has_file
from nbcluster.steps.nodes import destination_of, port_of
from nbcluster.steps.variables import node_variables

_TAKEN = ("all", "ungrouped")


@dataclass(frozen=True)
class Host:
    """One node of the inventory."""

    name: str
    variables: Mapping[str, str | int]


def inventory(answers: Answers) -> str:
    """Return the inventory; names of groups hold an underscore, which no node's name does."""
    first = first_node(answers)
    return render(
        "ansible/inventory.yaml",
        answers.text("output.language"),
        first=_host(answers, first),
        others=[_host(answers, row) for row in answers.rows("nodes") if row != first],
        balancer=has_file(answers),
    )


def host_name(row: Row) -> str:
    """Return a node's name in the inventory, which differs from its own only where Ansible has taken it."""
    return f"{name_of(row)}_node" if name_of(row) in _TAKEN else name_of(row)


def host_variables(answers: Answers, row: Row) -> dict[str, str | int]:
    """Return the variables of one node; account and port of ssh only where they were answered."""
    name = name_of(row)
    return {
        **_reach(row),
        "nocobase_host": str(row.get("host")),
        "nocobase_port": port_of(answers, row),
        "nocobase_health_url": health_url(answers, row),
        "nocobase_env_file": f"nodes/{name}.env" if node_variables(answers, row) else ".env",
    }


def _host(answers: Answers, row: Row) -> Host:
    return Host(host_name(row), host_variables(answers, row))


def _reach(row: Row) -> dict[str, str | int]:
    """Return how ssh reaches a node; account and port only where they were answered."""
    found = destination_of(row)
    out: dict[str, str | int] = {"ansible_host": found.host}
    if found.port is not None:
        out["ansible_port"] = found.port
    if found.account:
        out["ansible_user"] = found.account
    return out
