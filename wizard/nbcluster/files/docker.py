"""docker/compose.yaml: one file for every node; installing and upgrading is a separate service (nocobase.md §7.1, §8, §17)."""

from __future__ import annotations

import ipaddress

from nbcluster.cluster import Cluster, Node
from nbcluster.facts import FIRST_BOOT, IMAGE_STORAGE, OFFLINE_FIRST_BOOT
from nbcluster.files.template import render
from nbcluster.steps.database import AUTHORITY

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what docker takes for every address of the machine
"""Where a port is published when the node's own address is not known."""

_PREPARED = "yarn nocobase postinstall && exec yarn start"


def command_of(*, installs: bool) -> list[str]:
    """Return what a container runs: with ``--quickstart`` it installs or upgrades, without it does neither."""
    return ["sh", "-c", f"{_PREPARED} --quickstart" if installs else _PREPARED]


def first_boot_overrides(cluster: Cluster) -> dict[str, str]:
    """Return the variables that beat the env file while one node installs or upgrades alone (nocobase.md §18)."""
    return {**OFFLINE_FIRST_BOOT, **({} if cluster.license.offline else FIRST_BOOT)}


def compose_file(cluster: Cluster) -> str:
    """Return the compose file; it needs compose 2.30, which knows ``format: raw``."""
    url = cluster.deployment.own_health_url
    return render(
        "docker/compose.yaml",
        cluster.language,
        cluster=cluster,
        shared=IMAGE_STORAGE,
        authority_inside=AUTHORITY,
        health=f"fetch('{url}').then(r => r.text()).then(t => process.exit(t === 'ok' ? 0 : 1), () => process.exit(1))",
        command=command_of(installs=False),
        first_boot_command=command_of(installs=True),
        first_boot=first_boot_overrides(cluster),
    )


def address_files(cluster: Cluster) -> dict[str, str]:
    """Return by path the files with the node's own values for compose."""
    return {address_path(node): _address(cluster, node) for node in cluster.nodes}


def address_path(node: Node) -> str:
    """Return the path of a node's own file for compose."""
    return f"docker/{node.name}.address"


def published(node: Node) -> dict[str, str]:
    """Return where a node's port is published; docker takes addresses only, so a host name means all addresses of the node."""
    return {"NODE_ADDRESS": node.host if _is_ipv4(node.host) else EVERYWHERE, "NODE_PORT": str(node.port)}


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _address(cluster: Cluster, node: Node) -> str:
    address = published(node)["NODE_ADDRESS"]
    values = {"node": node.name, "address": address, "port": node.port, "everywhere": address == EVERYWHERE}
    return render("docker/parts/address", cluster.language, **values)
