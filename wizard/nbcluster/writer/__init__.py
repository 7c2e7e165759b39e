"""Writing a set of files as one: all of them or none, backups of what changes, recovery of what was interrupted."""

from __future__ import annotations

from nbcluster.writer.folder import UnsafeFolderError
from nbcluster.writer.journal import announced, held, located, recover
from nbcluster.writer.plan import WritePlan, planned, written_folder
from nbcluster.writer.transaction import WriteResult, foreseen, write_set

__all__ = [
    "UnsafeFolderError",
    "WritePlan",
    "WriteResult",
    "announced",
    "foreseen",
    "held",
    "located",
    "planned",
    "recover",
    "write_set",
    "written_folder",
]
