"""The target folder: which paths are inside it, and what in it needs the operator's consent or prevents writing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nbcluster.errors import ExitCode, NbclusterError, Problem, Severity, reason_of
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.system.inputfile import FileFault, contents
from nbcluster.text import _
from nbcluster.text.clean import clean

JOURNAL = ".nbcluster-journal.json"
STAGE = ".nbcluster-stage"
LOCK = ".nbcluster-lock"
OWN_NAMES = frozenset({JOURNAL, STAGE, LOCK})
"""Names in the target folder that belong to the act of writing; no file of a set may have one."""

STANDING_LIMIT = 64 << 20
"""Largest file that is replaced, in bytes; far more than any file of a set."""

RULE = "folder"
"""The rule of every remark about the target folder."""


class UnsafeFolderError(NbclusterError):
    """A symlink or a folder that everybody may write is in the way; ``problems`` names each, and a yes goes past them."""

    def __init__(self, directory: Path, doubts: tuple[Problem, ...]) -> None:
        message = _(
            "{folder} is not written to without your consent: through what is named below, others could change or redirect the files."
            " Nothing was changed; fix it, or add --trust-folder."
        )
        super().__init__(ExitCode.UNWRITABLE, message.format(folder=clean(str(directory))), doubts)


def is_inside(path: str) -> bool:
    """Tell whether a relative path names a file below a folder by plain parts, and none that belongs to the act of writing."""
    try:
        parts = os.fsencode(path).split(b"/")
    except UnicodeEncodeError:
        return False
    plain = all(part not in (b"", b".", b"..") and b"\0" not in part and len(part) <= 255 for part in parts)
    return plain and len(path) <= 2048 and path.partition("/")[0] not in OWN_NAMES


def refusal(path: Path, what: str, remedy: str) -> NbclusterError:
    """Return the error for a file of the folder that is not trusted (exit 7)."""
    message = _("{path} {what}. Nothing was changed. {remedy}")
    return NbclusterError(ExitCode.UNWRITABLE, message.format(path=clean(str(path)), what=what, remedy=remedy))


def standing(path: Path) -> bytes | None:
    """Return the content of the file at a target path, None where there is no regular file.

    Never waits for a pipe and never reads more than ``STANDING_LIMIT``; raises ``NbclusterError`` (exit 7) for what cannot be read.
    """
    if not path.is_file():
        return None
    try:
        return contents(path, STANDING_LIMIT, pipes=False)
    except FileFault as fault:
        if fault.missing:
            return None
        what = _("cannot be read ({reason})").format(reason=fault.reason)
        raise refusal(path, what, _("Move it away, or check its permissions.")) from None


def ours(path: Path, system: FileSystem, *, folder: bool, remedy: str) -> bool:
    """Tell whether a file or folder of the act of writing stands there; raises ``NbclusterError`` for one that this user did not make."""
    try:
        found = system.status(path)
    except OSError as fault:
        raise refusal(path, _("cannot be read ({reason})").format(reason=reason_of(fault)), remedy) from None
    if found is None:
        return False
    if stat.S_ISLNK(found.st_mode):
        raise refusal(path, _("is a symlink, which nbcluster never makes"), remedy)
    if folder and not stat.S_ISDIR(found.st_mode):
        raise refusal(path, _("is not a folder"), remedy)
    if not folder and not stat.S_ISREG(found.st_mode):
        raise refusal(path, _("is not a regular file"), remedy)
    if found.st_uid != system.user():
        raise refusal(path, _("belongs to another user ({owner})").format(owner=_owner(found.st_uid)), remedy)
    return True


def _owner(number: int) -> str:
    try:
        import pwd

        return clean(pwd.getpwuid(number).pw_name)
    except (ImportError, KeyError):
        return str(number)


def linked_folder(directory: Path, path: str, system: FileSystem) -> Path | None:
    """Return the first folder on the way from ``directory`` to a path below it that is a symlink, or None."""
    for part in _folders(directory, path):
        found = system.status(part)
        if found is not None and stat.S_ISLNK(found.st_mode):
            return part
    return None


def _folders(directory: Path, path: str) -> list[Path]:
    """Return the folders between ``directory`` and a path below it, the outermost first."""
    names = path.split("/")[:-1]
    return [directory.joinpath(*names[: end + 1]) for end in range(len(names))]


def doubts(directory: Path, paths: Iterable[str], system: FileSystem) -> tuple[Problem, ...]:
    """Return a warning for each symlink and each folder that everybody may write: the target folder, and what leads to some paths in it."""
    candidates = {directory: None}
    for path in paths:
        candidates |= dict.fromkeys((*_folders(directory, path), directory / path))
    found = []
    for candidate in candidates:
        status = system.status(candidate)
        if status is None:
            continue
        text = ""
        if stat.S_ISLNK(status.st_mode):
            text = _("is a symlink to {target}.").format(target=clean(str(candidate.readlink()), 400))
            status = _followed(candidate) or status
        if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_IWOTH:
            text = (text + " " if text else "") + _("is a folder that everyone can write to.")
        if text:
            found.append(Problem(clean(str(candidate)), text, "", Severity.WARNING, RULE))
    return tuple(found)


def _followed(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def make_folders(directory: Path, folders: Sequence[Path], system: FileSystem) -> list[Path]:
    """Make folders and those above them; returns the ones that were not there, the outermost first."""
    made: list[Path] = []
    try:
        for folder in folders:
            missing = [part for part in (folder, *folder.parents) if not part.is_dir()]
            for part in reversed(missing):
                inside = directory in (part, *part.parents)
                made.append(part)
                system.mkdir(part, 0o700 if inside else 0o755)
    except OSError:
        remove_folders(made, system)
        raise
    return made


def remove_folders(made: Sequence[Path], system: FileSystem) -> None:
    """Remove folders that a failed write made, as far as they are empty."""
    for folder in reversed(made):
        with suppress(OSError):
            system.rmdir(folder)


@dataclass(frozen=True)
class _Place:
    """A target, what stands there, and the nearest folder above it that exists."""

    path: Path
    status: os.stat_result | None
    folder: Path
    folder_status: os.stat_result


def obstacles(directory: Path, paths: Iterable[str], system: FileSystem) -> tuple[Problem, ...]:
    """Return an error for each path whose file cannot be replaced or removed, found before anything is changed.

    What is wrong with a folder is told of the first path in it. A path that ends in a slash is a folder to write into.
    """
    found: dict[str, Problem] = {}
    for path in paths:
        key, reason = _obstacle(directory, path, system)
        if reason:
            found.setdefault(key, Problem(clean(str(directory / path)), reason, "", Severity.ERROR, RULE))
    return tuple(found.values())


def _obstacle(directory: Path, path: str, system: FileSystem) -> tuple[str, str]:
    """Return what stands in the way, after the path that it is about."""
    existing = directory
    for part in _folders(directory, path):
        if system.status(part) is None:
            break
        if not part.is_dir():
            return str(part), _("cannot be written: {folder} is not a folder.").format(folder=clean(str(part)))
        existing = part
    if not existing.exists():
        return "", ""
    target = directory / path
    place = _Place(target, None if path.endswith("/") else system.status(target), existing, existing.stat())
    reason = _held(place, system)
    return (str(target), reason) if reason else (str(existing), _folder_obstacle(directory, place, system))


def _held(place: _Place, system: FileSystem) -> str:
    """Return what keeps the file that stands there from being replaced."""
    status = place.status
    if status is None:
        return ""
    if stat.S_ISDIR(status.st_mode):
        return _("cannot be written: a folder of that name is there. Move it away.")
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISLNK(status.st_mode):
        return _("cannot be written: what is there is neither a file nor a folder. Move it away.")
    if system.unchangeable(place.path):
        return _("cannot be replaced: it is immutable or append-only. Clear that: chattr -i -a {path}").format(
            path=clean(str(place.path))
        )
    owners = (status.st_uid, place.folder_status.st_uid)
    if place.folder_status.st_mode & stat.S_ISVTX and system.user() != 0 and system.user() not in owners:
        return _("cannot be replaced: it belongs to another user ({owner}), and its folder is sticky.").format(
            owner=_owner(status.st_uid)
        )
    return ""


def _folder_obstacle(directory: Path, place: _Place, system: FileSystem) -> str:
    if place.folder_status.st_dev != directory.stat().st_dev:
        return _("cannot be written as one set: {folder} is on another file system. Make it a part of {directory}.").format(
            folder=clean(str(place.folder)), directory=clean(str(directory))
        )
    if not system.writable(place.folder) or system.unchangeable(place.folder):
        return _("cannot be written: {folder} is not writable. Check its permissions, its mount and its chattr flags.").format(
            folder=clean(str(place.folder))
        )
    return ""
