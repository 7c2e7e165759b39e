"""helm/values.yaml for the official chart 0.1.0, with workarounds for its faults (nocobase.md §1 #17, §8)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.kubernetes.environment import Environment
from nbcluster.files.kubernetes.model import REQUESTS, base_name, first_workload, workloads
from nbcluster.files.liveness import PERIOD, TRIES, liveness_command
from nbcluster.files.template import render
from nbcluster.text import using

LEFT_OVER = ("NOCOBASE_PKG_USERNAME", "NOCOBASE_PKG_PASSWORD")
"""Placeholders in the chart's values that no answer replaces."""


def values(cluster: Cluster, found: Environment) -> str:
    """Return the values; secrets stand among them, so the file is secret as a whole."""
    workload = first_workload(cluster)
    repository, tag = parts_of_image(cluster.deployment.image)
    variables = {**found.all, **({"WORKER_MODE": workload.worker_mode} if workload.worker_mode else {})}
    with using(cluster.language):
        notes = found.notes
    return render(
        "helm/values.yaml",
        cluster.language,
        cluster=cluster,
        base=base_name(cluster),
        workload=workload,
        others=[each for each in workloads(cluster) if each != workload],
        repository=repository,
        tag=tag,
        liveness=liveness_command(cluster),
        liveness_period=PERIOD,
        liveness_tries=TRIES,
        requests=REQUESTS,
        unset=[name for name in LEFT_OVER if name not in variables],
        variables=variables,
        notes=notes,
    )


def parts_of_image(name: str) -> tuple[str, str]:
    """Return repository and tag; a digest cannot stand in the chart's ``repository:tag``, so it goes with the algorithm to the left."""
    repository, colon, tag = name.rpartition(":")
    return (repository, tag) if colon and "/" not in tag else (name, "latest")
