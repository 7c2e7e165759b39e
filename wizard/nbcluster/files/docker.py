"""docker/compose.yaml: one file for every node; what installs or upgrades is a service of its own (nocobase.md §7.1, §8, §17)."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.facts import FIRST_BOOT, HEALTH_PATH, IMAGE_STORAGE, OFFLINE_FIRST_BOOT
from nbcluster.files.template import render
from nbcluster.steps.database import AUTHORITY

_PREPARED = "yarn nocobase postinstall && exec yarn start"


def image(answers: Answers) -> str:
    """Return the image: the one that was named, or the official one of the chosen version."""
    return answers.text("app.image") or f"nocobase/nocobase:{answers.text('app.version')}"


def command_of(*, installs: bool) -> list[str]:
    """Return what a container runs: with ``--quickstart`` it installs or upgrades, without it does neither."""
    return ["sh", "-c", f"{_PREPARED} --quickstart" if installs else _PREPARED]


def first_boot_overrides(answers: Answers) -> dict[str, str]:
    """Return the variables that beat the env file while one node installs or upgrades alone (nocobase.md §18)."""
    return {**OFFLINE_FIRST_BOOT, **({} if answers["license.delivery"] == "offline" else FIRST_BOOT)}


def compose_file(answers: Answers) -> str:
    """Return the compose file; it needs compose 2.30, which knows ``format: raw``."""
    return render(
        "docker/compose.yaml",
        answers.text("output.language"),
        name=answers.text("name"),
        image=image(answers),
        port=answers.number("app.port"),
        storage=answers.text("storage.path"),
        shared=IMAGE_STORAGE,
        authority=answers.text("tls.ca_file"),
        authority_inside=AUTHORITY,
        health=_health(answers),
        command=command_of(installs=False),
        first_boot_command=command_of(installs=True),
        first_boot=first_boot_overrides(answers),
    )


def _health(answers: Answers) -> str:
    url = f"http://127.0.0.1:{answers.number('app.port')}{answers.text('app.public_path')}{HEALTH_PATH}"
    return f"fetch('{url}').then(r => r.text()).then(t => process.exit(t === 'ok' ? 0 : 1), () => process.exit(1))"
