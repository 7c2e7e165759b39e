"""Whether a running cluster shows that a change has been made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import dump
from nbcluster.errors import NbclusterError
from nbcluster.files.change.baseline import read_baseline
from nbcluster.files.change.difference import difference
from nbcluster.files.write import held
from nbcluster.files.write.plan import BASELINE
from nbcluster.system.diskfile import put


def settled(directory: Path, answers: Answers) -> bool:
    """Advance the baseline of a folder after a verification of some answers without findings; returns whether it did.

    Answers that the folder was not written from say nothing about what it holds. A variable or a password that a node has not read
    yet cannot be seen from outside: then only CHANGE.md's last block says it.
    """
    known = read_baseline(directory)
    if known is None or not known.pending:
        return False
    try:
        with held(directory):
            # another run may have written before this one had the folder
            known = read_baseline(directory)
            if known is None or not known.pending or known.last.answers != dump(answers):
                return False
            if not difference(known.before, known.last, known.last.cluster()).visible:
                return False
            data = replace(known, before=known.last, pending=False).encode()
            put(directory / BASELINE, data, 0o600, directory / f"{BASELINE}.new")
    except (NbclusterError, OSError, ValueError, LookupError):
        return False
    return True
