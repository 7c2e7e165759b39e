"""systemd/nocobase.service: restarts what Redis takes down, waits for the share, gives Node a private CA (nocobase.md §17, §18)."""

from __future__ import annotations

import re

from nbcluster.answers import Answers
from nbcluster.judge.nodes import ACCOUNT

APP_FOLDER = "/srv/nocobase/app"
"""Where NocoBase is installed on every node; nothing asks for it, so unit and runbook share this one place."""

USER = ACCOUNT


def unit(answers: Answers) -> str:
    """Return the service unit of every node."""
    storage = answers.text("storage.path")
    environment = []
    if answers.text("tls.ca_file"):
        environment = [
            "# Read before Node starts, so it has no effect in .env.",
            f"Environment={_quoted('NODE_EXTRA_CA_CERTS=' + answers.text('tls.ca_file'))}",
        ]
    lines = [
        "# Copy to /etc/systemd/system/ on every node. The application folder holds .env and is local to the node.",
        "[Unit]",
        "Description=NocoBase node",
        "Wants=network-online.target",
        "After=network-online.target remote-fs.target",
        f"RequiresMountsFor={_quoted(storage)}",
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        "Type=simple",
        f"User={USER}",
        f"WorkingDirectory={APP_FOLDER}",
        *environment,
        "# Links the plugins of the share into this node's node_modules, as the container image does at every start.",
        "ExecStartPre=-/usr/bin/env yarn nocobase postinstall",
        "# Without --quickstart: installation and upgrade belong to one node and to the runbook.",
        "ExecStart=/usr/bin/env yarn start",
        "# Losing Redis ends the process, also with status 0.",
        "Restart=always",
        "RestartSec=5",
        "# The application outlives its starter unless the whole group is stopped.",
        "KillMode=control-group",
        "TimeoutStopSec=60",
        "LimitNOFILE=65536",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
    ]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return one word of a unit file: systemd unquotes it, and % begins a specifier."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if re.search(r"[\s\"'\\]", text) else escaped
