"""Whether a running cluster shows that a change has been made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nbcluster.errors import NbclusterError
from nbcluster.files.change.baseline import read_baseline
from nbcluster.files.change.difference import difference
from nbcluster.files.write import held
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.journal import located
from nbcluster.files.write.plan import BASELINE


def settled(directory: Path) -> bool:
    """Advance the baseline of a folder after a verification without findings; returns whether it did.

    A variable or a password that a node has not read yet cannot be seen from outside: then only CHANGE.md's last block says it.
    """
    known = read_baseline(directory)
    if known is None or not known.pending:
        return False
    try:
        if not difference(known.before, known.last, known.last.cluster()).visible:
            return False
        with held(directory):
            data = replace(known, before=known.last, pending=False).encode()
            path, draft = located(directory, BASELINE), located(directory, f"{BASELINE}.new")
            system = FileSystem()
            system.create(draft, data, 0o600)
            system.replace(draft, path)
    except (NbclusterError, OSError, ValueError, LookupError):
        return False
    return True
