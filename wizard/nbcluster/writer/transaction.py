"""One act of writing: everything staged and on the disk, then a journal, then the renames back to back, the manifest last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from nbcluster.clean import clean
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.outputfile import OutputFile
from nbcluster.text import _
from nbcluster.writer.filesystem import FileSystem
from nbcluster.writer.journal import JOURNAL, STAGE, Journal, clear_stage, finish, recover
from nbcluster.writer.plan import MANIFEST, WritePlan, every, last_manifest, manifest, planned

BACKUPS = "backups"
KEPT_BACKUPS = 5
"""How many backups of each file are kept."""

_LOCK = ".nbcluster-lock"
_REAL = FileSystem()


@dataclass(frozen=True)
class WriteResult:
    """What was done, by path; ``recovered`` is a sentence about an earlier, interrupted write."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    recovered: str | None = None


def write_set(
    directory: Path,
    files: Sequence[OutputFile],
    *,
    tool: str,
    now: Callable[[], datetime],
    mine: Callable[[str], bool] = every,
    keys: Mapping[str, str] | None = None,
    system: FileSystem = _REAL,
) -> WriteResult:
    """Write a set; raises ``NbclusterError`` (exit 7) with the earlier set untouched.

    Files of the last set that are not in this one are removed, unless somebody edited them; paths that are not ``mine`` stay
    as they are, in the folder and in the manifest.
    """
    try:
        _make_folders(directory, [directory], system)
        with FileLock(directory / _LOCK, timeout=5):
            recovered = recover(directory, system)
            others = {path: known for path, known in last_manifest(directory).items() if not mine(path)}
            listed = (*files, OutputFile(MANIFEST, manifest(files, tool, others, keys)))
            return _write(directory, listed, planned(directory, listed, mine), recovered, now, system)
    except Timeout:
        raise NbclusterError(
            ExitCode.UNWRITABLE, _("{path} is being written by another run: try again.").format(path=directory)
        ) from None
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        where = clean(str(fault.filename or directory))
        message = _(
            "{path} cannot be written: {reason}. Nothing was changed; choose another folder, or mend its permissions or space."
        )
        raise NbclusterError(ExitCode.UNWRITABLE, message.format(path=where, reason=reason)) from None


def _write(
    directory: Path,
    files: Sequence[OutputFile],
    plan: WritePlan,
    recovered: str | None,
    now: Callable[[], datetime],
    system: FileSystem,
) -> WriteResult:
    wanted = [file for file in files if file.path in plan.added or file.path in plan.changed]
    if not wanted and not plan.removed:
        (directory / _LOCK).unlink(missing_ok=True)
        return WriteResult((), _without_manifest(plan.unchanged), (), plan.kept, (), recovered)
    backups = _backup_names(directory, plan, now())
    targets = [directory / file.path for file in wanted]
    try:
        _make_folders(directory, [path.parent for path in targets], system)
        system.mkdir(directory / STAGE, 0o700)
        moves = _stage(directory, wanted, backups, system)
        journal = Journal(tuple(moves), plan.removed)
        system.create(directory / STAGE / "journal", journal.encode(), 0o600)
        system.sync_folder(directory / STAGE)
    except OSError:
        clear_stage(directory, system)
        raise
    system.replace(directory / STAGE / "journal", directory / JOURNAL)
    system.sync_folder(directory)
    finish(directory, journal, system)
    _drop_old_backups(directory, list(backups.values()), system)
    (directory / _LOCK).unlink(missing_ok=True)
    written = _without_manifest(tuple(file.path for file in wanted))
    return WriteResult(written, _without_manifest(plan.unchanged), plan.removed, plan.kept, tuple(backups.values()), recovered)


def _without_manifest(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if path != MANIFEST)


def _make_folders(directory: Path, folders: Sequence[Path], system: FileSystem) -> None:
    for folder in folders:
        missing = [part for part in (folder, *folder.parents) if not part.is_dir()]
        for part in reversed(missing):
            inside = directory in (part, *part.parents)
            system.mkdir(part, 0o700 if inside else 0o755)


def _stage(directory: Path, wanted: Sequence[OutputFile], backups: dict[str, str], system: FileSystem) -> list[tuple[str, str]]:
    moves: list[tuple[str, str]] = []
    for number, (path, backup) in enumerate(backups.items()):
        system.create(directory / STAGE / f"b{number}", (directory / path).read_bytes(), 0o600)
        moves.append((f"b{number}", backup))
    for number, file in enumerate(wanted):
        system.create(directory / STAGE / f"f{number}", file.data, 0o600 if file.secret else 0o644)
        moves.append((f"f{number}", file.path))
    return moves


def _backup_names(directory: Path, plan: WritePlan, when: datetime) -> dict[str, str]:
    paths = [path for path in (*plan.changed, *plan.removed) if path not in (MANIFEST, "report.json")]
    if not paths:
        return {}
    (directory / BACKUPS).mkdir(mode=0o700, exist_ok=True)
    stamp = when.strftime("%Y%m%dT%H%M%SZ")
    names: dict[str, str] = {}
    for path in paths:
        stem = path.replace("/", "__")
        taken = [_age(old) for old in _alike(directory, stem)]
        number = max((n for s, n in taken if s == stamp), default=-1) + 1
        names[path] = f"{BACKUPS}/{stem}.{stamp}" + (f"-{number}" if number else "")
    return names


def _alike(directory: Path, stem: str) -> list[Path]:
    return [path for path in (directory / BACKUPS).iterdir() if path.name.rsplit(".", 1)[0] == stem]


def _age(backup: Path) -> tuple[str, int]:
    stamp, _dash, number = backup.name.rsplit(".", 1)[1].partition("-")
    return stamp, int(number) if number.isdecimal() else 0


def _drop_old_backups(directory: Path, names: Sequence[str], system: FileSystem) -> None:
    for name in names:
        stem = name.rsplit(".", 1)[0].removeprefix(f"{BACKUPS}/")
        for path in sorted(_alike(directory, stem), key=_age)[:-KEPT_BACKUPS]:
            system.unlink(path)
