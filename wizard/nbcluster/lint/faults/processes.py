"""Faults of the processes of a node, of what they are for and how many there are (nocobase.md §2, §6, §12)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbcluster.answers.importer.sources import Kind
from nbcluster.errors import Severity
from nbcluster.facts import TOPICS, WORKER_IDS, WORKER_IDS_SPARE_FROM
from nbcluster.lint.application import Application
from nbcluster.lint.cluster import ClusterMembers, pods
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.steps.nodes import serves_requests, serves_topic
from nbcluster.text import N_, _


def _cores_in_a_container(found: Application) -> Iterator[Hit]:
    if found.value("CLUSTER_MODE") and found.kind in (Kind.KUBERNETES, Kind.HELM):
        yield found.at("CLUSTER_MODE")


def processes(member: Application) -> int:
    """Return how many processes one of a member runs at least; cores that would have to be counted count as one."""
    mode = member.value("CLUSTER_MODE")
    return int(mode) if re.fullmatch(r"[1-9][0-9]{0,3}", mode) else 1


def _worker_ids(cluster: ClusterMembers) -> Iterator[Hit]:
    by_kind: dict[Kind, list[tuple[int, Application]]] = {}
    for each in cluster.started:
        by_kind.setdefault(each.kind, []).append((pods(each) * processes(each), each))
    # manifests and the values of a chart beside them describe the same pods
    total = max((sum(count for count, _member in counted) for counted in by_kind.values()), default=0)
    if total < WORKER_IDS_SPARE_FROM:
        return
    _count, member = max((pair for counted in by_kind.values() for pair in counted), key=lambda pair: pair[0])
    scale = member.setup.scale
    place = scale.most if scale.most and pods(member) > 1 and scale.most.value == str(pods(member)) else scale.count
    if total > WORKER_IDS:
        message = _("{total} processes may run, but there are {limit} worker ids: two with one id make the same keys.")
        severity = Severity.ERROR
    else:
        message = _("{total} of {limit} worker ids are taken: restarts and task threads need some to spare (unconfirmed).")
        severity = Severity.WARNING
    message = message.format(total=total, limit=WORKER_IDS)
    hit = cluster.at(member, place, message) if place else member.at("CLUSTER_MODE", message)
    yield Hit(hit.file, hit.line, hit.name, message, severity=severity)


def _modes(cluster: ClusterMembers) -> list[str] | None:
    """Return what all nodes of a file work on; None where that is not known of each, or where the file names one node among others."""
    members = cluster.started
    if len(members) < 2 or any(member.unknown("WORKER_MODE") and "WORKER_MODE" in member.last for member in members):
        return None
    return [member.value("WORKER_MODE") for member in members]


def _nobody_works(cluster: ClusterMembers) -> Iterator[Hit]:
    modes = _modes(cluster)
    waiting = [topic for topic in TOPICS if modes and not any(serves_topic(mode, topic) for mode in modes)]
    if waiting:
        message = _("no node of the file works on {topics}: that work waits for ever.").format(topics=", ".join(waiting))
        yield cluster.started[0].at("WORKER_MODE", message)


def _nobody_answers(cluster: ClusterMembers) -> Iterator[Hit]:
    modes = _modes(cluster)
    if modes and not any(serves_requests(mode) for mode in modes):
        yield cluster.started[0].at("WORKER_MODE")


FAULTS: tuple[Fault, ...] = (
    Fault(
        "cluster-mode",
        FAIL,
        N_("CLUSTER_MODE is no number"),
        N_("Text other than max starts one process per core of the host."),
        remedy=N_("A number, max, 0 or -1, or nothing."),
        rule="cluster-mode",
        observed="(healthy; one process per core of the host)",
    ),
    Fault(
        "cluster-mode-kubernetes",
        WARN,
        N_("CLUSTER_MODE on Kubernetes"),
        N_("It counts the cores of the whole host, and replicas multiply it against the 32 worker ids."),
        N_("counts the cores of the whole host in a container, and Kubernetes already multiplies the processes."),
        N_("Leave it out and set the number of replicas."),
        variables=_cores_in_a_container,
        clustered=True,
    ),
    Fault(
        "worker-mode",
        FAIL,
        N_("WORKER_MODE has a form that processes nothing"),
        N_("The list is split at commas, blanks stay, and * and - count only alone."),
        remedy=N_("Nothing, !, * or topics with commas."),
        rule="worker-mode",
    ),
    Fault(
        "worker-ids",
        EITHER,
        N_("More processes than worker ids"),
        N_(
            "There are 32 worker ids for all processes of a cluster: replicas times CLUSTER_MODE, and what an autoscaler may add (from 24 on unconfirmed)."
        ),
        hint=N_(
            "Lower the replicas, the autoscaler's limit or CLUSTER_MODE until the sum is 32 or less; 24 leaves some for restarts."
        ),
        cluster=_worker_ids,
        clustered=True,
    ),
    Fault(
        "queue-unserved",
        FAIL,
        N_("No node works on queues"),
        N_("Every node of the file answers requests only: workflows, imports and exports are queued and never done."),
        hint=N_("Leave WORKER_MODE empty on one node, or add a node with WORKER_MODE=*."),
        cluster=_nobody_works,
    ),
    Fault(
        "requests-unserved",
        FAIL,
        N_("No node answers requests"),
        N_("Every node of the file only works on queues; none of them belongs behind the load balancer."),
        N_("no node of the file is meant for requests: all of them only work on queues."),
        N_("Leave WORKER_MODE empty, or write !, on the nodes that users reach."),
        cluster=_nobody_answers,
    ),
)
