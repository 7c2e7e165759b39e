"""Writing a set of files as one: all of them or none, backups of what changes, recovery of what was interrupted."""

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
