"""What somebody on the network gets who is no part of the cluster, as far as the answers tell; in the words of the checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbcluster.answers.flow import targets
from nbcluster.answers.host import is_loopback
from nbcluster.answers.targets import Target, TargetKind
from nbcluster.catalogue import exposure, status_of
from nbcluster.checks.words import words
from nbcluster.cluster import Cluster
from nbcluster.files.markup import code, prose
from nbcluster.text import N_, _

_LABELS = {
    TargetKind.REDIS: "Redis",
    TargetKind.RABBITMQ: "RabbitMQ",
    TargetKind.DATABASE: N_("Database"),
    TargetKind.BALANCER: N_("Load balancer"),
    TargetKind.NODE: N_("Node"),
}
_SERVERS = (TargetKind.REDIS, TargetKind.RABBITMQ, TargetKind.DATABASE)


@dataclass(frozen=True)
class Exposure:
    """One finding: its code in the catalogue, and the address that it is about, without a password; "" where none is known."""

    code: str
    place: str
    target: Target


def exposures(cluster: Cluster) -> tuple[Exposure, ...]:
    """Return what is open or not judged, each once for a server; what is in order is left out."""
    found = {(each.code, each.place): each for each in _all(cluster) if status_of(each.code) != "ok"}
    return tuple(found.values())


def security(cluster: Cluster) -> list[str]:
    """Return the findings as Markdown in the active language; no line where there are none."""
    found = exposures(cluster)
    if not found:
        return []
    lines = [_("As far as the answers tell; `nbcluster check` and `nbcluster verify` look at the connections themselves."), ""]
    for each in found:
        what, gets, remedy = words(each.code, each.target, {"address": each.place.rpartition(":")[0]})
        name = _(_LABELS[each.target.kind])
        lines.append(f"- {f'{name} {code(each.place)}' if each.place else name}: {prose(what)}")
        lines += [f"  - {prose(sentence)}" for sentence in (gets, remedy) if sentence]
    return lines


def _all(cluster: Cluster) -> Iterator[Exposure]:
    for target in targets(cluster.answers):
        params = target.params
        if target.kind in _SERVERS:
            host = str(params["host"])
            line = exposure.of_line(target.kind, params, home=is_loopback(host))
            yield Exposure(line, f"{host}:{params['port']}", target)
        elif target.kind is TargetKind.BALANCER:
            yield Exposure(exposure.of_people(params), target.shown, target)
    if not cluster.balancer.has_file:
        yield Exposure(exposure.OWN_BALANCER, "", Target("balancer", TargetKind.BALANCER, "", {}, ()))
    for node in cluster.nodes if not cluster.deployment.on_kubernetes else ():
        target = Target(f"node.{node.name}", TargetKind.NODE, node.address, {"host": node.host, "port": node.port}, ())
        yield Exposure(exposure.of_node(node.host), node.address, target)
