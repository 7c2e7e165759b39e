"""Pieces of a runbook: fenced blocks, shell words, addresses of nodes."""

from __future__ import annotations

import shlex

from nbcluster.answers import Answers
from nbcluster.artifacts.systemd import APP_FOLDER, USER
from nbcluster.fields import Row
from nbcluster.judge.nodes import port_of
from nbcluster.judge.workers import serves_requests

OVERRIDES = "LOCK_ADAPTER_DEFAULT=local CLUSTER_MODE= WORKER_MODE= DISABLE_PKG_DOWNLOAD= SKIP_SAME_VERSION_UPGRADE="
"""Real environment variables beat .env, also when they are empty (nocobase.md §18)."""

OFFLINE_OVERRIDES = "LOCK_ADAPTER_DEFAULT=local CLUSTER_MODE= WORKER_MODE= SKIP_SAME_VERSION_UPGRADE="
"""Without a way to the package server a download would wait without end."""


def block(name: str, node: str, *lines: str) -> str:
    """Return a fenced shell block with its naming comment."""
    return "\n".join(["```sh", f"# nbcluster: {name} {node}", *lines, "```", ""])


def paragraphs(title: str, *parts: str) -> str:
    """Return a chapter."""
    return "\n".join([f"## {title}", "", *(f"{part}\n" if not part.endswith("\n") else part for part in parts)])


def word(text: object) -> str:
    """Return a text as one shell word."""
    return shlex.quote(str(text))


def account(row: Row) -> str:
    """Return where ssh and scp go for a node."""
    return word(row.get("ssh") or row.get("host"))


def name_of(row: Row) -> str:
    """Return a node's name."""
    return str(row.get("name"))


def first_node(answers: Answers) -> Row:
    """Return the node that boots first: one that serves requests."""
    rows = answers.rows("nodes")
    return next((row for row in rows if serves_requests(row)), rows[0])


def health_url(answers: Answers, row: Row) -> str:
    """Return a node's health address; a query would break it (nocobase.md §7.2)."""
    return f"http://{row.get('host')}:{port_of(answers, row)}{answers.text('app.public_path')}api/__health_check"


def overrides(answers: Answers) -> str:
    """Return the overrides of a boot that installs or upgrades."""
    return OFFLINE_OVERRIDES if answers["license.delivery"] == "offline" else OVERRIDES


def wait_for_health(answers: Answers, row: Row) -> tuple[str, ...]:
    """Return lines that wait until a node is healthy, five minutes at most."""
    return (
        f"url={word(health_url(answers, row))}",
        'for try in $(seq 150); do [ "$(curl -s --max-time 5 "$url")" = ok ] && break; sleep 2; done',
        '[ "$(curl -s --max-time 5 "$url")" = ok ] && echo "healthy" || { curl -s "$url"; echo; false; }',
    )


def stop(answers: Answers, row: Row) -> tuple[str, ...]:
    """Return lines that stop a node and see that its port is free."""
    return ("systemctl stop nocobase", f"! ss -Hltn 'sport = :{port_of(answers, row)}' | grep .")


def app_folder() -> str:
    """Return the application's folder as a shell word."""
    return word(APP_FOLDER)


def user() -> str:
    """Return the account that runs NocoBase."""
    return USER
