"""What asks a container from inside whether only a restart cures it (nocobase.md §19)."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.facts import CURED_BY_RESTART, HEALTH_PATH

PERIOD, TRIES = 10, 6
"""Seconds between two questions, and after how many bad replies in a row the container is ended."""


def liveness_command(answers: Answers) -> list[str]:
    """Return the command, which fails only while the health address names such a cause.

    What is at work, or does not answer, is left alone: a container that is ended in the middle of a migration is worse.
    """
    url = f"http://127.0.0.1:{answers.number('app.port')}{answers.text('app.public_path')}{HEALTH_PATH}"
    asks = f"fetch('{url}', {{ signal: AbortSignal.timeout(8000) }}).then(r => r.text())"
    return [
        "node",
        "-e",
        f"{asks}.then(t => process.exit(/{'|'.join(CURED_BY_RESTART)}/.test(t) ? 1 : 0), () => process.exit(0))",
    ]
