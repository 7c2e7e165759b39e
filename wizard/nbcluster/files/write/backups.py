"""Backups of the earlier files: their names, in order, and which of them are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from nbcluster.errors import Problem, Severity, reason_of
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.folder import RULE
from nbcluster.text import _
from nbcluster.text.clean import clean

BACKUPS = "backups"
KEPT_BACKUPS = 5
"""How many backups of each file are kept."""

_NAME = re.compile(r"(?P<stem>.+)\.(?P<stamp>\d{8}T\d{6}Z)(?:-(?P<number>\d{1,9}))?", re.DOTALL)


def backup_names(directory: Path, paths: Iterable[str], when: datetime) -> dict[str, str]:
    """Return where the earlier version of each path is kept.

    The number counts all backups of a path, so that the order of making is known although a clock was set back.
    """
    stamp = when.strftime("%Y%m%dT%H%M%SZ")
    names: dict[str, str] = {}
    for path in paths:
        stem = path.replace("/", "__")
        number = max((_order(old)[0] for old in _alike(directory, stem)), default=-1) + 1
        names[path] = f"{BACKUPS}/{stem}.{stamp}" + (f"-{number}" if number else "")
    return names


def drop_old(directory: Path, names: Iterable[str], system: FileSystem) -> tuple[Problem, ...]:
    """Remove the backups beyond the last ones of each name; returns a warning for each that cannot be removed."""
    kept = {name.removeprefix(f"{BACKUPS}/") for name in names}
    complaints = []
    if (directory / BACKUPS).is_symlink():
        return ()
    for name in kept:
        found = _NAME.fullmatch(name)
        old = sorted(_alike(directory, found["stem"]), key=_order)[:-KEPT_BACKUPS] if found else []
        for path in old:
            if path.name in kept:
                continue
            try:
                system.unlink(path)
            except OSError as fault:
                reason = _("an old backup that cannot be removed: {reason}.").format(reason=reason_of(fault))
                complaints.append(Problem(clean(str(path)), reason, "", Severity.WARNING, RULE))
    return tuple(complaints)


def _alike(directory: Path, stem: str) -> list[Path]:
    folder = directory / BACKUPS
    if not folder.is_dir():
        return []
    found = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir())
    return [path for path, name in found if name is not None and name["stem"] == stem]


def _order(backup: Path) -> tuple[int, str]:
    name = _NAME.fullmatch(backup.name)
    return (int(name["number"] or 0), name["stamp"]) if name else (0, "")
