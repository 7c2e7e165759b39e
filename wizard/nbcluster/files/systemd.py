"""systemd/: the service of a node, and the timer that restarts it where only that helps (nocobase.md §17, §18, §19)."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.answers.url import Url
from nbcluster.cluster import Cluster
from nbcluster.facts import CURED_BY_RESTART
from nbcluster.files.template import render

UNIT = "systemd/nocobase.service"
SCRIPT = "systemd/nocobase-health.sh"
PROGRAM = "/usr/local/sbin/nocobase-health"
"""Path of the script on a node: root runs it, so only root may write there."""

PLACES: Mapping[str, str] = {
    UNIT: "/etc/systemd/system/nocobase.service",
    "systemd/nocobase-health.service": "/etc/systemd/system/nocobase-health.service",
    "systemd/nocobase-health.timer": "/etc/systemd/system/nocobase-health.timer",
    SCRIPT: PROGRAM,
}
"""Every file for systemd, and its path on a node."""

OFF = "/etc/nocobase-health.off"
"""While this file is there, a node is not restarted by its timer."""

PAUSE = 45
"""Seconds between the restarts of two nodes, about as long as a start takes (nocobase.md §17)."""

ROOM = "{ mkdir -p run && head -c 1000000 /dev/zero > run/room && rm run/room; } || { rm -f run/room; exit 1; }"
"""Shell in the application's folder, where pm2 writes first: fails unless there is a megabyte of room (nocobase.md §19 #28)."""

LIMIT = 3
"""Restarts within an hour that a node's timer may cause."""


def unit(cluster: Cluster) -> str:
    """Return the service unit of every node."""
    return render(UNIT, cluster.language, deployment=cluster.deployment, share=cluster.share, room=ROOM)


def systemd_files(cluster: Cluster) -> dict[str, str]:
    """Return every file for systemd by its path."""
    return {
        UNIT: unit(cluster),
        "systemd/nocobase-health.service": render("systemd/nocobase-health.service", cluster.language, program=PROGRAM),
        "systemd/nocobase-health.timer": render("systemd/nocobase-health.timer", cluster.language, off=OFF),
        SCRIPT: render(SCRIPT, cluster.language, **settings(cluster)),
    }


def settings(cluster: Cluster) -> dict[str, str | int]:
    """Return the settings of the script by name."""
    return {
        "folder": cluster.deployment.folder,
        "storage": cluster.share.path,
        "port": cluster.deployment.port,
        "health": cluster.deployment.health_path,
        "hosts": " ".join(node.host for node in cluster.nodes),
        "servers": " ".join(servers(cluster)),
        "causes": " ".join(CURED_BY_RESTART),
        "pause": PAUSE,
        "limit": LIMIT,
        "off": OFF,
        "docker": "yes" if cluster.deployment.in_docker else "",
    }


def servers(cluster: Cluster) -> tuple[str, ...]:
    """Return every server that a node needs, each once and without its login."""
    found = [role.url for role in cluster.redis.roles]
    if cluster.broker is not None and cluster.broker.url is not None:
        found.append(cluster.broker.url)
    database = f"tcp://{cluster.database.host}:{cluster.database.port}"
    return tuple(dict.fromkeys((*(_bare(url) for url in found), database)))


def _bare(url: Url) -> str:
    """Return scheme, host and port; of any server but Redis only the port is tested."""
    scheme = url.scheme if url.scheme.startswith("redis") else "tcp"
    return f"{scheme}://{url.host}:{url.effective_port}"
