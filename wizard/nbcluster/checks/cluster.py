"""Targets of a running cluster: every node, the load balancer, Redis and the tables of the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from nbcluster.answers.flow import targets
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.cluster import Cluster, Node

UNUSED = frozenset({"app.key", "app.aes_key", "admin.password", "queue.url", "queue.url.password"})
"""Key paths whose secrets are not needed here: nothing signs in to NocoBase or connects to RabbitMQ."""


def running_targets(cluster: Cluster, questions: Mapping[str, ParamValue]) -> tuple[Target, ...]:
    """Return what can be asked of a running cluster; RabbitMQ is the business of ``check``, and pods are seen from inside alone.

    ``questions`` are what the tables of an installed NocoBase are asked, and what is expected of them.
    """
    nodes = [node for node in _machines(cluster) if node.name]
    found = [_node(cluster, node, nodes[0]) for node in nodes]
    if cluster.balancer.server_name:
        found.append(_balancer(cluster))
    for target in targets(cluster.answers):
        if target.kind is TargetKind.DATABASE:
            found.append(replace(target, params={**target.params, **questions, "running": True}))
        if target.kind is TargetKind.REDIS:
            found.append(replace(target, params={**target.params, **_users(cluster)}))
    return tuple(found)


def _machines(cluster: Cluster) -> list[Node]:
    """Return the nodes that have an address of their own; pods have none that is known."""
    return [] if cluster.deployment.on_kubernetes else [node for node in cluster.nodes if node.host]


def _node(cluster: Cluster, node: Node, first: Node) -> Target:
    params = _http(cluster, node.host, node.port) | {"exposed": True}
    if node is not first:
        params["peer"] = first.address
    return Target(f"node.{node.name}", TargetKind.HTTP, f"http://{node.address}{params['public_path']}", params, ("nodes",))


def _balancer(cluster: Cluster) -> Target:
    balancer = cluster.balancer
    tls, name = balancer.has_certificate, balancer.server_name
    params = _http(cluster, name, balancer.listen) | {"tls": tls, "server_name": name, "websocket": True}
    params["public_url"] = balancer.url
    shown = f"{'https' if tls else 'http'}://{name}:{balancer.listen}{params['public_path']}"
    return Target("balancer", TargetKind.HTTP, shown, params, ("balancer",))


def _http(cluster: Cluster, host: str, port: int) -> dict[str, ParamValue]:
    return {
        "host": host,
        "port": port,
        "tls": False,
        "ca_file": cluster.deployment.authority or None,
        "server_name": None,
        "public_path": cluster.deployment.public_path or "/",
        "websocket": False,
        "wait": True,
    }


def _users(cluster: Cluster) -> dict[str, ParamValue]:
    """Return the nodes that a Redis database should have connections from; pods connect from wherever they run."""
    nodes = {node.name or node.host: node.host for node in _machines(cluster)}
    return {"machines": len(set(nodes.values())) or 1, "nodes": json.dumps(nodes), "wait": True}
