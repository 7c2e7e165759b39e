"""Answers for tests: the official example, changed key by key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomlkit

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import load_text
from nbcluster.answers.flow import infer, problems_for_file
from nbcluster.errors import Problem
from nbcluster.steps.model import Context

ANSWERS = Path(__file__).parents[1] / "answers"
EVERY_KIND: Mapping[str, list[str]] = {
    "host": ["env", "balancer", "systemd", "summary", "runbook", "ansible"],
    "docker": ["env", "balancer", "systemd", "docker", "summary", "runbook", "ansible"],
    "kubernetes": ["kubernetes", "summary", "runbook", "helm"],
}
"""Every kind of output that a deployment has."""

NO_ENVIRONMENT: dict[str, str] = {}


def official_text(changes: Mapping[str, object] | None = None, without: tuple[str, ...] = ()) -> str:
    """Return the official example with key paths replaced or taken out; ``nodes`` may be replaced as a whole."""
    document = tomlkit.parse((ANSWERS / "official.toml").read_text("utf-8"))
    for path in without:
        *parents, last = path.split(".")
        table = document
        for part in parents:
            table = table[part]
        del table[last]
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        table = document
        for part in parents:
            table = table.setdefault(part, tomlkit.table())
        table[last] = value
    return tomlkit.dumps(document)


def official(changes: Mapping[str, object] | None = None, without: tuple[str, ...] = ()) -> Answers:
    """Return the official example as settled answers."""
    return infer(load_text(official_text(changes, without), "test", ANSWERS, NO_ENVIRONMENT).answers)


def problems(
    changes: Mapping[str, object] | None = None, without: tuple[str, ...] = (), context: Context | None = None
) -> dict[str, Problem]:
    """Return what is wrong with a changed official example, by key path and rule."""
    found = problems_for_file(official(changes, without), context or Context())
    return {f"{problem.path} {problem.rule}": problem for problem in found}
