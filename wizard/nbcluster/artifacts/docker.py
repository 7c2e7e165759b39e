"""docker/compose.yaml: one file for every node; what installs or upgrades is a service of its own (nocobase.md §7.1, §8, §17)."""

from __future__ import annotations

import json
import re

from nbcluster.answers import Answers
from nbcluster.envfile.readers import quote
from nbcluster.facts import FIRST_BOOT, HEALTH_PATH, IMAGE_STORAGE, OFFLINE_FIRST_BOOT

"""Where the image keeps what all nodes share."""

AUTHORITY = "/etc/ssl/nbcluster-authority.pem"
"""Where a private certificate authority is mounted."""
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
    port, authority = answers.number("app.port"), answers.text("tls.ca_file")
    environment = {"NODE_EXTRA_CA_CERTS": AUTHORITY} if authority else {}
    volumes = [
        (answers.text("storage.path").rstrip("/"), IMAGE_STORAGE, False),
        *([(authority, AUTHORITY, True)] if authority else []),
    ]
    lines = [
        "# The same on every node, beside its env file: ../.env is the complete one of the node. Needs compose 2.30 or later.",
        f"name: nocobase-{answers.text('name')}",
        "",
        "x-nocobase: &nocobase",
        f"  image: {_text(image(answers))}",
        "  env_file:",
        "    # raw: quotes, # and $ are a part of the values, as for docker run --env-file",
        "    - path: ../.env",
        "      format: raw",
        "  volumes:",
        *(line for source, target, read_only in volumes for line in _volume(source, target, read_only)),
        "  ports:",
        "    # the node's own port in front, where it has one: NODE_PORT=13100 docker compose up -d node",
        f'    - "${{NODE_PORT:-{port}}}:{port}"',
        "  init: true",
        "  stop_grace_period: 60s",
        "  healthcheck:",
        "    # A running process proves nothing: NocoBase stays up and answers 503.",
        f"    test: {json.dumps(['CMD', 'node', '-e', _health(answers)])}",
        "    interval: 15s",
        "    timeout: 10s",
        "    retries: 4",
        "    start_period: 300s",
        "  logging:",
        "    options:",
        '      max-size: "50m"',
        '      max-file: "5"',
        "",
        "services:",
        "  # A node as it runs. Without --quickstart, so that it neither installs nor upgrades: that belongs to one node and to first-boot.",
        "  node:",
        "    <<: *nocobase",
        f"    command: {json.dumps(command_of(installs=False))}",
        "    # Losing Redis ends the process, also with status 0.",
        "    restart: always",
        *_environment(environment),
        "",
        "  # One node alone installs or upgrades: docker compose --profile first-boot up first-boot",
        "  first-boot:",
        "    <<: *nocobase",
        "    profiles: [first-boot]",
        f"    command: {json.dumps(command_of(installs=True))}",
        '    restart: "no"',
        *_environment({**environment, **first_boot_overrides(answers)}),
    ]
    return "\n".join(lines) + "\n"


def _volume(source: str, target: str, read_only: bool) -> list[str]:
    return [
        "    - type: bind",
        f"      source: {_text(source)}",
        f"      target: {target}",
        *(["      read_only: true"] if read_only else []),
        "      bind:",
        "        # a share that is not mounted must not become an empty folder",
        "        create_host_path: false",
    ]


def _environment(variables: dict[str, str]) -> list[str]:
    return ["    environment:", *(f"      {name}: {_text(value)}" for name, value in variables.items())] if variables else []


def _health(answers: Answers) -> str:
    url = f"http://127.0.0.1:{answers.number('app.port')}{answers.text('app.public_path')}{HEALTH_PATH}"
    return f"fetch('{url}').then(r => r.text()).then(t => process.exit(t === 'ok' ? 0 : 1), () => process.exit(1))"


def _text(value: str) -> str:
    """Return a scalar; compose expands a single dollar sign. Only a path, which no YAML reader takes for a number or a date, stands bare."""
    bare = re.fullmatch(r"[A-Za-z0-9._-]*/[A-Za-z0-9._/:@-]*[A-Za-z0-9._/@-]", value)
    return value if bare else quote(value.replace("$", "$$"))
