"""The machines: names, addresses, duplicates."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers import Answers
from nbcluster.fields import Row
from nbcluster.judge.common import error, is_loopback, on_kubernetes, warning
from nbcluster.judge.workers import serves_requests
from nbcluster.problems import Problem
from nbcluster.rules import Context, Rule
from nbcluster.targets import Target, TargetKind
from nbcluster.text import _


def port_of(answers: Answers, row: Row) -> int:
    """Return the port a node listens on: its own, or the one of all."""
    own = row.get("port")
    return own if isinstance(own, int) else answers.number("app.port")


def _count(answers: Answers, _context: Context) -> Iterable[Problem]:
    rows = answers.rows("nodes")
    serving = [row for row in rows if serves_requests(row)]
    if not rows:
        yield error("nodes", "nodes", _("there is no node."), _("Add at least one; two or more make a cluster."))
    elif not serving:
        yield error("nodes", "nodes", _("no node serves requests."), _("Leave WORKER_MODE empty on at least one node."))
    elif len(serving) == 1:
        yield warning(
            "nodes",
            "nodes",
            _("only one node serves requests: when it stops, users are cut off."),
            _("Two or more survive the loss of one."),
        )


def _duplicates(answers: Answers, _context: Context) -> Iterable[Problem]:
    names: dict[str, int] = {}
    places: dict[tuple[str, int], int] = {}
    counted = on_kubernetes(answers)
    for index, row in enumerate(answers.rows("nodes")):
        name, host = str(row.get("name") or ""), "" if counted else str(row.get("host") or "").lower()
        if name in names:
            yield error(
                f"nodes[{index}].name",
                "nodes-duplicate",
                _("the name {name} is used twice.").format(name=name),
                _("Give every node a name of its own."),
            )
        place = (host, port_of(answers, row))
        if host and place in places:
            yield error(
                f"nodes[{index}].host",
                "nodes-duplicate",
                _("{host}:{port} is already node {name}.").format(
                    host=host, port=place[1], name=answers.rows("nodes")[places[place]].get("name")
                ),
                _("Write its own address, or another port on the same host."),
            )
        names.setdefault(name, index)
        places.setdefault(place, index)


def _local(answers: Answers, _context: Context) -> Iterable[Problem]:
    rows = answers.rows("nodes")
    local = [is_loopback(str(row.get("host") or "")) for row in rows]
    if any(local) and not all(local) and not on_kubernetes(answers):
        index = local.index(True)
        yield error(
            f"nodes[{index}].host",
            "nodes-localhost",
            _("{host} is another machine for the load balancer.").format(host=rows[index].get("host")),
            _("Write the address under which the balancer reaches the node."),
        )


def targets(answers: Answers) -> Iterable[Target]:
    """Return every node's port as a target."""
    # pods have no address before they run
    for row in () if on_kubernetes(answers) else answers.rows("nodes"):
        name, host, port = str(row.get("name") or ""), str(row.get("host") or ""), port_of(answers, row)
        if name and host:
            yield Target(
                f"node.{name}",
                TargetKind.NODE,
                f"{host}:{port}",
                {
                    "host": host,
                    "port": port,
                    "public_path": answers.text("app.public_path"),
                    "installation": answers.text("app.installation"),
                },
                ("nodes", "app.port", "app.public_path", "app.installation"),
            )


RULES = (Rule("nodes", _count), Rule("nodes-duplicate", _duplicates), Rule("nodes-localhost", _local))
