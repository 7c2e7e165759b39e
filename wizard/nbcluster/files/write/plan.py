"""What a set would change in a folder, compared with the manifest of the last run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write.folder import STANDING_LIMIT, is_inside, standing
from nbcluster.files.write.journal import located
from nbcluster.system.inputfile import FileFault, contents, expanded
from nbcluster.text import _
from nbcluster.text.clean import clean

MANIFEST = "manifest.json"
BASELINE, CHANGE = ".nbcluster-baseline.json", "CHANGE.md"
REPORT = "report.json"
OWN_FILES = frozenset({MANIFEST, REPORT, BASELINE})
"""Files for later runs, and the report of the checks: nobody has to read or copy them."""
UNLISTED = OWN_FILES | {CHANGE}
"""Files that the manifest does not list: itself, what the checks said, and what leads from the nodes to this set."""


@dataclass(frozen=True)
class WritePlan:
    """Paths by what happens to them; ``foreign`` were edited by somebody else since the last run, ``kept`` are no longer written but were edited."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    foreign: tuple[str, ...]
    kept: tuple[str, ...]


def digest(data: bytes) -> str:
    """Return the SHA-256 of a content in hex."""
    return hashlib.sha256(data).hexdigest()


def every(_path: str) -> bool:
    """Tell whether a path belongs to what is written: every path does."""
    return True


def manifest(
    files: Sequence[OutputFile], tool: str, others: Mapping[str, str] | None = None, keys: Mapping[str, str] | None = None
) -> bytes:
    """Return the manifest of a set.

    ``others`` are path and hash of files that stand there and are left alone; ``keys`` a salt and the digest of each key, no key.
    """
    hashes = {**(others or {}), **{file.path: digest(file.data) for file in files if file.path not in UNLISTED}}
    listed = {path: {"sha256": hashes[path]} for path in sorted(hashes)}
    known = {} if keys is None else {"keys": dict(keys)}
    return (json.dumps({"schema": 1, "tool": tool, **known, "files": listed}, indent=2) + "\n").encode()


@dataclass(frozen=True)
class Manifest:
    """What the last run wrote: path and hash of every file; ``keys`` is None in a folder of version 1.0.0, which kept no digest."""

    files: Mapping[str, str]
    keys: Mapping[str, str] | None = None


def read_manifest(directory: Path) -> Manifest | None:
    """Return the manifest of a folder, None where there is none; raises ``NbclusterError`` (exit 7) for one that cannot be read."""
    try:
        path = located(directory, MANIFEST)
        if path.exists() and not path.is_file():
            raise ValueError
        document: Any = json.loads(contents(path, STANDING_LIMIT, pipes=False))
        files = {str(name): str(entry["sha256"]) for name, entry in document["files"].items()}
        keys = document.get("keys")
        if document["schema"] != 1 or not all(map(is_inside, files)) or (keys is not None and not _is_salted(keys)):
            raise ValueError
    except (FileFault, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        if isinstance(fault, FileFault) and fault.missing:
            return None
        told = fault.reason if isinstance(fault, FileFault) else fault.strerror if isinstance(fault, OSError) else ""
        reason = told or _("it is damaged, or of a later version")
        message = _(
            "{path} cannot be read: {reason}. It says which keys belong to this folder, so nothing is written. Restore it from a "
            "backup or the repository, or remove it if the files beside it hold the right keys."
        )
        raise NbclusterError(ExitCode.UNWRITABLE, message.format(path=clean(str(directory / MANIFEST)), reason=reason)) from None
    return Manifest(files, keys)


def written_folder(path: Path) -> str:
    """Return the folder of an answers file if this program wrote it there, otherwise nothing."""
    folder = expanded(path, str(path)).absolute().parent
    return str(folder) if path.name in last_manifest(folder) else ""


def _is_salted(keys: Any) -> bool:
    return isinstance(keys, dict) and "salt" in keys and all(isinstance(value, str) for value in keys.values())


def last_manifest(directory: Path) -> Mapping[str, str]:
    """Return path and hash of every file of the last run; a damaged manifest counts as none."""
    try:
        found = read_manifest(directory)
    except NbclusterError:
        return {}
    return found.files if found is not None else {}


def planned(directory: Path, files: Sequence[OutputFile], mine: Callable[[str], bool] = every) -> WritePlan:
    """Compare a set with what stands in a folder; files that are no longer written are removed only where they are ``mine``."""
    before = last_manifest(directory)
    added, changed, unchanged, foreign = [], [], [], []
    for file in files:
        path = located(directory, file.path)
        current = standing(path)
        if current is None:
            added.append(file.path)
            continue
        same_mode = not (file.secret and path.stat().st_mode & 0o077)
        if current == file.data and same_mode:
            unchanged.append(file.path)
            continue
        changed.append(file.path)
        if file.path in before and before[file.path] != digest(current):
            foreign.append(file.path)
    removed: list[str] = []
    kept: list[str] = []
    written = {file.path for file in files}
    for path_name, known in before.items():
        if not mine(path_name) or path_name in written:
            continue
        current = standing(located(directory, path_name))
        if current is not None:
            (removed if digest(current) == known else kept).append(path_name)
    return WritePlan(tuple(added), tuple(changed), tuple(unchanged), tuple(removed), tuple(foreign), tuple(kept))
