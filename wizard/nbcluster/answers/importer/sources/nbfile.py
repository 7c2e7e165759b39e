"""The home configuration of the official ``nb`` command line (``~/.nocobase/config.json``; ``@nocobase/cli`` 2.2.15, nocobase.md §11)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from nbcluster.answers.importer.sources.model import Fact, Kind, Loader, Place, Setting, SettingsSource, Setup, SourceError
from nbcluster.env import assignments, docker_assignments
from nbcluster.text import _

VARIABLES = {
    "appPort": "APP_PORT",
    "appPublicPath": "APP_PUBLIC_PATH",
    "cdnBaseUrl": "CDN_BASE_URL",
    "appKey": "APP_KEY",
    "timezone": "TZ",
    "storagePath": "STORAGE_PATH",
    "dbDialect": "DB_DIALECT",
    "dbHost": "DB_HOST",
    "dbPort": "DB_PORT",
    "dbDatabase": "DB_DATABASE",
    "dbUser": "DB_USER",
    "dbPassword": "DB_PASSWORD",
    "dbSchema": "DB_SCHEMA",
    "dbTablePrefix": "DB_TABLE_PREFIX",
    "dbUnderscored": "DB_UNDERSCORED",
}
"""Keys of an environment, and the variable that ``nb`` passes each as."""


def read_home(text: str, load: Loader) -> Iterator[SettingsSource]:
    """Yield one source per environment, the one that was used last first; raises ``SourceError`` for anything else than such a file.

    ``load`` gives the env file that a user keeps beside an environment.
    """
    try:
        root: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise SourceError(_("is not JSON.")) from None
    environments = root.get("envs") if isinstance(root, dict) else None
    if not isinstance(environments, dict):
        raise SourceError(_("is JSON, but not the configuration of nb: it has no envs."))
    last = root.get("lastEnv") or root.get("currentEnv")
    for title in sorted(environments, key=lambda name: (name != last, name)):
        entry = environments[title]
        if not isinstance(entry, dict):
            continue
        settings = tuple(_settings(entry, text, str(title)))
        if settings:
            path, setup = str(entry.get("envFile") or "") or f"{entry.get('appPath') or title}/.env", _setup(entry)
            beside = load(path)
            # what nb passes itself beats the file
            found = () if beside is None else tuple(_env_file(beside, path, raw=setup.deployment == "docker"))
            yield SettingsSource(Kind.NB, (*found, *settings), str(title), ((0, path),) if beside is None else (), setup=setup)


def _env_file(text: str, path: str, *, raw: bool) -> Iterator[Setting]:
    for found in docker_assignments(text.replace("\r\n", "\n")) if raw else assignments(text):
        yield Setting(found.name, found.value, found.line, Place.ENV_FILE, path)


def _setup(entry: dict[str, Any]) -> Setup:
    """Return how an environment runs: its image is the registry with the version as tag, where both are named."""
    docker = "docker" in (str(entry.get("source") or ""), str(entry.get("kind") or ""))
    deployment = "docker" if docker else "host"
    registry, version = str(entry.get("dockerRegistry") or ""), str(entry.get("downloadVersion") or entry.get("version") or "")
    image = f"{registry}:{version}" if registry and version else ""
    return Setup(deployment, Fact(image) if docker else Fact())


def _settings(entry: dict[str, Any], text: str, title: str) -> Iterator[Setting]:
    begin = max(0, text.find(f'"{title}"', text.find('"envs"')))
    for key, name in VARIABLES.items():
        value = entry.get(key)
        if value is None or value == "" or isinstance(value, (dict, list)):
            continue
        match = re.compile(rf'"{key}"\s*:').search(text, begin)
        line = text.count("\n", 0, match.start()) + 1 if match else 0
        shown = str(value).lower() if isinstance(value, bool) else str(value).strip()
        yield Setting(name, shown, line, Place.CONFIG)
