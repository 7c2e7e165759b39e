"""One writer at a time in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.folder import LOCK, ours
from nbcluster.text import _
from nbcluster.text.clean import clean

PATIENCE = 15
"""How many seconds another writer is waited for: some runs, one after the other, each with its rendering."""


@contextmanager
def locked(directory: Path, system: FileSystem) -> Iterator[None]:
    """Hold the folder, also where this thread holds it already.

    Raises ``NbclusterError`` (exit 7) while another run holds it, and for a lock that this user did not make.
    """
    # loaded where something is written: reading commands have no use for it
    from filelock import FileLock, Timeout

    path = directory / LOCK
    remedy = _("If nobody else writes there, remove it and run again.")
    ours(path, system, folder=False, remedy=remedy)
    lock = FileLock(path, timeout=PATIENCE, is_singleton=True)
    outermost = not lock.is_locked
    try:
        with lock:
            try:
                yield
            finally:
                if outermost:
                    # a lock that stays is no harm: the lock is on the open file, not on its name
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
    except Timeout:
        message = _("{path} is being written by another run: try again.")
        raise NbclusterError(ExitCode.UNWRITABLE, message.format(path=clean(str(directory)))) from None
