"""The cluster as a text drawing, for the review, the summary and the terminal."""

from __future__ import annotations

from nbcluster.cluster import Cluster, Node
from nbcluster.facts import WORKER_IDS
from nbcluster.text import _, ngettext


def picture(cluster: Cluster) -> list[str]:
    """Return the lines of the picture, at most 78 columns where names allow it."""
    lines = [front(cluster), "  |"]
    lines += [f"  +-- {_node(cluster, node)}" for node in cluster.nodes if node.serves_requests]
    workers = [node for node in cluster.nodes if not node.serves_requests]
    if workers:
        lines.append("  .   " + _("not behind the balancer:"))
        lines += [f"  .-- {_node(cluster, node)}" for node in workers]
    lines.append("  |")
    lines += _middleware(cluster)
    lines.append(
        "  "
        + _("{total} of {limit} worker ids, up to {count} database connections").format(
            total=cluster.processes, limit=WORKER_IDS, count=cluster.connections
        )
    )
    return lines


def front(cluster: Cluster) -> str:
    """Return the address that users open, and what answers there."""
    model = cluster.balancer
    if not model.has_file:
        return _("your load balancer")
    if model.public_host:
        return f"{model.public_scheme}://{model.public_host}{model.path}  ({model.proper_name})"
    port = "" if model.usual_port else f":{model.listen}"
    return f"{model.scheme}://{model.server_name or '?'}{port}{model.path}  ({model.proper_name})"


def _node(cluster: Cluster, node: Node) -> str:
    count = node.processes
    shown = "?" if count is None else str(count)
    work = ngettext("{count} process", "{count} processes", count or 2).format(count=shown)
    note = f"  WORKER_MODE={node.worker_mode}" if node.worker_mode else ""
    if cluster.deployment.on_kubernetes:
        return f"{node.name or '?'}  {work}{note}"
    return f"{node.name or '?'}  {node.host or '?'}:{node.port}  {work}{note}"


def _middleware(cluster: Cluster) -> list[str]:
    lines: list[str] = []
    for server in cluster.redis.servers:
        roles = ", ".join(f"{role.url.database} {_(role.label)}" for role in server.roles)
        lines.append(f"  Redis {server.host}:{server.port}   {roles}")
    broker = cluster.broker.url if cluster.broker is not None else None
    if broker is not None:
        lines.append(f"  RabbitMQ {broker.host}:{broker.effective_port}   {broker.vhost}   " + _("queue"))
    place = f"{cluster.database.host or '?'}:{cluster.database.port}/{cluster.database.name}"
    lines.append(f"  {cluster.database.dialect} {place}")
    if cluster.deployment.on_kubernetes:
        storage_class = cluster.kubernetes.storage_class or _("default class")
        return [
            *lines,
            "  "
            + _("volume of {size}, {storage_class}").format(size=cluster.kubernetes.storage_size, storage_class=storage_class),
        ]
    source = f"  ({cluster.share.source})" if cluster.share.source else ""
    lines.append(f"  {cluster.share.kind.upper()} {cluster.share.path}{source}")
    return lines
