"""systemd/nocobase.service: restarts what Redis takes down, waits for the share, gives Node a private CA (nocobase.md §17, §18)."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.files.template import render
from nbcluster.steps.nodes import ACCOUNT

APP_FOLDER = "/srv/nocobase/app"
"""Where NocoBase is installed on every node; nothing asks for it, so unit and runbook share this one place."""

USER = ACCOUNT


def unit(answers: Answers) -> str:
    """Return the service unit of every node."""
    return render(
        "systemd/nocobase.service",
        answers.text("output.language"),
        storage=answers.text("storage.path"),
        account=USER,
        folder=APP_FOLDER,
        authority=answers.text("tls.ca_file"),
    )
