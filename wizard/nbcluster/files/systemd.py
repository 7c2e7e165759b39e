"""systemd/nocobase.service: restarts what Redis takes down, waits for the share, gives Node a private CA (nocobase.md §17, §18)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.template import render


def unit(cluster: Cluster) -> str:
    """Return the service unit of every node."""
    return render("systemd/nocobase.service", cluster.language, deployment=cluster.deployment, share=cluster.share)
