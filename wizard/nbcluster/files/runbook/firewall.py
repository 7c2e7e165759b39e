"""Which connections must be open: a table for whoever configures the firewall."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.cluster import Cluster
from nbcluster.files.markup import cell
from nbcluster.text import _

_NFS = 2049


def firewall(cluster: Cluster) -> str:
    """Return the table as Markdown: from, to, port; everything that it does not name may stay closed."""
    pods = cluster.deployment.on_kubernetes
    nodes = _("the pods") if pods else _("the nodes")
    servers = [f"{server.host}:{server.port}" for server in cluster.redis.servers if server.host]
    servers += [f"{cluster.database.host}:{cluster.database.port}"] if cluster.database.host else []
    more = []
    if cluster.broker is not None and cluster.broker.url is not None and cluster.broker.url.host:
        more.append(f"{cluster.broker.url.host}:{cluster.broker.url.port or '5671, 5672'}")
    if cluster.share.server:
        more.append(f"{cluster.share.server}:{_NFS}" if cluster.share.kind in ("nfs", "efs") else cluster.share.server)
    if not cluster.license.offline:
        more.append(_("the package server of NocoBase") + " (443)")
    rows = [(nodes, _joined((*servers, *more)))]
    if not pods:
        rows.append((_("the balancer"), _joined(node.address for node in cluster.balancer.upstreams)))
        servers = [f"{node.host}:22" for node in cluster.nodes] + [node.address for node in cluster.nodes] + servers
    rows.append((_("this machine"), _joined(servers)))
    balancer, place = cluster.balancer, _("the balancer")
    if balancer.has_file:
        # of a balancer that gets no file neither name nor port is kept in the answers
        place = f"{balancer.server_name or place}:{balancer.listen}"
    rows.append((_("users"), place))
    head = ["| " + _("from") + " | " + _("to") + " |", "|---|---|"]
    return "\n".join([*head, *(f"| {cell(start)} | {cell(end)} |" for start, end in rows)]) + "\n"


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
