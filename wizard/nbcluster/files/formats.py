"""The output formats, and the files that belong to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
"""Path prefixes of each format."""

ANSWERS_FILE = "answers.toml"
"""The answers that a folder was written from."""

ALWAYS = (ANSWERS_FILE, ".gitignore")
"""Files that are always written, beside the manifest."""


def belongs(path: str, formats: Sequence[str]) -> bool:
    """Tell whether a file is part of one of the formats; without any named, all are."""
    return not formats or any(path.startswith(FORMATS.get(name, ())) for name in formats)


def chosen(answers: Answers, path: str, more: Sequence[str] = ()) -> bool:
    """Tell whether a file is written: its format is chosen by the answers or by ``more``, or it belongs to every set."""
    return path in ALWAYS or belongs(path, (*answers.words("output.formats"), *more) or ("answers",))
