"""The boxes in the drawing of a cluster: one per server, in three rows from the users down to the data."""

from __future__ import annotations

from dataclasses import dataclass

from nbcluster.cluster import Cluster, Node
from nbcluster.files.topology import front
from nbcluster.text import _, ngettext
from nbcluster.text.clean import clean
from nbcluster.text.layout import width_of


@dataclass(frozen=True)
class Box:
    """One server; ``kind`` is its style: front, node, worker, redis, queue, database or storage."""

    kind: str
    title: str
    lines: tuple[str, ...]


def balancer_box(cluster: Cluster) -> Box:
    """Return the box of the load balancer."""
    return Box("front", _("Load balancer"), (front(cluster),))


def node_boxes(cluster: Cluster) -> list[Box]:
    """Return the nodes in their order, those that serve requests first."""
    return [_node(node) for node in sorted(cluster.nodes, key=lambda node: not node.serves_requests)]


def _node(node: Node) -> Box:
    count = node.processes
    work = ngettext("{count} process", "{count} processes", count or 2).format(count="?" if count is None else count)
    lines = [f"{node.host or '?'}:{node.port}", work]
    if node.worker_mode:
        lines.append(f"WORKER_MODE={node.worker_mode}")
    if not node.serves_requests:
        lines.append(_("not behind the balancer"))
    return Box("node" if node.serves_requests else "worker", node.name or "?", tuple(lines))


def data_boxes(cluster: Cluster) -> list[Box]:
    """Return what the nodes use in common: Redis by server, the broker, the database, the share."""
    boxes: list[Box] = []
    for server in cluster.redis.servers:
        roles = (_("database {number}: {role}").format(number=role.url.database, role=_(role.label)) for role in server.roles)
        boxes.append(Box("redis", "Redis", (f"{server.host}:{server.port}", *roles)))
    broker = cluster.broker.url if cluster.broker is not None else None
    if broker is not None:
        role = _("queue")
        boxes.append(Box("queue", "RabbitMQ", (f"{broker.host}:{broker.effective_port}", f"{broker.vhost} {role}")))
    database, count = cluster.database, cluster.connections
    boxes.append(
        Box(
            "database",
            database.dialect,
            (
                f"{database.host or '?'}:{database.port}",
                database.name,
                ngettext("up to {count} connection", "up to {count} connections", count).format(count=count),
            ),
        )
    )
    share = cluster.share
    source = (share.source,) if share.source else ()
    boxes.append(Box("storage", _("Shared storage"), (share.kind.upper(), share.path, *source)))
    return boxes


def wrapped(text: str, columns: int) -> list[str]:
    """Return a text from outside as lines of at most ``columns`` columns, broken at a space or a sign where there is one."""
    rest = clean(text)
    lines: list[str] = []
    while rest:
        end, used = 0, 0
        while end < len(rest) and used + width_of(rest[end]) <= columns:
            used += width_of(rest[end])
            end += 1
        good = max(rest.rfind(" ", 0, end + 1), *(rest.rfind(sign, 0, end) + 1 for sign in "/,:"))
        if end < len(rest) and good > columns // 3:
            end = good
        lines.append(rest[: max(1, end)].rstrip())
        rest = rest[max(1, end) :].lstrip()
    return lines
