"""A look at the running cluster: every node, the load balancer, and what the tables tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.answers.flow import targets
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.steps.balancer import public_url
from nbcluster.steps.nodes import port_of
from nbcluster.steps.start import on_kubernetes

UNUSED = frozenset({"app.key", "app.aes_key", "admin.password", "queue.url", "queue.url.password"})
"""Key paths whose secrets nothing here asks for: it signs in nowhere, and leaves RabbitMQ alone."""


def running_targets(answers: Answers, questions: Mapping[str, ParamValue]) -> tuple[Target, ...]:
    """Return what can be asked of a running cluster; RabbitMQ is the business of ``check``, and pods are seen from inside alone.

    ``questions`` are what the tables of an installed NocoBase are asked, and what is expected of them.
    """
    named = [row for row in answers.rows("nodes") if row.get("name") and row.get("host")]
    rows = [] if on_kubernetes(answers) else named
    found = [_node(answers, row, rows[0]) for row in rows]
    if answers.text("balancer.server_name"):
        found.append(_balancer(answers))
    for target in targets(answers):
        if target.kind is TargetKind.DATABASE:
            found.append(replace(target, params={**target.params, **questions, "running": True}))
        if target.kind is TargetKind.REDIS:
            found.append(replace(target, params={**target.params, **_users(answers)}))
    return tuple(found)


def _node(answers: Answers, row: Row, first: Row) -> Target:
    params = _http(answers, str(row["host"]), port_of(answers, row)) | {"exposed": True}
    if row is not first:
        params["peer"] = f"{first['host']}:{port_of(answers, first)}"
    shown = f"http://{row['host']}:{params['port']}{params['public_path']}"
    return Target(f"node.{row['name']}", TargetKind.HTTP, shown, params, ("nodes",))


def _balancer(answers: Answers) -> Target:
    name, port = answers.text("balancer.server_name"), answers.number("balancer.listen")
    tls = bool(answers.text("balancer.certificate"))
    params = _http(answers, name, port) | {"tls": tls, "server_name": name, "websocket": True}
    params["public_url"] = public_url(answers)
    shown = f"{'https' if tls else 'http'}://{name}:{port}{params['public_path']}"
    return Target("balancer", TargetKind.HTTP, shown, params, ("balancer",))


def _http(answers: Answers, host: str, port: int) -> dict[str, ParamValue]:
    return {
        "host": host,
        "port": port,
        "tls": False,
        "ca_file": answers.text("tls.ca_file") or None,
        "server_name": None,
        "public_path": answers.text("app.public_path") or "/",
        "websocket": False,
        "wait": True,
    }


def _users(answers: Answers) -> dict[str, ParamValue]:
    """Return the nodes that a database of Redis should have connections of; pods reach it from wherever they run."""
    rows = [] if on_kubernetes(answers) else [row for row in answers.rows("nodes") if row.get("host")]
    nodes = {str(row.get("name") or row["host"]): str(row["host"]) for row in rows}
    return {"machines": len(set(nodes.values())) or 1, "nodes": json.dumps(nodes), "wait": True}
