"""An installed plugin: its version, and the environment variables that its server code reads."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.facts import RABBITMQ_PLUGIN
from nbcluster.system.inputfile import FileFault, contents, expanded
from nbcluster.text import _
from nbcluster.text.clean import clean

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes of one file that are read; server code bundled into one file has a few MiB at most."""
MOST_FILES = 5000

_CODE = {".js", ".cjs", ".mjs"}
# Spelled out, by index, destructured: a minifier keeps the name of a property of process.env in each of them.
_READS = re.compile(
    r"""process\.env(?:\??\.([A-Z][A-Z0-9_]*)|(?:\?\.)?\[\s*["'`]([A-Z][A-Z0-9_]*)["'`]\s*\])|\{([^{}]{1,2000})\}\s*=\s*process\.env\b"""
)
_NAME = re.compile(r"(?:^|,)\s*([A-Z][A-Z0-9_]*)\s*(?=[:,=]|$)")


@dataclass(frozen=True, slots=True)
class Plugin:
    """An unpacked plugin; ``variables`` maps each name to the files that read it, relative to its folder."""

    name: str
    version: str
    variables: dict[str, tuple[str, ...]]
    files: int

    @property
    def broker_variable(self) -> str | None:
        """The variable that holds the broker's address, if exactly one name that is read can be it."""
        found = [
            name for name in self.variables if re.search(r"(RABBITMQ|AMQP)", name) and re.search(r"(URL|URI|HOST|ADDRESS)", name)
        ]
        return found[0] if len(found) == 1 else None


def inspect_plugin(folder: Path) -> Plugin:
    """Read an installed plugin; the published place is ``storage/plugins/@nocobase/<plugin>`` (nocobase.md §9).

    Looks into ``dist/server`` (the folder itself where there is none), which the application loads; ``dist/client`` runs in the browser.
    Raises ``NbclusterError`` (exit 2) if it is no plugin, and (exit 5) if its code cannot be read.
    """
    folder = expanded(folder, str(folder))
    manifest = _manifest(folder)
    server = folder / "dist" / "server"
    root = server if server.is_dir() else folder
    readers: dict[str, list[str]] = {}
    files = 0
    for path in sorted(root.rglob("*")):
        if path.suffix not in _CODE or not path.is_file() or "client" in path.relative_to(folder).parts:
            continue
        files += 1
        if files > MOST_FILES:
            raise NbclusterError(
                ExitCode.UNJUDGED, _("{path} holds too many files to be a plugin.").format(path=clean(str(folder)))
            )
        for name in _names(path):
            readers.setdefault(name, []).append(path.relative_to(folder).as_posix())
    if not files:
        raise NbclusterError(
            ExitCode.UNJUDGED, _("{path} holds no server code: is the plugin unpacked?").format(path=clean(str(root)))
        )
    variables = {name: tuple(readers[name]) for name in sorted(readers)}
    return Plugin(clean(manifest["name"]), clean(manifest["version"]), variables, files)


def _manifest(folder: Path) -> dict[str, str]:
    path = folder / "package.json"
    try:
        found = json.loads(_read(path))
    except FileFault as fault:
        if not fault.missing:
            raise NbclusterError(ExitCode.UNJUDGED, f"{clean(str(path))}: {fault.reason}") from None
        message = _("{path} does not exist: name the folder of one plugin, such as storage/plugins/{plugin}.")
        raise NbclusterError(ExitCode.INVALID, message.format(path=clean(str(path)), plugin=RABBITMQ_PLUGIN)) from None
    except (ValueError, RecursionError):
        raise NbclusterError(ExitCode.UNJUDGED, clean(str(path)) + ": " + _("it is no JSON")) from None
    names = {key: found.get(key) for key in ("name", "version")} if isinstance(found, dict) else {}
    if not all(isinstance(value, str) for value in names.values()) or not names:
        raise NbclusterError(ExitCode.INVALID, _("{path} names no package and version.").format(path=clean(str(path))))
    return {key: str(value) for key, value in names.items()}


def _names(path: Path) -> list[str]:
    try:
        text = _read(path)
    except FileFault as fault:
        raise NbclusterError(ExitCode.UNJUDGED, f"{clean(str(path))}: {fault.reason}") from None
    found: Counter[str] = Counter()
    for match in _READS.finditer(text):
        dotted, indexed, taken = match.groups()
        found.update(_NAME.findall(taken) if taken else [dotted or indexed])
    return list(found)


def _read(path: Path) -> str:
    return contents(path, LARGEST_FILE, pipes=False).decode("utf-8", "replace")
