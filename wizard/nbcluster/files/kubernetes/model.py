"""What the manifests are made of: names, labels, groups of equal pods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbcluster.answers.answers import Answers
from nbcluster.facts import HEALTH_PATH

CLUSTER_LABEL, REQUESTS_LABEL = "nocobase-cluster", "nocobase-requests"
FIRST_BOOT, SHELL = "kubernetes/first-boot/pod.yaml", "kubernetes/first-boot/shell.yaml"
"""In a folder of their own: ``kubectl apply -f kubernetes/`` must not start them."""

REQUESTS: Mapping[str, str] = {"cpu": "250m", "memory": "1Gi"}
"""What a pod asks for; NocoBase takes 450 to 750 MB at rest, more while it installs."""

_LONGEST = 20


@dataclass(frozen=True)
class Group:
    """The pods of one WORKER_MODE: one Deployment."""

    name: str
    worker_mode: str
    replicas: int

    @property
    def serves_requests(self) -> bool:
        """Tell whether users' requests may reach these pods."""
        return self.worker_mode in ("", "!") or self.worker_mode.startswith("!,")


def base_name(answers: Answers) -> str:
    """Return what the names of all objects begin with."""
    name = answers.text("name").rstrip("-")
    return name if name.startswith("nocobase") else f"nocobase-{name}"


def object_name(answers: Answers, part: str) -> str:
    """Return the name of one object."""
    return f"{base_name(answers)}-{part}"


def groups(answers: Answers) -> tuple[Group, ...]:
    """Return one group for every WORKER_MODE, in the order in which the nodes name them."""
    counts: dict[str, int] = {}
    for row in answers.rows("nodes"):
        mode = str(row.get("worker_mode") or "")
        counts[mode] = counts.get(mode, 0) + 1
    out: list[Group] = []
    taken: set[str] = set()
    for mode, count in counts.items():
        slug, number = _slug(mode), 1
        name = slug
        while name in taken:
            number += 1
            name = f"{slug}-{number}"
        taken.add(name)
        out.append(Group(object_name(answers, name), mode, count))
    return tuple(out)


def _slug(mode: str) -> str:
    known = {"": "node", "!": "web", "*": "worker"}.get(mode)
    if known:
        return known
    words = re.sub(r"[^a-z0-9]+", "-", mode.lower()).strip("-")
    return f"{'web-' if mode.startswith('!') else 'worker-'}{words}"[:_LONGEST].rstrip("-")


def first_group(answers: Answers) -> Group:
    """Return the first group that serves requests; without one, the first."""
    found = groups(answers)
    return next((group for group in found if group.serves_requests), found[0])


def namespace(answers: Answers) -> str:
    """Return the namespace of every object."""
    return answers.text("kubernetes.namespace")


def health(answers: Answers) -> str:
    """Return the health path, without a query, which would break it (nocobase.md §7.2)."""
    return f"{answers.text('app.public_path')}{HEALTH_PATH}"
