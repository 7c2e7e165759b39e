"""What the manifests are made of: names, labels, workloads of equal pods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbcluster.cluster import Cluster, Node

CLUSTER_LABEL, REQUESTS_LABEL = "nocobase-cluster", "nocobase-requests"
FIRST_BOOT, SHELL = "kubernetes/first-boot/pod.yaml", "kubernetes/first-boot/shell.yaml"
"""In a subfolder: ``kubectl apply -f kubernetes/`` must not start them."""

REQUESTS: Mapping[str, str] = {"cpu": "250m", "memory": "1Gi"}
"""What a pod asks for; NocoBase takes 450 to 750 MB at rest, more while it installs."""

_LONGEST = 20


@dataclass(frozen=True)
class Workload:
    """The pods of one WORKER_MODE: one Deployment; ``serves_requests``: users may reach them."""

    name: str
    worker_mode: str
    replicas: int
    serves_requests: bool


def base_name(cluster: Cluster) -> str:
    """Return what the names of all objects begin with."""
    name = cluster.name.rstrip("-")
    return name if name.startswith("nocobase") else f"nocobase-{name}"


def object_name(cluster: Cluster, part: str) -> str:
    """Return the name of one object."""
    return f"{base_name(cluster)}-{part}"


def workloads(cluster: Cluster) -> tuple[Workload, ...]:
    """Return one workload for every WORKER_MODE, in the order in which the nodes name them."""
    equal: dict[str, list[Node]] = {}
    for node in cluster.nodes:
        equal.setdefault(node.worker_mode, []).append(node)
    out: list[Workload] = []
    taken: set[str] = set()
    for mode, nodes in equal.items():
        slug, number = _slug(mode), 1
        name = slug
        while name in taken:
            number += 1
            name = f"{slug}-{number}"
        taken.add(name)
        out.append(Workload(object_name(cluster, name), mode, len(nodes), nodes[0].serves_requests))
    return tuple(out)


def _slug(mode: str) -> str:
    known = {"": "node", "!": "web", "*": "worker"}.get(mode)
    if known:
        return known
    words = re.sub(r"[^a-z0-9]+", "-", mode.lower()).strip("-")
    return f"{'web-' if mode.startswith('!') else 'worker-'}{words}"[:_LONGEST].rstrip("-")


def first_workload(cluster: Cluster) -> Workload:
    """Return the first workload that serves requests; without one, the first."""
    found = workloads(cluster)
    return next((workload for workload in found if workload.serves_requests), found[0])


def paths(cluster: Cluster) -> tuple[str, ...]:
    """Return what an Ingress proxies: everything below the public path, on a sub-path also ``/files/`` (nocobase.md §7.4)."""
    public = cluster.deployment.public_path
    return (public,) if public == "/" else (public, "/files/")
