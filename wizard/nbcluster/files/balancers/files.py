"""The file of each kind of load balancer (nocobase.md §7.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbcluster.cluster import Cluster
from nbcluster.files.balancers.structure import DOWN
from nbcluster.files.template import render


def _from_template(path: str) -> tuple[str, Callable[[Cluster], str]]:
    def text(cluster: Cluster) -> str:
        return render(path, cluster.language, balancer=cluster.balancer, down=DOWN)

    return path, text


FILES: Mapping[str, tuple[str, Callable[[Cluster], str]]] = {
    "nginx": _from_template("nginx/nocobase.conf"),
    "haproxy": _from_template("haproxy/nocobase.cfg"),
    "caddy": _from_template("caddy/Caddyfile"),
}
"""By kind of balancer: the path of its file and what makes its text."""
