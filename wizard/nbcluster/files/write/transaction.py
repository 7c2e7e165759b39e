"""One write as a transaction: everything is staged on the disk, then a journal, then the renames, the manifest last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from nbcluster.errors import ExitCode, NbclusterError, Problem, Severity
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write.backups import BACKUPS, backup_names, drop_old
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.folder import (
    JOURNAL,
    RULE,
    STAGE,
    UnsafeFolderError,
    doubts,
    linked_folder,
    make_folders,
    obstacles,
    remove_folders,
)
from nbcluster.files.write.journal import (
    DRAFT,
    EARLIER,
    RETREAT,
    Journal,
    abandon,
    carry_out,
    held,
    unwritable,
)
from nbcluster.files.write.plan import BASELINE, MANIFEST, UNLISTED, WritePlan, every, last_manifest, manifest, planned
from nbcluster.text import _
from nbcluster.text.clean import clean

_REAL = FileSystem()


@dataclass(frozen=True)
class WriteResult:
    """What was done, by path; ``remarks`` are about the folder."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    remarks: tuple[Problem, ...] = ()


def _is_guessable(files: Sequence[OutputFile], keys: Mapping[str, str] | None) -> bool:
    """Tell whether the digest of a file could give a weak password away: only where no key, which is random, stands beside it."""
    return keys is not None and any(file.secret for file in files) and not keys.keys() - {"salt"}


def write_set(
    directory: Path,
    files: Sequence[OutputFile],
    *,
    tool: str,
    now: Callable[[], datetime],
    mine: Callable[[str], bool] = every,
    keys: Mapping[str, str] | None = None,
    trust: bool = False,
    system: FileSystem = _REAL,
) -> WriteResult:
    """Write a set; raises ``NbclusterError`` (exit 7) with the earlier set in place.

    Files of the last set that are not in this one are removed, unless somebody edited them; paths that are not ``mine`` stay
    as they are, in the folder and in the manifest. Symlinks and folders that everybody may write raise ``UnsafeFolderError``
    without ``trust``.
    """
    try:
        with held(directory, trust=trust, system=system):
            others = {path: known for path, known in last_manifest(directory).items() if not mine(path)}
            listed = (*files, OutputFile(MANIFEST, manifest(files, tool, others, keys), _is_guessable(files, keys)))
            plan, remarks = _judged(directory, planned(directory, listed, mine), system, trust=trust)
            result = _write(directory, listed, plan, now, system)
            return replace(result, remarks=(*remarks, *result.remarks))
    except OSError as fault:
        raise unwritable(directory, fault) from None


def foreseen(directory: Path, plan: WritePlan, system: FileSystem = _REAL) -> tuple[Problem, ...]:
    """Return what ``write_set`` would refuse or remark on in a folder."""
    paths = _reached(plan)
    return (*doubts(directory, paths, system), *obstacles(directory, paths, system))


def _consented(directory: Path, paths: Iterable[str], system: FileSystem, *, trust: bool) -> tuple[Problem, ...]:
    found = doubts(directory, paths, system)
    if found and not trust:
        raise UnsafeFolderError(directory, found)
    return found


def _reached(plan: WritePlan) -> tuple[str, ...]:
    """Return every path that a write touches: what it writes, removes and keeps."""
    kept_before = any(path not in _WITHOUT_BACKUP for path in (*plan.changed, *plan.removed))
    return (*plan.added, *plan.changed, *plan.removed, *((f"{BACKUPS}/",) if kept_before else ()))


def _judged(directory: Path, plan: WritePlan, system: FileSystem, *, trust: bool) -> tuple[WritePlan, tuple[Problem, ...]]:
    """Return the plan that may be carried out, and what is to be said of the folder; raises ``NbclusterError`` for what stands in the way.

    A file is not removed through a symlinked folder: only the manifest says that it is ours, and it may be somebody else's.
    """
    remarks = list(_consented(directory, _reached(plan), system, trust=trust))
    spared = tuple(path for path in plan.removed if linked_folder(directory, path, system) is not None)
    text = _("is no longer written, and stays because it lies behind a symlink.")
    remarks += [Problem(clean(str(directory / path)), text, "", Severity.WARNING, RULE) for path in spared]
    plan = replace(plan, removed=tuple(path for path in plan.removed if path not in spared), kept=(*plan.kept, *spared))
    hindering = obstacles(directory, _reached(plan), system)
    if hindering:
        message = _("{folder} cannot be written as one set. Nothing was changed.").format(folder=clean(str(directory)))
        raise NbclusterError(ExitCode.UNWRITABLE, message, hindering)
    return plan, tuple(remarks)


_WITHOUT_BACKUP = UNLISTED


def _write(
    directory: Path,
    files: Sequence[OutputFile],
    plan: WritePlan,
    now: Callable[[], datetime],
    system: FileSystem,
) -> WriteResult:
    wanted = [file for file in files if file.path in plan.added or file.path in plan.changed]
    if not wanted and not plan.removed:
        return WriteResult((), _without_manifest(plan.unchanged), (), plan.kept)
    backups = backup_names(directory, [path for path in (*plan.changed, *plan.removed) if path not in _WITHOUT_BACKUP], now())
    folders = [(directory / path).parent for path in (*(file.path for file in wanted), *backups.values())]
    made: list[Path] = []
    try:
        journal = _stage(directory, wanted, plan, backups, system)
        made = make_folders(directory, folders, system)
        system.replace(directory / STAGE / DRAFT, directory / JOURNAL)
    except OSError:
        with suppress(OSError):
            abandon(directory, system)
        remove_folders(made, system)
        raise
    try:
        carry_out(directory, journal, system)
    except NbclusterError:
        remove_folders(made, system)
        raise
    complaints = drop_old(directory, backups.values(), system)
    written = _without_manifest(tuple(file.path for file in wanted))
    return WriteResult(
        written, _without_manifest(plan.unchanged), plan.removed, plan.kept, tuple(backups.values()), remarks=complaints
    )


def _without_manifest(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if path not in (MANIFEST, BASELINE))


def _stage(
    directory: Path, wanted: Sequence[OutputFile], plan: WritePlan, backups: dict[str, str], system: FileSystem
) -> Journal:
    """Write everything that is needed to the disk, and the journals for completing and for undoing."""
    stage = directory / STAGE
    moves: list[tuple[str, str]] = []
    earlier: list[tuple[str, str]] = []
    system.mkdir(stage, 0o700)
    for number, (path, backup) in enumerate(backups.items()):
        system.create(stage / f"b{number}", (directory / path).read_bytes(), 0o600)
        moves.append((f"b{number}", backup))
    for number, file in enumerate(wanted):
        system.create(stage / f"f{number}", file.data, 0o600 if file.secret else 0o644)
        moves.append((f"f{number}", file.path))
    for number, path in enumerate((*(file.path for file in wanted), *plan.removed)):
        if system.status(directory / path) is not None:
            system.keep(directory / path, stage / f"{EARLIER}{number}")
            earlier.append((f"{EARLIER}{number}", path))
    journal = Journal(tuple(moves), plan.removed, tuple(earlier))
    system.create(stage / RETREAT, replace(journal, back=True).encode(), 0o600)
    system.create(stage / DRAFT, journal.encode(), 0o600)
    system.sync_folder(stage)
    return journal
