"""The names under which parts of a set can be asked for, and which files each means."""

from __future__ import annotations

from collections.abc import Sequence

from nbcluster.answers.answers import Answers

FORMATS: dict[str, tuple[str, ...]] = {
    "env": (".env", "nodes/"),
    "balancer": ("nginx/", "haproxy/", "caddy/", "balancer.md"),
    "systemd": ("systemd/",),
    "docker": ("docker/",),
    "kubernetes": ("kubernetes/",),
    "helm": ("helm/",),
    "ansible": ("ansible/",),
    "summary": ("SUMMARY.md", "summary.html"),
    "runbook": ("RUNBOOK.md", "OPERATE.md", "CHANGE.md"),
    "answers": ("answers.toml",),
}
"""How the paths of each format begin."""

ALWAYS = ("answers.toml", ".gitignore")
"""What is written whatever kinds were chosen, beside the manifest."""


def belongs(path: str, formats: Sequence[str]) -> bool:
    """Tell whether a file is part of one of the formats; without any named, all are."""
    return not formats or any(path.startswith(FORMATS.get(name, ())) for name in formats)


def chosen(answers: Answers, path: str, more: Sequence[str] = ()) -> bool:
    """Tell whether a file is written: it is of a kind that the answers choose, or ``more`` names, or it stands with every set."""
    return path in ALWAYS or belongs(path, (*answers.words("output.formats"), *more) or ("answers",))
