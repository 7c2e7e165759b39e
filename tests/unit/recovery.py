"""A recovery alone, as a run that holds a folder and then writes nothing."""

from __future__ import annotations

from pathlib import Path

from nbcluster.files.write import held
from nbcluster.files.write.filesystem import FileSystem

_REAL = FileSystem()


def recover(directory: Path, *, trust: bool = False, system: FileSystem = _REAL) -> str | None:
    """Return what is said of an interrupted write that was completed or taken back, None where there was none."""
    with held(directory, trust=trust, system=system) as recovered:
        return recovered
