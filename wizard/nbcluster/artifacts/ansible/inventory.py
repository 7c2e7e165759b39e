"""ansible/inventory.yaml: every node once, how to reach it, which env file is its own."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.ansible.values import mapping
from nbcluster.artifacts.runbook.blocks import first_node, health_url, name_of
from nbcluster.artifacts.variables import node_variables
from nbcluster.fields import Row
from nbcluster.judge.balancer import has_file
from nbcluster.judge.nodes import destination_of, port_of
from nbcluster.steps import STEPS, Step

_TAKEN = ("all", "ungrouped")


def inventory(answers: Answers, steps: tuple[Step, ...] = STEPS) -> str:
    """Return the inventory; names of groups hold an underscore, which no node's name does."""
    first = first_node(answers)
    others = [row for row in answers.rows("nodes") if row != first]
    lines = [
        "---",
        "# The nodes as they were answered. Written by nbcluster: run it again rather than edit.",
        "nocobase_nodes:",
        "  children:",
        "    # Installs and upgrades, alone.",
        "    nocobase_first:",
        *_hosts(answers, [first], steps),
        "    nocobase_others:",
        *_hosts(answers, others, steps),
    ]
    if has_file(answers):
        lines += [
            "# Where the balancer runs was not asked. Without a host here its file is left alone. In another inventory beside",
            "# this one (ansible-playbook -i ansible/inventory.yaml -i balancer.yaml) the host outlives the next run of nbcluster:",
            "# nocobase_balancer: {hosts: {balancer1: {ansible_host: 10.0.0.9}}}",
        ]
    lines += ["nocobase_balancer:", "  hosts: {}"]
    return "\n".join(lines) + "\n"


def host_name(row: Row) -> str:
    """Return a node's name in the inventory, which differs from its own only where Ansible has taken it."""
    return f"{name_of(row)}_node" if name_of(row) in _TAKEN else name_of(row)


def host_variables(answers: Answers, row: Row, steps: tuple[Step, ...] = STEPS) -> dict[str, str | int]:
    """Return the variables of one node; account and port of ssh only where they were answered."""
    name = name_of(row)
    return {
        **_reach(row),
        "nocobase_host": str(row.get("host")),
        "nocobase_port": port_of(answers, row),
        "nocobase_health_url": health_url(answers, row),
        "nocobase_env_file": f"nodes/{name}.env" if node_variables(answers, row, steps) else ".env",
    }


def _hosts(answers: Answers, rows: list[Row], steps: tuple[Step, ...]) -> list[str]:
    if not rows:
        return ["      hosts: {}"]
    lines = ["      hosts:"]
    for row in rows:
        lines += [f'        "{host_name(row)}":', *mapping(host_variables(answers, row, steps), " " * 10)]
    return lines


def _reach(row: Row) -> dict[str, str | int]:
    """Return how ssh reaches a node; account and port only where they were answered."""
    found = destination_of(row)
    out: dict[str, str | int] = {"ansible_host": found.host}
    if found.port is not None:
        out["ansible_port"] = found.port
    if found.account:
        out["ansible_user"] = found.account
    return out
