"""What an export did, and the archive of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.errors import NbclusterError, Problem, Severity

if TYPE_CHECKING:
    from nbcluster.answers.answers import Answers
    from nbcluster.files.exporting import Prepared
    from nbcluster.files.write import WriteResult


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


@dataclass(frozen=True)
class Packed:
    """The archive of a set, what it lacks, and why it is not there."""

    path: Path | None = None
    left_out: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def bundle(prepared: Prepared, path: Path, *, with_secrets: bool) -> tuple[str, ...]:
    """Write a set as one archive and return the paths of what was left out; raises ``NbclusterError``."""
    from nbcluster.files.write.bundle import write_bundle

    files = [file for file in prepared.files if file.path != "report.json"]
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
