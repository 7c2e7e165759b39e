"""The journal: what a write was about to do, so that the next run can finish it or take it back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbcluster.text import _
from nbcluster.writer.filesystem import FileSystem

JOURNAL = ".nbcluster-journal.json"
STAGE = ".nbcluster-stage"
_REAL = FileSystem()


@dataclass(frozen=True)
class Journal:
    """Staged names and where they go, in order; files to remove; nothing of it is done before the journal stands."""

    moves: tuple[tuple[str, str], ...]
    removals: tuple[str, ...]

    def encode(self) -> bytes:
        """Return the journal as it is written."""
        return json.dumps({"schema": 1, "moves": self.moves, "removals": self.removals}).encode()


def _read(directory: Path) -> Journal | None:
    try:
        document: Any = json.loads((directory / JOURNAL).read_bytes())
        moves = tuple((str(a), str(b)) for a, b in document["moves"])
        return Journal(moves, tuple(str(path) for path in document["removals"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def finish(directory: Path, journal: Journal, files: FileSystem) -> None:
    """Do what a journal says; each part may have been done already."""
    for staged, target in journal.moves:
        source = directory / STAGE / staged
        if source.exists():
            files.replace(source, directory / target)
    for path in journal.removals:
        files.unlink(directory / path)
    for folder in sorted({(directory / target).parent for _staged, target in journal.moves} | {directory}):
        files.sync_folder(folder)
    files.unlink(directory / JOURNAL)
    clear_stage(directory, files)


def clear_stage(directory: Path, files: FileSystem) -> None:
    """Remove what was staged."""
    stage = directory / STAGE
    if stage.is_dir():
        for path in sorted(stage.iterdir()):
            files.unlink(path)
        files.rmdir(stage)


def recover(directory: Path, files: FileSystem = _REAL) -> str | None:
    """Complete or take back an interrupted write; returns a sentence about it, or None where there was none.

    The journal is renamed into place only when every staged file is on the disk: with it the set is completed, without it dropped.
    """
    journal = _read(directory)
    if journal is not None:
        finish(directory, journal, files)
        return _("an interrupted write was completed: the files are the later set.")
    if (directory / STAGE).is_dir() or (directory / JOURNAL).exists():
        files.unlink(directory / JOURNAL)
        clear_stage(directory, files)
        return _("an interrupted write was taken back: the files are the earlier set.")
    return None
