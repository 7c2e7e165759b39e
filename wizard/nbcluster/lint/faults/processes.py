"""Faults of the processes of a node, of what they are for and how they are started (nocobase.md §2, §12)."""

from __future__ import annotations

from collections.abc import Iterator

from nbcluster.answers.importer.sources import Kind
from nbcluster.lint.application import Application
from nbcluster.lint.model import FAIL, WARN, Fault, Hit
from nbcluster.text import N_


def _cores_in_a_container(found: Application) -> Iterator[Hit]:
    if found.value("CLUSTER_MODE") and found.kind in (Kind.KUBERNETES, Kind.HELM):
        yield found.at("CLUSTER_MODE")


FAULTS: tuple[Fault, ...] = (
    Fault(
        "cluster-mode",
        FAIL,
        N_("CLUSTER_MODE is no number"),
        N_("Text other than max starts one process per core of the host."),
        N_("A number, max, 0 or -1, or nothing."),
        rule="cluster-mode",
    ),
    Fault(
        "cluster-mode-kubernetes",
        WARN,
        N_("CLUSTER_MODE on Kubernetes"),
        N_("It counts the cores of the whole host, and replicas multiply it against the 32 worker ids."),
        N_("Leave it out."),
        N_("counts the cores of the whole host in a container, and Kubernetes already multiplies the processes."),
        N_("Leave it out and set the number of replicas."),
        variables=_cores_in_a_container,
    ),
    Fault(
        "worker-mode",
        FAIL,
        N_("WORKER_MODE has a form that processes nothing"),
        N_("The list is split at commas, blanks stay, and * and - count only alone."),
        N_("Nothing, !, * or topics with commas."),
        rule="worker-mode",
    ),
)
