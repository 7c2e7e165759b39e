"""Writing a set of files into a folder: what would change, the writing itself, its result, and the archive."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbcluster.checks.board import Tally
from nbcluster.errors import NbclusterError, Problem, Severity
from nbcluster.files.diff import masked_diff
from nbcluster.files.formats import belongs
from nbcluster.text import _

if TYPE_CHECKING:
    from nbcluster.answers.answers import Answers
    from nbcluster.files.fileset import Prepared
    from nbcluster.files.write import WriteResult


@dataclass(frozen=True)
class WritePreview:
    """Which files a set writes, leaves alone and removes; ``remarks`` are about the folder."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ExportResult:
    """What was written from which answers, and what is left to do, in order; ``bundle`` is the archive, ``left_out`` what it lacks."""

    directory: Path
    result: WriteResult
    warnings: tuple[Problem, ...]
    next_steps: tuple[str, ...]
    bundle: Path | None = None
    left_out: tuple[str, ...] = ()
    answers: Answers | None = None
    change: str | None = None
    """CHANGE.md where the nodes have to follow."""
    unjudged: tuple[str, ...] = ()
    """What failed or missing checks leave open, in lines."""
    checks: Tally = field(default_factory=Tally)
    """How the checks stood when the files were written."""
    state: str = ""
    """What the folder held then, as ``folder_state`` tells it."""


@dataclass(frozen=True)
class Packed:
    """The archive of a set, what it lacks, and why it is not there."""

    path: Path | None = None
    left_out: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def diffs(prepared: Prepared, directory: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what a set would change in a folder: per file a unified diff with secrets masked."""
    from nbcluster.files.write import located
    from nbcluster.files.write.folder import standing
    from nbcluster.files.write.plan import UNLISTED

    out = []
    for file in prepared.files:
        if file.path in UNLISTED:
            continue
        path = located(directory, file.path)
        there = standing(path)
        before = None if there is None else there.decode("utf-8", "replace")
        if before != file.text:
            out.append((file.path, tuple(masked_diff(file.path, before, file.text, prepared.secrets, prepared.names))))
    return tuple(out)


def foreign_edits(prepared: Prepared, directory: Path, formats: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Return a warning for every file that somebody else changed since the last run; its path stands for the key path."""
    from nbcluster.files.write import planned

    found = planned(directory, prepared.files, lambda path: belongs(path, formats))
    out = []
    for path in (*found.foreign, *found.kept):
        if path == ".env":
            hint = _("It is merged: only the variables that nbcluster sets change, and a backup is kept.")
        elif path in found.kept:
            hint = _("It is no longer written, and stays because of that.")
        else:
            hint = _("It is replaced, and what stands there is kept as a backup.")
        out.append(Problem(path, _("was edited since the last run."), hint, Severity.WARNING, "foreign-edit"))
    return tuple(out)


def folder_state(directory: Path) -> str:
    """Return the SHA-256 of the manifest of a folder, which every set has its own of; empty where there is none that can be read."""
    from nbcluster.files.write import located
    from nbcluster.files.write.folder import standing
    from nbcluster.files.write.plan import MANIFEST, digest

    try:
        there = standing(located(directory, MANIFEST))
    except (NbclusterError, OSError):
        return ""
    return digest(there) if there is not None else ""


def written_since(prepared: Prepared, directory: Path, state: str) -> tuple[Problem, ...]:
    """Return a warning where a folder is no longer what a session wrote; ``state`` is what it was, empty where that is not known.

    Then the answers that the folder was written from are compared: those may also differ because the session went on.
    """
    from nbcluster.answers.file import dump
    from nbcluster.files.change.baseline import read_baseline

    path, rule = "export.directory", "written-since"
    hint = _("Look at the changes before you write: they take back what it wrote.")
    if state:
        now = folder_state(directory)
        message = _("was written by another run since this session wrote it.")
        return (Problem(path, message, hint, Severity.WARNING, rule),) if now not in ("", state) else ()
    known = read_baseline(directory)
    if known is None or prepared.answers is None or _same_answers(known.last.answers, dump(prepared.answers)):
        return ()
    message = _("was written from other answers than these, perhaps by another run since this session wrote it.")
    hint = _("Look at the changes before you write.")
    return (Problem(path, message, hint, Severity.WARNING, rule),)


def _same_answers(first: str, second: str) -> bool:
    """Tell whether two answers files say the same; where a secret is kept does not count: a session does not know it."""
    try:
        return bool(_told(tomllib.loads(first)) == _told(tomllib.loads(second)))
    except (ValueError, RecursionError):
        return False


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return "" if set(value) in ({"env"}, {"file"}) else {key: _told(each) for key, each in value.items()}
    return [_told(each) for each in value] if isinstance(value, list) else value


def plan_writing(prepared: Prepared, directory: Path, formats: Sequence[str] = ()) -> WritePreview:
    """Return what ``write`` would do, without doing it."""
    from nbcluster.files.write import foreseen, planned
    from nbcluster.files.write.plan import BASELINE

    plan_ = planned(directory, prepared.files, lambda path: belongs(path, formats))
    remarks = foreseen(directory, plan_)
    told = [[path for path in paths if path != BASELINE] for paths in ((*plan_.added, *plan_.changed), plan_.unchanged)]
    return WritePreview(tuple(told[0]), tuple(told[1]), tuple(plan_.removed), remarks)


def write(
    prepared: Prepared, directory: Path, now: Callable[[], datetime], formats: Sequence[str] = (), *, trust: bool = False
) -> WriteResult:
    """Write a set, or the part of it that some formats mean, into a folder; raises ``NbclusterError``.

    ``UnsafeFolderError`` is for symlinks and folders that everybody may write; ``trust`` goes past them.
    """
    from nbcluster import __version__
    from nbcluster.files.write import write_set

    return write_set(
        directory,
        prepared.files,
        tool=f"nbcluster {__version__}",
        now=now,
        mine=lambda path: belongs(path, formats),
        keys=prepared.keys,
        trust=trust,
    )


def bundle(prepared: Prepared, path: Path, *, with_secrets: bool) -> tuple[str, ...]:
    """Write a set as one archive and return the paths of what was left out; raises ``NbclusterError``."""
    from nbcluster.files.write.bundle import write_bundle
    from nbcluster.files.write.plan import UNLISTED

    files = [file for file in prepared.files if file.path not in UNLISTED]
    write_bundle(path, files, with_secrets=with_secrets)
    return tuple(file.path for file in files if file.secret and not with_secrets)


def pack(prepared: Prepared, wish: str, directory: Path) -> Packed:
    """Write the archive that was wished for (``none``, ``without`` or ``with`` secrets) beside the folder; a failure is a problem of its own."""
    if wish not in ("without", "with"):
        return Packed()
    path = directory.parent / f"{directory.name or 'nbcluster'}.tar.gz"
    try:
        return Packed(path, bundle(prepared, path, with_secrets=wish == "with"))
    except NbclusterError as fault:
        return Packed(problems=(Problem("export.bundle", fault.message, "", Severity.WARNING),))
