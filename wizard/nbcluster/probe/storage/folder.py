"""What a storage folder can do and what lies in it: mount options, file operations, and what NocoBase left there (nocobase.md §10)."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nbcluster.answers.targets import parameter
from nbcluster.facts import JWT_KEY_FILE, MEMORY_QUEUE_FILE, NEVER_SHARED, UPGRADE_MARK
from nbcluster.probe.findings import Finding, text, verdict

FILE_PREFIX = ".nbcluster-probe-"
LONGEST_MANIFEST = 256 * 1024
MOST_ENTRIES = 2000
_OBJECT_STORES = frozenset(
    {"fuse.s3fs", "fuse.goofys", "fuse.gcsfuse", "fuse.rclone", "fuse.mount-s3", "fuse.ossfs", "fuse.cosfs"}
)
"""File systems over an object store: a rename is a copy and a removal (s3fs(1), LIMITATIONS)."""


def judge_options(kind: str, options: Sequence[str], source: str) -> Finding:
    """Judge how the folder is mounted; a fact without a known consequence is only reported."""
    values = {"kind": text(kind, 40), "options": text(",".join(options), 160), "source": text(source, 120)}
    if kind.startswith("nfs") and "soft" in options:
        return verdict("storage.mount.soft", **values)
    if kind.startswith("nfs") and ("nolock" in options or "local_lock=all" in options):
        return verdict("storage.mount.locks", **values)
    if kind in _OBJECT_STORES:
        return verdict("storage.mount.objects", **values)
    if "noexec" in options:
        return verdict("storage.mount.noexec", **values)
    return verdict("storage.mount.ok", **values)


def operations(folder: Path) -> Finding:
    """Try on hidden files of our own what NocoBase and its tools do; tells what does not work."""
    first = folder / f"{FILE_PREFIX}{secrets.token_hex(8)}"
    tries: tuple[tuple[str, Callable[[Path, Path], None]], ...] = (
        ("rename", _rename),
        ("symbolic link", lambda a, b: b.symlink_to(a.name)),
        ("hard link", lambda a, b: b.hardlink_to(a)),
        ("flock", lambda a, _b: _locked(a, lambda number: fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB))),
        ("byte-range lock", lambda a, _b: _locked(a, lambda number: fcntl.lockf(number, fcntl.LOCK_EX | fcntl.LOCK_NB, 1))),
    )
    refused = []
    try:
        try:
            first.write_bytes(b"nbcluster\n")
        except OSError:
            # An obstacle is the finding of storage.path.
            return verdict("storage.files.closed", path=str(folder))
        seen = first.stat()
        for number, (name, attempt) in enumerate(tries):
            other = first.with_name(f"{first.name}.{number}")
            try:
                attempt(first, other)
            except OSError as fault:
                refused.append(f"{name} ({errno.errorcode.get(fault.errno or 0, '?')})")
            finally:
                other.unlink(missing_ok=True)
    finally:
        first.unlink(missing_ok=True)
    values = {"owner": f"{seen.st_uid}:{seen.st_gid}", "mode": f"{stat.S_IMODE(seen.st_mode):04o}"}
    if seen.st_uid != os.geteuid():
        return verdict("storage.files.squashed", **values, user=str(os.geteuid()))
    if refused:
        return verdict("storage.files.refused", **values, refused=", ".join(refused))
    return verdict("storage.files.ok", **values)


def _rename(first: Path, other: Path) -> None:
    """Replace a file in one step, as NocoBase and this program write."""
    other.write_bytes(b"nbcluster, the second\n")
    other.rename(first)


def _locked(path: Path, lock: Callable[[int], object]) -> None:
    with path.open("r+b") as file:
        lock(file.fileno())


def contents(folder: Path, params: Mapping[str, object]) -> Finding:
    """Tell what is in the folder that must not be there, or that contradicts the answers."""
    wrong = [name for name in NEVER_SHARED if (folder / name).exists()]
    wrong += [entry.name for entry in _entries(folder) if entry.name not in wrong and stat.S_ISSOCK(_mode(entry))]
    if wrong:
        return verdict("storage.contents.local", found=", ".join(text(name, 60) for name in wrong[:10]))
    if (folder / JWT_KEY_FILE).is_file() and parameter(params, "own_key"):
        return verdict("storage.contents.key", file=JWT_KEY_FILE)
    if (folder / UPGRADE_MARK).exists():
        return verdict("storage.contents.upgrading", file=UPGRADE_MARK)
    if (folder / MEMORY_QUEUE_FILE).is_file():
        return verdict("storage.contents.queue", file=MEMORY_QUEUE_FILE)
    wanted = str(parameter(params, "version") or "")
    versions = plugin_versions(folder / "plugins")
    others = [f"{name} {version}" for name, version in versions.items() if wanted and version != wanted]
    if others:
        return verdict("storage.contents.version", others=", ".join(others[:8]), wanted=wanted, count=len(others))
    return verdict("storage.contents.ok", plugins=len(versions))


def plugin_versions(folder: Path) -> dict[str, str]:
    """Return the versions of the unpacked plugins of NocoBase by package name; what cannot be read is left out."""
    found = {}
    for entry in sorted(_entries(folder / "@nocobase"), key=lambda path: path.name):
        try:
            with (entry / "package.json").open("rb") as file:
                manifest = json.loads(file.read(LONGEST_MANIFEST))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(manifest, dict) and isinstance(manifest.get("version"), str):
            found[text(f"@nocobase/{entry.name}", 120)] = text(manifest["version"], 40)
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for _number, entry in zip(range(MOST_ENTRIES), entries, strict=False)]
    except OSError:
        return []


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0
