"""One node alone: first boot, upgrade and maintenance, outside the terminal that began them (nocobase.md §7.1, §18)."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.cluster import Cluster
from nbcluster.facts import ALONE, FIRST_BOOT, OFFLINE_FIRST_BOOT
from nbcluster.files.runbook.blocks import (
    app_folder,
    assignments,
    block,
    compose_command,
    joined,
    no_node_runs,
    refuse,
    root_here,
    wait_for_health,
    word,
)
from nbcluster.files.runbook.kubectl import end_boot
from nbcluster.files.runbook.nodes import alone_containers
from nbcluster.text import _

UNIT = "nocobase-alone"
"""The unit in which one node works alone; the playbook and the health timer know it by this name."""


def installing(cluster: Cluster, name: str) -> str:
    """Return the block that installs or upgrades on the first node alone, with overrides that beat the env file."""
    variables = OFFLINE_FIRST_BOOT if cluster.license.offline else FIRST_BOOT
    if cluster.deployment.in_docker:
        return _block(cluster, name, f"{compose_command(cluster)} --profile first-boot up -d --force-recreate first-boot")
    return _block(cluster, name, _in_a_unit(cluster, variables, "yarn start --quickstart"))


def maintained(cluster: Cluster) -> str:
    """Return the block that runs the first node alone with one process."""
    if cluster.deployment.in_docker:
        variables = " ".join(f"-e {name}={value}" for name, value in ALONE.items())
        container = word(alone_containers(cluster)[1])
        command = f"{compose_command(cluster)} run -d --rm --name {container} --service-ports {variables} node"
        return _block(cluster, "maintain", command)
    return _block(cluster, "maintain", _in_a_unit(cluster, ALONE, "yarn start"))


def log_command(cluster: Cluster) -> str:
    """Return the command that shows the log of this run."""
    if cluster.deployment.in_docker:
        return f"docker logs -f {alone_containers(cluster)[0]}"
    return f"journalctl -fu {UNIT}"


def stop_command(cluster: Cluster) -> str:
    """Return the command that stops it unconditionally."""
    if cluster.deployment.on_kubernetes:
        return end_boot(cluster)
    if cluster.deployment.in_docker:
        return f"docker rm -f {alone_containers(cluster)[0]}"
    return f"systemctl stop {UNIT}"


def _block(cluster: Cluster, name: str, command: str) -> str:
    node, path = cluster.first_node, word(cluster.share.path)
    missing = refuse(_("The share is not mounted here."))
    return block(
        name,
        node.name,
        joined(root_here(), *no_node_runs(cluster, node), f"mountpoint -q {path} || {missing}"),
        command,
        *wait_for_health(node),
    )


def _in_a_unit(cluster: Cluster, variables: Mapping[str, str], command: str) -> str:
    """Return a command that starts NocoBase in a unit of its own, which outlives the terminal, and is never restarted."""
    authority = cluster.deployment.authority
    return " ".join(
        (
            f"systemd-run --unit={UNIT} --collect --uid={word(cluster.deployment.account)}",
            f"--property=WorkingDirectory={app_folder(cluster)} --property=KillMode=control-group",
            "--property=TimeoutStopSec=60 --property=LimitNOFILE=65536",
            *([f"--setenv=NODE_EXTRA_CA_CERTS={word(authority)}"] if authority else []),
            "/bin/sh -c",
            word(f"yarn nocobase postinstall; exec env {assignments(variables)} {command}"),
        )
    )
