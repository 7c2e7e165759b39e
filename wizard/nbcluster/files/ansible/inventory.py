"""ansible/inventory.yaml: every node once, how to reach it, which env file is its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbcluster.cluster import Cluster, Node
from nbcluster.files.docker import address_path
from nbcluster.files.template import render

_TAKEN = ("all", "ungrouped")


@dataclass(frozen=True)
class Host:
    """One node of the inventory."""

    name: str
    variables: Mapping[str, str | int]


def inventory(cluster: Cluster) -> str:
    """Return the inventory; names of groups hold an underscore, which no node's name does."""
    first = cluster.first_node
    return render(
        "ansible/inventory.yaml",
        cluster.language,
        first=_host(cluster, first),
        others=[_host(cluster, node) for node in cluster.nodes if node != first],
        balancer=cluster.balancer.has_file,
    )


def host_name(node: Node) -> str:
    """Return a node's name in the inventory, which differs from its own only where Ansible has taken it."""
    return f"{node.name}_node" if node.name in _TAKEN else node.name


def host_variables(cluster: Cluster, node: Node) -> dict[str, str | int]:
    """Return the variables of one node; account and port of ssh only where they were answered."""
    return {
        **_reach(node),
        "nocobase_host": node.host,
        "nocobase_port": node.port,
        "nocobase_health_url": node.health_url,
        "nocobase_env_file": node.env_file,
        **({"nocobase_address_file": address_path(node)} if cluster.deployment.in_docker else {}),
    }


def _host(cluster: Cluster, node: Node) -> Host:
    return Host(host_name(node), host_variables(cluster, node))


def _reach(node: Node) -> dict[str, str | int]:
    """Return how ssh reaches a node; account and port only where they were answered."""
    found = node.ssh
    out: dict[str, str | int] = {"ansible_host": found.host}
    if found.port is not None:
        out["ansible_port"] = found.port
    if found.account:
        out["ansible_user"] = found.account
    return out
