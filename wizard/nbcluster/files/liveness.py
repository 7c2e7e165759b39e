"""The liveness probe: asks a container from inside whether only a restart helps (nocobase.md §19)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.facts import CURED_BY_RESTART

PERIOD, TRIES = 10, 6
"""Seconds between two questions, and after how many bad replies in a row the container is ended."""


def liveness_command(cluster: Cluster) -> list[str]:
    """Return the command, which fails only while the health address names such a cause.

    A busy or silent application is left alone: killing a container in the middle of a migration is worse.
    """
    url = cluster.deployment.own_health_url
    asks = f"fetch('{url}', {{ signal: AbortSignal.timeout(8000) }}).then(r => r.text())"
    return [
        "node",
        "-e",
        f"{asks}.then(t => process.exit(/{'|'.join(CURED_BY_RESTART)}/.test(t) ? 1 : 0), () => process.exit(0))",
    ]
