"""The names under which parts of a set can be asked for, and which files each means."""

from __future__ import annotations

from collections.abc import Sequence

FORMATS: dict[str, tuple[str, ...]] = {
    "env": (".env", "nodes/"),
    "balancer": ("nginx/", "haproxy/", "caddy/", "balancer.md"),
    "systemd": ("systemd/",),
    "docker": ("docker/",),
    "kubernetes": ("kubernetes/",),
    "helm": ("helm/",),
    "ansible": ("ansible/",),
    "summary": ("SUMMARY.md", "summary.html"),
    "runbook": ("RUNBOOK.md",),
    "answers": ("answers.toml",),
}
"""How the paths of each format begin."""


def belongs(path: str, formats: Sequence[str]) -> bool:
    """Tell whether a file is part of one of the formats; without any named, all are."""
    return not formats or any(path.startswith(FORMATS[name]) for name in formats)
