"""Atomic writing of a set of files: all or none, with backups of what changes and recovery after an interruption."""

from __future__ import annotations

from nbcluster.files.write.folder import UnsafeFolderError
from nbcluster.files.write.journal import announced, held, located
from nbcluster.files.write.plan import WritePlan, planned, written_folder
from nbcluster.files.write.transaction import WriteResult, foreseen, write_set

__all__ = [
    "UnsafeFolderError",
    "WritePlan",
    "WriteResult",
    "announced",
    "foreseen",
    "held",
    "located",
    "planned",
    "write_set",
    "written_folder",
]
