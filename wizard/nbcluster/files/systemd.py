"""systemd/: the service of a node, and what restarts it where only that helps (nocobase.md §17, §18, §19)."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.answers.answers import Answers
from nbcluster.answers.url import Url
from nbcluster.facts import CURED_BY_RESTART, HEALTH_PATH
from nbcluster.files.template import render
from nbcluster.steps.start import in_docker

UNIT = "systemd/nocobase.service"
SCRIPT = "systemd/nocobase-health.sh"
PROGRAM = "/usr/local/sbin/nocobase-health"
"""Where the script lies on a node: root runs it, so it lies where only root writes."""

PLACES: Mapping[str, str] = {
    UNIT: "/etc/systemd/system/nocobase.service",
    "systemd/nocobase-health.service": "/etc/systemd/system/nocobase-health.service",
    "systemd/nocobase-health.timer": "/etc/systemd/system/nocobase-health.timer",
    SCRIPT: PROGRAM,
}
"""Every file for systemd, and where it lies on a node."""

OFF = "/etc/nocobase-health.off"
"""While this file is there, a node is not restarted by its timer."""

PAUSE = 45
"""Seconds between the turns of two nodes, about what a start takes (nocobase.md §17)."""

LIMIT = 3
"""Restarts within an hour that a node's timer may cause."""


def unit(answers: Answers) -> str:
    """Return the service unit of every node."""
    return render(
        UNIT,
        answers.text("output.language"),
        storage=answers.text("storage.path"),
        account=answers.text("app.user"),
        folder=answers.text("app.folder"),
        authority=answers.text("tls.ca_file"),
        docker=in_docker(answers),
    )


def systemd_files(answers: Answers) -> dict[str, str]:
    """Return every file for systemd by its path."""
    language = answers.text("output.language")
    return {
        UNIT: unit(answers),
        "systemd/nocobase-health.service": render("systemd/nocobase-health.service", language, program=PROGRAM),
        "systemd/nocobase-health.timer": render("systemd/nocobase-health.timer", language, off=OFF),
        SCRIPT: render(SCRIPT, language, **settings(answers)),
    }


def settings(answers: Answers) -> dict[str, str | int]:
    """Return what the script is told, by the name that it has there."""
    return {
        "folder": answers.text("app.folder"),
        "storage": answers.text("storage.path"),
        "port": answers.number("app.port"),
        "health": f"{answers.text('app.public_path')}{HEALTH_PATH}",
        "hosts": " ".join(str(row.get("host")) for row in answers.rows("nodes")),
        "servers": " ".join(servers(answers)),
        "causes": " ".join(CURED_BY_RESTART),
        "pause": PAUSE,
        "limit": LIMIT,
        "off": OFF,
        "docker": "yes" if in_docker(answers) else "",
    }


def servers(answers: Answers) -> tuple[str, ...]:
    """Return every server that a node needs, each once and without its login."""
    rabbitmq = answers["queue.adapter"] == "rabbitmq"
    roles = ["redis.cache", "redis.pubsub", "redis.lock", "queue.url" if rabbitmq else "redis.queue", "redis.worker_id"]
    found = [answers.url(path) for path in roles]
    database = f"tcp://{answers.text('database.host')}:{answers.number('database.port')}"
    return tuple(dict.fromkeys((*(_bare(url) for url in found if url is not None), database)))


def _bare(url: Url) -> str:
    """Return scheme, host and port; of what is no Redis only that it listens is asked."""
    scheme = url.scheme if url.scheme.startswith("redis") else "tcp"
    return f"{scheme}://{url.host}:{url.effective_port}"
